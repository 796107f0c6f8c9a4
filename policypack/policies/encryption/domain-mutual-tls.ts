import { globMatches } from "../../core/glob";
import { definePolicy, fault, option, unverified } from "../../core/policy";
import type { Outcome } from "../../core/policy";
import type { Api } from "../../model/api";
import { apisBehind, domainsOf } from "../../model/domain";
import type { CustomDomain, Mapped } from "../../model/domain";
import { resourceSubject } from "../../model/subject";
import { isEnhanced } from "../../model/tls";

/** Whether mutual TLS is asked of the domain; "undecided" while its name is not known. */
function isRequired({ name }: CustomDomain, patterns: readonly string[]): boolean | "undecided" {
  if (patterns.length === 0) return false;
  const text = name.get();
  if (text === undefined) return "undecided";
  return patterns.some((pattern) => typeof pattern === "string" && globMatches(pattern, text, true));
}

function judgeDomain(domain: CustomDomain, requiredDomains: readonly string[]): Outcome[] {
  const { subject: at, mutualTls, securityPolicy } = domain;
  if (mutualTls.isAbsent()) {
    const required = isRequired(domain, requiredDomains);
    if (required === "undecided") return [unverified("has no mutual TLS, and its name is not known yet", { at })];
    return required ? [fault("has no mutual TLS, which is required of it", { at })] : [];
  }
  const outcomes: Outcome[] = [];
  const version = mutualTls.get()?.truststoreVersion;
  if (version?.isAbsent() === true) {
    outcomes.push(
      fault(
        "has mutual TLS with a truststore whose version is not pinned, so who writes the object says who is let in",
        {
          at,
          fix: "Set `mutualTlsAuthentication.truststoreVersion` to the version of the object.",
        },
      ),
    );
  }
  const policy = securityPolicy.get();
  if (policy !== undefined && isEnhanced(policy)) {
    outcomes.push(
      fault(`has mutual TLS and the security policy \`${policy.slice(0, 60)}\`, which API Gateway refuses together`, {
        at,
        fix: "Set `securityPolicy` to `TLS_1_2`.",
      }),
    );
  }
  return outcomes;
}

/** Callers who know the API's own endpoint need no certificate while it is open. */
function judgeApi({ subject }: CustomDomain, { api, by }: Mapped, judged: Set<Api>): Outcome[] {
  if (api === undefined) {
    const at = resourceSubject(by, `mapping "${by.name}" of ${subject.label}`);
    return [unverified("leads to an API that is not known, so its own endpoint may be open beside mutual TLS", { at })];
  }
  // What lives with another stack's API cannot be seen here.
  if (api.visibility === "external" || judged.has(api) || api.endpointType.is("PRIVATE")) return [];
  judged.add(api);
  const { defaultEndpointDisabled: disabled } = api;
  if (disabled.is(true)) return [];
  if (disabled.isUnknown()) {
    return [unverified(`may be open on its own endpoint, beside the mutual TLS of ${subject.label}`, { at: api })];
  }
  return [
    fault(`is open on its own endpoint, beside the mutual TLS of ${subject.label}`, {
      at: api,
      fix: "Set `disableExecuteApiEndpoint: true`.",
    }),
  ];
}

