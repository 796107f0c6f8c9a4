import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import * as gatehouse from "../../components";
import { argumentTypes } from "../../components/lib/argument-types";
import type { ArgumentType } from "../../components/lib/arguments";
import { refused } from "../support/refused";

// What a program without a compiler can write, in every place of every component's arguments: it is refused, by the name of
// its place, and crashes nothing.

type Component = new (name: string, args: unknown) => unknown;
const components = Object.entries(gatehouse).flatMap(([name, value]) =>
  typeof value === "function" ? [[name, value as unknown as Component] as const] : [],
);

/** The error of a constructor, which comes before anything of Pulumi's is asked for. */
function errorOf(component: Component, args: unknown): string {
  try {
    new component("odd", args);
  } catch (error) {
    if (error instanceof pulumi.RunError) return error.message;
    throw error;
  }
  return "";
}

/** Names in maps, by what the maps are called. */
const keys: Readonly<Record<string, string>> = {
  routes: "GET /orders",
  publicRoutes: "GET /status",
  mappings: "/orders",
};

/** A value of a type; resources are left out. */
function sample(type: ArgumentType, called = ""): unknown {
  if (type === "string") return "text";
  if (type === "number") return 1;
  if (type === "boolean") return true;
  if ("later" in type) return sample(type.later, called);
  if ("list" in type) return [sample(type.list)].filter((item) => item !== undefined);
  if ("map" in type) {
    const item = sample(type.map);
    return item === undefined ? {} : { [keys[called] ?? "key"]: item };
  }
  if ("resource" in type) return undefined;
  const fields = Object.entries(argumentTypes[type.fields]?.fields ?? {});
  return Object.fromEntries(fields.map(([name, of]) => [name, sample(of, name)]));
}

type Path = readonly (string | number)[];
interface Place {
  readonly path: Path;
  readonly type: ArgumentType;
}

/** Every place of a sample, with its type. */
function places(value: unknown, type: ArgumentType, path: Path = []): Place[] {
  const inner = typeof type === "object" && "later" in type ? type.later : type;
  const here = path.length === 0 ? [] : [{ path, type }];
  if (typeof inner === "string" || "resource" in inner || value === undefined) return here;
  const of = (key: string | number): ArgumentType | undefined => {
    if ("list" in inner) return inner.list;
    if ("map" in inner) return inner.map;
    return "fields" in inner ? argumentTypes[inner.fields]?.fields[key] : undefined;
  };
  const parts = Array.isArray(value) ? [...value.entries()] : Object.entries(value as object);
  return [
    ...here,
    ...parts.flatMap(([key, item]: [string | number, unknown]) => {
      const found = of(key);
      return found === undefined ? [] : places(item, found, [...path, key]);
    }),
  ];
}

/** The sample with something else in one place. */
function having(value: unknown, [key, ...rest]: Path, other: unknown): unknown {
  if (key === undefined) return other;
  if (Array.isArray(value)) {
    return value.map((item: unknown, index) => (index === key ? having(item, rest, other) : item));
  }
  const map = value as Record<string, unknown>;
  return { ...map, [key]: having(map[key], rest, other) };
}

const at = (value: unknown, path: Path): unknown =>
  path.reduce((inner, key) => (inner as Record<string | number, unknown>)[key], value);

/** A place as its author would write it: members of maps and lists in brackets. */
function fieldOf(args: ArgumentType, path: Path): string {
  let type: ArgumentType | undefined = args;
  let text = "";
  for (const key of path) {
    if (typeof type === "object" && "later" in type) type = type.later;
    if (typeof type !== "object") break;
    if ("fields" in type) {
      text += text === "" ? String(key) : `.${String(key)}`;
      type = argumentTypes[type.fields]?.fields[key];
    } else {
      text += `[${JSON.stringify(key)}]`;
      type = "list" in type ? type.list : "map" in type ? type.map : undefined;
    }
  }
  return text;
}

/** Values of other types than this. */
function others(type: ArgumentType): readonly unknown[] {
  const inner = typeof type === "object" && "later" in type ? type.later : type;
  const all: readonly unknown[] = ["text", 5, true, [], {}, Number.NaN];
  return all.filter((value) => {
    if (typeof inner === "string") return typeof value !== inner || Number.isNaN(value);
    if ("list" in inner) return !Array.isArray(value);
    if ("resource" in inner) return true;
    return typeof value !== "object" || Array.isArray(value);
  });
}

