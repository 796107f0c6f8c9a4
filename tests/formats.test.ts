import assert from "node:assert/strict";
import type { PolicyInfo } from "../preview/analyzer";
import { baselineOf } from "../preview/baseline";
import { asJunit } from "../preview/formats/junit";
import type { Judged } from "../preview/formats/judged";
import { asMarkdown } from "../preview/formats/markdown";
import { asSarif } from "../preview/formats/sarif";
import { asText } from "../preview/report";
import type { Report } from "../preview/report";

const page = "https://example.com/policies/stage-web-acl.md";
const policy = (name: string, level: string): PolicyInfo => ({
  name,
  description: `Stages have a ${name}.`,
  level,
  severity: "high",
  url: page,
  fix: "Set `webAclArn`.",
  tags: ["waf"],
  options: {},
});
const policies = [
  policy("stage-web-acl", "mandatory"),
  policy("stage-tracing", "advisory"),
  policy("api-tls", "advisory"),
];

const urn = (name: string): string => `urn:pulumi:dev::shop::aws:apigateway/stage:Stage::${name}`;
const type = "aws:apigateway/stage:Stage";
/** A name that every format has to take for what it is. */
const nasty = '<b>|*x*]]>&"\u0007\ud800@all';

const report: Report = {
  tool: "gatehouse",
  version: "1.2.3",
  project: "shop",
  stack: "dev",
  resources: 5,
  violations: [
    {
      policy: "stage-web-acl",
      level: "mandatory",
      severity: "high",
      urn: urn(nasty),
      type,
      name: nasty,
      message: `Stage "${nasty}" is associated with no web ACL. Set \`webAclArn\`. See ${page}`,
    },
    {
      policy: "stage-tracing",
      level: "advisory",
      severity: "high",
      urn: urn("live"),
      type,
      name: "live",
      message: `Stage "live" has X-Ray tracing off. Set \`xrayTracingEnabled: true\`. See ${page}`,
    },
  ],
  unverified: [
    {
      policy: "stage-tracing",
      urn: "",
      type: "",
      name: "",
      message: "This stack has something that is not known yet.",
    },
  ],
  exempted: [
    { policy: "stage-web-acl", urn: urn("old"), type, name: "old", reason: "Gone in | spring.", expires: "2030-12-31" },
    { policy: "stage-web-acl", urn: urn("older"), type, name: "older", reason: "Nobody calls it." },
  ],
  summary: { mandatory: 1, advisory: 1, unverified: 1, exempted: 2, policies: 3 },
};
const unverifiedTwice: Report = {
  ...report,
  unverified: report.unverified.flatMap((one) => [{ ...one, policy: "api-tls" }, one]),
};
const judged: readonly Judged[] = [{ report, source: "infra stack/Pulumi.yaml" }];

interface Element {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: Element[];
  text: string;
}

