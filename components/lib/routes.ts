import * as pulumi from "@pulumi/pulumi";
import { AuthorizationType } from "../args";
import type { Authorizer, AwsServiceTarget, CognitoAuthorizer, LambdaAuthorizer, Route, Throttle } from "../args";
import { httpSubtype, httpSubtypes } from "./http-subtypes";
import { isReason } from "./controls";
import type { Controls } from "./controls";
import { environmentOf } from "./environment";
import type { IsolationPlan } from "./environment";
import type { Faults } from "./faults";
import type { Functions, FunctionUse } from "./functions";
import { slugs } from "./names";
import { isRecord } from "./values";

export type Kind = "rest" | "http" | "websocket";

/** Controls of which routes may need an exception. */
export const routeControls = [
  "authorizer-cache-ttl",
  "integration-encrypted",
  "integration-timeout",
  "route-authorization-scopes",
  "route-catch-all",
  "route-request-model",
  "route-throttling",
] as const;

/** A route whose arguments were checked. */
export interface RoutePlan {
  /** `GET /orders/{id}` */
  readonly key: string;
  readonly method: string;
  readonly path: string;
  /** Names of the parameters of the path. */
  readonly parameters: readonly string[];
  /** Part of names. */
  readonly slug: string;
  /** As the user wrote it: `routes["GET /orders/{id}"]`. */
  readonly field: string;
  readonly args: Route;
  readonly authorization: AuthorizationType;
  /** Name among `authorizers`. */
  readonly authorizer: string | undefined;
  /** A limit of its own. */
  readonly throttle: Throttle | undefined;
  /** In milliseconds. */
  readonly timeout: number;
  readonly backend: FunctionUse | undefined;
}

/** An authorizer whose arguments were checked. */
export interface AuthorizerPlan {
  readonly name: string;
  readonly field: string;
  readonly args: Authorizer;
  readonly type: AuthorizationType;
  readonly backend: FunctionUse | undefined;
  /** User pools of a Cognito authorizer. */
  readonly poolArns: readonly pulumi.Input<string>[];
  /** In seconds. */
  readonly ttl: number;
}

export interface RoutesArgs {
  readonly routes?: { readonly [routeKey: string]: Route };
  readonly models?: { readonly [name: string]: string };
  readonly authorizers?: { readonly [name: string]: Authorizer };
  readonly defaultAuthorizationType?: AuthorizationType;
  readonly defaultAuthorizer?: string;
}

/** What the checks of routes know and tell. */
export interface Context {
  readonly kind: Kind;
  readonly isolation: IsolationPlan;
  readonly controls: Controls;
  readonly faults: Faults;
  readonly functions: Functions;
  readonly authorizerFunctions: Functions;
  readonly stageThrottle: Throttle;
}

const methods = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "ANY"];
const withBody = new Set(["POST", "PUT", "PATCH"]);
/** How a document calls what signs requests, and what holds an API key. */
export const iamScheme = "sigv4";
export const keyScheme = "api_key";
const ownSchemes: ReadonlySet<string> = new Set([iamScheme, keyScheme]);
const maximumAuthorizers = 10;
const maximumTtl = 300;
/** In milliseconds. A REST API's quota can be raised; the others wait no longer. */
const longestTimeout = { rest: 29_000, http: 30_000, websocket: 29_000 };

/** Checks a limit on calls; whether it can be used. */
export function isLimit(throttle: Throttle | undefined, field: string, faults: Faults): throttle is Throttle {
  if (throttle === undefined) return false;
  const good = [throttle.rateLimit, throttle.burstLimit].every((one) => typeof one === "number" && one > 0);
  if (!good) faults.add(field, "lacks a limit above 0", "write both `rateLimit` and `burstLimit`");
  return good;
}

