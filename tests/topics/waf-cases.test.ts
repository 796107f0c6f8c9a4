import { Input, judgeCases, text } from "../support/cases";
import type { Case, Made, Stack } from "../support/cases";

const stageAcl = "stage-web-acl";
const httpAcl = "http-api-web-acl";
const aclRules = "web-acl-rules";

const acl = (stack: Stack): Made => stack.add("wafv2.WebAcl", "shield", { scope: "REGIONAL", rules: [] });

function associate(stack: Stack, resourceArn: unknown): void {
  stack.add("wafv2.WebAclAssociation", "shield", { resourceArn, webAclArn: acl(stack).out("arn") });
}

function stages(stack: Stack, ...names: readonly string[]): Made {
  const api = stack.add("apigateway.RestApi", "orders");
  const deployment = stack.add("apigateway.Deployment", "orders", { restApi: api.id });
  for (const stageName of names) {
    stack.add("apigateway.Stage", stageName, { restApi: api.id, deployment: deployment.id, stageName });
  }
  return api;
}

const required = ["Common", "KnownBadInputs", "SQLi", "AmazonIpReputation"].map((name) =>
  name === "AmazonIpReputation" ? `AWSManagedRules${name}List` : `AWSManagedRules${name}RuleSet`,
);

/** A stage behind a web ACL with the required groups, of which that of known bad inputs says more, and other rules. */
const guarded = (stack: Stack, knownBadInputs: object, more: readonly object[] = []): Made => {
  const rules = required.map((name, priority) => ({
    name,
    priority,
    overrideAction: { none: {} },
    statement: {
      managedRuleGroupStatement: { name, vendorName: "AWS", ...(name.includes("KnownBad") && knownBadInputs) },
    },
  }));
  const api = stages(stack, "prod");
  const shield = stack.add("wafv2.WebAcl", "shield", { scope: "REGIONAL", rules: [...rules, ...more] });
  stack.add("wafv2.WebAclAssociation", "shield", {
    resourceArn: text`arn:aws:apigateway:eu-west-1::/restapis/${api.id}/stages/prod`,
    webAclArn: shield.out("arn"),
  });
  return shield;
};

const countries = { geoMatchStatement: { countryCodes: ["NO", "SE"] } };
const allowing = (priority: number, statement: object): object => ({
  name: "visitors",
  priority,
  action: { allow: {} },
  statement,
});

const path = (positionalConstraint: string): object => ({
  byteMatchStatement: {
    searchString: "/",
    fieldToMatch: { uriPath: {} },
    positionalConstraint,
    textTransformations: [{ priority: 0, type: "NONE" }],
  },
});

const logged = (stack: Stack, defaultBehavior: string, behavior: string): void => {
  const visibilityConfig = { cloudwatchMetricsEnabled: true, metricName: "shield", sampledRequestsEnabled: true };
  const shield = stack.add("wafv2.WebAcl", "shield", { scope: "REGIONAL", rules: [], visibilityConfig });
  const api = stages(stack, "prod");
  stack.add("wafv2.WebAclAssociation", "shield", {
    resourceArn: text`arn:aws:apigateway:eu-west-1::/restapis/${api.id}/stages/prod`,
    webAclArn: shield.out("arn"),
  });
  const conditions = [{ actionCondition: { action: "BLOCK" } }];
  stack.add("wafv2.WebAclLoggingConfiguration", "shield", {
    resourceArn: shield.out("arn"),
    logDestinationConfigs: ["arn:aws:logs:eu-west-1:123456789012:log-group:aws-waf-logs-shield"],
    redactedFields: ["authorization", "cookie"].map((name) => ({ singleHeader: { name } })),
    loggingFilter: { defaultBehavior, filters: [{ behavior, requirement: "MEETS_ANY", conditions }] },
  });
};

const partitions = ["aws", "aws-us-gov", "aws-cn"] as const;

