import { definePolicy, fault, unverified } from "../../core/policy";
import type { Outcome } from "../../core/policy";
import { unreadBodies } from "../../core/unread-bodies";
import { callsHttp, integrationsOf } from "../../model/integration";
import { passesEveryHeader } from "../../model/input-params";
import type { Integration } from "../../model/integration";

/** Headers by which callers prove who they are, by their names in lower case. */
const credentialHeaders: ReadonlyMap<string, string> = new Map([
  ["authorization", "Authorization"],
  ["proxy-authorization", "Proxy-Authorization"],
  ["cookie", "Cookie"],
  ["x-api-key", "X-Api-Key"],
  ["x-amz-security-token", "X-Amz-Security-Token"],
]);

const passedThrough = /^arn:[^:]+:iam::\*:user\/\*$/;

/** `method.request.header.Authorization`, `$request.header.cookie`, `route.request.multivalueheader.X-Api-Key`. */
const inMapping = /request\.(?:multivalue)?header\.([a-z0-9-]+)/gi;

/** `$input.params('Authorization')`, `$input.params().header.get("Cookie")`, `$input.params().header.Cookie`. */
const inTemplate = /\$input\.params\((?:["']([a-z0-9-]+)["']\)|\)\.header(?:\.get\(["']|\[["']|\.)([a-z0-9-]+))/gi;

const apiKey = /context\.identity\.apikey\b/i;

function headersIn(text: string, pattern: RegExp): string[] {
  const names = [...text.matchAll(pattern)].flatMap(([, first, second]) => {
    const name = credentialHeaders.get((first ?? second ?? "").toLowerCase());
    return name === undefined ? [] : [name];
  });
  return apiKey.test(text) ? [...names, "X-Api-Key"] : names;
}

function judgeHeaders(integration: Integration): Outcome | undefined {
  const { subject: at, parameters, templates } = integration;
  if (!callsHttp(integration).is(true)) return undefined;
  const sources = (parameters.get() ?? []).map(({ from }) => from.get() ?? "");
  const passed = new Set([
    ...sources.flatMap((text) => headersIn(text, inMapping)),
    ...templates.flatMap((template) => headersIn(template.get() ?? "", inTemplate)),
  ]);
  if (templates.some((template) => passesEveryHeader(template.get() ?? ""))) {
    return fault("passes every header of the caller on to its backend, credentials among them", { at });
  }
  if (passed.size > 0) {
    const headers = `${[...passed].sort().join(" and ")} ${passed.size === 1 ? "header" : "headers"}`;
    return fault(`passes the caller's ${headers} on to its backend`, { at });
  }
  return parameters.isUnknown() ? unverified("has request parameters that are not known yet", { at }) : undefined;
}

export const integrationCredentials = definePolicy({
  name: "integration-credentials",
  topic: "exposure",
  description: "API Gateway integrations use credentials of their own, not the caller's.",
  why: "A backend that is handed the caller's credentials can act as the caller everywhere else, and so can whoever reads its logs.",
  fix: "Remove the mapping from `requestParameters` or `requestTemplates`, and pass on what the authorizer found out, as `context.authorizer.principalId`.",
  severity: "medium",
  level: "advisory",
  where: "R",
  practice: "threat 2: credential stuffing, token abuse",
  frameworks: { "OWASP API Security Top 10": ["API8:2023"] },
  peers: ["CTL.APIGATEWAY.INTEGRATION.HTTP.SENSITIVE.HEADERS.001"],
  on: "stack",
  check: (graph) => [
    ...integrationsOf(graph).flatMap((integration) => {
      const { subject: at, credentials } = integration;
      const fix =
        "Set `credentials` (`credentialsArn` of an HTTP or WebSocket API) to a role that may do what the integration needs.";
      const outcomes = judgeHeaders(integration) ?? [];
      return passedThrough.test(credentials.get() ?? "")
        ? [fault("calls its backend with the caller's own AWS credentials", { at, fix })].concat(outcomes)
        : outcomes;
    }),
    ...unreadBodies(graph, "integrations"),
  ],
  examples: {
    pass: [
      {
        title: "a role of the integration's own",
        program: ({ aws }) => {
          const api = new aws.apigateway.RestApi("orders");
          const role = new aws.iam.Role("orders", { assumeRolePolicy: "{}" });
          new aws.apigateway.Integration("orders", {
            restApi: api.id,
            resourceId: api.rootResourceId,
            httpMethod: "POST",
            type: "AWS",
            integrationHttpMethod: "POST",
            uri: "arn:aws:apigateway:eu-west-1:sqs:path/111122223333/orders",
            credentials: role.arn,
          });
        },
      },
      {
        title: "the backend is told who called, and no token",
        program: ({ aws }) => {
          const api = new aws.apigatewayv2.Api("orders", { protocolType: "HTTP" });
          new aws.apigatewayv2.Integration("orders", {
            apiId: api.id,
            integrationType: "HTTP_PROXY",
            integrationMethod: "GET",
            integrationUri: "https://orders.example.com/",
            requestParameters: {
              "overwrite:header.x-caller": "$context.authorizer.claims.sub",
              "remove:header.authorization": "''",
            },
          });
        },
      },
      {
        title: "other headers in an OpenAPI body",
        program: ({ aws }) => {
          new aws.apigateway.RestApi("orders", {
            body: JSON.stringify({
              openapi: "3.0.1",
              info: { title: "orders", version: "1" },
              paths: {
                "/orders": {
                  get: {
                    "x-amazon-apigateway-integration": {
                      type: "http",
                      httpMethod: "GET",
                      uri: "https://orders.example.com/",
                      requestParameters: { "integration.request.header.X-Trace": "method.request.header.X-Trace" },
                    },
                  },
                },
              },
            }),
          });
        },
      },
      {
        title: "a WebSocket API tells its backend which connection it is",
        program: ({ aws }) => {
          const api = new aws.apigatewayv2.Api("chat", {
            protocolType: "WEBSOCKET",
            routeSelectionExpression: "$request.body.action",
          });
          new aws.apigatewayv2.Integration("chat", {
            apiId: api.id,
            integrationType: "HTTP",
            integrationMethod: "POST",
            integrationUri: "https://chat.example.com/",
            requestParameters: { "integration.request.header.x-caller": "context.connectionId" },
          });
        },
      },
    ],
    fail: [
      {
        title: "the caller's own AWS credentials",
        program: ({ aws }) => {
          const api = new aws.apigateway.RestApi("orders");
          new aws.apigateway.Integration("orders", {
            restApi: api.id,
            resourceId: api.rootResourceId,
            httpMethod: "POST",
            type: "AWS",
            integrationHttpMethod: "POST",
            uri: "arn:aws:apigateway:eu-west-1:sqs:path/111122223333/orders",
            credentials: "arn:aws:iam::*:user/*",
          });
        },
      },
      {
        title: "the Authorization header under another name",
        program: ({ aws }) => {
          const api = new aws.apigateway.RestApi("orders");
          new aws.apigateway.Integration("orders", {
            restApi: api.id,
            resourceId: api.rootResourceId,
            httpMethod: "GET",
            type: "HTTP",
            integrationHttpMethod: "GET",
            uri: "https://orders.example.com/",
            requestParameters: { "integration.request.header.X-Token": "method.request.header.Authorization" },
          });
        },
      },
      {
        title: "cookies of an HTTP API's callers",
        program: ({ aws }) => {
          const api = new aws.apigatewayv2.Api("orders", { protocolType: "HTTP" });
          new aws.apigatewayv2.Integration("orders", {
            apiId: api.id,
            integrationType: "HTTP_PROXY",
            integrationMethod: "GET",
            integrationUri: "https://orders.example.com/",
            requestParameters: { "append:header.x-session": "$request.header.cookie" },
          });
        },
      },
      {
        title: "the API key of a WebSocket API's callers",
        program: ({ aws }) => {
          const api = new aws.apigatewayv2.Api("chat", {
            protocolType: "WEBSOCKET",
            routeSelectionExpression: "$request.body.action",
          });
          new aws.apigatewayv2.Integration("chat", {
            apiId: api.id,
            integrationType: "HTTP",
            integrationMethod: "POST",
            integrationUri: "https://chat.example.com/",
            requestParameters: { "integration.request.header.x-key": "route.request.header.x-api-key" },
          });
        },
      },
      {
        title: "a template of an OpenAPI body that writes the header into the request",
        program: ({ aws }) => {
          new aws.apigateway.RestApi("orders", {
            body: JSON.stringify({
              swagger: "2.0",
              info: { title: "orders", version: "1" },
              paths: {
                "/orders": {
                  post: {
                    "x-amazon-apigateway-integration": {
                      type: "http",
                      httpMethod: "POST",
                      uri: "https://orders.example.com/",
                      requestTemplates: { "application/json": '{"token": "$input.params(\'Authorization\')"}' },
                    },
                  },
                },
              },
            }),
          });
        },
      },
      {
        title: "the caller's own AWS credentials, in the body of an HTTP API",
        program: ({ aws }) => {
          new aws.apigatewayv2.Api("orders", {
            protocolType: "HTTP",
            body: JSON.stringify({
              openapi: "3.0.1",
              info: { title: "orders", version: "1" },
              paths: {
                "/orders": {
                  post: {
                    "x-amazon-apigateway-integration": {
                      type: "aws_proxy",
                      httpMethod: "POST",
                      uri: "arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/arn:aws:lambda:eu-west-1:111122223333:function:orders/invocations",
                      credentials: "arn:aws:iam::*:user/*",
                      payloadFormatVersion: "2.0",
                    },
                  },
                },
              },
            }),
          });
        },
      },
      {
        title: "one of two integrations of another stack's API passes the cookies on",
        program: ({ aws }) => {
          for (const [httpMethod, header] of [
            ["GET", "X-Trace"],
            ["POST", "Cookie"],
          ] as const) {
            new aws.apigateway.Integration(httpMethod, {
              restApi: "a1b2c3d4e5",
              resourceId: "f6g7h8",
              httpMethod,
              type: "HTTP",
              integrationHttpMethod: httpMethod,
              uri: "https://orders.example.com/",
              requestParameters: { [`integration.request.header.${header}`]: `method.request.header.${header}` },
            });
          }
        },
      },
    ],
  },
});
