import type { Api } from "./api";
import { parseApiArn, parseStageArn } from "./arn";
import { Bag, isRecord } from "./bag";
import { frontsOf, webAclOfDistribution } from "./distribution";
import type { Graph } from "./graph";
import { put } from "./multi-map";
import type { Kind, Node } from "./node";
import { perGraph } from "./per-graph";
import type { Stage } from "./stage";
import { resourceSubject } from "./subject";
import type { Subject } from "./subject";
import { Value } from "./value";

const actions = ["block", "allow", "count", "captcha", "challenge"] as const;

/** What becomes of a request that a rule matches; `group`: what the rules of its rule group say. */
export type Effect = (typeof actions)[number] | "group";

export type Statement =
  | {
      readonly kind: "managed-group";
      readonly vendor: Value<string>;
      readonly name: Value<string>;
      /** Names of rules of the group that were told to let through what they find. */
      readonly softened: Value<readonly string[]>;
      /** It sees one path only. */
      readonly onePath: boolean;
    }
  /** A rule group by reference; its rules are known where it is a resource of the stack. */
  | { readonly kind: "rule-group"; readonly rules: Value<readonly WebAclRule[]> }
  | { readonly kind: "rate"; readonly limit: Value<number>; readonly seconds: Value<number> }
  /** `broad`: whoever calls can have it match, or nearly everyone does. */
  | { readonly kind: "other"; readonly broad: boolean };

/** A rule of a web ACL, wherever it was written. */
export interface WebAclRule {
  readonly name: string | undefined;
  readonly statement: Value<Statement>;
  readonly effect: Value<Effect>;
  /** Rules are asked in this order, and the first to allow or block ends it. */
  readonly priority: Value<number>;
  /** It counts its requests in CloudWatch. */
  readonly metrics: Value<boolean>;
}

/** A logging configuration of a web ACL. */
export interface WebAclLog {
  readonly node: Node;
  readonly destination: Value<unknown>;
  /** Its filter keeps nothing. */
  readonly dropsAll: boolean;
  /** Names of redacted headers, in lower case; the fields that are not known yet stand among them as unknown. */
  readonly redacted: readonly Value<string>[];
}

/** A web ACL with everything the stack says about it put together. */
export class WebAcl {
  readonly subject: Subject;

  constructor(
    readonly node: Node,
    readonly rules: readonly WebAclRule[],
    /** No other rule can be there. */
    readonly rulesComplete: boolean,
    readonly logs: readonly WebAclLog[],
    /** No other logging configuration can be there. */
    readonly logsComplete: boolean,
  ) {
    this.subject = resourceSubject(node, `web ACL "${node.displayName()}"`);
  }

  /** It has no rule, and none can be hidden. */
  get isEmpty(): boolean {
    return this.rulesComplete && this.rules.length === 0;
  }

  /** Names of the rules that allow nearly every request before any of these is asked. */
  passedBefore(rules: readonly WebAclRule[]): readonly string[] {
    const priorities = rules.map((rule) => rule.priority.get() ?? -1);
    return this.rules.flatMap(({ name, statement, effect, priority }) => {
      const written = statement.get();
      const before = priority.get();
      if (!effect.is("allow") || written?.kind !== "other" || !written.broad || before === undefined) return [];
      return rules.length > 0 && priorities.every((own) => before < own) ? [name ?? "?"] : [];
    });
  }

  /** The web ACL's own metrics. */
  get metrics(): Value<boolean> {
    return metricsOf(this.node.bag).or(Value.known(false));
  }

  /** Headers that data protection keeps out of logs and samples, in lower case; `*` for all, which no keys mean. */
  get protectedHeaders(): readonly Value<string>[] {
    const protections = this.node.bag
      .object("dataProtectionConfig")
      .flatMap((bag) => bag.bags("dataProtections").or(bag.bags("dataProtection")));
    if (protections.isUnknown()) return [Value.unknown(protections.reason)];
    return (protections.get() ?? []).flatMap((entry) => {
      const field = entry.flatMap((bag) => bag.object("field"));
      if (field.isUnknown()) return [Value.unknown<string>(field.reason)];
      const bag = field.get() ?? Bag.empty;
      if (bag.string("fieldType").isNot("SINGLE_HEADER")) return [];
      const keys = bag.strings("fieldKeys");
      if (keys.isUnknown()) return [Value.unknown<string>(keys.reason)];
      return (keys.get() ?? [Value.known("*")]).map((key) => key.map((name) => name.toLowerCase()));
    });
  }
}

