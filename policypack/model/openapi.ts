import { isRecord } from "./bag";
import type { Raw } from "./bag";

/** A body that tells nothing. */
export interface BodyProblem {
  readonly kind: "unreadable";
  readonly reason: string;
}

/** What stands in front of an operation. */
export type RouteSecurity =
  | { readonly kind: "none" }
  | { readonly kind: "iam" }
  /** Plain API key schemes and nothing else. */
  | { readonly kind: "api-key" }
  | { readonly kind: "authorizer"; readonly authorizer: BodyAuthorizer; readonly scopes: readonly string[] }
  /** A scheme that is not defined, or one that API Gateway makes nothing of. */
  | { readonly kind: "broken"; readonly reason: string };

export type AuthorizerType = "token" | "request" | "cognito_user_pools" | "jwt" | "unknown";

export interface BodyAuthorizer {
  readonly scheme: string;
  readonly type: AuthorizerType;
  readonly definition: Raw;
}

export interface BodyIntegration {
  /** As written: `aws_proxy`, `mock` … */
  readonly type: string | undefined;
  readonly uri: string | undefined;
  readonly definition: Raw;
}

export interface BodyOperation {
  /** With a leading slash; `$default` for the catch-all of an HTTP API. */
  readonly path: string;
  /** Upper case; `ANY` for `x-amazon-apigateway-any-method`. */
  readonly method: string;
  /** JSON pointer into the document. */
  readonly pointer: string;
  readonly security: RouteSecurity;
  readonly apiKeyRequired: boolean;
  readonly integration: BodyIntegration | undefined;
  readonly definition: Raw;
}

/** An OpenAPI document as API Gateway imports it. */
export interface ApiDocument {
  readonly version: string;
  readonly operations: readonly BodyOperation[];
  readonly authorizers: readonly BodyAuthorizer[];
  readonly disableExecuteApiEndpoint: boolean | undefined;
  readonly raw: Raw;
}

/** API Gateway takes 6 MB; beyond it there is nothing to judge. */
const maximumLength = 7 * 1024 * 1024;
const maximumAliases = 100;
const cacheSize = 16;
const verbs: ReadonlySet<string> = new Set(["get", "put", "post", "delete", "options", "head", "patch"]);
const anyMethod = "x-amazon-apigateway-any-method";
const authorizerExtension = "x-amazon-apigateway-authorizer";
const authtypeExtension = "x-amazon-apigateway-authtype";

const cache = new Map<string, ApiDocument | BodyProblem>();

/** Reads an OpenAPI 2 or 3 document in JSON or YAML; never throws. */
export function parseBody(text: string): ApiDocument | BodyProblem {
  const cached = cache.get(text);
  if (cached) return cached;
  const parsed = read(text);
  cache.set(text, parsed);
  const [oldest] = cache.keys();
  if (cache.size > cacheSize && oldest !== undefined) cache.delete(oldest);
  return parsed;
}

const unreadable = (reason: string): BodyProblem => ({ kind: "unreadable", reason });

function read(text: string): ApiDocument | BodyProblem {
  if (text.length > maximumLength) return unreadable("it is larger than API Gateway accepts");
  const raw = parseText(text);
  if (!isRecord(raw)) return unreadable("it is neither JSON nor YAML of an OpenAPI document");
  const version = raw["openapi"] ?? raw["swagger"];
  if (typeof version !== "string" && typeof version !== "number") {
    return unreadable("it names no version of OpenAPI");
  }
  return new Reader(raw, String(version)).document();
}

function parseText(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return parseYaml(text);
  }
}

function parseYaml(text: string): unknown {
  try {
    // Loaded when the first YAML body comes: most bodies are JSON, and the pack is booted for every preview.
    // eslint-disable-next-line @typescript-eslint/no-require-imports
    const yaml = require("yaml") as typeof import("yaml");
    return yaml.parse(text, { maxAliasCount: maximumAliases, uniqueKeys: false, logLevel: "silent" }) as unknown;
  } catch {
    return undefined;
  }
}

function own(record: Raw, key: string): unknown {
  return Object.prototype.hasOwnProperty.call(record, key) ? record[key] : undefined;
}

const pointerStep = (step: string): string => `/${step.replace(/~/g, "~0").replace(/\//g, "~1")}`;

class Reader {
  private readonly schemes: Raw;

  constructor(
    private readonly raw: Raw,
    private readonly version: string,
  ) {
    const components = own(raw, "components");
    const schemes = this.isV2 ? own(raw, "securityDefinitions") : isRecord(components) ? own(components, "securitySchemes") : undefined;
    this.schemes = isRecord(schemes) ? schemes : {};
  }

  private get isV2(): boolean {
    return this.version.startsWith("2");
  }

  document(): ApiDocument {
    return {
      version: this.version,
      operations: this.operations(),
      authorizers: Object.keys(this.schemes).flatMap((scheme) => this.authorizer(scheme) ?? []),
      disableExecuteApiEndpoint: this.endpointDisabled(),
      raw: this.raw,
    };
  }

