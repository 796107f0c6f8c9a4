import type { Api } from "./api";
import { asString } from "./bag";
import { day } from "./domain";
import type { Graph } from "./graph";
import { perGraph } from "./per-graph";
import type { Stage } from "./stage";
import { resourceSubject } from "./subject";
import type { Subject } from "./subject";
import { Value } from "./value";

/** The certificate by which HTTP backends tell that API Gateway calls. */
export interface ClientCertificate {
  /** Undefined where it is another stack's, or not known yet. */
  readonly subject: Subject | undefined;
  /** The day on which it ends, `2026-01-31`. */
  readonly ends: Value<string>;
}

/** The client certificate of a stage of a REST or a WebSocket API. */
export function clientCertificateOf(graph: Graph, stage: Stage): Value<ClientCertificate> {
  const property = "clientCertificateId";
  if (stage.hearsay) return Value.unknown("partial");
  if (stage.node.bag.value(property).isAbsent() && stage.node.sources(property).length === 0) return Value.absent();
  const tie = graph.ties.follow(stage.node, property, ["clientCertificate"]);
  if (tie.state !== "node") return Value.known({ subject: undefined, ends: Value.unknown() });
  const { node } = tie;
  return Value.known({
    subject: resourceSubject(node, `client certificate "${node.name}"`),
    ends: asString(node.bag.output("expirationDate")).flatMap(day),
  });
}

/** Whether an API calls HTTP backends, to which a client certificate can be shown; unknown where it may. */
export function callsHttp(graph: Graph, api: Api): Value<boolean> {
  const known = httpBackends(graph).get(api);
  if (known?.is(true) === true) return known;
  return api.routesComplete ? (known ?? Value.known(false)) : Value.unknown("partial");
}

const httpBackends = perGraph((graph): ReadonlyMap<Api, Value<boolean>> => {
  const found = new Map<Api, Value<boolean>>();
  const add = (api: Api, type: Value<string>): void => {
    const http = type.map((text) => text.toUpperCase().startsWith("HTTP")).or(Value.known(false));
    if (http.is(false) || found.get(api)?.is(true) === true) return;
    found.set(api, http);
  };
  for (const node of graph.of("integration")) {
    add(graph.apiFor(node, "restApi", "rest"), node.bag.string("type"));
  }
  for (const node of graph.of("httpIntegration")) {
    add(graph.apiFor(node, "apiId", "http"), node.bag.string("integrationType"));
  }
  for (const { api, operation, backend } of graph.routes) {
    if (operation !== undefined && backend !== undefined) add(api, backend.type);
  }
  return found;
});
