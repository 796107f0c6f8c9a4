import { definePolicy, fault, unverified } from "../../core/policy";
import type { Outcome } from "../../core/policy";
import { grantsOf } from "../../model/permission";
import type { Grant, Width } from "../../model/permission";

const faults: Readonly<Record<Exclude<Width, "named">, string>> = {
  anyone: "lets anyone invoke the function",
  "any-api": "lets API Gateway invoke the function for any API of any account",
  account: "lets API Gateway invoke the function for any API of an account",
  "any-source": "lets API Gateway invoke the function for any API, since its source ARN names none",
};

function judge({ subject: at, width, stray }: Grant): Outcome | undefined {
  const known = width.get();
  if (known === undefined) return unverified("has a principal or a source ARN that cannot be judged yet", { at });
  if (known !== "named") return fault(faults[known], { at });
  const strayed = stray.get();
  if (strayed === undefined) return undefined;
  return fault(`is for ${strayed.named}, and it is ${strayed.caller.label} that calls the function`, { at });
}

export const lambdaPermissionScope = definePolicy({
  name: "lambda-permission-scope",
  topic: "exposure",
  description: "Lambda functions let API Gateway invoke them for the API that calls them, and for no other.",
  why: "API Gateway invokes a function for whoever points an API at it: without a source ARN anyone who learns the function's ARN can call it through an API of their own.",
  fix: "Set `principal` to apigateway.amazonaws.com and `sourceArn` to the execution ARN of the API, as `${api.executionArn}/*/*`.",
  severity: "high",
  level: "mandatory",
  where: "R+S",
  practice: "threat 1: unauthorized access to APIs",
  frameworks: { "OWASP API Security Top 10": ["API8:2023"] },
  peers: [
    "CKV_AWS_364",
    "CKV_AWS_301",
    "AVD-AWS-0067",
    "FG_R00499",
    "aws-lambda-permission-configure-source-arn",
    "CTL.APIGATEWAY.INTEGRATION.LAMBDA.SCOPE.001",
  ],
  on: "stack",
  check: (graph) => grantsOf(graph).flatMap((grant) => judge(grant) ?? []),
  examples: {
    pass: [
      {
        title: "the ARN of a REST API, known only after it exists",
        program: ({ aws, pulumi }) => {
          const api = new aws.apigateway.RestApi("orders");
          new aws.lambda.Permission("orders", {
            action: "lambda:InvokeFunction",
            function: "orders",
            principal: "apigateway.amazonaws.com",
            sourceArn: pulumi.interpolate`${api.executionArn}/*/GET/orders`,
          });
        },
      },
      {
        title: "a permission for each API that calls a function",
        program: ({ aws, pulumi }) => {
          const handler = new aws.lambda.Function("orders", {
            role: "arn:aws:iam::111122223333:role/orders",
            runtime: "nodejs22.x",
            handler: "index.handler",
            code: new pulumi.asset.AssetArchive({}),
          });
          for (const name of ["orders", "partners"]) {
            const api = new aws.apigatewayv2.Api(name, { protocolType: "HTTP" });
            new aws.apigatewayv2.Integration(name, {
              apiId: api.id,
              integrationType: "AWS_PROXY",
              integrationUri: handler.invokeArn,
              payloadFormatVersion: "2.0",
            });
            new aws.lambda.Permission(name, {
              action: "lambda:InvokeFunction",
              function: handler.name,
              principal: "apigateway.amazonaws.com",
              sourceArn: pulumi.interpolate`${api.executionArn}/*/*`,
            });
          }
        },
      },
      {
        title: "the function's own policy names an API",
        program: ({ aws }) => {
          new aws.lambda.ResourcePolicy("orders", {
            resourceArn: "arn:aws:lambda:eu-west-1:111122223333:function:orders",
            policy: JSON.stringify({
              Version: "2012-10-17",
              Statement: [
                {
                  Effect: "Allow",
                  Principal: { Service: "apigateway.amazonaws.com" },
                  Action: "lambda:InvokeFunction",
                  Resource: "arn:aws:lambda:eu-west-1:111122223333:function:orders",
                  Condition: {
                    ArnLike: { "AWS:SourceArn": "arn:aws:execute-api:eu-west-1:111122223333:a1b2c3d4e5/*" },
                  },
                },
              ],
            }),
          });
        },
      },
      {
        title: "other services' permissions, and a function's own URL",
        program: ({ aws }) => {
          new aws.lambda.Permission("topic", {
            action: "lambda:InvokeFunction",
            function: "orders",
            principal: "sns.amazonaws.com",
          });
          new aws.lambda.Permission("url", {
            action: "lambda:InvokeFunctionUrl",
            function: "orders",
            principal: "*",
            functionUrlAuthType: "NONE",
          });
        },
      },
      {
        title: "the ARN of a WebSocket API, known only after it exists",
        program: ({ aws, pulumi }) => {
          const api = new aws.apigatewayv2.Api("chat", {
            protocolType: "WEBSOCKET",
            routeSelectionExpression: "$request.body.action",
          });
          new aws.lambda.Permission("chat", {
            action: "lambda:InvokeFunction",
            function: "chat",
            principal: "apigateway.amazonaws.com",
            sourceArn: pulumi.interpolate`${api.executionArn}/*`,
          });
        },
      },
      {
        title: "the ARN of another stack's API",
        program: ({ aws }) => {
          new aws.lambda.Permission("orders", {
            action: "lambda:InvokeFunction",
            function: "orders",
            principal: "apigateway.amazonaws.com",
            sourceArn: "arn:aws:execute-api:eu-west-1:111122223333:a1b2c3d4e5/*/*",
          });
        },
      },
      {
        title: "the API whose OpenAPI body calls the function",
        program: ({ aws, pulumi }) => {
          const api = new aws.apigateway.RestApi("orders", {
            body: JSON.stringify({
              openapi: "3.0.1",
              info: { title: "orders", version: "1" },
              paths: {
                "/orders": {
                  get: {
                    "x-amazon-apigateway-integration": {
                      type: "aws_proxy",
                      httpMethod: "POST",
                      uri: "arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/arn:aws:lambda:eu-west-1:111122223333:function:orders/invocations",
                    },
                  },
                },
              },
            }),
          });
          new aws.lambda.Permission("orders", {
            action: "lambda:InvokeFunction",
            function: "orders",
            principal: "apigateway.amazonaws.com",
            sourceArn: pulumi.interpolate`${api.executionArn}/*/GET/orders`,
          });
        },
      },
    ],
    fail: [
      {
        title: "no source ARN",
        program: ({ aws }) => {
          new aws.lambda.Permission("orders", {
            action: "lambda:InvokeFunction",
            function: "orders",
            principal: "apigateway.amazonaws.com",
          });
        },
      },
      {
        title: "any API of the account",
        program: ({ aws }) => {
          new aws.lambda.Permission("orders", {
            action: "lambda:InvokeFunction",
            function: "orders",
            principal: "apigateway.amazonaws.com",
            sourceArn: "arn:aws:execute-api:eu-west-1:111122223333:*/*/*",
          });
        },
      },
      {
        title: "anyone",
        program: ({ aws }) => {
          new aws.lambda.Permission("orders", {
            action: "lambda:InvokeFunction",
            function: "orders",
            principal: "*",
          });
        },
      },
      {
        title: "another API than the one that calls the function",
        program: ({ aws, pulumi }) => {
          const handler = new aws.lambda.Function("orders", {
            role: "arn:aws:iam::111122223333:role/orders",
            runtime: "nodejs22.x",
            handler: "index.handler",
            code: new pulumi.asset.AssetArchive({}),
          });
          const orders = new aws.apigateway.RestApi("orders");
          new aws.apigateway.Integration("orders", {
            restApi: orders.id,
            resourceId: orders.rootResourceId,
            httpMethod: "GET",
            type: "AWS_PROXY",
            integrationHttpMethod: "POST",
            uri: handler.invokeArn,
          });
          const chat = new aws.apigatewayv2.Api("chat", {
            protocolType: "WEBSOCKET",
            routeSelectionExpression: "$request.body.action",
          });
          new aws.lambda.Permission("orders", {
            action: "lambda:InvokeFunction",
            function: handler.arn,
            principal: "apigateway.amazonaws.com",
            sourceArn: pulumi.interpolate`${chat.executionArn}/*/*`,
          });
        },
      },
      {
        title: "the function's own policy names an account, and no API",
        program: ({ aws }) => {
          new aws.lambda.ResourcePolicy("orders", {
            resourceArn: "arn:aws:lambda:eu-west-1:111122223333:function:orders",
            policy: JSON.stringify({
              Version: "2012-10-17",
              Statement: {
                Effect: "Allow",
                Principal: { Service: "apigateway.amazonaws.com" },
                Action: "lambda:InvokeFunction",
                Resource: "arn:aws:lambda:eu-west-1:111122223333:function:orders",
                Condition: { StringEquals: { "AWS:SourceAccount": "111122223333" } },
              },
            }),
          });
        },
      },
      {
        title: "no source ARN, for the function of an HTTP API",
        program: ({ aws }) => {
          new aws.apigatewayv2.Api("orders", {
            protocolType: "HTTP",
            target: "arn:aws:lambda:eu-west-1:111122223333:function:orders",
          });
          new aws.lambda.Permission("orders", {
            action: "lambda:InvokeFunction",
            function: "orders",
            principal: "apigateway.amazonaws.com",
          });
        },
      },
      {
        title: "the function of an OpenAPI body may be invoked for another stack's API",
        program: ({ aws }) => {
          new aws.apigateway.RestApi("orders", {
            body: JSON.stringify({
              openapi: "3.0.1",
              info: { title: "orders", version: "1" },
              paths: {
                "/orders": {
                  get: {
                    "x-amazon-apigateway-integration": {
                      type: "aws_proxy",
                      httpMethod: "POST",
                      uri: "arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/arn:aws:lambda:eu-west-1:111122223333:function:orders/invocations",
                    },
                  },
                },
              },
            }),
          });
          new aws.lambda.Permission("orders", {
            action: "lambda:InvokeFunction",
            function: "orders",
            principal: "apigateway.amazonaws.com",
            sourceArn: "arn:aws:execute-api:eu-west-1:111122223333:a1b2c3d4e5/*/*",
          });
        },
      },
    ],
  },
});
