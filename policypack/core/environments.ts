import type { Api } from "../model/api";
import { parseLambdaFromUri } from "../model/arn";
import type { Bag } from "../model/bag";
import {
  defaultNonProduction,
  defaultProduction,
  defaultTagKeys,
  environmentKey,
  environmentOf,
  readEnvironment,
} from "../model/environment";
import type { Environment, EnvironmentPatterns, EnvironmentSource } from "../model/environment";
import type { Graph } from "../model/graph";
import { functionNamed } from "../model/lambda";
import type { Node } from "../model/node";
import { perGraph } from "../model/per-graph";
import type { Backend } from "../model/route";
import type { Stage } from "../model/stage";
import { Value } from "../model/value";
import { option } from "./policy";

const names = { type: "array", items: { type: "string" } } as const;

/** Options of every policy that asks which environment a stage belongs to. */
export const environmentOptions = {
  production: option("Names of production environments: globs on whole words.", names, defaultProduction),
  nonProduction: option("Names of other environments: globs on whole words.", names, defaultNonProduction),
  tagKeys: option("Tags that name a stage's environment; case does not matter.", names, defaultTagKeys),
};

/** The stage's environment for policies that ask more of production: what nothing tells, and a contradiction, is production. */
export function environmentClass(stage: Stage, patterns: EnvironmentPatterns): Value<"production" | "nonProduction"> {
  const environment = stage.environment(patterns);
  if (environment.isUnknown() && readEnvironment(stage.name.get() ?? "", patterns)?.kind === "production") {
    // No tag could make it another: a contradiction counts as production.
    return Value.known("production");
  }
  return environment.map(({ kind, contradiction }) =>
    kind === "nonProduction" && contradiction === undefined ? "nonProduction" : "production",
  );
}

export function isNonProduction(stage: Stage, patterns: EnvironmentPatterns): boolean {
  return environmentClass(stage, patterns).is("nonProduction");
}

/**
 * The environment of an API for policies that ask more of production: production, if one of its stages is; told by the
 * stack where it has no stage of its own here; unknown where its stages cannot be seen.
 */
export function apiEnvironmentClass(
  graph: Graph,
  api: Api,
  patterns: EnvironmentPatterns,
): Value<"production" | "nonProduction"> {
  if (!graph.whole) return Value.unknown("partial");
  const stages = api.stages.map((stage) => environmentClass(stage, patterns));
  const production = stages.find((environment) => environment.is("production"));
  const decisive = production ?? stages.find((environment) => environment.isUnknown()) ?? stages[0];
  if (decisive) return decisive;
  const { name, tags } = graph.stack;
  const told = environmentOf({ stackTags: tags, ...(name !== undefined && { stackName: name }) }, patterns);
  return Value.known(
    told.kind === "nonProduction" && told.contradiction === undefined ? "nonProduction" : "production",
  );
}

/** An environment as policies compare it. */
export interface ComparedEnvironment {
  readonly kind: "production" | "nonProduction";
  /** Equal for one environment: all of production, and any other by its name. */
  readonly key: string;
  readonly toldBy: EnvironmentSource | undefined;
}

function compared(environment: Environment): Value<ComparedEnvironment> {
  const { kind, contradiction, toldBy } = environment;
  if (kind === "production" || contradiction !== undefined) {
    return Value.known({
      kind: "production",
      key: "production",
      toldBy: kind === "production" ? toldBy : contradiction?.b,
    });
  }
  if (kind === "none") return Value.absent();
  return Value.known({ kind, key: environmentKey(environment) ?? kind, toldBy });
}

/** The stage's environment for policies that compare environments: absent where nothing tells it. */
export function comparedEnvironment(stage: Stage, patterns: EnvironmentPatterns): Value<ComparedEnvironment> {
  return stage.environment(patterns).flatMap(compared);
}

/** The environment that a name alone tells, as that of a stage of another stack. */
export function environmentNamed(stageName: string, patterns: EnvironmentPatterns): Value<ComparedEnvironment> {
  return compared(environmentOf({ stageName }, patterns));
}

/** A stage among those that share something. */
export interface Member {
  readonly label: string;
  readonly environment: Value<ComparedEnvironment>;
  /** What it belongs to, where sharing inside of that says nothing. */
  readonly owner?: Api;
  /** The stage, where it is one of this stack. */
  readonly stage?: Stage;
}

export function memberOf(stage: Stage, patterns: EnvironmentPatterns): Member & { readonly stage: Stage } {
  return { label: stage.label, environment: comparedEnvironment(stage, patterns), owner: stage.api, stage };
}

/** Two members of different environments, or that such a pair cannot be ruled out yet. */
export type Clash<M extends Member> =
  { readonly state: "clash"; readonly first: M; readonly second: M } | { readonly state: "unknown"; readonly of: M };

/**
 * Looks for two members of different environments: by `kind`, of production and another; by `key`, of any two.
 * With `acrossApis`, stages of one API do not count, which is `api-single-environment`'s.
 */