const cases: readonly Case[] = [
  {
    title: "visitors of some countries are allowed before the managed groups see them",
    policy: aclRules,
    verdict: "fails",
    build: (stack) => void guarded(stack, {}, [allowing(-1, countries)]),
  },
  {
    title: "whoever asks for a path is allowed before the managed groups see it",
    policy: aclRules,
    verdict: "fails",
    build: (stack) =>
      void guarded(stack, {}, [allowing(-1, { orStatement: { statements: [path("STARTS_WITH"), countries] } })]),
  },
  {
    title: "visitors of some countries are allowed by a rule of its own",
    policy: aclRules,
    verdict: "fails",
    build: (stack) => {
      const rule = { ...allowing(-1, countries), webAclArn: guarded(stack, {}).out("arn") };
      stack.add("wafv2.WebAclRule", "visitors", rule);
    },
  },
  {
    title: "visitors of some countries are allowed after the managed groups have seen them",
    policy: aclRules,
    verdict: "passes",
    build: (stack) => void guarded(stack, {}, [allowing(9, countries)]),
  },
  {
    title: "a list of addresses, in some countries, is allowed before the managed groups see it",
    policy: aclRules,
    verdict: "passes",
    build: (stack) => {
      const ipSet = { ipSetReferenceStatement: { arn: "arn:aws:wafv2:eu-west-1:123456789012:regional/ipset/a/b" } };
      guarded(stack, {}, [allowing(-1, { andStatement: { statements: [ipSet, countries] } })]);
    },
  },
  {
    title: "a managed group that sees one path only",
    policy: aclRules,
    verdict: "fails",
    build: (stack) => void guarded(stack, { scopeDownStatement: path("EXACTLY") }),
  },
  {
    title: "a managed group that leaves one path out",
    policy: aclRules,
    verdict: "passes",
    build: (stack) => void guarded(stack, { scopeDownStatement: { notStatement: { statements: [path("EXACTLY")] } } }),
  },
  {
    title: "a filter that drops what is blocked and all the rest",
    policy: "web-acl-logging",
    verdict: "fails",
    build: (stack) => logged(stack, "DROP", "DROP"),
  },
  {
    title: "a filter that keeps what is blocked",
    policy: "web-acl-logging",
    verdict: "passes",
    build: (stack) => logged(stack, "DROP", "KEEP"),
  },
  ...partitions.map((partition) => ({
    title: `a stage ARN written by hand, in the partition ${partition}`,
    policy: stageAcl,
    verdict: "passes" as const,
    build: (stack: Stack) => {
      const api = stages(stack, "prod");
      associate(stack, text`arn:${partition}:apigateway:eu-west-1::/restapis/${api.id}/stages/prod`);
    },
  })),
  {
    title: "a stage ARN written by hand, of another stage",
    policy: stageAcl,
    verdict: { preview: "unverified", update: "fails", imported: "fails" },
    build: (stack) => {
      const api = stages(stack, "prod", "dev");
      associate(stack, text`arn:aws:apigateway:eu-west-1::/restapis/${api.id}/stages/dev`);
    },
  },
  {
    title: "a stage of the same name, of another API",
    policy: stageAcl,
    verdict: "fails",
    build: (stack) => {
      stages(stack, "prod");
      associate(stack, "arn:aws:apigateway:eu-west-1::/restapis/a1b2c3/stages/prod");
    },
  },
  {
    title: "what stands for the ARN of a stage in a test of a program",
    policy: stageAcl,
    verdict: { preview: "passes", update: "passes", imported: "fails" },
    build: (stack) => {
      const api = stack.add("apigateway.RestApi", "orders");
      const stage = stack.add("apigateway.Stage", "prod", { restApi: api.id, deployment: "d1", stageName: "prod" });
      associate(stack, new Input([stage], () => "prod_arn"));
    },
  },
  {
    title: "the execution ARN of a stage, which is no target",
    policy: stageAcl,
    verdict: { update: "fails", imported: "fails" },
    build: (stack) => {
      const api = stack.add("apigateway.RestApi", "orders");
      const stage = stack.add("apigateway.Stage", "prod", { restApi: api.id, deployment: "d1", stageName: "prod" });
      associate(stack, stage.out("executionArn"));
    },
  },
  {
    title: "rules against Log4Shell that only count",
    policy: aclRules,
    verdict: "fails",
    build: (stack) => {
      guarded(stack, { ruleActionOverrides: [{ name: "Log4JRCE_HEADER", actionToUse: { count: {} } }] });
    },
  },
  {
    title: "a rule against Log4Shell that an older provider excludes",
    policy: aclRules,
    verdict: "fails",
    build: (stack) => {
      guarded(stack, { excludedRules: [{ name: "Log4JRCE" }] });
    },
  },
  {
    title: "a rule against Log4Shell that challenges, and others that only count",
    policy: aclRules,
    verdict: "passes",
    build: (stack) => {
      guarded(stack, {
        ruleActionOverrides: [
          { name: "Log4JRCE_BODY", actionToUse: { challenge: {} } },
          { name: "Host_localhost_HEADER", actionToUse: { count: {} } },
        ],
      });
    },
  },
  {
    title: "an association with an HTTP API itself, which AWS refuses, is said beside its bare door",
    policy: httpAcl,
    verdict: "fails",
    config: { frontedElsewhere: true, reason: "behind the edge of the platform" },
    build: (stack) => {
      const api = stack.add("apigatewayv2.Api", "orders", { protocolType: "HTTP" });
      stack.add("apigatewayv2.Route", "list", { apiId: api.id, routeKey: "GET /orders" });
      associate(stack, api.out("arn"));
    },
  },
];

/** What a state holds of origins once one value in them is a secret. */
const encrypted = (...from: readonly Made[]): Input => new Input(from, () => "[secret]");

