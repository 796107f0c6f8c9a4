import { daysBetween } from "../../core/days";
import { definePolicy, fault, option, unverified } from "../../core/policy";
import type { Outcome } from "../../core/policy";
import { certificatesOf, domainsOf } from "../../model/domain";
import type { DomainCertificate } from "../../model/domain";

interface Limits {
  readonly minimumDaysLeft: number;
  readonly allowWildcard: boolean;
}

/** The fewest bits of a key that is not weak, by its algorithm. */
const fewestBits: Readonly<Record<string, number>> = { RSA: 2048, EC: 224 };

/** `RSA_1024`, `EC_secp192r1`; an algorithm of another name is not known to be weak. */
function isWeak(keyAlgorithm: string): boolean {
  const [, family, bits] = /^(RSA|EC)[^0-9]*(\d{3,5})/i.exec(keyAlgorithm) ?? [];
  return Number(bits ?? Infinity) < (fewestBits[family?.toUpperCase() ?? ""] ?? 0);
}

function judge(certificate: DomainCertificate, limits: Limits, today: string): Outcome[] {
  const { subject: at, domain, imported, names, keyAlgorithm, ends } = certificate;
  const of = `of ${domain.subject.label}`;
  const outcomes: Outcome[] = [];
  if (imported) {
    outcomes.push(
      fault(`${of} is imported, so nobody renews it`, {
        at,
        fix: 'Request it from ACM with `validationMethod: "DNS"`.',
      }),
    );
  }
  const wildcard = names.map((name) => name.get()).find((name) => name?.startsWith("*.") === true);
  if (!limits.allowWildcard) {
    if (wildcard !== undefined) {
      outcomes.push(
        fault(`${of} is for every name in \`${wildcard}\`, so whoever has its key speaks for all of them`, {
          at,
          fix: "Name the domain itself in `domainName`, or set the option `allowWildcard`.",
        }),
      );
    } else if (names.some((name) => name.isUnknown())) {
      outcomes.push(unverified(`${of} has names that are not known yet, and may be a wildcard`, { at }));
    }
  }
  const algorithm = keyAlgorithm.get();
  if (algorithm !== undefined && isWeak(algorithm)) {
    outcomes.push(
      fault(`${of} has a weak key (${algorithm.slice(0, 40)})`, {
        at,
        fix: "Set `keyAlgorithm` to `RSA_2048` or `EC_prime256v1`.",
      }),
    );
  }
  const day = ends.get();
  const left = day === undefined ? undefined : daysBetween(today, day);
  if (day !== undefined && left !== undefined && left < limits.minimumDaysLeft) {
    outcomes.push(
      fault(
        `${of} ${left < 0 ? "ended" : "ends"} on ${day}${left < 0 ? "" : `, which is fewer than ${String(limits.minimumDaysLeft)} days away`}`,
        {
          at,
          fix: "Renew it, and see that ACM can validate it.",
        },
      ),
    );
  }
  return outcomes;
}

