import { judgeCases, never } from "../support/cases";
import type { Case, Made, Stack } from "../support/cases";

const authorization = "route-authorization";
const keyOnly = "route-api-key-only";
const attached = "route-authorizer-attached";

const rest = (stack: Stack): Made => stack.add("apigateway.RestApi", "orders");

function method(stack: Stack, api: Made, properties: Readonly<Record<string, unknown>>): Made {
  return stack.add("apigateway.Method", "method", {
    restApi: api.id,
    resourceId: api.out("rootResourceId"),
    httpMethod: "GET",
    ...properties,
  });
}

const document = (operation: object, rest: object = {}): string =>
  JSON.stringify({
    openapi: "3.0.1",
    info: { title: "t", version: "1" },
    ...rest,
    paths: { "/a": { get: operation } },
  });

const keyScheme = { components: { securitySchemes: { key: { type: "apiKey", in: "header", name: "x-api-key" } } } };

const methods: readonly Case[] = [
  {
    title: "an authorizer of an API of another stack, on a method of this one",
    policy: attached,
    verdict: "fails",
    build: (stack) => {
      const api = rest(stack);
      const authorizer = stack.add("apigateway.Authorizer", "callers", { restApi: "a1b2c3d4e5" });
      method(stack, api, { authorization: "CUSTOM", authorizerId: authorizer.id });
    },
  },
  {
    title: "an authorizer and a method of one API of another stack",
    policy: attached,
    verdict: "passes",
    build: (stack) => {
      const authorizer = stack.add("apigateway.Authorizer", "callers", { restApi: "a1b2c3d4e5" });
      stack.add("apigateway.Method", "method", {
        restApi: "a1b2c3d4e5",
        resourceId: "r1",
        httpMethod: "GET",
        authorization: "CUSTOM",
        authorizerId: authorizer.id,
      });
    },
  },
  {
    title: "OPTIONS that reaches no backend, of an API that nothing tells",
    policy: authorization,
    verdict: "passes",
    build: (stack) => void stack.add("apigateway.Method", "m", { httpMethod: "OPTIONS", authorization: "NONE" }),
  },
  {
    title: "OPTIONS that no integration answers, beside a mock on another resource",
    policy: authorization,
    verdict: "passes",
    build: (stack) => {
      const api = rest(stack);
      const place = { restApi: api.id, httpMethod: "OPTIONS" };
      const path = { restApi: api.id, parentId: api.out("rootResourceId"), pathPart: "a" };
      const resource = stack.add("apigateway.Resource", "a", path);
      method(stack, api, { ...place, resourceId: resource.id, authorization: "NONE" });
      stack.add("apigateway.Integration", "root", { ...place, resourceId: api.out("rootResourceId"), type: "MOCK" });
    },
  },
  {
    title: "OPTIONS that asks for a key and reaches no backend",
    policy: keyOnly,
    verdict: "passes",
    build: (stack) =>
      void method(stack, rest(stack), { httpMethod: "OPTIONS", authorization: "NONE", apiKeyRequired: true }),
  },
  {
    title: "any verb that no integration answers",
    policy: authorization,
    verdict: "fails",
    build: (stack) => void method(stack, rest(stack), { httpMethod: "ANY", authorization: "NONE" }),
  },
];

const identitySources: readonly Case[] = ["method.request.path.proxy", "$request.path"].map((source) => ({
  title: `results are cached by ${source}, which names what is called`,
  policy: "authorizer-identity-source",
  verdict: "fails",
  build: (stack) => {
    if (source.startsWith("$")) {
      const api = stack.add("apigatewayv2.Api", "orders", { protocolType: "HTTP" });
      stack.add("apigatewayv2.Authorizer", "a", {
        apiId: api.id,
        authorizerType: "REQUEST",
        identitySources: [source],
      });
    } else {
      const inputs = { type: "REQUEST", authorizerUri: "f", identitySource: source };
      stack.add("apigateway.Authorizer", "a", { restApi: rest(stack).id, ...inputs });
    }
  },
}));

