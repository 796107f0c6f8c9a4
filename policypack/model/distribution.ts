import type { Api } from "./api";
import { authorizersOf } from "./authorizer";
import { Bag } from "./bag";
import type { Graph, Mapping } from "./graph";
import { put } from "./multi-map";
import type { Node } from "./node";
import { perGraph } from "./per-graph";
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
  return indexOf(graph).before(api);
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

/** An origin that is no bucket. */
interface Origin {
  /** Its domain name, in lower case, where it is known. */
  readonly host: string | undefined;
  /** Resources that its domain name may come from, where it is not. */
  readonly sources: readonly string[];
  /** It sends headers of its own. */
  readonly secret: Value<boolean>;
}

interface Distribution {
  readonly node: Node;
  readonly origins: readonly Origin[];
}

const indexOf = perGraph((graph) => new Index(graph));

/** The distributions of a graph by what they lead to, so that many APIs can be asked about. */
class Index {
  private readonly byHost = new Map<string, Distribution[]>();
  private readonly bySource = new Map<string, Distribution[]>();
  /** Distributions with an origin of which nothing is known. */
  private readonly open: Distribution[] = [];
  private readonly mappings = new Map<Api, Mapping[]>();

  constructor(private readonly graph: Graph) {
    for (const node of graph.of("distribution")) {
      if (node.bag.bool("enabled").is(false)) continue;
      const distribution: Distribution = { node, origins: originsOf(graph, node) };
      for (const { host, sources } of distribution.origins) {
        if (host !== undefined) put(this.byHost, endpointOf(host) ?? host, distribution);
        else if (sources.length === 0) this.open.push(distribution);
        for (const urn of sources) put(this.bySource, urn, distribution);
      }
    }
    for (const mapping of graph.mappings) if (mapping.api !== undefined) put(this.mappings, mapping.api, mapping);
  }

  before(api: Api): Front[] {
    if (this.byHost.size + this.bySource.size + this.open.length === 0) return [];
    const target = this.targetOf(api);
    const candidates = new Set([
      ...[...target.hosts].flatMap((host) => this.byHost.get(host) ?? []),
      ...[...target.urns].flatMap((urn) => this.bySource.get(urn) ?? []),
      ...this.open,
    ]);
    return [...candidates].map(({ node, origins }) => {
      const leading = origins.filter(
        ({ host, sources }) =>
          (host !== undefined && target.hosts.has(endpointOf(host) ?? host)) ||
          sources.some((urn) => target.urns.has(urn)),
      );
      const told = leading.length > 0;
      const open = origins.filter(({ host, sources }) => host === undefined && sources.length === 0);
      return {
        node,
        label: `CloudFront distribution "${node.name}"`,
        leads: told ? Value.known(true) : Value.unknown<boolean>(),
        guarded: guardedBy(node),
        secret: this.secretOf(told ? leading : open, api),
      };
    });
  }

  /**
   * Whether origins send headers of their own. A state keeps origins as one secret as soon as one value in them is: of an
   * API that lets in nobody without such a header, it is that one.
   */
  private secretOf(origins: readonly Origin[], api: Api): Value<boolean> {
    const hidden = origins.some(({ secret }) => secret.reason === "secret");
    const sent = (secret: Value<boolean>): boolean => secret.is(true) || secret.reason === "secret";
    if (hidden && origins.every(({ secret }) => sent(secret)) && asksForHeader(this.graph, api))
      return Value.known(true);
    if (origins.every(({ secret }) => secret.is(true))) return Value.known(true);
    return origins.every(({ secret }) => secret.is(false)) ? Value.known(false) : Value.unknown();
  }

