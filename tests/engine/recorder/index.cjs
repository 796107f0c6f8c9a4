"use strict";
const { writeFileSync } = require("node:fs");
const { PolicyPack } = require("@pulumi/policy");

/** The values behind the SDK's proxies, with sentinels for what is not known. */
const raw = (properties) => properties.__getSpecialProxyTarget ?? properties;
const urnOf = (resource) => resource.urn;
const inputs = new Map();

// Writes down what a policy sees of a stack, to the file that GATEHOUSE_TEST_RECORD names.
new PolicyPack("recorder", {
  policies: [
    {
      name: "recorder",
      description: "Everything is written down.",
      enforcementLevel: "advisory",
      validateResource: ({ urn, props }) => void inputs.set(urn, raw(props)),
      validateStack({ resources }) {
        const seen = resources.map((resource) => ({
          urn: resource.urn,
          type: resource.type,
          name: resource.name,
          inputs: inputs.get(resource.urn),
          protect: resource.opts.protect,
          parent: resource.parent?.urn ?? "",
          provider: resource.provider?.urn ?? "",
          dependencies: resource.dependencies.map(urnOf),
          propertyDependencies: Object.fromEntries(
            Object.entries(resource.propertyDependencies).map(([key, sources]) => [key, sources.map(urnOf)]),
          ),
        }));
        writeFileSync(process.env.GATEHOUSE_TEST_RECORD, JSON.stringify(seen));
      },
    },
  ],
});
