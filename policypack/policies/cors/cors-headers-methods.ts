import { definePolicy, fault, unverified } from "../../core/policy";
import type { Outcome } from "../../core/policy";
import { unreadBodies } from "../../core/unread-bodies";
import { bodySetsCors, corsOf } from "../../model/cors";
import type { Cors, Texts } from "../../model/cors";

/** In seconds. */
const aDay = 86_400;

const fixes = {
  configuration: "List what your pages use in `allowHeaders`, `allowMethods` and `exposeHeaders`.",
  headers: "List what your pages use in the headers `Access-Control-Allow-Headers` and `-Methods`.",
} as const;

const isWild = (texts: Texts): boolean => (texts.get() ?? []).some((text) => text.is("*"));

const isOpen = (texts: Texts): boolean => texts.isUnknown() || (texts.get() ?? []).some((text) => text.isUnknown());

function judge(cors: Cors): Outcome[] {
  const { subject: at, maxAge } = cors;
  const lists: readonly (readonly [Texts, string])[] = [
    [cors.headers, "allows any header"],
    [cors.methods, "allows any method"],
    [cors.exposedHeaders, "exposes any header"],
  ];
  const wild = lists.flatMap(([texts, says]) => (isWild(texts) ? [says] : []));
  const outcomes: Outcome[] = [];
  if (wild.length > 0) outcomes.push(fault(`${sentence(wild)} (\`*\`)`, { at, fix: fixes[cors.written] }));
  const seconds = maxAge.get() ?? 0;
  if (seconds > aDay) {
    outcomes.push(
      fault(`lets browsers keep the answer to a preflight for ${String(seconds)} seconds, which is beyond a day`, {
        at,
        fix: `Set ${cors.written === "configuration" ? "`maxAge`" : "the header `Access-Control-Max-Age`"} to ${String(aDay)} or less.`,
      }),
    );
  }
  if (wild.length === 0 && (maxAge.isUnknown() || lists.some(([texts]) => isOpen(texts)))) {
    outcomes.push(unverified("has CORS settings that are not known yet", { at }));
  }
  return outcomes;
}

function sentence(parts: readonly string[]): string {
  return parts.length < 2 ? parts.join("") : `${parts.slice(0, -1).join(", ")} and ${parts[parts.length - 1] ?? ""}`;
}

