import assert from "node:assert/strict";
import fc from "fast-check";
import { kindOf, knownTypes, nameOf } from "../../policypack/model/readers";
import { judgeEverything } from "../support/everything";
import type { Written } from "../support/everything";
import { registerShop } from "../support/shop";
import type { Pieces } from "../support/shop";

// Inputs of every wrong type, in every property that the model reads of every type that it reads: no policy throws, and
// none says that it failed itself.

type Path = readonly string[];
type Props = Readonly<Record<string, unknown>>;

/** Finds out what is read of an object by standing for it: each key asked for is noted. */
function listening(content: Props, heard: (key: string) => void): Props {
  const note = (key: string | symbol): void => {
    if (typeof key === "string" && /^[a-z]\w*$/i.test(key) && !ofTheLanguage.has(key)) heard(key);
  };
  return new Proxy(content, {
    get: (target, key) => {
      note(key);
      return Reflect.get(target, key) as unknown;
    },
    getOwnPropertyDescriptor: (target, key) => {
      note(key);
      return Reflect.getOwnPropertyDescriptor(target, key);
    },
  });
}

/** Asked of a promise, of text or of a list; never a property of AWS. */
const ofTheLanguage = new Set(["then", "toString", "valueOf", "toJSON", "constructor", "length"]);

/** Every type once, so that each finds what it may be tied to. */
const types = [...knownTypes];

/** What is read of each type, found by listening until nothing new is heard. */
function pathsOfAllTypes(): ReadonlyMap<string, readonly Path[]> {
  const found = new Map<string, Map<string, Path>>(types.map((type) => [type, new Map()]));
  const hear = (type: string, path: Path): void => void found.get(type)?.set(path.join("."), path);
  for (const levels of [1, 1, 2, 3, 3]) {
    const stack = types.map((type): Written => {
      const known = [...(found.get(type)?.values() ?? [])];
      const inputs = (above: Path): Props => {
        const inside = known.filter(
          (path) => path.length === above.length + 1 && path.join(".").startsWith(above.join(".")),
        );
        const content = inside.map((path) => {
          const key = path.at(-1) ?? "";
          return [key, path.length < levels ? nested(path) : undefined] as const;
        });
        return listening({ anything: "x", ...Object.fromEntries(content) }, (key) => hear(type, [...above, key]));
      };
      // As an object or as a list of one: which of the two is asked for, nothing tells.
      const nested = (path: Path): unknown => (path.join("").length % 2 === 0 ? inputs(path) : [inputs(path)]);
      return { type, name: type, inputs: inputs([]), ties: tiesOf(known) };
    });
    judgeEverything(stack);
  }
  // What aws-native calls otherwise is translated before it is read.
  for (const type of types.filter((one) => one.startsWith("aws-native:"))) {
    const twin = types.find((one) => one.startsWith("aws:") && kindOf(one) === kindOf(type));
    for (const [key = "", ...inner] of found.get(twin ?? "")?.values() ?? []) hear(type, [nameOf(type, key), ...inner]);
  }
  return new Map([...found].map(([type, read]) => [type, [...read.values()]] as const));
}

/** Every property comes from every resource. */
const tiesOf = (paths: readonly Path[]): Readonly<Record<string, readonly string[]>> =>
  Object.fromEntries(paths.flatMap(([key = "", ...inner]) => (inner.length === 0 ? [[key, types] as const] : [])));

/** An object with one value at a path, whose steps are objects or lists of one. */
function at([key = "", ...rest]: Path, value: unknown, listed: boolean): Props {
  if (rest.length === 0) return { [key]: value };
  const inner = at(rest, value, listed);
  return { [key]: listed ? [inner] : inner };
}

function deep(levels: number, wrap: (inner: unknown) => unknown): unknown {
  let value: unknown = "end";
  for (let level = 0; level < levels; level++) value = wrap(value);
  return value;
}

const secretOf = (value: unknown): unknown => ({
  "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270",
  ...(value === undefined ? {} : { value }),
});

