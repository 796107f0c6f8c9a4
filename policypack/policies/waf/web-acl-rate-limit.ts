import { definePolicy, fault, option, unverified } from "../../core/policy";
import type { Outcome } from "../../core/policy";
import { attachedWebAcls } from "../../model/web-acl";
import type { Statement, WebAcl, WebAclRule } from "../../model/web-acl";
import type { Value } from "../../model/value";

interface RateRule {
  readonly rule: WebAclRule;
  /** The rule of the web ACL: itself, or the one that has its group. */
  readonly top: WebAclRule;
  /** Requests in 5 minutes, whatever its evaluation window. */
  readonly limit: Value<number>;
}

const fiveMinutes = 300;

function perFiveMinutes(statement: Extract<Statement, { kind: "rate" }>): Value<number> {
  return statement.limit.flatMap((limit) =>
    statement.seconds.map((seconds) => (seconds > 0 ? (limit * fiveMinutes) / seconds : limit)),
  );
}

/** The rate-based rules in force, those of rule groups among them, and whether there may be more. */
function rateRules(
  rules: readonly WebAclRule[],
  above?: WebAclRule,
): { readonly found: readonly RateRule[]; readonly open: boolean } {
  const found: RateRule[] = [];
  let open = false;
  for (const rule of rules) {
    const statement = rule.statement.get();
    if (statement === undefined) open ||= rule.statement.isUnknown();
    else if (statement.kind === "rate") found.push({ rule, top: above ?? rule, limit: perFiveMinutes(statement) });
    else if (statement.kind === "rule-group" && rule.effect.isNot("count")) {
      const inner = statement.rules.get();
      const rest = inner === undefined ? { found: [], open: true } : rateRules(inner, above ?? rule);
      found.push(...rest.found);
      open ||= rest.open;
    } else if (statement.kind === "rule-group") open ||= rule.effect.isUnknown();
  }
  return { found, open };
}

const named = (rule: WebAclRule): string => (rule.name === undefined ? "a rate-based rule" : `rule "${rule.name}"`);

/** What is allowed before the limit is never counted; before the managed rule groups too, it is `web-acl-rules`'s. */
function judgeOrder(acl: WebAcl, limiting: readonly RateRule[]): Outcome | undefined {
  const managed = acl.rules.filter(({ statement }) => statement.get()?.kind === "managed-group");
  const said = new Set(acl.passedBefore(managed));
  const [passed] = acl.passedBefore(limiting.map(({ top }) => top)).filter((name) => !said.has(name));
  if (passed === undefined) return undefined;
  return fault(`lets most requests pass by its rate limit, which rule ${JSON.stringify(passed)} allows before it`, {
    at: acl.subject,
    fix: "Give the rate-based rule a lower `priority` than that rule has.",
  });
}

function judge(acl: WebAcl, maximum: number): Outcome | undefined {
  if (acl.isEmpty) return undefined;
  const at = acl.subject;
  const { found, open } = rateRules(acl.rules);
  const blocking = found.filter(({ rule }) => rule.effect.is("block"));
  const limiting = blocking.filter(({ limit }) => (limit.get() ?? Infinity) <= maximum);
  if (limiting.length > 0) return judgeOrder(acl, limiting);
  const undecided = found.some(
    ({ rule, limit }) => rule.effect.isUnknown() || (rule.effect.is("block") && !limit.isKnown()),
  );
  if (open || undecided || !acl.rulesComplete) {
    return unverified("has rules that cannot be seen, so whether it limits the rate of a caller is not known", { at });
  }
  const [high] = [...blocking].sort((a, b) => (a.limit.get() ?? 0) - (b.limit.get() ?? 0));
  if (high) {
    const limit = String(Math.round(high.limit.get() ?? 0));
    return fault(
      `blocks a caller by ${named(high.rule)} only above ${limit} requests in 5 minutes, and the maximum is ${String(maximum)}`,
      {
        at,
        fix: "Lower `limit` of the rule, or raise the policy's maximum.",
      },
    );
  }
  const [soft] = found;
  if (soft) {
    return fault(
      `has no rate-based rule that blocks: the action of ${named(soft.rule)} is ${soft.rule.effect.get() ?? "not set"}`,
      {
        at,
        fix: "Set `action` of the rule to `block`.",
      },
    );
  }
  return fault("has no rate-based rule", {
    at,
    fix: `Add a rule with a \`rateBasedStatement\`, whose \`limit\` is at most ${String(maximum)} in 5 minutes, and \`action\` \`block\`.`,
  });
}

