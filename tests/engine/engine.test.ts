import assert from "node:assert/strict";
import { appendFileSync, existsSync, readdirSync, readFileSync } from "node:fs";
import * as path from "node:path";
import { readState } from "../../preview/audit";
import { EmbeddedEngine } from "../../preview/engine";
import type { Registered } from "../../preview/engine";
import { loadProgram, run } from "../../preview/program";
import type { Unknowns } from "../../preview/provider";
import type { Report } from "../../preview/report";
import { signatureOf, unknown, unwrapSecrets } from "../../preview/values";
import { gatehouseWith, root } from "../support/command";
import { Pack } from "../support/stack";
import { missing, Workspace } from "./cli";

// The same programs under the real Pulumi CLI and under the embedded engine. A policy must see the same of them, and
// what the pack says must be the same: in a first preview, in an update, in a preview of what exists, and of state.

const stack = "prod";
const pack = path.join(root, "policypack");
const recorder = path.join(root, "tests", "engine", "recorder");
const hard = "tests/engine/program";
const programs = [
  ...["examples", "examples/rewritten", "examples/violations"].flatMap((directory) =>
    readdirSync(path.join(root, directory)).map((name) => `${directory}/${name}`),
  ),
  hard,
].filter((program) => {
  const project = path.join(root, program, "Pulumi.yaml");
  return existsSync(project) && /^runtime: nodejs$/m.test(readFileSync(project, "utf8"));
});

/** The policy configuration beside a program; nothing where there is none. */
function configOf(program: string): Readonly<Record<string, unknown>> {
  const file = path.join(root, program, "gatehouse.json");
  return existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as Record<string, unknown>) : {};
}

/** What the CLI prints, one to a line: of its many kinds of events, those that count here. */
interface EngineEvent {
  readonly policyEvent?: { readonly resourceUrn: string; readonly policyName: string; readonly message: string };
  readonly diagnosticEvent?: { readonly severity: string; readonly message: string };
  readonly summaryEvent?: { readonly PolicyPacks: Readonly<Record<string, string>> };
}

const exemption = /^.*? is exempted from (\S+?)(?: until (\S+?)(?:, which is soon)?)?: (.*)$/s;
const cannotRun = /^can't run policy '[^']*' from policy pack '[^']*' during preview: /;
const line = (kind: string, policy: string, urn: string, message: string): string =>
  `${kind} ${policy} ${urn} ${message}`;

/** What the pack said, in the CLI's events. Fails for events of a run that broke. */
function saidByEngine(stdout: string): string[] {
  const events = stdout
    .split("\n")
    .filter((text) => text.startsWith("{"))
    .map((text) => JSON.parse(text) as EngineEvent);
  const errors = events.flatMap(({ diagnosticEvent: one }) => (one?.severity === "error" ? [one.message.trim()] : []));
  assert.deepEqual(
    errors.filter((message) => message !== "preview failed"),
    [],
  );
  const summary = events.find((event) => event.summaryEvent)?.summaryEvent;
  assert.notEqual(Object.keys(summary?.PolicyPacks ?? {}).length, 0, `the pack ran: ${stdout.slice(-2000)}`);
  const said = events.flatMap(({ policyEvent }) => {
    if (!policyEvent) return [];
    const { policyName, resourceUrn, message } = policyEvent;
    const text = message.trimEnd();
    if (!cannotRun.test(text)) {
      // The policy's description stands before the message.
      const says = text.slice(text.indexOf("\n") + 1);
      const [, from = "", until = "", reason = ""] = exemption.exec(says) ?? [];
      return policyName === "exemptions-in-force" && from !== ""
        ? [line("exempts", from, resourceUrn, `${until} ${reason}`)]
        : [line("violates", policyName, resourceUrn, says)];
    }
    return text
      .replace(cannotRun, "")
      .split("\n")
      .map((one) => {
        const [, says = one, urn = resourceUrn] = /^(.*) \[(urn:[^\]]*)\]$/.exec(one) ?? [];
        return line("unverified", policyName, urn, says);
      });
  });
  return said.sort();
}

/** What the pack said, in a report. */
function saidByReport({ violations, unverified, exempted }: Report): string[] {
  return [
    ...exempted.map(({ policy, urn, expires = "", reason }) => line("exempts", policy, urn, `${expires} ${reason}`)),
    ...violations.map(({ policy, urn, message }) => line("violates", policy, urn, message)),
    ...unverified.map(({ policy, urn, message }) => line("unverified", policy, urn, message)),
  ].sort();
}

