import { definePolicy, fault, option, unverified } from "../../core/policy";
import { unreadBodies } from "../../core/unread-bodies";
import { integrationsOf } from "../../model/integration";

/** In milliseconds, what a REST API takes where nothing is set, and what an HTTP API does, which can wait no longer. */
const restTimeout = 29000;
const httpTimeout = 30000;

export const integrationTimeout = definePolicy({
  name: "integration-timeout",
  topic: "throttling",
  description: "API Gateway integrations wait for their backends no longer than the limit.",
  why: "Every request that waits holds a connection and a place in the account's quota, so a slow backend takes other APIs down with it.",
  fix: "Lower `timeoutMilliseconds` (`timeoutInMillis` of an OpenAPI integration), and answer long work asynchronously.",
  severity: "low",
  level: "advisory",
  where: "R",
  practice: "threat 3: excessive request volume",
  frameworks: { "OWASP API Security Top 10": ["API4:2023"] },
  peers: ["CTL.APIGATEWAY.INTEGRATION.TIMEOUT.001"],
  options: {
    maxMilliseconds: option(
      "The longest timeout, in milliseconds. Where an integration does not say, it is API Gateway's own, which is fine; so is an HTTP API's own, 30000, while this is the default.",
      { type: "number", exclusiveMinimum: 0 },
      restTimeout,
    ),
  },
  on: "stack",
  check: (graph, { options: { maxMilliseconds } }) => [
    ...integrationsOf(graph).flatMap(({ subject: at, api, timeout }) => {
      if (timeout.isUnknown()) return [unverified("has a timeout that is not known yet", { at })];
      const waits = timeout.get() ?? 0;
      const limit = api.kind === "http" && maxMilliseconds === restTimeout ? httpTimeout : maxMilliseconds;
      return waits > limit
        ? [fault(`waits for ${String(waits)} milliseconds, longer than ${String(limit)}`, { at })]
        : [];
    }),
    ...unreadBodies(graph, "integrations"),
  ],
  examples: {
    pass: [
      {
        title: "an HTTP API's own timeout is written out, as an import does",
        program: ({ aws }) => {
          const api = new aws.apigatewayv2.Api("orders", { protocolType: "HTTP" });
          new aws.apigatewayv2.Integration("orders", {
            apiId: api.id,
            integrationType: "HTTP_PROXY",
            integrationMethod: "GET",
            integrationUri: "https://orders.example.com/",
            timeoutMilliseconds: 30000,
          });
        },
      },
      {
        title: "no timeout is set",
        program: ({ aws }) => {
          const api = new aws.apigateway.RestApi("orders");
          new aws.apigateway.Integration("orders", {
            restApi: api.id,
            resourceId: api.rootResourceId,
            httpMethod: "GET",
            type: "HTTP_PROXY",
            integrationHttpMethod: "GET",
            uri: "https://orders.example.com/",
          });
        },
      },
      {
        title: "five seconds of an HTTP API",
        program: ({ aws }) => {
          const api = new aws.apigatewayv2.Api("orders", { protocolType: "HTTP" });
          new aws.apigatewayv2.Integration("orders", {
            apiId: api.id,
            integrationType: "HTTP_PROXY",
            integrationMethod: "GET",
            integrationUri: "https://orders.example.com/",
            timeoutMilliseconds: 5000,
          });
        },
      },
      {
        title: "a longer limit of an organisation's own",
        config: { maxMilliseconds: 120000 },
        program: ({ aws }) => {
          const api = new aws.apigateway.RestApi("orders");
          new aws.apigateway.Integration("orders", {
            restApi: api.id,
            resourceId: api.rootResourceId,
            httpMethod: "GET",
            type: "HTTP_PROXY",
            integrationHttpMethod: "GET",
            uri: "https://orders.example.com/",
            timeoutMilliseconds: 60000,
          });
        },
      },
      {
        title: "five seconds of an OpenAPI operation",
        program: ({ aws }) => {
          new aws.apigateway.RestApi("orders", {
            body: JSON.stringify({
              openapi: "3.0.1",
              info: { title: "orders", version: "1" },
              paths: {
                "/orders": {
                  get: {
                    "x-amazon-apigateway-integration": {
                      type: "http_proxy",
                      httpMethod: "GET",
                      uri: "https://orders.example.com/orders",
                      timeoutInMillis: 5000,
                    },
                  },
                },
              },
            }),
          });
        },
      },
      {
        title: "five seconds of a WebSocket API",
        program: ({ aws }) => {
          const api = new aws.apigatewayv2.Api("chat", {
            protocolType: "WEBSOCKET",
            routeSelectionExpression: "$request.body.action",
          });
          new aws.apigatewayv2.Integration("chat", {
            apiId: api.id,
            integrationType: "HTTP_PROXY",
            integrationMethod: "POST",
            integrationUri: "https://chat.example.com/",
            timeoutMilliseconds: 5000,
          });
        },
      },
    ],
    fail: [
      {
        title: "a minute of a REST API",
        program: ({ aws }) => {
          const api = new aws.apigateway.RestApi("orders");
          new aws.apigateway.Integration("orders", {
            restApi: api.id,
            resourceId: api.rootResourceId,
            httpMethod: "GET",
            type: "HTTP_PROXY",
            integrationHttpMethod: "GET",
            uri: "https://orders.example.com/",
            timeoutMilliseconds: 60000,
          });
        },
      },
      {
        title: "five minutes of an OpenAPI operation",
        program: ({ aws }) => {
          new aws.apigateway.RestApi("orders", {
            body: JSON.stringify({
              openapi: "3.0.1",
              info: { title: "orders", version: "1" },
              paths: {
                "/orders": {
                  get: {
                    "x-amazon-apigateway-integration": {
                      type: "http_proxy",
                      httpMethod: "GET",
                      uri: "https://orders.example.com/orders",
                      timeoutInMillis: 300000,
                    },
                  },
                },
              },
            }),
          });
        },
      },
      {
        title: "ten seconds of a WebSocket API, where the limit is lower",
        config: { maxMilliseconds: 5000 },
        program: ({ aws }) => {
          const api = new aws.apigatewayv2.Api("chat", {
            protocolType: "WEBSOCKET",
            routeSelectionExpression: "$request.body.action",
          });
          new aws.apigatewayv2.Integration("chat", {
            apiId: api.id,
            integrationType: "HTTP_PROXY",
            integrationMethod: "POST",
            integrationUri: "https://chat.example.com/",
            timeoutMilliseconds: 10000,
          });
        },
      },
      {
        title: "ten seconds of an HTTP API, where the limit is lower",
        config: { maxMilliseconds: 5000 },
        program: ({ aws }) => {
          const api = new aws.apigatewayv2.Api("orders", { protocolType: "HTTP" });
          new aws.apigatewayv2.Integration("orders", {
            apiId: api.id,
            integrationType: "HTTP_PROXY",
            integrationMethod: "GET",
            integrationUri: "https://orders.example.com/",
            timeoutMilliseconds: 10000,
          });
        },
      },
    ],
  },
});
