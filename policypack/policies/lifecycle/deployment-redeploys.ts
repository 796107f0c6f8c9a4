import { definePolicy, fault, unverified } from "../../core/policy";
import { deploymentsOf } from "../../model/deployment";

const says = "has no triggers, so changes of methods, authorizers and policies do not reach its stages";

export const deploymentRedeploys = definePolicy({
  name: "deployment-redeploys",
  topic: "lifecycle",
  description: "Deployments of REST APIs are made anew when the API changes.",
  why: "A deployment is a snapshot: without a new one, an authorizer or a resource policy that was added protects nothing that callers reach.",
  fix: "Set `triggers` to a hash of what the API is made of: its body, or its resources, methods, integrations, authorizers and policy.",
  severity: "medium",
  level: "advisory",
  where: "S",
  practice: "practice 8: versioned, documented configuration",
  on: "stack",
  check: (graph) =>
    deploymentsOf(graph).flatMap(({ subject: at, api, redeploys, takesTriggers }) => {
      if (redeploys.is(true)) return [];
      if (api.visibility === "unknown") return [unverified("deploys an API that cannot be told yet", { at })];
      // Of another stack's API, and of one that is empty, nothing here changes.
      if (api.routes.length + api.bodies.length === 0) return [];
      if (redeploys.isUnknown()) return [unverified("has variables that are not known yet, and no triggers", { at })];
      const fix = "Put a hash of what the API is made of in the deployment's name, so that a change makes a new one.";
      return [takesTriggers ? fault(says, { at }) : fault(says, { at, fix })];
    }),
  examples: {
    pass: [
      {
        title: "a hash of the body triggers it",
        program: ({ aws }) => {
          const body = JSON.stringify({
            openapi: "3.0.1",
            info: { title: "orders", version: "1" },
            paths: { "/orders": { get: { "x-amazon-apigateway-auth": { type: "AWS_IAM" }, responses: {} } } },
          });
          const api = new aws.apigateway.RestApi("orders", { body });
          new aws.apigateway.Deployment("orders", { restApi: api.id, triggers: { body } });
        },
      },
      {
        title: "what the method is made of triggers it, once it is known",
        program: ({ aws, pulumi }) => {
          const api = new aws.apigateway.RestApi("orders");
          const list = new aws.apigateway.Method("list-orders", {
            restApi: api.id,
            resourceId: api.rootResourceId,
            httpMethod: "GET",
            authorization: "AWS_IAM",
          });
          const parts = pulumi.jsonStringify([list.id, list.authorization]);
          new aws.apigateway.Deployment("orders", { restApi: api.id, triggers: { parts } });
        },
      },
      {
        title: "the API of another stack, of which this one has no method",
        program: ({ aws }) => {
          new aws.apigateway.Deployment("orders", { restApi: "a1b2c3d4e5" });
        },
      },
    ],
    fail: [
      {
        title: "methods are resources, and dependsOn triggers nothing",
        program: ({ aws }) => {
          const api = new aws.apigateway.RestApi("orders");
          const list = new aws.apigateway.Method("list-orders", {
            restApi: api.id,
            resourceId: api.rootResourceId,
            httpMethod: "GET",
            authorization: "AWS_IAM",
          });
          new aws.apigateway.Deployment("orders", { restApi: api.id }, { dependsOn: [list] });
        },
      },
      {
        title: "the API is an OpenAPI body",
        program: ({ aws }) => {
          const api = new aws.apigateway.RestApi("orders", {
            body: JSON.stringify({
              openapi: "3.0.1",
              info: { title: "orders", version: "1" },
              paths: { "/orders": { get: { "x-amazon-apigateway-auth": { type: "AWS_IAM" }, responses: {} } } },
            }),
          });
          new aws.apigateway.Deployment("orders", { restApi: api.id, triggers: {} });
        },
      },
      {
        title: "two APIs, of which one has a deployment with triggers",
        program: ({ aws, pulumi }) => {
          for (const name of ["orders", "users"]) {
            const api = new aws.apigateway.RestApi(name);
            const list = new aws.apigateway.Method(name, {
              restApi: api.id,
              resourceId: api.rootResourceId,
              httpMethod: "GET",
              authorization: "AWS_IAM",
            });
            const parts = pulumi.jsonStringify([list.id, list.authorization]);
            new aws.apigateway.Deployment(name, {
              restApi: api.id,
              ...(name === "orders" && { triggers: { parts } }),
            });
          }
        },
      },
    ],
  },
});
