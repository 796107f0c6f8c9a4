import type { Api } from "./api";
import type { Bag } from "./bag";
import { asString } from "./bag";
import type { Graph } from "./graph";
import { put } from "./multi-map";
import type { Node } from "./node";
import { perGraph } from "./per-graph";
import { readPolicyOf } from "./policy-document";
import type { ReadPolicy } from "./policy-document";
import { resourceSubject } from "./subject";
import type { Subject } from "./subject";
import { Value } from "./value";

/** A custom domain of the stack: of REST APIs, of HTTP and WebSocket APIs, or private. */
export interface CustomDomain {
  readonly node: Node;
  readonly subject: Subject;
  /** `api.example.com`. */
  readonly name: Value<string>;
  /** By its name; the service's default where nobody sets it. */
  readonly securityPolicy: Value<string>;
  /** It can have another policy than `TLS_1_2`: one of HTTP and WebSocket APIs cannot. */
  readonly policyChoosable: boolean;
  readonly mutualTls: Value<MutualTls>;
  /** Of a private domain: who may call through it. Absent: AWS gives it one that lets in nobody. */
  readonly policy: ReadPolicy;
  /** Its certificate stands in the program, private key and all, and API Gateway imports it. */
  readonly inlineCertificate: boolean;
}

export interface MutualTls {
  /** The version of the truststore's object; absent: whatever lies there when AWS looks. */
  readonly truststoreVersion: Value<string>;
}

/** What all kinds of custom domains accept where nobody says (semantics of API Gateway since 2025). */
const defaultPolicy = "TLS_1_2";

/** The custom domains that the graph shows. */
export const domainsOf = perGraph((graph): readonly CustomDomain[] => graph.of("domain", "httpDomain").map(readDomain));

function readDomain(node: Node): CustomDomain {
  const { bag } = node;
  const name = bag.string("domainName");
  const http = node.kind === "httpDomain";
  const security = http
    ? configurationOf(node).flatMap((one) => one.string("securityPolicy"))
    : asString(bag.computed("securityPolicy"));
  return {
    node,
    subject: resourceSubject(node, `custom domain "${name.get() ?? node.name}"`),
    name,
    securityPolicy: security.or(Value.known(defaultPolicy)),
    policyChoosable: !http,
    mutualTls: bag
      .object("mutualTlsAuthentication")
      .flatMap((one) =>
        one.value("truststoreUri").isPresent()
          ? Value.known({ truststoreVersion: one.string("truststoreVersion") })
          : Value.absent<MutualTls>(),
      ),
    policy: isPublic(node) ? { document: Value.absent() } : readPolicyOf(bag.computed("policy")),
    inlineCertificate: bag.value("certificateBody").isPresent() || bag.value("certificatePrivateKey").isPresent(),
  };
}

/** Only a private domain has a policy; one of a kind that is not known may be private. */
function isPublic(node: Node): boolean {
  if (node.kind === "httpDomain") return true;
  const types = node.bag.object("endpointConfiguration").flatMap((one) => one.strings("types"));
  const [type] = types.get() ?? [];
  return type?.isKnown() === true && type.get()?.toUpperCase() !== "PRIVATE";
}

/** An HTTP domain's configuration: one object in aws, a list of them in aws-native, of which AWS takes one. */
function configurationOf(node: Node): Value<Bag> {
  const { bag } = node;
  return bag
    .bags("domainNameConfiguration")
    .or(bag.bags("domainNameConfigurations"))
    .flatMap((all) => all[0] ?? Value.absent<Bag>());
}

/** The APIs that a custom domain leads to, by the domain's resource. */
export function apisBehind(graph: Graph): ReadonlyMap<Node, readonly Mapped[]> {
  const behind = new Map<Node, Map<Api | undefined, Node>>();
  const add = (domain: Node, api: Api | undefined, by: Node): void => {
    const apis = behind.get(domain) ?? new Map<Api | undefined, Node>();
    behind.set(domain, apis);
    if (!apis.has(api)) apis.set(api, by);
  };
  for (const { domain, api, node } of graph.mappings) {
    if (node.kind === "routingRule") continue;
    if (typeof domain === "object" && (api !== undefined || !isElsewhere(graph, node))) add(domain, api, node);
  }
  const named = new Map(
    graph.of("domain", "httpDomain").map((node) => [node.bag.string("domainName").get() ?? node.urn, node]),
  );
  for (const rule of graph.of("routingRule")) {
    const tie = graph.ties.follow(rule, "domainName", ["domain", "httpDomain"]);
    const domain = tie.state === "node" ? tie.node : tie.state === "external" ? named.get(lastOf(tie.id)) : undefined;
    if (domain === undefined) continue;
    for (const api of invokedBy(graph, rule)) add(domain, api, rule);
  }
  return new Map([...behind].map(([domain, apis]) => [domain, [...apis].map(([api, by]) => ({ api, by }))]));
}

/** A custom domain in front of an API, be it of this stack or not. */
export interface DomainFront {
  /** `custom domain "api.example.com"`. */
  readonly label: string;
  readonly mutualTls: boolean;
}

/** The custom domains that lead to an API of the stack. */
export function domainsBefore(graph: Graph, api: Api): readonly DomainFront[] {
  return frontsByApi(graph).get(api) ?? [];
}

