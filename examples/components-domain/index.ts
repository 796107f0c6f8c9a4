import { readFileSync } from "node:fs";
import * as path from "node:path";
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import * as gatehouse from "pulumi-gatehouse";

const production = pulumi.getStack() === "prod";
const isolation: gatehouse.Isolation = { environment: production ? "production" : "nonproduction" };
const domainName = production ? "partners.example.com" : "partners.dev.example.com";

const role = new aws.iam.Role("backends", {
  assumeRolePolicy: aws.iam.assumeRolePolicyForPrincipal({ Service: "lambda.amazonaws.com" }),
});
const backend = (name: string): aws.lambda.Function =>
  new aws.lambda.Function(name, {
    role: role.arn,
    runtime: "nodejs22.x",
    handler: "index.handler",
    publish: true,
    code: new pulumi.asset.AssetArchive({
      "index.js": new pulumi.asset.StringAsset("exports.handler = async () => ({ statusCode: 200, body: '{}' });"),
    }),
  });

// Their own endpoints are closed: they would be a way around the certificates.
const orders = new gatehouse.RestApi("orders", {
  isolation,
  disableExecuteApiEndpoint: true,
  routes: { "GET /orders/{id}": { lambda: backend("orders") } },
});
const stock = new gatehouse.RestApi("stock", {
  isolation,
  disableExecuteApiEndpoint: true,
  routes: { "GET /stock/{item}": { lambda: backend("stock") } },
});

// Whoever calls shows a certificate that one of these authorities issued, and signs besides. The truststore that is made
// of them is pinned by its version: a new file here is a new version, and an update of the domain.
const partners = new gatehouse.ApiDomain("partners", {
  isolation,
  domainName,
  hostedZoneId: "Z0123456789ABCDEFGHIJ",
  mappings: { "/orders": { restStage: orders.stage }, "/stock": { restStage: stock.stage } },
  mutualTls: { certificates: readFileSync(path.join(__dirname, "partners-ca.pem"), "utf8") },
});

export const url = partners.url;
// For the auditor: what holds of each control, and by what exceptions one does not.
export const controls = partners.controls;
