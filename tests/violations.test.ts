import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import * as path from "node:path";
import { policies } from "../policypack/policies";
import type { Report } from "../preview/report";
import { gatehouse, root } from "./support/command";

// The programs of examples/violations together break every policy once. Each is run by the real command.

type Planted = readonly (readonly [policy: string, resource: string])[];

/** What is planted in each program, in the order of its comments, and the resource at which it is said. */
const planted: Readonly<Record<string, Planted>> = {
  rest: [
    ["secret-rotation", "payments"],
    ["web-acl-rules", "shop"],
    ["web-acl-rate-limit", "shop"],
    ["web-acl-logging", "shop"],
    ["account-logging-role", "shop"],
    ["route-api-key-only", "prices"],
    ["route-authorizer-attached", "returns"],
    ["authorizer-identity-source", "anyone"],
    ["authorizer-cache-ttl", "for-an-hour"],
    ["route-throttling", "login"],
    ["route-request-validation", "create-order"],
    ["route-request-model", "create-return"],
    ["model-strictness", "anything"],
    ["integration-timeout", "orders"],
    ["production-backend-version", "orders"],
    ["deployment-redeploys", "orders"],
    ["stage-tracing", "orders"],
    ["access-log-no-credentials", "orders"],
    ["hardcoded-secrets", "orders"],
    ["usage-plan-limits", "guests"],
    ["usage-plan-attached", "leftover"],
    ["api-key-rotation", "forgotten"],
    ["api-key-value", "written"],
    ["integration-encrypted", "pictures"],
    ["integration-private", "stock"],
    ["integration-credentials", "profile"],
    ["cache-encryption", "items"],
    ["cache-isolation", "mine"],
    ["api-tls", "reviews"],
    ["gateway-responses", "reviews"],
    ["stage-web-acl", "reviews"],
    ["backend-client-certificate", "reviews"],
  ],
  http: [
    ["cognito-user-pool-strength", "customers"],
    ["cors-origins", "orders"],
    ["jwt-authorizer-claims", "tokens-for-anyone"],
    ["authorizer-in-use", "left-behind"],
    ["route-authorization-scopes", "read-order"],
    ["route-catch-all", "anything-else"],
    ["stage-metrics", "orders"],
    ["access-log-fields", "orders"],
    ["http-api-web-acl", "reports"],
    ["cors-headers-methods", "reports"],
    ["api-description", "reports"],
    ["api-alarms", "reports"],
    ["log-group-retention", "kept-for-a-week"],
    ["stage-throttling", "reports"],
    ["log-group-encryption", "plain"],
    ["stage-managed", "quick"],
    ["route-authorization", "quick"],
  ],
  websocket: [
    ["stage-access-logging", "chat"],
    ["stage-data-trace", "chat"],
    ["stage-execution-logging", "support"],
    ["production-deployment-pinned", "support"],
    ["exemptions-in-force", "violations-websocket-shop"],
  ],
  environments: [
    ["stage-environment", "orders"],
    ["api-single-environment", "returns"],
    ["environment-resources-separate", "shared-access"],
    ["environment-backend-separate", "baskets"],
    ["environment-settings-differ", "offers"],
  ],
  exposure: [
    ["resource-policy-public", "orders"],
    ["endpoint-type", "offers"],
    ["internal-api-private", "stock"],
    ["private-api-policy", "payroll"],
    ["vpc-endpoint-policy", "open"],
    ["lambda-permission-scope", "any-api"],
    ["openapi-security-schemes", "documented"],
    ["domain-tls", "returns"],
    ["domain-certificate", "reviews"],
    ["domain-mutual-tls", "partners"],
    ["domain-single-environment", "invoices"],
    ["default-endpoint-disabled", "baskets"],
  ],
};

const served = [...policies.map(({ name }) => name), "exemptions-in-force"];
const directory = path.join("examples", "violations");
/** Gives an exemption that matches nothing. */
const configured = new Set(["websocket"]);

async function preview(program: string, unknowns: string): Promise<Report> {
  const config = path.join(directory, program, "gatehouse.json");
  const { code, stdout, stderr } = await gatehouse(
    "preview",
    path.join(directory, program),
    // A stack that names no environment: the tags of the programs tell it.
    ...["--stack", "shop", "--unknowns", unknowns, "--format", "json"],
    ...(configured.has(program) ? ["--policy-pack-config", config] : []),
  );
  assert.equal(code, 1, stderr);
  return JSON.parse(stdout) as Report;
}

describe("violations", () => {
  before(() => {
    // What the programs look like to the compiler is another test's.
    process.env["PULUMI_NODEJS_TRANSPILE_ONLY"] = "true";
  });
  after(() => {
    delete process.env["PULUMI_NODEJS_TRANSPILE_ONLY"];
  });

  it("plants a fault for every policy of the pack, each once", () => {
    const names = Object.values(planted).flatMap((faults) => faults.map(([policy]) => policy));
    assert.deepEqual(names.sort(), served.sort());
  });

  for (const [program, faults] of Object.entries(planted)) {
    it(`${program} says in its comments what is planted in it`, () => {
      const source = readFileSync(path.join(root, directory, program, "index.ts"), "utf8");
      const comments = [...source.matchAll(/^\/\/ (\d+)\. ([a-z-]+)/gm)].map(([, number, policy]) => [number, policy]);
      const expected = faults.map(([policy], index) => [String(index + 1), policy]);
      assert.deepEqual(comments, expected);
    });

    for (const unknowns of ["keep", "resolve"]) {
      it(`${program} is blamed for what is planted in it, each once, and for nothing else (${unknowns})`, async () => {
        const { violations, unverified, exempted } = await preview(program, unknowns);
        const found = violations.map(({ policy, name }) => `${policy} ${name}`);
        const expected = faults.map((fault) => fault.join(" "));
        assert.deepEqual(found.sort(), expected.sort(), JSON.stringify(violations, undefined, 1));
        assert.deepEqual([unverified, exempted], [[], []]);
        for (const { policy, message } of violations) {
          assert.match(message, new RegExp(`^[A-Z].*\\. [A-Z].*\\. See https://.*/${policy}\\.md$`));
        }
      });
    }
  }
});
