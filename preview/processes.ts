import { spawn } from "node:child_process";
import type { ChildProcess, SpawnOptions } from "node:child_process";

const running = new Set<ChildProcess>();

/** Ends a server when the process that started it is gone, even by a signal that nobody can handle. */
const leash = `process.once("disconnect", () => process.exit(1)); process.channel?.unref();`;

/** Starts Node.js with a program that is ended with this one, with everything it started itself. Its output is piped. */
export function start(args: readonly string[], options: SpawnOptions, server = false): ChildProcess {
  const tied = server ? ["--import", `data:text/javascript,${encodeURIComponent(leash)}`] : [];
  return startCommand(process.execPath, [...tied, ...args], options, server);
}

/** The same of any command. */
export function startCommand(
  command: string,
  args: readonly string[],
  options: SpawnOptions,
  server = false,
): ChildProcess {
  const child = spawn(command, args, {
    ...options,
    stdio: ["ignore", "pipe", "pipe", ...(server ? (["ipc"] as const) : [])],
    detached: process.platform !== "win32",
  });
  running.add(child);
  child.once("exit", () => {
    running.delete(child);
  });
  return child;
}

export function end(child: ChildProcess): void {
  if (child.pid === undefined || child.exitCode !== null) return;
  try {
    if (process.platform === "win32") child.kill("SIGKILL");
    else process.kill(-child.pid, "SIGKILL");
  } catch {
    // It ended by itself in the meantime.
  }
}

export function endAll(): void {
  for (const child of running) end(child);
}
