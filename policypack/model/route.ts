import type { Api } from "./api";
import type { Node } from "./node";
import type { BodyOperation } from "./openapi";
import type { Subject } from "./subject";
import type { Tie } from "./ties";
import type { Value } from "./value";

/** What stands between a caller and a route. */
export type Authorization = "none" | "iam" | "cognito" | "jwt" | "lambda";

/** How the authorizer of a route is wired. */
export type Wiring =
  /** None is needed, or it is there and fits. */
  | { readonly state: "fine" }
  | { readonly state: "broken"; readonly fault: string; readonly fix: string }
  | { readonly state: "unknown" };

/** A route as it ends up, wherever it was written. */
export interface Route extends Subject {
  readonly api: Api;
  readonly source: "resource" | "body" | "quick-create" | "missing";
  /** `GET`, `ANY` …; for a WebSocket API the route key. */
  readonly method: Value<string>;
  /** With a leading slash; for a WebSocket API, `$default` and the like: the route key. */
  readonly path: Value<string>;
  /** `GET /orders`, `$connect`: what options name it by. */
  readonly key: Value<string>;
  readonly authorization: Value<Authorization>;
  readonly apiKeyRequired: Value<boolean>;
  readonly wiring: Wiring;
  readonly authorizer?: Node | undefined;
  /** Scopes of which a token must have one; absent where any token will do. */
  readonly scopes: Value<readonly Value<string>[]>;
  /** The operation of a body that it was read from. */
  readonly operation?: BodyOperation | undefined;
  /** A CORS preflight, which carries no credentials; OPTIONS that reaches a backend is none. */
  readonly preflight: Value<boolean>;
  /** Callers must pass this route's own authorization; of a WebSocket API that is `$connect` alone. */
  readonly guards: boolean;
  /** It does not guard if its API is a WebSocket API, and nothing tells that. */
  readonly mayGuard?: boolean;
  readonly backend: Backend | undefined;
}

const verbs = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"];

/**
 * The scopes by which a stage has settings for a route: its key. A REST stage has none for `ANY`, so those are of every
 * method that is no route of its own. None where the key is not known.
 */
export function settingScopes(route: Route): readonly string[] {
  const key = route.key.get();
  if (key === undefined) return [];
  const path = route.path.get();
  if (route.api.kind !== "rest" || !route.method.is("ANY") || path === undefined) return [key];
  const others = keysOf(route.api);
  return verbs.map((verb) => `${verb} ${path}`).filter((scope) => !others.has(scope));
}

const keys = new WeakMap<Api, { readonly routes: number; readonly keys: ReadonlySet<string | undefined> }>();

function keysOf(api: Api): ReadonlySet<string | undefined> {
  const known = keys.get(api);
  if (known?.routes === api.routes.length) return known.keys;
  const read = new Set(api.routes.map((route) => route.key.get()));
  keys.set(api, { routes: api.routes.length, keys: read });
  return read;
}

/** The kind of API that has a route of this key: `$default` stands in both. */
export function protocolOfKey(key: string | undefined): "http" | "websocket" | undefined {
  if (key === undefined || key === "$default") return undefined;
  return key.includes(" ") ? "http" : "websocket";
}

/** What a route or a stage calls. */
export interface Backend {
  /** `AWS_PROXY`, `HTTP`, `MOCK` …, upper case. */
  readonly type: Value<string>;
  readonly uri: Value<string>;
  readonly connectionId: Value<string>;
  /** The function, or its alias; absent where the backend is neither. */
  readonly function: Tie;
  /** Known to point at an alias or a version of the function; absent where it is no function. */
  readonly qualified: Value<boolean>;
  readonly node: Node;
  /** The property of the node that holds the URI. */
  readonly property: string;
}
