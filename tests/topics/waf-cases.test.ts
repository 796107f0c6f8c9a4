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

/** A stage behind a web ACL with the required groups, of which that of known bad inputs says more. */
const guarded = (stack: Stack, knownBadInputs: object): void => {
  const rules = required.map((name, priority) => ({
    name,
    priority,
    overrideAction: { none: {} },
    statement: {
      managedRuleGroupStatement: { name, vendorName: "AWS", ...(name.includes("KnownBad") && knownBadInputs) },
    },
  }));
  const api = stages(stack, "prod");
  const shield = stack.add("wafv2.WebAcl", "shield", { scope: "REGIONAL", rules });
  stack.add("wafv2.WebAclAssociation", "shield", {
    resourceArn: text`arn:aws:apigateway:eu-west-1::/restapis/${api.id}/stages/prod`,
    webAclArn: shield.out("arn"),
  });
};

const partitions = ["aws", "aws-us-gov", "aws-cn"] as const;

const cases: readonly Case[] = [
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

describe("cases of waf", () => {
  judgeCases(cases);
});
