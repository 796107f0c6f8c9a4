import assert from "node:assert/strict";
import fc from "fast-check";
import { defaultEnvironmentPatterns, environmentKey, environmentOf } from "../../policypack/model/environment";
import type { EnvironmentPatterns, EnvironmentSources } from "../../policypack/model/environment";

const read = (stageName: string, patterns: Partial<EnvironmentPatterns> = {}): string => {
  const { kind, name } = environmentOf({ stageName }, { ...defaultEnvironmentPatterns, ...patterns });
  return name === undefined ? kind : `${kind} ${name}`;
};

describe("environmentOf, of one name", () => {
  const told: Readonly<Record<string, readonly string[]>> = {
    "production prod": [
      "prod",
      "PROD",
      "production",
      "prd",
      "live",
      "prod-eu",
      "orders-prod",
      "orders_prod",
      "orders.prod",
      "acme/orders/prod",
      "orders prod",
      "ordersProd",
      "prodEU",
      "APIProd",
      "prod2",
      "eu-west-1-live",
      "prod-test",
      "stage-prod",
    ],
    "nonProduction dev": ["dev", "development", "Dev", "orders-dev-eu", "dev1", "ordersDev", "dev-alice"],
    "nonProduction test": ["test", "testing"],
    "nonProduction staging": ["staging", "stage"],
    "nonProduction qa": ["qa", "QA", "qa-2"],
    "nonProduction uat": ["uat"],
    "nonProduction sit": ["sit"],
    "nonProduction sandbox": ["sandbox"],
    "nonProduction demo": ["demo"],
    "nonProduction preview": ["preview", "orders-preview"],
    "nonProduction nonprod": [
      "nonprod",
      "non-prod",
      "NonProd",
      "nonProduction",
      "non-production",
      "non_prd",
      "not-prod",
    ],
    "nonProduction preprod": [
      "preprod",
      "pre-prod",
      "PreProd",
      "pre-production",
      "orders.pre.prod",
      "preprod-eu",
      "pre-live",
    ],
    "nonProduction pr-12": ["pr-12", "PR-12", "pr_12", "pr12", "orders-pr-12", "pr-12-fix-login"],
    "nonProduction pr-fix-login": ["pr-fix-login"],
    "nonProduction preview-12": ["preview-12", "preview/12"],
    "nonProduction predev": ["pre-dev"],
    none: [
      "",
      "$default",
      "v1",
      "v2",
      "2024-01-01",
      "products",
      "devices",
      "reproduction",
      "deliver",
      "alive",
      "latest",
      "stages",
      "pr",
      "press",
      "president",
      "nonsense",
      "non-dev",
      "blue",
      "---",
    ],
  };
  for (const [expected, names] of Object.entries(told)) {
    for (const name of names) {
      it(`${JSON.stringify(name)} says ${expected}`, () => {
        assert.equal(read(name), expected);
      });
    }
  }

  it("takes patterns as globs on words", () => {
    const patterns = { production: ["eu-main", "p?", "blue-*"], nonProduction: ["*lab"] };
    assert.equal(read("orders-eu-main", patterns), "production eu-main");
    assert.equal(read("main", patterns), "none");
    assert.equal(read("px", patterns), "production px");
    assert.equal(read("pxy", patterns), "none");
    assert.equal(read("blue-west-api", patterns), "production blue-west-api");
    assert.equal(read("blue", patterns), "none");
    assert.equal(read("devlab", patterns), "nonProduction devlab");
  });

  it("lets the configuration say that pre-production is production", () => {
    for (const production of [
      ["prod", "preprod"],
      ["prod", "pre-prod"],
    ]) {
      const patterns = { production, nonProduction: ["dev"] };
      assert.match(read("pre-prod", patterns), /^production pre-?prod$/);
      assert.equal(read("preprod", patterns), "production preprod");
    }
  });

  it("knows pre-production though no pattern lists it", () => {
    assert.equal(read("pre-prod", { nonProduction: ["dev"] }), "nonProduction preprod");
    assert.equal(read("preprod", { nonProduction: ["dev"] }), "nonProduction preprod");
  });

  it("tells nothing without patterns", () => {
    assert.equal(read("prod", { production: [], nonProduction: [] }), "none");
  });
});