  private operations(): BodyOperation[] {
    const paths = own(this.raw, "paths");
    if (!isRecord(paths)) return [];
    const found: BodyOperation[] = [];
    for (const [path, written] of Object.entries(paths)) {
      if (path.startsWith("x-")) continue;
      const item = this.resolve(written);
      if (!isRecord(item)) continue;
      for (const [key, value] of Object.entries(item)) {
        const verb = key.toLowerCase();
        if (!verbs.has(verb) && verb !== anyMethod) continue;
        const definition = this.resolve(value);
        found.push(this.operation(path, key, isRecord(definition) ? definition : {}));
      }
    }
    return found;
  }

  private operation(path: string, key: string, definition: Raw): BodyOperation {
    const [security, apiKeyRequired] = this.security(definition);
    const integration = this.resolve(own(definition, "x-amazon-apigateway-integration"));
    return {
      path: path === "/$default" ? "$default" : path,
      method: key.toLowerCase() === anyMethod ? "ANY" : key.toUpperCase(),
      pointer: `/paths${pointerStep(path)}${pointerStep(key)}`,
      security,
      apiKeyRequired,
      integration: isRecord(integration)
        ? { type: textOf(own(integration, "type")), uri: textOf(own(integration, "uri")), definition: integration }
        : undefined,
      definition,
    };
  }

  /** Root `security` protects nothing: API Gateway reads that of operations. */
  private security(definition: Raw): [RouteSecurity, boolean] {
    const auth = own(definition, "x-amazon-apigateway-auth");
    const authType = isRecord(auth) ? textOf(own(auth, "type"))?.toUpperCase() : undefined;
    const written = own(definition, "security");
    const requirements = Array.isArray(written) ? written.filter(isRecord) : [];
    const names = requirements.flatMap((requirement) => Object.keys(requirement));
    const optional = requirements.some((requirement) => Object.keys(requirement).length === 0);
    const apiKey = names.some((name) => this.isApiKey(name));
    if (authType === "AWS_IAM") return [{ kind: "iam" }, apiKey];
    if (names.length === 0 || (optional && names.length === 0)) return [{ kind: "none" }, false];
    if (optional) return [{ kind: "none" }, false];
    for (const name of names) {
      if (this.isIam(name)) return [{ kind: "iam" }, apiKey];
      const authorizer = this.authorizer(name);
      if (!authorizer) continue;
      const scopes = requirements.flatMap((requirement) => {
        const listed = own(requirement, name);
        return Array.isArray(listed) ? listed.filter((scope): scope is string => typeof scope === "string") : [];
      });
      return [{ kind: "authorizer", authorizer, scopes }, apiKey];
    }
    const broken = names.find((name) => !this.isApiKey(name));
    if (broken === undefined) return [{ kind: "api-key" }, true];
    const quoted = JSON.stringify(broken.slice(0, 60));
    const reason = isRecord(this.scheme(broken))
      ? `names the security scheme ${quoted}, which has no API Gateway extension and protects nothing`
      : `names the security scheme ${quoted}, which is not defined`;
    return [{ kind: "broken", reason }, apiKey];
  }

  private scheme(name: string): unknown {
    return this.resolve(own(this.schemes, name));
  }

  private isApiKey(name: string): boolean {
    const scheme = this.scheme(name);
    return (
      isRecord(scheme) &&
      textOf(own(scheme, "type"))?.toLowerCase() === "apikey" &&
      own(scheme, authorizerExtension) === undefined &&
      !this.isIam(name)
    );
  }

  private isIam(name: string): boolean {
    const scheme = this.scheme(name);
    return isRecord(scheme) && textOf(own(scheme, authtypeExtension))?.toLowerCase() === "awssigv4";
  }

  private authorizer(name: string): BodyAuthorizer | undefined {
    const scheme = this.scheme(name);
    if (!isRecord(scheme)) return undefined;
    const definition = this.resolve(own(scheme, authorizerExtension));
    if (!isRecord(definition)) return undefined;
    const type = textOf(own(definition, "type"))?.toLowerCase();
    const known = type === "token" || type === "request" || type === "cognito_user_pools" || type === "jwt";
    return { scheme: name, type: known ? type : "unknown", definition };
  }

  /** At the root of an OpenAPI 2 document, in `servers` of a later one; elsewhere it is ignored. */
  private endpointDisabled(): boolean | undefined {
    const extension = "x-amazon-apigateway-endpoint-configuration";
    const servers = own(this.raw, "servers");
    const places = this.isV2 ? [this.raw] : Array.isArray(servers) ? servers.filter(isRecord) : [];
    for (const place of places) {
      const configuration = own(place, extension);
      const flag = isRecord(configuration) ? own(configuration, "disableExecuteApiEndpoint") : undefined;
      if (flag === true || flag === "true") return true;
      if (flag === false || flag === "false") return false;
    }
    return undefined;
  }

  /** Follows local references, a bounded number of them. */
  private resolve(value: unknown): unknown {
    let current = value;
    for (let hops = 0; hops < 16; hops++) {
      if (!isRecord(current)) return current;
      const reference = own(current, "$ref");
      if (typeof reference !== "string" || !reference.startsWith("#/")) return current;
      let target: unknown = this.raw;
      for (const step of reference.slice(2).split("/")) {
        const name = step.replace(/~1/g, "/").replace(/~0/g, "~");
        target = isRecord(target) ? own(target, name) : undefined;
      }
      current = target;
    }
    return undefined;
  }
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}
