import { globMatches } from "../core/glob";

/** Names by which environments are told, as globs on words. */
export interface EnvironmentPatterns {
  readonly production: readonly string[];
  readonly nonProduction: readonly string[];
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

export interface EnvironmentSource {
  readonly source: "stage tag" | "stage name" | "stack tag" | "stack name";
  readonly value: string;
}

export interface Environment {
  readonly kind: "production" | "nonProduction" | "none";
  /** The word that told it, in lower case: `dev`, `pr-12`. */
  readonly name?: string;
  readonly toldBy?: EnvironmentSource;
  /** Two sources of which one says production and the other does not. */
  readonly contradiction?: { readonly a: EnvironmentSource; readonly b: EnvironmentSource };
}

export interface EnvironmentSources {
  readonly tag?: { readonly key: string; readonly value: string };
  readonly stageName?: string;
  readonly stackTags?: ReadonlyMap<string, string>;
  readonly stackName?: string;
}

interface Reading {
  readonly kind: "production" | "nonProduction";
  readonly name: string;
}

/** The environment that these names tell, the first that says anything before the others. */
export function environmentOf(sources: EnvironmentSources, patterns: EnvironmentPatterns): Environment {
  const candidates: EnvironmentSource[] = [];
  if (sources.tag) candidates.push({ source: "stage tag", value: sources.tag.value });
  if (sources.stageName !== undefined) candidates.push({ source: "stage name", value: sources.stageName });
  const stackTag = tagOf(sources.stackTags, patterns.tagKeys);
  if (stackTag !== undefined) candidates.push({ source: "stack tag", value: stackTag });
  if (sources.stackName !== undefined) candidates.push({ source: "stack name", value: sources.stackName });

  const told = candidates.flatMap((source) => {
    const reading = readEnvironment(source.value, patterns);
    return reading ? [{ source, reading }] : [];
  });
  const [first] = told;
  if (first === undefined) return { kind: "none" };
  const opposite = told.find(({ reading }) => reading.kind !== first.reading.kind);
  return {
    ...first.reading,
    toldBy: first.source,
    ...(opposite && { contradiction: { a: first.source, b: opposite.source } }),
  };
}

function tagOf(tags: ReadonlyMap<string, string> | undefined, keys: readonly string[]): string | undefined {
  for (const wanted of keys) {
    for (const [key, value] of tags?.entries() ?? []) {
      if (key.toLowerCase() === wanted.toLowerCase()) return value;
    }
  }
  return undefined;
}

/** `orders-prod-eu` says production; `products`, `v1` and `$default` say nothing; `pre-prod` is not production. */
export function readEnvironment(text: string, patterns: EnvironmentPatterns): Reading | undefined {
  const words = wordsOf(text);
  // Two words that name one environment together come before the words alone.
  const joined = words.map((word, index) => (word === "pre" || word === "non" ? `${word}${words[index + 1] ?? ""}` : word));
  const spans = words.map((word, index) => ({ word, rest: words.slice(index).join("-"), joined: joined[index] ?? word }));
  const match = (globs: readonly string[], word: string): boolean => globs.some((glob) => globMatches(glob, word, true));
  for (const span of spans) {
    if (span.joined !== span.word && match(patterns.nonProduction, span.joined)) {
      return { kind: "nonProduction", name: span.joined };
    }
  }
  for (const span of spans) {
    const spread = patterns.nonProduction.filter((glob) => glob.includes("*"));
    if (match(spread, span.rest)) return { kind: "nonProduction", name: span.rest };
    if (match(patterns.nonProduction, span.word)) return { kind: "nonProduction", name: span.word };
    if (match(patterns.production, span.word)) return { kind: "production", name: span.word };
    if (match(patterns.production.filter((glob) => glob.includes("*")), span.rest)) {
      return { kind: "production", name: span.rest };
    }
  }
  return undefined;
}

function wordsOf(text: string): string[] {
  return text
    .slice(0, 200)
    .replace(/([a-z0-9])([A-Z])/g, "$1-$2")
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== "");
}

const synonyms: Readonly<Record<string, string>> = {
  production: "prod",
  prd: "prod",
  live: "prod",
  development: "dev",
  testing: "test",
  stage: "staging",
};

/** Equal for two names of one environment. */
export function environmentKey(environment: Environment): string | undefined {
  return environment.name === undefined ? undefined : (synonyms[environment.name] ?? environment.name);
}