/** What stands beside a document, and what it stands for. */
const byDocument = ["openApi", "openApiFunctions", "openApiValues", "publicRoutes"];
const without = (value: unknown, names: readonly string[]): unknown =>
  Object.fromEntries(Object.entries(value as object).filter(([name]) => !names.includes(name)));

describe("arguments of other types than a component has", () => {
  const subjects = components.flatMap(([name, component]) => {
    const whole = sample({ fields: `${name}Args` });
    const one = { title: name, name, component, whole };
    // A document is read instead of routes.
    return name === "RestApi"
      ? [one, { ...one, title: "RestApi by routes", whole: without(whole, byDocument) }]
      : [one];
  });
  for (const { title, name, component, whole } of subjects) {
    const args: ArgumentType = { fields: `${name}Args` };
    const all = places(whole, args);
    const says = (path: Path, other: unknown, ...parts: readonly string[]): void => {
      const message = errorOf(component, having(whole, path, other));
      assert.ok(message.startsWith(`${name} "odd"`), message);
      const line = message.split("\n").find((one) => parts.every((part) => one.includes(part)));
      assert.ok(line !== undefined, `${parts.join(" ")}\nin\n${message}`);
    };

    it(`${title} refuses an argument that it has not, wherever it stands`, () => {
      const objects = [{ path: [], type: args }, ...all].filter(
        ({ type }) => typeof type === "object" && "fields" in type,
      );
      for (const { path } of objects) {
        const inner = at(whole, path) as object;
        says(path, { ...inner, routs: {} }, `\`${fieldOf(args, [...path, "routs"])}\` is no argument`);
      }
    });

    it(`${title} refuses a value of another type, wherever it stands`, () => {
      for (const { path, type } of all) {
        for (const other of others(type)) says(path, other, `\`${fieldOf(args, path)}\` is `);
      }
    });

    it(`${title} refuses null, and in lists and maps what is undefined`, () => {
      for (const { path } of all) says(path, null, `\`${fieldOf(args, path)}\` is null`);
      for (const { path } of all) {
        const field = fieldOf(args, path);
        if (field.endsWith("]")) says(path, undefined, `\`${field}\` is undefined`);
      }
    });

    it(`${title} refuses an output where a value must be plain`, () => {
      for (const { path, type } of all) {
        if (typeof type === "object" && "later" in type) continue;
        for (const later of [pulumi.output("told"), pulumi.secret("told"), Promise.resolve("told")]) {
          says(path, later, `\`${fieldOf(args, path)}\` is told only while the program runs`);
        }
      }
    });

    it(`${title} refuses to be made of anything but a map`, async () => {
      for (const other of [undefined, null, [], "text", 5, pulumi.output({})]) {
        const message = await refused(() => new component("odd", other));
        assert.match(message, /`isolation.environment` is not given; write "production" or "nonproduction"/);
      }
    });
  }

  it("names what an author may have meant", () => {
    const of = (args: object): string => errorOf(gatehouse.RestApi as unknown as Component, args);
    assert.match(of({ routs: {} }), /`routs` is no argument; write `routes`, if that is what it means/);
    assert.match(
      of({ routes: { "GET /orders": { authorizor: "partners" } } }),
      /`routes\["GET \/orders"\]\.authorizor` is no argument; write `authorizer`/,
    );
    assert.match(of({ waf: { colour: 1 } }), /`waf\.colour` is no argument; take it away, or write one of adminProt/);
  });

  it("a resource of another type is refused, and an ARN instead of a resource", () => {
    const of = (args: object): string =>
      errorOf(gatehouse.RestApi as unknown as Component, {
        isolation: { environment: "production" },
        routes: { "GET /orders": args },
      });
    const says =
      /`routes\["GET \/orders"\]\.lambda` is a (.*); give a resource of the type aws:lambda\/function:Function\.$/;
    assert.equal(says.exec(of({ lambda: "arn:aws:lambda:us-east-1:123456789012:function:orders" }))?.[1], "string");
    const other = Object.assign(Object.create(pulumi.Resource.prototype) as object, {
      __pulumiResource: true,
      __pulumiType: "aws:sns/topic:Topic",
    });
    assert.equal(says.exec(of({ lambda: other }))?.[1], "resource of the type aws:sns/topic:Topic");
  });
});
