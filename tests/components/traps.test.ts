import assert from "node:assert/strict";
import * as gatehouse from "../../components";
import type { Registered } from "../../preview/engine";
import type { Unknowns } from "../../preview/provider";
import { register } from "../support/stack";
import { handler, message, production } from "./variants";

// Traps that other components fell into, as their issues tell them.

/** One API of each kind; `more` is a route that comes with a change of the program. */
function apis(unknowns: Unknowns, more = false): Promise<Registered[]> {
  return register(
    (packages) => {
      const lambda = handler(packages);
      const routes = { "GET /orders": { lambda }, "GET /stock": { lambda }, ...(more && { "GET /more": { lambda } }) };
      new gatehouse.RestApi("rest", { isolation: production, routes });
      new gatehouse.HttpApi("http", { isolation: production, routes });
      new gatehouse.WebSocketApi("socket", {
        isolation: production,
        models: { Message: message },
        routes: {
          $default: { lambda },
          send: { lambda, requestModel: "Message" },
          ...(more && { $disconnect: { lambda } }),
        },
      });
    },
    unknowns,
    "prod",
  );
}

const of = (resources: readonly Registered[], type: string): Registered[] =>
  resources.filter((resource) => resource.type.endsWith(`:${type}`));

describe("traps of API Gateway components", () => {
  let resources: Registered[];
  before(async () => {
    resources = await apis("resolve");
  });

  it("T1: no API makes the account's logging role, which all APIs of a region share", () => {
    assert.deepEqual(of(resources, "Account"), []);
  });

  it("T2, T6: routes and the resource policy of REST and HTTP APIs stand in one body", () => {
    const bodies = [...of(resources, "RestApi"), ...of(resources, "Api")].filter(({ inputs }) => "body" in inputs);
    assert.deepEqual(
      bodies
        .filter(({ custom }) => custom)
        .map(({ name }) => name)
        .sort(),
      ["http", "rest"],
    );
    for (const type of ["Method", "Resource", "RestApiPolicy"]) assert.deepEqual(of(resources, type), []);
    assert.deepEqual(
      of(resources, "Route").map(({ name }) => name.split("-")[0]),
      ["socket", "socket", "socket"],
    );
  });

  it("T3: a deployment follows a change of routes, and nothing else", async () => {
    const triggers = (all: readonly Registered[]): unknown[] =>
      of(all, "Deployment")
        .sort((a, b) => (a.urn < b.urn ? -1 : 1))
        .map(({ inputs }) => JSON.stringify(inputs["triggers"]));
    const before = triggers(resources);
    assert.equal(before.length, 3);
    assert.deepEqual(triggers(await apis("resolve")), before);
    const after = triggers(await apis("resolve", true));
    assert.ok(after.every((one, index) => one !== before[index]));
  });

  it("T12: access log formats are JSON, even where a value is missing", () => {
    for (const { inputs } of of(resources, "Stage")) {
      const { format } = inputs["accessLogSettings"] as { readonly format: string };
      assert.doesNotThrow(() => JSON.parse(format.replace(/\$context\.[A-Za-z.]+/g, "-")) as unknown);
    }
  });

  it("T13: the execution log is there, with its key and for its time, before the stage", () => {
    for (const name of ["rest", "socket"]) {
      const group = resources.find((resource) => resource.name === `${name}-execution`);
      const stage = of(resources, "Stage").find((resource) => resource.name === name);
      assert.ok(group && stage?.dependencies.includes(group.urn));
      assert.equal(group.inputs["retentionInDays"], 365);
      assert.ok(group.inputs["kmsKeyId"]);
    }
  });

  it("T16: a function is permitted once for each API, by the account, the API and the stage", () => {
    const permissions = of(resources, "Permission");
    const ofApi = (name: string): Registered[] => permissions.filter((one) => one.name.startsWith(`${name}-`));
    assert.equal(ofApi("rest").length, 1);
    assert.equal(ofApi("http").length, 1);
    for (const { inputs } of permissions) {
      assert.match(String(inputs["sourceArn"]), /:execute-api:[a-z0-9-]+:\d{12}:[a-z0-9]+\/(v1|\$default)\//);
      assert.match(String(inputs["sourceAccount"]), /^\d{12}$/);
    }
  });

  it("T20: an HTTP API asks for no logs that its kind does not have", () => {
    const stage = of(resources, "Stage").find(({ name }) => name === "http");
    const settings = stage?.inputs["defaultRouteSettings"] as Record<string, unknown>;
    assert.ok(!("loggingLevel" in settings));
    assert.notEqual(settings["dataTraceEnabled"], true);
  });

  it("T25: a preview shows the very resources that an update makes", async () => {
    const urns = (all: readonly Registered[]): string[] => all.map(({ urn }) => urn).sort();
    assert.deepEqual(urns(await apis("keep")), urns(resources));
  });
});
