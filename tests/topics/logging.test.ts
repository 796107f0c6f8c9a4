import assert from "node:assert/strict";
import { judge, judgeCases, never, Stack, text } from "../support/cases";
import type { Case, Made } from "../support/cases";

const complete = {
  requestId: "$context.requestId",
  time: "$context.requestTime",
  ip: "$context.identity.sourceIp",
  method: "$context.httpMethod",
  route: "$context.routeKey",
  status: "$context.status",
  caller: "$context.identity.caller",
};
const json = JSON.stringify(complete);
const destination = "arn:aws:logs:eu-west-1:123456789012:log-group:access";

const restApi = (stack: Stack): Made => stack.add("apigateway.RestApi", "orders", { name: "orders" });
const httpApi = (stack: Stack, protocolType: unknown = "HTTP"): Made =>
  stack.add("apigatewayv2.Api", "orders", { name: "orders", protocolType });

/** A REST stage with these settings of its access log. */
const restStage =
  (accessLogSettings: unknown) =>
  (stack: Stack): void => {
    const api = restApi(stack);
    stack.add("apigateway.Stage", "prod", { restApi: api.id, deployment: "d1", stageName: "prod", accessLogSettings });
  };

const format = (title: string, written: unknown, verdict: Case["verdict"], policy = "access-log-fields"): Case => ({
  policy,
  title,
  verdict,
  build: restStage({ destinationArn: destination, format: written }),
});
const credentials = (title: string, written: unknown, verdict: Case["verdict"]): Case =>
  format(title, written, verdict, "access-log-no-credentials");

/** The same log without one entry, or with one changed. */
const but = (changes: Readonly<Record<string, unknown>>): string => JSON.stringify({ ...complete, ...changes });

/** A log group of these properties that a stage writes to, by a tie. */
const group = (
  policy: string,
  title: string,
  properties: Readonly<Record<string, unknown>>,
  verdict: Case["verdict"],
): Case => ({
  policy,
  title,
  verdict,
  build: (stack) => {
    const logs = stack.add("cloudwatch.LogGroup", "access", properties);
    restStage({ destinationArn: logs.out("arn"), format: json })(stack);
  },
});

const alarm = (stack: Stack, properties: Readonly<Record<string, unknown>>): void => {
  stack.add("cloudwatch.MetricAlarm", "errors", { namespace: "AWS/ApiGateway", metricName: "5XXError", ...properties });
};