export function planAuthorizers(args: RoutesArgs, context: Context): ReadonlyMap<string, AuthorizerPlan> {
  const { faults, kind } = context;
  const entries = Object.entries(args.authorizers ?? {});
  const names = slugs(entries.map(([name]) => name));
  const plans = new Map<string, AuthorizerPlan>();
  if (entries.length > maximumAuthorizers) {
    faults.add("authorizers", `holds ${String(entries.length)}`, `an API has ${String(maximumAuthorizers)} at most`);
  }
  for (const [name, written] of entries) {
    const field = `authorizers[${JSON.stringify(name)}]`;
    const { cognito, jwt, lambda } = written;
    const given = [cognito, jwt, lambda].filter((one) => one !== undefined).length;
    if (given !== 1) {
      faults.add(
        field,
        given === 0 ? "names no kind" : "names several kinds",
        "give one of `cognito`, `jwt`, `lambda`",
      );
      continue;
    }
    if (!/^[A-Za-z0-9_-]{1,128}$/.test(name)) {
      faults.add(field, "has a name that API Gateway does not take", "use letters, digits, hyphens and underscores");
    }
    // One of two that the document has by one name would be gone.
    if (ownSchemes.has(name)) faults.add(field, "has a name that the API itself uses", "call it something else");
    let type: AuthorizationType = AuthorizationType.Custom;
    let backend: FunctionUse | undefined;
    let ttl = 0;
    if (cognito !== undefined) {
      type = AuthorizationType.Cognito;
      if (kind === "http") {
        faults.add(`${field}.cognito`, "is for REST APIs", "give `jwt` with the user pool's issuer and clients");
      }
      if ((cognito.userPools ?? []).length + (cognito.userPoolArns ?? []).length === 0) {
        faults.add(`${field}.cognito`, "names no user pool", "give `userPools` or `userPoolArns`");
      }
    } else if (jwt !== undefined) {
      type = AuthorizationType.Jwt;
      if (kind === "rest") {
        faults.add(
          `${field}.jwt`,
          "is for HTTP APIs",
          "give `cognito`, or `lambda` with a function that checks tokens",
        );
      }
      if (typeof jwt.issuer === "string" && !jwt.issuer.startsWith("https://")) {
        faults.add(`${field}.jwt.issuer`, "is not https", "write the issuer's https URL");
      }
      if (jwt.audiences.length === 0) {
        faults.add(`${field}.jwt.audiences`, "is empty, so that tokens for anybody are taken", "name your clients");
      }
    } else if (lambda !== undefined) {
      ({ ttl, backend } = planLambda(`${field}.lambda`, `authorizer-${names.get(name) ?? name}`, lambda, context));
    }
    plans.set(name, { name, field, args: written, type, backend, poolArns: poolArns(field, cognito, context), ttl });
  }
  return plans;
}

/** Where each kind of API finds what tells callers apart, and an example of it. */
const sourcePlaces: Readonly<Record<Kind, readonly [pattern: RegExp, example: string]>> = {
  rest: [
    /^(method\.request\.(header|querystring)|context|stageVariables)\.\S+$/,
    "method.request.header.Authorization",
  ],
  http: [/^\$(request\.(header|querystring)|context|stageVariables)\.\S+$/, "$request.header.Authorization"],
  websocket: [
    /^(route\.request\.(header|querystring)|context|stageVariables)\.\S+$/,
    "route.request.header.Authorization",
  ],
};

/** What tells callers apart where the user does not say. */
export function defaultIdentitySource(kind: Kind): string {
  return sourcePlaces[kind][1];
}

