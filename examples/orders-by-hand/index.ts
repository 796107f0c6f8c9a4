import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

// The API of insecure-orders, with what each mistake lacked.

// One stack for each environment; the tag says which.
const environment = pulumi.getStack() === "prod" ? "production" : "development";
const tags = { environment, owner: "orders-team" };

// Backend: an alias, so that production never calls $LATEST.

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

// API: IAM on every route, bodies and parameters validated.

const api = new aws.apigateway.RestApi("orders", {
  name: "orders",
  description: "Orders of the shop.",
  endpointConfiguration: { types: "REGIONAL" },
  securityPolicy: "SecurityPolicy_TLS13_1_2_2021_06",
  endpointAccessMode: "STRICT",
  tags,
});
const validator = new aws.apigateway.RequestValidator("orders", {
  restApi: api.id,
  validateRequestBody: true,
  validateRequestParameters: true,
});
const newOrder = new aws.apigateway.Model("new-order", {
  restApi: api.id,
  name: "NewOrder",
  contentType: "application/json",
  schema: JSON.stringify({
    $schema: "http://json-schema.org/draft-04/schema#",
    type: "object",
    required: ["item", "quantity"],
    additionalProperties: false,
    properties: {
      item: { type: "string", maxLength: 64 },
      quantity: { type: "integer", minimum: 1, maximum: 100 },
    },
  }),
});
const orders = new aws.apigateway.Resource("orders", {
  restApi: api.id,
  parentId: api.rootResourceId,
  pathPart: "orders",
});
const order = new aws.apigateway.Resource("order", { restApi: api.id, parentId: orders.id, pathPart: "{id}" });

const list = new aws.apigateway.Method("list-orders", {
  restApi: api.id,
  resourceId: orders.id,
  httpMethod: "GET",
  authorization: "AWS_IAM",
  requestValidatorId: validator.id,
});
const create = new aws.apigateway.Method("create-order", {
  restApi: api.id,
  resourceId: orders.id,
  httpMethod: "POST",
  authorization: "AWS_IAM",
  apiKeyRequired: true,
  requestValidatorId: validator.id,
  requestModels: { "application/json": newOrder.name },
});
const read = new aws.apigateway.Method("read-order", {
  restApi: api.id,
  resourceId: order.id,
  httpMethod: "GET",
  authorization: "AWS_IAM",
  requestValidatorId: validator.id,
  requestParameters: { "method.request.path.id": true },
});
const backends = Object.entries({ list, create, read }).map(
  ([name, method]) =>
    new aws.apigateway.Integration(name, {
      restApi: api.id,
      resourceId: method.resourceId,
      httpMethod: method.httpMethod,
      type: "AWS_PROXY",
      integrationHttpMethod: "POST",
      uri: current.invokeArn,
    }),
);
new aws.lambda.Permission("orders", {
  action: "lambda:InvokeFunction",
  function: handler.name,
  qualifier: current.name,
  principal: "apigateway.amazonaws.com",
  sourceArn: pulumi.interpolate`${api.executionArn}/*/*/orders*`,
});

// CORS preflight for the shop's own origin, answered by API Gateway itself.

const preflight = new aws.apigateway.Method("preflight", {
  restApi: api.id,
  resourceId: orders.id,
  httpMethod: "OPTIONS",
  authorization: "NONE",
});
const preflightMock = new aws.apigateway.Integration("preflight", {
  restApi: api.id,
  resourceId: orders.id,
  httpMethod: preflight.httpMethod,
  type: "MOCK",
  requestTemplates: { "application/json": '{"statusCode":200}' },
});
const preflightAnswer = new aws.apigateway.MethodResponse("preflight", {
  restApi: api.id,
  resourceId: orders.id,
  httpMethod: preflight.httpMethod,
  statusCode: "200",
  responseParameters: {
    "method.response.header.Access-Control-Allow-Origin": true,
    "method.response.header.Access-Control-Allow-Headers": true,
    "method.response.header.Access-Control-Allow-Methods": true,
  },
});
const preflightHeaders = new aws.apigateway.IntegrationResponse(
  "preflight",
  {
    restApi: api.id,
    resourceId: orders.id,
    httpMethod: preflight.httpMethod,
    statusCode: preflightAnswer.statusCode,
    responseParameters: {
      "method.response.header.Access-Control-Allow-Origin": "'https://shop.example.com'",
      "method.response.header.Access-Control-Allow-Headers": "'Authorization,Content-Type,X-Amz-Date'",
      "method.response.header.Access-Control-Allow-Methods": "'GET,POST'",
    },
  },
  { dependsOn: [preflightMock] },
);
const errors = ["DEFAULT_4XX", "DEFAULT_5XX"].map(
  (responseType) =>
    new aws.apigateway.Response(responseType.toLowerCase(), {
      restApiId: api.id,
      responseType,
      responseTemplates: { "application/json": '{"message":"The request failed."}' },
    }),
);

