import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { setTimeout } from "node:timers/promises";
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

  const shapes: readonly (readonly [format: string, shape: RegExp])[] = [
    ["sarif", /^\{[^]*"version": "2\.1\.0"[^]*"ruleId": "route-authorization"[^]*\}\n$/],
    ["junit", /^<\?xml [^]*<testcase classname="route-authorization"[^>]*><failure [^]*<\/testsuites>\n$/],
    ["markdown", /^## Gatehouse: sample \(dev\) is blocked\n[^]*`route-authorization`/],
  ];
  for (const [format, shape] of shapes) {
    it(`reports as ${format}`, async () => {
      const { code, stdout } = await gatehouse("preview", project(openMethod), "--format", format);
      assert.equal(code, 1);
      assert.match(stdout, shape);
    });
  }

  it("writes a baseline under which a program, and its state, pass", async () => {
    const file = path.join(directory, "baseline.json");
    const { code, stderr } = await gatehouse(
      "baseline",
      project(openMethod),
      "--out",
      file,
      "--reason",
      "Found at first.",
    );
    assert.equal(code, 0, stderr);
    assert.match(stderr, /findings are exempted until \d{4}-\d{2}-\d{2}\./);
    const after = await gatehouse("preview", directory, "--format", "json", "--policy-pack-config", file);
    const { violations, exempted } = JSON.parse(after.stdout) as Report;
    assert.deepEqual(violations, []);
    assert.equal(after.code, 0);
    assert.deepEqual(
      about(
        "route-authorization",
        exempted.map((one) => ({ ...one, message: "" })),
      ),
      ["list"],
    );
    const again = await gatehouse("baseline", directory, "--policy-pack-config", file);
    assert.deepEqual(JSON.parse(again.stdout), JSON.parse(readFileSync(file, "utf8")), "nothing is left to exempt");
  });

  for (const [preset, blocks] of [
    ["baseline", ["route-authorization"]],
    ["strict", ["api-tls", "route-authorization"]],
    ["audit", []],
  ] as const) {
    it(`writes a configuration of the levels of "${preset}" to begin with, and no second one`, async () => {
      const begun = await gatehouse("init", project(openMethod), "--preset", preset);
      assert.equal(begun.code, 0, begun.stderr);
      const file = path.join(directory, "gatehouse.json");
      const levels = JSON.parse(readFileSync(file, "utf8")) as Readonly<Record<string, string>>;
      const listed = JSON.parse((await gatehouse("list", "--format", "json")).stdout) as readonly { name: string }[];
      assert.deepEqual(
        Object.keys(levels),
        listed.map(({ name }) => name),
      );
      assert.equal(levels["exemptions-in-force"], "advisory");
      const after = await gatehouse("preview", directory, "--format", "json", "--policy-pack-config", file);
      const { violations } = JSON.parse(after.stdout) as Report;
      const mandatory = violations.filter(({ level }) => level === "mandatory").map(({ policy }) => policy);
      assert.deepEqual(
        blocks.filter((policy) => !mandatory.includes(policy)),
        [],
      );
      assert.equal(mandatory.length > 0, blocks.length > 0);
      const again = await gatehouse("init", directory);
      assert.equal(again.code, 2);
      assert.match(again.stderr, /gatehouse\.json exists already: change it, or remove it first\.\n$/);
    });
  }

  it("gives a program the region it would be deployed to", async () => {
    const code = `
      const aws = require("@pulumi/aws");
      const region = aws.config.requireRegion();
      aws.getRegion().then((answer) => { if (answer.region !== region) throw new Error(answer.region + " is not " + region); });
    `;
    const { code: exit, stderr } = await gatehouse("preview", project(code));
    assert.equal(exit, 0, stderr);
    const { code: told, stderr: said } = await gatehouse("preview", directory, "--config", "aws:region=eu-west-1");
    assert.equal(told, 0, said);
  });

  it("--engine pulumi ends with 2 where there is no Pulumi CLI", () => {
    const command = path.join(root, "preview", "bin", "main.js");
    const { status, stderr } = spawnSync(
      process.execPath,
      [command, "preview", project(openMethod), "--engine", "pulumi"],
      { env: { ...process.env, PATH: directory }, encoding: "utf8" },
    );
    assert.equal(status, 2);
    assert.match(stderr, /^--engine pulumi: the Pulumi CLI is not on the PATH\. .*\n$/);
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

  it("finds an encrypted secret of the configuration that a function is given in plain text", async () => {
    project(`
      const pulumi = require("@pulumi/pulumi");
      const aws = require("@pulumi/aws");
      const token = new pulumi.Config().requireSecret("token");
      const variables = { API_TOKEN: token, URL: pulumi.interpolate\`https://orders:\${token}@example.com\`, PLACE: token };
      const handler = new aws.lambda.Function("orders", { role: "arn:aws:iam::123456789012:role/orders", environment: { variables } });
      new aws.lambda.Permission("orders", {
        action: "lambda:InvokeFunction",
        function: handler.name,
        principal: "apigateway.amazonaws.com",
        sourceArn: "arn:aws:execute-api:eu-west-1:123456789012:a1b2c3d4e5/*/*",
      });
    `);
    write("Pulumi.dev.yaml", "config:\n  sample:token:\n    secure: AAABAExample\n");
    const { stdout, stderr } = await gatehouse("preview", directory, "--format", "json");
    const report = JSON.parse(stdout) as Report;
    const places = (found: readonly { readonly policy: string; readonly message: string }[]): (string | undefined)[] =>
      found
        .filter(({ policy }) => policy === "hardcoded-secrets")
        .map(({ message }) => /variable "(\w+)"/.exec(message)?.[1])
        .sort();
    assert.deepEqual(places(report.violations), ["API_TOKEN", "URL"], stderr);
    assert.deepEqual(places(report.unverified), ["PLACE"]);
  });

  const failures: readonly (readonly [title: string, code: string, said: RegExp])[] = [
    ["leaves a rejection alone", 'Promise.reject(new Error("left alone"));', /left alone/],
    ["logs an error", 'require("@pulumi/pulumi").log.error("logged");', /failed:\nlogged/],
    ["throws", 'throw new Error("no such luck");', /no such luck/],
    ["ends with another code", "process.exit(7);", /exit code 7/],
    ["does not compile", "const x = ;", /SyntaxError|Unexpected token/],
  ];
  for (const [title, code, said] of failures) {
    it(`a program that ${title} ends with 3 and its own error`, async () => {
      const { code: exit, stderr, stdout } = await gatehouse("preview", project(code));
      assert.equal(exit, 3);
      assert.match(stderr, said);
      assert.ok(!stderr.includes("\u001b"), "no colour where there is no terminal");
      assert.equal(stdout, "");
    });
  }

  it("a program with an error of types ends with 3, and says where", async () => {
    project("");
    write("package.json", '{ "main": "index.ts" }');
    write("index.ts", 'const size: number = "large";');
    const { code, stderr, stdout } = await gatehouse("preview", directory, "--format", "json");
    assert.equal(code, 3);
    assert.match(stderr, /index\.ts\(1,7\): error TS2322/);
    assert.equal(stdout, "");
  });

  /** The processes that a process started and that have not ended. */
  const children = (of: number): number[] => {
    const { stdout } = spawnSync("ps", ["-A", "-o", "pid=,ppid=,stat="], { encoding: "utf8" });
    return stdout
      .trim()
      .split("\n")
      .map((line) => line.trim().split(/\s+/))
      .filter(([, parent, state = ""]) => Number(parent) === of && !state.startsWith("Z"))
      .map(([pid]) => Number(pid));
  };
  const isRunning = (pid: number): boolean => {
    const { stdout } = spawnSync("ps", ["-o", "stat=", "-p", String(pid)], { encoding: "utf8" });
    return stdout.trim() !== "" && !stdout.trim().startsWith("Z");
  };
  const until = async (holds: () => boolean): Promise<void> => {
    for (let tries = 0; !holds() && tries < 600; tries++) await setTimeout(50);
  };
  const ways: readonly (readonly [signal: NodeJS.Signals, code: number | null])[] = [
    ["SIGINT", 130],
    ["SIGTERM", 143],
  ];
  for (const [signal, expected] of ways) {
    it(`${signal} leaves no process behind`, async function () {
      if (process.platform === "win32") this.skip();
      const ready = path.join(directory, "ready");
      // The program starts one of its own.
      project(`
        const { spawn } = require("node:child_process");
        const child = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"]);
        require("node:fs").writeFileSync(${JSON.stringify(ready)}, String(child.pid));
        setInterval(() => {}, 1000);
      `);
      const command = spawn(process.execPath, [path.join(root, "preview", "bin", "main.js"), "preview", directory]);
      const ended = once(command, "exit");
      await until(() => existsSync(ready) && children(command.pid ?? 0).length === 2);
      const started = [...children(command.pid ?? 0), Number(readFileSync(ready, "utf8"))];
      assert.equal(started.length, 3, "the pack, the program, and what the program started");
      command.kill(signal);
      assert.deepEqual(await ended, [expected, null]);
      await until(() => !started.some(isRunning));
      assert.deepEqual(started.filter(isRunning), []);
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
    [
      "a state whose resources are no list",
      () => ["audit", write("c.json", '{"version": 3, "deployment": {"resources": "none"}}')],
      3,
      /c\.json is no exported state, its "resources" are no list/,
    ],
    [
      "a state with a resource that has no URN",
      () => ["audit", write("c.json", '{"version": 3, "deployment": {"resources": [{"urn": "list"}]}}')],
      3,
      /c\.json holds a resource with the invalid URN "list"/,
    ],
    [
      "a directory with a state that cannot be read among those that can",
      () => {
        write("states/a.json", '{"version": 3, "deployment": {}}');
        write("states/b.json", "");
        return ["audit", path.join(directory, "states"), "--format", "json"];
      },
      3,
      /b\.json is not JSON, or cut short/,
    ],
    ["a directory without state", () => ["audit", directory], 3, /no state file/],
    ["a state that is missing", () => ["audit", path.join(directory, "d.json")], 3, /d\.json does not exist/],
    [
      "a configuration of an unknown policy",
      () => ["preview", project(openMethod), "--policy-pack-config", write("e.json", '{"stage-wings": "advisory"}')],
      2,
      /e\.json: there is no policy "stage-wings"/,
    ],
    [
      "a configuration that is not JSON",
      () => ["preview", project(openMethod), "--policy-pack-config", write("f.json", "all: advisory")],
      2,
      /f\.json is not JSON/,
    ],
    [
      "a configuration that is missing",
      () => ["preview", project(openMethod), "--policy-pack-config", path.join(directory, "f.json")],
      2,
      /f\.json does not exist/,
    ],
    [
      "a report for a directory that is missing",
      () => ["preview", project(openMethod), "--out", path.join(directory, "nowhere", "report.json")],
      2,
      /--out .*report\.json: the directory .*nowhere does not exist/,
    ],
    [
      "a report in place of a directory",
      () => ["preview", project(openMethod), "--out", directory],
      2,
      /is a directory/,
    ],
    [
      "--engine pulumi with resolved ids",
      () => ["preview", project(openMethod), "--engine", "pulumi", "--unknowns", "resolve"],
      2,
      /leave out --engine pulumi/,
    ],
    [
      "a baseline that has ended",
      () => ["baseline", project(openMethod), "--expires", "2020-12-31"],
      2,
      /Write a date that is not past/,
    ],
    ["init where there is no project", () => ["init", directory], 2, /holds no Pulumi\.yaml/],
    ["a stack by no name", () => ["preview", project(openMethod), "--stack", ""], 2, /Write letters, digits/],
    [
      "a program of another language",
      () => ["preview", project("", "name: sample\nruntime: python\n")],
      3,
      /asks for the runtime "python"/,
    ],
    ["a project that is no YAML", () => ["preview", project("", "name: [\n")], 3, /Pulumi\.yaml is not valid YAML/],
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
      assert.ok(title === "no command" || ended.stderr.trim().split("\n").length === 1, ended.stderr);
      assert.deepEqual(
        readdirSync(directory).filter((name) => name.endsWith(".partial")),
        [],
      );
    });
  }

  it("audits state of 2,000 resources, whatever it is encoded in", async () => {
    const urn = (type: string, name: string): string => `urn:pulumi:prod::shop::${type}::${name}`;
    const resources = Array.from({ length: 2_000 }, (_, index) => {
      const id = `m${index}`;
      const inputs = { restApi: "abc", resourceId: `r${index}`, httpMethod: "GET", authorization: "AWS_IAM" };
      const type = "aws:apigateway/method:Method";
      return { urn: urn(type, id), type, custom: true, id, inputs, outputs: { ...inputs, id } };
    });
    const file = path.join(directory, "huge.json");
    // As Windows PowerShell redirects output.
    writeFileSync(file, `\uFEFF${JSON.stringify({ version: 3, deployment: { resources } })}`, "utf16le");
    const { code, stdout, stderr } = await gatehouse("audit", file, "--format", "json", "--fail-on", "never");
    assert.equal(code, 0, stderr);
    assert.equal((JSON.parse(stdout) as Report).resources, 2_000);
  });

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
