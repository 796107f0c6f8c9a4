import { definePolicy, fault, unverified } from "../../core/policy";
import type { Outcome } from "../../core/policy";
import { attachedWebAcls } from "../../model/web-acl";
import type { WebAcl, WebAclLog } from "../../model/web-acl";
import { webAclMetricsOn } from "../../model/remedy";

/** Headers that carry credentials. */
const credentials = ["authorization", "cookie"] as const;

/** Whether a header stays out of the logs; "undecided" while a redacted field is not known. */
function isRedacted(acl: WebAcl, log: WebAclLog, header: string): boolean | "undecided" {
  const fields = [...log.redacted, ...acl.protectedHeaders];
  if (fields.some((field) => field.is(header) || field.is("*"))) return true;
  return fields.some((field) => field.isUnknown()) ? "undecided" : false;
}

function judgeLogs(acl: WebAcl): Outcome[] {
  const at = acl.subject;
  const { logs } = acl;
  if (logs.length === 0) {
    return [
      acl.logsComplete
        ? fault("has no logging configuration", { at })
        : unverified("has no logging configuration that can be told yet", { at }),
    ];
  }
  const outcomes: Outcome[] = [];
  if (logs.every((log) => log.destination.isAbsent())) {
    outcomes.push(
      fault("has a logging configuration with no destination", {
        at,
        fix: "Set `logDestinationConfigs` to the ARN of a log group, stream or bucket whose name starts with `aws-waf-logs-`.",
      }),
    );
  }
  if (logs.every((log) => log.dropsAll)) {
    outcomes.push(
      fault("has a logging configuration whose filter drops every request", {
        at,
        fix: "Give `loggingFilter` a filter whose `behavior` is KEEP, for what is blocked or counted at the least, or remove it.",
      }),
    );
  }
  for (const header of credentials) {
    const answers = logs.map((log) => isRedacted(acl, log, header));
    if (answers.includes(false)) {
      outcomes.push(
        fault(`logs the "${header}" header`, {
          at,
          fix: `Add \`{ singleHeader: { name: "${header}" } }\` to \`redactedFields\` of its logging configuration.`,
        }),
      );
    } else if (answers.includes("undecided")) {
      outcomes.push(
        unverified(`may log the "${header}" header, because its redacted fields are not known yet`, { at }),
      );
    }
  }
  return outcomes;
}

function judgeMetrics(acl: WebAcl): Outcome[] {
  const at = acl.subject;
  const outcomes: Outcome[] = [];
  const fix = "Set `visibilityConfig.cloudwatchMetricsEnabled` to true.";
  if (acl.metrics.is(false)) outcomes.push(fault("has CloudWatch metrics off", { at, fix }));
  if (acl.metrics.isUnknown()) outcomes.push(unverified("has a `visibilityConfig` that is not known yet", { at }));
  const silent = acl.rules.filter((rule) => rule.metrics.is(false));
  if (silent.length > 0) {
    const names = silent.map((rule) => `"${rule.name ?? "?"}"`).join(", ");
    outcomes.push(fault(`has CloudWatch metrics off for rule${silent.length === 1 ? "" : "s"} ${names}`, { at, fix }));
  }
  return outcomes;
}

export const webAclLogging = definePolicy({
  name: "web-acl-logging",
  topic: "waf",
  description: "Web ACLs in front of APIs log and count requests, and keep credentials out of their logs.",
  why: "Without logs nobody can tell an attack from a false alarm; with whole headers in them, whoever reads a log holds the callers' credentials.",
  fix: "Make a `WebAclLoggingConfiguration` with the web ACL's `arn` as `resourceArn`, a destination whose name starts with `aws-waf-logs-`, and `redactedFields` for the headers `authorization` and `cookie`.",
  severity: "medium",
  level: "mandatory",
  where: "S",
  practice: "practice 6: logs and metrics for every stage",
  peers: ["CKV2_AWS_31", "WAFv2LoggingEnabled", "wafv2_webacl_logging_enabled", "wafv2_webacl_rule_logging_enabled"],
  on: "stack",
  check: (graph) => attachedWebAcls(graph).flatMap((acl) => [...judgeLogs(acl), ...judgeMetrics(acl)]),
  remedy: webAclMetricsOn,
  examples: {
    pass: [
      {
        title: "a log group receives logs without credentials",
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
          const logs = new aws.cloudwatch.LogGroup("orders-waf", { name: "aws-waf-logs-orders", retentionInDays: 365 });
          new aws.wafv2.WebAclLoggingConfiguration("orders", {
            resourceArn: acl.arn,
            logDestinationConfigs: [logs.arn],
            redactedFields: [{ singleHeader: { name: "authorization" } }, { singleHeader: { name: "cookie" } }],
          });
        },
      },
      {
        title: "no API is behind the web ACL",
        program: ({ aws }) => {
          new aws.wafv2.WebAcl("shop", {
            scope: "REGIONAL",
            defaultAction: { allow: {} },
            visibilityConfig: { cloudwatchMetricsEnabled: false, metricName: "shop", sampledRequestsEnabled: false },
          });
        },
      },
      {
        title: "logs of a distribution before an HTTP API are without credentials",
        program: ({ aws }) => {
          const api = new aws.apigatewayv2.Api("orders", { protocolType: "HTTP" });
          new aws.apigatewayv2.Stage("default", { apiId: api.id, name: "$default" });
          const acl = new aws.wafv2.WebAcl("edge", {
            scope: "CLOUDFRONT",
            defaultAction: { allow: {} },
            visibilityConfig: { cloudwatchMetricsEnabled: true, metricName: "edge", sampledRequestsEnabled: true },
          });
          const logs = new aws.cloudwatch.LogGroup("edge-waf", { name: "aws-waf-logs-edge", retentionInDays: 365 });
          new aws.wafv2.WebAclLoggingConfiguration("edge", {
            resourceArn: acl.arn,
            logDestinationConfigs: [logs.arn],
            redactedFields: [{ singleHeader: { name: "authorization" } }, { singleHeader: { name: "cookie" } }],
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
        title: "logs of a distribution before a WebSocket API are without credentials",
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
          const logs = new aws.cloudwatch.LogGroup("edge-waf", { name: "aws-waf-logs-edge", retentionInDays: 365 });
          new aws.wafv2.WebAclLoggingConfiguration("edge", {
            resourceArn: acl.arn,
            logDestinationConfigs: [logs.arn],
            redactedFields: [{ singleHeader: { name: "authorization" } }, { singleHeader: { name: "cookie" } }],
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
        title: "nothing logs, and metrics are off",
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
            visibilityConfig: { cloudwatchMetricsEnabled: false, metricName: "orders", sampledRequestsEnabled: true },
          });
          new aws.wafv2.WebAclAssociation("orders", { resourceArn: stage.arn, webAclArn: acl.arn });
        },
      },
      {
        title: "cookies are written to the logs",
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
          const logs = new aws.cloudwatch.LogGroup("orders-waf", { name: "aws-waf-logs-orders", retentionInDays: 365 });
          new aws.wafv2.WebAclLoggingConfiguration("orders", {
            resourceArn: acl.arn,
            logDestinationConfigs: [logs.arn],
            redactedFields: [{ singleHeader: { name: "Authorization" } }],
          });
        },
      },
      {
        title: "nothing logs at a distribution before an HTTP API",
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
        title: "nothing logs at a distribution before a WebSocket API",
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
