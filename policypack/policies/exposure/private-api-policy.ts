import { openPart, whyOpen } from "../../core/openings";
import { definePolicy, fault, unverified } from "../../core/policy";
import type { Outcome } from "../../core/policy";
import { judgeResourcePolicies } from "../../core/resource-policies";
import { domainsOf } from "../../model/domain";
import type { CustomDomain } from "../../model/domain";
import { judgePolicy } from "../../model/policy-document";

const missing = fault("is private and has no resource policy, so nothing says which VPC endpoints may call it");

const maybeMissing = unverified("may be private, which is not known yet, and has no resource policy");

/** A private custom domain is shared with other accounts by a policy of its own. */
function judgeDomain({ subject: at, policy: { document, problem } }: CustomDomain): Outcome[] {
  if (document.isAbsent()) return [];
  const policy = document.get();
  if (policy === undefined) {
    return [
      unverified(`has a policy that ${problem === undefined ? "is not known yet" : `cannot be read: ${problem}`}`, {
        at,
      }),
    ];
  }
  const answer = judgePolicy(policy, { place: "private-api", action: "execute-api:Invoke" });
  if (answer.state === "closed") return [];
  if (answer.state === "unknown") return [unverified("has a policy with parts that cannot be judged", { at })];
  const what = openPart(answer, "it");
  return [
    fault(`has a policy that lets callers reach ${what} through anybody's VPC endpoint${whyOpen(answer)}`, { at }),
  ];
}

