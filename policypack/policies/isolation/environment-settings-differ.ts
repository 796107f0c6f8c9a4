import { compareText, comparedEnvironment, environmentOptions } from "../../core/environments";
import { definePolicy, fault, unverified } from "../../core/policy";
import type { Outcome } from "../../core/policy";
import type { EnvironmentPatterns } from "../../model/environment";
import type { Graph } from "../../model/graph";
import type { Settings, Stage } from "../../model/stage";
import { Value } from "../../model/value";

/** -1 switches a limit off. */
const limit = (value: Value<number>): Value<number> =>
  value.flatMap((number) => (number < 0 ? Value.absent() : Value.known(number)));

const level = (value: Value<string>): Value<string> =>
  value.flatMap((text) => (text === "OFF" ? Value.absent() : Value.known(text)));

const ofSettings = <T>(stage: Stage, read: (settings: Settings) => Value<T>): Value<T> => stage.settings.flatMap(read);

/** The settings of single methods and routes as one text. */
function overrides(stage: Stage): Value<string> {
  const lines: string[] = [];
  for (const { scope, rate, burst, loggingLevel } of stage.overrides) {
    const parts = [scope, limit(rate), limit(burst), level(loggingLevel)] as const;
    const unknown = parts.find((part) => part.isUnknown());
    if (unknown) return Value.unknown(unknown.reason);
    lines.push(JSON.stringify(parts.map((part) => part.get() ?? null)));
  }
  return lines.length === 0 ? Value.absent() : Value.known(lines.sort().join("\n"));
}

/** Days that the stage's log group keeps logs, 0 for ever; absent where the group is not of this stack. */
function retention(graph: Graph, stage: Stage): Value<number> {
  const arn = stage.accessLog.get()?.destination.get()?.replace(/:\*$/, "");
  const [tied, ...more] = graph.ties.sources(stage.node, "accessLogSettings", ["logGroup"]);
  const group =
    (arn === undefined ? undefined : (graph.ties.withArn(arn) ?? graph.ties.withArn(`${arn}:*`))) ??
    (more.length === 0 ? tied : undefined);
  if (group === undefined) return more.length > 0 || stage.accessLog.isUnknown() ? Value.unknown() : Value.absent();
  return group.bag.number("retentionInDays").or(Value.known(0));
}

/** Everything that is compared, in one order. */
function settingsOf(graph: Graph, stage: Stage): readonly Value<number | string>[] {
  return [
    limit(ofSettings(stage, (settings) => settings.rate)),
    limit(ofSettings(stage, (settings) => settings.burst)),
    stage.api.kind === "http" ? Value.absent() : level(ofSettings(stage, (settings) => settings.loggingLevel)),
    overrides(stage),
    stage.accessLog.flatMap((log) => log.format),
    retention(graph, stage),
  ];
}

function compare(
  a: readonly Value<number | string>[],
  b: readonly Value<number | string>[],
): "same" | "different" | "unknown" {
  const pairs = a.map((value, index) => [value, b[index] ?? Value.absent<number | string>()] as const);
  if (pairs.some(([one, other]) => !one.isUnknown() && !other.isUnknown() && one.get() !== other.get()))
    return "different";
  if (pairs.some(([one, other]) => one.isUnknown() || other.isUnknown())) return "unknown";
  // Where nothing is set at all, the policies that ask for limits and logs speak.
  return pairs.some(([one]) => one.isKnown()) ? "same" : "different";
}

function judge(graph: Graph, patterns: EnvironmentPatterns): Outcome[] {
  const stages = graph.stages
    .filter((stage) => !stage.hearsay)
    .map((stage) => ({ stage, kind: comparedEnvironment(stage, patterns), settings: settingsOf(graph, stage) }))
    .sort((a, b) => compareText(a.stage.label, b.stage.label) || compareText(a.stage.urn, b.stage.urn));
  const production = stages.filter(({ kind }) => kind.get()?.kind === "production");
  const open = stages.filter(({ kind }) => kind.isUnknown());
  const outcomes: Outcome[] = [];
  for (const { stage, kind, settings } of stages) {
    if (kind.get()?.kind === "production" || kind.isAbsent()) continue;
    const compared = (one: (typeof stages)[number]): ReturnType<typeof compare> =>
      one.stage.api.kind === stage.api.kind ? compare(settings, one.settings) : "different";
    const same = production.find((one) => compared(one) === "same");
    if (same && kind.isKnown()) {
      outcomes.push(
        fault(`runs with the same limits and log settings as production ${same.stage.label}`, { at: stage }),
      );
    } else if (same) {
      outcomes.push(
        unverified("runs with the settings of production, and its environment is not known yet", { at: stage }),
      );
    } else if (production.some((one) => compared(one) === "unknown")) {
      outcomes.push(
        unverified("has limits or log settings that are not known yet, so they cannot be compared with production's", {
          at: stage,
        }),
      );
    } else {
      const maybe = open.find((one) => one.stage !== stage && compared(one) !== "different");
      if (maybe === undefined) continue;
      const says = `may run with the settings of production, since the environment of ${maybe.stage.label} is not known yet`;
      outcomes.push(unverified(says, { at: stage }));
    }
  }
  return outcomes;
}

