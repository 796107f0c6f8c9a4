import { definePolicy, fault, unverified } from "../../core/policy";
import { bodyMethods, validationOf } from "../../model/validation";

export const routeRequestModel = definePolicy({
  name: "route-request-model",
  topic: "validation",
  description: "Routes whose request bodies API Gateway validates have a JSON model.",
  why: "A validator checks a body against the model of its content type; with no model it lets every body pass.",
  fix: "Set `requestModels` for `application/json` (in a body, the schema of `requestBody`).",
  severity: "medium",
  level: "advisory",
  where: "R+S",
  practice: "practice 3: validate every request",
  peers: ["CTL.APIGATEWAY.PAYLOAD.SIZE.UNLIMITED.001"],
  on: "route",
  bodiesOf: ["rest"],
  check: (route, { graph }) => {
    const validation = validationOf(graph, route);
    if (validation === undefined || !bodyMethods.has(route.method.get() ?? "")) return undefined;
    const { validator, jsonModel } = validation;
    if (jsonModel.isUnknown() || jsonModel.is(true)) return undefined;
    // Where no validator checks the body, or none can be seen, others speak.
    if (validator.kind === "unknown") return unverified("has no JSON model, and its validator may check the body");
    if (validator.kind !== "validator" || validator.body.isNot(true)) return undefined;
    return validator.body.isUnknown()
      ? unverified("has no JSON model, and its validator may check the body")
      : fault("has no JSON model for its validator to check the body against");
  },
  examples: {
    pass: [
      {
        title: "a method has a model for JSON",
        program: ({ aws }) => {
          const api = new aws.apigateway.RestApi("orders");
          const validator = new aws.apigateway.RequestValidator("body", { restApi: api.id, validateRequestBody: true });
          const order = new aws.apigateway.Model("order", {
            restApi: api.id,
            name: "Order",
            contentType: "application/json",
            schema: JSON.stringify({ type: "object", additionalProperties: false }),
          });
          new aws.apigateway.Method("place-order", {
            restApi: api.id,
            resourceId: api.rootResourceId,
            httpMethod: "POST",
            authorization: "AWS_IAM",
            requestValidatorId: validator.id,
            requestModels: { "application/json": order.name },
          });
        },
      },
      {
        title: "nothing checks the body, which another policy says",
        program: ({ aws }) => {
          const api = new aws.apigateway.RestApi("orders");
          new aws.apigateway.Method("place-order", {
            restApi: api.id,
            resourceId: api.rootResourceId,
            httpMethod: "POST",
            authorization: "AWS_IAM",
          });
        },
      },
      {
        title: "an operation of an OpenAPI body has a schema",
        program: ({ aws }) => {
          new aws.apigateway.RestApi("orders", {
            body: JSON.stringify({
              swagger: "2.0",
              info: { title: "orders", version: "1" },
              "x-amazon-apigateway-request-validator": "body",
              "x-amazon-apigateway-request-validators": { body: { validateRequestBody: true } },
              definitions: { Order: { type: "object", additionalProperties: false } },
              paths: {
                "/orders": {
                  post: {
                    parameters: [{ in: "body", name: "order", schema: { $ref: "#/definitions/Order" } }],
                    responses: {},
                  },
                },
              },
            }),
          });
        },
      },
      {
        title: "HTTP and WebSocket APIs, which have no validators",
        program: ({ aws }) => {
          const orders = new aws.apigatewayv2.Api("orders", { protocolType: "HTTP" });
          new aws.apigatewayv2.Route("place-order", { apiId: orders.id, routeKey: "POST /orders" });
          const chat = new aws.apigatewayv2.Api("chat", {
            protocolType: "WEBSOCKET",
            routeSelectionExpression: "$request.body.action",
          });
          new aws.apigatewayv2.Route("send", { apiId: chat.id, routeKey: "send" });
        },
      },
    ],
    fail: [
      {
        title: "a validator checks a body for which there is no model",
        program: ({ aws }) => {
          const api = new aws.apigateway.RestApi("orders");
          const validator = new aws.apigateway.RequestValidator("body", { restApi: api.id, validateRequestBody: true });
          new aws.apigateway.Method("place-order", {
            restApi: api.id,
            resourceId: api.rootResourceId,
            httpMethod: "POST",
            authorization: "AWS_IAM",
            requestValidatorId: validator.id,
          });
        },
      },
      {
        title: "the model that every API has says nothing",
        program: ({ aws }) => {
          const api = new aws.apigateway.RestApi("orders");
          const validator = new aws.apigateway.RequestValidator("body", { restApi: api.id, validateRequestBody: true });
          new aws.apigateway.Method("change-order", {
            restApi: api.id,
            resourceId: api.rootResourceId,
            httpMethod: "PUT",
            authorization: "AWS_IAM",
            requestValidatorId: validator.id,
            requestModels: { "application/json": "Empty" },
          });
        },
      },
      {
        title: "an operation of an OpenAPI body has no schema",
        program: ({ aws }) => {
          new aws.apigateway.RestApi("orders", {
            body: JSON.stringify({
              openapi: "3.0.1",
              info: { title: "orders", version: "1" },
              "x-amazon-apigateway-request-validator": "body",
              "x-amazon-apigateway-request-validators": { body: { validateRequestBody: true } },
              paths: { "/orders": { post: { requestBody: { content: { "application/json": {} } }, responses: {} } } },
            }),
          });
        },
      },
      {
        title: "one of two methods has no model",
        program: ({ aws }) => {
          const api = new aws.apigateway.RestApi("orders");
          const validator = new aws.apigateway.RequestValidator("body", { restApi: api.id, validateRequestBody: true });
          for (const httpMethod of ["POST", "PUT"]) {
            new aws.apigateway.Method(httpMethod, {
              restApi: api.id,
              resourceId: api.rootResourceId,
              httpMethod,
              authorization: "AWS_IAM",
              requestValidatorId: validator.id,
              requestModels: httpMethod === "POST" ? { "application/json": "Order" } : {},
            });
          }
        },
      },
    ],
  },
});
