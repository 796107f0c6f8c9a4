import { definePolicy, fault, option, unverified } from "../../core/policy";
import type { Outcome } from "../../core/policy";
import { defaultFields, fieldNamed, parseAccessLogFormat, tellsField } from "../../model/access-log";
import type { AccessLogField, AccessLogFormat } from "../../model/access-log";

const shapes: Readonly<Record<Exclude<AccessLogFormat["shape"], "JSON">, string>> = {
  "broken JSON": "has an access log format that is no valid JSON once its variables are filled in",
  CLF: "writes access logs in the common log format and not as JSON",
  CSV: "writes access logs as comma-separated values and not as JSON",
  XML: "writes access logs as XML and not as JSON",
  text: "writes access logs as plain text and not as JSON",
};

function list(items: readonly string[], last: string): string {
  const before = items.slice(0, -1).join(", ");
  return before === "" ? (items[0] ?? "") : `${before} ${last} ${items[items.length - 1] ?? ""}`;
}

const written = "Write `accessLogSettings.format` as one JSON object with quoted `$context` variables";

const isMethod = ({ variable }: AccessLogField): boolean => variable === "httpMethod";

/** What is wrong with a format, in one sentence. */
function judge(format: AccessLogFormat, lacking: readonly AccessLogField[]): Outcome | undefined {
  const titles = list(
    lacking.map((field) => field.title),
    "and",
  );
  const variables = list(
    lacking.map((field) => `\`$context.${field.variable}\``),
    "and",
  );
  if (format.shape === "JSON") {
    if (lacking.length === 0) return undefined;
    return fault(`writes access logs without ${titles}`, { fix: `Add ${variables} to \`accessLogSettings.format\`.` });
  }
  const shape = shapes[format.shape];
  if (lacking.length === 0) return fault(shape);
  return fault(`${shape}, and leaves out ${titles}`, { fix: `${written}, and add ${variables}.` });
}

