import assert from "node:assert/strict";
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { Faults } from "../../components/lib/faults";
import { originHeader } from "../../components/lib/origin";
import { gatehouse, root } from "../support/command";
import type { Ended } from "../support/command";

// Faults of values that are told only while the program runs: no constructor can throw them, so a preview does.

const code = (program: string): string => `
const aws = require("@pulumi/aws");
const pulumi = require("@pulumi/pulumi");
const gatehouse = require(${JSON.stringify(path.join(root, "components", "bin"))});
const environment = new pulumi.Config().require("environment");
const isolation = { environment };
const role = new aws.iam.Role("handler", { assumeRolePolicy: JSON.stringify({ Version: "2012-10-17", Statement: [] }) });
const functionOf = (name, args) =>
  new aws.lambda.Function(name, { role: role.arn, runtime: "nodejs22.x", handler: "index.handler", ...args });
const lambda = functionOf("handler", { publish: true });
const invokeArn = (name) =>
  "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:123456789012:function:" +
  name + "/invocations";
${program}
`;

/** A function that publishes no version, behind each kind of API. */
const unpublished: Readonly<Record<string, string>> = {
  'RestApi "orders": `routes["GET /orders"].lambda`':
    'new gatehouse.RestApi("orders", { isolation, routes: { "GET /orders": { lambda: draft } } });',
  'HttpApi "orders": `authorizers["check"].lambda.lambda`': `new gatehouse.HttpApi("orders", {
    isolation, authorizers: { check: { lambda: { lambda: draft } } }, routes: { "GET /orders": { lambda, authorizer: "check" } } });`,
  'WebSocketApi "orders": `routes["$default"].lambda`':
    'new gatehouse.WebSocketApi("orders", { isolation, routes: { $default: { lambda: draft } } });',
};

const draft = 'const draft = functionOf("draft", {});';
const noVersion =
  "names a function that publishes no version, so that production would call $LATEST; set `publish: true` on the function, or give an alias as `lambdaAlias`.";

const latest =
  'new gatehouse.RestApi("latest", { isolation, routes: { "GET /orders": { lambdaInvokeArn: invokeArn("orders") } } });';

/** Faults of every environment. */
const cases: readonly (readonly [title: string, program: string, said: string])[] = [
  [
    "an account that is not allowed",
    'new gatehouse.ApiAccount("account", { isolation: { environment, allowedAccountIds: ["999999999999"] } });',
    'ApiAccount "account": `isolation.allowedAccountIds` does not hold the account 123456789012, to which this would be deployed; deploy with credentials of an account that it holds.',
  ],
  [
    "something that is no function",
    'new gatehouse.RestApi("orders", { isolation, routes: { "GET /orders": { lambda: pulumi.output("handler") } } });',
    'RestApi "orders": `routes["GET /orders"].lambda` is a string; give the resource itself, or its `invokeArn` as `lambdaInvokeArn`.',
  ],
  [
    "an alias that is not the required one",
    `const lambdaAlias = new aws.lambda.Alias("other", { name: "other", functionName: lambda.name, functionVersion: lambda.version });
    new gatehouse.HttpApi("orders", { isolation: { environment, requiredLambdaQualifier: "live" }, routes: { "GET /orders": { lambdaAlias } } });`,
    'HttpApi "orders": `routes["GET /orders"].lambdaAlias` is the alias "other"; give the alias "live", which isolation.requiredLambdaQualifier names.',
  ],
  [
    "an ARN that calls no function",
    'new gatehouse.WebSocketApi("chat", { isolation, routes: { $default: { lambdaInvokeArn: pulumi.output("arn:aws:lambda:us-east-1:123456789012:function:chat") } } });',
    'WebSocketApi "chat": `routes["$default"].lambdaInvokeArn` is not the `invokeArn` of a function; give `invokeArn` of a function or an alias.',
  ],
  [
    "an ARN that calls another alias than the required one",
    'new gatehouse.RestApi("orders", { isolation: { environment, requiredLambdaQualifier: "live" }, routes: { "GET /orders": { lambdaInvokeArn: invokeArn("orders:other") } } });',
    'RestApi "orders": `routes["GET /orders"].lambdaInvokeArn` names another alias or version; give the `invokeArn` of "live".',
  ],
  [
    "a user pool of another environment",
    `const pool = new aws.cognito.UserPool("pool", { tags: { Environment: environment === "production" ? "dev" : "prod" } });
    new gatehouse.RestApi("orders", { isolation, authorizers: { customers: { cognito: { userPools: [pool] } } },
      routes: { "GET /orders": { lambda, authorizer: "customers" } } });`,
    'RestApi "orders": `authorizers["customers"].cognito.userPools` holds a user pool tagged "dev", and the API is production; give each environment a user pool of its own.',
  ],
  [
    "clients of a stage of another environment",
    `const stage = new aws.apigateway.Stage("dev", { restApi: "a1b2c3d4e5", deployment: "d1", stageName: "v1", tags: { env: "dev" } });
    new gatehouse.ApiClients("partners", { isolation, stages: [{ stage }], clients: { acme: {} } });`,
    'ApiClients "partners": `stages[0].stage` is a stage tagged "dev", and this is production; give each environment one of its own.',
  ],
  [
    "a domain of a stage of another environment",
    `const httpStage = new aws.apigatewayv2.Stage("dev", { apiId: "a1b2c3d4e5", tags: { environment: "dev" } });
    new gatehouse.ApiDomain("api", { isolation, domainName: "api.example.com", hostedZoneId: "Z0EXAMPLE", mappings: { "/": { httpStage } } });`,
    'ApiDomain "api": `mappings["/"]` is a stage tagged "dev", and this is production; give each environment one of its own.',
  ],
];

