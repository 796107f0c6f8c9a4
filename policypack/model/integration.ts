import type { Api } from "./api";
import { parseArn } from "./arn";
import { Bag } from "./bag";
import type { Graph } from "./graph";
import { put } from "./multi-map";
import type { Node } from "./node";
import type { BodyIntegration } from "./openapi";
import { perGraph } from "./per-graph";
import type { Route } from "./route";
import { resourceSubject } from "./subject";
import type { Subject } from "./subject";
import { Value } from "./value";

/** What a route calls, wherever it was written. */
export interface Integration {
  /** `the integration of GET /orders of REST API "orders"`, or `integration "orders"` where its route is not known. */
  readonly subject: Subject;
  readonly api: Api;
  readonly source: "resource" | "body" | "quick-create";
  /** `AWS_PROXY`, `HTTP`, `MOCK` …, upper case. */
  readonly type: Value<string>;
  readonly uri: Value<string>;
  /** `INTERNET` or `VPC_LINK`, upper case. */
  readonly connection: Value<string>;
  /** A load balancer's ARN behind a VPC link, beside which the URI only names the host. */
  readonly target: Value<string>;
  /** Settings of the connection's TLS; an HTTP API speaks TLS through a VPC link where there are any. */
  readonly tls: Value<Bag>;
  /** A role's ARN, or `arn:aws:iam::*:user/*` for the caller's own identity. */
  readonly credentials: Value<string>;
  /** What goes into the request: `integration.request.header.X-Id`, `overwrite:header.x-id` … with where it comes from. */
  readonly parameters: Value<readonly Mapping[]>;
  /** Mapping templates of the request's body. */
  readonly templates: readonly Value<string>[];
  /** In milliseconds; absent: what API Gateway takes, 29 seconds, and 30 for an HTTP API. */
  readonly timeout: Value<number>;
}

export interface Mapping {
  readonly to: string;
  readonly from: Value<string>;
}

/** The type calls a backend over HTTP; unknown as long as the type is. */
export function callsHttp({ type }: Integration): Value<boolean> {
  return type.map((name) => name === "HTTP" || name === "HTTP_PROXY");
}

/** Every integration that the graph shows. */
export const integrationsOf = perGraph((graph): readonly Integration[] => [
  ...ofResources(graph),
  ...ofBodies(graph),
  ...ofQuickCreate(graph),
]);

// Resources

function ofResources(graph: Graph): Integration[] {
  const routes = new Map<Node, Route[]>();
  for (const route of graph.routes) {
    if (route.source === "resource" && route.backend !== undefined) put(routes, route.backend.node, route);
  }
  const read = (node: Node, api: Api, names: Names): Integration => ({
    subject: subjectOf(node, api, routes.get(node) ?? []),
    api,
    source: "resource",
    ...readBag(node.bag, names),
  });
  const rest = { type: "type", uri: "uri", credentials: "credentials", timeout: "timeoutMilliseconds" };
  const http = {
    type: "integrationType",
    uri: "integrationUri",
    credentials: "credentialsArn",
    timeout: "timeoutMilliseconds",
  };
  return [
    ...graph.of("integration").map((node) => read(node, graph.apiFor(node, "restApi", "rest"), rest)),
    ...graph.of("httpIntegration").map((node) => read(node, graph.apiFor(node, "apiId", "http"), http)),
  ];
}

/** What a dialect calls the properties that have more than one name. */
interface Names {
  readonly type: string;
  readonly uri: string;
  readonly credentials: string;
  readonly timeout: string;
}

function readBag(bag: Bag, names: Names): Omit<Integration, "subject" | "api" | "source"> {
  const templates = bag.object("requestTemplates").get();
  return {
    type: upper(bag.string(names.type)),
    uri: bag.string(names.uri),
    connection: upper(bag.string("connectionType")).or(Value.known("INTERNET")),
    target: bag.string("integrationTarget"),
    tls: bag.object("tlsConfig"),
    credentials: bag.string(names.credentials),
    parameters: bag
      .object("requestParameters")
      .map((mappings) => mappings.keys().map((to) => ({ to, from: mappings.string(to) }))),
    templates: templates?.keys().map((key) => templates.string(key)) ?? [],
    timeout: bag.number(names.timeout),
  };
}

function subjectOf(node: Node, api: Api, routes: readonly Route[]): Subject {
  const [only, ...more] = routes;
  const label =
    only !== undefined && more.length === 0
      ? `the integration of ${only.label}`
      : `integration "${node.name}"${api.of}`;
  return { ...resourceSubject(node, label, api), tags: api.tags };
}

const upper = (value: Value<string>): Value<string> => value.map((text) => text.toUpperCase());

// Bodies

function ofBodies(graph: Graph): Integration[] {
  return graph.routes.flatMap((route) => {
    const written = route.operation?.integration;
    return written === undefined ? [] : [ofOperation(route, written)];
  });
}

function ofOperation({ urn, names, part, tags, label, api }: Route, { definition }: BodyIntegration): Integration {
  return {
    subject: { urn, names, part, tags, label: `the integration of ${label}` },
    api,
    source: "body",
    ...readBag(new Bag(definition, undefined, false), {
      type: "type",
      uri: "uri",
      credentials: "credentials",
      timeout: "timeoutInMillis",
    }),
  };
}

// Quick create

function ofQuickCreate(graph: Graph): Integration[] {
  return graph.of("httpApi").flatMap((node): Integration[] => {
    const uri = node.bag.string("target");
    if (uri.isAbsent()) return [];
    const api = graph.apiAt(node);
    const subject: Subject = {
      urn: node.urn,
      label: `the integration${api.of}, made by quick create,`,
      names: api.names,
      part: "quick-create",
      tags: api.tags,
    };
    const calledFunction = graph.ties.sources(node, "target", ["function", "alias"]).length > 0;
    return [
      {
        subject,
        api,
        source: "quick-create",
        type:
          uri.isUnknown() && calledFunction
            ? Value.known("AWS_PROXY")
            : uri.map((text) => (parseArn(text) === undefined ? "HTTP_PROXY" : "AWS_PROXY")),
        uri,
        connection: Value.known("INTERNET"),
        target: Value.absent(),
        tls: Value.absent(),
        credentials: node.bag.string("credentialsArn"),
        parameters: Value.absent(),
        templates: [],
        timeout: Value.absent(),
      },
    ];
  });
}