/** An authorizer by a Lambda function; `slug` is the function's part of names. */
export function planLambda(
  field: string,
  slug: string,
  lambda: LambdaAuthorizer,
  { kind, faults, controls, authorizerFunctions }: Context,
): Pick<AuthorizerPlan, "backend" | "ttl"> {
  const { identitySources = [], resultTtlInSeconds, enableSimpleResponses } = lambda;
  const ttl = resultTtlInSeconds ?? (kind === "websocket" ? 0 : 60);
  targets(field, lambda, functionTargets, faults);
  checkTtl(ttl, `${field}.resultTtlInSeconds`, faults, controls);
  if (lambda.identitySources?.length === 0 && ttl > 0) {
    faults.add(`${field}.identitySources`, "is empty while answers are cached", "name what tells callers apart");
  }
  const [pattern, example] = sourcePlaces[kind];
  for (const source of identitySources) {
    if (!pattern.test(source)) {
      faults.add(`${field}.identitySources`, `holds ${JSON.stringify(source)}`, `write it as ${example}`);
    }
  }
  if (kind === "websocket" && resultTtlInSeconds !== undefined) {
    faults.add(
      `${field}.resultTtlInSeconds`,
      "is for REST and HTTP APIs",
      "take it away: each connection is asked once",
    );
  }
  if (kind !== "http" && enableSimpleResponses !== undefined) {
    faults.add(`${field}.enableSimpleResponses`, "is for HTTP APIs", "answer with a policy, and take it away");
  }
  return { ttl, backend: authorizerFunctions.use(field, slug, lambda) };
}

/** For how long answers of an authorizer are cached, in seconds. */
export function checkTtl(ttl: number, field: string, faults: Faults, controls: Controls): void {
  if (!Number.isInteger(ttl) || ttl < 0 || ttl > 3600) {
    faults.add(field, `is ${String(ttl)}`, "write 0 to 3600 seconds");
  }
  controls.unless(ttl > maximumTtl, "authorizer-cache-ttl", field, {
    met: `Answers of authorizers are cached for ${String(maximumTtl)} seconds at most.`,
    weaker: `is ${String(ttl)} seconds, more than ${String(maximumTtl)}`,
    fix: "lower it",
  });
}

/** ARNs of the pools; one that is tagged for another environment fails as soon as its tags are told. */
function poolArns(
  field: string,
  { userPools = [], userPoolArns = [] }: CognitoAuthorizer = {},
  { isolation, faults }: Context,
): readonly pulumi.Input<string>[] {
  return [
    ...userPools.map((given) => {
      const pool = pulumi.output(given);
      return pool
        .apply((one) => one.tags)
        .apply((tags) => {
          const told = Object.entries(tags ?? {}).find(([key]) => ["environment", "env"].includes(key.toLowerCase()));
          const environment = told === undefined ? undefined : environmentOf(told[1]);
          if (environment === undefined || environment === isolation.environment) return pool.apply((one) => one.arn);
          throw faults.late(
            `${field}.cognito.userPools`,
            `holds a user pool tagged "${told?.[1] ?? ""}", and the API is ${isolation.environment}`,
            "give each environment a user pool of its own",
          );
        });
    }),
    ...userPoolArns,
  ];
}

export function planRoutes(
  args: RoutesArgs,
  authorizers: ReadonlyMap<string, AuthorizerPlan>,
  context: Context,
): readonly RoutePlan[] {
  const { faults } = context;
  const entries = Object.entries(args.routes ?? {});
  const names = slugs(entries.map(([key]) => key));
  if (entries.length === 0) {
    faults.add("routes", "is empty", 'give a route, as `{ "GET /orders": { lambda: … } }`');
  }
  planModels(args.models, faults);
  const routes = entries.flatMap(([key, written]) => {
    const parsed = parseKey(key, faults);
    if (parsed === undefined) return [];
    return [planRoute({ ...parsed, key, slug: names.get(key) ?? key }, written, args, authorizers, context)];
  });
  checkSiblings(routes, context);
  const used = new Set(routes.map((route) => route.authorizer));
  for (const name of authorizers.keys()) {
    if (!used.has(name))
      faults.add(`authorizers[${JSON.stringify(name)}]`, "guards no route", "take it away or use it");
  }
  return routes;
}

