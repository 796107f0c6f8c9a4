import { globMatches } from "../../core/glob";
import { definePolicy, fault, option, unverified } from "../../core/policy";
import type { Outcome } from "../../core/policy";
import type { Node } from "../../model/node";
import type { Subject } from "../../model/subject";
import type { Value } from "../../model/value";

function judgeText(at: Subject, what: string, text: Value<string>): Outcome[] {
  if (text.isKnown()) return [];
  return text.isAbsent()
    ? [fault(`has no ${what}`, { at, fix: `Set \`${what}\`.` })]
    : [unverified(`has a ${what} that is not known yet`, { at })];
}

function judgeTags(at: Subject, node: Node, required: readonly string[]): Outcome[] {
  if (required.length === 0) return [];
  const { tags } = node;
  if (tags.isUnknown()) return [unverified("has tags that are not known yet", { at })];
  const keys = [...(tags.get() ?? [])].filter(([, value]) => value.isPresent()).map(([key]) => key);
  const missing = required.filter((wanted) => !keys.some((key) => globMatches(wanted, key, true)));
  if (missing.length === 0) return [];
  const names = missing.map((wanted) => `"${wanted}"`).join(", ");
  const which = `${missing.length === 1 ? "tag" : "tags"} ${names}`;
  return node.tagsOpen
    ? [unverified(`may lack the ${which}, since the provider's tags are not known yet`, { at })]
    : [fault(`lacks the ${which}`, { at, fix: "Add them to `tags`, or to the provider's `defaultTags`." })];
}

export const apiDescription = definePolicy({
  name: "api-description",
  topic: "lifecycle",
  description: "APIs and stages of API Gateway say what they are, in which version, and whose.",
  why: "An API that nobody can place is one that nobody patches, retires or answers for.",
  fix: "Set `description`, the `version` of an HTTP API, and the required `tags`.",
  severity: "low",
  level: "advisory",
  where: "R",
  practice: "practice 8: versioned, documented configuration",
  frameworks: { "OWASP API Security Top 10": ["API9:2023"] },
  peers: ["apigateway-stage-description"],
  options: {
    requiredTags: option<readonly string[]>(
      "Tags that every API and every stage must have, as globs; case does not matter.",
      { type: "array", items: { type: "string", minLength: 1 } },
      [],
    ),
  },
  on: "stack",
  check: (graph, { options }) => {
    const required = options.requiredTags.filter((tag) => typeof tag === "string" && tag !== "");
    const outcomes: Outcome[] = [];
    for (const api of graph.apis) {
      if (api.visibility !== "stack" || api.node === undefined) continue;
      outcomes.push(...judgeText(api, "description", api.description));
      if (api.kind === "http") outcomes.push(...judgeText(api, "version", api.version));
      outcomes.push(...judgeTags(api, api.node, required));
    }
    for (const stage of graph.stages) {
      if (stage.hearsay) continue;
      outcomes.push(...judgeText(stage, "description", stage.description));
      outcomes.push(...judgeTags(stage, stage.node, required));
    }
    return outcomes;
  },
  examples: {
    pass: [
      {
        title: "a REST API and its stage are described",
        program: ({ aws }) => {
          const api = new aws.apigateway.RestApi("orders", { description: "Orders of the shop." });
          const deployment = new aws.apigateway.Deployment("orders", { restApi: api.id });
          new aws.apigateway.Stage("prod", {
            restApi: api.id,
            deployment: deployment.id,
            stageName: "prod",
            description: "What customers use.",
          });
        },
      },
      {
        title: "an OpenAPI body describes an HTTP API and tells its version",
        program: ({ aws }) => {
          new aws.apigatewayv2.Api("orders", {
            protocolType: "HTTP",
            body: JSON.stringify({
              openapi: "3.0.1",
              info: { title: "orders", version: "1.4.0", description: "Orders of the shop." },
              paths: {},
            }),
          });
        },
      },
      {
        title: "an API with the required tags",
        config: { requiredTags: ["owner", "cost-*"] },
        program: ({ aws }) => {
          new aws.apigateway.RestApi("orders", {
            description: "Orders of the shop.",
            tags: { Owner: "shop", "cost-centre": "4711" },
          });
        },
      },
      {
        title: "a WebSocket API and its stage are described",
        program: ({ aws }) => {
          const api = new aws.apigatewayv2.Api("chat", {
            protocolType: "WEBSOCKET",
            routeSelectionExpression: "$request.body.action",
            description: "Chat with the shop.",
          });
          new aws.apigatewayv2.Stage("prod", { apiId: api.id, name: "prod", description: "What customers use." });
        },
      },
    ],
    fail: [
      {
        title: "a REST API with no description",
        program: ({ aws }) => {
          new aws.apigateway.RestApi("orders");
        },
      },
      {
        title: "an HTTP API with no version",
        program: ({ aws }) => {
          new aws.apigatewayv2.Api("orders", { protocolType: "HTTP", description: "Orders of the shop." });
        },
      },
      {
        title: "a stage of a WebSocket API with no description",
        program: ({ aws }) => {
          const api = new aws.apigatewayv2.Api("chat", {
            protocolType: "WEBSOCKET",
            routeSelectionExpression: "$request.body.action",
            description: "Chat with the shop.",
          });
          new aws.apigatewayv2.Stage("prod", { apiId: api.id, name: "prod" });
        },
      },
      {
        title: "an OpenAPI body that describes nothing, and a tag that is missing",
        config: { requiredTags: ["owner"] },
        program: ({ aws }) => {
          new aws.apigateway.RestApi("orders", {
            body: JSON.stringify({ openapi: "3.0.1", info: { title: "orders", version: "1" }, paths: {} }),
          });
        },
      },
    ],
  },
});
