#!/usr/bin/env node
import { existsSync, readFileSync } from "node:fs";
import * as path from "node:path";
import { Command, CommanderError, InvalidArgumentError, Option } from "commander";
import { Analyzer } from "./analyzer";
import type { Diagnostic, PolicyInfo } from "./analyzer";
import { readState, stateFiles } from "./audit";
import { baselineOf } from "./baseline";
import { EmbeddedEngine } from "./engine";
import type { Registered } from "./engine";
import { Failure } from "./failure";
import { checkWritable, readJson, writeWhole } from "./files";
import { asHtml } from "./formats/html";
import { asJunit } from "./formats/junit";
import type { Judged } from "./formats/judged";
import { asMarkdown } from "./formats/markdown";
import { asSarif } from "./formats/sarif";
import { configFileOf, init, presets } from "./init";
import type { Preset } from "./init";
import { Cartographer } from "./map";
import type { ApiMap } from "./map";
import { endAll } from "./processes";
import { homeOf, isProject, loadProgram, run, runtimeOf } from "./program";
import type { Program } from "./program";
import type { Unknowns } from "./provider";
import { previewWithPulumi } from "./pulumi";
import { asText, report } from "./report";
import type { Report, Resource } from "./report";
import { suggestion } from "./suggest";
import { isRecord } from "./values";

const formats = ["text", "json", "sarif", "junit", "markdown", "html"] as const;

interface Asking {
  readonly policyPack?: string;
  readonly policyPackConfig?: string;
}

interface Reporting {
  readonly format: (typeof formats)[number];
  readonly out?: string;
  readonly failOn: "mandatory" | "advisory" | "never";
}

interface Previewing extends Asking {
  readonly stack: string;
  readonly config: readonly string[];
  readonly unknowns: Unknowns;
  readonly engine: "embedded" | "pulumi";
  readonly timeout: number;
}

interface Drawing {
  readonly format?: Reporting["format"];
}

/** What was judged, and the policies that were asked. */
interface Judgement {
  readonly judged: readonly Judged[];
  readonly policies: readonly PolicyInfo[];
}

const version = (
  JSON.parse(readFileSync(path.join(__dirname, "..", "..", "package.json"), "utf8")) as { version: string }
).version;

const tell = (line: string): void => {
  process.stderr.write(`${line}\n`);
};

/** The pack that ships with this command. */
function shippedPack(): string {
  const beside = path.join(__dirname, "..", "..", "policypack");
  if (existsSync(path.join(beside, "PulumiPolicy.yaml"))) return beside;
  return path.dirname(require.resolve("pulumi-gatehouse-policypack/package.json"));
}

function packConfig(file: string | undefined): Readonly<Record<string, unknown>> | undefined {
  if (file === undefined) return undefined;
  let content: unknown;
  try {
    content = readJson(file);
  } catch (error) {
    if (error instanceof SyntaxError) throw new Failure(`${file} is not JSON: ${error.message}. Correct it.`, 2);
    const missing = error instanceof Error && "code" in error && error.code === "ENOENT";
    throw new Failure(
      missing
        ? `${file} does not exist: name a policy configuration (JSON).`
        : `${file} cannot be read: name a policy configuration (JSON).`,
      2,
    );
  }
  if (!isRecord(content)) throw new Failure(`${file} is no policy configuration: write an object of policies.`, 2);
  return content;
}

async function boot(options: Asking, engine: string, dryRun: boolean): Promise<Analyzer> {
  const config = packConfig(options.policyPackConfig);
  const analyzer = await Analyzer.boot(options.policyPack ?? shippedPack(), engine, dryRun);
  if (config && options.policyPackConfig !== undefined) {
    try {
      await analyzer.configure(config, options.policyPackConfig);
    } catch (error) {
      analyzer.close();
      throw error;
    }
  }
  return analyzer;
}

