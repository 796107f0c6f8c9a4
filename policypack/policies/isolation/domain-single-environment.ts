import {
  Company,
  clashOf,
  compareText,
  describeMember,
  environmentNamed,
  environmentOptions,
  memberOf,
} from "../../core/environments";
import type { Member } from "../../core/environments";
import { definePolicy, fault, unverified } from "../../core/policy";
import type { Outcome } from "../../core/policy";
import type { EnvironmentPatterns } from "../../model/environment";
import type { Mapping } from "../../model/graph";
import { put } from "../../model/multi-map";
import type { Kind, Node } from "../../model/node";
import { resourceSubject } from "../../model/subject";
import type { Subject } from "../../model/subject";
import { Value } from "../../model/value";

type Mapped = Member & { readonly mapping: Mapping };

const exposesAll = ({ node, stageName }: Mapping): boolean => node.kind === "basePathMapping" && stageName.isAbsent();

const kinds: Partial<Record<Kind, string>> = { basePathMapping: "base path mapping", routingRule: "routing rule" };

const domainName = ({ domain, node }: Mapping): string | undefined =>
  typeof domain === "string"
    ? domain
    : (domain?.bag.string("domainName").get() ?? node.bag.string("domainName").get() ?? domain?.name);

function subjectOf(mapping: Mapping): Subject {
  const name = domainName(mapping);
  const kind = kinds[mapping.node.kind] ?? "API mapping";
  return resourceSubject(
    mapping.node,
    `${kind} "${mapping.node.name}"${name === undefined ? "" : ` of custom domain "${name}"`}`,
    mapping.api,
  );
}

/** The stages that a mapping opens; one that is another stack's goes by the name it has here. */
function membersOf(mapping: Mapping, patterns: EnvironmentPatterns): Mapped[] {
  const stages = mapping.stages.map((stage) => ({ ...memberOf(stage, patterns), mapping }));
  if (exposesAll(mapping)) {
    // With stages of several environments behind it, the mapping itself is at fault.
    return clashOf(stages, "kind") === undefined ? stages : [];
  }
  if (stages.length > 0) return stages;
  const name = mapping.stageName.get();
  const environment =
    name === undefined ? Value.unknown<never>(mapping.stageName.reason) : environmentNamed(name, patterns);
  return [{ label: `stage "${name ?? "?"}"${mapping.api?.of ?? " of another API"}`, environment, mapping }];
}

function judgeDomain(mappings: readonly Mapping[], patterns: EnvironmentPatterns): Outcome | undefined {
  const [mapping] = mappings;
  if (mapping === undefined) return undefined;
  const clash = clashOf(
    mappings.flatMap((one) => membersOf(one, patterns)),
    "kind",
  );
  if (clash === undefined) return undefined;
  const name = domainName(mapping) ?? "";
  const label = `custom domain "${name}"`;
  const { domain } = mapping;
  const last = clash.state === "clash" ? clash.second : clash.of;
  const at: Subject =
    typeof domain === "object" ? resourceSubject(domain, label) : { ...subjectOf(last.mapping), label };
  return clash.state === "unknown"
    ? unverified("maps a stage whose environment is not known yet", { at })
    : fault(`maps ${describeMember(clash.first)} and ${describeMember(clash.second)}`, { at });
}