// Logs: encrypted, kept for a year.

const key = new aws.kms.Key("logs", {
  description: "Encrypts the logs of the orders API.",
  enableKeyRotation: true,
});
const accessLogs = new aws.cloudwatch.LogGroup("orders-access", { retentionInDays: 365, kmsKeyId: key.arn });
const firewallLogs = new aws.cloudwatch.LogGroup("orders-firewall", {
  name: "aws-waf-logs-orders",
  retentionInDays: 365,
  kmsKeyId: key.arn,
});
const logWriter = new aws.iam.Role("api-gateway-logs", {
  assumeRolePolicy: aws.iam.assumeRolePolicyForPrincipal({ Service: "apigateway.amazonaws.com" }),
  managedPolicyArns: ["arn:aws:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs"],
});
const account = new aws.apigateway.Account("orders", { cloudwatchRoleArn: logWriter.arn });

// Stage.

const deployment = new aws.apigateway.Deployment(
  "orders",
  {
    restApi: api.id,
    triggers: { methods: pulumi.jsonStringify([list.id, create.id, read.id, preflight.id, newOrder.schema]) },
  },
  { dependsOn: [...backends, preflightMock, preflightHeaders, ...errors] },
);
const stage = new aws.apigateway.Stage(
  "prod",
  {
    restApi: api.id,
    deployment: deployment.id,
    stageName: "v1",
    description: "Version 1.",
    xrayTracingEnabled: true,
    accessLogSettings: {
      destinationArn: accessLogs.arn,
      format: JSON.stringify({
        requestId: "$context.requestId",
        extendedRequestId: "$context.extendedRequestId",
        requestTime: "$context.requestTime",
        sourceIp: "$context.identity.sourceIp",
        httpMethod: "$context.httpMethod",
        resourcePath: "$context.resourcePath",
        status: "$context.status",
        caller: "$context.identity.caller",
      }),
    },
    tags,
  },
  { dependsOn: [account] },
);
new aws.apigateway.MethodSettings("prod", {
  restApi: api.id,
  stageName: stage.stageName,
  methodPath: "*/*",
  settings: {
    loggingLevel: "ERROR",
    dataTraceEnabled: false,
    metricsEnabled: true,
    throttlingRateLimit: 100,
    throttlingBurstLimit: 50,
  },
});
new aws.cloudwatch.MetricAlarm("orders-errors", {
  namespace: "AWS/ApiGateway",
  metricName: "5XXError",
  dimensions: { ApiName: api.name, Stage: stage.stageName },
  statistic: "Sum",
  period: 300,
  evaluationPeriods: 1,
  threshold: 5,
  comparisonOperator: "GreaterThanThreshold",
});

// Partners: a plan that limits them, and keys that are rotated.

const plan = new aws.apigateway.UsagePlan("partners", {
  name: "partners",
  apiStages: [{ apiId: api.id, stage: stage.stageName }],
  throttleSettings: { rateLimit: 20, burstLimit: 10 },
  quotaSettings: { limit: 100000, period: "MONTH" },
  tags,
});
// A key for each month, good until the end of the next one: every update issues the new and withdraws the old.
const today = new Date();
for (const age of [0, 1]) {
  const issued = new Date(Date.UTC(today.getUTCFullYear(), today.getUTCMonth() - age, 1));
  const lastDay = new Date(Date.UTC(issued.getUTCFullYear(), issued.getUTCMonth() + 2, 0));
  const partner = new aws.apigateway.ApiKey(`partner-${issued.toISOString().slice(0, 7)}`, {
    description: "The first partner's key.",
    tags: { ...tags, "rotate-by": lastDay.toISOString().slice(0, 10) },
  });
  new aws.apigateway.UsagePlanKey(`partner-${issued.toISOString().slice(0, 7)}`, {
    keyId: partner.id,
    keyType: "API_KEY",
    usagePlanId: plan.id,
  });
}

// Firewall.

const managed = (name: string, priority: number) => ({
  name,
  priority,
  overrideAction: { none: {} },
  statement: { managedRuleGroupStatement: { vendorName: "AWS", name } },
  visibilityConfig: { cloudwatchMetricsEnabled: true, metricName: name, sampledRequestsEnabled: true },
});
const firewall = new aws.wafv2.WebAcl("orders", {
  scope: "REGIONAL",
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
new aws.wafv2.WebAclAssociation("orders", { resourceArn: stage.arn, webAclArn: firewall.arn });
new aws.wafv2.WebAclLoggingConfiguration("orders", {
  resourceArn: firewall.arn,
  logDestinationConfigs: [firewallLogs.arn],
  redactedFields: [{ singleHeader: { name: "authorization" } }, { singleHeader: { name: "cookie" } }],
});

export const url = stage.invokeUrl;
