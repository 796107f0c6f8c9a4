import { environmentOptions, isNonProduction } from "../../core/environments";
import { definePolicy, fault, option, unverified } from "../../core/policy";
import type { Outcome } from "../../core/policy";
import type { Settings, Stage } from "../../model/stage";

interface Maxima {
  readonly rate: number;
  readonly burst: number;
}

const restFix = 'Set `throttlingRateLimit` and `throttlingBurstLimit` of method settings with `methodPath` "*/*".';
const routeFix = "Set `throttlingRateLimit` and `throttlingBurstLimit` in `defaultRouteSettings`.";

/** What is wrong with limits that somebody set, or left out where leaving them out means something. */
function judgeLimits(stage: Stage, settings: Settings, maxima: Maxima, scope: "all" | "one"): Outcome | undefined {
  const at = stage.subjectOf(settings);
  const { rate, burst } = settings;
  const rest = stage.api.kind === "rest";
  const missing = [
    ...(rate.isAbsent() || (rate.get() ?? 1) <= 0 ? ["rate"] : []),
    ...(burst.isAbsent() || (burst.get() ?? 1) <= 0 ? ["burst"] : []),
  ];
  const where = at === stage ? `\`${settings.property}\`` : "them";
  if (missing.length > 0) {
    const limits = `${missing.join(" or ")} limit`;
    const fix = `Set \`throttlingRateLimit\` and \`throttlingBurstLimit\` in \`${settings.property}\`.`;
    const zero = [rate, burst].some((limit) => (limit.isAbsent() ? settings.zeroWhereUnset === true : limit.is(0)));
    if (rest || !zero) {
      const says =
        scope === "all"
          ? `set no ${limits}, so the stage is not throttled`
          : `set no ${limits}, which lifts the stage's throttle`;
      const block = rest ? "method settings that" : `\`${settings.property}\` that`;
      return fault(at === stage ? `has ${block} ${says}` : says, { at, fix });
    }
    return fault(`refuses calls, because ${where} sets no ${limits} and API Gateway takes that for 0`, { at, fix });
  }
  if (rate.isUnknown() || burst.isUnknown()) return unverified("has throttle limits that are not known yet", { at });
  const over = [
    ...((rate.get() ?? 0) > maxima.rate ? [`a rate limit of ${String(rate.get())} above ${String(maxima.rate)}`] : []),
    ...((burst.get() ?? 0) > maxima.burst
      ? [`a burst limit of ${String(burst.get())} above ${String(maxima.burst)}`]
      : []),
  ];
  if (over.length === 0) return undefined;
  return fault(`${at === stage ? "has" : "have"} ${over.join(" and ")}`, {
    at,
    fix: `Lower the limits in \`${settings.property}\`, or raise the policy's maximum.`,
  });
}

