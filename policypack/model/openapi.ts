import type * as Yaml from "yaml";
import { isRecord, isUnknownSentinel } from "./bag";
import type { Raw } from "./bag";
import { atPointer, unescaped } from "./json-pointer";

/** A body that tells nothing. */
export interface BodyProblem {
  readonly kind: "unreadable";
  /** `it is neither JSON nor YAML (line 3, column 7)`; never text of the body, which may hold secrets. */
  readonly reason: string;
}

/** What API Gateway puts in front of an operation. */
export type RouteSecurity =
  | { readonly kind: "none" }
  | { readonly kind: "iam" }
  /** Plain API key schemes and nothing else. */
  | { readonly kind: "api-key" }
  | {
      readonly kind: "authorizer";
      readonly authorizer: BodyAuthorizer;
      readonly scopes: readonly string[];
      /** An API key is asked for as well. */
      readonly apiKey: boolean;
    }
  /** A scheme that is not defined, or one that API Gateway makes nothing of: `names the security scheme …`. */
  | { readonly kind: "broken"; readonly reason: string };

export type AuthorizerType = "token" | "request" | "cognito_user_pools" | "jwt" | "unknown";

/** A security scheme with an `x-amazon-apigateway-authorizer`. */
export interface BodyAuthorizer {
  /** Its name among the schemes. */
  readonly scheme: string;
  readonly type: AuthorizerType;
  readonly uri: string | undefined;
  /** The role by which API Gateway calls it. */
  readonly credentials: string | undefined;
  /** As written; else the header of the scheme, where the type takes it from there. */
  readonly identitySource: string | undefined;
  /** For how long results are cached, in seconds; undefined means the service's default, 300. */
  readonly ttl: number | undefined;
  /** Of a JWT authorizer; where it names none, the one that the scheme's discovery document stands under. */
  readonly issuer: string | undefined;
  /** JSON pointer to the scheme. */
  readonly pointer: string;
  /** The extension as it stands in the document. */
  readonly definition: Raw;
}

export interface BodyIntegration {
  /** Upper case: `AWS_PROXY`, `HTTP`, `MOCK` … */
  readonly type: string | undefined;
  /** Of an HTTP API's first-class integration: `EventBridge-PutEvents` … */
  readonly subtype: string | undefined;
  readonly uri: string | undefined;
  readonly httpMethod: string | undefined;
  /** Upper case: `INTERNET`, `VPC_LINK`. */
  readonly connectionType: string | undefined;
  readonly connectionId: string | undefined;
  /** A load balancer's ARN behind a VPC link V2. */
  readonly target: string | undefined;
  readonly credentials: string | undefined;
  readonly timeoutMilliseconds: number | undefined;
  /** The backend's certificate is not checked. */
  readonly insecureSkipVerification: boolean;
  /** Of an HTTP API: the name the backend's certificate must have, which turns TLS on. */
  readonly serverNameToVerify: string | undefined;
  readonly requestParameters: ReadonlyMap<string, string>;
  readonly requestTemplates: ReadonlyMap<string, string>;
  readonly cacheKeyParameters: readonly string[];
  readonly responses: readonly BodyIntegrationResponse[];
  /** The extension as it stands in the document. */
  readonly definition: Raw;
}

export interface BodyIntegrationResponse {
  /** Its key: `default`, or a pattern of backend statuses or errors. */
  readonly pattern: string;
  readonly statusCode: string | undefined;
  /** Response headers by name in lower case, with the mapping as written: see {@link literalOf}. */
  readonly headers: ReadonlyMap<string, string>;
  /** By content type. */
  readonly templates: ReadonlyMap<string, string>;
}

export interface BodyValidator {
  readonly name: string;
  /** The document has a validator of this name. */
  readonly defined: boolean;
  /** It checks the body. */
  readonly body: boolean;
  /** It checks required parameters. */
  readonly params: boolean;
}

export interface BodyParameter {
  readonly name: string;
  readonly in: "path" | "query" | "header";
  readonly required: boolean;
}

/** What a request body of one content type must look like. */
export interface BodyModel {
  readonly contentType: string;
  /** The name of the schema, where it is one of the document's. */
  readonly model: string | undefined;
  /** As it stands in the document, references not followed. */
  readonly schema: unknown;
}

