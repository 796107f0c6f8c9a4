import assert from "node:assert/strict";
import fc from "fast-check";
import { globMatches } from "../../policypack/core/glob";

describe("globMatches", () => {
  const cases: readonly (readonly [pattern: string, text: string, matches: boolean])[] = [
    ["GET /health", "GET /health", true],
    ["GET /health", "GET /health/deep", false],
    ["GET /health*", "GET /health/deep", true],
    ["* /health", "POST /health", true],
    ["*", "", true],
    ["*", "urn:pulumi:dev::shop::aws:apigateway/restApi:RestApi::orders", true],
    ["urn:*::orders", "urn:pulumi:dev::shop::aws:apigateway/restApi:RestApi::orders", true],
    ["**/pets", "a/b/pets", true],
    ["", "", true],
    ["", "a", false],
    ["?", "a", true],
    ["?", "", false],
    ["v?", "v12", false],
    ["a*b*c", "aXbXbXc", true],
    ["a*b*c", "aXbXbX", false],
    ["*a", "ba", true],
    ["*ab", "aab", true],
    ["a*", "a", true],
    ["GET /pets/{id}", "GET /pets/{id}", true],
    ["GET /pets/[ab]", "GET /pets/a", false],
    ["a.c", "abc", false],
    ["prod", "PROD", false],
  ];
  for (const [pattern, text, matches] of cases) {
    it(`${JSON.stringify(pattern)} ${matches ? "matches" : "does not match"} ${JSON.stringify(text)}`, () => {
      assert.equal(globMatches(pattern, text), matches);
    });
  }

  it("ignores case where it is asked to", () => {
    assert.equal(globMatches("PR-*", "pr-Twelve", true), true);
    assert.equal(globMatches("PR-*", "pr-Twelve", false), false);
  });

  it("agrees with the regular expression it stands for", () => {
    const alphabet = fc.string({ unit: fc.constantFrom("a", "b", "*", "?", "/"), maxLength: 12 });
    fc.assert(
      fc.property(alphabet, alphabet, (pattern, text) => {
        const expression = pattern.replace(/\//g, "\\/").replace(/\*+/g, "[^]*").replace(/\?/g, "[^]");
        assert.equal(globMatches(pattern, text), new RegExp(`^${expression}$`).test(text));
      }),
      { numRuns: 2000 },
    );
  });

  it("takes a pattern made to be slow", () => {
    assert.equal(globMatches(`${"*a".repeat(200)}b`, "a".repeat(20_000)), false);
  });
});
