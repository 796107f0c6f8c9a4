import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { Backend, Front, Http, alarm, firewall, httpLog, logGroup, production } from "../compliant";

// One of the programs that together break every policy once: faults of HTTP APIs. All else in it complies. Each fault is
// numbered and named by the policy that it breaks.

const functions = new Backend("shop");
const front = new Front("shop", firewall("shop", "CLOUDFRONT"));

// 1. cognito-user-pool-strength: short passwords.
const pool = new aws.cognito.UserPool("customers", {
  mfaConfiguration: "ON",
  softwareTokenMfaConfiguration: { enabled: true },
  passwordPolicy: {
    minimumLength: 8,
    requireLowercase: true,
    requireUppercase: true,
    requireNumbers: true,
    requireSymbols: true,
  },
  userPoolTier: "PLUS",
  userPoolAddOns: { advancedSecurityMode: "ENFORCED" },
  tags: production,
});
const client = new aws.cognito.UserPoolClient("shop", { userPoolId: pool.id });

// Orders: tokens, CORS and what the log says.

// 2. cors-origins
const orders = new Http("orders", functions, {
  corsConfiguration: { allowOrigins: ["*"], allowMethods: ["GET"], allowHeaders: ["authorization"], maxAge: 600 },
}).alarm();
const authorizer = (name: string, audiences: pulumi.Input<string>[]): aws.apigatewayv2.Authorizer =>
  new aws.apigatewayv2.Authorizer(name, {
    apiId: orders.api.id,
    name,
    authorizerType: "JWT",
    identitySources: ["$request.header.Authorization"],
    jwtConfiguration: { issuer: pulumi.interpolate`https://${pool.endpoint}`, audiences },
  });
const tokens = authorizer("tokens", [client.id]);
// 3. jwt-authorizer-claims
const tokensForAnyone = authorizer("tokens-for-anyone", []);
// 4. authorizer-in-use
authorizer("left-behind", [client.id]);
const jwt = { authorizationType: "JWT", authorizationScopes: ["orders/read"] };
orders.route("list-orders", "GET /orders", { ...jwt, authorizerId: tokensForAnyone.id });
// 5. route-authorization-scopes
orders.route("read-order", "GET /orders/{id}", { ...jwt, authorizerId: tokens.id, authorizationScopes: [] });
// 6. route-catch-all
orders.route("anything-else", "$default", { ...jwt, authorizerId: tokens.id });
// 7. stage-metrics
// 8. access-log-fields
const { sourceIp, ...fields } = httpLog;
const ordersStage = orders.stage("orders", { settings: { detailedMetricsEnabled: false }, log: { fields } });
front.publish("orders", orders.api, ordersStage.name);

// Reports: an API around the firewall, with nothing that watches it.

// 9. http-api-web-acl
// 10. cors-headers-methods
// 11. api-description
// 12. api-alarms
const reports = new Http("reports", functions, {
  disableExecuteApiEndpoint: false,
  description: undefined,
  corsConfiguration: { allowOrigins: ["https://shop.example.com"], allowMethods: ["GET"], allowHeaders: ["*"] },
});
reports.route("reports", "GET /reports");
// 13. log-group-retention
const keptForAWeek = logGroup("kept-for-a-week", { retentionInDays: 7 });
// 14. stage-throttling
reports.stage("reports", {
  settings: { throttlingRateLimit: undefined, throttlingBurstLimit: undefined },
  log: { group: keptForAWeek },
});

// Returns: an API whose log nobody encrypted.

const returns = new Http("returns", functions).alarm();
returns.route("returns", "GET /returns");
// 15. log-group-encryption
const plain = logGroup("plain", { kmsKeyId: undefined });
front.publish("returns", returns.api, returns.stage("returns", { log: { group: plain } }).name);

// Quick: an API by quick create.

// 16. stage-managed: its stage is nobody's.
// 17. route-authorization: its route takes every caller.
const quick = new aws.apigatewayv2.Api("quick", {
  name: "quick",
  protocolType: "HTTP",
  description: "Made in a hurry.",
  version: "1",
  target: functions.current.arn,
  disableExecuteApiEndpoint: true,
  tags: production,
});
functions.allow("quick", quick.executionArn);
alarm("quick", "5xx", { ApiId: quick.id });
front.publish("quick", quick, "$default");
