import type { Subject } from "../model/subject";
import { globMatches } from "./glob";

/** An exemption as it stands in the configuration or on a tag. */
export interface Exemption {
  /** Glob on the URN, the resource's name or the API's name. */
  readonly resource: string;
  readonly reason: string;
  readonly expires?: string | undefined;
  /** Why it exempts nothing, if it does not. */
  readonly invalid?: string | undefined;
  readonly source: "configuration" | "tag";
}

const minimumReason = 10;
const isoDate = /^\d{4}-\d{2}-\d{2}$/;

function fault(reason: string, expires: string | undefined, today: string): string | undefined {
  if (reason.trim().length < minimumReason) return `its reason has fewer than ${String(minimumReason)} characters`;
  if (expires === undefined) return undefined;
  if (!isoDate.test(expires) || Number.isNaN(Date.parse(expires))) return "its date is not an ISO date (YYYY-MM-DD)";
  return expires < today ? `it expired on ${expires}` : undefined;
}

/** Reads `exemptions` of a policy's configuration, whatever is in it. */
export function readExemptions(config: unknown, today: string): Exemption[] {
  if (!Array.isArray(config)) return [];
  return config.map((entry: unknown): Exemption => {
    const record = typeof entry === "object" && entry !== null ? (entry as Readonly<Record<string, unknown>>) : {};
    const text = (key: string): string | undefined => (typeof record[key] === "string" ? record[key] : undefined);
    const resource = text("resource") ?? "";
    const reason = text("reason") ?? "";
    const expires = text("expires") ?? (record["expires"] === undefined ? undefined : "?");
    const invalid = resource === "" ? "it names no resource" : fault(reason, expires, today);
    return { resource, reason, expires, invalid, source: "configuration" };
  });
}

/** The exemption a tag `gatehouse-exempt/<policy>` speaks: a reason, and an optional `until <date>` at its end. */
export function tagExemption(subject: Subject, policy: string, today: string): Exemption | undefined {
  for (const [key, value] of subject.tags?.get() ?? []) {
    const text = value.get();
    if (key !== `gatehouse-exempt/${policy}` || text === undefined) continue;
    const until = text.lastIndexOf(" until ");
    const reason = until < 0 ? text : text.slice(0, until);
    const expires = until < 0 ? undefined : text.slice(until + " until ".length).trim();
    return { resource: subject.urn, reason, expires, invalid: fault(reason, expires, today), source: "tag" };
  }
  return undefined;
}

export function covers(exemption: Exemption, subject: Subject): boolean {
  if (exemption.resource === "") return false;
  return [subject.urn, ...subject.names].some((name) => globMatches(exemption.resource, name));
}
