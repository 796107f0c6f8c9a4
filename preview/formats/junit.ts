import type { PolicyInfo } from "../analyzer";
import type { Place, Report } from "../report";
import { firstSentence } from "./judged";
import type { Judged } from "./judged";

interface Case {
  readonly suite: string;
  readonly name: string;
  /** The elements inside, as XML. */
  readonly inside: string;
  readonly kind: "passed" | "failed" | "skipped";
}

/**
 * JUnit's XML: a test suite for every stack, in it a test case for every finding and for every policy that finds
 * nothing. `fails` tells the levels at which a finding is a failure; others pass with a word on standard output. What is
 * exempted or could not be verified is skipped.
 */
export function asJunit(
  judged: readonly Judged[],
  policies: readonly PolicyInfo[],
  fails: (level: string) => boolean,
): string {
  const suites = judged.map(({ report }) => ({ name: `${report.project} (${report.stack})`, cases: casesOf(report) }));
  const lines = [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="gatehouse"${countsOf(suites.flatMap(({ cases }) => cases))}>`,
  ];
  for (const { name, cases } of suites) {
    lines.push(`  <testsuite name="${escaped(name)}"${countsOf(cases)}>`);
    for (const one of cases) {
      const start = `    <testcase classname="${escaped(one.suite)}" name="${escaped(one.name)}"`;
      lines.push(one.inside === "" ? `${start}/>` : `${start}>${one.inside}</testcase>`);
    }
    lines.push("  </testsuite>");
  }
  return `${[...lines, "</testsuites>"].join("\n")}\n`;

  function casesOf(report: Report): Case[] {
    const spoken = new Set(
      [...report.violations, ...report.unverified, ...report.exempted].map(({ policy }) => policy),
    );
    return [
      ...report.violations.map((one): Case => {
        const what = { suite: one.policy, name: firstSentence(one.message) };
        const text = escaped(`${one.message}\n${one.urn}`);
        const about = `message="${escaped(firstSentence(one.message))}" type="${escaped(one.level)}"`;
        return fails(one.level)
          ? { ...what, kind: "failed", inside: `<failure ${about}>${text}</failure>` }
          : { ...what, kind: "passed", inside: `<system-out>${text}</system-out>` };
      }),
      ...report.unverified.map((one) => skipped(one, one.message, `Not verified: ${one.message}`)),
      ...report.exempted.map((one) =>
        skipped(one, one.urn, `Exempted${one.expires === undefined ? "" : ` until ${one.expires}`}: ${one.reason}`),
      ),
      ...policies.flatMap(({ name, description }): Case[] =>
        spoken.has(name) ? [] : [{ suite: name, name: description, kind: "passed", inside: "" }],
      ),
    ];
  }
}

function skipped(place: Place, name: string, why: string): Case {
  return { suite: place.policy, name, kind: "skipped", inside: `<skipped message="${escaped(why)}"/>` };
}

function countsOf(cases: readonly Case[]): string {
  const count = (kind: Case["kind"]): string => String(cases.filter((one) => one.kind === kind).length);
  return ` tests="${String(cases.length)}" failures="${count("failed")}" errors="0" skipped="${count("skipped")}"`;
}

const entities: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

/** Text for XML, without the characters that XML 1.0 cannot hold. */
function escaped(text: string): string {
  return (
    text
      .replace(/\p{Surrogate}/gu, "\ufffd")
      // eslint-disable-next-line no-control-regex -- those are what is looked for
      .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, "\ufffd")
      .replace(/[&<>"]/g, (character) => entities[character] ?? character)
      .replace(/[\t\n\r]/g, (character) => `&#${String(character.charCodeAt(0))};`)
  );
}
