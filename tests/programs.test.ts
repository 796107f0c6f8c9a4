import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import type { Report } from "../preview/report";
import { gatehouse, root } from "./support/command";

// Ways to lay out and to write a program, each with one open method that must be found, or the reason told.

const pulumi = 'const pulumi = require("@pulumi/pulumi");';
const open = (aws: string): string => `
  const api = new ${aws}.RestApi("orders");
  new ${aws}.Method("list", { restApi: api.id, resourceId: api.rootResourceId, httpMethod: "GET", authorization: "NONE" });
`;
const commonJs = `const aws = require("@pulumi/aws/apigateway"); ${open("aws")}`;
const yaml = "name: sample\nruntime: nodejs\n";

interface Layout {
  readonly title: string;
  readonly files: Readonly<Record<string, string>>;
  /** What must be said on standard error. */
  readonly told?: RegExp;
}

const javaScript = (title: string, code: string, told?: RegExp): Layout => ({
  title,
  files: { "Pulumi.yaml": yaml, "package.json": '{ "main": "index.js" }', "index.js": code },
  ...(told && { told }),
});

/** What the packages of \`pulumi package add\` do before they register anything. */
const packageReference = `
  const proto = require("@pulumi/pulumi/proto/resource_pb.js");
  const reference = () => new Promise((resolve, reject) => {
    const request = new proto.RegisterPackageRequest();
    request.setName("module");
    request.setVersion("1.0.0");
    pulumi.runtime.getMonitor().registerPackage(request, (error, answer) => error ? reject(error) : resolve(answer.getRef()));
  });
`;

const layouts: readonly Layout[] = [
  {
    title: "an ES module",
    files: {
      "Pulumi.yaml": yaml,
      "package.json": '{ "type": "module", "main": "index.js" }',
      "index.js": `import * as aws from "@pulumi/aws"; ${open("aws.apigateway")} export const name = api.name;`,
    },
  },
  {
    title: "an ES module with an await at its top",
    files: {
      "Pulumi.yaml": yaml,
      "package.json": '{ "type": "module" }',
      "index.js": `import * as aws from "@pulumi/aws"; await Promise.resolve(); ${open("aws.apigateway")}`,
    },
  },
  {
    title: "TypeScript with a tsconfig of its own, in the directory that `main` names",
    files: {
      "Pulumi.yaml": `${yaml}main: infra/\n`,
      "infra/package.json": "{}",
      "infra/tsconfig.json":
        '{ "compilerOptions": { "target": "ES2022", "module": "commonjs", "skipLibCheck": true, "outDir": "bin" }, "files": ["index.ts"] }',
      "infra/index.ts": `import * as apigateway from "@pulumi/aws/apigateway"; ${open("apigateway")}`,
    },
  },
  {
    title: "JavaScript with `typescript: false`, in the file that `main` names",
    files: {
      "Pulumi.yaml":
        "name: sample\nmain: dist/app.js\nruntime: { name: nodejs, options: { typescript: false, packagemanager: pnpm } }\n",
      "package.json": "{}",
      "dist/app.js": commonJs,
    },
  },
  {
    title: "a program that Node.js is given arguments for",
    files: {
      "Pulumi.yaml": `name: sample\nruntime: { name: nodejs, options: { nodeargs: "--require './before hand.cjs' --max-old-space-size=512" } }\n`,
      "package.json": '{ "main": "index.js" }',
      "before hand.cjs": "globalThis.before = true;",
      "index.js": `if (!globalThis.before) throw new Error("not required before"); ${commonJs}`,
    },
  },
  javaScript(
    "an exported asynchronous function",
    `module.exports = async () => { await null; ${commonJs} return { api: api.id }; };`,
  ),
  javaScript(
    "a dynamic provider",
    `${pulumi} ${commonJs}
    const provider = { create: async (inputs) => ({ id: "made", outs: inputs }) };
    class Made extends pulumi.dynamic.Resource { constructor(name, args) { super(provider, name, args); } }
    new Made("made", { api: api.id });`,
  ),
  javaScript(
    "secrets in `pulumi.all`",
    `${pulumi} ${commonJs}
    pulumi.all([pulumi.secret("s"), api.id, api.arn]).apply(([secret, id]) => id + secret);`,
  ),
  javaScript(
    "another stack's outputs, awaited",
    `${pulumi}
    module.exports = async () => {
      ${commonJs}
      const network = new pulumi.StackReference("organization/network/prod");
      const details = await network.getOutputDetails("vpc");
      return { vpc: network.requireOutput("vpc"), known: details.value };
    };`,
  ),
  javaScript(
    "data sources of an API that exists, awaited and not",
    `const aws = require("@pulumi/aws");
    aws.apigateway.getRestApi({ name: "orders" }).then(({ id, rootResourceId }) => {
      if (typeof id !== "string" || typeof rootResourceId !== "string") throw new Error("not answered");
    });
    const api = aws.apigateway.getRestApiOutput({ name: "orders" });
    new aws.apigateway.Method("list", { restApi: api.id, resourceId: api.rootResourceId, httpMethod: "GET", authorization: "NONE" });`,
  ),
  javaScript(
    "data sources that nothing is known of",
    `const aws = require("@pulumi/aws"); ${open("aws.apigateway")}
    aws.ec2.getVpcs({}).then(({ ids }) => ids.map((id) => id));
    aws.ec2.getAmiOutput({ owners: ["amazon"] }).apply(({ imageId }) => { throw new Error(imageId + " is made up"); });`,
    /no answer for the data source aws:ec2\/getAmi:getAmi; what the program reads of it is unknown/,
  ),
  javaScript(
    "resources that exist, by `get` and by `import`",
    `${commonJs}
    aws.Stage.get("live", "ags-abc-live");
    new aws.ApiKey("known", {}, { import: "abc123" });`,
  ),
  javaScript(
    "hooks of resources and of errors",
    `${pulumi}
    const hook = new pulumi.ResourceHook("seen", () => {});
    const failed = pulumi.ErrorHook && new pulumi.ErrorHook("failed", () => false);
    const aws = require("@pulumi/aws/apigateway");
    const api = new aws.RestApi("orders", {}, { deleteBeforeReplace: true, hooks: { beforeCreate: [hook], ...(failed && { onError: [failed] }) } });
    new aws.Method("list", { restApi: api.id, resourceId: api.rootResourceId, httpMethod: "GET", authorization: "NONE" });`,
  ),
  javaScript(
    "a remote component of an added package, and a method called of it",
    `${pulumi} ${packageReference} ${commonJs}
    class Module extends pulumi.ComponentResource {
      constructor(name, args) { super("module:index:Module", name, { ...args, url: undefined }, {}, true, reference()); }
      describe() { return pulumi.runtime.call("module:index:Module/describe", { __self__: this }, this, reference()); }
    }
    const module_ = new Module("module", { api: api.id });
    module.exports = { url: module_.url, described: module_.describe() };`,
    /module:index:Module "module" is made by a component provider.*judged by its inputs alone/,
  ),
];

