import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import * as path from "node:path";
import { policies } from "../policypack/policies";
import { componentPages } from "../scripts/docs/components";
import { pages } from "../scripts/docs/pages";
import type { Page } from "../scripts/docs/pages";
import { messagesOf } from "./support/examples";
import { simplest } from "./components/simplest";
import { root } from "./support/command";
import { Pack } from "./support/stack";

describe("documentation", function () {
  this.timeout(600_000);
  let pack: Pack;
  let made: Page[];
  before(async () => {
    pack = await Pack.boot();
    made = [
      ...(await pages(policies, (policy, example) => messagesOf(pack, policy, example))),
      ...(await componentPages(simplest)),
    ];
  });
  after(() => pack.close());

  it("is as the policies and the components make it, every message included; else run `npm run docs`", () => {
    for (const { file, text } of made) {
      const there = path.join(root, file);
      assert.ok(existsSync(there), `${file} is missing`);
      assert.equal(readFileSync(there, "utf8"), text, `${file} is stale`);
    }
  });

  it("has no page of a policy or a component that is gone", () => {
    const pagesThere = ["docs/policies", "docs/components"].flatMap((directory) =>
      readdirSync(path.join(root, directory)).map((name) => `${directory}/${name}`),
    );
    assert.deepEqual(
      pagesThere.filter((file) => !made.some((page) => page.file === file)),
      [],
    );
  });

  it("says of every argument and output of a component what it means", () => {
    const rows = made
      .filter(({ file }) => file.startsWith("docs/components/"))
      .flatMap(({ file, text }) => text.split("\n").map((row) => `${file}: ${row}`));
    assert.deepEqual(
      rows.filter((row) => /\| +\|$/.test(row)),
      [],
    );
  });

  it("leads from every policy the pack serves to its page", () => {
    for (const { name, url } of pack.policies) {
      assert.ok(url.endsWith(`/docs/policies/${name}.md`), url);
      assert.ok(existsSync(path.join(root, "docs", "policies", `${name}.md`)), name);
    }
  });
});
