import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

// One stack for each environment; the tag says which.
const environment = pulumi.getStack() === "prod" ? "production" : "development";
const tags = { environment, owner: "orders-team" };

const role = new aws.iam.Role("orders", {
  assumeRolePolicy: aws.iam.assumeRolePolicyForPrincipal({ Service: "lambda.amazonaws.com" }),
});
const handler = new aws.lambda.Function("orders", {
  role: role.arn,
  runtime: "nodejs20.x",
  handler: "index.handler",
  publish: true,
  code: new pulumi.asset.AssetArchive({
    "index.js": new pulumi.asset.StringAsset("exports.handler = async () => ({ statusCode: 200, body: '[]' });"),
  }),
});
const current = new aws.lambda.Alias("current", {
  name: "current",
  functionName: handler.name,
  functionVersion: handler.version,
});

// Callers come with a token of this user pool.

const pool = new aws.cognito.UserPool("customers", {
  mfaConfiguration: "ON",
  softwareTokenMfaConfiguration: { enabled: true },
  passwordPolicy: {
    minimumLength: 14,
    requireLowercase: true,
    requireUppercase: true,
    requireNumbers: true,
    requireSymbols: true,
  },
  userPoolTier: "PLUS",
  userPoolAddOns: { advancedSecurityMode: "ENFORCED" },
  tags,
});
const scopes = new aws.cognito.ResourceServer("orders", {
  userPoolId: pool.id,
  identifier: "orders",
  scopes: [{ scopeName: "read", scopeDescription: "Read orders." }],
});
const client = new aws.cognito.UserPoolClient("shop", {
  userPoolId: pool.id,
  allowedOauthScopes: scopes.scopeIdentifiers,
});

const api = new aws.apigatewayv2.Api("orders", {
  name: "orders",
  protocolType: "HTTP",
  description: "Orders of the shop.",
  version: "1",
  disableExecuteApiEndpoint: true,
  corsConfiguration: {
    allowOrigins: ["https://shop.example.com"],
    allowMethods: ["GET"],
    allowHeaders: ["authorization"],
    maxAge: 600,
  },
  tags,
});
const tokens = new aws.apigatewayv2.Authorizer("tokens", {
  apiId: api.id,
  authorizerType: "JWT",
  identitySources: ["$request.header.Authorization"],
  jwtConfiguration: { issuer: pulumi.interpolate`https://${pool.endpoint}`, audiences: [client.id] },
});
const integration = new aws.apigatewayv2.Integration("orders", {
  apiId: api.id,
  integrationType: "AWS_PROXY",
  integrationUri: current.invokeArn,
  payloadFormatVersion: "2.0",
});
const list = new aws.apigatewayv2.Route("list-orders", {
  apiId: api.id,
  routeKey: "GET /orders",
  target: pulumi.interpolate`integrations/${integration.id}`,
  authorizationType: "JWT",
  authorizerId: tokens.id,
  authorizationScopes: ["orders/read"],
});
new aws.lambda.Permission("orders", {
  action: "lambda:InvokeFunction",
  function: handler.name,
  qualifier: current.name,
  principal: "apigateway.amazonaws.com",
  sourceArn: pulumi.interpolate`${api.executionArn}/*/GET/orders`,
});

const key = new aws.kms.Key("logs", { description: "Encrypts the logs of the orders API.", enableKeyRotation: true });
const logs = new aws.cloudwatch.LogGroup("orders-access", { retentionInDays: 365, kmsKeyId: key.arn });
// Production changes when it is deployed, not when a route is edited.
const deployment = new aws.apigatewayv2.Deployment(
  "orders",
  { apiId: api.id, triggers: { routes: pulumi.jsonStringify([list.routeKey, list.authorizationScopes]) } },
  { dependsOn: [list] },
);
const stage = new aws.apigatewayv2.Stage("prod", {
  apiId: api.id,
  name: "v1",
  description: "Version 1.",
  deploymentId: deployment.id,
  defaultRouteSettings: { throttlingRateLimit: 100, throttlingBurstLimit: 50, detailedMetricsEnabled: true },
  accessLogSettings: {
    destinationArn: logs.arn,
    format: JSON.stringify({
      requestId: "$context.requestId",
      requestTime: "$context.requestTime",
      sourceIp: "$context.identity.sourceIp",
      httpMethod: "$context.httpMethod",
      routeKey: "$context.routeKey",
      status: "$context.status",
      caller: "$context.authorizer.claims.sub",
    }),
  },
  tags,
});
new aws.cloudwatch.MetricAlarm("orders-errors", {
  namespace: "AWS/ApiGateway",
  metricName: "5xx",
  dimensions: { ApiId: api.id, Stage: stage.name },
  statistic: "Sum",
  period: 300,
  evaluationPeriods: 1,
  threshold: 5,
  comparisonOperator: "GreaterThanThreshold",
});