const routes: readonly Case[] = [
  {
    title: "an API key on a route of an HTTP API, which has none",
    policy: authorization,
    verdict: "fails",
    build: (stack) => {
      const api = stack.add("apigatewayv2.Api", "orders", { protocolType: "HTTP" });
      stack.add("apigatewayv2.Route", "list", { apiId: api.id, routeKey: "GET /orders", apiKeyRequired: true });
    },
  },
  {
    title: "an API key on a route of an HTTP API is no API key",
    policy: keyOnly,
    verdict: "passes",
    build: (stack) =>
      void stack.add("apigatewayv2.Route", "r", { apiId: "x1", routeKey: "GET /a", apiKeyRequired: true }),
  },
  {
    title: "an API key on $connect",
    policy: keyOnly,
    verdict: "fails",
    build: (stack) => {
      const api = stack.add("apigatewayv2.Api", "chat", { protocolType: "WEBSOCKET" });
      stack.add("apigatewayv2.Route", "connect", { apiId: api.id, routeKey: "$connect", apiKeyRequired: true });
    },
  },
  {
    title: "$default of an API of another stack that may be a WebSocket API",
    policy: authorization,
    verdict: "unverified",
    build: (stack) => void stack.add("apigatewayv2.Route", "default", { apiId: "x1", routeKey: "$default" }),
  },
  {
    title: "$default of an API of another stack that has a path beside it",
    policy: authorization,
    verdict: "fails",
    build: (stack) => {
      stack.add("apigatewayv2.Route", "default", { apiId: "x1", routeKey: "$default" });
      stack.add("apigatewayv2.Route", "get", { apiId: "x1", routeKey: "GET /a", authorizationType: "AWS_IAM" });
    },
  },
  {
    title: "$default of an API of another stack that has $connect beside it",
    policy: authorization,
    verdict: "passes",
    build: (stack) => {
      stack.add("apigatewayv2.Route", "default", { apiId: "x1", routeKey: "$default" });
      stack.add("apigatewayv2.Route", "connect", { apiId: "x1", routeKey: "$connect", authorizationType: "AWS_IAM" });
    },
  },
  {
    title: "$default of an API whose stage is served at the root",
    policy: authorization,
    verdict: "fails",
    build: (stack) => {
      stack.add("apigatewayv2.Stage", "stage", { apiId: "x1", name: "$default" });
      stack.add("apigatewayv2.Route", "default", { apiId: "x1", routeKey: "$default" });
    },
  },
  {
    title: "a WebSocket API whose only route may be $connect",
    policy: authorization,
    verdict: "unverified",
    build: (stack) => {
      const api = stack.add("apigatewayv2.Api", "chat", { protocolType: "WEBSOCKET" });
      stack.add("apigatewayv2.Route", "some", { apiId: api.id, routeKey: never() });
    },
  },
];

