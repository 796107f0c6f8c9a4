import { globMatches } from "../core/glob";

/** Names by which environments are told, as globs on words. */
export interface EnvironmentPatterns {
  /** `prod` is the whole word; `eu-live` are two words in a row; `blue-*` is a word with anything after it. */
  readonly production: readonly string[];
  readonly nonProduction: readonly string[];
  /** Keys of the tags that name an environment, the first before the others; case does not matter. */
  readonly tagKeys: readonly string[];
}

export const defaultProduction: readonly string[] = ["prod", "production", "live", "prd"];

export const defaultNonProduction: readonly string[] = [
  "dev",
  "development",
  "test",
  "testing",
  "qa",
  "uat",
  "sit",
  "stage",
  "staging",
  "sandbox",
  "preview",
  "demo",
  "nonprod",
  "preprod",
  "pr-*",
  "preview-*",
];

export const defaultTagKeys: readonly string[] = ["environment", "env", "stage"];

export const defaultEnvironmentPatterns: EnvironmentPatterns = {
  production: defaultProduction,
  nonProduction: defaultNonProduction,
  tagKeys: defaultTagKeys,
};

/** Something that tells an environment, and what it says. */
export interface EnvironmentSource {
  readonly source: "stage tag" | "stage name" | "stack tag" | "stack name";
  /** As written: `orders-prod-eu`. */
  readonly value: string;
}

export interface Environment {
  readonly kind: "production" | "nonProduction" | "none";
  /** In lower case and one spelling for one environment: `prod`, `dev`, `staging`, `pr-12`. */
  readonly name?: string;
  readonly toldBy?: EnvironmentSource;
  /** Two sources of which one says production and the other does not; `a` is the one that was believed. */
  readonly contradiction?: { readonly a: EnvironmentSource; readonly b: EnvironmentSource };
}

export interface EnvironmentSources {
  /** The stage's tag, of those in `tagKeys`. */
  readonly tag?: { readonly key: string; readonly value: string };
  readonly stageName?: string;
  readonly stackTags?: ReadonlyMap<string, string> | Readonly<Record<string, string>>;
  readonly stackName?: string;
}

/** What one name says. */
export interface EnvironmentReading {
  readonly kind: "production" | "nonProduction";
  /** As in {@link Environment}. */
  readonly name: string;
  /** The words that say it, in lower case: `production`, `pre-prod`. */
  readonly words: string;
}

/** Part of the names of stages for what they are: `stage`, `api-stage`. It means staging only where nothing else tells. */
const noun = "stage";

/** The environment that these sources tell; the first that says anything is believed. */
export function environmentOf(sources: EnvironmentSources, patterns: EnvironmentPatterns): Environment {
  const candidates: EnvironmentSource[] = [];
  if (sources.tag !== undefined) candidates.push({ source: "stage tag", value: sources.tag.value });
  const { stageName } = sources;
  const named: EnvironmentSource[] = stageName === undefined ? [] : [{ source: "stage name", value: stageName }];
  const weak = stageName !== undefined && isNoun(stageName, patterns);
  if (!weak) candidates.push(...named);
  for (const value of tagValues(sources.stackTags, patterns.tagKeys)) candidates.push({ source: "stack tag", value });
  if (sources.stackName !== undefined) candidates.push({ source: "stack name", value: sources.stackName });

  if (weak && !candidates.some(({ value }) => readEnvironment(value, patterns))) candidates.push(...named);

  const told = candidates.flatMap((source) => {
    const reading = readEnvironment(source.value, patterns);
    return reading === undefined ? [] : [{ source, reading }];
  });
  const [first] = told;
  if (first === undefined) return { kind: "none" };
  const opposite = told.find(({ reading }) => reading.kind !== first.reading.kind);
  const { kind, name } = first.reading;
  return {
    kind,
    name,
    toldBy: first.source,
    ...(opposite !== undefined && { contradiction: { a: first.source, b: opposite.source } }),
  };
}

