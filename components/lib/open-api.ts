import * as pulumi from "@pulumi/pulumi";
import { parseDocument } from "yaml";
import { AuthorizationType } from "../args";
import type { RestApiArgs } from "../rest-api";
import { isReason } from "./controls";
import type { Faults } from "./faults";
import type { FunctionUse } from "./functions";
import { slug, slugs } from "./names";
import type { Place } from "./place";
import { endpoint, iamSchemeOf, preflight, protections, proxiedResponses } from "./rest-document";
import type { Frame, Surface, SurfaceRoute } from "./rest-surface";
import {
  checkCatchAll,
  checkModel,
  checkScopes,
  checkSiblings,
  checkTtl,
  checkUrl,
  defaultThrottle,
  iamScheme,
} from "./routes";
import type { Context } from "./routes";
import { isRecord } from "./values";
import type { Tree, TreeMap } from "./values";

type Raw = Record<string, unknown>;

const verbs = ["get", "put", "post", "delete", "options", "head", "patch", "x-amazon-apigateway-any-method"];
const extension = (name: string): string => `x-amazon-apigateway-${name}`;

/** Arguments that say what a document of the user's says by itself. */
const alternatives = ["routes", "models", "authorizers", "defaultAuthorizer"] as const;
const companions = ["openApiFunctions", "openApiValues", "publicRoutes"] as const;

export function checkOpenApiArgs(args: RestApiArgs, faults: Faults): void {
  if (args.openApi === undefined) {
    for (const name of companions) {
      if (args[name] !== undefined) faults.add(name, "is given without `openApi`", "take it away");
    }
    return;
  }
  for (const name of alternatives) {
    if (args[name] !== undefined) faults.add(name, "stands beside `openApi`", "write it into the document");
  }
}

/** An API that the user's own document describes, with what protects it put in. */
export function documentSurface(args: RestApiArgs, context: Context): Surface {
  const { faults } = context;
  const document = parse(args.openApi ?? "", faults);
  const operations = operationsOf(document, faults);
  const names = slugs(operations.map(({ key }) => key));
  const schemes = schemesOf(document, context);
  const { kind = "iam" } = schemes.get(iamScheme) ?? {};
  if (kind !== "iam") {
    const field = `openApi, security scheme "${iamScheme}"`;
    context.faults.add(field, "has the name of signed requests, and is of others", "call it something else");
  }
  const values = new Values(document, args, schemes, context);
  checkSiblings(operations, context);
  const routes = operations.flatMap((operation) => {
    const part = names.get(operation.key) ?? operation.key;
    return planOperation(operation, part, document, schemes, args, context);
  });
  for (const key of Object.keys(args.publicRoutes ?? {})) {
    if (!operations.some((operation) => operation.key === key)) {
      faults.add("publicRoutes", `names ${JSON.stringify(key)}, which the document has not`, "take it away");
    }
  }
  const own = document[extension("policy")];
  return {
    routes,
    usesHttp: operations.some(({ integration }) => /^http/i.test(text(integration["type"]))),
    serviceRoles: [],
    ownPolicy: own !== undefined,
    document: (frame, place, declared) =>
      values.fill(merged(document, operations, args, frame), place, declared) as TreeMap,
  };
}

function parse(written: string, faults: Faults): Raw {
  let document: unknown;
  try {
    const parsed = parseDocument(written, { uniqueKeys: false, logLevel: "silent" });
    const [problem] = parsed.errors;
    if (problem !== undefined) throw problem;
    document = parsed.toJS({ maxAliasCount: 100 });
  } catch (error) {
    const [line = ""] = (error instanceof Error ? error.message : "").split("\n");
    faults.add("openApi", `is neither JSON nor YAML: ${line.replace(/[.:]$/, "")}`, "write an OpenAPI 3.0 document");
    return {};
  }
  const version = isRecord(document) ? document["openapi"] : undefined;
  if (!isRecord(document) || typeof version !== "string" || !version.startsWith("3.0")) {
    faults.add("openApi", "is no OpenAPI 3.0 document", "convert it");
    return {};
  }
  return document;
}

