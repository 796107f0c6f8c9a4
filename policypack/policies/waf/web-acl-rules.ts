import { globMatches } from "../../core/glob";
import { definePolicy, fault, option, unverified } from "../../core/policy";
import type { Outcome } from "../../core/policy";
import { attachedWebAcls } from "../../model/web-acl";
import type { WebAcl, WebAclRule } from "../../model/web-acl";

/** Short names of the groups whose full name ends in `List`; that of the others ends in `RuleSet`. */
const lists: ReadonlySet<string> = new Set(["AmazonIpReputation", "AnonymousIp"]);
const ruleSets: ReadonlySet<string> = new Set([
  "Common",
  "AdminProtection",
  "KnownBadInputs",
  "SQLi",
  "Linux",
  "Unix",
  "Windows",
  "PHP",
  "WordPress",
  "BotControl",
  "ATP",
  "ACFP",
  "AntiDDoS",
]);

/** `Common` is short for `AWSManagedRulesCommonRuleSet`. */
function fullName(name: string): string {
  if (lists.has(name)) return `AWSManagedRules${name}List`;
  return ruleSets.has(name) ? `AWSManagedRules${name}RuleSet` : name;
}

/** Whether a rule is the managed rule group; "undecided" while it may be. */
function isGroup(rule: WebAclRule, pattern: string): boolean | "undecided" {
  if (rule.statement.isUnknown()) return "undecided";
  const statement = rule.statement.get();
  if (statement?.kind !== "managed-group") return false;
  const name = statement.name.get();
  if (name === undefined) return statement.name.isUnknown() ? "undecided" : false;
  if (!globMatches(pattern, name)) return false;
  // Other vendors may call a group of theirs as they like.
  return !pattern.startsWith("AWSManagedRules") || statement.vendor.get() === undefined || statement.vendor.is("AWS");
}

function listed(names: readonly string[]): string {
  if (names.length < 2) return names.join("");
  return `${names.slice(0, -1).join(", ")} and ${names[names.length - 1] ?? ""}`;
}

/** The rules of AWS's group of known bad inputs that stop Log4Shell (CVE-2021-44228). */
const log4Shell = /^log4jrce/i;

/** The rules against Log4Shell that are told to let it through, in every rule that has their group. */
function softenedLog4Shell(rules: readonly WebAclRule[]): readonly string[] {
  const softened = rules
    .filter((rule) => rule.effect.isNot("count"))
    .map((rule) => {
      const statement = rule.statement.get();
      const names = statement?.kind === "managed-group" ? statement.softened.get() : undefined;
      return (names ?? []).filter((name) => log4Shell.test(name));
    });
  return softened.every((names) => names.length > 0) ? [...new Set(softened.flat())] : [];
}

const seesOnePath = (rule: WebAclRule): boolean => {
  const statement = rule.statement.get();
  return statement?.kind === "managed-group" && statement.onePath;
};

const groups = (names: readonly string[]): string =>
  `the managed rule group${names.length === 1 ? "" : "s"} ${listed(names)}`;