async function preview(directory: string, options: Previewing & Drawing): Promise<Judgement> {
  const program = loadProgram(directory, options.stack, options.config, tell);
  const { resources, diagnostics, policies, apis } = await (options.engine === "pulumi"
    ? withPulumi(program, options)
    : embedded(program, options));
  const about = { version, project: program.project, stack: program.stack };
  const source = path.relative(process.cwd(), program.file);
  const judged = { report: report(about, resources, diagnostics, policies), source };
  return { judged: [{ ...judged, ...(apis && { apis }) }], policies };
}

interface Shown {
  readonly resources: readonly Resource[];
  readonly diagnostics: readonly Diagnostic[];
  readonly policies: readonly PolicyInfo[];
  readonly apis?: readonly ApiMap[] | undefined;
}

/** What draws the APIs for the one format that shows them. */
function cartographer({ format }: Drawing): Cartographer | undefined {
  return format === "html" ? new Cartographer(shippedPack()) : undefined;
}

/** Registers a program offline, the pack booting beside it, and judges what it registered. */
async function embedded(program: Program, options: Previewing & Drawing): Promise<Shown> {
  runtimeOf(program);
  const engine = new EmbeddedEngine({
    project: program.project,
    stack: program.stack,
    unknowns: options.unknowns,
    config: program.config,
    region: program.region,
    packages: homeOf(program),
    tell,
  });
  const address = await engine.start();
  const booting = boot(options, address, true);
  try {
    const [, analyzer] = await Promise.all([run(program, address, options.timeout, engine.errors), booting]);
    const diagnostics = await analyzer.judge(engine.registered);
    const apis = await cartographer(options)?.draw(engine.registered, packConfig(options.policyPackConfig));
    return { resources: engine.registered, diagnostics, policies: analyzer.policies, apis };
  } finally {
    engine.stop();
  }
}

/** Has the Pulumi CLI preview a program. What the pack is and whether its configuration fits is asked of the pack itself. */
async function withPulumi(program: Program, options: Previewing): Promise<Shown> {
  const engine = new EmbeddedEngine({ project: program.project, stack: program.stack, unknowns: "keep" });
  const analyzer = await boot(options, await engine.start(), true);
  analyzer.close();
  engine.stop();
  const { policies } = analyzer;
  const previewed = await previewWithPulumi(program, policies, {
    pack: options.policyPack ?? shippedPack(),
    packConfig: options.policyPackConfig,
    config: options.config,
    timeout: options.timeout,
    tell,
  });
  return { ...previewed, policies };
}

async function audit(paths: readonly string[], options: Asking & Drawing): Promise<Judgement> {
  const files = stateFiles(paths);
  const engine = new EmbeddedEngine({ project: "audit", stack: "audit", unknowns: "keep" });
  const analyzer = await boot(options, await engine.start(), false);
  const progress = process.stderr.isTTY && files.length > 10;
  const judged: Judged[] = [];
  const draws = cartographer(options);
  const config = packConfig(options.policyPackConfig);
  try {
    for (const [index, file] of files.entries()) {
      if (progress) process.stderr.write(`\r${String(index + 1)}/${String(files.length)} state files`);
      const state = readState(file);
      const resources: readonly Registered[] = state.resources;
      const diagnostics = await analyzer.judge(resources);
      const about = { version, project: state.project, stack: state.stack };
      const apis = await draws?.draw(resources, config);
      const one = { report: report(about, resources, diagnostics, analyzer.policies), source: file };
      judged.push({ ...one, ...(apis && { apis }) });
    }
  } finally {
    if (progress) process.stderr.write("\n");
    draws?.close();
    analyzer.close();
    engine.stop();
  }
  return { judged, policies: analyzer.policies };
}