/** The web ACLs of the stack that an API is behind, each once. */
export const attachedWebAcls = perGraph((graph): readonly WebAcl[] => {
  const nodes = new Set<Node>();
  for (const association of graph.of("webAclAssociation")) {
    if (!isAimedAtRest(graph, association)) continue;
    const property = association.bag.value("webAclArn").isPresent() ? "webAclArn" : "webAclId";
    const tie = graph.ties.follow(association, property, ["webAcl"]);
    if (tie.state === "node") nodes.add(tie.node);
  }
  for (const stage of graph.stages) {
    if (stage.api.kind !== "rest") continue;
    const node = graph.ties.withArn(stage.node.bag.outputString("webAclArn").get() ?? "");
    if (node?.kind === "webAcl") nodes.add(node);
  }
  for (const api of graph.apis) {
    for (const front of frontsOf(graph, api)) {
      if (!front.leads.is(true)) continue;
      const tie = webAclOfDistribution(graph, front.node);
      if (tie.state === "node") nodes.add(tie.node);
    }
  }
  return [...nodes].map((node) => readWebAcl(graph, node));
});

const stagesAndApis: readonly Kind[] = ["stage", "httpStage", "restApi", "httpApi"];

function isAimedAtRest(graph: Graph, association: Node): boolean {
  if (
    aimedAtStages(graph)
      .get(association)
      ?.some((stage) => stage.api.kind === "rest") === true
  )
    return true;
  const target = association.bag.string("resourceArn").get();
  if (target !== undefined) return parseStageArn(target)?.kind === "rest";
  const tied = graph.ties.sources(association, "resourceArn", stagesAndApis);
  if (tied.some((node) => node.kind === "stage" || node.kind === "restApi")) return true;
  const sources = association.sources("resourceArn");
  return graph.apis.some((api) => api.visibility === "component" && api.kind === "rest" && sources.includes(api.urn));
}

/** Stages by the associations that name them. */
const aimedAtStages = perGraph((graph): ReadonlyMap<Node, readonly Stage[]> => {
  const aimed = new Map<Node, Stage[]>();
  for (const stage of graph.stages) {
    for (const { association } of stage.webAcls) {
      put(aimed, association, stage);
    }
  }
  return aimed;
});

/** Associations aimed at an HTTP or WebSocket API, or at a stage of it, which AWS refuses. */
export function refusedAssociations(graph: Graph, api: Api): readonly Node[] {
  return api.kind === "rest" ? [] : (refused(graph).get(api) ?? []);
}

const refused = perGraph((graph): ReadonlyMap<Api, readonly Node[]> => {
  const byApi = new Map<Api, Node[]>();
  const byId = new Map<string, Api>();
  const byNode = new Map<Node, Api>();
  for (const api of graph.apis) {
    const id = api.id ?? api.node?.id.get();
    if (id !== undefined) byId.set(id, api);
    if (api.node !== undefined) byNode.set(api.node, api);
    for (const stage of api.stages) byNode.set(stage.node, api);
  }
  for (const association of graph.of("webAclAssociation")) {
    const apis = new Set<Api | undefined>(
      aimedAtStages(graph)
        .get(association)
        ?.map((stage) => stage.api),
    );
    const target = association.bag.string("resourceArn").get();
    if (target !== undefined) apis.add(byId.get(parseStageArn(target)?.apiId ?? parseApiArn(target) ?? ""));
    else for (const node of graph.ties.sources(association, "resourceArn", stagesAndApis)) apis.add(byNode.get(node));
    for (const api of apis) if (api !== undefined) put(byApi, api, association);
  }
  return byApi;
});

/** A web ACL with the rules and the logging configurations that the stack gives it. */
function readWebAcl(graph: Graph, node: Node): WebAcl {
  const own = ownRules(graph, node);
  const apart = rulesApart(graph);
  const logs = logsApart(graph);
  return new WebAcl(
    node,
    [...(own.get() ?? []), ...(apart.of.get(node) ?? []).map((resource) => ruleOfResource(graph, resource))],
    !own.isUnknown() && apart.complete,
    (logs.of.get(node) ?? []).map(readLog),
    logs.complete,
  );
}

/** What resources of their own add to web ACLs. */
interface Apart {
  readonly of: ReadonlyMap<Node, readonly Node[]>;
  /** Of each it is known what web ACL it belongs to. */
  readonly complete: boolean;
}

const rulesApart = perGraph((graph) => apart(graph, "webAclRule", "webAclArn"));
const logsApart = perGraph((graph) => apart(graph, "webAclLogging", "resourceArn"));

function apart(graph: Graph, kind: Kind, property: string): Apart {
  const of = new Map<Node, Node[]>();
  let complete = true;
  for (const resource of graph.of(kind)) {
    const tie = graph.ties.follow(resource, property, ["webAcl"]);
    if (tie.state === "node") put(of, tie.node, resource);
    else if (tie.state === "unknown" || tie.state === "component") complete = false;
  }
  return { of, complete };
}