function judge(acl: WebAcl, required: readonly string[]): Outcome[] {
  const at = acl.subject;
  if (acl.isEmpty) {
    const fix =
      required.length > 0
        ? `Add ${groups(required)} of vendor AWS to \`rules\`, with \`overrideAction\` \`none\`.`
        : undefined;
    return [fault("has no rules, so it stops nothing that its default action lets through", { at, fix })];
  }
  if (acl.rulesComplete && acl.rules.every((rule) => rule.effect.is("count"))) {
    return [
      fault("only counts requests, since no rule of it does anything else", {
        at,
        fix: "Set `overrideAction` of its rule groups to `none`, and `action` of its rules to `block`.",
      }),
    ];
  }
  const missing: string[] = [];
  const counted: string[] = [];
  const undecided: string[] = [];
  const softened = new Set<string>();
  const passed = new Set<string>();
  const partial: string[] = [];
  for (const name of required) {
    const found = acl.rules.filter((rule) => isGroup(rule, name) === true);
    if (found.length > 0 && found.every(seesOnePath)) partial.push(name);
    for (const rule of acl.passedBefore(found)) passed.add(rule);
    if (found.length === 0) {
      const maybe = !acl.rulesComplete || acl.rules.some((rule) => isGroup(rule, name) === "undecided");
      (maybe ? undecided : missing).push(name);
    } else if (found.every((rule) => rule.effect.is("count"))) counted.push(name);
    else if (!found.some((rule) => rule.effect.isNot("count"))) undecided.push(name);
    else for (const rule of softenedLog4Shell(found)) softened.add(rule);
  }
  const outcomes: Outcome[] = [];
  if (missing.length > 0) {
    outcomes.push(
      fault(`lacks ${groups(missing)}`, {
        at,
        fix: "Add a rule with a `managedRuleGroupStatement` of vendor AWS and `overrideAction` `none` for each.",
      }),
    );
  }
  if (counted.length > 0) {
    outcomes.push(
      fault(`only counts what ${groups(counted)} would block`, {
        at,
        fix: "Set `overrideAction` of the rule to `none`.",
      }),
    );
  }
  if (partial.length > 0) {
    outcomes.push(
      fault(`shows ${groups(partial)} one path only`, {
        at,
        fix: "Remove `scopeDownStatement`, or have it leave out what is not to be looked at.",
      }),
    );
  }
  if (passed.size > 0) {
    const rules = [...passed].map((name) => JSON.stringify(name));
    outcomes.push(
      fault(`lets most requests pass by its managed rule groups, which rule ${listed(rules)} allows before them`, {
        at,
        fix: "Have the rule block what is not allowed, or give it a `priority` behind the rule groups.",
      }),
    );
  }
  if (softened.size > 0) {
    const rules = [...softened].map((name) => `"${name}"`);
    outcomes.push(
      fault(
        `lets Log4Shell through, since ${listed(rules)} of its managed rules ${rules.length === 1 ? "does" : "do"} not block`,
        {
          at,
          fix: "Remove them from `ruleActionOverrides` (`excludedRules` of older providers).",
        },
      ),
    );
  }
  if (undecided.length > 0) {
    outcomes.push(unverified(`has rules that are not known yet, so it may lack ${groups(undecided)}`, { at }));
  }
  return outcomes;
}

