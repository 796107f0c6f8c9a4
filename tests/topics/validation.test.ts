import assert from "node:assert/strict";
import { Input, judge, judgeCases, never, Stack, text } from "../support/cases";
import type { Case, Made } from "../support/cases";

const validated = "route-request-validation";
const modelled = "route-request-model";
const strict = "model-strictness";
const schemes = "openapi-security-schemes";

const rest = (stack: Stack, properties = {}): Made => stack.add("apigateway.RestApi", "orders", properties);

const method = (stack: Stack, api: Made, properties: Readonly<Record<string, unknown>>): Made =>
  stack.add("apigateway.Method", "place-order", {
    restApi: api.id,
    resourceId: api.out("rootResourceId"),
    httpMethod: "POST",
    authorization: "AWS_IAM",
    ...properties,
  });

const validator = (stack: Stack, api: Made, properties = {}): Made =>
  stack.add("apigateway.RequestValidator", "validator", { restApi: api.id, ...properties });

const model = (stack: Stack, api: Made, name: string, schema: unknown): Made =>
  stack.add("apigateway.Model", name.toLowerCase(), {
    restApi: api.id,
    name,
    contentType: "application/json",
    schema: typeof schema === "object" && !(schema instanceof Input) ? JSON.stringify(schema) : schema,
  });

const document = (post: object, more: object = {}): string =>
  JSON.stringify({
    openapi: "3.0.1",
    info: { title: "orders", version: "1" },
    "x-amazon-apigateway-request-validators": {
      all: { validateRequestBody: true, validateRequestParameters: true },
      body: { validateRequestBody: "true" },
      parameters: { validateRequestParameters: true },
    },
    paths: { "/orders/{id}": { post } },
    ...more,
  });

const swagger = (validatorOfPost: string): string => `
swagger: "2.0"
info: { title: orders, version: 1 }
x-amazon-apigateway-request-validator: all
x-amazon-apigateway-request-validators:
  all: { validateRequestBody: true, validateRequestParameters: true }
  parameters: { validateRequestParameters: true }
definitions:
  Order: { type: object, additionalProperties: false }
paths:
  /orders:
    get:
      parameters:
        - { in: query, name: customer, required: true, type: string }
    post:
      ${validatorOfPost}
      parameters:
        - { in: body, name: order, schema: { $ref: "#/definitions/Order" } }
`;

