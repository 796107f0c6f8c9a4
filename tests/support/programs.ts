import * as path from "node:path";
import { EmbeddedEngine } from "../../preview/engine";
import type { Registered } from "../../preview/engine";
import { loadProgram, run } from "../../preview/program";
import type { Unknowns } from "../../preview/provider";
import { root } from "./command";

/** Runs an example as a process of its own and returns what it registered. */
export async function registerExample(name: string, unknowns: Unknowns, stack = "dev"): Promise<readonly Registered[]> {
  const program = loadProgram(path.join(root, "examples", name), stack, [], () => undefined);
  const engine = new EmbeddedEngine({ project: program.project, stack, unknowns });
  // What the examples look like to the compiler is another test's.
  process.env["PULUMI_NODEJS_TRANSPILE_ONLY"] = "true";
  try {
    await run(program, await engine.start(), 120, engine.errors);
    return engine.registered;
  } finally {
    delete process.env["PULUMI_NODEJS_TRANSPILE_ONLY"];
    engine.stop();
  }
}
