import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import * as path from "node:path";

/** What can be read of a provider in the package for Node.js that a program has installed. */
export class Sdk {
  private readonly root: string | undefined;
  private readonly known = new Map<string, boolean>();

  /** `from` is the directory from which the program finds its packages. */
  constructor(from: string | undefined) {
    this.root = from === undefined ? undefined : packageOf(from);
  }

  /** Whether a type such as `aws:sqs/queue:Queue` has the input `name`, which the provider makes up where it is unset. */
  takesName(type: string): boolean {
    const known = this.known.get(type) ?? this.read(type);
    this.known.set(type, known);
    return known;
  }

  /** What a data source such as `aws:ec2/getVpc:getVpc` always answers: by property, whether it is a list. */
  resultOf(token: string): ReadonlyMap<string, boolean> {
    const declared = /^export interface \w+Result \{([^]*?)^\}/m.exec(this.file(token, ".d.ts"))?.[1] ?? "";
    const properties = [...declared.matchAll(/^ {4}readonly (\w+): (.*)$/gm)];
    return new Map(properties.map(([, name = "", type = ""]) => [name, type.endsWith("[];")]));
  }

  private read(type: string): boolean {
    return this.file(type, ".js").includes('resourceInputs["name"] = args');
  }

  /** A module of the package; empty for one that it does not have. */
  private file(token: string, extension: string): string {
    const file = /^aws:(\w+\/\w+):\w+$/.exec(token)?.[1];
    if (this.root === undefined || file === undefined) return "";
    try {
      return readFileSync(path.join(this.root, `${file.replace(/^index\//, "")}${extension}`), "utf8");
    } catch {
      return "";
    }
  }
}

function packageOf(from: string): string | undefined {
  try {
    return path.dirname(createRequire(path.join(from, "noop.js")).resolve("@pulumi/aws/package.json"));
  } catch {
    // A program without the package makes nothing of it.
    return undefined;
  }
}
