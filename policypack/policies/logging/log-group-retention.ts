import { definePolicy, fault, option, unverified } from "../../core/policy";
import type { Outcome } from "../../core/policy";
import { apiLogGroups } from "../../model/log-group";

export const logGroupRetention = definePolicy({
  name: "log-group-retention",
  topic: "logging",
  description: "Log groups that receive logs of API Gateway keep them long enough, and not for ever.",
  why: "Logs that are gone before an incident is found tell nothing; logs kept for ever hold the traces of callers for ever, and cost more every month.",
  fix: "Set `retentionInDays`.",
  severity: "medium",
  level: "advisory",
  where: "S",
  practice: "practice 6: logs and metrics for every stage",
  peers: [
    "CKV_AWS_66",
    "CKV_AWS_338",
    "W86",
    "AC_AWS_0452",
    "AC_AWS_0041",
    "CloudWatchLogGroupRetentionPeriod",
    "CTL.APIGATEWAY.ACCESSLOG.RETENTION.001",
  ],
  options: {
    minimumDays: option("For how many days logs must be kept.", { type: "integer", minimum: 1 }, 90),
  },
  on: "stack",
  check: (graph, { options }) => {
    const { groups, untold } = apiLogGroups(graph);
    const outcomes: Outcome[] = untold.map((stage) =>
      unverified("has an access log destination that is not known yet, so its retention cannot be told", { at: stage }),
    );
    for (const { node, subject: at, holds } of groups) {
      const days = node.bag.number("retentionInDays");
      const known = days.get() ?? 0;
      const fix = `Set \`retentionInDays\` to ${String(options.minimumDays)} or more.`;
      if (days.isUnknown()) outcomes.push(unverified("has a retention that is not known yet", { at }));
      else if (known <= 0) outcomes.push(fault(`keeps ${holds} for ever`, { at, fix }));
      else if (known < options.minimumDays) {
        const days = known === 1 ? "1 day" : `${String(known)} days`;
        outcomes.push(fault(`keeps ${holds} for ${days}, less than ${String(options.minimumDays)}`, { at, fix }));
      }
    }
    return outcomes;
  },
  examples: {
    pass: [
      {
        title: "a year of access logs of a REST stage",
        program: ({ aws }) => {
          const api = new aws.apigateway.RestApi("orders");
          const deployment = new aws.apigateway.Deployment("orders", { restApi: api.id });
          const logs = new aws.cloudwatch.LogGroup("orders-access", { retentionInDays: 365 });
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
        title: "less is asked for",
        config: { minimumDays: 30 },
        program: ({ aws, pulumi }) => {
          const api = new aws.apigatewayv2.Api("orders", { protocolType: "HTTP" });
          const logs = new aws.cloudwatch.LogGroup("orders-access", { retentionInDays: 30 });
          new aws.apigatewayv2.Stage("prod", {
            apiId: api.id,
            name: "prod",
            accessLogSettings: {
              destinationArn: pulumi.interpolate`${logs.arn}:*`,
              format: '{"requestId":"$context.requestId"}',
            },
          });
        },
      },
      {
        title: "access and execution logs of a WebSocket stage, each for long enough",
        program: ({ aws, pulumi }) => {
          const api = new aws.apigatewayv2.Api("chat", {
            protocolType: "WEBSOCKET",
            routeSelectionExpression: "$request.body.action",
          });
          const logs = new aws.cloudwatch.LogGroup("chat-access", { retentionInDays: 90 });
          const stage = new aws.apigatewayv2.Stage("prod", {
            apiId: api.id,
            name: "prod",
            accessLogSettings: { destinationArn: logs.arn, format: '{"requestId":"$context.requestId"}' },
          });
          new aws.cloudwatch.LogGroup("chat-execution", {
            name: pulumi.interpolate`/aws/apigateway/${api.id}/${stage.name}`,
            retentionInDays: 365,
          });
        },
      },
    ],
    fail: [
      {
        title: "access logs of a REST stage are kept for ever",
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
        title: "a WebSocket stage names the log group by a hand-built ARN, and it keeps a week",
        program: ({ aws }) => {
          const api = new aws.apigatewayv2.Api("chat", {
            protocolType: "WEBSOCKET",
            routeSelectionExpression: "$request.body.action",
          });
          new aws.cloudwatch.LogGroup("chat-access", { name: "/chat/access", retentionInDays: 7 });
          new aws.apigatewayv2.Stage("prod", {
            apiId: api.id,
            name: "prod",
            accessLogSettings: {
              destinationArn: "arn:aws:logs:us-east-1:123456789012:log-group:/chat/access",
              format: '{"requestId":"$context.requestId"}',
            },
          });
        },
      },
      {
        title: "the execution logs of a REST stage, declared with no retention",
        program: ({ aws, pulumi }) => {
          const api = new aws.apigateway.RestApi("orders");
          new aws.cloudwatch.LogGroup("orders-execution", {
            name: pulumi.interpolate`API-Gateway-Execution-Logs_${api.id}/prod`,
          });
        },
      },
      {
        title: "access logs of an HTTP stage, kept for a day",
        program: ({ aws }) => {
          const api = new aws.apigatewayv2.Api("orders", { protocolType: "HTTP" });
          const logs = new aws.cloudwatch.LogGroup("orders-access", { retentionInDays: 1 });
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