export const domainCertificate = definePolicy({
  name: "domain-certificate",
  topic: "encryption",
  description:
    "Custom domains of API Gateway show certificates that ACM issues and renews, for their own names and with strong keys.",
  why: "A certificate that nobody renews takes the API down on its last day, and a key for every name of a zone is worth stealing.",
  fix: "Request a certificate for the domain from ACM, validated by DNS.",
  severity: "medium",
  level: "advisory",
  where: "S",
  practice: "practice 9: rotate and revoke credentials",
  peers: [
    "CKV2_AWS_71",
    "acm_certificates_expiration_check",
    "acm_certificates_with_secure_key_algorithms",
    "CTL.APIGATEWAY.DOMAIN.CERT.NOTACM.001",
    "CTL.APIGATEWAY.DOMAIN.CERT.EXPIRY.WARN.001",
  ],
  options: {
    minimumDaysLeft: option(
      "The fewest days for which a certificate must still be good.",
      { type: "integer", minimum: 0 },
      30,
    ),
    allowWildcard: option("Wildcard certificates are fine.", { type: "boolean" }, false),
  },
  on: "stack",
  check: (graph, { options, today }) => [
    ...domainsOf(graph).flatMap(({ subject: at, inlineCertificate }) =>
      inlineCertificate ? [fault("has a certificate that the program imports, private key and all", { at })] : [],
    ),
    ...certificatesOf(graph).flatMap((certificate) => judge(certificate, options, today)),
  ],
  examples: {
    pass: [
      {
        title: "ACM issues a certificate for the domain",
        program: ({ aws }) => {
          const certificate = new aws.acm.Certificate("orders", {
            domainName: "api.example.com",
            validationMethod: "DNS",
            keyAlgorithm: "EC_prime256v1",
          });
          const validation = new aws.acm.CertificateValidation("orders", { certificateArn: certificate.arn });
          new aws.apigateway.DomainName("orders", {
            domainName: "api.example.com",
            regionalCertificateArn: validation.certificateArn,
            endpointConfiguration: { types: "REGIONAL" },
          });
        },
      },
      {
        title: "a certificate of another stack, which cannot be seen here",
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
        title: "a wildcard where the organisation allows it",
        config: { allowWildcard: true },
        program: ({ aws }) => {
          const certificate = new aws.acm.Certificate("all", {
            domainName: "*.example.com",
            validationMethod: "DNS",
          });
          new aws.apigateway.DomainName("orders", {
            domainName: "api.example.com",
            certificateArn: certificate.arn,
          });
        },
      },
      {
        title: "an imported certificate that no API shows",
        program: ({ aws }) => {
          new aws.acm.Certificate("mail", {
            certificateBody: "-----BEGIN CERTIFICATE-----",
            privateKey: "-----BEGIN PRIVATE KEY-----",
          });
        },
      },
      {
        title: "ACM issues a certificate for a domain of HTTP APIs",
        program: ({ aws }) => {
          const certificate = new aws.acm.Certificate("orders", {
            domainName: "api.example.com",
            validationMethod: "DNS",
          });
          new aws.apigatewayv2.DomainName("orders", {
            domainName: "api.example.com",
            domainNameConfiguration: {
              certificateArn: certificate.arn,
              endpointType: "REGIONAL",
              securityPolicy: "TLS_1_2",
            },
          });
        },
      },
    ],
    fail: [
      {
        title: "the certificate is imported",
        program: ({ aws }) => {
          const certificate = new aws.acm.Certificate("orders", {
            certificateBody: "-----BEGIN CERTIFICATE-----",
            privateKey: "-----BEGIN PRIVATE KEY-----",
          });
          new aws.apigateway.DomainName("orders", {
            domainName: "api.example.com",
            regionalCertificateArn: certificate.arn,
            endpointConfiguration: { types: "REGIONAL" },
          });
        },
      },
      {
        title: "the program hands the certificate to the domain itself",
        program: ({ aws }) => {
          new aws.apigateway.DomainName("orders", {
            domainName: "api.example.com",
            certificateName: "orders",
            certificateBody: "-----BEGIN CERTIFICATE-----",
            certificateChain: "-----BEGIN CERTIFICATE-----",
            certificatePrivateKey: "-----BEGIN PRIVATE KEY-----",
          });
        },
      },
      {
        title: "a wildcard among the other names of the certificate",
        program: ({ aws }) => {
          const certificate = new aws.acm.Certificate("orders", {
            domainName: "example.com",
            subjectAlternativeNames: ["*.example.com"],
            validationMethod: "DNS",
          });
          const validation = new aws.acm.CertificateValidation("orders", { certificateArn: certificate.arn });
          new aws.apigatewayv2.DomainName("orders", {
            domainName: "api.example.com",
            domainNameConfiguration: {
              certificateArn: validation.certificateArn,
              endpointType: "REGIONAL",
              securityPolicy: "TLS_1_2",
            },
          });
        },
      },
      {
        title: "a key of 1024 bits",
        program: ({ aws }) => {
          const certificate = new aws.acm.Certificate("orders", {
            domainName: "api.example.com",
            validationMethod: "DNS",
            keyAlgorithm: "RSA_1024",
          });
          new aws.apigateway.DomainName("orders", {
            domainName: "api.example.com",
            certificateArn: certificate.arn,
          });
        },
      },
      {
        title: "one of two domains of HTTP APIs shows an imported certificate",
        program: ({ aws }) => {
          const issued = new aws.acm.Certificate("orders", { domainName: "api.example.com", validationMethod: "DNS" });
          const imported = new aws.acm.Certificate("partners", {
            certificateBody: "-----BEGIN CERTIFICATE-----",
            privateKey: "-----BEGIN PRIVATE KEY-----",
          });
          for (const [name, certificate] of [
            ["api", issued],
            ["partners", imported],
          ] as const) {
            new aws.apigatewayv2.DomainName(name, {
              domainName: `${name}.example.com`,
              domainNameConfiguration: {
                certificateArn: certificate.arn,
                endpointType: "REGIONAL",
                securityPolicy: "TLS_1_2",
              },
            });
          }
        },
      },
    ],
  },
});