export function clashOf<M extends Member>(
  members: readonly M[],
  by: "kind" | "key",
  acrossApis = false,
): Clash<M> | undefined {
  const company = new Company(by, acrossApis);
  for (const member of members) company.add(member);
  const known = members
    .filter((member) => member.environment.isKnown())
    .sort((a, b) => rank(a) - rank(b) || compareText(a.label, b.label));
  const first = known.find((member) => company.differsFrom(member));
  if (first !== undefined) {
    const second = known.find((other) => company.areApart(first, other));
    if (second) return { state: "clash", first, second };
  }
  const of = members.find((member) => member.environment.isUnknown() && company.mayDifferAmong([member]));
  return of && { state: "unknown", of };
}

/** Members counted by environment and API, to tell of one in constant time whether another differs from it. */
export class Company {
  private readonly counts = new Map<Api | undefined, Map<string | undefined, number>>();
  private readonly environments = new Map<string | undefined, number>();
  private readonly owners = new Map<Api, number>();
  private total = 0;

  /** As `clashOf` takes them. */
  constructor(
    private readonly by: "kind" | "key",
    private readonly acrossApis: boolean,
  ) {}

  add(member: Member): void {
    this.count(member, 1);
  }

  remove(member: Member): void {
    this.count(member, -1);
  }

  /** Two of different environments, and not of one API where that does not count. */
  areApart(a: Member, b: Member): boolean {
    const differ = a.environment.get()?.[this.by] !== b.environment.get()?.[this.by];
    return differ && (!this.acrossApis || a.owner === undefined || a.owner !== b.owner);
  }

  /** One of the company is of a known environment that is not this member's, which is known too. */
  differsFrom(member: Member): boolean {
    return this.others(member, false) > 0;
  }

  /** One of the company, which this member is not in, is or may be of another environment than it is or may be. */
  mayDifferFrom(member: Member): boolean {
    return this.others(member, true) > 0;
  }

  /** Of these, who are in the company, one is or may be of another environment than someone else in it. */
  mayDifferAmong(members: readonly Member[]): boolean {
    for (const member of members) this.remove(member);
    const found = members.some((member) => this.mayDifferFrom(member));
    for (const member of members) this.add(member);
    return found;
  }

  private others(member: Member, open: boolean): number {
    if (member.environment.isAbsent()) return 0;
    const environment = member.environment.get()?.[this.by];
    const owner = this.acrossApis ? member.owner : undefined;
    const inOwner = owner === undefined ? undefined : this.counts.get(owner);
    const outside = (key: string | undefined): number => (this.environments.get(key) ?? 0) - (inOwner?.get(key) ?? 0);
    const all = this.total - (owner === undefined ? 0 : (this.owners.get(owner) ?? 0));
    if (environment === undefined) return all;
    return all - outside(environment) - (open ? 0 : outside(undefined));
  }

  private count(member: Member, by: 1 | -1): void {
    if (member.environment.isAbsent()) return;
    const { owner } = member;
    const environment = member.environment.get()?.[this.by];
    this.total += by;
    this.environments.set(environment, (this.environments.get(environment) ?? 0) + by);
    if (owner !== undefined) this.owners.set(owner, (this.owners.get(owner) ?? 0) + by);
    const counts = this.counts.get(owner) ?? new Map<string | undefined, number>();
    counts.set(environment, (counts.get(environment) ?? 0) + by);
    this.counts.set(owner, counts);
  }
}

function rank(member: Member): number {
  return member.environment.get()?.kind === "production" ? 0 : 1;
}

export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

const sources: Readonly<Record<EnvironmentSource["source"], string>> = {
  "stage tag": "its tag",
  "stage name": "its name",
  "stack tag": "the stack's tag",
  "stack name": "the stack's name",
};

/** What tells an environment: `its tag "production"`. */
export function describeSource({ source, value }: EnvironmentSource): string {
  return `${sources[source]} ${JSON.stringify(value.slice(0, 60))}`;
}

/** What tells an environment, in brackets; nothing where it is the stage's own name. */
export function evidenceOf(environment: ComparedEnvironment | undefined): string {
  const toldBy = environment?.toldBy;
  return toldBy === undefined || toldBy.source === "stage name" ? "" : ` (by ${describeSource(toldBy)})`;
}

/** `production stage "prod" of REST API "orders"`, with what tells its environment where that is not its name. */
export function describeMember(member: Member): string {
  const environment = member.environment.get();
  return `${environment?.kind === "production" ? "production" : "non-production"} ${member.label}${evidenceOf(environment)}`;
}

/** The stage's variables. */
export function variablesOf(stage: Stage): Value<Bag> {
  return stage.node.bag.object(stage.node.kind === "stage" ? "variables" : "stageVariables");
}

/** What it leads to is for a stage's variable to say. */
export const namesVariable = ({ uri }: Backend): boolean => uri.get()?.includes("${stageVariables.") ?? false;

