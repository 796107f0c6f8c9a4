import { createHash } from "node:crypto";

/** Hexadecimal digest of a text. */
export function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

/**
 * A name of letters, digits, hyphens and underscores, no longer than `maximum`; what is cut off or written otherwise stays
 * told apart by a digest.
 */
export function physicalName(maximum: number, ...parts: readonly string[]): string {
  const written = parts.join("-");
  const name = written.replace(/[^A-Za-z0-9_-]+/g, "-");
  if (name === written && name.length <= maximum) return name;
  return `${name.slice(0, maximum - 9)}-${sha256(written).slice(0, 8)}`;
}

/**
 * Nothing where the provider can name a resource as its name in the program and a suffix of 8 characters, and else the
 * prefix to which it adds 26 of its own.
 */
export function prefixed<K extends string>(property: K, name: string, takes: NameRule): { readonly [P in K]?: string } {
  const fits = name.length + 8 <= takes.maximum && takes.pattern.test(name);
  const prefix = fits ? [] : [[property, `${physicalName(takes.maximum - 27, name)}-`]];
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
