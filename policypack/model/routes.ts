import { isTold } from "./api";
import type { Api } from "./api";
import { parseLambdaFromUri } from "./arn";
import { asString, toValue } from "./bag";
import type { Graph } from "./graph";
import { functionTie } from "./lambda";
import type { Node } from "./node";
import type { BodyOperation } from "./openapi";
import { protocolOfKey } from "./route";
import type { Authorization, Backend, Route, Wiring } from "./route";
import { Value } from "./value";

const fine: Wiring = { state: "fine" };
const unknownWiring: Wiring = { state: "unknown" };

/** Puts together the routes of every API: methods and routes, operations of bodies, quick create. */
export class RouteReader {
  /** Method resources' full paths, by the node of the resource. */
  private readonly paths = new Map<Node, Value<string>>();

  constructor(private readonly graph: Graph) {}

  read(): void {
    for (const api of this.graph.apis.slice()) {
      for (const body of api.bodies) {
        const document = body.document.get();
        for (const operation of document?.operations ?? []) this.add(this.operation(api, body.node, operation));
      }
    }
    this.quickCreate();
    const integrations = this.restIntegrations();
    for (const node of this.graph.of("method")) this.add(this.method(node, integrations));
    for (const node of this.graph.of("httpRoute")) this.add(this.httpRoute(node));
    for (const api of this.graph.apis) this.missingConnect(api);
  }

  private add(route: Route): void {
    route.api.routes.push(route);
    this.graph.routes.push(route);
  }

  // REST, as resources

  private method(node: Node, integrations: ReadonlyMap<string, Node>): Route {
    const { graph } = this;
    const api = graph.apiFor(node, "restApi", "rest");
    const verb = node.bag.string("httpMethod").map((method) => method.toUpperCase());
    const path = this.pathOf(node, api);
    const key = path.flatMap((p) => verb.map((v) => `${v} ${p}`));
    const integration = integrations.get(this.placeOf(node)) ?? integrations.get(`${node.urn}/inline`);
    const declared = node.bag.string("authorization").map((text) => text.toUpperCase());
    const authorization = declared.or(Value.known("NONE"));
    return {
      api,
      source: "resource",
      method: verb,
      path,
      key,
      urn: node.urn,
      label: key.isKnown()
        ? `${key.get() ?? ""}${api.of}`
        : `method "${node.name}"${verb.isKnown() ? ` (${verb.get() ?? ""})` : ""}${api.of}`,
      names: [node.name, ...api.names],
      tags: api.tags,
      authorization: authorization.flatMap(restAuthorization),
      apiKeyRequired: node.bag.bool("apiKeyRequired").or(Value.known(false)),
      wiring: this.restWiring(node, api, authorization),
      authorizer: this.authorizerNode(node, "authorizer"),
      scopes: node.bag.strings("authorizationScopes"),
      preflight: this.preflight(verb, integration, api),
      guards: true,
      backend: integration ? this.backend(integration, "uri", "type") : undefined,
    };
  }

  private preflight(verb: Value<string>, integration: Node | undefined, api: Api): Value<boolean> {
    if (verb.isUnknown()) return Value.unknown(verb.reason);
    if (!verb.is("OPTIONS")) return Value.known(false);
    if (integration) return isMock(integration.bag.string("type").map((type) => type.toUpperCase()));
    // What no integration answers reaches no backend, and API Gateway deploys no method before it has one.
    const told = api.whole || (this.graph.whole && this.graph.of("integration").length === 0);
    return told ? Value.known(true) : Value.unknown("partial");
  }

  private restWiring(node: Node, api: Api, authorization: Value<string>): Wiring {
    const kind = authorization.get();
    if (kind === undefined) return unknownWiring;
    if (kind === "NONE" || kind === "AWS_IAM") return fine;
    if (kind !== "CUSTOM" && kind !== "COGNITO_USER_POOLS") {
      return {
        state: "broken",
        fault: `has authorization ${quote(kind)}, which a REST API does not have`,
        fix: "Set `authorization` to AWS_IAM, CUSTOM or COGNITO_USER_POOLS.",
      };
    }
    return this.authorizerWiring(node, api, kind, {
      property: "authorizer",
      owner: "restApi",
      fits: (type) => (kind === "CUSTOM" ? type === "TOKEN" || type === "REQUEST" : type === "COGNITO_USER_POOLS"),
      typeOf: (authorizer) => authorizer.bag.string("type").or(Value.known("TOKEN")),
    });
  }