/** A stage's name tells an environment by the word `stage` alone. */
function isNoun(stageName: string, patterns: EnvironmentPatterns): boolean {
  if (readEnvironment(stageName, patterns)?.words !== noun) return false;
  const others = wordsOf(stageName.slice(0, maximumLength), false).filter((word) => word !== noun);
  return readEnvironment(others.join("-"), patterns) === undefined;
}

/** Equal for two names of one environment, as all of production is; undefined where nothing tells it. */
export function environmentKey({ kind, name }: Environment): string | undefined {
  return kind === "production" ? "production" : name;
}

function tagValues(tags: EnvironmentSources["stackTags"], keys: readonly string[]): string[] {
  if (tags === undefined) return [];
  // The SDK hands out a frozen look-alike of a map, which is no `Map`.
  const entries: (readonly [string, string])[] = Symbol.iterator in tags ? [...tags] : Object.entries(tags);
  return keys.flatMap((wanted) =>
    entries.filter(([key]) => key.toLowerCase() === wanted.toLowerCase()).map(([, value]) => value),
  );
}

/** Words of a name that match something, from `start` up to, not including, `end`. */
interface Match {
  /** `neither`: `non-dev`, which says only what it is not. */
  readonly kind: "production" | "nonProduction" | "neither";
  readonly start: number;
  readonly end: number;
  readonly name: string;
}

/**
 * What one name says: `orders-prod-eu` and `ordersProd` say production; `products`, `v1` and `$default` say nothing;
 * `pre-prod` is not production, since a match inside a longer one does not count. Of two that remain, production is
 * the stricter reading.
 */
export function readEnvironment(text: string, patterns: EnvironmentPatterns): EnvironmentReading | undefined {
  const words = wordsOf(text.slice(0, maximumLength), false);
  const production = compile(patterns.production);
  const nonProduction = compile(patterns.nonProduction);
  const matches: Match[] = [
    ...matchesOf(words, production, "production"),
    ...matchesOf(words, nonProduction, "nonProduction"),
    ...negations(words, production, nonProduction),
  ];
  const standing = matches.filter(
    (match) =>
      !matches.some(
        (other) =>
          other.start <= match.start && other.end >= match.end && other.end - other.start > match.end - match.start,
      ),
  );
  for (const kind of ["production", "nonProduction"] as const) {
    const [match] = standing.filter((candidate) => candidate.kind === kind);
    if (match !== undefined) {
      return { kind, name: match.name, words: words.slice(match.start, match.end).join("-") };
    }
  }
  return undefined;
}

/**
 * Whether a name has a word, or words in a row, that a glob matches: `orders-internal` and `internalOrders` have
 * `internal`; `international` and `non-internal` do not.
 */
export function hasWord(text: string, patterns: readonly string[]): boolean {
  return readEnvironment(text, { production: patterns, nonProduction: [], tagKeys: [] })?.kind === "production";
}

/** Longer than any tag, stage or stack name may be. */
const maximumLength = 512;

type Pattern = readonly string[];

const compiled = new WeakMap<readonly string[], readonly Pattern[]>();

/** The words of every pattern; `pre-prod` is also `preprod`. */
function compile(patterns: readonly string[]): readonly Pattern[] {
  let known = compiled.get(patterns);
  if (known === undefined) {
    known = patterns.flatMap((pattern): Pattern[] => {
      const words = wordsOf(pattern, true);
      const [first = "", second = "", ...more] = words;
      if (words.length === 0) return [];
      return prefixes.has(first) && second !== "" && more.length === 0 ? [words, [first + second]] : [words];
    });
    compiled.set(patterns, known);
  }
  return known;
}

const prefixes: ReadonlySet<string> = new Set(["pre", "non", "not"]);