export interface BodyOperation {
  /** With a leading slash; `$default` for the catch-all of an HTTP API. */
  readonly path: string;
  /** Upper case; `ANY` for `x-amazon-apigateway-any-method`. */
  readonly method: string;
  /** JSON pointer to the operation. */
  readonly pointer: string;
  readonly security: RouteSecurity;
  /** Its `security` names the API key scheme (`x-api-key` in the header), alone or beside something stronger. */
  readonly apiKeyRequired: boolean;
  readonly integration: BodyIntegration | undefined;
  /** Its own, or the document's default. */
  readonly validator: BodyValidator | undefined;
  /** Its own and those of its path; cookies, which API Gateway ignores, are left out. */
  readonly parameters: readonly BodyParameter[];
  /** A query string or header parameter must be there; a path parameter always is. */
  readonly parametersRequired: boolean;
  /** It declares a request body. */
  readonly hasBody: boolean;
  readonly requestModels: readonly BodyModel[];
  /** The operation as it stands in the document. */
  readonly definition: Raw;
}

export interface BodyGatewayResponse {
  /** `DEFAULT_4XX`, `UNAUTHORIZED` … */
  readonly type: string;
  readonly statusCode: string | undefined;
  /** Headers by name in lower case, with the mapping as written: see {@link literalOf}. */
  readonly headers: ReadonlyMap<string, string>;
  /** By content type. */
  readonly templates: ReadonlyMap<string, string>;
  readonly pointer: string;
  /** The response as it stands in the document. */
  readonly definition: Raw;
}

/** An HTTP API's `x-amazon-apigateway-cors`. */
export interface BodyCors {
  readonly allowOrigins: readonly string[];
  readonly allowMethods: readonly string[];
  readonly allowHeaders: readonly string[];
  readonly exposeHeaders: readonly string[];
  readonly allowCredentials: boolean;
  /** In seconds. */
  readonly maxAge: number | undefined;
}

/** An OpenAPI document as API Gateway imports it. Documents are shared: treat them, and `raw`, as immutable. */
export interface ApiDocument {
  /** `2.0`, `3.0`, `3.1`; another version as written. */
  readonly version: string;
  readonly title: string | undefined;
  readonly description: string | undefined;
  /** The API's own version, as `info` has it. */
  readonly apiVersion: string | undefined;
  readonly operations: readonly BodyOperation[];
  /** All that are defined, used or not. */
  readonly authorizers: readonly BodyAuthorizer[];
  /** The resource policy: an object, or its JSON text. */
  readonly policy: unknown;
  /** Undefined where the document does not say, or says it where API Gateway does not look. */
  readonly disableExecuteApiEndpoint: boolean | undefined;
  readonly vpcEndpointIds: readonly string[];
  readonly gatewayResponses: readonly BodyGatewayResponse[];
  readonly cors: BodyCors | undefined;
  readonly validators: readonly BodyValidator[];
  /** Upper case: `HEADER`, `AUTHORIZER`. */
  readonly apiKeySource: string | undefined;
  readonly securityPolicy: string | undefined;
  /** Upper case: `BASIC`, `STRICT`. */
  readonly endpointAccessMode: string | undefined;
  /** The whole document; without cycles, and no larger when walked than the limit on aliases allows. */
  readonly raw: Raw;
}

/** Only an HTTP API has a `$default` route. */
export type BodyDialect = "rest" | "http";

/** API Gateway takes 6 MB; this leaves room for what it counts differently. */
const maximumLength = 7 * 1024 * 1024;
/** How many nodes a YAML document may have once its aliases are written out. */
const maximumNodes = 2_000_000;
const maximumHops = 32;

/** What there is to say of a body: `unknown` while it holds something unknown that decides what it defines. */
type Reading = ApiDocument | BodyProblem | "unknown";

/** Reads an OpenAPI 2 or 3 document in JSON or YAML. Never throws. */
export function parseBody(text: string, dialect: BodyDialect = "http"): Reading {
  const known = cache.take(text);
  const parsed = known?.[dialect] ?? read(text, dialect);
  cache.put(text, { ...known, [dialect]: parsed });
  return parsed;
}

/** Whether API Gateway answers by itself, as it does to a preflight. */
export function isMockIntegration(integration: BodyIntegration | undefined): boolean {
  return integration?.type === "MOCK";
}

/** The text of a literal mapping, which stands in single quotes: `*` of `'*'`; undefined of any other mapping. */
export function literalOf(mapping: string): string | undefined {
  const text = mapping.trim();
  return text.length >= 2 && text.startsWith("'") && text.endsWith("'") ? text.slice(1, -1) : undefined;
}

type Parsed = { readonly [D in BodyDialect]?: Reading };

