// What the pack and the offline preview cost. Prints figures; nothing here passes or fails.
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import Table from "cli-table3";
import { Analyzer, stackRequest } from "../preview/analyzer";
import { EmbeddedEngine } from "../preview/engine";
import { loadProgram, run } from "../preview/program";
import { bodies, syntheticStack } from "./stack";

const root = path.join(__dirname, "..");
const pack = path.join(root, "policypack");

interface Figure {
  readonly what: string;
  readonly against: string;
  /** Seconds, each measured in turn with its counterpart. */
  readonly ours: readonly number[];
  readonly theirs: readonly number[];
}

const median = (values: readonly number[]): number => values.slice().sort((a, b) => a - b)[values.length >> 1] ?? NaN;

async function seconds(work: () => Promise<unknown>): Promise<number> {
  const start = process.hrtime.bigint();
  await work();
  return Number(process.hrtime.bigint() - start) / 1e9;
}

/** Runs the two in turn, once unmeasured, so that both meet the same machine. */
async function compare(
  what: string,
  against: string,
  rounds: number,
  ours: () => Promise<unknown>,
  theirs: () => Promise<unknown>,
): Promise<Figure> {
  console.error(`${what} …`);
  await ours();
  await theirs();
  const figure = { what, against, ours: [] as number[], theirs: [] as number[] };
  for (let round = 0; round < rounds; round++) {
    figure.ours.push(await seconds(ours));
    figure.theirs.push(await seconds(theirs));
  }
  return figure;
}

/** A compiled pack in a directory of its own, with as many policies as wanted that do nothing. */
function emptyPack(directory: string, policies: number): string {
  mkdirSync(directory);
  symlinkSync(path.join(root, "node_modules"), path.join(directory, "node_modules"), "dir");
  writeFileSync(
    path.join(directory, "package.json"),
    JSON.stringify({ name: "empty", version: "0.0.0", main: "main.js" }),
  );
  writeFileSync(
    path.join(directory, "PulumiPolicy.yaml"),
    "runtime:\n  name: nodejs\n  options:\n    typescript: false\n",
  );
  writeFileSync(
    path.join(directory, "main.js"),
    `const { PolicyPack } = require("@pulumi/policy");
const policies = Array.from({ length: ${String(policies)} }, (_, i) => ({
  name: "nothing-" + i,
  description: "Nothing.",
  enforcementLevel: "mandatory",
  validateStack: () => {},
}));
new PolicyPack("empty", { policies });
`,
  );
  return directory;
}

async function bootOnce(directory: string, address: string): Promise<void> {
  const analyzer = await Analyzer.boot(directory, address, true);
  analyzer.close();
}

function previewOnce(program: string): Promise<void> {
  const child = spawn(process.execPath, [path.join(root, "preview", "bin", "main.js"), "preview", program], {
    stdio: "ignore",
  });
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", () => {
      resolve();
    });
  });
}

async function runOnce(directory: string): Promise<void> {
  const program = loadProgram(directory, "dev", [], () => undefined);
  const engine = new EmbeddedEngine({ project: program.project, stack: program.stack, unknowns: "resolve" });
  try {
    await run(program, await engine.start(), 120, engine.errors);
  } finally {
    engine.stop();
  }
}

async function main(): Promise<void> {
  const directory = mkdtempSync(path.join(tmpdir(), "gatehouse-bench-"));
  const engine = new EmbeddedEngine({ project: "bench", stack: "prod", unknowns: "resolve" });
  const address = await engine.start();
  const figures: Figure[] = [];
  try {
    const empty = emptyPack(path.join(directory, "empty"), 1);
    figures.push(
      await compare(
        "boot of the pack",
        "an empty compiled pack",
        15,
        () => bootOnce(pack, address),
        () => bootOnce(empty, address),
      ),
    );
    const example = path.join(root, "examples", "orders-by-hand");
    figures.push(
      await compare(
        "gatehouse preview examples/orders-by-hand",
        "the program run by Pulumi's runtime",
        5,
        () => previewOnce(example),
        () => runOnce(example),
      ),
    );
    const analyzer = await Analyzer.boot(pack, address, false);
    const same = await Analyzer.boot(emptyPack(path.join(directory, "same"), analyzer.policies.length), address, false);
    for (const size of [1000, 10000]) {
      const stack = stackRequest(syntheticStack(size));
      figures.push(
        await compare(
          `AnalyzeStack, ${String(stack.getResourcesList().length)} resources`,
          `${String(same.policies.length)} policies that do nothing`,
          3,
          () => analyzer.analyzeStack(stack),
          () => same.analyzeStack(stack),
        ),
      );
    }
    // Bodies that differ each round, since the last ones are kept.
    let round = 0;
    figures.push(
      await compare(
        "AnalyzeStack, a body of 20,000 operations",
        "ten bodies of 2,000",
        3,
        () => analyzer.analyzeStack(stackRequest(bodies([20_000], round++))),
        () => analyzer.analyzeStack(stackRequest(bodies(Array<number>(10).fill(2_000), round++))),
      ),
    );
    analyzer.close();
    same.close();
  } finally {
    engine.stop();
    rmSync(directory, { recursive: true, force: true });
  }
  const table = new Table({
    head: ["what", "seconds", "against", "seconds", "ratio"],
    style: { head: [], border: [] },
  });
  for (const { what, against, ours, theirs } of figures) {
    const ratios = ours.map((value, round) => value / (theirs[round] ?? NaN));
    table.push([what, median(ours).toFixed(2), against, median(theirs).toFixed(2), median(ratios).toFixed(2)]);
  }
  console.log(table.toString());
  console.log("Medians; each ratio is the median of pairs measured one after the other.");
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
