import { isTold } from "./api";
import type { Api, Body } from "./api";
import { isRecord } from "./bag";
import type { Bag } from "./bag";
import type { Graph } from "./graph";
import { atPointer, unescaped } from "./json-pointer";
import { saysNothing } from "./json-schema";
import type { Target } from "./json-schema";
import type { Node } from "./node";
import type { ApiDocument, BodyModel } from "./openapi";
import { perGraph } from "./per-graph";
import type { Route } from "./route";
import { resourceSubject } from "./subject";
import type { Subject } from "./subject";
import { Value } from "./value";

/** The request validator in force for a route. */
export type ValidatorInForce =
  | { readonly kind: "none" }
  /** The operation, or its document, names one that the document does not define. */
  | { readonly kind: "undefined"; readonly name: string }
  /** One of another API, which AWS refuses. */
  | { readonly kind: "foreign"; readonly api: Api }
  /** One that lives in another stack. */
  | { readonly kind: "elsewhere" }
  | { readonly kind: "unknown" }
  | { readonly kind: "validator"; readonly body: Value<boolean>; readonly parameters: Value<boolean> };

/** What a route of a REST API takes, and what is checked of it. */
export interface Validation {
  readonly validator: ValidatorInForce;
  /** POST, PUT and PATCH take a body, and so does what has a model for one. */
  readonly takesBody: Value<boolean>;
  /** A parameter must be there. */
  readonly takesParameters: Value<boolean>;
  /** It has a JSON model that says something. */
  readonly jsonModel: Value<boolean>;
}

/** Methods whose requests have a body. */
export const bodyMethods: ReadonlySet<string> = new Set(["POST", "PUT", "PATCH"]);

/** How requests to a route are validated; undefined of HTTP and WebSocket APIs, which have no validators. */
export function validationOf(graph: Graph, route: Route): Validation | undefined {
  if (route.api.kind !== "rest") return undefined;
  if (route.operation !== undefined) return ofOperation(route);
  const node = graph.ties.at(route.urn);
  return node?.kind === "method" ? ofMethod(graph, route, node) : undefined;
}

function ofMethod(graph: Graph, route: Route, node: Node): Validation {
  const models = node.bag.object("requestModels");
  const method = route.method.map((verb) => bodyMethods.has(verb));
  const hasModels = models.map(namesAny).or(Value.known(false));
  return {
    validator: validatorOf(graph, route.api, node),
    takesBody: method.is(true) ? method : hasModels.is(true) || hasModels.isUnknown() ? hasModels : method,
    takesParameters: requiredOf(node.bag.object("requestParameters")),
    jsonModel: models.map((bag) => namesJson(graph, route.api, bag)).or(Value.known(false)),
  };
}

const namesAny = (models: Bag): boolean => models.keys().some((key) => models.value(key).isPresent());

function validatorOf(graph: Graph, api: Api, node: Node): ValidatorInForce {
  const property = "requestValidatorId";
  if (node.bag.value(property).isAbsent() && node.sources(property).length === 0) return { kind: "none" };
  if (!graph.whole) return { kind: "unknown" };
  const tie = graph.ties.follow(node, property, ["requestValidator"]);
  if (tie.state === "external") return { kind: "elsewhere" };
  if (tie.state !== "node") return { kind: "unknown" };
  const owner = graph.apiFor(tie.node, "restApi", "rest");
  if (owner !== api && isTold(owner) && isTold(api)) return { kind: "foreign", api: owner };
  const flag = (key: string): Value<boolean> => tie.node.bag.bool(key).or(Value.known(false));
  return { kind: "validator", body: flag("validateRequestBody"), parameters: flag("validateRequestParameters") };
}

/** A parameter is marked as one that must be there. */
function requiredOf(parameters: Value<Bag>): Value<boolean> {
  return parameters
    .flatMap((bag) => {
      const marks = bag.keys().map((key) => bag.bool(key));
      return marks.find((mark) => mark.is(true)) ?? marks.find((mark) => mark.isUnknown()) ?? Value.known(false);
    })
    .or(Value.known(false));
}

/** `$default` stands for every content type that no other model is for. */
const isJson = (contentType: string): boolean => /json|^\$default$/i.test(contentType);

