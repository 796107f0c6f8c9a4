import { globMatches } from "../../core/glob";
import { definePolicy, fault, option, unverified } from "../../core/policy";
import { parseAccessLogFormat } from "../../model/access-log";

/** Globs on variables, without `$context.`; their case does not matter. */
const credentials: readonly string[] = [
  "identity.apiKey",
  "*.x-api-key",
  "authorizer",
  "authorizer.claims",
  "authorizer.jwt",
  "authorizer.jwt.claims",
  "*authorization",
  "*cookie",
  "*token",
  "*.jwt",
  "*.bearer",
  "*password",
  "*secret",
  "authorizer*apiKey",
  "authorizer*api_key",
  "authorizer*credentials",
];

const whole: ReadonlySet<string> = new Set([
  "authorizer",
  "authorizer.claims",
  "authorizer.jwt",
  "authorizer.jwt.claims",
]);

/** `writes the API key (…)`: what a variable brings into the logs. */
function brings(variable: string): string {
  const name = variable.toLowerCase();
  if (whole.has(name)) return "all claims of the caller";
  if (name.endsWith("cookie")) return "cookies";
  if (name.endsWith("authorization")) return "the Authorization header";
  if (/api[-_]?key$/.test(name)) return "the caller's API key";
  if (/(?:token|jwt|bearer)$/.test(name)) return "the caller's token";
  return "what may be a credential";
}

export const accessLogNoCredentials = definePolicy({
  name: "access-log-no-credentials",
  topic: "logging",
  description: "Access logs of API Gateway hold no credentials of callers.",
  why: "Logs are kept for long and read by many; with an API key or a token in them, every reader can call as the caller.",
  fix: "Take it out of `accessLogSettings.format`; `$context.identity.apiKeyId`, `$context.authorizer.principalId` and single claims such as `$context.authorizer.claims.sub` tell who called.",
  severity: "high",
  level: "mandatory",
  where: "R",
  practice: "threat 5: exposed data",
  frameworks: { "OWASP API Security Top 10": ["API2:2023", "API8:2023"] },
  peers: ["CTL.APIGATEWAY.APIKEY.SOURCE.HEADER.LOGGED.001"],
  options: {
    forbidden: option<readonly string[]>(
      "Variables that no format may write: globs without `$context.`; case does not matter.",
      { type: "array", items: { type: "string" } },
      credentials,
    ),
  },
  on: "stage",
  check: (stage, { options }) => {
    const log = stage.accessLog.get();
    if (log === undefined) {
      const unknown = stage.accessLog.isUnknown() && !stage.hearsay;
      return unknown ? unverified("has access log settings that are not known yet") : undefined;
    }
    const text = log.format.get();
    if (text === undefined) {
      return log.format.isUnknown() ? unverified("has an access log format that is not known yet") : undefined;
    }
    const format = parseAccessLogFormat(text);
    const forbidden = options.forbidden.map((glob) => glob.replace(/^\$?context\./, ""));
    const isForbidden = (variable: string): boolean => forbidden.some((glob) => globMatches(glob, variable, true));
    const written = [
      ...[...format.variables].filter(isForbidden).map((variable) => ({ variable, name: `$context.${variable}` })),
      ...[...format.others].filter(isForbidden).map((variable) => ({ variable, name: `$${variable}` })),
    ];
    return written.map(({ variable, name }) =>
      fault(`writes ${brings(variable)} (\`${name.slice(0, 80)}\`) to its access logs`),
    );
  },
  examples: {
    pass: [
      {
        title: "the id of the API key, and single claims",
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
                '{"requestId":"$context.requestId","key":"$context.identity.apiKeyId","sub":"$context.authorizer.claims.sub","user":"$context.authorizer.claims[\'cognito:username\']"}',
            },
          });
        },
      },
      {
        title: "a WebSocket stage names the principal",
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
              format: '{"requestId":"$context.requestId","principal":"$context.authorizer.principalId"}',
            },
          });
        },
      },
      {
        title: "an HTTP stage writes a single claim",
        program: ({ aws }) => {
          const api = new aws.apigatewayv2.Api("orders", { protocolType: "HTTP" });
          new aws.apigatewayv2.Stage("prod", {
            apiId: api.id,
            name: "prod",
            accessLogSettings: {
              destinationArn: "arn:aws:logs:eu-west-1:111122223333:log-group:orders-access",
              format: '{"requestId":"$context.requestId","sub":"$context.authorizer.claims.sub"}',
            },
          });
        },
      },
    ],
    fail: [
      {
        title: "the API key itself",
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
              format: '{"requestId":"$context.requestId","key":"$context.identity.apiKey"}',
            },
          });
        },
      },
      {
        title: "whole claims of a token on an HTTP API",
        program: ({ aws }) => {
          const api = new aws.apigatewayv2.Api("orders", { protocolType: "HTTP" });
          new aws.apigatewayv2.Stage("prod", {
            apiId: api.id,
            name: "prod",
            accessLogSettings: {
              destinationArn: "arn:aws:logs:eu-west-1:111122223333:log-group:orders-access",
              format: '{"requestId":"$context.requestId","claims":"$context.authorizer.claims"}',
            },
          });
        },
      },
      {
        title: "a token that a Lambda authorizer hands on, and a header put in its place",
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
                "$context.requestId $context.authorizer.accessToken $context.requestOverride.header.Authorization",
            },
          });
        },
      },
    ],
  },
});
