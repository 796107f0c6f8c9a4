import { openPart, whyOpen } from "../../core/openings";
import { definePolicy, fault } from "../../core/policy";
import { judgeResourcePolicies } from "../../core/resource-policies";

const missing = fault("is private and has no resource policy, so nothing says which VPC endpoints may call it");

export const privateApiPolicy = definePolicy({
  name: "private-api-policy",
  topic: "exposure",
  description:
    "Resource policies of private API Gateway APIs limit which VPC endpoints, VPCs, accounts or organisation may call.",
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
    if (api.kind !== "rest" || api.visibility !== "stack" || !api.endpointType.is("PRIVATE")) return undefined;
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
  examples: {
    pass: [
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
    ],
    fail: [
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
    ],
  },
});
