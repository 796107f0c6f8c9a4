import assert from "node:assert/strict";
import { symlinkSync } from "node:fs";
import * as path from "node:path";
import * as gatehouse from "../../components";
import type { Registered } from "../../preview/engine";
import { handler, newOrder, production } from "../components/variants";
import { root } from "../support/command";
import { environmentWith, output, pythonIn } from "../support/python";
import { register } from "../support/stack";
import { missing, Workspace } from "./cli";

// Programs in other languages use the components through the schema that Pulumi infers of them. What a component makes
// must be what it makes of the same arguments in a Node.js program, and the pack must have nothing to say.

const stack = "prod";
const pack = path.join(root, "policypack");
const recorder = path.join(root, "tests", "engine", "recorder");

/** The components, what they made, and how AWS knows it where it is no name with a random end. */
function children(resources: readonly Pick<Registered, "type" | "name" | "parent" | "inputs">[]): string[] {
  return resources
    .filter(({ type, parent }) => type.startsWith("gatehouse:") || parent.includes("gatehouse:index:"))
    .map(({ type, name, inputs: { name: physical } }) => {
      const given = typeof physical === "string" && physical.replace(/-[0-9a-f]{7}$/, "") !== name;
      return `${type} ${name}${given ? ` ${physical}` : ""}`;
    })
    .sort();
}

async function preview(
  workspace: Workspace,
  env: Readonly<Record<string, string>> = {},
): Promise<{ readonly resources: readonly Registered[]; readonly said: readonly string[] }> {
  const packs = [pack, recorder].flatMap((directory) => [
    "--policy-pack",
    directory,
    "--policy-pack-config",
    workspace.write("none.json", {}),
  ]);
  const recorded = workspace.file("seen.json");
  const { stdout } = await workspace.pulumi(
    { env: { ...env, GATEHOUSE_TEST_RECORD: recorded } },
    ...["preview", "--json", ...packs],
  );
  const events = stdout
    .split("\n")
    .filter((text) => text.startsWith("{"))
    .map((text) => JSON.parse(text) as { policyEvent?: { policyName: string; message: string } });
  return {
    resources: workspace.read("seen.json") as Registered[],
    said: events.flatMap(({ policyEvent: one }) => (one ? [`${one.policyName}: ${one.message}`] : [])),
  };
}

/** Fails the test as skipped, and says loudly why. */
function untested(context: Mocha.Context, what: string, reason: string): never {
  console.warn(`\n*** NOT TESTED: components in ${what}: ${reason} ***\n`);
  return context.skip();
}

describe("components in other languages", function () {
  this.timeout(900_000);

  it("a YAML program gets what a Node.js program gets, and passes", async function () {
    const reason = missing("yaml", "nodejs");
    if (reason !== undefined) untested(this, "YAML", reason);
    const workspace = await Workspace.open("examples/components-yaml", stack);
    try {
      workspace.addComponents();
      const { resources, said } = await preview(workspace);
      const same = await register(
        (packages) => {
          new gatehouse.RestApi("orders", {
            isolation: production,
            routes: { "GET /orders/{id}": { lambda: handler(packages) } },
          });
        },
        "keep",
        stack,
        "components-yaml",
      );
      assert.deepEqual(children(resources), children(same));
      assert.deepEqual(said, []);
    } finally {
      workspace.close();
    }
  });

  it("a Python program gets what a Node.js program gets, and passes", async function () {
    const reason = missing("python", "python-exec", "nodejs");
    if (reason !== undefined) untested(this, "Python", reason);
    let environment: string;
    try {
      environment = await environmentWith(path.join(__dirname, "python.txt"));
    } catch (error) {
      untested(this, "Python", String(error).split("\n")[0]!);
    }
    const workspace = await Workspace.open("examples/components-python", stack);
    try {
      workspace.addComponents();
      // As `pulumi install` does, without asking an index.
      const sdk = await workspace.sdk("python");
      symlinkSync(environment, path.join(workspace.program, "venv"), "dir");
      const site = workspace.file("site");
      await output(
        pythonIn(environment),
        ...["-m", "pip", "install", "--quiet", "--no-deps", "--no-index", "--no-build-isolation"],
        ...["--target", site, sdk],
      );
      const { resources, said } = await preview(workspace, { PYTHONPATH: site });
      const same = await register(
        (packages) => {
          const orders = handler(packages, "orders");
          const firewall = new gatehouse.WebAcl("shop", { isolation: production, rateLimit: 500 });
          new gatehouse.RestApi("orders", {
            isolation: production,
            authorizers: {
              partners: {
                lambda: { lambda: handler(packages, "check"), identitySources: ["method.request.header.X-Partner"] },
              },
            },
            defaultAuthorizer: "partners",
            models: { NewOrder: newOrder },
            // One alias for both, though from another language the function comes once for each.
            routes: {
              "GET /orders/{id}": { lambda: orders },
              "POST /orders": { lambda: orders, requestModel: "NewOrder" },
            },
            waf: { webAclArn: firewall.arn },
          });
        },
        "keep",
        stack,
        "components-python",
      );
      assert.deepEqual(children(resources), children(same));
      assert.deepEqual(said, []);
    } finally {
      workspace.close();
    }
  });
});