/** The last bodies read: every policy hook of an analysis asks for the same ones. */
class Cache {
  private static readonly entries = 16;
  private static readonly characters = 32 * 1024 * 1024;
  private readonly kept = new Map<string, Parsed>();
  private size = 0;

  /** Takes an entry out; who takes it puts it back, as the newest. */
  take(text: string): Parsed | undefined {
    const found = this.kept.get(text);
    if (this.kept.delete(text)) this.size -= text.length;
    return found;
  }

  put(text: string, parsed: Parsed): void {
    this.kept.set(text, parsed);
    this.size += text.length;
    for (const oldest of this.kept.keys()) {
      if (this.kept.size === 1 || (this.kept.size <= Cache.entries && this.size <= Cache.characters)) return;
      this.take(oldest);
    }
  }
}

const cache = new Cache();

const unreadable = (reason: string): BodyProblem => ({ kind: "unreadable", reason });

function read(text: string, dialect: BodyDialect): Reading {
  if (text.length > maximumLength) return unreadable("it is larger than the 6 MB that API Gateway takes");
  try {
    const raw = parseText(text);
    if (raw instanceof Unreadable) return unreadable(raw.reason);
    if (!isRecord(raw)) return unreadable("it is not an OpenAPI document");
    const version = versionOf(raw);
    if (version === undefined) return unreadable("it names no version of OpenAPI");
    return new Reader(raw, version, dialect).document();
  } catch (error) {
    if (error instanceof Undecided) return "unknown";
    // Only nesting too deep for the stack comes here.
    return unreadable("it cannot be read");
  }
}

/** Thrown where something unknown stands in the place of what decides which operations there are and who may call. */
class Undecided extends Error {}

/** A value that decides; one in a body written as an object may be unknown. */
function decided(value: unknown): unknown {
  if (isUnknownSentinel(value)) throw new Undecided();
  return value;
}

/** What stands for a text that no value can be made of. */
class Unreadable {
  constructor(readonly reason: string) {}
}

function versionOf(raw: Raw): string | undefined {
  const version = own(raw, "openapi") ?? own(raw, "swagger");
  if (typeof version !== "string" && typeof version !== "number") return undefined;
  const text = String(version).trim();
  if (text === "2" || text.startsWith("2.")) return "2.0";
  if (text === "3" || text.startsWith("3.0")) return "3.0";
  return text.startsWith("3.1") ? "3.1" : text;
}

// Text to values

function parseText(text: string): unknown {
  const body = text.startsWith("\uFEFF") ? text.slice(1) : text;
  try {
    return JSON.parse(body) as unknown;
  } catch {
    return parseYaml(body);
  }
}

function parseYaml(text: string): unknown {
  // Loaded when the first YAML body comes: most bodies are JSON, and the pack starts for every preview.
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  const yaml = require("yaml") as typeof Yaml;
  const lines = new yaml.LineCounter();
  const document = yaml.parseDocument(text, {
    lineCounter: lines,
    logLevel: "silent",
    prettyErrors: false,
    strict: false,
    uniqueKeys: false,
  });
  const [error] = document.errors;
  if (error !== undefined) {
    const { line, col } = lines.linePos(error.pos[0]);
    return new Unreadable(`it is neither JSON nor YAML (line ${String(line)}, column ${String(col)})`);
  }
  return new YamlReader(yaml).read(document.contents);
}

/**
 * Turns YAML nodes into values, as the library's own conversion would, but in time that grows with the text alone: an
 * alias shares the value of its anchor. The nodes of shared values are counted every time, so that whoever walks the
 * result is bounded too, and an alias to what it stands in is null, so that the result has no cycles.
 */
class YamlReader {
  private readonly anchors = new Map<string, { value: unknown; nodes: number }>();
  private nodes = 0;

  constructor(private readonly yaml: typeof Yaml) {}

  read(contents: unknown): unknown {
    const value = this.value(contents);
    return this.nodes > maximumNodes ? new Unreadable("its aliases expand to more than can be read") : value;
  }

  private value(node: unknown): unknown {
    if (this.nodes > maximumNodes) return null;
    const { yaml } = this;
    if (yaml.isAlias(node)) {
      const shared = this.anchors.get(node.source);
      this.nodes += shared?.nodes ?? 1;
      return shared?.value ?? null;
    }
    const before = this.nodes++;
    const anchor = yaml.isNode(node) ? (node as { anchor?: string }).anchor : undefined;
    if (anchor !== undefined) this.anchors.set(anchor, { value: null, nodes: 1 });
    let value: unknown = null;
    if (yaml.isMap(node)) value = this.map(node.items);
    else if (yaml.isSeq(node)) value = node.items.map((item) => this.value(yaml.isPair(item) ? item.value : item));
    else if (yaml.isScalar(node)) value = scalar(node.value);
    if (anchor !== undefined) this.anchors.set(anchor, { value, nodes: this.nodes - before });
    return value;
  }

