import assert from "node:assert/strict";
import { Pack, register } from "../support/stack";
import { domainVariants } from "./domain-variants";
import { smallVariants } from "./small-variants";
import { variants } from "./variants";

describe("components under the whole pack", () => {
  let pack: Pack;
  before(async () => {
    pack = await Pack.boot();
  });
  after(() => pack.close());

  for (const { title, stack, program } of [...variants, ...domainVariants, ...smallVariants]) {
    for (const unknowns of ["keep", "resolve"] as const) {
      it(`${title} (${unknowns})`, async () => {
        const resources = await register(program, unknowns, stack);
        const { violations, unverified } = await pack.judge(resources);
        assert.deepEqual(
          [...violations, ...unverified].map(({ policy, name, message }) => `${policy} ${name}: ${message}`),
          [],
        );
        assert.ok(resources.some(({ type }) => type.startsWith("gatehouse:index:")));
      });
    }
  }
});
