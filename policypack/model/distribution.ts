import type { Api } from "./api";
import { Bag } from "./bag";
import type { Graph } from "./graph";
import type { Node } from "./node";
import type { Tie } from "./ties";
import { Value } from "./value";

/** A CloudFront distribution in front of an API. */
export interface Front {
  readonly node: Node;
  /** As a person would name it: `CloudFront distribution "edge"`. */
  readonly label: string;
  /** It leads to the API; unknown where an origin cannot be told yet. */
  readonly leads: Value<boolean>;
  /** A web ACL is on it. */
  readonly guarded: Value<boolean>;
  /** It sends the API headers of its own, by which the API can tell who comes through it. */
  readonly secret: Value<boolean>;
}

/** The distributions of the stack that lead to an API, and those that may. */
export function frontsOf(graph: Graph, api: Api): readonly Front[] {
  const distributions = graph.of("distribution");
  if (distributions.length === 0) return [];
  const target = targetOf(graph, api);
  return distributions.flatMap((node) => {
    if (node.bag.bool("enabled").is(false)) return [];
    const origins = originsOf(node);
    const leading = origins.filter((origin) => leadsTo(graph, node, origin, target).is(true));
    const open = origins.filter((origin) => leadsTo(graph, node, origin, target).isUnknown());
    if (leading.length + open.length === 0) return [];
    return [
      {
        node,
        label: `CloudFront distribution "${node.name}"`,
        leads: leading.length > 0 ? Value.known(true) : Value.unknown<boolean>(),
        guarded: guardedBy(node),
        secret: secretOf(leading.length > 0 ? leading : open),
      },
    ];
  });
}

/** The web ACL of a distribution. */
export function webAclOfDistribution(graph: Graph, distribution: Node): Tie {
  const tie = graph.ties.follow(distribution, "webAclId", ["webAcl"]);
  if (tie.state !== "unknown") return tie;
  const [only, ...more] = graph.ties.sources(distribution, nativeProperty, ["webAcl"]);
  return only !== undefined && more.length === 0 ? { state: "node", node: only } : tie;
}

/** In aws-native everything stands in one property, and so do its dependencies. */
const nativeProperty = "distributionConfig";

interface Target {
  /** What an origin's domain name may come from: the API, its stages, its mappings and their domains. */
  readonly urns: ReadonlySet<string>;
  /** Domain names that lead to the API. */
  readonly hosts: ReadonlySet<string>;
  readonly id: string | undefined;
}

function targetOf(graph: Graph, api: Api): Target {
  const urns = new Set<string>(api.node ? [api.node.urn] : []);
  const hosts = new Set<string>();
  for (const stage of api.stages) urns.add(stage.node.urn);
  for (const mapping of graph.mappings) {
    if (mapping.api !== api) continue;
    urns.add(mapping.node.urn);
    if (mapping.domain === undefined) continue;
    if (typeof mapping.domain === "string") {
      hosts.add(mapping.domain.toLowerCase());
      continue;
    }
    const { bag, urn } = mapping.domain;
    urns.add(urn);
    const names = [
      bag.string("domainName"),
      bag.outputString("regionalDomainName"),
      (bag.object("domainNameConfiguration").get() ?? Bag.empty).outputString("targetDomainName"),
    ];
    for (const name of names) {
      const host = name.get();
      if (host !== undefined) hosts.add(host.toLowerCase());
    }
  }
  return { urns, hosts, id: api.id ?? api.node?.id.get() };
}

function isWhollyUnknown(node: Node): boolean {
  return node.bag.value(nativeProperty).isUnknown();
}

function originsOf(node: Node): readonly Value<Bag>[] {
  const origins = node.bag.bags("origins");
  if (origins.isUnknown() || isWhollyUnknown(node)) return [Value.unknown()];
  return origins.get() ?? [];
}

function leadsTo(graph: Graph, node: Node, origin: Value<Bag>, target: Target): Value<boolean> {
  const bag = origin.get();
  if (bag !== undefined && isBucket(bag)) return Value.known(false);
  const host = bag?.string("domainName").get()?.toLowerCase();
  if (host !== undefined) {
    const own = target.id !== undefined && host.startsWith(`${target.id.toLowerCase()}.execute-api.`);
    return Value.known(own || target.hosts.has(host));
  }
  const sources = [...node.sources("origins"), ...node.sources(nativeProperty)];
  const behind = sources.flatMap((urn) => {
    const source = graph.ties.at(urn);
    // A DNS record stands for what it points at.
    return source !== undefined && /route53.*record/i.test(source.type) ? [urn, ...source.allSources()] : [urn];
  });
  if (behind.some((urn) => target.urns.has(urn))) return Value.known(true);
  return behind.length === 0 ? Value.unknown() : Value.known(false);
}

function isBucket(origin: Bag): boolean {
  return origin.value("s3OriginConfig").isPresent() || origin.value("originAccessControlId").isPresent();
}

function secretOf(origins: readonly Value<Bag>[]): Value<boolean> {
  const sends = origins.map((origin) =>
    origin.map((bag) => bag.value("customHeaders").or(bag.value("originCustomHeaders")).isPresent()),
  );
  if (sends.every((one) => one.is(true))) return Value.known(true);
  return sends.every((one) => one.is(false)) ? Value.known(false) : Value.unknown();
}

/** A web ACL that is set and not known yet is one all the same; one that only the outputs would tell is not. */
function guardedBy(node: Node): Value<boolean> {
  const id = node.bag.value("webAclId");
  if (isWhollyUnknown(node) || (id.isUnknown() && !node.inputsSeen)) return Value.unknown();
  return Value.known(id.isPresent());
}
