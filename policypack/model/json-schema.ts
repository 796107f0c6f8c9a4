import { isRecord } from "./bag";
import type { Raw } from "./bag";

/** What a schema lets through that nobody thought of: the first places of each kind, and how many there are. */
export interface Looseness {
  /** Objects that may have any other property. */
  readonly extra: Places;
  /** Strings and arrays that may be of any length. */
  readonly unbounded: Places;
  /** Values of which the schema says nothing. */
  readonly anything: Places;
  /** Other models that the schema refers to, by name. */
  readonly models: readonly string[];
  /** References that lead nowhere. */
  readonly lost: readonly string[];
}

export interface Places {
  /** `$.items[].name`; at most three. */
  readonly shown: readonly string[];
  readonly count: number;
}

/** What a `$ref` leads to: a part of the same schema, or a model with a name of its own, which is judged for itself. */
export type Target =
  { readonly kind: "schema"; readonly schema: unknown } | { readonly kind: "model"; readonly name: string };

/** One place in a schema; its path is only written out for what is shown. */
interface Place {
  readonly above: Place | undefined;
  readonly step: string;
}

interface Visit {
  readonly schema: unknown;
  readonly place: Place;
  /** A value stands here, so that a schema that says nothing lets anything through. */
  readonly value: boolean;
  /** It is one of several that hold together, and another may close the object. */
  readonly composed: boolean;
}

const maximumShown = 3;

class Found implements Places {
  readonly shown: string[] = [];
  count = 0;

  add(place: Place): void {
    this.count++;
    if (this.shown.length < maximumShown) this.shown.push(pathOf(place));
  }
}

/** Looks through a JSON schema (draft 4 and newer, and OpenAPI's) for what it does not bound. Takes linear time. */
export function loosenessOf(schema: unknown, resolve: (reference: string) => Target | undefined): Looseness {
  const extra = new Found();
  const unbounded = new Found();
  const anything = new Found();
  const models = new Set<string>();
  const lost = new Set<string>();
  const seen = new Set<Raw>();
  const open: Visit[] = [{ schema, place: { above: undefined, step: "$" }, value: true, composed: false }];
  for (let visit = open.pop(); visit !== undefined; visit = open.pop()) {
    const { schema: one, place, value, composed } = visit;
    if (one === true && value) anything.add(place);
    if (!isRecord(one) || seen.has(one)) continue;
    seen.add(one);
    const reference = own(one, "$ref");
    if (typeof reference === "string") {
      const target = resolve(reference);
      if (target === undefined) lost.add(reference);
      else if (target.kind === "model") models.add(target.name);
      else open.push({ ...visit, schema: target.schema });
      continue;
    }
    if (value && saysNothing(one)) anything.add(place);
    if (!composed && isOpenObject(one)) extra.add(place);
    if (isUnboundedString(one) || isUnboundedArray(one)) unbounded.add(place);
    open.push(...inside(one, place).reverse());
  }
  return { extra, unbounded, anything, models: [...models], lost: [...lost] };
}

/** The schemas that stand in a schema, in the order in which they are written. */
function inside(schema: Raw, place: Place): Visit[] {
  const visits: Visit[] = [];
  const add = (one: unknown, step: string, value: boolean, composed = false): void => {
    visits.push({ schema: one, place: step === "" ? place : { above: place, step }, value, composed });
  };
  for (const [name, one] of Object.entries(record(own(schema, "properties")))) add(one, `.${name}`, true);
  for (const one of Object.values(record(own(schema, "patternProperties")))) add(one, ".*", true);
  // Whether any property may be there is asked of the object.
  add(own(schema, "additionalProperties"), ".*", false);
  const items = own(schema, "items");
  if (Array.isArray(items)) for (const one of items as readonly unknown[]) add(one, "[]", true);
  else add(items, "[]", true);
  add(own(schema, "additionalItems"), "[]", false);
  for (const one of list(own(schema, "allOf"))) add(one, "", false, true);
  const closed = closes(schema);
  for (const one of alternatives(schema)) add(one, "", false, closed);
  return visits;
}

