import type { Raw } from "../model/bag";
import { Graph } from "../model/graph";
import type { Observed } from "../model/node";
import type { Exemption } from "./exemptions";

/** What became of an exemption in this analysis. */
export interface ExemptionNote {
  readonly policy: string;
  readonly urn: string;
  readonly label: string;
  readonly exemption: Exemption;
  readonly applied: boolean;
}

/** The analyses that run in this process, one for a stack at a time. */
export class Sessions {
  private readonly byStack = new Map<string, Session>();

  /** The analysis that a resource belongs to, by its URN: `urn:pulumi:<stack>::<project>::<type>::<name>`. */
  of(urn: string): Session {
    const stack = urn.split("::", 2).join("::");
    const known = this.byStack.get(stack);
    if (known) return known;
    const session = new Session(() => this.byStack.delete(stack));
    this.byStack.set(stack, session);
    return session;
  }
}

/**
 * What the analysis of one stack remembers between the hooks, which run in one process.
 *
 * The resource hook's inputs decide presence in the stack hook. A round of the stack hook runs all policies in one
 * macrotask (the SDK only awaits resolved promises between them), so what is shared among them lives until the next
 * one begins: a new round can never see an old graph.
 */
export class Session {
  private readonly inputs = new Map<string, Raw>();
  private readonly reported = new Map<string, Set<string>>();
  private readonly deferred = new Set<string>();
  private readonly declared = new Map<string, readonly Exemption[]>();
  private readonly told = new Set<string>();
  private readonly matched = new Set<string>();
  private notes: ExemptionNote[] = [];
  private single: { readonly policies: Set<string>; readonly urn: string; readonly graph: Graph } | undefined;
  private round:
    { readonly policies: Set<string>; readonly urns: readonly string[]; readonly graph: Graph } | undefined;

  /** `end` is called once the analysis is over; nothing asks this session any more. */
  constructor(private readonly end: () => void) {}

  /** A resource came to the resource hook: what was known of it before is void. */
  see(policy: string, urn: string, inputs: Raw): void {
    this.inputs.set(urn, inputs);
    this.reported.delete(`${policy} ${urn}`);
    this.deferred.delete(`${policy} ${urn}`);
  }

  inputsOf(urn: string): Raw | undefined {
    return this.inputs.get(urn);
  }

  /** True once for each fault of a resource, whichever hook finds it first. */
  first(policy: string, urn: string, fault: string): boolean {
    const key = `${policy} ${urn}`;
    const faults = this.reported.get(key) ?? new Set();
    if (faults.has(fault)) return false;
    faults.add(fault);
    this.reported.set(key, faults);
    return true;
  }

  /** The resource hook could not tell whether an exemption covers the resource. */
  defer(policy: string, urn: string): void {
    this.deferred.add(`${policy} ${urn}`);
  }

  isDeferred(policy: string, urn: string): boolean {
    return this.deferred.has(`${policy} ${urn}`);
  }

  declare(policy: string, exemptions: readonly Exemption[]): void {
    this.declared.set(policy, exemptions);
  }

  declarations(): ReadonlyMap<string, readonly Exemption[]> {
    return this.declared;
  }

  note(note: ExemptionNote): void {
    this.notes.push(note);
  }

  /** The notes that nobody has told yet, of one resource or of all. */
  takeNotes(urn?: string): ExemptionNote[] {
    const taken = this.notes.filter((note) => urn === undefined || note.urn === urn);
    this.notes = this.notes.filter((note) => !taken.includes(note));
    for (const note of taken) this.told.add(keyOf(note.policy, note.exemption));
    return taken;
  }

  wasTold(policy: string, exemption: Exemption): boolean {
    return this.told.has(keyOf(policy, exemption));
  }

  /** An exemption covers something that a policy says, whether or not that is told of it. */
  match(policy: string, exemption: Exemption): void {
    this.matched.add(keyOf(policy, exemption));
  }

  hasMatched(policy: string, exemption: Exemption): boolean {
    return this.matched.has(keyOf(policy, exemption));
  }

  /** The graph of a stack, built by the first policy of a round. */
  graph(
    policy: string,
    urns: readonly string[],
    observe: () => readonly Observed[],
    stackTags: ReadonlyMap<string, string>,
  ): Graph {
    const { round } = this;
    if (round && !round.policies.has(policy) && sameList(round.urns, urns)) {
      round.policies.add(policy);
      return round.graph;
    }
    const graph = Graph.ofStack(observe(), stackTags);
    this.round = { policies: new Set([policy]), urns, graph };
    setImmediate(this.end);
    return graph;
  }

  /** The graph of one resource, built by the first policy that judges it; it lives as long as a round does. */
  graphOf(policy: string, observed: Observed, stackTags: ReadonlyMap<string, string>): Graph {
    const { single } = this;
    if (single && !single.policies.has(policy) && single.urn === observed.urn) {
      single.policies.add(policy);
      return single.graph;
    }
    const graph = Graph.ofResource(observed, stackTags);
    const made = { policies: new Set([policy]), urn: observed.urn, graph };
    this.single = made;
    setImmediate(() => {
      if (this.single === made) this.single = undefined;
    });
    return graph;
  }
}

function sameList(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((item, index) => item === b[index]);
}

const keyOf = (policy: string, { resource, reason, expires, source }: Exemption): string =>
  JSON.stringify([policy, resource, reason, expires, source]);
