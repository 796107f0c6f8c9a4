import { asString } from "./bag";
import { put } from "./multi-map";
import type { Kind, Node } from "./node";
import type { Value } from "./value";

/** What a property of one resource points at. */
export type Tie =
  | { readonly state: "node"; readonly node: Node }
  /** A known id that belongs to nothing in this stack. */
  | { readonly state: "external"; readonly id: string }
  /** Something inside a component whose resources cannot be seen. */
  | { readonly state: "component"; readonly node: Node }
  | { readonly state: "unknown" }
  | { readonly state: "absent" };

/** How far an indirect edge is followed: a permission names a deployment, which names a stage, which names an API. */
const maxDepth = 4;

/** Resources whose own ties say something of what they belong to; through others, an edge means nothing. */
const passesOn: ReadonlySet<Kind> = new Set<Kind>([
  "deployment",
  "stage",
  "httpStage",
  "method",
  "resource",
  "integration",
  "httpIntegration",
  "httpRoute",
  "basePathMapping",
  "apiMapping",
  "webAclAssociation",
  "component",
]);

/** All resources of one analysis, and what points at what. */
export class Ties {
  private readonly byUrn = new Map<string, Node[]>();
  private readonly byId = new Map<string, Node>();
  private readonly byArn = new Map<string, Node>();
  private readonly children = new Map<string, Node[]>();

  constructor(nodes: readonly Node[]) {
    for (const node of nodes) {
      put(this.byUrn, node.urn, node);
      if (node.parent !== undefined) put(this.children, node.parent, node);
      if (node.kind === "other" || node.kind === "component" || node.part !== "") continue;
      const id = node.id.get();
      if (id !== undefined) this.byId.set(`${node.kind} ${id}`, node);
      const arn = node.arn.get();
      if (arn !== undefined) this.byArn.set(arn, node);
    }
  }

  at(urn: string): Node | undefined {
    return this.byUrn.get(urn)?.[0];
  }

  withArn(arn: string): Node | undefined {
    return this.byArn.get(arn);
  }

  withId(kind: Kind, id: string): Node | undefined {
    return this.byId.get(`${kind} ${id}`);
  }

  childrenOf(urn: string): readonly Node[] {
    return this.children.get(urn) ?? [];
  }

  descendantsOf(urn: string): Node[] {
    const found: Node[] = [];
    const seen = new Set([urn]);
    const open = [urn];
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      for (const child of this.childrenOf(next)) {
        found.push(child);
        if (!seen.has(child.urn)) {
          seen.add(child.urn);
          open.push(child.urn);
        }
      }
    }
    return found;
  }

  /** The one resource of these kinds that the property points at. */
  follow(node: Node, property: string, wanted: readonly Kind[]): Tie {
    const value = asString(node.bag.value(property));
    const found = this.sources(node, property, wanted);
    const known = value.get();
    if (known !== undefined) {
      const named = this.named(known, wanted);
      if (named) return { state: "node", node: named };
    }
    const [only, ...more] = found;
    if (only !== undefined && more.length === 0) return { state: "node", node: only };
    if (only === undefined) {
      const component = this.hidden(node.sources(property));
      if (component) return { state: "component", node: component };
      if (known !== undefined) return { state: "external", id: known };
      if (value.isAbsent() && node.sources(property).length === 0) return { state: "absent" };
    }
    return { state: "unknown" };
  }

  /** Every resource of these kinds that some part of the property's value came from, directly or at one remove. */
  sources(node: Node, property: string, wanted: readonly Kind[]): Node[] {
    const urns = node.sources(property);
    const direct = this.pick(urns, wanted);
    if (direct.length > 0) return direct;
    const inside = urns.flatMap((urn) => this.descendantsOf(urn)).filter((child) => wanted.includes(child.kind));
    if (inside.length > 0) return unique(inside);
    return this.indirect(urns, wanted);
  }

  private pick(urns: readonly string[], wanted: readonly Kind[]): Node[] {
    return unique(urns.flatMap((urn) => this.byUrn.get(urn) ?? []).filter((node) => wanted.includes(node.kind)));
  }

  private indirect(urns: readonly string[], wanted: readonly Kind[]): Node[] {
    const seen = new Set(urns);
    let layer: readonly string[] = urns;
    for (let depth = 0; depth < maxDepth && layer.length > 0; depth++) {
      const next: string[] = [];
      for (const urn of layer) {
        const via = this.at(urn);
        if (via === undefined || !passesOn.has(via.kind)) continue;
        for (const source of via.allSources()) {
          if (!seen.has(source)) {
            seen.add(source);
            next.push(source);
          }
        }
      }
      const found = this.pick(next, wanted);
      if (found.length > 0) return found;
      layer = next;
    }
    return [];
  }

  private named(text: string, wanted: readonly Kind[]): Node | undefined {
    const byArn = this.byArn.get(text);
    if (byArn && wanted.includes(byArn.kind)) return byArn;
    for (const kind of wanted) {
      const node = this.withId(kind, text);
      if (node) return node;
    }
    return undefined;
  }

  private hidden(urns: readonly string[]): Node | undefined {
    return urns.map((urn) => this.at(urn)).find((node) => node?.kind === "component");
  }
}

function unique(nodes: readonly Node[]): Node[] {
  return [...new Set(nodes)];
}

/** The known text of a property, or nothing. */
export function text(value: Value<unknown>): string | undefined {
  return asString(value).get();
}
