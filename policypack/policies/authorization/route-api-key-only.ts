import { definePolicy, fault, unverified } from "../../core/policy";
import { isPublic, publicRoutesOption } from "../../core/public-routes";

export const routeApiKeyOnly = definePolicy({
  name: "route-api-key-only",
  topic: "authorization",
  description: "API keys are not the only thing in front of API Gateway routes.",
  why: "An API key tells usage plans apart; it is shared, it does not expire, and it opens every API of its usage plan.",
  fix: "Keep the API key for metering and add IAM, or a Cognito or Lambda authorizer.",
  severity: "high",
  level: "mandatory",
  where: "R+S",
  practice: "mistake 2: API keys with no user authorization",
  frameworks: { "OWASP API Security Top 10": ["API2:2023"] },
  peers: ["CTL.APIGATEWAY.AUTH.APIKEY.SOLE.001"],
  options: { publicRoutes: publicRoutesOption },
  on: "route",
  check: (route, { graph, options }) => {
    if (!route.guards || !route.authorization.is("none") || !route.apiKeyRequired.is(true)) return undefined;
    if (route.preflight.is(true)) return undefined;
    const open = isPublic(route, options.publicRoutes);
    if (open === true || (open === "undecided" && !graph.whole)) return undefined;
    if (open === "undecided") return unverified("asks only for an API key, and its path is not known yet");
    if (route.preflight.isUnknown()) return unverified("answers OPTIONS by an integration that is not known yet");
    return fault("asks for an API key and for nothing else");
  },
  examples: {
    pass: [
      {
        title: "the key meters callers whom IAM authorizes",
        program: ({ aws }) => {
          const api = new aws.apigateway.RestApi("orders");
          new aws.apigateway.Method("create-order", {
            restApi: api.id,
            resourceId: api.rootResourceId,
            httpMethod: "POST",
            authorization: "AWS_IAM",
            apiKeyRequired: true,
          });
        },
      },
      {
        title: "a Lambda authorizer stands beside the key of an OpenAPI operation",
        program: ({ aws }) => {
          new aws.apigateway.RestApi("orders", {
            body: JSON.stringify({
              swagger: "2.0",
              info: { title: "orders", version: "1" },
              securityDefinitions: {
                key: { type: "apiKey", in: "header", name: "x-api-key" },
                caller: {
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
              paths: { "/orders": { get: { security: [{ key: [], caller: [] }], responses: {} } } },
            }),
          });
        },
      },
      {
        title: "the key meters connections of a WebSocket API that IAM authorizes",
        program: ({ aws }) => {
          const api = new aws.apigatewayv2.Api("chat", {
            protocolType: "WEBSOCKET",
            routeSelectionExpression: "$request.body.action",
          });
          new aws.apigatewayv2.Route("connect", {
            apiId: api.id,
            routeKey: "$connect",
            authorizationType: "AWS_IAM",
            apiKeyRequired: true,
          });
        },
      },
    ],
    fail: [
      {
        title: "a method asks only for a key",
        program: ({ aws }) => {
          const api = new aws.apigateway.RestApi("orders");
          new aws.apigateway.Method("create-order", {
            restApi: api.id,
            resourceId: api.rootResourceId,
            httpMethod: "POST",
            authorization: "NONE",
            apiKeyRequired: true,
          });
        },
      },
      {
        title: "an OpenAPI operation names only an apiKey scheme",
        program: ({ aws }) => {
          new aws.apigateway.RestApi("orders", {
            body: JSON.stringify({
              openapi: "3.0.1",
              info: { title: "orders", version: "1" },
              components: { securitySchemes: { key: { type: "apiKey", in: "header", name: "x-api-key" } } },
              paths: { "/orders": { get: { security: [{ key: [] }], responses: {} } } },
            }),
          });
        },
      },
      {
        title: "$connect of a WebSocket API asks only for a key",
        program: ({ aws }) => {
          const api = new aws.apigatewayv2.Api("chat", {
            protocolType: "WEBSOCKET",
            routeSelectionExpression: "$request.body.action",
          });
          new aws.apigatewayv2.Route("connect", { apiId: api.id, routeKey: "$connect", apiKeyRequired: true });
        },
      },
    ],
  },
});
