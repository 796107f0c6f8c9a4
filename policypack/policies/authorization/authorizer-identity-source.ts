import { definePolicy, fault, unverified } from "../../core/policy";
import type { Outcome } from "../../core/policy";
import { unreadBodies } from "../../core/unread-bodies";
import { authorizersOf } from "../../model/authorizer";
import type { Authorizer } from "../../model/authorizer";
import type { Value } from "../../model/value";

/** Headers that are the same for many callers. */
const sharedHeaders: ReadonlySet<string> = new Set([
  "accept",
  "accept-encoding",
  "accept-language",
  "cache-control",
  "connection",
  "content-encoding",
  "content-length",
  "content-type",
  "host",
  "origin",
  "pragma",
  "referer",
  "user-agent",
  "via",
]);
const sharedPrefixes = ["cloudfront-", "sec-", "x-amz-cf-", "x-amzn-", "x-forwarded-"];

/** What the context says of the network and the browser that a caller comes from. */
const sharedIdentity: ReadonlySet<string> = new Set(["sourceip", "useragent"]);

/** Whether an expression tells one caller from another: `method.request.header.Authorization`, `$context.stage` … */
function namesCaller(source: string): boolean {
  const text = source.toLowerCase().replace(/^\$/, "");
  const after = (part: string): string | undefined => {
    const start = text.indexOf(part);
    return start < 0 ? undefined : text.slice(start + part.length);
  };
  if (text.startsWith("stagevariables.")) return false;
  // What is called says nothing of who calls, and is none that API Gateway takes.
  if (/request\.(?:path|body)\b/.test(text)) return false;
  if (text.startsWith("context.")) {
    const identity = after("context.identity.");
    return identity !== undefined && !sharedIdentity.has(identity);
  }
  const header = after("request.header.");
  return header === undefined || !(sharedHeaders.has(header) || sharedPrefixes.some((one) => header.startsWith(one)));
}

function judge({ subject: at, type, identitySources, cacheTtl }: Authorizer): Outcome | undefined {
  if (type.isUnknown()) return unverified("is of a type that is not known yet", { at });
  if (!type.is("token") && !type.is("request")) return undefined;
  if (type.is("token") && identitySources.isAbsent()) {
    return fault("takes a token and names no identity source to find it in", {
      at,
      fix: "Set `identitySource` to the header that carries the token, such as method.request.header.Authorization.",
    });
  }
  if (cacheTtl.isAbsent() || (cacheTtl.get() ?? 1) <= 0) return undefined;
  const sources: readonly Value<string>[] = identitySources.get() ?? [];
  if (sources.some((source) => source.isKnown() && namesCaller(source.get() ?? ""))) return undefined;
  if (identitySources.isUnknown() || sources.some((source) => source.isUnknown())) {
    return unverified("has identity sources that are not known yet", { at });
  }
  if (cacheTtl.isUnknown()) return unverified("has a cache TTL that is not known yet", { at });
  return fault(
    identitySources.isAbsent()
      ? "caches its results and names no identity source, so one caller is let in on another's"
      : "caches its results by identity sources that name no caller, so one caller is let in on another's",
    { at },
  );
}

