import { Api } from "./api";
import type { ApiKind, Body } from "./api";
import { parseArn, parseStageArn } from "./arn";
import { Bag } from "./bag";
import { foretell } from "./component";
import { normaliseMethodPath } from "./method-path";
import { put } from "./multi-map";
import type { Node } from "./node";
import type { Kind, Observed } from "./node";
import { parseBody } from "./openapi";
import type { ApiDocument } from "./openapi";
import { readResource, sendsUnsetLimits } from "./readers";
import { protocolOfKey } from "./route";
import type { Route } from "./route";
import { RouteReader } from "./routes";
import { Stage } from "./stage";
import type { Settings, StackContext } from "./stage";
import { Ties } from "./ties";
import type { Tie } from "./ties";
import { Value } from "./value";

/** A usage plan's entry for one stage. */
export interface PlanStage {
  readonly api: Tie;
  readonly name: Value<string>;
  /** The stages of this stack it names; none when they are another stack's or not known. */
  readonly stages: readonly Stage[];
}

export interface UsagePlan {
  readonly node: Node;
  readonly stages: Value<readonly PlanStage[]>;
}

/** A custom domain with what it maps. */
export interface Mapping {
  readonly node: Node;
  /** The domain's resource, or its name where it is another stack's. */
  readonly domain: Node | string | undefined;
  readonly api: Api | undefined;
  /** Absent: a base path mapping that exposes every stage. */
  readonly stageName: Value<string>;
  readonly stages: readonly Stage[];
}

const restOwner: readonly Kind[] = ["restApi"];
const httpOwner: readonly Kind[] = ["httpApi"];

/**
 * Everything one analysis shows of API Gateway, tied together.
 *
 * Built of all resources of a stack, or of one resource alone: then what its neighbours would tell is unknown, and
 * the same rule can be asked in both hooks.
 */
export class Graph {
  readonly nodes: readonly Node[];
  readonly ties: Ties;
  readonly apis: Api[] = [];
  readonly stages: Stage[] = [];
  /** Stages of which the stack has nothing but method settings that name them. */
  readonly hearsay: Stage[] = [];
  readonly routes: Route[] = [];
  readonly usagePlans: UsagePlan[] = [];
  readonly mappings: Mapping[] = [];
  /** Components that may hide API Gateway resources: nothing of them can be seen. */
  readonly hidden: Node[] = [];
  /** URNs of components that show no resource and are judged from their own inputs. */
  readonly foretold = new Set<string>();
  private readonly kinds = new Map<Kind, Node[]>();
  private readonly apiOf = new Map<string, Api>();
  private readonly heard = new Map<Api, readonly Stage[]>();
  /** What routes and stages tell of the protocol of APIs that do not tell it themselves. */
  private readonly protocols = new Map<string, "http" | "websocket">();

  private constructor(
    observed: readonly Observed[],
    readonly scope: "stack" | "resource",
    readonly stack: StackContext,
  ) {
    const nodes = observed.flatMap(readResource);
    if (scope === "stack") nodes.push(...this.foretell(observed, nodes));
    this.nodes = nodes;
    this.ties = new Ties(this.nodes);
    for (const node of this.nodes) {
      if (node.kind === "other") continue;
      put(this.kinds, node.kind, node);
    }
    if (scope === "stack") this.readProtocols();
    this.readApis();
    this.readStages();
    this.readSettings();
    new RouteReader(this).read();
    this.readWebAcls();
    this.readUsagePlans();
    this.readMappings();
    if (scope === "stack") this.findHidden();
  }

  /** What components that show no API will make, as far as their inputs tell. */
  private foretell(observed: readonly Observed[], nodes: readonly Node[]): Node[] {
    const components = observed.filter((resource) => resource.component);
    if (components.length === 0) return [];
    const parents = new Map(observed.map((resource) => [resource.urn, resource.parent]));
    const showing = new Set<string>();
    for (const node of nodes) {
      if (node.kind !== "restApi" && node.kind !== "httpApi") continue;
      let above = node.parent;
      while (above !== undefined && !showing.has(above)) {
        showing.add(above);
        above = parents.get(above);
      }
    }
    return components.flatMap((component) => {
      const made = showing.has(component.urn) ? [] : foretell(component);
      if (made.length > 0) this.foretold.add(component.urn);
      return made;
    });
  }

