"use strict";
const { version } = require("@pulumi/aws/package.json");
const { shapeOf } = require("./shape.cjs");
const components = require("../components/schema.json");
const types = require("./types.json");

const any = { $ref: "pulumi.json#/Any" };
const kinds = {
  string: { type: "string" },
  number: { type: "number" },
  boolean: { type: "boolean" },
  list: { type: "array", items: any },
  map: { type: "object", additionalProperties: any },
  object: any,
};

/** The types that the components' arguments and outputs refer to. */
function referred() {
  return [...JSON.stringify(components).matchAll(/#\/resources\/(aws:[^"]+)"/g)].map(([, token]) =>
    decodeURIComponent(token),
  );
}

function resource(token) {
  const shape = [...shapeOf(token)];
  if (shape.length === 0) throw new Error(`@pulumi/aws has no ${token}`);
  const properties = Object.fromEntries(shape.map(([name, { kind }]) => [name, kinds[kind]]));
  return {
    properties,
    required: shape.flatMap(([name, { optional }]) => (optional ? [] : [name])),
    inputProperties: Object.fromEntries(
      shape.flatMap(([name, { input }]) => (input ? [[name, properties[name]]] : [])),
    ),
  };
}

/**
 * The part of the provider's schema without which languages other than Node.js find no type: those this provider knows,
 * and those that the components refer to, with properties as the installed SDK declares them.
 */
function schema() {
  const tokens = [...new Set([...Object.keys(types), ...referred()])].sort();
  return {
    name: "aws",
    version,
    // By which `aws:lambda:Function` is `aws:lambda/function:Function`.
    meta: { moduleFormat: "(.*)(?:/[^/]*)" },
    resources: Object.fromEntries(tokens.map((token) => [token, resource(token)])),
  };
}

module.exports = { schema };
