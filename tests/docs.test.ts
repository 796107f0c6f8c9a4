import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import * as path from "node:path";
import { policies } from "../policypack/policies";
import { pages } from "../scripts/docs/pages";
import type { Page } from "../scripts/docs/pages";
import { messagesOf } from "./support/examples";
import { root } from "./support/command";
import { Pack } from "./support/stack";

describe("documentation", function () {
  this.timeout(600_000);
  let pack: Pack;
  let made: Page[];
  before(async () => {
    pack = await Pack.boot();
    made = await pages(policies, (policy, example) => messagesOf(pack, policy, example));
  });
  after(() => pack.close());

  it("is as the policies make it, every message included; else run `npm run docs`", () => {
    for (const { file, text } of made) {
      const there = path.join(root, file);
      assert.ok(existsSync(there), `${file} is missing`);
      assert.equal(readFileSync(there, "utf8"), text, `${file} is stale`);
    }
  });

  it("has no page of a policy that is gone", () => {
    const pagesThere = readdirSync(path.join(root, "docs", "policies")).map((name) => `docs/policies/${name}`);
    assert.deepEqual(
      pagesThere.filter((file) => !made.some((page) => page.file === file)),
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
