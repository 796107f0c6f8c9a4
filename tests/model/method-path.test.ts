import assert from "node:assert/strict";
import fc from "fast-check";
import { fromNativeMethodPath, normaliseMethodPath } from "../../policypack/model/method-path";

describe("normaliseMethodPath", () => {
  it("takes two stars for all methods of the stage", () => {
    assert.deepEqual(normaliseMethodPath("*/*"), { path: "*", method: "*", all: true });
  });

  const good: readonly (readonly [key: string, path: string, method: string])[] = [
    ["pets/GET", "/pets", "GET"],
    ["pets/get", "/pets", "GET"],
    ["~1pets/GET", "/pets", "GET"],
    ["~1pets~1{id}/DELETE", "/pets/{id}", "DELETE"],
    ["pets~1{id}/DELETE", "/pets/{id}", "DELETE"],
    ["~1{proxy+}/PATCH", "/{proxy+}", "PATCH"],
    ["~1/GET", "/", "GET"],
    ["~1a~0b/GET", "/a~b", "GET"],
    ["~1a~01/GET", "/a~1", "GET"],
  ];
  for (const [key, path, method] of good) {
    it(`reads ${key}`, () => {
      assert.deepEqual(normaliseMethodPath(key), { path, method, all: false });
    });
  }

  const bad: readonly (readonly [key: string, path: string, method: string, why: RegExp])[] = [
    ["/pets/GET", "/pets", "GET", /starts with a slash/],
    ["/~1pets/GET", "/pets", "GET", /starts with a slash/],
    ["/GET", "/", "GET", /the root is ~1/],
    ["pets/store/GET", "/pets/store", "GET", /not escaped as ~1/],
    ["{proxy+}/ANY/", "/{proxy+}/ANY", "", /ends in a slash/],
    ["~1pets~1/GET", "/pets/", "GET", /path ends in a slash/],
    ["pets/*", "/pets", "*", /star/],
    ["*/GET", "/*", "GET", /star/],
    ["~1pets~1*/GET", "/pets/*", "GET", /star/],
    ["pets", "/pets", "", /does not end in a method/],
    ["GET", "/", "GET", /names no path/],
    ["", "/", "", /does not end in a method/],
    ["/", "/", "", /ends in a slash/],
    ["~1{proxy+}/ANY", "/{proxy+}", "ANY", /no settings for ANY/],
    ["pets/store", "/pets", "STORE", /does not end in a method/],
  ];
  for (const [key, path, method, why] of bad) {
    it(`says why AWS refuses ${JSON.stringify(key)}`, () => {
      const parsed = normaliseMethodPath(key);
      assert.deepEqual([parsed.path, parsed.method, parsed.all], [path, method, false]);
      assert.match(parsed.malformed ?? "", why);
    });
  }

  it("reads what a slash before two stars was meant to say", () => {
    const parsed = normaliseMethodPath("/*/*");
    assert.equal(parsed.all, true);
    assert.match(parsed.malformed ?? "", /starts with a slash/);
  });

  it("gives any text one leading slash", () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom("~", "0", "1", "/", "*", "a", "GET"), maxLength: 20 }), (key) => {
        const { path, all } = normaliseMethodPath(key);
        assert.ok(all ? path === "*" : path.startsWith("/") && !path.startsWith("//"));
      }),
    );
  });

  it("reads long texts", () => {
    for (const text of ["/".repeat(1_000_000), "~1".repeat(1_000_000)])
      assert.ok(normaliseMethodPath(text).path.length > 0);
  });
});

describe("fromNativeMethodPath", () => {
  const cases: readonly (readonly [resourcePath: string, httpMethod: string, path: string, method: string])[] = [
    ["/*", "*", "*", "*"],
    ["*", "*", "*", "*"],
    ["/", "GET", "/", "GET"],
    ["/~1some~1api", "POST", "/some/api", "POST"],
    ["/~1pets", "get", "/pets", "GET"],
    ["/pets", "GET", "/pets", "GET"],
  ];
  for (const [resourcePath, httpMethod, path, method] of cases) {
    it(`reads ${resourcePath} with ${httpMethod}`, () => {
      assert.deepEqual(normaliseMethodPath(fromNativeMethodPath({ resourcePath, httpMethod })), {
        path,
        method,
        all: path === "*",
      });
    });
  }

  it("says why AWS refuses a star for one of the two", () => {
    assert.match(
      normaliseMethodPath(fromNativeMethodPath({ resourcePath: "/*", httpMethod: "GET" })).malformed ?? "",
      /star/,
    );
  });
});
