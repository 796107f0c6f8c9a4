import assert from "node:assert/strict";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import type { Report } from "../preview/report";
import { gatehouse, root } from "./support/command";

/** The names of the resources that one policy speaks of. */
const about = (policy: string, findings: Report["unverified"]): string[] =>
  findings.filter((finding) => finding.policy === policy).map(({ name }) => name);

describe("the gatehouse command", () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(path.join(tmpdir(), "gatehouse-"));
  });
  afterEach(() => {
    rmSync(directory, { recursive: true, force: true });
  });

  const write = (name: string, text: string): string => {
    const file = path.join(directory, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, text);
    return file;
  };

  /** A JavaScript project that uses the packages of this repository. */
  const project = (code: string, yaml = "name: sample\nruntime: nodejs\n"): string => {
    write("Pulumi.yaml", yaml);
    write("package.json", '{ "main": "index.js" }');
    write("index.js", code);
    symlinkSync(path.join(root, "node_modules"), path.join(directory, "node_modules"), "dir");
    return directory;
  };

  const openMethod = `
    const aws = require("@pulumi/aws/apigateway");
    const api = new aws.RestApi("orders");
    new aws.Method("list", { restApi: api.id, resourceId: api.rootResourceId, httpMethod: "GET", authorization: "NONE" });
  `;

  it("prints one JSON object and nothing else", async () => {
    const { code, stdout } = await gatehouse("preview", project(openMethod), "--format", "json");
    const result = JSON.parse(stdout) as Report;
    assert.equal(code, 1);
    assert.equal(result.project, "sample");
    assert.deepEqual(about("route-authorization", result.violations), ["list"]);
  });

  it("names the fault, the fix and the link in text", async () => {
    const { stdout } = await gatehouse("preview", project(openMethod));
    assert.match(stdout, /Method "list" \(GET\) has no authorization\. Require IAM/);
    assert.match(stdout, /sample \(dev\): blocked by \d+ mandatory findings?, \d+ advisory/);
    assert.ok(!stdout.includes("\u001b"), "no colour where there is no terminal");
  });

  it("--fail-on never ends with 0", async () => {
    const { code } = await gatehouse("preview", project(openMethod), "--fail-on", "never");
    assert.equal(code, 0);
  });

  it("--out writes the whole report to a file", async () => {
    const file = path.join(directory, "report.json");
    const { code, stdout } = await gatehouse("preview", project(openMethod), "--format", "json", "--out", file);
    assert.equal(code, 1);
    assert.equal(stdout, "");
    assert.ok(existsSync(file));
    assert.deepEqual(
      readdirSync(directory).filter((name) => name.includes("partial")),
      [],
    );
  });

  it("passes configuration, secrets and transforms on to the program", async () => {
    const code = `
      const pulumi = require("@pulumi/pulumi");
      const aws = require("@pulumi/aws/apigateway");
      const config = new pulumi.Config();
      if (config.require("colour") !== "green") throw new Error("colour is " + config.require("colour"));
      if (config.require("size") !== "7") throw new Error("size");
      config.requireSecret("token");
      pulumi.runtime.registerStackTransform((args) =>
        args.type === "aws:apigateway/method:Method" ? { props: { ...args.props, authorization: "AWS_IAM" }, opts: args.opts } : undefined);
      ${openMethod.replace('const aws = require("@pulumi/aws/apigateway");', "")}
    `;
    project(code);
    write("Pulumi.dev.yaml", "config:\n  sample:colour: green\n  sample:token:\n    secure: AAABAExample\n");
    const { code: exit, stderr, stdout } = await gatehouse("preview", directory, "--config", "size=7");
    assert.equal(exit, 0, stderr + stdout);
    assert.match(stderr, /encrypted values/);
  });

  const failures: readonly (readonly [title: string, code: string, said: RegExp])[] = [
    ["throws", 'throw new Error("no such luck");', /no such luck/],
    ["ends with another code", "process.exit(7);", /exit code 7/],
    ["does not compile", "const x = ;", /SyntaxError|Unexpected token/],
  ];
  for (const [title, code, said] of failures) {
    it(`a program that ${title} ends with 3 and its own error`, async () => {
      const { code: exit, stderr, stdout } = await gatehouse("preview", project(code));
      assert.equal(exit, 3);
      assert.match(stderr, said);
      assert.equal(stdout, "");
    });
  }

  it("a program that never ends is given up after --timeout", async () => {
    const { code, stderr } = await gatehouse("preview", project("setInterval(() => {}, 1000);"), "--timeout", "3");
    assert.equal(code, 3);
    assert.match(stderr, /did not end within 3 seconds/);
  });

  const wrong: readonly (readonly [title: string, args: () => readonly string[], code: number, said: RegExp])[] = [
    ["no command", () => [], 2, /Usage/],
    ["an unknown option", () => ["preview", ".", "--colour"], 2, /unknown option/],
    ["a directory that is missing", () => ["preview", path.join(directory, "nowhere")], 3, /is no directory/],
    ["a directory with no project", () => ["preview", directory], 3, /holds no Pulumi\.yaml/],
    [
      "a state that is not JSON",
      () => ["audit", write("a.json", '{"version": 3, "depl')],
      3,
      /a\.json is not JSON, or cut short/,
    ],
    [
      "a state of another version",
      () => ["audit", write("b.json", '{"version": 9, "deployment": {}}')],
      3,
      /b\.json has deployment version 9/,
    ],
    ["a file that is no state", () => ["audit", write("c.json", "{}")], 3, /c\.json is no exported state/],
    ["a state that is missing", () => ["audit", path.join(directory, "d.json")], 3, /d\.json does not exist/],
    [
      "a configuration of an unknown policy",
      () => ["preview", project(openMethod), "--policy-pack-config", write("e.json", '{"stage-wings": "advisory"}')],
      2,
      /e\.json: there is no policy "stage-wings"/,
    ],
    [
      "a configuration with an unknown option",
      () => [
        "preview",
        project(openMethod),
        "--policy-pack-config",
        write("f.json", '{"stage-throttling": {"maxSpeed": 1}}'),
      ],
      2,
      /f\.json: stage-throttling has no option "maxSpeed"/,
    ],
    [
      "a pack that does not start",
      () => {
        write("pack/PulumiPolicy.yaml", "runtime: nodejs\n");
        write("pack/package.json", '{ "version": "1.0.0", "main": "index.js" }');
        write("pack/index.js", 'throw new Error("the pack is ill");');
        project(openMethod);
        return ["preview", directory, "--policy-pack", path.join(directory, "pack")];
      },
      3,
      /does not start: .*the pack is ill/,
    ],
    [
      "a directory that is no pack",
      () => ["preview", project(openMethod), "--policy-pack", directory],
      2,
      /holds no PulumiPolicy\.yaml/,
    ],
  ];
  for (const [title, args, code, said] of wrong) {
    it(`${title} ends with ${String(code)} and one clear line`, async () => {
      const ended = await gatehouse(...args());
      assert.equal(ended.code, code, ended.stderr);
      assert.match(ended.stderr, said);
      assert.equal(ended.stdout, "");
    });
  }

  it("audit judges exported state, secrets redacted", async () => {
    const urn = (type: string, name: string): string => `urn:pulumi:prod::shop::${type}::${name}`;
    const api = urn("aws:apigateway/restApi:RestApi", "orders");
    const provider = `${urn("pulumi:providers:aws", "default")}::id`;
    const state = {
      version: 3,
      deployment: {
        resources: [
          { urn: urn("pulumi:pulumi:Stack", "shop-prod"), type: "pulumi:pulumi:Stack", custom: false },
          {
            urn: api,
            type: "aws:apigateway/restApi:RestApi",
            custom: true,
            id: "abc",
            provider,
            inputs: { name: "orders" },
            outputs: { id: "abc", name: "orders" },
          },
          {
            urn: urn("aws:apigatewayv2/route:Route", "list"),
            type: "aws:apigatewayv2/route:Route",
            custom: true,
            id: "r1",
            provider,
            inputs: { apiId: "other", routeKey: "GET /x", authorizationType: "NONE" },
            outputs: { id: "r1", apiId: "other", routeKey: "GET /x", authorizationType: "NONE" },
          },
          {
            urn: urn("aws:apigateway/method:Method", "secret"),
            type: "aws:apigateway/method:Method",
            custom: true,
            id: "m1",
            provider,
            inputs: {
              restApi: "abc",
              resourceId: "root",
              httpMethod: "GET",
              authorization: {
                "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270",
                ciphertext: "AAAB",
              },
            },
            outputs: { id: "m1", restApi: "abc", httpMethod: "GET" },
            propertyDependencies: { restApi: [api] },
          },
        ],
      },
    };
    const { code, stdout } = await gatehouse("audit", write("state.json", JSON.stringify(state)), "--format", "json");
    const result = JSON.parse(stdout) as Report;
    assert.equal(code, 1);
    assert.equal(result.stack, "prod");
    assert.deepEqual(about("route-authorization", result.violations), ["list"]);
    assert.deepEqual(about("route-authorization", result.unverified), ["secret"]);
  });
});
