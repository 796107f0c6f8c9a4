import { definePolicy, fault } from "../../core/policy";
import { deploymentsOf } from "../../model/deployment";

export const stageManaged = definePolicy({
  name: "stage-managed",
  topic: "lifecycle",
  description: "Every stage of API Gateway is described by a resource of its own.",
  why: "A stage that AWS makes on the way has no access log, no limit and no web ACL, and no program can say that it should.",
  fix: "Declare the stage as a resource.",
  severity: "high",
  level: "mandatory",
  where: "R",
  practice: "practice 8: versioned, documented configuration",
  frameworks: { "OWASP API Security Top 10": ["API9:2023"] },
  peers: ["W45"],
  on: "stack",
  check: (graph) => [
    ...deploymentsOf(graph).flatMap(({ subject: at, stageName }) => {
      if (stageName.isAbsent()) return [];
      const name = stageName.get();
      const stage = name === undefined ? "a stage" : `the stage "${name}"`;
      const fix = "Leave out `stageName`, and declare a `Stage` of this deployment.";
      return [fault(`makes ${stage} by itself, which no resource describes`, { at, fix })];
    }),
    ...graph.apis.flatMap((api) => {
      const fix = "Leave out `target`, and declare the integration, its routes and the stage as resources.";
      const says = "is made by quick create, with a stage and a route that no resource describes";
      return api.quickCreated ? [fault(says, { at: api, fix })] : [];
    }),
  ],
  examples: {
    pass: [
      {
        title: "a deployment and a stage of it",
        program: ({ aws }) => {
          const api = new aws.apigateway.RestApi("orders");
          const deployment = new aws.apigateway.Deployment("orders", { restApi: api.id });
          new aws.apigateway.Stage("prod", { restApi: api.id, deployment: deployment.id, stageName: "prod" });
        },
      },
      {
        title: "an HTTP API with its routes and its stage",
        program: ({ aws, pulumi }) => {
          const api = new aws.apigatewayv2.Api("orders", { protocolType: "HTTP" });
          const backend = new aws.apigatewayv2.Integration("orders", {
            apiId: api.id,
            integrationType: "HTTP_PROXY",
            integrationMethod: "GET",
            integrationUri: "https://orders.example.com",
          });
          new aws.apigatewayv2.Route("list", {
            apiId: api.id,
            routeKey: "GET /orders",
            authorizationType: "AWS_IAM",
            target: pulumi.interpolate`integrations/${backend.id}`,
          });
          new aws.apigatewayv2.Stage("prod", { apiId: api.id, name: "$default", autoDeploy: true });
        },
      },
      {
        title: "a WebSocket API with its stage",
        program: ({ aws }) => {
          const api = new aws.apigatewayv2.Api("chat", {
            protocolType: "WEBSOCKET",
            routeSelectionExpression: "$request.body.action",
          });
          new aws.apigatewayv2.Stage("prod", { apiId: api.id, name: "prod" });
        },
      },
    ],
    fail: [
      {
        title: "an HTTP API by quick create",
        program: ({ aws }) => {
          new aws.apigatewayv2.Api("orders", { protocolType: "HTTP", target: "https://orders.example.com" });
        },
      },
      {
        title: "quick create with a function that does not exist yet",
        program: ({ aws, pulumi }) => {
          const list = new aws.lambda.Function("list", {
            role: "arn:aws:iam::111122223333:role/list",
            runtime: "nodejs22.x",
            handler: "index.handler",
            code: new pulumi.asset.AssetArchive({}),
          });
          new aws.apigatewayv2.Api("orders", { protocolType: "HTTP", routeKey: "GET /orders", target: list.arn });
        },
      },
    ],
  },
});
