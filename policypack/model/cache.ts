import { asBool, asNumber, Bag } from "./bag";
import type { Graph } from "./graph";
import type { Node } from "./node";
import type { Settings, Stage } from "./stage";
import { resourceSubject } from "./subject";
import type { Subject } from "./subject";
import { Value } from "./value";

/** What a stage of a REST API caches, for all its methods or for one. */
export interface Caching {
  /** The settings that say so, or the stage where they are not known. */
  readonly subject: Subject;
  /** `*` for all; else `GET /pets`. */
  readonly scope: Value<string>;
  /** Responses are cached: the stage has a cache, these settings use it, and for longer than no time at all. */
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
  if (cluster.is(false)) return [];
  const settings = stage.settings.get();
  const all = settings
    ? [read(stage.subjectOf(settings), settings.scope, settings.node, cluster)]
    : stage.settings.isUnknown()
      ? [unknownCaching(stage)]
      : [];
  return [...all, ...stage.overrides.map((one) => read(stage.subjectOf(one), one.scope, one.node, cluster))];
}

/** What method settings have another stack's stage cache, as far as they tell: whether it has a cache cannot be seen. */
export function cachingElsewhere(graph: Graph): readonly Caching[] {
  const attached = new Set<Node>();
  const attach = (settings: Settings | undefined): void => {
    if (settings) attached.add(settings.node);
  };
  for (const stage of graph.stages) {
    attach(stage.settings.get());
    for (const settings of [...stage.overrides, ...stage.refused]) attach(settings);
  }
  return graph.of("methodSettings").flatMap((node) => {
    if (attached.has(node)) return [];
    const api = graph.apiFor(node, "restApi", "rest");
    if (api.visibility !== "external") return [];
    const subject = resourceSubject(node, `method settings "${node.name}"${api.of}`, api);
    return [read(subject, Value.unknown("partial"), node, Value.known(true))];
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
  const asked = flag("cachingEnabled", false);
  const parts = [cluster, asked, ttl.map((seconds) => seconds > 0)];
  return {
    subject,
    scope,
    enabled: parts.find((part) => part.is(false)) ?? parts.find((part) => part.isUnknown()) ?? Value.known(true),
    encrypted: flag("cacheDataEncrypted", defaults.encrypted),
    ttl,
    invalidationAuthorized: flag("requireAuthorizationForCacheControl", defaults.invalidationAuthorized),
  };
}

function unknownCaching(stage: Stage): Caching {
  const unknown = Value.unknown<never>(stage.settings.reason);
  return {
    subject: stage,
    scope: Value.known("*"),
    enabled: unknown,
    encrypted: unknown,
    ttl: unknown,
    invalidationAuthorized: unknown,
  };
}
