import { environmentClass, environmentOptions } from "../../core/environments";
import { definePolicy, fault, unverified } from "../../core/policy";

export const productionDeploymentPinned = definePolicy({
  name: "production-deployment-pinned",
  topic: "isolation",
  description: "Production stages of HTTP and WebSocket APIs are pinned to a deployment.",
  why: "A stage that deploys itself serves every change of a route or an integration the moment it is made, before anybody has released it.",
  fix: "Set `autoDeploy: false` and `deploymentId` to a `Deployment` of the API.",
  severity: "medium",
  level: "mandatory",
  where: "R",
  practice: "practice 10: production isolated from development",
  peers: ["CTL.APIGATEWAY.STAGE.AUTODEPLOY.001"],
  options: environmentOptions,
  on: "stage",
  check: (stage, { options }) => {
    if (stage.hearsay || stage.api.kind === "rest") return undefined;
    const autoDeploy = stage.node.bag.bool("autoDeploy");
    if (autoDeploy.isNot(true)) return undefined;
    const environment = environmentClass(stage, options);
    if (environment.is("nonProduction")) return undefined;
    if (environment.isUnknown())
      return unverified("may be a production stage that deploys itself; its environment is not known yet");
    if (autoDeploy.isUnknown()) return unverified("may deploy itself, which is not known yet");
    const told = stage.environment(options).get();
    return fault(
      told?.kind === "none"
        ? "deploys itself (`autoDeploy`), and nothing tells that it is not production"
        : "is production and deploys itself (`autoDeploy`)",
    );
  },
  examples: {
    pass: [
      {
        title: "a production stage with a deployment",
        stack: "prod",
        program: ({ aws }) => {
          const api = new aws.apigatewayv2.Api("orders", { protocolType: "HTTP" });
          const deployment = new aws.apigatewayv2.Deployment("orders", { apiId: api.id });
          new aws.apigatewayv2.Stage("prod", { apiId: api.id, name: "prod", deploymentId: deployment.id });
        },
      },
      {
        title: "a development stage that deploys itself",
        program: ({ aws }) => {
          const api = new aws.apigatewayv2.Api("orders", { protocolType: "HTTP" });
          new aws.apigatewayv2.Stage("dev", { apiId: api.id, name: "dev", autoDeploy: true });
        },
      },
      {
        title: "a REST stage always serves a deployment",
        stack: "prod",
        program: ({ aws }) => {
          const api = new aws.apigateway.RestApi("orders");
          const deployment = new aws.apigateway.Deployment("orders", { restApi: api.id });
          new aws.apigateway.Stage("prod", { restApi: api.id, deployment: deployment.id, stageName: "prod" });
        },
      },
      {
        title: "a WebSocket production stage with a deployment",
        stack: "prod",
        program: ({ aws }) => {
          const api = new aws.apigatewayv2.Api("chat", {
            protocolType: "WEBSOCKET",
            routeSelectionExpression: "$request.body.action",
          });
          const deployment = new aws.apigatewayv2.Deployment("chat", { apiId: api.id });
          new aws.apigatewayv2.Stage("prod", { apiId: api.id, name: "prod", deploymentId: deployment.id });
        },
      },
    ],
    fail: [
      {
        title: "a production stage that deploys itself",
        stack: "prod",
        program: ({ aws }) => {
          const api = new aws.apigatewayv2.Api("orders", { protocolType: "HTTP" });
          new aws.apigatewayv2.Stage("orders", { apiId: api.id, name: "$default", autoDeploy: true });
        },
      },
      {
        title: "a WebSocket stage that deploys itself and whose environment nothing tells",
        stack: "main",
        program: ({ aws }) => {
          const api = new aws.apigatewayv2.Api("chat", {
            protocolType: "WEBSOCKET",
            routeSelectionExpression: "$request.body.action",
          });
          new aws.apigatewayv2.Stage("v1", { apiId: api.id, name: "v1", autoDeploy: true });
        },
      },
    ],
  },
});
