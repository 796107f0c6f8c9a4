import { spawn } from "node:child_process";
import * as path from "node:path";

export const root = path.join(__dirname, "..", "..");

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the command as a process, in the repository's root. */
export function gatehouse(...args: readonly string[]): Promise<Ended> {
  return gatehouseWith({}, ...args);
}

/** The same with other environment variables. */
export function gatehouseWith(
  env: Readonly<Record<string, string | undefined>>,
  ...args: readonly string[]
): Promise<Ended> {
  const command = path.join(root, "preview", "bin", "main.js");
  const child = spawn(process.execPath, [command, ...args], { cwd: root, env: { ...process.env, ...env } });
  let stdout = "";
  let stderr = "";
  child.stdout.on("data", (chunk: Buffer) => (stdout += chunk.toString("utf8")));
  child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString("utf8")));
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => resolve({ code, stdout, stderr }));
  });
}
