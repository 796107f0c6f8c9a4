import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { parse, stringify } from "yaml";
import type { Diagnostic, PolicyInfo } from "./analyzer";
import { Failure } from "./failure";
import { end, startCommand } from "./processes";
import { encryptedSecret } from "./program";
import type { Program } from "./program";
import type { Resource } from "./report";
import { isRecord } from "./values";

export interface PulumiOptions {
  /** Directory of the policy pack. */
  readonly pack: string;
  /** File with the pack's configuration. */
  readonly packConfig: string | undefined;
  /** `key=value` pairs that win over the stack's configuration. */
  readonly config: readonly string[];
  /** Seconds after which the preview is given up. */
  readonly timeout: number;
  /** A line for the person who runs the preview. */
  readonly tell: (line: string) => void;
}

/** What a preview by the Pulumi CLI showed. */
export interface Previewed {
  readonly resources: readonly Resource[];
  readonly diagnostics: readonly Diagnostic[];
}

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The CLI's events that count here: it prints one to a line. */
interface EngineEvent {
  readonly policyEvent?: {
    readonly resourceUrn?: string;
    readonly policyName: string;
    readonly message: string;
    readonly enforcementLevel: string;
  };
  readonly resourcePreEvent?: {
    readonly metadata: { readonly op: string; readonly urn: string; readonly type: string };
  };
  readonly diagnosticEvent?: { readonly severity: string; readonly message: string };
  readonly summaryEvent?: object;
}

/** What the CLI does of resources that are there afterwards. */
const kept = new Set(["create", "same", "update", "replace", "create-replacement", "import", "import-replacement"]);

/**
 * Previews a program with the Pulumi CLI. Where the user is logged in to a backend that has the stack, that stack is
 * previewed; else the program is previewed as new, in a backend of its own that is removed afterwards. Neither the
 * user's state nor the project's files are written.
 */
export async function previewWithPulumi(
  program: Program,
  policies: readonly PolicyInfo[],
  options: PulumiOptions,
): Promise<Previewed> {
  const workspace = mkdtempSync(path.join(tmpdir(), "gatehouse-pulumi-"));
  try {
    const { stdout: version } = await pulumi(["version"], program.directory, {}, 60);
    const existing = await existingStack(program);
    const written = stackConfig(program);
    const backend = path.join(workspace, "state");
    const env =
      existing === undefined
        ? {
            PULUMI_BACKEND_URL: `file://${backend}`,
            PULUMI_CONFIG_PASSPHRASE: "gatehouse",
            PULUMI_CONFIG_PASSPHRASE_FILE: undefined,
          }
        : {};
    options.tell(
      existing === undefined
        ? `Pulumi ${version.trim()} previews ${program.project} as a new stack: no backend that you are logged in to has a stack "${program.stack}" of it.`
        : `Pulumi ${version.trim()} previews the stack ${existing}.`,
    );
    let config = written;
    if (existing === undefined) {
      mkdirSync(backend);
      config = { ...withoutEncryption(written), ...(await newStack(program, path.join(workspace, "project"), env)) };
    }
    const configFile = path.join(workspace, `Pulumi.${program.stack}.yaml`);
    writeFileSync(configFile, stringify(config));
    const ended = await pulumi(
      [
        ...["preview", "--json", "--non-interactive", "--color", "never"],
        ...["--stack", existing ?? program.stack, "--config-file", configFile],
        ...options.config.flatMap((pair) => ["--config", pair]),
        ...["--policy-pack", path.resolve(options.pack)],
        ...(options.packConfig === undefined ? [] : ["--policy-pack-config", path.resolve(options.packConfig)]),
      ],
      program.directory,
      // Events as they come, of previews too.
      { ...env, PULUMI_ENABLE_STREAMING_JSON_PREVIEW: "true" },
      options.timeout,
    );
    return readEvents(ended, program, policies);
  } finally {
    rmSync(workspace, { recursive: true, force: true });
  }
}

/** The name of the stack in the backend that the user is logged in to; undefined where there is none. */
async function existingStack(program: Program): Promise<string | undefined> {
  const { code: stranger } = await pulumi(["whoami", "--non-interactive"], program.directory, {}, 60);
  if (stranger !== 0) return undefined;
  const { code, stdout } = await pulumi(["stack", "ls", "--json", "--non-interactive"], program.directory, {}, 60);
  if (code !== 0) return undefined;
  const stacks = JSON.parse(stdout) as readonly { readonly name: string }[];
  return stacks.map(({ name }) => name).find((name) => name.split("/").at(-1) === program.stack);
}

