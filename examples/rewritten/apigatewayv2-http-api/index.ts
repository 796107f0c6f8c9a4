// After https://github.com/pulumi/examples/tree/master/aws-ts-apigatewayv2-http-api (Apache-2.0, Pulumi Corporation).
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import * as gatehouse from "pulumi-gatehouse";

const isolation: gatehouse.Isolation = {
  environment: pulumi.getStack() === "prod" ? "production" : "nonproduction",
};

const role = new aws.iam.Role("hello", {
  assumeRolePolicy: aws.iam.assumeRolePolicyForPrincipal({ Service: "lambda.amazonaws.com" }),
  managedPolicyArns: [aws.iam.ManagedPolicy.AWSLambdaBasicExecutionRole],
});
const hello = new aws.lambda.Function("hello", {
  code: new pulumi.asset.FileArchive("./app"),
  runtime: "nodejs22.x",
  role: role.arn,
  handler: "index.handler",
  publish: true,
});

// The original takes every path from anybody; this takes one from callers that sign, and stands behind a web ACL, which
// an HTTP API cannot carry itself.
const api = new gatehouse.HttpApi("hello", { isolation, front: {}, routes: { "GET /hello": { lambda: hello } } });
const origin = new gatehouse.OriginSecret("hello", { isolation });
const edge = new gatehouse.ApiDistribution("hello", {
  isolation,
  apiEndpoint: api.apiEndpoint,
  stageName: api.stageName,
  originSecret: { secretArn: origin.secretArn, kmsKeyArn: origin.kmsKeyArn },
  domainName: "hello.example.com",
  hostedZoneId: "Z0123456789ABCDEFGHIJ",
});

export const endpoint = edge.url;
