import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import type { Registered } from "../preview/engine";
import type { Unknowns } from "../preview/provider";
import type { Report } from "../preview/report";
import { planted, sorted } from "./support/planted";
import { Pack } from "./support/stack";

// The examples as programs of aws-native have them: what these registered with version 1.79.0 of the package, which is
// too large to depend on, stands under `native`.

type Props = Readonly<Record<string, unknown>>;

interface Recorded {
  readonly type: string;
  readonly name: string;
  readonly inputs: Props;
  /** Outputs beside the inputs. */
  readonly given: Props;
  /** By property, what its value came from: the end of a URN. */
  readonly ties: Readonly<Record<string, readonly string[]>>;
}

const prefix = "urn:pulumi:dev::orders::";
const root = `${prefix}pulumi:pulumi:Stack::orders-dev`;

function recorded(example: string, unknowns: Unknowns): Registered[] {
  // A day by which a key is rotated that stays near.
  const soon = new Date(Date.now() + 60 * 24 * 60 * 60 * 1000).toISOString().slice(0, 10);
  const text = fs.readFileSync(path.join(__dirname, "native", `${example}.json`), "utf8");
  const both = JSON.parse(text.replaceAll("<in 60 days>", soon)) as Readonly<Record<Unknowns, readonly Recorded[]>>;
  const common = { parent: root, id: "", dependencies: [], protect: false };
  const stack = { ...common, urn: root, type: "pulumi:pulumi:Stack", name: "orders-dev", custom: false, parent: "" };
  return [
    { ...stack, inputs: {}, outputs: {}, propertyDependencies: {}, provider: "" },
    ...both[unknowns].map(({ type, name, inputs, given, ties }) => {
      const from = Object.entries(ties).map(([key, ends]): [string, readonly string[]] => [
        key,
        ends.map((end) => prefix + end),
      ]);
      return {
        ...common,
        urn: `${prefix}${type}::${name}`,
        type,
        name,
        custom: true,
        inputs,
        outputs: { ...inputs, ...given },
        dependencies: from.flatMap(([, urns]) => urns),
        propertyDependencies: Object.fromEntries(from),
        provider: `${prefix}pulumi:providers:aws-native::default`,
      };
    }),
  ];
}

describe("examples in aws-native", function () {
  this.timeout(120_000);
  let pack: Pack;
  before(async () => {
    pack = await Pack.boot();
  });
  after(() => pack.close());

  const judged = (example: string, unknowns: Unknowns): Promise<Report> => pack.judge(recorded(example, unknowns));

  for (const unknowns of ["keep", "resolve"] as const) {
    it(`insecure-orders is blocked for what is planted in it, and nothing else (${unknowns})`, async () => {
      const { violations, unverified } = await judged("insecure-orders", unknowns);
      assert.deepEqual(sorted(violations.map(({ policy, name }) => [policy, name])), sorted(planted));
      assert.deepEqual(unverified, []);
    });
    for (const example of ["orders-by-hand", "http-api-jwt", "websocket-chat"]) {
      it(`${example} passes with no finding of any level (${unknowns})`, async () => {
        const { violations, unverified } = await judged(example, unknowns);
        assert.deepEqual([violations, unverified], [[], []]);
      });
      if (unknowns === "keep") continue;
      it(`${example} passes with literals for references`, async () => {
        const literal = recorded(example, unknowns).map((resource) => ({
          ...resource,
          dependencies: [],
          propertyDependencies: {},
        }));
        const { violations, unverified } = await pack.judge(literal);
        assert.deepEqual([violations, unverified], [[], []]);
      });
    }
  }
});
