import { spawn } from "node:child_process";
import {
  accessSync,
  appendFileSync,
  constants,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import aws from "@pulumi/aws/package.json";
import { root } from "../support/command";
import type { Ended } from "../support/command";

/** What languages make beside programs. */
const made = new Set(["node_modules", "sdks", "venv", "__pycache__"]);

/** How the test provider answers a preview: with what is known only, or with every property. */
export type Manner = "old" | "new";

/** Why tests with the real engine and programs in these languages cannot run here, or undefined where they can. */
export function missing(...languages: readonly string[]): string | undefined {
  const wanted = ["pulumi", ...languages.map((language) => `pulumi-language-${language}`)];
  const absent = wanted.filter((name) => !isOnPath(name));
  return absent.length === 0 ? undefined : `${absent.join(" and ")} not found on the PATH`;
}

function isOnPath(name: string): boolean {
  return (process.env["PATH"] ?? "").split(path.delimiter).some((directory) => {
    try {
      accessSync(path.join(directory, name), constants.X_OK);
      return directory !== "";
    } catch {
      return false;
    }
  });
}

/**
 * A copy of a program, and of what lies beside it, with the provider of these tests as its `aws`, and the real Pulumi
 * CLI with a home and a state backend of its own: nothing of the user's is read or written.
 *
 * @example
 * const workspace = await Workspace.open("examples/insecure-orders", "prod");
 * const { stdout } = await workspace.pulumi("preview", "--json");
 * workspace.close();
 */
export class Workspace {
  /** The copy of the program. */
  readonly program: string;

  private constructor(
    private readonly directory: string,
    program: string,
    private readonly stack: string,
  ) {
    this.program = path.join(directory, "programs", path.basename(program));
  }

  static async open(program: string, stack: string): Promise<Workspace> {
    const workspace = new Workspace(mkdtempSync(path.join(tmpdir(), "gatehouse-engine-")), program, stack);
    try {
      mkdirSync(path.join(workspace.directory, "state"));
      cpSync(path.join(root, path.dirname(program)), path.dirname(workspace.program), {
        recursive: true,
        filter: (file) => !made.has(path.basename(file)),
      });
      symlinkSync(path.join(root, "node_modules"), path.join(workspace.directory, "node_modules"), "dir");
      const provider = JSON.stringify({ name: "aws", path: path.join(root, "tests", "provider") });
      appendFileSync(path.join(workspace.program, "Pulumi.yaml"), `plugins:\n  providers:\n    - ${provider}\n`);
      await workspace.pulumi({}, "stack", "init", stack);
      return workspace;
    } catch (error) {
      workspace.close();
      throw error;
    }
  }

  /**
   * Copies the components where programs name them as a package, `../../components`: the CLI writes beside what it finds
   * there. What they import they find where the program does.
   */
  addComponents(): void {
    const own = new Set(["node_modules", "bin"]);
    cpSync(path.join(root, "components"), path.join(this.directory, "components"), {
      recursive: true,
      filter: (file) => !own.has(path.basename(file)),
    });
  }

  /** Makes an SDK of the components for a language, in a directory of the workspace, which it returns. */
  async sdk(language: string): Promise<string> {
    const { version } = aws;
    // Outside of projects the CLI looks for providers where it installs them.
    const plugin = this.file(path.join("home", "plugins", `resource-aws-v${version}`));
    mkdirSync(plugin, { recursive: true });
    const script = `#!/bin/sh\nexec "${path.join(root, "tests", "provider", "pulumi-resource-aws")}" "$@"\n`;
    writeFileSync(path.join(plugin, "pulumi-resource-aws"), script, { mode: 0o755 });
    const golden = readFileSync(path.join(root, "tests", "components", "schema.json"), "utf8");
    const schema = this.write("schema.json", JSON.parse(golden.replaceAll("/aws/vX/", `/aws/v${version}/`)));
    const out = this.file("sdks");
    await this.pulumi({}, "package", "gen-sdk", schema, "--language", language, "--out", out);
    return path.join(out, language);
  }

  /** Runs the CLI in the program, and fails unless it ends with one of these codes. */
  async pulumi(
    options: {
      readonly manner?: Manner;
      readonly env?: Readonly<Record<string, string | undefined>>;
      /** @default [0] */
      readonly codes?: readonly number[];
    },
    ...args: readonly string[]
  ): Promise<Ended> {
    const { manner = "new", env = {}, codes = [0] } = options;
    const ended = await this.start([...args, "--non-interactive", "--color", "never"], {
      ...env,
      GATEHOUSE_TEST_OUTPUTS: manner,
    });
    if (!codes.includes(ended.code ?? -1)) {
      throw new Error(
        `pulumi ${args.join(" ")} ended with ${ended.code}:\n${ended.stdout.slice(-2000)}${ended.stderr.slice(-2000)}`,
      );
    }
    return ended;
  }

  /** A path for a file of this workspace. */
  file(name: string): string {
    return path.join(this.directory, name);
  }

  write(name: string, content: unknown): string {
    writeFileSync(this.file(name), JSON.stringify(content));
    return this.file(name);
  }

  read(name: string): unknown {
    return JSON.parse(readFileSync(this.file(name), "utf8"));
  }

  /** The environment variables with which the CLI keeps to this workspace. */
  environment(): Readonly<Record<string, string | undefined>> {
    return {
      PULUMI_HOME: this.file("home"),
      PULUMI_BACKEND_URL: `file://${this.file("state")}`,
      PULUMI_STACK: this.stack,
      PULUMI_CONFIG_PASSPHRASE: "tests",
      PULUMI_CONFIG_PASSPHRASE_FILE: undefined,
      PULUMI_ACCESS_TOKEN: undefined,
      PULUMI_SKIP_UPDATE_CHECK: "true",
      PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
      // Events as they come, of previews too.
      PULUMI_ENABLE_STREAMING_JSON_PREVIEW: "true",
      // Types are checked elsewhere.
      PULUMI_NODEJS_TRANSPILE_ONLY: "true",
    };
  }

  close(): void {
    rmSync(this.directory, { recursive: true, force: true });
  }

  private start(args: readonly string[], env: Readonly<Record<string, string | undefined>>): Promise<Ended> {
    const child = spawn("pulumi", args, {
      cwd: this.program,
      env: { ...process.env, ...this.environment(), ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let stdout = "";
    let stderr = "";
    child.stdout.on("data", (chunk: Buffer) => (stdout += chunk.toString("utf8")));
    child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString("utf8")));
    return new Promise((resolve, reject) => {
      child.once("error", reject);
      child.once("close", (code) => resolve({ code, stdout, stderr }));
    });
  }
}
