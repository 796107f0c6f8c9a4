import { readFileSync } from "node:fs";
import { Failure } from "./failure";
import { isRecord } from "./values";
import type { Properties } from "./values";

/** How strictly a policy is enforced; the order is that of the protocol's numbers. */
export const levels = ["advisory", "mandatory", "disabled", "remediate"] as const;
export type Level = (typeof levels)[number];

/** The level and the options that a policy runs with. */
export interface PolicySettings {
  readonly level: Level;
  readonly options: Properties;
}

/** What configuration needs to know of a policy. */
export interface Configurable {
  readonly name: string;
  readonly level: Level;
  /** JSON schema by option. */
  readonly options: Properties;
  readonly required: readonly string[];
}

/** A configuration as it is written, and what names it in errors. */
export interface WrittenConfig {
  readonly source: string;
  readonly policies: Properties;
}

/** Reads a file as `pulumi --policy-pack-config` takes it. */
export function readPolicyConfig(file: string): WrittenConfig {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch {
    throw new Failure(`${file} cannot be read: name a policy configuration (JSON) with --policy-pack-config.`, 2);
  }
  if (text.trim() === "") return { source: file, policies: {} };
  let content: unknown;
  try {
    content = JSON.parse(text.replace(/^\uFEFF/, ""));
  } catch (error) {
    throw new Failure(`${file} is not JSON (${error instanceof Error ? error.message : "unreadable"}): correct it.`, 2);
  }
  if (!isRecord(content)) throw new Failure(`${file} is no policy configuration: write an object of policies and their levels.`, 2);
  // For Pulumi Cloud, which is not asked here.
  const { environments: _, ...policies } = content;
  return { source: file, policies };
}

/**
 * What every policy runs with: the defaults of its schema, over them each configuration in turn. Throws a
 * {@link Failure} that names the source, the policy and the option at fault.
 */
export function reconcile(policies: readonly Configurable[], configs: readonly WrittenConfig[]): Map<string, PolicySettings> {
  const settings = new Map<string, PolicySettings>();
  for (const policy of policies) {
    const options: Record<string, unknown> = {};
    for (const [name, schema] of Object.entries(policy.options)) {
      if (isRecord(schema) && schema["default"] !== undefined) options[name] = schema["default"];
    }
    settings.set(policy.name, { level: policy.level, options });
  }
  for (const { source, policies: written } of configs) {
    const { all, ...own } = written;
    if (all !== undefined) {
      const { level, options } = read(source, "all", all);
      if (Object.keys(options).length > 0) throw new Failure(`${source}: "all" takes an enforcement level only.`, 2);
      if (level !== undefined) for (const [name, one] of settings) settings.set(name, { ...one, level });
    }
    for (const [name, entry] of Object.entries(own)) {
      const policy = policies.find((candidate) => candidate.name === name);
      const before = settings.get(name);
      if (policy === undefined || before === undefined) throw new Failure(`${source}: there is no policy "${name}"${nearest(name, policies)}.`, 2);
      const { level, options } = read(source, name, entry);
      for (const [option, value] of Object.entries(options)) {
        const schema = policy.options[option];
        if (schema === undefined) {
          const known = Object.keys(policy.options);
          throw new Failure(
            `${source}: the policy "${name}" has no option "${option}"; it has ${known.length === 0 ? "none" : known.join(", ")}.`,
            2,
          );
        }
        const fault = mismatch(schema, value, option);
        if (fault !== undefined) throw new Failure(`${source}: the policy "${name}": ${fault}.`, 2);
      }
      settings.set(name, { level: level ?? before.level, options: { ...before.options, ...options } });
    }
  }
  const source = configs.at(-1)?.source ?? "the policy configuration";
  for (const { name, required } of policies) {
    const one = settings.get(name);
    const missing = required.find((option) => one?.options[option] === undefined);
    if (missing !== undefined && one?.level !== "disabled") throw new Failure(`${source}: the policy "${name}" needs the option "${missing}".`, 2);
  }
  return settings;
}

function read(source: string, name: string, entry: unknown): { level: Level | undefined; options: Properties } {
  if (typeof entry !== "string" && !isRecord(entry)) {
    throw new Failure(`${source}: write an enforcement level or an object for "${name}", not ${JSON.stringify(entry)}.`, 2);
  }
  const { enforcementLevel: level, ...options } = typeof entry === "string" ? { enforcementLevel: entry } : entry;
  if (level === undefined) return { level: undefined, options };
  const known = levels.find((candidate) => candidate === level);
  if (known === undefined) {
    throw new Failure(`${source}: the policy "${name}" has the enforcement level ${JSON.stringify(level)}; use ${[...levels].sort().join(", ")}.`, 2);
  }
  return { level: known, options };
}

function nearest(name: string, policies: readonly Configurable[]): string {
  const words = name.split("-");
  const close = policies.filter((policy) => policy.name.includes(name) || words.filter((word) => policy.name.split("-").includes(word)).length * 2 >= words.length);
  return close.length === 0 ? "; `gatehouse list` names them" : `; there is ${close.slice(0, 3).map((policy) => policy.name).join(", ")}`;
}

