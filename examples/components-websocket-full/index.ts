import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import * as gatehouse from "pulumi-gatehouse";

const production = pulumi.getStack() === "prod";
const isolation: gatehouse.Isolation = {
  environment: production ? "production" : "nonproduction",
  // Nothing is made in any other account.
  allowedAccountIds: ["123456789012"],
};

// What all APIs of the account and region share; in real life in a stack of its own.
const account = new gatehouse.ApiAccount("region", { isolation });

const role = new aws.iam.Role("chat", {
  assumeRolePolicy: aws.iam.assumeRolePolicyForPrincipal({ Service: "lambda.amazonaws.com" }),
});
const backend = (name: string): aws.lambda.Function =>
  new aws.lambda.Function(name, {
    role: role.arn,
    runtime: "nodejs22.x",
    handler: "index.handler",
    publish: true,
    code: new pulumi.asset.AssetArchive({
      "index.js": new pulumi.asset.StringAsset("exports.handler = async () => ({ statusCode: 200 });"),
    }),
  });
const members = backend("members");

const message = JSON.stringify({
  $schema: "http://json-schema.org/draft-04/schema#",
  type: "object",
  required: ["action", "room", "text"],
  additionalProperties: false,
  properties: {
    action: { type: "string", enum: ["send"] },
    room: { type: "string", maxLength: 64 },
    text: { type: "string", maxLength: 2000 },
  },
});

// Members show a token of the shop's identity provider when they connect, and come through the distribution: its secret
// is asked for too, and a connection that goes around it is refused.
const origin = new gatehouse.OriginSecret("chat", {
  isolation,
  token: { issuer: "https://id.example.com", audiences: ["chat"], scopes: ["chat"] },
});

const chat = new gatehouse.WebSocketApi("chat", {
  isolation,
  description: "Rooms of the shop's customers and its support.",
  authorizer: { lambdaAlias: origin.authorizerAlias, identitySources: ["route.request.header.authorization"] },
  front: {},
  models: { Message: message },
  routes: {
    $connect: { lambda: members },
    $disconnect: { lambda: members },
    send: {
      lambda: backend("rooms"),
      requestModel: "Message",
      twoWay: true,
      throttle: { rateLimit: 50, burstLimit: 25 },
    },
  },
  alarms: { actionArns: ["arn:aws:sns:us-east-1:123456789012:on-call"] },
  accountRoleArn: account.roleArn,
  tags: { owner: "support-team" },
});

// The functions may push messages to whoever is connected to this stage.
new aws.iam.RolePolicy("chat", {
  role: role.id,
  policy: pulumi.jsonStringify({
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Action: "execute-api:ManageConnections", Resource: chat.connectionsArn }],
  }),
});

// No web ACL can stand on a WebSocket API, so it stands on the distribution in front.
const edge = new gatehouse.ApiDistribution("chat", {
  isolation,
  apiEndpoint: chat.apiEndpoint,
  stageName: chat.stageName,
  originSecret: { secretArn: origin.secretArn, kmsKeyArn: origin.kmsKeyArn },
  domainName: production ? "chat.example.com" : "chat.dev.example.com",
  hostedZoneId: "Z0123456789ABCDEFGHIJ",
  waf: { rateLimit: 500 },
});

export const url = edge.url;
// For the auditor: what holds of each control, and what a WebSocket API cannot do.
export const controls = chat.controls;
