import { existsSync, readFileSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import * as path from "node:path";
import { parse } from "yaml";
import { Failure } from "./failure";
import { end, start } from "./processes";
import { isRecord } from "./values";

/** A Pulumi project as its files describe it. */
export interface Program {
  readonly directory: string;
  /** The file that describes it. */
  readonly file: string;
  readonly project: string;
  readonly stack: string;
  /** The language it is written in, by Pulumi's name. */
  readonly runtime: string;
  /** Where AWS resources are whose program and configuration say nothing of a region. */
  readonly region: string;
  /** What Pulumi's runtime is asked to run. */
  readonly main: string;
  readonly config: Readonly<Record<string, string>>;
  readonly secretKeys: readonly string[];
  readonly typescript: boolean;
  readonly tsconfig: string | undefined;
  /** What Node.js is given before the program (`nodeargs`). */
  readonly nodeArgs: readonly string[];
}

const projectFiles = ["Pulumi.yaml", "Pulumi.yml", "Pulumi.json"];

function projectFile(directory: string): string | undefined {
  return projectFiles.map((name) => path.join(directory, name)).find((candidate) => existsSync(candidate));
}

/** Whether a directory holds a Pulumi project. */
export function isProject(directory: string): boolean {
  return projectFile(directory) !== undefined;
}

function readYaml(file: string): Record<string, unknown> {
  let content: unknown;
  try {
    content = parse(readFileSync(file, "utf8"), { maxAliasCount: 100 });
  } catch (error) {
    const reason = error instanceof Error ? (error.message.split("\n")[0] ?? "") : "";
    throw new Failure(`${file} is not valid YAML: ${reason}`, 3);
  }
  if (!isRecord(content))
    throw new Failure(`${file} does not describe a project: write a mapping of keys and values.`, 3);
  return content;
}

/** Reads the project in a directory. `config` holds `key=value` pairs that win over files. */
export function loadProgram(
  directory: string,
  stack: string,
  config: readonly string[],
  tell: (line: string) => void,
): Program {
  const root = path.resolve(directory);
  if (!existsSync(root) || !statSync(root).isDirectory()) {
    throw new Failure(`${directory} is no directory: name the one that holds Pulumi.yaml.`, 3);
  }
  const file = projectFile(root);
  if (file === undefined)
    throw new Failure(`${directory} holds no Pulumi.yaml: name the directory of a Pulumi project.`, 3);
  const project = readYaml(file);
  const name = project["name"];
  if (typeof name !== "string" || name === "") throw new Failure(`${file} gives no name: add \`name:\`.`, 3);
  const runtime = isRecord(project["runtime"]) ? project["runtime"] : { name: project["runtime"] };
  if (typeof runtime["name"] !== "string") throw new Failure(`${file} gives no runtime: add \`runtime:\`.`, 3);
  const options = isRecord(runtime["options"]) ? runtime["options"] : {};
  const settings = configOf(root, name, stack, project, config, tell);
  return {
    directory: root,
    file,
    project: name,
    stack,
    runtime: runtime["name"],
    region:
      settings.config["aws:region"] ??
      process.env["AWS_REGION"] ??
      process.env["AWS_DEFAULT_REGION"] ??
      (settings.config["aws-native:region"] || "us-east-1"),
    main: typeof project["main"] === "string" ? path.resolve(root, project["main"]) : root,
    typescript: options["typescript"] !== false,
    tsconfig: typeof options["tsconfig"] === "string" ? path.resolve(root, options["tsconfig"]) : undefined,
    nodeArgs: typeof options["nodeargs"] === "string" ? words(options["nodeargs"]) : [],
    ...settings,
  };
}

/** The words of a command line, quoted or not. */
function words(text: string): string[] {
  return [...text.matchAll(/(?:"[^"]*"|'[^']*'|[^\s"'])+/g)].map(([word]) => word.replace(/["']/g, ""));
}

/** What a program is given for what only the key of its stack can read; the pack knows a secret by it. */
export const encryptedSecret = "gatehouse-placeholder-secret";

function configOf(
  root: string,
  project: string,
  stack: string,
  file: Readonly<Record<string, unknown>>,
  overrides: readonly string[],
  tell: (line: string) => void,
): { config: Record<string, string>; secretKeys: string[] } {
  const config: Record<string, string> = {};
  const secretKeys: string[] = [];
  const keyOf = (key: string): string => (key.includes(":") ? key : `${project}:${key}`);
  const textOf = (value: unknown): string => (typeof value === "string" ? value : JSON.stringify(value));
  const declared = isRecord(file["config"]) ? file["config"] : {};
  for (const [key, value] of Object.entries(declared)) {
    const fallback = isRecord(value) ? (value["value"] ?? value["default"]) : value;
    if (fallback !== undefined) config[keyOf(key)] = textOf(fallback);
  }
  const stackFile = ["yaml", "yml"]
    .map((end_) => path.join(root, `Pulumi.${stack}.${end_}`))
    .find((name) => existsSync(name));
  const written = stackFile === undefined ? {} : readYaml(stackFile)["config"];
  for (const [key, value] of Object.entries(isRecord(written) ? written : {})) {
    if (isRecord(value) && "secure" in value) {
      config[keyOf(key)] = encryptedSecret;
      secretKeys.push(keyOf(key));
    } else config[keyOf(key)] = textOf(value);
  }
  if (secretKeys.length > 0) {
    tell(`${path.basename(stackFile ?? "")} holds encrypted values; the offline preview uses placeholders for them.`);
  }
  for (const pair of overrides) {
    const equals = pair.indexOf("=");
    if (equals <= 0) throw new Failure(`--config ${pair}: write key=value.`, 2);
    config[keyOf(pair.slice(0, equals))] = pair.slice(equals + 1);
  }
  return { config, secretKeys };
}