// WAF cannot stand in front of an HTTP API, so CloudFront does, and the API's own endpoint is closed.

const certificate = new aws.acm.Certificate("orders", {
  domainName: "orders.example.com",
  validationMethod: "DNS",
  region: "us-east-1",
});
const domain = new aws.apigatewayv2.DomainName("orders", {
  domainName: "orders.example.com",
  domainNameConfiguration: {
    certificateArn: certificate.arn,
    endpointType: "REGIONAL",
    securityPolicy: "TLS_1_2",
  },
  tags,
});
new aws.apigatewayv2.ApiMapping("orders", { apiId: api.id, domainName: domain.domainName, stage: stage.name });

const managed = (name: string, priority: number) => ({
  name,
  priority,
  overrideAction: { none: {} },
  statement: { managedRuleGroupStatement: { vendorName: "AWS", name } },
  visibilityConfig: { cloudwatchMetricsEnabled: true, metricName: name, sampledRequestsEnabled: true },
});
const firewall = new aws.wafv2.WebAcl("orders", {
  scope: "CLOUDFRONT",
  region: "us-east-1",
  defaultAction: { allow: {} },
  visibilityConfig: { cloudwatchMetricsEnabled: true, metricName: "orders", sampledRequestsEnabled: true },
  rules: [
    {
      name: "rate",
      priority: 0,
      action: { block: {} },
      statement: { rateBasedStatement: { limit: 2000, aggregateKeyType: "IP" } },
      visibilityConfig: { cloudwatchMetricsEnabled: true, metricName: "rate", sampledRequestsEnabled: true },
    },
    managed("AWSManagedRulesAmazonIpReputationList", 1),
    managed("AWSManagedRulesCommonRuleSet", 2),
    managed("AWSManagedRulesKnownBadInputsRuleSet", 3),
    managed("AWSManagedRulesSQLiRuleSet", 4),
  ],
});
const firewallLogs = new aws.cloudwatch.LogGroup("orders-firewall", {
  name: "aws-waf-logs-orders",
  region: "us-east-1",
  retentionInDays: 365,
});
new aws.wafv2.WebAclLoggingConfiguration("orders", {
  region: "us-east-1",
  resourceArn: firewall.arn,
  logDestinationConfigs: [firewallLogs.arn],
  redactedFields: [{ singleHeader: { name: "authorization" } }, { singleHeader: { name: "cookie" } }],
});
const front = new aws.cloudfront.Distribution("orders", {
  enabled: true,
  comment: "In front of the orders API.",
  webAclId: firewall.arn,
  origins: [
    {
      originId: "api",
      domainName: domain.domainName,
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
    allowedMethods: ["GET", "HEAD", "OPTIONS", "PUT", "POST", "PATCH", "DELETE"],
    cachedMethods: ["GET", "HEAD"],
    // Managed policies of CloudFront: no caching, and everything but the host passed on.
    cachePolicyId: "4135ea2d-6df8-44a3-9df3-4b5a84be39ad",
    originRequestPolicyId: "b689b0a8-53d0-40ab-baf2-68738e2966ac",
  },
  restrictions: { geoRestriction: { restrictionType: "none" } },
  viewerCertificate: { cloudfrontDefaultCertificate: true },
  tags,
});

export const url = pulumi.interpolate`https://${front.domainName}`;
