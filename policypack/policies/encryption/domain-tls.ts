import { definePolicy, fault, unverified } from "../../core/policy";
import type { Outcome } from "../../core/policy";
import { faultOfPolicy, tlsOptions } from "../../core/security-policies";
import type { Api } from "../../model/api";
import { frontsOf, viewerTls } from "../../model/distribution";
import type { Front } from "../../model/distribution";
import { domainsOf } from "../../model/domain";
import type { Graph } from "../../model/graph";
import { domainTlsMinimum } from "../../model/remedy";
import { resourceSubject } from "../../model/subject";

/** What is wrong with the oldest version that CloudFront takes: `TLSv1.2_2021`, `TLSv1_2016`. */
function faultOfVersion(name: string, minimum: string): string | undefined {
  if (name.startsWith("TLSv1.3") || (name.startsWith("TLSv1.2") && minimum === "TLS_1_2")) return undefined;
  return `accepts TLS ${name.startsWith("TLSv1.2") ? "1.2" : "older than 1.2"} (\`${name.slice(0, 60)}\`)`;
}

function judgeFront({ node, label, plain }: Front, api: Api, minimum: string): Outcome[] {
  const at = resourceSubject(node, label, api);
  const tls = viewerTls(node);
  const says = tls.map((name) => faultOfVersion(name, minimum) ?? "").get() ?? "";
  return [
    ...(plain.is(true)
      ? [
          fault(`takes requests for ${api.label} over plain HTTP`, {
            at,
            fix: "Set `viewerProtocolPolicy` to `https-only` in every cache behavior that leads to the API.",
          }),
        ]
      : []),
    ...(says === ""
      ? []
      : [fault(says, { at, fix: "Set `viewerCertificate.minimumProtocolVersion` to `TLSv1.2_2021` or newer." })]),
    ...(plain.isUnknown() ? [unverified(`may take requests for ${api.label} over plain HTTP`, { at })] : []),
    ...(tls.isUnknown() ? [unverified(`accepts TLS versions for ${api.label} that are not known yet`, { at })] : []),
  ];
}

/** The distributions that lead to APIs. */
function judgeFronts(graph: Graph, minimum: string): Outcome[] {
  return graph.apis.flatMap((api) =>
    frontsOf(graph, api).flatMap((front) => (front.leads.is(true) ? judgeFront(front, api, minimum) : [])),
  );
}

