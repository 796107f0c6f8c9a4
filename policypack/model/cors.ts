import type { Api } from "./api";
import { Bag } from "./bag";
import { originsOfTemplate } from "./cors-template";
import type { Graph } from "./graph";
import type { Node } from "./node";
import { literalOf } from "./openapi";
import type { ApiDocument } from "./openapi";
import { resourceSubject } from "./subject";
import type { Subject } from "./subject";
import { Value } from "./value";

/** A list of which some members may not be known. */
export type Texts = Value<readonly Value<string>[]>;

/** What tells browsers which pages may read answers, and send what. Absent: not set here, so nothing is allowed by it. */
export interface Cors {
  readonly subject: Subject;
  readonly api: Api;
  /** A person sets it by: the properties of an HTTP API's configuration, or the headers of a response. */
  readonly written: "configuration" | "headers";
  readonly origins: Texts;
  readonly credentials: Value<boolean>;
  readonly methods: Texts;
  readonly headers: Texts;
  readonly exposedHeaders: Texts;
  /** For how long a browser keeps the answer to a preflight, in seconds. */
  readonly maxAge: Value<number>;
}

/**
 * Every place where the graph sets CORS: the configuration of an HTTP API; headers that integration responses and
 * gateway responses of a REST API give a fixed value. What a backend answers by itself cannot be seen.
 */
export function corsOf(graph: Graph): readonly Cors[] {
  const found: Cors[] = [];
  for (const api of graph.apis) {
    if (api.kind === "http" && api.visibility === "stack" && api.node) {
      const configured = configuration(api, api.node);
      if (configured) found.push(configured);
    }
    if (api.kind !== "rest") continue;
    for (const { node, document } of api.bodies) {
      const known = document.get();
      if (known) found.push(...bodyResponses(api, node, known));
    }
  }
  for (const node of graph.of("integrationResponse")) {
    const api = graph.apiFor(node, "restApi", "rest");
    const subject = resourceSubject(node, `integration response "${node.name}"${api.of}`, api);
    found.push(...responses(api, subject, node.bag, "method.response.header."));
  }
  // In aws-native the integration holds its responses.
  for (const node of graph.of("integration")) {
    const inline = node.bag.bags("integrationResponses");
    if (inline.isAbsent()) continue;
    const api = graph.apiFor(node, "restApi", "rest");
    for (const [index, response] of (inline.get() ?? [Value.unknown<Bag>(inline.reason)]).entries()) {
      const subject = {
        ...resourceSubject(node, `integration response of method "${node.name}"${api.of}`, api),
        part: `integrationResponses/${String(index)}`,
      };
      if (response.isKnown())
        found.push(...responses(api, subject, response.get() ?? Bag.empty, "method.response.header."));
      else found.push(ofHeaders(api, subject, () => Value.unknown(response.reason)));
    }
  }
  for (const node of graph.of("gatewayResponse")) {
    const api = graph.apiFor(node, "restApiId", "rest");
    const type = node.bag.string("responseType").get() ?? `"${node.name}"`;
    const subject = resourceSubject(node, `gateway response ${type}${api.of}`, api);
    found.push(...responses(api, subject, node.bag, "gatewayresponse.header."));
  }
  return found;
}

/** Any page on the web, or any with that scheme: `*`, `https://*`; `null` is the origin of any sandboxed frame. */
export function isAnyOrigin(origin: string): boolean {
  return /^(?:(?:[a-z*]+:\/\/)?\*(?::[\d*]+)?|null)$/i.test(origin.trim());
}

/** CORS of this API may stand in a body: that of an HTTP API's is lasting in aws-native alone. */
export function bodySetsCors({ kind, node }: Api): boolean {
  if (kind === "rest") return true;
  return kind === "http" && node !== undefined && !isErased(node) && node.bag.value("corsConfiguration").isAbsent();
}

/** Once the body is imported, the aws provider puts the API's CORS back to what `corsConfiguration` says. */
function isErased(node: Node): boolean {
  return node.type.startsWith("aws:");
}

// HTTP APIs

function configuration(api: Api, node: Node): Cors | undefined {
  const written = node.bag.object("corsConfiguration");
  if (written.isAbsent()) return bodyConfiguration(api, node);
  const of = <T>(read: (bag: Bag) => Value<T>): Value<T> => written.flatMap(read);
  // A value made of what other resources give names a host of theirs, and not any.
  const made = node.sources("corsConfiguration").length > 0;
  const origins = of((bag) => bag.strings("allowOrigins"));
  return {
    subject: api,
    api,
    written: "configuration",
    origins: made ? origins.map((all) => all.filter((origin) => !origin.isUnknown())) : origins,
    credentials: of((bag) => bag.bool("allowCredentials")),
    methods: of((bag) => bag.strings("allowMethods")),
    headers: of((bag) => bag.strings("allowHeaders")),
    exposedHeaders: of((bag) => bag.strings("exposeHeaders")),
    maxAge: of((bag) => bag.number("maxAge")),
  };
}

function bodyConfiguration(api: Api, node: Node): Cors | undefined {
  if (isErased(node)) return undefined;
  const cors = api.bodies.map(({ document }) => document.get()?.cors).find((one) => one !== undefined);
  if (cors === undefined) return undefined;
  const texts = (values: readonly string[]): Texts => Value.known(values.map((value) => Value.known(value)));
  return {
    subject: api,
    api,
    written: "configuration",
    origins: texts(cors.allowOrigins),
    credentials: Value.known(cors.allowCredentials),
    methods: texts(cors.allowMethods),
    headers: texts(cors.allowHeaders),
    exposedHeaders: texts(cors.exposeHeaders),
    maxAge: cors.maxAge === undefined ? Value.absent() : Value.known(cors.maxAge),
  };
}

