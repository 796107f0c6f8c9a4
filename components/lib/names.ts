import { createHash } from "node:crypto";
import * as pulumi from "@pulumi/pulumi";
import { environmentOf } from "./environment";
import type { IsolationPlan } from "./environment";

/** Hexadecimal digest of a text. */
export function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

/** How the physical names of each component begin; AWS keeps none of these to itself, as it does `sg-` and `xn--`. */
const kinds = {
  ApiAccount: "account",
  ApiClients: "clients",
  ApiDistribution: "distribution",
  ApiDomain: "domain",
  HttpApi: "http",
  OriginSecret: "origin",
  RestApi: "rest",
  VpcLink: "link",
  WebAcl: "web-acl",
  WebSocketApi: "websocket",
} as const;

/**
 * The names by which AWS knows what a component makes. They say its kind, its name, its stack and its environment, and
 * end in a digest of those, of its project and of the types of its parents: no two components that Pulumi takes beside one
 * another, and none of another project or stack, have one in common.
 *
 * The project is in the digest alone: of `live-orders` and `dev`, one would be read as the environment of the other.
 */
export class Names {
  private constructor(
    /** The component's name in the program. */
    readonly name: string,
    private readonly isolation: IsolationPlan,
    private readonly component: keyof typeof kinds,
    /** The types of the parents, as they stand in URNs. */
    private readonly parents: pulumi.Output<string>,
  ) {}

  static of(
    component: keyof typeof kinds,
    name: string,
    isolation: IsolationPlan,
    opts: pulumi.ComponentResourceOptions | undefined,
  ): Names {
    return new Names(name, isolation, component, typesOf(opts?.parent));
  }

  /** Those of a component that this one makes, of the same name. */
  inside(component: keyof typeof kinds): Names {
    const parents = this.parents.apply((types) => `${types}gatehouse:index:${this.component}$`);
    return new Names(this.name, this.isolation, component, parents);
  }

  /** A name of letters, digits, hyphens and underscores. `parts` say what it is a name of, where there are several. */
  of(maximum: number, ...parts: readonly string[]): pulumi.Output<string> {
    const { component, name } = this;
    const [project, stack] = [pulumi.getProject(), pulumi.getStack()];
    const readable = this.prefix(maximum + 18, ...parts);
    return this.parents.apply((types) => {
      const whole = JSON.stringify([project, stack, types, component, name, ...parts]);
      return `${readable}${sha256(whole).slice(0, 8)}`;
    });
  }

  /** The same of a name to which the provider adds 26 characters of its own, and which needs no digest. */
  prefix(maximum: number, ...parts: readonly string[]): string {
    const { component, name, isolation } = this;
    const [kind, stack] = [kinds[component], pulumi.getStack()];
    // A stack's name that is long may be cut where it tells the environment.
    const told = stack.length <= 20 && environmentOf(stack) === isolation.environment;
    const environment = told ? [] : [isolation.environment];
    const fixed = [kind, ...environment].join("-").length + 1;
    const [own = "", of = "", ...rest] = shortened([name, stack, ...parts].map(letters), maximum - 26 - fixed);
    return `${[kind, own, of, ...environment, ...rest].filter((part) => part !== "").join("-")}-`;
  }
}

/** The longest parts cut until all of them, each with a hyphen, have `maximum` characters. */
function shortened(parts: readonly string[], maximum: number): readonly string[] {
  const cut = [...parts];
  while (cut.join("-").length + 1 > maximum && cut.some((part) => part !== "")) {
    const longest = cut.reduce((most, part, index) => (part.length > (cut[most] ?? "").length ? index : most), 0);
    cut[longest] = (cut[longest] ?? "").slice(0, -1);
  }
  return cut.map((part) => part.replace(/-+$/, ""));
}

/** What every kind of name takes. */
function letters(text: string): string {
  return plain(text, 256).replace(/^-+|-+$/g, "");
}

/**
 * What a URN says of parents: nothing below the stack itself. Told as soon as the parent is registered, and without a
 * dependency on it, which would be one on all that it holds.
 */
function typesOf(parent: pulumi.Resource | undefined): pulumi.Output<string> {
  if (parent === undefined) return pulumi.output("");
  const told = new Promise<string>((resolve) => {
    parent.urn.apply(resolve);
  });
  return pulumi.output(told).apply((urn) => {
    const types = urn.split("::")[2] ?? "";
    return types === "pulumi:pulumi:Stack" ? "" : `${types}$`;
  });
}

/** At most so many letters of a text, as every kind of name and of description takes them. */
export function plain(text: string, maximum: number): string {
  return text.replace(/[^A-Za-z0-9_-]+/g, "-").slice(0, maximum);
}

/**
 * Nothing where the provider can name a resource as its name in the program and a suffix of 8 characters, and else the
 * prefix to which it adds 26 of its own.
 */
export function prefixed<K extends string>(property: K, name: string, takes: NameRule): { readonly [P in K]?: string } {
  const fits = name.length + 8 <= takes.maximum && takes.pattern.test(name);
  const prefix = fits ? [] : [[property, `${plain(name, takes.maximum - 27)}-`]];
  return Object.fromEntries(prefix) as { readonly [P in K]?: string };
}

/** What AWS takes as a name. */
export interface NameRule {
  readonly maximum: number;
  readonly pattern: RegExp;
}

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_PutRolePolicy.html */
export const rolePolicyName: NameRule = { maximum: 128, pattern: /^[\w+=,.@-]+$/ };
/** https://docs.aws.amazon.com/lambda/latest/api/API_AddPermission.html */
export const statementId: NameRule = { maximum: 100, pattern: /^[\w-]+$/ };

/**
 * Part of a resource's name for each key: `GET /orders/{id}` is `get-orders-id`. Keys that would be called the same get a
 * digest of themselves.
 */
export function slugs(keys: readonly string[]): ReadonlyMap<string, string> {
  const plain = new Map(keys.map((key) => [key, slug(key)]));
  const count = new Map<string, number>();
  for (const name of plain.values()) count.set(name, (count.get(name) ?? 0) + 1);
  return new Map(
    [...plain].map(([key, name]) => [key, (count.get(name) ?? 0) > 1 ? `${name}-${sha256(key).slice(0, 6)}` : name]),
  );
}

/** Part of a resource's name for a key, which may be that of another as well. */
export function slug(key: string): string {
  const name = key
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-|-$/g, "");
  return name === "" ? "root" : name;
}
