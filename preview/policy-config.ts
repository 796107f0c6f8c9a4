import { Failure } from "./failure";
import { suggestion } from "./suggest";
import { isRecord } from "./values";

/** A policy as its configuration sees it. */
export interface Configurable {
  readonly name: string;
  readonly level: string;
  /** JSON schemas by option. */
  readonly options: Readonly<Record<string, unknown>>;
}

export interface Configured {
  readonly level: string;
  readonly options: Readonly<Record<string, unknown>>;
}

export const levels = ["advisory", "mandatory", "disabled", "remediate"];

/**
 * Level and options of the policies that a configuration speaks of, as `--policy-pack-config` of the Pulumi CLI has
 * them: `{ "all": "advisory", "stage-throttling": { "enforcementLevel": "mandatory", "maxRateLimit": 100 } }`. Throws a
 * {@link Failure} for what does not fit, which names the file.
 */
export function policyConfig(
  config: Readonly<Record<string, unknown>>,
  policies: readonly Configurable[],
  file: string,
): ReadonlyMap<string, Configured> {
  const byName = new Map(policies.map((policy) => [policy.name, policy]));
  const entries = new Map(Object.entries(config).map(([name, entry]) => [name, readEntry(name, entry, file)]));
  const all = entries.get("all");
  entries.delete("all");
  if (all !== undefined && Object.keys(all.options).length > 0) {
    throw new Failure(
      `${file}: "all" takes an enforcement level and nothing else; write options beside a policy's name.`,
      2,
    );
  }
  for (const name of entries.keys()) {
    if (!byName.has(name)) {
      const meant = suggestion(name, [...byName.keys()]);
      throw new Failure(`${file}: there is no policy "${name}".${meant} Run \`gatehouse list\` for their names.`, 2);
    }
  }
  const result = new Map<string, Configured>();
  for (const policy of policies) {
    const own = entries.get(policy.name);
    if (own === undefined && all === undefined) continue;
    const options = own?.options ?? {};
    checkOptions(file, policy, options);
    result.set(policy.name, { level: own?.level ?? all?.level ?? policy.level, options });
  }
  return result;
}

function readEntry(
  name: string,
  entry: unknown,
  file: string,
): { readonly level: string | undefined; readonly options: Readonly<Record<string, unknown>> } {
  if (typeof entry !== "string" && !isRecord(entry)) {
    throw new Failure(
      `${file}: ${name} is configured as ${JSON.stringify(entry)}; write an enforcement level, or an object of options.`,
      2,
    );
  }
  const { enforcementLevel: level, ...options } = isRecord(entry) ? entry : { enforcementLevel: entry };
  if (level !== undefined && (typeof level !== "string" || !levels.includes(level))) {
    throw new Failure(
      `${file}: ${name} has the enforcement level ${JSON.stringify(level)}; use ${levels.join(", ")}.`,
      2,
    );
  }
  return { level, options };
}

function checkOptions(file: string, policy: Configurable, options: Readonly<Record<string, unknown>>): void {
  const schemas = policy.options;
  for (const [key, value] of Object.entries(options)) {
    const schema = Object.hasOwn(schemas, key) ? schemas[key] : undefined;
    if (schema === undefined) {
      const has = Object.keys(schemas).sort();
      throw new Failure(
        `${file}: ${policy.name} has no option "${key}".${suggestion(key, has)} It has ${has.join(", ")}.`,
        2,
      );
    }
    const problem = problemOf(value, schema, `option "${key}" of ${policy.name}`);
    if (problem !== undefined) throw new Failure(`${file}: ${problem}.`, 2);
  }
}

/** What keeps a value from fitting a JSON schema: of the vocabulary, what policies use. */
function problemOf(value: unknown, schema: unknown, what: string): string | undefined {
  if (!isRecord(schema)) return undefined;
  const { type, enum: allowed, minLength, minItems, minimum, maximum, format, pattern, items, properties } = schema;
  const actual = Array.isArray(value) ? "array" : value === null ? "null" : typeof value;
  const wanted = [type].flat().filter((one) => typeof one === "string");
  const fits = wanted.some((one) => one === actual || (one === "integer" && Number.isInteger(value)));
  if (wanted.length > 0 && !fits) return `${what} is of type ${actual}, not ${wanted.join(" or ")}`;
  if (Array.isArray(allowed) && !allowed.includes(value)) return `${what} must be one of ${allowed.join(", ")}`;
  if (typeof value === "number") {
    if (typeof minimum === "number" && value < minimum) return `${what} must not be below ${String(minimum)}`;
    if (typeof maximum === "number" && value > maximum) return `${what} must not be above ${String(maximum)}`;
  }
  if (typeof value === "string") {
    if (typeof minLength === "number" && value.length < minLength) {
      return `${what} must have at least ${String(minLength)} characters`;
    }
    if (format === "date" && !isDate(value)) return `${what} must be a date, as 2030-12-31`;
    if (typeof pattern === "string" && !new RegExp(pattern, "u").test(value)) return `${what} must match ${pattern}`;
  }
  if (Array.isArray(value)) {
    if (typeof minItems === "number" && value.length < minItems) {
      return `${what} must have at least ${String(minItems)} elements`;
    }
    return value.map((item, index) => problemOf(item, items, `element ${String(index)} of ${what}`)).find(Boolean);
  }
  if (!isRecord(value)) return undefined;
  const known = isRecord(properties) ? properties : {};
  const required = [schema["required"]].flat().filter((key) => typeof key === "string");
  const lacking = required.find((key) => !Object.hasOwn(value, key));
  if (lacking !== undefined) return `${what} lacks "${lacking}"`;
  return Object.entries(value)
    .map(([key, item]) => {
      if (Object.hasOwn(known, key)) return problemOf(item, known[key], `"${key}" in ${what}`);
      if (schema["additionalProperties"] === false) {
        return `${what} may not have "${key}"; it may have ${Object.keys(known).join(", ")}`;
      }
      return problemOf(item, schema["additionalProperties"], `"${key}" in ${what}`);
    })
    .find(Boolean);
}

function isDate(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  const time = Date.parse(`${text}T00:00:00Z`);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text);
}
