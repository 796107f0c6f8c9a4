import type { Api } from "../model/api";
import type { Graph } from "../model/graph";
import { unverified } from "./policy";
import type { Outcome } from "./policy";

/** That what OpenAPI bodies define cannot be judged, while a body is not known or cannot be read. */
export function unreadBodies(graph: Graph, what: string, concerns: (api: Api) => boolean = () => true): Outcome[] {
  return graph.apis.filter(concerns).flatMap((api) => unreadBodiesOf(api, what));
}

/** The same of one API. */
export function unreadBodiesOf(api: Api, what: string): Outcome[] {
  return api.bodies.flatMap(({ node, document, problem }) => {
    if (!document.isUnknown()) return [];
    const why = problem === undefined ? "is not known yet" : `cannot be read: ${problem}`;
    const at = { urn: node.urn, label: api.label, names: [node.name, ...api.names], tags: api.tags };
    return [unverified(`has an OpenAPI body that ${why}, so its ${what} cannot be judged`, { at })];
  });
}
