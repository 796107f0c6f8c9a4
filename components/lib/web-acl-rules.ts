import type { types } from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { WebAclArgs } from "../web-acl";
import type { Controls } from "./controls";
import type { IsolationPlan } from "./environment";
import type { Faults } from "./faults";
import { isLegalRetention } from "./logs";

type Rule = types.input.wafv2.WebAclRule;
type Visibility = types.input.wafv2.WebAclVisibilityConfig;

/** Controls of which a web ACL may need an exception. */
export const webAclControls = ["log-group-retention", "web-acl-rate-limit", "web-acl-rules"] as const;

export interface WebAclPlan {
  readonly rules: Rule[];
  readonly retentionInDays: number;
  /** `KB_16` … */
  readonly inspectionLimit: string;
  /** Headers that stay out of the log. */
  readonly secretHeaders: readonly string[];
  visibility(metricName: pulumi.Input<string>): Visibility;
}

/** Groups whose absence a control notices, with the priority of each. */
const managed = [
  ["AWSManagedRulesAmazonIpReputationList", 20],
  ["AWSManagedRulesCommonRuleSet", 30],
  ["AWSManagedRulesKnownBadInputsRuleSet", 40],
  ["AWSManagedRulesSQLiRuleSet", 50],
] as const;

const blocks = `Blocks what ${managed.map(([name]) => name).join(", ")} find.`;

/** The rule on bodies of the common rule set; `large-body` stands in for it, and knows how large a body may be. */
const replaced = "SizeRestrictions_BODY";

const maximumRate = 2000;
const inspectionLimits = [16, 32, 48, 64];

const visibility = (metricName: pulumi.Input<string>): Visibility => ({
  cloudwatchMetricsEnabled: true,
  sampledRequestsEnabled: true,
  metricName,
});

/** Characters of a web ACL's name, which its metric takes as well. */
export const webAclName = 100;

/** The log group of a web ACL; AWS WAF writes to none that is called otherwise. */
export function webAclLogGroup(name: pulumi.Output<string>): pulumi.Output<string> {
  return pulumi.interpolate`aws-waf-logs-${name}`;
}

/** The rules of a web ACL; `at` is what stands before the names of its arguments: `waf.`. */
export function planWebAcl(
  args: Omit<WebAclArgs, "isolation">,
  isolation: IsolationPlan,
  controls: Controls,
  faults: Faults,
  at: string,
): WebAclPlan {
  const { rateLimit = maximumRate, countOnly = false, maximumBodyKilobytes: kilobytes = 16 } = args;
  const { retentionInDays = isolation.defaults.retentionInDays, blockedCountryCodes: countries = [] } = args;
  if (!Number.isInteger(rateLimit) || rateLimit < 10) {
    faults.add(`${at}rateLimit`, `is ${String(rateLimit)}`, "write a whole number from 10");
  }
  controls.unless(rateLimit > maximumRate, "web-acl-rate-limit", `${at}rateLimit`, {
    met: `Blocks an address beyond ${String(rateLimit)} requests in five minutes.`,
    weaker: `is ${String(rateLimit)}, more than ${String(maximumRate)}`,
    fix: "lower it",
  });
  if (countOnly && isolation.isProduction) {
    faults.add(`${at}countOnly`, "is set in production, where a web ACL must block", "take it away");
  } else {
    controls.unless(countOnly, "web-acl-rules", `${at}countOnly`, {
      met: blocks,
      weaker: "lets through what it finds",
      fix: "take it away",
    });
  }
  const counted = (args.countRules ?? []).filter((rule) => rule !== replaced);
  controls.unless(counted.length > 0, "web-acl-rules", `${at}countRules`, {
    met: blocks,
    weaker: `only counts what ${counted.join(", ")} would block`,
    fix: "take it away",
  });
  if (!inspectionLimits.includes(kilobytes)) {
    faults.add(`${at}maximumBodyKilobytes`, `is ${String(kilobytes)}`, "write 16, 32, 48 or 64");
  }
  for (const code of countries) {
    if (!/^[A-Z]{2}$/.test(code)) {
      faults.add(
        `${at}blockedCountryCodes`,
        `holds ${JSON.stringify(code)}`,
        "write two capitals as ISO 3166 has them",
      );
    }
  }
  planRetention(retentionInDays, isolation, controls, faults, `${at}retentionInDays`);
  controls.meet("web-acl-logging", "Logs every request, without credentials, and counts in CloudWatch.");
  return {
    rules: rulesOf(args, rateLimit, countOnly, kilobytes, countries),
    retentionInDays,
    inspectionLimit: `KB_${String(kilobytes)}`,
    secretHeaders: ["authorization", "cookie", "x-api-key"],
    visibility,
  };
}