export const privateApiPolicy = definePolicy({
  name: "private-api-policy",
  topic: "exposure",
  description:
    "Resource policies of private API Gateway APIs and custom domains limit which VPC endpoints, VPCs, accounts or organisation may call.",
  why: "A private API is private to AWS, not to its owner: whoever has a VPC endpoint in the region, in any account, can send it requests.",
  fix: "In `policy`, allow or deny by `aws:SourceVpce`, `aws:SourceVpc`, an account or `aws:PrincipalOrgID`.",
  severity: "high",
  level: "mandatory",
  where: "R+S",
  practice: "practice 5: no internal service in public",
  frameworks: { "OWASP API Security Top 10": ["API8:2023"] },
  peers: [
    "CTL.APIGATEWAY.NETWORK.PRIVATE.POLICY.001",
    "CTL.APIGATEWAY.PRIVATE.EXTERNAL.VPCE.001",
    "API_GW_PRIVATE_RESTRICTED",
  ],
  on: "api",
  check: (api, { graph }) => {
    if (api.kind !== "rest" || api.visibility !== "stack") return undefined;
    if (api.endpointType.isUnknown()) {
      // Of a policy that lets in anyone `resource-policy-public` says so.
      return judgeResourcePolicies(graph, api, "private-api", () => undefined, maybeMissing);
    }
    if (!api.endpointType.is("PRIVATE")) return undefined;
    return judgeResourcePolicies(
      graph,
      api,
      "private-api",
      (opening, whose) => {
        const what = openPart(opening, whose === "" ? "the API" : "it");
        return fault(`${whose}lets callers reach ${what} through anybody's VPC endpoint${whyOpen(opening)}`);
      },
      missing,
    );
  },
  besides: (graph) => domainsOf(graph).flatMap(judgeDomain),
  examples: {
    pass: [
      {
        title: "a private custom domain for one VPC endpoint",
        program: ({ aws }) => {
          const statement = { Principal: "*", Action: "execute-api:Invoke", Resource: "execute-api:/*" };
          new aws.apigateway.DomainName("orders", {
            domainName: "orders.internal.example.com",
            certificateArn: "arn:aws:acm:eu-west-1:111122223333:certificate/0a1b2c3d",
            endpointConfiguration: { types: "PRIVATE" },
            policy: JSON.stringify({
              Version: "2012-10-17",
              Statement: [
                { Effect: "Allow", ...statement },
                {
                  Effect: "Deny",
                  ...statement,
                  Condition: { StringNotEquals: { "aws:SourceVpce": "vpce-0a1b2c3d4e5f60718" } },
                },
              ],
            }),
          });
        },
      },
      {
        title: "a Deny keeps out all VPC endpoints but one",
        program: ({ aws }) => {
          const api = new aws.apigateway.RestApi("orders", { endpointConfiguration: { types: "PRIVATE" } });
          const statement = { Principal: "*", Action: "execute-api:Invoke", Resource: "execute-api:/*" };
          new aws.apigateway.RestApiPolicy("orders", {
            restApiId: api.id,
            policy: JSON.stringify({
              Version: "2012-10-17",
              Statement: [
                { Effect: "Allow", ...statement },
                {
                  Effect: "Deny",
                  ...statement,
                  Condition: { StringNotEquals: { "aws:SourceVpce": "vpce-0a1b2c3d4e5f60718" } },
                },
              ],
            }),
          });
        },
      },
      {
        title: "the argument allows callers with addresses of named ranges in their VPC",
        program: ({ aws }) => {
          new aws.apigateway.RestApi("orders", {
            endpointConfiguration: { types: "PRIVATE" },
            policy: JSON.stringify({
              Version: "2012-10-17",
              Statement: [
                {
                  Effect: "Allow",
                  Principal: "*",
                  Action: "execute-api:Invoke",
                  Resource: "execute-api:/*",
                  Condition: { IpAddress: { "aws:VpcSourceIp": ["10.20.0.0/16"] } },
                },
              ],
            }),
          });
        },
      },
      {
        title: "the body allows a VPC",
        program: ({ aws }) => {
          new aws.apigateway.RestApi("orders", {
            endpointConfiguration: { types: "PRIVATE" },
            body: JSON.stringify({
              openapi: "3.0.1",
              info: { title: "orders", version: "1" },
              paths: {},
              "x-amazon-apigateway-policy": {
                Version: "2012-10-17",
                Statement: [
                  {
                    Effect: "Allow",
                    Principal: "*",
                    Action: "execute-api:Invoke",
                    Resource: "execute-api:/*",
                    Condition: { StringEquals: { "aws:SourceVpc": "vpc-0a1b2c3d4e5f60718" } },
                  },
                ],
              },
            }),
          });
        },
      },
      {
        title: "a public REST API, and HTTP and WebSocket APIs, which cannot be private",
        program: ({ aws }) => {
          new aws.apigateway.RestApi("orders", { endpointConfiguration: { types: "REGIONAL" } });
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
        title: "a private custom domain for everybody",
        program: ({ aws }) => {
          new aws.apigateway.DomainName("orders", {
            domainName: "orders.internal.example.com",
            certificateArn: "arn:aws:acm:eu-west-1:111122223333:certificate/0a1b2c3d",
            endpointConfiguration: { types: "PRIVATE" },
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
        title: "no resource policy",
        program: ({ aws }) => {
          new aws.apigateway.RestApi("orders", { endpointConfiguration: { types: "PRIVATE" } });
        },
      },
      {
        title: "private addresses, which every VPC has",
        program: ({ aws }) => {
          new aws.apigateway.RestApi("orders", {
            endpointConfiguration: { types: "PRIVATE" },
            policy: JSON.stringify({
              Version: "2012-10-17",
              Statement: [
                {
                  Effect: "Allow",
                  Principal: "*",
                  Action: "execute-api:Invoke",
                  Resource: "execute-api:/*",
                  Condition: { IpAddress: { "aws:SourceIp": ["10.0.0.0/8", "192.168.0.0/16"] } },
                },
              ],
            }),
          });
        },
      },
      {
        title: "the body allows any VPC endpoint",
        program: ({ aws }) => {
          new aws.apigateway.RestApi("orders", {
            endpointConfiguration: { types: "PRIVATE" },
            body: JSON.stringify({
              openapi: "3.0.1",
              info: { title: "orders", version: "1" },
              paths: {},
              "x-amazon-apigateway-policy": {
                Version: "2012-10-17",
                Statement: [
                  {
                    Effect: "Allow",
                    Principal: "*",
                    Action: "execute-api:Invoke",
                    Resource: "execute-api:/*",
                    Condition: { StringLike: { "aws:SourceVpce": "vpce-*" } },
                  },
                ],
              },
            }),
          });
        },
      },
      {
        title: "one of two private APIs has no resource policy",
        program: ({ aws }) => {
          new aws.apigateway.RestApi("orders", {
            endpointConfiguration: { types: "PRIVATE" },
            policy: JSON.stringify({
              Version: "2012-10-17",
              Statement: {
                Effect: "Allow",
                Principal: "*",
                Action: "execute-api:Invoke",
                Resource: "execute-api:/*",
                Condition: { StringEquals: { "aws:SourceVpc": "vpc-0a1b2c3d4e5f60718" } },
              },
            }),
          });
          new aws.apigateway.RestApi("partners", { endpointConfiguration: { types: "PRIVATE" } });
        },
      },
      {
        title: "a policy of its own stands over the argument's",
        program: ({ aws }) => {
          const policy = (vpc: string): string =>
            JSON.stringify({
              Version: "2012-10-17",
              Statement: {
                Effect: "Allow",
                Principal: "*",
                Action: "execute-api:Invoke",
                Resource: "execute-api:/*",
                Condition: { StringLike: { "aws:SourceVpc": vpc } },
              },
            });
          const api = new aws.apigateway.RestApi("orders", {
            endpointConfiguration: { types: "PRIVATE" },
            policy: policy("vpc-0a1b2c3d4e5f60718"),
          });
          new aws.apigateway.RestApiPolicy("orders", { restApiId: api.id, policy: policy("vpc-*") });
        },
      },
    ],
  },
});