export const domainSingleEnvironment = definePolicy({
  name: "domain-single-environment",
  topic: "isolation",
  description: "A custom domain of API Gateway maps stages of production or of other environments, not of both.",
  why: "A domain has one certificate, one TLS policy and one set of cookies and origins, so a page of development acts there as one of production.",
  fix: "Give each environment a custom domain of its own.",
  severity: "high",
  level: "mandatory",
  where: "S",
  practice: "practice 10: production isolated from development",
  options: environmentOptions,
  on: "stack",
  check: (graph, { options }) => {
    const outcomes: Outcome[] = [];
    const domains = new Map<Node | string, Mapping[]>();
    const lost: Mapping[] = [];
    const mappings = [...graph.mappings].sort((a, b) => compareText(a.node.urn, b.node.urn));
    for (const mapping of mappings) {
      if (exposesAll(mapping)) {
        outcomes.push(
          fault(`names no stage, so callers may choose any stage${mapping.api?.of ?? " of its API"}`, {
            at: subjectOf(mapping),
            fix: "Set `stageName` of the mapping.",
          }),
        );
      }
      if (mapping.domain === undefined) lost.push(mapping);
      else put(domains, mapping.domain, mapping);
    }
    for (const same of domains.values()) {
      const outcome = judgeDomain(same, options);
      if (outcome) outcomes.push(outcome);
    }
    const company = new Company("kind", false);
    const members = new Map(lost.length === 0 ? [] : mappings.map((one) => [one, membersOf(one, options)]));
    for (const member of [...members.values()].flat()) company.add(member);
    for (const mapping of lost) {
      if (company.mayDifferAmong(members.get(mapping) ?? []))
        outcomes.push(unverified("belongs to a custom domain that is not known yet", { at: subjectOf(mapping) }));
    }
    return outcomes;
  },
  examples: {
    pass: [
      {
        title: "a domain for each environment",
        program: ({ aws }) => {
          for (const environment of ["prod", "dev"]) {
            const api = new aws.apigateway.RestApi(`orders-${environment}`);
            const deployment = new aws.apigateway.Deployment(`orders-${environment}`, { restApi: api.id });
            const stage = new aws.apigateway.Stage(`orders-${environment}`, {
              restApi: api.id,
              deployment: deployment.id,
              stageName: environment,
            });
            const domain = new aws.apigateway.DomainName(`orders-${environment}`, {
              domainName: `${environment}.orders.example.com`,
              regionalCertificateArn:
                "arn:aws:acm:us-east-1:111122223333:certificate/7e7a28d2-163f-4b8f-b9cd-822f96c08d6a",
              endpointConfiguration: { types: "REGIONAL" },
              securityPolicy: "TLS_1_2",
            });
            new aws.apigateway.BasePathMapping(`orders-${environment}`, {
              restApi: api.id,
              stageName: stage.stageName,
              domainName: domain.domainName,
            });
          }
        },
      },
      {
        title: "two production APIs under one domain",
        program: ({ aws }) => {
          const domain = new aws.apigatewayv2.DomainName("shop", {
            domainName: "api.example.com",
            domainNameConfiguration: {
              certificateArn: "arn:aws:acm:us-east-1:111122223333:certificate/7e7a28d2-163f-4b8f-b9cd-822f96c08d6a",
              endpointType: "REGIONAL",
              securityPolicy: "TLS_1_2",
            },
          });
          for (const name of ["orders", "users"]) {
            const api = new aws.apigatewayv2.Api(name, { protocolType: "HTTP" });
            const stage = new aws.apigatewayv2.Stage(name, { apiId: api.id, name: "prod" });
            new aws.apigatewayv2.ApiMapping(name, {
              apiId: api.id,
              domainName: domain.id,
              stage: stage.id,
              apiMappingKey: name,
            });
          }
        },
      },
      {
        title: "a domain for the WebSocket API of each environment",
        program: ({ aws }) => {
          for (const environment of ["prod", "dev"]) {
            const domain = new aws.apigatewayv2.DomainName(`chat-${environment}`, {
              domainName: `${environment}.chat.example.com`,
              domainNameConfiguration: {
                certificateArn: "arn:aws:acm:us-east-1:111122223333:certificate/7e7a28d2-163f-4b8f-b9cd-822f96c08d6a",
                endpointType: "REGIONAL",
                securityPolicy: "TLS_1_2",
              },
            });
            const api = new aws.apigatewayv2.Api(`chat-${environment}`, {
              protocolType: "WEBSOCKET",
              routeSelectionExpression: "$request.body.action",
            });
            const stage = new aws.apigatewayv2.Stage(`chat-${environment}`, { apiId: api.id, name: environment });
            new aws.apigatewayv2.ApiMapping(`chat-${environment}`, {
              apiId: api.id,
              domainName: domain.id,
              stage: stage.name,
            });
          }
        },
      },
    ],
    fail: [
      {
        title: "stages of production and of development under one domain",
        program: ({ aws }) => {
          const domain = new aws.apigatewayv2.DomainName("orders", {
            domainName: "api.example.com",
            domainNameConfiguration: {
              certificateArn: "arn:aws:acm:us-east-1:111122223333:certificate/7e7a28d2-163f-4b8f-b9cd-822f96c08d6a",
              endpointType: "REGIONAL",
              securityPolicy: "TLS_1_2",
            },
          });
          for (const environment of ["prod", "dev"]) {
            const api = new aws.apigatewayv2.Api(`orders-${environment}`, { protocolType: "HTTP" });
            const stage = new aws.apigatewayv2.Stage(`orders-${environment}`, { apiId: api.id, name: environment });
            new aws.apigatewayv2.ApiMapping(`orders-${environment}`, {
              apiId: api.id,
              domainName: domain.id,
              stage: stage.name,
              apiMappingKey: environment,
            });
          }
        },
      },
      {
        title: "a base path mapping with no stage",
        program: ({ aws }) => {
          const api = new aws.apigateway.RestApi("orders");
          const deployment = new aws.apigateway.Deployment("orders", { restApi: api.id });
          new aws.apigateway.Stage("prod", { restApi: api.id, deployment: deployment.id, stageName: "prod" });
          new aws.apigateway.BasePathMapping("orders", { restApi: api.id, domainName: "api.example.com" });
        },
      },
      {
        title: "WebSocket APIs of production and of development under one domain",
        program: ({ aws }) => {
          const domain = new aws.apigatewayv2.DomainName("chat", {
            domainName: "chat.example.com",
            domainNameConfiguration: {
              certificateArn: "arn:aws:acm:us-east-1:111122223333:certificate/7e7a28d2-163f-4b8f-b9cd-822f96c08d6a",
              endpointType: "REGIONAL",
              securityPolicy: "TLS_1_2",
            },
          });
          for (const environment of ["prod", "dev"]) {
            const api = new aws.apigatewayv2.Api(`chat-${environment}`, {
              protocolType: "WEBSOCKET",
              routeSelectionExpression: "$request.body.action",
            });
            const stage = new aws.apigatewayv2.Stage(`chat-${environment}`, { apiId: api.id, name: environment });
            new aws.apigatewayv2.ApiMapping(`chat-${environment}`, {
              apiId: api.id,
              domainName: domain.id,
              stage: stage.name,
              apiMappingKey: environment,
            });
          }
        },
      },
    ],
  },
});
