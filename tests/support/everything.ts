import assert from "node:assert/strict";
import type { PolicyResource, ResourceValidationArgs, StackValidationArgs } from "@pulumi/policy";
import { createPack } from "../../policypack/pack";

/** A resource as a test writes it, of which inputs and outputs may be anything. */
export interface Written {
  readonly type: string;
  readonly name: string;
  readonly inputs: Readonly<Record<string, unknown>>;
  /** @default the inputs, and an id */
  readonly outputs?: Readonly<Record<string, unknown>>;
  /** By property, the names of other resources that its value comes from. */
  readonly ties?: Readonly<Record<string, readonly string[]>>;
}

/** A finding of any kind: of a policy, or of what it could not verify. */
export interface Heard {
  readonly policy: string;
  readonly message: string;
}

interface Hooks {
  readonly name: string;
  readonly validateResource?: (args: ResourceValidationArgs, report: (message: string) => void) => void;
  readonly validateStack?: (args: StackValidationArgs, report: (message: string) => void) => void;
}

const root = "urn:pulumi:shop::fuzz::pulumi:pulumi:Stack::fuzz-shop";

/**
 * Asks the whole pack, in this process, about resources in both hooks. Whatever a policy throws fails the test, save
 * for the error by which the SDK is told what is unverified.
 */
export function judgeEverything(written: readonly Written[]): Heard[] {
  const heard: Heard[] = [];
  const common = { stackTags: new Map<string, string>(), getConfig: () => ({}), notApplicable: () => undefined };
  const policies = createPack().policies as unknown as readonly Hooks[];
  const ask = (policy: Hooks, hook: () => void): void => {
    try {
      hook();
    } catch (error) {
      assert.ok(error instanceof Error, String(error));
      assert.equal(error.constructor.name, "UnknownValueError", `${policy.name}: ${error.stack ?? error.message}`);
      for (const message of error.message.split("\n")) heard.push({ policy: policy.name, message });
    }
  };
  const say =
    (policy: Hooks) =>
    (message: string): void =>
      void heard.push({ policy: policy.name, message });
  const urnOf = ({ type, name }: { readonly type: string; readonly name: string }): string =>
    `urn:pulumi:shop::fuzz::${type}::${name}`;
  for (const one of written) {
    const args = { ...common, urn: urnOf(one), type: one.type, name: one.name, props: one.inputs, opts: {} };
    for (const policy of policies) {
      ask(policy, () => policy.validateResource?.(args as unknown as ResourceValidationArgs, say(policy)));
    }
  }
  const stack = { urn: root, type: "pulumi:pulumi:Stack", name: "fuzz-shop", props: {}, dependencies: [] };
  const resources = written.map((one) => ({
    urn: urnOf(one),
    type: one.type,
    name: one.name,
    props: one.outputs ?? { id: one.name, ...one.inputs },
    provider: {},
    parent: stack,
    dependencies: [],
    propertyDependencies: {},
  })) as unknown as Writable[];
  const byName = new Map(resources.map((resource) => [resource.name, resource]));
  for (const [index, { ties = {} }] of written.entries()) {
    const resource = resources[index];
    if (resource === undefined) continue;
    resource.propertyDependencies = Object.fromEntries(
      Object.entries(ties).map(([property, names]) => [property, names.flatMap((name) => byName.get(name) ?? [])]),
    );
    resource.dependencies = Object.values(resource.propertyDependencies).flat();
  }
  const all = [{ ...stack, propertyDependencies: {} }, ...resources];
  for (const policy of policies) {
    const args = { ...common, resources: all };
    ask(policy, () => policy.validateStack?.(args as unknown as StackValidationArgs, say(policy)));
  }
  return heard;
}

type Writable = { -readonly [K in keyof PolicyResource]: PolicyResource[K] };