  /** Later keys win over earlier ones, and all of them over what is merged in. */
  private map(items: readonly Yaml.Pair[]): Raw {
    const merged: unknown[] = [];
    const map: Record<string, unknown> = {};
    for (const { key, value } of items) {
      const name = this.key(key);
      if (name === undefined) continue;
      if (name === "<<" && (key as { type?: string }).type === "PLAIN") merged.push(this.value(value));
      else define(map, name, this.value(value));
    }
    for (const source of merged.flat()) {
      if (!isRecord(source)) continue;
      for (const [name, value] of Object.entries(source)) if (!Object.hasOwn(map, name)) define(map, name, value);
    }
    return map;
  }

  /** A key as text; undefined for a map or a list, which no OpenAPI document has for a key. */
  private key(key: unknown): string | undefined {
    const { yaml } = this;
    if (yaml.isAlias(key)) {
      const value = this.value(key);
      return isRecord(value) || Array.isArray(value) ? undefined : String(value);
    }
    if (!yaml.isScalar(key)) return undefined;
    this.value(key);
    // `200` and `1.0` are keys as they are written, not the numbers they mean.
    return typeof key.value === "string" ? key.value : (key.source ?? "");
  }
}

function scalar(value: unknown): unknown {
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean" ? value : null;
}

/** Sets a property of an object's own, be it called `__proto__`. */
function define(target: Record<string, unknown>, key: string, value: unknown): void {
  if (key !== "__proto__") target[key] = value;
  else Object.defineProperty(target, key, { value, configurable: true, enumerable: true, writable: true });
}

// Values to the document

/** A security scheme as API Gateway understands it. */
type Scheme =
  | { readonly kind: "authorizer"; readonly authorizer: BodyAuthorizer }
  | { readonly kind: "iam" }
  /** `required`: API Gateway asks for a key; it knows only `x-api-key` in the header. */
  | { readonly kind: "api-key"; readonly required: boolean }
  | { readonly kind: "bare"; readonly reason: string }
  /** It asks nothing of callers, and does not claim to. */
  | { readonly kind: "nothing" };

type RequestBody = Pick<BodyOperation, "hasBody" | "requestModels">;

const verbs: ReadonlySet<string> = new Set(["get", "put", "post", "delete", "options", "head", "patch"]);
const extension = (name: string): string => `x-amazon-apigateway-${name}`;
const anyMethod = extension("any-method");

class Reader {
  private readonly schemes: ReadonlyMap<string, Scheme>;
  private readonly validators: ReadonlyMap<string, BodyValidator>;
  /** Operations of path items that are the same object, by reference or by alias. */
  private readonly items = new Map<Raw, readonly BodyOperation[]>();
  private readonly integrations = new Map<Raw, BodyIntegration>();
  private readonly bodies = new Map<Raw, RequestBody>();

  constructor(
    private readonly raw: Raw,
    private readonly version: string,
    private readonly dialect: BodyDialect,
  ) {
    this.schemes = this.readSchemes();
    this.validators = this.readValidators();
  }

  document(): ApiDocument {
    const { raw, version } = this;
    const info = record(own(raw, "info"));
    return {
      version,
      title: text(own(info, "title")),
      description: text(own(info, "description")),
      apiVersion: label(own(info, "version")),
      operations: this.operations(),
      authorizers: [...this.schemes.values()].flatMap((scheme) =>
        scheme.kind === "authorizer" ? [scheme.authorizer] : [],
      ),
      policy: own(raw, extension("policy")) ?? undefined,
      ...this.endpoint(),
      gatewayResponses: this.gatewayResponses(),
      cors: this.cors(),
      validators: [...this.validators.values()],
      apiKeySource: text(own(raw, extension("api-key-source")))?.toUpperCase(),
      securityPolicy: text(own(raw, extension("security-policy"))),
      endpointAccessMode: text(own(raw, extension("endpoint-access-mode")))?.toUpperCase(),
      raw,
    };
  }

  private get isV2(): boolean {
    return this.version === "2.0";
  }

  // Operations

  private operations(): BodyOperation[] {
    const found: BodyOperation[] = [];
    for (const [key, written] of Object.entries(record(decided(own(this.raw, "paths"))))) {
      if (key.startsWith("x-")) continue;
      for (const operation of this.itemOperations(key, written)) found.push(operation);
    }
    return found;
  }

