import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import * as path from "node:path";
import { register } from "../support/stack";
import { domainVariants } from "./domain-variants";
import { variants } from "./variants";

// A child that gets another URN, or another name where AWS knows it by its name, is another resource: the old one is
// deleted, and an API gets another address. What is renamed needs an alias, and this file a new line.
//
//     UPDATE_URNS=1 npm test -- -g "children of components" writes the file anew.

const file = path.join(__dirname, "urns.json");
type Golden = Readonly<Record<string, readonly string[]>>;

/** Names by which AWS knows a resource. */
const names = ["name", "namePrefix", "stageName", "bucketPrefix"] as const;

async function childrenOf({ program, stack }: (typeof variants)[number]): Promise<string[]> {
  const resources = await register(program, "resolve", stack);
  return resources
    .filter(({ urn }) => (urn.split("::")[2] ?? "").includes("gatehouse:index:"))
    .map(({ urn, name, inputs }) => {
      const given = names.map((key) => inputs[key]).find((text) => typeof text === "string");
      // Those that Pulumi makes up, and the ids of APIs in others, are no concern of the component's.
      const madeUp = typeof given !== "string" || given.replace(/-[0-9a-f]{7}$/, "") === name;
      return madeUp ? urn : `${urn} (${given.replace(/_[a-z0-9]{10}\//, "_*/")})`;
    })
    .sort();
}

describe("children of components", () => {
  const golden: Record<string, readonly string[]> = {};
  const known = process.env["UPDATE_URNS"] === undefined ? (JSON.parse(readFileSync(file, "utf8")) as Golden) : golden;
  const all = [...variants, ...domainVariants];

  for (const variant of all) {
    it(`${variant.title}: every child keeps its URN and its name`, async () => {
      const children = await childrenOf(variant);
      golden[variant.title] = children;
      assert.deepEqual(children, known[variant.title]);
    });
  }

  it("the file names no other programs", () => {
    assert.deepEqual(Object.keys(known).sort(), all.map(({ title }) => title).sort());
  });

  after(() => {
    if (known === golden) writeFileSync(file, `${JSON.stringify(golden, undefined, 2)}\n`);
  });
});
