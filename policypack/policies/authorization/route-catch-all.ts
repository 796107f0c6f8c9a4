import { definePolicy, fault, option, unverified } from "../../core/policy";
import { isListed } from "../../core/route-patterns";
import type { Api } from "../../model/api";
import type { Route } from "../../model/route";
import { Value } from "../../model/value";

const greedy = /\{[^{}]*\+\}/;

/** What a route catches beyond what anybody listed: absent for nothing. */
function catches(route: Route): Value<string> {
  if (route.api.kind === "websocket") return Value.absent();
  if (route.key.is("$default")) {
    const kind = kindTold(route.api);
    if (kind === undefined) return Value.unknown();
    return kind === "http" ? Value.known("takes whatever no other route takes") : Value.absent();
  }
  if (route.method.is("ANY")) return Value.known("takes every method");
  const path = route.path.get();
  if (path !== undefined && greedy.test(path)) return Value.known("takes every path below it");
  return path === undefined || route.method.isUnknown() ? Value.unknown() : Value.absent();
}

const kinds = new WeakMap<Api, "http" | "websocket" | undefined>();

/** Of an API that is not of this stack, its other routes tell whether it is an HTTP or a WebSocket API. */
function kindTold(api: Api): "http" | "websocket" | undefined {
  if (api.visibility === "stack") return api.kind === "websocket" ? "websocket" : "http";
  if (!kinds.has(api)) {
    const keys = api.routes.flatMap((route) => route.key.get() ?? []).filter((key) => key !== "$default");
    const told = keys.some((key) => key.includes(" ")) ? "http" : keys.length > 0 ? "websocket" : undefined;
    kinds.set(api, told);
  }
  return kinds.get(api);
}