// Rules

type Rules = Value<readonly WebAclRule[]>;

function ownRules(graph: Graph, node: Node): Rules {
  const json = node.bag.string("ruleJson");
  if (json.isPresent()) return json.flatMap((text) => parseRules(graph, node, text));
  return node.bag.bags("rules").map((entries) => entries.map((entry) => readRule(graph, node, "rules", entry)));
}

/** `ruleJson` is written as the API of AWS WAF has it: names begin with a capital letter. */
function parseRules(graph: Graph, node: Node, text: string): Rules {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return Value.unknown("unreadable");
  }
  if (!Array.isArray(parsed)) return Value.unknown("unreadable");
  const bag = new Bag({ rules: decapitalised(parsed, 0) }, undefined, false);
  return bag
    .bags("rules")
    .map((entries) => entries.map((entry) => readRule(graph, node, "ruleJson", entry)))
    .or(Value.known([]));
}

/** Statements nest three deep in AWS WAF; what is deeper than this is nothing it would take. */
const maxDepth = 64;

function decapitalised(value: unknown, depth: number): unknown {
  if (depth > maxDepth) return undefined;
  if (Array.isArray(value)) return value.map((item) => decapitalised(item, depth + 1));
  if (!isRecord(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [
      key.charAt(0).toLowerCase() + key.slice(1),
      decapitalised(item, depth + 1),
    ]),
  );
}

function readRule(graph: Graph, owner: Node, property: string, entry: Value<Bag>): WebAclRule {
  const bag = entry.get();
  if (bag === undefined) {
    const nothing = Value.unknown<never>(entry.reason);
    return { name: undefined, statement: nothing, effect: nothing, priority: nothing, metrics: nothing };
  }
  return {
    name: bag.string("name").get(),
    statement: bag
      .object("statement")
      .map((statement) => readStatement(graph, owner, property, statement))
      .or(Value.known({ kind: "other", broad: false })),
    effect: effectOf(bag),
    priority: bag.number("priority"),
    metrics: metricsOf(bag),
  };
}

/** A `WebAclRule` is a rule; a `WebAclRuleGroupAssociation` is one with its group at the top. */
function ruleOfResource(graph: Graph, node: Node): WebAclRule {
  const { bag } = node;
  const managed = bag.object("managedRuleGroup");
  const reference = bag.object("ruleGroupReference");
  let statement: Statement | undefined;
  if (managed.isPresent()) statement = managedGroup(managed);
  else if (reference.isPresent()) statement = ruleGroup(graph, node, "ruleGroupReference", reference);
  if (statement === undefined) {
    const rule = readRule(graph, node, "statement", Value.known(bag));
    return { ...rule, name: rule.name ?? node.name };
  }
  const name = bag.string("ruleName").get() ?? node.name;
  return {
    name,
    statement: Value.known(statement),
    effect: effectOf(bag),
    priority: bag.number("priority"),
    metrics: metricsOf(bag),
  };
}

function readStatement(graph: Graph, owner: Node, property: string, statement: Bag): Statement {
  const managed = statement.object("managedRuleGroupStatement");
  if (managed.isPresent()) return managedGroup(managed);
  const reference = statement.object("ruleGroupReferenceStatement");
  if (reference.isPresent()) return ruleGroup(graph, owner, property, reference);
  const rate = statement.object("rateBasedStatement");
  if (rate.isPresent()) {
    return {
      kind: "rate",
      limit: rate.flatMap((bag) => bag.number("limit")),
      seconds: rate.flatMap((bag) => bag.number("evaluationWindowSec")).or(Value.known(300)),
    };
  }
  return { kind: "other", broad: isBroad(statement, 0) };
}

/** A country, any path, or everything but something. */
function isBroad(statement: Bag, depth: number): boolean {
  if (depth > maxDepth) return false;
  if (statement.value("geoMatchStatement").isPresent() || statement.value("notStatement").isPresent()) return true;
  const parts = (name: string): readonly Bag[] =>
    (
      statement
        .object(name)
        .flatMap((bag) => bag.bags("statements"))
        .get() ?? []
    ).map((part) => part.get() ?? Bag.empty);
  const every = parts("andStatement");
  if (every.length > 0) return every.every((part) => isBroad(part, depth + 1));
  if (parts("orStatement").some((part) => isBroad(part, depth + 1))) return true;
  const match = statement.object("byteMatchStatement").get();
  return match !== undefined && looksAtPath(match) && match.string("searchString").is("/") && !isExact(match);
}

function looksAtPath(match: Bag): boolean {
  return match
    .object("fieldToMatch")
    .flatMap((field) => field.value("uriPath"))
    .isPresent();
}

function isExact(match: Bag): boolean {
  return match
    .string("positionalConstraint")
    .map((text) => text.toUpperCase())
    .is("EXACTLY");
}

