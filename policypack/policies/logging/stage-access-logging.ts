import { definePolicy, fault, unverified } from "../../core/policy";

export const stageAccessLogging = definePolicy({
  name: "stage-access-logging",
  topic: "logging",
  description: "API Gateway stages write access logs.",
  why: "Without access logs nobody can tell who called the API, so an incident cannot be reconstructed.",
  fix: "Set `accessLogSettings` to a log group ARN and a JSON format.",
  severity: "high",
  level: "mandatory",
  where: "R",
  practice: "practice 6: logs and metrics for every stage",
  frameworks: { "AWS FSBP": ["APIGateway.9"], "PCI DSS": ["10.4.2"], "CIS AWS": ["4.10"] },
  peers: ["CKV_AWS_76", "CKV_AWS_95", "AVD-AWS-0001", "AwsSolutions-APIG1", "W46", "W69"],
  on: "stage",
  check: (stage) => {
    if (stage.hearsay) return undefined;
    if (stage.accessLog.isUnknown()) return unverified("has access log settings that are not known yet");
    return stage.accessLog.isAbsent() ? fault("has no access log destination") : undefined;
  },
  examples: {
    pass: [
      {
        title: "the destination is known only after the log group exists",
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
        title: "an HTTP stage writes to a log group of another stack",
        program: ({ aws }) => {
          const api = new aws.apigatewayv2.Api("orders", { protocolType: "HTTP" });
          new aws.apigatewayv2.Stage("prod", {
            apiId: api.id,
            name: "prod",
            accessLogSettings: {
              destinationArn: "arn:aws:logs:eu-west-1:111122223333:log-group:orders-access",
              format: '{"requestId":"$context.requestId"}',
            },
          });
        },
      },
      {
        title: "a WebSocket stage with a log group of its own",
        program: ({ aws }) => {
          const api = new aws.apigatewayv2.Api("chat", {
            protocolType: "WEBSOCKET",
            routeSelectionExpression: "$request.body.action",
          });
          const logs = new aws.cloudwatch.LogGroup("chat-access");
          new aws.apigatewayv2.Stage("prod", {
            apiId: api.id,
            name: "prod",
            accessLogSettings: { destinationArn: logs.arn, format: '{"requestId":"$context.requestId"}' },
          });
        },
      },
    ],
    fail: [
      {
        title: "a REST stage has no access log settings",
        program: ({ aws }) => {
          const api = new aws.apigateway.RestApi("orders");
          const deployment = new aws.apigateway.Deployment("orders", { restApi: api.id });
          new aws.apigateway.Stage("prod", { restApi: api.id, deployment: deployment.id, stageName: "prod" });
        },
      },
      {
        title: "a WebSocket stage has no access log settings",
        program: ({ aws }) => {
          const api = new aws.apigatewayv2.Api("chat", {
            protocolType: "WEBSOCKET",
            routeSelectionExpression: "$request.body.action",
          });
          new aws.apigatewayv2.Stage("prod", { apiId: api.id, name: "prod" });
        },
      },
      {
        title: "one of two HTTP stages has no access log settings",
        program: ({ aws }) => {
          const api = new aws.apigatewayv2.Api("orders", { protocolType: "HTTP" });
          new aws.apigatewayv2.Stage("prod", {
            apiId: api.id,
            name: "prod",
            accessLogSettings: {
              destinationArn: "arn:aws:logs:eu-west-1:111122223333:log-group:orders-access",
              format: '{"requestId":"$context.requestId"}',
            },
          });
          new aws.apigatewayv2.Stage("dev", { apiId: api.id, name: "dev" });
        },
      },
      {
        title: "a stage of an API that another stack holds",
        program: ({ aws }) => {
          new aws.apigatewayv2.Stage("prod", { apiId: "a1b2c3d4e5", name: "prod" });
        },
      },
    ],
  },
});
