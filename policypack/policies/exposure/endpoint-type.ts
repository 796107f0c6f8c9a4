import { definePolicy, fault, option, unverified } from "../../core/policy";

export const endpointType = definePolicy({
  name: "endpoint-type",
  topic: "exposure",
  description: "API Gateway APIs have an endpoint type that is allowed.",
  why: "Behind an EDGE endpoint stands a CloudFront distribution of AWS, on which nobody can put a web ACL, logs or geographic limits of their own.",
  fix: "Set `types` of `endpointConfiguration` to one that is allowed, with a CloudFront distribution of your own in front where one is wanted.",
  severity: "low",
  level: "advisory",
  where: "R",
  practice: "practice 5: no internal service in public",
  peers: ["api-gw-endpoint-type-check", "apigateway-endpoint-type", "CTL.APIGATEWAY.EDGE.NOCLOUDFRONT.001"],
  options: {
    allowed: option<readonly string[]>(
      "Endpoint types that APIs may have. HTTP and WebSocket APIs are always REGIONAL, and REST APIs EDGE where nothing is set.",
      { type: "array", items: { type: "string", enum: ["REGIONAL", "PRIVATE", "EDGE"] } },
      ["REGIONAL", "PRIVATE"],
    ),
  },
  on: "api",
  check: (api, { options: { allowed } }) => {
    if (api.visibility !== "stack") return undefined;
    const type = api.endpointType.get();
    if (type === undefined) return unverified("has an endpoint type that is not known yet");
    if (allowed.includes(type)) return undefined;
    if (api.kind === "rest") return fault(`has the endpoint type ${type}`);
    return fault(`has the endpoint type ${type}, as every ${api.title} has`, {
      fix: "Make it a REST API with one of the types that are allowed.",
    });
  },
  examples: {
    pass: [
      {
        title: "a regional REST API",
        program: ({ aws }) => {
          new aws.apigateway.RestApi("orders", { endpointConfiguration: { types: "REGIONAL" } });
        },
      },
      {
        title: "the import of an OpenAPI body makes the API private",
        program: ({ aws }) => {
          new aws.apigateway.RestApi("orders", {
            body: JSON.stringify({ openapi: "3.0.1", info: { title: "orders", version: "1" }, paths: {} }),
            parameters: { endpointConfigurationTypes: "PRIVATE" },
          });
        },
      },
      {
        title: "an HTTP and a WebSocket API, which are regional",
        program: ({ aws }) => {
          new aws.apigatewayv2.Api("orders", { protocolType: "HTTP" });
          new aws.apigatewayv2.Api("chat", {
            protocolType: "WEBSOCKET",
            routeSelectionExpression: "$request.body.action",
          });
        },
      },
      {
        title: "an API of another stack, whose type cannot be seen here",
        program: ({ aws }) => {
          new aws.apigateway.Stage("prod", { restApi: "a1b2c3d4e5", deployment: "d1e2f3", stageName: "prod" });
        },
      },
    ],
    fail: [
      {
        title: "no endpoint type is set, so it is EDGE",
        program: ({ aws }) => {
          new aws.apigateway.RestApi("orders");
        },
      },
      {
        title: "EDGE is set beside an OpenAPI body",
        program: ({ aws }) => {
          new aws.apigateway.RestApi("orders", {
            body: JSON.stringify({ swagger: "2.0", info: { title: "orders", version: "1" }, paths: {} }),
            endpointConfiguration: { types: "EDGE" },
          });
        },
      },
      {
        title: "only private APIs are allowed, which an HTTP API cannot be",
        config: { allowed: ["PRIVATE"] },
        program: ({ aws }) => {
          new aws.apigatewayv2.Api("orders", { protocolType: "HTTP" });
        },
      },
      {
        title: "only private APIs are allowed, which a WebSocket API cannot be",
        config: { allowed: ["PRIVATE"] },
        program: ({ aws }) => {
          new aws.apigatewayv2.Api("chat", {
            protocolType: "WEBSOCKET",
            routeSelectionExpression: "$request.body.action",
          });
        },
      },
      {
        title: "one of two REST APIs is EDGE",
        program: ({ aws }) => {
          for (const [name, types] of [
            ["orders", "REGIONAL"],
            ["partners", "EDGE"],
          ] as const) {
            new aws.apigateway.RestApi(name, { endpointConfiguration: { types } });
          }
        },
      },
    ],
  },
});
