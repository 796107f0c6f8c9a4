import type { Registered } from "../../preview/engine";

/** What resources depend on, by what was registered: Pulumi deletes a resource before what it depends on. */
export class Order {
  private readonly byUrn: ReadonlyMap<string, Registered>;

  constructor(private readonly resources: readonly Registered[]) {
    this.byUrn = new Map(resources.map((resource) => [resource.urn, resource]));
  }

  /** The resources in an order in which they can be deleted; fails where there is none. */
  deletions(): readonly Registered[] {
    const done = new Set<Registered>();
    const under = new Set<Registered>();
    const visit = (resource: Registered): void => {
      if (done.has(resource)) return;
      if (under.has(resource)) throw new Error(`${resource.urn} depends on itself`);
      under.add(resource);
      for (const one of this.needs(resource)) visit(one);
      under.delete(resource);
      done.add(resource);
    };
    for (const resource of this.resources) visit(resource);
    return [...done].reverse();
  }

  /** Whether the first must be gone before the second can be. */
  isFirst(first: Registered, second: Registered, seen = new Set<Registered>()): boolean {
    return this.needs(first).some((one) => {
      if (one === second) return true;
      if (seen.has(one)) return false;
      seen.add(one);
      return this.isFirst(one, second, seen);
    });
  }

  private needs({ dependencies, propertyDependencies, parent }: Registered): Registered[] {
    const urns = new Set([...dependencies, ...Object.values(propertyDependencies).flat(), parent]);
    return [...urns].flatMap((urn) => this.byUrn.get(urn) ?? []);
  }
}
