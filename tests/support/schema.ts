import { readFileSync } from "node:fs";
import * as path from "node:path";
import { Analyzer } from "@pulumi/pulumi/provider/experimental/analyzer";
import { generateSchema } from "@pulumi/pulumi/provider/experimental/schema";
import * as gatehouse from "../../components";
import type { ArgumentType, Fields } from "../../components/lib/arguments";
import { root } from "./command";

/** A property of a component's arguments, as Pulumi's schema has it. */
interface Property {
  readonly description?: string;
  readonly type?: string;
  readonly $ref?: string;
  readonly items?: Property;
  readonly additionalProperties?: Property;
  readonly plain?: boolean;
}
type Properties = Readonly<Record<string, Property>>;

export interface Schema {
  readonly resources: Readonly<
    Record<
      string,
      { readonly isComponent: boolean; readonly inputProperties: Properties; readonly requiredInputs?: string[] }
    >
  >;
  readonly types: Readonly<
    Record<string, { readonly properties?: Properties; readonly required?: string[]; readonly enum?: unknown }>
  >;
}

/** What Pulumi itself infers of the components when another language asks for them. */
export function inferSchema(): Schema {
  const directory = path.join(root, "components");
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

/** The types of arguments, as components check them. */
export function argumentTypesOf(schema: Schema): Record<string, Fields> {
  const local = /^#\/types\/gatehouse:index:(.*)$/;
  const typeOf = (property: Property): ArgumentType => {
    const inner = innerOf(property);
    return property.plain === true ? inner : { later: inner };
  };
  const innerOf = ({ type, $ref = "", items, additionalProperties }: Property): ArgumentType => {
    const [, name] = local.exec($ref) ?? [];
    if (name !== undefined) {
      return schema.types[`gatehouse:index:${name}`]?.enum === undefined ? { fields: name } : "string";
    }
    if ($ref !== "") return { resource: decodeURIComponent(/#\/resources\/(.*)$/.exec($ref)?.[1] ?? "") };
    if (items !== undefined) return { list: typeOf(items) };
    if (additionalProperties !== undefined) return { map: typeOf(additionalProperties) };
    if (type === "string" || type === "number" || type === "boolean") return type;
    throw new TypeError(`No argument has the type ${String(type)}.`);
  };
  const fieldsOf = (properties: Properties, required: readonly string[] = []): Fields => ({
    required: [...required].sort(),
    fields: Object.fromEntries(Object.entries(properties).map(([name, property]) => [name, typeOf(property)])),
  });
  const components = Object.entries(schema.resources).map(([token, { inputProperties, requiredInputs }]) => [
    `${token.split(":")[2] ?? ""}Args`,
    fieldsOf(inputProperties, requiredInputs),
  ]);
  const inner = Object.entries(schema.types).flatMap(([token, { properties, required }]) =>
    properties === undefined ? [] : [[token.split(":")[2] ?? "", fieldsOf(properties, required)]],
  );
  return Object.fromEntries([...components, ...inner]) as Record<string, Fields>;
}