const bodies: readonly Case[] = [
  {
    title: "NONE, which SAM writes of an operation without an authorizer",
    policy: authorization,
    verdict: "fails",
    build: (stack) => void stack.add("apigateway.RestApi", "orders", { body: document({ security: [{ NONE: [] }] }) }),
  },
  {
    title: "NONE is not taken for a scheme",
    policy: attached,
    verdict: "passes",
    build: (stack) => void stack.add("apigateway.RestApi", "orders", { body: document({ security: [{ NONE: [] }] }) }),
  },
  {
    title: "NONE beside a key",
    policy: keyOnly,
    verdict: "fails",
    build: (stack) => {
      const body = document({ security: [{ NONE: [] }, { key: [] }] }, keyScheme);
      stack.add("apigateway.RestApi", "orders", { body });
    },
  },
  {
    title: "NONE on purpose, open by option",
    policy: authorization,
    verdict: "passes",
    config: { publicRoutes: [{ route: "GET /a", reason: "probed by the load balancer" }] },
    build: (stack) => void stack.add("apigateway.RestApi", "orders", { body: document({ security: [{ NONE: [] }] }) }),
  },
  {
    title: "a key scheme in the body of an HTTP API, which has no keys",
    policy: authorization,
    verdict: "fails",
    build: (stack) => {
      const body = document({ security: [{ key: [] }] }, keyScheme);
      stack.add("apigatewayv2.Api", "orders", { protocolType: "HTTP", body });
    },
  },
  {
    title: "an operation that says NONE and names a scheme is open",
    policy: authorization,
    verdict: "fails",
    build: (stack) => {
      const body = document(
        { security: [{ iam: [] }], "x-amazon-apigateway-auth": { type: "none" } },
        {
          components: {
            securitySchemes: {
              iam: { type: "apiKey", name: "Authorization", in: "header", "x-amazon-apigateway-authtype": "awsSigv4" },
            },
          },
        },
      );
      stack.add("apigateway.RestApi", "orders", { body });
    },
  },
  {
    title: "an aws-native body whose security is not known yet",
    policy: authorization,
    verdict: "unverified",
    build: (stack) => {
      const body = { openapi: "3.0.1", info: {}, paths: { "/a": { get: { security: never() } } } };
      stack.add("aws-native:apigateway:RestApi", "orders", { body });
    },
  },
  {
    title: "an aws-native body with an integration that is not known yet",
    policy: authorization,
    verdict: "fails",
    build: (stack) => {
      const get = { "x-amazon-apigateway-integration": never() };
      stack.add("aws-native:apigateway:RestApi", "orders", { body: { openapi: "3.0.1", paths: { "/a": { get } } } });
    },
  },
  {
    title: "an aws-native body whose OPTIONS may be answered by a mock",
    policy: authorization,
    verdict: "unverified",
    build: (stack) => {
      const options = { "x-amazon-apigateway-integration": { type: never() } };
      stack.add("aws-native:apigateway:RestApi", "o", { body: { openapi: "3.0.1", paths: { "/a": { options } } } });
    },
  },
];

const pools: readonly Case[] = [
  {
    title: "a pool behind a component that shows none of its resources",
    policy: "cognito-user-pool-strength",
    verdict: { preview: "fails", update: "fails" },
    build: (stack) => {
      const pool = stack.add("cognito.UserPool", "customers");
      const authorizers = [{ parameterName: "Authorization", providerARNs: [pool.out("arn")] }];
      const routes = [{ path: "/orders", method: "GET", authorizers, eventHandler: never() }];
      stack.component("aws-apigateway:index:RestAPI", "orders", { routes });
    },
  },
  {
    title: "a pool beside such a component, whose routes do not take its tokens",
    policy: "cognito-user-pool-strength",
    verdict: { preview: "passes", update: "passes" },
    build: (stack) => {
      stack.add("cognito.UserPool", "customers");
      const routes = [{ path: "/orders", method: "GET", iamAuthEnabled: true, eventHandler: never() }];
      stack.component("aws-apigateway:index:RestAPI", "orders", { routes });
    },
  },
  {
    title: "a pool of aws-native, whose ARN is nothing but its ARN",
    policy: "cognito-user-pool-strength",
    verdict: "fails",
    build: (stack) => {
      const pool = stack.add("aws-native:cognito:UserPool", "customers", { userPoolName: "customers" });
      const providerArns = [pool.out("arn")];
      const api = stack.add("aws-native:apigateway:RestApi", "orders", { name: "orders" });
      const place = { restApiId: api.id, name: "customers", type: "COGNITO_USER_POOLS" };
      stack.add("aws-native:apigateway:Authorizer", "customers", { ...place, providerArns });
    },
  },
];

describe("cases of authorization", () => {
  judgeCases([...identitySources, ...methods, ...routes, ...bodies, ...pools]);
});