export const webAclRateLimit = definePolicy({
  name: "web-acl-rate-limit",
  topic: "waf",
  description: "Web ACLs in front of APIs block callers that send too many requests.",
  why: "Stage throttles limit everybody together: without a rate-based rule one address can try passwords, or use up the rate of all others.",
  fix: "Add a rule with a `rateBasedStatement`, whose `limit` is not above the maximum, and `action` `block`.",
  severity: "medium",
  level: "mandatory",
  where: "S",
  practice: "threat 3: excessive request volume",
  frameworks: { "OWASP API Security Top 10": ["API4:2023"] },
  peers: ["CTL.APIGATEWAY.WAF.RATELIMIT.MISSING.001"],
  options: {
    maxRequestsPer5Minutes: option(
      "The highest limit of the rate-based rule, in requests in 5 minutes.",
      { type: "number", exclusiveMinimum: 0 },
      2000,
    ),
  },
  on: "stack",
  check: (graph, { options }) =>
    attachedWebAcls(graph)
      .map((acl) => judge(acl, options.maxRequestsPer5Minutes))
      .filter((outcome) => outcome !== undefined),
  examples: {
    pass: [
      {
        title: "a rule blocks addresses above the limit",
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
            rules: [
              {
                name: "per-address",
                priority: 0,
                action: { block: {} },
                statement: { rateBasedStatement: { limit: 2000, aggregateKeyType: "IP" } },
                visibilityConfig: { cloudwatchMetricsEnabled: true, metricName: "rate", sampledRequestsEnabled: true },
              },
            ],
          });
          new aws.wafv2.WebAclAssociation("orders", { resourceArn: stage.arn, webAclArn: acl.arn });
        },
      },
      {
        title: "a rule scoped down to the login path looks at one minute",
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
          new aws.wafv2.WebAclRule("logins", {
            webAclArn: acl.arn,
            name: "logins",
            priority: 0,
            action: { block: {} },
            statement: {
              rateBasedStatement: {
                limit: 100,
                evaluationWindowSec: 60,
                aggregateKeyType: "IP",
                scopeDownStatement: {
                  byteMatchStatement: {
                    searchString: "/login",
                    positionalConstraint: "ENDS_WITH",
                    fieldToMatch: { uriPath: {} },
                    textTransformations: [{ priority: 0, type: "NONE" }],
                  },
                },
              },
            },
            visibilityConfig: { cloudwatchMetricsEnabled: true, metricName: "logins", sampledRequestsEnabled: true },
          });
          new aws.wafv2.WebAclAssociation("orders", { resourceArn: stage.arn, webAclArn: acl.arn });
        },
      },
      {
        title: "the web ACL of a distribution before an HTTP API limits addresses",
        program: ({ aws }) => {
          const api = new aws.apigatewayv2.Api("orders", { protocolType: "HTTP" });
          new aws.apigatewayv2.Stage("default", { apiId: api.id, name: "$default" });
          const acl = new aws.wafv2.WebAcl("edge", {
            scope: "CLOUDFRONT",
            defaultAction: { allow: {} },
            visibilityConfig: { cloudwatchMetricsEnabled: true, metricName: "edge", sampledRequestsEnabled: true },
            rules: [
              {
                name: "per-address",
                priority: 0,
                action: { block: {} },
                statement: { rateBasedStatement: { limit: 1000, aggregateKeyType: "IP" } },
                visibilityConfig: { cloudwatchMetricsEnabled: true, metricName: "rate", sampledRequestsEnabled: true },
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
        title: "the web ACL of a distribution before a WebSocket API limits addresses",
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
                name: "per-address",
                priority: 0,
                action: { block: {} },
                statement: { rateBasedStatement: { limit: 1000, aggregateKeyType: "IP" } },
                visibilityConfig: { cloudwatchMetricsEnabled: true, metricName: "rate", sampledRequestsEnabled: true },
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
        title: "no rule looks at the rate",
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
          new aws.wafv2.WebAclAssociation("orders", { resourceArn: stage.arn, webAclArn: acl.arn });
        },
      },
      {
        title: "the rate-based rule only counts",
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
            rules: [
              {
                name: "per-address",
                priority: 0,
                action: { count: {} },
                statement: { rateBasedStatement: { limit: 2000, aggregateKeyType: "IP" } },
                visibilityConfig: { cloudwatchMetricsEnabled: true, metricName: "rate", sampledRequestsEnabled: true },
              },
            ],
          });
          new aws.wafv2.WebAclAssociation("orders", { resourceArn: stage.arn, webAclArn: acl.arn });
        },
      },
      {
        title: "1000 requests a minute are 5000 in 5 minutes",
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
            rules: [
              {
                name: "per-address",
                priority: 0,
                action: { block: {} },
                statement: { rateBasedStatement: { limit: 1000, evaluationWindowSec: 60, aggregateKeyType: "IP" } },
                visibilityConfig: { cloudwatchMetricsEnabled: true, metricName: "rate", sampledRequestsEnabled: true },
              },
            ],
          });
          new aws.wafv2.WebAclAssociation("orders", { resourceArn: stage.arn, webAclArn: acl.arn });
        },
      },
      {
        title: "the rate-based rule of a distribution before an HTTP API only counts",
        program: ({ aws }) => {
          const api = new aws.apigatewayv2.Api("orders", { protocolType: "HTTP" });
          new aws.apigatewayv2.Stage("default", { apiId: api.id, name: "$default" });
          const acl = new aws.wafv2.WebAcl("edge", {
            scope: "CLOUDFRONT",
            defaultAction: { allow: {} },
            visibilityConfig: { cloudwatchMetricsEnabled: true, metricName: "edge", sampledRequestsEnabled: true },
            rules: [
              {
                name: "per-address",
                priority: 0,
                action: { count: {} },
                statement: { rateBasedStatement: { limit: 2000, aggregateKeyType: "IP" } },
                visibilityConfig: { cloudwatchMetricsEnabled: true, metricName: "rate", sampledRequestsEnabled: true },
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
        title: "no rule of a distribution before a WebSocket API looks at the rate",
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
  },
});
