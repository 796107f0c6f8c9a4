import assert from "node:assert/strict";
import { isBoundedPattern, loosenessOf } from "../../policypack/model/json-schema";
import { atPointer } from "../../policypack/model/json-pointer";

type Found = Readonly<Record<"extra" | "unbounded" | "anything", readonly string[]>>;

const found = (schema: unknown): Found => {
  const { extra, unbounded, anything } = loosenessOf(schema, (reference) => {
    const target = atPointer(schema, reference);
    return target === undefined ? undefined : { kind: "schema", schema: target };
  });
  return { extra: extra.shown, unbounded: unbounded.shown, anything: anything.shown };
};

const nothing: Found = { extra: [], unbounded: [], anything: [] };
const closed = { type: "object", additionalProperties: false };

describe("looseness of a schema", () => {
  const cases: readonly [string, unknown, Partial<Found>][] = [
    ["an open object", { type: "object" }, { extra: ["$"] }],
    ["an object by its properties alone", { properties: { a: { type: "integer" } } }, { extra: ["$"] }],
    ["additional properties that are anything", { type: "object", additionalProperties: {} }, { extra: ["$"] }],
    ["a map of numbers", { type: "object", additionalProperties: { type: "number" } }, {}],
    ["a map of texts", { type: "object", additionalProperties: { type: "string" } }, { unbounded: ["$.*"] }],
    ["properties that nothing evaluates", { type: "object", unevaluatedProperties: false }, {}],
    ["one of several types", { type: ["string", "null"] }, { unbounded: ["$"] }],
    ["a length", { type: "string", maxLength: 10 }, {}],
    ["a format that is short", { type: "string", format: "date-time" }, {}],
    ["a format that is not", { type: "string", format: "uri" }, { unbounded: ["$"] }],
    ["a pattern with an end", { type: "string", pattern: "^[A-Z]{3}$" }, {}],
    ["a list of any length", { type: "array", items: { type: "string" } }, { unbounded: ["$", "$[]"] }],
    ["a tuple", { type: "array", items: [{ type: "integer" }], additionalItems: false }, {}],
    ["nothing at all", {}, { anything: ["$"] }],
    ["true", true, { anything: ["$"] }],
    ["a property of which nothing is said", { ...closed, properties: { a: {} } }, { anything: ["$.a"] }],
    ["alternatives that are closed", { type: "object", oneOf: [closed, closed] }, {}],
    ["alternatives of a closed object", { ...closed, anyOf: [{ properties: { a: { type: "integer" } } }] }, {}],
    ["a part that closes the whole", { allOf: [{ type: "object" }, closed] }, {}],
    ["parts of which none closes the whole", { allOf: [{ type: "object" }, { required: ["a"] }] }, { extra: ["$"] }],
    ["a circle", { ...closed, properties: { a: { $ref: "#" } } }, {}],
    ["no schema", [1, "2"], {}],
    ["null", null, {}],
  ];
  for (const [title, schema, expected] of cases) {
    it(title, () => {
      assert.deepEqual(found(schema), { ...nothing, ...expected });
    });
  }

  it("goes as deep as a schema does", () => {
    let schema: unknown = { type: "string" };
    for (let i = 0; i < 100_000; i++) schema = { ...closed, properties: { a: schema } };
    const { unbounded } = loosenessOf(schema, () => undefined);
    assert.equal(unbounded.count, 1);
    assert.ok((unbounded.shown[0] ?? "").length < 200);
  });
});

describe("patterns", () => {
  for (const pattern of ["^a$", "^\\d{1,9}$", "^[a+*]{2}$", "^(?:a|b)$", "^\\+?[0-9]{3}$"]) {
    it(`${pattern} bounds a text`, () => {
      assert.equal(isBoundedPattern(pattern), true);
    });
  }
  for (const pattern of ["", "a", "^a", "a$", "^a+$", "^a*$", "^a{2,}$", "^a|b$", "^a\\$", "^[\\]]+$"]) {
    it(`${pattern} does not bound a text`, () => {
      assert.equal(isBoundedPattern(pattern), false);
    });
  }
});