const validation: readonly Case[] = [
  {
    title: "a validator of another API",
    policy: validated,
    verdict: "fails",
    build: (stack) => {
      const other = stack.add("apigateway.RestApi", "other");
      const both = { validateRequestBody: true, validateRequestParameters: true };
      method(stack, rest(stack), { requestValidatorId: validator(stack, other, both).id });
    },
  },
  {
    title: "a WebSocket route whose models have no names",
    policy: validated,
    verdict: "fails",
    build: (stack) => {
      const api = stack.add("apigatewayv2.Api", "chat", { protocolType: "WEBSOCKET" });
      stack.add("apigatewayv2.Route", "send", { apiId: api.id, routeKey: "send", requestModels: { $default: "" } });
    },
  },
  {
    title: "a validator by its id alone",
    policy: validated,
    verdict: "passes",
    build: (stack) => {
      const api = rest(stack);
      const all = validator(stack, api, { validateRequestBody: true });
      method(stack, api, { requestValidatorId: all.id });
    },
  },
  {
    title: "a validator of another stack",
    policy: validated,
    verdict: "passes",
    build: (stack) => void method(stack, rest(stack), { requestValidatorId: "a1b2c3" }),
  },
  {
    title: "a validator that nothing tells",
    policy: validated,
    verdict: "unverified",
    build: (stack) => void method(stack, rest(stack), { requestValidatorId: never() }),
  },
  {
    title: "a validator of which it is not known what it checks",
    policy: validated,
    verdict: "unverified",
    build: (stack) => {
      const api = rest(stack);
      method(stack, api, { requestValidatorId: validator(stack, api, { validateRequestBody: never() }).id });
    },
  },
  {
    title: "an empty id, as after an update",
    policy: validated,
    verdict: "fails",
    build: (stack) => void method(stack, rest(stack), { requestValidatorId: "" }),
  },
  {
    title: "a validator of bodies, where a parameter is required as well",
    policy: validated,
    verdict: "fails",
    build: (stack) => {
      const api = rest(stack);
      const body = validator(stack, api, { validateRequestBody: true });
      method(stack, api, {
        requestValidatorId: body.id,
        requestParameters: { "method.request.header.X-Customer": "true" },
      });
    },
  },
  {
    title: "bookkeeping among the parameters",
    policy: validated,
    verdict: "passes",
    build: (stack) =>
      void method(stack, rest(stack), {
        httpMethod: "GET",
        requestParameters: { __defaults: [], "method.request.querystring.page": false },
      }),
  },
  {
    title: "parameters of which it is not known whether they are required",
    policy: validated,
    verdict: "unverified",
    build: (stack) =>
      void method(stack, rest(stack), {
        httpMethod: "GET",
        requestParameters: { "method.request.querystring.page": never() },
      }),
  },
  {
    title: "a model for the body of a DELETE",
    policy: validated,
    verdict: "fails",
    build: (stack) =>
      void method(stack, rest(stack), { httpMethod: "DELETE", requestModels: { "application/json": "Order" } }),
  },
  {
    title: "a method that is not known",
    policy: validated,
    verdict: "unverified",
    build: (stack) => void method(stack, rest(stack), { httpMethod: never() }),
  },
  {
    title: "null for everything",
    policy: validated,
    verdict: "fails",
    build: (stack) =>
      void method(stack, rest(stack), { requestValidatorId: null, requestModels: null, requestParameters: null }),
  },
  {
    title: "a list for the parameters",
    policy: validated,
    verdict: "unverified",
    build: (stack) => void method(stack, rest(stack), { httpMethod: "GET", requestParameters: ["a", "b"] }),
  },
  {
    title: "a method of an API of another stack",
    policy: validated,
    verdict: "fails",
    build: (stack) =>
      void stack.add("apigateway.Method", "m", {
        restApi: "a1b2c3d4e5",
        resourceId: "r1",
        httpMethod: "PUT",
        authorization: "AWS_IAM",
      }),
  },
  {
    title: "an exemption by a path that is not known",
    policy: validated,
    verdict: "unverified",
    config: { exemptRoutes: ["POST /upload"] },
    build: (stack) => void method(stack, rest(stack), { resourceId: never() }),
  },
  {
    title: "a preflight that a mock answers",
    policy: validated,
    verdict: "passes",
    build: (stack) => {
      const api = rest(stack);
      const place = { restApi: api.id, resourceId: api.out("rootResourceId"), httpMethod: "OPTIONS" };
      stack.add("apigateway.Integration", "preflight", { ...place, type: "MOCK" });
      const requestParameters = { "method.request.header.Origin": true };
      method(stack, api, { ...place, authorization: "NONE", requestParameters });
    },
  },
  {
    title: "aws-native, with a validator that checks",
    policy: validated,
    verdict: "passes",
    build: (stack) => {
      const api = stack.add("aws-native:apigateway:RestApi", "orders", { name: "orders" });
      const all = stack.add("aws-native:apigateway:RequestValidator", "all", {
        restApiId: api.id,
        validateRequestBody: true,
      });
      stack.add("aws-native:apigateway:Method", "place-order", {
        restApiId: api.id,
        resourceId: api.out("rootResourceId"),
        httpMethod: "POST",
        requestValidatorId: all.id,
      });
    },
  },
  {
    title: "aws-native, with a validator that checks nothing",
    policy: validated,
    verdict: "fails",
    build: (stack) => {
      const api = stack.add("aws-native:apigateway:RestApi", "orders", { name: "orders" });
      const none = stack.add("aws-native:apigateway:RequestValidator", "none", { restApiId: api.id });
      stack.add("aws-native:apigateway:Method", "place-order", {
        restApiId: api.id,
        resourceId: api.out("rootResourceId"),
        httpMethod: "POST",
        requestValidatorId: none.id,
      });
    },
  },
  {
    title: "an OpenAPI 2 body in YAML, validated throughout",
    policy: validated,
    verdict: "passes",
    build: (stack) => void rest(stack, { body: swagger("summary: place an order") }),
  },
  {
    title: "an operation of a YAML body that puts a weaker validator in place of the document's",
    policy: validated,
    verdict: "fails",
    build: (stack) => void rest(stack, { body: swagger("x-amazon-apigateway-request-validator: parameters") }),
  },
  {
    title: "a body of its own resource",
    policy: validated,
    verdict: "fails",
    build: (stack) => {
      const api = rest(stack);
      stack.add("apigateway.RestApiPut", "orders", { restApiId: api.id, body: document({}) });
    },
  },
  {
    title: "an object for a body, in aws-native",
    policy: validated,
    verdict: "fails",
    build: (stack) =>
      void stack.add("aws-native:apigateway:RestApi", "orders", { body: JSON.parse(document({})) as unknown }),
  },
  {
    title: "path parameters, which are always there",
    policy: validated,
    verdict: "passes",
    build: (stack) =>
      void rest(stack, {
        body: document({}, { paths: { "/orders/{id}": { get: { parameters: [{ in: "path", name: "id" }] } } } }),
      }),
  },
  {
    title: "a body that is not known",
    policy: validated,
    verdict: "unverified",
    build: (stack) => void rest(stack, { body: never() }),
  },
  {
    title: "a body that is not known, of an HTTP API, which validates nothing",
    policy: validated,
    verdict: "passes",
    build: (stack) => void stack.add("apigatewayv2.Api", "orders", { protocolType: "HTTP", body: never() }),
  },
  {
    title: "a body that cannot be read",
    policy: validated,
    verdict: "unverified",
    build: (stack) => void rest(stack, { body: "{ not: [json" }),
  },
  {
    title: "a bare word for a route of an API of another stack, which only a WebSocket API has",
    policy: validated,
    verdict: "fails",
    build: (stack) => void stack.add("apigatewayv2.Route", "send", { apiId: "x1", routeKey: "send" }),
  },
  {
    title: "a route of an HTTP API of another stack",
    policy: validated,
    verdict: "passes",
    build: (stack) => void stack.add("apigatewayv2.Route", "order", { apiId: "x1", routeKey: "POST /orders" }),
  },
  {
    title: "a WebSocket route whose key is not known",
    policy: validated,
    verdict: "unverified",
    build: (stack) => {
      const api = stack.add("apigatewayv2.Api", "chat", { protocolType: "WEBSOCKET" });
      stack.add("apigatewayv2.Route", "send", { apiId: api.id, routeKey: never() });
    },
  },
  {
    title: "models of a WebSocket route that are not known",
    policy: validated,
    verdict: "unverified",
    build: (stack) => {
      const api = stack.add("apigatewayv2.Api", "chat", { protocolType: "WEBSOCKET" });
      stack.add("apigatewayv2.Route", "send", { apiId: api.id, routeKey: "send", requestModels: never() });
    },
  },
  {
    title: "a component that shows no resource",
    policy: validated,
    verdict: "unverified",
    build: (stack) => void stack.component("acme:gateway:RestApi", "orders"),
  },
];

