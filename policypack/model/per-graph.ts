import type { Graph } from "./graph";

/** What is derived of a graph once, however often and by however many policies it is asked for. */
export function perGraph<T>(derive: (graph: Graph) => T): (graph: Graph) => T {
  const derived = new WeakMap<Graph, { readonly value: T }>();
  return (graph) => {
    let found = derived.get(graph);
    if (found === undefined) {
      found = { value: derive(graph) };
      derived.set(graph, found);
    }
    return found.value;
  };
}
