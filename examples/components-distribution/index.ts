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

// 1. A secret that the distribution sends and its authorizer compares. The authorizer asks for the caller's token too:
//    the secret says which way a call came, and not who calls.
const origin = new gatehouse.OriginSecret("orders", {
  isolation,
  token: { issuer: "https://id.example.com", audiences: ["shop"], scopes: ["orders/read"] },
});

// 2. The API. A call that goes around the distribution has no secret, and is refused before a function is asked.
const orders = new gatehouse.HttpApi("orders", {
  isolation,
  front: {},
  authorizers: {
    shop: { lambda: { lambdaAlias: origin.authorizerAlias, identitySources: ["$request.header.authorization"] } },
  },
  defaultAuthorizer: "shop",
  routes: { "GET /orders/{id}": { lambda: getOrder } },
});

// 3. The distribution, with the web ACL that no HTTP API can carry. It replaces the secret every month, and both ends
//    take the old one until the new one has reached every location.
const edge = new gatehouse.ApiDistribution("orders", {
  isolation,
  apiEndpoint: orders.apiEndpoint,
  stageName: orders.stageName,
  originSecret: { secretArn: origin.secretArn, kmsKeyArn: origin.kmsKeyArn },
  domainName: production ? "orders.example.com" : "orders.dev.example.com",
  hostedZoneId: "Z0123456789ABCDEFGHIJ",
  waf: { rateLimit: 500, anonymousIpList: true },
});

export const url = edge.url;