describe("faults that are told while a program runs", function () {
  // Pulumi takes its time to print an error that ends a component's registration.
  this.timeout(300_000);
  let directory: string;
  before(() => {
    directory = mkdtempSync(path.join(tmpdir(), "gatehouse-late-"));
    symlinkSync(path.join(root, "node_modules"), path.join(directory, "node_modules"), "dir");
    writeFileSync(
      path.join(directory, "Pulumi.yaml"),
      "name: late\nruntime: { name: nodejs, options: { typescript: false } }\n",
    );
    writeFileSync(path.join(directory, "package.json"), '{ "main": "index.js" }');
  });
  after(() => {
    rmSync(directory, { recursive: true, force: true });
  });

  const preview = (program: string, environment = "production"): Promise<Ended> => {
    writeFileSync(path.join(directory, "index.js"), code(program));
    const config = ["--stack", "blue", "--config", `environment=${environment}`];
    return gatehouse("preview", directory, ...config, "--unknowns", "keep", "--fail-on", "never");
  };

  /** Stops the preview, and says all of it in one line. */
  async function refuses(program: string, said: string): Promise<void> {
    const { code: exit, stdout, stderr } = await preview(program);
    assert.equal(exit, 3, stdout + stderr);
    assert.ok(stderr.includes(said), stderr);
    assert.equal(stdout, "");
  }

  for (const [title, program, said] of cases) it(`${title} is refused`, () => refuses(program, said));

  for (const [what, program] of Object.entries(unpublished)) {
    it(`production refuses a function with no version: ${what}`, () =>
      refuses(`${draft}\n${program}`, `${what} ${noVersion}`));
  }

  it("production refuses an ARN that calls no version", () =>
    refuses(
      latest,
      'RestApi "latest": `routes["GET /orders"].lambdaInvokeArn` calls $LATEST in production; give the `invokeArn` of an alias.',
    ));

  it("elsewhere functions need no version", async () => {
    const { code: exit, stderr } = await preview(
      [draft, ...Object.values(unpublished), latest].join("\n"),
      "nonproduction",
    );
    assert.equal(exit, 0, stderr);
  });

  it("a secret with no current value is refused, and its text is not told", async () => {
    const told = async (secretString: string): Promise<string> => {
      await pulumi.runtime.setMocks({
        call: () => ({ secretString }),
        newResource: ({ name, inputs }) => ({ id: name, state: inputs as Record<string, unknown> }),
      });
      const parent = new pulumi.ComponentResource("shop:index:Shop", "shop");
      const header = originHeader("secret", parent, new Faults("ApiDistribution", "edge"));
      return new Promise((resolve, reject) => {
        header.apply(resolve);
        (header as unknown as { promise(): Promise<string> }).promise().catch(reject);
      });
    };
    assert.equal(await told('{ "current": "s3cret", "next": "other" }'), "s3cret");
    for (const text of ["s3cret", "null", "{}", '{ "current": "" }', '{ "next": "s3cret" }']) {
      await assert.rejects(told(text), (error: Error) => {
        assert.equal(
          error.message,
          'ApiDistribution "edge": `originSecret.secretArn` holds no value that is current; give that of an `OriginSecret`.',
        );
        return true;
      });
    }
  });
});