  private itemOperations(key: string, written: unknown): readonly BodyOperation[] {
    const item = this.pathItem(written);
    const known = this.items.get(item);
    const operations = known ?? this.readItem(key, item);
    if (known === undefined) this.items.set(item, operations);
    const path = key.startsWith("/") ? key : `/${key}`;
    return operations.map((operation) => {
      const isDefault =
        this.dialect === "http" &&
        operation.method === "ANY" &&
        (path === "/$default" || own(operation.definition, "isDefaultRoute") === true);
      const name = operation.pointer.slice(operation.pointer.lastIndexOf("/"));
      return { ...operation, path: isDefault ? "$default" : path, pointer: `/paths${step(key)}${name}` };
    });
  }

  /** A path item with what it refers to; what stands beside a `$ref` wins over it. */
  private pathItem(written: unknown): Raw {
    const beside = record(decided(written));
    const target = record(this.resolve(written));
    if (target === beside || Object.keys(beside).length <= 1) return target;
    return { ...target, ...beside };
  }

  private readItem(key: string, item: Raw): BodyOperation[] {
    const shared = list(own(item, "parameters"));
    const operations: BodyOperation[] = [];
    for (const [name, written] of Object.entries(item)) {
      const verb = name.toLowerCase();
      if (!verbs.has(verb) && verb !== anyMethod) continue;
      // An operation that is no object is one with nothing in it, open as it stands.
      const definition = record(decided(written));
      const pointer = `/paths${step(key)}${step(name)}`;
      const method = verb === anyMethod ? "ANY" : verb.toUpperCase();
      operations.push(this.operation(definition, method, pointer, shared));
    }
    return operations;
  }

  private operation(definition: Raw, method: string, pointer: string, shared: readonly unknown[]): BodyOperation {
    const { security, apiKey } = this.security(definition);
    const written = [...shared, ...list(own(definition, "parameters"))].map((one) => record(this.resolve(one)));
    const parameters = parametersOf(written);
    const body = this.isV2 ? this.bodyParameters(written, definition) : this.requestBody(definition);
    return {
      path: "",
      method,
      pointer,
      security,
      apiKeyRequired: apiKey,
      integration: this.integration(definition),
      validator: this.validator(definition),
      parameters,
      parametersRequired: parameters.some((parameter) => parameter.required && parameter.in !== "path"),
      ...body,
      definition,
    };
  }

  // Security

  private readSchemes(): ReadonlyMap<string, Scheme> {
    const components = record(decided(own(this.raw, "components")));
    const written = this.isV2 ? own(this.raw, "securityDefinitions") : own(components, "securitySchemes");
    const above = this.isV2 ? "/securityDefinitions" : "/components/securitySchemes";
    const schemes = new Map<string, Scheme>();
    for (const [name, value] of Object.entries(record(decided(written)))) {
      const definition = decided(this.resolve(value));
      if (isRecord(definition)) schemes.set(name, this.scheme(name, definition, above + step(name)));
    }
    return schemes;
  }

  private scheme(name: string, definition: Raw, pointer: string): Scheme {
    const authtype = text(decided(own(definition, extension("authtype"))));
    if (authtype?.toLowerCase() === "awssigv4") return { kind: "iam" };
    const written = decided(this.resolve(own(definition, extension("authorizer"))));
    if (written !== undefined && written !== null) {
      // The import of a REST API takes a scheme without it for one of API keys, and attaches no authorizer
      // (github.com/pulumi/pulumi-aws-apigateway/issues/10).
      if (this.dialect === "rest" && authtype === undefined) {
        return {
          kind: "bare",
          reason: `names the security scheme ${quote(name)}, which has no \`${extension("authtype")}\`, so API Gateway attaches no authorizer`,
        };
      }
      return { kind: "authorizer", authorizer: authorizerOf(name, definition, record(written), pointer) };
    }
    const type = text(decided(own(definition, "type")))?.toLowerCase();
    if (type === "apikey" && authtype === undefined) {
      // An HTTP API has no API keys.
      if (this.dialect === "http") return { kind: "nothing" };
      const header = text(own(definition, "in"))?.toLowerCase() === "header";
      return { kind: "api-key", required: header && text(own(definition, "name"))?.toLowerCase() === "x-api-key" };
    }
    return {
      kind: "bare",
      reason: `names the security scheme ${quote(name)}, which has no \`${extension("authorizer")}\`, so it protects nothing`,
    };
  }

