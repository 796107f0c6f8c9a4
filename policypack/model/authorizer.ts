import type { Api } from "./api";
import { parseLambdaFromUri, parseUserPoolArn } from "./arn";
import { asString, Bag, toValue } from "./bag";
import type { Graph } from "./graph";
import { put } from "./multi-map";
import type { Node } from "./node";
import type { BodyAuthorizer } from "./openapi";
import { perGraph } from "./per-graph";
import type { Route } from "./route";
import { resourceSubject } from "./subject";
import type { Subject } from "./subject";
import type { Tie } from "./ties";
import { Value } from "./value";

/** `token` and `request` call a Lambda function. */
export type AuthorizerType = "token" | "request" | "cognito" | "jwt";

/** An authorizer as it ends up, be it a resource or a security scheme of an OpenAPI body. */
export interface Authorizer {
  readonly subject: Subject;
  readonly api: Api;
  readonly source: "resource" | "body";
  /** Absent: none that this kind of API has. */
  readonly type: Value<AuthorizerType>;
  /** What a Lambda authorizer calls. */
  readonly function: Tie;
  /** The user pools of the stack whose tokens it takes. */
  readonly pools: readonly Node[];
  /** Where it looks for the caller: `method.request.header.Authorization`, `$request.header.Authorization` … */
  readonly identitySources: Value<readonly Value<string>[]>;
  /** For how long results are cached, in seconds; absent where they are not, and 0 says the same. */
  readonly cacheTtl: Value<number>;
  /** A regular expression that a token, or the audience of a Cognito token, must match. */
  readonly validation: Value<string>;
  /** Of a JWT authorizer. */
  readonly issuer: Value<string>;
  /** Of a JWT authorizer. */
  readonly audiences: Value<readonly Value<string>[]>;
  /** The routes that it guards. */
  readonly users: readonly Route[];
  /** Other routes may use it: some cannot be seen, or do not say yet which authorizer they name. */
  readonly usersOpen: boolean;
}

/** What API Gateway and its consoles take where nobody sets it, in seconds. */
const defaultTtl = 300;

/** Every authorizer that the graph shows. */
export const authorizersOf = perGraph((graph): readonly Authorizer[] => {
  const users = new Users(graph);
  const found = [
    ...graph.of("authorizer").map((node) => restAuthorizer(graph, node, users)),
    ...graph.of("httpAuthorizer").map((node) => httpAuthorizer(graph, node, users)),
  ];
  for (const api of graph.apis) {
    for (const { node, document } of api.bodies) {
      for (const definition of document.get()?.authorizers ?? []) {
        found.push(bodyAuthorizer(graph, api, node, definition, users));
      }
    }
  }
  return found;
});

/** Which routes use which authorizer. */
class Users {
  private readonly ofNode = new Map<Node, Route[]>();
  private readonly ofScheme = new Map<string, Route[]>();
  /** Authorizers named by a route of which it is not known whether it takes one. */
  private readonly maybe = new Set<Node>();
  /** APIs with routes that name an authorizer that cannot be told. */
  private readonly open = new Set<Api>();
  private readonly anyApi: boolean;

  constructor(graph: Graph) {
    for (const route of graph.routes) this.read(route);
    this.anyApi = [...this.open].some((api) => api.visibility !== "stack");
  }

  of(node: Node): readonly Route[] {
    return this.ofNode.get(node) ?? [];
  }

  ofBody(node: Node, scheme: string): readonly Route[] {
    return this.ofScheme.get(`${node.urn} ${scheme}`) ?? [];
  }

  mayUse(node: Node, api: Api): boolean {
    return !api.routesComplete || this.maybe.has(node) || this.anyApi || this.open.has(api);
  }

  private read(route: Route): void {
    const { api, authorization, authorizer, operation } = route;
    if (authorization.is("none") || authorization.is("iam") || carriesNone(route)) return;
    if (operation !== undefined) {
      for (const scheme of schemesOf(operation.definition["security"])) {
        put(this.ofScheme, `${route.urn} ${scheme}`, route);
      }
    } else if (authorizer === undefined) {
      if (route.wiring.state === "unknown") this.open.add(api);
    } else if (authorization.isUnknown() || route.key.isUnknown()) this.maybe.add(authorizer);
    else put(this.ofNode, authorizer, route);
  }
}