const models: readonly Case[] = [
  {
    title: "a model under a content type of its own",
    policy: modelled,
    verdict: "passes",
    build: (stack) => {
      const api = rest(stack);
      const body = validator(stack, api, { validateRequestBody: true });
      const requestModels = { "application/merge-patch+json": "Order" };
      method(stack, api, { httpMethod: "PATCH", requestValidatorId: body.id, requestModels });
    },
  },
  {
    title: "a model for XML alone",
    policy: modelled,
    verdict: "fails",
    build: (stack) => {
      const api = rest(stack);
      const body = validator(stack, api, { validateRequestBody: true });
      method(stack, api, { requestValidatorId: body.id, requestModels: { "application/xml": "Order" } });
    },
  },
  {
    title: "a model for every content type",
    policy: modelled,
    verdict: "passes",
    build: (stack) => {
      const api = rest(stack);
      const body = validator(stack, api, { validateRequestBody: true });
      method(stack, api, { requestValidatorId: body.id, requestModels: { $default: "Order" } });
    },
  },
  {
    title: "a model of the stack that is called Empty",
    policy: modelled,
    verdict: "passes",
    build: (stack) => {
      const api = rest(stack);
      const body = validator(stack, api, { validateRequestBody: true });
      const empty = model(stack, api, "Empty", { type: "object", additionalProperties: false });
      const requestModels = { "application/json": empty.out("name") };
      method(stack, api, { requestValidatorId: body.id, requestModels });
    },
  },
  {
    title: "a validator of another stack, of which it cannot be seen what it checks",
    policy: modelled,
    verdict: "passes",
    build: (stack) => void method(stack, rest(stack), { requestValidatorId: "a1b2c3" }),
  },
  {
    title: "a validator that nothing tells",
    policy: modelled,
    verdict: "unverified",
    build: (stack) => void method(stack, rest(stack), { requestValidatorId: never() }),
  },
  {
    title: "a schema that says nothing",
    policy: modelled,
    verdict: "fails",
    build: (stack) => {
      const requestBody = { content: { "application/json": { schema: { description: "an order" } } } };
      rest(stack, { body: document({ requestBody, "x-amazon-apigateway-request-validator": "body" }) });
    },
  },
  {
    title: "the model of a YAML body of OpenAPI 2",
    policy: modelled,
    verdict: "passes",
    build: (stack) => void rest(stack, { body: swagger("summary: place an order") }),
  },
];

const loose = { type: "object", properties: { note: { type: "string" } } };
const tight = { type: "object", additionalProperties: false };

