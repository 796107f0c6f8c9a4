import { isRecord, toValue } from "./bag";
import type { Raw } from "./bag";
import { kindOf, nameOf } from "./readers";

/** One property to be set, by its path from the resource's inputs, in the words of the resource's own dialect. */
export interface Change {
  readonly path: readonly (string | number)[];
  readonly value: string | boolean;
}

/** What an engine is about to create or update, its secrets unwrapped. */
export interface Remediable {
  readonly type: string;
  readonly inputs: Raw;
}

/**
 * The changes that mend one resource where only one answer is right. A remedy strengthens or does nothing: it makes up
 * no identity, limit or destination, touches nothing that is unknown, and finds nothing to do in what it has mended.
 */
export type Remedy = (resource: Remediable) => readonly Change[];

type Path = readonly (string | number)[];

/** Blocks of a stage's settings that a resource holds: method settings, default route settings, route settings. */
function settingsBlocks({ type, inputs }: Remediable): readonly { readonly path: Path; readonly block: Raw }[] {
  switch (kindOf(type)) {
    case "methodSettings":
      return blocksAt(inputs, ["settings"]);
    case "stage":
      return itemsAt(inputs, "methodSettings");
    case "httpStage":
      return [...blocksAt(inputs, ["defaultRouteSettings"]), ...itemsAt(inputs, "routeSettings")];
    default:
      return [];
  }
}

function blocksAt(inputs: Raw, path: readonly [string]): { path: Path; block: Raw }[] {
  const block = inputs[path[0]];
  return isRecord(block) ? [{ path, block }] : [];
}

/** The blocks of a list, or of a map by name. */
function itemsAt(inputs: Raw, key: string): { path: Path; block: Raw }[] {
  const items = inputs[key];
  if (Array.isArray(items)) {
    return items.flatMap((block: unknown, index) => (isRecord(block) ? [{ path: [key, index], block }] : []));
  }
  if (!isRecord(items)) return [];
  return Object.entries(items).flatMap(([name, block]) =>
    isRecord(block) && !name.startsWith("__") ? [{ path: [key, name], block }] : [],
  );
}

/** Sets a flag of a block that is known to have another value, or none. */
function setFlag(path: Path, block: Raw, key: string, value: boolean): Change[] {
  const now = toValue(block[key]);
  const is = now.get();
  if (now.isUnknown() || is === value || is === String(value)) return [];
  // A flag that nobody set is off.
  return now.isAbsent() && !value ? [] : [{ path: [...path, key], value }];
}

/** Detailed metrics on, in settings that are there: a block made up would have limits of its own. */
export const metricsOn: Remedy = (resource) => {
  const key = kindOf(resource.type) === "httpStage" ? "detailedMetricsEnabled" : "metricsEnabled";
  return settingsBlocks(resource).flatMap(({ path, block }) => setFlag(path, block, key, true));
};

/** Request and response data out of the logs. */
export const dataTraceOff: Remedy = (resource) =>
  settingsBlocks(resource).flatMap(({ path, block }) => setFlag(path, block, "dataTraceEnabled", false));

/** Responses that are cached are cached encrypted. */
export const cacheEncryptionOn: Remedy = (resource) =>
  settingsBlocks(resource).flatMap(({ path, block }) =>
    isTrue(block["cachingEnabled"]) ? setFlag(path, block, "cacheDataEncrypted", true) : [],
  );

/** Only callers with the permission may have a cached response renewed. */
export const cacheControlAuthorized: Remedy = (resource) =>
  settingsBlocks(resource).flatMap(({ path, block }) =>
    isTrue(block["cachingEnabled"]) ? setFlag(path, block, "requireAuthorizationForCacheControl", true) : [],
  );

/** X-Ray tracing of a REST stage on. */
export const tracingOn: Remedy = ({ type, inputs }) =>
  kindOf(type) === "stage" ? setFlag([], inputs, nameOf(type, "xrayTracingEnabled"), true) : [];

/** A custom domain that accepts TLS 1.0 accepts 1.2 and newer only. */
export const domainTlsMinimum: Remedy = ({ type, inputs }) => {
  if (kindOf(type) !== "domain") return [];
  const policy = toValue(inputs["securityPolicy"]).get();
  return typeof policy === "string" && policy.toUpperCase() === "TLS_1_0"
    ? [{ path: ["securityPolicy"], value: "TLS_1_2" }]
    : [];
};

/** A validator that checks nothing checks the body and the parameters. */
export const validatorOn: Remedy = ({ type, inputs }) => {
  if (kindOf(type) !== "requestValidator") return [];
  const flags = ["validateRequestBody", "validateRequestParameters"];
  if (flags.some((key) => toValue(inputs[key]).isUnknown() || isTrue(inputs[key]))) return [];
  return flags.map((key) => ({ path: [key], value: true }));
};

/** The certificate of a backend is checked. */
export const certificateChecked: Remedy = ({ type, inputs }) => {
  if (kindOf(type) === "integration") return certificateOf([], inputs);
  const inline = inputs["integration"];
  return kindOf(type) === "method" && isRecord(inline) ? certificateOf(["integration"], inline) : [];
};

function certificateOf(path: Path, integration: Raw): Change[] {
  const tls = integration["tlsConfig"];
  return isRecord(tls) ? setFlag([...path, "tlsConfig"], tls, "insecureSkipVerification", false) : [];
}

/** A web ACL counts its requests in CloudWatch. */
export const webAclMetricsOn: Remedy = ({ type, inputs }) => {
  const config = inputs["visibilityConfig"];
  if (kindOf(type) !== "webAcl" || !isRecord(config)) return [];
  const key = type.startsWith("aws-native:") ? "cloudWatchMetricsEnabled" : "cloudwatchMetricsEnabled";
  return setFlag(["visibilityConfig"], config, key, true);
};

function isTrue(value: unknown): boolean {
  const known = toValue(value).get();
  return known === true || known === "true";
}