/** An operation of the document. */
interface Operation {
  readonly key: string;
  readonly method: string;
  readonly path: string;
  readonly field: string;
  readonly definition: Raw;
  readonly integration: Raw;
}

function operationsOf(document: Raw, faults: Faults): Operation[] {
  const found = Object.entries(record(document["paths"])).flatMap(([path, item]) =>
    Object.entries(record(item)).flatMap(([verb, written]): Operation[] => {
      if (!verbs.includes(verb)) return [];
      const method = verb.startsWith("x-") ? "ANY" : verb.toUpperCase();
      const definition = record(written);
      const integration = record(definition[extension("integration")]);
      const key = `${method} ${path}`;
      return [{ key, method, path, field: `openApi, operation "${key}"`, definition, integration }];
    }),
  );
  if (found.length === 0 && Object.keys(document).length > 0) {
    faults.add("openApi", "has no operation", "describe one under `paths`");
  }
  return found;
}

// Authorization

type Scheme = { readonly kind: "iam" | "key" | "token" | "function" } | { readonly kind: "bare"; readonly why: string };

function schemesOf(document: Raw, { faults, controls }: Context): ReadonlyMap<string, Scheme> {
  const written = record(record(document["components"])["securitySchemes"]);
  return new Map(
    Object.entries(written).map(([name, value]): [string, Scheme] => {
      const definition = record(value);
      const authtype = text(definition[extension("authtype")]).toLowerCase();
      const authorizer = definition[extension("authorizer")];
      if (authtype === "awssigv4") return [name, { kind: "iam" }];
      if (isRecord(authorizer)) {
        if (authtype === "") return [name, { kind: "bare", why: `has no \`${extension("authtype")}\`` }];
        const type = text(authorizer["type"]).toLowerCase();
        if (type === "cognito_user_pools") return [name, { kind: "token" }];
        if (type !== "token" && type !== "request")
          return [name, { kind: "bare", why: "has a type that REST APIs have not" }];
        const field = `openApi, security scheme "${name}"`;
        const ttl = authorizer["authorizerResultTtlInSeconds"];
        checkTtl(typeof ttl === "number" ? ttl : 300, field, faults, controls);
        return [name, { kind: "function" }];
      }
      if (authtype === "" && text(definition["type"]).toLowerCase() === "apikey") return [name, { kind: "key" }];
      return [name, { kind: "bare", why: `has no \`${extension("authorizer")}\`` }];
    }),
  );
}

/** What the document's author asks of callers; that of the root counts, though API Gateway does not look there. */
function requirementsOf(operation: Operation, document: Raw): readonly Raw[] | undefined {
  const written = operation.definition["security"] ?? document["security"];
  return Array.isArray(written) ? written.filter(isRecord) : undefined;
}

/** Answered without asking who calls, as a browser's preflight must be. */
function isPreflight({ method, integration }: Operation): boolean {
  return method === "OPTIONS" && text(integration["type"]).toLowerCase() === "mock";
}

function planOperation(
  operation: Operation,
  part: string,
  document: Raw,
  schemes: ReadonlyMap<string, Scheme>,
  args: RestApiArgs,
  context: Context,
): SurfaceRoute[] {
  const { faults, controls } = context;
  const { field, method, path, definition, integration } = operation;
  if (Object.keys(integration).length === 0) {
    faults.add(field, `has no \`${extension("integration")}\``, "say what answers it");
  }
  if (isPreflight(operation)) return [];
  checkCatchAll(method, path, field, controls);
  checkUrl(`${field}, \`uri\``, integration["uri"], context);
  const content = record(record(definition["requestBody"])["content"]);
  const modelled = Object.values(content).some((media) => record(media)["schema"] !== undefined);
  checkModel(field, method, modelled, context);
  const authorization = authorizationOf(operation, document, schemes, args, context);
  return [{ slug: part, method, path, field, authorization, throttle: defaultThrottle(path, authorization, context) }];
}

