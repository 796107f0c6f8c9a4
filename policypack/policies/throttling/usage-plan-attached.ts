import { definePolicy, fault, unverified } from "../../core/policy";
import type { Outcome } from "../../core/policy";
import type { Graph, PlanStage } from "../../model/graph";
import { put } from "../../model/multi-map";
import type { Stage } from "../../model/stage";
import { resourceSubject } from "../../model/subject";

/** Whether a plan's entry that names no stage of this stack may yet name this one. */
function mayName({ api, name }: PlanStage, stage: Stage): boolean {
  if (name.isKnown() && stage.name.isKnown() && !stage.name.is(name.get() ?? "")) return false;
  if (api.state === "external") return api.id === stage.api.id;
  return api.state === "unknown" || (api.state !== "absent" && api.node === stage.api.node);
}

function judgeStages(graph: Graph): Outcome[] {
  const entries = graph.usagePlans.flatMap((plan) => plan.stages.get() ?? []);
  const named = new Set(entries.flatMap((entry) => entry.stages));
  const unclear = graph.usagePlans.some((plan) => plan.stages.isUnknown());
  const open = new Map<string | undefined, PlanStage[]>();
  for (const entry of entries) {
    if (entry.stages.length === 0) put(open, entry.name.get(), entry);
  }
  const outcomes: Outcome[] = [];
  for (const api of graph.apis) {
    if (api.kind === "http" || !api.routes.some((route) => route.apiKeyRequired.is(true))) continue;
    for (const stage of api.stages) {
      if (named.has(stage)) continue;
      const candidates = [stage.name.get(), undefined].flatMap((name) => open.get(name) ?? []);
      outcomes.push(
        unclear || candidates.some((entry) => mayName(entry, stage))
          ? unverified(
              "has routes that require an API key, and a usage plan of the stack names a stage that is not known yet",
              { at: stage },
            )
          : fault("has routes that require an API key, and no usage plan names it, so every call is refused", {
              at: stage,
              fix: "Name the API and the stage in `apiStages` of a usage plan.",
            }),
      );
    }
  }
  return outcomes;
}

function judgePlans(graph: Graph): Outcome[] {
  return graph.usagePlans
    .filter((plan) => plan.stages.isAbsent() && plan.node.sources("apiStages").length === 0)
    .map(({ node }) =>
      fault("names no stage, so it limits nothing", {
        at: resourceSubject(node, `usage plan "${node.displayName()}"`),
      }),
    );
}

function judgeKeys(graph: Graph): Outcome[] {
  const ties = graph.of("usagePlanKey").map((node) => graph.ties.follow(node, "keyId", ["apiKey"]));
  const open = ties.some((tie) => tie.state === "unknown" || tie.state === "component");
  const outcomes: Outcome[] = [];
  for (const node of graph.of("apiKey")) {
    if (node.bag.bool("enabled").is(false)) continue;
    if (ties.some((tie) => tie.state === "node" && tie.node === node)) continue;
    const at = resourceSubject(node, `API key "${node.displayName()}"`);
    outcomes.push(
      open
        ? unverified("is in no usage plan that can be told yet", { at })
        : fault("is in no usage plan, so nothing limits it", {
            at,
            fix: "Put it into a usage plan with a `UsagePlanKey`.",
          }),
    );
  }
  return outcomes;
}

