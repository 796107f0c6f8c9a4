import type { PolicyInfo } from "../analyzer";
import { count, together } from "../report";
import type { Place, Report, Violation } from "../report";
import { withoutLink } from "./judged";
import type { Judged } from "./judged";

/** Markdown for a comment on a pull request: what blocks first, by resource. */
export function asMarkdown(judged: readonly Judged[], policies: readonly PolicyInfo[]): string {
  const pages = new Map(policies.map((policy) => [policy.name, policy.url]));
  return judged.map(({ report }) => stack(report, pages)).join("\n");
}

function stack(report: Report, pages: ReadonlyMap<string, string>): string {
  const { mandatory, advisory, unverified, exempted } = report.summary;
  const policy = (name: string): string => {
    const page = pages.get(name);
    return page === undefined ? `\`${name}\`` : `[\`${name}\`](${page})`;
  };
  const lines = [
    `## Gatehouse: ${escaped(report.project)} (${escaped(report.stack)}) ${mandatory > 0 ? "is blocked" : "passes"}`,
    "",
    `${count(mandatory, "mandatory finding")}, ${String(advisory)} advisory, ${String(unverified)} unverified, ${String(exempted)} exempted; ${count(report.resources, "resource")}.`,
    "",
  ];
  for (const [first, ...rest] of byResource(report.violations)) {
    lines.push(`### ${escaped(first.name)} (\`${first.type.replaceAll("`", "'")}\`)`, "");
    for (const one of [first, ...rest]) {
      lines.push(`- **${one.level}** ${policy(one.policy)} (${one.severity}): ${prose(withoutLink(one.message))}`);
    }
    lines.push("");
  }
  const section = (title: string, items: readonly string[]): void => {
    if (items.length > 0) lines.push(`<details><summary>${title}</summary>`, "", ...items, "", "</details>", "");
  };
  section(
    `Not verified (${String(unverified)}): this cannot be known before the resources exist`,
    together(report.unverified).map(
      ({ message, policies }) => `- ${policies.map(policy).join(", ")}: ${prose(message)}`,
    ),
  );
  section(
    `Exempted (${String(exempted)})`,
    report.exempted.map(
      (one) =>
        `- ${policy(one.policy)}: ${escaped(one.name)}${one.expires === undefined ? "" : ` until ${one.expires}`}: ${escaped(one.reason)}`,
    ),
  );
  return lines.join("\n");
}

function byResource(violations: readonly Violation[]): readonly (readonly [Violation, ...Violation[]])[] {
  const groups = new Map<Place["urn"], [Violation, ...Violation[]]>();
  for (const one of violations) {
    const group = groups.get(one.urn);
    if (group) group.push(one);
    else groups.set(one.urn, [one]);
  }
  return [...groups.values()];
}

/** A message, whose words in backquotes are code. */
function prose(message: string): string {
  return message
    .split(/(`[^`\n]+`)/)
    .map((part, index) => (index % 2 === 1 ? part : escaped(part)))
    .join("");
}

/** Text that stays text: on one line, and with nothing that Markdown or HTML would read as markup. */
function escaped(text: string): string {
  return text
    .replace(/\s+/g, " ")
    .replace(/[\\`*_[\]#|~]/g, "\\$&")
    .replace(/&/g, "&amp;")
    .replace(/</g, "&lt;")
    .replace(/>/g, "&gt;")
    .replace(/@(?=\w)/g, "@\u200b");
}