/** The directory that the program runs in, and finds its packages from. */
export function homeOf(program: Program): string {
  return existsSync(program.main) && statSync(program.main).isDirectory() ? program.main : path.dirname(program.main);
}

/** Where Pulumi's Node.js runtime is that the program has installed. */
export function runtimeOf(program: Program): string {
  if (program.runtime !== "nodejs") {
    throw new Failure(
      `${program.directory} asks for the runtime ${JSON.stringify(program.runtime)}: the offline preview runs nodejs programs. Add \`--engine pulumi\` to have the Pulumi CLI run it.`,
      3,
    );
  }
  let manifest: string;
  try {
    manifest = createRequire(path.join(homeOf(program), "noop.js")).resolve("@pulumi/pulumi/package.json");
  } catch {
    throw new Failure(`${program.directory} has no @pulumi/pulumi installed: run \`npm install\` there.`, 3);
  }
  const { version } = JSON.parse(readFileSync(manifest, "utf8")) as { version: string };
  const [major = 0, minor = 0] = version.replace(/^v/, "").split(".").map(Number);
  if (major !== 3 || minor < 100) {
    throw new Failure(
      `${manifest} is version ${version}: the offline preview needs @pulumi/pulumi 3.100 or newer (3.x).`,
      3,
    );
  }
  return path.dirname(manifest);
}

/** Runs the program against an engine. Rejects with a {@link Failure} when it fails or does not end in time. */
export async function run(
  program: Program,
  address: string,
  timeoutSeconds: number,
  errors: readonly string[],
): Promise<void> {
  const runtime = runtimeOf(program);
  const args = [
    ...program.nodeArgs,
    path.join(runtime, "cmd", "run"),
    `--monitor=${address}`,
    `--engine=${address}`,
    `--project=${program.project}`,
    `--stack=${program.stack}`,
    "--organization=organization",
    `--root-directory=${program.directory}`,
    `--pwd=${homeOf(program)}`,
    "--parallel=16",
    "--dry-run",
    program.main,
  ];
  const child = start(args, {
    cwd: program.directory,
    env: {
      // Programs that ask for the region fail where there is none, as a provider would.
      AWS_REGION: program.region,
      ...process.env,
      PULUMI_CONFIG: JSON.stringify(program.config),
      PULUMI_CONFIG_SECRET_KEYS: JSON.stringify(program.secretKeys),
      PULUMI_NODEJS_TYPESCRIPT: String(program.typescript),
      ...(program.tsconfig !== undefined && { PULUMI_NODEJS_TSCONFIG_PATH: program.tsconfig }),
      PULUMI_NODEJS_PROJECT: program.project,
      PULUMI_NODEJS_STACK: program.stack,
      PULUMI_NODEJS_DRY_RUN: "true",
      NODE_NO_WARNINGS: "1",
    },
  });
  let output = "";
  const keep = (chunk: Buffer): void => {
    output = (output + chunk.toString("utf8")).slice(-20000);
  };
  child.stdout?.on("data", keep);
  child.stderr?.on("data", keep);
  const clock = { late: false };
  const timer = setTimeout(() => {
    clock.late = true;
    end(child);
  }, timeoutSeconds * 1000);
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
  });
  clearTimeout(timer);
  if (clock.late) {
    throw new Failure(
      `The program in ${program.directory} did not end within ${String(timeoutSeconds)} seconds; raise --timeout or find what keeps it running.`,
      3,
    );
  }
  if (code !== 0 || errors.length > 0) {
    const said = [...new Set([...errors, output].map((text) => withoutColor(text).trim()))].filter(
      (text) => text !== "",
    );
    if (said.length === 0) said.push("It did not say why.");
    throw new Failure(
      `The program in ${program.directory} failed${code === null || code === 0 ? "" : ` (exit code ${String(code)})`}:\n${said.join("\n")}`,
      3,
    );
  }
}

/** The runtime colours errors, whoever reads them. */
function withoutColor(text: string): string {
  // eslint-disable-next-line no-control-regex -- that is what is looked for
  return text.replace(/\u001b\[[0-9;]*m/g, "");
}