const cases: readonly Case[] = [
  // Fields
  format("everything is told", json, "passes"),
  format("nested objects", JSON.stringify({ request: complete, more: { list: ["$context.path"] } }), "passes"),
  format("a number without quotes", json.replace('"$context.status"', "$context.status"), "passes"),
  format("text without quotes is no JSON", json.replace('"$context.requestId"', "$context.requestId"), "fails"),
  format("an error message that brings its quotes", `${json.slice(0, -1)},"e":$context.error.messageString}`, "passes"),
  format("a comma too many", `${json.slice(0, -1)},}`, "fails"),
  format("an escaped quote before a variable", but({ note: '"$context.path"' }), "passes"),
  format("a list of values", JSON.stringify(Object.values(complete)), "fails"),
  format("XML", `<log>${Object.values(complete).join(" ")}</log>`, "fails"),
  format("comma-separated values", Object.values(complete).join(","), "fails"),
  format("a time in seconds", but({ time: "$context.requestTimeEpoch" }), "passes"),
  format("the extended request id", but({ requestId: "$context.extendedRequestId" }), "passes"),
  format("a variable in the wrong case", but({ requestId: "$context.requestid" }), "fails"),
  format("a variable that only begins as another", but({ status: "$context.statusCode" }), "fails"),
  format("one named claim is a caller", but({ caller: "$context.authorizer.claims.sub" }), "passes"),
  format(
    "a claim in brackets is a caller",
    but({ caller: "$context.authorizer.claims['cognito:username']" }),
    "passes",
  ),
  format("claims as a whole are none", but({ caller: "$context.authorizer.claims" }), "fails"),
  format("a claim about the token is none", but({ caller: "$context.authorizer.claims.exp" }), "fails"),
  format("what an authorizer hands on is a caller", but({ caller: "$context.authorizer.userId" }), "passes"),
  format("what it says of itself is none", but({ caller: "$context.authorizer.latency" }), "fails"),
  format("a number for a format", 42, "fails"),
  format("a format that is not known yet", never(), "unverified"),
  format("no format", "", "fails"),
  { policy: "access-log-fields", title: "settings that are unknown", verdict: "unverified", build: restStage(never()) },
  {
    policy: "access-log-fields",
    title: "no destination is stage-access-logging's",
    verdict: "passes",
    build: restStage({ format: "$context.requestId" }),
  },
  {
    policy: "access-log-fields",
    title: "the method is left out, and nothing tells which kind of API it is",
    verdict: "passes",
    build: (stack) => {
      const accessLogSettings = { destinationArn: destination, format: but({ method: undefined }) };
      stack.add("apigatewayv2.Stage", "prod", { apiId: "a1b2c3d4e5", name: "prod", accessLogSettings });
    },
  },
  {
    policy: "access-log-fields",
    title: "the method is left out, and a route tells that it is an HTTP API of another stack",
    verdict: "fails",
    build: (stack) => {
      const accessLogSettings = { destinationArn: destination, format: but({ method: undefined }) };
      stack.add("apigatewayv2.Route", "list", { apiId: "a1b2c3d4e5", routeKey: "GET /orders" });
      stack.add("apigatewayv2.Stage", "prod", { apiId: "a1b2c3d4e5", name: "prod", accessLogSettings });
    },
  },
  {
    policy: "access-log-fields",
    title: "a stage of aws-native",
    verdict: "fails",
    build: (stack) => {
      stack.add("aws-native:apigateway:Stage", "prod", {
        restApiId: "a1b2c3d4e5",
        stageName: "prod",
        accessLogSetting: { destinationArn: destination, format: "$context.requestId" },
      });
    },
  },

  // Credentials
  credentials("nothing secret", json, "passes"),
  credentials("the id of a key", but({ key: "$context.identity.apiKeyId" }), "passes"),
  credentials("a key", but({ key: "$context.identity.apiKey" }), "fails"),
  credentials("a key in a log that is no JSON", "$context.requestId,$context.identity.apiKey", "fails"),
  credentials("claims as a whole", but({ claims: "$context.authorizer.claims" }), "fails"),
  credentials("one claim in brackets", but({ name: "$context.authorizer.claims['custom:tenant']" }), "passes"),
  credentials("the use of a token", but({ use: "$context.authorizer.claims.token_use" }), "passes"),
  credentials("a token of the authorizer", but({ token: "$context.authorizer.idToken" }), "fails"),
  credentials("cookies set in an answer", but({ c: "$context.responseOverride.header.Set-Cookie" }), "fails"),
  credentials("a header, in words of templates", but({ a: "$input.params('Authorization')" }), "fails"),
  credentials("a format that is not known yet", never(), "unverified"),
  credentials("a name that only holds the word", but({ a: "$context.authorizer.tokenIssuer" }), "passes"),
  {
    ...credentials("another list", but({ ip: "$context.identity.sourceIp" }), "fails"),
    config: { forbidden: ["$context.identity.source*"] },
  },

  // Tracing and the account
  {
    policy: "stage-tracing",
    title: "aws-native names the switch otherwise",
    verdict: "passes",
    build: (stack) => {
      const inputs = { restApiId: "a1b2c3d4e5", stageName: "prod", tracingEnabled: true };
      stack.add("aws-native:apigateway:Stage", "prod", inputs);
    },
  },
  {
    policy: "stage-tracing",
    title: "a switch that is not known yet",
    verdict: "unverified",
    build: (stack) => {
      stack.add("apigateway.Stage", "prod", { restApi: "a1", stageName: "prod", xrayTracingEnabled: never() });
    },
  },
  {
    policy: "stage-tracing",
    title: "method settings are no stage",
    verdict: "passes",
    build: (stack) => {
      stack.add("apigateway.MethodSettings", "all", { restApi: "a1", stageName: "prod", methodPath: "*/*" });
    },
  },
  {
    policy: "account-logging-role",
    title: "aws-native names the role otherwise",
    verdict: "passes",
    build: (stack) => {
      stack.add("aws-native:apigateway:Account", "region", { cloudWatchRoleArn: never() });
    },
  },
  {
    policy: "account-logging-role",
    title: "aws-native without a role",
    verdict: "fails",
    build: (stack) => {
      stack.add("aws-native:apigateway:Account", "region");
    },
  },
  {
    policy: "account-logging-role",
    title: "nothing set at all",
    verdict: "fails",
    build: (stack) => {
      stack.add("apigateway.Account", "region");
    },
  },

  // Log groups
  group("log-group-retention", "long enough", { retentionInDays: 90 }, "passes"),
  group("log-group-retention", "a day short", { retentionInDays: 60 }, "fails"),
  group("log-group-retention", "zero is for ever", { retentionInDays: 0 }, "fails"),
  group("log-group-retention", "a number as text", { retentionInDays: "365" }, "passes"),
  group("log-group-retention", "not known yet", { retentionInDays: never() }, "unverified"),
  group("log-group-encryption", "a key that is not known yet is one", { kmsKeyId: never() }, "passes"),
  group("log-group-encryption", "an empty key is none", { kmsKeyId: "" }, "fails"),
  {
    policy: "log-group-retention",
    title: "the literal ARN of a log group of this stack, streams and all",
    verdict: "fails",
    build: (stack) => {
      stack.add("cloudwatch.LogGroup", "access", { name: "access" });
      restStage({ destinationArn: `${destination}:*`, format: json })(stack);
    },
  },
  {
    policy: "log-group-retention",
    title: "a log group of that name in another account, where ARNs are known",
    verdict: { update: "passes", imported: "passes" },
    build: (stack) => {
      stack.add("cloudwatch.LogGroup", "access", { name: "access" });
      restStage({ destinationArn: destination.replace("123456789012", "999999999999"), format: json })(stack);
    },
  },
  {
    policy: "log-group-retention",
    title: "a delivery stream is no log group",
    verdict: "passes",
    build: (stack) => {
      stack.add("cloudwatch.LogGroup", "other");
      const stream = stack.add("kinesis.FirehoseDeliveryStream", "amazon-apigateway-access");
      restStage({ destinationArn: stream.out("arn"), format: json })(stack);
    },
  },
  {
    policy: "log-group-retention",
    title: "a destination that nothing tells, in a stack with log groups",
    verdict: "unverified",
    build: (stack) => {
      stack.add("cloudwatch.LogGroup", "other");
      restStage({ destinationArn: never(), format: json })(stack);
    },
  },
  {
    policy: "log-group-retention",
    title: "execution logs of a WebSocket API, by the name API Gateway gives them",
    verdict: { preview: "fails", update: "fails" },
    build: (stack) => {
      const api = httpApi(stack, "WEBSOCKET");
      stack.add("cloudwatch.LogGroup", "execution", { name: text`/aws/apigateway/${api.id}/prod` });
    },
  },
  {
    policy: "log-group-retention",
    title: "execution logs of an API of another stack",
    verdict: "fails",
    build: (stack) => {
      stack.add("cloudwatch.LogGroup", "execution", { name: "API-Gateway-Execution-Logs_a1b2c3d4e5/prod" });
    },
  },
  {
    policy: "log-group-retention",
    title: "the logs of a web ACL are out of scope",
    verdict: "passes",
    build: (stack) => {
      restApi(stack);
      stack.add("cloudwatch.LogGroup", "waf", { name: "aws-waf-logs-orders" });
    },
  },

  // Alarms
  {
    policy: "api-alarms",
    title: "by the name of the API, written out",
    verdict: "passes",
    build: (stack) => {
      restApi(stack);
      alarm(stack, { dimensions: { ApiName: "orders", Stage: "prod" } });
    },
  },
  {
    policy: "api-alarms",
    title: "another namespace",
    verdict: "fails",
    build: (stack) => {
      restApi(stack);
      alarm(stack, { namespace: "AWS/Lambda", dimensions: { ApiName: "orders" } });
    },
  },
  {
    policy: "api-alarms",
    title: "no dimension, so no API's",
    verdict: "fails",
    build: (stack) => {
      restApi(stack);
      alarm(stack, {});
    },
  },
  {
    policy: "api-alarms",
    title: "the dimension of another kind of API",
    verdict: "fails",
    build: (stack) => {
      const api = restApi(stack);
      alarm(stack, { dimensions: { ApiId: api.id } });
    },
  },
  {
    policy: "api-alarms",
    title: "an API that cannot be told",
    verdict: "unverified",
    build: (stack) => {
      restApi(stack);
      alarm(stack, { dimensions: { ApiName: never() } });
    },
  },
  {
    policy: "api-alarms",
    title: "a metric that is not known yet",
    verdict: "unverified",
    build: (stack) => {
      restApi(stack);
      alarm(stack, { metricName: never(), dimensions: { ApiName: "orders" } });
    },
  },
  {
    policy: "api-alarms",
    title: "an alarm of aws-native, with its list of dimensions",
    verdict: "passes",
    build: (stack) => {
      restApi(stack);
      stack.add("aws-native:cloudwatch:Alarm", "errors", {
        namespace: "AWS/ApiGateway",
        metricName: "5XXError",
        dimensions: [{ name: "ApiName", value: "orders" }],
      });
    },
  },
  {
    policy: "api-alarms",
    title: "metric math of aws-native",
    verdict: "passes",
    build: (stack) => {
      restApi(stack);
      const metric = {
        namespace: "AWS/ApiGateway",
        metricName: "5XXError",
        dimensions: [{ name: "ApiName", value: "orders" }],
      };
      stack.add("aws-native:cloudwatch:Alarm", "errors", {
        metrics: [
          { id: "m", metricStat: { metric, period: 60, stat: "Sum" } },
          { id: "e", expression: "m * 2" },
        ],
      });
    },
  },
  {
    policy: "api-alarms",
    title: "a query for another API",
    verdict: "fails",
    build: (stack) => {
      restApi(stack);
      const expression = `SELECT SUM("5XXError") FROM SCHEMA("AWS/ApiGateway", ApiName) WHERE ApiName = 'returns'`;
      stack.add("cloudwatch.MetricAlarm", "errors", { metricQueries: [{ id: "q", expression }] });
    },
  },
  {
    policy: "api-alarms",
    title: "malformed queries and dimensions",
    verdict: "fails",
    build: (stack) => {
      restApi(stack);
      alarm(stack, { dimensions: { ApiName: null }, metricQueries: [{ id: 1, expression: 7, metric: null }] });
    },
  },
  {
    policy: "api-alarms",
    title: "a metric by its own name",
    config: { required: ["IntegrationLatency"] },
    verdict: "passes",
    build: (stack) => {
      restApi(stack);
      alarm(stack, { metricName: "IntegrationLatency", dimensions: { ApiName: "orders" } });
    },
  },
];

describe("logging", () => {
  judgeCases(cases);

  it("says of one format in one sentence what is wrong with it", () => {
    for (const unknowns of ["keep", "resolve"] as const) {
      const stack = new Stack(unknowns, "dev");
      const written = but({ method: undefined, caller: undefined }).replace(
        '"$context.requestId"',
        "$context.requestId",
      );
      const accessLogSettings = { destinationArn: destination, format: written };
      stack.add("apigatewayv2.Stage", "prod", { apiId: httpApi(stack).id, name: "prod", accessLogSettings });
      const [said = "", ...more] = judge("access-log-fields", stack.made).faults;
      assert.deepEqual(more, []);
      assert.match(said, /no valid JSON .*, and leaves out the method and the caller\. .* add `\$context\.httpMethod`/);
    }
  });
});