export const corsHeadersMethods = definePolicy({
  name: "cors-headers-methods",
  topic: "cors",
  description:
    "CORS of an API names the headers and methods that its pages use, and preflights are asked anew each day.",
  why: "A star lets every page of an allowed origin use methods and headers that none was made for, and a preflight that browsers keep outlives a change of the rules.",
  fix: "List the headers and methods that your pages use.",
  severity: "low",
  level: "advisory",
  where: "R+S",
  practice: "tip 4: strict CORS",
  on: "stack",
  check: (graph) => [...corsOf(graph).flatMap(judge), ...unreadBodies(graph, "CORS", bodySetsCors)],
  examples: {
    pass: [
      {
        title: "an HTTP API lists headers and methods",
        program: ({ aws }) => {
          new aws.apigatewayv2.Api("orders", {
            protocolType: "HTTP",
            corsConfiguration: {
              allowOrigins: ["https://shop.example.com"],
              allowHeaders: ["authorization", "content-type"],
              allowMethods: ["GET", "POST"],
              maxAge: 3600,
            },
          });
        },
      },
      {
        title: "a preflight of a REST API lists them",
        program: ({ aws }) => {
          const api = new aws.apigateway.RestApi("orders");
          new aws.apigateway.IntegrationResponse("preflight", {
            restApi: api.id,
            resourceId: api.rootResourceId,
            httpMethod: "OPTIONS",
            statusCode: "200",
            responseParameters: {
              "method.response.header.Access-Control-Allow-Headers": "'Authorization,Content-Type'",
              "method.response.header.Access-Control-Allow-Methods": "'GET,OPTIONS'",
              "method.response.header.Access-Control-Max-Age": "'86400'",
            },
          });
        },
      },
      {
        title: "no CORS at all",
        program: ({ aws }) => {
          new aws.apigatewayv2.Api("orders", { protocolType: "HTTP" });
        },
      },
      {
        title: "a preflight and an error of an OpenAPI body list them",
        program: ({ aws }) => {
          new aws.apigateway.RestApi("orders", {
            body: JSON.stringify({
              openapi: "3.0.1",
              info: { title: "orders", version: "1" },
              paths: {
                "/orders": {
                  options: {
                    responses: { "200": { description: "preflight" } },
                    "x-amazon-apigateway-integration": {
                      type: "mock",
                      responses: {
                        default: {
                          statusCode: "200",
                          responseParameters: {
                            "method.response.header.Access-Control-Allow-Headers": "'Authorization'",
                          },
                        },
                      },
                    },
                  },
                },
              },
              "x-amazon-apigateway-gateway-responses": {
                DEFAULT_4XX: {
                  responseParameters: { "gatewayresponse.header.Access-Control-Allow-Methods": "'GET,OPTIONS'" },
                },
              },
            }),
          });
        },
      },
    ],
    fail: [
      {
        title: "an HTTP API allows any header and any method",
        program: ({ aws }) => {
          new aws.apigatewayv2.Api("orders", {
            protocolType: "HTTP",
            corsConfiguration: {
              allowOrigins: ["https://shop.example.com"],
              allowHeaders: ["*"],
              allowMethods: ["*"],
            },
          });
        },
      },
      {
        title: "browsers keep the answer to a preflight for a week",
        program: ({ aws }) => {
          new aws.apigatewayv2.Api("orders", {
            protocolType: "HTTP",
            corsConfiguration: { allowOrigins: ["https://shop.example.com"], maxAge: 604800 },
          });
        },
      },
      {
        title: "a preflight of a REST API allows any header",
        program: ({ aws }) => {
          const api = new aws.apigateway.RestApi("orders");
          new aws.apigateway.IntegrationResponse("preflight", {
            restApi: api.id,
            resourceId: api.rootResourceId,
            httpMethod: "OPTIONS",
            statusCode: "200",
            responseParameters: { "method.response.header.Access-Control-Allow-Headers": "'*'" },
          });
        },
      },
      {
        title: "a gateway response in an OpenAPI body allows any method",
        program: ({ aws }) => {
          new aws.apigateway.RestApi("orders", {
            body: JSON.stringify({
              openapi: "3.0.1",
              info: { title: "orders", version: "1" },
              paths: {},
              "x-amazon-apigateway-gateway-responses": {
                DEFAULT_4XX: {
                  responseParameters: { "gatewayresponse.header.Access-Control-Allow-Methods": "'*'" },
                },
              },
            }),
          });
        },
      },
      {
        title: "a preflight in an OpenAPI body exposes any header",
        program: ({ aws }) => {
          new aws.apigateway.RestApi("orders", {
            body: JSON.stringify({
              openapi: "3.0.1",
              info: { title: "orders", version: "1" },
              paths: {
                "/orders": {
                  options: {
                    responses: { "200": { description: "preflight" } },
                    "x-amazon-apigateway-integration": {
                      type: "mock",
                      responses: {
                        default: {
                          statusCode: "200",
                          responseParameters: { "method.response.header.Access-Control-Expose-Headers": "'*'" },
                        },
                      },
                    },
                  },
                },
              },
            }),
          });
        },
      },
      {
        title: "errors of another stack's API allow any header",
        program: ({ aws }) => {
          new aws.apigateway.Response("errors", {
            restApiId: "a1b2c3d4e5",
            responseType: "DEFAULT_4XX",
            responseParameters: { "gatewayresponse.header.Access-Control-Allow-Headers": "'*'" },
          });
        },
      },
      {
        title: "one of two HTTP APIs allows any method",
        program: ({ aws }) => {
          for (const [name, method] of [
            ["orders", "GET"],
            ["partners", "*"],
          ] as const) {
            new aws.apigatewayv2.Api(name, {
              protocolType: "HTTP",
              corsConfiguration: { allowOrigins: ["https://shop.example.com"], allowMethods: [method] },
            });
          }
        },
      },
    ],
  },
});