  static ofStack(observed: readonly Observed[], stackTags: ReadonlyMap<string, string>): Graph {
    return new Graph(observed, "stack", { name: stackName(observed[0]?.urn), tags: stackTags });
  }

  static ofResource(observed: Observed, stackTags: ReadonlyMap<string, string>): Graph {
    return new Graph([observed], "resource", { name: stackName(observed.urn), tags: stackTags });
  }

  get whole(): boolean {
    return this.scope === "stack";
  }

  of(...kinds: readonly Kind[]): readonly Node[] {
    return kinds.flatMap((kind) => this.kinds.get(kind) ?? []);
  }

  /** The URN of the root stack, where findings about the whole go. */
  get root(): string {
    return this.nodes.find((node) => node.type === "pulumi:pulumi:Stack")?.urn ?? "";
  }

  /** The API that a property of a resource points at, be it of this stack or not. */
  apiFor(node: Node, property: string, kind: ApiKind): Api {
    const tie: Tie =
      this.scope === "resource"
        ? { state: "unknown" }
        : this.ties.follow(node, property, kind === "rest" ? restOwner : httpOwner);
    const key = keyOf(tie) ?? `unknown ${kind}`;
    const told = kind === "rest" ? kind : this.protocols.get(key);
    const [as, sure] = [told ?? kind, told !== undefined] as const;
    switch (tie.state) {
      case "node":
        return this.apiAt(tie.node);
      case "external":
        return this.shared(key, () => new Api(as, "external", undefined, tie.id, true, sure));
      case "component":
        return this.shared(key, () => new Api(as, "component", tie.node, undefined, true, sure));
      default:
        return this.shared(key, () => new Api(as, "unknown", undefined, undefined, false, sure));
    }
  }

  apiAt(node: Node): Api {
    const kind = apiKind(node) ?? this.protocols.get(node.urn);
    return this.shared(
      node.urn,
      () => new Api(kind ?? "http", "stack", node, node.id.get(), this.whole, kind !== undefined),
    );
  }

  /** A route key, or the stage `$default`, that only one of the two kinds of API has. */
  private readProtocols(): void {
    for (const node of this.of("httpRoute", "httpStage")) {
      const key = node.bag.string(node.kind === "httpRoute" ? "routeKey" : "name").get();
      const told = node.kind === "httpRoute" ? protocolOfKey(key) : key === "$default" ? "http" : undefined;
      const api = told && keyOf(this.ties.follow(node, "apiId", httpOwner));
      if (told !== undefined && api !== undefined) this.protocols.set(api, told);
    }
  }

  private shared(key: string, make: () => Api): Api {
    let api = this.apiOf.get(key);
    if (api === undefined) {
      api = make();
      this.apiOf.set(key, api);
      this.apis.push(api);
    }
    return api;
  }

  private readApis(): void {
    for (const node of this.of("restApi", "httpApi")) this.addBody(this.apiAt(node), node);
    for (const node of this.of("restApiPut")) this.addBody(this.apiFor(node, "restApiId", "rest"), node);
    // Of an API of another stack these may be all that this one has.
    for (const node of this.of("restApiPolicy", "gatewayResponse")) this.apiFor(node, "restApiId", "rest");
  }

