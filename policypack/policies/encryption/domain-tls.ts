import { definePolicy, fault, unverified } from "../../core/policy";
import { faultOfPolicy, tlsOptions } from "../../core/security-policies";
import { domainsOf } from "../../model/domain";
import { domainTlsMinimum } from "../../model/remedy";

export const domainTls = definePolicy({
  name: "domain-tls",
  topic: "encryption",
  description: "Custom domains of API Gateway accept TLS 1.2 and newer only.",
  why: "TLS 1.0 can be broken, and with it whoever sits between caller and API reads tokens and answers.",
  fix: "Set `securityPolicy` to `TLS_1_2`, or to a `SecurityPolicy_TLS13_…` policy with `endpointAccessMode`.",
  severity: "high",
  level: "mandatory",
  where: "R",
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
  check: (graph, { options }) =>
    domainsOf(graph).flatMap(({ subject: at, securityPolicy, policyChoosable }) => {
      const name = securityPolicy.get();
      if (name === undefined) return [unverified("has a security policy that is not known yet", { at })];
      const says = faultOfPolicy(name, options);
      if (says === undefined) return [];
      if (policyChoosable || name !== "TLS_1_2") return [fault(says, { at })];
      const fix = "Domains of HTTP and WebSocket APIs have no stronger policy: serve a REST API, or exempt the domain.";
      return [fault(says, { at, fix })];
    }),
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
      {
        title: "TLS 1.3 is asked of a domain of HTTP APIs, which cannot have it",
        config: { minimum: "TLS_1_3" },
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
        title: "one of two domains accepts TLS 1.0",
        program: ({ aws }) => {
          for (const [name, securityPolicy] of [
            ["api", "TLS_1_2"],
            ["partners", "TLS_1_0"],
          ] as const) {
            new aws.apigateway.DomainName(name, {
              domainName: `${name}.example.com`,
              certificateArn: "arn:aws:acm:us-east-1:111122223333:certificate/7e7a28d2-163f-4b8f-b9cd-822f96c08d6a",
              securityPolicy,
            });
          }
        },
      },
    ],
  },
});