/** Both lists are equal; the message shows what only one of them has. */
function same(actual: readonly string[], expected: readonly string[], what = ""): void {
  const surplus = actual.filter((one) => !expected.includes(one));
  const lacking = expected.filter((one) => !actual.includes(one));
  assert.deepEqual({ surplus, lacking }, { surplus: [], lacking: [] }, what);
  assert.equal(actual.length, expected.length, "nothing is said twice");
}

/** Without what an asset holds: the engine adds a hash. */
function withoutAssets(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutAssets);
  if (typeof value !== "object" || value === null) return value;
  if (signatureOf(value) !== undefined || "__pulumiAsset" in value || "__pulumiArchive" in value) return "an asset";
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, withoutAssets(item)]));
}

/** A program makes another secret up in every run. */
const madeUp = (value: unknown): unknown => (typeof value === "string" && value !== unknown ? "a secret" : value);

/** What a policy sees of resources, in an order of its own. */
function seen(resources: readonly Registered[]): unknown[] {
  const text = JSON.stringify(
    resources.map(({ urn, type, name, parent, provider, protect, inputs, dependencies, propertyDependencies }) => ({
      urn,
      type,
      name,
      inputs: Object.entries(withoutAssets(unwrapSecrets(inputs)) as object)
        .filter(([key]) => !key.startsWith("__"))
        .map(([key, value]) => [key, key === "secretString" ? madeUp(value) : (value as unknown)])
        .sort(),
      protect,
      parent,
      provider,
      dependencies: [...dependencies].sort(),
      propertyDependencies: Object.fromEntries(
        Object.entries(propertyDependencies).map(([key, urns]) => [key, [...urns].sort()]),
      ),
    })),
  );
  const list = JSON.parse(text) as { readonly urn: string }[];
  return list.sort((a, b) => (a.urn < b.urn ? -1 : 1));
}

/** The program under the embedded engine. */
async function offline(directory: string, unknowns: Unknowns): Promise<readonly Registered[]> {
  const program = loadProgram(directory, stack, ["token=tokentokentoken"], () => undefined);
  const { project, config } = program;
  const engine = new EmbeddedEngine({ project, stack, unknowns, config, packages: root });
  try {
    await run(program, await engine.start(), 300, engine.errors);
    return engine.registered;
  } finally {
    engine.stop();
  }
}