/** What is wrong with a value under a JSON schema, as far as policies use schemas; undefined when nothing is. */
export function mismatch(schema: unknown, value: unknown, at: string): string | undefined {
  if (!isRecord(schema)) return undefined;
  const types = Array.isArray(schema["type"]) ? (schema["type"] as readonly unknown[]) : schema["type"] === undefined ? [] : [schema["type"]];
  if (types.length > 0 && !types.some((type) => isOfType(type, value))) {
    return `"${at}" must be of type ${types.map(String).join(" or ")}, not ${typeName(value)}`;
  }
  const allowed = schema["enum"];
  if (Array.isArray(allowed) && !allowed.some((one) => same(one, value))) {
    return `"${at}" must be one of ${allowed.map((one) => JSON.stringify(one)).join(", ")}, not ${JSON.stringify(value)}`;
  }
  if (schema["const"] !== undefined && !same(schema["const"], value)) return `"${at}" must be ${JSON.stringify(schema["const"])}`;
  const choices = Array.isArray(schema["anyOf"]) ? schema["anyOf"] : schema["oneOf"];
  if (Array.isArray(choices)) {
    const faults = choices.map((choice) => mismatch(choice, value, at));
    if (faults.every((fault) => fault !== undefined)) return faults[0];
  }
  if (typeof value === "string") return textFault(schema, value, at);
  if (typeof value === "number") return numberFault(schema, value, at);
  if (Array.isArray(value)) return listFault(schema, value, at);
  return isRecord(value) ? objectFault(schema, value, at) : undefined;
}

function textFault(schema: Properties, value: string, at: string): string | undefined {
  const { minLength, maxLength, pattern, format } = schema;
  const length = [...value].length;
  if (typeof minLength === "number" && length < minLength) return `"${at}" needs at least ${String(minLength)} characters`;
  if (typeof maxLength === "number" && length > maxLength) return `"${at}" may have at most ${String(maxLength)} characters`;
  if (typeof pattern === "string" && !new RegExp(pattern, "u").test(value)) return `"${at}" must match ${pattern}`;
  if (format === "date" && !isDate(value)) return `"${at}" must be a date like 2030-01-31`;
  return undefined;
}

function isDate(value: string): boolean {
  const time = /^\d{4}-\d{2}-\d{2}$/.test(value) ? Date.parse(value) : Number.NaN;
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(value);
}

function numberFault(schema: Properties, value: number, at: string): string | undefined {
  const bound = (key: string): number | undefined => (typeof schema[key] === "number" ? schema[key] : undefined);
  const [least, most, above, below] = [bound("minimum"), bound("maximum"), bound("exclusiveMinimum"), bound("exclusiveMaximum")];
  if (least !== undefined && value < least) return `"${at}" must be at least ${String(least)}`;
  if (most !== undefined && value > most) return `"${at}" must be at most ${String(most)}`;
  if (above !== undefined && value <= above) return `"${at}" must be above ${String(above)}`;
  if (below !== undefined && value >= below) return `"${at}" must be below ${String(below)}`;
  return undefined;
}

function listFault(schema: Properties, value: readonly unknown[], at: string): string | undefined {
  const { minItems, maxItems, uniqueItems, items } = schema;
  if (typeof minItems === "number" && value.length < minItems) return `"${at}" needs at least ${String(minItems)} items`;
  if (typeof maxItems === "number" && value.length > maxItems) return `"${at}" may have at most ${String(maxItems)} items`;
  if (uniqueItems === true && new Set(value.map((item) => JSON.stringify(item))).size < value.length) return `"${at}" names an item twice`;
  return value.map((item, index) => mismatch(items, item, `${at}[${String(index)}]`)).find((fault) => fault !== undefined);
}

function objectFault(schema: Properties, value: Properties, at: string): string | undefined {
  const properties = isRecord(schema["properties"]) ? schema["properties"] : {};
  const required: readonly unknown[] = Array.isArray(schema["required"]) ? schema["required"] : [];
  const missing = required.find((key) => typeof key === "string" && value[key] === undefined);
  if (typeof missing === "string") return `"${at}" needs "${missing}"`;
  for (const [key, item] of Object.entries(value)) {
    const own = properties[key] ?? schema["additionalProperties"];
    if (own === false || (key in properties && properties[key] === false)) return `"${at}" has no "${key}"; it has ${Object.keys(properties).join(", ")}`;
    const fault = mismatch(own, item, `${at}.${key}`);
    if (fault !== undefined) return fault;
  }
  return undefined;
}

function typeName(value: unknown): string {
  return Array.isArray(value) ? "array" : value === null ? "null" : typeof value;
}

function isOfType(type: unknown, value: unknown): boolean {
  return type === "integer" ? Number.isInteger(value) : type === typeName(value);
}

function same(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
