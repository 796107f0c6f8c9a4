// Runs the tests on a fresh clone or a built one; arguments go to mocha.
import { spawnSync } from "node:child_process";
import path from "node:path";
import { ensure, root } from "./ensure.mjs";

ensure();
const mocha = path.join("node_modules", "mocha", "bin", "mocha.js");
const result = spawnSync(process.execPath, [mocha, ...process.argv.slice(2)], { cwd: root, stdio: "inherit" });
process.exitCode = result.status ?? 1;
