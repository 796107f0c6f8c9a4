import assert from "node:assert/strict";
import type { Policy, PolicyResource, ResourceValidationArgs, StackValidationArgs } from "@pulumi/policy";
import { bridge } from "../../policypack/core/bridge";
import { Sessions } from "../../policypack/core/session";
import { policies } from "../../policypack/policies";
import { check, outputsOf, placeOf } from "../../preview/provider";
import type { Unknowns } from "../../preview/provider";
import { isRecord, unknown } from "../../preview/values";

/** A value that comes from resources: known or not as the phase has it. */
export class Input {
  constructor(
    readonly from: readonly Made[],
    readonly read: () => unknown,
  ) {}
}

/** A resource of a stack that a case builds. */
export class Made {
  constructor(
    readonly urn: string,
    readonly type: string,
    readonly name: string,
    readonly inputs: Readonly<Record<string, unknown>>,
    readonly outputs: Readonly<Record<string, unknown>>,
    readonly parent: string | undefined,
    readonly component: boolean,
    /** URNs by property. */
    readonly ties: Readonly<Record<string, readonly string[]>>,
  ) {}

  get id(): Input {
    return this.out("id");
  }

  /** An output of it. */
  out(property: string): Input {
    return new Input([this], () => this.outputs[property] ?? unknown);
  }

  /** As if ids, names and ARNs had been written in place of references. */
  untied(): Made {
    return new Made(this.urn, this.type, this.name, this.inputs, this.outputs, this.parent, this.component, {});
  }
}

/** Text that embeds values of resources: unknown while one of them is. */
export function text(strings: TemplateStringsArray, ...values: readonly (Input | string)[]): Input {
  const from = values.flatMap((value) => (value instanceof Input ? value.from : []));
  return new Input(from, () => {
    const read = values.map((value) => (value instanceof Input ? value.read() : value));
    return read.includes(unknown) ? unknown : String.raw({ raw: strings }, ...read.map(String));
  });
}

/** A value that cannot be known in any phase. */
export const never = (...from: readonly Made[]): Input => new Input(from, () => unknown);

/** Builds the resources of one stack as the engine shows them to a policy pack. */
export class Stack {
  readonly made: Made[] = [];
  private readonly place = placeOf("eu-west-1");
  private readonly prefix: string;
  private readonly root: string;

  constructor(
    private readonly unknowns: Unknowns,
    name: string,
  ) {
    this.prefix = `urn:pulumi:${name}::cases::`;
    this.root = `${this.prefix}pulumi:pulumi:Stack::cases-${name}`;
    this.push("pulumi:pulumi:Stack", `cases-${name}`, this.root, {}, {}, {});
  }

  /** `aws:apigateway/restApi:RestApi`, or `apigateway.RestApi` for short. */
  add(token: string, name: string, properties: Readonly<Record<string, unknown>> = {}): Made {
    const type = token.includes(":") ? token : token.replace(/^(\w+)\.(\w)(\w*)$/, expanded);
    const urn = `${this.prefix}${type}::${name}`;
    const inputs = check(type, name, urn, this.read(properties));
    const { id, outputs } = outputsOf(type, name, urn, inputs, this.unknowns, this.place);
    return this.push(type, name, urn, inputs, { ...outputs, id: this.unknowns === "keep" ? unknown : id }, properties);
  }

  component(type: string, name: string, properties: Readonly<Record<string, unknown>> = {}): Made {
    return this.push(type, name, `${this.prefix}${type}::${name}`, this.read(properties), {}, properties, true);
  }

  private push(
    type: string,
    name: string,
    urn: string,
    inputs: Readonly<Record<string, unknown>>,
    outputs: Readonly<Record<string, unknown>>,
    written: Readonly<Record<string, unknown>>,
    component = false,
  ): Made {
    const ties = Object.fromEntries(
      Object.entries(written).map(([key, value]) => [key, [...sources(value)].map((source) => source.urn)]),
    );
    const above = type === "pulumi:pulumi:Stack" ? undefined : this.root;
    const made = new Made(urn, type, name, inputs, outputs, above, component, ties);
    this.made.push(made);
    return made;
  }

  private read(properties: Readonly<Record<string, unknown>>): Record<string, unknown> {
    return Object.fromEntries(Object.entries(properties).map(([key, value]) => [key, valueOf(value)]));
  }
}

const expanded = (_: string, module: string, first: string, rest: string): string =>
  `aws:${module}/${first.toLowerCase()}${rest}:${first}${rest}`;

function valueOf(value: unknown): unknown {
  if (value instanceof Input) return value.read();
  if (Array.isArray(value)) return value.map(valueOf);
  if (!isRecord(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, valueOf(item)]));
}

