"use strict";
const { existsSync, readFileSync } = require("node:fs");
const path = require("node:path");

/** @typedef {{ kind: "string" | "number" | "boolean" | "list" | "map" | "object", optional: boolean, input: boolean }} Property */

const sdk = path.dirname(require.resolve("@pulumi/aws/package.json"));
const shapes = new Map();

function kindOf(type) {
  if (/^(string|ARN|pulumi\.ARN|enums\.[\w.]+|"[^"]*"( \| "[^"]*")*)$/.test(type)) return "string";
  if (type === "number" || type === "boolean") return type;
  if (type.endsWith("[]")) return "list";
  return /^\{\s*\[key: string\]/.test(type) ? "map" : "object";
}

/**
 * The properties of a resource type, read from the installed SDK: it is made from the provider's schema. A property
 * that may be undefined is optional, one that may not is required or computed.
 *
 * @param {string} type such as `aws:apigateway/stage:Stage`
 * @returns {Map<string, Property>} empty for a type that the SDK does not have
 */
function shapeOf(type) {
  const known = shapes.get(type);
  if (known) return known;
  const shape = new Map();
  shapes.set(type, shape);
  const file = path.join(sdk, type.split(":")[1] ?? "");
  if (!type.startsWith("aws:") || !existsSync(`${file}.d.ts`)) return shape;
  const code = readFileSync(`${file}.js`, "utf8");
  const outputs = new Set(
    [...code.matchAll(/resourceInputs\["(\w+)"\] = undefined \/\*out\*\//g)].map(([, name]) => name),
  );
  const declarations = readFileSync(`${file}.d.ts`, "utf8").split("\nexport interface ")[0];
  for (const [, name, written] of declarations.matchAll(/^ {4}readonly (\w+): pulumi\.Output<([\s\S]*?)>;$/gm)) {
    const type = written.replace(/ \| undefined$/, "");
    shape.set(name, { kind: kindOf(type), optional: type !== written, input: !outputs.has(name) });
  }
  return shape;
}

module.exports = { shapeOf };
