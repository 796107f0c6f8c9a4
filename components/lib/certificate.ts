import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import type { Inside } from "./place";

type Tags = pulumi.Input<Record<string, pulumi.Input<string>>>;

/** A certificate that ACM issues and renews, validated in a Route 53 zone; gives its ARN once it is issued. */
export function requestCertificate(
  name: string,
  args: {
    readonly domainName: string;
    readonly hostedZoneId: pulumi.Input<string>;
    readonly tags: Tags;
    /** @default the provider's */
    readonly region?: string;
  },
  inside: Inside,
): pulumi.Output<string> {
  const where = args.region === undefined ? {} : { region: args.region };
  const certificate = new aws.acm.Certificate(
    name,
    { domainName: args.domainName, validationMethod: "DNS", tags: args.tags, ...where },
    inside(),
  );
  const asked = (field: "resourceRecordName" | "resourceRecordType" | "resourceRecordValue"): pulumi.Output<string> =>
    certificate.domainValidationOptions.apply(([option]) => option?.[field] ?? "");
  const record = new aws.route53.Record(
    `${name}-validation`,
    {
      zoneId: args.hostedZoneId,
      name: asked("resourceRecordName"),
      type: asked("resourceRecordType"),
      records: [asked("resourceRecordValue")],
      ttl: 300,
      // Another certificate for the same name is validated by the same record.
      allowOverwrite: true,
    },
    inside(),
  );
  return new aws.acm.CertificateValidation(
    name,
    { certificateArn: certificate.arn, validationRecordFqdns: [record.fqdn], ...where },
    inside(),
  ).certificateArn;
}

/** Lets a name of a zone stand for a target that AWS has. */
export function aliasRecord(
  name: string,
  args: {
    readonly zoneId: pulumi.Input<string>;
    readonly domainName: string;
    readonly target: { readonly name: pulumi.Input<string>; readonly zoneId: pulumi.Input<string> };
    /** The target is reached over IPv6 as well. */
    readonly ipv6: boolean;
  },
  inside: Inside,
): void {
  const record = (type: "A" | "AAAA", suffix: string): void => {
    new aws.route53.Record(
      `${name}${suffix}`,
      {
        zoneId: args.zoneId,
        name: args.domainName,
        type,
        aliases: [{ name: args.target.name, zoneId: args.target.zoneId, evaluateTargetHealth: false }],
      },
      inside(),
    );
  };
  record("A", "");
  if (args.ipv6) record("AAAA", "-ipv6");
}