/** One report of many, for a directory of states. */
function merge(reports: readonly Report[]): Report {
  const [first, ...rest] = reports;
  if (first === undefined) throw new Failure("There is nothing to report.", 3);
  if (rest.length === 0) return first;
  const sum = (of: (one: Report) => number): number => reports.reduce((total, one) => total + of(one), 0);
  const same = (of: (one: Report) => string): string =>
    reports.every((one) => of(one) === of(first)) ? of(first) : "multiple";
  return {
    ...first,
    project: same((one) => one.project),
    stack: same((one) => one.stack),
    resources: sum((one) => one.resources),
    violations: reports.flatMap((one) => one.violations),
    unverified: reports.flatMap((one) => one.unverified),
    exempted: reports.flatMap((one) => one.exempted),
    summary: {
      mandatory: sum((one) => one.summary.mandatory),
      advisory: sum((one) => one.summary.advisory),
      unverified: sum((one) => one.summary.unverified),
      exempted: sum((one) => one.summary.exempted),
      policies: first.summary.policies,
    },
  };
}

function rendered({ judged, policies }: Judgement, { format, failOn, out }: Reporting): string {
  const reports = judged.map((one) => one.report);
  switch (format) {
    case "json":
      return `${JSON.stringify(merge(reports), undefined, 2)}\n`;
    case "sarif":
      return asSarif(judged, policies, version);
    case "junit":
      return asJunit(
        judged,
        policies,
        (level) => failOn !== "never" && (level === "mandatory" || failOn === "advisory"),
      );
    case "markdown":
      return asMarkdown(judged, policies);
    case "html":
      return asHtml(judged, policies, version);
    case "text": {
      const color = out === undefined && process.stdout.isTTY && process.env["NO_COLOR"] === undefined;
      return reports.map((one) => asText(one, color)).join("\n");
    }
  }
}

function publish(judgement: Judgement, options: Reporting): number {
  const text = rendered(judgement, options);
  if (options.out === undefined) process.stdout.write(text);
  else writeWhole(options.out, text);
  const { mandatory, advisory } = merge(judgement.judged.map((one) => one.report)).summary;
  if (options.failOn === "never") return 0;
  return mandatory > 0 || (options.failOn === "advisory" && advisory > 0) ? 1 : 0;
}

interface BaselineOptions extends Previewing {
  readonly reason: string;
  readonly expires: string;
  readonly out?: string;
}

/** Writes a policy configuration that exempts what a program, or state, shows today. */
async function baseline(subjects: readonly string[], options: BaselineOptions): Promise<void> {
  const [first = "", ...others] = subjects;
  const isProgram = others.length === 0 && isProject(first);
  const { judged } = await (isProgram ? preview(first, options) : audit(subjects, options));
  const reports = judged.map((one) => one.report);
  const config = baselineOf(reports, options, packConfig(options.policyPackConfig));
  const text = `${JSON.stringify(config, undefined, 2)}\n`;
  if (options.out === undefined) process.stdout.write(text);
  else writeWhole(options.out, text);
  const findings = reports.flatMap((one) => one.violations).length;
  tell(`${String(findings)} ${findings === 1 ? "finding is" : "findings are"} exempted until ${options.expires}.`);
}

async function listed(options: { readonly policyPack?: string }): Promise<readonly PolicyInfo[]> {
  const engine = new EmbeddedEngine({ project: "list", stack: "list", unknowns: "keep" });
  const analyzer = await Analyzer.boot(options.policyPack ?? shippedPack(), await engine.start(), true);
  analyzer.close();
  engine.stop();
  return analyzer.policies;
}

function seconds(text: string): number {
  const value = Number(text);
  if (!Number.isFinite(value) || value <= 0) throw new InvalidArgumentError("Write a number of seconds above 0.");
  return value;
}

/** The stack's own name, of `organization/project/stack` too. */
function stackName(text: string): string {
  const name = text.split("/").at(-1) ?? "";
  if (!/^[A-Za-z0-9_.-]{1,100}$/.test(name)) {
    throw new InvalidArgumentError("Write letters, digits, hyphens, underscores and periods.");
  }
  return name;
}

