import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import * as path from "node:path";
import { Analyzer } from "@pulumi/pulumi/provider/experimental/analyzer";
import { generateSchema } from "@pulumi/pulumi/provider/experimental/schema";
import * as gatehouse from "../../components";

const directory = path.join(__dirname, "..", "..", "components");
const golden = path.join(__dirname, "schema.json");

interface Properties {
  readonly [name: string]: { readonly description?: string };
}
interface Schema {
  readonly resources: Readonly<Record<string, { readonly isComponent: boolean; readonly inputProperties: Properties }>>;
}

/** What Pulumi itself infers of the components when another language asks for them. */
function infer(): Schema {
  const manifest = JSON.parse(readFileSync(path.join(directory, "package.json"), "utf8")) as {
    readonly name: string;
    readonly description: string;
  };
  const names = new Set(
    Object.entries(gatehouse).flatMap(([name, value]) => (typeof value === "function" ? [name] : [])),
  );
  const analyzer = new Analyzer(directory, manifest.name, manifest, names);
  const { components, typeDefinitions, dependencies } = analyzer.analyze();
  const schema = generateSchema(
    manifest.name,
    "0.1.0",
    manifest.description,
    components,
    typeDefinitions,
    dependencies,
  );
  // Which release of the provider is installed is no promise of ours.
  const text = JSON.stringify(schema).replace(/\/aws\/v\d+\.\d+\.\d+\//g, "/aws/vX/");
  return JSON.parse(text, (key, value: unknown) => (key === "dependencies" ? undefined : value)) as Schema;
}

describe("schema that Pulumi infers of the components", () => {
  let schema: Schema;
  before(() => {
    schema = infer();
  });

  it("is the golden one: a change of it is a change for every language", () => {
    if (process.env["UPDATE_GOLDEN"] === "1") writeFileSync(golden, JSON.stringify(schema));
    const known: unknown = JSON.parse(readFileSync(golden, "utf8"));
    assert.deepEqual(schema, known, "run the test with UPDATE_GOLDEN=1, format the file, and read the difference");
  });

  it("holds every component, in the module that is the package's own", () => {
    const classes = Object.entries(gatehouse).flatMap(([name, value]) => (typeof value === "function" ? [name] : []));
    assert.deepEqual(Object.keys(schema.resources).sort(), classes.map((name) => `gatehouse:index:${name}`).sort());
    assert.ok(Object.values(schema.resources).every(({ isComponent }) => isComponent));
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
