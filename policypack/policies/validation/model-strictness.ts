import { definePolicy, fault, unverified } from "../../core/policy";
import type { Outcome } from "../../core/policy";
import { unreadBodies } from "../../core/unread-bodies";
import { loosenessOf } from "../../model/json-schema";
import type { Places } from "../../model/json-schema";
import { requestModelsOf } from "../../model/validation";
import type { ApiModel } from "../../model/validation";

/** ``itself, `$.name` and 3 more``; the root of a schema has no name. */
function listed({ shown, count }: Places): string {
  const more = count - shown.length;
  const all = [
    ...shown.map((path) => (path === "$" ? "itself" : `\`${path}\``)),
    ...(more > 0 ? [`${String(more)} more`] : []),
  ];
  return all.length < 2 ? all.join("") : `${all.slice(0, -1).join(", ")} and ${all[all.length - 1] ?? ""}`;
}

const isRoot = ({ shown, count }: Places): boolean => count === 1 && shown[0] === "$";

function joined(parts: readonly string[]): string {
  return parts.length < 2 ? parts.join("") : `${parts.slice(0, -1).join(", ")} and ${parts[parts.length - 1] ?? ""}`;
}

/** What is wrong with one model, and the models that it refers to. */
function judge({ subject: at, schema, resolve, named }: ApiModel): [readonly Outcome[], readonly ApiModel[]] {
  if (schema.isUnknown()) {
    const why = schema.reason === "unreadable" ? "cannot be read" : "is not known yet";
    return [[unverified(`has a schema that ${why}`, { at })], []];
  }
  const { extra, unbounded, anything, models, lost } = loosenessOf(schema.get(), resolve);
  const says = [
    ...(extra.count > 0 ? [`allows any extra property${isRoot(extra) ? "" : ` in ${listed(extra)}`}`] : []),
    ...(unbounded.count > 0 ? [`sets no greatest length for ${listed(unbounded)}`] : []),
    ...(anything.count > 0 ? [`says nothing of ${listed(anything)}`] : []),
  ];
  const outcomes: Outcome[] = [];
  if (says.length > 0) outcomes.push(fault(joined(says), { at }));
  else if (lost.length > 0) outcomes.push(unverified("refers to a schema that cannot be found", { at }));
  return [outcomes, models.flatMap((name) => named(name) ?? [])];
}

