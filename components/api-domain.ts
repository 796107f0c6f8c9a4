import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Control, ControlException, EndpointType, Isolation } from "./args";
import { aliasRecord, requestCertificate } from "./lib/certificate";
import { planApiDomain } from "./lib/domain-plan";
import type { DomainPlan } from "./lib/domain-plan";
import { Names } from "./lib/names";
import { insideOf, placeOf } from "./lib/place";
import type { Inside } from "./lib/place";
import { makeTruststore } from "./lib/truststore";
import type { Truststore } from "./lib/truststore";

/** A stage that a path of the domain leads to: exactly one of the stages, or the id and stage name of another stack's API. */
export interface ApiMapping {
  /** The output `stage` of a `RestApi`, or one of your own. */
  restStage?: pulumi.Input<aws.apigateway.Stage>;
  /** Stage of an HTTP API. */
  httpStage?: pulumi.Input<aws.apigatewayv2.Stage>;
  /** Stage of a WebSocket API, which shares a domain with no other kind. */
  webSocketStage?: pulumi.Input<aws.apigatewayv2.Stage>;
  /** A REST API of another stack. */
  restApiId?: pulumi.Input<string>;
  /** An HTTP API of another stack. */
  httpApiId?: pulumi.Input<string>;
  /** A WebSocket API of another stack. */
  webSocketApiId?: pulumi.Input<string>;
  /** Stage of another stack's API. */
  stageName?: pulumi.Input<string>;
}

/** Lets in only callers with a certificate that the truststore's authorities issued. */
export interface MutualTls {
  /** Certificates of the authorities, as PEM; a truststore is made of them. */
  certificates?: pulumi.Input<string>;
  /** A truststore that you have, as `s3://bucket/key`. */
  truststoreUri?: pulumi.Input<string>;
  /** The version of that object; without it, whoever may write the object says who is let in. */
  truststoreVersion?: pulumi.Input<string>;
  /** Of a certificate of ACM, where the domain's own is imported or of a private authority. @default none */
  ownershipVerificationCertificateArn?: pulumi.Input<string>;
}

/** Arguments of {@link ApiDomain}. */
export interface ApiDomainArgs {
  isolation: Isolation;
  /** As `api.example.com`. */
  domainName: string;
  /** Route 53 zone of the name: the certificate is validated there, and the record of the domain written. */
  hostedZoneId?: pulumi.Input<string>;
  /** Certificate that you have; of an EDGE domain, in us-east-1. @default one is requested and validated in `hostedZoneId` */
  certificateArn?: pulumi.Input<string>;
  /** Stages by path: `/` for all paths, or as `/orders` or `/orders/v2`. */
  mappings: { [path: string]: ApiMapping };
  /** REGIONAL, or EDGE for REST APIs alone, with an exception. @default REGIONAL */
  endpointType?: EndpointType;
  /**
   * What the domain accepts.
   * @default `SecurityPolicy_TLS13_1_2_PFS_PQ_2025_09` before REST APIs alone and without mutual TLS, EDGE
   * `SecurityPolicy_TLS13_2025_EDGE`; else `TLS_1_2`, beside which API Gateway takes no other
   */
  securityPolicy?: string;
  /** STRICT or BASIC. An existing domain moves to an enhanced policy by way of BASIC. @default STRICT */
  endpointAccessMode?: string;
  mutualTls?: MutualTls;
  /** Protects the domain from deletion. @default true in production */
  protect?: boolean;
  exceptions?: ControlException[];
  /** Tags of everything made that can have them, beside one that names the environment. */
  tags?: pulumi.Input<{ [key: string]: pulumi.Input<string> }>;
}

/**
 * A custom domain of one environment, with its certificate, its DNS record, the strongest TLS that its APIs take, and the
 * stages behind it.
 *
 * Set `disableExecuteApiEndpoint` on those APIs: their own endpoints would be a way around the domain. A mapping that
 * moves to another API is taken away before the new one is made, so its path answers nothing for some seconds.
 *
 * @example Two REST APIs:
 * ```ts
 * new gatehouse.ApiDomain("api", {
 *   isolation: { environment: "production" },
 *   domainName: "api.example.com",
 *   hostedZoneId: zone.zoneId,
 *   mappings: { "/orders": { restStage: orders.stage }, "/stock": { restStage: stock.stage } },
 * });
 * ```
 *
 * @example Callers with a certificate:
 * ```ts
 * new gatehouse.ApiDomain("partners", {
 *   …,
 *   mutualTls: { certificates: readFileSync("partners-ca.pem", "utf8") },
 * });
 * ```
 */
