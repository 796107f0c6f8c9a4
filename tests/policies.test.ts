import assert from "node:assert/strict";
import { policies } from "../policypack/policies";
import { judgeExample } from "./support/examples";
import { Pack } from "./support/stack";

/** Older providers leave out of a preview what is unknown; that is what the embedded engine's "keep" shows. */
const modes = ["keep", "resolve"] as const;

describe("examples of policies", () => {
  let pack: Pack;
  before(async () => {
    pack = await Pack.boot();
  });
  after(() => pack.close());

  for (const policy of policies) {
    describe(policy.name, () => {
      for (const mode of modes) {
        for (const example of policy.examples.pass) {
          it(`passes: ${example.title} (${mode})`, async () => {
            const result = await judgeExample(pack, policy, example, mode);
            assert.deepEqual(
              [...result.violations, ...result.unverified].filter((finding) => finding.policy === policy.name),
              [],
            );
          });
        }
        for (const example of policy.examples.fail) {
          it(`fails: ${example.title} (${mode})`, async () => {
            const result = await judgeExample(pack, policy, example, mode);
            const found = result.violations.filter((finding) => finding.policy === policy.name);
            assert.notEqual(found.length, 0, JSON.stringify(result));
            const said = found.map((finding) => `${finding.urn} ${finding.message}`);
            assert.equal(new Set(said).size, said.length, "a fault is reported once");
            for (const { message } of found) {
              assert.doesNotMatch(message, /undefined|04da6b54|\[object/);
              assert.match(message, /^[A-Z].*\. See https:\/\/\S+$/s);
            }
          });
        }
      }
    });
  }

  it("every policy has a passing and a failing example", () => {
    for (const policy of policies) {
      assert.notEqual(policy.examples.pass.length, 0, policy.name);
      assert.notEqual(policy.examples.fail.length, 0, policy.name);
    }
  });
});