  private addBody(api: Api, node: Node): void {
    const text = node.bag.string("body");
    if (text.isAbsent()) {
      if (node.bag.value("bodyS3Location").isPresent()) {
        api.bodies.push({ node, document: Value.unknown("unreadable"), problem: "it is read from S3" });
      }
      return;
    }
    const parsed = text.map((body) => parseBody(body, api.kind === "rest" ? "rest" : "http")).get();
    let body: Body;
    if (parsed === undefined) body = { node, document: Value.unknown(text.reason) };
    else if (parsed === "unknown") body = { node, document: Value.unknown() };
    else if ("kind" in parsed) body = { node, document: Value.unknown("unreadable"), problem: parsed.reason };
    else body = { node, document: Value.known<ApiDocument>(parsed) };
    api.bodies.push(body);
  }

  private readStages(): void {
    for (const node of this.of("stage")) {
      this.addStage(new Stage(this.apiFor(node, "restApi", "rest"), node, node.bag.string("stageName"), this.stack));
    }
    for (const node of this.of("httpStage")) {
      const api = this.apiFor(node, "apiId", "http");
      const stage = new Stage(api, node, node.bag.string("name").or(node.bag.outputString("id")), this.stack);
      this.addStage(stage);
      const defaults = node.bag.object("defaultRouteSettings");
      const all = Value.known("*");
      stage.settings = defaults.map((bag) => routeSettings(node, bag, "defaultRouteSettings", all));
      const overrides = node.bag.bags("routeSettings");
      for (const entry of overrides.get() ?? []) {
        const bag = entry.get();
        const scope = bag?.string("routeKey") ?? Value.unknown<string>();
        const property = `routeSettings["${scope.get() ?? "?"}"]`;
        stage.overrides.push(bag ? routeSettings(node, bag, property, scope) : unknownSettings(node, property));
      }
      if (overrides.isUnknown()) {
        stage.overrides.push(unknownSettings(node, "routeSettings"));
      }
    }
  }

  private addStage(stage: Stage): void {
    stage.api.stages.push(stage);
    this.stages.push(stage);
  }

  /** Method settings to the stage of the same API and name. */
  private readSettings(): void {
    for (const node of this.of("methodSettings")) {
      const api = this.apiFor(node, "restApi", "rest");
      const name = node.bag.string("stageName");
      const settings = methodSettings(node);
      const [tied] = this.ties.sources(node, "stageName", ["stage"]);
      const stage =
        api.stages.find((candidate) => tied !== undefined && candidate.node === tied) ??
        api.stages.find((candidate) => candidate.node.urn === node.urn) ??
        (name.isKnown() ? api.stages.find((candidate) => candidate.name.is(name.get() ?? "")) : undefined);
      if (stage) {
        attach(stage, settings);
        continue;
      }
      attach(this.hear(api, node, name), settings);
      if (name.isUnknown()) {
        for (const candidate of api.stages) {
          if (candidate.settings.isAbsent()) candidate.settings = Value.unknown(name.reason);
        }
      } else if (api.visibility === "unknown") {
        // Settings of a stage by this name, of an API that cannot be told: they may be any one's.
        for (const candidate of this.stages) {
          if (candidate.api.kind === "rest" && candidate.name.is(name.get() ?? "") && candidate.settings.isAbsent()) {
            candidate.settings = Value.unknown("preview");
          }
        }
      }
    }
    for (const stage of this.stages) {
      if (stage.api.kind !== "rest" || !stage.settings.isAbsent()) continue;
      // Settings whose path is not known may be those for all methods.
      if (this.scope === "resource") stage.settings = Value.unknown("partial");
      else if (stage.overrides.some((one) => one.scope.isUnknown())) stage.settings = Value.unknown();
    }
  }

  /** The stage of this name, of which method settings tell. */
  private hear(api: Api, node: Node, name: Value<string>): Stage {
    const all = this.heard.get(api) ?? [];
    const known = name.isKnown() ? all.find((stage) => stage.name.is(name.get() ?? "")) : undefined;
    if (known) return known;
    const stage = new Stage(api, node, name, this.stack, true);
    stage.settings = Value.unknown("partial");
    this.heard.set(api, [...all, stage]);
    if (this.scope === "resource") this.addStage(stage);
    else this.hearsay.push(stage);
    return stage;
  }

