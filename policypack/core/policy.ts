import type * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import type { PolicyConfigJSONSchema } from "@pulumi/policy/schema";
import type { Api, ApiKind } from "../model/api";
import type { Graph } from "../model/graph";
import type { Remedy } from "../model/remedy";
import type { Route } from "../model/route";
import type { Stage } from "../model/stage";
import type { Subject } from "../model/subject";

export type Severity = "low" | "medium" | "high" | "critical";
export type Level = "mandatory" | "advisory";

export type Topic =
  | "authorization"
  | "throttling"
  | "logging"
  | "waf"
  | "isolation"
  | "validation"
  | "exposure"
  | "encryption"
  | "cors"
  | "secrets"
  | "lifecycle"
  | "governance";

/** What a check says of its subject. */
export interface Outcome {
  readonly kind: "fault" | "unverified";
  /** The predicate, without subject and full stop: `has no access log destination`. */
  readonly says: string;
  /** The subject, where it is another than the one that was asked. */
  readonly at?: Subject | undefined;
  /** The fix, where it is another than the policy's. */
  readonly fix?: string | undefined;
}

type Say = Omit<Outcome, "kind" | "says">;

/** A violation of the policy. */
export const fault = (says: string, more: Say = {}): Outcome => ({ kind: "fault", says, ...more });

/** What cannot be known now, so that neither pass nor fail can be said. */
export const unverified = (says: string, more: Say = {}): Outcome => ({ kind: "unverified", says, ...more });

export type Verdict = undefined | Outcome | readonly Outcome[];

/** An option of a policy: its schema as Pulumi shows and checks it, and its default. */
export interface Option<T> {
  readonly schema: PolicyConfigJSONSchema;
  readonly default: T;
}

export function option<T>(description: string, schema: PolicyConfigJSONSchema, value: T): Option<T> {
  return { schema: { ...schema, description }, default: value };
}

export type Options = Readonly<Record<string, Option<unknown>>>;
export type OptionValues<O extends Options> = {
  readonly [K in keyof O]: O[K] extends Option<infer T> ? T : never;
};

/** What a check may look at beside its subject. */
export interface Context<O extends Options> {
  readonly graph: Graph;
  readonly options: OptionValues<O>;
  /** The day of the analysis, `2026-08-24`: a check has no clock of its own. */
  readonly today: string;
}

interface Subjects {
  readonly stage: Stage;
  readonly route: Route;
  readonly api: Api;
  /** The whole stack; what is said must name its subject. */
  readonly stack: Graph;
}

/** A program that shows the policy at work; it is documentation and test at once. */
export interface Example {
  /** The circumstance: "destination known only after the log group exists". */
  readonly title: string;
  readonly program: (packages: { readonly aws: typeof aws; readonly pulumi: typeof pulumi }) => void;
  readonly config?: Readonly<Record<string, unknown>>;
  readonly stackTags?: Readonly<Record<string, string>>;
  /** Stack name; `dev` unless told. */
  readonly stack?: string;
}

/**
 * A policy: its metadata, its check and its examples.
 *
 * `where` says which hook decides: `R` on one resource's inputs, `S` on the whole stack, `R+S` on both, with the
 * same check asked of a model that knows less in the first.
 */
export interface PolicyDefinition<On extends keyof Subjects = keyof Subjects, O extends Options = Options> {
  readonly name: string;
  readonly topic: Topic;
  /** The rule as a fact that holds. */
  readonly description: string;
  readonly why: string;
  /** Imperative, with the property in it. */
  readonly fix: string;
  readonly severity: Severity;
  readonly level: Level;
  readonly where: "R" | "S" | "R+S";
  /** The practice of the field it serves. */
  readonly practice: string;
  readonly frameworks?: Readonly<Record<string, readonly string[]>>;
  /** Rules of other tools that ask the same. */
  readonly peers?: readonly string[];
  readonly options?: O;
  readonly on: On;
  /** Of routes: the kinds of API whose OpenAPI bodies may define what it judges; all unless told. */
  readonly bodiesOf?: readonly ApiKind[];
  readonly check: (subject: Subjects[On], context: Context<O>) => Verdict;
  /** Asked once beside `check`, of what the subjects do not take in; what is said must name its subject. */
  readonly besides?: (graph: Graph, context: Context<O>) => Verdict;
  /** Mends a resource on its own, at the enforcement level `remediate`; only where one answer is right. */
  readonly remedy?: Remedy;
  readonly examples: { readonly pass: readonly Example[]; readonly fail: readonly Example[] };
}

/** A policy with its types forgotten, as the pack keeps it. */
export type AnyPolicy = Omit<PolicyDefinition, "check" | "besides" | "options"> & {
  readonly options?: Options;
  readonly judge: (graph: Graph, options: Readonly<Record<string, unknown>>, today: string, say: Judge) => void;
};

/** Asked of every subject by {@link AnyPolicy.judge}; contains what a check throws. */
export type Judge = (subject: Subject | undefined, ask: () => Verdict) => void;

/** Makes a policy of its definition. */
export function definePolicy<On extends keyof Subjects, const O extends Options = Options>(
  definition: PolicyDefinition<On, O>,
): AnyPolicy {
  const { check, besides, ...rest } = definition;
  const ask = check as (subject: unknown, context: Context<O>) => Verdict;
  return {
    ...rest,
    judge: (graph, options, today, say) => {
      const context: Context<O> = { graph, options: options as OptionValues<O>, today };
      if (definition.on === "stack") {
        say(undefined, () => ask(graph, context));
        return;
      }
      const { stages, hearsay, routes, apis } = graph;
      const subjects = definition.on === "stage" ? [...stages, ...hearsay] : definition.on === "route" ? routes : apis;
      for (const subject of subjects) say(subject, () => ask(subject, context));
      if (besides) say(undefined, () => besides(graph, context));
    },
  };
}

/** Where the page of a policy is. */
export function pageOf(policy: string): string {
  return `https://github.com/pulumi-gatehouse/gatehouse/blob/main/docs/policies/${policy}.md`;
}

/** What is said of a subject, as a sentence. */
export function sentence(at: Subject, says: string): string {
  const label = at.label.charAt(0).toUpperCase() + at.label.slice(1);
  return `${label} ${says}.`;
}

/**
 * The policy's options: what the configuration says where it fits the type of the schema, else the default. Of a list,
 * members that do not fit are left out: Pulumi checks a configuration, and one that is given in code nobody has.
 */
export function optionsOf(
  policy: AnyPolicy,
  config: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  const options: Record<string, unknown> = {};
  for (const [name, { default: fallback, schema }] of Object.entries(policy.options ?? {})) {
    const value = fitting(config[name], schema);
    const wanted = schema.type;
    const fits =
      value !== undefined &&
      value !== null &&
      (wanted === undefined ||
        (wanted === "array"
          ? Array.isArray(value)
          : wanted === "integer"
            ? typeof value === "number"
            : typeof value === wanted));
    options[name] = fits ? value : fallback;
  }
  return options;
}

function fitting(value: unknown, { items }: PolicyConfigJSONSchema): unknown {
  if (!Array.isArray(value) || value.length === 0 || items === undefined || Array.isArray(items)) return value;
  const wanted = typeof items === "boolean" ? undefined : items.type;
  const members = (value as readonly unknown[]).filter(
    (member) =>
      wanted === undefined ||
      (typeof member === wanted && member !== null && (wanted !== "object" || !Array.isArray(member))),
  );
  if (members.length === value.length) return value;
  return members.length === 0 ? undefined : members;
}
