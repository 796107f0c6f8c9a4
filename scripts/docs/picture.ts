import type { Registered } from "../../preview/engine";

/** Groups of the picture by the service a resource belongs to, in the order in which they stand. */
const groups: Readonly<Record<string, string>> = {
  route53: "DNS",
  acm: "Certificates",
  cloudfront: "CloudFront",
  wafv2: "WAF",
  apigateway: "API Gateway",
  apigatewayv2: "API Gateway",
  lambda: "Lambda",
  iam: "IAM",
  ec2: "VPC",
  secretsmanager: "Secrets Manager",
  cloudwatch: "CloudWatch",
  kms: "KMS",
  s3: "S3",
};

const other = "Other";

/**
 * What a component creates, as a Mermaid flowchart: its resources in groups by service, and arrows from what is named
 * to what names it. What is told by way of another arrow is left out.
 */
export function pictureOf(component: string, resources: readonly Registered[]): string[] {
  const owner = resources.find(({ type }) => type === `gatehouse:index:${component}`);
  if (owner === undefined) return [];
  const parents = new Map(resources.map(({ urn, parent }) => [urn, parent]));
  const isInside = (urn: string): boolean => {
    for (let above = parents.get(urn); above !== undefined; above = parents.get(above)) {
      if (above === owner.urn) return true;
    }
    return false;
  };
  const inside = resources.filter(({ urn, custom }) => custom && isInside(urn));
  const sources = new Map(inside.map((resource) => [resource.urn, sourcesOf(resource, resources)]));
  const outside = resources.filter(
    ({ urn, custom }) => custom && !isInside(urn) && [...sources.values()].some((named) => named.has(urn)),
  );
  const shown = new Map([...outside, ...inside].map(({ urn }, place) => [urn, `n${String(place)}`]));
  const node = ({ urn, type, name }: Registered): string =>
    `${shown.get(urn) ?? ""}["${type.split(":").at(-1) ?? type}<br/>${name}"]`;
  const lines = ["```mermaid", "flowchart LR"];
  for (const resource of outside) lines.push(`  ${node(resource).replace("[", "([").replace("]", "])")}`);
  const titles = [...new Set([...Object.values(groups), other])];
  for (const [place, title] of titles.entries()) {
    const members = inside.filter(({ type }) => groupOf(type) === title);
    if (members.length === 0) continue;
    lines.push(`  subgraph g${String(place)}["${title}"]`, ...members.map((one) => `    ${node(one)}`), "  end");
  }
  for (const [urn, named] of sources) {
    const shownNames = [...named].filter((source) => shown.has(source));
    const told = (source: string): boolean =>
      shownNames.some((via) => via !== source && leadsTo(via, source, sources, new Set([urn])));
    for (const source of shownNames) {
      if (!told(source)) lines.push(`  ${shown.get(source) ?? ""} --> ${shown.get(urn) ?? ""}`);
    }
  }
  return [...lines, "```"];
}

const groupOf = (type: string): string => groups[/^aws:([a-z0-9]+)\//.exec(type)?.[1] ?? ""] ?? other;

function sourcesOf(resource: Registered, resources: readonly Registered[]): ReadonlySet<string> {
  const there = new Set(resources.map(({ urn }) => urn));
  return new Set(
    Object.values(resource.propertyDependencies)
      .flat()
      .filter((urn) => urn !== resource.urn && there.has(urn)),
  );
}

/** One names the other, by way of others or not. */
function leadsTo(
  from: string,
  to: string,
  sources: ReadonlyMap<string, ReadonlySet<string>>,
  seen: Set<string>,
): boolean {
  if (seen.has(from)) return false;
  seen.add(from);
  const named = sources.get(from) ?? new Set<string>();
  return named.has(to) || [...named].some((next) => leadsTo(next, to, sources, seen));
}
