import { environmentClass, environmentOptions } from "../../core/environments";
import { definePolicy, fault, option, unverified } from "../../core/policy";
import type { Outcome } from "../../core/policy";
import { dataTraceOff } from "../../model/remedy";

export const stageDataTrace = definePolicy({
  name: "stage-data-trace",
  topic: "logging",
  description: "API Gateway stages do not log full requests and responses in production.",
  why: "Data trace writes whole requests and responses to CloudWatch Logs, with the personal data and the tokens in them.",
  fix: "Set `dataTraceEnabled: false`.",
  severity: "high",
  level: "mandatory",
  where: "R+S",
  practice: "threat 5: exposed data",
  peers: ["CKV_AWS_276", "CTL.APIGATEWAY.EXECLOG.DATALOG.001"],
  options: {
    ...environmentOptions,
    environments: option<readonly string[]>(
      "Where full data may not be logged.",
      { type: "array", items: { type: "string", enum: ["production", "nonProduction"] } },
      ["production"],
    ),
  },
  on: "stage",
  check: (stage, { options }) => {
    const { kind: protocol, protocolKnown } = stage.api;
    if (protocol === "http" && protocolKnown) return undefined;
    const settings = stage.settings.get();
    const outcomes: Outcome[] = [];
    for (const one of settings ? [settings, ...stage.overrides] : stage.overrides) {
      if (one.dataTrace.isNot(true)) continue;
      const at = stage.subjectOf(one);
      const kind = environmentClass(stage, options);
      if (kind.isKnown() && !options.environments.includes(kind.get() ?? "")) continue;
      if (!protocolKnown || one.dataTrace.isUnknown() || (kind.isUnknown() && options.environments.length < 2)) {
        outcomes.push(unverified("may log full request and response data, which is not known yet", { at }));
        continue;
      }
      const verb = at === stage ? "logs" : "log";
      outcomes.push(
        fault(`${verb} full request and response data${at === stage ? ` (\`${one.property}\`)` : ""}`, { at }),
      );
    }
    return outcomes;
  },
  remedy: dataTraceOff,
  examples: {
    pass: [
      {
        title: "data trace in a development stage",
        program: ({ aws }) => {
          const api = new aws.apigateway.RestApi("orders");
          const deployment = new aws.apigateway.Deployment("orders", { restApi: api.id });
          const stage = new aws.apigateway.Stage("dev", {
            restApi: api.id,
            deployment: deployment.id,
            stageName: "dev",
          });
          new aws.apigateway.MethodSettings("all", {
            restApi: api.id,
            stageName: stage.stageName,
            methodPath: "*/*",
            settings: { dataTraceEnabled: true, loggingLevel: "INFO" },
          });
        },
      },
      {
        title: "an HTTP stage has no data trace",
        program: ({ aws }) => {
          const api = new aws.apigatewayv2.Api("orders", { protocolType: "HTTP" });
          new aws.apigatewayv2.Stage("prod", { apiId: api.id, name: "prod" });
        },
      },
      {
        title: "a WebSocket stage in production logs errors alone",
        program: ({ aws }) => {
          const api = new aws.apigatewayv2.Api("chat", {
            protocolType: "WEBSOCKET",
            routeSelectionExpression: "$request.body.action",
          });
          new aws.apigatewayv2.Stage("prod", {
            apiId: api.id,
            name: "prod",
            defaultRouteSettings: { loggingLevel: "ERROR", dataTraceEnabled: false },
          });
        },
      },
    ],
    fail: [
      {
        title: "data trace in production",
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
            settings: { dataTraceEnabled: true, loggingLevel: "INFO" },
          });
        },
      },
      {
        title: "one route of a WebSocket stage in production, against the default",
        program: ({ aws }) => {
          const api = new aws.apigatewayv2.Api("chat", {
            protocolType: "WEBSOCKET",
            routeSelectionExpression: "$request.body.action",
          });
          new aws.apigatewayv2.Stage("prod", {
            apiId: api.id,
            name: "prod",
            defaultRouteSettings: { loggingLevel: "INFO", dataTraceEnabled: false },
            routeSettings: [{ routeKey: "send", loggingLevel: "INFO", dataTraceEnabled: true }],
          });
        },
      },
      {
        title: "all routes of a WebSocket stage in production",
        program: ({ aws }) => {
          const api = new aws.apigatewayv2.Api("chat", {
            protocolType: "WEBSOCKET",
            routeSelectionExpression: "$request.body.action",
          });
          new aws.apigatewayv2.Stage("prod", {
            apiId: api.id,
            name: "prod",
            defaultRouteSettings: { loggingLevel: "INFO", dataTraceEnabled: true },
          });
        },
      },
    ],
  },
});