/** The model that every REST API has, which says nothing. */
const emptyModel = "Empty";

function namesJson(graph: Graph, api: Api, models: Bag): boolean {
  return models.keys().some((contentType) => {
    if (!isJson(contentType)) return false;
    const name = models.string(contentType);
    return name.isPresent() && (!name.is(emptyModel) || modelsOf(graph).resource(api, emptyModel) !== undefined);
  });
}

function ofOperation({ operation, method }: Route): Validation {
  const { validator, parametersRequired, hasBody = false, requestModels = [] } = operation ?? {};
  return {
    validator:
      validator === undefined
        ? { kind: "none" }
        : validator.defined
          ? { kind: "validator", body: Value.known(validator.body), parameters: Value.known(validator.params) }
          : { kind: "undefined", name: validator.name },
    takesBody: method.map((verb) => hasBody || bodyMethods.has(verb)),
    takesParameters: Value.known(parametersRequired === true),
    jsonModel: Value.known(requestModels.some((model) => isJson(model.contentType) && saysSomething(model))),
  };
}

const saysSomething = ({ model, schema }: BodyModel): boolean =>
  model !== undefined || (isRecord(schema) && !saysNothing(schema));

/** Whether a route is one of a WebSocket API's own, neither `$connect` nor `$disconnect` nor `$default`. */
export function isCustomSocketRoute({ api, key, source }: Route): Value<boolean> {
  if (source !== "resource" || api.kind === "rest") return Value.known(false);
  return key.map((text) => {
    const own = !text.startsWith("$");
    // Of an API that cannot be seen, a bare word tells it from an HTTP API's.
    return own && (api.visibility === "stack" ? api.kind === "websocket" : !text.includes(" "));
  });
}

/** Whether a route of a WebSocket API has a model for its messages. */
export function hasSocketModel(graph: Graph, route: Route): Value<boolean> {
  const node = graph.ties.at(route.urn);
  return (node?.bag.object("requestModels") ?? Value.absent<Bag>()).map(namesAny).or(Value.known(false));
}

// Models

/** A model that requests are checked against. */
export interface ApiModel {
  readonly subject: Subject;
  /** The JSON schema. */
  readonly schema: Value<unknown>;
  /** What a `$ref` in it leads to. */
  readonly resolve: (reference: string) => Target | undefined;
  /** The model of this name, as the schema may refer to it. */
  readonly named: (name: string) => ApiModel | undefined;
}

/** Models that routes name for their requests; what those refer to is found through them. */
export function requestModelsOf(graph: Graph): readonly ApiModel[] {
  const models = modelsOf(graph);
  return graph.routes.flatMap((route) => models.ofRoute(route));
}

const modelsOf = perGraph((graph) => new Models(graph));

/** The models of every API, each made once. */
class Models {
  private readonly nodes = new Map<Api, Map<string, Node>>();
  private readonly made = new Map<string, ApiModel>();

  constructor(private readonly graph: Graph) {
    for (const node of graph.of("model", "httpModel")) {
      const api = node.kind === "model" ? graph.apiFor(node, "restApi", "rest") : graph.apiFor(node, "apiId", "http");
      const name = node.bag.string("name").get() ?? node.urn;
      const same = this.nodes.get(api);
      if (same === undefined) this.nodes.set(api, new Map([[name, node]]));
      else same.set(name, node);
    }
  }

  resource(api: Api, name: string): Node | undefined {
    return this.nodes.get(api)?.get(name);
  }

  ofRoute(route: Route): ApiModel[] {
    const { api, operation } = route;
    if (operation !== undefined) {
      if (api.kind !== "rest") return [];
      const body = api.bodies.find((one) => one.node.urn === route.urn);
      const document = body?.document.get();
      if (body === undefined || document === undefined) return [];
      return operation.requestModels.flatMap((model) => this.ofBody(route, body, document, model) ?? []);
    }
    const node = this.graph.ties.at(route.urn);
    if (route.source !== "resource" || node === undefined) return [];
    const written = node.bag.object("requestModels").get();
    const names = (written?.keys() ?? []).map((key) => written?.string(key) ?? Value.absent<string>());
    // While a name is not known, what it comes from tells the model.
    const tied = names.every((name) => name.isKnown())
      ? []
      : this.graph.ties.sources(node, "requestModels", ["model", "httpModel"]);
    return [
      ...names.flatMap((name) => this.named(api, name.get() ?? "") ?? this.withId(api, name.get() ?? "") ?? []),
      ...tied.map((model) => this.ofNode(api, model)),
    ];
  }

