import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import * as gatehouse from "pulumi-gatehouse";

// One stack for each environment; its name says which.
const environment = pulumi.getStack() === "prod" ? "production" : "nonproduction";
const isolation: gatehouse.Isolation = { environment };

const role = new aws.iam.Role("chat", {
  assumeRolePolicy: aws.iam.assumeRolePolicyForPrincipal({ Service: "lambda.amazonaws.com" }),
});
const chat = new aws.lambda.Function("chat", {
  role: role.arn,
  runtime: "nodejs22.x",
  handler: "index.handler",
  publish: true,
  code: new pulumi.asset.AssetArchive({
    "index.js": new pulumi.asset.StringAsset("exports.handler = async () => ({ statusCode: 200 });"),
  }),
});

// The one line: who connects signs with IAM, though no $connect is written; throttled, logged, encrypted and watched.
const api = new gatehouse.WebSocketApi("chat", { isolation, routes: { $default: { lambda: chat } }, front: {} });

// No web ACL can stand on a WebSocket API, so a distribution with one stands in front. Whoever signs and goes around it is
// authorized, throttled and logged all the same; with `authorizer: { lambdaAlias: origin.authorizerAlias }` he is refused.
const origin = new gatehouse.OriginSecret("chat", { isolation });
const edge = new gatehouse.ApiDistribution("chat", {
  isolation,
  apiEndpoint: api.apiEndpoint,
  stageName: api.stageName,
  originSecret: { secretArn: origin.secretArn, kmsKeyArn: origin.kmsKeyArn },
  domainName: "chat.example.com",
  hostedZoneId: "Z0123456789ABCDEFGHIJ",
});

export const url = edge.url;
// For the auditor: what holds of each control, and what a WebSocket API cannot do.
export const controls = api.controls;
