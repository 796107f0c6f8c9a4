import { clashOf, describeMember, environmentOptions, memberOf } from "../../core/environments";
import { definePolicy, fault, unverified } from "../../core/policy";
import type { Api } from "../../model/api";
import type { Subject } from "../../model/subject";
import type { Stage } from "../../model/stage";

/** The API; where it has no resource here, under the stage that should move. */
function subjectOf(api: Api, stage: Stage | undefined): Subject {
  if (api.node !== undefined || stage === undefined) return api;
  return { urn: stage.urn, label: api.label, names: stage.names, tags: stage.tags };
}

export const apiSingleEnvironment = definePolicy({
  name: "api-single-environment",
  topic: "isolation",
  description: "An API Gateway API serves production or other environments, not both.",
  why: "Stages of one API share its routes, authorizers, policy and limits, so a change meant for development reaches production with them.",
  fix: "Give each environment an API of its own, best in a stack and an account of its own.",
  severity: "high",
  level: "mandatory",
  where: "S",
  practice: "practice 10: production isolated from development",
  peers: ["CTL.APIGATEWAY.STAGE.CROSSENV.001"],
  options: environmentOptions,
  on: "api",
  check: (api, { options }) => {
    const members = api.stages.filter((stage) => !stage.hearsay).map((stage) => memberOf(stage, options));
    const clash = clashOf(members, "kind");
    if (clash === undefined) return undefined;
    if (clash.state === "unknown") {
      return unverified("has a stage whose environment is not known yet", { at: subjectOf(api, clash.of.stage) });
    }
    const { first, second } = clash;
    if (api.visibility === "unknown") {
      return unverified(`may be one API with ${describeMember(first)}, which is not known yet`, { at: second.stage });
    }
    const [production, other] = [first, second].map((member) =>
      describeMember({ ...member, label: `stage "${member.stage.title}"` }),
    );
    return fault(`serves the ${production ?? ""} and the ${other ?? ""}`, { at: subjectOf(api, second.stage) });
  },
  examples: {
    pass: [
      {
        title: "an API for each environment",
        program: ({ aws }) => {
          for (const environment of ["prod", "dev"]) {
            const api = new aws.apigateway.RestApi(`orders-${environment}`);
            const deployment = new aws.apigateway.Deployment(`orders-${environment}`, { restApi: api.id });
            new aws.apigateway.Stage(`orders-${environment}`, {
              restApi: api.id,
              deployment: deployment.id,
              stageName: environment,
            });
          }
        },
      },
      {
        title: "two stages of which none is production",
        program: ({ aws }) => {
          const api = new aws.apigatewayv2.Api("orders", { protocolType: "HTTP" });
          new aws.apigatewayv2.Stage("dev", { apiId: api.id, name: "dev", autoDeploy: true });
          new aws.apigatewayv2.Stage("staging", { apiId: api.id, name: "staging", autoDeploy: true });
        },
      },
      {
        title: "a WebSocket API for each environment",
        program: ({ aws }) => {
          for (const environment of ["prod", "dev"]) {
            const api = new aws.apigatewayv2.Api(`chat-${environment}`, {
              protocolType: "WEBSOCKET",
              routeSelectionExpression: "$request.body.action",
            });
            new aws.apigatewayv2.Stage(`chat-${environment}`, { apiId: api.id, name: environment });
          }
        },
      },
    ],
    fail: [
      {
        title: "prod and dev as stages of one REST API",
        program: ({ aws }) => {
          const api = new aws.apigateway.RestApi("orders");
          const deployment = new aws.apigateway.Deployment("orders", { restApi: api.id });
          new aws.apigateway.Stage("prod", { restApi: api.id, deployment: deployment.id, stageName: "prod" });
          new aws.apigateway.Stage("dev", { restApi: api.id, deployment: deployment.id, stageName: "dev" });
        },
      },
      {
        title: "stages of an HTTP API of another stack, told by their tags",
        program: ({ aws }) => {
          new aws.apigatewayv2.Stage("blue", { apiId: "a1b2c3d4e5", name: "blue", tags: { env: "production" } });
          new aws.apigatewayv2.Stage("green", { apiId: "a1b2c3d4e5", name: "green", tags: { env: "qa" } });
        },
      },
      {
        title: "prod and dev as stages of one WebSocket API, beside an HTTP API with one stage",
        program: ({ aws }) => {
          const api = new aws.apigatewayv2.Api("chat", {
            protocolType: "WEBSOCKET",
            routeSelectionExpression: "$request.body.action",
          });
          const orders = new aws.apigatewayv2.Api("orders", { protocolType: "HTTP" });
          new aws.apigatewayv2.Stage("prod", { apiId: api.id, name: "prod" });
          new aws.apigatewayv2.Stage("dev", { apiId: api.id, name: "dev" });
          new aws.apigatewayv2.Stage("orders", { apiId: orders.id, name: "prod" });
        },
      },
      {
        title: "prod and dev as stages of one HTTP API",
        program: ({ aws }) => {
          const api = new aws.apigatewayv2.Api("orders", { protocolType: "HTTP" });
          new aws.apigatewayv2.Stage("prod", { apiId: api.id, name: "prod" });
          new aws.apigatewayv2.Stage("dev", { apiId: api.id, name: "dev", autoDeploy: true });
        },
      },
    ],
  },
});