/** Parameters at one place of the path must have one name: API Gateway has one resource for it, and HTTP APIs one route. */
export function checkSiblings(
  routes: readonly { readonly path: string; readonly field: string }[],
  { kind, faults }: Pick<Context, "kind" | "faults">,
): void {
  const known = new Map<string, string>();
  for (const { path, field } of routes) {
    const segments = path.split("/");
    for (const [index, segment] of segments.entries()) {
      if (!/^\{.*\}$/.test(segment)) continue;
      // A greedy parameter of an HTTP API is a route of its own beside the other.
      const greedy = kind === "http" && segment.endsWith("+}");
      const parent = segments.slice(0, index).map((one) => (kind === "http" ? one.replace(/^\{.*\}$/, "{}") : one));
      const place = [...parent, greedy ? "{+}" : "{}"].join("/");
      const first = known.get(place) ?? segment;
      known.set(place, first);
      if (first === segment) continue;
      faults.add(field, `has ${segment} where another route has ${first}`, `call both ${first}`);
      break;
    }
  }
}

type Key = Pick<RoutePlan, "key" | "method" | "path" | "parameters" | "slug">;

function parseKey(key: string, faults: Faults): Omit<Key, "key" | "slug"> | undefined {
  const field = `routes[${JSON.stringify(key)}]`;
  const [, method = "", path = ""] = /^([A-Za-z]+) (\/\S*)$/.exec(key) ?? [];
  if (!methods.includes(method)) {
    faults.add(field, "is no route key", 'write a method and a path, as "GET /orders/{id}"');
    return undefined;
  }
  const segments = path === "/" ? [] : path.slice(1).split("/");
  const parameters: string[] = [];
  for (const [index, segment] of segments.entries()) {
    const [, name, greedy] = /^\{([A-Za-z0-9._-]+)(\+?)\}$/.exec(segment) ?? [];
    if (name !== undefined) {
      parameters.push(name);
      if (greedy === "+" && index < segments.length - 1) {
        faults.add(field, `has ${segment} before its end`, "put it last");
      }
    } else if (!/^[A-Za-z0-9._~:@$-]+$/.test(segment)) {
      faults.add(field, `has the segment ${JSON.stringify(segment)}`, "use letters, digits and {parameters}");
    }
  }
  if (new Set(parameters).size < parameters.length) faults.add(field, "names a parameter twice", "rename one");
  return { method, path, parameters };
}

function planRoute(
  key: Key,
  written: Route,
  args: RoutesArgs,
  authorizers: ReadonlyMap<string, AuthorizerPlan>,
  context: Context,
): RoutePlan {
  const { faults, controls, kind, functions } = context;
  const field = `routes[${JSON.stringify(key.key)}]`;
  const target = targets(field, written, kind === "http" ? httpTargets : allTargets, faults, allTargets);
  checkTarget(field, target, written, context);
  checkCatchAll(key.method, key.path, field, controls);
  const { authorization, authorizer } = authorizationOf(field, written, args, authorizers, context);
  planBody(field, key, written, args, context);
  const timeout = checkTimeout(field, written.timeoutMilliseconds, context);
  return {
    ...key,
    field,
    args: written,
    authorization,
    authorizer,
    throttle: ownThrottle(field, key.path, written.throttle, authorization, context),
    timeout,
    backend: functions.use(field, key.slug, written),
  };
}

/** Time that a backend has, in milliseconds. */
export function checkTimeout(field: string, given: number | undefined, { faults, controls, kind }: Context): number {
  const timeout = given ?? 10_000;
  if (timeout < 50) faults.add(`${field}.timeoutMilliseconds`, `is ${String(timeout)}`, "write at least 50");
  const longest = longestTimeout[kind];
  if (timeout > longest && kind !== "rest") {
    const api = kind === "http" ? "an HTTP API" : "a WebSocket API";
    const fix = `${api} waits for ${String(longest)} at most`;
    faults.add(`${field}.timeoutMilliseconds`, `is ${String(timeout)}`, fix);
    return timeout;
  }
  controls.unless(timeout > longest, "integration-timeout", `${field}.timeoutMilliseconds`, {
    met: `Backends have ${String(longest)} milliseconds at most.`,
    weaker: `is ${String(timeout)}, more than ${String(longest)}`,
    fix: "lower it",
  });
  return timeout;
}