describe("environmentOf, of several sources", () => {
  const of = (sources: EnvironmentSources): ReturnType<typeof environmentOf> =>
    environmentOf(sources, defaultEnvironmentPatterns);

  it("believes the tag, then the stage's name, then the stack's tags, then its name", () => {
    const all: EnvironmentSources = {
      tag: { key: "Environment", value: "uat" },
      stageName: "qa",
      stackTags: { environment: "dev" },
      stackName: "test",
    };
    const { tag: _tag, ...noTag } = all;
    const { stageName: _stageName, ...noStage } = noTag;
    const { stackTags: _stackTags, ...noTags } = noStage;
    const told = [all, noTag, noStage, noTags].map((sources) => of(sources).toldBy);
    assert.deepEqual(told, [
      { source: "stage tag", value: "uat" },
      { source: "stage name", value: "qa" },
      { source: "stack tag", value: "dev" },
      { source: "stack name", value: "test" },
    ]);
    assert.equal(of(all).contradiction, undefined);
  });

  it("passes over what says nothing", () => {
    const environment = of({
      tag: { key: "env", value: "blue" },
      stageName: "v1",
      stackTags: {},
      stackName: "shop-prod",
    });
    assert.deepEqual(environment, {
      kind: "production",
      name: "prod",
      toldBy: { source: "stack name", value: "shop-prod" },
    });
  });

  it("finds the stack's tag by any of its keys, whatever their case", () => {
    for (const stackTags of [
      new Map([["ENV", "prod"]]),
      { Environment: "prod" },
      { environment: "blue", Stage: "prod" },
    ]) {
      assert.equal(of({ stackTags }).kind, "production");
    }
    assert.equal(of({ stackTags: { "pulumi:project": "prod", toString: "prod" } }).kind, "none");
  });

  it("sees a dev stage in the prod stack", () => {
    assert.deepEqual(of({ stageName: "dev", stackName: "prod" }), {
      kind: "nonProduction",
      name: "dev",
      toldBy: { source: "stage name", value: "dev" },
      contradiction: { a: { source: "stage name", value: "dev" }, b: { source: "stack name", value: "prod" } },
    });
  });

  it("sees a contradiction behind sources that agree", () => {
    const { contradiction } = of({ tag: { key: "env", value: "dev" }, stageName: "dev", stackName: "live" });
    assert.equal(contradiction?.a.source, "stage tag");
    assert.equal(contradiction.b.value, "live");
  });

  it("sees none between dev and staging, prod and production, or with what says nothing", () => {
    assert.equal(of({ stageName: "dev", stackName: "staging" }).contradiction, undefined);
    assert.equal(of({ stageName: "prod-eu", stackName: "production" }).contradiction, undefined);
    assert.equal(of({ stageName: "v1", stackName: "prod" }).contradiction, undefined);
    assert.equal(of({ stageName: "$default", stackName: "dev" }).contradiction, undefined);
  });

  it("takes a stage named stage, as aws-apigateway names it, for staging only where nothing else tells", () => {
    assert.equal(of({ stageName: "stage" }).name, "staging");
    assert.equal(of({ stageName: "stage", stackName: "shop" }).kind, "nonProduction");
    assert.equal(of({ stageName: "stage", stackName: "shop-prod" }).kind, "production");
    assert.equal(of({ stageName: "stage", stackName: "shop-prod" }).contradiction, undefined);
    assert.equal(of({ stageName: "stage", stackTags: { environment: "dev" } }).name, "dev");
    assert.equal(of({ stageName: "api-stage", stackName: "shop" }).name, "staging");
    assert.equal(of({ stageName: "ordersApiStage", stackName: "shop-prod" }).contradiction, undefined);
    assert.equal(of({ stageName: "stage-dev", stackName: "shop-prod" }).contradiction?.a.value, "stage-dev");
    assert.notEqual(of({ stageName: "staging", stackName: "prod" }).contradiction, undefined);
  });

  it("tells nothing of nothing", () => {
    assert.deepEqual(of({}), { kind: "none" });
  });
});

describe("environmentKey", () => {
  const key = (stageName: string): string | undefined =>
    environmentKey(environmentOf({ stageName }, defaultEnvironmentPatterns));

  it("is equal for one environment", () => {
    for (const names of [
      ["prod", "production", "live", "prd", "prod-eu"],
      ["dev", "development", "dev-2"],
      ["stage", "staging"],
      ["pr-12", "PR-12-fix-login"],
    ]) {
      assert.equal(new Set(names.map(key)).size, 1, names.join(" "));
    }
  });

  it("differs for two", () => {
    const names = ["prod", "dev", "staging", "qa", "uat", "test", "pr-12", "pr-13", "preview-12", "preprod", "nonprod"];
    assert.equal(new Set(names.map(key)).size, names.length);
  });

  it("is undefined where nothing tells it", () => {
    assert.equal(key("v1"), undefined);
  });
});

describe("environmentOf, of anything", () => {
  it("takes any text and any pattern", () => {
    const text = fc.oneof(
      fc.string(),
      fc.string({ unit: "binary" }),
      fc.string({ unit: fc.constantFrom("pre", "non", "prod", "dev", "-", "*", "1", "P") }),
    );
    fc.assert(
      fc.property(text, text, fc.array(text), fc.array(text), (stageName, stackName, production, nonProduction) => {
        const sources = { stageName, stackName, stackTags: { [stageName]: stackName } };
        environmentOf(sources, { production, nonProduction, tagKeys: [stageName] });
        environmentOf(sources, defaultEnvironmentPatterns);
      }),
    );
  });

  it("is told of long names", () => {
    for (const piece of ["a", "A", "-", "dev-", "preProd", "1", "pr-"]) read(piece.repeat(500_000));
  });
});
