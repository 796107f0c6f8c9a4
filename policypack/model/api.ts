import { Bag, isRecord } from "./bag";
import { asString } from "./bag";
import type { Node } from "./node";
import type { ApiDocument } from "./openapi";
import type { Route } from "./route";
import type { Stage } from "./stage";
import type { Subject } from "./subject";
import { Value } from "./value";

export type ApiKind = "rest" | "http" | "websocket";

/** Where an API lives, as far as this stack shows it. */
export type Visibility =
  /** A resource of this stack. */
  | "stack"
  /** Known only by its id: another stack's. */
  | "external"
  /** Inside a component that shows none of its resources. */
  | "component"
  /** Nothing tells which API it is. */
  | "unknown";

const titles: Readonly<Record<ApiKind, string>> = { rest: "REST API", http: "HTTP API", websocket: "WebSocket API" };

/** An OpenAPI document that defines routes of an API. */
export interface Body {
  /** The resource that carries it: the API itself, or a `RestApiPut`. */
  readonly node: Node;
  /** The document; unknown while it embeds what is unknown, or where it cannot be read. */
  readonly document: Value<ApiDocument>;
  /** Why it cannot be read. */
  readonly problem?: string;
}

/** An API with everything this stack says about it put together. */
export class Api implements Subject {
  readonly routes: Route[] = [];
  readonly stages: Stage[] = [];
  readonly bodies: Body[] = [];

  constructor(
    readonly kind: ApiKind,
    readonly visibility: Visibility,
    /** The API's resource, or the component that hides it. */
    readonly node: Node | undefined,
    readonly id: string | undefined,
    /** Everything the stack has of the API is here; false where one resource is looked at alone. */
    readonly whole: boolean,
    /** False where nothing tells whether it is an HTTP or a WebSocket API; its `kind` is a guess then. */
    readonly protocolKnown = true,
  ) {}

  get urn(): string {
    return this.node?.urn ?? "";
  }

  get name(): string | undefined {
    return this.node?.displayName() ?? this.id;
  }

  get title(): string {
    return this.protocolKnown ? titles[this.kind] : "HTTP or WebSocket API";
  }

  get label(): string {
    if (this.visibility === "component") return `component "${this.node?.name ?? ""}"`;
    if (this.name === undefined) return `${this.title.startsWith("H") ? "an" : "a"} ${this.title}`;
    return `${this.title} "${this.name}"${this.visibility === "external" ? " of another stack" : ""}`;
  }

  get names(): readonly string[] {
    return this.node ? [this.node.name, this.node.displayName()] : this.id === undefined ? [] : [this.id];
  }

  get tags(): Subject["tags"] {
    return this.node?.tags;
  }

  /** `of REST API "orders"`, or nothing where the API is not known. */
  get of(): string {
    return this.visibility === "unknown" ? "" : ` of ${this.label}`;
  }

  /**
   * The bodies whose settings are in force. A `RestApiPut` comes after the API's own body and overwrites the policy, the
   * gateway responses, the endpoint's settings and whatever else the API says of itself; which of several comes last,
   * nothing tells. Routes are not so simple: the API's own body comes back with its next change, and methods of their
   * own may be made after the put, so those of all count.
   */
  get imports(): readonly Body[] {
    const puts = this.bodies.filter(({ node }) => node.kind === "restApiPut");
    return puts.length > 0 ? puts : this.bodies;
  }

  /** Routes may be missing here: the body cannot be read yet, or another stack has them. */
  get routesComplete(): boolean {
    return this.whole && this.visibility === "stack" && this.bodies.every((body) => body.document.isKnown());
  }

  /** An HTTP API by quick create: AWS makes a stage and a route for it that no resource describes. */
  get quickCreated(): boolean {
    return this.kind === "http" && this.node?.kind === "httpApi" && this.node.bag.value("target").isPresent();
  }

  /** The resource's own, else that of a body. */
  get description(): Value<string> {
    return this.told("description", (document) => document.description);
  }

  /** The version an HTTP or WebSocket API says it has: the resource's own, else that of a body. */
  get version(): Value<string> {
    return this.told("version", (document) => document.apiVersion);
  }

  private told(property: string, inBody: (document: ApiDocument) => string | undefined): Value<string> {
    if (!this.node || this.visibility !== "stack") return Value.unknown("partial");
    let value = this.node.bag.string(property);
    for (const { document } of this.imports) {
      value = value.or(document.flatMap((one) => fromText(inBody(one))));
    }
    return value;
  }

  get defaultEndpointDisabled(): Value<boolean> {
    if (!this.node || this.visibility !== "stack") return Value.unknown("partial");
    const own = this.node.bag.bool("disableExecuteApiEndpoint");
    if (own.is(true) || own.isUnknown()) return own;
    const { imports } = this;
    const unread = imports.find(({ document }) => document.isUnknown());
    if (unread) return Value.unknown(unread.document.reason);
    return Value.known(
      imports.length > 0 && imports.every(({ document }) => document.get()?.disableExecuteApiEndpoint === true),
    );
  }

  /** The security policy of a REST API's own endpoint, by its name: its argument's, its body's, or the service's. */
  get securityPolicy(): Value<string> {
    if (!this.node || this.visibility !== "stack") return Value.unknown("partial");
    const own = this.node.bag.string("securityPolicy");
    if (own.isPresent()) return own;
    for (const { document } of this.imports) {
      if (document.isUnknown()) return Value.unknown(document.reason);
      const written = document.get()?.securityPolicy;
      if (written !== undefined) return Value.known(written);
    }
    // What AWS was told before stays.
    const kept = asString(this.node.bag.computed("securityPolicy"));
    return kept.or(this.endpointType.map((type) => (type === "PRIVATE" ? "TLS_1_2" : "TLS_1_0")));
  }

  /** `REGIONAL`, `EDGE` or `PRIVATE`. */
  get endpointType(): Value<string> {
    if (this.kind !== "rest") return Value.known("REGIONAL");
    if (!this.node || this.visibility !== "stack") return Value.unknown("partial");
    const { bag } = this.node;
    const imported = this.bodies.length > 0 ? bag.object("parameters") : Value.absent<Bag>();
    return bag
      .object("endpointConfiguration")
      .flatMap(typeOf)
      .or(imported.flatMap((parameters) => parameters.string("endpointConfigurationTypes")))
      .or(existing(bag))
      .map((type) => type.toUpperCase())
      .or(Value.known("EDGE"));
  }
}

/** Which API it is, of this stack or of another, is known. */
export const isTold = (api: Api): boolean => api.visibility === "stack" || api.visibility === "external";

function fromText(text: string | undefined): Value<string> {
  return text === undefined ? Value.absent() : Value.known(text);
}

function typeOf(configuration: Bag): Value<string> {
  return configuration.strings("types").flatMap(([type]) => type ?? Value.absent<string>());
}

/** What an API that exists has and its program does not say. */
function existing(bag: Bag): Value<string> {
  const configuration = bag.computed("endpointConfiguration").get();
  const one: unknown = Array.isArray(configuration) ? configuration[0] : configuration;
  return isRecord(one) ? typeOf(new Bag(one, undefined, false)) : Value.absent();
}