export const accessLogFields = definePolicy({
  name: "access-log-fields",
  topic: "logging",
  description: "Access logs of API Gateway are JSON and tell who called what, when and with what result.",
  why: "A log line that a query cannot take apart, or that leaves the caller out, does not answer who did what.",
  fix: `${written}.`,
  severity: "medium",
  level: "advisory",
  where: "R+S",
  practice: "practice 6: logs and metrics for every stage",
  peers: ["APIGWStructuredLogging", "WS2001", "CTL.APIGATEWAY.ACCESSLOG.FORMAT.INCOMPLETE.001"],
  options: {
    requiredFields: option<readonly string[]>(
      "What a log line must tell: requestId, time, sourceIp, method, path, status, caller, latency, userAgent, or the name of a `$context` variable.",
      { type: "array", items: { type: "string" } },
      defaultFields,
    ),
  },
  on: "stage",
  check: (stage, { graph, options }) => {
    const log = stage.accessLog.get();
    if (log === undefined) {
      const unknown = stage.accessLog.isUnknown() && !stage.hearsay;
      return unknown ? unverified("has access log settings that are not known yet") : undefined;
    }
    if (log.format.isAbsent()) return fault("has an access log destination and no format");
    const text = log.format.get();
    if (text === undefined) return unverified("has an access log format that is not known yet");
    const format = parseAccessLogFormat(text);
    const { kind, protocolKnown } = stage.api;
    const lacking = options.requiredFields
      .map((name) => fieldNamed(name, kind))
      .filter((field) => !tellsField(format, field));
    if (kind === "rest" || !lacking.some(isMethod)) return judge(format, lacking);
    // Messages of a WebSocket API have no method; looked at alone, a stage does not tell one from an HTTP API.
    if (!protocolKnown && !graph.whole) return undefined;
    return judge(format, kind === "http" && protocolKnown ? lacking : lacking.filter((field) => !isMethod(field)));
  },
  examples: {
    pass: [
      {
        title: "a REST stage tells everything, the status as a number",
        program: ({ aws }) => {
          const api = new aws.apigateway.RestApi("orders");
          const deployment = new aws.apigateway.Deployment("orders", { restApi: api.id });
          const logs = new aws.cloudwatch.LogGroup("orders-access");
          new aws.apigateway.Stage("prod", {
            restApi: api.id,
            deployment: deployment.id,
            stageName: "prod",
            accessLogSettings: {
              destinationArn: logs.arn,
              format:
                '{"requestId":"$context.requestId","time":"$context.requestTime","ip":"$context.identity.sourceIp",' +
                '"method":"$context.httpMethod","path":"$context.path","status":$context.status,' +
                '"caller":{"arn":"$context.identity.userArn","subject":"$context.authorizer.claims.sub"}}',
            },
          });
        },
      },
      {
        title: "an HTTP stage names the caller by a claim",
        program: ({ aws }) => {
          const api = new aws.apigatewayv2.Api("orders", { protocolType: "HTTP" });
          new aws.apigatewayv2.Stage("prod", {
            apiId: api.id,
            name: "prod",
            accessLogSettings: {
              destinationArn: "arn:aws:logs:eu-west-1:111122223333:log-group:orders-access",
              format: JSON.stringify({
                requestId: "$context.requestId",
                time: "$context.requestTimeEpoch",
                ip: "$context.identity.sourceIp",
                method: "$context.httpMethod",
                route: "$context.routeKey",
                status: "$context.status",
                subject: "$context.authorizer.claims.sub",
              }),
            },
          });
        },
      },
      {
        title: "a WebSocket stage has no method to tell",
        program: ({ aws }) => {
          const api = new aws.apigatewayv2.Api("chat", {
            protocolType: "WEBSOCKET",
            routeSelectionExpression: "$request.body.action",
          });
          new aws.apigatewayv2.Stage("prod", {
            apiId: api.id,
            name: "prod",
            accessLogSettings: {
              destinationArn: "arn:aws:logs:eu-west-1:111122223333:log-group:chat-access",
              format: JSON.stringify({
                requestId: "$context.requestId",
                time: "$context.requestTime",
                ip: "$context.identity.sourceIp",
                route: "$context.routeKey",
                status: "$context.status",
                principal: "$context.authorizer.principalId",
              }),
            },
          });
        },
      },
      {
        title: "fewer fields are asked for",
        config: { requiredFields: ["requestId", "identity.sourceIp"] },
        program: ({ aws }) => {
          const api = new aws.apigatewayv2.Api("orders", { protocolType: "HTTP" });
          new aws.apigatewayv2.Stage("prod", {
            apiId: api.id,
            name: "prod",
            accessLogSettings: {
              destinationArn: "arn:aws:logs:eu-west-1:111122223333:log-group:orders-access",
              format: '{"requestId":"$context.requestId","ip":"$context.identity.sourceIp"}',
            },
          });
        },
      },
    ],
    fail: [
      {
        title: "the common log format",
        program: ({ aws }) => {
          const api = new aws.apigateway.RestApi("orders");
          const deployment = new aws.apigateway.Deployment("orders", { restApi: api.id });
          new aws.apigateway.Stage("prod", {
            restApi: api.id,
            deployment: deployment.id,
            stageName: "prod",
            accessLogSettings: {
              destinationArn: "arn:aws:logs:eu-west-1:111122223333:log-group:orders-access",
              format:
                '$context.identity.sourceIp $context.identity.caller $context.identity.user [$context.requestTime] "$context.httpMethod $context.resourcePath $context.protocol" $context.status $context.responseLength $context.requestId',
            },
          });
        },
      },
      {
        title: "nothing names the caller: claims as a whole name nobody, and case matters",
        program: ({ aws }) => {
          const api = new aws.apigatewayv2.Api("orders", { protocolType: "HTTP" });
          new aws.apigatewayv2.Stage("prod", {
            apiId: api.id,
            name: "prod",
            accessLogSettings: {
              destinationArn: "arn:aws:logs:eu-west-1:111122223333:log-group:orders-access",
              format: JSON.stringify({
                requestId: "$context.requestId",
                time: "$context.requestTime",
                ip: "$context.identity.sourceIp",
                method: "$context.httpMethod",
                route: "$context.routeKey",
                status: "$context.status",
                caller: "$context.identity.Caller",
                claims: "$context.authorizer.claims",
              }),
            },
          });
        },
      },
      {
        title: "the method of an HTTP API is left out",
        program: ({ aws }) => {
          const api = new aws.apigatewayv2.Api("orders", { protocolType: "HTTP" });
          new aws.apigatewayv2.Stage("prod", {
            apiId: api.id,
            name: "prod",
            accessLogSettings: {
              destinationArn: "arn:aws:logs:eu-west-1:111122223333:log-group:orders-access",
              format: JSON.stringify({
                requestId: "$context.requestId",
                time: "$context.requestTime",
                ip: "$context.identity.sourceIp",
                route: "$context.routeKey",
                status: "$context.status",
                caller: "$context.identity.caller",
              }),
            },
          });
        },
      },
      {
        title: "a WebSocket stage writes an id without quotes, which is no JSON",
        program: ({ aws }) => {
          const api = new aws.apigatewayv2.Api("chat", {
            protocolType: "WEBSOCKET",
            routeSelectionExpression: "$request.body.action",
          });
          new aws.apigatewayv2.Stage("prod", {
            apiId: api.id,
            name: "prod",
            accessLogSettings: {
              destinationArn: "arn:aws:logs:eu-west-1:111122223333:log-group:chat-access",
              format:
                '{"requestId":$context.requestId,"time":"$context.requestTime","ip":"$context.identity.sourceIp",' +
                '"route":"$context.routeKey","status":$context.status,"caller":"$context.authorizer.principalId"}',
            },
          });
        },
      },
    ],
  },
});
