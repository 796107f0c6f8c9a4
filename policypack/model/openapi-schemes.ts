import { isRecord } from "./bag";
import type { Raw } from "./bag";
import { atPointer } from "./json-pointer";
import type { ApiDocument } from "./openapi";

/** What is weak in the security schemes and servers that an OpenAPI document declares. */
export interface SchemeWeaknesses {
  /** Names of schemes that are HTTP Basic. */
  readonly basic: readonly string[];
  /** Schemes with an OAuth 2 flow that hands tokens or passwords where they do not belong. */
  readonly flows: readonly { readonly scheme: string; readonly flow: "implicit" | "password" }[];
  /** Names of schemes whose API key stands in the query string. */
  readonly queryKeys: readonly string[];
  /** Scopes that a requirement names and its scheme does not. */
  readonly undefinedScopes: readonly { readonly scheme: string; readonly scope: string }[];
  /** Servers without TLS, as `http://api.example.com`; of OpenAPI 2, the scheme alone: `http`. */
  readonly plainServers: readonly string[];
}

const cache = new WeakMap<ApiDocument, SchemeWeaknesses>();

export function schemeWeaknesses(document: ApiDocument): SchemeWeaknesses {
  let known = cache.get(document);
  if (known === undefined) {
    known = read(document);
    cache.set(document, known);
  }
  return known;
}

function read(document: ApiDocument): SchemeWeaknesses {
  const schemes = schemesOf(document);
  const basic: string[] = [];
  const flows: { scheme: string; flow: "implicit" | "password" }[] = [];
  const queryKeys: string[] = [];
  for (const [name, scheme] of schemes) {
    const type = lower(own(scheme, "type"));
    if (type === "basic" || (type === "http" && lower(own(scheme, "scheme")) === "basic")) basic.push(name);
    if (type === "apikey" && lower(own(scheme, "in")) === "query") queryKeys.push(name);
    if (type !== "oauth2") continue;
    const written = record(own(scheme, "flows"));
    for (const flow of ["implicit", "password"] as const) {
      if (lower(own(scheme, "flow")) === flow || isRecord(own(written, flow))) flows.push({ scheme: name, flow });
    }
  }
  return {
    basic,
    flows,
    queryKeys,
    undefinedScopes: undefinedScopes(document, schemes),
    plainServers: plainServers(document),
  };
}

function schemesOf({ raw, version }: ApiDocument): ReadonlyMap<string, Raw> {
  const written =
    version === "2.0" ? own(raw, "securityDefinitions") : own(record(own(raw, "components")), "securitySchemes");
  const schemes = new Map<string, Raw>();
  for (const [name, value] of Object.entries(record(written))) {
    const reference = own(record(value), "$ref");
    const scheme = typeof reference === "string" ? atPointer(raw, reference) : value;
    if (isRecord(scheme)) schemes.set(name, scheme);
  }
  return schemes;
}

// Scopes

/**
 * Scopes are asked after where an OAuth 2 scheme declares some: an authorizer of API Gateway takes them from the
 * requirement alone, and documents for it often declare none.
 */
function undefinedScopes(
  { raw, operations }: ApiDocument,
  schemes: ReadonlyMap<string, Raw>,
): SchemeWeaknesses["undefinedScopes"] {
  const declared = new Map<string, ReadonlySet<string>>();
  for (const [name, scheme] of schemes) {
    const scopes = lower(own(scheme, "type")) === "oauth2" ? scopesOf(scheme) : undefined;
    if (scopes !== undefined) declared.set(name, scopes);
  }
  if (declared.size === 0) return [];
  const found = new Map<string, { scheme: string; scope: string }>();
  for (const security of [own(raw, "security"), ...operations.map(({ definition }) => own(definition, "security"))]) {
    for (const requirement of list(security)) {
      for (const [scheme, scopes] of Object.entries(record(requirement))) {
        for (const scope of list(scopes)) {
          if (typeof scope !== "string" || declared.get(scheme)?.has(scope) !== false) continue;
          found.set(JSON.stringify([scheme, scope]), { scheme, scope });
        }
      }
    }
  }
  return [...found.values()];
}

/** What the flows of a scheme declare; undefined where it has no flow. */
function scopesOf(scheme: Raw): ReadonlySet<string> | undefined {
  const flows = Object.values(record(own(scheme, "flows"))).filter(isRecord);
  const holders = own(scheme, "scopes") === undefined ? flows : [scheme, ...flows];
  if (holders.length === 0) return undefined;
  return new Set(holders.flatMap((holder) => Object.keys(record(own(holder, "scopes")))));
}

// Servers

function plainServers({ raw, version, operations }: ApiDocument): string[] {
  const items = Object.values(record(own(raw, "paths"))).map(record);
  const places = [raw, ...items, ...operations.map(({ definition }) => definition)];
  const found = new Set<string>();
  for (const place of places) {
    if (version === "2.0") {
      if (list(own(place, "schemes")).some((scheme) => lower(scheme) === "http") && !isLocal(own(raw, "host"))) {
        found.add("http");
      }
      continue;
    }
    for (const server of list(own(place, "servers"))) {
      for (const url of urlsOf(record(server))) {
        const host = /^http:\/\/(?:[^/@]*@)?([^/?#]*)/i.exec(url)?.[1];
        if (host !== undefined && !isLocal(host)) found.add(`http://${host}`);
      }
    }
  }
  return [...found];
}

/** A server's URL, once for every value of the variable that it starts with. */
function urlsOf(server: Raw): string[] {
  const url = own(server, "url");
  if (typeof url !== "string") return [];
  const variable = /^\{([^{}]{1,100})\}/.exec(url)?.[1];
  if (variable === undefined) return [url];
  const values = record(own(record(own(server, "variables")), variable));
  const all = [own(values, "default"), ...list(own(values, "enum"))];
  return all.filter((value) => typeof value === "string").map((value) => value + url.slice(variable.length + 2));
}

/** A machine of one's own, for trying out. */
function isLocal(host: unknown): boolean {
  return typeof host === "string" && /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\]|0\.0\.0\.0)(?::\d+)?$/i.test(host);
}

function own(raw: Raw, key: string): unknown {
  return Object.hasOwn(raw, key) ? raw[key] : undefined;
}

function record(value: unknown): Raw {
  return isRecord(value) ? value : {};
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function lower(value: unknown): string | undefined {
  return typeof value === "string" ? value.toLowerCase() : undefined;
}