export class ApiDomain extends pulumi.ComponentResource {
  /** The custom domain. */
  public readonly domain: aws.apigateway.DomainName;
  /** Its name. */
  public readonly domainName: pulumi.Output<string>;
  /** What a DNS record of yours points at, where `hostedZoneId` is not given. */
  public readonly targetDomainName: pulumi.Output<string>;
  /** Route 53 zone of `targetDomainName`. */
  public readonly targetHostedZoneId: pulumi.Output<string>;
  /** ARN of its certificate. */
  public readonly certificateArn: pulumi.Output<string>;
  /** Where it is called. */
  public readonly url: pulumi.Output<string>;
  /** What holds of each control, and by what exceptions one does not. */
  public readonly controls: pulumi.Output<Control[]>;

  constructor(name: string, args: ApiDomainArgs, opts?: pulumi.ComponentResourceOptions) {
    const plan = planApiDomain(name, args);
    const { isolation, edge } = plan;
    super("gatehouse:index:ApiDomain", name, args, opts);

    const place = placeOf(this, isolation, plan.faults);
    const inside = insideOf(this, place);
    const tags = isolation.tags(args.tags);

    const { hostedZoneId } = args;
    const names = Names.of("ApiDomain", name, isolation, opts);
    const certificateArn =
      args.certificateArn ??
      requestCertificate(
        name,
        {
          domainName: args.domainName,
          hostedZoneId: hostedZoneId ?? "",
          tags,
          // CloudFront, which stands behind an EDGE domain, takes no other.
          ...(edge && { region: "us-east-1" }),
        },
        inside,
      );
    const truststore = args.mutualTls && makeTruststore(names, args.mutualTls, isolation, tags, inside);
    const domain = makeDomain(name, args, plan, certificateArn, truststore, tags, inside);
    const target = edge
      ? { name: domain.cloudfrontDomainName, zoneId: domain.cloudfrontZoneId }
      : { name: domain.regionalDomainName, zoneId: domain.regionalZoneId };
    if (hostedZoneId !== undefined) {
      aliasRecord(name, { zoneId: hostedZoneId, domainName: args.domainName, target, ipv6: edge }, inside);
    }
    for (const { slug, key, apiId, stageName } of plan.mappings) {
      // Two cannot stand at one path.
      const options = inside({ deleteBeforeReplace: true });
      const { domainName } = domain;
      if (edge) {
        new aws.apigateway.BasePathMapping(
          `${name}-${slug}`,
          { domainName, restApi: apiId, stageName, basePath: key },
          options,
        );
      } else {
        new aws.apigatewayv2.ApiMapping(
          `${name}-${slug}`,
          { domainName, apiId, stage: stageName, apiMappingKey: key },
          options,
        );
      }
    }

    this.domain = domain;
    this.domainName = domain.domainName;
    this.targetDomainName = target.name;
    this.targetHostedZoneId = target.zoneId;
    this.certificateArn = pulumi.output(certificateArn);
    this.url = pulumi.interpolate`https://${domain.domainName}`;
    this.controls = pulumi.output(plan.controls);
    this.registerOutputs({
      domainName: this.domainName,
      targetDomainName: this.targetDomainName,
      targetHostedZoneId: this.targetHostedZoneId,
      certificateArn: this.certificateArn,
      url: this.url,
      controls: this.controls,
    });
  }
}

function makeDomain(
  name: string,
  { domainName, mutualTls }: ApiDomainArgs,
  { edge, securityPolicy, endpointAccessMode, protect }: DomainPlan,
  certificateArn: pulumi.Input<string>,
  truststore: Truststore | undefined,
  tags: pulumi.Output<Record<string, string>>,
  inside: Inside,
): aws.apigateway.DomainName {
  return new aws.apigateway.DomainName(
    name,
    {
      domainName,
      ...(edge ? { certificateArn } : { regionalCertificateArn: certificateArn }),
      endpointConfiguration: { types: edge ? "EDGE" : "REGIONAL" },
      securityPolicy,
      endpointAccessMode,
      mutualTlsAuthentication: truststore && {
        truststoreUri: truststore.uri,
        truststoreVersion: truststore.version,
      },
      ownershipVerificationCertificateArn: mutualTls?.ownershipVerificationCertificateArn,
      tags,
    },
    inside({ protect }),
  );
}