export const webAclRules = definePolicy({
  name: "web-acl-rules",
  topic: "waf",
  description: "Web ACLs in front of APIs block what the required managed rule groups find.",
  why: "A web ACL with no rules, or with rules that only count, satisfies every check on its presence and stops no attack.",
  fix: "Add the required managed rule groups to `rules`, with `overrideAction` `none`.",
  severity: "high",
  level: "mandatory",
  where: "S",
  practice: "tip 1: WAF",
  peers: ["CKV2_AWS_77", "CKV_AWS_192", "FG_R00500", "CKV_AWS_175", "wafv2_webacl_with_rules"],
  options: {
    requiredManagedRuleGroups: option<readonly string[]>(
      "Managed rule groups that every web ACL must have, by full name, short name such as `Common`, or glob.",
      { type: "array", items: { type: "string", minLength: 1 } },
      [
        "AWSManagedRulesCommonRuleSet",
        "AWSManagedRulesKnownBadInputsRuleSet",
        "AWSManagedRulesSQLiRuleSet",
        "AWSManagedRulesAmazonIpReputationList",
      ],
    ),
  },
  on: "stack",
  check: (graph, { options }) => {
    const names = options.requiredManagedRuleGroups.filter((name) => typeof name === "string" && name !== "");
    const required = [...new Set(names.map(fullName))];
    return attachedWebAcls(graph).flatMap((acl) => judge(acl, required));
  },
  examples: {
    pass: [
      {
        title: "the required managed rule groups block",
        program: ({ aws }) => {
          const visibility = (metricName: string) => ({
            cloudwatchMetricsEnabled: true,
            metricName,
            sampledRequestsEnabled: true,
          });
          const api = new aws.apigateway.RestApi("orders");
          const deployment = new aws.apigateway.Deployment("orders", { restApi: api.id });
          const stage = new aws.apigateway.Stage("prod", {
            restApi: api.id,
            deployment: deployment.id,
            stageName: "prod",
          });
          const acl = new aws.wafv2.WebAcl("orders", {
            scope: "REGIONAL",
            defaultAction: { allow: {} },
            visibilityConfig: visibility("orders"),
            rules: [
              "AWSManagedRulesCommonRuleSet",
              "AWSManagedRulesKnownBadInputsRuleSet",
              "AWSManagedRulesSQLiRuleSet",
              "AWSManagedRulesAmazonIpReputationList",
            ].map((name, priority) => ({
              name,
              priority,
              overrideAction: { none: {} },
              statement: { managedRuleGroupStatement: { vendorName: "AWS", name } },
              visibilityConfig: visibility(name),
            })),
          });
          new aws.wafv2.WebAclAssociation("orders", { resourceArn: stage.arn, webAclArn: acl.arn });
        },
      },
      {
        title: "resources of their own add the rule groups",
        config: { requiredManagedRuleGroups: ["Common"] },
        program: ({ aws }) => {
          const api = new aws.apigateway.RestApi("orders");
          const deployment = new aws.apigateway.Deployment("orders", { restApi: api.id });
          const stage = new aws.apigateway.Stage("prod", {
            restApi: api.id,
            deployment: deployment.id,
            stageName: "prod",
          });
          const acl = new aws.wafv2.WebAcl("orders", {
            scope: "REGIONAL",
            defaultAction: { allow: {} },
            visibilityConfig: { cloudwatchMetricsEnabled: true, metricName: "orders", sampledRequestsEnabled: true },
          });
          new aws.wafv2.WebAclRuleGroupAssociation("common", {
            webAclArn: acl.arn,
            ruleName: "common",
            priority: 0,
            overrideAction: "none",
            managedRuleGroup: { vendorName: "AWS", name: "AWSManagedRulesCommonRuleSet" },
          });
          new aws.wafv2.WebAclAssociation("orders", { resourceArn: stage.arn, webAclArn: acl.arn });
        },
      },
      {
        title: "the rules are written as JSON",
        config: { requiredManagedRuleGroups: ["SQLi"] },
        program: ({ aws }) => {
          const api = new aws.apigateway.RestApi("orders");
          const deployment = new aws.apigateway.Deployment("orders", { restApi: api.id });
          const stage = new aws.apigateway.Stage("prod", {
            restApi: api.id,
            deployment: deployment.id,
            stageName: "prod",
          });
          const acl = new aws.wafv2.WebAcl("orders", {
            scope: "REGIONAL",
            defaultAction: { allow: {} },
            visibilityConfig: { cloudwatchMetricsEnabled: true, metricName: "orders", sampledRequestsEnabled: true },
            ruleJson: JSON.stringify([
              {
                Name: "sqli",
                Priority: 0,
                OverrideAction: { None: {} },
                Statement: { ManagedRuleGroupStatement: { VendorName: "AWS", Name: "AWSManagedRulesSQLiRuleSet" } },
                VisibilityConfig: {
                  CloudWatchMetricsEnabled: true,
                  MetricName: "sqli",
                  SampledRequestsEnabled: true,
                },
              },
            ]),
          });
          new aws.wafv2.WebAclAssociation("orders", { resourceArn: stage.arn, webAclArn: acl.arn });
        },
      },
      {
        title: "the web ACL of a distribution before an HTTP API blocks",
        config: { requiredManagedRuleGroups: ["Common"] },
        program: ({ aws }) => {
          const api = new aws.apigatewayv2.Api("orders", { protocolType: "HTTP" });
          new aws.apigatewayv2.Stage("default", { apiId: api.id, name: "$default" });
          const acl = new aws.wafv2.WebAcl("edge", {
            scope: "CLOUDFRONT",
            defaultAction: { allow: {} },
            visibilityConfig: { cloudwatchMetricsEnabled: true, metricName: "edge", sampledRequestsEnabled: true },
            rules: [
              {
                name: "common",
                priority: 0,
                overrideAction: { none: {} },
                statement: {
                  managedRuleGroupStatement: { vendorName: "AWS", name: "AWSManagedRulesCommonRuleSet" },
                },
                visibilityConfig: {
                  cloudwatchMetricsEnabled: true,
                  metricName: "common",
                  sampledRequestsEnabled: true,
                },
              },
            ],
          });
          new aws.cloudfront.Distribution("edge", {
            enabled: true,
            webAclId: acl.arn,
            origins: [
              {
                originId: "api",
                domainName: api.apiEndpoint.apply((endpoint) => endpoint.replace("https://", "")),
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
              viewerProtocolPolicy: "https-only",
              allowedMethods: ["GET", "HEAD"],
              cachedMethods: ["GET", "HEAD"],
            },
            restrictions: { geoRestriction: { restrictionType: "none" } },
            viewerCertificate: { cloudfrontDefaultCertificate: true },
          });
        },
      },
      {
        title: "the web ACL of a distribution before a WebSocket API blocks",
        config: { requiredManagedRuleGroups: ["Common"] },
        program: ({ aws }) => {
          const api = new aws.apigatewayv2.Api("chat", {
            protocolType: "WEBSOCKET",
            routeSelectionExpression: "$request.body.action",
          });
          new aws.apigatewayv2.Stage("prod", { apiId: api.id, name: "prod" });
          const acl = new aws.wafv2.WebAcl("edge", {
            scope: "CLOUDFRONT",
            defaultAction: { allow: {} },
            visibilityConfig: { cloudwatchMetricsEnabled: true, metricName: "edge", sampledRequestsEnabled: true },
            rules: [
              {
                name: "common",
                priority: 0,
                overrideAction: { none: {} },
                statement: {
                  managedRuleGroupStatement: { vendorName: "AWS", name: "AWSManagedRulesCommonRuleSet" },
                },
                visibilityConfig: {
                  cloudwatchMetricsEnabled: true,
                  metricName: "common",
                  sampledRequestsEnabled: true,
                },
              },
            ],
          });
          new aws.cloudfront.Distribution("edge", {
            enabled: true,
            webAclId: acl.arn,
            origins: [
              {
                originId: "api",
                domainName: api.apiEndpoint.apply((endpoint) => endpoint.replace("wss://", "")),
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
              viewerProtocolPolicy: "https-only",
              allowedMethods: ["GET", "HEAD"],
              cachedMethods: ["GET", "HEAD"],
            },
            restrictions: { geoRestriction: { restrictionType: "none" } },
            viewerCertificate: { cloudfrontDefaultCertificate: true },
          });
        },
      },
    ],
    fail: [
      {
        title: "the web ACL of a stage has no rules",
        program: ({ aws }) => {
          const api = new aws.apigateway.RestApi("orders");
          const deployment = new aws.apigateway.Deployment("orders", { restApi: api.id });
          const stage = new aws.apigateway.Stage("prod", {
            restApi: api.id,
            deployment: deployment.id,
            stageName: "prod",
          });
          const acl = new aws.wafv2.WebAcl("orders", {
            scope: "REGIONAL",
            defaultAction: { allow: {} },
            visibilityConfig: { cloudwatchMetricsEnabled: true, metricName: "orders", sampledRequestsEnabled: true },
          });
          new aws.wafv2.WebAclAssociation("orders", { resourceArn: stage.arn, webAclArn: acl.arn });
        },
      },
      {
        title: "one required group only counts, and the others are missing",
        program: ({ aws }) => {
          const visibility = (metricName: string) => ({
            cloudwatchMetricsEnabled: true,
            metricName,
            sampledRequestsEnabled: true,
          });
          const api = new aws.apigateway.RestApi("orders");
          const deployment = new aws.apigateway.Deployment("orders", { restApi: api.id });
          const stage = new aws.apigateway.Stage("prod", {
            restApi: api.id,
            deployment: deployment.id,
            stageName: "prod",
          });
          const acl = new aws.wafv2.WebAcl("orders", {
            scope: "REGIONAL",
            defaultAction: { allow: {} },
            visibilityConfig: visibility("orders"),
            rules: [
              {
                name: "common",
                priority: 0,
                overrideAction: { count: {} },
                statement: {
                  managedRuleGroupStatement: { vendorName: "AWS", name: "AWSManagedRulesCommonRuleSet" },
                },
                visibilityConfig: visibility("common"),
              },
              {
                name: "per-address",
                priority: 1,
                action: { block: {} },
                statement: { rateBasedStatement: { limit: 2000, aggregateKeyType: "IP" } },
                visibilityConfig: visibility("per-address"),
              },
            ],
          });
          new aws.wafv2.WebAclAssociation("orders", { resourceArn: stage.arn, webAclArn: acl.arn });
        },
      },
      {
        title: "the rule against Log4Shell is told to count",
        config: { requiredManagedRuleGroups: ["KnownBadInputs"] },
        program: ({ aws }) => {
          const visibility = (metricName: string) => ({
            cloudwatchMetricsEnabled: true,
            metricName,
            sampledRequestsEnabled: true,
          });
          const api = new aws.apigateway.RestApi("orders");
          const deployment = new aws.apigateway.Deployment("orders", { restApi: api.id });
          const stage = new aws.apigateway.Stage("prod", {
            restApi: api.id,
            deployment: deployment.id,
            stageName: "prod",
          });
          const acl = new aws.wafv2.WebAcl("orders", {
            scope: "REGIONAL",
            defaultAction: { allow: {} },
            visibilityConfig: visibility("orders"),
            rules: [
              {
                name: "known-bad-inputs",
                priority: 0,
                overrideAction: { none: {} },
                statement: {
                  managedRuleGroupStatement: {
                    vendorName: "AWS",
                    name: "AWSManagedRulesKnownBadInputsRuleSet",
                    ruleActionOverrides: [{ name: "Log4JRCE_HEADER", actionToUse: { count: {} } }],
                  },
                },
                visibilityConfig: visibility("known-bad-inputs"),
              },
            ],
          });
          new aws.wafv2.WebAclAssociation("orders", { resourceArn: stage.arn, webAclArn: acl.arn });
        },
      },
      {
        title: "the web ACL of a distribution before an HTTP API has no rules",
        program: ({ aws }) => {
          const api = new aws.apigatewayv2.Api("orders", { protocolType: "HTTP" });
          new aws.apigatewayv2.Stage("default", { apiId: api.id, name: "$default" });
          const acl = new aws.wafv2.WebAcl("edge", {
            scope: "CLOUDFRONT",
            defaultAction: { allow: {} },
            visibilityConfig: { cloudwatchMetricsEnabled: true, metricName: "edge", sampledRequestsEnabled: true },
          });
          new aws.cloudfront.Distribution("edge", {
            enabled: true,
            webAclId: acl.arn,
            origins: [
              {
                originId: "api",
                domainName: api.apiEndpoint.apply((endpoint) => endpoint.replace("https://", "")),
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
              viewerProtocolPolicy: "https-only",
              allowedMethods: ["GET", "HEAD"],
              cachedMethods: ["GET", "HEAD"],
            },
            restrictions: { geoRestriction: { restrictionType: "none" } },
            viewerCertificate: { cloudfrontDefaultCertificate: true },
          });
        },
      },
      {
        title: "the web ACL of a distribution before a WebSocket API has no rules",
        program: ({ aws }) => {
          const api = new aws.apigatewayv2.Api("chat", {
            protocolType: "WEBSOCKET",
            routeSelectionExpression: "$request.body.action",
          });
          new aws.apigatewayv2.Stage("prod", { apiId: api.id, name: "prod" });
          const acl = new aws.wafv2.WebAcl("edge", {
            scope: "CLOUDFRONT",
            defaultAction: { allow: {} },
            visibilityConfig: { cloudwatchMetricsEnabled: true, metricName: "edge", sampledRequestsEnabled: true },
          });
          new aws.cloudfront.Distribution("edge", {
            enabled: true,
            webAclId: acl.arn,
            origins: [
              {
                originId: "api",
                domainName: api.apiEndpoint.apply((endpoint) => endpoint.replace("wss://", "")),
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
              viewerProtocolPolicy: "https-only",
              allowedMethods: ["GET", "HEAD"],
              cachedMethods: ["GET", "HEAD"],
            },
            restrictions: { geoRestriction: { restrictionType: "none" } },
            viewerCertificate: { cloudfrontDefaultCertificate: true },
          });
        },
      },
    ],
  },
});
