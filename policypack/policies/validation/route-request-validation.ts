import { definePolicy, fault, option, unverified } from "../../core/policy";
import type { Outcome } from "../../core/policy";
import { isListed } from "../../core/route-patterns";
import type { Graph } from "../../model/graph";
import { validatorOn } from "../../model/remedy";
import type { Route } from "../../model/route";
import { hasSocketModel, isCustomSocketRoute, validationOf } from "../../model/validation";
import type { Validation } from "../../model/validation";
import { Value } from "../../model/value";

function judgeRest({ validator, takesBody, takesParameters }: Validation): Outcome | undefined {
  if (takesBody.isNot(true) && takesParameters.isNot(true)) return undefined;
  const certain = takesBody.is(true) || takesParameters.is(true);
  switch (validator.kind) {
    case "none":
      return certain
        ? fault("has no request validator")
        : unverified("has no request validator, and what it takes is not known yet");
    case "undefined":
      return fault(`names the request validator ${JSON.stringify(validator.name.slice(0, 60))}, which is not defined`, {
        fix: "Define it in `x-amazon-apigateway-request-validators`.",
      });
    case "foreign":
      return fault(`names a request validator of another API, ${validator.api.label}`, {
        fix: "Set `requestValidatorId` to the id of a validator of this API.",
      });
    case "elsewhere":
      return undefined;
    case "unknown":
      return unverified("has a request validator that is not known yet");
    case "validator": {
      const { body, parameters } = validator;
      const checks = [
        { what: "body", state: checked(takesBody, body) },
        { what: "required parameters", state: checked(takesParameters, parameters) },
      ];
      const missing = checks.flatMap(({ what, state }) => (state.is(false) ? [what] : []));
      if (missing.length > 0) {
        const none = body.isNot(true) && parameters.isNot(true);
        const says = none ? "checks neither body nor parameters" : `does not check the ${missing.join(" and ")}`;
        return fault(`has a request validator that ${says}`, {
          fix: "Set `validateRequestBody` and `validateRequestParameters` of the validator to what the route takes.",
        });
      }
      return checks.some(({ state }) => state.isUnknown())
        ? unverified("has a request validator of which it is not known yet what it checks")
        : undefined;
    }
  }
}

/** Whether what a route takes is checked; what it does not take need not be. */
function checked(takes: Value<boolean>, flag: Value<boolean>): Value<boolean> {
  if (takes.isNot(true) || flag.is(true)) return Value.known(true);
  return takes.is(true) ? flag : Value.unknown();
}

function judgeSocket(graph: Graph, route: Route): Outcome | undefined {
  const custom = isCustomSocketRoute(route);
  if (custom.isNot(true)) return undefined;
  const model = hasSocketModel(graph, route);
  if (model.isNot(true) && custom.is(true)) {
    return fault("has no model for its messages", {
      fix: "Set `requestModels` and `modelSelectionExpression` of the route.",
    });
  }
  return model.is(true) || (custom.isUnknown() && route.api.kind !== "websocket")
    ? undefined
    : unverified("may have no model for its messages, which is not known yet");
}

