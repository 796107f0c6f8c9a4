// Installs and builds what is missing, so that `npm start` and `npm test` work on a fresh clone.
import { spawnSync } from "node:child_process";
import { existsSync, lstatSync, readdirSync, rmSync, statSync, symlinkSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "..");

const minimumNode = 20;

const rooms = ["policypack", "components", "preview"];

function run(command, args) {
  const result = spawnSync(command, args, { cwd: root, stdio: ["ignore", 2, 2], shell: process.platform === "win32" });
  if (result.status !== 0) {
    console.error(`${command} ${args.join(" ")} failed.`);
    process.exit(1);
  }
}

function newest(directory, skip = new Set(["bin", "node_modules"])) {
  let time = 0;
  for (const entry of readdirSync(directory, { withFileTypes: true })) {
    if (skip.has(entry.name)) continue;
    const file = path.join(directory, entry.name);
    time = Math.max(time, entry.isDirectory() ? newest(file, skip) : statSync(file).mtimeMs);
  }
  return time;
}

function isBuilt(room) {
  const output = path.join(root, room, "bin", room === "components" ? "index.js" : "main.js");
  return existsSync(output) && newest(path.join(root, room)) <= newest(path.join(root, room, "bin"), new Set());
}

/** Lets the examples of this clone import the package by its public name. */
export function ensureLink() {
  const link = path.join(root, "node_modules", "pulumi-gatehouse");
  if (existsSync(path.join(link, "package.json"))) return;
  if (lstatSync(link, { throwIfNoEntry: false })) rmSync(link, { recursive: true, force: true });
  symlinkSync("..", link, "junction");
}

export function ensure() {
  const major = Number(process.versions.node.split(".")[0]);
  if (major < minimumNode) {
    console.error(`Gatehouse needs Node.js ${minimumNode} or newer; this is ${process.versions.node}.`);
    process.exit(1);
  }
  const lock = path.join(root, "package-lock.json");
  const installed = path.join(root, "node_modules", ".package-lock.json");
  if (!existsSync(installed) || statSync(installed).mtimeMs < statSync(lock).mtimeMs - 1000) {
    console.error("Installing dependencies …");
    run("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund"]);
  }
  if (!rooms.every(isBuilt)) {
    console.error("Building …");
    run(process.execPath, [path.join("node_modules", "typescript", "bin", "tsc"), "-b", ...rooms]);
    run(process.execPath, [path.join("scripts", "bundle.mjs")]);
  }
  ensureLink();
}
