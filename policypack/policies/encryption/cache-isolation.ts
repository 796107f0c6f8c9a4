import { definePolicy, fault, option, unverified } from "../../core/policy";
import type { Outcome } from "../../core/policy";
import { unreadBodies } from "../../core/unread-bodies";
import { cachedRoutes, cachingElsewhere, cachingOf, callerKeys } from "../../model/cache";
import type { Caching } from "../../model/cache";
import type { Graph } from "../../model/graph";
import { cacheControlAuthorized } from "../../model/remedy";

function judgeSettings(caching: Caching, maxTtlSeconds: number): Outcome[] {
  const { subject: at, enabled, ttl, invalidationAuthorized } = caching;
  const seconds = ttl.get() ?? 0;
  const says = [
    ...(invalidationAuthorized.is(false) ? ["let anyone have cached responses renewed"] : []),
    ...(seconds > maxTtlSeconds
      ? [`keep responses for ${String(seconds)} seconds, above ${String(maxTtlSeconds)}`]
      : []),
  ];
  if (enabled.is(false)) return [];
  if (says.length > 0 && enabled.is(true)) {
    const fixes = [
      ...(invalidationAuthorized.is(false) ? ["`requireAuthorizationForCacheControl: true`"] : []),
      ...(seconds > maxTtlSeconds ? [`\`cacheTtlInSeconds\` to ${String(maxTtlSeconds)} or less`] : []),
    ];
    return [fault(says.join(" and "), { at, fix: `Set ${fixes.join(" and ")}.` })];
  }
  return enabled.isUnknown() || ttl.isUnknown() || invalidationAuthorized.isUnknown()
    ? [unverified("may cache responses in a way that is not known yet", { at })]
    : [];
}

function judgeRoutes(graph: Graph): Outcome[] {
  const keysOf = callerKeys(graph);
  return cachedRoutes(graph).flatMap(({ route, stage, enabled }) => {
    const { authorization } = route;
    if (!authorization.isKnown() || authorization.is("none") || route.preflight.is(true)) return [];
    const apart = keysOf(route);
    if (apart.is(true)) return [];
    const where = `by stage "${stage.name.get() ?? stage.node.name}"`;
    if (apart.isUnknown() || enabled.isUnknown()) {
      return [unverified(`may be cached ${where} under a key that does not name the caller`, { at: route })];
    }
    return [fault(`is cached ${where} under a key that does not name the caller`, { at: route })];
  });
}