const wrong: readonly (readonly [string, unknown])[] = [
  ["a number", 42],
  ["a number below zero", -1],
  ["zero", 0],
  ["no number", Number.NaN],
  ["true", true],
  ["false", false],
  ["text", "orders"],
  ["blank text", " "],
  ["text like JSON", '{"Statement":[{"Effect":"Allow"}]}'],
  ["null", null],
  ["nothing", undefined],
  ["an empty list", []],
  ["an empty object", {}],
  ["lists in lists", [[["orders"]], [[]]]],
  ["a list of everything", [1, "a", null, true, {}, [], undefined]],
  ["an object of lists", { a: [1], b: { c: [] } }],
  ["lists, a thousand deep", deep(1000, (inner) => [inner])],
  ["objects, a thousand deep", deep(1000, (inner) => ({ a: inner }))],
  ["a long text", "a/b.c:*{d}$e ".repeat(8000)],
  ["an unknown text", "04da6b54-80e4-46f7-96ec-b56ff0331ba9"],
  ["an unknown number", "3eeb2bf0-c639-47a8-9e75-3b44932eb421"],
  ["an unknown object", "dd056dcd-154b-4c76-9bd3-c8f88648b5ff"],
  ["a list with something unknown", ["04da6b54-80e4-46f7-96ec-b56ff0331ba9"]],
  ["a secret", secretOf("orders")],
  ["a secret whose text is not there", secretOf(undefined)],
  ["an asset", { "4dabf18193072939515e22adb298388d": "c44067f5952c0a294b673a41bacd8c17", text: "orders" }],
  [
    "an object with the keys of all objects",
    JSON.parse('{"__proto__":{"a":1},"constructor":"b","toString":1}') as unknown,
  ],
];

