import { globMatches } from "../../core/glob";
import { definePolicy, fault, option, unverified } from "../../core/policy";
import { settingScopes } from "../../model/route";
import type { Route } from "../../model/route";
import type { Limits, Settings, Stage } from "../../model/stage";

/** Words of a path behind which credentials are guessed or handed out, money moves, or much is taken in. */
const defaultPatterns: readonly string[] = [
  "login",
  "logins",
  "logon",
  "signin",
  "auth",
  "authenticate",
  "oauth",
  "oauth2",
  "token",
  "tokens",
  "password",
  "passwords",
  "passcode",
  "forgot",
  "credential",
  "credentials",
  "signup",
  "register",
  "registration",
  "otp",
  "mfa",
  "2fa",
  "payment",
  "payments",
  "pay",
  "checkout",
  "charge",
  "charges",
  "refund",
  "refunds",
  "payout",
  "payouts",
  "transfer",
  "transfers",
  "withdraw",
  "withdrawal",
  "upload",
  "uploads",
];

/** Patterns made ready for many paths. */
class Words {
  private readonly plain = new Set<string>();
  private readonly globs: string[] = [];

  constructor(patterns: readonly string[]) {
    for (const pattern of patterns) {
      if (typeof pattern !== "string" || pattern === "") continue;
      if (/[*?]/.test(pattern)) this.globs.push(pattern.toLowerCase());
      else this.plain.add(pattern.toLowerCase());
    }
  }

  /** Whether a path has one of the words; what stands for a parameter says nothing. */
  in(path: string): boolean {
    const segments = path.split("/").filter((segment) => segment !== "" && !segment.includes("{"));
    return segments.some((segment) => {
      const parts = segment
        .replace(/([a-z0-9])([A-Z])/g, "$1 $2")
        .toLowerCase()
        .split(/[^a-z0-9]+/);
      // `sign-up`, `signUp` and `SignUp` are all `signup`.
      const pairs = parts.slice(1).map((part, index) => (parts[index] ?? "") + part);
      return [segment.toLowerCase(), ...parts, ...pairs].some(
        (word) => this.plain.has(word) || this.globs.some((glob) => globMatches(glob, word)),
      );
    });
  }
}

const ready = new WeakMap<readonly string[], Words>();

function wordsOf(patterns: readonly string[]): Words {
  const words = ready.get(patterns) ?? new Words(patterns);
  ready.set(patterns, words);
  return words;
}

const positive = ({ rate, burst }: Limits): boolean => (rate.get() ?? 0) > 0 && (burst.get() ?? 0) > 0;
const isOpen = ({ rate, burst }: Limits): boolean => rate.isUnknown() || burst.isUnknown();

function isTighter(own: Limits, all: Limits): boolean {
  const difference = (own.rate.get() ?? 0) - (all.rate.get() ?? 0);
  return difference < 0 || (difference === 0 && (own.burst.get() ?? 0) < (all.burst.get() ?? 0));
}

const ownLimits = new WeakMap<Stage, ReadonlyMap<string, Settings>>();

/** Settings of a stage for one route, by the route's key. */
function ownLimitsOf(stage: Stage): ReadonlyMap<string, Settings> {
  const known = ownLimits.get(stage);
  if (known !== undefined) return known;
  const map = new Map(stage.overrides.map((settings) => [settings.scope.get() ?? "", settings]));
  ownLimits.set(stage, map);
  return map;
}

type Standing = "fine" | "none" | "loose" | "unknown";

/** How limits of a route's own stand beside those of its stage. */
function beside(own: Settings, stage: Stage): Standing {
  const all = stage.settings.get();
  if (isOpen(own)) return "unknown";
  // Limits that are none, and a stage with none beside a route with one, are `stage-throttling`'s.
  if (!positive(own) || stage.settings.isAbsent()) return "fine";
  if (all === undefined || isOpen(all)) return "unknown";
  return !positive(all) || isTighter(own, all) ? "fine" : "loose";
}

/** The limits of a route: none where a method of it has none of its own. */
function limitsOf(route: Route, stage: Stage): readonly Settings[] {
  const limits = ownLimitsOf(stage);
  const scopes = settingScopes(route);
  const each = scopes.flatMap((scope) => limits.get(scope) ?? []);
  return each.length === scopes.length ? each : [];
}

/** How a route stands on a stage that has a limit in force; `fine` where it has none, too. */
function standing(route: Route, stage: Stage): Standing {
  const key = route.key.get();
  const own = key === undefined ? [] : limitsOf(route, stage);
  if (own.length > 0) {
    const each = own.map((settings) => beside(settings, stage));
    return (["loose", "unknown"] as const).find((one) => each.includes(one)) ?? "fine";
  }
  const all = stage.settings.get();
  if (stage.settings.isUnknown()) return "unknown";
  if (all === undefined) return "fine";
  if (isOpen(all)) return "unknown";
  if (!positive(all)) return "fine";
  return key === undefined || ownLimitsOf(stage).has("") ? "unknown" : "none";
}

