import { definePolicy, fault, unverified } from "../../core/policy";
import { unreadBodies } from "../../core/unread-bodies";
import { authorizersOf } from "../../model/authorizer";

export const authorizerInUse = definePolicy({
  name: "authorizer-in-use",
  topic: "authorization",
  description: "Authorizers of API Gateway guard a route.",
  why: "An authorizer protects nothing by being there: a route must name it and have an authorization that takes it.",
  fix: "Name it in `authorizerId` of the routes it is meant for (`security` of an operation) beside an authorization that takes it, or delete it.",
  severity: "low",
  level: "advisory",
  where: "S",
  practice: "practice 7: Lambda authorizers for custom logic",
  peers: ["apigateway_restapi_authorizers_enabled", "apigatewayv2_api_authorizers_enabled", "apigatewayAuthorization"],
  on: "stack",
  check: (graph) => [
    ...authorizersOf(graph).flatMap(({ subject: at, api, users, usersOpen }) => {
      // A route that is wired wrongly may have meant it: that is one fault, and route-authorizer-attached's.
      if (users.length > 0 || api.routes.some((route) => route.wiring.state === "broken")) return [];
      return usersOpen
        ? [unverified("is named by no route that can be seen, and others may name it", { at })]
        : [fault("is used by no route, so it protects nothing", { at })];
    }),
    ...unreadBodies(graph, "authorizers"),
  ],
  examples: {
    pass: [
      {
        title: "a method is authorized by it",
        program: ({ aws }) => {
          const api = new aws.apigateway.RestApi("orders");
          const pool = new aws.cognito.UserPool("customers");
          const customers = new aws.apigateway.Authorizer("customers", {
            restApi: api.id,
            type: "COGNITO_USER_POOLS",
            providerArns: [pool.arn],
          });
          new aws.apigateway.Method("list-orders", {
            restApi: api.id,
            resourceId: api.rootResourceId,
            httpMethod: "GET",
            authorization: "COGNITO_USER_POOLS",
            authorizerId: customers.id,
          });
        },
      },
      {
        title: "$connect of a WebSocket API is authorized by it",
        program: ({ aws }) => {
          const api = new aws.apigatewayv2.Api("chat", {
            protocolType: "WEBSOCKET",
            routeSelectionExpression: "$request.body.action",
          });
          const callers = new aws.apigatewayv2.Authorizer("callers", {
            apiId: api.id,
            authorizerType: "REQUEST",
            identitySources: ["route.request.querystring.token"],
            authorizerUri:
              "arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/arn:aws:lambda:eu-west-1:111122223333:function:check/invocations",
          });
          new aws.apigatewayv2.Route("connect", {
            apiId: api.id,
            routeKey: "$connect",
            authorizationType: "CUSTOM",
            authorizerId: callers.id,
          });
        },
      },
      {
        title: "an operation of an OpenAPI body names its scheme",
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
                      jwtConfiguration: { issuer: "https://id.example.com", audience: ["orders"] },
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
        title: "a route of an HTTP API is authorized by it",
        program: ({ aws }) => {
          const api = new aws.apigatewayv2.Api("orders", { protocolType: "HTTP" });
          const tokens = new aws.apigatewayv2.Authorizer("tokens", {
            apiId: api.id,
            authorizerType: "JWT",
            identitySources: ["$request.header.Authorization"],
            jwtConfiguration: { issuer: "https://id.example.com", audiences: ["orders"] },
          });
          new aws.apigatewayv2.Route("list", {
            apiId: api.id,
            routeKey: "GET /orders",
            authorizationType: "JWT",
            authorizerId: tokens.id,
          });
        },
      },
    ],
    fail: [
      {
        title: "a method names it, and its authorization is NONE",
        program: ({ aws }) => {
          const api = new aws.apigateway.RestApi("orders");
          const callers = new aws.apigateway.Authorizer("callers", {
            restApi: api.id,
            authorizerUri:
              "arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/arn:aws:lambda:eu-west-1:111122223333:function:check/invocations",
          });
          new aws.apigateway.Method("list-orders", {
            restApi: api.id,
            resourceId: api.rootResourceId,
            httpMethod: "GET",
            authorization: "NONE",
            authorizerId: callers.id,
          });
        },
      },
      {
        title: "no route of an HTTP API names it",
        program: ({ aws }) => {
          const api = new aws.apigatewayv2.Api("orders", { protocolType: "HTTP" });
          new aws.apigatewayv2.Authorizer("tokens", {
            apiId: api.id,
            authorizerType: "JWT",
            identitySources: ["$request.header.Authorization"],
            jwtConfiguration: { issuer: "https://id.example.com", audiences: ["orders"] },
          });
          new aws.apigatewayv2.Route("list", { apiId: api.id, routeKey: "GET /orders" });
        },
      },
      {
        title: "only the root of an OpenAPI body names the scheme, which REST APIs ignore",
        program: ({ aws }) => {
          new aws.apigateway.RestApi("orders", {
            body: JSON.stringify({
              swagger: "2.0",
              info: { title: "orders", version: "1" },
              security: [{ callers: [] }],
              securityDefinitions: {
                callers: {
                  type: "apiKey",
                  in: "header",
                  name: "Authorization",
                  "x-amazon-apigateway-authtype": "custom",
                  "x-amazon-apigateway-authorizer": {
                    type: "token",
                    authorizerUri:
                      "arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/arn:aws:lambda:eu-west-1:111122223333:function:check/invocations",
                  },
                },
              },
              paths: { "/orders": { get: { responses: {} } } },
            }),
          });
        },
      },
      {
        title: "$connect of a WebSocket API is authorized by IAM instead",
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
          new aws.apigatewayv2.Route("connect", { apiId: api.id, routeKey: "$connect", authorizationType: "AWS_IAM" });
        },
      },
    ],
  },
});