// REST APIs

const origin = "access-control-allow-origin";

/** The origins that the templates of a response let call, beside one that it names by itself. */
function withTemplates(named: Value<string>, templates: readonly Value<string>[]): Value<string> {
  const told = templates.map((template) => template.flatMap(originsOfTemplate)).filter((one) => !one.isAbsent());
  return told.reduce((all, one) => (all.isAbsent() ? one : all.flatMap((a) => one.map((b) => `${a},${b}`))), named);
}

/** What a response says of CORS; nothing where it does not speak of it. */
function responses(api: Api, subject: Subject, response: Bag, prefix: string): Cors[] {
  const parameters = response.object("responseParameters");
  const bag = parameters.get();
  if (bag === undefined && !parameters.isAbsent())
    return [ofHeaders(api, subject, () => Value.unknown(parameters.reason))];
  const headers = new Map<string, Value<string>>();
  for (const key of bag?.keys() ?? []) {
    if (key.toLowerCase().startsWith(prefix))
      headers.set(key.slice(prefix.length).toLowerCase(), mapped(api, bag, key));
  }
  const templates = response.object("responseTemplates").get();
  const texts = templates?.keys().map((key) => templates.string(key)) ?? [];
  const origins = withTemplates(
    headers.get(origin) ?? Value.absent(),
    texts.filter((text) => text.isKnown()),
  );
  if (!origins.isAbsent()) headers.set(origin, origins);
  if (![...headers.keys()].some((name) => name.startsWith(common))) return [];
  return [ofHeaders(api, subject, (name) => headers.get(name) ?? Value.absent())];
}

function mapped(api: Api, bag: Bag | undefined, key: string): Value<string> {
  return (bag?.string(key) ?? Value.absent<string>()).flatMap((mapping) => fixed(api, mapping));
}

const common = "access-control-";

/** The fixed value of a header, with all values that stages give a variable; absent where the backend's answer tells it. */
function fixed(api: Api, mapping: string): Value<string> {
  const text = literalOf(mapping);
  if (text !== undefined) return Value.known(text);
  const variable = /^\s*stageVariables\.(\w+)\s*$/i.exec(mapping)?.[1];
  if (variable !== undefined) return inStages(api, variable);
  return /^\s*(?:integration|context|stageVariables|method)\./i.test(mapping) ? Value.absent() : Value.known(mapping);
}

/** What the stages of an API, and their canaries, have for a variable: one list. */
function inStages(api: Api, variable: string): Value<string> {
  const stages = api.stages.filter((stage) => !stage.hearsay);
  if (stages.length === 0) return Value.unknown("partial");
  const values = stages.flatMap(({ node }) => [
    node.bag.object("variables").flatMap((variables) => variables.string(variable)),
    node.bag
      .object("canarySettings")
      .flatMap((canary) => canary.object("stageVariableOverrides"))
      .flatMap((variables) => variables.string(variable)),
  ]);
  const told = values.filter((value) => value.isPresent());
  return told.length === 0
    ? Value.absent()
    : told.reduce((all, one) => all.flatMap((a) => one.map((b) => `${a},${b}`)));
}

function ofHeaders(api: Api, subject: Subject, header: (name: string) => Value<string>): Cors {
  const list = (name: string): Texts =>
    header(name).map((text) => text.split(",").map((one) => Value.known(one.trim())));
  return {
    subject,
    api,
    written: "headers",
    origins: list(origin),
    credentials: header("access-control-allow-credentials").map((text) => text.trim().toLowerCase() === "true"),
    methods: list("access-control-allow-methods"),
    headers: list("access-control-allow-headers"),
    exposedHeaders: list("access-control-expose-headers"),
    maxAge: header("access-control-max-age").flatMap((text) => {
      const seconds = Number(text);
      return text.trim() === "" || !Number.isFinite(seconds) ? Value.absent<number>() : Value.known(seconds);
    }),
  };
}

function bodyResponses(api: Api, node: Node, document: ApiDocument): Cors[] {
  const at = (label: string, part: string): Subject => ({
    urn: node.urn,
    label: `${label}${api.of}`,
    names: [node.name, ...api.names],
    tags: api.tags,
    part,
  });
  const found: Cors[] = [];
  const read = (
    subject: Subject,
    { headers, templates }: { headers: ReadonlyMap<string, string>; templates: ReadonlyMap<string, string> },
  ): void => {
    const mapping = (name: string): Value<string> => {
      const text = headers.get(name);
      return text === undefined ? Value.absent() : fixed(api, text);
    };
    const texts = [...templates.values()].map((text) => Value.known(text));
    const origins = withTemplates(mapping(origin), texts);
    if (origins.isAbsent() && ![...headers.keys()].some((name) => name.startsWith(common))) return;
    const header = (name: string): Value<string> => (name === origin ? origins : mapping(name));
    found.push(ofHeaders(api, subject, header));
  };
  for (const { method, path, integration } of document.operations) {
    const key = `${method} ${path}`;
    for (const response of integration?.responses ?? []) read(at(`operation ${key}`, key), response);
  }
  for (const response of document.gatewayResponses) {
    const title = `gateway response ${response.type}`;
    read(at(title, title), response);
  }
  return found;
}