  private authorizerWiring(
    node: Node,
    api: Api,
    kind: string,
    how: {
      readonly property: "authorizer" | "httpAuthorizer";
      readonly owner: "restApi" | "apiId";
      readonly fits: (type: string) => boolean;
      readonly typeOf: (authorizer: Node) => Value<string>;
    },
  ): Wiring {
    const id = node.bag.string("authorizerId");
    if (id.isAbsent() && node.sources("authorizerId").length === 0) {
      return {
        state: "broken",
        fault: `has authorization ${kind} and names no authorizer`,
        fix: "Set `authorizerId` to the id of an authorizer of this API.",
      };
    }
    const authorizer = this.authorizerNode(node, how.property);
    if (authorizer === undefined) {
      const tie = this.graph.ties.follow(node, "authorizerId", [how.property]);
      // A known id of no authorizer in the stack: another program's, which cannot be looked at.
      return tie.state === "external" || !this.graph.whole ? fine : tie.state === "unknown" ? unknownWiring : fine;
    }
    const owner = this.graph.apiFor(authorizer, how.owner, api.kind === "rest" ? "rest" : "http");
    if (owner !== api && isTold(owner) && isTold(api)) {
      return {
        state: "broken",
        fault: `names the authorizer "${authorizer.displayName()}" of another API, ${owner.label}`,
        fix: "Set `authorizerId` to the id of an authorizer of this API.",
      };
    }
    const type = how.typeOf(authorizer).map((text) => text.toUpperCase());
    const known = type.get();
    if (known !== undefined && !how.fits(known)) {
      return {
        state: "broken",
        fault: `has authorization ${kind} and names the authorizer "${authorizer.displayName()}", whose type is ${known}`,
        fix: "Make the authorization and the type of the authorizer agree.",
      };
    }
    return type.isUnknown() ? unknownWiring : fine;
  }

  private authorizerNode(node: Node, kind: "authorizer" | "httpAuthorizer"): Node | undefined {
    const tie = this.graph.ties.follow(node, "authorizerId", [kind]);
    return tie.state === "node" ? tie.node : undefined;
  }

  /** Integrations by the place of their method: API, resource and verb. */
  private restIntegrations(): ReadonlyMap<string, Node> {
    const map = new Map<string, Node>();
    for (const node of this.graph.of("integration")) {
      if (node.part !== "") map.set(`${node.urn}/inline`, node);
      map.set(this.placeOf(node), node);
    }
    return map;
  }

  private placeOf(node: Node): string {
    const api = this.graph.apiFor(node, "restApi", "rest");
    const owner = api.node?.urn ?? api.id ?? "?";
    const resource = this.graph.ties.follow(node, "resourceId", ["resource", "method"]);
    let place: string;
    if (resource.state === "node") {
      place = resource.node.kind === "method" ? this.resourceKey(resource.node) : resource.node.urn;
    } else place = this.resourceKey(node);
    const verb = node.bag.string("httpMethod").get();
    return `${owner} ${place} ${verb?.toUpperCase() ?? node.sources("httpMethod").join(" ")}`;
  }

  private resourceKey(node: Node): string {
    const known = node.bag.string("resourceId").get();
    const [resource] = this.graph.ties.sources(node, "resourceId", ["resource"]);
    if (resource) return resource.urn;
    const root = this.graph.ties.sources(node, "resourceId", ["restApi"])[0];
    if (root) return "/";
    const api = this.graph.apiFor(node, "restApi", "rest");
    if (known !== undefined) return api.node?.bag.outputString("rootResourceId").is(known) === true ? "/" : known;
    return node.sources("resourceId").join(" ");
  }

  /** `/pets/{id}`, put together of path parts while ids and paths are unknown. */
  private pathOf(node: Node, api: Api): Value<string> {
    const tie = this.graph.ties.follow(node, "resourceId", ["resource"]);
    if (tie.state === "node") return this.resourcePath(tie.node, 0);
    return this.resourceKey(node) === "/" ? Value.known("/") : Value.unknown(api.whole ? "preview" : "partial");
  }