function authorizationOf(
  operation: Operation,
  document: Raw,
  schemes: ReadonlyMap<string, Scheme>,
  args: RestApiArgs,
  { faults, controls }: Context,
): AuthorizationType {
  const { field, key, definition } = operation;
  const auth = text(record(definition[extension("auth")])["type"]).toUpperCase();
  const reason = args.publicRoutes?.[key];
  const holds = (type: AuthorizationType): AuthorizationType => {
    controls.meet("route-authorization", "Every operation asks who calls, unless it is open for a reason.");
    if (reason !== undefined)
      faults.add("publicRoutes", `names ${JSON.stringify(key)}, which is ${type}`, "take it away");
    return type;
  };
  if (auth === "AWS_IAM") return holds(AuthorizationType.Iam);
  const requirements = requirementsOf(operation, document);
  if (requirements === undefined && auth === "" && args.defaultAuthorizationType === AuthorizationType.Iam) {
    return holds(AuthorizationType.Iam);
  }
  const names = (requirements ?? []).flatMap((requirement) => Object.keys(requirement));
  const open = names.length === 0 || (requirements ?? []).some((one) => Object.keys(one).length === 0);
  if (open) {
    if (isReason(reason)) controls.open("route-authorization", `${field} is open.`, reason ?? "");
    else
      faults.add(
        field,
        "is open to anyone",
        "give it `security`, set `defaultAuthorizationType` to AWS_IAM, or say why in `publicRoutes`",
      );
    return AuthorizationType.None;
  }
  const told = names.map((name) => ({ name, scheme: schemes.get(name) }));
  for (const { name, scheme } of told) {
    const why = scheme === undefined ? "is not defined" : scheme.kind === "bare" ? scheme.why : undefined;
    if (why !== undefined)
      faults.add(field, `names the security scheme "${name}", which ${why}`, "define what checks callers");
  }
  const kinds = new Set(told.map(({ scheme }) => scheme?.kind));
  if (kinds.has("iam")) return holds(AuthorizationType.Iam);
  if (kinds.has("function")) return holds(AuthorizationType.Custom);
  if (kinds.has("token")) {
    const scopes = (requirements ?? []).flatMap((one) => Object.values(one).flatMap((value) => value as unknown[]));
    checkScopes(field, AuthorizationType.Cognito, scopes.length, faults, controls);
    return holds(AuthorizationType.Cognito);
  }
  if (kinds.has("key")) {
    faults.add(field, "is guarded by an API key alone, which tells clients apart and proves nothing", "authorize it");
  }
  return AuthorizationType.None;
}

// What is put in

function merged(document: Raw, operations: readonly Operation[], args: RestApiArgs, frame: Frame): TreeMap {
  const kept = without(document, "security", "servers");
  const shields = protections(args.cors);
  const responses = extension("gateway-responses");
  const paths = Object.fromEntries(
    Object.entries(record(document["paths"])).map(([path, item]) => [path, { ...record(item) }]),
  );
  let signs = false;
  for (const operation of operations) {
    const { method, path, definition, integration } = operation;
    const rest = without(definition, extension("request-validator"));
    const auth = record(definition[extension("auth")])["type"];
    const requirements = requirementsOf(operation, document);
    const silent = requirements === undefined && auth === undefined && !isPreflight(operation);
    signs ||= silent;
    const verb = method === "ANY" ? extension("any-method") : method.toLowerCase();
    const item = paths[path];
    if (item === undefined) continue;
    item[verb] = {
      responses: proxiedResponses,
      ...rest,
      ...(requirements !== undefined && { security: requirements }),
      ...(silent && { security: [{ [iamScheme]: [] }] }),
      [extension("integration")]: /^mock$/i.test(text(integration["type"]))
        ? integration
        : { timeoutInMillis: 10_000, ...integration },
    };
  }
  if (args.cors !== undefined) {
    for (const [path, item] of Object.entries(paths)) {
      const methods = operations.filter((operation) => operation.path === path).map(({ method }) => method);
      if (methods.length > 0) item["options"] ??= preflight(path, methods, args.cors);
    }
  }
  const components = record(document["components"]);
  return {
    ...kept,
    ...endpoint(frame.vpcEndpointIds),
    paths,
    components: {
      ...components,
      securitySchemes: {
        ...(signs && { [iamScheme]: iamSchemeOf }),
        ...record(components["securitySchemes"]),
      },
    },
    ...shields,
    [responses]: { ...(shields[responses] as TreeMap), ...record(document[responses]) },
    ...(frame.policy !== undefined && { [extension("policy")]: frame.policy }),
  } as TreeMap;
}

