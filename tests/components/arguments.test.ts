import assert from "node:assert/strict";
import * as gatehouse from "../../components";
import { refused } from "../support/refused";
import { register } from "../support/stack";
import { handler, newOrder, production } from "./variants";

const mock = { "GET /orders": { mock: {} } };

describe("arguments of components", () => {
  it("all faults come in one error that names component, name, field and fix", async () => {
    const message = await refused(
      () =>
        new gatehouse.RestApi("orders", {
          isolation: production,
          routes: {
            "GET orders": { mock: {} },
            "GET /status": { mock: {}, authorizationType: "NONE" },
            "GET /keys": { mock: {}, authorizationType: "NONE", apiKeyRequired: true },
            "POST /orders": { http: { url: "http://backend.example.com" } },
          },
          cors: { allowOrigins: ["*"] },
          executionLog: { dataTraceEnabled: true },
          waf: { countOnly: true },
        }),
    );
    assert.match(message, /^RestApi "orders" has \d+ faults:/);
    for (const part of [
      '`routes["GET orders"]` is no route key',
      '`routes["GET /status"]` has authorizationType NONE; give `publicAccessReason`',
      '`routes["GET /keys"]` is guarded by an API key alone',
      '`routes["POST /orders"].http.url` is http',
      '`routes["POST /orders"]` takes any body',
      "`cors.allowOrigins` lets any origin call in production",
      "`executionLog.dataTraceEnabled`",
      "`waf.countOnly`",
    ]) {
      assert.ok(message.includes(part), `${part}\nin\n${message}`);
    }
  });

  it("an environment that the stack's name contradicts is refused", async () => {
    const message = await refused(
      () => new gatehouse.RestApi("orders", { isolation: production, routes: mock }),
      "dev",
    );
    assert.match(message, /^RestApi "orders": `isolation.environment` is "production" in the stack "dev"/);
  });

  it("a weaker value needs an exception, and one that has expired is none", async () => {
    const args = { isolation: production, routes: mock, xrayTracingEnabled: false };
    const without = await refused(() => new gatehouse.RestApi("orders", args));
    assert.match(without, /exceptions: \[\{ control: "stage-tracing", reason: "…" \}\]/);
    const exceptions = [{ control: "stage-tracing", reason: "traced by the backend", expires: "2020-01-31" }];
    const expired = await refused(() => new gatehouse.RestApi("orders", { ...args, exceptions }));
    assert.match(expired, /for stage-tracing expired on 2020-01-31/);
  });

  it("an exception that excepts nothing is refused", async () => {
    const exceptions = [{ control: "stage-tracing", reason: "traced by the backend" }];
    const message = await refused(
      () => new gatehouse.RestApi("orders", { isolation: production, routes: mock, exceptions }),
    );
    assert.match(message, /holds one for stage-tracing, which nothing here weakens/);
  });

  it("a document that leaves an operation open is refused", async () => {
    const openApi = JSON.stringify({
      openapi: "3.0.1",
      info: { title: "Orders", version: "1" },
      paths: { "/orders": { get: { "x-amazon-apigateway-integration": { type: "mock" } } } },
    });
    const message = await refused(() => new gatehouse.RestApi("orders", { isolation: production, openApi }));
    assert.match(message, /operation "GET \/orders"` is open to anyone/);
  });

  it("an exception and its reason stand in the output `controls`", async () => {
    const exceptions = [{ control: "stage-tracing", reason: "traced by the backend", approvedBy: "Ada" }];
    const resources = await register(
      (packages) => {
        new gatehouse.RestApi("orders", {
          isolation: production,
          models: { NewOrder: newOrder },
          routes: { "POST /orders": { lambda: handler(packages), requestModel: "NewOrder" } },
          xrayTracingEnabled: false,
          exceptions,
        });
      },
      "keep",
      "prod",
    );
    const api = resources.find(({ type }) => type === "gatehouse:index:RestApi");
    const controls = api?.outputs["controls"] as gatehouse.Control[];
    const tracing = controls.find(({ control }) => control === "stage-tracing");
    assert.ok(tracing);
    assert.equal(tracing.status, "excepted");
    assert.equal(tracing.reason, "traced by the backend");
    assert.equal(tracing.approvedBy, "Ada");
    assert.equal(controls.find(({ control }) => control === "stage-web-acl")?.status, "met");
  });
});