export const authorizerIdentitySource = definePolicy({
  name: "authorizer-identity-source",
  topic: "authorization",
  description: "API Gateway authorizers look for the caller where the caller is named.",
  why: "Results are cached by identity source: where none names the caller, the answer that one caller got opens the API to the next.",
  fix: "Name the header or query string that carries the caller's credential in `identitySource` (`identitySources` of an HTTP API), or set `authorizerResultTtlInSeconds` to 0.",
  severity: "high",
  level: "mandatory",
  where: "R",
  practice: "practice 7: Lambda authorizers for custom logic",
  frameworks: { "OWASP API Security Top 10": ["API2:2023"] },
  on: "stack",
  check: (graph) => [
    ...authorizersOf(graph).flatMap((authorizer) => judge(authorizer) ?? []),
    ...unreadBodies(graph, "authorizers"),
  ],
  examples: {
    pass: [
      {
        title: "a TOKEN authorizer reads the Authorization header, which is the default",
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
        title: "a REQUEST authorizer that looks at the whole request caches nothing",
        program: ({ aws }) => {
          const api = new aws.apigateway.RestApi("orders");
          new aws.apigateway.Authorizer("callers", {
            restApi: api.id,
            type: "REQUEST",
            identitySource: "",
            authorizerResultTtlInSeconds: 0,
            authorizerUri:
              "arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/arn:aws:lambda:eu-west-1:111122223333:function:check/invocations",
          });
        },
      },
      {
        title: "an HTTP API caches by header and path",
        program: ({ aws }) => {
          const api = new aws.apigatewayv2.Api("orders", { protocolType: "HTTP" });
          new aws.apigatewayv2.Authorizer("callers", {
            apiId: api.id,
            authorizerType: "REQUEST",
            authorizerPayloadFormatVersion: "2.0",
            identitySources: ["$request.header.X-Session", "$context.routeKey"],
            authorizerUri:
              "arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/arn:aws:lambda:eu-west-1:111122223333:function:check/invocations",
          });
        },
      },
      {
        title: "an HTTP API with no identity source caches nothing unless it is told to",
        program: ({ aws }) => {
          const api = new aws.apigatewayv2.Api("orders", { protocolType: "HTTP" });
          new aws.apigatewayv2.Authorizer("callers", {
            apiId: api.id,
            authorizerType: "REQUEST",
            authorizerPayloadFormatVersion: "2.0",
            authorizerUri:
              "arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/arn:aws:lambda:eu-west-1:111122223333:function:check/invocations",
          });
        },
      },
      {
        title: "a WebSocket API never caches",
        program: ({ aws }) => {
          const api = new aws.apigatewayv2.Api("chat", {
            protocolType: "WEBSOCKET",
            routeSelectionExpression: "$request.body.action",
          });
          new aws.apigatewayv2.Authorizer("callers", {
            apiId: api.id,
            authorizerType: "REQUEST",
            identitySources: ["stageVariables.tenant"],
            authorizerUri:
              "arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/arn:aws:lambda:eu-west-1:111122223333:function:check/invocations",
          });
        },
      },
      {
        title: "an OpenAPI scheme names the header of its token",
        program: ({ aws }) => {
          new aws.apigateway.RestApi("orders", {
            body: JSON.stringify({
              swagger: "2.0",
              info: { title: "orders", version: "1" },
              securityDefinitions: {
                callers: {
                  type: "apiKey",
                  in: "header",
                  name: "X-Session",
                  "x-amazon-apigateway-authtype": "custom",
                  "x-amazon-apigateway-authorizer": {
                    type: "token",
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
        title: "a REQUEST authorizer caches by a header and the address",
        program: ({ aws }) => {
          const api = new aws.apigateway.RestApi("orders");
          new aws.apigateway.Authorizer("callers", {
            restApi: api.id,
            type: "REQUEST",
            identitySource: "method.request.header.X-Session,context.identity.sourceIp",
            authorizerUri:
              "arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/arn:aws:lambda:eu-west-1:111122223333:function:check/invocations",
          });
        },
      },
    ],
    fail: [
      {
        title: "a REQUEST authorizer with no identity source caches for the default of 300 seconds",
        program: ({ aws }) => {
          const api = new aws.apigateway.RestApi("orders");
          new aws.apigateway.Authorizer("callers", {
            restApi: api.id,
            type: "REQUEST",
            identitySource: "",
            authorizerUri:
              "arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/arn:aws:lambda:eu-west-1:111122223333:function:check/invocations",
          });
        },
      },
      {
        title: "a TOKEN authorizer with no identity source",
        program: ({ aws }) => {
          const api = new aws.apigateway.RestApi("orders");
          new aws.apigateway.Authorizer("callers", {
            restApi: api.id,
            type: "TOKEN",
            identitySource: "",
            authorizerResultTtlInSeconds: 0,
            authorizerUri:
              "arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/arn:aws:lambda:eu-west-1:111122223333:function:check/invocations",
          });
        },
      },
      {
        title: "an HTTP API caches by the browser and the address, which callers share",
        program: ({ aws }) => {
          const api = new aws.apigatewayv2.Api("orders", { protocolType: "HTTP" });
          new aws.apigatewayv2.Authorizer("callers", {
            apiId: api.id,
            authorizerType: "REQUEST",
            authorizerPayloadFormatVersion: "2.0",
            identitySources: ["$request.header.User-Agent", "$context.identity.sourceIp"],
            authorizerUri:
              "arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/arn:aws:lambda:eu-west-1:111122223333:function:check/invocations",
          });
        },
      },
      {
        title: "an OpenAPI scheme of the request type with no identity source",
        program: ({ aws }) => {
          new aws.apigateway.RestApi("orders", {
            body: JSON.stringify({
              openapi: "3.0.1",
              info: { title: "orders", version: "1" },
              components: {
                securitySchemes: {
                  callers: {
                    type: "apiKey",
                    in: "header",
                    name: "Unused",
                    "x-amazon-apigateway-authtype": "custom",
                    "x-amazon-apigateway-authorizer": {
                      type: "request",
                      authorizerUri:
                        "arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/arn:aws:lambda:eu-west-1:111122223333:function:check/invocations",
                    },
                  },
                },
              },
              paths: { "/orders": { get: { security: [{ callers: [] }], responses: {} } } },
            }),
          });
        },
      },
      {
        title: "a REQUEST authorizer caches by a stage variable",
        program: ({ aws }) => {
          const api = new aws.apigateway.RestApi("orders");
          new aws.apigateway.Authorizer("callers", {
            restApi: api.id,
            type: "REQUEST",
            identitySource: "stageVariables.tenant",
            authorizerUri:
              "arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/arn:aws:lambda:eu-west-1:111122223333:function:check/invocations",
          });
        },
      },
      {
        title: "an OpenAPI scheme of an HTTP API caches by the address",
        program: ({ aws }) => {
          new aws.apigatewayv2.Api("orders", {
            protocolType: "HTTP",
            body: JSON.stringify({
              openapi: "3.0.1",
              info: { title: "orders", version: "1" },
              components: {
                securitySchemes: {
                  callers: {
                    type: "apiKey",
                    in: "header",
                    name: "Unused",
                    "x-amazon-apigateway-authorizer": {
                      type: "request",
                      identitySource: "$context.identity.sourceIp",
                      authorizerPayloadFormatVersion: "2.0",
                      authorizerResultTtlInSeconds: 60,
                      authorizerUri:
                        "arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/arn:aws:lambda:eu-west-1:111122223333:function:check/invocations",
                    },
                  },
                },
              },
              paths: { "/orders": { get: { security: [{ callers: [] }], responses: {} } } },
            }),
          });
        },
      },
    ],
  },
});
