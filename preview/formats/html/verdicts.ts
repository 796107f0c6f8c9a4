import type { PolicyInfo } from "../../analyzer";
import type { ApiMap, Row, Said } from "../../map";
import type { Exempted, Report, Unverified, Violation } from "../../report";

/** From the worst to the best; `unasked`: no policy of that topic looks at such a part. */
export const verdicts = ["blocks", "advises", "unverified", "exempted", "holds", "unasked"] as const;
export type Verdict = (typeof verdicts)[number];

/** Signs that tell verdicts without colour. */
export const signs: Readonly<Record<Verdict, string>> = {
  blocks: "✕",
  advises: "!",
  unverified: "?",
  exempted: "E",
  holds: "✓",
  unasked: "·",
};

export const words: Readonly<Record<Verdict, string>> = {
  blocks: "blocks",
  advises: "advisory",
  unverified: "not verified",
  exempted: "exempted",
  holds: "holds",
  unasked: "not asked",
};

/** What one policy says of one part of an API. */
export interface Mark {
  readonly policy: string;
  readonly verdict: Verdict;
  /** What is wrong and the fix; of what holds, the rule; of what is exempted, the reason. */
  readonly text: string;
}

/** What the policies of one topic say of one part. */
export interface Cell {
  readonly topic: string;
  readonly verdict: Verdict;
  readonly marks: readonly Mark[];
}

export interface GridRow {
  readonly part: Row;
  readonly cells: readonly Cell[];
  readonly verdict: Verdict;
}

export const capitalized = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

export const worst = (all: readonly Verdict[]): Verdict => verdicts.find((one) => all.includes(one)) ?? "unasked";

/** Finds what the report says of what the map places: a finding may be exempted, or its policy switched off. */
export class Verdicts {
  /** Topics in the order of the policies. */
  readonly topics: readonly string[];
  private readonly topicOf = new Map<string, string>();
  private readonly rules = new Map<string, string>();
  private readonly violations: ReadonlyMap<string, readonly Violation[]>;
  private readonly unverified: ReadonlyMap<string, readonly Unverified[]>;
  private readonly exempted: ReadonlyMap<string, readonly Exempted[]>;

  constructor(report: Report, policies: readonly PolicyInfo[]) {
    for (const { name, description, tags } of policies) {
      const [, topic] = tags;
      if (topic === undefined || topic === "governance") continue;
      this.topicOf.set(name, topic);
      this.rules.set(name, description);
    }
    this.topics = [...new Set(this.topicOf.values())];
    this.violations = byPlace(report.violations);
    this.unverified = byPlace(report.unverified);
    this.exempted = byPlace(report.exempted);
  }

  rowsOf(api: ApiMap): readonly GridRow[] {
    return [api, ...api.stages, ...api.routes].map((part) => this.row(part));
  }

  row(part: Row): GridRow {
    const marks = part.said.flatMap((said) => this.mark(said) ?? []);
    const cells = this.topics.map((topic): Cell => {
      const own = marks.filter(({ policy }) => this.topicOf.get(policy) === topic);
      const ordered = verdicts.flatMap((verdict) => own.filter((mark) => mark.verdict === verdict));
      return { topic, verdict: worst(own.map(({ verdict }) => verdict)), marks: ordered };
    });
    return { part, cells, verdict: worst(cells.map(({ verdict }) => verdict)) };
  }

  private mark({ policy, state, urn, says }: Said): Mark | undefined {
    const rule = this.rules.get(policy);
    if (rule === undefined) return undefined;
    if (state === "holds") return { policy, verdict: "holds", text: rule };
    const place = `${policy} ${urn}`;
    const violation = told(this.violations.get(place), says);
    if (violation) {
      return { policy, verdict: violation.level === "mandatory" ? "blocks" : "advises", text: violation.message };
    }
    const open = told(this.unverified.get(place), says);
    if (open) return { policy, verdict: "unverified", text: open.message };
    const [exemption] = this.exempted.get(place) ?? [];
    if (exemption === undefined) return undefined;
    const until = exemption.expires === undefined ? "" : `, until ${exemption.expires}`;
    return { policy, verdict: "exempted", text: `${says} Exempted${until}: ${exemption.reason}` };
  }
}

/** The one that says so. A resource that was looked at alone is named without its API. */
function told<T extends { readonly message: string }>(all: readonly T[] | undefined, says: string): T | undefined {
  const alone = says.replace(/ of (?:REST|HTTP|WebSocket) API "[^"]*"/, "");
  return [says, alone].map((text) => all?.find(({ message }) => message.startsWith(text))).find(Boolean) ?? all?.[0];
}

function byPlace<T extends { readonly policy: string; readonly urn: string }>(all: readonly T[]): Map<string, T[]> {
  const places = new Map<string, T[]>();
  for (const one of all) {
    const place = `${one.policy} ${one.urn}`;
    const there = places.get(place);
    if (there) there.push(one);
    else places.set(place, [one]);
  }
  return places;
}
