import { definePolicy, fault, option, unverified } from "../../core/policy";
import type { Outcome } from "../../core/policy";
import { apiDimension, hasAlarm } from "../../model/alarm";
import type { ApiKind } from "../../model/api";

interface Watched {
  readonly title: string;
  /** Names in CloudWatch, any of which tells it. */
  readonly metrics: Readonly<Record<ApiKind, readonly string[]>>;
}

const watched: ReadonlyMap<string, Watched> = new Map([
  [
    "5xx",
    {
      title: "server errors",
      metrics: { rest: ["5XXError"], http: ["5xx"], websocket: ["ExecutionError", "IntegrationError"] },
    },
  ],
  ["4xx", { title: "client errors", metrics: { rest: ["4XXError"], http: ["4xx"], websocket: ["ClientError"] } }],
  [
    "latency",
    {
      title: "latency",
      metrics: {
        rest: ["Latency", "IntegrationLatency"],
        http: ["Latency", "IntegrationLatency"],
        websocket: ["IntegrationLatency"],
      },
    },
  ],
  [
    "count",
    {
      title: "the number of requests",
      metrics: { rest: ["Count"], http: ["Count"], websocket: ["ConnectCount", "MessageCount"] },
    },
  ],
]);

/** What an entry of the option asks for; a name that is none of ours is that of a metric. */
function watchedBy(name: string, kind: ApiKind): { readonly title: string; readonly metrics: readonly string[] } {
  const known = watched.get(name.toLowerCase().replace(/error$/, ""));
  if (known === undefined) return { title: `\`${name}\``, metrics: [name] };
  const metrics = known.metrics[kind];
  return { title: `${known.title} (${metrics.map((metric) => `\`${metric}\``).join(" or ")})`, metrics };
}

export const apiAlarms = definePolicy({
  name: "api-alarms",
  topic: "logging",
  description: "CloudWatch alarms watch the errors of every API of API Gateway.",
  why: "An outage or an attack that nobody is told of lasts until a customer calls.",
  fix: "Make a `MetricAlarm` on it in the namespace `AWS/ApiGateway`.",
  severity: "medium",
  level: "advisory",
  where: "S",
  practice: "practice 6: logs and metrics for every stage",
  peers: [
    "CTL.APIGATEWAY.ALARM.5XX.001",
    "CTL.APIGATEWAY.ALARM.4XX.001",
    "CTL.APIGATEWAY.ALARM.LATENCY.001",
    "CTL.APIGATEWAY.ALARM.COUNT.DDOS.001",
  ],
  options: {
    required: option<readonly string[]>(
      "What must be watched: 5XX, 4XX, latency, count, or the name of a metric.",
      { type: "array", items: { type: "string" } },
      ["5XX"],
    ),
  },
  on: "api",
  check: (api, { graph, options }) => {
    if (api.visibility !== "stack") return undefined;
    if (!api.protocolKnown) return unverified("has a protocol that is not known yet, so its alarms cannot be told");
    const outcomes: Outcome[] = [];
    for (const name of options.required) {
      const { title, metrics } = watchedBy(name, api.kind);
      const alarm = hasAlarm(graph, api, metrics);
      if (alarm.is(false)) {
        const fix = `Make a \`MetricAlarm\` on ${metrics.map((metric) => `\`${metric}\``).join(" or ")} in the namespace \`AWS/ApiGateway\`, with the dimension \`${apiDimension(api)}\`.`;
        outcomes.push(fault(`has no alarm on ${title}`, { fix }));
      } else if (alarm.isUnknown()) outcomes.push(unverified(`has no alarm on ${title} that can be told yet`));
    }
    return outcomes;
  },
  examples: {
    pass: [
      {
        title: "an alarm on the server errors of a REST API, by its name",
        program: ({ aws }) => {
          const api = new aws.apigateway.RestApi("orders", { name: "orders" });
          new aws.cloudwatch.MetricAlarm("orders-errors", {
            namespace: "AWS/ApiGateway",
            metricName: "5XXError",
            dimensions: { ApiName: api.name },
            comparisonOperator: "GreaterThanThreshold",
            evaluationPeriods: 1,
            period: 60,
            statistic: "Sum",
            threshold: 5,
          });
        },
      },
      {
        title: "an alarm on a stage of an HTTP API, by its id",
        program: ({ aws }) => {
          const api = new aws.apigatewayv2.Api("orders", { protocolType: "HTTP" });
          new aws.cloudwatch.MetricAlarm("orders-errors", {
            namespace: "AWS/ApiGateway",
            metricName: "5xx",
            dimensions: { ApiId: api.id, Stage: "prod" },
            comparisonOperator: "GreaterThanThreshold",
            evaluationPeriods: 1,
            period: 60,
            statistic: "Sum",
            threshold: 5,
          });
        },
      },
      {
        title: "a share of errors computed of two metrics of a WebSocket API",
        program: ({ aws }) => {
          const api = new aws.apigatewayv2.Api("chat", {
            protocolType: "WEBSOCKET",
            routeSelectionExpression: "$request.body.action",
          });
          const metric = (metricName: string) => ({
            metricName,
            namespace: "AWS/ApiGateway",
            period: 60,
            stat: "Sum",
            dimensions: { ApiId: api.id, Stage: "prod" },
          });
          new aws.cloudwatch.MetricAlarm("chat-errors", {
            comparisonOperator: "GreaterThanThreshold",
            evaluationPeriods: 1,
            threshold: 0.01,
            metricQueries: [
              { id: "share", expression: "errors / messages", returnData: true },
              { id: "errors", metric: metric("ExecutionError") },
              { id: "messages", metric: metric("MessageCount") },
            ],
          });
        },
      },
      {
        title: "one query watches every API",
        program: ({ aws }) => {
          new aws.apigateway.RestApi("orders", {
            body: JSON.stringify({ openapi: "3.0.1", info: { title: "orders", version: "1" }, paths: {} }),
          });
          new aws.cloudwatch.MetricAlarm("errors", {
            comparisonOperator: "GreaterThanThreshold",
            evaluationPeriods: 1,
            threshold: 5,
            metricQueries: [
              {
                id: "errors",
                period: 60,
                returnData: true,
                expression: 'SELECT SUM("5XXError") FROM SCHEMA("AWS/ApiGateway", ApiName) GROUP BY ApiName',
              },
            ],
          });
        },
      },
    ],
    fail: [
      {
        title: "nobody watches a REST API of an OpenAPI body",
        program: ({ aws }) => {
          new aws.apigateway.RestApi("orders", {
            body: JSON.stringify({ openapi: "3.0.1", info: { title: "orders", version: "1" }, paths: {} }),
          });
        },
      },
      {
        title: "the alarm watches another API",
        program: ({ aws }) => {
          new aws.apigatewayv2.Api("orders", { protocolType: "HTTP" });
          const other = new aws.apigatewayv2.Api("returns", { protocolType: "HTTP" });
          new aws.cloudwatch.MetricAlarm("returns-errors", {
            namespace: "AWS/ApiGateway",
            metricName: "5xx",
            dimensions: { ApiId: other.id },
            comparisonOperator: "GreaterThanThreshold",
            evaluationPeriods: 1,
            period: 60,
            statistic: "Sum",
            threshold: 5,
          });
        },
      },
      {
        title: "a WebSocket API has no metric of that name",
        program: ({ aws }) => {
          const api = new aws.apigatewayv2.Api("chat", {
            protocolType: "WEBSOCKET",
            routeSelectionExpression: "$request.body.action",
          });
          new aws.cloudwatch.MetricAlarm("chat-errors", {
            namespace: "AWS/ApiGateway",
            metricName: "5XXError",
            dimensions: { ApiId: api.id },
            comparisonOperator: "GreaterThanThreshold",
            evaluationPeriods: 1,
            period: 60,
            statistic: "Sum",
            threshold: 5,
          });
        },
      },
      {
        title: "client errors and latency are asked for as well",
        config: { required: ["5XX", "4XX", "latency"] },
        program: ({ aws }) => {
          const api = new aws.apigateway.RestApi("orders", { name: "orders" });
          new aws.cloudwatch.MetricAlarm("orders-errors", {
            namespace: "AWS/ApiGateway",
            metricName: "5XXError",
            dimensions: { ApiName: api.name },
            comparisonOperator: "GreaterThanThreshold",
            evaluationPeriods: 1,
            period: 60,
            statistic: "Sum",
            threshold: 5,
          });
        },
      },
    ],
  },
});
