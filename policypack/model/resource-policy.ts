import type { Api } from "./api";
import { toValue } from "./bag";
import type { Graph } from "./graph";
import { put } from "./multi-map";
import type { Node } from "./node";
import { perGraph } from "./per-graph";
import { readPolicyOf } from "./policy-document";
import type { ReadPolicy } from "./policy-document";
import { resourceSubject } from "./subject";
import type { Subject } from "./subject";
import { Value } from "./value";

/** The resource policy of an API, wherever it was written. */
export interface ResourcePolicy extends ReadPolicy {
  /** `resource policy "orders" of REST API "orders"`, or the API itself, whose argument or body has it. */
  readonly subject: Subject;
  readonly source: "resource" | "argument" | "body";
}

/**
 * The resource policies in force of an API: a `RestApiPolicy` stands over the API's own argument, and that over the
 * body. There is one; only several `RestApiPolicy` of one API, of which the last that was written counts, are more.
 * Unknown where a body may have one, where the resources that may stand over it cannot be seen, and where it is not
 * known of one whose it is.
 */
export function resourcePoliciesOf(graph: Graph, api: Api): Value<readonly ResourcePolicy[]> {
  const { ofApi, astray } = separateOf(graph);
  const separate = ofApi.get(api) ?? [];
  if (separate.length > 0) {
    return Value.known(
      separate.map((node) => ({
        subject: resourceSubject(node, `resource policy "${node.name}"${api.of}`, api),
        source: "resource",
        ...read(node.bag.value("policy")),
      })),
    );
  }
  if (api.visibility !== "stack" || api.node === undefined) return Value.unknown("partial");
  const own = api.node.bag.value("policy");
  if (own.isPresent()) return Value.known([{ subject: api, source: "argument", ...read(own) }]);
  if (!graph.whole) return Value.unknown("partial");
  for (const { node, document, problem } of api.imports.toReversed()) {
    const policy = document.get()?.policy;
    if (document.isUnknown()) return Value.unknown(problem === undefined ? document.reason : "unreadable");
    if (policy === undefined) continue;
    const subject = { urn: node.urn, label: api.label, names: [node.name, ...api.names], tags: api.tags };
    return Value.known([{ subject, source: "body", ...read(toValue(policy)) }]);
  }
  // What was set once and is no longer in the program stays with the API.
  const existing = api.node.bag.computed("policy");
  if (existing.isPresent()) return Value.known([{ subject: api, source: "argument", ...read(existing) }]);
  return astray ? Value.unknown("preview") : Value.absent();
}

/** A `RestApiPolicy` without a policy is none that AWS takes. */
function read(written: Value<unknown>): ReadPolicy {
  return written.isAbsent() ? { document: Value.unknown() } : readPolicyOf(written);
}

/** The `RestApiPolicy` resources of a graph. */
interface Separate {
  readonly ofApi: ReadonlyMap<Api, readonly Node[]>;
  /** It is not known of one whose it is. */
  readonly astray: boolean;
}

const separateOf = perGraph((graph): Separate => {
  const ofApi = new Map<Api, Node[]>();
  for (const node of graph.of("restApiPolicy")) {
    put(ofApi, graph.apiFor(node, "restApiId", "rest"), node);
  }
  return { ofApi, astray: [...ofApi.keys()].some(({ visibility }) => visibility === "unknown") };
});