describe("the real Pulumi engine", function () {
  this.timeout(600_000);
  let judge: Pack;

  before(async function () {
    const reason = missing("nodejs");
    if (reason !== undefined) {
      console.warn(`\n*** NOT TESTED against the real Pulumi engine: ${reason} ***\n`);
      this.skip();
    }
    process.env["PULUMI_NODEJS_TRANSPILE_ONLY"] = "true";
    judge = await Pack.boot(pack);
  });
  after(() => {
    delete process.env["PULUMI_NODEJS_TRANSPILE_ONLY"];
    (judge as Pack | undefined)?.close();
  });

  it("is what `gatehouse preview --engine pulumi` asks, and leaves no trace", async () => {
    const workspace = await Workspace.open("examples/insecure-orders", stack);
    try {
      // Not the backend of the workspace: a user who is not logged in anywhere.
      const env = { ...workspace.environment(), PULUMI_BACKEND_URL: undefined, PULUMI_STACK: undefined };
      const before = readdirSync(workspace.program).sort();
      const preview = async (...args: readonly string[]): Promise<Report> => {
        const asked = ["preview", workspace.program, "--stack", stack, "--format", "json", ...args];
        const { code, stdout, stderr } = await gatehouseWith(env, ...asked);
        assert.equal(code, 1, stderr);
        return JSON.parse(stdout) as Report;
      };
      const real = await preview("--engine", "pulumi", "--config", "aws:region=eu-west-1");
      const embedded = await preview("--unknowns", "keep", "--config", "aws:region=eu-west-1");
      assert.deepEqual({ ...real, resources: 0 }, { ...embedded, resources: 0 });
      assert.deepEqual(readdirSync(workspace.program).sort(), before, "nothing is written beside the program");
      // A user who is logged in to a backend with the stack.
      const existing = await gatehouseWith(
        { ...workspace.environment(), PULUMI_STACK: undefined },
        ...["preview", workspace.program, "--stack", stack, "--engine", "pulumi", "--format", "json"],
      );
      assert.match(existing.stderr, /previews the stack (?:\S+\/)?prod\./);
      same(saidByReport(JSON.parse(existing.stdout) as Report), saidByReport(embedded));
    } finally {
      workspace.close();
    }
  });

  it("tells what keeps a program from being previewed", async () => {
    const workspace = await Workspace.open("examples/insecure-orders", stack);
    try {
      appendFileSync(path.join(workspace.program, "index.ts"), '\nthrow new Error("no such luck");\n');
      const { code, stdout, stderr } = await gatehouseWith(
        { ...workspace.environment(), PULUMI_BACKEND_URL: undefined },
        ...["preview", workspace.program, "--stack", stack, "--engine", "pulumi"],
      );
      assert.equal(code, 3);
      assert.equal(stdout, "");
      assert.match(stderr, /could not preview the program[^]*no such luck/);
    } finally {
      workspace.close();
    }
  });

  for (const program of programs) {
    describe(program, () => {
      const config = configOf(program);
      let workspace: Workspace;
      let kept: readonly Registered[];
      let updated: string[];
      /** The arguments that have a command ask the pack. */
      let asking: readonly string[];

      before(async () => {
        [workspace, kept] = await Promise.all([
          Workspace.open(program, stack),
          offline(path.join(root, program), "keep"),
        ]);
        asking = ["--policy-pack", pack, "--policy-pack-config", workspace.write("config.json", config)];
      });
      after(() => workspace.close());

      it("shows a policy what the embedded engine shows it, and the pack says the same", async () => {
        const { stdout, code } = await workspace.pulumi(
          { codes: [0, 1], env: { GATEHOUSE_TEST_RECORD: workspace.file("seen.json") } },
          ...[
            "preview",
            "--json",
            ...asking,
            "--policy-pack",
            recorder,
            "--policy-pack-config",
            workspace.write("none.json", {}),
          ],
        );
        assert.deepEqual(seen(kept), seen(workspace.read("seen.json") as Registered[]));
        const report = await judge.judge(kept, config);
        same(saidByReport(report), saidByEngine(stdout));
        assert.equal(report.summary.mandatory > 0, code !== 0, "both pass or both are blocked");
      });

      it("says the same where the provider answers previews as it used to", async () => {
        const { stdout } = await workspace.pulumi(
          { manner: "old", codes: [0, 1] },
          ...["preview", "--json", ...asking],
        );
        same(saidByReport(await judge.judge(kept, config)), saidByEngine(stdout));
      });

      it("audits exported state as `pulumi policy analyze` does", async () => {
        // Nothing is mandatory, or the update would end at the first fault.
        const advisory = workspace.write("advisory.json", { all: "advisory", ...config });
        const { stdout } = await workspace.pulumi(
          {},
          ...["up", "--yes", "--skip-preview", "--json", "--policy-pack", pack, "--policy-pack-config", advisory],
        );
        updated = saidByEngine(stdout);
        const state = workspace.file("state.json");
        await workspace.pulumi({}, "stack", "export", "--file", state);
        const exported = readFileSync(state, "utf8");
        assert.match(exported, /arn:aws:/);
        // As someone who cannot decrypt it: without the passphrase.
        const analyzed = await workspace.pulumi(
          { codes: [0, 1], env: { PULUMI_CONFIG_PASSPHRASE: undefined } },
          ...["policy", "analyze", "--json", "--file", state, ...asking],
        );
        const audited = saidByReport(await judge.judge(readState(state).resources, config));
        same(audited, saidByEngine(analyzed.stdout));
        // What is a secret in state cannot be judged there: what hangs on it is unverified. The hard program is full of it.
        if (program === hard) return;
        const verified = (one: string): boolean => !exported.includes('"ciphertext"') || !one.startsWith("unverified ");
        same(audited.filter(verified), updated.filter(verified));
      });

      it("says the same of what exists, and `--unknowns resolve` says it before", async () => {
        const [again, resolved] = await Promise.all([
          workspace.pulumi({ codes: [0, 1] }, "preview", "--json", ...asking),
          offline(path.join(root, program), "resolve"),
        ]);
        same(saidByEngine(again.stdout), updated);
        same(saidByReport(await judge.judge(resolved, config)), updated);
      });
    });
  }
});
