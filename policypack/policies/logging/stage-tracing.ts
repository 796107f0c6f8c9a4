import { definePolicy, fault, unverified } from "../../core/policy";
import { tracingOn } from "../../model/remedy";

export const stageTracing = definePolicy({
  name: "stage-tracing",
  topic: "logging",
  description: "REST API Gateway stages trace requests with X-Ray.",
  why: "A trace shows where a slow or failing call spent its time, across the API and what is behind it.",
  fix: "Set `xrayTracingEnabled: true`.",
  severity: "low",
  level: "advisory",
  where: "R",
  practice: "practice 6: logs and metrics for every stage",
  frameworks: { "AWS FSBP": ["APIGateway.3"], "NIST 800-53 r5": ["CA-7"] },
  peers: ["CKV_AWS_73", "AVD-AWS-0003", "APIGWXrayEnabled", "AC_AWS_0015", "apigateway_restapi_tracing_enabled"],
  on: "stage",
  check: (stage) => {
    if (stage.api.kind !== "rest" || stage.hearsay) return undefined;
    if (stage.tracing.isUnknown()) return unverified("has an X-Ray setting that is not known yet");
    return stage.tracing.isNot(true) ? fault("has X-Ray tracing off") : undefined;
  },
  remedy: tracingOn,
  examples: {
    pass: [
      {
        title: "tracing is on",
        program: ({ aws }) => {
          const api = new aws.apigateway.RestApi("orders");
          const deployment = new aws.apigateway.Deployment("orders", { restApi: api.id });
          new aws.apigateway.Stage("prod", {
            restApi: api.id,
            deployment: deployment.id,
            stageName: "prod",
            xrayTracingEnabled: true,
          });
        },
      },
      {
        title: "an HTTP stage has no such switch",
        program: ({ aws }) => {
          const api = new aws.apigatewayv2.Api("orders", { protocolType: "HTTP" });
          new aws.apigatewayv2.Stage("prod", { apiId: api.id, name: "prod" });
        },
      },
      {
        title: "nor has a WebSocket stage",
        program: ({ aws }) => {
          const api = new aws.apigatewayv2.Api("chat", {
            protocolType: "WEBSOCKET",
            routeSelectionExpression: "$request.body.action",
          });
          new aws.apigatewayv2.Stage("prod", { apiId: api.id, name: "prod" });
        },
      },
      {
        title: "a stage of an OpenAPI body is traced",
        program: ({ aws }) => {
          const api = new aws.apigateway.RestApi("orders", {
            body: JSON.stringify({ openapi: "3.0.1", info: { title: "orders", version: "1" }, paths: {} }),
          });
          const deployment = new aws.apigateway.Deployment("orders", { restApi: api.id });
          new aws.apigateway.Stage("prod", {
            restApi: api.id,
            deployment: deployment.id,
            stageName: "prod",
            xrayTracingEnabled: true,
          });
        },
      },
    ],
    fail: [
      {
        title: "a stage leaves tracing out",
        program: ({ aws }) => {
          const api = new aws.apigateway.RestApi("orders");
          const deployment = new aws.apigateway.Deployment("orders", { restApi: api.id });
          new aws.apigateway.Stage("prod", { restApi: api.id, deployment: deployment.id, stageName: "prod" });
        },
      },
      {
        title: "tracing is switched off on a stage of an OpenAPI body",
        program: ({ aws }) => {
          const api = new aws.apigateway.RestApi("orders", {
            body: JSON.stringify({ openapi: "3.0.1", info: { title: "orders", version: "1" }, paths: {} }),
          });
          const deployment = new aws.apigateway.Deployment("orders", { restApi: api.id });
          new aws.apigateway.Stage("prod", {
            restApi: api.id,
            deployment: deployment.id,
            stageName: "prod",
            xrayTracingEnabled: false,
          });
        },
      },
    ],
  },
});
