import { parseLambdaArn, parseLambdaFromUri } from "./arn";
import type { LambdaTarget } from "./arn";
import type { Graph } from "./graph";
import { put } from "./multi-map";
import type { Node } from "./node";
import { perGraph } from "./per-graph";
import type { Tie } from "./ties";
import type { Value } from "./value";

const functionsByName = perGraph((graph): ReadonlyMap<string, Node> => {
  return new Map(
    graph.of("function").flatMap((node): [string, Node][] => {
      const name = node.bag.string("name").or(node.id).get();
      return name === undefined ? [] : [[name, node]];
    }),
  );
});

/** The function of the stack that a target names: by its name, unless its ARN is known to be another's. */
export function functionNamed(graph: Graph, target: LambdaTarget): Node | undefined {
  const node = functionsByName(graph).get(target.functionName);
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
  return (owner && aliasesByFunction(graph).get(owner))?.find((alias) => alias.bag.string("name").is(qualifier ?? ""));
}

const aliasesByFunction = perGraph((graph): ReadonlyMap<Node, readonly Node[]> => {
  const found = new Map<Node, Node[]>();
  for (const alias of graph.of("alias")) {
    const tie = graph.ties.follow(alias, "functionName", ["function"]);
    const named = tie.state === "external" ? (parseLambdaArn(tie.id) ?? bare(tie.id)) : undefined;
    const node = tie.state === "node" ? tie.node : named && functionNamed(graph, named);
    if (node !== undefined) put(found, node, alias);
  }
  return found;
});

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