function listed(stages: readonly Stage[]): string {
  const names = stages.slice(0, 5).map((stage) => `"${stage.name.get() ?? stage.node.name}"`);
  if (stages.length > names.length) names.push(`${String(stages.length - names.length)} more`);
  const last = names.pop() ?? "";
  return names.length === 0 ? `stage ${last}` : `stages ${names.join(", ")} and ${last}`;
}

export const routeThrottling = definePolicy({
  name: "route-throttling",
  topic: "throttling",
  description:
    "API Gateway routes that are open, or handle credentials or money, have tighter limits than their stage.",
  why: "The limit of a stage leaves room for all its routes together: enough to guess passwords and to try out stolen cards on one of them.",
  fix: "Set `throttlingRateLimit` and `throttlingBurstLimit` for it below those of the stage: in a `MethodSettings` of the method, or in `routeSettings` of an HTTP or WebSocket stage.",
  severity: "medium",
  level: "advisory",
  where: "S",
  practice: "threat 2: credential stuffing, token abuse",
  frameworks: { "OWASP API Security Top 10": ["API4:2023"] },
  peers: ["CTL.APIGATEWAY.METHOD.THROTTLE.MISSING.001", "CTL.APIGATEWAY.UNAUTH.THROTTLE.MISSING.001"],
  options: {
    patterns: option<readonly string[]>(
      "Words of a path that handles credentials or money, as globs; case does not matter, and `sign-up` is `signup`.",
      { type: "array", items: { type: "string", minLength: 1 } },
      defaultPatterns,
    ),
  },
  on: "route",
  check: (route, { options }) => {
    if (route.source === "quick-create" || route.source === "missing" || route.preflight.is(true)) return undefined;
    const path = route.path.get();
    const sensitive = path !== undefined && wordsOf(options.patterns).in(path);
    const open = route.guards && route.authorization.is("none");
    const decided = sensitive || (open && route.preflight.isKnown());
    if (!decided && !open && path !== undefined && !(route.guards && route.authorization.isUnknown())) return undefined;
    const on = (wanted: readonly Standing[]): Stage[] =>
      route.api.stages.filter((stage) => wanted.includes(standing(route, stage)));
    const none = decided ? on(["none"]) : [];
    const loose = decided ? on(["loose"]) : [];
    const unknown = on(decided ? ["unknown"] : ["unknown", "none", "loose"]);
    const why = sensitive ? "handles credentials, money or uploads by its path" : "is open to everyone";
    return [
      ...(none.length > 0 ? [fault(`${why} and has no limit of its own on ${listed(none)}`)] : []),
      ...(loose.length > 0 ? [fault(`${why} and has a limit no tighter than that of ${listed(loose)}`)] : []),
      ...(unknown.length > 0
        ? [unverified(`may need a limit of its own on ${listed(unknown)}, which cannot be told yet`)]
        : []),
    ];
  },
  examples: {
    pass: [
      {
        title: "an open method has a limit of its own",
        program: ({ aws }) => {
          const api = new aws.apigateway.RestApi("orders");
          const health = new aws.apigateway.Resource("health", {
            restApi: api.id,
            parentId: api.rootResourceId,
            pathPart: "health",
          });
          new aws.apigateway.Method("health", {
            restApi: api.id,
            resourceId: health.id,
            httpMethod: "GET",
            authorization: "NONE",
          });
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
          new aws.apigateway.MethodSettings("health", {
            restApi: api.id,
            stageName: stage.stageName,
            methodPath: "health/GET",
            settings: { throttlingRateLimit: 5, throttlingBurstLimit: 5 },
          });
        },
      },
      {
        title: "a login route has a limit of its own on an HTTP stage",
        program: ({ aws }) => {
          const api = new aws.apigatewayv2.Api("shop", { protocolType: "HTTP" });
          new aws.apigatewayv2.Route("login", { apiId: api.id, routeKey: "POST /login" });
          new aws.apigatewayv2.Route("orders", {
            apiId: api.id,
            routeKey: "GET /orders",
            authorizationType: "AWS_IAM",
          });
          new aws.apigatewayv2.Stage("prod", {
            apiId: api.id,
            name: "prod",
            defaultRouteSettings: { throttlingRateLimit: 100, throttlingBurstLimit: 50 },
            routeSettings: [{ routeKey: "POST /login", throttlingRateLimit: 5, throttlingBurstLimit: 5 }],
          });
        },
      },
      {
        title: "a stage with no limit at all, which stage-throttling reports",
        program: ({ aws }) => {
          const api = new aws.apigatewayv2.Api("shop", { protocolType: "HTTP" });
          new aws.apigatewayv2.Route("login", { apiId: api.id, routeKey: "POST /login" });
          new aws.apigatewayv2.Stage("prod", { apiId: api.id, name: "prod" });
        },
      },
      {
        title: "an authorized operation of an OpenAPI body",
        program: ({ aws }) => {
          const api = new aws.apigateway.RestApi("orders", {
            body: JSON.stringify({
              openapi: "3.0.1",
              info: { title: "orders", version: "1" },
              paths: { "/orders": { get: { "x-amazon-apigateway-auth": { type: "AWS_IAM" }, responses: {} } } },
            }),
          });
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
        title: "$connect of a WebSocket API has a limit of its own",
        program: ({ aws }) => {
          const api = new aws.apigatewayv2.Api("chat", {
            protocolType: "WEBSOCKET",
            routeSelectionExpression: "$request.body.action",
          });
          new aws.apigatewayv2.Route("connect", { apiId: api.id, routeKey: "$connect" });
          new aws.apigatewayv2.Stage("prod", {
            apiId: api.id,
            name: "prod",
            defaultRouteSettings: { throttlingRateLimit: 100, throttlingBurstLimit: 50 },
            routeSettings: [{ routeKey: "$connect", throttlingRateLimit: 5, throttlingBurstLimit: 5 }],
          });
        },
      },
      {
        title: "an open operation in the body of an HTTP API has a limit of its own",
        program: ({ aws }) => {
          const api = new aws.apigatewayv2.Api("shop", {
            protocolType: "HTTP",
            body: JSON.stringify({
              openapi: "3.0.1",
              info: { title: "shop", version: "1" },
              paths: { "/offers": { get: { responses: {} } } },
            }),
          });
          new aws.apigatewayv2.Stage("prod", {
            apiId: api.id,
            name: "prod",
            defaultRouteSettings: { throttlingRateLimit: 100, throttlingBurstLimit: 50 },
            routeSettings: [{ routeKey: "GET /offers", throttlingRateLimit: 5, throttlingBurstLimit: 5 }],
          });
        },
      },
    ],
    fail: [
      {
        title: "an open method has no more than the limit of its stage",
        program: ({ aws }) => {
          const api = new aws.apigateway.RestApi("orders");
          const health = new aws.apigateway.Resource("health", {
            restApi: api.id,
            parentId: api.rootResourceId,
            pathPart: "health",
          });
          new aws.apigateway.Method("health", {
            restApi: api.id,
            resourceId: health.id,
            httpMethod: "GET",
            authorization: "NONE",
          });
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
        title: "the limit of a password reset is that of the stage over again",
        program: ({ aws }) => {
          const api = new aws.apigatewayv2.Api("shop", { protocolType: "HTTP" });
          new aws.apigatewayv2.Route("reset", {
            apiId: api.id,
            routeKey: "POST /users/{id}/resetPassword",
            authorizationType: "AWS_IAM",
          });
          new aws.apigatewayv2.Stage("prod", {
            apiId: api.id,
            name: "prod",
            defaultRouteSettings: { throttlingRateLimit: 100, throttlingBurstLimit: 50 },
            routeSettings: [
              { routeKey: "POST /users/{id}/resetPassword", throttlingRateLimit: 100, throttlingBurstLimit: 50 },
            ],
          });
        },
      },
      {
        title: "$connect of a WebSocket API is open",
        program: ({ aws }) => {
          const api = new aws.apigatewayv2.Api("chat", {
            protocolType: "WEBSOCKET",
            routeSelectionExpression: "$request.body.action",
          });
          new aws.apigatewayv2.Route("connect", { apiId: api.id, routeKey: "$connect" });
          new aws.apigatewayv2.Stage("prod", {
            apiId: api.id,
            name: "prod",
            defaultRouteSettings: { throttlingRateLimit: 100, throttlingBurstLimit: 50 },
          });
        },
      },
      {
        title: "an operation of an OpenAPI body takes payments",
        program: ({ aws }) => {
          const api = new aws.apigateway.RestApi("shop", {
            body: JSON.stringify({
              openapi: "3.0.1",
              info: { title: "shop", version: "1" },
              paths: { "/payments": { post: { "x-amazon-apigateway-auth": { type: "AWS_IAM" }, responses: {} } } },
            }),
          });
          const deployment = new aws.apigateway.Deployment("shop", { restApi: api.id });
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
        title: "an open route of an HTTP API has no limit of its own",
        program: ({ aws }) => {
          const api = new aws.apigatewayv2.Api("shop", { protocolType: "HTTP" });
          new aws.apigatewayv2.Route("offers", { apiId: api.id, routeKey: "GET /offers" });
          new aws.apigatewayv2.Stage("prod", {
            apiId: api.id,
            name: "prod",
            defaultRouteSettings: { throttlingRateLimit: 100, throttlingBurstLimit: 50 },
          });
        },
      },
      {
        title: "an open operation in the body of an HTTP API has no limit of its own",
        program: ({ aws }) => {
          const api = new aws.apigatewayv2.Api("shop", {
            protocolType: "HTTP",
            body: JSON.stringify({
              openapi: "3.0.1",
              info: { title: "shop", version: "1" },
              paths: { "/offers": { get: { responses: {} } } },
            }),
          });
          new aws.apigatewayv2.Stage("prod", {
            apiId: api.id,
            name: "prod",
            defaultRouteSettings: { throttlingRateLimit: 100, throttlingBurstLimit: 50 },
          });
        },
      },
    ],
  },
});
