import * as pulumi from "@pulumi/pulumi";

/** A value of JSON, parts of which may be told only later. */
export type Tree =
  | string
  | number
  | boolean
  | null
  | undefined
  | Promise<unknown>
  | pulumi.OutputInstance<unknown>
  | TreeMap
  | readonly Tree[];
/** A map of such values. */
export interface TreeMap {
  readonly [key: string]: Tree;
}

/** The text of a tree, once all of it is told. */
export function textOf(tree: TreeMap): pulumi.Output<string> {
  const told: pulumi.OutputInstance<unknown> = pulumi.output<unknown>(tree);
  return told.apply(canonicalJson);
}

/** JSON in which maps are in the order of their keys, so that equal values give equal text. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(sorted(value));
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
      .map(([key, item]) => [key, sorted(item)]),
  );
}

/** An output that is told later, for what a component registers before it can make anything. */
export class Later<T> {
  readonly output: pulumi.Output<T>;
  private settle: (value: pulumi.Input<T>) => void = () => undefined;

  constructor() {
    this.output = pulumi.output(
      new Promise<pulumi.Input<T>>((resolve) => {
        this.settle = resolve;
      }),
    ) as unknown as pulumi.Output<T>;
  }

  tell(value: pulumi.Input<T>): void {
    this.settle(value);
  }
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
