import { whyOpen } from "../../core/openings";
import { definePolicy, fault, unverified } from "../../core/policy";
import type { Outcome } from "../../core/policy";
import { judgePolicy } from "../../model/policy-document";
import { executeApiEndpointsOf } from "../../model/vpc-endpoint";
import type { ExecuteApiEndpoint } from "../../model/vpc-endpoint";

function judge({ subject: at, certain, document, problem }: ExecuteApiEndpoint): Outcome | undefined {
  const judged = document.map((policy) => judgePolicy(policy, { place: "vpc-endpoint", action: "execute-api:Invoke" }));
  const answer = judged.get();
  // What is open for the APIs it names is as it should be.
  const narrow = answer?.state === "closed" || (answer?.state === "open" && answer.resource !== undefined);
  if (narrow) return undefined;
  if (!certain) return unverified("leads to a service that is not known yet, and its policy limits nobody", { at });
  if (document.isAbsent()) return fault("has no policy, so anyone in its network may call any API through it", { at });
  if (answer?.state === "open") return fault(`lets anyone call any API${whyOpen(answer)}`, { at });
  if (problem !== undefined) return unverified(`has a policy that cannot be read: ${problem}`, { at });
  return unverified(
    answer === undefined ? "has a policy that is not known yet" : "has a policy that cannot be judged",
    { at },
  );
}

export const vpcEndpointPolicy = definePolicy({
  name: "vpc-endpoint-policy",
  topic: "exposure",
  description: "VPC endpoints of API Gateway limit who may call which APIs through them.",
  why: "Through an endpoint that allows everything, whoever is in the network reaches anybody's private APIs, and can carry data out to them.",
  fix: "Set `policy` with the ARNs of your APIs as `Resource`, or with a condition on `aws:PrincipalOrgID` or `aws:ResourceOrgID`.",
  severity: "medium",
  level: "advisory",
  where: "S",
  practice: "practice 5: no internal service in public",
  on: "stack",
  check: (graph) => executeApiEndpointsOf(graph).flatMap((endpoint) => judge(endpoint) ?? []),
  examples: {
    pass: [
      {
        title: "the endpoint leads to the APIs of one account",
        program: ({ aws }) => {
          new aws.ec2.VpcEndpoint("apis", {
            vpcId: "vpc-0a1b2c3d4e5f60718",
            serviceName: "com.amazonaws.eu-west-1.execute-api",
            vpcEndpointType: "Interface",
            policy: JSON.stringify({
              Version: "2012-10-17",
              Statement: [
                {
                  Effect: "Allow",
                  Principal: "*",
                  Action: "execute-api:Invoke",
                  Resource: "arn:aws:execute-api:eu-west-1:111122223333:*",
                },
              ],
            }),
          });
        },
      },
      {
        title: "a policy of its own, for an organisation",
        program: ({ aws }) => {
          const endpoint = new aws.ec2.VpcEndpoint("apis", {
            vpcId: "vpc-0a1b2c3d4e5f60718",
            serviceName: "com.amazonaws.eu-west-1.execute-api",
            vpcEndpointType: "Interface",
          });
          new aws.ec2.VpcEndpointPolicy("apis", {
            vpcEndpointId: endpoint.id,
            policy: JSON.stringify({
              Version: "2012-10-17",
              Statement: [
                {
                  Effect: "Allow",
                  Principal: "*",
                  Action: "*",
                  Resource: "*",
                  Condition: { StringEquals: { "aws:PrincipalOrgID": "o-a1b2c3d4e5" } },
                },
              ],
            }),
          });
        },
      },
      {
        title: "an endpoint of another service",
        program: ({ aws }) => {
          new aws.ec2.VpcEndpoint("logs", {
            vpcId: "vpc-0a1b2c3d4e5f60718",
            serviceName: "com.amazonaws.eu-west-1.logs",
            vpcEndpointType: "Interface",
          });
        },
      },
    ],
    fail: [
      {
        title: "no policy",
        program: ({ aws }) => {
          new aws.ec2.VpcEndpoint("apis", {
            vpcId: "vpc-0a1b2c3d4e5f60718",
            serviceName: "com.amazonaws.eu-west-1.execute-api",
            vpcEndpointType: "Interface",
          });
        },
      },
      {
        title: "a policy that only says which endpoint it is",
        program: ({ aws }) => {
          new aws.ec2.VpcEndpoint("apis", {
            vpcId: "vpc-0a1b2c3d4e5f60718",
            serviceName: "com.amazonaws.eu-west-1.execute-api",
            vpcEndpointType: "Interface",
            policy: JSON.stringify({
              Version: "2012-10-17",
              Statement: [
                {
                  Effect: "Allow",
                  Principal: { AWS: "*" },
                  Action: "execute-api:*",
                  Resource: "arn:aws:execute-api:*:*:*",
                  Condition: { StringEquals: { "aws:SourceVpc": "vpc-0a1b2c3d4e5f60718" } },
                },
              ],
            }),
          });
        },
      },
      {
        title: "a policy of its own that allows everything",
        program: ({ aws }) => {
          const endpoint = new aws.ec2.VpcEndpoint("apis", {
            vpcId: "vpc-0a1b2c3d4e5f60718",
            serviceName: "com.amazonaws.eu-west-1.execute-api",
            vpcEndpointType: "Interface",
          });
          new aws.ec2.VpcEndpointPolicy("apis", {
            vpcEndpointId: endpoint.id,
            policy: JSON.stringify({
              Version: "2012-10-17",
              Statement: [{ Effect: "Allow", Principal: "*", Action: "*", Resource: "*" }],
            }),
          });
        },
      },
      {
        title: "one of two endpoints has no policy",
        program: ({ aws }) => {
          const account = JSON.stringify({
            Version: "2012-10-17",
            Statement: {
              Effect: "Allow",
              Principal: "*",
              Action: "execute-api:Invoke",
              Resource: "arn:aws:execute-api:eu-west-1:111122223333:*",
            },
          });
          for (const [name, policy] of [
            ["orders", account],
            ["partners", undefined],
          ] as const) {
            new aws.ec2.VpcEndpoint(name, {
              vpcId: "vpc-0a1b2c3d4e5f60718",
              serviceName: "com.amazonaws.eu-west-1.execute-api",
              vpcEndpointType: "Interface",
              policy,
            });
          }
        },
      },
    ],
  },
});
