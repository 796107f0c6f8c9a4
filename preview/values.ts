import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import type { JavaScriptValue } from "google-protobuf/google/protobuf/struct_pb";

/** A bag of properties as it goes over the wire: JSON with sentinels and signed objects. */
export type Properties = Readonly<Record<string, unknown>>;

/** What stands for a value that is not known; programs use this one, the string's, for values of any type. */
export const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

const sentinels: ReadonlySet<unknown> = new Set([
  unknown,
  "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
  "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
  "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
  "030794c1-ac77-496b-92df-f27374a8bd58",
  "e48ece36-62e2-4504-bad9-02848725956a",
  "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
]);

const signatureKey = "4dabf18193072939515e22adb298388d";
const secretSignature = "1b47061264138c4ac30d75fd1eb44270";
const resourceSignature = "5cf8f73096256a8f31e491e813e4eb8e";
const outputSignature = "d0e6a833031e9bbcd3f4e8bde6ca49a4";

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Whether a value is one of the sentinels for what is not known. */
export function isUnknown(value: unknown): boolean {
  return sentinels.has(value);
}

/** Whether a value, or anything inside it, is not known. */
export function hasUnknown(value: unknown): boolean {
  if (Array.isArray(value)) return value.some(hasUnknown);
  if (isRecord(value)) return Object.values(value).some(hasUnknown);
  return isUnknown(value);
}

/** Whether an object is plain data: not a secret, an asset, an archive, a reference or an output value. */
export function isPlainObject(value: unknown): value is Record<string, unknown> {
  return isRecord(value) && !(signatureKey in value);
}

export function isSecret(value: unknown): value is Record<string, unknown> {
  return isRecord(value) && value[signatureKey] === secretSignature;
}

/** Marks a value as secret, once. */
export function secret(value: unknown): unknown {
  return isSecret(value) ? value : { [signatureKey]: secretSignature, value };
}

/** Protobuf's form of properties. Leaves `undefined` out, which protobuf has no word for. */
export function toStruct(properties: Properties): Struct {
  return Struct.fromJavaScript(clean(properties) as Record<string, JavaScriptValue>);
}

function clean(value: unknown): unknown {
  if (value === undefined) return null;
  if (Array.isArray(value)) return value.map(clean);
  if (!isRecord(value)) return typeof value === "bigint" ? Number(value) : value;
  const result: Record<string, unknown> = {};
  for (const [key, item] of Object.entries(value)) if (item !== undefined) result[key] = clean(item);
  return result;
}

export function fromStruct(struct: Struct | undefined): Record<string, unknown> {
  return struct ? (struct.toJavaScript() as Record<string, unknown>) : {};
}

/**
 * A value as a provider or a policy gets it: references to resources become ids (URNs for components), output values
 * become what they hold. Secrets, assets and sentinels stay as they are.
 */
export function downgrade(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(downgrade);
  if (!isRecord(value)) return value;
  if (value[signatureKey] === resourceSignature) {
    if (!("id" in value)) return value["urn"] ?? unknown;
    const id = downgrade(value["id"]);
    return id === undefined || id === null || id === "" ? unknown : id;
  }
  if (value[signatureKey] === outputSignature) {
    const inner = "value" in value ? downgrade(value["value"]) : unknown;
    return value["secret"] === true ? secret(inner) : inner;
  }
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, downgrade(item)]));
}

/** Output values inside a value become what they hold; references to resources stay references. */
export function withoutOutputValues(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutOutputValues);
  if (!isRecord(value)) return value;
  if (value[signatureKey] === outputSignature) {
    const inner = "value" in value ? withoutOutputValues(value["value"]) : unknown;
    return value["secret"] === true ? secret(inner) : inner;
  }
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, withoutOutputValues(item)]));
}

/** Properties with every value downgraded. */
export function downgradeAll(properties: Properties): Record<string, unknown> {
  return Object.fromEntries(Object.entries(properties).map(([key, value]) => [key, downgrade(value)]));
}

/** The URNs that output values inside a value name as their sources. */
export function outputSources(value: unknown, found = new Set<string>()): Set<string> {
  if (Array.isArray(value)) for (const item of value) outputSources(item, found);
  else if (isRecord(value)) {
    const { dependencies } = value;
    if (value[signatureKey] === outputSignature && Array.isArray(dependencies)) {
      for (const urn of dependencies) if (typeof urn === "string") found.add(urn);
    }
    for (const item of Object.values(value)) outputSources(item, found);
  }
  return found;
}

/** A value with sources added to those it already names, as a transform must see them. */
export function withSources(value: unknown, sources: Iterable<string>): unknown {
  const known = outputSources(value);
  const all = new Set([...known, ...sources]);
  if (all.size === known.size) return value;
  const held = isRecord(value) && value[signatureKey] === outputSignature ? value : undefined;
  const wrapped = held ?? (isUnknown(value) ? {} : isSecret(value) ? { value: value["value"], secret: true } : { value });
  return { ...wrapped, [signatureKey]: outputSignature, dependencies: [...all] };
}

/** Without the wrapping of secrets, for those who read the value itself. */
export function unwrapSecrets(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(unwrapSecrets);
  if (!isRecord(value)) return value;
  if (value[signatureKey] === secretSignature) return unwrapSecrets(value["value"]);
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, unwrapSecrets(item)]));
}