const strictness: readonly Case[] = [
  {
    title: "a model by its name alone, of the right one of two APIs",
    policy: strict,
    verdict: "passes",
    build: (stack) => {
      const api = rest(stack);
      const other = stack.add("apigateway.RestApi", "users");
      model(stack, api, "Order", tight);
      stack.add("apigateway.Model", "users-order", { restApi: other.id, name: "Order", schema: JSON.stringify(loose) });
      method(stack, api, { requestModels: { "application/json": "Order" } });
    },
  },
  {
    title: "a model that a method names by its id",
    policy: strict,
    verdict: { preview: "fails", update: "fails" },
    build: (stack) => {
      const api = rest(stack);
      method(stack, api, { requestModels: { "application/json": model(stack, api, "Order", loose).id } });
    },
  },
  {
    title: "a model that refers to another by the address of API Gateway",
    policy: strict,
    // While the API's id is not known, neither is what is made of it.
    verdict: { preview: "unverified", update: "fails", imported: "fails" },
    build: (stack) => {
      const api = rest(stack);
      const item = model(stack, api, "Item", loose);
      const order = model(
        stack,
        api,
        "Order",
        text`{"$ref":"https://apigateway.amazonaws.com/restapis/${api.id}/models/${item.out("name")}"}`,
      );
      method(stack, api, { requestModels: { "application/json": order.out("name") } });
    },
  },
  {
    title: "a schema that refers to a part of its own, round in a circle",
    policy: strict,
    verdict: "passes",
    build: (stack) => {
      const api = rest(stack);
      model(stack, api, "Tree", {
        $ref: "#/definitions/node",
        definitions: { node: { ...tight, properties: { left: { $ref: "#/definitions/node" } } } },
      });
      method(stack, api, { requestModels: { "application/json": "Tree" } });
    },
  },
  {
    title: "a schema that is no JSON",
    policy: strict,
    verdict: "unverified",
    build: (stack) => {
      const api = rest(stack);
      model(stack, api, "Order", "{ type: object }");
      method(stack, api, { requestModels: { "application/json": "Order" } });
    },
  },
  {
    title: "a schema that refers to nothing that is there",
    policy: strict,
    verdict: "unverified",
    build: (stack) => {
      const api = rest(stack);
      model(stack, api, "Order", { $ref: "#/definitions/Order" });
      method(stack, api, { requestModels: { "application/json": "Order" } });
    },
  },
  {
    title: "a model with no schema",
    policy: strict,
    verdict: "fails",
    build: (stack) => {
      const api = rest(stack);
      model(stack, api, "Order", undefined);
      method(stack, api, { requestModels: { "application/json": "Order" } });
    },
  },
  {
    title: "a schema of an object in aws-native",
    policy: strict,
    verdict: "fails",
    build: (stack) => {
      const api = stack.add("aws-native:apigateway:RestApi", "orders", { name: "orders" });
      stack.add("aws-native:apigateway:Model", "order", { restApiId: api.id, name: "Order", schema: loose });
      stack.add("aws-native:apigateway:Method", "place-order", {
        restApiId: api.id,
        resourceId: api.out("rootResourceId"),
        httpMethod: "POST",
        requestModels: { "application/json": "Order" },
      });
    },
  },
  {
    title: "a schema of an operation itself",
    policy: strict,
    verdict: "fails",
    build: (stack) => {
      const requestBody = { content: { "application/json": { schema: loose } } };
      rest(stack, { body: document({ requestBody }) });
    },
  },
  {
    title: "a method of its own that names a model of the body",
    policy: strict,
    verdict: "fails",
    build: (stack) => {
      const api = rest(stack, { body: document({}, { paths: {}, components: { schemas: { Order: loose } } }) });
      method(stack, api, { requestModels: { "application/json": "Order" } });
    },
  },
  {
    title: "models of an HTTP API, which checks nothing against them",
    policy: strict,
    verdict: "passes",
    build: (stack) => {
      const requestBody = { content: { "application/json": { schema: loose } } };
      stack.add("apigatewayv2.Api", "orders", { protocolType: "HTTP", body: document({ requestBody }) });
    },
  },
];

const openapi = (properties: object): string =>
  JSON.stringify({ openapi: "3.0.1", info: { title: "orders", version: "1" }, paths: {}, ...properties });

