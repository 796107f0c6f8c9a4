// After https://github.com/pulumi/examples/tree/master/aws-ts-serverless-raw (Apache-2.0, Pulumi Corporation).
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import * as gatehouse from "pulumi-gatehouse";

const environment = pulumi.getStack() === "prod" ? "production" : "nonproduction";

const counters = new aws.dynamodb.Table("counters", {
  attributes: [{ name: "Id", type: "S" }],
  hashKey: "Id",
  billingMode: "PAY_PER_REQUEST",
});

const role = new aws.iam.Role("counter", {
  assumeRolePolicy: aws.iam.assumeRolePolicyForPrincipal({ Service: "lambda.amazonaws.com" }),
  managedPolicyArns: [aws.iam.ManagedPolicy.AWSLambdaBasicExecutionRole],
});
new aws.iam.RolePolicy("counter", {
  role,
  policy: pulumi.jsonStringify({
    Version: "2012-10-17",
    Statement: [{ Action: "dynamodb:UpdateItem", Resource: counters.arn, Effect: "Allow" }],
  }),
});
const counter = new aws.lambda.Function("counter", {
  runtime: "nodejs22.x",
  code: new pulumi.asset.FileArchive("./app"),
  handler: "index.handler",
  role: role.arn,
  publish: true,
  environment: { variables: { COUNTER_TABLE: counters.name } },
});

// The original takes any method and path from anybody; this takes one, from callers that sign.
const api = new gatehouse.RestApi("counters", {
  isolation: { environment },
  routes: { "GET /counters/{id}": { lambda: counter } },
});

export const endpoint = api.url;
