import assert from "node:assert/strict";
import type { Registered } from "../../preview/engine";
import { Pack } from "../support/stack";
import { said, unknown, written } from "../support/written";
import type { Said } from "../support/written";

const limits = (rate: number): Record<string, unknown> => ({ throttlingRateLimit: rate, throttlingBurstLimit: rate });

const rest = written("aws:apigateway/restApi:RestApi", "shop", {
  name: "shop",
  body: JSON.stringify({
    openapi: "3.0.1",
    info: { title: "shop", version: "1" },
    paths: Object.fromEntries(
      ["/signIn", "/orders/{token}", "/price-tokens.csv", "/catalogue"].map((path) => [
        path,
        { get: { "x-amazon-apigateway-auth": { type: "AWS_IAM" } } },
      ]),
    ),
  }),
});
const stage = (name: string): Registered =>
  written(
    "aws:apigateway/stage:Stage",
    name,
    { restApi: unknown, deployment: unknown, stageName: name },
    { from: { restApi: [rest] } },
  );
const settings = (of: string, methodPath: string, rate: number): Registered =>
  written(
    "aws:apigateway/methodSettings:MethodSettings",
    `${of} ${methodPath}`,
    { restApi: unknown, stageName: of, methodPath, settings: limits(rate) },
    { from: { restApi: [rest] } },
  );

describe("route-throttling", () => {
  let pack: Pack;
  before(async () => {
    pack = await Pack.boot();
  });
  after(() => pack.close());

  const judged = (resources: readonly Registered[], config = {}): Promise<Said> =>
    said(pack, "route-throttling", resources, config);

  it("finds words of a path in camel case and with dashes, but in no parameter", async () => {
    assert.deepEqual(await judged([rest, stage("prod"), settings("prod", "*/*", 100)]), {
      violations: [
        'Operation GET /price-tokens.csv of REST API "shop" handles credentials, money or uploads by its path and has no limit of its own on stage "prod"',
        'Operation GET /signIn of REST API "shop" handles credentials, money or uploads by its path and has no limit of its own on stage "prod"',
      ],
      unverified: [],
    });
  });

  it("takes limits of each method for a REST route of any method, of which a stage takes none", async () => {
    const api = written("aws:apigateway/restApi:RestApi", "any", {
      name: "any",
      body: JSON.stringify({
        openapi: "3.0.1",
        info: { title: "any", version: "1" },
        paths: {
          "/login": {
            "x-amazon-apigateway-any-method": { "x-amazon-apigateway-auth": { type: "AWS_IAM" } },
            get: { "x-amazon-apigateway-auth": { type: "AWS_IAM" } },
          },
        },
      }),
    });
    const from = { restApi: [api] };
    const prod = written("aws:apigateway/stage:Stage", "prod", { restApi: unknown, stageName: "prod" }, { from });
    const limited = (path: string, rate: number): Registered =>
      written(
        "aws:apigateway/methodSettings:MethodSettings",
        path,
        { restApi: unknown, stageName: "prod", methodPath: path, settings: limits(rate) },
        { from },
      );
    const of = (...verbs: readonly string[]): Registered[] => [
      api,
      prod,
      limited("*/*", 100),
      limited("login/GET", 10),
      ...verbs.map((verb) => limited(`login/${verb}`, verb === "HEAD" ? 100 : 10)),
    ];
    const subject = 'Operation ANY /login of REST API "any" handles credentials, money or uploads by its path and has';
    const said = async (...verbs: readonly string[]): Promise<readonly string[]> =>
      (await judged(of(...verbs))).violations;
    assert.deepEqual(await said("POST", "PUT", "PATCH", "DELETE", "OPTIONS"), [
      `${subject} no limit of its own on stage "prod"`,
    ]);
    assert.deepEqual(await said("POST", "PUT", "PATCH", "DELETE", "OPTIONS", "HEAD"), [
      `${subject} a limit no tighter than that of stage "prod"`,
    ]);
    const tight = [...of("POST", "PUT", "PATCH", "DELETE", "OPTIONS"), limited("login/HEAD", 10)];
    assert.deepEqual(await judged(tight), { violations: [], unverified: [] });
  });

  it("names every stage that lacks a limit, and no other", async () => {
    const resources = [
      rest,
      ...["prod", "test", "dev", "free"].map(stage),
      ...["prod", "test", "dev"].map((name) => settings(name, "*/*", 100)),
      settings("test", "signIn/GET", 10),
    ];
    assert.deepEqual(await judged(resources, { patterns: ["sign*"] }), {
      violations: [
        'Operation GET /signIn of REST API "shop" handles credentials, money or uploads by its path and has no limit of its own on stages "prod" and "dev"',
      ],
      unverified: [],
    });
  });

  it("does not say that a route has no limit while settings of the stage have an unknown path", async () => {
    const resources = [rest, stage("prod"), settings("prod", "*/*", 100), settings("prod", unknown, 10)];
    assert.deepEqual(await judged(resources, { patterns: ["signin"] }), {
      violations: [],
      unverified: [
        'Operation GET /signIn of REST API "shop" may need a limit of its own on stage "prod", which cannot be told yet',
      ],
    });
  });

  it("leaves a limit that is none to stage-throttling", async () => {
    const resources = [rest, stage("prod"), settings("prod", "*/*", 100), settings("prod", "signIn/GET", -1)];
    assert.deepEqual(await judged(resources, { patterns: ["signin"] }), { violations: [], unverified: [] });
  });

  it("reads the settings that aws-native writes into the stage", async () => {
    const api = written("aws-native:apigateway:RestApi", "shop", { name: "shop" });
    const login = written(
      "aws-native:apigateway:Resource",
      "login",
      { restApiId: unknown, parentId: unknown, pathPart: "login" },
      { from: { restApiId: [api], parentId: [api] } },
    );
    const method = written(
      "aws-native:apigateway:Method",
      "login",
      { restApiId: unknown, resourceId: unknown, httpMethod: "POST", authorizationType: "NONE" },
      { from: { restApiId: [api], resourceId: [login] } },
    );
    const stageOf = (...own: Record<string, unknown>[]): Registered =>
      written(
        "aws-native:apigateway:Stage",
        "prod",
        {
          restApiId: unknown,
          stageName: "prod",
          methodSettings: [{ httpMethod: "*", resourcePath: "/*", ...limits(100) }, ...own],
        },
        { from: { restApiId: [api] } },
      );
    const own = { httpMethod: "POST", resourcePath: "/~1login", ...limits(5) };
    assert.deepEqual((await judged([api, login, method, stageOf(own)])).violations, []);
    assert.deepEqual((await judged([api, login, method, stageOf()])).violations, [
      'POST /login of REST API "shop" handles credentials, money or uploads by its path and has no limit of its own on stage "prod"',
    ]);
  });

  it("counts the preflight of an HTTP API and quick create for nothing", async () => {
    const api = written("aws:apigatewayv2/api:Api", "shop", {
      name: "shop",
      protocolType: "HTTP",
      target: "https://shop.example.com",
    });
    const preflight = written(
      "aws:apigatewayv2/route:Route",
      "preflight",
      { apiId: unknown, routeKey: "OPTIONS /{proxy+}", authorizationType: "NONE" },
      { from: { apiId: [api] } },
    );
    const prod = written(
      "aws:apigatewayv2/stage:Stage",
      "prod",
      { apiId: unknown, name: "prod", defaultRouteSettings: limits(100) },
      { from: { apiId: [api] } },
    );
    assert.deepEqual(await judged([api, preflight, prod]), { violations: [], unverified: [] });
  });
});