export const cacheIsolation = definePolicy({
  name: "cache-isolation",
  topic: "encryption",
  description:
    "Caches of API Gateway keep the responses of authorized routes apart by caller, not for long, and renew them for no stranger.",
  why: "A cache knows only its key: where that does not name the caller, one caller gets what another was authorized to see.",
  fix: "Name the caller in `cacheKeyParameters` of the integration, such as `method.request.header.Authorization`, or switch `cachingEnabled` off for this method.",
  severity: "medium",
  level: "advisory",
  where: "S",
  practice: "threat 5: exposed data",
  frameworks: { "OWASP API Security Top 10": ["API1:2023"] },
  peers: ["CTL.APIGATEWAY.CACHE.KEY.MISSING.001", "CTL.APIGATEWAY.CACHE.TTL.001"],
  options: {
    maxTtlSeconds: option(
      "The longest time for which a response may be kept, in seconds.",
      { type: "number", minimum: 0 },
      300,
    ),
  },
  on: "stack",
  check: (graph, { options }) => {
    const caching = graph.stages.map((stage) => [stage.api, cachingOf(stage)] as const);
    const cached = new Set(caching.flatMap(([api, all]) => (all.some((one) => !one.enabled.is(false)) ? [api] : [])));
    return [
      ...[...caching.flatMap(([, all]) => all), ...cachingElsewhere(graph)].flatMap((one) =>
        judgeSettings(one, options.maxTtlSeconds),
      ),
      ...judgeRoutes(graph),
      ...unreadBodies(graph, "cached routes", (api) => cached.has(api)),
    ];
  },
  remedy: cacheControlAuthorized,
  examples: {
    pass: [
      {
        title: "the key names the header that the authorizer reads",
        program: ({ aws }) => {
          const api = new aws.apigateway.RestApi("orders");
          const authorizer = new aws.apigateway.Authorizer("customers", {
            restApi: api.id,
            type: "REQUEST",
            authorizerUri:
              "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:111122223333:function:customers/invocations",
            identitySource: "method.request.header.X-Customer-Token",
          });
          new aws.apigateway.Method("list-orders", {
            restApi: api.id,
            resourceId: api.rootResourceId,
            httpMethod: "GET",
            authorization: "CUSTOM",
            authorizerId: authorizer.id,
            requestParameters: { "method.request.header.X-Customer-Token": true },
          });
          new aws.apigateway.Integration("list-orders", {
            restApi: api.id,
            resourceId: api.rootResourceId,
            httpMethod: "GET",
            type: "HTTP",
            integrationHttpMethod: "GET",
            uri: "https://orders.example.com",
            cacheKeyParameters: ["method.request.header.X-Customer-Token"],
          });
          const deployment = new aws.apigateway.Deployment("orders", { restApi: api.id });
          const stage = new aws.apigateway.Stage("prod", {
            restApi: api.id,
            deployment: deployment.id,
            stageName: "prod",
            cacheClusterEnabled: true,
          });
          new aws.apigateway.MethodSettings("all", {
            restApi: api.id,
            stageName: stage.stageName,
            methodPath: "*/*",
            settings: { cachingEnabled: true, cacheDataEncrypted: true },
          });
        },
      },
      {
        title: "an authorized method is not cached",
        program: ({ aws }) => {
          const api = new aws.apigateway.RestApi("orders");
          new aws.apigateway.Method("list-orders", {
            restApi: api.id,
            resourceId: api.rootResourceId,
            httpMethod: "GET",
            authorization: "AWS_IAM",
          });
          new aws.apigateway.Integration("list-orders", {
            restApi: api.id,
            resourceId: api.rootResourceId,
            httpMethod: "GET",
            type: "HTTP",
            integrationHttpMethod: "GET",
            uri: "https://orders.example.com",
          });
          const deployment = new aws.apigateway.Deployment("orders", { restApi: api.id });
          const stage = new aws.apigateway.Stage("prod", {
            restApi: api.id,
            deployment: deployment.id,
            stageName: "prod",
            cacheClusterEnabled: true,
          });
          new aws.apigateway.MethodSettings("all", {
            restApi: api.id,
            stageName: stage.stageName,
            methodPath: "*/*",
            settings: { cachingEnabled: true, cacheDataEncrypted: true },
          });
          new aws.apigateway.MethodSettings("list-orders", {
            restApi: api.id,
            stageName: stage.stageName,
            methodPath: "~1/GET",
            settings: { cachingEnabled: false },
          });
        },
      },
      {
        title: "settings for all methods cache the answers to GET alone",
        program: ({ aws }) => {
          const api = new aws.apigateway.RestApi("orders");
          new aws.apigateway.Method("order", {
            restApi: api.id,
            resourceId: api.rootResourceId,
            httpMethod: "POST",
            authorization: "AWS_IAM",
          });
          new aws.apigateway.Integration("order", {
            restApi: api.id,
            resourceId: api.rootResourceId,
            httpMethod: "POST",
            type: "HTTP",
            integrationHttpMethod: "POST",
            uri: "https://orders.example.com",
          });
          const deployment = new aws.apigateway.Deployment("orders", { restApi: api.id });
          const stage = new aws.apigateway.Stage("prod", {
            restApi: api.id,
            deployment: deployment.id,
            stageName: "prod",
            cacheClusterEnabled: true,
          });
          new aws.apigateway.MethodSettings("all", {
            restApi: api.id,
            stageName: stage.stageName,
            methodPath: "*/*",
            settings: { cachingEnabled: true, cacheDataEncrypted: true },
          });
        },
      },
      {
        title: "the key of an operation of an OpenAPI body names the caller",
        program: ({ aws }) => {
          const api = new aws.apigateway.RestApi("orders", {
            body: JSON.stringify({
              openapi: "3.0.1",
              info: { title: "orders", version: "1" },
              paths: {
                "/orders": {
                  get: {
                    responses: {},
                    parameters: [{ name: "Authorization", in: "header", required: true, schema: { type: "string" } }],
                    "x-amazon-apigateway-auth": { type: "AWS_IAM" },
                    "x-amazon-apigateway-integration": {
                      type: "http",
                      httpMethod: "GET",
                      uri: "https://orders.example.com",
                      cacheKeyParameters: ["method.request.header.Authorization"],
                    },
                  },
                },
              },
            }),
          });
          const deployment = new aws.apigateway.Deployment("orders", { restApi: api.id });
          const stage = new aws.apigateway.Stage("prod", {
            restApi: api.id,
            deployment: deployment.id,
            stageName: "prod",
            cacheClusterEnabled: true,
          });
          new aws.apigateway.MethodSettings("all", {
            restApi: api.id,
            stageName: stage.stageName,
            methodPath: "*/*",
            settings: { cachingEnabled: true, cacheDataEncrypted: true },
          });
        },
      },
    ],
    fail: [
      {
        title: "answers to authorized callers are kept under one key",
        program: ({ aws }) => {
          const api = new aws.apigateway.RestApi("orders");
          new aws.apigateway.Method("list-orders", {
            restApi: api.id,
            resourceId: api.rootResourceId,
            httpMethod: "GET",
            authorization: "AWS_IAM",
            requestParameters: { "method.request.querystring.page": false },
          });
          new aws.apigateway.Integration("list-orders", {
            restApi: api.id,
            resourceId: api.rootResourceId,
            httpMethod: "GET",
            type: "HTTP",
            integrationHttpMethod: "GET",
            uri: "https://orders.example.com",
            cacheKeyParameters: ["method.request.querystring.page"],
          });
          const deployment = new aws.apigateway.Deployment("orders", { restApi: api.id });
          const stage = new aws.apigateway.Stage("prod", {
            restApi: api.id,
            deployment: deployment.id,
            stageName: "prod",
            cacheClusterEnabled: true,
          });
          new aws.apigateway.MethodSettings("all", {
            restApi: api.id,
            stageName: stage.stageName,
            methodPath: "*/*",
            settings: { cachingEnabled: true, cacheDataEncrypted: true },
          });
        },
      },
      {
        title: "an operation of an OpenAPI body is cached by path alone",
        program: ({ aws }) => {
          const api = new aws.apigateway.RestApi("orders", {
            body: JSON.stringify({
              openapi: "3.0.1",
              info: { title: "orders", version: "1" },
              paths: {
                "/orders/{id}": {
                  get: {
                    responses: {},
                    parameters: [{ name: "id", in: "path", required: true, schema: { type: "string" } }],
                    "x-amazon-apigateway-auth": { type: "AWS_IAM" },
                    "x-amazon-apigateway-integration": {
                      type: "http",
                      httpMethod: "GET",
                      uri: "https://orders.example.com",
                      cacheKeyParameters: ["method.request.path.id"],
                    },
                  },
                },
              },
            }),
          });
          const deployment = new aws.apigateway.Deployment("orders", { restApi: api.id });
          const stage = new aws.apigateway.Stage("prod", {
            restApi: api.id,
            deployment: deployment.id,
            stageName: "prod",
            cacheClusterEnabled: true,
          });
          new aws.apigateway.MethodSettings("order", {
            restApi: api.id,
            stageName: stage.stageName,
            methodPath: "~1orders~1{id}/GET",
            settings: { cachingEnabled: true, cacheDataEncrypted: true },
          });
        },
      },
      {
        title: "anyone may have cached responses renewed",
        program: ({ aws }) => {
          const api = new aws.apigateway.RestApi("orders");
          const deployment = new aws.apigateway.Deployment("orders", { restApi: api.id });
          const stage = new aws.apigateway.Stage("prod", {
            restApi: api.id,
            deployment: deployment.id,
            stageName: "prod",
            cacheClusterEnabled: true,
          });
          new aws.apigateway.MethodSettings("all", {
            restApi: api.id,
            stageName: stage.stageName,
            methodPath: "*/*",
            settings: {
              cachingEnabled: true,
              cacheDataEncrypted: true,
              requireAuthorizationForCacheControl: false,
            },
          });
        },
      },
      {
        title: "responses are kept for an hour",
        program: ({ aws }) => {
          const api = new aws.apigateway.RestApi("orders");
          const deployment = new aws.apigateway.Deployment("orders", { restApi: api.id });
          const stage = new aws.apigateway.Stage("prod", {
            restApi: api.id,
            deployment: deployment.id,
            stageName: "prod",
            cacheClusterEnabled: true,
          });
          new aws.apigateway.MethodSettings("all", {
            restApi: api.id,
            stageName: stage.stageName,
            methodPath: "*/*",
            settings: { cachingEnabled: true, cacheDataEncrypted: true, cacheTtlInSeconds: 3600 },
          });
        },
      },
    ],
  },
});
