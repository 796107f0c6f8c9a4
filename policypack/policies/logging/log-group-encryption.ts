import { definePolicy, fault, unverified } from "../../core/policy";
import type { Outcome } from "../../core/policy";
import { apiLogGroups } from "../../model/log-group";

export const logGroupEncryption = definePolicy({
  name: "log-group-encryption",
  topic: "logging",
  description: "Log groups that receive logs of API Gateway are encrypted with a customer's KMS key.",
  why: "With a key of your own, whoever may read the logs must be allowed to use the key too, every use is on record, and the logs can be made unreadable at once.",
  fix: "Set `kmsKeyId` to the ARN of a KMS key whose policy lets CloudWatch Logs use it.",
  severity: "low",
  level: "advisory",
  where: "S",
  practice: "threat 5: no encryption, exposed data",
  peers: [
    "CKV_AWS_158",
    "AVD-AWS-0017",
    "W84",
    "AC_AWS_0451",
    "CloudWatchLogGroupEncrypted",
    "CTL.APIGATEWAY.ACCESSLOG.CMK.001",
    "FG_R00068",
  ],
  on: "stack",
  check: (graph) => {
    const { groups, untold } = apiLogGroups(graph);
    return [
      ...untold.map((stage): Outcome =>
        unverified("has an access log destination that is not known yet, so its encryption cannot be told", {
          at: stage,
        }),
      ),
      ...groups
        .filter(({ node }) => node.bag.value("kmsKeyId").isAbsent())
        .map(({ subject, holds }) => fault(`keeps ${holds} with no KMS key`, { at: subject })),
    ];
  },
  examples: {
    pass: [
      {
        title: "a key that is made with the log group",
        program: ({ aws }) => {
          const api = new aws.apigateway.RestApi("orders");
          const deployment = new aws.apigateway.Deployment("orders", { restApi: api.id });
          const key = new aws.kms.Key("logs", { enableKeyRotation: true });
          const logs = new aws.cloudwatch.LogGroup("orders-access", { kmsKeyId: key.arn });
          new aws.apigateway.Stage("prod", {
            restApi: api.id,
            deployment: deployment.id,
            stageName: "prod",
            accessLogSettings: { destinationArn: logs.arn, format: '{"requestId":"$context.requestId"}' },
          });
        },
      },
      {
        title: "a log group that receives nothing of an API",
        program: ({ aws }) => {
          new aws.apigatewayv2.Api("orders", { protocolType: "HTTP" });
          new aws.cloudwatch.LogGroup("batch", { name: "/aws/batch/nightly" });
        },
      },
      {
        title: "a WebSocket stage writes to a log group with a key of another stack",
        program: ({ aws }) => {
          const api = new aws.apigatewayv2.Api("chat", {
            protocolType: "WEBSOCKET",
            routeSelectionExpression: "$request.body.action",
          });
          const logs = new aws.cloudwatch.LogGroup("chat-access", {
            kmsKeyId: "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab",
          });
          new aws.apigatewayv2.Stage("prod", {
            apiId: api.id,
            name: "prod",
            accessLogSettings: { destinationArn: logs.arn, format: '{"requestId":"$context.requestId"}' },
          });
        },
      },
      {
        title: "the execution logs of a REST stage, declared with a key",
        program: ({ aws, pulumi }) => {
          const api = new aws.apigateway.RestApi("orders");
          new aws.cloudwatch.LogGroup("orders-execution", {
            name: pulumi.interpolate`API-Gateway-Execution-Logs_${api.id}/prod`,
            kmsKeyId: "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab",
          });
        },
      },
    ],
    fail: [
      {
        title: "access logs of a REST stage without a key",
        program: ({ aws }) => {
          const api = new aws.apigateway.RestApi("orders");
          const deployment = new aws.apigateway.Deployment("orders", { restApi: api.id });
          const logs = new aws.cloudwatch.LogGroup("orders-access");
          new aws.apigateway.Stage("prod", {
            restApi: api.id,
            deployment: deployment.id,
            stageName: "prod",
            accessLogSettings: { destinationArn: logs.arn, format: '{"requestId":"$context.requestId"}' },
          });
        },
      },
      {
        title: "one log group for an HTTP stage and a WebSocket stage",
        program: ({ aws }) => {
          const api = new aws.apigatewayv2.Api("orders", { protocolType: "HTTP" });
          const chat = new aws.apigatewayv2.Api("chat", {
            protocolType: "WEBSOCKET",
            routeSelectionExpression: "$request.body.action",
          });
          const logs = new aws.cloudwatch.LogGroup("access");
          const accessLogSettings = { destinationArn: logs.arn, format: '{"requestId":"$context.requestId"}' };
          new aws.apigatewayv2.Stage("orders", { apiId: api.id, name: "prod", accessLogSettings });
          new aws.apigatewayv2.Stage("chat", { apiId: chat.id, name: "prod", accessLogSettings });
        },
      },
      {
        title: "the execution logs of a REST stage, declared without a key",
        program: ({ aws, pulumi }) => {
          const api = new aws.apigateway.RestApi("orders");
          new aws.cloudwatch.LogGroup("orders-execution", {
            name: pulumi.interpolate`API-Gateway-Execution-Logs_${api.id}/prod`,
          });
        },
      },
      {
        title: "access logs of an API by an OpenAPI body without a key",
        program: ({ aws }) => {
          const api = new aws.apigatewayv2.Api("orders", {
            protocolType: "HTTP",
            body: JSON.stringify({ openapi: "3.0.1", info: { title: "orders", version: "1" }, paths: {} }),
          });
          const logs = new aws.cloudwatch.LogGroup("orders-access");
          new aws.apigatewayv2.Stage("prod", {
            apiId: api.id,
            name: "prod",
            accessLogSettings: { destinationArn: logs.arn, format: '{"requestId":"$context.requestId"}' },
          });
        },
      },
    ],
  },
});