/** Of a WebSocket API only `$connect` takes an authorizer. */
function carriesNone(route: Route): boolean {
  return route.api.kind === "websocket" && route.key.isKnown() && !route.key.is("$connect");
}

/** The names in a list of security requirements. */
function schemesOf(security: unknown): ReadonlySet<string> {
  const requirements: readonly unknown[] = Array.isArray(security) ? security : [];
  return new Set(requirements.flatMap((one) => (typeof one === "object" && one !== null ? Object.keys(one) : [])));
}

// Resources

function restAuthorizer(graph: Graph, node: Node, users: Users): Authorizer {
  const api = graph.apiFor(node, "restApi", "rest");
  const { bag } = node;
  return {
    ...common(graph, node, api, users),
    type: typeOf(bag.string("type").or(Value.known("TOKEN")), restTypes),
    pools: poolsByArn(graph, node, bag.strings("providerArns"), "providerArns"),
    identitySources: bag.string("identitySource").flatMap((text) => listed(split(text))),
    cacheTtl: bag.number("authorizerResultTtlInSeconds").or(Value.known(defaultTtl)),
    validation: bag.string("identityValidationExpression"),
    issuer: Value.absent(),
    audiences: Value.absent(),
  };
}

function httpAuthorizer(graph: Graph, node: Node, users: Users): Authorizer {
  const api = graph.apiFor(node, "apiId", "http");
  const { bag } = node;
  const jwt = bag.object("jwtConfiguration");
  const type = typeOf(bag.string("authorizerType"), httpTypes);
  const issuer = jwt.flatMap((one) => one.string("issuer"));
  const identitySources = bag.strings("identitySources").flatMap((sources) => listed(sources.flatMap(splitValue)));
  return {
    ...common(graph, node, api, users),
    type,
    pools: poolsByIssuer(graph, node, issuer, "jwtConfiguration"),
    identitySources,
    cacheTtl:
      type.is("jwt") || isSocket(api, identitySources)
        ? Value.absent()
        : httpTtl(bag.number("authorizerResultTtlInSeconds"), identitySources),
    validation: Value.absent(),
    issuer,
    audiences: jwt.flatMap((one) => one.strings("audiences")).flatMap(present),
  };
}

function common(
  graph: Graph,
  node: Node,
  api: Api,
  users: Users,
): Pick<Authorizer, "subject" | "api" | "source" | "function" | "users" | "usersOpen"> {
  const subject = resourceSubject(node, `authorizer "${node.displayName()}"${api.of}`, api);
  return {
    subject: { ...subject, tags: api.tags },
    api,
    source: "resource",
    function: functionOf(graph, node, node.bag.string("authorizerUri"), "authorizerUri"),
    users: users.of(node),
    usersOpen: users.mayUse(node, api),
  };
}

/** Only WebSocket APIs leave out the dollar sign of an expression. */
function isSocket(api: Api, sources: Authorizer["identitySources"]): boolean {
  if (api.visibility === "stack") return api.kind === "websocket";
  return (sources.get() ?? []).some((source) => source.get()?.startsWith("$") === false);
}

/** An HTTP API caches by its identity sources, and not at all where there are none and nobody asks for it. */
function httpTtl(own: Value<number>, sources: Authorizer["identitySources"]): Value<number> {
  return sources.isAbsent() ? own : own.or(Value.known(defaultTtl));
}

// Bodies

function bodyAuthorizer(graph: Graph, api: Api, node: Node, written: BodyAuthorizer, users: Users): Authorizer {
  // What a component declares of its document may hold what only an update tells.
  const declared = new Bag(written.definition, undefined, false);
  const jwt = declared.object("jwtConfiguration");
  const unknownIssuer = jwt.flatMap((one) => one.string("issuer")).isUnknown();
  const issuer = unknownIssuer ? Value.unknown<string>() : text(written.issuer);
  const type = typeOf(Value.known(written.type), api.kind === "rest" ? restTypes : httpTypes);
  const identitySources = text(written.identitySource).flatMap((one) => listed(split(one)));
  const ttl: Value<number> = written.ttl === undefined ? Value.absent() : Value.known(written.ttl);
  const pools =
    written.type === "jwt"
      ? poolsByIssuer(graph, node, issuer, "body")
      : poolsByArn(graph, node, declared.strings("providerARNs").or(declared.strings("providerArns")), "body");
  return {
    subject: {
      ...resourceSubject(node, `authorizer "${written.scheme}"${api.of}`, api),
      part: written.pointer,
      tags: api.tags,
    },
    api,
    source: "body",
    type,
    function: functionOf(graph, node, declared.string("authorizerUri"), "body"),
    pools,
    identitySources,
    cacheTtl:
      written.type === "jwt"
        ? Value.absent()
        : api.kind === "rest"
          ? ttl.or(Value.known(defaultTtl))
          : httpTtl(ttl, identitySources),
    validation: asString(toValue(written.definition["identityValidationExpression"])),
    issuer,
    audiences: jwt.flatMap((one) => one.strings("audience")).flatMap(present),
    users: users.ofBody(node, written.scheme),
    usersOpen: false,
  };
}

