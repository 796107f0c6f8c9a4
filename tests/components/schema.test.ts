import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import * as path from "node:path";
import * as gatehouse from "../../components";
import { argumentTypes } from "../../components/lib/argument-types";
import { root } from "../support/command";
import { argumentTypesOf, inferSchema } from "../support/schema";
import type { Schema } from "../support/schema";

const golden = path.join(__dirname, "schema.json");
const checked = path.join(root, "components", "lib", "argument-types.ts");
const updates = process.env["UPDATE_GOLDEN"] === "1";

describe("schema that Pulumi infers of the components", () => {
  let schema: Schema;
  before(() => {
    schema = inferSchema();
  });

  it("is the golden one: a change of it is a change for every language", () => {
    if (updates) writeFileSync(golden, JSON.stringify(schema));
    const known: unknown = JSON.parse(readFileSync(golden, "utf8"));
    assert.deepEqual(schema, known, "run the test with UPDATE_GOLDEN=1, format the file, and read the difference");
  });

  it("is what components hold their arguments to", () => {
    const types = argumentTypesOf(schema);
    if (updates) {
      writeFileSync(
        checked,
        `// Made from the arguments of components by tests/components/schema.test.ts; edit those.\n` +
          `import type { Fields } from "./arguments";\n\n` +
          `export const argumentTypes: Readonly<Record<string, Fields>> = ${JSON.stringify(types)};\n`,
      );
      return;
    }
    assert.deepEqual(types, argumentTypes, "run the test with UPDATE_GOLDEN=1, and format the file");
  });

  it("holds every component, in the module that is the package's own", () => {
    const classes = Object.entries(gatehouse).flatMap(([name, value]) => (typeof value === "function" ? [name] : []));
    assert.deepEqual(Object.keys(schema.resources).sort(), classes.map((name) => `gatehouse:index:${name}`).sort());
    assert.ok(Object.values(schema.resources).every(({ isComponent }) => isComponent));
  });

  it("calls what arguments hold by what it is: SDKs of other languages add `Args` to it", () => {
    const types = Object.keys(schema.types);
    assert.ok(types.includes("gatehouse:index:Route"));
    assert.deepEqual(
      types.filter((type) => type.endsWith("Args")),
      [],
    );
  });

  it("says of arguments what they are, for editors in every language", () => {
    const arguments_ = Object.entries(schema.resources).flatMap(([, { inputProperties }]) =>
      Object.values(inputProperties),
    );
    assert.ok(arguments_.filter(({ description }) => description !== undefined).length > arguments_.length / 2);
    const throttle = schema.resources["gatehouse:index:RestApi"]?.inputProperties["throttle"]?.description;
    assert.match(throttle ?? "", /^Calls that the stage takes\./);
  });
});
