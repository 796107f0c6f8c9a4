import { definePolicy, fault, unverified } from "../../core/policy";
import type { Outcome } from "../../core/policy";
import type { Settings } from "../../model/stage";
import { metricsOn } from "../../model/remedy";

const on = (settings: Settings): boolean => settings.metrics.is(true);

export const stageMetrics = definePolicy({
  name: "stage-metrics",
  topic: "logging",
  description: "API Gateway stages measure every method and route.",
  why: "Without detailed metrics a flood or a burst of errors on one route drowns in the totals of the API.",
  fix: "Switch detailed metrics on for all methods.",
  severity: "medium",
  level: "mandatory",
  where: "R+S",
  practice: "practice 6: logs and metrics for every stage",
  peers: ["AC_AWS_0007", "detailedCloudWatchMetrics", "CKV2_AWS_4"],
  on: "stage",
  check: (stage) => {
    const rest = stage.api.kind === "rest";
    const fix = rest
      ? 'Set `metricsEnabled: true` in method settings with `methodPath` "*/*".'
      : "Set `detailedMetricsEnabled: true` in `defaultRouteSettings`.";
    const outcomes: Outcome[] = [];
    const settings = stage.settings.get();
    const every = stage.everyRouteHas(on);
    if (stage.settings.isUnknown() || settings?.metrics.isUnknown()) {
      if (settings || stage.settingsOpen) outcomes.push(unverified("has metrics settings that are not known yet"));
    } else if (settings === undefined && every.isUnknown()) {
      outcomes.push(unverified("measures single routes, and whether it has others is not known yet"));
    } else if (!(settings !== undefined && on(settings)) && every.isNot(true)) {
      const at = settings ? stage.subjectOf(settings) : stage;
      outcomes.push(fault(at === stage ? "has detailed metrics off" : "leave detailed metrics off", { at, fix }));
    }
    for (const override of stage.overrides) {
      const at = stage.subjectOf(override);
      const name = at === stage ? ` in \`${override.property}\`` : "";
      // Settings of one route replace the defaults of an HTTP or WebSocket stage as a whole.
      const off = override.metrics.is(false) || (!rest && override.metrics.isAbsent());
      if (off && !(settings === undefined && stage.settings.isAbsent())) {
        outcomes.push(
          fault(at === stage ? `switches detailed metrics off${name}` : "switch detailed metrics off", {
            at,
            fix: `Set \`${rest ? "metricsEnabled" : "detailedMetricsEnabled"}: true\` there.`,
          }),
        );
      } else if (override.metrics.isUnknown()) {
        outcomes.push(unverified(`has metrics settings that are not known yet${name}`, { at }));
      }
    }
    return outcomes;
  },
  remedy: metricsOn,
  examples: {
    pass: [
      {
        title: "metrics of all methods",
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
            settings: { metricsEnabled: true, throttlingRateLimit: 100, throttlingBurstLimit: 50 },
          });
        },
      },
      {
        title: "an HTTP stage and a WebSocket stage measure all routes",
        program: ({ aws }) => {
          const api = new aws.apigatewayv2.Api("orders", { protocolType: "HTTP" });
          const chat = new aws.apigatewayv2.Api("chat", {
            protocolType: "WEBSOCKET",
            routeSelectionExpression: "$request.body.action",
          });
          const defaultRouteSettings = { detailedMetricsEnabled: true };
          new aws.apigatewayv2.Stage("orders", { apiId: api.id, name: "prod", defaultRouteSettings });
          new aws.apigatewayv2.Stage("chat", { apiId: chat.id, name: "prod", defaultRouteSettings });
        },
      },
    ],
    fail: [
      {
        title: "method settings leave metrics out",
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
            settings: { throttlingRateLimit: 100, throttlingBurstLimit: 50 },
          });
        },
      },
      {
        title: "an HTTP stage without route settings",
        program: ({ aws }) => {
          const api = new aws.apigatewayv2.Api("orders", { protocolType: "HTTP" });
          new aws.apigatewayv2.Stage("prod", { apiId: api.id, name: "prod" });
        },
      },
      {
        title: "settings of a WebSocket route leave metrics out, which the default does not fill in",
        program: ({ aws }) => {
          const api = new aws.apigatewayv2.Api("chat", {
            protocolType: "WEBSOCKET",
            routeSelectionExpression: "$request.body.action",
          });
          new aws.apigatewayv2.Stage("prod", {
            apiId: api.id,
            name: "prod",
            defaultRouteSettings: { detailedMetricsEnabled: true },
            routeSettings: [{ routeKey: "send", throttlingRateLimit: 10, throttlingBurstLimit: 5 }],
          });
        },
      },
      {
        title: "one method of a REST stage is not measured, against the default",
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
            settings: { metricsEnabled: true },
          });
          new aws.apigateway.MethodSettings("health", {
            restApi: api.id,
            stageName: stage.stageName,
            methodPath: "health/GET",
            settings: { metricsEnabled: false },
          });
        },
      },
    ],
  },
});
