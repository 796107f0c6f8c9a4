import assert from "node:assert/strict";
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import "../../components";
import { register } from "../support/stack";

const { deserializeProperty, specialResourceSig, specialSigKey } = pulumi.runtime;

/** What references become, all in one program. */
async function read(...urns: readonly string[]): Promise<unknown[]> {
  let objects: unknown[] = [];
  await register(() => {
    objects = urns.map((urn) => deserializeProperty({ [specialSigKey]: specialResourceSig, urn }) as unknown);
  }, "keep");
  return objects;
}

// tests/engine/languages.test.ts asks the same of programs in other languages, where there is a Pulumi CLI.
describe("references to functions, as other languages give them", () => {
  const urn = (parents: string, type: string): string => `urn:pulumi:dev::example::${parents}${type}::orders`;
  const handler = urn("", "aws:lambda/function:Function");
  const below = urn("shop:index:Shop$", "aws:lambda/function:Function");
  const alias = urn("", "aws:lambda/alias:Alias");

  it("are one object for one function, and others for others of its name", async () => {
    const [first, again, other, named, sameName] = await read(handler, handler, below, alias, alias);
    assert.ok(first instanceof aws.lambda.Function && other instanceof aws.lambda.Function);
    assert.ok(named instanceof aws.lambda.Alias);
    assert.equal(again, first);
    assert.equal(sameName, named);
    assert.notEqual(other, first);
  });

  it("are no objects of another program", async () => {
    const [first] = await read(handler);
    const [later] = await read(handler);
    assert.ok(later instanceof aws.lambda.Function);
    assert.notEqual(later, first);
  });
});
