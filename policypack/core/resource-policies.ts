import type { Api } from "../model/api";
import type { Graph } from "../model/graph";
import { judgePolicy } from "../model/policy-document";
import type { Place } from "../model/policy-document";
import { resourcePoliciesOf } from "../model/resource-policy";
import type { Opening } from "./openings";
import { unverified } from "./policy";
import type { Outcome } from "./policy";
import { unreadBodiesOf } from "./unread-bodies";

/** How a sentence about a resource policy begins: of an API it has to say that there is one. */
export type Whose = "" | "has a resource policy that ";

/**
 * What the resource policies in force of an API come to: what `whenOpen` says of one that lets anyone in, that one
 * cannot be judged, or, where there is none, what `whenAbsent` says.
 */
export function judgeResourcePolicies(
  graph: Graph,
  api: Api,
  place: Place,
  whenOpen: (opening: Opening, whose: Whose) => Omit<Outcome, "at"> | undefined,
  whenAbsent?: Outcome,
): Outcome[] {
  const policies = resourcePoliciesOf(graph, api);
  if (policies.isUnknown()) {
    const unread = unreadBodiesOf(api, "resource policy");
    if (unread.length > 0 || whenAbsent === undefined || policies.reason === "partial") return unread;
    return [unverified("may have a resource policy, of one of which it is not known yet whose it is")];
  }
  if (policies.isAbsent()) return whenAbsent === undefined ? [] : [whenAbsent];
  const apiId = api.id ?? api.node?.id.get();
  return (policies.get() ?? []).flatMap(({ subject: at, source, document, problem }) => {
    const whose: Whose = source === "resource" ? "" : "has a resource policy that ";
    const policy = document.get();
    if (policy === undefined) {
      return [
        unverified(`${whose}${problem === undefined ? "is not known yet" : `cannot be read: ${problem}`}`, { at }),
      ];
    }
    const answer = judgePolicy(policy, { place, action: "execute-api:Invoke", apiId });
    if (answer.state === "closed") return [];
    if (answer.state === "unknown") return [unverified(`${whose}has parts that cannot be judged`, { at })];
    const outcome = whenOpen(answer, whose);
    return outcome === undefined ? [] : [{ ...outcome, at }];
  });
}
