// Measures what the pack and the offline preview cost, on a fresh clone or a built one.
import { spawnSync } from "node:child_process";
import path from "node:path";
import { ensure, root } from "./ensure.mjs";

ensure();
const args = ["--require", "ts-node/register/transpile-only", path.join("bench", "run.ts")];
process.exitCode = spawnSync(process.execPath, args, { cwd: root, stdio: "inherit" }).status ?? 1;