function managedGroup(group: Value<Bag>): Statement {
  return {
    kind: "managed-group",
    vendor: group.flatMap((bag) => bag.string("vendorName")),
    name: group.flatMap((bag) => bag.string("name")),
    softened: group.flatMap(softenedRules),
    onePath: group
      .flatMap((bag) => bag.object("scopeDownStatement"))
      .flatMap((scope) => scope.object("byteMatchStatement"))
      .map((match) => looksAtPath(match) && isExact(match))
      .is(true),
  };
}

/** Rules of a managed group that an override has count or allow; those that older providers call excluded count too. */
function softenedRules(group: Bag): Value<readonly string[]> {
  const overrides = group.bags("ruleActionOverrides");
  const excluded = group.bags("excludedRules");
  if (overrides.isUnknown() || excluded.isUnknown()) return Value.unknown(overrides.reason);
  const lets = (override: Value<Bag>): boolean => {
    const action = override.flatMap((bag) => bag.object("actionToUse")).get();
    return action?.value("count").isPresent() === true || action?.value("allow").isPresent() === true;
  };
  const names = [...(overrides.get() ?? []).filter(lets), ...(excluded.get() ?? [])];
  return Value.known(names.flatMap((rule) => rule.flatMap((bag) => bag.string("name")).get() ?? []));
}

function ruleGroup(graph: Graph, owner: Node, property: string, reference: Value<Bag>): Statement {
  const arn = reference.flatMap((bag) => bag.string("arn")).get();
  const found =
    arn === undefined
      ? owner.sources(property).map((urn) => graph.ties.at(urn))
      : graph.of("ruleGroup").filter((node) => node.arn.is(arn));
  const groups = found.filter((node) => node?.kind === "ruleGroup");
  if (groups.length === 0) return { kind: "rule-group", rules: Value.unknown() };
  let rules: Rules = Value.known([]);
  for (const group of groups) rules = join(rules, groupRules(graph, group));
  return { kind: "rule-group", rules };
}

function groupRules(graph: Graph, group: Node | undefined): Rules {
  if (group === undefined) return Value.unknown();
  const json = group.bag.string("rulesJson");
  if (json.isPresent()) return json.flatMap((text) => parseRules(graph, group, text));
  return group.bag
    .bags("rules")
    .map((entries) => entries.map((entry) => readRule(graph, group, "", entry)))
    .or(Value.known([]));
}

function join(a: Rules, b: Rules): Rules {
  return a.flatMap((first) => b.map((second) => [...first, ...second]));
}

/** An override of `none` leaves a group its own actions. A rule group association writes it as a word. */
function effectOf(rule: Bag): Value<Effect> {
  const override = rule.value("overrideAction");
  if (typeof override.get() === "string") {
    return Value.known(rule.string("overrideAction").get()?.toLowerCase() === "count" ? "count" : "group");
  }
  const overridden = rule.object("overrideAction");
  if (overridden.isUnknown()) return Value.unknown(overridden.reason);
  const bag = overridden.get();
  if (bag?.value("count").isPresent() === true) return Value.known("count");
  if (bag?.value("none").isPresent() === true) return Value.known("group");
  return rule.object("action").flatMap((action) => {
    const taken = actions.find((name) => action.value(name).isPresent());
    return taken === undefined ? Value.absent<Effect>() : Value.known<Effect>(taken);
  });
}

function metricsOf(bag: Bag): Value<boolean> {
  return bag
    .object("visibilityConfig")
    .flatMap((config) => config.bool("cloudwatchMetricsEnabled").or(config.bool("cloudWatchMetricsEnabled")));
}

// Logs

function readLog(node: Node): WebAclLog {
  const fields = node.bag.bags("redactedFields");
  const redacted = fields.isUnknown()
    ? [Value.unknown<string>(fields.reason)]
    : (fields.get() ?? []).flatMap((field) => {
        const header = field.flatMap((bag) => bag.object("singleHeader"));
        if (header.isAbsent()) return [];
        return [header.flatMap((bag) => bag.string("name").or(bag.string("Name"))).map((name) => name.toLowerCase())];
      });
  const keeps = (filter: Bag): boolean => {
    const filters = filter.bags("filters");
    const behaviours = (filters.get() ?? []).map((one) => one.flatMap((bag) => bag.string("behavior")));
    return filters.isUnknown() || behaviours.some((behaviour) => !behaviour.isKnown() || behaviour.is("KEEP"));
  };
  const filter = node.bag.object("loggingFilter").get();
  const dropsAll = filter?.string("defaultBehavior").is("DROP") === true && !keeps(filter);
  return { node, destination: node.bag.value("logDestinationConfigs"), redacted, dropsAll };
}