const placeholder = /\$\{stageVariables\.([A-Za-z0-9_]+)\}/g;

/** Variables that a canary has in place of its stage's. */
export function canaryVariablesOf(stage: Stage): Value<Bag> {
  return stage.node.bag.object("canarySettings").flatMap((canary) => canary.object("stageVariableOverrides"));
}

/** A text with the stage's variables in place of their names; unknown while one of them is, or is set nowhere. */
export function withVariables(text: string, stage: Stage, overrides: Value<Bag> = Value.absent()): Value<string> {
  if (!text.includes("${stageVariables.")) return Value.known(text);
  const variables = variablesOf(stage);
  let unknown: Value<string> | undefined;
  const resolved = text.replace(placeholder, (_, name: string) => {
    const value = overrides.flatMap((bag) => bag.string(name)).or(variables.flatMap((bag) => bag.string(name)));
    if (!value.isKnown()) unknown = Value.unknown(value.reason ?? "unreadable");
    return value.get() ?? "";
  });
  return unknown ?? Value.known(resolved);
}

/** What a URI leads to, so that two that lead to one thing can be told. */
export interface Behind {
  /** Equal for one thing; undefined while it is not known. */
  readonly key: string | undefined;
  /** Resources it comes from: two with one in common may be one thing. */
  readonly bases: readonly string[];
  /** As a sentence would name it. */
  readonly title: string;
  /** Names of the function and of its alias. */
  readonly names: readonly string[];
}

/** What texts were found to lead to: stages and routes of one API ask for the same ones again and again. */
const functionsByUri = perGraph(() => new Map<string, Behind | undefined>());

/** The Lambda function, with its alias or version, of an ARN or invoke URI; undefined where it is no function's. */
export function functionOf(graph: Graph, uri: string): Behind | undefined {
  const found = functionsByUri(graph);
  if (!found.has(uri)) found.set(uri, readFunction(graph, uri));
  return found.get(uri);
}

function readFunction(graph: Graph, uri: string): Behind | undefined {
  const target = parseLambdaFromUri(uri);
  if (target === undefined) return undefined;
  const { functionName, partition = "aws", region = "", account } = target;
  const arn = `arn:${partition}:lambda:${region}:${account ?? ""}:function:${functionName}`;
  const node = functionNamed(graph, target);
  const qualifier = target.qualifier === "$LATEST" ? undefined : target.qualifier;
  const base = node?.urn ?? arn;
  const name = node?.displayName() ?? functionName;
  return {
    key: `function ${base}:${qualifier ?? ""}`,
    bases: [base],
    title: functionTitle(name, qualifier),
    names: qualifier === undefined ? [name] : [name, qualifier],
  };
}

/** What a property whose text is not known yet comes from. */
export function functionBehind(graph: Graph, node: Node, property: string): Behind {
  const [alias, ...moreAliases] = graph.ties.sources(node, property, ["alias"]);
  const functions = graph.ties.sources(node, property, ["function"]);
  if (alias !== undefined && moreAliases.length === 0) {
    const tie = graph.ties.follow(alias, "functionName", ["function"]);
    const owner = tie.state === "node" ? tie.node : functions[0];
    const name = alias.bag.string("name").get();
    const base = owner?.urn ?? (tie.state === "external" ? tie.id : alias.urn);
    const title = owner?.displayName() ?? alias.name;
    return {
      key: `function ${base}:${name ?? alias.urn}`,
      bases: [base],
      title: functionTitle(title, name),
      names: name === undefined ? [title] : [title, name],
    };
  }
  const [only, ...more] = functions;
  if (only !== undefined && more.length === 0 && moreAliases.length === 0) {
    const title = functionTitle(only.displayName(), undefined);
    // No alias can be meant of a function that is yet to be made, where the stack makes none of it.
    const key = only.young && !mayHaveAlias(graph, only) ? `function ${only.urn}:` : undefined;
    return { key, bases: [only.urn], title, names: [only.displayName()] };
  }
  return { key: undefined, bases: node.sources(property), title: "a backend that is not known yet", names: [] };
}

function mayHaveAlias(graph: Graph, node: Node): boolean {
  const { nodes, names, untold } = aliasedFunctions(graph);
  return untold || nodes.has(node) || names.has(node.bag.string("name").get());
}

const aliasedFunctions = perGraph((graph) => {
  const nodes = new Set<Node>();
  const names = new Set<string | undefined>();
  let untold = false;
  for (const alias of graph.of("alias")) {
    const tie = graph.ties.follow(alias, "functionName", ["function"]);
    if (tie.state === "node") nodes.add(tie.node);
    else if (tie.state === "external") names.add(tie.id);
    else untold = true;
  }
  return { nodes, names, untold };
});

function functionTitle(name: string, qualifier: string | undefined): string {
  return `Lambda function "${name}"${qualifier === undefined ? "" : ` (${qualifier})`}`;
}
