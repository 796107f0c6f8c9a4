import assert from "node:assert/strict";
import { copyFileSync, existsSync, readdirSync, readFileSync } from "node:fs";
import * as path from "node:path";
import { argumentTypes } from "../components/lib/argument-types";
import type { Report } from "../preview/report";
import { missing, Workspace } from "./engine/cli";
import { gatehouse, gatehouseWith, root } from "./support/command";

const programs = "examples/migrate-orders";
const guides = path.join(root, "docs/guides");
const guide = readFileSync(path.join(guides, "from-a-blocked-preview-to-a-component.md"), "utf8");
const pack = path.join(root, "policypack");

/** Rows of the first table after a text of a guide, without their backticks. */
function tableAfter(text: string, page = guide): string[][] {
  const at = page.indexOf(text);
  assert.notEqual(at, -1, text);
  const [table = ""] = /^\|[^]*?(?=\n\n)/m.exec(page.slice(at)) ?? [];
  const [, , ...rows] = table.split("\n").map((row) =>
    row
      .split("|")
      .slice(1, -1)
      .map((cell) => cell.trim().replace(/`/g, "")),
  );
  assert.notEqual(rows.length, 0, text);
  return rows;
}

/** What a step is said to do to what the stack had, one resource to a line. */
const said = (step: string): string[] =>
  tableAfter(`<!-- ${step} -->`)
    .flatMap(([type = "", names = "", verdict = ""]) => names.split(", ").map((name) => `${type} ${name}: ${verdict}`))
    .sort();

interface Preview {
  readonly steps: readonly {
    readonly op: string;
    readonly urn: string;
    readonly oldState?: { readonly urn: string; readonly custom: boolean; readonly retainOnDelete?: boolean };
  }[];
}

/** What a preview does to what the stack had, with the names that it had. */
function done({ steps }: Preview): string[] {
  const verdicts: Readonly<Record<string, string>> = { update: "updated", replace: "replaced", delete: "deleted" };
  return steps
    .flatMap(({ op, oldState }) => {
      if (oldState?.custom !== true || op === "same") return [];
      const [, , types = "", name = ""] = oldState.urn.split("::");
      const verdict = op === "delete" && oldState.retainOnDelete === true ? "let go" : (verdicts[op] ?? op);
      return [`${types.split(":").at(-1) ?? ""} ${name}: ${verdict}`];
    })
    .sort();
}

describe("the guide from a blocked preview to a component", function () {
  this.timeout(600_000);

  it("shows code that stands in its programs", () => {
    let file = "";
    let blocks = 0;
    for (const [, path_, code] of guide.matchAll(/^`(examples\/\S+\.ts)`$|^```ts\n([^]*?)\n```$/gm)) {
      if (path_ !== undefined) file = path_;
      if (code === undefined) continue;
      blocks++;
      assert.ok(existsSync(path.join(root, file)), `${file}, before ${code}`);
      assert.ok(readFileSync(path.join(root, file), "utf8").includes(code), `not in ${file}: ${code}`);
    }
    assert.ok(blocks >= 6);
  });

  for (const unknowns of ["keep", "resolve"]) {
    it(`tells what each program finds, which falls to none (${unknowns})`, async () => {
      const rows = tableAfter("gatehouse preview examples/insecure-orders");
      assert.equal(rows.length, 4);
      for (const [name = "", mandatory, advisory] of rows) {
        const program = name === "insecure-orders" ? `examples/${name}` : `${programs}/${name}`;
        // Types need to be checked once.
        const env = { PULUMI_NODEJS_TRANSPILE_ONLY: unknowns === "keep" ? undefined : "true" };
        const { stdout } = await gatehouseWith(
          env,
          ...["preview", program, "--stack", "prod", "--unknowns", unknowns, "--format", "json"],
        );
        const { summary } = JSON.parse(stdout) as Report;
        const found = [String(summary.mandatory), String(summary.advisory), summary.unverified, summary.exempted];
        assert.deepEqual(found, [mandatory, advisory, 0, 0], name);
      }
      assert.deepEqual(rows.at(-1)?.slice(1, 3), ["0", "0"]);
    });
  }

  describe("under the real Pulumi engine", () => {
    let workspace: Workspace | undefined;

    before(async function () {
      const reason = missing();
      if (reason !== undefined) {
        console.warn(`\n*** NOT TESTED against the real Pulumi engine: ${reason} ***\n`);
        this.skip();
      }
      workspace = await Workspace.open(`${programs}/1-let-go`, "prod");
    });
    after(() => workspace?.close());

    /** The workspace, with the program of a step. */
    function at(step: string): Workspace {
      assert.ok(workspace);
      copyFileSync(path.join(root, programs, step, "index.ts"), path.join(workspace.program, "index.ts"));
      return workspace;
    }

    async function preview(step: string): Promise<string[]> {
      // One object, and not events as they come.
      const env = { PULUMI_ENABLE_STREAMING_JSON_PREVIEW: undefined };
      const { stdout } = await at(step).pulumi({ env }, "preview", "--json");
      return done(JSON.parse(stdout) as Preview);
    }

    /** Updates under the pack with its own levels and what is known of the step; gives what the provider deleted. */
    async function up(step: string, known: boolean): Promise<string[]> {
      const stack = at(step);
      const config = stack.write("known.json", {});
      if (known) {
        const { code, stderr } = await gatehouse(
          ...["baseline", `${programs}/${step}`, "--stack", "prod", "--out", config],
        );
        assert.equal(code, 0, stderr);
      }
      const deleted = stack.file(`deleted-${step}`);
      await stack.pulumi(
        { env: { GATEHOUSE_TEST_DELETED: deleted } },
        ...["up", "--yes", "--skip-preview", "--policy-pack", pack, "--policy-pack-config", config],
      );
      if (!existsSync(deleted)) return [];
      return readFileSync(deleted, "utf8")
        .trim()
        .split("\n")
        .map((urn) => urn.split(":").slice(-3).join(":"))
        .sort();
    }

    it("step 1 changes nothing that the API is, and passes with what is known", async () => {
      assert.deepEqual(await up("1-let-go", true), []);
    });

    it("step 3, right after step 1, replaces and deletes nothing more than step 2", async () => {
      const plan = said("step 3").filter((line) => line.startsWith("UsagePlan "));
      assert.deepEqual(await preview("3-callers"), [...said("step 2"), ...plan].sort());
    });

    it("step 2 does what the guide says, and deletes nothing of the API", async () => {
      assert.deepEqual(await preview("2-one-body"), said("step 2"));
      const deleted = await up("2-one-body", true);
      assert.deepEqual(deleted, ["Deployment::orders", "Permission::orders"]);
    });

    it("step 3 does what the guide says, and passes with nothing exempted", async () => {
      assert.deepEqual(await preview("3-callers"), said("step 3"));
      const deleted = await up("3-callers", false);
      assert.deepEqual(deleted, ["Deployment::orders", "MethodSettings::orders-get-orders"]);
      assert.deepEqual(await preview("3-callers"), []);
    });
  });
});

describe("the guide of published programs", function () {
  this.timeout(600_000);
  const rows = tableAfter("# Published", readFileSync(path.join(guides, "published-programs.md"), "utf8"));
  const rewritten = rows.map(([, before = "", , , link = "", after = ""]) => {
    const [, program = ""] = /\(..\/..\/(\S+)\/index\.ts\)/.exec(link) ?? [];
    return { program, before: Number(before), after: Number(after) };
  });

  for (const { program, before, after } of rewritten) {
    it(`counts the lines of ${program}, which are fewer than they were`, () => {
      const lines = readFileSync(path.join(root, program, "index.ts"), "utf8").split("\n");
      assert.equal(lines.filter((line) => !/^\s*(?:\/\/.*)?$/.test(line)).length, after);
      assert.ok(after < before);
    });

    for (const [unknowns, stack] of [
      ["keep", "dev"],
      ["resolve", "prod"],
    ] as const) {
      it(`${program} passes with no finding of any level (${unknowns}, ${stack})`, async () => {
        // Types need to be checked once.
        const env = { PULUMI_NODEJS_TRANSPILE_ONLY: stack === "dev" ? undefined : "true" };
        const { stdout, code } = await gatehouseWith(
          env,
          ...["preview", program, "--stack", stack, "--unknowns", unknowns, "--format", "json"],
        );
        const { violations, unverified, exempted } = JSON.parse(stdout) as Report;
        assert.deepEqual({ violations, unverified, exempted }, { violations: [], unverified: [], exempted: [] });
        assert.equal(code, 0);
      });
    }
  }
});

describe("guides", () => {
  it("name arguments that components have, and rules that there are", () => {
    const page = (name: string): string => readFileSync(path.join(guides, name), "utf8");
    const named = [...page("components-compared.md").matchAll(/`([A-Z][A-Za-z]+)\.([a-z][A-Za-z]+)`/g)];
    assert.ok(named.length > 40);
    for (const [, component = "", argument = ""] of named) {
      assert.ok(argument in (argumentTypes[`${component}Args`]?.fields ?? {}), `${component}.${argument}`);
    }
    const peers = readFileSync(path.join(root, "scripts", "docs", "peer-rules.json"), "utf8");
    const rows = tableAfter("is a fault:", page("other-scanners.md"));
    const ids = rows.flatMap(([finding = ""]) => finding.match(/[A-Za-z0-9_]+[-_.][\w.-]*\d\w*|apigateway\w+/g) ?? []);
    assert.ok(ids.length > 20);
    for (const id of ids) assert.ok(peers.includes(id), id);
  });

  it("link to what there is", () => {
    for (const name of readdirSync(guides)) {
      for (const [, link = ""] of readFileSync(path.join(guides, name), "utf8").matchAll(/\]\((?!https:)([^)#]+)\)/g)) {
        assert.ok(existsSync(path.join(guides, link)), `${name}: ${link}`);
      }
    }
  });
});
