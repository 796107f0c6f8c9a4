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
  /** `Stage prod`, `GET /orders`. */
  readonly title: string;
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
  private readonly violations: Told<Violation>;
  private readonly unverified: Told<Unverified>;
  private readonly exempted: ReadonlyMap<string, Exempted>;

  constructor(report: Report, policies: readonly PolicyInfo[]) {
    for (const { name, description, tags } of policies) {
      const [, topic] = tags;
      if (topic === undefined || topic === "governance") continue;
      this.topicOf.set(name, topic);
      this.rules.set(name, description);
    }
    this.topics = [...new Set(this.topicOf.values())];
    this.violations = new Told(report.violations);
    this.unverified = new Told(report.unverified);
    this.exempted = new Map(report.exempted.map((one) => [placeOf(one.policy, one.urn), one]));
  }

  rowsOf(api: ApiMap): readonly GridRow[] {
    return [
      this.row(api, "The API itself"),
      ...api.stages.map((stage) => this.row(stage, `Stage ${stage.name}`)),
      ...api.routes.map((route) => this.row(route, route.key)),
    ];
  }

  private row(part: Row, title: string): GridRow {
    const marks = part.said.flatMap((said) => this.mark(said) ?? []);
    const cells = this.topics.map((topic): Cell => {
      const own = marks.filter(({ policy }) => this.topicOf.get(policy) === topic);
      const ordered = verdicts.flatMap((verdict) => own.filter((mark) => mark.verdict === verdict));
      return { topic, verdict: worst(own.map(({ verdict }) => verdict)), marks: ordered };
    });
    return { part, title, cells, verdict: worst(cells.map(({ verdict }) => verdict)) };
  }

  private mark({ policy, state, urn, says }: Said): Mark | undefined {
    const rule = this.rules.get(policy);
    if (rule === undefined) return undefined;
    if (state === "holds") return { policy, verdict: "holds", text: rule };
    const violation = this.violations.find(policy, urn, says);
    if (violation) {
      return { policy, verdict: violation.level === "mandatory" ? "blocks" : "advises", text: violation.message };
    }
    const open = this.unverified.find(policy, urn, says);
    if (open) return { policy, verdict: "unverified", text: open.message };
    const exemption = this.exempted.get(placeOf(policy, urn));
    if (exemption === undefined) return undefined;
    const until = exemption.expires === undefined ? "" : `, until ${exemption.expires}`;
    return { policy, verdict: "exempted", text: `${says} Exempted${until}: ${exemption.reason}` };
  }
}

const placeOf = (policy: string, urn: string): string => `${policy} ${urn}`;

/** Findings by what they say, however many one resource has. */
class Told<T extends { readonly policy: string; readonly urn: string; readonly message: string }> {
  private readonly bySentence = new Map<string, T>();
  private readonly first = new Map<string, T>();

  constructor(all: readonly T[]) {
    for (const one of all) {
      const place = placeOf(one.policy, one.urn);
      if (!this.first.has(place)) this.first.set(place, one);
      for (const { index } of one.message.matchAll(/\.(?= |$)/g)) {
        this.bySentence.set(`${place} ${one.message.slice(0, index + 1)}`, one);
      }
    }
  }

  /** The one that says so. A resource that was looked at alone is named without its API. */
  find(policy: string, urn: string, says: string): T | undefined {
    const place = placeOf(policy, urn);
    const alone = says.replace(/ of (?:REST|HTTP|WebSocket) API "[^"]*"/, "");
    return this.bySentence.get(`${place} ${says}`) ?? this.bySentence.get(`${place} ${alone}`) ?? this.first.get(place);
  }
}
