import { definePolicy, fault, option, unverified } from "../../core/policy";
import { unreadBodies } from "../../core/unread-bodies";
import { authorizersOf } from "../../model/authorizer";

export const authorizerCacheTtl = definePolicy({
  name: "authorizer-cache-ttl",
  topic: "authorization",
  description: "API Gateway caches what authorizers answer for no longer than the limit.",
  why: "For as long as an answer is cached, a caller whose token was revoked or whose rights were withdrawn is let in.",
  fix: "Lower `authorizerResultTtlInSeconds`; 0 caches nothing.",
  severity: "medium",
  level: "advisory",
  where: "R",
  practice: "practice 7: Lambda authorizers for custom logic",
  frameworks: { "OWASP API Security Top 10": ["API2:2023"] },
  peers: ["CTL.APIGATEWAY.AUTHORIZER.LAMBDA.CACHE.LONG.001"],
  options: {
    maxSeconds: option(
      "The longest time for which results may be cached, in seconds. Where an authorizer does not say, it is 300.",
      { type: "number", minimum: 0 },
      300,
    ),
  },
  on: "stack",
  check: (graph, { options: { maxSeconds } }) => [
    ...authorizersOf(graph).flatMap(({ subject: at, cacheTtl }) => {
      if (cacheTtl.isUnknown()) return [unverified("has a cache TTL that is not known yet", { at })];
      const ttl = cacheTtl.get() ?? 0;
      return ttl > maxSeconds
        ? [fault(`caches its results for ${String(ttl)} seconds, longer than ${String(maxSeconds)}`, { at })]
        : [];
    }),
    ...unreadBodies(graph, "authorizers"),
  ],
  examples: {
    pass: [
      {
        title: "the default of 300 seconds",
        program: ({ aws }) => {
          const api = new aws.apigateway.RestApi("orders");
          new aws.apigateway.Authorizer("callers", {
            restApi: api.id,
            authorizerUri:
              "arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/arn:aws:lambda:eu-west-1:111122223333:function:check/invocations",
          });
        },
      },
      {
        title: "an HTTP API caches for a minute, and a JWT authorizer not at all",
        program: ({ aws }) => {
          const api = new aws.apigatewayv2.Api("orders", { protocolType: "HTTP" });
          new aws.apigatewayv2.Authorizer("callers", {
            apiId: api.id,
            authorizerType: "REQUEST",
            authorizerPayloadFormatVersion: "2.0",
            authorizerResultTtlInSeconds: 60,
            identitySources: ["$request.header.Authorization"],
            authorizerUri:
              "arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/arn:aws:lambda:eu-west-1:111122223333:function:check/invocations",
          });
          new aws.apigatewayv2.Authorizer("tokens", {
            apiId: api.id,
            authorizerType: "JWT",
            identitySources: ["$request.header.Authorization"],
            jwtConfiguration: { issuer: "https://id.example.com", audiences: ["orders"] },
          });
        },
      },
      {
        title: "an OpenAPI scheme that caches nothing",
        program: ({ aws }) => {
          new aws.apigateway.RestApi("orders", {
            body: JSON.stringify({
              swagger: "2.0",
              info: { title: "orders", version: "1" },
              securityDefinitions: {
                callers: {
                  type: "apiKey",
                  in: "header",
                  name: "Authorization",
                  "x-amazon-apigateway-authtype": "custom",
                  "x-amazon-apigateway-authorizer": {
                    type: "token",
                    authorizerResultTtlInSeconds: 0,
                    authorizerUri:
                      "arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/arn:aws:lambda:eu-west-1:111122223333:function:check/invocations",
                  },
                },
              },
              paths: { "/orders": { get: { security: [{ callers: [] }], responses: {} } } },
            }),
          });
        },
      },
      {
        title: "a WebSocket API never caches",
        config: { maxSeconds: 0 },
        program: ({ aws }) => {
          const api = new aws.apigatewayv2.Api("chat", {
            protocolType: "WEBSOCKET",
            routeSelectionExpression: "$request.body.action",
          });
          new aws.apigatewayv2.Authorizer("callers", {
            apiId: api.id,
            authorizerType: "REQUEST",
            identitySources: ["route.request.querystring.token"],
            authorizerUri:
              "arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/arn:aws:lambda:eu-west-1:111122223333:function:check/invocations",
          });
        },
      },
    ],
    fail: [
      {
        title: "an hour",
        program: ({ aws }) => {
          const api = new aws.apigateway.RestApi("orders");
          new aws.apigateway.Authorizer("callers", {
            restApi: api.id,
            authorizerResultTtlInSeconds: 3600,
            authorizerUri:
              "arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/arn:aws:lambda:eu-west-1:111122223333:function:check/invocations",
          });
        },
      },
      {
        title: "the default, where the limit is lower",
        config: { maxSeconds: 60 },
        program: ({ aws }) => {
          const api = new aws.apigatewayv2.Api("orders", { protocolType: "HTTP" });
          new aws.apigatewayv2.Authorizer("callers", {
            apiId: api.id,
            authorizerType: "REQUEST",
            authorizerPayloadFormatVersion: "2.0",
            identitySources: ["$request.header.Authorization"],
            authorizerUri:
              "arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/arn:aws:lambda:eu-west-1:111122223333:function:check/invocations",
          });
        },
      },
      {
        title: "half an hour in an OpenAPI body",
        program: ({ aws }) => {
          new aws.apigateway.RestApi("orders", {
            body: JSON.stringify({
              swagger: "2.0",
              info: { title: "orders", version: "1" },
              securityDefinitions: {
                callers: {
                  type: "apiKey",
                  in: "header",
                  name: "Authorization",
                  "x-amazon-apigateway-authtype": "custom",
                  "x-amazon-apigateway-authorizer": {
                    type: "token",
                    authorizerResultTtlInSeconds: 1800,
                    authorizerUri:
                      "arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/arn:aws:lambda:eu-west-1:111122223333:function:check/invocations",
                  },
                },
              },
              paths: { "/orders": { get: { security: [{ callers: [] }], responses: {} } } },
            }),
          });
        },
      },
      {
        title: "an hour of an HTTP API",
        program: ({ aws }) => {
          const api = new aws.apigatewayv2.Api("orders", { protocolType: "HTTP" });
          new aws.apigatewayv2.Authorizer("callers", {
            apiId: api.id,
            authorizerType: "REQUEST",
            identitySources: ["$request.header.Authorization"],
            authorizerPayloadFormatVersion: "2.0",
            authorizerResultTtlInSeconds: 3600,
            authorizerUri:
              "arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/arn:aws:lambda:eu-west-1:111122223333:function:check/invocations",
          });
        },
      },
    ],
  },
});
