import type { Api } from "./api";
import { asString, Bag, isRecord, toValue } from "./bag";
import { functionsBehind } from "./functions";
import type { Graph } from "./graph";
import type { Node } from "./node";
import type { ApiDocument, BodyIntegration } from "./openapi";
import { formatIn } from "./secrets";
import type { Form } from "./secrets";
import { resourceSubject } from "./subject";
import type { Subject } from "./subject";
import { Value } from "./value";

/** A text in which a credential may stand, where a reader of the API's configuration finds it. */
export interface Place {
  readonly subject: Subject;
  /** `the stage variable "DB_PASSWORD"`. */
  readonly where: string;
  /** What the text is the value of, where that may tell. */
  readonly name: string | undefined;
  readonly form: Form | "expression";
  readonly text: Value<string>;
  /** What cannot be known of the text matters, whatever its name. */
  readonly free: boolean;
}

/** Every such text of the graph, but for what stands in a body beside integrations and authorizers. */
export function secretPlaces(graph: Graph): readonly Place[] {
  return new Reader(graph).read();
}

/** A credential that stands somewhere in an OpenAPI body, beside its integrations and authorizers. */
export interface BodyCredential {
  readonly title: string;
  /** JSON pointer to the first of them. */
  readonly pointer: string;
  /** How many others there are of its kind. */
  readonly more: number;
}

/** How a sentence names one entry of a map, and all of them. */
interface Titles {
  readonly one: (name: string) => string;
  readonly all: string;
}

const named = (title: string): Titles => ({ one: (name) => `${title} ${quote(name)}`, all: `${title}s` });
const templates = (title: string): Titles => ({ one: (name) => `${title} for ${quote(name)}`, all: `${title}s` });
const stageVariables = named("the stage variable");
const canaryVariables = named("the canary's stage variable");
const requestParameters = named("the request parameter");
const requestTemplates = templates("the request template");
const responseParameters = named("the response parameter");
const responseTemplates = templates("the response template");
const environmentVariables = named("the environment variable");
const jwtConfiguration: Titles = { one: (name) => `\`jwtConfiguration.${name}\``, all: "`jwtConfiguration`" };

class Reader {
  private readonly places: Place[] = [];
  private readonly stages: ReadonlyMap<Node, Subject>;

  constructor(private readonly graph: Graph) {
    this.stages = new Map(graph.stages.filter((stage) => !stage.hearsay).map((stage) => [stage.node, stage]));
  }

  read(): readonly Place[] {
    const { graph } = this;
    for (const node of graph.of("stage", "httpStage")) this.readStage(node);
    for (const node of graph.of("deployment")) this.readDeployment(node);
    for (const node of graph.of("managedOverrides")) {
      const api = graph.apiFor(node, "apiId", "http");
      const subject = resourceSubject(node, `stage "${node.name}"${api.of}`, api);
      const stage = node.bag.object("stage");
      this.addAll(subject, stage.get()?.value("stageVariables"), "value", stageVariables);
    }
    for (const [node, apis] of functionsBehind(graph)) this.readFunction(node, [...apis][0]);
    for (const node of graph.of("integration")) this.readIntegration(node, "restApi");
    for (const node of graph.of("httpIntegration")) this.readIntegration(node, "apiId");
    for (const node of graph.of("integrationResponse")) this.readResponse(node, "restApi", "integration response");
    for (const node of graph.of("httpIntegrationResponse")) this.readResponse(node, "apiId", "integration response");
    for (const node of graph.of("gatewayResponse")) this.readResponse(node, "restApiId", "gateway response");
    for (const node of graph.of("authorizer")) this.readAuthorizer(node, "restApi");
    for (const node of graph.of("httpAuthorizer")) this.readAuthorizer(node, "apiId");
    for (const api of graph.apis) this.readBodies(api);
    return this.places;
  }

  // Stages and functions

  private readStage(node: Node): void {
    const subject = this.stages.get(node);
    if (subject === undefined) return;
    const { bag } = node;
    this.addAll(subject, bag.value(node.kind === "stage" ? "variables" : "stageVariables"), "value", stageVariables);
    this.readCanary(subject, bag.object("canarySettings"));
  }

  private readCanary(subject: Subject, canary: Value<Bag>): void {
    this.addAll(subject, canary.get()?.value("stageVariableOverrides"), "value", canaryVariables);
  }

