import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import type { Report } from "../preview/report";
import { root } from "./support/command";

const npm = process.platform === "win32" ? "npm.cmd" : "npm";
const offline = /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ENETUNREACH|ETIMEDOUT/;

const program = `
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import * as gatehouse from "pulumi-gatehouse";

const role = new aws.iam.Role("orders", {
  assumeRolePolicy: aws.iam.assumeRolePolicyForPrincipal({ Service: "lambda.amazonaws.com" }),
});
const orders = new aws.lambda.Function("orders", {
  role: role.arn,
  runtime: "nodejs20.x",
  handler: "index.handler",
  code: new pulumi.asset.AssetArchive({}),
});
export const { url } = new gatehouse.RestApi("orders", {
  isolation: { environment: "nonproduction" },
  routes: { "GET /orders": { lambda: orders } },
});
`;

describe("the packed tarballs, installed in an empty folder", function () {
  this.timeout(600_000);
  const directory = mkdtempSync(path.join(tmpdir(), "gatehouse-packed-"));
  const write = (name: string, content: string): void => writeFileSync(path.join(directory, name), content);
  const run = (command: string, ...args: readonly string[]) =>
    spawnSync(command, args, { cwd: directory, encoding: "utf8", maxBuffer: 64 * 1024 * 1024 });
  const gatehouse = (...args: readonly string[]) =>
    run(process.execPath, path.join("node_modules", "pulumi-gatehouse", "preview", "bin", "main.js"), ...args);

  before(function () {
    write("package.json", JSON.stringify({ name: "shop", private: true, main: "index.ts" }));
    write("Pulumi.yaml", "name: shop\nruntime: nodejs\n");
    write("index.ts", program);
    const tarballs = [[], ["--workspace", "policypack"]].map((workspace) => {
      const packed = spawnSync(npm, ["pack", "--ignore-scripts", "--pack-destination", directory, ...workspace], {
        cwd: root,
        encoding: "utf8",
      });
      assert.equal(packed.status, 0, packed.stderr);
      return `./${packed.stdout.trim()}`;
    });
    const installed = run(npm, "install", "--no-audit", "--no-fund", "--prefer-offline", ...tarballs);
    if (installed.status !== 0 && offline.test(installed.stderr)) {
      console.log("      SKIPPED: no package registry can be reached.");
      this.skip();
    }
    assert.equal(installed.status, 0, installed.stderr);
  });

  after(() => {
    rmSync(directory, { recursive: true, force: true });
  });

  it("name all that they need", () => {
    const listed = run(npm, "ls", "--omit", "peer");
    assert.equal(listed.status, 0, listed.stderr);
  });

  it("give a command that judges with the pack beside it", () => {
    const { status, stdout, stderr } = gatehouse("preview", ".", "--format", "json");
    assert.equal(status, 0, stderr);
    const { violations, unverified, summary } = JSON.parse(stdout) as Report;
    assert.deepEqual({ violations, unverified }, { violations: [], unverified: [] });
    assert.equal(summary.policies, 71);
  });

  it("draw the map of an API", () => {
    const { status, stderr } = gatehouse("preview", ".", "--format", "html", "--out", "report.html");
    assert.equal(status, 0, stderr);
    assert.match(readFileSync(path.join(directory, "report.html"), "utf8"), /GET \/orders, authorization: holds/);
  });

  it("give a pack that a team composes its own of", () => {
    const code = `
      const { createPack, policies } = require("pulumi-gatehouse-policypack");
      const chosen = policies.filter(({ topic }) => topic === "waf");
      console.log(createPack({ preset: "strict", policies: chosen }).policies.map(({ name, enforcementLevel }) => name + " " + enforcementLevel).join("\\n"));
    `;
    const { status, stdout, stderr } = run(process.execPath, "-e", code);
    assert.equal(status, 0, stderr);
    assert.match(stdout, /^stage-web-acl mandatory$/m);
    assert.match(stdout, /^exemptions-in-force advisory$/m);
  });
});