/** A date that is not past, as `2030-12-31`. */
function date(text: string): string {
  const time = Date.parse(text);
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text) || Number.isNaN(time)) {
    throw new InvalidArgumentError("Write a date, as 2030-12-31.");
  }
  if (text < today()) throw new InvalidArgumentError("Write a date that is not past.");
  return text;
}

function reason(text: string): string {
  if (text.trim().length < 10) throw new InvalidArgumentError("Write at least 10 characters.");
  return text;
}

const today = (): string => new Date().toISOString().slice(0, 10);

function asking(command: Command): Command {
  return command
    .option("--policy-pack <dir>", "the policy pack to ask (default: the one that ships with this command)")
    .option(
      "--policy-pack-config <file>",
      "levels and options of policies, as `pulumi --policy-pack-config` takes them",
    );
}

function previewing(command: Command): Command {
  return command
    .option("--stack <name>", "the stack to preview", stackName, "dev")
    .option(
      "--config <key=value>",
      "configuration beside that of Pulumi.<stack>.yaml; may be repeated",
      (pair: string, list: string[]) => [...list, pair],
      [],
    )
    .addOption(
      new Option("--engine <engine>", "run the program offline, or have the Pulumi CLI preview it")
        .choices(["embedded", "pulumi"])
        .default("embedded"),
    )
    .addOption(
      new Option(
        "--unknowns <mode>",
        "give new resources plausible ids and ARNs, or keep them unknown as `pulumi preview` does",
      )
        .choices(["resolve", "keep"])
        .default("resolve"),
    )
    .option("--timeout <seconds>", "give the program up after so long", seconds, 300);
}

function reporting(command: Command): Command {
  return command
    .addOption(new Option("--format <format>", "how to report").choices(formats).default("text"))
    .option("--out <file>", "write the report to a file")
    .addOption(
      new Option("--fail-on <level>", "the findings that make the exit status 1")
        .choices(["mandatory", "advisory", "never"])
        .default("mandatory"),
    );
}

/** The Pulumi CLI resolves nothing. */
function checkEngine(command: Command): void {
  const { engine, unknowns } = command.opts<Previewing>();
  if (engine === "pulumi" && unknowns === "resolve" && command.getOptionValueSource("unknowns") === "cli") {
    throw new Failure("--unknowns resolve is what the embedded engine can do: leave out --engine pulumi.", 2);
  }
}