  /**
   * What an operation ends up with. `security` of the document's root does not count. A strong scheme counts wherever
   * it stands; a list that allows no scheme at all, with `{}`, leaves the operation open.
   */
  private security(definition: Raw): { security: RouteSecurity; apiKey: boolean } {
    const requirements = list(decided(own(definition, "security")))
      .map(decided)
      .filter(isRecord);
    const named = requirements
      .flatMap((requirement) =>
        Object.entries(requirement).map(([name, scopes]) => ({ name, scopes, scheme: this.schemeOf(name) })),
      )
      .filter(({ scheme }) => scheme?.kind !== "nothing");
    const apiKey = named.some(({ scheme }) => scheme?.kind === "api-key" && scheme.required);
    const auth = text(decided(own(record(decided(own(definition, extension("auth")))), "type")))?.toUpperCase();
    if (auth === "AWS_IAM") return { security: { kind: "iam" }, apiKey };
    if (named.length === 0 || requirements.some((requirement) => Object.keys(requirement).length === 0)) {
      return { security: { kind: "none" }, apiKey: false };
    }
    if (auth === "NONE") return { security: { kind: apiKey ? "api-key" : "none" }, apiKey };
    for (const { name, scheme } of named) {
      if (scheme?.kind === "iam") return { security: { kind: "iam" }, apiKey };
      if (scheme?.kind !== "authorizer") continue;
      const scopes = named.filter((other) => other.name === name).flatMap((other) => strings(other.scopes));
      const { authorizer } = scheme;
      return { security: { kind: "authorizer", authorizer, scopes: [...new Set(scopes)], apiKey }, apiKey };
    }
    for (const { name, scheme } of named) {
      if (scheme?.kind === "api-key") continue;
      const reason =
        scheme?.kind === "bare" ? scheme.reason : `names the security scheme ${quote(name)}, which is not defined`;
      return { security: { kind: "broken", reason }, apiKey };
    }
    return { security: { kind: "api-key" }, apiKey };
  }

  /** `NONE` is what SAM writes of an operation without an authorizer, and nobody defines it. */
  private schemeOf(name: string): Scheme | undefined {
    return this.schemes.get(name) ?? (name.toUpperCase() === "NONE" ? { kind: "nothing" } : undefined);
  }

  // What an operation calls and checks

  private integration(operation: Raw): BodyIntegration | undefined {
    const definition = this.resolve(own(operation, extension("integration")));
    if (!isRecord(definition)) return undefined;
    const known = this.integrations.get(definition);
    if (known !== undefined) return known;
    const tls = record(own(definition, "tlsConfig"));
    const integration: BodyIntegration = {
      type: text(own(definition, "type"))?.toUpperCase(),
      subtype: text(own(definition, "integrationSubtype")),
      uri: text(own(definition, "uri")),
      httpMethod: text(own(definition, "httpMethod"))?.toUpperCase(),
      connectionType: text(own(definition, "connectionType"))?.toUpperCase(),
      connectionId: text(own(definition, "connectionId")),
      target: text(own(definition, "integrationTarget")),
      credentials: text(own(definition, "credentials")),
      timeoutMilliseconds: numeric(own(definition, "timeoutInMillis")),
      insecureSkipVerification: flag(own(tls, "insecureSkipVerification")) === true,
      serverNameToVerify: text(own(tls, "serverNameToVerify")),
      requestParameters: texts(own(definition, "requestParameters")),
      requestTemplates: texts(own(definition, "requestTemplates")),
      cacheKeyParameters: strings(own(definition, "cacheKeyParameters")),
      responses: responsesOf(own(definition, "responses")),
      definition,
    };
    this.integrations.set(definition, integration);
    return integration;
  }

  private readValidators(): ReadonlyMap<string, BodyValidator> {
    const written = record(own(this.raw, extension("request-validators")));
    return new Map(
      Object.entries(written).map(([name, value]) => {
        const validator = record(value);
        const body = flag(own(validator, "validateRequestBody")) === true;
        const params = flag(own(validator, "validateRequestParameters")) === true;
        return [name, { name, defined: true, body, params }];
      }),
    );
  }

  private validator(operation: Raw): BodyValidator | undefined {
    const property = extension("request-validator");
    const name = text(own(operation, property)) ?? text(own(this.raw, property));
    if (name === undefined) return undefined;
    return this.validators.get(name) ?? { name, defined: false, body: false, params: false };
  }