export const domainTls = definePolicy({
  name: "domain-tls",
  topic: "encryption",
  description:
    "Custom domains of API Gateway accept TLS 1.2 and newer only, and CloudFront in front of them no plain HTTP.",
  why: "TLS 1.0 can be broken, and with it whoever sits between caller and API reads tokens and answers.",
  fix: "Set `securityPolicy` to `TLS_1_2`, or to a `SecurityPolicy_TLS13_…` policy with `endpointAccessMode`.",
  severity: "high",
  level: "mandatory",
  where: "R+S",
  practice: "threat 5: no encryption",
  frameworks: { "AWS FSBP": ["APIGateway.11"], "OWASP API Security Top 10": ["API8:2023"] },
  peers: [
    "CKV_AWS_206",
    "AVD-AWS-0005",
    "W62",
    "FG_R00375",
    "FG_R00376",
    "CT.APIGATEWAY.PR.6",
    "apigateway_domain_name_pqc_tls_enabled",
    "CTL.APIGATEWAY.DOMAIN.TLS.001",
  ],
  options: tlsOptions,
  on: "stack",
  check: (graph, { options }) => [
    ...domainsOf(graph).flatMap(({ subject: at, securityPolicy, policyChoosable }) => {
      const name = securityPolicy.get();
      if (name === undefined) return [unverified("has a security policy that is not known yet", { at })];
      const says = faultOfPolicy(name, options);
      if (says === undefined) return [];
      if (policyChoosable || name !== "TLS_1_2") return [fault(says, { at })];
      const fix = "Domains of HTTP and WebSocket APIs have no stronger policy: serve a REST API, or exempt the domain.";
      return [fault(says, { at, fix })];
    }),
    ...judgeFronts(graph, options.minimum),
  ],
  remedy: domainTlsMinimum,
  examples: {
    pass: [
      {
        title: "a domain of REST APIs accepts TLS 1.2 and newer",
        program: ({ aws }) => {
          new aws.apigateway.DomainName("orders", {
            domainName: "api.example.com",
            regionalCertificateArn:
              "arn:aws:acm:us-east-1:111122223333:certificate/7e7a28d2-163f-4b8f-b9cd-822f96c08d6a",
            endpointConfiguration: { types: "REGIONAL" },
            securityPolicy: "TLS_1_2",
          });
        },
      },
      {
        title: "nobody sets the policy, and API Gateway takes TLS 1.2",
        program: ({ aws }) => {
          new aws.apigateway.DomainName("orders", {
            domainName: "api.example.com",
            certificateArn: "arn:aws:acm:us-east-1:111122223333:certificate/7e7a28d2-163f-4b8f-b9cd-822f96c08d6a",
          });
        },
      },
      {
        title: "a domain of HTTP APIs has no other policy than TLS 1.2",
        program: ({ aws }) => {
          new aws.apigatewayv2.DomainName("orders", {
            domainName: "api.example.com",
            domainNameConfiguration: {
              certificateArn: "arn:aws:acm:us-east-1:111122223333:certificate/7e7a28d2-163f-4b8f-b9cd-822f96c08d6a",
              endpointType: "REGIONAL",
              securityPolicy: "TLS_1_2",
            },
          });
        },
      },
      {
        title: "TLS 1.3 where the organisation asks for it",
        config: { minimum: "TLS_1_3" },
        program: ({ aws }) => {
          new aws.apigateway.DomainName("orders", {
            domainName: "api.example.com",
            regionalCertificateArn:
              "arn:aws:acm:us-east-1:111122223333:certificate/7e7a28d2-163f-4b8f-b9cd-822f96c08d6a",
            endpointConfiguration: { types: "REGIONAL" },
            securityPolicy: "SecurityPolicy_TLS13_1_3_2025_09",
            endpointAccessMode: "STRICT",
          });
        },
      },
      {
        title: "post-quantum key exchange where the organisation asks for it",
        config: { postQuantum: true },
        program: ({ aws }) => {
          new aws.apigateway.DomainName("orders", {
            domainName: "api.example.com",
            regionalCertificateArn:
              "arn:aws:acm:us-east-1:111122223333:certificate/7e7a28d2-163f-4b8f-b9cd-822f96c08d6a",
            endpointConfiguration: { types: "REGIONAL" },
            securityPolicy: "SecurityPolicy_TLS13_1_2_PFS_PQ_2025_09",
            endpointAccessMode: "STRICT",
          });
        },
      },
    ],
    fail: [
      {
        title: "CloudFront takes requests for an API over plain HTTP",
        program: ({ aws }) => {
          const api = new aws.apigatewayv2.Api("orders", { protocolType: "HTTP", disableExecuteApiEndpoint: true });
          const domain = new aws.apigatewayv2.DomainName("orders", {
            domainName: "origin.example.com",
            domainNameConfiguration: {
              certificateArn: "arn:aws:acm:us-east-1:111122223333:certificate/7e7a28d2-163f-4b8f-b9cd-822f96c08d6a",
              endpointType: "REGIONAL",
              securityPolicy: "TLS_1_2",
            },
          });
          new aws.apigatewayv2.ApiMapping("orders", { apiId: api.id, domainName: domain.domainName, stage: "prod" });
          new aws.cloudfront.Distribution("orders", {
            enabled: true,
            origins: [
              {
                originId: "api",
                domainName: domain.domainName,
                customOriginConfig: {
                  httpPort: 80,
                  httpsPort: 443,
                  originProtocolPolicy: "https-only",
                  originSslProtocols: ["TLSv1.2"],
                },
              },
            ],
            defaultCacheBehavior: {
              targetOriginId: "api",
              viewerProtocolPolicy: "allow-all",
              allowedMethods: ["GET", "HEAD", "OPTIONS", "PUT", "POST", "PATCH", "DELETE"],
              cachedMethods: ["GET", "HEAD"],
              cachePolicyId: "4135ea2d-6df8-44a3-9df3-4b5a84be39ad",
            },
            restrictions: { geoRestriction: { restrictionType: "none" } },
            viewerCertificate: { cloudfrontDefaultCertificate: true },
          });
        },
      },
      {
        title: "a domain accepts TLS 1.0",
        program: ({ aws }) => {
          new aws.apigateway.DomainName("orders", {
            domainName: "api.example.com",
            certificateArn: "arn:aws:acm:us-east-1:111122223333:certificate/7e7a28d2-163f-4b8f-b9cd-822f96c08d6a",
            securityPolicy: "TLS_1_0",
          });
        },
      },
      {
        title: "TLS 1.2 where the organisation asks for TLS 1.3",
        config: { minimum: "TLS_1_3" },
        program: ({ aws }) => {
          new aws.apigateway.DomainName("orders", {
            domainName: "api.example.com",
            regionalCertificateArn:
              "arn:aws:acm:us-east-1:111122223333:certificate/7e7a28d2-163f-4b8f-b9cd-822f96c08d6a",
            endpointConfiguration: { types: "REGIONAL" },
            securityPolicy: "SecurityPolicy_TLS13_1_2_2021_06",
            endpointAccessMode: "BASIC",
          });
        },
      },
      {
        title: "a domain of HTTP APIs names a policy of other domains",
        program: ({ aws }) => {
          new aws.apigatewayv2.DomainName("orders", {
            domainName: "api.example.com",
            domainNameConfiguration: {
              certificateArn: "arn:aws:acm:us-east-1:111122223333:certificate/7e7a28d2-163f-4b8f-b9cd-822f96c08d6a",
              endpointType: "REGIONAL",
              securityPolicy: "TLS_1_0",
            },
          });
        },
      },
    ],
  },
});