  private resourcePath(node: Node, depth: number): Value<string> {
    const cached = this.paths.get(node);
    if (cached) return cached;
    let path: Value<string>;
    const part = node.bag.string("pathPart");
    if (depth > 64) path = Value.unknown("unreadable");
    else {
      const parent = this.graph.ties.follow(node, "parentId", ["resource"]);
      if (parent.state === "node" && parent.node !== node) {
        path = this.resourcePath(parent.node, depth + 1).flatMap((above) =>
          part.map((name) => `${above === "/" ? "" : above}/${name}`),
        );
      } else if (this.isRoot(node)) path = part.map((name) => `/${name}`);
      else path = node.bag.outputString("path");
      if (!path.isKnown()) path = node.bag.outputString("path");
      if (path.isAbsent()) path = Value.unknown();
    }
    this.paths.set(node, path);
    return path;
  }

  private isRoot(node: Node): boolean {
    if (this.graph.ties.sources(node, "parentId", ["restApi"]).length > 0) return true;
    const parent = node.bag.string("parentId").get();
    const api = this.graph.apiFor(node, "restApi", "rest");
    return parent !== undefined && api.node?.bag.outputString("rootResourceId").is(parent) === true;
  }

  // HTTP and WebSocket, as resources

  private httpRoute(node: Node): Route {
    const api = this.graph.apiFor(node, "apiId", "http");
    const key = node.bag.string("routeKey");
    const protocol = api.protocolKnown ? api.kind : protocolOfKey(key.get());
    const socket = protocol === "websocket";
    const [verb, path] = splitRouteKey(key);
    const declared = node.bag
      .string("authorizationType")
      .map((text) => text.toUpperCase())
      .or(Value.known("NONE"));
    const integration = this.integrationOf(node);
    const guards = socket ? key.is("$connect") : protocol === "http";
    return {
      api,
      source: "resource",
      method: verb,
      path,
      key,
      urn: node.urn,
      label: `route ${key.isKnown() ? `"${key.get() ?? ""}"` : `"${node.name}"`}${api.of}`,
      names: [node.name, ...api.names],
      tags: api.tags,
      authorization: declared.flatMap(httpAuthorization),
      // An HTTP API has no API keys.
      apiKeyRequired: protocol === "http" ? Value.known(false) : node.bag.bool("apiKeyRequired").or(Value.known(false)),
      wiring: guards || socket ? this.httpWiring(node, api, declared) : fine,
      authorizer: this.authorizerNode(node, "httpAuthorizer"),
      scopes: node.bag.strings("authorizationScopes"),
      preflight: socket ? Value.known(false) : verb.map((method) => method === "OPTIONS"),
      guards,
      mayGuard: protocol === undefined,
      backend: integration ? this.backend(integration, "integrationUri", "integrationType") : undefined,
    };
  }

