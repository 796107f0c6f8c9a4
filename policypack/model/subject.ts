import type { Node } from "./node";
import type { Value } from "./value";

/** Something a finding can be about. */
export interface Subject {
  /** The most specific resource behind it. */
  readonly urn: string;
  /** As the user would name it: `stage "prod" of REST API "orders"`. */
  readonly label: string;
  /** Names an exemption may use beside the URN: the resource's and the API's. */
  readonly names: readonly string[];
  /** Tells it from others of the same resource, as operations of one body. */
  readonly part?: string | undefined;
  /** Tags that may carry an exemption. */
  readonly tags?: Value<ReadonlyMap<string, Value<string>>> | undefined;
}

/** A resource as a subject of its own: `usage plan "partners"`. */
export function resourceSubject(node: Node, label: string, api?: Subject): Subject {
  return { urn: node.urn, label, names: [node.name, node.displayName(), ...(api?.names ?? [])], tags: node.tags };
}
