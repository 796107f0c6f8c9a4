import { judgeCases, never } from "../support/cases";
import type { Case, Made, Stack } from "../support/cases";

// Values of other stacks and secret settings are not known in any phase; they are neither passed over nor faults.

const rest = (stack: Stack): Made => stack.add("apigateway.RestApi", "orders");
const http = (stack: Stack): Made => stack.add("apigatewayv2.Api", "shop", { protocolType: "HTTP" });

const restStage = (stack: Stack, api = rest(stack)): Made => {
  const deployment = stack.add("apigateway.Deployment", "orders", { restApi: api.id });
  return stack.add("apigateway.Stage", "prod", { restApi: api.id, deployment: deployment.id, stageName: "prod" });
};

const settings = (policy: string, property: string, others = {}): Case => ({
  policy,
  title: `\`${property}\` of a method setting`,
  verdict: "unverified",
  build: (stack) => {
    const stage = restStage(stack);
    stack.add("apigateway.MethodSettings", "all", {
      restApi: stage.out("restApi"),
      stageName: stage.out("stageName"),
      methodPath: "*/*",
      settings: { ...others, [property]: never() },
    });
  },
});

const webAcl = (policy: string, title: string, properties: Readonly<Record<string, unknown>>): Case => ({
  policy,
  title,
  verdict: "unverified",
  build: (stack) => {
    const acl = stack.add("wafv2.WebAcl", "shield", { scope: "REGIONAL", ...properties });
    const stage = restStage(stack);
    stack.add("wafv2.WebAclAssociation", "shield", { resourceArn: stage.out("arn"), webAclArn: acl.out("arn") });
  },
});

const strong = {
  passwordPolicy: { minimumLength: 14 },
  mfaConfiguration: "ON",
  userPoolAddOns: { advancedSecurityMode: "ENFORCED" },
};
const pool = (title: string, properties: Readonly<Record<string, unknown>>): Case => ({
  policy: "cognito-user-pool-strength",
  title,
  verdict: "unverified",
  build: (stack) => {
    const made = stack.add("cognito.UserPool", "customers", properties);
    stack.add("apigateway.Authorizer", "customers", {
      restApi: rest(stack).id,
      type: "COGNITO_USER_POOLS",
      providerArns: [made.out("arn")],
    });
  },
});

const logs = (policy: string): Case => ({
  policy,
  title: "the destination of access logs, beside a log group that it may be",
  verdict: "unverified",
  build: (stack) => {
    stack.add("cloudwatch.LogGroup", "access", { name: "access" });
    stack.add("apigatewayv2.Stage", "prod", {
      apiId: http(stack).id,
      name: "prod",
      accessLogSettings: { destinationArn: never(), format: '{"requestId":"$context.requestId"}' },
    });
  },
});

const jwt = (title: string, jwtConfiguration: unknown): Case => ({
  policy: "jwt-authorizer-claims",
  title,
  verdict: "unverified",
  build: (stack) =>
    void stack.add("apigatewayv2.Authorizer", "tokens", {
      apiId: http(stack).id,
      authorizerType: "JWT",
      identitySources: ["$request.header.Authorization"],
      jwtConfiguration,
    }),
});

describe("values that are not known in any phase", () => {
  judgeCases([
    settings("stage-data-trace", "dataTraceEnabled"),
    settings("stage-metrics", "metricsEnabled"),
    settings("stage-execution-logging", "loggingLevel"),
    settings("stage-throttling", "throttlingRateLimit", { throttlingBurstLimit: 50 }),
    webAcl("web-acl-rules", "the rules of a web ACL", { rules: never() }),
    webAcl("web-acl-rate-limit", "the limit of a rate-based rule", {
      rules: [
        {
          name: "rate",
          priority: 0,
          action: { block: {} },
          statement: { rateBasedStatement: { limit: never(), aggregateKeyType: "IP" } },
        },
      ],
    }),
    pool("the multi-factor authentication of a user pool", { ...strong, mfaConfiguration: never() }),
    logs("log-group-retention"),
    logs("log-group-encryption"),
    jwt("the issuer of a JWT authorizer", { issuer: never(), audiences: ["shop"] }),
    jwt("the audiences of a JWT authorizer", { issuer: "https://id.example.com", audiences: never() }),
    {
      policy: "stage-web-acl",
      title: "the resource that a web ACL stands before",
      verdict: "unverified",
      build: (stack) => {
        restStage(stack);
        const acl = stack.add("wafv2.WebAcl", "shield", { scope: "REGIONAL" });
        stack.add("wafv2.WebAclAssociation", "shield", { resourceArn: never(), webAclArn: acl.out("arn") });
      },
    },
    {
      policy: "route-throttling",
      title: "the limit of a route",
      verdict: "unverified",
      build: (stack) => {
        const api = http(stack);
        stack.add("apigatewayv2.Route", "login", { apiId: api.id, routeKey: "POST /login" });
        stack.add("apigatewayv2.Stage", "prod", {
          apiId: api.id,
          name: "prod",
          defaultRouteSettings: { throttlingRateLimit: 100, throttlingBurstLimit: 50 },
          routeSettings: [{ routeKey: "POST /login", throttlingRateLimit: never(), throttlingBurstLimit: 5 }],
        });
      },
    },
    {
      policy: "usage-plan-limits",
      title: "the throttle of a usage plan",
      verdict: "unverified",
      build: (stack) =>
        void stack.add("apigateway.UsagePlan", "partners", {
          apiStages: [{ apiId: rest(stack).id, stage: "prod" }],
          quotaSettings: { limit: 1000, period: "DAY" },
          throttleSettings: never(),
        }),
    },
    {
      policy: "web-acl-logging",
      title: "the redacted fields of a web ACL's logs",
      verdict: "unverified",
      build: (stack) => {
        const acl = stack.add("wafv2.WebAcl", "shield", {
          scope: "REGIONAL",
          visibilityConfig: { cloudwatchMetricsEnabled: true, metricName: "shield", sampledRequestsEnabled: true },
        });
        const stage = restStage(stack);
        stack.add("wafv2.WebAclAssociation", "shield", { resourceArn: stage.out("arn"), webAclArn: acl.out("arn") });
        stack.add("wafv2.WebAclLoggingConfiguration", "shield", {
          resourceArn: acl.out("arn"),
          logDestinationConfigs: ["arn:aws:logs:eu-west-1:111122223333:log-group:aws-waf-logs-shield"],
          redactedFields: never(),
        });
      },
    },
    {
      policy: "authorizer-cache-ttl",
      title: "how long an authorizer's answers are kept",
      verdict: "unverified",
      build: (stack) =>
        void stack.add("apigateway.Authorizer", "callers", {
          restApi: rest(stack).id,
          type: "TOKEN",
          authorizerUri:
            "arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/arn:aws:lambda:eu-west-1:111122223333:function:callers/invocations",
          authorizerResultTtlInSeconds: never(),
        }),
    },
    {
      policy: "api-description",
      title: "the description of an API",
      verdict: "unverified",
      build: (stack) => void stack.add("apigateway.RestApi", "orders", { description: never() }),
    },
  ]);
});
