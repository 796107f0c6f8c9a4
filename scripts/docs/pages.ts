import * as fs from "node:fs";
import * as path from "node:path";
import ts from "typescript";
import { pageOf } from "../../policypack/core/policy";
import type { AnyPolicy, Example, Level, Topic } from "../../policypack/core/policy";
import peerRules from "./peer-rules.json";
import practices from "./practices.json";

/** A file of the documentation, by its path below the root of the repository. */
export interface Page {
  readonly file: string;
  readonly text: string;
}

/** Finds out what a policy says of an example: each message once, as a preview prints it. */
export type Say = (policy: AnyPolicy, example: Example) => Promise<readonly string[]>;

const root = path.join(__dirname, "..", "..");

/** What the pack serves that is no policy of a topic: it tells of the others. */
export const exemptionsInForce = {
  name: "exemptions-in-force",
  description: "Exemptions from API Gateway policies are seen by everyone.",
  level: "advisory",
  severity: "low",
  topic: "governance",
} as const;

/** All pages that are made of the policies. */
export async function pages(policies: readonly AnyPolicy[], say: Say): Promise<Page[]> {
  const made: Page[] = [];
  for (const policy of policies) {
    made.push({ file: `docs/policies/${policy.name}.md`, text: await policyPage(policy, say) });
  }
  made.push({ file: "docs/policies/README.md", text: index(policies) });
  made.push({ file: "docs/policies/exemptions-in-force.md", text: exemptionsPage() });
  made.push({ file: "docs/coverage.md", text: coverage(policies) });
  return made;
}

const notice = (source: string): string => `<!-- Made from ${source} by \`npm run docs\`; edit that. -->\n`;

const decided: Readonly<Record<AnyPolicy["where"], string>> = {
  R: "on the inputs of one resource, so it also stops an update before the resource is created",
  S: "on the whole stack, since it needs what resources are tied to",
  "R+S": "on the inputs of one resource where they suffice, else on the whole stack",
};

async function policyPage(policy: AnyPolicy, say: Say): Promise<string> {
  const source = `policypack/policies/${policy.topic}/${policy.name}.ts`;
  const programs = programsOf(path.join(root, source));
  const lines = [
    notice(source),
    `# ${policy.name}`,
    "",
    `**${policy.description}**`,
    "",
    `| level | severity | topic | decided |`,
    `| --- | --- | --- | --- |`,
    `| ${policy.level} | ${policy.severity} | [${policy.topic}](README.md#${policy.topic}) | ${decided[policy.where]} |`,
    "",
    "## Why",
    "",
    policy.why,
    "",
    "## Fix",
    "",
    policy.fix,
    "",
    "## Avoid",
    "",
  ];
  for (const example of policy.examples.fail) {
    lines.push(...program(example, programs));
    const said = await say(policy, example);
    lines.push(said.length === 1 ? "gives" : `gives ${String(said.length)} findings`, "");
    for (const message of said) lines.push(...quoted(message));
  }
  lines.push("## Prefer", "");
  for (const example of policy.examples.pass) lines.push(...program(example, programs));
  lines.push(...options(policy), ...exempt(policy));
  if (policy.remedy) {
    lines.push(
      "## Remediation",
      "",
      "At the enforcement level `remediate` the policy mends this by itself where the resource's own inputs suffice; an",
      "exempted resource stays as it is.",
      "",
    );
  }
  lines.push(...references(policy));
  return `${lines.join("\n").trimEnd()}\n`;
}

function program(example: Example, programs: ReadonlyMap<string, string>): string[] {
  const code = programs.get(example.title);
  if (code === undefined) throw new Error(`No program is found for the example "${example.title}".`);
  const title = example.title.charAt(0).toUpperCase() + example.title.slice(1);
  const setting = [
    ...(example.stack === undefined ? [] : [`in the stack \`${example.stack}\``]),
    ...(example.stackTags === undefined ? [] : [`with the stack tags \`${JSON.stringify(example.stackTags)}\``]),
    ...(example.config === undefined ? [] : [`with the configuration \`${JSON.stringify(example.config)}\``]),
  ];
  return [`### ${title}`, "", "```ts", code, "```", "", ...(setting.length > 0 ? [setting.join(", "), ""] : [])];
}

const quoted = (message: string): string[] => [...message.split("\n").map((line) => `> ${line}`.trimEnd()), ""];

