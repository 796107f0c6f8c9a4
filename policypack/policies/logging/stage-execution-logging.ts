import { definePolicy, fault, unverified } from "../../core/policy";
import type { Outcome } from "../../core/policy";
import type { Settings } from "../../model/stage";
import type { Subject } from "../../model/subject";

const on = (settings: Settings): boolean => settings.loggingLevel.is("ERROR") || settings.loggingLevel.is("INFO");

export const stageExecutionLogging = definePolicy({
  name: "stage-execution-logging",
  topic: "logging",
  description: "REST and WebSocket API Gateway stages log how they executed requests.",
  why: "Access logs say that a call failed; execution logs say why an authorizer, a mapping or a backend refused it.",
  fix: "Set `loggingLevel` to ERROR or INFO for all methods.",
  severity: "medium",
  level: "mandatory",
  where: "R+S",
  practice: "practice 6: logs and metrics for every stage",
  frameworks: {
    "AWS FSBP": ["APIGateway.1"],
    "NIST 800-53 r5": ["AC-4(26)", "AU-2", "AU-3", "AU-6", "AU-10", "AU-12", "CA-7", "SC-7(9)", "SI-7(8)"],
  },
  peers: ["AwsSolutions-APIG6", "API_GW_EXECUTION_LOGGING_ENABLED", "apigateway_restapi_logging_enabled"],
  on: "stage",
  check: (stage) => {
    const { kind, protocolKnown } = stage.api;
    if (kind === "http" && protocolKnown) return undefined;
    const fix =
      kind === "rest"
        ? 'Set `loggingLevel` to ERROR or INFO in method settings with `methodPath` "*/*".'
        : "Set `loggingLevel` to ERROR or INFO in `defaultRouteSettings`.";
    const off = (says: string, more: { readonly at: Subject; readonly fix: string }): Outcome =>
      protocolKnown ? fault(says, more) : unverified(`${says}, as only a stage of an HTTP API may`, { at: more.at });
    const outcomes: Outcome[] = [];
    const settings = stage.settings.get();
    const every = stage.everyRouteHas(on);
    if (stage.settings.isUnknown() || settings?.loggingLevel.isUnknown()) {
      if (settings || stage.settingsOpen) outcomes.push(unverified("has an execution log level that is not known yet"));
    } else if (settings === undefined && every.isUnknown()) {
      outcomes.push(unverified("logs single routes, and whether it has others is not known yet"));
    } else if (!(settings !== undefined && on(settings)) && every.isNot(true)) {
      const at = settings ? stage.subjectOf(settings) : stage;
      outcomes.push(off(at === stage ? "has execution logging off" : "leave execution logging off", { at, fix }));
    }
    for (const override of stage.overrides) {
      const at = stage.subjectOf(override);
      const name = at === stage ? ` in \`${override.property}\`` : "";
      const lost = kind !== "rest" && override.loggingLevel.isAbsent() && settings !== undefined && on(settings);
      if (override.loggingLevel.is("OFF") || lost) {
        outcomes.push(
          off(at === stage ? `switches execution logging off${name}` : "switch execution logging off", {
            at,
            fix: `Set \`loggingLevel\` to ERROR or INFO${kind === "rest" ? ", or leave it out" : " there"}.`,
          }),
        );
      } else if (override.loggingLevel.isUnknown()) {
        outcomes.push(unverified(`has an execution log level that is not known yet${name}`, { at }));
      }
    }
    return outcomes;
  },
  examples: {
    pass: [
      {
        title: "errors of all methods are logged",
        program: ({ aws }) => {
          const api = new aws.apigateway.RestApi("orders");
          const deployment = new aws.apigateway.Deployment("orders", { restApi: api.id });
          const stage = new aws.apigateway.Stage("prod", {
            restApi: api.id,
            deployment: deployment.id,
            stageName: "prod",
          });
          new aws.apigateway.MethodSettings("all", {
            restApi: api.id,
            stageName: stage.stageName,
            methodPath: "*/*",
            settings: { loggingLevel: "ERROR", throttlingRateLimit: 100, throttlingBurstLimit: 50 },
          });
        },
      },
      {
        title: "an HTTP API has no execution logs",
        program: ({ aws }) => {
          const api = new aws.apigatewayv2.Api("orders", { protocolType: "HTTP" });
          new aws.apigatewayv2.Stage("prod", { apiId: api.id, name: "prod" });
        },
      },
      {
        title: "a WebSocket stage logs errors",
        program: ({ aws }) => {
          const api = new aws.apigatewayv2.Api("chat", {
            protocolType: "WEBSOCKET",
            routeSelectionExpression: "$request.body.action",
          });
          new aws.apigatewayv2.Stage("prod", {
            apiId: api.id,
            name: "prod",
            defaultRouteSettings: { loggingLevel: "ERROR" },
          });
        },
      },
    ],
    fail: [
      {
        title: "no method settings",
        program: ({ aws }) => {
          const api = new aws.apigateway.RestApi("orders");
          const deployment = new aws.apigateway.Deployment("orders", { restApi: api.id });
          new aws.apigateway.Stage("prod", { restApi: api.id, deployment: deployment.id, stageName: "prod" });
        },
      },
      {
        title: "a WebSocket stage with the level OFF",
        program: ({ aws }) => {
          const api = new aws.apigatewayv2.Api("chat", {
            protocolType: "WEBSOCKET",
            routeSelectionExpression: "$request.body.action",
          });
          new aws.apigatewayv2.Stage("prod", {
            apiId: api.id,
            name: "prod",
            defaultRouteSettings: { loggingLevel: "OFF", throttlingRateLimit: 100, throttlingBurstLimit: 50 },
          });
        },
      },
      {
        title: "one method of a REST stage is switched off, against the default",
        program: ({ aws }) => {
          const api = new aws.apigateway.RestApi("orders");
          const deployment = new aws.apigateway.Deployment("orders", { restApi: api.id });
          const stage = new aws.apigateway.Stage("prod", {
            restApi: api.id,
            deployment: deployment.id,
            stageName: "prod",
          });
          new aws.apigateway.MethodSettings("all", {
            restApi: api.id,
            stageName: stage.stageName,
            methodPath: "*/*",
            settings: { loggingLevel: "ERROR" },
          });
          new aws.apigateway.MethodSettings("health", {
            restApi: api.id,
            stageName: stage.stageName,
            methodPath: "health/GET",
            settings: { loggingLevel: "OFF" },
          });
        },
      },
      {
        title: "settings of a WebSocket route leave the level out, which the default does not fill in",
        program: ({ aws }) => {
          const api = new aws.apigatewayv2.Api("chat", {
            protocolType: "WEBSOCKET",
            routeSelectionExpression: "$request.body.action",
          });
          new aws.apigatewayv2.Stage("prod", {
            apiId: api.id,
            name: "prod",
            defaultRouteSettings: { loggingLevel: "ERROR" },
            routeSettings: [{ routeKey: "send", throttlingRateLimit: 10, throttlingBurstLimit: 5 }],
          });
        },
      },
      {
        title: "a stage of an OpenAPI body without method settings",
        program: ({ aws }) => {
          const api = new aws.apigateway.RestApi("orders", {
            body: JSON.stringify({ openapi: "3.0.1", info: { title: "orders", version: "1" }, paths: {} }),
          });
          const deployment = new aws.apigateway.Deployment("orders", { restApi: api.id });
          new aws.apigateway.Stage("prod", { restApi: api.id, deployment: deployment.id, stageName: "prod" });
        },
      },
    ],
  },
});
