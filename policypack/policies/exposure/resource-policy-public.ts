import { openPart, whyOpen } from "../../core/openings";
import { definePolicy, fault, unverified } from "../../core/policy";
import { judgeResourcePolicies } from "../../core/resource-policies";

export const resourcePolicyPublic = definePolicy({
  name: "resource-policy-public",
  topic: "exposure",
  description: "Resource policies of API Gateway APIs let in named callers only.",
  why: "A policy that allows everyone adds nothing to the authorization of the methods, and opens those with IAM to principals of any account.",
  fix: "In `policy`, allow named accounts in `Principal`, or add a `Condition` on addresses, VPC endpoints or the organisation, or a Deny of everyone else on the same resources.",
  severity: "high",
  level: "mandatory",
  where: "R+S",
  practice: "practice 4: resource policies",
  frameworks: { "OWASP API Security Top 10": ["API8:2023"] },
  peers: ["AC_AWS_0440", "CKV2_AWS_70", "CTL.APIGATEWAY.POLICY.CROSSACCOUNT.OPEN.001"],
  on: "api",
  check: (api, { graph }) => {
    if (api.kind !== "rest" || (api.visibility === "stack" && api.endpointType.is("PRIVATE"))) return undefined;
    // Of a policy looked at alone, the API may be a private one.
    if (api.visibility !== "stack" && !graph.whole) return undefined;
    const certain = api.visibility !== "stack" || api.endpointType.isKnown();
    return judgeResourcePolicies(graph, api, "public-api", (opening, whose) =>
      certain
        ? fault(`${whose}lets anyone invoke ${openPart(opening, whose === "" ? "the API" : "it")}${whyOpen(opening)}`)
        : unverified(`${whose}lets anyone in, and whether the API is private is not known yet`),
    );
  },
  examples: {
    pass: [
      {
        title: "everyone is allowed, and a Deny keeps out other addresses",
        program: ({ aws }) => {
          const api = new aws.apigateway.RestApi("orders", { endpointConfiguration: { types: "REGIONAL" } });
          new aws.apigateway.RestApiPolicy("orders", {
            restApiId: api.id,
            policy: JSON.stringify({
              Version: "2012-10-17",
              Statement: [
                { Effect: "Allow", Principal: "*", Action: "execute-api:Invoke", Resource: "execute-api:/*" },
                {
                  Effect: "Deny",
                  Principal: "*",
                  Action: "execute-api:Invoke",
                  Resource: "execute-api:/*",
                  Condition: { NotIpAddress: { "aws:SourceIp": ["203.0.113.0/24"] } },
                },
              ],
            }),
          });
        },
      },
      {
        title: "the argument allows an organisation",
        program: ({ aws }) => {
          new aws.apigateway.RestApi("orders", {
            policy: JSON.stringify({
              Version: "2012-10-17",
              Statement: {
                Effect: "Allow",
                Principal: "*",
                Action: "execute-api:Invoke",
                Resource: "execute-api:/*",
                Condition: { StringEquals: { "aws:PrincipalOrgID": "o-a1b2c3d4e5" } },
              },
            }),
          });
        },
      },
      {
        title: "the body allows an account",
        program: ({ aws }) => {
          new aws.apigateway.RestApi("orders", {
            body: JSON.stringify({
              openapi: "3.0.1",
              info: { title: "orders", version: "1" },
              paths: {},
              "x-amazon-apigateway-policy": {
                Version: "2012-10-17",
                Statement: [
                  {
                    Effect: "Allow",
                    Principal: { AWS: "arn:aws:iam::111122223333:root" },
                    Action: "execute-api:Invoke",
                    Resource: "execute-api:/*",
                  },
                ],
              },
            }),
          });
        },
      },
      {
        title: "a policy of its own stands over the body's",
        program: ({ aws }) => {
          const policy = (principal: unknown): object => ({
            Version: "2012-10-17",
            Statement: [
              { Effect: "Allow", Principal: principal, Action: "execute-api:Invoke", Resource: "execute-api:/*" },
            ],
          });
          const api = new aws.apigateway.RestApi("orders", {
            body: JSON.stringify({
              openapi: "3.0.1",
              info: { title: "orders", version: "1" },
              paths: {},
              "x-amazon-apigateway-policy": policy("*"),
            }),
          });
          new aws.apigateway.RestApiPolicy("orders", {
            restApiId: api.id,
            policy: JSON.stringify(policy({ AWS: "111122223333" })),
          });
        },
      },
      {
        title: "no resource policy, and APIs that cannot have one",
        program: ({ aws }) => {
          new aws.apigateway.RestApi("orders");
          new aws.apigatewayv2.Api("partners", { protocolType: "HTTP" });
          new aws.apigatewayv2.Api("chat", {
            protocolType: "WEBSOCKET",
            routeSelectionExpression: "$request.body.action",
          });
        },
      },
    ],
    fail: [
      {
        title: "everyone is allowed, with no condition",
        program: ({ aws }) => {
          const api = new aws.apigateway.RestApi("orders", { endpointConfiguration: { types: "REGIONAL" } });
          new aws.apigateway.RestApiPolicy("orders", {
            restApiId: api.id,
            policy: JSON.stringify({
              Version: "2012-10-17",
              Statement: [
                { Effect: "Allow", Principal: "*", Action: "execute-api:Invoke", Resource: "execute-api:/*" },
              ],
            }),
          });
        },
      },
      {
        title: "two ranges that are every address together",
        program: ({ aws }) => {
          new aws.apigateway.RestApi("orders", {
            policy: JSON.stringify({
              Version: "2012-10-17",
              Statement: [
                {
                  Effect: "Allow",
                  Principal: { AWS: "*" },
                  Action: "execute-api:*",
                  Resource: "*",
                  Condition: { IpAddress: { "aws:SourceIp": ["0.0.0.0/1", "128.0.0.0/1"] } },
                },
              ],
            }),
          });
        },
      },
      {
        title: "a Deny in the body lists a few addresses",
        program: ({ aws }) => {
          const statement = { Principal: "*", Action: "execute-api:Invoke", Resource: "execute-api:/*" };
          new aws.apigateway.RestApi("orders", {
            body: JSON.stringify({
              openapi: "3.0.1",
              info: { title: "orders", version: "1" },
              paths: {},
              "x-amazon-apigateway-policy": {
                Version: "2012-10-17",
                Statement: [
                  { Effect: "Allow", ...statement },
                  {
                    Effect: "Deny",
                    ...statement,
                    Condition: { IpAddress: { "aws:SourceIp": ["198.51.100.0/24"] } },
                  },
                ],
              },
            }),
          });
        },
      },
      {
        title: "an API of another stack, known only by its id",
        program: ({ aws }) => {
          new aws.apigateway.RestApiPolicy("orders", {
            restApiId: "a1b2c3d4e5",
            policy: JSON.stringify({
              Version: "2012-10-17",
              Statement: [
                {
                  Effect: "Allow",
                  Principal: "*",
                  Action: "execute-api:Invoke",
                  Resource: "arn:aws:execute-api:eu-west-1:111122223333:a1b2c3d4e5/*",
                  Condition: { StringEquals: { "aws:UserAgent": "partner" } },
                },
              ],
            }),
          });
        },
      },
      {
        title: "one of two APIs allows everyone",
        program: ({ aws }) => {
          for (const [name, principal] of [
            ["orders", "111122223333"],
            ["partners", "*"],
          ] as const) {
            new aws.apigateway.RestApi(name, {
              policy: JSON.stringify({
                Version: "2012-10-17",
                Statement: {
                  Effect: "Allow",
                  Principal: { AWS: principal },
                  Action: "execute-api:Invoke",
                  Resource: "execute-api:/*",
                },
              }),
            });
          }
        },
      },
      {
        title: "a policy of its own stands over the argument's",
        program: ({ aws }) => {
          const policy = (principal: string): string =>
            JSON.stringify({
              Version: "2012-10-17",
              Statement: {
                Effect: "Allow",
                Principal: { AWS: principal },
                Action: "execute-api:Invoke",
                Resource: "execute-api:/*",
              },
            });
          const api = new aws.apigateway.RestApi("orders", { policy: policy("111122223333") });
          new aws.apigateway.RestApiPolicy("orders", { restApiId: api.id, policy: policy("*") });
        },
      },
    ],
  },
});
