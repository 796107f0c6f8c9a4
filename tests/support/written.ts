import type { Registered } from "../../preview/engine";
import type { Pack } from "./stack";

/** What stands for a value that is not known yet. */
export const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

type Inputs = Readonly<Record<string, unknown>>;

interface More {
  /** By input, the resources that its value comes from. */
  readonly from?: Readonly<Record<string, readonly Registered[]>>;
  /** What the provider answered; the inputs unless told. */
  readonly outputs?: Inputs;
}

/** A resource as an engine hands it over, for what no program in this repository can say. */
export function written(
  type: string,
  name: string,
  inputs: Inputs,
  { from = {}, outputs = inputs }: More = {},
): Registered {
  const propertyDependencies = Object.fromEntries(
    Object.entries(from).map(([key, sources]) => [key, sources.map((source) => source.urn)]),
  );
  return {
    urn: `urn:pulumi:dev::example::${type}::${name}`,
    type,
    name,
    custom: true,
    parent: "",
    inputs,
    outputs,
    id: "",
    dependencies: [...new Set(Object.values(propertyDependencies).flat())],
    propertyDependencies,
    provider: "",
    protect: false,
  };
}

export interface Said {
  /** The first sentences of violations: subject and fault. */
  readonly violations: readonly string[];
  readonly unverified: readonly string[];
}

/** What one policy says of resources, by both of its hooks. */
export async function said(
  pack: Pack,
  policy: string,
  resources: readonly Registered[],
  config: Inputs = {},
): Promise<Said> {
  const report = await pack.judge(resources, { [policy]: config });
  const sentences = (findings: readonly { readonly policy: string; readonly message: string }[]): string[] =>
    findings
      .flatMap((finding) => (finding.policy === policy ? [finding.message.replace(/\.(?: .*)?$/s, "")] : []))
      .sort();
  return { violations: sentences(report.violations), unverified: sentences(report.unverified) };
}