const frontsByApi = perGraph((graph): ReadonlyMap<Api, readonly DomainFront[]> => {
  const found = new Map<Api, DomainFront[]>();
  const add = (api: Api | undefined, front: DomainFront): void => {
    if (api !== undefined) put(found, api, front);
  };
  const domains = new Map(domainsOf(graph).map((domain) => [domain.node, domain]));
  for (const [node, mapped] of apisBehind(graph)) {
    const domain = domains.get(node);
    const label = domain?.subject.label ?? "a custom domain";
    for (const { api } of mapped) add(api, { label, mutualTls: domain?.mutualTls.isPresent() === true });
  }
  // Those of another stack are known by their names only.
  for (const { domain, api } of graph.mappings) {
    if (typeof domain === "object") continue;
    add(api, {
      label: domain === undefined ? "a custom domain" : `custom domain "${lastOf(domain)}"`,
      mutualTls: false,
    });
  }
  return found;
});

/** A mapping of an API that lives in another stack. */
function isElsewhere(graph: Graph, mapping: Node): boolean {
  const property = mapping.kind === "basePathMapping" ? "restApi" : "apiId";
  return graph.ties.follow(mapping, property, ["restApi", "httpApi"]).state === "external";
}

/** An API of the stack behind a custom domain; undefined where it is not known yet. */
export interface Mapped {
  readonly api: Api | undefined;
  /** The mapping or the routing rule. */
  readonly by: Node;
}

/** Routing rules lead to REST APIs only. */
function invokedBy(graph: Graph, rule: Node): (Api | undefined)[] {
  const tied = graph.ties.sources(rule, "actions", ["restApi"]);
  const actions = rule.bag.bags("actions");
  const ids = (actions.get() ?? []).flatMap((action) => {
    const id = action.flatMap((bag) => bag.object("invokeApi")).flatMap((bag) => bag.string("apiId"));
    return id.get() ?? [];
  });
  const nodes = new Set([...tied, ...ids.flatMap((id) => graph.ties.withId("restApi", id) ?? [])]);
  if (nodes.size === 0 && ids.length === 0) return [undefined];
  return [...nodes].map((node) => graph.apiAt(node));
}

/** A name out of an ARN: `arn:aws:apigateway:eu-west-1::/domainnames/api.example.com`. */
function lastOf(text: string): string {
  return text.slice(text.lastIndexOf("/") + 1);
}

/** A certificate of the stack that custom domains show to callers. */
export interface DomainCertificate {
  readonly subject: Subject;
  /** The first of the domains that show it. */
  readonly domain: CustomDomain;
  /** Made elsewhere and handed to ACM, private key and all: nobody renews it. */
  readonly imported: boolean;
  /** The names it is for, `*.example.com` among them. */
  readonly names: readonly Value<string>[];
  /** `RSA_2048`, `EC_prime256v1` … */
  readonly keyAlgorithm: Value<string>;
  /** The day on which it ends, `2026-01-31`. */
  readonly ends: Value<string>;
}

/** The certificates of the stack that custom domains show, each once. */
export function certificatesOf(graph: Graph): readonly DomainCertificate[] {
  const found = new Map<Node, CustomDomain>();
  for (const domain of domainsOf(graph)) {
    for (const property of certificateProperties) {
      for (const certificate of certificatesAt(graph, domain.node, property)) {
        if (!found.has(certificate)) found.set(certificate, domain);
      }
    }
  }
  return [...found].map(([node, domain]) => readCertificate(node, domain));
}

const certificateProperties = [
  "certificateArn",
  "regionalCertificateArn",
  "domainNameConfiguration",
  "domainNameConfigurations",
] as const;

/** Certificates that a property names, be it by way of their validation. */
function certificatesAt(graph: Graph, domain: Node, property: string): readonly Node[] {
  const nested = configurationOf(domain).flatMap((one) => one.string("certificateArn"));
  const arn = property.startsWith("domainName") ? nested : domain.bag.string(property);
  const named = arn.isKnown() ? graph.ties.withArn(arn.get() ?? "") : undefined;
  if (named?.kind === "certificate") return [named];
  return graph.ties.sources(domain, property, ["certificate", "certificateValidation"]).flatMap((node) => {
    if (node.kind === "certificate") return [node];
    const tie = graph.ties.follow(node, "certificateArn", ["certificate"]);
    return tie.state === "node" ? [tie.node] : [];
  });
}

function readCertificate(node: Node, domain: CustomDomain): DomainCertificate {
  const { bag } = node;
  const own = ["certificateBody", "privateKey", "privateKeyWo"].some((key) => bag.value(key).isPresent());
  const type = asString(bag.computed("type"));
  const alternatives = bag.strings("subjectAlternativeNames");
  const others = alternatives.isUnknown() ? [Value.unknown<string>(alternatives.reason)] : (alternatives.get() ?? []);
  return {
    subject: resourceSubject(node, `certificate "${node.name}"`),
    domain,
    imported: own || type.is("IMPORTED"),
    names: [asString(bag.computed("domainName")), ...others],
    keyAlgorithm: asString(bag.computed("keyAlgorithm")),
    ends: asString(bag.computed("notAfter")).flatMap(day),
  };
}

/** The day of a time such as `2026-01-31T12:00:00Z`. */
export function day(time: string): Value<string> {
  const parsed = Date.parse(time);
  return Number.isNaN(parsed) ? Value.unknown("unreadable") : Value.known(new Date(parsed).toISOString().slice(0, 10));
}