/** Reads XML of elements, attributes and text, and refuses whatever is not well-formed. */
function parseXml(xml: string): Element {
  // eslint-disable-next-line no-control-regex -- XML cannot hold these
  assert.doesNotMatch(xml, /[\u0000-\u0008\u000b\u000c\u000e-\u001f]|\p{Surrogate}/u);
  const decode = (text: string): string => {
    assert.doesNotMatch(text, /<|]]>|&(?!(?:amp|lt|gt|quot|#\d+);)/);
    const entities: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"' };
    return text.replace(
      /&(#?\w+);/g,
      (_, name: string) => entities[name] ?? String.fromCharCode(Number(name.slice(1))),
    );
  };
  const top: Element = { name: "", attributes: {}, children: [], text: "" };
  const open = [top];
  let rest = xml.replace(/^<\?xml version="1.0" encoding="UTF-8"\?>/, "");
  while (rest !== "") {
    const tag = /^<(\/?)([a-z-]+)((?: [a-z]+="[^"<]*")*)(\/?)>/.exec(rest);
    const text = /^[^<]+/.exec(rest)?.[0];
    const current = open.at(-1);
    assert.ok(current && (tag ?? text !== undefined), `not XML: ${rest.slice(0, 80)}`);
    if (tag) {
      const [whole, end, name = "", attributes = "", empty] = tag;
      if (end === "/") assert.equal(open.pop()?.name, name);
      else {
        const pairs = [...attributes.matchAll(/ ([a-z]+)="([^"]*)"/g)].map(([, key = "", value = ""]) => [
          key,
          decode(value),
        ]);
        const element = {
          name,
          attributes: Object.fromEntries(pairs) as Record<string, string>,
          children: [],
          text: "",
        };
        current.children.push(element);
        if (empty !== "/") open.push(element);
      }
      rest = rest.slice(whole.length);
    } else if (text !== undefined) {
      current.text += decode(text);
      rest = rest.slice(text.length);
    }
  }
  const [root, ...others] = top.children;
  assert.ok(root && others.length === 0 && open.length === 1);
  return root;
}

describe("formats of reports", () => {
  describe("SARIF", () => {
    interface Result {
      readonly ruleId: string;
      readonly ruleIndex: number;
      readonly level: string;
      readonly kind?: string;
      readonly message: { readonly text: string };
      readonly locations: readonly {
        readonly physicalLocation: { readonly artifactLocation: { readonly uri: string } };
        readonly logicalLocations?: readonly { readonly fullyQualifiedName: string }[];
      }[];
      readonly partialFingerprints: Readonly<Record<string, string>>;
      readonly suppressions?: readonly { readonly kind: string; readonly justification: string }[];
    }
    interface Log {
      readonly version: string;
      readonly runs: readonly {
        readonly tool: {
          readonly driver: { readonly name: string; readonly rules: readonly { readonly id: string }[] };
        };
        readonly automationDetails?: { readonly id: string };
        readonly results: readonly Result[];
      }[];
    }
    const read = (all: readonly Judged[]): Log["runs"][number] => {
      const log = JSON.parse(asSarif(all, policies, "1.2.3")) as Log;
      assert.equal(log.version, "2.1.0");
      const [run, ...others] = log.runs;
      assert.ok(run && others.length === 0);
      return run;
    };

    it("has a result for every finding, with its rule, level and place", () => {
      const { tool, results, automationDetails } = read(judged);
      assert.deepEqual(
        tool.driver.rules.map(({ id }) => id),
        policies.map(({ name }) => name),
      );
      assert.equal(automationDetails?.id, "gatehouse/shop/dev/");
      for (const result of results) assert.equal(tool.driver.rules[result.ruleIndex]?.id, result.ruleId);
      assert.deepEqual(
        results.map(({ ruleId, level, kind = "fail", suppressions = [] }) => [
          ruleId,
          level,
          kind,
          suppressions.length,
        ]),
        [
          ["stage-web-acl", "error", "fail", 0],
          ["stage-tracing", "warning", "fail", 0],
          ["stage-tracing", "none", "open", 0],
          ["stage-web-acl", "error", "fail", 1],
          ["stage-web-acl", "error", "fail", 1],
        ],
      );
      const [first, , third] = results;
      assert.equal(first?.message.text, `Stage "${nasty}" is associated with no web ACL. Set \`webAclArn\`.`);
      assert.equal(first.locations[0]?.physicalLocation.artifactLocation.uri, "infra%20stack/Pulumi.yaml");
      assert.equal(first.locations[0].logicalLocations?.[0]?.fullyQualifiedName, urn(nasty));
      assert.equal(third?.locations[0]?.logicalLocations, undefined);
    });

    it("tells findings apart by fingerprints that stay the same", () => {
      const prints = read(judged).results.map((result) => result.partialFingerprints["gatehouse/v1"]);
      assert.equal(new Set(prints).size, prints.length);
      assert.deepEqual(
        read(judged).results.map((result) => result.partialFingerprints["gatehouse/v1"]),
        prints,
      );
    });

    it("puts many stacks into one run", () => {
      const { automationDetails, results } = read([...judged, { report, source: "/state/other.json" }]);
      assert.equal(automationDetails, undefined);
      assert.equal(results.length, 10);
      assert.equal(results[5]?.locations[0]?.physicalLocation.artifactLocation.uri, "file:///state/other.json");
    });
  });

  describe("JUnit", () => {
    const cases = (failOn: readonly string[]): { readonly suite: Element; readonly kinds: readonly string[] } => {
      const [suite, ...others] = parseXml(asJunit(judged, policies, (level) => failOn.includes(level))).children;
      assert.ok(suite && others.length === 0);
      const kinds = suite.children.map((one) => `${one.attributes["classname"]} ${one.children[0]?.name ?? "passed"}`);
      return { suite, kinds };
    };

    it("has a test case for every finding, and for every policy without", () => {
      const { suite, kinds } = cases(["mandatory"]);
      assert.deepEqual(kinds, [
        "stage-web-acl failure",
        "stage-tracing system-out",
        "stage-tracing skipped",
        "stage-web-acl skipped",
        "stage-web-acl skipped",
        "api-tls passed",
      ]);
      const counts = { tests: "6", failures: "1", errors: "0", skipped: "3" };
      assert.deepEqual(suite.attributes, { name: "shop (dev)", ...counts });
    });

    it("fails at the levels that make the command fail", () => {
      assert.deepEqual(cases(["mandatory", "advisory"]).kinds.slice(0, 2), [
        "stage-web-acl failure",
        "stage-tracing failure",
      ]);
      assert.deepEqual(cases([]).kinds.slice(0, 2), ["stage-web-acl system-out", "stage-tracing system-out"]);
    });

    it("holds any text", () => {
      const [failure] = cases(["mandatory"]).suite.children[0]?.children ?? [];
      const shown = '<b>|*x*]]>&"\ufffd\ufffd@all';
      assert.equal(failure?.attributes["message"], `Stage "${shown}" is associated with no web ACL.`);
      assert.ok(failure.text.includes(page));
    });
  });

  describe("Markdown", () => {
    const text = asMarkdown(judged, policies);

    it("names what blocks, the policy's page, and what was not judged", () => {
      assert.match(
        text,
        /^## Gatehouse: shop \(dev\) is blocked\n\n1 mandatory finding, 1 advisory, 1 unverified, 2 exempted; 5 resources\./,
      );
      assert.ok(
        text.includes(
          `- **advisory** [\`stage-tracing\`](${page}) (high): Stage "live" has X-Ray tracing off. Set \`xrayTracingEnabled: true\`.`,
        ),
      );
      assert.ok(text.includes("until 2030-12-31: Gone in \\| spring."));
      assert.match(text, /Not verified \(1\)/);
    });

    it("says once what several policies cannot verify for one reason", () => {
      const twice = asMarkdown([{ report: unverifiedTwice, source: "" }], policies);
      assert.ok(
        twice.includes(
          `- [\`api-tls\`](${page}), [\`stage-tracing\`](${page}): This stack has something that is not known yet.\n`,
        ),
      );
    });

    it("takes names for text, not for markup", () => {
      assert.doesNotMatch(text, /<b>|[^\\]\*x|@all/);
      assert.ok(text.includes("&lt;b&gt;\\|\\*x\\*\\]\\]&gt;&amp;"));
    });
  });

  describe("text", () => {
    it("says once what several policies cannot verify for one reason", () => {
      const text = asText(unverifiedTwice, false);
      assert.ok(text.includes("  This stack has something that is not known yet.\n    api-tls, stage-tracing\n"), text);
    });
  });

  describe("a baseline", () => {
    const exempted = (name: string): object => ({
      resource: urn(name),
      reason: "Found at first.",
      expires: "2030-12-31",
    });
    const made = { reason: "Found at first.", expires: "2030-12-31" };

    it("exempts each finding by its resource, each once", () => {
      assert.deepEqual(baselineOf([report, report], made), {
        "stage-tracing": { exemptions: [exempted("live")] },
        "stage-web-acl": { exemptions: [exempted(nasty)] },
      });
    });

    it("keeps what the configuration says", () => {
      const other = { resource: "orders", reason: "Only the tests call it." };
      const config = {
        all: "advisory",
        "stage-tracing": "mandatory",
        "stage-web-acl": { unknowns: "violation", exemptions: [other] },
      };
      assert.deepEqual(baselineOf([report], made, config), {
        all: "advisory",
        "stage-tracing": { enforcementLevel: "mandatory", exemptions: [exempted("live")] },
        "stage-web-acl": { unknowns: "violation", exemptions: [other, exempted(nasty)] },
      });
    });
  });
});
