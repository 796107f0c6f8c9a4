"use strict";
const { createHash } = require("node:crypto");
const { isDeepStrictEqual } = require("node:util");
const { shapeOf } = require("./shape.cjs");
const types = require("./types.json");
const {
  hasUnknown,
  isObject,
  isPlain,
  isUnknown,
  knownOnly,
  secret,
  unknown,
  withoutDefaults,
} = require("./values.cjs");

/**
 * What `types.json` says of a resource type beyond the SDK's declarations. Texts under `id` and `live` are patterns.
 *
 * @typedef {object} Type
 * @property {string | null} [autoname] the property that gets a name, where it is not `name`; null for none
 * @property {Record<string, unknown>} [defaults] what Check writes into the inputs
 * @property {Record<string, { defaults?: object, live?: object, optional?: object }>} [nested] the same for nested
 *   objects, by dotted path: schema defaults, what is computed, and zero values of what stays unset
 * @property {string} [id] pattern of the id, ten letters and digits where there is none
 * @property {Record<string, unknown>} [live] what the resource answers once it exists and the program did not say
 * @property {string[]} [replaces] a change of these makes a new resource
 * @property {string[]} [secrets] outputs that the provider's schema calls sensitive
 */

/** Where everything is. @typedef {{ region: string, account: string, defaultTags?: unknown }} Place */

const account = "123456789012";
const zeros = { string: "", number: 0, boolean: false, list: [], map: {}, object: null };

/** @returns {Type} */
const typeOf = (type) => types[type] ?? {};
const digest = (text) => createHash("sha256").update(text).digest();

/** Lower-case letters and digits, always the same for a text. */
function letters(text, length) {
  const alphabet = "abcdefghijklmnopqrstuvwxyz0123456789";
  let result = "";
  for (let block = 0; result.length < length; block++) {
    for (const byte of digest(`${block} ${text}`)) result += alphabet[byte % alphabet.length];
  }
  return result.slice(0, length);
}

/** The property that the bridge names when the program does not: `name`, wherever it can be set. */
function autonamed(type) {
  const { autoname } = typeOf(type);
  if (autoname !== undefined) return autoname;
  const name = shapeOf(type).get("name");
  return name?.input === true && name.kind === "string" ? "name" : null;
}

/** Defaults inside nested objects, each recording in `__defaults` which of its properties are. */
function nestedDefaults(value, at, nested) {
  if (Array.isArray(value)) return value.map((item) => nestedDefaults(item, at, nested));
  if (!isPlain(value)) return value;
  const result = {};
  for (const [key, item] of Object.entries(value)) {
    if (item !== null) result[key] = nestedDefaults(item, `${at}.${key}`, nested);
  }
  const missing = Object.entries(nested[at]?.defaults ?? {}).filter(([key]) => !(key in result));
  return { ...result, ...Object.fromEntries(missing), __defaults: missing.map(([key]) => key) };
}

/** Policy documents may be written as objects; the provider hands them on as text. */
function jsonText(value, property) {
  if (!isPlain(value) || property?.kind !== "string") return value;
  return hasUnknown(value) ? unknown : JSON.stringify(value);
}

/**
 * Inputs as the bridge's Check returns them: nulls dropped, autonames and schema defaults filled in and recorded in
 * `__defaults`, the provider's default tags merged. Names end as the embedded engine ends them, made of the URN and not
 * of chance, so that what is made of names (ARNs, bodies, hashes of bodies) can be compared too.
 *
 * @param {{ type: string, name: string, urn: string }} resource
 * @param {Record<string, unknown>} news the program's inputs
 * @param {Record<string, unknown>} olds the inputs of last time, whose generated names are kept
 * @param {Place} place
 */
function check(resource, news, olds, place) {
  const { type, name, urn } = resource;
  const { defaults = {}, nested = {} } = typeOf(type);
  const inputs = {};
  for (const [key, value] of Object.entries(news)) {
    if (value !== null) inputs[key] = nestedDefaults(jsonText(value, shapeOf(type).get(key)), key, nested);
  }
  const added = {};
  const named = autonamed(type);
  if (named !== null && !(named in inputs) && !(`${named}Prefix` in inputs)) {
    const kept = Array.isArray(olds.__defaults) && olds.__defaults.includes(named) ? olds[named] : undefined;
    added[named] = kept ?? `${name}-${hexOf(urn)}`;
  }
  for (const [key, value] of Object.entries(defaults)) if (!(key in inputs)) added[key] = value;
  if (place.defaultTags !== undefined && shapeOf(type).has("tagsAll") && !("tagsAll" in inputs)) {
    const all = mergedTags(inputs.tags, place);
    inputs.tagsAll = hasUnknown(all) ? unknown : all;
  }
  return { ...inputs, ...added, __defaults: Object.keys(added).sort() };
}

const hexOf = (text) => [...digest(text).subarray(0, 7)].map((byte) => (byte % 16).toString(16)).join("");

function mergedTags(tags, place) {
  if (isUnknown(tags) || isUnknown(place.defaultTags)) return unknown;
  return { ...(isObject(place.defaultTags) ? place.defaultTags : {}), ...withoutDefaults(tags ?? {}) };
}

/** Which inputs differ, and which of these need a new resource. */
function diff(type, olds, news) {
  const keys = [...new Set([...Object.keys(olds), ...Object.keys(news)])].filter((key) => !key.startsWith("__"));
  const before = withoutDefaults(olds);
  const after = withoutDefaults(news);
  const diffs = keys.filter((key) => !isDeepStrictEqual(before[key], after[key]));
  return { diffs, replaces: diffs.filter((key) => (typeOf(type).replaces ?? []).includes(key)) };
}