function sources(value: unknown, found = new Set<Made>()): Set<Made> {
  if (value instanceof Input) for (const made of value.from) found.add(made);
  else if (Array.isArray(value)) for (const item of value) sources(item, found);
  else if (isRecord(value)) for (const item of Object.values(value)) sources(item, found);
  return found;
}

/** What one policy says of resources, in both hooks. */
export interface Said {
  readonly faults: readonly string[];
  readonly unverified: readonly string[];
}

export interface Circumstances {
  readonly config?: Readonly<Record<string, unknown>>;
  readonly stackTags?: Readonly<Record<string, string>>;
}

export function judge(policy: string, made: readonly Made[], circumstances: Circumstances = {}): Said {
  const definition = policies.find((candidate) => candidate.name === policy);
  assert.ok(definition, policy);
  const served: Policy = bridge(definition, new Sessions(), definition.level);
  const faults: string[] = [];
  const unverified: string[] = [];
  const common = {
    stackTags: new Map(Object.entries(circumstances.stackTags ?? {})),
    getConfig: () => circumstances.config ?? {},
  };
  const say = (message: string): void => void faults.push(message);
  const ask = (hook: () => void): void => {
    try {
      hook();
    } catch (error) {
      assert.ok(error instanceof Error && error.constructor.name === "UnknownValueError", String(error));
      unverified.push(...error.message.split("\n"));
    }
  };
  const hooks = served as unknown as {
    readonly validateResource: (args: ResourceValidationArgs, report: (message: string) => void) => void;
    readonly validateStack: (args: StackValidationArgs, report: (message: string) => void) => void;
  };
  for (const { urn, type, name, inputs, parent } of made) {
    const args = { ...common, urn, type, name, props: withoutInternal(inputs), opts: { parent } };
    ask(() => hooks.validateResource(args as unknown as ResourceValidationArgs, say));
  }
  const resources = new Map(
    made.map(({ urn, type, name, outputs, component }) => [
      urn,
      { urn, type, name, props: withoutInternal(outputs), provider: component ? undefined : {} } as unknown as Writable,
    ]),
  );
  const at = (urn: string | undefined): Writable[] => (urn === undefined ? [] : [resources.get(urn) ?? []].flat());
  for (const { urn, parent, ties } of made) {
    const [resource] = at(urn);
    if (resource === undefined) continue;
    const [above] = at(parent);
    if (above) resource.parent = above;
    resource.dependencies = Object.values(ties).flat().flatMap(at);
    resource.propertyDependencies = Object.fromEntries(
      Object.entries(ties).map(([key, urns]) => [key, urns.flatMap(at)]),
    );
  }
  const args = { ...common, resources: [...resources.values()] };
  ask(() => hooks.validateStack(args as unknown as StackValidationArgs, say));
  return { faults, unverified };
}

type Writable = { -readonly [K in keyof PolicyResource]: PolicyResource[K] };

function withoutInternal(properties: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(properties).filter(([key]) => !key.startsWith("__")));
}

export type Verdict = "passes" | "fails" | "unverified";

/**
 * The phases in which a stack is looked at: a first preview, an update (ids are known), and resources imported or
 * written with ids in place of references, so that nothing but ids, names and ARNs ties them together.
 */
const phases = ["preview", "update", "imported"] as const;
type Phase = (typeof phases)[number];

export interface Case extends Circumstances {
  readonly title: string;
  readonly policy: string;
  /** One for all phases, or one for each that is to be judged. */
  readonly verdict: Verdict | Readonly<Partial<Record<Phase, Verdict>>>;
  readonly build: (stack: Stack) => void;
  /** @default "dev" */
  readonly stack?: string;
}

/** Makes a test of every case and phase. */
export function judgeCases(cases: readonly Case[]): void {
  for (const one of cases) {
    for (const phase of phases) {
      const wanted = typeof one.verdict === "string" ? one.verdict : one.verdict[phase];
      if (wanted === undefined) continue;
      it(`${one.policy} ${wanted}: ${one.title} (${phase})`, () => {
        const stack = new Stack(phase === "preview" ? "keep" : "resolve", one.stack ?? "dev");
        one.build(stack);
        const made = phase === "imported" ? stack.made.map((resource) => resource.untied()) : stack.made;
        const { faults, unverified } = judge(one.policy, made, one);
        const said = JSON.stringify([...faults, ...unverified], undefined, 2);
        assert.equal(faults.length > 0 ? "fails" : unverified.length > 0 ? "unverified" : "passes", wanted, said);
        assert.equal(new Set(faults).size, faults.length, `said twice: ${said}`);
        assert.doesNotMatch(said, /undefined|04da6b54|\[object|policy itself failed/);
      });
    }
  }
}
