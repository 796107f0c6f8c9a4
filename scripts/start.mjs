// The main job: the insecure example is blocked, the compliant ones pass.
import { spawn } from "node:child_process";
import path from "node:path";
import { ensure, root } from "./ensure.mjs";

const examples = [
  { name: "insecure-orders", blocked: true },
  { name: "orders-by-hand", blocked: false },
  { name: "http-api-jwt", blocked: false },
  { name: "websocket-chat", blocked: false },
  { name: "components-rest-one-line", blocked: false },
  { name: "components-http-one-line", blocked: false },
];

function preview({ name }) {
  const args = [path.join("preview", "bin", "main.js"), "preview", path.join("examples", name)];
  // What the examples look like to the compiler is a test's, and takes three quarters of the time.
  const env = { ...process.env, PULUMI_NODEJS_TRANSPILE_ONLY: "true" };
  const child = spawn(process.execPath, args, { cwd: root, env, stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  child.stdout.on("data", (chunk) => (output += chunk));
  child.stderr.on("data", (chunk) => (output += chunk));
  return new Promise((resolve) => child.on("close", (code) => resolve({ code, output })));
}

ensure();
let asExpected = true;
// Two at a time: a preview is one program and one policy pack.
for (let first = 0; first < examples.length; first += 2) {
  const pair = examples.slice(first, first + 2);
  console.error(`Previewing ${pair.map((example) => example.name).join(" and ")} …`);
  const running = pair.map(preview);
  for (const [index, example] of pair.entries()) {
    const { code, output } = await running[index];
    console.log(`── examples/${example.name} ${"─".repeat(Math.max(0, 60 - example.name.length))}\n`);
    console.log(output);
    if (code !== (example.blocked ? 1 : 0)) asExpected = false;
  }
}
console.log(
  asExpected
    ? "As it should be: the insecure example is blocked, the compliant ones pass."
    : "Not as it should be: an example was judged otherwise than expected.",
);
process.exitCode = asExpected ? 0 : 1;