  /** What an origin's domain name may be, or come from: the API, its stages, its mappings and their domains. */
  private targetOf(api: Api): { readonly urns: ReadonlySet<string>; readonly hosts: ReadonlySet<string> } {
    const urns = new Set<string>(api.node ? [api.node.urn] : []);
    const hosts = new Set<string>();
    const id = api.id ?? api.node?.id.get();
    if (id !== undefined) hosts.add(ownEndpoint(id));
    for (const stage of api.stages) urns.add(stage.node.urn);
    for (const mapping of this.mappings.get(api) ?? []) {
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
    return { urns, hosts };
  }
}

const ownEndpoint = (id: string): string => `${id.toLowerCase()}.execute-api`;

/** What an API's own endpoint is kept under, whatever its region: `a1b2c3d4e5.execute-api`. */
function endpointOf(host: string): string | undefined {
  const [id, service, ...domain] = host.split(".");
  return id !== undefined && service === "execute-api" && domain.length > 0 ? ownEndpoint(id) : undefined;
}

function isWhollyUnknown(node: Node): boolean {
  return node.bag.value(nativeProperty).isUnknown();
}

function originsOf(graph: Graph, node: Node): readonly Origin[] {
  const origins = node.bag.bags("origins");
  const written =
    origins.isUnknown() || isWhollyUnknown(node) ? [Value.unknown<Bag>(origins.reason)] : (origins.get() ?? []);
  const sources = [...node.sources("origins"), ...node.sources(nativeProperty)].flatMap((urn) => {
    const source = graph.ties.at(urn);
    // A DNS record stands for what it points at.
    return source !== undefined && /route53.*record/i.test(source.type) ? [urn, ...source.allSources()] : [urn];
  });
  return written.flatMap((origin) => {
    const bag = origin.get();
    if (bag !== undefined && isBucket(bag)) return [];
    const host = bag?.string("domainName").get()?.toLowerCase();
    return [{ host, sources: host === undefined ? sources : [], secret: origin.map(sendsSecret) }];
  });
}

/** It adds a header that callers have not of themselves, and that says something. */
function sendsSecret(origin: Bag): boolean {
  const headers = origin.bags("customHeaders").or(origin.bags("originCustomHeaders"));
  if (headers.isUnknown()) return true;
  return (headers.get() ?? []).some((header) => {
    const bag = header.get();
    if (bag === undefined) return true;
    const name = bag.string("name").or(bag.string("headerName")).get()?.toLowerCase() ?? "";
    const value = bag.value("value").or(bag.value("headerValue"));
    return value.isPresent() && !callersOwn.has(name) && !name.startsWith("x-forwarded-");
  });
}

function isBucket(origin: Bag): boolean {
  return origin.value("s3OriginConfig").isPresent() || origin.value("originAccessControlId").isPresent();
}

/** Headers that callers have of themselves, and that no distribution adds. */
const callersOwn: ReadonlySet<string> = new Set([
  "authorization",
  "cookie",
  "host",
  "origin",
  "user-agent",
  "x-api-key",
]);

/** Every route asks a Lambda function, which is called for nobody who has not a certain header. */
function asksForHeader(graph: Graph, api: Api): boolean {
  const asked = new Set(
    authorizersOf(graph).flatMap((authorizer) => {
      const sources = authorizer.identitySources.get() ?? [];
      const byFunction = authorizer.type.is("request") || authorizer.type.is("token");
      return authorizer.api === api && byFunction && sources.some(isOwnHeader) ? authorizer.users : [];
    }),
  );
  const guarding = api.routes.filter((route) => route.guards && !route.preflight.is(true));
  return api.routesComplete && guarding.length > 0 && guarding.every((route) => asked.has(route));
}

function isOwnHeader(source: Value<string>): boolean {
  const header = /request\.header\.([\w-]+)$/i.exec(source.get() ?? "")?.[1]?.toLowerCase();
  return header !== undefined && !callersOwn.has(header);
}

/** A web ACL that is set and not known yet is one all the same; one that only the outputs would tell is not. */
function guardedBy(node: Node): Value<boolean> {
  const id = node.bag.value("webAclId");
  if (isWhollyUnknown(node) || (id.isUnknown() && !node.inputsSeen)) return Value.unknown();
  return Value.known(id.isPresent());
}