  private readWebAcls(): void {
    const index = new StageIndex(this.stages);
    let anywhere = false;
    for (const association of this.of("webAclAssociation")) {
      const property = association.bag.value("webAclArn").isPresent() ? "webAclArn" : "webAclId";
      const webAcl = this.ties.follow(association, property, ["webAcl"]);
      if (webAcl.state === "absent") continue;
      const target = association.bag.string("resourceArn");
      const arn = target.get() === undefined ? undefined : parseStageArn(target.get() ?? "");
      // What is no ARN of API Gateway's, though it comes of a stage, is what stands for one in a test of a program.
      const standIn = target.isKnown() && arn === undefined && parseArn(target.get() ?? "")?.service !== "execute-api";
      if (target.isKnown() && !standIn) {
        if (arn === undefined) continue;
        for (const stage of index.called(arn.stage)) {
          const id = stage.api.id ?? stage.api.node?.id.get();
          const named = stage.name.isKnown();
          if (id === arn.apiId && named) stage.webAcls.push({ association, webAcl });
          else if (id === arn.apiId && stage.name.isUnknown()) stage.webAclUnknown = true;
          else if (id === undefined && named && stage.api.visibility !== "stack") stage.webAclUnknown = true;
        }
        continue;
      }
      const stages = this.ties.sources(association, "resourceArn", ["stage", "httpStage"]);
      const aimed = index.at(stages);
      if (standIn && aimed.length === 0) continue;
      const owners = this.ties.sources(association, "resourceArn", ["restApi", "httpApi"]);
      const byApi = owners.flatMap((owner) => this.apiAt(owner).stages);
      const candidates = aimed.length > 0 ? aimed : byApi;
      const [only, ...more] = candidates;
      if (only !== undefined && more.length === 0) only.webAcls.push({ association, webAcl });
      else if (only !== undefined) for (const stage of candidates) stage.webAclUnknown = true;
      else if (association.sources("resourceArn").length === 0) anywhere = true;
      else {
        // A component, or something that cannot be read, which both come from.
        for (const urn of association.sources("resourceArn")) {
          for (const stage of index.ofOwner(urn)) if (stage.api.visibility !== "stack") stage.webAclUnknown = true;
        }
      }
    }
    if (anywhere) for (const stage of this.stages) stage.webAclUnknown = true;
  }

  private readUsagePlans(): void {
    const index = new StageIndex(this.stages);
    for (const node of this.of("usagePlan")) {
      const owners = this.ties.sources(node, "apiStages", ["restApi", "httpApi"]);
      const [owner, ...more] = owners;
      const tied = index.at(this.ties.sources(node, "apiStages", ["stage", "httpStage"]));
      const from = new Set([...owners.map(({ urn }) => urn), ...node.sources("apiStages")]);
      const stages = node.bag.bags("apiStages").map((entries) =>
        entries.map((entry): PlanStage => {
          const id = entry.flatMap((bag) => bag.string("apiId"));
          const name = entry.flatMap((bag) => bag.string("stage"));
          const known = id.get();
          const named = name.get();
          const found = (named === undefined ? tied : index.called(named)).filter(
            ({ api, name: own }) =>
              (named === undefined || own.isKnown()) && (known === undefined ? from.has(api.urn) : api.id === known),
          );
          const [stage] = found;
          const own = known && (this.ties.withId("restApi", known) ?? this.ties.withId("httpApi", known));
          let api: Tie = { state: "unknown" };
          if (stage?.api.node !== undefined) api = { state: "node", node: stage.api.node };
          else if (own) api = { state: "node", node: own };
          else if (known !== undefined) api = { state: "external", id: known };
          else if (owner !== undefined && more.length === 0) api = { state: "node", node: owner };
          return { api, name, stages: found };
        }),
      );
      this.usagePlans.push({ node, stages });
    }
  }