const format = '{"requestId":"$context.requestId","ip":"$context.identity.sourceIp","status":"$context.status"}';

export const environmentSettingsDiffer = definePolicy({
  name: "environment-settings-differ",
  topic: "isolation",
  description: "Production and other API Gateway stages have limits and log settings of their own.",
  why: "One set of settings for every environment fits none: development takes as much traffic as production, or production logs and limits as loosely as development.",
  fix: "Give the stage lower limits than production, or its own log level, format or retention.",
  severity: "low",
  level: "advisory",
  where: "S",
  practice: "practice 10: production isolated from development",
  options: environmentOptions,
  on: "stack",
  check: (graph, { options }) => judge(graph, options),
  examples: {
    pass: [
      {
        title: "development with lower limits",
        program: ({ aws }) => {
          for (const [environment, rate] of [
            ["prod", 1000],
            ["dev", 10],
          ] as const) {
            const api = new aws.apigateway.RestApi(`orders-${environment}`);
            const deployment = new aws.apigateway.Deployment(`orders-${environment}`, { restApi: api.id });
            const stage = new aws.apigateway.Stage(`orders-${environment}`, {
              restApi: api.id,
              deployment: deployment.id,
              stageName: environment,
            });
            new aws.apigateway.MethodSettings(`orders-${environment}`, {
              restApi: api.id,
              stageName: stage.stageName,
              methodPath: "*/*",
              settings: { loggingLevel: "ERROR", throttlingRateLimit: rate, throttlingBurstLimit: rate / 2 },
            });
          }
        },
      },
      {
        title: "the same limits, and logs kept longer in production",
        program: ({ aws }) => {
          for (const [environment, days] of [
            ["prod", 365],
            ["dev", 90],
          ] as const) {
            const logs = new aws.cloudwatch.LogGroup(`orders-${environment}`, { retentionInDays: days });
            const api = new aws.apigatewayv2.Api(`orders-${environment}`, { protocolType: "HTTP" });
            new aws.apigatewayv2.Stage(`orders-${environment}`, {
              apiId: api.id,
              name: environment,
              accessLogSettings: { destinationArn: logs.arn, format },
              defaultRouteSettings: { throttlingRateLimit: 100, throttlingBurstLimit: 50 },
            });
          }
        },
      },
      {
        title: "WebSocket APIs with the same limits, and more of a log in development",
        program: ({ aws }) => {
          for (const [environment, loggingLevel] of [
            ["prod", "ERROR"],
            ["dev", "INFO"],
          ] as const) {
            const api = new aws.apigatewayv2.Api(`chat-${environment}`, {
              protocolType: "WEBSOCKET",
              routeSelectionExpression: "$request.body.action",
            });
            new aws.apigatewayv2.Stage(`chat-${environment}`, {
              apiId: api.id,
              name: environment,
              defaultRouteSettings: { loggingLevel, throttlingRateLimit: 100, throttlingBurstLimit: 50 },
            });
          }
        },
      },
    ],
    fail: [
      {
        title: "the same method settings in both environments",
        program: ({ aws }) => {
          for (const environment of ["prod", "dev"]) {
            const api = new aws.apigateway.RestApi(`orders-${environment}`);
            const deployment = new aws.apigateway.Deployment(`orders-${environment}`, { restApi: api.id });
            const stage = new aws.apigateway.Stage(`orders-${environment}`, {
              restApi: api.id,
              deployment: deployment.id,
              stageName: environment,
            });
            new aws.apigateway.MethodSettings(`orders-${environment}`, {
              restApi: api.id,
              stageName: stage.stageName,
              methodPath: "*/*",
              settings: { loggingLevel: "INFO", throttlingRateLimit: 1000, throttlingBurstLimit: 500 },
            });
          }
        },
      },
      {
        title: "the same limits, format and retention, each with a log group of its own",
        program: ({ aws }) => {
          for (const environment of ["prod", "dev"]) {
            const logs = new aws.cloudwatch.LogGroup(`orders-${environment}`, { retentionInDays: 365 });
            const api = new aws.apigatewayv2.Api(`orders-${environment}`, { protocolType: "HTTP" });
            new aws.apigatewayv2.Stage(`orders-${environment}`, {
              apiId: api.id,
              name: environment,
              accessLogSettings: { destinationArn: logs.arn, format },
              defaultRouteSettings: { throttlingRateLimit: 100, throttlingBurstLimit: 50 },
            });
          }
        },
      },
      {
        title: "the same limits and log level of WebSocket APIs in both environments",
        program: ({ aws }) => {
          for (const environment of ["prod", "dev"]) {
            const api = new aws.apigatewayv2.Api(`chat-${environment}`, {
              protocolType: "WEBSOCKET",
              routeSelectionExpression: "$request.body.action",
            });
            new aws.apigatewayv2.Stage(`chat-${environment}`, {
              apiId: api.id,
              name: environment,
              defaultRouteSettings: { loggingLevel: "ERROR", throttlingRateLimit: 100, throttlingBurstLimit: 50 },
            });
          }
        },
      },
    ],
  },
});
