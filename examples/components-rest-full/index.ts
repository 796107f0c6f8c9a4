import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import * as gatehouse from "pulumi-gatehouse";

const production = pulumi.getStack() === "prod";
const isolation: gatehouse.Isolation = {
  environment: production ? "production" : "nonproduction",
  // Nothing is made in any other account.
  allowedAccountIds: ["123456789012"],
  requiredLambdaQualifier: "current",
};

// What all APIs of the account and region share; in real life in a stack of its own.
const account = new gatehouse.ApiAccount("region", { isolation });
const firewall = new gatehouse.WebAcl("shop", { isolation, rateLimit: 500, anonymousIpList: true });

const role = new aws.iam.Role("orders", {
  assumeRolePolicy: aws.iam.assumeRolePolicyForPrincipal({ Service: "lambda.amazonaws.com" }),
});
const handler = new aws.lambda.Function("orders", {
  role: role.arn,
  runtime: "nodejs22.x",
  handler: "index.handler",
  publish: true,
  code: new pulumi.asset.AssetArchive({
    "index.js": new pulumi.asset.StringAsset("exports.handler = async () => ({ statusCode: 200, body: '{}' });"),
  }),
});
const current = new aws.lambda.Alias("current", {
  name: "current",
  functionName: handler.name,
  functionVersion: handler.version,
});

const customers = new aws.cognito.UserPool("customers", {
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
  tags: { environment: isolation.environment },
});
const events = new aws.cloudwatch.EventBus("orders", { name: "orders" });

const newOrder = JSON.stringify({
  $schema: "http://json-schema.org/draft-04/schema#",
  type: "object",
  required: ["item", "quantity"],
  additionalProperties: false,
  properties: {
    item: { type: "string", maxLength: 64 },
    quantity: { type: "integer", minimum: 1, maximum: 100 },
  },
});

const orders = new gatehouse.RestApi("orders", {
  isolation,
  description: "Orders of the shop.",
  authorizers: { customers: { cognito: { userPools: [customers] } } },
  models: { NewOrder: newOrder },
  routes: {
    "GET /orders/{id}": { lambdaAlias: current, authorizer: "customers", authorizationScopes: ["orders/read"] },
    "POST /orders": {
      lambdaAlias: current,
      authorizer: "customers",
      authorizationScopes: ["orders/write"],
      requestModel: "NewOrder",
    },
    // Signed by a partner's role, and put on a bus without a function in between.
    "POST /events": {
      requestModel: "NewOrder",
      throttle: { rateLimit: 20, burstLimit: 10 },
      awsService: {
        service: "events",
        action: "PutEvents",
        resourceArns: [events.arn],
        requestTemplate: [
          String.raw`#set($order = $util.escapeJavaScript($input.body).replaceAll("\\'", "'"))`,
          '{"Entries":[{"EventBusName":"orders","Source":"orders","DetailType":"OrderPlaced","Detail":"$order"}]}',
        ].join("\n"),
      },
    },
  },
  cors: { allowOrigins: ["https://shop.example.com"] },
  waf: { webAclArn: firewall.arn },
  alarms: { actionArns: ["arn:aws:sns:us-east-1:123456789012:on-call"] },
  accountRoleArn: account.roleArn,
  tags: { owner: "orders-team" },
});

export const url = orders.url;
// For the auditor: what holds of each control.
export const controls = orders.controls;
