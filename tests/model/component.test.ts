import assert from "node:assert/strict";
import { authorizersOf } from "../../policypack/model/authorizer";
import { defaultEnvironmentPatterns } from "../../policypack/model/environment";
import { Graph } from "../../policypack/model/graph";
import type { Observed } from "../../policypack/model/node";

const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
const urnOf = (type: string, name: string): string => `urn:pulumi:dev::shop::${type}::${name}`;

function resource(type: string, name: string, inputs: Record<string, unknown>, more: Partial<Observed> = {}): Observed {
  return {
    urn: urnOf(type, name),
    type,
    name,
    inputs,
    outputs: {},
    dependencies: [],
    propertyDependencies: {},
    component: false,
    ...more,
  };
}

const type = "aws-apigateway:index:RestAPI";
const component = (inputs: Record<string, unknown>): Observed => resource(type, "orders", inputs, { component: true });

const graphOf = (...observed: Observed[]): Graph => Graph.ofStack(observed, new Map());

const pool = {
  parameterName: "Authorization",
  identitySource: ["method.request.header.Authorization"],
  providerARNs: [unknown],
};
const routes = [
  { path: "/orders", method: "GET", authorizers: [pool], eventHandler: unknown },
  { path: "orders", method: "POST", apiKeyRequired: true, eventHandler: unknown },
  { path: "/open", method: "ANY", eventHandler: unknown },
  { path: "/iam", method: "PUT", iamAuthEnabled: true, eventHandler: unknown },
  { path: "/site", localPath: "www" },
  { path: "/raw", method: "GET", data: { "x-amazon-apigateway-auth": { type: "AWS_IAM" } } },
];

describe("a component that shows none of its resources", () => {
  it("is judged from its routes, each with the authorization it will have", () => {
    const graph = graphOf(component({ routes }));
    assert.deepEqual(
      graph.routes.map((route) => [route.key.get(), route.authorization.get(), route.apiKeyRequired.get()]),
      [
        ["GET /orders", "cognito", false],
        ["POST /orders", "none", true],
        ["ANY /open", "none", false],
        ["PUT /iam", "iam", false],
        ["GET /site/", "none", false],
        ["ANY /site/{proxy+}", "none", false],
        ["GET /raw", "iam", false],
      ],
    );
    assert.deepEqual(graph.hidden, []);
    assert.ok(graph.routes.every((route) => route.urn === urnOf(type, "orders")));
  });

  it("has the description, the tags and the endpoint that it is given, and a stage with its tags", () => {
    const tags = { environment: "production" };
    const graph = graphOf(
      component({ routes, stageName: "v1", description: "orders", disableExecuteApiEndpoint: true, tags }),
    );
    const [api] = graph.apis;
    const [stage] = graph.stages;
    assert.ok(api);
    assert.ok(api.node?.bag.string("description").is("orders") === true);
    assert.ok(api.defaultEndpointDisabled.is(true));
    assert.ok(api.tags?.get()?.get("environment")?.is("production") === true);
    assert.equal(stage?.label, 'stage "v1" of REST API "orders"');
    assert.equal(stage.environment(defaultEnvironmentPatterns).get()?.kind, "production");
    const [bare] = graphOf(component({ routes })).stages;
    assert.ok(bare);
    assert.ok(bare.name.is("stage"));
  });

  it("is what resources beside it are tied to", () => {
    const settings = resource(
      "aws:apigateway/methodSettings:MethodSettings",
      "all",
      { restApi: unknown, stageName: "stage", methodPath: "*/*", settings: { throttlingRateLimit: 10 } },
      { propertyDependencies: { restApi: [urnOf(type, "orders")] } },
    );
    const [stage] = graphOf(component({ routes }), settings).stages;
    assert.equal(stage?.settings.get()?.rate.get(), 10);
  });

  it("has routes that cannot be told while what decides about one of them is unknown", () => {
    for (const one of [
      unknown,
      { path: unknown, method: "GET" },
      { path: "/a", method: "GET", authorizers: unknown },
    ]) {
      const [api] = graphOf(component({ routes: [...routes, one] })).apis;
      assert.ok(api?.bodies[0]?.document.isUnknown(), JSON.stringify(one));
    }
    assert.ok(graphOf(component({ routes: unknown })).apis[0]?.bodies[0]?.document.isUnknown());
    assert.ok(graphOf(component({})).apis[0]?.bodies[0]?.document.isUnknown());
  });

  it("takes the tokens of the pools it is given, be it as ARNs or as ids", () => {
    const pools = ["eu-west-1_aBcDeFgHi", "eu-west-1_jKlMnOpQr"].map((id) =>
      resource("aws:cognito/userPool:UserPool", id, { name: id }, { outputs: { id } }),
    );
    const providerARNs = [
      "arn:aws:cognito-idp:eu-west-1:111122223333:userpool/eu-west-1_aBcDeFgHi",
      "eu-west-1_jKlMnOpQr",
    ];
    const graph = graphOf(
      component({ routes: [{ ...routes[0], authorizers: [{ ...pool, providerARNs }] }] }),
      ...pools,
    );
    const [authorizer] = authorizersOf(graph);
    assert.deepEqual(
      authorizer?.pools.map(({ urn }) => urn),
      pools.map(({ urn }) => urn),
    );
  });

  it("is left alone once its API can be seen", () => {
    const api = resource("aws:apigateway/restApi:RestApi", "orders", { body: "{}" }, { parent: urnOf(type, "orders") });
    const graph = graphOf(component({ routes }), api);
    assert.deepEqual(
      graph.apis.map((one) => one.urn),
      [api.urn],
    );
    assert.equal(graph.stages.length, 0);
  });

  it("survives inputs of any type", () => {
    for (const odd of [null, 7, "x", [], [null], [7], [[]], { a: 1 }, [{ path: 7 }], [{ path: "/", authorizers: 7 }]]) {
      assert.doesNotThrow(() =>
        graphOf(
          component({ routes: odd, tags: odd, description: odd, disableExecuteApiEndpoint: odd, swaggerString: odd }),
        ),
      );
    }
  });
});
