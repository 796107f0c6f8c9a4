import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import * as gatehouse from "pulumi-gatehouse";

const production = pulumi.getStack() === "prod";
const isolation: gatehouse.Isolation = {
  environment: production ? "production" : "nonproduction",
  // Nothing is made in any other account.
  allowedAccountIds: ["123456789012"],
};

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
const events = new aws.sqs.Queue("order-events", { sqsManagedSseEnabled: true });

// The stock keeper's service runs in a VPC, behind a load balancer of its own stack.
const stock = new gatehouse.VpcLink("stock", {
  isolation,
  vpcId: "vpc-0a1b2c3d4e5f67890",
  subnetIds: ["subnet-0a1b2c3d4e5f67890", "subnet-0f9e8d7c6b5a43210"],
  backends: { balancer: { securityGroupId: "sg-0a1b2c3d4e5f67890" } },
});
const listenerArn =
  "arn:aws:elasticloadbalancing:us-east-1:123456789012:listener/app/stock/50dc6c495c0c9188/f2f7dc8efc522ab2";

// Callers show a token of the shop's identity provider, and come through the distribution: its secret is asked for too.
const origin = new gatehouse.OriginSecret("orders", {
  isolation,
  token: { issuer: "https://id.example.com", audiences: ["shop"], scopes: ["orders"] },
});

const orders = new gatehouse.HttpApi("orders", {
  isolation,
  description: "Orders of the shop.",
  authorizers: {
    shop: { lambda: { lambdaAlias: origin.authorizerAlias, identitySources: ["$request.header.authorization"] } },
  },
  defaultAuthorizer: "shop",
  front: {},
  routes: {
    "GET /orders/{id}": { lambdaAlias: current },
    "POST /orders": { lambdaAlias: current },
    "GET /stock/{item}": {
      vpcLink: { vpcLinkId: stock.vpcLinkId, listenerArn, serverName: "stock.example.com" },
    },
    // Put into a queue without a function in between.
    "POST /events": {
      throttle: { rateLimit: 20, burstLimit: 10 },
      awsService: {
        service: "sqs",
        action: "SendMessage",
        resourceArns: [events.arn],
        parameters: { QueueUrl: events.url, MessageBody: "$request.body" },
      },
    },
  },
  cors: { allowOrigins: ["https://shop.example.com"] },
  alarms: { actionArns: ["arn:aws:sns:us-east-1:123456789012:on-call"] },
  tags: { owner: "orders-team" },
});

// No web ACL can stand on an HTTP API, so it stands on the distribution in front.
const edge = new gatehouse.ApiDistribution("orders", {
  isolation,
  apiEndpoint: orders.apiEndpoint,
  stageName: orders.stageName,
  originSecret: { secretArn: origin.secretArn, kmsKeyArn: origin.kmsKeyArn },
  domainName: "orders.example.com",
  hostedZoneId: "Z0123456789ABCDEFGHIJ",
  waf: { rateLimit: 500 },
});

export const url = edge.url;
// For the auditor: what holds of each control, and what an HTTP API cannot do.
export const controls = orders.controls;
