import { createHash } from "node:crypto";
import * as path from "node:path";
import type { PolicyInfo } from "../analyzer";
import type { Place } from "../report";
import { withoutLink } from "./judged";
import type { Judged } from "./judged";

type Json = Readonly<Record<string, unknown>>;

/** How bad GitHub's code scanning takes a finding to be, from 0 to 10. */
const securitySeverity: Readonly<Record<string, string>> = { critical: "9.5", high: "8.0", medium: "5.5", low: "3.0" };

/**
 * SARIF 2.1.0, as code scanning reads it. What is exempted is a suppressed result, what could not be verified one of the
 * kind `open`.
 */
export function asSarif(judged: readonly Judged[], policies: readonly PolicyInfo[], version: string): string {
  const indexes = new Map(policies.map((policy, index) => [policy.name, index]));
  const levels = new Map(policies.map((policy) => [policy.name, policy.level]));
  const result = (source: string, place: Place, level: string, message: string, more: Json = {}): Json => ({
    ruleId: place.policy,
    ...(indexes.has(place.policy) && { ruleIndex: indexes.get(place.policy) }),
    level,
    message: { text: message },
    locations: [
      {
        physicalLocation: { artifactLocation: { uri: uriOf(source) }, region: { startLine: 1 } },
        ...(place.urn !== "" && {
          logicalLocations: [{ name: place.name, fullyQualifiedName: place.urn, kind: "resource" }],
        }),
      },
    ],
    partialFingerprints: {
      "gatehouse/v1": createHash("sha256").update([place.policy, place.urn, message].join("\n")).digest("hex"),
    },
    ...more,
  });
  const results = judged.flatMap(({ report, source }) => [
    ...report.violations.map((one) => result(source, one, levelOf(one.level), withoutLink(one.message))),
    ...report.unverified.map((one) => result(source, one, "none", one.message, { kind: "open" })),
    ...report.exempted.map((one) =>
      result(source, one, levelOf(levels.get(one.policy)), exemptionOf(one.expires, one.reason), {
        suppressions: [{ kind: "external", status: "accepted", justification: one.reason }],
      }),
    ),
  ]);
  const [only, ...others] = judged;
  const log = {
    $schema: "https://json.schemastore.org/sarif-2.1.0.json",
    version: "2.1.0",
    runs: [
      {
        tool: {
          driver: {
            name: "gatehouse",
            semanticVersion: version,
            informationUri: "https://github.com/pulumi-gatehouse/gatehouse",
            rules: policies.map(rule),
          },
        },
        ...(only &&
          others.length === 0 && {
            automationDetails: { id: `gatehouse/${only.report.project}/${only.report.stack}/` },
          }),
        columnKind: "utf16CodeUnits",
        results,
      },
    ],
  };
  return `${JSON.stringify(log, undefined, 2)}\n`;
}

function rule(policy: PolicyInfo): Json {
  return {
    id: policy.name,
    shortDescription: { text: policy.description },
    help: { text: policy.fix },
    helpUri: policy.url,
    defaultConfiguration: { level: levelOf(policy.level) },
    properties: {
      tags: ["security", ...policy.tags],
      ...(securitySeverity[policy.severity] !== undefined && {
        "security-severity": securitySeverity[policy.severity],
      }),
    },
  };
}

const levelOf = (level: string | undefined): string => (level === "mandatory" ? "error" : "warning");

const exemptionOf = (expires: string | undefined, reason: string): string =>
  `Exempted${expires === undefined ? "" : ` until ${expires}`}: ${reason}`;

/** A reference that no character of a file's name can break. */
function uriOf(source: string): string {
  const absolute = path.isAbsolute(source);
  const parts = source.split(path.sep).map(encodeURIComponent).join("/");
  return absolute ? `file://${parts.startsWith("/") ? "" : "/"}${parts}` : parts;
}
