import { authorizersOf } from "./authorizer";
import { asBool, asNumber, Bag } from "./bag";
import type { Graph } from "./graph";
import { put } from "./multi-map";
import type { Node } from "./node";
import { settingScopes } from "./route";
import type { Route } from "./route";
import type { Stage } from "./stage";
import type { Subject } from "./subject";
import { Value } from "./value";

/** What a stage of a REST API caches, for all its methods or for one. */
export interface Caching {
  /** The settings that say so, or the stage where they are not known. */
  readonly subject: Subject;
  /** `*` for all; else `GET /pets`. */
  readonly scope: Value<string>;
  /** The settings ask for responses to be kept, for longer than no time at all; whether the stage has a cache or not. */
  readonly asked: Value<boolean>;
  /** Responses are cached: {@link asked}, and the stage has a cache. */
  readonly enabled: Value<boolean>;
  readonly encrypted: Value<boolean>;
  /** For how long a response is kept, in seconds. */
  readonly ttl: Value<number>;
  /** Only callers with the permission may have a cached response renewed. */
  readonly invalidationAuthorized: Value<boolean>;
}

/** What API Gateway takes where nobody sets it (the answers of its `GetStage`). */
const defaults = { ttl: 300, encrypted: false, invalidationAuthorized: true } as const;

/** What the stage caches. HTTP and WebSocket APIs have no cache. */
export function cachingOf(stage: Stage): readonly Caching[] {
  if (stage.api.kind !== "rest") return [];
  const cluster = stage.node.bag.bool("cacheClusterEnabled").or(Value.known(false));
  const settings = stage.settings.get();
  const all = settings
    ? [read(stage.subjectOf(settings), settings.scope, settings.node, cluster)]
    : stage.settings.isUnknown() && !cluster.is(false)
      ? [unknownCaching(stage)]
      : [];
  return [...all, ...stage.overrides.map((one) => read(stage.subjectOf(one), one.scope, one.node, cluster))];
}

/**
 * What method settings have stages cache of which the stack has nothing else, as far as they tell: whether those have a
 * cache cannot be seen.
 */
export function cachingElsewhere(graph: Graph): readonly Caching[] {
  return graph.hearsay.flatMap((stage) => {
    const settings = stage.settings.get();
    const all = settings ? [settings, ...stage.overrides] : stage.overrides;
    return all.map((one) => read(stage.subjectOf(one), one.scope, one.node, Value.known(true)));
  });
}

function read(subject: Subject, scope: Value<string>, node: Node, cluster: Value<boolean>): Caching {
  const block = node.bag.object("settings");
  const bag = block.get() ?? Bag.empty;
  const lost = <T>(value: Value<T>): Value<T> => (block.isUnknown() ? Value.unknown(block.reason) : value);
  // What nobody sets keeps the value it has.
  const flag = (key: string, otherwise: boolean): Value<boolean> =>
    lost(asBool(bag.computed(key)).or(Value.known(otherwise)));
  const ttl = lost(asNumber(bag.computed("cacheTtlInSeconds")).or(Value.known(defaults.ttl)));
  const asked = allOf(
    flag("cachingEnabled", false),
    ttl.map((seconds) => seconds > 0),
  );
  return {
    subject,
    scope,
    asked,
    enabled: allOf(cluster, asked),
    encrypted: flag("cacheDataEncrypted", defaults.encrypted),
    ttl,
    invalidationAuthorized: flag("requireAuthorizationForCacheControl", defaults.invalidationAuthorized),
  };
}

function allOf(...parts: readonly Value<boolean>[]): Value<boolean> {
  return parts.find((part) => part.is(false)) ?? parts.find((part) => part.isUnknown()) ?? Value.known(true);
}

function anyOf(parts: readonly Value<boolean>[]): Value<boolean> {
  return parts.find((part) => part.is(true)) ?? parts.find((part) => part.isUnknown()) ?? Value.known(false);
}

function unknownCaching(stage: Stage): Caching {
  const unknown = Value.unknown<never>(stage.settings.reason);
  return {
    subject: stage,
    scope: Value.known("*"),
    asked: unknown,
    enabled: unknown,
    encrypted: unknown,
    ttl: unknown,
    invalidationAuthorized: unknown,
  };
}

