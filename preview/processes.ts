import { spawn } from "node:child_process";
import type { ChildProcess, SpawnOptions } from "node:child_process";

const running = new Set<ChildProcess>();

/** Starts a process in a group of its own, so that it can be ended with everything that it starts itself. */
export function start(command: string, args: readonly string[], options: SpawnOptions): ChildProcess {
  const child = spawn(command, args, { ...options, detached: process.platform !== "win32", windowsHide: true });
  running.add(child);
  child.once("exit", () => {
    // What it started may live on, in its group.
    end(child);
  });
  return child;
}

/** Ends a process and its group, at once. */
export function end(child: ChildProcess): void {
  if (child.pid === undefined || !running.delete(child)) return;
  try {
    if (process.platform === "win32") spawn("taskkill", ["/pid", String(child.pid), "/T", "/F"], { windowsHide: true });
    else process.kill(-child.pid, "SIGKILL");
  } catch {
    // Nothing of it is left.
  }
}

/** Ends every process that {@link start} started. */
export function endAll(): void {
  for (const child of [...running]) end(child);
}
