import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Control, ControlException, Isolation } from "./args";
import { aliasRecord, requestCertificate } from "./lib/certificate";
import { planApiDistribution } from "./lib/distribution-plan";
import { originHeader } from "./lib/origin";
import { insideOf, placeOf } from "./lib/place";
import { rotateSecrets } from "./lib/rotation";
import type { Permission } from "./lib/rotation";
import { WebAcl } from "./web-acl";
import type { WebAclRules } from "./web-acl";

/** The secret by which the API knows its distribution: what an `OriginSecret` gives out. */
export interface DistributionSecret {
  /** ARN of the secret. */
  secretArn: pulumi.Input<string>;
  /** ARN of the key that encrypts the secret. */
  kmsKeyArn: pulumi.Input<string>;
  /** The header that holds the secret. @default x-origin-verify */
  headerName?: string;
}

/** The web ACL in front of a distribution. */
export interface DistributionWaf extends WebAclRules {
  /** ARN of one that you have, with the scope CLOUDFRONT. @default one is made */
  webAclArn?: pulumi.Input<string>;
}

/** Arguments of {@link ApiDistribution}. */
export interface ApiDistributionArgs {
  isolation: Isolation;
  /** The output `apiEndpoint` of the HTTP or WebSocket API: `https://…` or `wss://…`. */
  apiEndpoint: pulumi.Input<string>;
  /** The stage that is called. @default the stage `$default` */
  stageName?: pulumi.Input<string>;
  originSecret: DistributionSecret;
  /** As `api.example.com`. CloudFront's own name would take TLS 1.0. */
  domainName: string;
  /** Route 53 zone of the name: the certificate is validated there, and the records of the domain written. */
  hostedZoneId?: pulumi.Input<string>;
  /** Certificate that you have, in us-east-1. @default one is requested and validated in `hostedZoneId` */
  certificateArn?: pulumi.Input<string>;
  waf?: DistributionWaf;
  /**
   * The secret is replaced on the first day of every so many months: 1, 2, 3, 4, 6 or 12.
   * @default 1 in production, else 2
   */
  rotationMonths?: number;
  /** How long the logs of the web ACL and of the rotation are kept. @default 365 days in production, else 90 */
  retentionInDays?: number;
  /** Protects the distribution from deletion. @default true in production */
  protect?: boolean;
  exceptions?: ControlException[];
  /** Tags of everything made that can have them, beside one that names the environment. */
  tags?: pulumi.Input<{ [key: string]: pulumi.Input<string> }>;
}

/**
 * A CloudFront distribution with a web ACL in front of an HTTP or WebSocket API, which can carry none itself. It takes
 * TLS 1.2 and 1.3, passes everything on and caches nothing, and sends the API a secret that a rotation replaces.
 *
 * The secret keeps callers from going around the web ACL only where every route of the API asks for it: give the API the
 * authorizer of an `OriginSecret`, which says what that guarantees. In the access log of the API the caller is CloudFront;
 * callers' own addresses are in the log of the web ACL.
 *
 * @example See {@link OriginSecret}.
 */
export class ApiDistribution extends pulumi.ComponentResource {
  /** The distribution. */
  public readonly distribution: aws.cloudfront.Distribution;
  /** Id of the distribution. */
  public readonly distributionId: pulumi.Output<string>;
  /** What a DNS record of yours points at, where `hostedZoneId` is not given. */
  public readonly targetDomainName: pulumi.Output<string>;
  /** ARN of the web ACL in force. */
  public readonly webAclArn: pulumi.Output<string>;
  /** Where it is called. */
  public readonly url: pulumi.Output<string>;
  /** What holds of each control, and by what exceptions one does not. */
  public readonly controls: pulumi.Output<Control[]>;