const securitySchemes: readonly Case[] = [
  {
    title: "a document of another stack's API",
    policy: schemes,
    verdict: "fails",
    build: (stack) =>
      void stack.add("apigateway.RestApiPut", "orders", {
        restApiId: "a1b2c3d4e5",
        body: openapi({ servers: [{ url: "http://api.example.com" }] }),
      }),
  },
  {
    title: "HTTP Basic in a YAML body of OpenAPI 2",
    policy: schemes,
    verdict: "fails",
    build: (stack) =>
      void rest(stack, {
        body: "swagger: '2.0'\ninfo: { title: t, version: 1 }\nsecurityDefinitions: { users: { type: basic } }\npaths: {}\n",
      }),
  },
  {
    title: "the scheme http of OpenAPI 2",
    policy: schemes,
    verdict: "fails",
    build: (stack) =>
      void rest(stack, { body: JSON.stringify({ swagger: "2.0", info: {}, schemes: ["https", "http"], paths: {} }) }),
  },
  {
    title: "the scheme http of a machine of one's own",
    policy: schemes,
    verdict: "passes",
    build: (stack) =>
      void rest(stack, {
        body: JSON.stringify({ swagger: "2.0", info: {}, host: "localhost:8080", schemes: ["http"], paths: {} }),
      }),
  },
  {
    title: "a server whose scheme is a variable",
    policy: schemes,
    verdict: "fails",
    build: (stack) =>
      void rest(stack, {
        body: openapi({
          servers: [
            { url: "{scheme}://api.example.com", variables: { scheme: { default: "https", enum: ["https", "http"] } } },
          ],
        }),
      }),
  },
  {
    title: "a server of one path",
    policy: schemes,
    verdict: "fails",
    build: (stack) =>
      void rest(stack, { body: openapi({ paths: { "/a": { servers: [{ url: "http://a.example.com" }] } } }) }),
  },
  {
    title: "an undefined scope of the whole document, by way of a reference",
    policy: schemes,
    verdict: "fails",
    build: (stack) =>
      void rest(stack, {
        body: openapi({
          security: [{ users: ["write"] }],
          components: {
            securitySchemes: {
              users: { $ref: "#/components/x-users" },
            },
            "x-users": { type: "oauth2", flows: { clientCredentials: { scopes: { read: "Read" } } } },
          },
        }),
      }),
  },
  {
    title: "scopes of a scheme that is no OAuth 2, as Cognito authorizers take them",
    policy: schemes,
    verdict: "passes",
    build: (stack) =>
      void rest(stack, {
        body: openapi({
          security: [{ users: ["write"] }],
          components: { securitySchemes: { users: { type: "apiKey", in: "header", name: "Authorization" } } },
        }),
      }),
  },
  {
    title: "nonsense in the place of everything",
    policy: schemes,
    verdict: "passes",
    build: (stack) =>
      void rest(stack, {
        body: openapi({
          servers: [null, 1, { url: 2 }, "http://x"],
          security: { a: 1 },
          components: { securitySchemes: { a: null, b: 1, c: { type: ["basic"] }, d: { $ref: "#/components/d" } } },
        }),
      }),
  },
  {
    title: "a body that is not known",
    policy: schemes,
    verdict: "unverified",
    build: (stack) => void rest(stack, { body: never() }),
  },
];

describe("validation", () => {
  judgeCases([...validation, ...models, ...strictness, ...securitySchemes]);

  it("names no more places than can be read", () => {
    const stack = new Stack("resolve", "dev");
    const properties = Object.fromEntries(Array.from({ length: 50 }, (_, i) => [`p${String(i)}`, { type: "string" }]));
    const requestBody = { content: { "application/json": { schema: { ...tight, properties } } } };
    rest(stack, { body: document({ requestBody }) });
    const [said] = judge(strict, stack.made).faults;
    assert.match(said ?? "", /no greatest length for `\$\.p0`, `\$\.p1`, `\$\.p2` and 47 more\./);
  });

  it("shows no password of a server's address", () => {
    const stack = new Stack("resolve", "dev");
    rest(stack, { body: openapi({ servers: [{ url: "http://admin:hunter2@api.example.com/?token=hunter2" }] }) });
    const { faults } = judge(schemes, stack.made);
    assert.equal(faults.length, 1);
    assert.doesNotMatch(faults.join(), /hunter2|admin/);
  });

  it("judges the largest documents", () => {
    const stack = new Stack("resolve", "dev");
    const post = { requestBody: { content: { "application/json": { schema: loose } } } };
    const paths = Object.fromEntries(Array.from({ length: 20_000 }, (_, i) => [`/orders/${String(i)}`, { post }]));
    rest(stack, { body: document({}, { paths }) });
    const said = [validated, modelled, strict, schemes].map((policy) => judge(policy, stack.made).faults.length);
    assert.deepEqual(said, [20_000, 0, 20_000, 0]);
  });
});
