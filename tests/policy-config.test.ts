import assert from "node:assert/strict";
import { Failure } from "../preview/failure";
import { policyConfig } from "../preview/policy-config";

const policies = [
  {
    name: "stage-throttling",
    level: "mandatory",
    options: {
      maxRateLimit: { type: "number", minimum: 1, maximum: 10_000 },
      limits: { type: "array", minItems: 1, items: { type: "integer" } },
      unknowns: { type: "string", enum: ["advisory", "violation"] },
      exemptions: {
        type: "array",
        items: {
          type: "object",
          required: ["resource", "reason"],
          additionalProperties: false,
          properties: {
            resource: { type: "string" },
            reason: { type: "string", minLength: 10 },
            expires: { type: "string", format: "date" },
          },
        },
      },
      routes: { type: "object", additionalProperties: { type: "string", pattern: "^/" } },
    },
  },
  { name: "api-tags", level: "advisory", options: {} },
];

describe("policy configuration", () => {
  const read = (config: Readonly<Record<string, unknown>>): unknown =>
    Object.fromEntries(policyConfig(config, policies, "config.json"));

  it("gives a policy the level for all, and its own above that", () => {
    assert.deepEqual(read({ all: "advisory", "api-tags": { enforcementLevel: "disabled" } }), {
      "stage-throttling": { level: "advisory", options: {} },
      "api-tags": { level: "disabled", options: {} },
    });
    assert.deepEqual(read({ all: { enforcementLevel: "advisory" }, "stage-throttling": { maxRateLimit: 5 } }), {
      "stage-throttling": { level: "advisory", options: { maxRateLimit: 5 } },
      "api-tags": { level: "advisory", options: {} },
    });
  });

  it("leaves alone what it does not speak of", () => {
    assert.deepEqual(read({ "stage-throttling": { limits: [1, 2] } }), {
      "stage-throttling": { level: "mandatory", options: { limits: [1, 2] } },
    });
    assert.deepEqual(read({}), {});
  });

  const exemption = { resource: "orders", reason: "behind the edge", expires: "2030-12-31" };
  it("takes what fits", () => {
    const options = { exemptions: [exemption], unknowns: "violation", routes: { health: "/health" } };
    assert.deepEqual(read({ "stage-throttling": options }), { "stage-throttling": { level: "mandatory", options } });
  });

  const wrong: readonly (readonly [title: string, config: Readonly<Record<string, unknown>>, said: string])[] = [
    ["an unknown policy", { "stage-wings": "advisory" }, 'there is no policy "stage-wings". Run `gatehouse list`'],
    [
      "a misspelled policy",
      { "stage-trotling": "advisory" },
      'there is no policy "stage-trotling". Did you mean "stage-throttling"?',
    ],
    ["an inherited name", { constructor: "advisory" }, 'there is no policy "constructor"'],
    ["an unknown level", { "api-tags": "sometimes" }, 'api-tags has the enforcement level "sometimes"; use advisory'],
    ["a level of another type", { all: { enforcementLevel: 7 } }, "all has the enforcement level 7"],
    ["null", { "api-tags": null }, "api-tags is configured as null"],
    ["a list", { "api-tags": ["advisory"] }, 'api-tags is configured as ["advisory"]'],
    ["options for all", { all: { unknowns: "violation" } }, '"all" takes an enforcement level and nothing else'],
    [
      "an unknown option",
      { "stage-throttling": { maxSpeed: 1 } },
      'stage-throttling has no option "maxSpeed". It has exe',
    ],
    ["an inherited option", { "api-tags": { toString: 1 } }, 'api-tags has no option "toString"'],
    ["another type", { "stage-throttling": { maxRateLimit: "5" } }, "is of type string, not number"],
    ["null for an option", { "stage-throttling": { maxRateLimit: null } }, "is of type null, not number"],
    ["too little", { "stage-throttling": { maxRateLimit: 0 } }, "must not be below 1"],
    ["too much", { "stage-throttling": { maxRateLimit: 10_001 } }, "must not be above 10000"],
    [
      "a fraction",
      { "stage-throttling": { limits: [1.5] } },
      'element 0 of option "limits" of stage-throttling is of type',
    ],
    ["too few", { "stage-throttling": { limits: [] } }, "must have at least 1 elements"],
    ["another word", { "stage-throttling": { unknowns: "maybe" } }, "must be one of advisory, violation"],
    [
      "a missing key",
      { "stage-throttling": { exemptions: [{ resource: "orders" }] } },
      'stage-throttling lacks "reason"',
    ],
    [
      "a key too many",
      { "stage-throttling": { exemptions: [{ ...exemption, until: "2030-01-01" }] } },
      'may not have "until"; it may have resource, reason, expires',
    ],
    [
      "a short text",
      { "stage-throttling": { exemptions: [{ ...exemption, reason: "because" }] } },
      '"reason" in element 0 of option "exemptions" of stage-throttling must have at least 10 characters',
    ],
    [
      "a day that is none",
      { "stage-throttling": { exemptions: [{ ...exemption, expires: "2030-02-30" }] } },
      "must be a date, as 2030-12-31",
    ],
    ["another form", { "stage-throttling": { routes: { health: "health" } } }, '"health" in option "routes"'],
  ];
  for (const [title, config, said] of wrong) {
    it(`refuses ${title}, and says where`, () => {
      assert.throws(
        () => read(config),
        (error) =>
          error instanceof Failure &&
          error.exitCode === 2 &&
          error.message.startsWith("config.json: ") &&
          error.message.includes(said),
      );
    });
  }
});