  private readDeployment(node: Node): void {
    const api = this.graph.apiFor(node, "restApi", "rest");
    const subject = resourceSubject(node, `deployment "${node.name}"${api.of}`, api);
    const { bag } = node;
    this.addAll(subject, bag.value("variables"), "value", stageVariables);
    for (const property of ["canarySettings", "deploymentCanarySettings"]) {
      this.readCanary(subject, bag.object(property));
    }
    // Of aws-native; elsewhere it is text.
    if (!isRecord(bag.value("stageDescription").get())) return;
    const stage = bag.object("stageDescription").get();
    this.addAll(subject, stage?.value("variables"), "value", stageVariables);
    this.readCanary(subject, stage?.object("canarySetting") ?? Value.absent());
  }

  private readFunction(node: Node, api: Api | undefined): void {
    const behind = api === undefined ? "" : ` behind ${api.label}`;
    const subject = resourceSubject(node, `Lambda function "${node.displayName()}"${behind}`, api);
    const environment = node.bag.object("environment");
    const value = environment.isKnown() ? environment.get()?.value("variables") : environment;
    this.addAll(subject, value, "value", environmentVariables);
  }

  // Integrations and what answers for them

  private readIntegration(node: Node, owner: "restApi" | "apiId"): void {
    const api = this.graph.apiFor(node, owner, owner === "restApi" ? "rest" : "http");
    const subject = resourceSubject(node, `integration "${node.name}"${api.of}`, api);
    const { bag } = node;
    this.addAll(subject, bag.value("requestParameters"), "mapping", requestParameters);
    this.addAll(subject, bag.value("requestTemplates"), "template", requestTemplates);
    this.addAll(subject, bag.value("responseParameters"), "mapping", responseParameters);
    for (const property of ["uri", "integrationUri", "credentials", "credentialsArn"]) {
      this.addText(subject, property, bag.string(property));
    }
    for (const response of bag.bags("integrationResponses").get() ?? []) {
      this.addResponse(subject, response.get() ?? Bag.empty);
    }
  }

  private readResponse(node: Node, owner: string, title: string): void {
    const api = this.graph.apiFor(node, owner, owner === "apiId" ? "http" : "rest");
    this.addResponse(resourceSubject(node, `${title} "${node.name}"${api.of}`, api), node.bag);
  }

  private addResponse(subject: Subject, response: Bag): void {
    this.addAll(subject, response.value("responseParameters"), "mapping", responseParameters);
    this.addAll(subject, response.value("responseTemplates"), "template", responseTemplates);
  }

  private readAuthorizer(node: Node, owner: "restApi" | "apiId"): void {
    const api = this.graph.apiFor(node, owner, owner === "restApi" ? "rest" : "http");
    const subject = resourceSubject(node, `authorizer "${node.displayName()}"${api.of}`, api);
    const { bag } = node;
    for (const property of ["authorizerUri", "authorizerCredentials", "authorizerCredentialsArn", "identitySource"]) {
      this.addText(subject, property, bag.string(property));
    }
    // That of a Cognito authorizer matches an audience, which is no secret.
    const token = owner === "restApi" && bag.string("type").or(Value.known("TOKEN")).is("TOKEN");
    if (token) this.addExpression(subject, bag.string("identityValidationExpression"));
    this.addAll(subject, bag.value("jwtConfiguration"), "template", jwtConfiguration, false);
  }

  // Bodies

  private readBodies(api: Api): void {
    const seen = new Set<BodyIntegration>();
    for (const route of api.routes) {
      const integration = route.operation?.integration;
      if (integration === undefined || seen.has(integration)) continue;
      seen.add(integration);
      const bag = new Bag(integration.definition, undefined, false);
      this.addAll(route, bag.value("requestParameters"), "mapping", requestParameters);
      this.addAll(route, bag.value("requestTemplates"), "template", requestTemplates);
      for (const property of ["uri", "credentials"]) this.addText(route, property, bag.string(property));
      this.addResponses(route, bag.value("responses"));
    }
    for (const { node, document } of api.bodies) {
      const known = document.get();
      if (known === undefined) continue;
      for (const authorizer of known.authorizers) {
        const subject: Subject = {
          ...resourceSubject(node, `authorizer "${authorizer.scheme}"${api.of}`, api),
          part: authorizer.pointer,
        };
        this.addText(subject, "authorizerUri", text(authorizer.uri));
        this.addText(subject, "authorizerCredentials", text(authorizer.credentials));
        if (authorizer.type !== "token") continue;
        const bag = new Bag(authorizer.definition, undefined, false);
        this.addExpression(subject, bag.string("identityValidationExpression"));
      }
      this.addResponses(
        resourceSubject(node, api.label, api),
        toValue(known.raw["x-amazon-apigateway-gateway-responses"]),
      );
    }
  }

