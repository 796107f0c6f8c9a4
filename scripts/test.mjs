// Runs the tests on a fresh clone or a built one: those of the files given, or all; other arguments go to mocha.
import { spawnSync } from "node:child_process";
import path from "node:path";
import { ensure, root } from "./ensure.mjs";

ensure();
const mocha = path.join("node_modules", "mocha", "bin", "mocha.js");
const args = process.argv.slice(2);
const files = args.some((arg) => arg.endsWith(".test.ts")) ? [] : ["tests/**/*.test.ts"];
const result = spawnSync(process.execPath, [mocha, ...args, ...files], { cwd: root, stdio: "inherit" });
process.exitCode = result.status ?? 1;