export function checkCatchAll(method: string, path: string, field: string, controls: Controls): void {
  controls.unless(method === "ANY" || path.includes("+}"), "route-catch-all", field, {
    met: "Every route takes one method and path.",
    weaker: "takes more than one method or path",
    fix: "list the methods and paths that the backend has",
  });
}

export const functionTargets = ["lambda", "lambdaAlias", "lambdaInvokeArn"] as const;
const allTargets = [...functionTargets, "http", "vpcLink", "awsService", "mock"] as const;
const httpTargets = [...functionTargets, "http", "vpcLink", "awsService"] as const;

/** The one of several arguments that is given. */
export function targets<T extends object, K extends keyof T & string>(
  field: string,
  args: T,
  allowed: readonly K[],
  faults: Faults,
  all: readonly K[] = allowed,
): K | undefined {
  const given = all.filter((name) => args[name] !== undefined);
  const list = allowed.map((name) => `\`${name}\``).join(", ");
  const [first, second] = given;
  if (first === undefined) faults.add(field, "has no target", `give one of ${list}`);
  else if (second !== undefined) faults.add(field, `has ${given.join(" and ")}`, `give one of ${list}`);
  else if (!allowed.includes(first))
    faults.add(`${field}.${first}`, "is not for this kind of API", `give one of ${list}`);
  return first;
}