  private requestBody(operation: Raw): RequestBody {
    const definition = this.resolve(own(operation, "requestBody"));
    if (!isRecord(definition)) return { hasBody: false, requestModels: [] };
    let body = this.bodies.get(definition);
    if (body === undefined) {
      const content = Object.entries(record(own(definition, "content")));
      const requestModels = content.flatMap(([contentType, media]) =>
        modelsOf(contentType, own(record(media), "schema")),
      );
      body = { hasBody: true, requestModels };
      this.bodies.set(definition, body);
    }
    return body;
  }

  private bodyParameters(parameters: readonly Raw[], operation: Raw): RequestBody {
    const place = (parameter: Raw): string | undefined => text(own(parameter, "in"))?.toLowerCase();
    const bodies = parameters.filter((parameter) => place(parameter) === "body");
    const consumes = strings(own(operation, "consumes") ?? own(this.raw, "consumes"));
    const contentTypes = consumes.length === 0 ? ["application/json"] : consumes;
    const schema = own(bodies[bodies.length - 1] ?? {}, "schema");
    return {
      hasBody: bodies.length > 0 || parameters.some((parameter) => place(parameter) === "formdata"),
      requestModels: contentTypes.flatMap((contentType) => modelsOf(contentType, schema)),
    };
  }

  // The document's own settings

  /** At the root of an OpenAPI 2 document and in `servers` of a later one; elsewhere API Gateway ignores it. */
  private endpoint(): Pick<ApiDocument, "disableExecuteApiEndpoint" | "vpcEndpointIds"> {
    const places = this.isV2 ? [this.raw] : list(own(this.raw, "servers")).map(record);
    const settings = places.map((place) => record(own(place, extension("endpoint-configuration"))));
    const flags = settings.flatMap((one) => flag(own(one, "disableExecuteApiEndpoint")) ?? []);
    return {
      // Servers that disagree leave it open.
      disableExecuteApiEndpoint: flags.length === 0 ? undefined : flags.every((disabled) => disabled),
      vpcEndpointIds: [...new Set(settings.flatMap((one) => strings(own(one, "vpcEndpointIds"))))],
    };
  }

  private gatewayResponses(): BodyGatewayResponse[] {
    const property = extension("gateway-responses");
    return Object.entries(record(own(this.raw, property))).map(([type, value]) => {
      const response = record(value);
      return {
        type: type.toUpperCase(),
        statusCode: label(own(response, "statusCode")),
        headers: headersOf(own(response, "responseParameters"), "gatewayresponse.header."),
        templates: texts(own(response, "responseTemplates")),
        pointer: step(property) + step(type),
        definition: response,
      };
    });
  }

  private cors(): BodyCors | undefined {
    const cors = own(this.raw, extension("cors"));
    if (!isRecord(cors)) return undefined;
    return {
      allowOrigins: strings(own(cors, "allowOrigins")),
      allowMethods: strings(own(cors, "allowMethods")),
      allowHeaders: strings(own(cors, "allowHeaders")),
      exposeHeaders: strings(own(cors, "exposeHeaders")),
      allowCredentials: flag(own(cors, "allowCredentials")) === true,
      maxAge: numeric(own(cors, "maxAge")),
    };
  }

  /** Follows references into the document; one that leads nowhere, out of it or round in a circle is undefined. */
  private resolve(value: unknown): unknown {
    let current = value;
    for (let hops = 0; hops < maximumHops; hops++) {
      if (!isRecord(current)) return current;
      const reference = own(current, "$ref");
      if (typeof reference !== "string") return current;
      current = this.at(reference);
    }
    return undefined;
  }

  private at(reference: string): unknown {
    return reference === "#" ? undefined : atPointer(this.raw, reference);
  }
}

const authorizerTypes: ReadonlyMap<string | undefined, AuthorizerType> = new Map([
  ["token", "token"],
  ["request", "request"],
  ["cognito_user_pools", "cognito_user_pools"],
  ["jwt", "jwt"],
]);

function authorizerOf(name: string, scheme: Raw, definition: Raw, pointer: string): BodyAuthorizer {
  const type = authorizerTypes.get(text(decided(own(definition, "type")))?.toLowerCase()) ?? "unknown";
  const jwt = record(own(definition, "jwtConfiguration"));
  return {
    scheme: name,
    type,
    uri: text(own(definition, "authorizerUri")),
    credentials: text(own(definition, "authorizerCredentials")),
    identitySource: identitySource(own(definition, "identitySource")) ?? headerOf(scheme, type),
    ttl: numeric(own(definition, "authorizerResultTtlInSeconds")),
    issuer: text(own(jwt, "issuer")) ?? discovered(scheme),
    pointer,
    definition,
  };
}