/**
 * What a preview of a new resource answers. Older providers give the known inputs that are no schema default, and an
 * empty id; newer ones give every property: null where it stays unset, unknown where it is computed.
 *
 * @param {"old" | "new"} manner
 */
function planned(type, inputs, place, manner) {
  const { defaults = {}, nested = {} } = typeOf(type);
  if (manner === "old") {
    const written = Object.entries(inputs).filter(
      ([key]) => !(key in defaults) || !Array.isArray(inputs.__defaults) || !inputs.__defaults.includes(key),
    );
    return { ...knownOnly(withoutDefaults(Object.fromEntries(written))), id: "" };
  }
  const outputs = completed(
    withoutDefaults(inputs),
    nested,
    () => unknown,
    () => null,
  );
  for (const [key, { optional }] of shapeOf(type)) {
    if (key in outputs) continue;
    if (key === "region") outputs[key] = place.region;
    else if (key === "tagsAll") outputs[key] = plannedTags(outputs.tags, place);
    else outputs[key] = optional ? null : unknown;
  }
  return { ...outputs, id: unknown };
}

/** Known when there are any, as Terraform's provider plans them. */
function plannedTags(tags, place) {
  const all = mergedTags(tags, place);
  return isUnknown(all) || Object.keys(all).length === 0 ? unknown : all;
}

/** Nested objects with what they leave out: what is computed and what stays unset. */
function completed(properties, nested, computed, unset) {
  const walk = (value, at) => {
    if (Array.isArray(value)) return value.map((item) => walk(item, at));
    if (!isPlain(value)) return value;
    const result = {};
    for (const [key, zero] of Object.entries(nested[at]?.optional ?? {})) result[key] = unset(zero);
    for (const [key, answer] of Object.entries(nested[at]?.live ?? {})) result[key] = computed(answer, key);
    for (const [key, item] of Object.entries(value)) result[key] = walk(item, `${at}.${key}`);
    return result;
  };
  return Object.fromEntries(Object.entries(properties).map(([key, value]) => [key, walk(value, key)]));
}

/** Paths of the resources of REST APIs by id, which their children's paths start with. */
const paths = new Map();

/** What patterns cannot say: words that depend on an input. */
const wordsOf = (inputs) => ({
  parentPath: paths.get(inputs.parentId) ?? "",
  scheme: inputs.protocolType === "WEBSOCKET" ? "wss" : "https",
  version: inputs.publish === true ? "1" : "$LATEST",
  wafScope: inputs.scope === "CLOUDFRONT" ? "global" : "regional",
});

/**
 * What an existing resource answers: what the program said, what AWS would compute, and Terraform's zero values for
 * the rest.
 *
 * @param {{ type: string, urn: string, id?: string }} resource
 * @param {Record<string, unknown>} inputs
 * @param {Place} place
 */
function existing(resource, inputs, place) {
  const { type, urn } = resource;
  const { id: pattern = "{hash:10}", live = {}, nested = {}, secrets = [] } = typeOf(type);
  const said = { ...prefixed(type, urn, inputs), ...withoutDefaults(inputs) };
  const words = { region: place.region, account, uuid: uuidOf(urn), ...wordsOf(said), ...said };
  if (resource.id !== undefined) words.id = resource.id;
  const fill = (value, key) => {
    if (Array.isArray(value)) return value.map((item) => fill(item, key));
    if (isPlain(value))
      return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, fill(item, name)]));
    if (typeof value !== "string") return value;
    let lost = false;
    const text = value.replace(/\{(\w+)(?::(\d+))?\}/g, (_, word, length) => {
      const found = word === "hash" ? letters(`${urn} ${key}`, Number(length)) : (words[word] ?? "");
      lost ||= isUnknown(found);
      return String(found);
    });
    return lost ? unknown : text;
  };
  // Some ids are made of the ARN and some ARNs of the id: what the first round could not fill, the second can.
  for (let round = 0; round < 2; round++) {
    if (resource.id === undefined) words.id = fill(pattern, "id");
    for (const [key, value] of Object.entries(live)) if (!(key in said)) words[key] = fill(value, key);
  }
  const outputs = completed(said, nested, fill, (zero) => zero);
  for (const key of Object.keys(live)) outputs[key] ??= words[key];
  for (const [key, { kind, input, optional }] of shapeOf(type)) {
    if (key in outputs) continue;
    if (key === "region") outputs[key] = place.region;
    else if (key === "tagsAll") outputs[key] = mergedTags(said.tags, place);
    else if (key === "arn") outputs[key] = fill(`arn:aws:${type.split(/[:/]/)[1]}:{region}:{account}:{hash:12}`, key);
    else if (kind === "string" && !input && !optional) outputs[key] = fill("{hash:12}", key);
    else outputs[key] = zeros[kind];
  }
  if (type === "aws:apigateway/resource:Resource") paths.set(words.id, outputs.path);
  for (const key of secrets) if (key in outputs) outputs[key] = secret(outputs[key]);
  return { id: words.id, outputs: { ...outputs, id: words.id } };
}

/** The name that Terraform makes of a prefix, with digits for which this has no clock. */
function prefixed(type, urn, inputs) {
  const named = autonamed(type);
  const prefix = inputs[`${named}Prefix`];
  return typeof prefix === "string" ? { [named]: `${prefix}${hexOf(urn)}` } : {};
}

function uuidOf(text) {
  const hex = digest(text).toString("hex");
  return [hex.slice(0, 8), hex.slice(8, 12), `4${hex.slice(13, 16)}`, `8${hex.slice(17, 20)}`, hex.slice(20, 32)].join(
    "-",
  );
}

module.exports = { account, check, diff, existing, planned };