  private addResponses(subject: Subject, responses: Value<unknown>): void {
    const written = responses.get();
    for (const response of isRecord(written) ? Object.values(written) : []) {
      if (isRecord(response)) this.addResponse(subject, new Bag(response, undefined, false));
    }
  }

  // Places

  private addText(subject: Subject, property: string, value: Value<string>): void {
    if (!value.isKnown()) return;
    const where = `\`${property}\``;
    this.places.push({ subject, where, name: undefined, form: "template", text: value, free: false });
  }

  private addExpression(subject: Subject, value: Value<string>): void {
    if (!value.isKnown()) return;
    const where = "`identityValidationExpression`";
    this.places.push({ subject, where, name: undefined, form: "expression", text: value, free: false });
  }

  /** Every text in a map, and in what stands in it. */
  private addAll(
    subject: Subject,
    value: Value<unknown> | undefined,
    form: Form,
    titles: Titles,
    free = form === "template",
  ): void {
    if (value === undefined || value.isAbsent()) return;
    if (value.isUnknown()) {
      const unknown = Value.unknown<string>(value.reason);
      this.places.push({ subject, where: titles.all, name: undefined, form, text: unknown, free: true });
      return;
    }
    for (const { name, text } of leavesOf(value.get(), "", 0)) {
      const tells = form === "template" ? undefined : name;
      this.places.push({ subject, where: titles.one(name), name: tells, form, text, free });
    }
  }
}

/** Deeper than parameters of any integration are nested. */
const maxDepth = 8;

interface Leaf {
  readonly name: string;
  readonly text: Value<string>;
}

function leavesOf(written: unknown, name: string, depth: number): Leaf[] {
  const value = toValue(written);
  const known = value.get();
  if (depth > maxDepth) return [];
  if (Array.isArray(known)) return known.flatMap((item) => leavesOf(item, name, depth + 1));
  if (isRecord(known)) {
    return Object.entries(known).flatMap(([key, item]) => (key.startsWith("__") ? [] : leavesOf(item, key, depth + 1)));
  }
  return value.isAbsent() ? [] : [{ name, text: asString(value) }];
}

function text(written: string | undefined): Value<string> {
  return written === undefined ? Value.absent() : Value.known(written);
}

function quote(name: string): string {
  return JSON.stringify(name.length > 60 ? `${name.slice(0, 60)}…` : name);
}

// Bodies

const found = new WeakMap<ApiDocument, readonly BodyCredential[]>();

/** What is judged by itself, with the operation or the authorizer that it belongs to. */
const judgedElsewhere: ReadonlySet<string> = new Set([
  "x-amazon-apigateway-authorizer",
  "x-amazon-apigateway-gateway-responses",
  "x-amazon-apigateway-integration",
  "x-amazon-apigateway-integrations",
]);

/** Where readers of a document are shown how things look. */
const shown: ReadonlySet<string> = new Set(["description", "example", "examples", "x-example", "x-examples"]);

/** The credentials in a document that are told by their form alone. */
export function bodyCredentials(document: ApiDocument): readonly BodyCredential[] {
  const known = found.get(document);
  if (known !== undefined) return known;
  const credentials = searchDocument(document.raw);
  found.set(document, credentials);
  return credentials;
}

function searchDocument(raw: unknown): readonly BodyCredential[] {
  const first = new Map<string, { pointer: string; count: number }>();
  const open: { value: unknown; pointer: string; example: boolean }[] = [{ value: raw, pointer: "", example: false }];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { value, pointer, example } = next;
    if (typeof value === "string") {
      const title = formatIn(value, !example);
      if (title === undefined) continue;
      const before = first.get(title);
      first.set(title, { pointer, count: (before?.count ?? 0) + 1 });
    } else if (typeof value === "object" && value !== null) {
      for (const [key, item] of Object.entries(value)) {
        if (judgedElsewhere.has(key)) continue;
        // Documents are shared, and a pointer is only shown: a long one is cut.
        const below = pointer.length > 200 ? pointer : `${pointer}/${key.replace(/~/g, "~0").replace(/\//g, "~1")}`;
        open.push({ value: item, pointer: below, example: example || shown.has(key) });
      }
    }
  }
  return [...first].map(([title, { pointer, count }]) => ({ title, pointer, more: count - 1 }));
}