export const modelStrictness = definePolicy({
  name: "model-strictness",
  topic: "validation",
  description: "Models of requests allow no extra properties, and bound the length of their strings and arrays.",
  why: "What a model does not forbid reaches the backend: a property that is written to the database unasked, or a list that fills its memory.",
  fix: "Set `additionalProperties: false` on objects, `maxLength` on strings and `maxItems` on arrays.",
  severity: "low",
  level: "advisory",
  where: "S",
  practice: "practice 3: validate every request",
  frameworks: { "OWASP API Security Top 10": ["API3:2023", "API4:2023"] },
  peers: [
    "CKV_OPENAPI_21",
    "owasp:api4:2023-string-limit",
    "owasp:api3:2023-no-additionalProperties",
    "CTL.APIGATEWAY.MODEL.ADDITIONAL.PROPERTIES.001",
  ],
  on: "stack",
  check: (graph) => {
    const outcomes: Outcome[] = [];
    const open = [...requestModelsOf(graph)].reverse();
    const seen = new Set<ApiModel>();
    for (let model = open.pop(); model !== undefined; model = open.pop()) {
      if (seen.has(model)) continue;
      seen.add(model);
      const [found, others] = judge(model);
      outcomes.push(...found);
      open.push(...others);
    }
    return [...outcomes, ...unreadBodies(graph, "models", (api) => api.kind === "rest")];
  },
  examples: {
    pass: [
      {
        title: "a model bounds everything",
        program: ({ aws }) => {
          const api = new aws.apigateway.RestApi("orders");
          const order = new aws.apigateway.Model("order", {
            restApi: api.id,
            name: "Order",
            contentType: "application/json",
            schema: JSON.stringify({
              type: "object",
              additionalProperties: false,
              properties: {
                id: { type: "string", format: "uuid" },
                note: { type: "string", maxLength: 200 },
                state: { type: "string", enum: ["open", "closed"] },
                items: { type: "array", maxItems: 100, items: { type: "integer" } },
              },
            }),
          });
          new aws.apigateway.Method("place-order", {
            restApi: api.id,
            resourceId: api.rootResourceId,
            httpMethod: "POST",
            authorization: "AWS_IAM",
            requestModels: { "application/json": order.name },
          });
        },
      },
      {
        title: "a loose model that no request is checked against",
        program: ({ aws }) => {
          const api = new aws.apigateway.RestApi("orders");
          new aws.apigateway.Model("order", {
            restApi: api.id,
            name: "Order",
            contentType: "application/json",
            schema: JSON.stringify({ type: "object" }),
          });
        },
      },
      {
        title: "two parts make an object, and one of them closes it",
        program: ({ aws }) => {
          new aws.apigateway.RestApi("orders", {
            body: JSON.stringify({
              openapi: "3.0.1",
              info: { title: "orders", version: "1" },
              components: {
                schemas: {
                  Order: {
                    allOf: [
                      { type: "object", properties: { id: { type: "integer" } } },
                      {
                        additionalProperties: false,
                        properties: { id: { type: "integer" }, total: { type: "number" } },
                      },
                    ],
                  },
                },
              },
              paths: {
                "/orders": {
                  post: {
                    requestBody: {
                      content: { "application/json": { schema: { $ref: "#/components/schemas/Order" } } },
                    },
                    responses: {},
                  },
                },
              },
            }),
          });
        },
      },
      {
        title: "a model of a WebSocket route bounds everything",
        program: ({ aws }) => {
          const api = new aws.apigatewayv2.Api("chat", {
            protocolType: "WEBSOCKET",
            routeSelectionExpression: "$request.body.action",
          });
          const message = new aws.apigatewayv2.Model("message", {
            apiId: api.id,
            contentType: "application/json",
            name: "message",
            schema: JSON.stringify({
              type: "object",
              additionalProperties: false,
              properties: { action: { type: "string", enum: ["send"] }, text: { type: "string", maxLength: 2000 } },
            }),
          });
          new aws.apigatewayv2.Route("send", {
            apiId: api.id,
            routeKey: "send",
            modelSelectionExpression: "$request.body.action",
            requestModels: { send: message.name },
          });
        },
      },
      {
        title: "a schema in the body of an HTTP API, which checks no request",
        program: ({ aws }) => {
          new aws.apigatewayv2.Api("orders", {
            protocolType: "HTTP",
            body: JSON.stringify({
              openapi: "3.0.1",
              info: { title: "orders", version: "1" },
              paths: {
                "/orders": {
                  post: {
                    requestBody: { content: { "application/json": { schema: { type: "object" } } } },
                    responses: {},
                  },
                },
              },
            }),
          });
        },
      },
    ],
    fail: [
      {
        title: "a model of a method allows extra properties and texts of any length",
        program: ({ aws }) => {
          const api = new aws.apigateway.RestApi("orders");
          const order = new aws.apigateway.Model("order", {
            restApi: api.id,
            name: "Order",
            contentType: "application/json",
            schema: JSON.stringify({ type: "object", properties: { note: { type: "string" } } }),
          });
          new aws.apigateway.Method("place-order", {
            restApi: api.id,
            resourceId: api.rootResourceId,
            httpMethod: "POST",
            authorization: "AWS_IAM",
            requestModels: { "application/json": order.name },
          });
        },
      },
      {
        title: "a model of an OpenAPI body refers to one with a list of any length",
        program: ({ aws }) => {
          new aws.apigateway.RestApi("orders", {
            body: JSON.stringify({
              openapi: "3.0.1",
              info: { title: "orders", version: "1" },
              components: {
                schemas: {
                  Order: {
                    type: "object",
                    additionalProperties: false,
                    properties: { items: { $ref: "#/components/schemas/Items" } },
                  },
                  Items: { type: "array", items: { type: "integer" } },
                },
              },
              paths: {
                "/orders": {
                  post: {
                    requestBody: {
                      content: { "application/json": { schema: { $ref: "#/components/schemas/Order" } } },
                    },
                    responses: {},
                  },
                },
              },
            }),
          });
        },
      },
      {
        title: "a model of a WebSocket route",
        program: ({ aws }) => {
          const api = new aws.apigatewayv2.Api("chat", {
            protocolType: "WEBSOCKET",
            routeSelectionExpression: "$request.body.action",
          });
          const message = new aws.apigatewayv2.Model("message", {
            apiId: api.id,
            contentType: "application/json",
            name: "message",
            schema: JSON.stringify({ type: "object" }),
          });
          new aws.apigatewayv2.Route("send", {
            apiId: api.id,
            routeKey: "send",
            modelSelectionExpression: "$request.body.action",
            requestModels: { send: message.name },
          });
        },
      },
      {
        title: "one of two models that methods name by literals is loose",
        program: ({ aws }) => {
          const api = new aws.apigateway.RestApi("orders");
          for (const [name, additionalProperties] of [
            ["Order", false],
            ["Refund", true],
          ] as const) {
            new aws.apigateway.Model(name, {
              restApi: api.id,
              name,
              contentType: "application/json",
              schema: JSON.stringify({ type: "object", additionalProperties }),
            });
            new aws.apigateway.Method(name, {
              restApi: api.id,
              resourceId: api.rootResourceId,
              httpMethod: name === "Order" ? "POST" : "PUT",
              authorization: "AWS_IAM",
              requestModels: { "application/json": name },
            });
          }
        },
      },
    ],
  },
});