/** Of messages that nobody should read. */
const failed = /policy itself failed|undefined|\[object|04da6b54/;

describe("wrong input", function () {
  this.timeout(180_000);
  let paths: ReadonlyMap<string, readonly Path[]>;
  before(() => {
    paths = pathsOfAllTypes();
  });

  it("is looked for in what the model reads", () => {
    const read = (type: string): string[] => (paths.get(type) ?? []).map((path) => path.join("."));
    assert.ok(read("aws:apigateway/stage:Stage").includes("accessLogSettings.destinationArn"));
    assert.ok(read("aws:apigateway/usagePlan:UsagePlan").includes("apiStages.apiId"));
    assert.ok(read("aws-native:apigateway:Stage").includes("accessLogSetting.destinationArn"));
    assert.ok([...paths.values()].flat().length > 900);
  });

  for (const [title, value] of wrong) {
    it(`${title}, in every property of every type`, () => {
      const most = Math.max(...[...paths.values()].map((read) => read.length));
      // One stack for the first property of every type, one for the second …; and one with all at once.
      for (let turn = 0; turn < most; turn += turn < 8 ? 1 : 4) {
        survives([...paths].flatMap(([type, read]) => alone(type, read, turn, value)));
      }
      survives([...paths].map(([type, read]) => together(type, read, () => value)));
    });
  }

  it("any of them together, in every property of every type", () => {
    const values = wrong.map(([, value]) => value);
    fc.assert(
      fc.property(fc.infiniteStream(fc.nat(values.length - 1)), (choices) => {
        const choose = (): unknown => values[choices.next().value as number];
        survives([...paths].map(([type, read]) => together(type, read, choose)));
      }),
      { numRuns: 10 },
    );
  });

  it("in any place of programs that comply", async () => {
    const values = wrong.map(([, value]) => value);
    for (const build of programs) {
      const registered = await registerShop(build, "resolve");
      const places = registered.flatMap(({ inputs }, index) => placesOf(inputs).map((path) => [index, path] as const));
      const change = fc.tuple(fc.nat(places.length - 1), fc.nat(values.length - 1));
      fc.assert(
        fc.property(fc.array(change, { minLength: 1, maxLength: 12 }), (changes) => {
          const inputs = registered.map((one) => one.inputs);
          for (const [place, value] of changes) {
            const [index, path] = places[place] ?? [0, []];
            inputs[index] = replaced(inputs[index], path, values[value]) as Props;
          }
          const names = new Map(registered.map(({ urn, type, name }) => [urn, `${type} ${name}`]));
          survives(
            registered.slice(1).map(({ type, name, outputs, propertyDependencies }, index) => ({
              type,
              name: `${type} ${name}`,
              inputs: inputs[index + 1] ?? {},
              outputs: { ...outputs, ...inputs[index + 1] },
              ties: Object.fromEntries(
                Object.entries(propertyDependencies).map(([key, urns]) => [
                  key,
                  urns.map((urn) => names.get(urn) ?? ""),
                ]),
              ),
            })),
          );
        }),
        { numRuns: 25 },
      );
    }
  });
});

const programs: readonly ((pieces: Pieces) => void)[] = [
  (pieces) => void pieces.orders(),
  (pieces) => void pieces.http(),
  (pieces) => void pieces.chat(),
];

/** The turn's property alone is wrong, of a type that has so many. */
function alone(type: string, read: readonly Path[], turn: number, value: unknown): Written[] {
  const path = read[turn];
  if (path === undefined) return [];
  return [{ type, name: type, inputs: at(path, value, turn % 2 === 0), ties: tiesOf(read) }];
}

function together(type: string, read: readonly Path[], choose: () => unknown): Written {
  const top = read.filter((path) => path.length === 1);
  const inputs = Object.fromEntries(top.map(([key = ""]) => [key, choose()]));
  return { type, name: type, inputs, ties: tiesOf(read) };
}

function survives(stack: readonly Written[]): void {
  const crashed = judgeEverything(stack).filter(({ message }) => failed.test(message));
  assert.deepEqual(crashed.slice(0, 5), []);
}

/** Every place in a value: of its properties, their properties, and so on. */
function placesOf(value: unknown, above: Path = []): Path[] {
  if (typeof value !== "object" || value === null || above.length > 6) return [];
  return Object.entries(value).flatMap(([key, inner]) => [[...above, key], ...placesOf(inner, [...above, key])]);
}

/** The value with what stands at the path replaced; as it is, where an earlier change took that place away. */
function replaced(value: unknown, [key = "", ...rest]: Path, by: unknown): unknown {
  if (typeof value !== "object" || value === null || !Object.hasOwn(value, key)) return value;
  const inner = (value as Props)[key];
  const next = rest.length === 0 ? by : replaced(inner, rest, by);
  return Array.isArray(value) ? value.with(Number(key), next) : { ...value, [key]: next };
}

// Documents

const restApi = (body: unknown, more: Props = {}): Written => ({
  type: "aws:apigateway/restApi:RestApi",
  name: "orders",
  inputs: { name: "orders", body, ...more },
});
const httpApi = (body: unknown): Written => ({
  type: "aws:apigatewayv2/api:Api",
  name: "orders",
  inputs: { name: "orders", protocolType: "HTTP", body },
});

const openApi = (paths: Props, more: Props = {}): string =>
  JSON.stringify({ openapi: "3.0.1", info: { title: "orders", version: "1" }, paths, ...more });

const operations = (count: number): Props =>
  Object.fromEntries(
    Array.from({ length: count }, (_, index) => [
      `/orders/${String(index)}/{id}`,
      {
        post: {
          security: [{ tokens: [] }],
          parameters: [{ name: "id", in: "path", required: true }],
          requestBody: { content: { "application/json": { schema: { $ref: "#/components/schemas/Order" } } } },
          "x-amazon-apigateway-integration": {
            type: "http_proxy",
            httpMethod: "POST",
            uri: `http://b${String(index)}.example.com`,
            requestParameters: { "integration.request.header.Authorization": "method.request.header.Authorization" },
          },
        },
      },
    ]),
  );

const aliases = (levels: number): string =>
  [
    "openapi: 3.0.1",
    "x-0: &a0 {get: {responses: {}}}",
    ...Array.from({ length: levels }, (_, level) => {
      const above = `*a${String(level)}`;
      return `x-${String(level + 1)}: &a${String(level + 1)} [${Array.from({ length: 9 }, () => above).join(", ")}]`;
    }),
    `paths: {/orders: *a${String(levels)}}`,
  ].join("\n");

const around = { $ref: "#/components/schemas/A" };
const circles = {
  components: {
    schemas: { A: { $ref: "#/components/schemas/B" }, B: around, C: { type: "object", properties: { c: around } } },
    securitySchemes: { tokens: { $ref: "#/components/securitySchemes/tokens" } },
  },
};

const documents: readonly (readonly [string, string])[] = [
  ["no document", "<html>not found</html>"],
  ["broken JSON", '{"openapi": "3.0.1", "paths": {'],
  ["broken YAML", "openapi: 3.0.1\npaths:\n  /a: [\n b: }"],
  ["a document with tabs in it", "openapi: 3.0.1\n\tpaths: {}"],
  ["a text", '"openapi"'],
  ["a number", "3"],
  ["null", "null"],
  ["a list", "[]"],
  ["many aliases, each of many", aliases(9)],
  ["an alias of itself", "openapi: 3.0.1\npaths: &p {/a: *p}"],
  [
    "references in a circle",
    openApi({ "/a": { $ref: "#/paths/~1a" }, "/b": { post: { requestBody: around } } }, circles),
  ],
  [
    "values of wrong types throughout",
    openApi(
      { "/a": { get: 1, post: [], put: null, parameters: {} }, "/b": "c", c: null },
      {
        security: 1,
        servers: "x",
        components: { securitySchemes: [1, null], schemas: { a: 1 } },
        "x-amazon-apigateway-policy": "no policy",
        "x-amazon-apigateway-request-validators": [1],
        "x-amazon-apigateway-gateway-responses": { a: 1, b: null },
        "x-amazon-apigateway-cors": [],
        "x-amazon-apigateway-binary-media-types": 3,
      },
    ),
  ],
  ["ten thousand levels", `{"openapi":"3.0.1","paths":{"/a":{"get":${"[".repeat(10_000)}${"]".repeat(10_000)}}}}`],
  ["ten thousand levels of YAML", `openapi: 3.0.1\npaths: ${"[".repeat(10_000)}${"]".repeat(10_000)}`],
];

const statement = { Effect: "Allow", Principal: "*", Action: "execute-api:Invoke", Resource: "execute-api:/*" };
const policyTexts: readonly (readonly [string, string])[] = [
  ["no JSON", "Allow everyone"],
  ["a list", "[]"],
  ["a number", "1"],
  ["nothing in it", "{}"],
  [
    "statements of wrong types",
    JSON.stringify({ Statement: [1, null, "a", [], { Effect: 1, Principal: [], Action: {} }] }),
  ],
  [
    "conditions of wrong types",
    JSON.stringify({ Statement: { ...statement, Condition: { StringEquals: [1], Bool: null, "": { "": {} } } } }),
  ],
  [
    "a thousand levels",
    JSON.stringify({ Statement: [{ ...statement, Principal: deep(1000, (inner) => ({ AWS: inner })) }] }),
  ],
  [
    "ten thousand statements",
    JSON.stringify({ Statement: Array.from({ length: 10_000 }, (_, index) => ({ ...statement, Sid: String(index) })) }),
  ],
  [
    "ten thousand addresses",
    JSON.stringify({
      Statement: {
        ...statement,
        Condition: {
          IpAddress: { "aws:SourceIp": Array.from({ length: 10_000 }, (_, i) => `10.${i >> 8}.${i & 255}.0/24`) },
        },
      },
    }),
  ],
];

describe("wrong documents", function () {
  this.timeout(180_000);

  for (const [title, body] of documents) {
    it(`a body that is ${title}`, () => {
      survives([restApi(body)]);
      survives([httpApi(body)]);
      survives([{ ...restApi(body), type: "aws:apigateway/restApiPut:RestApiPut" }]);
    });
  }

  for (const [title, policy] of policyTexts) {
    it(`a policy document with ${title}`, () => {
      survives([restApi(undefined, { policy })]);
      survives([restApi(undefined, { policy, endpointConfiguration: { types: "PRIVATE" } })]);
      survives([restApi(`{"openapi":"3.0.1","paths":{},"x-amazon-apigateway-policy":${JSON.stringify(policy)}}`)]);
      survives([
        {
          type: "aws:ec2/vpcEndpoint:VpcEndpoint",
          name: "e",
          inputs: { serviceName: "com.amazonaws.a.execute-api", policy },
        },
        { type: "aws:lambda/resourcePolicy:ResourcePolicy", name: "p", inputs: { resourceArn: "arn", policy } },
      ]);
    });
  }

  it("a body of 5 MB", () => {
    survives([restApi(openApi({ "/a": { get: { description: "a".repeat(5_000_000) } } }))]);
    survives([restApi(`openapi: 3.0.1\npaths:\n  /a:\n    get:\n      description: ${"a ".repeat(2_500_000)}`)]);
  });

  it("a body of 20,000 operations", () => {
    survives([restApi(openApi(operations(20_000)))]);
  });
});