  private readMappings(): void {
    const index = new StageIndex(this.stages);
    const domains = new Map(
      this.of("domain", "httpDomain").flatMap((node): [string, Node][] => {
        const name = node.bag.string("domainName").get();
        return name === undefined ? [] : [[name, node]];
      }),
    );
    const map = (node: Node, api: Api | undefined, stageName: Value<string>, tied: readonly Stage[]): void => {
      const candidates = api?.stages ?? tied;
      const stages = candidates.filter((stage) => {
        if (stageName.isAbsent()) return true;
        return stageName.isKnown() ? stage.name.is(stageName.get() ?? "") : tied.includes(stage);
      });
      const domain = this.ties.follow(node, "domainName", ["domain", "httpDomain"]);
      const text = node.bag.string("domainName").get();
      const name = text === undefined ? undefined : domainOf(text);
      const found = domain.state === "node" ? domain.node : domains.get(name ?? "");
      this.mappings.push({ node, domain: found ?? name, api, stageName, stages });
    };
    for (const node of this.of("basePathMapping", "apiMapping")) {
      const rest = node.kind === "basePathMapping";
      const owner = keyOf(this.ties.follow(node, rest ? "restApi" : "apiId", ["restApi", "httpApi"]));
      const property = rest ? "stageName" : "stage";
      const tied = index.at(this.ties.sources(node, property, ["stage", "httpStage"]));
      map(node, this.apiOf.get(owner ?? ""), node.bag.string(property), tied);
    }
    for (const node of this.of("routingRule")) {
      const owners = this.ties.sources(node, "actions", ["restApi", "httpApi"]);
      const tied = index.at(this.ties.sources(node, "actions", ["stage", "httpStage"]));
      const actions = node.bag.bags("actions");
      for (const action of actions.isUnknown() ? [Value.unknown<Bag>(actions.reason)] : (actions.get() ?? [])) {
        const invoked = action.flatMap((bag) => bag.object("invokeApi"));
        const id = invoked.flatMap((bag) => bag.string("apiId")).get();
        const [only, ...more] = owners;
        let owner = more.length === 0 ? only : undefined;
        if (id !== undefined) owner = this.ties.withId("restApi", id) ?? this.ties.withId("httpApi", id);
        const api = owner ? this.apiAt(owner) : this.apiOf.get(`external ${id ?? ""}`);
        const stageName = invoked.flatMap((bag) => bag.string("stage"));
        map(node, api, stageName.isAbsent() ? Value.unknown("unreadable") : stageName, tied);
      }
    }
  }

  /** Components that name API Gateway, or that API Gateway resources point at, and that show no resource. */
  private findHidden(): void {
    const pointedAt = new Set(this.apis.filter((api) => api.visibility === "component").map((api) => api.urn));
    for (const component of this.of("component")) {
      const inside = this.ties.descendantsOf(component.urn);
      if (inside.some((node) => node.kind === "restApi" || node.kind === "httpApi")) continue;
      if (pointedAt.has(component.urn) || (inside.length === 0 && namesApiGateway(component.type))) {
        this.hidden.push(component);
      }
    }
  }
}

/** Stages by what others name them by. */
class StageIndex {
  private readonly byName = new Map<string | undefined, Stage[]>();
  private readonly byNode = new Map<Node, Stage>();
  private readonly bySource = new Map<string, Stage[]>();

  constructor(stages: readonly Stage[]) {
    for (const stage of stages) {
      put(this.byName, stage.name.get(), stage);
      this.byNode.set(stage.node, stage);
      const owners = stage.node.sources(stage.api.kind === "rest" ? "restApi" : "apiId");
      for (const urn of new Set(owners)) put(this.bySource, urn, stage);
    }
  }

  /** Of this name, and those whose name is not known. */
  called(name: string): readonly Stage[] {
    return [...(this.byName.get(name) ?? []), ...(this.byName.get(undefined) ?? [])];
  }

  at(nodes: readonly Node[]): Stage[] {
    return nodes.flatMap((node) => this.byNode.get(node) ?? []);
  }

