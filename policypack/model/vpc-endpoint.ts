import type { Graph } from "./graph";
import type { Node } from "./node";
import { readPolicyOf } from "./policy-document";
import type { ReadPolicy } from "./policy-document";
import { resourceSubject } from "./subject";
import type { Subject } from "./subject";
import { Value } from "./value";

/** A VPC endpoint through which private APIs are called. */
export interface ExecuteApiEndpoint extends ReadPolicy {
  /** The endpoint, or the separate resource that has its policy. */
  readonly subject: Subject;
  /** It is one of `execute-api`; unknown where its service is. */
  readonly certain: boolean;
}

/**
 * The VPC endpoints of the stack that lead, or may lead, to `execute-api`; one without a policy has that of AWS, which
 * lets anyone call anything.
 */
export function executeApiEndpointsOf(graph: Graph): readonly ExecuteApiEndpoint[] {
  const separate = new Map<Node, Node>();
  let astray = false;
  for (const node of graph.of("vpcEndpointPolicy")) {
    const tie = graph.ties.follow(node, "vpcEndpointId", ["vpcEndpoint"]);
    if (tie.state === "node") separate.set(tie.node, node);
    else if (tie.state === "unknown") astray = true;
  }
  return graph.of("vpcEndpoint").flatMap((node): ExecuteApiEndpoint[] => {
    const service = node.bag.string("serviceName");
    if (!service.isUnknown() && !/\.execute-api(-fips)?$/i.test(service.get() ?? "")) return [];
    const endpoint = resourceSubject(node, `VPC endpoint "${node.name}"`);
    const certain = service.isKnown();
    const own = separate.get(node);
    if (own !== undefined) {
      const subject = resourceSubject(own, `policy "${own.name}" of ${endpoint.label}`, endpoint);
      return [{ subject, certain, ...readPolicyOf(own.bag.value("policy")) }];
    }
    const written = node.bag.computed("policy");
    if (written.isAbsent() && astray) return [{ subject: endpoint, certain, document: Value.unknown() }];
    return [{ subject: endpoint, certain, ...readPolicyOf(written) }];
  });
}
