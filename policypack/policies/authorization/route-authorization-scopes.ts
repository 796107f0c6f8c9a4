import { definePolicy, fault, option, unverified } from "../../core/policy";
import { isListed } from "../../core/route-patterns";

export const routeAuthorizationScopes = definePolicy({
  name: "route-authorization-scopes",
  topic: "authorization",
  description: "API Gateway routes that take tokens name the scopes that open them.",
  why: "Without scopes every valid token of the issuer opens the route, an ID token as well as one issued for another part of the API.",
  fix: "Set `authorizationScopes` (in a body, the scopes in the operation's `security`) to what the route needs.",
  severity: "medium",
  level: "advisory",
  where: "R+S",
  practice: "practice 1: always authorize",
  frameworks: { "OWASP API Security Top 10": ["API5:2023"] },
  peers: ["CTL.APIGATEWAY.AUTH.COGNITO.SCOPE.MISSING.001", "CTL.APIGATEWAY.HTTPAPI.JWT.SCOPE.MISSING.001"],
  options: {
    exemptRoutes: option<readonly string[]>(
      "Routes that any token may open, as globs such as `GET /me`.",
      { type: "array", items: { type: "string", minLength: 1 } },
      [],
    ),
  },
  on: "route",
  check: (route, { graph, options }) => {
    if (!route.authorization.is("cognito") && !route.authorization.is("jwt")) return undefined;
    if (!route.guards || route.wiring.state === "broken") return undefined;
    // Alone, a route does not tell whether its authorizer is one of its API: `route-authorizer-attached` may speak.
    if (!graph.whole && route.operation === undefined) return undefined;
    const { scopes } = route;
    if (scopes.isUnknown() || (scopes.get() ?? []).some((scope) => scope.isPresent())) return undefined;
    const exempt = isListed(route, options.exemptRoutes);
    if (exempt === "undecided") return unverified("names no scope, and its path is not known yet");
    return exempt ? undefined : fault("names no scope, so every valid token opens it");
  },
  examples: {
    pass: [
      {
        title: "a Cognito method asks for a scope",
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
            authorizationScopes: ["orders/read"],
          });
        },
      },
      {
        title: "scopes known only after the resource server exists",
        program: ({ aws }) => {
          const pool = new aws.cognito.UserPool("customers");
          const server = new aws.cognito.ResourceServer("orders", {
            userPoolId: pool.id,
            identifier: "orders",
            scopes: [{ scopeName: "read", scopeDescription: "Read orders" }],
          });
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
            authorizationScopes: server.scopeIdentifiers,
          });
        },
      },
      {
        title: "IAM knows no scopes",
        program: ({ aws }) => {
          const api = new aws.apigatewayv2.Api("orders", { protocolType: "HTTP" });
          new aws.apigatewayv2.Route("list", { apiId: api.id, routeKey: "GET /orders", authorizationType: "AWS_IAM" });
        },
      },
      {
        title: "an OpenAPI operation names a scope in its security",
        program: ({ aws }) => {
          new aws.apigateway.RestApi("orders", {
            body: JSON.stringify({
              swagger: "2.0",
              info: { title: "orders", version: "1" },
              securityDefinitions: {
                customers: {
                  type: "apiKey",
                  in: "header",
                  name: "Authorization",
                  "x-amazon-apigateway-authtype": "cognito_user_pools",
                  "x-amazon-apigateway-authorizer": {
                    type: "cognito_user_pools",
                    providerARNs: ["arn:aws:cognito-idp:eu-west-1:111122223333:userpool/eu-west-1_aBcDeFgHi"],
                  },
                },
              },
              paths: { "/orders": { get: { security: [{ customers: ["orders/read"] }], responses: {} } } },
            }),
          });
        },
      },
      {
        title: "any customer may read what concerns them",
        config: { exemptRoutes: ["GET /me"] },
        program: ({ aws }) => {
          const api = new aws.apigatewayv2.Api("orders", { protocolType: "HTTP" });
          const tokens = new aws.apigatewayv2.Authorizer("tokens", {
            apiId: api.id,
            authorizerType: "JWT",
            identitySources: ["$request.header.Authorization"],
            jwtConfiguration: { issuer: "https://id.example.com", audiences: ["orders"] },
          });
          new aws.apigatewayv2.Route("me", {
            apiId: api.id,
            routeKey: "GET /me",
            authorizationType: "JWT",
            authorizerId: tokens.id,
          });
        },
      },
      {
        title: "a Lambda authorizer of an HTTP API takes no scopes",
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
            authorizationType: "CUSTOM",
            authorizerId: callers.id,
          });
        },
      },
      {
        title: "an operation of an HTTP API's OpenAPI body names a scope",
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
        title: "a Cognito method with no scope",
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
        title: "a JWT route with an empty list of scopes",
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
            authorizationScopes: [],
          });
        },
      },
      {
        title: "an OpenAPI operation names its scheme and no scope",
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
              paths: { "/orders": { get: { security: [{ tokens: [] }], responses: {} } } },
            }),
          });
        },
      },
      {
        title: "an operation of an HTTP API's OpenAPI body names its scheme and no scope",
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
              paths: { "/orders": { get: { security: [{ tokens: [] }], responses: {} } } },
            }),
          });
        },
      },
    ],
  },
});