function identitySource(written: unknown): string | undefined {
  const sources = strings(written).filter((source) => source.trim() !== "");
  return sources.length === 0 ? undefined : sources.join(", ");
}

/** Token and Cognito authorizers read the header that the scheme names. */
function headerOf(scheme: Raw, type: AuthorizerType): string | undefined {
  if (type !== "token" && type !== "cognito_user_pools") return undefined;
  const name = text(own(scheme, "name"));
  if (name === undefined || name.toLowerCase() === "unused") return undefined;
  return text(own(scheme, "in"))?.toLowerCase() === "header" ? `method.request.header.${name}` : undefined;
}

const discovery = "/.well-known/openid-configuration";

function discovered(scheme: Raw): string | undefined {
  const url = text(own(scheme, "openIdConnectUrl"));
  return url?.endsWith(discovery) === true ? url.slice(0, -discovery.length) : url;
}

function responsesOf(written: unknown): BodyIntegrationResponse[] {
  return Object.entries(record(written)).map(([pattern, value]) => {
    const response = record(value);
    return {
      pattern,
      statusCode: label(own(response, "statusCode")),
      headers: headersOf(own(response, "responseParameters"), "method.response.header."),
      templates: texts(own(response, "responseTemplates")),
    };
  });
}

const places: ReadonlyMap<string | undefined, BodyParameter["in"]> = new Map([
  ["path", "path"],
  ["query", "query"],
  ["header", "header"],
]);

/** Later ones win, so those of the operation over those of its path. */
function parametersOf(written: readonly Raw[]): BodyParameter[] {
  const parameters = new Map<string, BodyParameter>();
  for (const parameter of written) {
    const place = places.get(text(own(parameter, "in"))?.toLowerCase());
    const name = text(own(parameter, "name"));
    if (place === undefined || name === undefined) continue;
    const required = place === "path" || flag(own(parameter, "required")) === true;
    parameters.set(`${place} ${name}`, { name, in: place, required });
  }
  return [...parameters.values()];
}

function modelsOf(contentType: string, schema: unknown): BodyModel[] {
  if (schema === undefined || schema === null) return [];
  const reference = text(own(record(schema), "$ref"));
  const model = reference === undefined ? undefined : unescaped(reference.slice(reference.lastIndexOf("/") + 1));
  return [{ contentType, model, schema }];
}

/** Headers among response parameters, by name in lower case. */
function headersOf(parameters: unknown, prefix: string): ReadonlyMap<string, string> {
  const headers = new Map<string, string>();
  for (const [key, value] of texts(parameters)) {
    if (key.toLowerCase().startsWith(prefix)) headers.set(key.slice(prefix.length).toLowerCase(), value);
  }
  return headers;
}

// Values of any type

function own(raw: Raw, key: string): unknown {
  return Object.hasOwn(raw, key) ? raw[key] : undefined;
}

const nothing: Raw = Object.freeze({});

function record(value: unknown): Raw {
  return isRecord(value) ? value : nothing;
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** Text that says something; what a document declares and cannot tell yet says nothing. */
function text(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" && !isUnknownSentinel(value) ? value : undefined;
}

/** Text, or a number where a number stands for text, as a status code does. */
function label(value: unknown): string | undefined {
  return typeof value === "number" ? String(value) : text(value);
}

/** A list of texts; one text is a list of one. */
function strings(value: unknown): string[] {
  return (Array.isArray(value) ? (value as readonly unknown[]) : [value]).flatMap((one) => text(one) ?? []);
}

function texts(value: unknown): ReadonlyMap<string, string> {
  return new Map(
    Object.entries(record(value)).flatMap(([key, one]): [string, string][] =>
      typeof one === "string" ? [[key, one]] : [],
    ),
  );
}

function numeric(value: unknown): number | undefined {
  const number = typeof value === "string" && value.trim() !== "" ? Number(value) : value;
  return typeof number === "number" && Number.isFinite(number) ? number : undefined;
}

function flag(value: unknown): boolean | undefined {
  if (typeof value === "boolean") return value;
  const word = typeof value === "string" ? value.trim().toLowerCase() : undefined;
  return word === "true" ? true : word === "false" ? false : undefined;
}

function quote(name: string): string {
  return JSON.stringify(name.length > 60 ? `${name.slice(0, 60)}…` : name);
}

/** One step of a JSON pointer. */
function step(name: string): string {
  return `/${name.replace(/~/g, "~0").replace(/\//g, "~1")}`;
}
