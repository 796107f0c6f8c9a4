import type { Report } from "./report";
import { isRecord } from "./values";

/** How an exemption of a baseline reads. */
export interface Baseline {
  readonly reason: string;
  /** The last day on which it holds, as `2030-12-31`. */
  readonly expires: string;
}

/**
 * A policy configuration that exempts what the reports find, each finding by its URN, beside what the configuration
 * says already.
 */
export function baselineOf(
  reports: readonly Report[],
  { reason, expires }: Baseline,
  config: Readonly<Record<string, unknown>> = {},
): Record<string, unknown> {
  const result: Record<string, unknown> = { ...config };
  const urns = new Map<string, Set<string>>();
  for (const { policy, urn } of reports.flatMap((report) => report.violations)) {
    if (urn === "" || policy === "exemptions-in-force") continue;
    urns.set(policy, (urns.get(policy) ?? new Set()).add(urn));
  }
  for (const [policy, found] of [...urns].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const written = config[policy];
    const own = isRecord(written) ? written : typeof written === "string" ? { enforcementLevel: written } : {};
    const exemptions: unknown[] = Array.isArray(own["exemptions"]) ? own["exemptions"] : [];
    result[policy] = {
      ...own,
      exemptions: [...exemptions, ...[...found].sort().map((resource) => ({ resource, reason, expires }))],
    };
  }
  return result;
}
