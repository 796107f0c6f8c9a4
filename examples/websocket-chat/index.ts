import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

// One stack for each environment; the tag says which.
const environment = pulumi.getStack() === "prod" ? "production" : "development";
const tags = { environment, owner: "chat-team" };

const role = new aws.iam.Role("chat", {
  assumeRolePolicy: aws.iam.assumeRolePolicyForPrincipal({ Service: "lambda.amazonaws.com" }),
});
const handler = new aws.lambda.Function("chat", {
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

const api = new aws.apigatewayv2.Api("chat", {
  name: "chat",
  protocolType: "WEBSOCKET",
  description: "Chat with the shop.",
  version: "1",
  routeSelectionExpression: "$request.body.action",
  disableExecuteApiEndpoint: true,
  tags,
});
const integration = new aws.apigatewayv2.Integration("chat", {
  apiId: api.id,
  integrationType: "AWS_PROXY",
  integrationUri: current.invokeArn,
});
const target = pulumi.interpolate`integrations/${integration.id}`;
const message = new aws.apigatewayv2.Model("message", {
  apiId: api.id,
  name: "Message",
  contentType: "application/json",
  schema: JSON.stringify({
    $schema: "http://json-schema.org/draft-04/schema#",
    type: "object",
    required: ["action", "text"],
    additionalProperties: false,
    properties: { action: { type: "string", maxLength: 16 }, text: { type: "string", maxLength: 2000 } },
  }),
});
// Only $connect can carry authorization; what is checked there holds for the connection.
const connect = new aws.apigatewayv2.Route("connect", {
  apiId: api.id,
  routeKey: "$connect",
  target,
  authorizationType: "AWS_IAM",
});
const disconnect = new aws.apigatewayv2.Route("disconnect", { apiId: api.id, routeKey: "$disconnect", target });
const send = new aws.apigatewayv2.Route("send", {
  apiId: api.id,
  routeKey: "send",
  target,
  modelSelectionExpression: "$request.body.action",
  requestModels: { send: message.name },
});
new aws.lambda.Permission("chat", {
  action: "lambda:InvokeFunction",
  function: handler.name,
  qualifier: current.name,
  principal: "apigateway.amazonaws.com",
  sourceArn: pulumi.interpolate`${api.executionArn}/*/*`,
});

const key = new aws.kms.Key("logs", { description: "Encrypts the logs of the chat API.", enableKeyRotation: true });
const logs = new aws.cloudwatch.LogGroup("chat-access", { retentionInDays: 365, kmsKeyId: key.arn });
const deployment = new aws.apigatewayv2.Deployment(
  "chat",
  { apiId: api.id, triggers: { routes: pulumi.jsonStringify([connect.routeKey, disconnect.routeKey, send.routeKey]) } },
  { dependsOn: [connect, disconnect, send] },
);
const stage = new aws.apigatewayv2.Stage("prod", {
  apiId: api.id,
  name: "v1",
  description: "Version 1.",
  deploymentId: deployment.id,
  defaultRouteSettings: {
    throttlingRateLimit: 100,
    throttlingBurstLimit: 50,
    detailedMetricsEnabled: true,
    loggingLevel: "ERROR",
    dataTraceEnabled: false,
  },
  accessLogSettings: {
    destinationArn: logs.arn,
    format: JSON.stringify({
      requestId: "$context.requestId",
      extendedRequestId: "$context.extendedRequestId",
      requestTime: "$context.requestTime",
      sourceIp: "$context.identity.sourceIp",
      routeKey: "$context.routeKey",
      status: "$context.status",
      caller: "$context.identity.caller",
    }),
  },
  tags,
});
new aws.cloudwatch.MetricAlarm("chat-errors", {
  namespace: "AWS/ApiGateway",
  metricName: "ExecutionError",
  dimensions: { ApiId: api.id, Stage: stage.name },
  statistic: "Sum",
  period: 300,
  evaluationPeriods: 1,
  threshold: 5,
  comparisonOperator: "GreaterThanThreshold",
});

// WAF cannot stand in front of a WebSocket API, so CloudFront does, and the API's own endpoint is closed.

const certificate = new aws.acm.Certificate("chat", {
  domainName: "chat.example.com",
  validationMethod: "DNS",
  region: "us-east-1",
});
const domain = new aws.apigatewayv2.DomainName("chat", {
  domainName: "chat.example.com",
  domainNameConfiguration: {
    certificateArn: certificate.arn,
    endpointType: "REGIONAL",
    securityPolicy: "TLS_1_2",
  },
  tags,
});
new aws.apigatewayv2.ApiMapping("chat", { apiId: api.id, domainName: domain.domainName, stage: stage.name });

const managed = (name: string, priority: number) => ({
  name,
  priority,
  overrideAction: { none: {} },
  statement: { managedRuleGroupStatement: { vendorName: "AWS", name } },
  visibilityConfig: { cloudwatchMetricsEnabled: true, metricName: name, sampledRequestsEnabled: true },
});
const firewall = new aws.wafv2.WebAcl("chat", {
  scope: "CLOUDFRONT",
  region: "us-east-1",
  defaultAction: { allow: {} },
  visibilityConfig: { cloudwatchMetricsEnabled: true, metricName: "chat", sampledRequestsEnabled: true },
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
const firewallLogs = new aws.cloudwatch.LogGroup("chat-firewall", {
  name: "aws-waf-logs-chat",
  region: "us-east-1",
  retentionInDays: 365,
});
new aws.wafv2.WebAclLoggingConfiguration("chat", {
  region: "us-east-1",
  resourceArn: firewall.arn,
  logDestinationConfigs: [firewallLogs.arn],
  redactedFields: [{ singleHeader: { name: "authorization" } }, { singleHeader: { name: "cookie" } }],
});
const front = new aws.cloudfront.Distribution("chat", {
  enabled: true,
  comment: "In front of the chat API.",
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
