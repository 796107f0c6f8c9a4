import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Control, ControlException, Isolation } from "./args";
import { readArguments } from "./lib/arguments";
import { Controls } from "./lib/controls";
import { IsolationPlan } from "./lib/environment";
import { Faults } from "./lib/faults";
import { logKey } from "./lib/logs";
import { Names } from "./lib/names";
import { insideOf, placeOf } from "./lib/place";
import { newerProvider } from "./lib/provider";
import { planWebAcl, webAclControls, webAclLogGroup, webAclName } from "./lib/web-acl-rules";

/** What a web ACL lets through. */
export interface WebAclRules {
  /** Requests of one address within five minutes, 10 to 2000; beyond it, they are blocked. @default 2000 */
  rateLimit?: number;
  /** ARN of an IP set of which alone requests are taken. @default any address */
  allowedIpSetArn?: pulumi.Input<string>;
  /** ARN of an IP set of which none is taken. @default none */
  blockedIpSetArn?: pulumi.Input<string>;
  /** Countries, by ISO 3166 code, of which none is taken. @default none */
  blockedCountryCodes?: string[];
  /**
   * The largest body that is inspected, in kilobytes: 16, 32, 48 or 64. A larger one is blocked, so that nothing
   * reaches a backend uninspected.
   * @default 16
   */
  maximumBodyKilobytes?: number;
  /** Rules of the common rule set that only count, by name, as `GenericRFI_BODY`. @default none */
  countRules?: string[];
  /** Also block anonymous proxies and hosting providers, which many honest clients use. @default false */
  anonymousIpList?: boolean;
  /** Also block requests to administration pages. @default false */
  adminProtection?: boolean;
  /** Also manage bots, for a fee. @default false */
  botControl?: boolean;
  /** Count what would be blocked, to try the rules out. Refused in production. @default false */
  countOnly?: boolean;
}

/** Arguments of {@link WebAcl}. */
export interface WebAclArgs extends WebAclRules {
  isolation: Isolation;
  /** `REGIONAL` for stages, `CLOUDFRONT` for distributions. @default REGIONAL */
  scope?: string;
  /** How long the log keeps its entries. @default 365 days in production, else 90 */
  retentionInDays?: number;
  /** Key of the log group. @default one is made */
  logKmsKeyArn?: pulumi.Input<string>;
  exceptions?: ControlException[];
  /** Tags of everything made that can have them, beside one that names the environment. */
  tags?: pulumi.Input<{ [key: string]: pulumi.Input<string> }>;
}

/**
 * A web ACL for stages of REST APIs or for CloudFront, with its log: a rate limit, a limit on bodies, and the managed
 * rules on reputation, common attacks, known bad inputs and SQL injection, within 1500 capacity units.
 *
 * @example
 * ```ts
 * const firewall = new gatehouse.WebAcl("shop", { isolation: { environment: "production" } });
 * new gatehouse.RestApi("orders", { …, waf: { webAclArn: firewall.arn } });
 * ```
 */
export class WebAcl extends pulumi.ComponentResource {
  /** ARN of the web ACL. */
  public readonly arn: pulumi.Output<string>;
  /** Name of the log group. */
  public readonly logGroupName: pulumi.Output<string>;
  /** What holds of each control, and by what exceptions one does not. */
  public readonly controls: pulumi.Output<Control[]>;

  constructor(name: string, args: WebAclArgs, opts?: pulumi.ComponentResourceOptions) {
    const faults = new Faults("WebAcl", name);
    args = readArguments("WebAcl", args, faults);
    const isolation = IsolationPlan.read(args.isolation, faults);
    const ledger = new Controls(args.exceptions, webAclControls, faults);
    const plan = planWebAcl(args, isolation, ledger, faults, "");
    const scope = args.scope ?? "REGIONAL";
    if (scope !== "REGIONAL" && scope !== "CLOUDFRONT") {
      faults.add("scope", `is ${JSON.stringify(scope)}`, "write REGIONAL or CLOUDFRONT");
    }
    const global = scope === "CLOUDFRONT";
    if (global) newerProvider("scope", faults);
    const controls = ledger.list();
    faults.throwIfAny();
    super("gatehouse:index:WebAcl", name, args, opts);

    const place = placeOf(this, isolation, faults);
    const inside = insideOf(this, place);
    const label = Names.of("WebAcl", name, isolation, opts).of(webAclName);
    const tags = isolation.tags(args.tags);
    // What CloudFront uses lives in us-east-1, whatever the region of the provider.
    const where = global ? { region: "us-east-1" } : {};

    const logGroupName = webAclLogGroup(label);
    const kmsKeyId =
      args.logKmsKeyArn ??
      logKey(
        `${name}-logs`,
        {
          description: pulumi.interpolate`Logs of the web ACL ${label}.`,
          logGroups: [logGroupName],
          place,
          tags,
          ...where,
        },
        inside,
      ).arn;
    const logs = new aws.cloudwatch.LogGroup(
      `${name}-logs`,
      { name: logGroupName, retentionInDays: plan.retentionInDays, kmsKeyId, tags, ...where },
      inside({ retainOnDelete: isolation.isProduction }),
    );
    const acl = new aws.wafv2.WebAcl(
      name,
      {
        name: label,
        // AWS WAF takes no parentheses here.
        description: pulumi.interpolate`In front of ${label}.`,
        scope,
        defaultAction: { allow: {} },
        visibilityConfig: plan.visibility(label),
        rules: plan.rules,
        associationConfig: {
          requestBodies: [
            {
              [global ? "cloudfronts" : "apiGateways"]: [{ defaultSizeInspectionLimit: plan.inspectionLimit }],
            },
          ],
        },
        tags,
        ...where,
      },
      inside(),
    );
    new aws.wafv2.WebAclLoggingConfiguration(
      name,
      {
        resourceArn: acl.arn,
        logDestinationConfigs: [logs.arn],
        redactedFields: plan.secretHeaders.map((header) => ({ singleHeader: { name: header } })),
        ...where,
      },
      inside(),
    );

    this.arn = acl.arn;
    this.logGroupName = logs.name;
    this.controls = pulumi.output(controls);
    this.registerOutputs({ arn: this.arn, logGroupName: this.logGroupName, controls: this.controls });
  }
}