export const routeCatchAll = definePolicy({
  name: "route-catch-all",
  topic: "authorization",
  description: "API Gateway routes name the methods and the paths that they take.",
  why: "A catch-all opens whatever the backend answers to, now and after its next release, under one authorization and one limit.",
  fix: "Give each method and path that the backend serves a route of its own, or name this one in the option `allowed`.",
  severity: "medium",
  level: "advisory",
  where: "R+S",
  practice: "practice 1: always authorize",
  frameworks: { "OWASP API Security Top 10": ["API9:2023"] },
  peers: ["CTL.APIGATEWAY.METHOD.ANY.001", "CTL.APIGATEWAY.HTTPAPI.DEFAULT.ROUTE.001"],
  options: {
    allowed: option<readonly string[]>(
      "Catch-all routes that are meant, as globs such as `ANY /files/{proxy+}`.",
      { type: "array", items: { type: "string", minLength: 1 } },
      [],
    ),
  },
  on: "route",
  check: (route, { graph, options }) => {
    if (route.source === "quick-create" || route.source === "missing" || route.preflight.is(true)) return undefined;
    const caught = catches(route);
    if (caught.isAbsent()) return undefined;
    const says = caught.get();
    if (says === undefined) return unverified("may be a catch-all, since its method or path is not known yet");
    const allowed = isListed(route, options.allowed);
    if (allowed === true || (allowed === "undecided" && !graph.whole)) return undefined;
    if (allowed === "undecided") return unverified(`${says}, and its path is not known yet`);
    if (route.preflight.isUnknown()) return unverified("answers OPTIONS by an integration that is not known yet");
    return fault(`is a catch-all that ${says}`);
  },
  examples: {
    pass: [
      {
        title: "a method of a resource with a path parameter",
        program: ({ aws }) => {
          const api = new aws.apigateway.RestApi("orders");
          const order = new aws.apigateway.Resource("order", {
            restApi: api.id,
            parentId: api.rootResourceId,
            pathPart: "{orderId}",
          });
          new aws.apigateway.Method("read-order", {
            restApi: api.id,
            resourceId: order.id,
            httpMethod: "GET",
            authorization: "AWS_IAM",
          });
        },
      },
      {
        title: "$default of a WebSocket API is its ordinary fallback",
        program: ({ aws }) => {
          const api = new aws.apigatewayv2.Api("chat", {
            protocolType: "WEBSOCKET",
            routeSelectionExpression: "$request.body.action",
          });
          new aws.apigatewayv2.Route("connect", { apiId: api.id, routeKey: "$connect", authorizationType: "AWS_IAM" });
          new aws.apigatewayv2.Route("rest", { apiId: api.id, routeKey: "$default" });
        },
      },
      {
        title: "preflights of every path are answered",
        program: ({ aws }) => {
          const api = new aws.apigatewayv2.Api("orders", { protocolType: "HTTP" });
          new aws.apigatewayv2.Route("list", { apiId: api.id, routeKey: "GET /orders", authorizationType: "AWS_IAM" });
          new aws.apigatewayv2.Route("preflight", { apiId: api.id, routeKey: "OPTIONS /{proxy+}" });
        },
      },
      {
        title: "files are served from a whole tree on purpose",
        config: { allowed: ["GET /files/{path+}"] },
        program: ({ aws }) => {
          const api = new aws.apigatewayv2.Api("files", { protocolType: "HTTP" });
          new aws.apigatewayv2.Route("files", {
            apiId: api.id,
            routeKey: "GET /files/{path+}",
            authorizationType: "AWS_IAM",
          });
        },
      },
      {
        title: "an operation of an OpenAPI body",
        program: ({ aws }) => {
          new aws.apigateway.RestApi("orders", {
            body: JSON.stringify({
              openapi: "3.0.1",
              info: { title: "orders", version: "1" },
              paths: {
                "/orders/{orderId}": { get: { "x-amazon-apigateway-auth": { type: "AWS_IAM" }, responses: {} } },
              },
            }),
          });
        },
      },
    ],
    fail: [
      {
        title: "ANY on a greedy path, which is one violation",
        program: ({ aws }) => {
          const api = new aws.apigateway.RestApi("orders");
          const proxy = new aws.apigateway.Resource("proxy", {
            restApi: api.id,
            parentId: api.rootResourceId,
            pathPart: "{proxy+}",
          });
          new aws.apigateway.Method("proxy", {
            restApi: api.id,
            resourceId: proxy.id,
            httpMethod: "ANY",
            authorization: "AWS_IAM",
          });
        },
      },
      {
        title: "one method on a greedy path",
        program: ({ aws }) => {
          const api = new aws.apigateway.RestApi("files");
          const files = new aws.apigateway.Resource("files", {
            restApi: api.id,
            parentId: api.rootResourceId,
            pathPart: "files",
          });
          const tree = new aws.apigateway.Resource("tree", {
            restApi: api.id,
            parentId: files.id,
            pathPart: "{path+}",
          });
          new aws.apigateway.Method("read-file", {
            restApi: api.id,
            resourceId: tree.id,
            httpMethod: "GET",
            authorization: "AWS_IAM",
          });
        },
      },
      {
        title: "$default of an HTTP API",
        program: ({ aws }) => {
          const api = new aws.apigatewayv2.Api("orders", { protocolType: "HTTP" });
          new aws.apigatewayv2.Route("rest", { apiId: api.id, routeKey: "$default", authorizationType: "AWS_IAM" });
        },
      },
      {
        title: "any method of a path of an OpenAPI body",
        program: ({ aws }) => {
          new aws.apigateway.RestApi("orders", {
            body: JSON.stringify({
              openapi: "3.0.1",
              info: { title: "orders", version: "1" },
              paths: {
                "/orders": {
                  "x-amazon-apigateway-any-method": {
                    "x-amazon-apigateway-auth": { type: "AWS_IAM" },
                    responses: {},
                  },
                },
              },
            }),
          });
        },
      },
      {
        title: "ANY on a path of an HTTP API",
        program: ({ aws }) => {
          const api = new aws.apigatewayv2.Api("orders", { protocolType: "HTTP" });
          new aws.apigatewayv2.Route("orders", {
            apiId: api.id,
            routeKey: "ANY /orders",
            authorizationType: "AWS_IAM",
          });
        },
      },
      {
        title: "a greedy path of an HTTP API's OpenAPI body",
        program: ({ aws }) => {
          new aws.apigatewayv2.Api("orders", {
            protocolType: "HTTP",
            body: JSON.stringify({
              openapi: "3.0.1",
              info: { title: "orders", version: "1" },
              paths: { "/files/{path+}": { get: { responses: {} } } },
            }),
          });
        },
      },
    ],
  },
});
