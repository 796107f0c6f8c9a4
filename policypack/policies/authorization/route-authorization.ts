import { definePolicy, fault, unverified } from "../../core/policy";
import { isPublic, publicRoutesOption } from "../../core/public-routes";
import { protocolOfKey } from "../../model/route";
import type { Route } from "../../model/route";

/** The fix where the policy's own would be refused, or would break what the route is for. */
function fixOf({ api, source, method, key }: Route): string | undefined {
  if (source === "quick-create") {
    return "Leave out `target`, and declare the integration, the stage and the route, with an `authorizationType` and its authorizer.";
  }
  if (api.kind === "websocket" || protocolOfKey(key.get()) === "websocket") {
    return "Declare the route `$connect` with `authorizationType` AWS_IAM, or CUSTOM and a Lambda authorizer as `authorizerId`.";
  }
  if (api.kind === "rest" && method.is("OPTIONS")) {
    return "Answer a CORS preflight, which carries no credentials, by an integration of the type MOCK; require IAM or an authorizer for anything else.";
  }
  return undefined;
}

export const routeAuthorization = definePolicy({
  name: "route-authorization",
  topic: "authorization",
  description: "API Gateway routes authorize their callers.",
  why: "A route without authorization is open to everyone who can reach the API, whatever its integration or its stage.",
  fix: "Require IAM, or a Cognito, JWT or Lambda authorizer (`authorization` of a method, `authorizationType` of a route, `security` of an operation).",
  severity: "critical",
  level: "mandatory",
  where: "R+S",
  practice: "practice 1: always authorize",
  frameworks: {
    "AWS FSBP": ["APIGateway.8"],
    "NIST 800-53 r5": ["AC-3", "CM-2"],
    "OWASP API Security Top 10": ["API2:2023"],
  },
  peers: ["CKV_AWS_59", "CKV_AWS_309", "AVD-AWS-0004", "AwsSolutions-APIG4", "W59"],
  options: { publicRoutes: publicRoutesOption },
  on: "route",
  check: (route, { graph, options }) => {
    if (!(route.guards || route.mayGuard === true) || route.preflight.is(true)) return undefined;
    if (route.authorization.isUnknown()) return unverified("has an authorization that is not known yet");
    if (route.authorization.isNot("none") || route.apiKeyRequired.is(true)) return undefined;
    const open = isPublic(route, options.publicRoutes);
    if (open === true || (open === "undecided" && !graph.whole)) return undefined;
    if (open === "undecided") return unverified("has no authorization, and its path is not known yet");
    if (!route.guards) return unverified("has no authorization, which only a WebSocket API's message may do without");
    if (route.preflight.isUnknown()) return unverified("answers OPTIONS by an integration that is not known yet");
    return fault("has no authorization", { fix: fixOf(route) });
  },
  examples: {
    pass: [
      {
        title: "IAM authorizes a method",
        program: ({ aws }) => {
          const api = new aws.apigateway.RestApi("orders");
          new aws.apigateway.Method("list-orders", {
            restApi: api.id,
            resourceId: api.rootResourceId,
            httpMethod: "GET",
            authorization: "AWS_IAM",
          });
        },
      },
      {
        title: "a CORS preflight is answered by a mock",
        program: ({ aws }) => {
          const api = new aws.apigateway.RestApi("orders");
          const preflight = new aws.apigateway.Method("preflight", {
            restApi: api.id,
            resourceId: api.rootResourceId,
            httpMethod: "OPTIONS",
            authorization: "NONE",
          });
          new aws.apigateway.Integration("preflight", {
            restApi: api.id,
            resourceId: api.rootResourceId,
            httpMethod: preflight.httpMethod,
            type: "MOCK",
          });
        },
      },
      {
        title: "only $connect of a WebSocket API carries authorization",
        program: ({ aws }) => {
          const api = new aws.apigatewayv2.Api("chat", {
            protocolType: "WEBSOCKET",
            routeSelectionExpression: "$request.body.action",
          });
          new aws.apigatewayv2.Route("connect", { apiId: api.id, routeKey: "$connect", authorizationType: "AWS_IAM" });
          new aws.apigatewayv2.Route("send", { apiId: api.id, routeKey: "send" });
        },
      },
      {
        title: "an operation of an OpenAPI body uses IAM",
        program: ({ aws }) => {
          new aws.apigateway.RestApi("orders", {
            body: JSON.stringify({
              openapi: "3.0.1",
              info: { title: "orders", version: "1" },
              paths: { "/orders": { get: { "x-amazon-apigateway-auth": { type: "AWS_IAM" }, responses: {} } } },
            }),
          });
        },
      },
      {
        title: "a health check is public on purpose",
        config: { publicRoutes: [{ route: "GET /health", reason: "probed by the load balancer" }] },
        program: ({ aws }) => {
          const api = new aws.apigateway.RestApi("orders");
          const health = new aws.apigateway.Resource("health", {
            restApi: api.id,
            parentId: api.rootResourceId,
            pathPart: "health",
          });
          new aws.apigateway.Method("health", {
            restApi: api.id,
            resourceId: health.id,
            httpMethod: "GET",
            authorization: "NONE",
          });
        },
      },
      {
        title: "IAM authorizes a route of an HTTP API",
        program: ({ aws }) => {
          const api = new aws.apigatewayv2.Api("orders", { protocolType: "HTTP" });
          new aws.apigatewayv2.Route("list", { apiId: api.id, routeKey: "GET /orders", authorizationType: "AWS_IAM" });
        },
      },
      {
        title: "an operation of an HTTP API's OpenAPI body takes tokens",
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
        title: "a method is open",
        program: ({ aws }) => {
          const api = new aws.apigateway.RestApi("orders");
          const orders = new aws.apigateway.Resource("orders", {
            restApi: api.id,
            parentId: api.rootResourceId,
            pathPart: "orders",
          });
          new aws.apigateway.Method("list-orders", {
            restApi: api.id,
            resourceId: orders.id,
            httpMethod: "GET",
            authorization: "NONE",
          });
        },
      },
      {
        title: "an OPTIONS method that reaches a backend is no preflight",
        program: ({ aws }) => {
          const api = new aws.apigateway.RestApi("orders");
          const method = new aws.apigateway.Method("options", {
            restApi: api.id,
            resourceId: api.rootResourceId,
            httpMethod: "OPTIONS",
            authorization: "NONE",
          });
          new aws.apigateway.Integration("options", {
            restApi: api.id,
            resourceId: api.rootResourceId,
            httpMethod: method.httpMethod,
            type: "HTTP_PROXY",
            integrationHttpMethod: "POST",
            uri: "https://backend.example.com/",
          });
        },
      },
      {
        title: "an HTTP route names no authorization",
        program: ({ aws }) => {
          const api = new aws.apigatewayv2.Api("orders", { protocolType: "HTTP" });
          new aws.apigatewayv2.Route("list", { apiId: api.id, routeKey: "GET /orders" });
        },
      },
      {
        title: "a WebSocket API has no $connect route",
        program: ({ aws }) => {
          const api = new aws.apigatewayv2.Api("chat", {
            protocolType: "WEBSOCKET",
            routeSelectionExpression: "$request.body.action",
          });
          new aws.apigatewayv2.Route("send", { apiId: api.id, routeKey: "send" });
        },
      },
      {
        title: "root security of an OpenAPI body protects nothing",
        program: ({ aws }) => {
          new aws.apigateway.RestApi("orders", {
            body: JSON.stringify({
              openapi: "3.0.1",
              info: { title: "orders", version: "1" },
              security: [{ iam: [] }],
              components: {
                securitySchemes: {
                  iam: {
                    type: "apiKey",
                    in: "header",
                    name: "Authorization",
                    "x-amazon-apigateway-authtype": "awsSigv4",
                  },
                },
              },
              paths: { "/orders": { get: { responses: {} } } },
            }),
          });
        },
      },
      {
        title: "quick create gives an HTTP API an open route",
        program: ({ aws }) => {
          new aws.apigatewayv2.Api("orders", { protocolType: "HTTP", target: "https://orders.example.com" });
        },
      },
      {
        title: "an operation of an HTTP API's OpenAPI body names no security",
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
              paths: { "/orders": { get: { responses: {} } } },
            }),
          });
        },
      },
      {
        title: "a route of another stack's API",
        program: ({ aws }) => {
          new aws.apigatewayv2.Route("list", { apiId: "a1b2c3d4e5", routeKey: "GET /orders" });
        },
      },
      {
        title: "$connect of a WebSocket API is open",
        program: ({ aws }) => {
          const api = new aws.apigatewayv2.Api("chat", {
            protocolType: "WEBSOCKET",
            routeSelectionExpression: "$request.body.action",
          });
          new aws.apigatewayv2.Route("connect", { apiId: api.id, routeKey: "$connect", authorizationType: "NONE" });
        },
      },
      {
        title: "one of two APIs is open",
        program: ({ aws }) => {
          const orders = new aws.apigatewayv2.Api("orders", { protocolType: "HTTP" });
          const billing = new aws.apigatewayv2.Api("billing", { protocolType: "HTTP" });
          new aws.apigatewayv2.Route("orders", {
            apiId: orders.id,
            routeKey: "GET /orders",
            authorizationType: "AWS_IAM",
          });
          new aws.apigatewayv2.Route("bills", { apiId: billing.id, routeKey: "GET /bills" });
        },
      },
    ],
  },
});