function commandLine(done: (code: number) => void): Command {
  const gatehouse = new Command("gatehouse")
    .description("Judges the API Gateway resources of Pulumi programs and stacks, offline.")
    .version(version)
    .exitOverride()
    .addHelpText(
      "after",
      "\nExit status: 0 nothing that fails; 1 findings that block; 2 wrong usage or configuration;\n3 the program or a state file could not be run or read.",
    );
  reporting(previewing(asking(gatehouse.command("preview"))))
    .argument("<program-dir>", "directory of the Pulumi program")
    .description("run a program offline, and judge what it would create")
    .action(async (directory: string, options: Previewing & Reporting, command: Command) => {
      checkEngine(command);
      if (options.out !== undefined) checkWritable(options.out);
      done(publish(await preview(directory, options), options));
    });
  reporting(asking(gatehouse.command("audit")))
    .argument("<state...>", "files written by `pulumi stack export`, or directories of them")
    .description("judge existing state")
    .action(async (paths: string[], options: Asking & Reporting) => {
      if (options.out !== undefined) checkWritable(options.out);
      done(publish(await audit(paths, options), options));
    });
  previewing(asking(gatehouse.command("baseline")))
    .argument("<subject...>", "directory of a Pulumi program, or what `gatehouse audit` takes")
    .description("write a policy configuration that exempts what is found today, until a date")
    .option("--out <file>", "write the configuration to a file")
    .option("--expires <date>", "the last day of the exemptions (default: 90 days from today)", date)
    .option(
      "--reason <text>",
      "the reason that the exemptions give",
      reason,
      `Found when Gatehouse began, on ${today()}.`,
    )
    .action(
      async (
        subjects: string[],
        options: Omit<BaselineOptions, "expires"> & { expires?: string },
        command: Command,
      ) => {
        checkEngine(command);
        if (options.out !== undefined) checkWritable(options.out);
        const in90Days = new Date(Date.now() + 90 * 24 * 60 * 60 * 1000).toISOString().slice(0, 10);
        await baseline(subjects, { ...options, expires: options.expires ?? in90Days });
        done(0);
      },
    );
  gatehouse
    .command("init")
    .argument("[program-dir]", "directory of the Pulumi program", ".")
    .description("write a policy configuration to begin with, beside Pulumi.yaml")
    .option("--policy-pack <dir>", "the policy pack to configure")
    .addOption(
      new Option("--preset <levels>", "the levels that the pack gives its policies, all mandatory, or all advisory")
        .choices(presets)
        .default("baseline"),
    )
    .action(async (directory: string, options: { readonly policyPack?: string; readonly preset: Preset }) => {
      const file = configFileOf(directory);
      process.stdout.write(init(file, options.preset, await listed(options), options.policyPack ?? shippedPack()));
      done(0);
    });
  gatehouse
    .command("list")
    .description("list the policies of a pack")
    .option("--policy-pack <dir>", "the policy pack to list")
    .addOption(new Option("--format <format>", "how to list").choices(["text", "json"]).default("text"))
    .action(async (options: { readonly policyPack?: string; readonly format: string }) => {
      const policies = await listed(options);
      const width = Math.max(...policies.map((policy) => policy.name.length));
      const text =
        options.format === "json"
          ? JSON.stringify(policies, undefined, 2)
          : policies
              .map(
                (one) =>
                  `${one.name.padEnd(width)}  ${one.level.padEnd(9)}  ${one.severity.padEnd(8)}  ${one.description}`,
              )
              .join("\n");
      process.stdout.write(`${text}\n`);
      done(0);
    });
  gatehouse
    .command("explain")
    .argument("<policy>", "name of a policy")
    .description("say what a policy asks, how to fix it and how to configure it")
    .option("--policy-pack <dir>", "the policy pack that has it")
    .action(async (name: string, options: { readonly policyPack?: string }) => {
      const policies = await listed(options);
      const policy = policies.find((candidate) => candidate.name === name);
      if (!policy) {
        const names = policies.map((candidate) => candidate.name);
        const meant = suggestion(name, names);
        throw new Failure(`There is no policy "${name}".${meant} Run \`gatehouse list\` for their names.`, 2);
      }
      process.stdout.write(explain(policy));
      done(0);
    });
  return gatehouse;
}

function explain(policy: PolicyInfo): string {
  const options = Object.entries(policy.options).map(([name, schema]) => {
    const { description = "", default: value } = isRecord(schema) ? schema : {};
    const fallback = value === undefined ? "" : ` (default ${JSON.stringify(value)})`;
    return `  ${name}: ${typeof description === "string" ? description : ""}${fallback}`;
  });
  return [
    `${policy.name}: ${policy.description}`,
    `Level ${policy.level}, severity ${policy.severity}.`,
    `Fix: ${policy.fix}`,
    ...(options.length > 0 ? ["Options:", ...options] : []),
    `See ${policy.url}`,
    "",
  ].join("\n");
}

async function main(): Promise<number> {
  let code = 0;
  try {
    await commandLine((result) => {
      code = result;
    }).parseAsync();
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    if (error instanceof Failure) {
      tell(error.message);
      return error.exitCode;
    }
    tell(`gatehouse failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    return 3;
  }
}

for (const [signal, code] of [
  ["SIGINT", 130],
  ["SIGTERM", 143],
] as const) {
  process.on(signal, () => {
    endAll();
    process.exit(code);
  });
}

void main().then((code) => {
  endAll();
  process.exitCode = code;
  // Standard output may be a pipe that still takes what was written; what keeps the process alive otherwise is ended.
  process.stdout.write("", () => {
    process.exit(code);
  });
});
