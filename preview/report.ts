import pc from "picocolors";
import type { Diagnostic, PolicyInfo } from "./analyzer";

/** What a report must know of a resource. */
export interface Resource {
  readonly urn: string;
  readonly type: string;
  readonly name: string;
}

export interface Place {
  readonly policy: string;
  readonly urn: string;
  readonly type: string;
  readonly name: string;
}

export interface Violation extends Place {
  readonly level: string;
  readonly severity: string;
  readonly message: string;
}

export interface Unverified extends Place {
  readonly message: string;
}

export interface Exempted extends Place {
  readonly reason: string;
  readonly expires?: string;
}

/** What `--format json` prints. */
export interface Report {
  readonly tool: "gatehouse";
  readonly version: string;
  readonly project: string;
  readonly stack: string;
  readonly resources: number;
  readonly violations: readonly Violation[];
  readonly unverified: readonly Unverified[];
  readonly exempted: readonly Exempted[];
  readonly summary: {
    readonly mandatory: number;
    readonly advisory: number;
    readonly unverified: number;
    readonly exempted: number;
    readonly policies: number;
  };
}

const cannotRun = /^can't run policy '[^']*' from policy pack '[^']*' during preview: /;
const exemption = /^(.*?) is exempted from (\S+?)(?: until (\d{4}-\d{2}-\d{2})(?:, which is soon)?)?: (.*)$/s;

/** Puts together what the policies said of one stack. */
export function report(
  about: { readonly version: string; readonly project: string; readonly stack: string },
  resources: readonly Resource[],
  diagnostics: readonly Diagnostic[],
  policies: readonly PolicyInfo[],
): Report {
  const byUrn = new Map(resources.map((resource) => [resource.urn, resource]));
  const placeOf = (policy: string, urn: string): Place => {
    const resource = byUrn.get(urn);
    return { policy, urn, type: resource?.type ?? "", name: resource?.name ?? urn.split("::").at(-1) ?? "" };
  };
  const violations: Violation[] = [];
  const unverified: Unverified[] = [];
  const exempted: Exempted[] = [];
  for (const diagnostic of diagnostics) {
    const { policy, level, severity, urn } = diagnostic;
    if (cannotRun.test(diagnostic.message)) {
      for (const line of diagnostic.message.replace(cannotRun, "").split("\n")) {
        const at = / \[(urn:[^\]]*)\]$/.exec(line)?.[1];
        const message = at === undefined ? line : line.slice(0, -at.length - 3);
        unverified.push({ ...placeOf(policy, at ?? urn), message });
      }
      continue;
    }
    const message = diagnostic.message.startsWith(`${diagnostic.description}\n`)
      ? diagnostic.message.slice(diagnostic.description.length + 1)
      : diagnostic.message;
    const told = policy === "exemptions-in-force" ? exemption.exec(message) : null;
    if (told) {
      const [, , from = "", expires, reason = ""] = told;
      exempted.push({ ...placeOf(from, urn), reason, ...(expires !== undefined && { expires }) });
    } else violations.push({ ...placeOf(policy, urn), level, severity, message });
  }
  const order = (a: Place, b: Place): number => compare(a.urn, b.urn) || compare(a.policy, b.policy);
  violations.sort((a, b) => compare(b.level, a.level) || order(a, b) || compare(a.message, b.message));
  unverified.sort((a, b) => order(a, b) || compare(a.message, b.message));
  exempted.sort(order);
  return {
    tool: "gatehouse",
    ...about,
    resources: resources.length,
    violations,
    unverified,
    exempted,
    summary: {
      mandatory: violations.filter((violation) => violation.level === "mandatory").length,
      advisory: violations.filter((violation) => violation.level !== "mandatory").length,
      unverified: unverified.length,
      exempted: exempted.length,
      policies: policies.length,
    },
  };
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** What several policies cannot verify for one and the same reason. */
export interface Together {
  readonly message: string;
  readonly policies: readonly string[];
}

/** Takes together what is said of one resource in the same words, in the order in which it was said first. */
export function together(unverified: readonly Unverified[]): readonly Together[] {
  const groups = new Map<string, { readonly message: string; readonly policies: string[] }>();
  for (const { urn, message, policy } of unverified) {
    const key = `${urn} ${message}`;
    const group = groups.get(key);
    if (group) group.policies.push(policy);
    else groups.set(key, { message, policies: [policy] });
  }
  return [...groups.values()];
}

/** The report as a person reads it. `color` only for a terminal. */
export function asText(result: Report, color: boolean): string {
  // Left to itself the library colours what a CI job prints.
  const paint = color ? pc.createColors(true) : pc.createColors(false);
  const lines: string[] = [];
  const heading = (place: Place): string => `${paint.bold(place.name)} ${paint.dim(place.type)}`;
  const groups = new Map<string, Violation[]>();
  for (const violation of result.violations)
    groups.set(violation.urn, [...(groups.get(violation.urn) ?? []), violation]);
  for (const [first, ...rest] of [...groups.values()]) {
    if (!first) continue;
    lines.push(heading(first));
    for (const violation of [first, ...rest]) {
      const mark = violation.level === "mandatory" ? paint.red("mandatory") : paint.yellow("advisory ");
      lines.push(`  ${mark}  ${paint.bold(violation.policy)} (${violation.severity})`, `    ${violation.message}`);
    }
    lines.push("");
  }
  if (result.unverified.length > 0) {
    lines.push("Not verified: this cannot be known before the resources exist.");
    for (const { message, policies } of together(result.unverified)) {
      lines.push(`  ${message}`, `    ${paint.cyan(policies.join(", "))}`);
    }
    lines.push("");
  }
  if (result.exempted.length > 0) {
    lines.push("Exempted:");
    for (const item of result.exempted) {
      lines.push(
        `  ${item.policy}  ${item.name}${item.expires === undefined ? "" : ` until ${item.expires}`}: ${item.reason}`,
      );
    }
    lines.push("");
  }
  const { mandatory, advisory, unverified, exempted, policies } = result.summary;
  const counts = `${String(advisory)} advisory, ${String(unverified)} unverified, ${String(exempted)} exempted; ${count(result.resources, "resource")}, ${count(policies, "policy", "policies")}.`;
  const subject = `${result.project} (${result.stack})`;
  lines.push(
    mandatory > 0
      ? `${subject}: ${paint.red(paint.bold(`blocked by ${count(mandatory, "mandatory finding")}`))}, ${counts}`
      : `${subject}: ${paint.green(paint.bold("passes"))}, ${counts}`,
  );
  return `${lines.join("\n")}\n`;
}

export function count(number: number, one: string, many = `${one}s`): string {
  return `${String(number)} ${number === 1 ? one : many}`;
}
