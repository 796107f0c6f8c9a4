import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import * as gatehouse from "pulumi-gatehouse";

// One stack for each environment; its name says which.
const environment = pulumi.getStack() === "prod" ? "production" : "nonproduction";
const isolation: gatehouse.Isolation = { environment };

const role = new aws.iam.Role("get-order", {
  assumeRolePolicy: aws.iam.assumeRolePolicyForPrincipal({ Service: "lambda.amazonaws.com" }),
});
const getOrder = new aws.lambda.Function("get-order", {
  role: role.arn,
  runtime: "nodejs22.x",
  handler: "index.handler",
  publish: true,
  code: new pulumi.asset.AssetArchive({
    "index.js": new pulumi.asset.StringAsset("exports.handler = async () => ({ statusCode: 200, body: '{}' });"),
  }),
});

// The one line: authorized by IAM, throttled, logged, encrypted and watched.
const orders = new gatehouse.HttpApi("orders", {
  isolation,
  routes: { "GET /orders/{id}": { lambda: getOrder } },
  front: {},
});

// No web ACL can stand on an HTTP API, so a distribution with one stands in front. Whoever signs a request and goes around
// it is authorized, throttled and logged all the same; components-http-full refuses that as well.
const origin = new gatehouse.OriginSecret("orders", { isolation });
const edge = new gatehouse.ApiDistribution("orders", {
  isolation,
  apiEndpoint: orders.apiEndpoint,
  stageName: orders.stageName,
  originSecret: { secretArn: origin.secretArn, kmsKeyArn: origin.kmsKeyArn },
  domainName: "orders.example.com",
  hostedZoneId: "Z0123456789ABCDEFGHIJ",
});

export const url = edge.url;
// For the auditor: what holds of each control, and what an HTTP API cannot do.
export const controls = orders.controls;
