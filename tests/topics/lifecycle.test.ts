import assert from "node:assert/strict";
import type { Registered } from "../../preview/engine";
import { Pack } from "../support/stack";
import { said, unknown, written } from "../support/written";
import type { Said } from "../support/written";

const paths = { "/orders": { get: { "x-amazon-apigateway-auth": { type: "AWS_IAM" } } } };
const body = JSON.stringify({ openapi: "3.0.1", info: { title: "orders", version: "1" }, paths });

const restApi = (inputs: Record<string, unknown> = { body }): Registered =>
  written("aws:apigateway/restApi:RestApi", "orders", { name: "orders", ...inputs });
const deployment = (api: Registered, inputs: Record<string, unknown>, name = "orders"): Registered =>
  written(
    "aws:apigateway/deployment:Deployment",
    name,
    { restApi: unknown, ...inputs },
    { from: { restApi: [api], variables: [api] } },
  );
const native = (api: Registered, name: string, inputs: Record<string, unknown> = {}): Registered =>
  written("aws-native:apigateway:Deployment", name, { restApiId: unknown, ...inputs }, { from: { restApiId: [api] } });

const nothing: Said = { violations: [], unverified: [] };
const fails = (...violations: string[]): Said => ({ violations, unverified: [] });
const open = (...unverified: string[]): Said => ({ violations: [], unverified });

interface Case {
  readonly policy: string;
  readonly title: string;
  readonly resources: () => readonly Registered[];
  readonly said: Said;
  readonly config?: Readonly<Record<string, unknown>>;
}

const stale = (name = "orders"): Said =>
  fails(
    `Deployment "${name}" of REST API "orders" has no triggers, so changes of methods, authorizers and policies do not reach its stages`,
  );

/** A deployment of an API with a body, as older providers have it too. */
const redeploys = (title: string, inputs: Record<string, unknown>, expected: Said, name = "orders"): Case => ({
  policy: "deployment-redeploys",
  title,
  resources: () => {
    const api = restApi();
    return [api, deployment(api, inputs, name)];
  },
  said: expected,
});