export const routeRequestValidation = definePolicy({
  name: "route-request-validation",
  topic: "validation",
  description: "API Gateway validates requests before they reach a backend.",
  why: "What API Gateway does not check, every backend must: malformed bodies and missing parameters reach code that did not expect them.",
  fix: "Set `requestValidatorId` to a validator that checks what the route takes (in a body, `x-amazon-apigateway-request-validator`).",
  severity: "medium",
  level: "mandatory",
  where: "R+S",
  practice: "practice 3: validate every request",
  peers: [
    "CKV2_AWS_53",
    "AwsSolutions-APIG2",
    "apigatewayRequestValidation",
    "CTL.APIGATEWAY.VALIDATION.MISSING.001",
    "CTL.APIGATEWAY.VALIDATION.BODYONLY.001",
  ],
  options: {
    exemptRoutes: option<readonly string[]>(
      "Routes whose backend checks its requests, as globs such as `POST /upload/*`.",
      { type: "array", items: { type: "string", minLength: 1 } },
      [],
    ),
  },
  on: "route",
  bodiesOf: ["rest"],
  check: (route, { graph, options }) => {
    if (route.preflight.is(true)) return undefined;
    const validation = validationOf(graph, route);
    const outcome = validation ? judgeRest(validation) : judgeSocket(graph, route);
    if (outcome === undefined) return undefined;
    if (route.preflight.isUnknown()) {
      return unverified("answers OPTIONS by an integration that is not known yet, and may be no preflight");
    }
    const exempt = isListed(route, options.exemptRoutes);
    if (exempt !== "undecided") return exempt ? undefined : outcome;
    return graph.whole ? unverified(`${outcome.says}, and its path is not known yet`) : undefined;
  },
  remedy: validatorOn,
  examples: {
    pass: [
      {
        title: "a validator checks the body of a POST",
        program: ({ aws }) => {
          const api = new aws.apigateway.RestApi("orders");
          const validator = new aws.apigateway.RequestValidator("all", {
            restApi: api.id,
            validateRequestBody: true,
            validateRequestParameters: true,
          });
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
        title: "a GET that takes nothing",
        program: ({ aws }) => {
          const api = new aws.apigateway.RestApi("orders");
          new aws.apigateway.Method("list-orders", {
            restApi: api.id,
            resourceId: api.rootResourceId,
            httpMethod: "GET",
            authorization: "AWS_IAM",
            requestParameters: { "method.request.querystring.page": false },
          });
        },
      },
      {
        title: "the default validator of an OpenAPI body",
        program: ({ aws }) => {
          new aws.apigateway.RestApi("orders", {
            body: JSON.stringify({
              openapi: "3.0.1",
              info: { title: "orders", version: "1" },
              "x-amazon-apigateway-request-validator": "all",
              "x-amazon-apigateway-request-validators": {
                all: { validateRequestBody: true, validateRequestParameters: true },
              },
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
      {
        title: "HTTP APIs have no validators",
        program: ({ aws }) => {
          const api = new aws.apigatewayv2.Api("orders", { protocolType: "HTTP" });
          new aws.apigatewayv2.Route("place-order", { apiId: api.id, routeKey: "POST /orders" });
        },
      },
      {
        title: "a route of a WebSocket API has a model, and those that begin with a dollar sign need none",
        program: ({ aws }) => {
          const api = new aws.apigatewayv2.Api("chat", {
            protocolType: "WEBSOCKET",
            routeSelectionExpression: "$request.body.action",
          });
          const message = new aws.apigatewayv2.Model("message", {
            apiId: api.id,
            contentType: "application/json",
            name: "message",
            schema: JSON.stringify({ type: "object", additionalProperties: false }),
          });
          new aws.apigatewayv2.Route("connect", { apiId: api.id, routeKey: "$connect" });
          new aws.apigatewayv2.Route("send", {
            apiId: api.id,
            routeKey: "send",
            modelSelectionExpression: "$request.body.action",
            requestModels: { send: message.name },
          });
        },
      },
      {
        title: "a backend checks uploads by itself",
        config: { exemptRoutes: ["PUT /"] },
        program: ({ aws }) => {
          const api = new aws.apigateway.RestApi("orders");
          new aws.apigateway.Method("upload", {
            restApi: api.id,
            resourceId: api.rootResourceId,
            httpMethod: "PUT",
            authorization: "AWS_IAM",
          });
        },
      },
      {
        title: "an operation of an OpenAPI body names a better validator than the default",
        program: ({ aws }) => {
          new aws.apigateway.RestApi("orders", {
            body: JSON.stringify({
              openapi: "3.0.1",
              info: { title: "orders", version: "1" },
              "x-amazon-apigateway-request-validator": "none",
              "x-amazon-apigateway-request-validators": {
                none: {},
                body: { validateRequestBody: true },
              },
              paths: { "/orders": { post: { responses: {}, "x-amazon-apigateway-request-validator": "body" } } },
            }),
          });
        },
      },
    ],
    fail: [
      {
        title: "nothing checks a POST",
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
        title: "nothing checks that a required parameter is there",
        program: ({ aws }) => {
          const api = new aws.apigateway.RestApi("orders");
          new aws.apigateway.Method("list-orders", {
            restApi: api.id,
            resourceId: api.rootResourceId,
            httpMethod: "GET",
            authorization: "AWS_IAM",
            requestParameters: { "method.request.querystring.customer": true },
          });
        },
      },
      {
        title: "a validator that validates nothing",
        program: ({ aws }) => {
          const api = new aws.apigateway.RestApi("orders");
          const validator = new aws.apigateway.RequestValidator("none", { restApi: api.id });
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
        title: "a validator checks parameters where there is a body",
        program: ({ aws }) => {
          const api = new aws.apigateway.RestApi("orders");
          const validator = new aws.apigateway.RequestValidator("parameters", {
            restApi: api.id,
            validateRequestParameters: true,
          });
          new aws.apigateway.Method("change-order", {
            restApi: api.id,
            resourceId: api.rootResourceId,
            httpMethod: "PATCH",
            authorization: "AWS_IAM",
            requestValidatorId: validator.id,
          });
        },
      },
      {
        title: "an operation of an OpenAPI body names a validator that nobody defines",
        program: ({ aws }) => {
          new aws.apigateway.RestApi("orders", {
            body: JSON.stringify({
              openapi: "3.0.1",
              info: { title: "orders", version: "1" },
              paths: {
                "/orders": { post: { responses: {}, "x-amazon-apigateway-request-validator": "all" } },
              },
            }),
          });
        },
      },
      {
        title: "a route of a WebSocket API has no model",
        program: ({ aws }) => {
          const api = new aws.apigatewayv2.Api("chat", {
            protocolType: "WEBSOCKET",
            routeSelectionExpression: "$request.body.action",
          });
          new aws.apigatewayv2.Route("send", { apiId: api.id, routeKey: "send" });
        },
      },
      {
        title: "an operation of an OpenAPI body names a worse validator than the default",
        program: ({ aws }) => {
          new aws.apigateway.RestApi("orders", {
            body: JSON.stringify({
              openapi: "3.0.1",
              info: { title: "orders", version: "1" },
              "x-amazon-apigateway-request-validator": "body",
              "x-amazon-apigateway-request-validators": {
                body: { validateRequestBody: true },
                parameters: { validateRequestParameters: true },
              },
              paths: { "/orders": { post: { responses: {}, "x-amazon-apigateway-request-validator": "parameters" } } },
            }),
          });
        },
      },
      {
        title: "one of two APIs names the validator of the other",
        program: ({ aws }) => {
          const orders = new aws.apigateway.RestApi("orders");
          const partners = new aws.apigateway.RestApi("partners");
          const validator = new aws.apigateway.RequestValidator("body", {
            restApi: orders.id,
            validateRequestBody: true,
          });
          for (const [name, api] of [
            ["orders", orders],
            ["partners", partners],
          ] as const) {
            new aws.apigateway.Method(name, {
              restApi: api.id,
              resourceId: api.rootResourceId,
              httpMethod: "POST",
              authorization: "AWS_IAM",
              requestValidatorId: validator.id,
            });
          }
        },
      },
      {
        title: "nothing checks a POST of another stack's API",
        program: ({ aws }) => {
          new aws.apigateway.Method("place-order", {
            restApi: "a1b2c3d4e5",
            resourceId: "f6g7h8",
            httpMethod: "POST",
            authorization: "AWS_IAM",
          });
        },
      },
    ],
  },
});
