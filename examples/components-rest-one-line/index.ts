import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import * as gatehouse from "pulumi-gatehouse";

// One stack for each environment; its name says which.
const environment = pulumi.getStack() === "prod" ? "production" : "nonproduction";

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

// The one line: authorized, throttled, validated, logged, encrypted, watched, and behind a web ACL.
const orders = new gatehouse.RestApi("orders", {
  isolation: { environment },
  routes: { "GET /orders/{id}": { lambda: getOrder } },
});

export const url = orders.url;