/** Makes the stack in a project of its own, so that nothing is written beside the user's. Returns its encryption keys. */
async function newStack(
  program: Program,
  directory: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<Readonly<Record<string, unknown>>> {
  mkdirSync(directory);
  writeFileSync(path.join(directory, "Pulumi.yaml"), stringify({ name: program.project, runtime: program.runtime }));
  const { code, stderr } = await pulumi(["stack", "init", program.stack, "--non-interactive"], directory, env, 60);
  if (code !== 0) throw new Failure(`The Pulumi CLI could not make a temporary stack: ${stderr.trim()}`, 3);
  const file = path.join(directory, `Pulumi.${program.stack}.yaml`);
  const made: unknown = existsSync(file) ? parse(readFileSync(file, "utf8")) : {};
  return isRecord(made) ? made : {};
}

function stackConfig(program: Program): Readonly<Record<string, unknown>> {
  const file = ["yaml", "yml"]
    .map((end_) => path.join(program.directory, `Pulumi.${program.stack}.${end_}`))
    .find((name) => existsSync(name));
  const content: unknown = file === undefined ? {} : parse(readFileSync(file, "utf8"));
  return isRecord(content) ? content : {};
}

/** Without what only the stack's own key can read. */
function withoutEncryption(config: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const plain = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(plain);
    if (!isRecord(value)) return value;
    if (typeof value["secure"] === "string") return encryptedSecret;
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, plain(item)]));
  };
  return { config: plain(config["config"] ?? {}) };
}

function readEvents(ended: Ended, program: Program, policies: readonly PolicyInfo[]): Previewed {
  const byName = new Map(policies.map((policy) => [policy.name, policy]));
  const resources = new Map<string, Resource>();
  const diagnostics: Diagnostic[] = [];
  const errors: string[] = [];
  let whole = false;
  for (const line of ended.stdout.split("\n").filter((text) => text.startsWith("{"))) {
    const { policyEvent, resourcePreEvent, diagnosticEvent, summaryEvent } = JSON.parse(line) as EngineEvent;
    if (summaryEvent) whole = true;
    if (diagnosticEvent?.severity === "error") errors.push(diagnosticEvent.message.trim());
    if (resourcePreEvent && kept.has(resourcePreEvent.metadata.op)) {
      const { urn, type } = resourcePreEvent.metadata;
      resources.set(urn, { urn, type, name: urn.split("::").slice(3).join("::") });
    }
    const policy = policyEvent && byName.get(policyEvent.policyName);
    if (policy) {
      diagnostics.push({
        policy: policy.name,
        description: policy.description,
        message: policyEvent.message.trimEnd(),
        level: policyEvent.enforcementLevel === "mandatory" ? "mandatory" : "advisory",
        severity: policy.severity,
        urn: policyEvent.resourceUrn ?? "",
      });
    }
  }
  const real = errors.filter((message) => message !== "preview failed");
  if (real.length > 0 || !whole) {
    const said = real.length > 0 ? [...new Set(real)].join("\n") : `${ended.stderr}\n${ended.stdout}`.trim();
    throw new Failure(`The Pulumi CLI could not preview the program in ${program.directory}:\n${said}`, 3);
  }
  return { resources: [...resources.values()], diagnostics };
}

/** Runs the CLI. Rejects with a {@link Failure} where there is none, or where it does not end in time. */
async function pulumi(
  args: readonly string[],
  cwd: string,
  env: Readonly<Record<string, string | undefined>>,
  timeoutSeconds: number,
): Promise<Ended> {
  const child = startCommand("pulumi", args, {
    cwd,
    env: { ...process.env, PULUMI_SKIP_UPDATE_CHECK: "true", ...env },
  });
  let stdout = "";
  let stderr = "";
  child.stdout?.on("data", (chunk: Buffer) => (stdout += chunk.toString("utf8")));
  child.stderr?.on("data", (chunk: Buffer) => (stderr += chunk.toString("utf8")));
  const clock = { late: false };
  const timer = setTimeout(() => {
    clock.late = true;
    end(child);
  }, timeoutSeconds * 1000);
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once("error", (error: NodeJS.ErrnoException) => {
      const said =
        error.code === "ENOENT"
          ? "--engine pulumi: the Pulumi CLI is not on the PATH. Install it, or leave the option out to preview offline."
          : `--engine pulumi: the Pulumi CLI does not start: ${error.message}`;
      reject(new Failure(said, 2));
    });
    child.once("close", resolve);
  }).finally(() => {
    clearTimeout(timer);
  });
  if (clock.late) {
    throw new Failure(
      `pulumi ${args[0] ?? ""} did not end within ${String(timeoutSeconds)} seconds; raise --timeout.`,
      3,
    );
  }
  return { code, stdout, stderr };
}
