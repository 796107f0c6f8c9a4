import { authorizersOf } from "./authorizer";
import { Bag, isRecord } from "./bag";
import type { Graph } from "./graph";
import type { Node } from "./node";
import { resourceSubject } from "./subject";
import type { Subject } from "./subject";
import { Value } from "./value";

/** A Cognito user pool of the stack. */
export interface UserPool {
  readonly subject: Subject;
  /** The fewest characters that a password may have. */
  readonly minimumLength: Value<number>;
  /** Upper case: `OFF`, `OPTIONAL`, `ON`. */
  readonly mfa: Value<string>;
  /** Upper case: `OFF`, `AUDIT`, which only watches, `ENFORCED`. */
  readonly threatProtection: Value<string>;
  /** An authorizer takes its tokens; unknown where an OpenAPI body that is not known yet may define one. */
  readonly guards: Value<boolean>;
}

/** What Cognito asks of a password where nobody sets it. */
const defaultLength = 8;

/** The user pools of the stack that authorizers use, or may use. */
export function guardingPools(graph: Graph): readonly UserPool[] {
  const pools = new Map<Node, Value<boolean>>();
  for (const api of graph.apis) {
    for (const { node, document } of api.bodies) {
      if (document.isKnown()) continue;
      for (const pool of graph.ties.sources(node, "body", ["userPool"])) pools.set(pool, Value.unknown());
    }
  }
  for (const authorizer of authorizersOf(graph)) {
    for (const pool of authorizer.pools) pools.set(pool, Value.known(true));
  }
  return [...pools].map(([node, guards]) => readUserPool(node, guards));
}

function readUserPool(node: Node, guards: Value<boolean>): UserPool {
  const { bag } = node;
  const computed = bag
    .computed("passwordPolicy")
    .flatMap((value) =>
      isRecord(value) ? Value.known(new Bag(value, undefined, false)) : Value.unknown<Bag>("unreadable"),
    );
  const policy = bag.object("passwordPolicy").or(computed);
  return {
    subject: resourceSubject(node, `user pool "${node.displayName()}"`),
    minimumLength: policy.flatMap((one) => one.number("minimumLength")).or(Value.known(defaultLength)),
    mfa: upper(bag.string("mfaConfiguration")),
    threatProtection: upper(bag.object("userPoolAddOns").flatMap((addOns) => addOns.string("advancedSecurityMode"))),
    guards,
  };
}

function upper(mode: Value<string>): Value<string> {
  return mode.map((text) => text.toUpperCase()).or(Value.known("OFF"));
}