/** In lower case, split at separators, at capitals and before a number; a glob keeps its wildcards. */
function wordsOf(text: string, glob: boolean): string[] {
  return text
    .split(/(?<=[\p{Ll}\p{N}])(?=\p{Lu})|(?<=\p{Lu})(?=\p{Lu}\p{Ll})/u)
    .flatMap((part) => part.toLowerCase().split(glob ? /[^\p{L}\p{N}*?]+/u : /[^\p{L}\p{N}]+/u))
    .filter((word) => word !== "")
    .flatMap((word) => {
      // `dev2` is a numbered `dev`, and `v2` a version.
      const [, letters, number] = /^(\p{L}+)(\p{N}+)$/u.exec(word) ?? [];
      return letters === undefined || number === undefined ? [word] : [letters, number];
    });
}

function matchesOf(
  words: readonly string[],
  patterns: readonly Pattern[],
  kind: "production" | "nonProduction",
): Match[] {
  return words.flatMap((word, start) => {
    const runs = patterns.flatMap((pattern): Match[] => {
      const end = runEnd(words, start, pattern);
      return end === undefined ? [] : [{ kind, start, end, name: nameOf(words.slice(start, end), pattern) }];
    });
    // `pre-prod` is the word `preprod`.
    const next = words[start + 1];
    if (prefixes.has(word) && next !== undefined && says(word + next, patterns)) {
      runs.push({ kind, start, end: start + 2, name: spelling(word + next) });
    }
    return runs;
  });
}

/** Where a run of words that a pattern matches ends. A star that stands alone at the end takes all the rest. */
function runEnd(words: readonly string[], start: number, pattern: Pattern): number | undefined {
  const spread = pattern[pattern.length - 1] === "*";
  if (start + pattern.length > words.length) return undefined;
  if (!pattern.every((glob, index) => globMatches(glob, words[start + index] ?? ""))) return undefined;
  return spread ? words.length : start + pattern.length;
}

function says(word: string, patterns: readonly Pattern[]): boolean {
  return patterns.some(([glob, ...more]) => glob !== undefined && more.length === 0 && globMatches(glob, word));
}

/** `pre` and `non` before a name of production make it another environment, whatever the patterns list. */
function negations(
  words: readonly string[],
  production: readonly Pattern[],
  nonProduction: readonly Pattern[],
): Match[] {
  const listed = (word: string): boolean => says(word, production) || says(word, nonProduction);
  return words.flatMap((word, start): Match[] => {
    const next = words[start + 1];
    if (prefixes.has(word) && next !== undefined) {
      return listed(word + next) ? [] : negated(word, next, start, start + 2, production, nonProduction);
    }
    const prefix = word.slice(0, 3);
    if (!prefixes.has(prefix) || listed(word)) return [];
    return negated(prefix, word.slice(3), start, start + 1, production, nonProduction);
  });
}

function negated(
  prefix: string,
  word: string,
  start: number,
  end: number,
  production: readonly Pattern[],
  nonProduction: readonly Pattern[],
): Match[] {
  if (says(word, production)) return [{ kind: "nonProduction", start, end, name: spelling(prefix + word) }];
  if (!says(word, nonProduction)) return [];
  return [{ kind: prefix === "pre" ? "nonProduction" : "neither", start, end, name: spelling(prefix + word) }];
}

const number = /^\p{N}+$/u;

/** `pr-12` of `pr-12-fix-login`; `pr-fix-login` has no number to end at. */
function nameOf(matched: readonly string[], pattern: Pattern): string {
  if (pattern.length === 1) return spelling(matched[0] ?? "");
  const after = matched[pattern.length - 1] ?? "";
  const kept = number.test(after) ? matched.slice(0, pattern.length) : matched;
  return kept.join("-");
}

const spellings: ReadonlyMap<string, string> = new Map([
  ["production", "prod"],
  ["prd", "prod"],
  ["live", "prod"],
  ["development", "dev"],
  ["testing", "test"],
  ["stage", "staging"],
]);

function spelling(word: string): string {
  const prefix = word.slice(0, 3);
  if (prefixes.has(prefix) && spellings.has(word.slice(3)))
    return spelling(`${prefix}${spellings.get(word.slice(3)) ?? ""}`);
  if (word === "notprod") return "nonprod";
  return spellings.get(word) ?? word;
}
