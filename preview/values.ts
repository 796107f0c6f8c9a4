import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import type { JavaScriptValue } from "google-protobuf/google/protobuf/struct_pb";

/** A property value as it goes over the wire: JSON with sentinels and signed objects. */
export type Wire = unknown;
export type Properties = Readonly<Record<string, Wire>>;

/** What stands for a string that is not known; programs use it for values of any type. */
export const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

const signatureKey = "4dabf18193072939515e22adb298388d";
export const secretSignature = "1b47061264138c4ac30d75fd1eb44270";
const resourceSignature = "5cf8f73096256a8f31e491e813e4eb8e";
const outputSignature = "d0e6a833031e9bbcd3f4e8bde6ca49a4";

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function signatureOf(value: unknown): unknown {
  return isRecord(value) ? value[signatureKey] : undefined;
}

export function toStruct(properties: Properties): Struct {
  return Struct.fromJavaScript(clean(properties) as Record<string, JavaScriptValue>);
}

/** Protobuf has no undefined. */
function clean(value: unknown): unknown {
  if (value === undefined) return null;
  if (Array.isArray(value)) return value.map(clean);
  if (!isRecord(value)) return value;
  const result: Record<string, unknown> = {};
  for (const [key, item] of Object.entries(value)) if (item !== undefined) result[key] = clean(item);
  return result;
}

export function fromStruct(struct: Struct | undefined): Record<string, unknown> {
  return struct ? struct.toJavaScript() : {};
}

/**
 * A value as a provider gets it: references to resources become their ids (those to components, which have none, their
 * URNs), output values what they hold. Secrets stay wrapped.
 */
export function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (!isRecord(value)) return value;
  const signature = value[signatureKey];
  if (signature === resourceSignature) {
    if (!("id" in value)) return value["urn"];
    const id = plain(value["id"]);
    return id === "" ? unknown : id;
  }
  if (signature === outputSignature) {
    const inner = "value" in value ? plain(value["value"]) : unknown;
    return value["secret"] === true ? { [signatureKey]: secretSignature, value: inner } : inner;
  }
  const result: Record<string, unknown> = {};
  for (const [key, item] of Object.entries(value)) result[key] = plain(item);
  return result;
}

/** A value as transforms get it: what is unknown or secret is an output value. */
function asOutput(value: unknown): unknown {
  if (value === unknown) return { [signatureKey]: outputSignature };
  if (Array.isArray(value)) return value.map(asOutput);
  if (!isRecord(value)) return value;
  const signature = value[signatureKey];
  if (signature === secretSignature) {
    const inner = value["value"];
    return {
      [signatureKey]: outputSignature,
      secret: true,
      ...(inner !== unknown && { value: asOutput(inner) }),
    };
  }
  // A reference's id says by itself whether it is known.
  if (signature === resourceSignature) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, asOutput(item)]));
}

export function asOutputs(properties: Properties): Record<string, unknown> {
  return Object.fromEntries(Object.entries(properties).map(([key, value]) => [key, asOutput(value)]));
}

/** The value, as an output value that also came from these resources. */
export function withSources(value: unknown, urns: readonly string[]): unknown {
  const known = sourcesIn(value);
  if (urns.every((urn) => known.has(urn))) return value;
  const raised = asOutput(value);
  const output: Record<string, unknown> =
    isRecord(raised) && raised[signatureKey] === outputSignature
      ? raised
      : { [signatureKey]: outputSignature, value: raised };
  const own = output["dependencies"];
  return { ...output, dependencies: [...new Set([...(Array.isArray(own) ? (own as unknown[]) : []), ...urns])] };
}

/** The URNs that output values inside a value name as their sources. */
export function sourcesIn(value: unknown, found: Set<string> = new Set()): Set<string> {
  if (Array.isArray(value)) for (const item of value) sourcesIn(item, found);
  else if (isRecord(value)) {
    const { dependencies } = value;
    if (value[signatureKey] === outputSignature && Array.isArray(dependencies)) {
      for (const urn of dependencies) if (typeof urn === "string") found.add(urn);
    }
    for (const item of Object.values(value)) sourcesIn(item, found);
  }
  return found;
}

export function hasUnknown(value: unknown): boolean {
  if (value === unknown) return true;
  if (Array.isArray(value)) return value.some(hasUnknown);
  return isRecord(value) && Object.values(value).some(hasUnknown);
}

/** Without the wrapping of secrets, as JSON text needs it. */
export function unwrapSecrets(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(unwrapSecrets);
  if (!isRecord(value)) return value;
  if (value[signatureKey] === secretSignature) return unwrapSecrets(value["value"]);
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, unwrapSecrets(item)]));
}