/** An HTTP API with an authorizer behind a distribution with a web ACL, as a state has them. */
const fronted = (
  stack: Stack,
  { identitySources = [] as readonly string[], open = false, origins = encrypted as (api: Made) => unknown },
): void => {
  const api = stack.add("apigatewayv2.Api", "orders", { protocolType: "HTTP" });
  const authorizer = stack.add("apigatewayv2.Authorizer", "origin", {
    apiId: api.id,
    name: "origin",
    authorizerType: "REQUEST",
    authorizerUri:
      "arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/arn:aws:lambda:eu-west-1:123456789012:function:origin:current/invocations",
    identitySources,
  });
  const guarded = { authorizationType: "CUSTOM", authorizerId: authorizer.id };
  stack.add("apigatewayv2.Route", "list", { apiId: api.id, routeKey: "GET /orders", ...guarded });
  stack.add("apigatewayv2.Route", "read", { apiId: api.id, routeKey: "GET /orders/{id}", ...(!open && guarded) });
  stack.add("cloudfront.Distribution", "edge", {
    enabled: true,
    origins: origins(api),
    webAclId: "arn:aws:wafv2:us-east-1:123456789012:global/webacl/edge/0a1b2c3d",
  });
};

const secretHeader = "$request.header.x-origin-verify";
const token = "$request.header.Authorization";
/** Nothing ties a distribution of which origins are unknown to an API that was imported by its id. */
const told = (verdict: "passes" | "unverified"): Case["verdict"] => ({ preview: verdict, update: verdict });
const throughSecret: readonly Case[] = [httpAcl, "default-endpoint-disabled"].flatMap((policy): Case[] => [
  {
    title: "a state's origins are encrypted, and every route asks for a header that the distribution adds",
    policy,
    verdict: told("passes"),
    build: (stack) => fronted(stack, { identitySources: [token, secretHeader] }),
  },
  {
    title: "a state's origins are encrypted, and routes ask for what callers have themselves",
    policy,
    verdict: told("unverified"),
    build: (stack) => fronted(stack, { identitySources: [token] }),
  },
  {
    title: "a state's origins are encrypted, and one route asks for nothing",
    policy,
    verdict: told("unverified"),
    build: (stack) => fronted(stack, { identitySources: [secretHeader], open: true }),
  },
  {
    title: "a header of the origin is told, and its value is encrypted",
    policy,
    verdict: told("passes"),
    build: (stack) =>
      fronted(stack, {
        identitySources: [secretHeader],
        origins: (api) => [
          {
            domainName: text`${api.id}.execute-api.eu-west-1.amazonaws.com`,
            originId: "api",
            customHeaders: [{ name: "x-origin-verify", value: "[secret]" }],
          },
        ],
      }),
  },
]);

const limit = (priority: number): object => ({
  name: "limit",
  priority,
  action: { block: {} },
  statement: { rateBasedStatement: { limit: 1000, aggregateKeyType: "IP" } },
});

const limits: readonly Case[] = [
  {
    title: "countries are allowed before the limit counts",
    policy: "web-acl-rate-limit",
    verdict: "fails",
    build: (stack) => void guarded(stack, {}, [allowing(10, countries), limit(20)]),
  },
  {
    title: "countries are allowed behind the limit",
    policy: "web-acl-rate-limit",
    verdict: "passes",
    build: (stack) => void guarded(stack, {}, [limit(10), allowing(20, countries)]),
  },
  {
    title: "countries are allowed before the managed groups too, which is web-acl-rules'",
    policy: "web-acl-rate-limit",
    verdict: "passes",
    build: (stack) => void guarded(stack, {}, [allowing(-1, countries), limit(20)]),
  },
  {
    title: "an association that names no web ACL",
    policy: stageAcl,
    verdict: "fails",
    build: (stack) => {
      const api = stages(stack, "prod");
      const resourceArn = text`arn:aws:apigateway:eu-west-1::/restapis/${api.id}/stages/prod`;
      stack.add("wafv2.WebAclAssociation", "shield", { resourceArn, webAclArn: "" });
    },
  },
];

const openly: readonly Case[] = [
  { name: "x-forwarded-proto", value: "https" },
  { name: "x-origin-verify", value: "" },
].flatMap((header) =>
  [httpAcl, "default-endpoint-disabled"].map((policy): Case => ({
    title: `a distribution adds the header ${header.name} with ${JSON.stringify(header.value)}, which is no secret`,
    policy,
    verdict: { preview: "fails", update: "fails" },
    build: (stack) =>
      fronted(stack, {
        origins: (api) => [
          { domainName: text`${api.id}.execute-api.eu-west-1.amazonaws.com`, originId: "api", customHeaders: [header] },
        ],
      }),
  })),
);

describe("cases of waf", () => {
  judgeCases([...cases, ...openly, ...throughSecret, ...limits]);
});
