import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import * as gatehouse from "pulumi-gatehouse";

const production = pulumi.getStack() === "prod";
const isolation: gatehouse.Isolation = { environment: production ? "production" : "nonproduction" };

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

// A key tells a partner apart and limits it; it is no proof of who calls, so the route asks for a signature as well.
const orders = new gatehouse.RestApi("orders", {
  isolation,
  routes: { "GET /orders/{id}": { lambda: getOrder, apiKeyRequired: true } },
});

// Each partner has a secret with the key to use and the next one. A rotation on the first of every month replaces them,
// and refuses no partner that reads its secret once a month.
const partners = new gatehouse.ApiClients("partners", {
  isolation,
  stages: [{ stage: orders.stage }],
  clients: { acme: { description: "ACME, contract 4711" }, globex: { description: "Globex, contract 4712" } },
  throttle: { rateLimit: 10, burstLimit: 20 },
  quota: { limit: 100_000, period: "MONTH" },
  rotationMonths: 1,
});

export const url = orders.url;
// What the partners' own accounts are let read.
export const secrets = partners.secretArns;