const cases: readonly Case[] = [
  // Stages that nobody describes
  {
    policy: "stage-managed",
    title: "a deployment of an older provider makes its stage",
    resources: () => [deployment(restApi(), { stageName: "prod" })],
    said: fails('Deployment "orders" makes the stage "prod" by itself, which no resource describes'),
  },
  {
    policy: "stage-managed",
    title: "an empty stage name is none",
    resources: () => [deployment(restApi(), { stageName: "", stageDescription: "", triggers: {} })],
    said: nothing,
  },
  {
    policy: "stage-managed",
    title: "a stage name that is not known yet is one",
    resources: () => [deployment(restApi(), { stageName: unknown })],
    said: fails('Deployment "orders" makes a stage by itself, which no resource describes'),
  },
  {
    policy: "stage-managed",
    title: "a deployment of aws-native does it, too",
    resources: () => [native(restApi(), "orders", { stageName: "prod", stageDescription: { loggingLevel: "INFO" } })],
    said: fails('Deployment "orders" makes the stage "prod" by itself, which no resource describes'),
  },
  {
    policy: "stage-managed",
    title: "managed overrides change settings of quick create, and describe nothing",
    resources: () => {
      const inputs = { name: "shop", protocolType: "HTTP", target: "https://shop.example.com" };
      const api = written("aws-native:apigatewayv2:Api", "shop", inputs);
      const overrides = { apiId: unknown, stage: { accessLogSettings: { destinationArn: unknown } } };
      return [
        api,
        written("aws-native:apigatewayv2:ApiGatewayManagedOverrides", "shop", overrides, { from: { apiId: [api] } }),
      ];
    },
    said: fails('HTTP API "shop" is made by quick create, with a stage and a route that no resource describes'),
  },
  {
    policy: "stage-managed",
    title: "state has an empty target where nobody set one",
    resources: () => [
      written(
        "aws:apigatewayv2/api:Api",
        "shop",
        { name: "shop", protocolType: "HTTP" },
        {
          outputs: { id: "a1", name: "shop", protocolType: "HTTP", target: "", body: "" },
        },
      ),
    ],
    said: nothing,
  },

  // Deployments that follow changes
  redeploys("triggers that are not known yet", { triggers: unknown }, nothing),
  redeploys("a trigger that is not known yet", { triggers: { hash: unknown } }, nothing),
  redeploys("triggers with nothing in them", { triggers: { __defaults: [], hash: "" } }, stale()),
  redeploys("a hash among the variables", { variables: { __defaults: [], version: "3f2a9c1be0" } }, nothing),
  redeploys(
    "the time of the deployment among the variables",
    { variables: { deploymentTimestamp: "1732812345678" } },
    nothing,
  ),
  redeploys("a number of another kind among the variables", { variables: { accountNumber: "1732812345678" } }, stale()),
  redeploys(
    "a version among the variables that is made of what is not known yet",
    { variables: { version: unknown } },
    nothing,
  ),
  redeploys("variables that say nothing of a revision", { variables: { table: unknown, version: "v2" } }, stale()),
  redeploys(
    "variables that are not known at all",
    { variables: unknown },
    open('Deployment "orders" of REST API "orders" has variables that are not known yet, and no triggers'),
  ),
  redeploys(
    "the stage description of an older provider is a hash",
    { stageName: "prod", stageDescription: "d41d8cd98f00b204e9800998ecf8427e" },
    nothing,
  ),
  redeploys("a description is updated in place", { description: "d41d8cd98f00b204e9800998ecf8427e" }, stale()),
  redeploys("the name of the resource is a hash", {}, nothing, "orders-3f2a9c1b"),
  redeploys(
    "the name of the resource is a word in which every letter is a digit of a hash",
    {},
    stale("orders-facade"),
    "orders-facade",
  ),
  redeploys("triggers of the wrong type cannot be read", { triggers: [1, 2] }, nothing),
  {
    policy: "deployment-redeploys",
    title: "aws-native has no triggers, and its name alone can change",
    resources: () => {
      const api = written("aws-native:apigateway:RestApi", "orders", {
        name: "orders",
        body: { openapi: "3.0.1", paths },
      });
      return [api, native(api, "orders"), native(api, "orders-3f2a9c1b")];
    },
    said: stale(),
  },
  {
    policy: "deployment-redeploys",
    title: "a body that is not known yet can change",
    resources: () => {
      const api = restApi({ body: unknown });
      return [api, deployment(api, {})];
    },
    said: stale(),
  },
  {
    policy: "deployment-redeploys",
    title: "an API with nothing in it",
    resources: () => {
      const api = restApi({});
      return [api, deployment(api, {})];
    },
    said: nothing,
  },
  {
    policy: "deployment-redeploys",
    title: "methods of another stack's API",
    resources: () => [
      written("aws:apigateway/method:Method", "list", {
        restApi: "a1b2c3d4e5",
        resourceId: "abc",
        httpMethod: "GET",
        authorization: "AWS_IAM",
      }),
      written("aws:apigateway/deployment:Deployment", "orders", { restApi: "a1b2c3d4e5" }),
    ],
    said: fails(
      'Deployment "orders" of REST API "a1b2c3d4e5" of another stack has no triggers, so changes of methods, authorizers and policies do not reach its stages',
    ),
  },
  {
    policy: "deployment-redeploys",
    title: "an API that nothing tells",
    resources: () => [written("aws:apigateway/deployment:Deployment", "orders", { restApi: unknown })],
    said: open('Deployment "orders" deploys an API that cannot be told yet'),
  },

  // Descriptions
  {
    policy: "api-description",
    title: "a body in YAML tells version and description of an HTTP API",
    resources: () => [
      written("aws:apigatewayv2/api:Api", "shop", {
        name: "shop",
        protocolType: "HTTP",
        body: "openapi: 3.0.1\ninfo:\n  title: shop\n  version: 1.0\n  description: The shop.\npaths: {}\n",
      }),
    ],
    said: nothing,
  },
  {
    policy: "api-description",
    title: "a body that is not known yet may describe the API",
    resources: () => [
      written("aws:apigatewayv2/api:Api", "shop", { name: "shop", protocolType: "HTTP", version: "2", body: unknown }),
    ],
    said: open('HTTP API "shop" has a description that is not known yet'),
  },
  {
    policy: "api-description",
    title: "a description of its own beats a body that is not known",
    resources: () => [restApi({ body: unknown, description: "Orders." })],
    said: nothing,
  },
  {
    policy: "api-description",
    title: "a stage of aws-native, and its tags as a list",
    config: { requiredTags: ["owner", "stage"] },
    resources: () => [
      written("aws-native:apigateway:Stage", "prod", {
        restApiId: "a1b2c3d4e5",
        stageName: "prod",
        tags: [
          { key: "Owner", value: "shop" },
          { key: "stage", value: "" },
        ],
      }),
    ],
    said: fails('Stage "prod" has no description', 'Stage "prod" lacks the tag "stage"'),
  },
  {
    policy: "api-description",
    title: "tags of the provider count",
    config: { requiredTags: ["owner"] },
    resources: () => [
      restApi({ description: "Orders.", tags: { team: "shop" }, tagsAll: { team: "shop", owner: "shop" } }),
    ],
    said: nothing,
  },
  {
    policy: "api-description",
    title: "tags of the provider that are not known yet may be the required ones",
    config: { requiredTags: ["owner", "team"] },
    resources: () => [restApi({ description: "Orders.", tags: { team: "shop" }, tagsAll: unknown })],
    said: open('REST API "orders" may lack the tag "owner", since the provider\'s tags are not known yet'),
  },
  {
    policy: "api-description",
    title: "method settings are no stage",
    resources: () => [
      written("aws:apigateway/methodSettings:MethodSettings", "all", {
        restApi: "a1b2c3d4e5",
        stageName: "prod",
        methodPath: "*/*",
        settings: {},
      }),
    ],
    said: nothing,
  },
];

describe("lifecycle", () => {
  let pack: Pack;
  before(async () => {
    pack = await Pack.boot();
  });
  after(() => pack.close());

  for (const one of cases) {
    it(`${one.policy}: ${one.title}`, async () => {
      assert.deepEqual(await said(pack, one.policy, one.resources(), one.config), one.said);
    });
  }
});
