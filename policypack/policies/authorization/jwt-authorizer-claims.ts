import { definePolicy, fault, unverified } from "../../core/policy";
import type { Outcome } from "../../core/policy";
import { unreadBodies } from "../../core/unread-bodies";
import { authorizersOf } from "../../model/authorizer";
import type { Authorizer } from "../../model/authorizer";

/** A URL of an identity provider that others cannot answer for. */
const secure = /^https:\/\/[^/?#\s]/i;

function judge({ subject: at, type, issuer, audiences, pools }: Authorizer): Outcome[] {
  if (type.isUnknown() && audiences.isPresent()) {
    return [unverified("is of a type that is not known yet", { at })];
  }
  if (!type.is("jwt")) return [];
  const outcomes: Outcome[] = [];
  if (audiences.isAbsent()) {
    const fix = "Set `jwtConfiguration.audiences` to what the provider issues tokens for, such as the client's id.";
    outcomes.push(fault("names no audience, so a token issued for anything else opens the API", { at, fix }));
  } else if (audiences.isUnknown() && !issuer.isUnknown() && pools.length === 0) {
    outcomes.push(unverified("has a list of audiences that is not known yet", { at }));
  }
  if (issuer.isAbsent()) outcomes.push(fault("names no issuer", { at }));
  else if (issuer.isUnknown()) {
    if (pools.length === 0) outcomes.push(unverified("has an issuer that is not known yet", { at }));
  } else if (!secure.test(issuer.get() ?? "")) {
    outcomes.push(fault("has an issuer that is no https:// URL", { at }));
  }
  return outcomes;
}

export const jwtAuthorizerClaims = definePolicy({
  name: "jwt-authorizer-claims",
  topic: "authorization",
  description: "JWT authorizers of API Gateway check the audience of tokens, and trust an issuer over https.",
  why: "Without an audience every token of the issuer is taken, whatever it was issued for; and whoever can answer in the name of an issuer over http can sign tokens.",
  fix: "Set `jwtConfiguration.issuer` to the https:// URL of the identity provider.",
  severity: "high",
  level: "mandatory",
  where: "R+S",
  practice: "practice 1: always authorize",
  frameworks: { "OWASP API Security Top 10": ["API2:2023"] },
  peers: ["CTL.APIGATEWAY.AUTH.JWT.AUDIENCE.001", "CTL.APIGATEWAY.HTTPAPI.JWT.ISSUER.HTTP.001"],
  on: "stack",
  check: (graph) => [
    ...authorizersOf(graph).flatMap(judge),
    ...unreadBodies(graph, "JWT authorizers", (api) => api.kind === "http"),
  ],
  examples: {
    pass: [
      {
        title: "issuer and audience of an identity provider",
        program: ({ aws }) => {
          const api = new aws.apigatewayv2.Api("orders", { protocolType: "HTTP" });
          new aws.apigatewayv2.Authorizer("tokens", {
            apiId: api.id,
            authorizerType: "JWT",
            identitySources: ["$request.header.Authorization"],
            jwtConfiguration: { issuer: "https://id.example.com", audiences: ["orders"] },
          });
        },
      },
      {
        title: "a Cognito user pool and its client, which do not exist yet",
        program: ({ aws, pulumi }) => {
          const pool = new aws.cognito.UserPool("customers");
          const client = new aws.cognito.UserPoolClient("shop", { userPoolId: pool.id });
          const api = new aws.apigatewayv2.Api("orders", { protocolType: "HTTP" });
          new aws.apigatewayv2.Authorizer("tokens", {
            apiId: api.id,
            authorizerType: "JWT",
            identitySources: ["$request.header.Authorization"],
            jwtConfiguration: { issuer: pulumi.interpolate`https://${pool.endpoint}`, audiences: [client.id] },
          });
        },
      },
      {
        title: "the discovery document of an OpenAPI scheme names the issuer",
        program: ({ aws }) => {
          new aws.apigatewayv2.Api("orders", {
            protocolType: "HTTP",
            body: JSON.stringify({
              openapi: "3.0.1",
              info: { title: "orders", version: "1" },
              components: {
                securitySchemes: {
                  tokens: {
                    type: "openIdConnect",
                    openIdConnectUrl: "https://id.example.com/.well-known/openid-configuration",
                    "x-amazon-apigateway-authorizer": {
                      type: "jwt",
                      identitySource: "$request.header.Authorization",
                      jwtConfiguration: { audience: ["orders"] },
                    },
                  },
                },
              },
              paths: { "/orders": { get: { security: [{ tokens: ["orders.read"] }], responses: {} } } },
            }),
          });
        },
      },
      {
        title: "a Lambda authorizer of an HTTP API checks claims itself",
        program: ({ aws }) => {
          const api = new aws.apigatewayv2.Api("orders", { protocolType: "HTTP" });
          new aws.apigatewayv2.Authorizer("callers", {
            apiId: api.id,
            authorizerType: "REQUEST",
            identitySources: ["$request.header.Authorization"],
            authorizerPayloadFormatVersion: "2.0",
            authorizerUri:
              "arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/arn:aws:lambda:eu-west-1:111122223333:function:check/invocations",
          });
        },
      },
    ],
    fail: [
      {
        title: "no audience",
        program: ({ aws }) => {
          const api = new aws.apigatewayv2.Api("orders", { protocolType: "HTTP" });
          new aws.apigatewayv2.Authorizer("tokens", {
            apiId: api.id,
            authorizerType: "JWT",
            identitySources: ["$request.header.Authorization"],
            jwtConfiguration: { issuer: "https://id.example.com" },
          });
        },
      },
      {
        title: "an issuer over http",
        program: ({ aws }) => {
          const api = new aws.apigatewayv2.Api("orders", { protocolType: "HTTP" });
          new aws.apigatewayv2.Authorizer("tokens", {
            apiId: api.id,
            authorizerType: "JWT",
            identitySources: ["$request.header.Authorization"],
            jwtConfiguration: { issuer: "http://id.example.com", audiences: ["orders"] },
          });
        },
      },
      {
        title: "an OpenAPI scheme with no audience",
        program: ({ aws }) => {
          new aws.apigatewayv2.Api("orders", {
            protocolType: "HTTP",
            body: JSON.stringify({
              openapi: "3.0.1",
              info: { title: "orders", version: "1" },
              components: {
                securitySchemes: {
                  tokens: {
                    type: "oauth2",
                    "x-amazon-apigateway-authorizer": {
                      type: "jwt",
                      identitySource: "$request.header.Authorization",
                      jwtConfiguration: { issuer: "https://id.example.com" },
                    },
                  },
                },
              },
              paths: { "/orders": { get: { security: [{ tokens: ["orders.read"] }], responses: {} } } },
            }),
          });
        },
      },
      {
        title: "a Cognito user pool that does not exist yet, and no audience",
        program: ({ aws, pulumi }) => {
          const pool = new aws.cognito.UserPool("customers");
          const api = new aws.apigatewayv2.Api("orders", { protocolType: "HTTP" });
          new aws.apigatewayv2.Authorizer("tokens", {
            apiId: api.id,
            authorizerType: "JWT",
            identitySources: ["$request.header.Authorization"],
            jwtConfiguration: { issuer: pulumi.interpolate`https://${pool.endpoint}` },
          });
        },
      },
      {
        title: "an OpenAPI scheme whose issuer is over http",
        program: ({ aws }) => {
          new aws.apigatewayv2.Api("orders", {
            protocolType: "HTTP",
            body: JSON.stringify({
              openapi: "3.0.1",
              info: { title: "orders", version: "1" },
              components: {
                securitySchemes: {
                  tokens: {
                    type: "oauth2",
                    "x-amazon-apigateway-authorizer": {
                      type: "jwt",
                      identitySource: "$request.header.Authorization",
                      jwtConfiguration: { issuer: "http://id.example.com", audience: ["orders"] },
                    },
                  },
                },
              },
              paths: { "/orders": { get: { security: [{ tokens: ["orders.read"] }], responses: {} } } },
            }),
          });
        },
      },
    ],
  },
});