/** A route whose answers a stage keeps. */
export interface CachedRoute {
  readonly route: Route;
  readonly stage: Stage;
  /** The answers are kept; unknown where they may be. */
  readonly enabled: Value<boolean>;
}

/** The routes whose answers stages keep, or may keep, each with the first stage that does. */
export function cachedRoutes(graph: Graph): readonly CachedRoute[] {
  const found = new Map<Route, CachedRoute>();
  for (const stage of graph.stages) {
    const byScope = new Map<string | undefined, Caching[]>();
    for (const caching of cachingOf(stage)) put(byScope, caching.scope.get(), caching);
    if (byScope.size === 0) continue;
    for (const route of stage.api.routes) {
      const scopes = settingScopes(route);
      const own = scopes.flatMap((scope) => byScope.get(scope) ?? []);
      // Settings for all methods cache the answers to GET alone.
      const gets = scopes.length === 0 ? route.method.is("GET") || route.method.is("ANY") : scopes.some(isGet);
      const all = gets && !scopes.some((scope) => isGet(scope) && byScope.has(scope)) ? byScope.get("*") : [];
      const enabled = anyOf([...own, ...(all ?? [])].map((caching) => caching.enabled));
      if (enabled.is(false) || found.get(route)?.enabled.is(true) === true) continue;
      found.set(route, { route, stage, enabled });
    }
  }
  return [...found.values()];
}

const isGet = (scope: string): boolean => scope.startsWith("GET ");

/** Tells whether the answers of a route are kept apart by who asks. */
export function callerKeys(graph: Graph): (route: Route) => Value<boolean> {
  const sources = new Map<Route, Value<readonly Value<string>[]>>();
  for (const authorizer of authorizersOf(graph)) {
    for (const route of authorizer.users) sources.set(route, authorizer.identitySources);
  }
  return (route) => keepsApart(route, sources.get(route) ?? Value.absent());
}

function keepsApart({ operation, backend }: Route, sources: Value<readonly Value<string>[]>): Value<boolean> {
  const written = operation?.integration;
  const bag = operation === undefined ? backend?.node.bag : undefined;
  if (operation === undefined && bag === undefined) return Value.unknown();
  const keys: Value<readonly Value<string>[]> = bag
    ? bag.strings("cacheKeyParameters")
    : Value.known((written?.cacheKeyParameters ?? []).map((key) => Value.known(key)));
  if (keys.isUnknown()) return Value.unknown(keys.reason);
  const mappings = bag?.object("requestParameters");
  const mapping = (key: string): Value<string> => {
    if (mappings) return mappings.flatMap((map) => map.string(key));
    const text = written?.requestParameters.get(key);
    return text === undefined ? Value.absent() : Value.known(text);
  };
  const answers = (keys.get() ?? []).map((key) => namesCaller(key, mapping, sources));
  const yes = answers.find((answer) => answer.is(true));
  return yes ?? answers.find((answer) => answer.isUnknown()) ?? Value.known(false);
}

/** Headers by which callers prove who they are, whatever the authorizer. */
const credentials: ReadonlySet<string> = new Set([
  "method.request.header.authorization",
  "method.request.header.cookie",
]);

/** What the context knows of callers that is not who they are. */
const circumstances: ReadonlySet<string> = new Set(["context.identity.sourceip", "context.identity.useragent"]);

function namesCaller(
  key: Value<string>,
  mapping: (key: string) => Value<string>,
  sources: Value<readonly Value<string>[]>,
): Value<boolean> {
  return key.flatMap((name) => {
    // A parameter of the request to the backend stands for what it is made of.
    const origin = name.startsWith("integration.request.") ? mapping(name) : Value.known(name);
    return origin
      .or(Value.known(""))
      .map((text) => text.trim().toLowerCase())
      .flatMap((text): Value<boolean> => {
        if (credentials.has(text)) return Value.known(true);
        if (/^context\.(?:authorizer|identity)\./.test(text)) return Value.known(!circumstances.has(text));
        const open = sources.isUnknown() || (sources.get() ?? []).some((source) => source.isUnknown());
        const named = (sources.get() ?? []).some((source) => source.get()?.toLowerCase() === text);
        return named || !open ? Value.known(named) : Value.unknown();
      });
  });
}
