import assert from "node:assert/strict";
import type { Report } from "../preview/report";
import { gatehouse } from "./support/command";
import { planted, sorted } from "./support/planted";

describe("examples", () => {
  for (const unknowns of ["keep", "resolve"]) {
    it(`insecure-orders is blocked for what is planted in it, and nothing else (${unknowns})`, async () => {
      const { code, stdout } = await gatehouse(
        "preview",
        "examples/insecure-orders",
        "--unknowns",
        unknowns,
        "--format",
        "json",
      );
      const result = JSON.parse(stdout) as Report;
      assert.equal(code, 1);
      assert.deepEqual(sorted(result.violations.map(({ policy, name }) => [policy, name])), sorted(planted));
      assert.deepEqual(result.unverified, []);
    });
    for (const example of [
      "orders-by-hand",
      "http-api-jwt",
      "websocket-chat",
      "components-rest-one-line",
      "components-rest-full",
      "components-http-one-line",
      "components-http-full",
      "components-websocket-one-line",
      "components-websocket-full",
      "components-domain",
      "components-clients",
      "components-distribution",
    ]) {
      it(`${example} passes with no finding of any level (${unknowns})`, async () => {
        const { code, stdout } = await gatehouse(
          "preview",
          `examples/${example}`,
          "--unknowns",
          unknowns,
          "--format",
          "json",
        );
        const { violations, unverified, exempted } = JSON.parse(stdout) as Report;
        assert.deepEqual({ violations, unverified, exempted }, { violations: [], unverified: [], exempted: [] });
        assert.equal(code, 0);
      });
    }
  }
});
