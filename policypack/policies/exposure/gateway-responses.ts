import { definePolicy, fault, unverified } from "../../core/policy";
import type { Outcome } from "../../core/policy";
import { unreadBodiesOf } from "../../core/unread-bodies";
import type { Api } from "../../model/api";
import { gatewayResponsesOf } from "../../model/gateway-response";
import type { GatewayResponse } from "../../model/gateway-response";
import type { Graph } from "../../model/graph";

const defaults = ["DEFAULT_4XX", "DEFAULT_5XX"] as const;

/** What API Gateway knows and callers need not: the backend's errors, what authorizers found out, who signed. */
const internals =
  /\b(context\.(?:integrationErrorMessage|integration\.\w+|(?:authenticate|authorize|authorizer|waf)\.\w+|accountId|identity\.(?!sourceIp\b|userAgent\b)\w+)|stageVariables\.\w+)/;

/** What a schema asks for; in an answer about the request itself it helps the caller. */
const validation = /\b(context\.error\.validationErrorString)\b/;
const aboutRequests: ReadonlySet<string> = new Set(["BAD_REQUEST_BODY", "BAD_REQUEST_PARAMETERS"]);

/** Headers that say which software answers. */
const serverHeaders = ["server", "x-powered-by", "x-aspnet-version"] as const;