  /** Whose API comes from this resource. */
  ofOwner(urn: string): readonly Stage[] {
    return this.bySource.get(urn) ?? [];
  }
}

/** Says that a component makes APIs: its own words, as whole words. */
function namesApiGateway(type: string): boolean {
  const words = type
    .replace(/([a-z0-9])([A-Z])/g, "$1 $2")
    .toLowerCase()
    .split(/[^a-z0-9]+/);
  const joined = ` ${words.join(" ")} `;
  return /apigateway|apigw| api gateway | (rest|http|websocket|web socket) ?api /.test(joined);
}

/** Undefined while the protocol is not known. */
function apiKind(node: Node): ApiKind | undefined {
  if (node.kind === "restApi") return "rest";
  const protocol = node.bag.string("protocolType");
  if (protocol.isUnknown()) return undefined;
  return protocol.get()?.toUpperCase() === "WEBSOCKET" ? "websocket" : "http";
}

/** A domain's name out of its ARN, as aws-native names domains: `…::/domainnames/api.example.com+<id>`. */
function domainOf(text: string): string {
  if (!text.startsWith("arn:")) return text;
  return text.slice(text.lastIndexOf("/") + 1).replace(/\+.*$/, "");
}

/** What an API is kept under; undefined for one that nothing tells. */
function keyOf(tie: Tie): string | undefined {
  switch (tie.state) {
    case "node":
      return tie.node.urn;
    case "external":
      return `external ${tie.id}`;
    case "component":
      return `component ${tie.node.urn}`;
    default:
      return undefined;
  }
}

function attach(stage: Stage, settings: Settings): void {
  if (settings.malformed !== undefined) stage.refused.push(settings);
  else if (!settings.scope.is("*")) stage.overrides.push(settings);
  // Which of several comes last, nothing tells: all of them count.
  else if (stage.settings.isKnown()) stage.overrides.push(settings);
  else stage.settings = Value.known(settings);
}

function methodSettings(node: Node): Settings {
  const settings = node.bag.object("settings");
  const bag = settings.get() ?? Bag.empty;
  const path = node.bag.string("methodPath").map(normaliseMethodPath);
  const scope = path.map((parsed) => (parsed.all ? "*" : `${parsed.method} ${parsed.path}`));
  const lost = <T>(value: Value<T>): Value<T> => (settings.isUnknown() ? Value.unknown(settings.reason) : value);
  return {
    node,
    property: "settings",
    scope,
    rate: lost(bag.number("throttlingRateLimit")),
    burst: lost(bag.number("throttlingBurstLimit")),
    loggingLevel: lost(bag.string("loggingLevel")).map((level) => level.toUpperCase()),
    dataTrace: lost(bag.bool("dataTraceEnabled")),
    metrics: lost(bag.bool("metricsEnabled")),
    malformed: path.get()?.malformed,
  };
}

function routeSettings(node: Node, bag: Bag, property: string, scope: Value<string>): Settings {
  return {
    node,
    property,
    scope,
    rate: bag.number("throttlingRateLimit"),
    burst: bag.number("throttlingBurstLimit"),
    loggingLevel: bag.string("loggingLevel").map((level) => level.toUpperCase()),
    dataTrace: bag.bool("dataTraceEnabled"),
    metrics: bag.bool("detailedMetricsEnabled"),
    zeroWhereUnset: sendsUnsetLimits(node.type),
  };
}

function unknownSettings(node: Node, property: string): Settings {
  const nothing = Value.unknown<never>();
  return {
    node,
    property,
    scope: nothing,
    rate: nothing,
    burst: nothing,
    loggingLevel: nothing,
    dataTrace: nothing,
    metrics: nothing,
  };
}

/** The stack's name out of a URN: `urn:pulumi:<stack>::<project>::…`. */
function stackName(urn: string | undefined): string | undefined {
  const [head] = (urn ?? "").split("::");
  const name = head?.split(":")[2];
  return name === undefined || name === "" ? undefined : name;
}
