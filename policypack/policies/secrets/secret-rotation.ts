import { definePolicy, fault, option, unverified } from "../../core/policy";
import type { Outcome } from "../../core/policy";
import { usedSecrets } from "../../model/rotation";

export const secretRotation = definePolicy({
  name: "secret-rotation",
  topic: "secrets",
  description: "Secrets Manager rotates the secrets that APIs and the functions behind them use.",
  why: "A secret that leaked is of use to whoever has it until it is changed, and what is not changed by a machine is not changed.",
  fix: "Make a `SecretRotation` with `rotationLambdaArn` and `rotationRules.automaticallyAfterDays`.",
  severity: "medium",
  level: "advisory",
  where: "S",
  practice: "practice 9: rotate and revoke credentials",
  peers: [
    "CKV2_AWS_57",
    "CKV_AWS_304",
    "AwsSolutions-SMG4",
    "SECRETSMANAGER_ROTATION_ENABLED_CHECK",
    "secretsmanager_automatic_rotation_enabled",
  ],
  options: {
    maxDays: option("After how many days at most a secret must be changed.", { type: "integer", minimum: 1 }, 90),
  },
  on: "stack",
  check: (graph, { options: { maxDays } }) =>
    usedSecrets(graph).flatMap(({ subject: at, user, days }): Outcome[] => {
      const known = days.get();
      const fix = `Set \`rotationRules.automaticallyAfterDays\` to ${String(maxDays)} or fewer.`;
      if (days.isUnknown()) return [unverified(`is used by ${user} and has a rotation that is not known yet`, { at })];
      if (known === undefined) return [fault(`is used by ${user} and is not rotated`, { at })];
      return known > maxDays
        ? [
            fault(`is used by ${user} and is rotated every ${String(known)} days, not every ${String(maxDays)}`, {
              at,
              fix,
            }),
          ]
        : [];
    }),
  examples: {
    pass: [
      {
        title: "the secret of a function behind an HTTP API is rotated every month",
        program: ({ aws, pulumi }) => {
          const secret = new aws.secretsmanager.Secret("orders-db");
          new aws.secretsmanager.SecretRotation("orders-db", {
            secretId: secret.id,
            rotationLambdaArn: "arn:aws:lambda:us-east-1:111122223333:function:rotate",
            rotationRules: { automaticallyAfterDays: 30 },
          });
          const handler = new aws.lambda.Function("orders", {
            role: "arn:aws:iam::111122223333:role/orders",
            runtime: "nodejs22.x",
            handler: "index.handler",
            code: new pulumi.asset.AssetArchive({}),
            environment: { variables: { DB_SECRET_ARN: secret.arn } },
          });
          const api = new aws.apigatewayv2.Api("orders", { protocolType: "HTTP" });
          new aws.apigatewayv2.Integration("orders", {
            apiId: api.id,
            integrationType: "AWS_PROXY",
            integrationUri: handler.invokeArn,
            payloadFormatVersion: "2.0",
          });
        },
      },
      {
        title: "a secret that no API uses",
        program: ({ aws }) => {
          new aws.apigatewayv2.Api("chat", {
            protocolType: "WEBSOCKET",
            routeSelectionExpression: "$request.body.action",
          });
          new aws.secretsmanager.Secret("nightly");
        },
      },
      {
        title: "a REST stage names a secret that is rotated every month",
        program: ({ aws }) => {
          const secret = new aws.secretsmanager.Secret("orders-db", { name: "prod/orders/db" });
          new aws.secretsmanager.SecretRotation("orders-db", {
            secretId: secret.id,
            rotationLambdaArn: "arn:aws:lambda:us-east-1:111122223333:function:rotate",
            rotationRules: { automaticallyAfterDays: 30 },
          });
          const api = new aws.apigateway.RestApi("orders");
          const deployment = new aws.apigateway.Deployment("orders", { restApi: api.id });
          new aws.apigateway.Stage("prod", {
            restApi: api.id,
            deployment: deployment.id,
            stageName: "prod",
            variables: { secretName: secret.name },
          });
        },
      },
    ],
    fail: [
      {
        title: "a stage names a secret that nothing rotates",
        program: ({ aws }) => {
          const secret = new aws.secretsmanager.Secret("orders-db", { name: "prod/orders/db" });
          const api = new aws.apigateway.RestApi("orders");
          const deployment = new aws.apigateway.Deployment("orders", { restApi: api.id });
          new aws.apigateway.Stage("prod", {
            restApi: api.id,
            deployment: deployment.id,
            stageName: "prod",
            variables: { secretName: secret.name },
          });
        },
      },
      {
        title: "the secret of a function is rotated twice a year",
        program: ({ aws, pulumi }) => {
          const secret = new aws.secretsmanager.Secret("orders-db");
          new aws.secretsmanager.SecretRotation("orders-db", {
            secretId: secret.id,
            rotationLambdaArn: "arn:aws:lambda:us-east-1:111122223333:function:rotate",
            rotationRules: { scheduleExpression: "cron(0 4 1 1,7 ? *)" },
          });
          const handler = new aws.lambda.Function("orders", {
            role: "arn:aws:iam::111122223333:role/orders",
            runtime: "nodejs22.x",
            handler: "index.handler",
            code: new pulumi.asset.AssetArchive({}),
            environment: { variables: { DB_SECRET_ARN: secret.arn } },
          });
          const api = new aws.apigatewayv2.Api("orders", { protocolType: "HTTP" });
          new aws.apigatewayv2.Integration("orders", {
            apiId: api.id,
            integrationType: "AWS_PROXY",
            integrationUri: handler.invokeArn,
            payloadFormatVersion: "2.0",
          });
        },
      },
      {
        title: "the secret that keeps an API key",
        program: ({ aws }) => {
          const key = new aws.apigateway.ApiKey("partner");
          const secret = new aws.secretsmanager.Secret("partner-key");
          new aws.secretsmanager.SecretVersion("partner-key", { secretId: secret.id, secretString: key.value });
        },
      },
      {
        title: "two secrets of a function behind a WebSocket API, of which one is rotated",
        program: ({ aws, pulumi }) => {
          const rotated = new aws.secretsmanager.Secret("chat-db");
          new aws.secretsmanager.SecretRotation("chat-db", {
            secretId: rotated.id,
            rotationLambdaArn: "arn:aws:lambda:us-east-1:111122223333:function:rotate",
            rotationRules: { automaticallyAfterDays: 30 },
          });
          const kept = new aws.secretsmanager.Secret("chat-mail");
          const handler = new aws.lambda.Function("chat", {
            role: "arn:aws:iam::111122223333:role/chat",
            runtime: "nodejs22.x",
            handler: "index.handler",
            code: new pulumi.asset.AssetArchive({}),
            environment: { variables: { DB_SECRET_ARN: rotated.arn, MAIL_SECRET_ARN: kept.arn } },
          });
          const api = new aws.apigatewayv2.Api("chat", {
            protocolType: "WEBSOCKET",
            routeSelectionExpression: "$request.body.action",
          });
          new aws.apigatewayv2.Integration("chat", {
            apiId: api.id,
            integrationType: "AWS_PROXY",
            integrationUri: handler.invokeArn,
          });
        },
      },
    ],
  },
});
