import { definePolicy, fault, unverified } from "../../core/policy";

export const routeAuthorizerAttached = definePolicy({
  name: "route-authorizer-attached",
  topic: "authorization",
  description: "API Gateway routes that need an authorizer name one of their own API, of a type that fits.",
  why: "Without a fitting authorizer the deployment fails, or the route ends up with none of the protection that it claims.",
  fix: "Set `authorizerId` to the id of an authorizer of this API.",
  severity: "high",
  level: "mandatory",
  where: "R+S",
  practice: "practice 1: always authorize",
  frameworks: { "OWASP API Security Top 10": ["API2:2023"] },
  peers: ["CTL.APIGATEWAY.GHOST.AUTHORIZER.001", "api_gatewayv2_route_authorizer_configured"],
  on: "route",
  check: (route) => {
    if (route.wiring.state === "broken") return fault(route.wiring.fault, { fix: route.wiring.fix });
    if (route.wiring.state === "unknown" && route.authorization.isKnown()) {
      return unverified("names an authorizer that cannot be told yet");
    }
    return undefined;
  },
  examples: {
    pass: [
      {
        title: "a JWT authorizer of the same HTTP API",
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
      {
        title: "a Cognito authorizer of the same REST API",
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
        title: "a Lambda authorizer of the same WebSocket API",
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
        title: "an operation of an HTTP API's OpenAPI body names a JWT scheme",
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
    ],
    fail: [
      {
        title: "CUSTOM with no authorizer",
        program: ({ aws }) => {
          const api = new aws.apigateway.RestApi("orders");
          new aws.apigateway.Method("list-orders", {
            restApi: api.id,
            resourceId: api.rootResourceId,
            httpMethod: "GET",
            authorization: "CUSTOM",
          });
        },
      },
      {
        title: "an authorizer of another API",
        program: ({ aws }) => {
          const orders = new aws.apigateway.RestApi("orders");
          const billing = new aws.apigateway.RestApi("billing");
          const pool = new aws.cognito.UserPool("customers");
          const foreign = new aws.apigateway.Authorizer("billing-customers", {
            restApi: billing.id,
            type: "COGNITO_USER_POOLS",
            providerArns: [pool.arn],
          });
          new aws.apigateway.Method("list-orders", {
            restApi: orders.id,
            resourceId: orders.rootResourceId,
            httpMethod: "GET",
            authorization: "COGNITO_USER_POOLS",
            authorizerId: foreign.id,
          });
        },
      },
      {
        title: "an OpenAPI operation names a bearer scheme with no AWS extension",
        program: ({ aws }) => {
          new aws.apigateway.RestApi("orders", {
            body: JSON.stringify({
              openapi: "3.0.1",
              info: { title: "orders", version: "1" },
              components: { securitySchemes: { bearer: { type: "http", scheme: "bearer" } } },
              paths: { "/orders": { get: { security: [{ bearer: [] }], responses: {} } } },
            }),
          });
        },
      },
      {
        title: "a JWT route of an HTTP API names a Lambda authorizer",
        program: ({ aws }) => {
          const api = new aws.apigatewayv2.Api("orders", { protocolType: "HTTP" });
          const callers = new aws.apigatewayv2.Authorizer("callers", {
            apiId: api.id,
            authorizerType: "REQUEST",
            identitySources: ["$request.header.Authorization"],
            authorizerPayloadFormatVersion: "2.0",
            authorizerUri:
              "arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/arn:aws:lambda:eu-west-1:111122223333:function:check/invocations",
          });
          new aws.apigatewayv2.Route("list", {
            apiId: api.id,
            routeKey: "GET /orders",
            authorizationType: "JWT",
            authorizerId: callers.id,
          });
        },
      },
      {
        title: "CUSTOM with no authorizer on $connect of a WebSocket API",
        program: ({ aws }) => {
          const api = new aws.apigatewayv2.Api("chat", {
            protocolType: "WEBSOCKET",
            routeSelectionExpression: "$request.body.action",
          });
          new aws.apigatewayv2.Route("connect", { apiId: api.id, routeKey: "$connect", authorizationType: "CUSTOM" });
        },
      },
    ],
  },
});
