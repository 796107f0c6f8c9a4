import assert from "node:assert/strict";
import type { Policy } from "@pulumi/policy";
import { frameworkNames } from "../policypack/core/frameworks";
import { createPack } from "../policypack/pack";
import { policies } from "../policypack/policies";

// What Pulumi Cloud shows of the published pack.

describe("what the pack says of itself", () => {
  const pack = createPack();
  const served = (pack.policies as readonly Policy[]).map((policy) => ({ ...policy }));

  it("has a readme that names every policy and links its page", () => {
    const { readme = "" } = pack;
    for (const { name, description } of policies) {
      assert.ok(readme.includes(`- [${name}](https://`), name);
      assert.ok(readme.includes(description), name);
    }
  });

  it("gives every policy a name, a severity, steps, a page and tags", () => {
    assert.equal(served.length, policies.length + 1);
    for (const { name, displayName, severity, remediationSteps, url, tags } of served) {
      assert.match(displayName ?? "", /^[A-Z]/, name);
      assert.match(severity ?? "", /^(low|medium|high|critical)$/, name);
      assert.match(remediationSteps ?? "", /^[A-Z].*\.$/s, name);
      assert.match(url ?? "", new RegExp(`^https://.*/${name}\\.md$`), name);
      assert.ok((tags ?? []).includes("api-gateway"), name);
    }
  });

  it("shows a framework whole, with its version and page", () => {
    const mapped = policies.filter(({ frameworks }) => frameworks !== undefined);
    assert.ok(mapped.length > 30, String(mapped.length));
    for (const { name, frameworks } of mapped) {
      for (const framework of Object.keys(frameworks ?? {})) assert.ok(frameworkNames.includes(framework), framework);
      const { framework } = served.find((policy) => policy.name === name) ?? {};
      assert.ok(framework, name);
      for (const value of Object.values(framework)) assert.notEqual(value, "", name);
      assert.match(framework.reference, /^https:\/\//);
    }
  });

  it("tags a policy with each of its frameworks, and shows the first", () => {
    const logging = served.find(({ name }) => name === "stage-access-logging");
    assert.deepEqual(logging?.tags, ["api-gateway", "logging", "aws-fsbp", "pci-dss", "cis-aws"]);
    assert.equal(logging.framework?.specification, "APIGateway.9");
  });
});
