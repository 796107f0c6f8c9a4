import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import * as path from "node:path";
import { promisify } from "node:util";
import { root } from "./command";

const run = promisify(execFile);

/** Runs a program. Returns what it printed; fails unless it ends well. */
export async function output(command: string, ...args: readonly string[]): Promise<string> {
  return (await run(command, [...args])).stdout;
}

/** The Python of a virtual environment. */
export const pythonIn = (environment: string): string =>
  path.join(environment, process.platform === "win32" ? "Scripts/python.exe" : "bin/python");

/**
 * A virtual environment with what a file of requirements lists, made once and kept beside the packages of Node.js. Fails
 * where there is no Python, or no index to install from.
 */
export async function environmentWith(requirements: string): Promise<string> {
  const digest = createHash("sha256").update(readFileSync(requirements)).digest("hex").slice(0, 12);
  const directory = path.join(root, "node_modules", ".cache", `python-${digest}`);
  const done = path.join(directory, "installed");
  if (existsSync(done)) return directory;
  try {
    await run("python3", ["-m", "venv", directory]);
    const quickly = ["--quiet", "--disable-pip-version-check", "--retries", "0", "--timeout", "20"];
    await run(pythonIn(directory), ["-m", "pip", "install", ...quickly, "-r", requirements], { timeout: 480_000 });
    writeFileSync(done, "");
  } catch (error) {
    rmSync(directory, { recursive: true, force: true });
    throw error;
  }
  return directory;
}