  /** Programs that name a model by its id mean the model, which AWS refuses to find. */
  private withId(api: Api, id: string): ApiModel | undefined {
    const node = this.graph.ties.withId(api.kind === "rest" ? "model" : "httpModel", id);
    return node && this.ofNode(api, node);
  }

  private named(api: Api, name: string): ApiModel | undefined {
    const node = this.resource(api, name);
    if (node) return this.ofNode(api, node);
    for (const body of api.bodies) {
      const document = body.document.get();
      if (document !== undefined && namedSchema(document, name) !== undefined) {
        return this.ofDocument(api, body, document, name);
      }
    }
    return undefined;
  }

  private make(key: string, make: () => ApiModel): ApiModel {
    let model = this.made.get(key);
    if (model === undefined) {
      model = make();
      this.made.set(key, model);
    }
    return model;
  }

  private ofNode(api: Api, node: Node): ApiModel {
    return this.make(node.urn, () => {
      // A model without a schema takes anything.
      const schema = node.bag.string("schema").flatMap(parse).or(Value.known({}));
      return {
        subject: resourceSubject(node, `model "${node.displayName()}"${api.of}`, api),
        schema,
        resolve: (reference) => {
          const name = /\/restapis\/[^/]*\/models\/([^/]+)$/.exec(reference)?.[1];
          if (name !== undefined) return { kind: "model", name: unescaped(name) };
          const target = atPointer(schema.get(), reference);
          return target === undefined ? undefined : { kind: "schema", schema: target };
        },
        named: (name) => this.named(api, name),
      };
    });
  }

  private ofBody(route: Route, body: Body, document: ApiDocument, model: BodyModel): ApiModel | undefined {
    const { api } = route;
    if (model.model !== undefined && namedSchema(document, model.model) !== undefined) {
      return this.ofDocument(api, body, document, model.model);
    }
    if (!saysSomething(model)) return undefined;
    const part = `request body of ${route.label}`;
    return this.make(`${body.node.urn} ${part} ${model.contentType}`, () =>
      this.inDocument(api, body, document, part, model.schema),
    );
  }

  private ofDocument(api: Api, body: Body, document: ApiDocument, name: string): ApiModel {
    return this.make(`${body.node.urn} model ${name}`, () =>
      this.inDocument(api, body, document, `model "${name}"${api.of}`, namedSchema(document, name)),
    );
  }

  private inDocument(api: Api, body: Body, document: ApiDocument, label: string, schema: unknown): ApiModel {
    return {
      subject: { urn: body.node.urn, label, names: [body.node.name, ...api.names], tags: api.tags, part: label },
      schema: Value.known(schema),
      resolve: (reference) => {
        const name = /^#\/(?:components\/schemas|definitions)\/([^/]+)$/.exec(reference)?.[1];
        if (name !== undefined && namedSchema(document, unescaped(name)) !== undefined) {
          return { kind: "model", name: unescaped(name) };
        }
        const target = atPointer(document.raw, reference);
        return target === undefined ? undefined : { kind: "schema", schema: target };
      },
      named: (name) => this.named(api, name),
    };
  }
}

/** A schema of an OpenAPI document by its name, of which API Gateway makes a model. */
function namedSchema({ raw, version }: ApiDocument, name: string): unknown {
  const components = raw["components"];
  const schemas = version === "2.0" ? raw["definitions"] : isRecord(components) ? components["schemas"] : undefined;
  return isRecord(schemas) && Object.hasOwn(schemas, name) ? schemas[name] : undefined;
}

function parse(text: string): Value<unknown> {
  try {
    return Value.known(JSON.parse(text) as unknown);
  } catch {
    return Value.unknown("unreadable");
  }
}