describe("programs", () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(path.join(tmpdir(), "gatehouse-program-"));
    symlinkSync(path.join(root, "node_modules"), path.join(directory, "node_modules"), "dir");
  });
  afterEach(() => {
    rmSync(directory, { recursive: true, force: true });
  });

  const write = (files: Readonly<Record<string, string>>): void => {
    for (const [name, text] of Object.entries(files)) {
      const file = path.join(directory, name);
      mkdirSync(path.dirname(file), { recursive: true });
      writeFileSync(file, text);
    }
  };

  for (const { title, files, told } of layouts) {
    it(`previews ${title}`, async () => {
      write(files);
      const { code, stdout, stderr } = await gatehouse("preview", directory, "--format", "json", "--timeout", "120");
      assert.equal(code, 1, stderr + stdout);
      const { violations } = JSON.parse(stdout) as Report;
      const found = violations.filter(({ policy }) => policy === "route-authorization").map(({ name }) => name);
      assert.deepEqual(found, ["list"]);
      if (told) assert.match(stderr, told);
    });
  }

  it("gives up a program that waits for what never comes", async () => {
    // What Pulumi's runtime makes of an empty asset differs from version to version: an error, or nothing at all.
    write({
      "Pulumi.yaml": yaml,
      "package.json": '{ "main": "index.js" }',
      "index.js": `${pulumi}
        const aws = require("@pulumi/aws");
        new aws.s3.BucketObject("empty", { bucket: "files", key: "empty", source: new pulumi.asset.StringAsset("") });`,
    });
    const { code, stderr } = await gatehouse("preview", directory, "--timeout", "60");
    assert.ok(code === 0 || code === 3, stderr);
    if (code === 3) assert.match(stderr, /The program in .* (failed|did not end)/);
  });
});