// Values that stand for names

const placeholder = /\$\{([A-Za-z0-9_-]+)\}/g;

/** `${name}` in the document's texts, which stands for a function's call or for a value. */
class Values {
  private readonly calls = new Map<string, FunctionUse>();

  constructor(
    document: Raw,
    private readonly args: RestApiArgs,
    schemes: ReadonlyMap<string, Scheme>,
    { faults, functions, authorizerFunctions }: Context,
  ) {
    const given = { ...args.openApiFunctions, ...args.openApiValues };
    const guards = new Set(
      Object.entries(record(record(document["components"])["securitySchemes"]))
        .filter(([name]) => schemes.get(name)?.kind === "function")
        .flatMap(([, scheme]) => namesIn(scheme)),
    );
    const used = new Set(namesIn(document));
    for (const name of used) {
      if (!(name in given))
        faults.add("openApi", `holds \${${name}}`, "give it in `openApiFunctions` or `openApiValues`");
    }
    for (const name of Object.keys(given)) {
      if (!used.has(name)) faults.add("openApi", `holds no \${${name}}, which is given`, "take it away");
    }
    for (const [name, lambda] of Object.entries(args.openApiFunctions ?? {})) {
      const field = `openApiFunctions[${JSON.stringify(name)}]`;
      const registry = guards.has(name) ? authorizerFunctions : functions;
      const use = registry.use(field, slug(guards.has(name) ? `authorizer-${name}` : name), { lambda });
      if (use !== undefined) this.calls.set(name, use);
    }
  }

  fill(tree: Tree, place: pulumi.Output<Place>, declared: boolean): Tree {
    if (typeof tree === "string") return this.text(tree, place, declared);
    if (Array.isArray(tree)) return (tree as readonly Tree[]).map((item) => this.fill(item, place, declared));
    if (!isRecord(tree) || !isPlain(tree)) return tree;
    return Object.fromEntries(Object.entries(tree).map(([key, item]) => [key, this.fill(item, place, declared)]));
  }

  private text(written: string, place: pulumi.Output<Place>, declared: boolean): Tree {
    const names = namesIn(written);
    if (names.length === 0) return written;
    const values = names.map(
      (name) => this.calls.get(name)?.uri(place, declared) ?? this.args.openApiValues?.[name] ?? "",
    );
    return pulumi.all(values).apply((told) => {
      let next = 0;
      return written.replace(placeholder, () => told[next++] ?? "");
    });
  }
}

function namesIn(value: unknown): string[] {
  if (typeof value === "string") return [...value.matchAll(placeholder)].map(([, name]) => name ?? "");
  if (Array.isArray(value)) return value.flatMap(namesIn);
  return isRecord(value) ? Object.values(value).flatMap(namesIn) : [];
}

/** No output and no promise. */
function isPlain(value: object): boolean {
  return Object.getPrototypeOf(value) === Object.prototype;
}

function without(map: Raw, ...keys: readonly string[]): Raw {
  return Object.fromEntries(Object.entries(map).filter(([key]) => !keys.includes(key)));
}

function record(value: unknown): Raw {
  return isRecord(value) ? value : {};
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}
