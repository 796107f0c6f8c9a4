import { parseLambdaArn, parseLambdaFromUri } from "./arn";
import type { LambdaTarget } from "./arn";
import type { Graph } from "./graph";
import type { Node } from "./node";
import type { Tie } from "./ties";
import type { Value } from "./value";

const functions = new WeakMap<Graph, ReadonlyMap<string, Node>>();

/** The function of the stack that a target names: by its name, unless its ARN is known to be another's. */
export function functionNamed(graph: Graph, target: LambdaTarget): Node | undefined {
  let byName = functions.get(graph);
  if (byName === undefined) {
    byName = new Map(
      graph.of("function").flatMap((node): [string, Node][] => {
        const name = node.bag.string("name").or(node.id).get();
        return name === undefined ? [] : [[name, node]];
      }),
    );
    functions.set(graph, byName);
  }
  const node = byName.get(target.functionName);
  const own = parseLambdaArn(node?.arn.get() ?? "");
  if (own === undefined) return node;
  const differs = (key: "partition" | "region" | "account"): boolean =>
    target[key] !== undefined && target[key] !== own[key];
  return differs("partition") || differs("region") || differs("account") ? undefined : node;
}

/** The alias of a function of the stack that a target is qualified with. */
export function aliasNamed(graph: Graph, target: LambdaTarget): Node | undefined {
  const { qualifier } = target;
  const owner = qualifier === undefined ? undefined : functionNamed(graph, target);
  return aliasesOf(graph, owner).find((alias) => alias.bag.string("name").is(qualifier ?? ""));
}

const aliases = new WeakMap<Graph, ReadonlyMap<Node, readonly Node[]>>();

function aliasesOf(graph: Graph, owner: Node | undefined): readonly Node[] {
  let byFunction = aliases.get(graph);
  if (byFunction === undefined) {
    const found = new Map<Node, Node[]>();
    for (const alias of graph.of("alias")) {
      const tie = graph.ties.follow(alias, "functionName", ["function"]);
      const named = tie.state === "external" ? (parseLambdaArn(tie.id) ?? bare(tie.id)) : undefined;
      const node = tie.state === "node" ? tie.node : named && functionNamed(graph, named);
      if (node !== undefined) found.set(node, [...(found.get(node) ?? []), alias]);
    }
    byFunction = found;
    aliases.set(graph, byFunction);
  }
  return (owner && byFunction.get(owner)) ?? [];
}

const bare = (functionName: string): LambdaTarget => ({
  functionName,
  qualifier: undefined,
  partition: undefined,
  region: undefined,
  account: undefined,
});

/** The function, or the alias of one, that a URI calls. */
export function functionTie(graph: Graph, uri: Value<string>, node: Node, property: string): Tie {
  const text = uri.get();
  if (text === undefined) {
    return uri.isAbsent() ? { state: "absent" } : graph.ties.follow(node, property, ["alias", "function"]);
  }
  const target = parseLambdaFromUri(text);
  if (target === undefined) return { state: "absent" };
  const found = aliasNamed(graph, target) ?? functionNamed(graph, target);
  return found ? { state: "node", node: found } : { state: "external", id: target.functionName };
}