function options(policy: AnyPolicy): string[] {
  const own = Object.entries(policy.options ?? {});
  if (own.length === 0) return [];
  return [
    "## Options",
    "",
    "| option | meaning | default |",
    "| --- | --- | --- |",
    ...own.map(([name, { schema, default: value }]) => {
      const written = value === undefined ? "none" : `\`${JSON.stringify(value)}\``;
      return `| \`${name}\` | ${cell(schema.description ?? "")} | ${cell(written)} |`;
    }),
    "",
    "And those of [every policy](README.md#options-of-every-policy).",
    "",
  ];
}

function exempt(policy: AnyPolicy): string[] {
  const config = {
    [policy.name]: {
      exemptions: [{ resource: "orders", reason: "say why, in 10 characters or more", expires: "2027-06-30" }],
    },
  };
  return [
    "## Exempt",
    "",
    "In the policy configuration, `resource` being a glob on the URN, the resource's name or the API's name:",
    "",
    "```json",
    JSON.stringify(config, undefined, 2),
    "```",
    "",
  ];
}

function references(policy: AnyPolicy): string[] {
  const frameworks = Object.entries(policy.frameworks ?? {});
  return [
    "## References",
    "",
    `- Serves ${policy.practice}.`,
    ...frameworks.map(([name, ids]) => `- ${name}: ${ids.join(", ")}.`),
    ...((policy.peers ?? []).length > 0 ? [`- Asked elsewhere by ${(policy.peers ?? []).join(", ")}.`] : []),
    "",
  ];
}

// The index

const topics: Readonly<Record<Topic, string>> = {
  authorization: "Who may call",
  throttling: "How much may be called",
  logging: "What is seen of it",
  waf: "What is kept out",
  isolation: "Production apart from the rest",
  validation: "What a request must look like",
  exposure: "From where, and to what",
  encryption: "TLS, certificates and caches",
  cors: "Which pages may call",
  secrets: "Credentials where they do not belong",
  lifecycle: "What is deployed, and how",
  governance: "The policies themselves",
};

function index(policies: readonly AnyPolicy[]): string {
  const sections = Object.entries(topics).map(([topic, says]) => {
    const own = [
      ...policies.filter((policy) => policy.topic === topic),
      ...(topic === exemptionsInForce.topic ? [exemptionsInForce] : []),
    ];
    if (own.length === 0) return [];
    return [
      `## ${topic}`,
      "",
      `${says}.`,
      "",
      "| policy | asks that | level | severity |",
      "| --- | --- | --- | --- |",
      ...own.map(
        ({ name, description, level, severity }) =>
          `| [${name}](${name}.md) | ${cell(description)} | ${level} | ${severity} |`,
      ),
      "",
    ];
  });
  const count = (level: Level): number => policies.filter((policy) => policy.level === level).length;
  return `${[
    notice("the policies"),
    "# Policies",
    "",
    `${String(policies.length + 1)} policies: ${String(count("mandatory"))} mandatory, ${String(count("advisory") + 1)} advisory by default. What cannot be known`,
    "at preview is said to be unverified; it never passes silently and never hides another finding.",
    "",
    ...sections.flat(),
    "## Options of every policy",
    "",
    "| option | meaning | default |",
    "| --- | --- | --- |",
    "| `enforcementLevel` | `advisory`, `mandatory`, `remediate` or `disabled` | the level above |",
    "| `exemptions` | a list of `{ resource, reason, expires }`: a glob on the URN, the resource's name or the API's name; why, in 10 characters or more; until when (ISO date) | none |",
    "| `unknowns` | `advisory` or `violation`: what to do with what cannot be known at preview | `advisory` |",
    "| `allowTagExemptions` | honour the tag `gatehouse-exempt/<policy>` on an API or a stage: the reason, and `until <date>` | `false` |",
  ].join("\n")}\n`;
}

