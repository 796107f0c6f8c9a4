import * as pulumi from "@pulumi/pulumi";
import { distance } from "fastest-levenshtein";
import { argumentTypes } from "./argument-types";
import type { Faults } from "./faults";
import { isRecord } from "./values";

/**
 * The type of an argument. `later`: it may be an output. `resource`: of the type that is named, or of any where that is
 * unknown. `fields`: a name among `argumentTypes`.
 */
export type ArgumentType =
  | "string"
  | "number"
  | "boolean"
  | { readonly later: ArgumentType }
  | { readonly list: ArgumentType }
  | { readonly map: ArgumentType }
  | { readonly resource: string }
  | { readonly fields: string };

/** What an object of arguments may hold, and what it must. */
export interface Fields {
  readonly required: readonly string[];
  readonly fields: Readonly<Record<string, ArgumentType>>;
}

/**
 * The arguments of a component as its types have them. Programs in JavaScript and in YAML have no compiler to tell of an
 * argument that is misspelled, and what is not read would silently not protect. Whatever the types do not allow is a
 * fault, and is left out, so that the rest can be checked as well.
 */
export function readArguments<T extends object>(component: string, given: T, faults: Faults): T {
  return new Reader(faults).fields(given, `${component}Args`, "") as T;
}

class Reader {
  constructor(private readonly faults: Faults) {}

  fields(value: unknown, type: string, field: string): Record<string, unknown> {
    const { required, fields } = argumentTypes[type] ?? { required: [], fields: {} };
    const at = (key: string): string => (field === "" ? key : `${field}.${key}`);
    const given = this.isMap(value ?? {}, field) ? (value ?? {}) : {};
    for (const key of Object.keys(given)) {
      if (!(key in fields)) this.faults.add(at(key), "is no argument", nearest(key, Object.keys(fields)));
    }
    const read: Record<string, unknown> = {};
    for (const [key, of] of Object.entries(fields)) {
      const one = (given as Record<string, unknown>)[key];
      const must = required.includes(key);
      if (one !== undefined) read[key] = this.read(one, of, at(key), must);
      else if (must) read[key] = this.missing(of, at(key));
    }
    return read;
  }

  private read(value: unknown, type: ArgumentType, field: string, must = false): unknown {
    const inner = typeof type === "object" && "later" in type ? type.later : type;
    if (isLater(value)) {
      if (inner !== type) return value;
      this.faults.break(field, "is told only while the program runs", "write the value itself");
      return this.instead(inner, field);
    }
    if (value === undefined || value === null) {
      this.faults.break(field, `is ${String(value)}`, `give ${nameOf(inner)}${must ? "" : ", or leave it out"}`);
      return this.instead(inner, field);
    }
    if (typeof inner === "string") {
      if (typeof value === inner && !Number.isNaN(value)) return value;
      return this.wrong(value, inner, field);
    }
    if ("list" in inner) {
      if (!Array.isArray(value)) return this.wrong(value, inner, field);
      return Array.from(value, (item: unknown, index) => this.read(item, inner.list, `${field}[${String(index)}]`));
    }
    if ("map" in inner) {
      if (!this.isMap(value, field)) return {};
      return Object.fromEntries(
        Object.entries(value).map(([key, item]) => [
          key,
          this.read(item, inner.map, `${field}[${JSON.stringify(key)}]`),
        ]),
      );
    }
    if ("resource" in inner) return this.resource(value, inner, field);
    return "fields" in inner ? this.fields(value, inner.fields, field) : value;
  }

  private resource(value: unknown, type: { readonly resource: string }, field: string): unknown {
    if (!pulumi.Resource.isInstance(value)) return this.wrong(value, type, field);
    const { __pulumiType: told } = value as { readonly __pulumiType?: unknown };
    if (typeof told !== "string" || type.resource === "" || told === type.resource) return value;
    this.faults.break(field, `is a resource of the type ${told}`, `give ${nameOf(type)}`);
    return undefined;
  }

  private isMap(value: unknown, field: string): value is Record<string, unknown> {
    if (isRecord(value) && !isLater(value) && !pulumi.Resource.isInstance(value)) return true;
    this.faults.break(field === "" ? "args" : field, `is ${kindOf(value)}`, "give a map");
    return false;
  }

  private wrong(value: unknown, type: ArgumentType, field: string): unknown {
    this.faults.break(field, `is ${kindOf(value)}`, `give ${nameOf(type)}`);
    return this.instead(type, field);
  }

  /** What can be read on with, in the place of what is wrong. */
  private instead(type: ArgumentType, field: string): unknown {
    if (type === "string") return "";
    if (type === "number") return Number.NaN;
    if (type === "boolean") return false;
    if ("later" in type) return this.instead(type.later, field);
    if ("list" in type) return [];
    if ("fields" in type) return this.fields({}, type.fields, field);
    return "map" in type ? {} : undefined;
  }

  /** What must be there: lists and maps tell by themselves that they are empty. */
  private missing(type: ArgumentType, field: string): unknown {
    const inner = typeof type === "object" && "later" in type ? type.later : type;
    // Which environment it is, is asked where that is read.
    if (field === "isolation.environment") return undefined;
    if (typeof inner !== "object") this.faults.break(field, "is not given", `give ${nameOf(inner)}`);
    return this.instead(inner, field);
  }
}

function isLater(value: unknown): boolean {
  return (
    pulumi.Output.isInstance(value) || (isRecord(value) && typeof (value as { then?: unknown }).then === "function")
  );
}

function kindOf(value: unknown): string {
  if (value === null || value === undefined || Number.isNaN(value)) return String(value);
  if (Array.isArray(value)) return "a list";
  if (isLater(value)) return "told only while the program runs";
  if (pulumi.Resource.isInstance(value)) return "a resource";
  return typeof value === "object" ? "a map" : `a ${typeof value}`;
}

function nameOf(type: ArgumentType): string {
  if (typeof type === "string") return `a ${type}`;
  if ("later" in type) return nameOf(type.later);
  if ("list" in type) return "a list";
  if ("resource" in type)
    return type.resource === "" ? "the resource itself" : `a resource of the type ${type.resource}`;
  return "a map";
}

/** What an author may have meant. */
function nearest(written: string, known: readonly string[]): string {
  const [best] = known
    .map((name) => ({ name, letters: distance(written.toLowerCase(), name.toLowerCase()) }))
    .sort((a, b) => a.letters - b.letters);
  if (best !== undefined && best.letters <= Math.max(2, Math.floor(best.name.length / 3))) {
    return `write \`${best.name}\`, if that is what it means, or take it away`;
  }
  return `take it away, or write one of ${[...known].sort().join(", ")}`;
}
