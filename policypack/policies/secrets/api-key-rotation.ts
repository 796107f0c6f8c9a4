import { definePolicy, fault, option, unverified } from "../../core/policy";
import type { Outcome } from "../../core/policy";
import type { Graph } from "../../model/graph";
import { resourceSubject } from "../../model/subject";

const day = 24 * 60 * 60 * 1000;

/** The day of a date or of a point in time as ISO 8601 writes them; undefined of a day that no calendar has. */
function dayOf(text: string): string | undefined {
  const [, date] = /^(\d{4}-\d{2}-\d{2})(?:[T ].*)?$/.exec(text.trim()) ?? [];
  const time = date === undefined ? NaN : Date.parse(`${date}T00:00:00Z`);
  return Number.isNaN(time) || new Date(time).toISOString().slice(0, 10) !== date ? undefined : date;
}

/** What is wrong with the date by which a key is rotated. */
function wrong(written: string, tagKey: string, today: string, maxDays: number): string | undefined {
  const date = dayOf(written);
  if (date === undefined) return `has a tag "${tagKey}" that is no date`;
  if (date < today) return `should have been rotated by ${date}`;
  const days = Math.round((Date.parse(date) - Date.parse(today)) / day);
  return days > maxDays ? `is rotated only by ${date}, more than ${String(maxDays)} days from now` : undefined;
}

export const apiKeyRotation = definePolicy({
  name: "api-key-rotation",
  topic: "secrets",
  description: "API keys say by which day they are rotated, and are rotated by then.",
  why: "A key wanders: into logs, into clients that are no more in use, to people who have left. One that is never changed opens the API to all of them.",
  fix: "Issue a new key, move the clients to it, and tag it `rotate-by` with the date of the next rotation.",
  severity: "medium",
  level: "advisory",
  where: "R",
  practice: "practice 9: rotate and revoke credentials",
  frameworks: { "OWASP API Security Top 10": ["API2:2023"] },
  options: {
    tagKey: option(
      "The tag that holds the date, as 2026-08-24; case does not matter.",
      { type: "string", minLength: 1 },
      "rotate-by",
    ),
    maxDays: option("For how many days at most a key may be used from now on.", { type: "integer", minimum: 1 }, 90),
  },
  on: "stack",
  check: (graph: Graph, { options: { tagKey, maxDays }, today }): Outcome[] =>
    graph.of("apiKey").flatMap((key) => {
      // Nobody can call with a key that is switched off.
      if (key.bag.bool("enabled").is(false)) return [];
      const at = resourceSubject(key, `API key "${key.displayName()}"`);
      const tag = key.tag(tagKey);
      if (tag.isUnknown()) return [unverified("has tags that are not known yet", { at })];
      const written = tag.get();
      const fix = `Tag the key \`${tagKey}\` with the date by which it is rotated, at most ${String(maxDays)} days from now.`;
      if (written === undefined) return [fault("names no day by which it is rotated", { at, fix })];
      const says = wrong(written, tagKey, today, maxDays);
      return says === undefined ? [] : [fault(says, { at })];
    }),
  examples: {
    pass: [
      {
        title: "the key is rotated within a month",
        program: ({ aws }) => {
          const nextMonth = new Date(Date.now() + 30 * 24 * 60 * 60 * 1000).toISOString().slice(0, 10);
          new aws.apigateway.ApiKey("partner", { tags: { "rotate-by": nextMonth } });
        },
      },
      {
        title: "a tag of the organisation's own, in another case",
        config: { tagKey: "expires", maxDays: 400 },
        program: ({ aws }) => {
          const nextYear = new Date(Date.now() + 360 * 24 * 60 * 60 * 1000).toISOString();
          new aws.apigateway.ApiKey("partner", { tags: { Expires: nextYear } });
        },
      },
      {
        title: "a key that is switched off",
        program: ({ aws }) => {
          new aws.apigateway.ApiKey("partner", { enabled: false });
        },
      },
    ],
    fail: [
      {
        title: "no date at all",
        program: ({ aws }) => {
          new aws.apigateway.ApiKey("partner");
        },
      },
      {
        title: "the date has passed",
        program: ({ aws }) => {
          new aws.apigateway.ApiKey("partner", { tags: { "rotate-by": "2024-02-29" } });
        },
      },
      {
        title: "a date far off",
        program: ({ aws }) => {
          new aws.apigateway.ApiKey("partner", { tags: { "rotate-by": "2999-12-31" } });
        },
      },
      {
        title: "words in place of a date",
        program: ({ aws }) => {
          new aws.apigateway.ApiKey("partner", { tags: { "rotate-by": "next spring" } });
        },
      },
    ],
  },
});