export const domainMutualTls = definePolicy({
  name: "domain-mutual-tls",
  topic: "encryption",
  description: "Mutual TLS of custom domains cannot be got round, and is there where it is required.",
  why: "Mutual TLS lets in only callers with a certificate, unless the truststore changes unseen, or the API answers on its own endpoint as well.",
  fix: "Set `mutualTlsAuthentication` with `truststoreUri` and `truststoreVersion`.",
  severity: "medium",
  level: "advisory",
  where: "S",
  practice: "tip 3: mutual TLS",
  frameworks: { "OWASP API Security Top 10": ["API2:2023"] },
  peers: ["CTL.APIGATEWAY.MTLS.001", "CTL.APIGATEWAY.TLS.MTLS.TRUSTSTORE.001"],
  options: {
    requiredDomains: option<readonly string[]>(
      "Custom domains that must have mutual TLS, as globs such as `*.partners.example.com`.",
      { type: "array", items: { type: "string", minLength: 1 } },
      [],
    ),
  },
  on: "stack",
  check: (graph, { options }) => {
    const domains = [...domainsOf(graph)].sort((a, b) => (a.node.urn < b.node.urn ? -1 : 1));
    const behind = apisBehind(graph);
    const judged = new Set<Api>();
    return domains.flatMap((domain) => [
      ...judgeDomain(domain, options.requiredDomains),
      ...(domain.mutualTls.isAbsent() ? [] : (behind.get(domain.node) ?? [])).flatMap((mapped) =>
        judgeApi(domain, mapped, judged),
      ),
    ]);
  },
  examples: {
    pass: [
      {
        title: "a pinned truststore, and callers come through the domain only",
        program: ({ aws }) => {
          const api = new aws.apigateway.RestApi("orders", { disableExecuteApiEndpoint: true });
          const deployment = new aws.apigateway.Deployment("orders", { restApi: api.id });
          const stage = new aws.apigateway.Stage("prod", {
            restApi: api.id,
            deployment: deployment.id,
            stageName: "prod",
          });
          const domain = new aws.apigateway.DomainName("orders", {
            domainName: "api.example.com",
            regionalCertificateArn:
              "arn:aws:acm:us-east-1:111122223333:certificate/7e7a28d2-163f-4b8f-b9cd-822f96c08d6a",
            endpointConfiguration: { types: "REGIONAL" },
            securityPolicy: "TLS_1_2",
            mutualTlsAuthentication: {
              truststoreUri: "s3://example-truststore/truststore.pem",
              truststoreVersion: "3HL4kqtJvjVBH40Nrjfkd",
            },
          });
          new aws.apigateway.BasePathMapping("orders", {
            restApi: api.id,
            stageName: stage.stageName,
            domainName: domain.domainName,
          });
        },
      },
      {
        title: "a version known only after the truststore is uploaded",
        program: ({ aws, pulumi }) => {
          const bucket = new aws.s3.Bucket("truststore");
          const truststore = new aws.s3.BucketObject("truststore", {
            bucket: bucket.id,
            key: "truststore.pem",
            content: "-----BEGIN CERTIFICATE-----",
          });
          new aws.apigatewayv2.DomainName("orders", {
            domainName: "api.example.com",
            domainNameConfiguration: {
              certificateArn: "arn:aws:acm:us-east-1:111122223333:certificate/7e7a28d2-163f-4b8f-b9cd-822f96c08d6a",
              endpointType: "REGIONAL",
              securityPolicy: "TLS_1_2",
            },
            mutualTlsAuthentication: {
              truststoreUri: pulumi.interpolate`s3://${bucket.bucket}/${truststore.key}`,
              truststoreVersion: truststore.versionId,
            },
          });
        },
      },
      {
        title: "a domain of which nobody requires mutual TLS",
        config: { requiredDomains: ["*.partners.example.com"] },
        program: ({ aws }) => {
          new aws.apigateway.DomainName("orders", {
            domainName: "api.example.com",
            certificateArn: "arn:aws:acm:us-east-1:111122223333:certificate/7e7a28d2-163f-4b8f-b9cd-822f96c08d6a",
          });
        },
      },
      {
        title: "an HTTP API whose body closes its own endpoint, and one of another stack",
        program: ({ aws }) => {
          const domain = new aws.apigatewayv2.DomainName("orders", {
            domainName: "api.example.com",
            domainNameConfiguration: {
              certificateArn: "arn:aws:acm:us-east-1:111122223333:certificate/7e7a28d2-163f-4b8f-b9cd-822f96c08d6a",
              endpointType: "REGIONAL",
              securityPolicy: "TLS_1_2",
            },
            mutualTlsAuthentication: {
              truststoreUri: "s3://example-truststore/truststore.pem",
              truststoreVersion: "3HL4kqtJvjVBH40Nrjfkd",
            },
          });
          const api = new aws.apigatewayv2.Api("orders", {
            protocolType: "HTTP",
            body: JSON.stringify({
              openapi: "3.0.1",
              info: { title: "orders", version: "1" },
              servers: [{ "x-amazon-apigateway-endpoint-configuration": { disableExecuteApiEndpoint: true } }],
              paths: {},
            }),
          });
          new aws.apigatewayv2.ApiMapping("orders", { apiId: api.id, domainName: domain.id, stage: "prod" });
          new aws.apigatewayv2.ApiMapping("partners", {
            apiId: "a1b2c3d4e5",
            domainName: domain.id,
            stage: "prod",
            apiMappingKey: "partners",
          });
        },
      },
    ],
    fail: [
      {
        title: "partners call a domain with no mutual TLS",
        config: { requiredDomains: ["*.partners.example.com"] },
        program: ({ aws }) => {
          new aws.apigateway.DomainName("orders", {
            domainName: "api.partners.example.com",
            certificateArn: "arn:aws:acm:us-east-1:111122223333:certificate/7e7a28d2-163f-4b8f-b9cd-822f96c08d6a",
          });
        },
      },
      {
        title: "the version of the truststore is not pinned",
        program: ({ aws }) => {
          new aws.apigatewayv2.DomainName("orders", {
            domainName: "api.example.com",
            domainNameConfiguration: {
              certificateArn: "arn:aws:acm:us-east-1:111122223333:certificate/7e7a28d2-163f-4b8f-b9cd-822f96c08d6a",
              endpointType: "REGIONAL",
              securityPolicy: "TLS_1_2",
            },
            mutualTlsAuthentication: { truststoreUri: "s3://example-truststore/truststore.pem" },
          });
        },
      },
      {
        title: "an HTTP API answers on its own endpoint beside the domain",
        program: ({ aws }) => {
          const api = new aws.apigatewayv2.Api("orders", { protocolType: "HTTP" });
          const stage = new aws.apigatewayv2.Stage("prod", { apiId: api.id, name: "prod" });
          const domain = new aws.apigatewayv2.DomainName("orders", {
            domainName: "api.example.com",
            domainNameConfiguration: {
              certificateArn: "arn:aws:acm:us-east-1:111122223333:certificate/7e7a28d2-163f-4b8f-b9cd-822f96c08d6a",
              endpointType: "REGIONAL",
              securityPolicy: "TLS_1_2",
            },
            mutualTlsAuthentication: {
              truststoreUri: "s3://example-truststore/truststore.pem",
              truststoreVersion: "3HL4kqtJvjVBH40Nrjfkd",
            },
          });
          new aws.apigatewayv2.ApiMapping("orders", {
            apiId: api.id,
            domainName: domain.id,
            stage: stage.id,
          });
        },
      },
      {
        title: "a routing rule leads to an API that answers on its own endpoint",
        program: ({ aws }) => {
          const api = new aws.apigateway.RestApi("orders");
          const domain = new aws.apigateway.DomainName("orders", {
            domainName: "api.example.com",
            regionalCertificateArn:
              "arn:aws:acm:us-east-1:111122223333:certificate/7e7a28d2-163f-4b8f-b9cd-822f96c08d6a",
            endpointConfiguration: { types: "REGIONAL" },
            securityPolicy: "TLS_1_2",
            routingMode: "ROUTING_RULE_ONLY",
            mutualTlsAuthentication: {
              truststoreUri: "s3://example-truststore/truststore.pem",
              truststoreVersion: "3HL4kqtJvjVBH40Nrjfkd",
            },
          });
          new aws.apigatewayv2.RoutingRule("orders", {
            domainName: domain.domainName,
            priority: 1,
            actions: [{ invokeApi: { apiId: api.id, stage: "prod" } }],
            conditions: [{ matchBasePaths: { anyOfs: ["orders"] } }],
          });
        },
      },
      {
        title: "a security policy that goes with no mutual TLS",
        program: ({ aws }) => {
          new aws.apigateway.DomainName("orders", {
            domainName: "api.example.com",
            regionalCertificateArn:
              "arn:aws:acm:us-east-1:111122223333:certificate/7e7a28d2-163f-4b8f-b9cd-822f96c08d6a",
            endpointConfiguration: { types: "REGIONAL" },
            securityPolicy: "SecurityPolicy_TLS13_1_3_2025_09",
            endpointAccessMode: "STRICT",
            mutualTlsAuthentication: {
              truststoreUri: "s3://example-truststore/truststore.pem",
              truststoreVersion: "3HL4kqtJvjVBH40Nrjfkd",
            },
          });
        },
      },
      {
        title: "one of two REST APIs answers on its own endpoint beside the domain",
        program: ({ aws }) => {
          const domain = new aws.apigateway.DomainName("orders", {
            domainName: "api.example.com",
            regionalCertificateArn:
              "arn:aws:acm:us-east-1:111122223333:certificate/7e7a28d2-163f-4b8f-b9cd-822f96c08d6a",
            endpointConfiguration: { types: "REGIONAL" },
            securityPolicy: "TLS_1_2",
            mutualTlsAuthentication: {
              truststoreUri: "s3://example-truststore/truststore.pem",
              truststoreVersion: "3HL4kqtJvjVBH40Nrjfkd",
            },
          });
          for (const name of ["orders", "partners"]) {
            const api = new aws.apigateway.RestApi(name, { disableExecuteApiEndpoint: name === "orders" });
            new aws.apigateway.BasePathMapping(name, {
              restApi: api.id,
              stageName: "prod",
              domainName: domain.domainName,
              basePath: name,
            });
          }
        },
      },
      {
        title: "partners call a domain of HTTP APIs with no mutual TLS",
        config: { requiredDomains: ["*.partners.example.com"] },
        program: ({ aws }) => {
          new aws.apigatewayv2.DomainName("orders", {
            domainName: "api.partners.example.com",
            domainNameConfiguration: {
              certificateArn: "arn:aws:acm:us-east-1:111122223333:certificate/7e7a28d2-163f-4b8f-b9cd-822f96c08d6a",
              endpointType: "REGIONAL",
              securityPolicy: "TLS_1_2",
            },
          });
        },
      },
      {
        title: "the body of a REST API leaves its own endpoint open beside the domain",
        program: ({ aws }) => {
          const api = new aws.apigateway.RestApi("orders", {
            body: JSON.stringify({
              openapi: "3.0.1",
              info: { title: "orders", version: "1" },
              servers: [{ "x-amazon-apigateway-endpoint-configuration": { disableExecuteApiEndpoint: false } }],
              paths: {},
            }),
          });
          const domain = new aws.apigateway.DomainName("orders", {
            domainName: "api.example.com",
            regionalCertificateArn:
              "arn:aws:acm:us-east-1:111122223333:certificate/7e7a28d2-163f-4b8f-b9cd-822f96c08d6a",
            endpointConfiguration: { types: "REGIONAL" },
            securityPolicy: "TLS_1_2",
            mutualTlsAuthentication: {
              truststoreUri: "s3://example-truststore/truststore.pem",
              truststoreVersion: "3HL4kqtJvjVBH40Nrjfkd",
            },
          });
          new aws.apigateway.BasePathMapping("orders", {
            restApi: api.id,
            stageName: "prod",
            domainName: domain.domainName,
          });
        },
      },
    ],
  },
});