  /** The integration that `target` names: `integrations/<id>`. */
  private integrationOf(node: Node): Node | undefined {
    const [tied] = this.graph.ties.sources(node, "target", ["httpIntegration"]);
    if (tied) return tied;
    const id = node.bag
      .string("target")
      .get()
      ?.replace(/^integrations\//, "");
    return id === undefined ? undefined : this.graph.ties.withId("httpIntegration", id);
  }

  private httpWiring(node: Node, api: Api, authorization: Value<string>): Wiring {
    const kind = authorization.get();
    if (kind === undefined) return unknownWiring;
    if (kind === "NONE" || kind === "AWS_IAM") return fine;
    const legal = kind === "CUSTOM" || (kind === "JWT" && api.kind !== "websocket");
    if (!legal) {
      return {
        state: "broken",
        fault: `has authorization ${quote(kind)}, which ${api.kind === "websocket" ? "a WebSocket" : "an HTTP"} API does not have`,
        fix: `Set \`authorizationType\` to AWS_IAM, ${api.kind === "websocket" ? "" : "JWT "}or CUSTOM.`,
      };
    }
    return this.authorizerWiring(node, api, kind, {
      property: "httpAuthorizer",
      owner: "apiId",
      fits: (type) => (kind === "JWT" ? type === "JWT" : type === "REQUEST"),
      typeOf: (authorizer) => authorizer.bag.string("authorizerType"),
    });
  }

  private quickCreate(): void {
    const { graph } = this;
    const overrides = new Map(
      graph.of("managedOverrides").map((node) => [graph.apiFor(node, "apiId", "http"), node] as const),
    );
    for (const api of graph.apis) {
      if (api.node !== undefined && api.quickCreated) this.add(this.quickRoute(api, api.node, overrides.get(api)));
    }
  }

  /** The route that quick create makes: open, unless aws-native overrides it. */
  private quickRoute(api: Api, node: Node, overrides: Node | undefined): Route {
    const key = node.bag.string("routeKey").or(Value.known("$default"));
    const [method, path] = splitRouteKey(key);
    let declared = Value.known("NONE");
    if (overrides?.bag.value("route").isUnknown() === true) declared = Value.unknown();
    else if (overrides) {
      declared = overrides.bag
        .string("authorizationType")
        .map((text) => text.toUpperCase())
        .or(declared);
    } else if (!this.graph.whole && node.type.startsWith("aws-native:")) declared = Value.unknown("partial");
    return {
      api,
      source: "quick-create",
      method,
      path,
      key,
      urn: node.urn,
      part: "quick-create",
      label: `route "${key.get() ?? "?"}", made by quick create,${api.of}`,
      names: api.names,
      tags: api.tags,
      authorization: declared.flatMap(httpAuthorization),
      apiKeyRequired: Value.known(false),
      wiring: overrides ? this.httpWiring(overrides, api, declared) : fine,
      authorizer: overrides && this.authorizerNode(overrides, "httpAuthorizer"),
      scopes: overrides?.bag.strings("authorizationScopes") ?? Value.absent(),
      preflight: Value.known(false),
      guards: true,
      backend: undefined,
    };
  }

  /** A WebSocket API whose connections nobody checks: it has routes, and none of them is `$connect`. */
  private missingConnect(api: Api): void {
    if (api.kind !== "websocket" || !api.whole || api.visibility !== "stack") return;
    const keys = api.routes.map((route) => route.key);
    if (keys.length === 0 || keys.some((key) => key.is("$connect"))) return;
    const told = keys.every((key) => key.isKnown());
    this.add({
      api,
      source: "missing",
      method: Value.known("$connect"),
      path: Value.known("$connect"),
      key: Value.known("$connect"),
      urn: api.urn,
      part: "missing",
      label: told ? `${api.label}, which has no "$connect" route,` : `route "$connect"${api.of}`,
      names: api.names,
      tags: api.tags,
      authorization: told ? Value.known<Authorization>("none") : Value.unknown<Authorization>(),
      apiKeyRequired: Value.known(false),
      wiring: fine,
      scopes: Value.absent(),
      preflight: Value.known(false),
      guards: true,
      backend: undefined,
    });
  }

  // Bodies

  private operation(api: Api, node: Node, operation: BodyOperation): Route {
    const key =
      api.kind !== "rest" && operation.path === "$default" ? "$default" : `${operation.method} ${operation.path}`;
    const [authorization, wiring] = bodyAuthorization(operation, api);
    // A body written as an object may hold what is not known yet.
    const hidden = toValue(operation.definition["x-amazon-apigateway-integration"]).isUnknown();
    const integration = operation.integration?.definition ?? {};
    const read = (key: string): Value<string> => (hidden ? Value.unknown() : asString(toValue(integration[key])));
    const type = read("type").map((text) => text.toUpperCase());
    const uri = read("uri");
    const options = operation.method === "OPTIONS";
    return {
      api,
      source: "body",
      method: Value.known(operation.method),
      path: Value.known(operation.path),
      key: Value.known(key),
      urn: node.urn,
      label: `operation ${key}${api.of}`,
      part: key,
      names: [node.name, ...api.names],
      tags: api.tags,
      authorization,
      apiKeyRequired: Value.known(operation.apiKeyRequired),
      wiring,
      scopes: bodyScopes(operation),
      operation,
      preflight: options && api.kind === "rest" ? isMock(type) : Value.known(options),
      guards: true,
      backend: {
        type,
        uri,
        connectionId: read("connectionId"),
        function: functionTie(this.graph, uri, node, "body"),
        qualified: uri.flatMap(qualifiedUri),
        node,
        property: "body",
      },
    };
  }

  private backend(node: Node, uriProperty: string, typeProperty: string): Backend {
    const uri = node.bag.string(uriProperty);
    const [alias] = this.graph.ties.sources(node, uriProperty, ["alias"]);
    return {
      type: node.bag.string(typeProperty).map((type) => type.toUpperCase()),
      uri,
      connectionId: node.bag.string("connectionId"),
      function: functionTie(this.graph, uri, node, uriProperty),
      qualified: alias ? Value.known(true) : uri.flatMap(qualifiedUri),
      node,
      property: uriProperty,
    };
  }
}

const isMock = (type: Value<string>): Value<boolean> => type.map((text) => text === "MOCK").or(Value.known(false));

/** Absent where the URI is no function's. */
function qualifiedUri(uri: string): Value<boolean> {
  const lambda = parseLambdaFromUri(uri);
  if (lambda === undefined) return Value.absent();
  return Value.known(lambda.qualifier !== undefined && lambda.qualifier !== "$LATEST");
}

function bodyAuthorization(operation: BodyOperation, api: Api): [Value<Authorization>, Wiring] {
  const { security } = operation;
  switch (security.kind) {
    case "none":
    case "api-key":
      return [Value.known<Authorization>("none"), fine];
    case "iam":
      return [Value.known<Authorization>("iam"), fine];
    case "broken":
      return [
        Value.absent(),
        {
          state: "broken",
          fault: security.reason,
          fix: "Define the scheme with `x-amazon-apigateway-authtype` and `x-amazon-apigateway-authorizer`, or use `x-amazon-apigateway-auth`.",
        },
      ];
    case "authorizer": {
      const { type, scheme } = security.authorizer;
      const kinds: Readonly<Record<string, Authorization>> = {
        token: "lambda",
        request: "lambda",
        cognito_user_pools: "cognito",
        jwt: "jwt",
      };
      const kind = kinds[type];
      const misfit = api.kind === "rest" ? type === "jwt" : type === "cognito_user_pools" || type === "token";
      if (kind === undefined || misfit) {
        return [
          Value.absent(),
          {
            state: "broken",
            fault: `names the security scheme ${quote(scheme)}, whose authorizer has ${kind === undefined ? "no type" : `the type ${type}, which ${api.kind === "rest" ? "a REST" : "an HTTP"} API does not have`}`,
            fix: "Give the scheme's `x-amazon-apigateway-authorizer` a type that this kind of API has.",
          },
        ];
      }
      return [Value.known(kind), fine];
    }
  }
}

function bodyScopes({ security }: BodyOperation): Value<readonly Value<string>[]> {
  if (security.kind !== "authorizer" || security.scopes.length === 0) return Value.absent();
  return Value.known(security.scopes.map((scope) => Value.known(scope)));
}

function restAuthorization(declared: string): Value<Authorization> {
  switch (declared) {
    case "NONE":
      return Value.known<Authorization>("none");
    case "AWS_IAM":
      return Value.known<Authorization>("iam");
    case "CUSTOM":
      return Value.known<Authorization>("lambda");
    case "COGNITO_USER_POOLS":
      return Value.known<Authorization>("cognito");
    default:
      return Value.absent();
  }
}

function httpAuthorization(declared: string): Value<Authorization> {
  return declared === "JWT" ? Value.known<Authorization>("jwt") : restAuthorization(declared);
}

function splitRouteKey(key: Value<string>): [Value<string>, Value<string>] {
  const text = key.get();
  if (text === undefined) return [Value.unknown(key.reason), Value.unknown(key.reason)];
  const space = text.indexOf(" ");
  if (space < 0) return [Value.known(text === "$default" ? "ANY" : text), Value.known(text)];
  return [Value.known(text.slice(0, space).toUpperCase()), Value.known(text.slice(space + 1))];
}

function quote(text: string): string {
  return JSON.stringify(text.slice(0, 60));
}