// What both have in common

function text(value: string | undefined): Value<string> {
  return value === undefined ? Value.absent() : Value.known(value);
}

/** Those that are set, be they known or not. */
function present(values: readonly Value<string>[]): Value<readonly Value<string>[]> {
  return listed(values.filter((value) => value.isPresent()));
}

function listed(values: readonly Value<string>[]): Value<readonly Value<string>[]> {
  return values.length === 0 ? Value.absent() : Value.known(values);
}

const restTypes: ReadonlyMap<string, AuthorizerType> = new Map<string, AuthorizerType>([
  ["TOKEN", "token"],
  ["REQUEST", "request"],
  ["COGNITO_USER_POOLS", "cognito"],
]);

const httpTypes: ReadonlyMap<string, AuthorizerType> = new Map<string, AuthorizerType>([
  ["REQUEST", "request"],
  ["JWT", "jwt"],
]);

function typeOf(declared: Value<string>, types: ReadonlyMap<string, AuthorizerType>): Value<AuthorizerType> {
  return declared.flatMap((text) => {
    const type = types.get(text.toUpperCase());
    return type === undefined ? Value.absent<AuthorizerType>() : Value.known(type);
  });
}

/** Several expressions may stand in one text. */
function split(text: string): Value<string>[] {
  return text
    .split(",")
    .map((one) => one.trim())
    .filter((one) => one !== "")
    .map((one) => Value.known(one));
}

function splitValue(value: Value<string>): Value<string>[] {
  const text = value.get();
  return text === undefined ? (value.isUnknown() ? [value] : []) : split(text);
}

function functionOf(graph: Graph, node: Node, uri: Value<string>, property: string): Tie {
  const target = parseLambdaFromUri(uri.get() ?? "");
  const named = target && graph.ties.withId("function", target.functionName);
  if (named) return { state: "node", node: named };
  if (target) return { state: "external", id: target.functionName };
  if (uri.isAbsent()) return { state: "absent" };
  return graph.ties.follow(node, property, ["function", "alias"]);
}

function poolsByArn(
  graph: Graph,
  node: Node,
  arns: Value<readonly Value<string>[]>,
  property: string,
): readonly Node[] {
  const listed = arns.isUnknown() ? [Value.unknown<string>(arns.reason)] : (arns.get() ?? []);
  const named = listed.flatMap((arn) => {
    const text = arn.get() ?? "";
    const pool = graph.ties.withArn(text);
    // A pool that a component was given arrives as its id.
    return pool?.kind === "userPool" ? [pool] : poolWithId(graph, parseUserPoolArn(text)?.userPoolId ?? text);
  });
  return listed.some((arn) => arn.isUnknown())
    ? [...new Set([...named, ...graph.ties.sources(node, property, ["userPool"])])]
    : named;
}

/** By the issuer of its tokens, or by the client that is the audience. */
function poolsByIssuer(graph: Graph, node: Node, issuer: Value<string>, property: string): readonly Node[] {
  const known = issuer.get();
  if (known !== undefined) {
    const [, , host = "", id] = known.split("/");
    return host.startsWith("cognito-idp.") ? poolWithId(graph, id) : [];
  }
  if (issuer.isAbsent()) return [];
  const pools = graph.ties.sources(node, property, ["userPool"]);
  if (pools.length > 0) return pools;
  return graph.ties.sources(node, property, ["userPoolClient"]).flatMap((client) => {
    const tie = graph.ties.follow(client, "userPoolId", ["userPool"]);
    return tie.state === "node" ? [tie.node] : [];
  });
}

function poolWithId(graph: Graph, id: string | undefined): readonly Node[] {
  const pool = id === undefined ? undefined : graph.ties.withId("userPool", id);
  return pool ? [pool] : [];
}
