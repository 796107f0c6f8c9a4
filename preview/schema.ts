import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import * as path from "node:path";

/** What a property holds, as far as a plausible value needs to know. */
export type Kind = "string" | "number" | "boolean" | "strings" | "map" | "object" | "objects";

/** A property of a resource type. */
export interface Property {
  readonly kind: Kind;
  /** The provider may leave it empty: unset it stays empty, where others are computed. */
  readonly optional: boolean;
  /** Programs cannot set it. */
  readonly output: boolean;
}

export type Shape = ReadonlyMap<string, Property>;

const declaration = /^ {4}readonly (\w+): pulumi\.Output<([\s\S]*?)>;$/gm;
const outputOnly = /resourceInputs\["(\w+)"\] = undefined \/\*out\*\//g;

/**
 * What the SDK that a program has installed says of resource types and functions. A provider's schema is not there
 * offline, but the SDK is made from it: its declarations tell computed properties from optional ones.
 */
export class Sdk {
  private readonly shapes = new Map<string, Shape | undefined>();
  private readonly packages = new Map<string, string | undefined>();
  private readonly resolve: NodeJS.Require;

  /** Reads the packages that are installed for a directory. */
  constructor(directory: string) {
    this.resolve = createRequire(path.join(directory, "noop.js"));
  }

  /** The properties of a resource type, or undefined where no installed package declares it. */
  shapeOf(type: string): Shape | undefined {
    if (!this.shapes.has(type)) this.shapes.set(type, this.readShape(type));
    return this.shapes.get(type);
  }

  /** The names of what a function returns. */
  resultsOf(token: string): readonly string[] {
    const text = this.declarationOf(token);
    const body = text === undefined ? undefined : /interface \w+Result \{\n([\s\S]*?)\n\}/.exec(text)?.[1];
    return [...(body ?? "").matchAll(/^ {4}readonly (\w+)\??:/gm)].flatMap(([, name]) => (name === undefined ? [] : [name]));
  }

  private readShape(type: string): Shape | undefined {
    const text = this.declarationOf(type);
    const code = this.read(type, ".js");
    if (text === undefined || code === undefined) return undefined;
    const outputs = new Set([...code.matchAll(outputOnly)].map(([, name]) => name));
    const shape = new Map<string, Property>();
    for (const [, name, written] of text.matchAll(declaration)) {
      if (name === undefined || written === undefined) continue;
      const optional = /\| undefined$/.test(written);
      shape.set(name, { kind: kindOf(written.replace(/ \| undefined$/, "")), optional, output: outputs.has(name) });
    }
    return shape.size > 0 ? shape : undefined;
  }

  private declarationOf(token: string): string | undefined {
    return this.read(token, ".d.ts");
  }

  private read(token: string, extension: string): string | undefined {
    const [name = "", middle = "", member = ""] = token.split(":");
    const root = this.packageOf(name);
    if (root === undefined) return undefined;
    const file = `${member.charAt(0).toLowerCase()}${member.slice(1)}`;
    const inside = middle.replace(/^index(\/|$)/, "");
    for (const candidate of [inside, path.posix.join(path.posix.dirname(inside), file), path.posix.join(inside, file)]) {
      const full = path.join(root, `${candidate}${extension}`);
      if (candidate !== "" && path.basename(candidate) === file && existsSync(full)) return readFileSync(full, "utf8");
    }
    return undefined;
  }

  private packageOf(name: string): string | undefined {
    if (!/^[a-z0-9][\w.-]*$/i.test(name)) return undefined;
    if (!this.packages.has(name)) {
      const candidates = [`@pulumi/${name}`, `@pulumiverse/${name}`, `@pulumi-${name}/${name}`, `pulumi-${name}`];
      this.packages.set(name, candidates.map((candidate) => this.find(candidate)).find((found) => found !== undefined));
    }
    return this.packages.get(name);
  }

  private find(name: string): string | undefined {
    try {
      return path.dirname(this.resolve.resolve(`${name}/package.json`));
    } catch {
      return undefined;
    }
  }
}

function kindOf(type: string): Kind {
  if (/^string$|^enums\.|^ARN$|^pulumi\.ARN$|^"|\| string$|^string \|/.test(type)) return "string";
  if (type === "number") return "number";
  if (type === "boolean") return "boolean";
  if (/^(string|enums\.[\w.]+)\[\]$/.test(type)) return "strings";
  if (type.endsWith("[]")) return "objects";
  return /^\{\s*\[key: string\]/.test(type) ? "map" : "object";
}