function exemptionsPage(): string {
  return `${[
    notice("scripts/docs/pages.ts"),
    "# exemptions-in-force",
    "",
    `**${exemptionsInForce.description}**`,
    "",
    "| level | severity | topic |",
    "| --- | --- | --- |",
    `| ${exemptionsInForce.level} | ${exemptionsInForce.severity} | [governance](README.md#governance) |`,
    "",
    "## Why",
    "",
    "An exemption that nobody sees is never taken back.",
    "",
    "## What it says",
    "",
    "Of every exemption applied, at the resource it exempts: what it exempts, why and until when.",
    "",
    '> Stage "prod" of REST API "orders" is exempted from stage-web-acl until 2027-06-30: fronted by the partner\'s firewall',
    "",
    "Of every exemption that has expired, is malformed or matches nothing: that it exempts nothing.",
    "",
    `> The exemption of "billing" from stage-web-acl exempts nothing: it matches no finding. Take it out of the policy`,
    `> configuration. See ${pageOf(exemptionsInForce.name)}`,
    "",
    "## Options",
    "",
    "| option | meaning | default |",
    "| --- | --- | --- |",
    "| `warnDaysBeforeExpiry` | says of an exemption that it ends soon, from this many days before | `30` |",
  ].join("\n")}\n`;
}

// Coverage

interface PeerRule {
  readonly row: number;
  readonly topic: string;
  readonly rule: string;
  readonly policies?: readonly string[];
  readonly reason?: string;
  readonly peers: string;
}

function coverage(policies: readonly AnyPolicy[]): string {
  const names = policies.map((policy) => policy.name);
  const link = (name: string): string => {
    if (!names.includes(name)) throw new Error(`The coverage names ${name}, and there is no such policy.`);
    return `[${name}](policies/${name}.md)`;
  };
  const matching = (pattern: string): string[] =>
    pattern.endsWith("*") ? names.filter((name) => name.startsWith(pattern.slice(0, -1))) : [pattern];
  const practiceRows = practices.map(({ id, asks, topics: wanted, policies: named, components }) => {
    const serving = [
      ...policies.filter((policy) => wanted.includes(policy.topic)).map((policy) => policy.name),
      ...named.flatMap(matching),
    ];
    return `| ${id} | ${asks} | ${[...new Set(serving)].map(link).join(", ")} | ${components} |`;
  });
  const rules = (peerRules as readonly PeerRule[]).map(({ row, topic, rule, policies: by, reason, peers }) => {
    const answer = by ? by.map(link).join(", ") : `left out: ${reason ?? ""}`;
    return `| ${String(row)} | ${cell(topic)} | ${cell(rule)} | ${answer} | ${cell(peers)} |`;
  });
  return `${[
    notice("scripts/docs/practices.json, scripts/docs/peer-rules.json and the policies"),
    "# Coverage",
    "",
    "## Practices",
    "",
    "| practice | asks | policies | components |",
    "| --- | --- | --- | --- |",
    ...practiceRows,
    "",
    "Denial of service beyond what a rate-based rule and throttles hold is AWS Shield's: Shield Standard protects every",
    "API at no cost, Shield Advanced is a subscription of the account and protects CloudFront distributions in front of",
    "APIs, so it is not asked of a program.",
    "",
    "## Rules of other tools",
    "",
    `${String(rules.length)} rules of 30 scanners, each with the policy that asks it or the reason why none does.`,
    "",
    "| # | topic | fails when | here | there |",
    "| --- | --- | --- | --- | --- |",
    ...rules,
  ].join("\n")}\n`;
}

const cell = (text: string): string => text.replace(/(?<!\\)\|/g, "\\|").replace(/\s+/g, " ");

// Programs of examples, as they are written

/** The text of each example's program by the example's title. */
function programsOf(file: string): ReadonlyMap<string, string> {
  const source = ts.createSourceFile(file, fs.readFileSync(file, "utf8"), ts.ScriptTarget.ES2022, true);
  const found = new Map<string, string>();
  const visit = (node: ts.Node): void => {
    if (ts.isObjectLiteralExpression(node)) {
      const title = property(node, "title");
      const code = property(node, "program");
      if (title && ts.isStringLiteralLike(title) && code) found.set(title.text, bodyOf(code, source));
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

function property(object: ts.ObjectLiteralExpression, name: string): ts.Expression | undefined {
  for (const member of object.properties) {
    if (ts.isPropertyAssignment(member) && member.name.getText() === name) return member.initializer;
  }
  return undefined;
}

/** The statements of a function without its braces, at the left margin; a call of a helper as it stands. */
function bodyOf(code: ts.Expression, source: ts.SourceFile): string {
  if (!ts.isArrowFunction(code)) return code.getText(source);
  if (!ts.isBlock(code.body)) return `${code.body.getText(source)};`;
  const lines = source.text.slice(code.body.pos, code.body.end).trim().slice(1, -1).split("\n");
  const kept = lines.filter((line, index) => line.trim() !== "" || (index > 0 && index < lines.length - 1));
  const margin = Math.min(...kept.filter((line) => line.trim() !== "").map((line) => line.search(/\S/)));
  return kept.map((line) => line.slice(margin)).join("\n");
}
