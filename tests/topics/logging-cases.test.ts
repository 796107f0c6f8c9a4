import { Input, judgeCases, never } from "../support/cases";
import type { Case, Stack } from "../support/cases";

const execution = "stage-execution-logging";
const trace = "stage-data-trace";
const metrics = "stage-metrics";

const limits = { throttlingRateLimit: 100, throttlingBurstLimit: 50 };

function socket(stack: Stack, stage: object): void {
  const api = stack.add("apigatewayv2.Api", "chat", { protocolType: "WEBSOCKET" });
  stack.add("apigatewayv2.Stage", "prod", { apiId: api.id, name: "prod", ...stage });
}

const traced = { dataTraceEnabled: true, loggingLevel: "INFO" };

const cases: readonly Case[] = [
  {
    title: "settings of one WebSocket route lose the level of the others",
    policy: execution,
    verdict: "fails",
    build: (stack) => {
      const routeSettings = [{ routeKey: "send", ...limits }];
      socket(stack, { defaultRouteSettings: { ...limits, loggingLevel: "INFO" }, routeSettings });
    },
  },
  {
    title: "settings of one WebSocket route keep a level",
    policy: execution,
    verdict: "passes",
    build: (stack) => {
      const routeSettings = [{ routeKey: "send", ...limits, loggingLevel: "ERROR" }];
      socket(stack, { defaultRouteSettings: { ...limits, loggingLevel: "INFO" }, routeSettings });
    },
  },
  {
    title: "a stage of a WebSocket API of another stack, told by its $connect route",
    policy: execution,
    verdict: "fails",
    build: (stack) => {
      stack.add("apigatewayv2.Route", "connect", { apiId: "x1", routeKey: "$connect" });
      stack.add("apigatewayv2.Stage", "prod", { apiId: "x1", name: "prod", defaultRouteSettings: limits });
    },
  },
  ...(["Stage", "defaultRouteSettings", "routeSettings"] as const).map((off): Case => ({
    title: `no level by ${off}, on a stage of another stack's API, which may be a WebSocket API`,
    policy: execution,
    verdict: "unverified",
    build: (stack) => {
      const levels = {
        Stage: {},
        defaultRouteSettings: { defaultRouteSettings: { ...limits, loggingLevel: "OFF" } },
        routeSettings: {
          defaultRouteSettings: { ...limits, loggingLevel: "ERROR" },
          routeSettings: [{ routeKey: "$default", ...limits }],
        },
      };
      stack.add("apigatewayv2.Stage", "prod", { apiId: "x1", name: "prod", ...levels[off] });
    },
  })),
  {
    title: "a level on a stage of another stack's API, which may be a WebSocket API",
    policy: execution,
    verdict: "passes",
    build: (stack) => {
      const defaultRouteSettings = { ...limits, loggingLevel: "ERROR" };
      stack.add("apigatewayv2.Stage", "prod", { apiId: "x1", name: "prod", defaultRouteSettings });
    },
  },
  {
    title: "a stage of an HTTP API of another stack, told by its name",
    policy: execution,
    verdict: "passes",
    build: (stack) => {
      stack.add("apigatewayv2.Stage", "prod", { apiId: "x1", name: "$default" });
    },
  },
  {
    title: "a destination that is no ARN, as a test of a program makes one up, of a log group that the stage names",
    policy: "log-group-retention",
    verdict: { preview: "fails", update: "fails", imported: "passes" },
    build: (stack) => {
      const group = stack.add("cloudwatch.LogGroup", "access", { name: "access", retentionInDays: 7 });
      const destinationArn = new Input([group], () => "access_arn");
      socket(stack, { accessLogSettings: { destinationArn, format: "$context.requestId" } });
    },
  },
  {
    title: "method settings of another stack's stage switch the log of one method off",
    policy: execution,
    verdict: "fails",
    build: (stack) => {
      const place = { restApi: "a1b2c3d4e5", stageName: "prod", methodPath: "orders/GET" };
      stack.add("apigateway.MethodSettings", "orders", { ...place, settings: { ...limits, loggingLevel: "OFF" } });
    },
  },
  {
    title: "method settings of another stack's stage leave the log of one method as it is",
    policy: execution,
    verdict: "passes",
    build: (stack) => {
      const place = { restApi: "a1b2c3d4e5", stageName: "prod", methodPath: "orders/GET" };
      stack.add("apigateway.MethodSettings", "orders", { ...place, settings: limits });
    },
  },
  {
    title: "data trace in method settings of another stack's production stage",
    policy: trace,
    verdict: "fails",
    build: (stack) => {
      const place = { restApi: "a1b2c3", stageName: "prod", methodPath: "*/*" };
      stack.add("apigateway.MethodSettings", "all", { ...place, settings: traced });
    },
  },
  ...["v1", "dev"].map((stageName): Case => ({
    title: `data trace in method settings of another stack's stage "${stageName}", whose tags may say it is production`,
    policy: trace,
    verdict: "unverified",
    build: (stack) => {
      const place = { restApi: "a1b2c3", stageName, methodPath: "*/*" };
      stack.add("apigateway.MethodSettings", "all", { ...place, settings: traced });
    },
  })),
  {
    title: "data trace in method settings of a production stage that a deployment makes by itself",
    policy: trace,
    verdict: "fails",
    build: (stack) => {
      const api = stack.add("apigateway.RestApi", "orders");
      stack.add("apigateway.Deployment", "orders", { restApi: api.id, stageName: "prod" });
      const place = { restApi: api.id, stageName: "prod", methodPath: "*/*" };
      stack.add("apigateway.MethodSettings", "all", { ...place, settings: traced });
    },
  },
  ...[execution, metrics].map((policy): Case => ({
    title: "method settings of another stack's stage that are not known",
    policy,
    verdict: "unverified",
    build: (stack) => {
      const place = { restApi: "a1b2c3d4e5", stageName: "prod", methodPath: "*/*" };
      stack.add("apigateway.MethodSettings", "all", { ...place, settings: never() });
    },
  })),
  {
    title: "data trace on a stage of another stack's API, which may be a WebSocket API",
    policy: trace,
    verdict: "unverified",
    build: (stack) => {
      stack.add("apigatewayv2.Stage", "prod", { apiId: "x1", name: "prod", defaultRouteSettings: traced });
    },
  },
  {
    title: "the data trace flag of an HTTP API is dropped",
    policy: trace,
    verdict: "passes",
    build: (stack) => {
      const api = stack.add("apigatewayv2.Api", "orders", { protocolType: "HTTP" });
      stack.add("apigatewayv2.Stage", "prod", { apiId: api.id, name: "prod", defaultRouteSettings: traced });
    },
  },
  ...[false, true].map((actionsEnabled): Case => ({
    title: `an alarm whose actions are ${actionsEnabled ? "on" : "off"}`,
    policy: "api-alarms",
    verdict: actionsEnabled ? "passes" : "fails",
    build: (stack) => {
      const api = stack.add("apigateway.RestApi", "orders", { name: "orders" });
      stack.add("apigateway.Stage", "prod", { restApi: api.id, deployment: "d1", stageName: "prod" });
      const dimensions = { ApiName: "orders" };
      stack.add("cloudwatch.MetricAlarm", "errors", {
        namespace: "AWS/ApiGateway",
        metricName: "5XXError",
        dimensions,
        actionsEnabled,
      });
    },
  })),
  {
    title: "every route of an HTTP stage is measured on its own",
    policy: metrics,
    verdict: "passes",
    build: (stack) => {
      const api = stack.add("apigatewayv2.Api", "orders", { protocolType: "HTTP" });
      stack.add("apigatewayv2.Route", "list", { apiId: api.id, routeKey: "GET /orders" });
      const routeSettings = [{ routeKey: "GET /orders", ...limits, detailedMetricsEnabled: true }];
      stack.add("apigatewayv2.Stage", "prod", { apiId: api.id, name: "prod", routeSettings });
    },
  },
];

describe("cases of logging", () => {
  judgeCases(cases);
});