const annotations: ReadonlySet<string> = new Set([
  "title",
  "description",
  "default",
  "example",
  "examples",
  "$schema",
  "id",
]);

/** Nothing but words about the value. */
export function saysNothing(schema: Raw): boolean {
  return Object.keys(schema).every((key) => annotations.has(key) || key.startsWith("x-") || key === "nullable");
}

function isObject(schema: Raw): boolean {
  if (hasType(schema, "object")) return true;
  return own(schema, "type") === undefined && isRecord(own(schema, "properties"));
}

/** An object that nothing closes: neither itself, nor a part of it, nor all of its alternatives. */
function isOpenObject(schema: Raw): boolean {
  const parts = [schema, ...list(own(schema, "allOf")).filter(isRecord)];
  return parts.some(isObject) && !closes(schema);
}

function closes(schema: Raw): boolean {
  const others = alternatives(schema).filter(isRecord);
  return (
    isClosed(schema) ||
    list(own(schema, "allOf")).filter(isRecord).some(mayClose) ||
    (others.length > 0 && others.every(mayClose))
  );
}

function alternatives(schema: Raw): readonly unknown[] {
  return [...list(own(schema, "anyOf")), ...list(own(schema, "oneOf"))];
}

/** What a part refers to is judged for itself. */
function mayClose(part: Raw): boolean {
  return isClosed(part) || own(part, "$ref") !== undefined;
}

function isClosed(schema: Raw): boolean {
  return ["additionalProperties", "unevaluatedProperties"].some((key) => {
    const value = own(schema, key);
    // A schema for the rest says what they may be, unless it says nothing.
    return value === false || (isRecord(value) && !saysNothing(value));
  });
}

function isUnboundedString(schema: Raw): boolean {
  if (!hasType(schema, "string")) return false;
  if (["maxLength", "enum", "const"].some((key) => own(schema, key) !== undefined)) return false;
  const format = own(schema, "format");
  if (typeof format === "string" && boundedFormats.has(format)) return false;
  const pattern = own(schema, "pattern");
  return typeof pattern !== "string" || !isBoundedPattern(pattern);
}

function isUnboundedArray(schema: Raw): boolean {
  if (!hasType(schema, "array")) return false;
  if (["maxItems", "enum", "const"].some((key) => own(schema, key) !== undefined)) return false;
  // A list of schemas with nothing after them has a length.
  return !(Array.isArray(own(schema, "items")) && own(schema, "additionalItems") === false);
}

/** Formats whose texts are short by themselves. */
const boundedFormats: ReadonlySet<string> = new Set(["date", "date-time", "time", "uuid", "ipv4", "ipv6"]);

/** A pattern for the whole text with nothing in it that repeats without end. */
export function isBoundedPattern(pattern: string): boolean {
  if (!pattern.startsWith("^") || !pattern.endsWith("$") || pattern.endsWith("\\$")) return false;
  let characterClass = false;
  let depth = 0;
  for (let i = 0; i < pattern.length; i++) {
    const at = pattern[i];
    if (at === "\\") i++;
    else if (characterClass) characterClass = at !== "]";
    else if (at === "[") characterClass = true;
    else if (at === "(") depth++;
    else if (at === ")") depth--;
    else if (at === "*" || at === "+") return false;
    // An anchor of one alternative is none of the others.
    else if (at === "|" && depth === 0) return false;
    else if (at === "{" && /^\{\d+,\}/.test(pattern.slice(i, i + 12))) return false;
  }
  return true;
}

function hasType(schema: Raw, type: string): boolean {
  const written = own(schema, "type");
  return written === type || (Array.isArray(written) && written.includes(type));
}

function pathOf(place: Place): string {
  const steps: string[] = [];
  for (let at: Place | undefined = place; at !== undefined; at = at.above) steps.push(at.step);
  const path = steps.reverse().join("");
  return path.length > 120 ? `${path.slice(0, 120)}…` : path;
}

function own(raw: Raw, key: string): unknown {
  return Object.hasOwn(raw, key) ? raw[key] : undefined;
}

function record(value: unknown): Raw {
  return isRecord(value) ? value : {};
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