  constructor(name: string, args: ApiDistributionArgs, opts?: pulumi.ComponentResourceOptions) {
    const plan = planApiDistribution(name, args, opts);
    const { isolation, label, headerName, retentionInDays } = plan;
    super("gatehouse:index:ApiDistribution", name, args, opts);

    const place = placeOf(this, isolation, plan.faults);
    const inside = insideOf(this, place);
    const tags = isolation.tags(args.tags);
    const { domainName, hostedZoneId } = args;
    const { secretArn, kmsKeyArn } = args.originSecret;

    const { webAclArn: ownAcl, ...rules } = args.waf ?? {};
    const webAclArn =
      ownAcl ??
      new WebAcl(
        name,
        {
          ...rules,
          isolation: args.isolation,
          scope: "CLOUDFRONT",
          retentionInDays,
          exceptions: plan.webAclExceptions,
          tags,
        },
        inside(),
      ).arn;
    const certificateArn =
      args.certificateArn ??
      requestCertificate(name, { domainName, hostedZoneId: hostedZoneId ?? "", tags, region: "us-east-1" }, inside);
    const origin = "api";
    const distribution = new aws.cloudfront.Distribution(
      name,
      {
        enabled: true,
        comment: pulumi.interpolate`In front of ${label}.`,
        aliases: [domainName],
        origins: [
          {
            originId: origin,
            domainName: pulumi.output(args.apiEndpoint).apply(hostOf),
            ...(args.stageName !== undefined && { originPath: pulumi.output(args.stageName).apply(pathOf) }),
            customOriginConfig: {
              httpPort: 80,
              httpsPort: 443,
              originProtocolPolicy: "https-only",
              originSslProtocols: ["TLSv1.2"],
            },
            // Read, and not remembered: a rotation has changed it since.
            customHeaders: [{ name: headerName, value: originHeader(secretArn, this, plan.faults) }],
          },
        ],
        defaultCacheBehavior: {
          targetOriginId: origin,
          viewerProtocolPolicy: "https-only",
          allowedMethods: ["GET", "HEAD", "OPTIONS", "PUT", "POST", "PATCH", "DELETE"],
          cachedMethods: ["GET", "HEAD"],
          ...managedPolicies,
        },
        restrictions: { geoRestriction: { restrictionType: "none" } },
        viewerCertificate: {
          acmCertificateArn: certificateArn,
          sslSupportMethod: "sni-only",
          minimumProtocolVersion: "TLSv1.2_2021",
        },
        httpVersion: "http2and3",
        isIpv6Enabled: true,
        webAclId: webAclArn,
        tags,
      },
      inside({ protect: plan.protect }),
    );
    if (hostedZoneId !== undefined) {
      const target = { name: distribution.domainName, zoneId: distribution.hostedZoneId };
      aliasRecord(name, { zoneId: hostedZoneId, domainName, target, ipv6: true }, inside);
    }
    const permissions: Permission[] = [
      {
        Action: ["cloudfront:GetDistributionConfig", "cloudfront:UpdateDistribution"],
        Resource: distribution.arn,
      },
      // Asked of whoever updates a distribution that has one.
      { Action: ["wafv2:GetWebACL"], Resource: webAclArn },
    ];
    rotateSecrets(
      name,
      {
        program: "rotate-origin-secret",
        name: plan.functionName,
        description: pulumi.interpolate`Replaces the origin secret of ${label}.`,
        environment: { DISTRIBUTION_ID: distribution.id, HEADER_NAME: headerName },
        permissions,
        retentionInDays,
        kmsKeyArn,
        tags,
        secrets: new Map([[name, { arn: secretArn }]]),
        months: plan.months,
        place,
      },
      inside,
    );

    this.distribution = distribution;
    this.distributionId = distribution.id;
    this.targetDomainName = distribution.domainName;
    this.webAclArn = pulumi.output(webAclArn);
    this.url = pulumi.output(`https://${domainName}`);
    this.controls = pulumi.output(plan.controls);
    this.registerOutputs({
      distributionId: this.distributionId,
      targetDomainName: this.targetDomainName,
      webAclArn: this.webAclArn,
      url: this.url,
      controls: this.controls,
    });
  }
}

/** Of AWS: nothing is cached, all but the Host header is passed on, and answers get security headers. */
const managedPolicies = {
  cachePolicyId: "4135ea2d-6df8-44a3-9df3-4b5a84be39ad",
  originRequestPolicyId: "b689b0a8-53d0-40ab-baf2-68738e2966ac",
  responseHeadersPolicyId: "67f7725c-6f97-4210-82d7-5512b31e9d03",
};

function hostOf(endpoint: string): string {
  return endpoint.replace(/^(https|wss):\/\//, "").replace(/\/.*$/, "");
}

/** What stands before the paths of a stage; nothing before those of `$default`. */
function pathOf(stageName: string): string {
  return stageName === "$default" ? "" : `/${stageName}`;
}
