// Writes the documentation that is made of the policies, on a fresh clone or a built one.
import { spawnSync } from "node:child_process";
import path from "node:path";
import { ensure, root } from "./ensure.mjs";

ensure();
const args = ["--require", "ts-node/register/transpile-only", path.join("scripts", "docs", "write.ts")];
process.exitCode = spawnSync(process.execPath, args, { cwd: root, stdio: "inherit" }).status ?? 1;