export const stageThrottling = definePolicy({
  name: "stage-throttling",
  topic: "throttling",
  description: "API Gateway stages limit the rate and the burst of requests for all methods.",
  why: "Without a limit of its own one stage can use up the account's quota in the region, and every other API with it.",
  fix: "Set a rate and a burst limit for all methods.",
  severity: "high",
  level: "mandatory",
  where: "R+S",
  practice: "threat 3: excessive request volume",
  frameworks: { "OWASP API Security Top 10": ["API4:2023"] },
  peers: ["APIGWDefaultThrottling", "CTL.APIGATEWAY.THROTTLE.001", "CTL.APIGATEWAY.WEBSOCKET.THROTTLE.001"],
  options: {
    ...environmentOptions,
    maxRateLimit: option(
      "The highest rate limit, in requests a second.",
      { type: "number", exclusiveMinimum: 0 },
      10000,
    ),
    maxBurstLimit: option("The highest burst limit, in requests.", { type: "number", exclusiveMinimum: 0 }, 5000),
    nonProductionMaxRateLimit: option<number | undefined>(
      "The highest rate limit of a stage that is not production.",
      { type: "number", exclusiveMinimum: 0 },
      undefined,
    ),
    nonProductionMaxBurstLimit: option<number | undefined>(
      "The highest burst limit of a stage that is not production.",
      { type: "number", exclusiveMinimum: 0 },
      undefined,
    ),
  },
  on: "stage",
  check: (stage, { options }) => {
    const rest = stage.api.kind === "rest";
    const lower = isNonProduction(stage, options);
    const maxima: Maxima = {
      rate: (lower ? options.nonProductionMaxRateLimit : undefined) ?? options.maxRateLimit,
      burst: (lower ? options.nonProductionMaxBurstLimit : undefined) ?? options.maxBurstLimit,
    };
    const outcomes: (Outcome | undefined)[] = [];
    const settings = stage.settings.get();
    const every = stage.everyRouteHas((one) => judgeLimits(stage, one, maxima, "one")?.kind !== "fault");
    if (settings) outcomes.push(judgeLimits(stage, settings, maxima, "all"));
    else if (stage.settings.isUnknown()) {
      if (stage.settingsOpen) outcomes.push(unverified("has method settings that are not known yet"));
    } else if (every.isUnknown()) {
      outcomes.push(unverified("limits single routes, and whether it has others is not known yet"));
    } else if (every.is(false)) {
      const [refused] = stage.refused;
      const why = refused
        ? `, since AWS refuses the \`methodPath\` of method settings "${refused.node.name}": ${refused.malformed ?? ""}`
        : "";
      const fix = rest ? restFix : routeFix;
      outcomes.push(fault(`has no rate limit and no burst limit in force${why}`, { fix }));
    }
    for (const override of stage.overrides) outcomes.push(judgeLimits(stage, override, maxima, "one"));
    return outcomes.filter((outcome) => outcome !== undefined);
  },
  examples: {
    pass: [
      {
        title: "method settings limit all methods of a REST stage",
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
        title: "default route settings limit all routes of an HTTP stage",
        program: ({ aws }) => {
          const api = new aws.apigatewayv2.Api("orders", { protocolType: "HTTP" });
          new aws.apigatewayv2.Stage("prod", {
            apiId: api.id,
            name: "prod",
            defaultRouteSettings: { throttlingRateLimit: 100, throttlingBurstLimit: 50 },
          });
        },
      },
      {
        title: "default route settings limit all routes of a WebSocket stage",
        program: ({ aws }) => {
          const api = new aws.apigatewayv2.Api("chat", {
            protocolType: "WEBSOCKET",
            routeSelectionExpression: "$request.body.action",
          });
          new aws.apigatewayv2.Stage("prod", {
            apiId: api.id,
            name: "prod",
            defaultRouteSettings: { throttlingRateLimit: 100, throttlingBurstLimit: 50 },
          });
        },
      },
      {
        title: "one route of an HTTP stage has limits of its own",
        program: ({ aws }) => {
          const api = new aws.apigatewayv2.Api("orders", { protocolType: "HTTP" });
          new aws.apigatewayv2.Stage("prod", {
            apiId: api.id,
            name: "prod",
            defaultRouteSettings: { throttlingRateLimit: 100, throttlingBurstLimit: 50 },
            routeSettings: [{ routeKey: "POST /orders", throttlingRateLimit: 10, throttlingBurstLimit: 5 }],
          });
        },
      },
      {
        title: "method settings name the stage of an OpenAPI body by its name",
        program: ({ aws }) => {
          const api = new aws.apigateway.RestApi("orders", {
            body: JSON.stringify({
              openapi: "3.0.1",
              info: { title: "orders", version: "1" },
              paths: { "/orders": { get: { "x-amazon-apigateway-auth": { type: "AWS_IAM" }, responses: {} } } },
            }),
          });
          const deployment = new aws.apigateway.Deployment("orders", { restApi: api.id });
          new aws.apigateway.Stage("prod", { restApi: api.id, deployment: deployment.id, stageName: "prod" });
          new aws.apigateway.MethodSettings("all", {
            restApi: api.id,
            stageName: "prod",
            methodPath: "*/*",
            settings: { throttlingRateLimit: 100, throttlingBurstLimit: 50 },
          });
        },
      },
    ],
    fail: [
      {
        title: "a key with a leading slash, which AWS refuses",
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
            methodPath: "/*/*",
            settings: { throttlingRateLimit: 100, throttlingBurstLimit: 50 },
          });
        },
      },
      {
        title: "nobody limits a REST stage",
        program: ({ aws }) => {
          const api = new aws.apigateway.RestApi("orders");
          const deployment = new aws.apigateway.Deployment("orders", { restApi: api.id });
          new aws.apigateway.Stage("prod", { restApi: api.id, deployment: deployment.id, stageName: "prod" });
        },
      },
      {
        title: "settings for one method, meant for its log level, lift the limit of the stage",
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
          new aws.apigateway.MethodSettings("verbose", {
            restApi: api.id,
            stageName: stage.stageName,
            methodPath: "~1orders/GET",
            settings: { loggingLevel: "INFO" },
          });
        },
      },
      {
        title: "default route settings with no limits refuse every call",
        program: ({ aws }) => {
          const api = new aws.apigatewayv2.Api("orders", { protocolType: "HTTP" });
          new aws.apigatewayv2.Stage("prod", {
            apiId: api.id,
            name: "prod",
            defaultRouteSettings: { detailedMetricsEnabled: true },
          });
        },
      },
      {
        title: "nobody limits an HTTP stage",
        program: ({ aws }) => {
          const api = new aws.apigatewayv2.Api("orders", { protocolType: "HTTP" });
          new aws.apigatewayv2.Stage("prod", { apiId: api.id, name: "prod" });
        },
      },
      {
        title: "nobody limits a WebSocket stage",
        program: ({ aws }) => {
          const api = new aws.apigatewayv2.Api("chat", {
            protocolType: "WEBSOCKET",
            routeSelectionExpression: "$request.body.action",
          });
          new aws.apigatewayv2.Stage("prod", { apiId: api.id, name: "prod" });
        },
      },
      {
        title: "one stage of an API is limited, and the other is not",
        program: ({ aws }) => {
          const api = new aws.apigateway.RestApi("orders");
          const deployment = new aws.apigateway.Deployment("orders", { restApi: api.id });
          const prod = new aws.apigateway.Stage("prod", {
            restApi: api.id,
            deployment: deployment.id,
            stageName: "prod",
          });
          new aws.apigateway.Stage("beta", { restApi: api.id, deployment: deployment.id, stageName: "beta" });
          new aws.apigateway.MethodSettings("all", {
            restApi: api.id,
            stageName: prod.stageName,
            methodPath: "*/*",
            settings: { throttlingRateLimit: 100, throttlingBurstLimit: 50 },
          });
        },
      },
      {
        title: "a burst limit above the maximum",
        config: { maxBurstLimit: 200 },
        program: ({ aws }) => {
          const api = new aws.apigatewayv2.Api("orders", { protocolType: "HTTP" });
          new aws.apigatewayv2.Stage("prod", {
            apiId: api.id,
            name: "prod",
            defaultRouteSettings: { throttlingRateLimit: 100, throttlingBurstLimit: 500 },
          });
        },
      },
    ],
  },
});
