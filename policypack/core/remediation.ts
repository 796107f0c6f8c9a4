import { Secret } from "@pulumi/policy";
import { isRecord } from "../model/bag";
import type { Raw } from "../model/bag";
import type { Change } from "../model/remedy";

/** Properties without the wrapping that the SDK gives to secrets where they may be written back. */
export function unwrapped(properties: Raw): Raw {
  return plain(properties, 0) as Raw;
}

/** Deeper than any resource is nested. */
const maxDepth = 256;

function plain(value: unknown, depth: number): unknown {
  if (depth > maxDepth) return undefined;
  if (value instanceof Secret) return plain(value.value, depth + 1);
  if (Array.isArray(value)) return value.map((item) => plain(item, depth + 1));
  if (!isRecord(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, plain(item, depth + 1)]));
}

/** The properties with changes made: what they do not touch, secrets among it, stays as it came. */
export function applied(properties: Raw, changes: readonly Change[]): Record<string, unknown> {
  let result: unknown = properties;
  for (const { path, value } of changes) result = set(result, path, value);
  return result as Record<string, unknown>;
}

function set(target: unknown, [key, ...rest]: Change["path"], value: unknown): unknown {
  if (key === undefined) return value;
  if (target instanceof Secret) return new Secret(set(target.value, [key, ...rest], value));
  if (Array.isArray(target)) {
    return (target as readonly unknown[]).map((item, index) => (index === key ? set(item, rest, value) : item));
  }
  const record = isRecord(target) ? target : {};
  return { ...record, [key]: set(record[key], rest, value) };
}
