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

  private read(type: string): boolean {
    const file = /^aws:(\w+\/\w+):\w+$/.exec(type)?.[1];
    if (this.root === undefined || file === undefined) return false;
    try {
      return readFileSync(path.join(this.root, `${file}.js`), "utf8").includes('resourceInputs["name"] = args');
    } catch {
      return false;
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