function revealedBy({ type, headers, templates }: GatewayResponse): string | undefined {
  const patterns = aboutRequests.has(type.get() ?? "") ? [internals] : [internals, validation];
  for (const value of [...templates, ...headers.values()]) {
    for (const pattern of patterns) {
      const [, name] = pattern.exec(value.get() ?? "") ?? [];
      if (name !== undefined) return `reveals \`${name.slice(0, 60)}\` to callers`;
    }
  }
  const header = serverHeaders.find((name) => /[^'\s]/.test(headers.get(name)?.get() ?? ""));
  return header === undefined ? undefined : `reveals in the header "${header}" what answers`;
}

function judgeMissing(graph: Graph, api: Api): Outcome[] {
  const responses = gatewayResponsesOf(graph, api);
  const given = (type: string): readonly GatewayResponse[] => responses.filter((response) => response.type.is(type));
  const outcomes = defaults.flatMap((type) => judgeBody(given(type)));
  const missing = defaults.filter((type) => given(type).length === 0);
  if (missing.length === 0) return outcomes;
  const unread = unreadBodiesOf(api, "gateway responses");
  if (unread.length > 0) return [...outcomes, ...unread];
  const names = missing.join(" and ");
  return [
    ...outcomes,
    responses.some(({ type }) => type.isUnknown())
      ? unverified(`has a gateway response of a type that is not known yet, and none for ${names}`)
      : fault(`has no gateway response for ${names}`),
  ];
}

/** Headers alone, as CORS asks for, leave the body to API Gateway. */
function judgeBody([response, ...more]: readonly GatewayResponse[]): Outcome[] {
  if (response === undefined || [response, ...more].some(({ ownBody }) => ownBody.is(true))) return [];
  const at = response.subject;
  return [response, ...more].some(({ ownBody }) => ownBody.isUnknown())
    ? [unverified("has templates that are not known yet", { at })]
    : [
        fault("has no template, so API Gateway answers with its own text", {
          at,
          fix: "Set its `responseTemplates`, which say as little as the caller needs.",
        }),
      ];
}

export const gatewayResponses = definePolicy({
  name: "gateway-responses",
  topic: "exposure",
  description:
    "API Gateway REST APIs answer errors with gateway responses of their own, which reveal nothing of what is behind.",
  why: "API Gateway's own answers name resources, accounts and what was expected of a request; who tries the doors of an API learns from them.",
  fix: "Set gateway responses with `responseType` DEFAULT_4XX and DEFAULT_5XX, whose `responseTemplates` say as little as the caller needs.",
  severity: "low",
  level: "advisory",
  where: "S",
  practice: "threat 5: exposed data",
  frameworks: { "OWASP API Security Top 10": ["API8:2023"] },
  peers: ["CTL.APIGATEWAY.RESPONSE.EXPOSURE.001", "CTL.APIGATEWAY.GATEWAYRESPONSE.SERVERHEADER.001"],
  on: "api",
  check: (api, { graph }) => {
    if (api.kind !== "rest") return undefined;
    const revealing = gatewayResponsesOf(graph, api).flatMap((response) => {
      const says = revealedBy(response);
      const fix = "Leave it out of `responseTemplates` and `responseParameters`.";
      return says === undefined ? [] : [fault(says, { at: response.subject, fix })];
    });
    return api.visibility === "stack" ? [...judgeMissing(graph, api), ...revealing] : revealing;
  },
  examples: {
    pass: [
      {
        title: "both defaults as resources",
        program: ({ aws }) => {
          const api = new aws.apigateway.RestApi("orders");
          for (const responseType of ["DEFAULT_4XX", "DEFAULT_5XX"]) {
            new aws.apigateway.Response(responseType, {
              restApiId: api.id,
              responseType,
              responseTemplates: { "application/json": '{"message":"$context.requestId"}' },
            });
          }
        },
      },
      {
        title: "both defaults in an OpenAPI body, and what is wrong with a request",
        program: ({ aws }) => {
          new aws.apigateway.RestApi("orders", {
            body: JSON.stringify({
              openapi: "3.0.1",
              info: { title: "orders", version: "1" },
              paths: {},
              "x-amazon-apigateway-gateway-responses": {
                DEFAULT_4XX: { responseTemplates: { "application/json": '{"message":"refused"}' } },
                DEFAULT_5XX: { responseTemplates: { "application/json": '{"message":"failed"}' } },
                BAD_REQUEST_BODY: {
                  responseTemplates: { "application/json": '{"message":"$context.error.validationErrorString"}' },
                },
              },
            }),
          });
        },
      },
      {
        title: "an HTTP API, which has none",
        program: ({ aws }) => {
          new aws.apigatewayv2.Api("orders", { protocolType: "HTTP" });
        },
      },
      {
        title: "a WebSocket API, which has none either",
        program: ({ aws }) => {
          new aws.apigatewayv2.Api("chat", {
            protocolType: "WEBSOCKET",
            routeSelectionExpression: "$request.body.action",
          });
        },
      },
      {
        title: "one default in an OpenAPI body, and the other as a resource",
        program: ({ aws }) => {
          const api = new aws.apigateway.RestApi("orders", {
            body: JSON.stringify({
              openapi: "3.0.1",
              info: { title: "orders", version: "1" },
              paths: {},
              "x-amazon-apigateway-gateway-responses": {
                DEFAULT_4XX: { responseTemplates: { "application/json": '{"message":"refused"}' } },
              },
            }),
          });
          new aws.apigateway.Response("failed", {
            restApiId: api.id,
            responseType: "DEFAULT_5XX",
            responseTemplates: { "application/json": '{"message":"failed"}' },
          });
        },
      },
    ],
    fail: [
      {
        title: "neither default",
        program: ({ aws }) => {
          new aws.apigateway.RestApi("orders");
        },
      },
      {
        title: "only one of the defaults, in an OpenAPI body",
        program: ({ aws }) => {
          new aws.apigateway.RestApi("orders", {
            body: JSON.stringify({
              swagger: "2.0",
              info: { title: "orders", version: "1" },
              paths: {},
              "x-amazon-apigateway-gateway-responses": {
                DEFAULT_4XX: { responseTemplates: { "application/json": '{"message":"refused"}' } },
              },
            }),
          });
        },
      },
      {
        title: "headers for CORS, and API Gateway's own text",
        program: ({ aws }) => {
          const api = new aws.apigateway.RestApi("orders");
          for (const responseType of ["DEFAULT_4XX", "DEFAULT_5XX"]) {
            new aws.apigateway.Response(responseType, {
              restApiId: api.id,
              responseType,
              responseParameters: {
                "gatewayresponse.header.Access-Control-Allow-Origin": "'https://shop.example.com'",
              },
            });
          }
        },
      },
      {
        title: "the backend's error in the answer",
        program: ({ aws }) => {
          const api = new aws.apigateway.RestApi("orders");
          new aws.apigateway.Response("refused", {
            restApiId: api.id,
            responseType: "DEFAULT_4XX",
            responseTemplates: { "application/json": '{"message":"refused"}' },
          });
          new aws.apigateway.Response("failed", {
            restApiId: api.id,
            responseType: "DEFAULT_5XX",
            responseTemplates: { "application/json": '{"message":"$context.integrationErrorMessage"}' },
          });
        },
      },
      {
        title: "a Server header of an API of another stack",
        program: ({ aws }) => {
          new aws.apigateway.Response("refused", {
            restApiId: "a1b2c3d4e5",
            responseType: "ACCESS_DENIED",
            responseParameters: { "gatewayresponse.header.Server": "'orders/2.1'" },
          });
        },
      },
      {
        title: "what an authorizer found out, in an OpenAPI body",
        program: ({ aws }) => {
          new aws.apigateway.RestApi("orders", {
            body: JSON.stringify({
              openapi: "3.0.1",
              info: { title: "orders", version: "1" },
              paths: {},
              "x-amazon-apigateway-gateway-responses": {
                DEFAULT_4XX: { responseTemplates: { "application/json": '{"message":"$context.authorizer.error"}' } },
                DEFAULT_5XX: { responseTemplates: { "application/json": '{"message":"failed"}' } },
              },
            }),
          });
        },
      },
      {
        title: "one of two APIs has both defaults",
        program: ({ aws }) => {
          const orders = new aws.apigateway.RestApi("orders");
          new aws.apigateway.RestApi("partners");
          for (const responseType of ["DEFAULT_4XX", "DEFAULT_5XX"]) {
            new aws.apigateway.Response(responseType, {
              restApiId: orders.id,
              responseType,
              responseTemplates: { "application/json": '{"message":"$context.requestId"}' },
            });
          }
        },
      },
    ],
  },
});