/** A backend's URL, where it is written and not told later. */
export function checkUrl(field: string, url: unknown, { faults, controls }: Context): void {
  const plain = typeof url === "string" && url.toLowerCase().startsWith("http://");
  if (typeof url === "string" && !plain && !/^(https:\/\/[^/]|arn:|\$\{)/i.test(url)) {
    faults.add(field, `is ${JSON.stringify(url)}`, "write an https URL");
  }
  controls.unless(plain, "integration-encrypted", field, {
    met: "Backends are called over TLS.",
    weaker: "is http, so that everything goes in plain text",
    fix: "write an https URL",
  });
}

function checkTarget(
  field: string,
  target: keyof Route | undefined,
  { http, vpcLink, awsService }: Route,
  context: Context,
): void {
  const { kind, faults } = context;
  if (target === "http" && http !== undefined) checkUrl(`${field}.http.url`, http.url, context);
  if (target === "vpcLink" && vpcLink !== undefined) {
    const { url, listenerArn, loadBalancerArn, serverName } = vpcLink;
    if (kind === "rest") {
      if (url === undefined) faults.add(`${field}.vpcLink.url`, "is missing", "write the backend's https URL");
      else checkUrl(`${field}.vpcLink.url`, url, context);
      if (listenerArn !== undefined || serverName !== undefined) {
        faults.add(
          `${field}.vpcLink`,
          "has arguments of HTTP APIs",
          "give `url`, and `loadBalancerArn` with a link of version 2",
        );
      }
    } else {
      if (listenerArn === undefined || serverName === undefined) {
        faults.add(
          `${field}.vpcLink`,
          "lacks `listenerArn` or `serverName`",
          "give both, so that the call is encrypted",
        );
      }
      if (url !== undefined || loadBalancerArn !== undefined) {
        faults.add(`${field}.vpcLink`, "has arguments of REST APIs", "give `listenerArn` and `serverName`");
      }
    }
  }
  if (target === "awsService" && awsService !== undefined)
    checkService(`${field}.awsService`, awsService, kind, faults);
}

/** A call of another service. */
export function checkService(
  at: string,
  {
    service,
    action,
    actions = [],
    resourceArns,
    roleArn,
    requestTemplate,
    responseTemplate,
    parameters,
    headers,
  }: AwsServiceTarget,
  kind: Kind,
  faults: Faults,
): void {
  if (!/^[a-z0-9-]+$/.test(service))
    faults.add(`${at}.service`, `is ${JSON.stringify(service)}`, "write it as in an ARN");
  if (!/^[A-Za-z0-9]+$/.test(action)) faults.add(`${at}.action`, `is ${JSON.stringify(action)}`, "name one action");
  for (const one of actions) {
    if (!/^[a-z0-9-]+:[A-Za-z0-9]+$/.test(one)) {
      faults.add(`${at}.actions`, `holds ${JSON.stringify(one)}`, `name actions whole, as "${service}:${action}"`);
    }
  }
  if (roleArn === undefined && resourceArns.length === 0) {
    faults.add(`${at}.resourceArns`, "is empty", "name the resources that the route may act on");
  }
  if (resourceArns.some((arn) => arn === "*")) {
    faults.add(`${at}.resourceArns`, 'holds "*"', "name the resources that the route may act on");
  }
  if (kind !== "http") {
    if (requestTemplate === undefined) {
      faults.add(`${at}.requestTemplate`, "is missing", "write the template by which the request is made");
    }
    if (service === "sqs" && typeof requestTemplate === "string" && !requestTemplate.includes("QueueUrl")) {
      faults.add(`${at}.requestTemplate`, "names no QueueUrl, without which sqs refuses", "write it into the template");
    }
    if (parameters !== undefined) faults.add(`${at}.parameters`, "is for HTTP APIs", "write a `requestTemplate`");
    if (responseTemplate !== undefined && kind === "websocket") {
      faults.add(`${at}.responseTemplate`, "is for REST APIs", "take it away");
    }
    for (const [name, value] of Object.entries(headers ?? {})) {
      if (!/^[A-Za-z0-9-]+$/.test(name) || /['\n]/.test(value)) {
        faults.add(`${at}.headers`, `holds ${JSON.stringify(name)}`, "write names and values without quotes");
      }
    }
    return;
  }
  if (httpSubtype(service, action) === undefined) {
    faults.add(at, `is ${action} of ${service}, which HTTP APIs do not call`, `name one of ${httpSubtypes.join(", ")}`);
  }
  if (parameters === undefined) faults.add(`${at}.parameters`, "is missing", "give the parameters of the action");
  if (requestTemplate !== undefined || responseTemplate !== undefined || headers !== undefined) {
    faults.add(at, "has a template or headers, which HTTP APIs do not take", "give `parameters` instead");
  }
}

/** Headers of a call of another service, as API Gateway maps them. */
export function serviceHeaders({ service, headers = {} }: AwsServiceTarget): Record<string, string> {
  const form = service === "sqs" || service === "sns";
  const own = Object.keys(headers).some((name) => name.toLowerCase() === "content-type");
  const all = { ...(form && !own && { "Content-Type": "application/x-www-form-urlencoded" }), ...headers };
  return Object.fromEntries(
    Object.entries(all).map(([name, value]) => [`integration.request.header.${name}`, `'${value}'`]),
  );
}

function authorizationOf(
  field: string,
  written: Route,
  args: RoutesArgs,
  authorizers: ReadonlyMap<string, AuthorizerPlan>,
  { faults, controls, kind }: Context,
): Pick<RoutePlan, "authorization" | "authorizer"> {
  const own = written.authorizationType;
  const name = written.authorizer ?? (own === undefined ? args.defaultAuthorizer : undefined);
  const authorizer = name === undefined ? undefined : authorizers.get(name);
  const authorization = own ?? authorizer?.type ?? args.defaultAuthorizationType ?? AuthorizationType.Iam;
  const legal: readonly string[] =
    kind === "rest" ? ["AWS_IAM", "COGNITO_USER_POOLS", "CUSTOM", "NONE"] : ["AWS_IAM", "JWT", "CUSTOM", "NONE"];
  const at = own === undefined && name === undefined ? "defaultAuthorizationType" : `${field}.authorizationType`;
  if (!legal.includes(authorization)) {
    faults.add(at, `is ${JSON.stringify(authorization)}`, `write one of ${legal.join(", ")}`);
  }
  if (name !== undefined && authorizer === undefined && (args.authorizers ?? {})[name] === undefined) {
    const where = written.authorizer === undefined ? "defaultAuthorizer" : `${field}.authorizer`;
    faults.add(where, `names ${JSON.stringify(name)}, which is not among \`authorizers\``, "define it there");
  } else if (authorizer !== undefined && authorizer.type !== authorization) {
    faults.add(
      field,
      `is ${authorization} with the authorizer "${authorizer.name}", which is ${authorizer.type}`,
      "leave `authorizationType` out",
    );
  } else if (
    name === undefined &&
    authorization !== AuthorizationType.Iam &&
    authorization !== AuthorizationType.None
  ) {
    faults.add(field, `is ${authorization} and names no authorizer`, "give `authorizer`");
  }
  checkOpenness(`${field}.`, field, written, authorization, faults, controls);
  checkScopes(field, authorization, (written.authorizationScopes ?? []).length, faults, controls);
  return { authorization, authorizer: authorizer?.name };
}

/** `at` is what stands before the names of the arguments; `what` is open where anyone may call it. */
export function checkOpenness(
  at: string,
  what: string,
  { publicAccessReason: reason, apiKeyRequired }: Pick<Route, "publicAccessReason" | "apiKeyRequired">,
  authorization: AuthorizationType,
  faults: Faults,
  controls: Controls,
): void {
  if (authorization !== AuthorizationType.None) {
    controls.meet("route-authorization", "Every route asks who calls, unless it is open for a reason.");
    if (reason !== undefined) {
      faults.add(
        `${at}publicAccessReason`,
        `is given, and the route is ${authorization}`,
        "write `authorizationType` NONE, or take it away",
      );
    }
  } else if (apiKeyRequired === true) {
    faults.add(what, "is guarded by an API key alone, which tells clients apart and proves nothing", "authorize it");
  } else if (!isReason(reason)) {
    faults.add(what, "has authorizationType NONE", "give `publicAccessReason` in at least 10 characters");
  } else {
    controls.open("route-authorization", `${what} is open.`, reason ?? "");
  }
}

/** Tokens of an issuer say who calls; only a scope says what for. */
export function checkScopes(
  field: string,
  authorization: AuthorizationType,
  scopes: number,
  faults: Faults,
  controls: Controls,
): void {
  const byToken = authorization === AuthorizationType.Cognito || authorization === AuthorizationType.Jwt;
  if (byToken) {
    controls.unless(scopes === 0, "route-authorization-scopes", field, {
      met: "Tokens must have a scope of the route.",
      weaker: "takes any token of the issuer, since it names no scope",
      fix: "give `authorizationScopes`",
    });
  } else if (scopes > 0) {
    faults.add(`${field}.authorizationScopes`, `is given, and the route is ${authorization}`, "take it away");
  }
}

function planBody(field: string, key: Key, written: Route, args: RoutesArgs, context: Context): void {
  const { faults, controls, kind } = context;
  const { requestModel: model, requiredParameters = [], apiKeyRequired } = written;
  if (kind === "http") {
    if (model !== undefined) faults.add(`${field}.requestModel`, "is for REST APIs", "check bodies in the backend");
    if (requiredParameters.length > 0) {
      faults.add(`${field}.requiredParameters`, "is for REST APIs", "check parameters in the backend");
    }
    if (apiKeyRequired === true) faults.add(`${field}.apiKeyRequired`, "is for REST APIs", "take it away");
    return;
  }
  for (const { name, in: place } of requiredParameters) {
    if (place !== "query" && place !== "header") {
      faults.add(`${field}.requiredParameters`, `has "${name}" in ${JSON.stringify(place)}`, "write query or header");
    }
  }
  if (model !== undefined && (args.models ?? {})[model] === undefined) {
    faults.add(
      `${field}.requestModel`,
      `names ${JSON.stringify(model)}, which is not among \`models\``,
      "define it there",
    );
  }
  controls.meet("route-request-validation", "Bodies and required parameters are checked before a backend is called.");
  checkModel(field, key.method, model !== undefined, context);
}

/** A body that fits no model reaches the backend whatever it is. */
export function checkModel(field: string, method: string, modelled: boolean, { isolation, controls }: Context): void {
  const unmodelled = withBody.has(method) && !modelled;
  const says = {
    met: "Bodies of POST, PUT and PATCH fit a model.",
    weaker: "takes any body, since it names no model",
    fix: "give `requestModel`",
  };
  if (isolation.isProduction || !unmodelled) controls.unless(unmodelled, "route-request-model", field, says);
  else controls.open("route-request-model", `${field} ${says.weaker}.`, "not asked of this environment");
}

export function planModels(models: RoutesArgs["models"], faults: Faults): void {
  for (const [name, schema] of Object.entries(models ?? {})) {
    const field = `models[${JSON.stringify(name)}]`;
    if (!/^[A-Za-z0-9]+$/.test(name))
      faults.add(field, "has a name that API Gateway does not take", "use letters and digits");
    try {
      if (!isRecord(JSON.parse(schema))) throw new TypeError();
    } catch {
      faults.add(field, "is no JSON schema", "write one as JSON text, an object");
    }
  }
}

const tighter = "Routes that are open, or handle credentials or money, have tighter limits than their stage.";

function isWary(path: string, authorization: AuthorizationType): boolean {
  return authorization === AuthorizationType.None || isSensitive(path);
}

/** The limit of a route that says none. */
export function defaultThrottle(
  path: string,
  authorization: AuthorizationType,
  { stageThrottle, controls }: Context,
): Throttle | undefined {
  controls.meet("route-throttling", tighter);
  return isWary(path, authorization) ? tenth(stageThrottle) : undefined;
}

/** The limit of a route, its own or by default. */
export function ownThrottle(
  field: string,
  path: string,
  own: Throttle | undefined,
  authorization: AuthorizationType,
  context: Context,
): Throttle | undefined {
  const { stageThrottle: stage, faults, controls } = context;
  if (own === undefined) return defaultThrottle(path, authorization, context);
  if (!isLimit(own, `${field}.throttle`, faults)) return undefined;
  if (own.rateLimit > stage.rateLimit || own.burstLimit > stage.burstLimit) {
    faults.add(`${field}.throttle`, "is above the stage's", "lower it, or raise `throttle` of the API");
    return undefined;
  }
  const loose = own.rateLimit === stage.rateLimit && own.burstLimit === stage.burstLimit;
  controls.unless(isWary(path, authorization) && loose, "route-throttling", `${field}.throttle`, {
    met: tighter,
    weaker: "is the stage's own",
    fix: "lower it",
  });
  return own;
}

const tenth = ({ rateLimit, burstLimit }: Throttle): Throttle => ({
  rateLimit: rateLimit / 10,
  burstLimit: Math.max(1, Math.floor(burstLimit / 10)),
});

const sensitiveWords = new Set(
  (
    "login logins logon signin auth authenticate oauth oauth2 token tokens password passwords passcode forgot credential " +
    "credentials signup register registration otp mfa 2fa payment payments pay checkout charge charges refund refunds " +
    "payout payouts transfer transfers withdraw withdrawal upload uploads"
  ).split(" "),
);

/** Credentials are guessed or handed out behind it, money moves, or much is taken in. */
export function isSensitive(path: string): boolean {
  return path
    .split("/")
    .filter((segment) => segment !== "" && !segment.includes("{"))
    .some((segment) => {
      const parts = segment
        .replace(/([a-z0-9])([A-Z])/g, "$1 $2")
        .toLowerCase()
        .split(/[^a-z0-9]+/);
      const pairs = parts.slice(1).map((part, index) => (parts[index] ?? "") + part);
      return [segment.toLowerCase(), ...parts, ...pairs].some((word) => sensitiveWords.has(word));
    });
}