export const usagePlanAttached = definePolicy({
  name: "usage-plan-attached",
  topic: "throttling",
  description: "API Gateway usage plans, their stages and their API keys belong together.",
  why: "A plan limits only the stages that it names and the keys that are in it; the rest is refused, or runs unlimited.",
  fix: "Name the API and the stage in `apiStages` of the usage plan.",
  severity: "medium",
  level: "mandatory",
  where: "S",
  practice: "practice 2: usage plans with rate limits and quotas",
  frameworks: { "OWASP API Security Top 10": ["API4:2023"] },
  peers: ["W64", "api_gateway_stage_without_api_gateway_usage_plan_associated", "CTL.APIGATEWAY.ORPHAN.APIKEY.001"],
  on: "stack",
  check: (graph) => [...judgeStages(graph), ...judgePlans(graph), ...judgeKeys(graph)],
  examples: {
    pass: [
      {
        title: "a plan names the stage, and the key is in it",
        program: ({ aws }) => {
          const api = new aws.apigateway.RestApi("orders");
          new aws.apigateway.Method("create-order", {
            restApi: api.id,
            resourceId: api.rootResourceId,
            httpMethod: "POST",
            authorization: "AWS_IAM",
            apiKeyRequired: true,
          });
          const deployment = new aws.apigateway.Deployment("orders", { restApi: api.id });
          const stage = new aws.apigateway.Stage("prod", {
            restApi: api.id,
            deployment: deployment.id,
            stageName: "prod",
          });
          const plan = new aws.apigateway.UsagePlan("partners", {
            apiStages: [{ apiId: api.id, stage: stage.stageName }],
            throttleSettings: { rateLimit: 50, burstLimit: 20 },
            quotaSettings: { limit: 100000, period: "MONTH" },
          });
          const key = new aws.apigateway.ApiKey("partner-a");
          new aws.apigateway.UsagePlanKey("partner-a", { keyId: key.id, keyType: "API_KEY", usagePlanId: plan.id });
        },
      },
      {
        title: "a plan names the stage of a WebSocket API",
        program: ({ aws }) => {
          const api = new aws.apigatewayv2.Api("chat", {
            protocolType: "WEBSOCKET",
            routeSelectionExpression: "$request.body.action",
          });
          new aws.apigatewayv2.Route("connect", {
            apiId: api.id,
            routeKey: "$connect",
            authorizationType: "AWS_IAM",
            apiKeyRequired: true,
          });
          const stage = new aws.apigatewayv2.Stage("prod", { apiId: api.id, name: "prod" });
          new aws.apigateway.UsagePlan("partners", { apiStages: [{ apiId: api.id, stage: stage.name }] });
        },
      },
      {
        title: "a plan names the stage of an OpenAPI body by its name",
        program: ({ aws }) => {
          const api = new aws.apigateway.RestApi("orders", {
            body: JSON.stringify({
              openapi: "3.0.1",
              info: { title: "orders", version: "1" },
              components: {
                securitySchemes: {
                  iam: {
                    type: "apiKey",
                    in: "header",
                    name: "Authorization",
                    "x-amazon-apigateway-authtype": "awsSigv4",
                  },
                  key: { type: "apiKey", in: "header", name: "x-api-key" },
                },
              },
              paths: { "/orders": { post: { security: [{ iam: [], key: [] }], responses: {} } } },
            }),
          });
          const deployment = new aws.apigateway.Deployment("orders", { restApi: api.id });
          new aws.apigateway.Stage("prod", { restApi: api.id, deployment: deployment.id, stageName: "prod" });
          new aws.apigateway.UsagePlan("partners", { apiStages: [{ apiId: api.id, stage: "prod" }] });
        },
      },
      {
        title: "a plan names the stage of another stack's API",
        program: ({ aws }) => {
          new aws.apigateway.UsagePlan("partners", { apiStages: [{ apiId: "a1b2c3d4e5", stage: "prod" }] });
        },
      },
    ],
    fail: [
      {
        title: "no plan names the stage of a method that requires a key",
        program: ({ aws }) => {
          const api = new aws.apigateway.RestApi("orders");
          new aws.apigateway.Method("create-order", {
            restApi: api.id,
            resourceId: api.rootResourceId,
            httpMethod: "POST",
            authorization: "AWS_IAM",
            apiKeyRequired: true,
          });
          const deployment = new aws.apigateway.Deployment("orders", { restApi: api.id });
          new aws.apigateway.Stage("prod", { restApi: api.id, deployment: deployment.id, stageName: "prod" });
        },
      },
      {
        title: "a plan names no stage",
        program: ({ aws }) => {
          new aws.apigateway.UsagePlan("partners", {
            throttleSettings: { rateLimit: 50, burstLimit: 20 },
            quotaSettings: { limit: 100000, period: "MONTH" },
          });
        },
      },
      {
        title: "a key is in no plan",
        program: ({ aws }) => {
          new aws.apigateway.ApiKey("partner-a");
        },
      },
      {
        title: "no plan names the stage of a WebSocket API that requires a key",
        program: ({ aws }) => {
          const api = new aws.apigatewayv2.Api("chat", {
            protocolType: "WEBSOCKET",
            routeSelectionExpression: "$request.body.action",
          });
          new aws.apigatewayv2.Route("connect", {
            apiId: api.id,
            routeKey: "$connect",
            authorizationType: "AWS_IAM",
            apiKeyRequired: true,
          });
          new aws.apigatewayv2.Stage("prod", { apiId: api.id, name: "prod" });
        },
      },
      {
        title: "a plan names another stack's API in place of that of an OpenAPI body",
        program: ({ aws }) => {
          const api = new aws.apigateway.RestApi("orders", {
            body: JSON.stringify({
              openapi: "3.0.1",
              info: { title: "orders", version: "1" },
              components: {
                securitySchemes: {
                  iam: {
                    type: "apiKey",
                    in: "header",
                    name: "Authorization",
                    "x-amazon-apigateway-authtype": "awsSigv4",
                  },
                  key: { type: "apiKey", in: "header", name: "x-api-key" },
                },
              },
              paths: { "/orders": { post: { security: [{ iam: [], key: [] }], responses: {} } } },
            }),
          });
          const deployment = new aws.apigateway.Deployment("orders", { restApi: api.id });
          new aws.apigateway.Stage("prod", { restApi: api.id, deployment: deployment.id, stageName: "prod" });
          new aws.apigateway.UsagePlan("partners", { apiStages: [{ apiId: "a1b2c3d4e5", stage: "prod" }] });
        },
      },
    ],
  },
});