/** How long logs are kept; shorter than the environment's default is weaker. */
export function planRetention(
  days: number,
  { defaults }: IsolationPlan,
  controls: Controls,
  faults: Faults,
  field: string,
): void {
  if (!isLegalRetention(days)) {
    faults.add(field, `is ${String(days)}`, "write a number of days that CloudWatch Logs has, as 90, 365 or 731");
  }
  controls.unless(days < defaults.retentionInDays, "log-group-retention", field, {
    met: `Logs are kept for ${String(days)} days.`,
    weaker: `is ${String(days)} days, less than ${String(defaults.retentionInDays)}`,
    fix: "raise it",
  });
}

function rulesOf(
  args: Omit<WebAclArgs, "isolation">,
  rateLimit: number,
  countOnly: boolean,
  kilobytes: number,
  countries: readonly string[],
): Rule[] {
  const { allowedIpSetArn, blockedIpSetArn, countRules = [] } = args;
  const stop = countOnly ? { count: {} } : { block: {} };
  const own = (name: string, priority: number, statement: Rule["statement"]): Rule => ({
    name,
    priority,
    action: stop,
    statement,
    visibilityConfig: visibility(name),
  });
  const group = (name: string, priority: number): Rule => ({
    name,
    priority,
    overrideAction: countOnly ? { count: {} } : { none: {} },
    statement: {
      managedRuleGroupStatement: {
        vendorName: "AWS",
        name,
        ...(name === "AWSManagedRulesCommonRuleSet" && {
          ruleActionOverrides: [...new Set([replaced, ...countRules])].map((rule) => ({
            name: rule,
            actionToUse: { count: {} },
          })),
        }),
        ...(name === "AWSManagedRulesBotControlRuleSet" && {
          managedRuleGroupConfigs: [{ awsManagedRulesBotControlRuleSet: { inspectionLevel: "COMMON" } }],
        }),
      },
    },
    visibilityConfig: visibility(name),
  });
  return [
    ...(allowedIpSetArn === undefined
      ? []
      : [
          own("allowed-addresses", 0, {
            notStatement: { statement: { ipSetReferenceStatement: { arn: allowedIpSetArn } } },
          }),
        ]),
    ...(blockedIpSetArn === undefined
      ? []
      : [own("blocked-addresses", 5, { ipSetReferenceStatement: { arn: blockedIpSetArn } })]),
    ...(countries.length === 0
      ? []
      : [own("blocked-countries", 7, { geoMatchStatement: { countryCodes: [...countries] } })]),
    own("rate", 10, {
      rateBasedStatement: { limit: rateLimit, aggregateKeyType: "IP", evaluationWindowSec: 300 },
    }),
    own("large-body", 15, {
      sizeConstraintStatement: {
        fieldToMatch: { body: { oversizeHandling: "MATCH" } },
        comparisonOperator: "GT",
        size: kilobytes * 1024,
        textTransformations: [{ priority: 0, type: "NONE" }],
      },
    }),
    ...managed.map(([name, priority]) => group(name, priority)),
    ...(args.anonymousIpList === true ? [group("AWSManagedRulesAnonymousIpList", 60)] : []),
    ...(args.adminProtection === true ? [group("AWSManagedRulesAdminProtectionRuleSet", 70)] : []),
    ...(args.botControl === true ? [group("AWSManagedRulesBotControlRuleSet", 80)] : []),
  ];
}
