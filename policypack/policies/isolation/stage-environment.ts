import { describeSource, environmentOptions } from "../../core/environments";
import { definePolicy, fault, unverified } from "../../core/policy";

export const stageEnvironment = definePolicy({
  name: "stage-environment",
  topic: "isolation",
  description: "API Gateway stages tell which environment they belong to.",
  why: "What cannot be told apart cannot be kept apart: limits, logs and access of production hang on knowing what production is.",
  fix: "Tag the stage with `environment`, such as `production` or `dev`, or name the stage or the stack after it.",
  severity: "medium",
  level: "mandatory",
  where: "R",
  practice: "practice 10: production isolated from development",
  options: environmentOptions,
  on: "stage",
  check: (stage, { options }) => {
    if (stage.hearsay) return undefined;
    const environment = stage.environment(options);
    if (environment.isUnknown())
      return unverified("has a name or a tag that is not known yet, so its environment cannot be told");
    const { kind, toldBy, contradiction } = environment.get() ?? { kind: "none" as const };
    if (contradiction) {
      const [production, other] =
        kind === "production" ? [contradiction.a, contradiction.b] : [contradiction.b, contradiction.a];
      return fault(
        `belongs to production by ${describeSource(production)} and to another environment by ${describeSource(other)}`,
        { fix: "Make the stage's tag, the stage's name and the stack agree on the environment." },
      );
    }
    return kind === "none" || toldBy === undefined ? fault("does not tell which environment it belongs to") : undefined;
  },
  examples: {
    pass: [
      {
        title: "the stage's name tells it",
        stack: "prod",
        program: ({ aws }) => {
          const api = new aws.apigateway.RestApi("orders");
          const deployment = new aws.apigateway.Deployment("orders", { restApi: api.id });
          new aws.apigateway.Stage("prod", { restApi: api.id, deployment: deployment.id, stageName: "prod" });
        },
      },
      {
        title: "a version for a name, and a tag that tells it",
        stack: "main",
        program: ({ aws }) => {
          const api = new aws.apigateway.RestApi("orders");
          const deployment = new aws.apigateway.Deployment("orders", { restApi: api.id });
          new aws.apigateway.Stage("v1", {
            restApi: api.id,
            deployment: deployment.id,
            stageName: "v1",
            tags: { Environment: "production" },
          });
        },
      },
      {
        title: "the $default stage in a stack named after its environment",
        stack: "staging",
        program: ({ aws }) => {
          const api = new aws.apigatewayv2.Api("orders", { protocolType: "HTTP" });
          new aws.apigatewayv2.Stage("orders", { apiId: api.id, name: "$default", autoDeploy: true });
        },
      },
      {
        title: "a WebSocket stage whose tag tells it",
        stack: "main",
        program: ({ aws }) => {
          const api = new aws.apigatewayv2.Api("chat", {
            protocolType: "WEBSOCKET",
            routeSelectionExpression: "$request.body.action",
          });
          new aws.apigatewayv2.Stage("v1", { apiId: api.id, name: "v1", tags: { environment: "dev" } });
        },
      },
    ],
    fail: [
      {
        title: "a version for a name, in a stack that tells nothing",
        stack: "main",
        program: ({ aws }) => {
          const api = new aws.apigateway.RestApi("orders");
          const deployment = new aws.apigateway.Deployment("orders", { restApi: api.id });
          new aws.apigateway.Stage("v1", { restApi: api.id, deployment: deployment.id, stageName: "v1" });
        },
      },
      {
        title: "a dev stage in the prod stack",
        stack: "prod",
        program: ({ aws }) => {
          const api = new aws.apigatewayv2.Api("orders", { protocolType: "HTTP" });
          new aws.apigatewayv2.Stage("dev", { apiId: api.id, name: "dev", autoDeploy: true });
        },
      },
      {
        title: "a WebSocket stage whose name tells nothing",
        stack: "main",
        program: ({ aws }) => {
          const api = new aws.apigatewayv2.Api("chat", {
            protocolType: "WEBSOCKET",
            routeSelectionExpression: "$request.body.action",
          });
          new aws.apigatewayv2.Stage("v1", { apiId: api.id, name: "v1" });
        },
      },
    ],
  },
});
