import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import * as path from "node:path";
import { runtime } from "@pulumi/pulumi";
import type { CustomResourceOptions } from "@pulumi/pulumi";
import * as gatehouse from "../../components";
import { canonicalJson } from "../../components/lib/values";
import type { Registered } from "../../preview/engine";
import type { Unknowns } from "../../preview/provider";
import { missing, Workspace } from "../engine/cli";
import { root } from "../support/command";
import { Order } from "../support/order";
import { refused } from "../support/refused";
import { Pack, register } from "../support/stack";
import type { Program } from "../support/stack";
import { handler, message, newOrder, production } from "./variants";

// Traps that other components and modules fell into, as their issues tell them. `docs/decisions/0006-traps.md` says where
// ours goes another way than its users asked for, and why.

/** One API of each kind; `more` is a route that comes with a change of the program. */
function apis(unknowns: Unknowns, more = false): Promise<Registered[]> {
  return register(
    (packages) => {
      const lambda = handler(packages);
      const routes = { "GET /orders": { lambda }, "GET /stock": { lambda }, ...(more && { "GET /more": { lambda } }) };
      new gatehouse.RestApi("rest", { isolation: production, routes });
      new gatehouse.HttpApi("http", { isolation: production, routes });
      new gatehouse.WebSocketApi("socket", {
        isolation: production,
        models: { Message: message },
        routes: {
          $default: { lambda },
          send: { lambda, requestModel: "Message" },
          ...(more && { $disconnect: { lambda } }),
        },
      });
    },
    unknowns,
    "prod",
  );
}

type Packages = Parameters<Program>[0];
type Inputs = Record<string, unknown>;

/** Every kind of component that others stand on, in production, with what is deleted in a certain order. */
const everything: Program = (packages) => {
  const lambda = handler(packages);
  const check = handler(packages, "check");
  const orders = new gatehouse.RestApi("orders", {
    isolation: production,
    disableExecuteApiEndpoint: true,
    routes: {
      "GET /": { lambda },
      "GET /orders": { lambda, apiKeyRequired: true },
      "GET /a~b/{id}": { mock: {}, authorizationType: "NONE", publicAccessReason: "probed by the load balancer" },
    },
  });
  const stock = new gatehouse.RestApi("stock", {
    isolation: production,
    endpointType: "EDGE",
    disableExecuteApiEndpoint: true,
    routes: { "GET /stock": { lambda } },
    exceptions: [{ control: "endpoint-type", reason: "callers are on four continents" }],
  });
  new gatehouse.WebSocketApi("chat", {
    isolation: production,
    authorizer: { lambda: check },
    routes: { $default: { lambda } },
  });
  const domain = { isolation: production, hostedZoneId: "Z0EXAMPLE" };
  new gatehouse.ApiDomain("api", {
    ...domain,
    domainName: "api.example.com",
    mappings: { "/": { restStage: orders.stage } },
    mutualTls: { certificates: "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n" },
  });
  new gatehouse.ApiDomain("edge", {
    ...domain,
    domainName: "stock.example.com",
    endpointType: "EDGE",
    mappings: { "/": { restStage: stock.stage } },
    exceptions: [{ control: "endpoint-type", reason: "callers are on four continents" }],
  });
  new gatehouse.ApiClients("partners", {
    isolation: production,
    stages: [{ stage: orders.stage }],
    clients: { acme: {} },
  });
  new gatehouse.ApiAccount("region", { isolation: production });
};

/** What a program registers, and, by type and name, with which options and which secrets. */
async function recorded(program: Program): Promise<{
  readonly resources: readonly Registered[];
  readonly options: ReadonlyMap<string, CustomResourceOptions>;
  readonly secrets: ReadonlyMap<string, readonly string[]>;
}> {
  const options = new Map<string, CustomResourceOptions>();
  const secrets = new Map<string, readonly string[]>();
  const asked: Promise<unknown>[] = [];
  const resources = await register(
    ({ pulumi, ...packages }) => {
      pulumi.runtime.registerStackTransformation(({ type, name, props, opts }) => {
        const key = `${type.split(":").at(-1) ?? ""} ${name}`;
        options.set(key, opts);
        const all = Object.entries(props).map(async ([property, value]) =>
          pulumi.Output.isInstance(value) && (await pulumi.isSecret(value)) ? [property] : [],
        );
        asked.push(Promise.all(all).then((found) => secrets.set(key, found.flat())));
        return undefined;
      });
      program({ pulumi, ...packages });
    },
    "resolve",
    "prod",
  );
  await Promise.all(asked);
  return { resources, options, secrets };
}

/** Inputs without what the provider's defaults leave in them. */
function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value), (key, item: unknown) => (key === "__defaults" ? undefined : item));
}

const of = (resources: readonly Registered[], type: string): Registered[] =>
  resources.filter((resource) => resource.type.endsWith(`:${type}`));

describe("traps of API Gateway components", () => {
  let resources: Registered[];
  let all: readonly Registered[];
  let options: ReadonlyMap<string, CustomResourceOptions>;
  let secrets: ReadonlyMap<string, readonly string[]>;
  let order: Order;
  before(async () => {
    resources = await apis("resolve");
    ({ resources: all, options, secrets } = await recorded(everything));
    order = new Order(all);
  });

  const one = (type: string, name: string): Registered => {
    const found = of(all, type).find((resource) => resource.name === name);
    assert.ok(found, `there is ${type} ${name}`);
    return found;
  };
  /** The body of a REST API that a program makes. */
  const bodyOf = async (args: (packages: Packages) => Omit<gatehouse.RestApiArgs, "isolation">): Promise<Inputs> => {
    const made = await register(
      (packages) => {
        new gatehouse.RestApi("orders", { isolation: production, ...args(packages) });
      },
      "resolve",
      "prod",
    );
    const api = of(made, "RestApi").find(({ custom }) => custom);
    return JSON.parse(String(api?.inputs["body"])) as Inputs;
  };

  it("every trap has its test, and its row where the reasons are", () => {
    const numbers = (text: string, pattern: RegExp): number[] =>
      [...text.matchAll(pattern)].flatMap(([, list = ""]) => list.split(", ").map((one) => Number(one.slice(1))));
    const every = Array.from({ length: 25 }, (_, index) => index + 1);
    const tested = numbers(readFileSync(__filename, "utf8"), /^ {2}it\("(T\d+(?:, T\d+)*): /gm);
    assert.deepEqual(
      [...new Set(tested)].sort((a, b) => a - b),
      every,
    );
    const page = readFileSync(path.join(root, "docs", "decisions", "0006-traps.md"), "utf8");
    assert.deepEqual(numbers(page, /^\| (T\d+) /gm), every);
  });

  it("what a stack has can be deleted in some order", () => {
    assert.equal(order.deletions().length, all.length);
  });

  it("T1: no API makes the account's logging role, which all APIs of a region share", () => {
    assert.deepEqual(of(resources, "Account"), []);
  });

  it("T1: the role of the account is there before it is told, and both stay", () => {
    assert.ok(order.isFirst(one("Account", "region"), one("RolePolicyAttachment", "region")));
    for (const key of ["Account region", "Role region", "RolePolicyAttachment region"]) {
      assert.equal(options.get(key)?.retainOnDelete, true, key);
    }
  });

  it("T2, T6: routes and the resource policy of REST and HTTP APIs stand in one body", () => {
    const bodies = [...of(resources, "RestApi"), ...of(resources, "Api")].filter(({ inputs }) => "body" in inputs);
    assert.deepEqual(
      bodies
        .filter(({ custom }) => custom)
        .map(({ name }) => name)
        .sort(),
      ["http", "rest"],
    );
    for (const type of ["Method", "Resource", "RestApiPolicy"]) assert.deepEqual(of(resources, type), []);
    assert.deepEqual(
      of(resources, "Route").map(({ name }) => name.split("-")[0]),
      ["socket", "socket", "socket"],
    );
  });

  it("T3: a deployment follows a change of routes, and nothing else", async () => {
    const triggers = (all: readonly Registered[]): unknown[] =>
      of(all, "Deployment")
        .sort((a, b) => (a.urn < b.urn ? -1 : 1))
        .map(({ inputs }) => JSON.stringify(inputs["triggers"]));
    const before = triggers(resources);
    assert.equal(before.length, 3);
    assert.deepEqual(triggers(await apis("resolve")), before);
    const after = triggers(await apis("resolve", true));
    assert.ok(after.every((one, index) => one !== before[index]));
  });

  it("T4: a deployment is made before the one before it is deleted, whatever names are made of", () => {
    for (const name of ["orders", "stock", "chat"]) {
      assert.equal(options.get(`Deployment ${name}`)?.deleteBeforeReplace, false, name);
      assert.ok(!("stageName" in one("Deployment", name).inputs));
      assert.ok(order.isFirst(one("Stage", name), one("Deployment", name)));
    }
  });

  it("T4: with names that have nothing random the real engine deletes first, and the deployment before is kept", async function () {
    const reason = missing();
    if (reason !== undefined) {
      console.warn(`\n*** NOT TESTED against the real Pulumi engine: ${reason} ***\n`);
      this.skip();
    }
    this.timeout(600_000);
    /** What becomes of the deployment when a route changes: the engine's steps, and whether what is old stays. */
    const changed = async (
      ...autonaming: readonly string[]
    ): Promise<{ readonly steps: string[]; readonly kept: unknown }> => {
      const workspace = await Workspace.open("examples/components-rest-one-line", "dev");
      try {
        if (autonaming.length > 0) await workspace.pulumi({}, "config", "set", "--path", ...autonaming);
        await workspace.pulumi({}, "up", "--yes", "--skip-preview");
        await workspace.pulumi({}, "stack", "export", "--file", workspace.file("state.json"));
        const state = workspace.read("state.json") as {
          readonly deployment: {
            readonly resources: readonly { readonly type: string; readonly retainOnDelete?: boolean }[];
          };
        };
        const kept =
          state.deployment.resources.find(({ type }) => type.endsWith(":Deployment"))?.retainOnDelete ?? false;
        const program = path.join(workspace.program, "index.ts");
        writeFileSync(program, readFileSync(program, "utf8").replace("GET /orders/{id}", "GET /more/{id}"));
        const { stdout } = await workspace.pulumi({}, "up", "--yes", "--skip-preview", "--json");
        const steps = stdout.split("\n").flatMap((text) => {
          if (!text.startsWith("{")) return [];
          const event = JSON.parse(text) as { resourcePreEvent?: { metadata: { op: string; type: string } } };
          const { op, type } = event.resourcePreEvent?.metadata ?? { op: "", type: "" };
          return type.endsWith(":Deployment") && op !== "same" ? [op] : [];
        });
        return { steps, kept };
      } finally {
        workspace.close();
      }
    };
    assert.deepEqual(await changed(), { steps: ["create-replacement", "replace", "delete-replaced"], kept: false });
    assert.deepEqual(await changed("pulumi:autonaming.pattern", "${name}"), {
      steps: ["delete-replaced", "replace", "create-replacement"],
      kept: true,
    });
  });

  it("T4: where a stack names resources its own way, no kind of API deletes a deployment", async () => {
    runtime.setAllConfig({ "pulumi:autonaming": '{"mode":"verbatim"}' });
    const { options: named } = await recorded((packages) => {
      everything(packages);
      new gatehouse.HttpApi("http", {
        isolation: production,
        routes: { "GET /orders": { lambda: handler(packages, "http") } },
      });
    }).finally(() => {
      runtime.setAllConfig({});
    });
    const kept = ["orders", "stock", "chat", "http"].map((name) => named.get(`Deployment ${name}`)?.retainOnDelete);
    assert.deepEqual(kept, [true, true, true, true]);
    assert.equal(options.get("Deployment orders")?.retainOnDelete, false);
  });

  it("T5: mappings make room before they are made anew, and are gone before their stage and domain", () => {
    for (const [type, name, stage, domain] of [
      ["ApiMapping", "api-root", "orders", "api"],
      ["BasePathMapping", "edge-root", "stock", "edge"],
    ] as const) {
      assert.equal(options.get(`${type} ${name}`)?.deleteBeforeReplace, true);
      assert.ok(order.isFirst(one(type, name), one("Stage", stage)));
      assert.ok(order.isFirst(one(type, name), one("DomainName", domain)));
    }
  });

  it("T5, T23: what clients know by its address is protected in production, from another name of a stage as well", () => {
    for (const key of [
      "RestApi orders",
      "Stage orders",
      "Api chat",
      "Stage chat",
      "DomainName api",
      "DomainName edge",
    ]) {
      assert.equal(options.get(key)?.protect, true, key);
    }
  });

  it("T7: the policy of a private API comes with its body, and names no id", async () => {
    const body = await bodyOf((packages) => ({
      endpointType: "PRIVATE",
      vpcEndpointIds: ["vpce-0a1b2c3d"],
      routes: { "GET /orders": { lambda: handler(packages) } },
    }));
    const policy = body["x-amazon-apigateway-policy"] as { readonly Statement: readonly Inputs[] };
    assert.ok(policy.Statement.length > 0);
    assert.ok(policy.Statement.every(({ Resource }) => Resource === "execute-api:/*"));
    assert.deepEqual(body["servers"], [
      { url: "/", "x-amazon-apigateway-endpoint-configuration": { vpcEndpointIds: ["vpce-0a1b2c3d"] } },
    ]);
  });

  it("T8: an authorizer is no resource of its own, or is gone after the routes that ask it", () => {
    assert.deepEqual(
      of(all, "Authorizer").map(({ name }) => name),
      ["chat"],
    );
    assert.ok(order.isFirst(one("Route", "chat-connect"), one("Authorizer", "chat")));
    // Told in so many words, so that an authorizer that is taken away leaves no route behind.
    assert.equal(one("Route", "chat-connect").inputs["authorizationType"], "CUSTOM");
  });

  it("T8: an API has ten authorizers at most", async () => {
    const names = Array.from({ length: 11 }, (_, index) => `a${String(index)}`);
    const url = "https://backend.example.com/";
    const lambda = {
      lambdaInvokeArn:
        "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:123456789012:function:check:1/invocations",
    };
    const said = await refused(
      () =>
        new gatehouse.HttpApi("orders", {
          isolation: production,
          authorizers: Object.fromEntries(names.map((name) => [name, { lambda }])),
          routes: Object.fromEntries(names.map((name) => [`GET /${name}`, { http: { url }, authorizer: name }])),
        }),
    );
    assert.equal(said, 'HttpApi "orders": `authorizers` holds 11; an API has 10 at most.');
  });

  it("T9: a plan knows its stage by the stage itself, and is gone before it, and its keys before it", () => {
    const plan = one("UsagePlan", "partners");
    assert.ok(plan.propertyDependencies["apiStages"]?.includes(one("Stage", "orders").urn));
    assert.ok(order.isFirst(plan, one("Stage", "orders")));
    for (const slot of ["a", "b"]) {
      assert.ok(order.isFirst(one("UsagePlanKey", `partners-acme-${slot}`), plan));
      assert.match(
        String(one("ApiKey", `partners-acme-${slot}`).inputs["name"]),
        /^clients-partners-prod-[0-9a-f]{8}-acme-[ab]$/,
      );
    }
  });

  it("T10: settings of all methods say everything, and those of one method come after them with their slashes escaped", () => {
    const whole = one("MethodSettings", "orders");
    const single = one("MethodSettings", "orders-get-a-b-id");
    assert.equal(whole.inputs["methodPath"], "*/*");
    assert.equal(single.inputs["methodPath"], "~1a~0b~1{id}/GET");
    assert.ok(order.isFirst(single, whole));
    const fields = (resource: Registered): string[] => Object.keys(resource.inputs["settings"] as Inputs).sort();
    assert.deepEqual(fields(single), fields(whole));
    for (const { inputs } of of(all, "MethodSettings")) {
      const settings = inputs["settings"] as Inputs;
      assert.ok(Number(settings["throttlingRateLimit"]) > 0 && Number(settings["throttlingBurstLimit"]) > 0);
    }
  });

  it("T10: a stage takes no settings of ANY, which are written for each method", async () => {
    const made = await register(
      (packages) => {
        new gatehouse.RestApi("login", {
          isolation: production,
          routes: { "ANY /login": { lambda: handler(packages) }, "GET /login": { lambda: handler(packages, "get") } },
          cors: { allowOrigins: ["https://shop.example.com"] },
          exceptions: [{ control: "route-catch-all", reason: "the backend answers every method" }],
        });
      },
      "resolve",
      "prod",
    );
    const paths = of(made, "MethodSettings").map(({ inputs }) => String(inputs["methodPath"]));
    assert.deepEqual(paths.sort(), [
      "*/*",
      ...["DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"].map((method) => `~1login/${method}`),
    ]);
    const pack = await Pack.boot();
    try {
      const { violations } = await pack.judge(made);
      assert.deepEqual(
        violations.map(({ policy }) => policy),
        ["route-catch-all"],
      );
    } finally {
      pack.close();
    }
  });

  it("T11: logs go to groups that one policy of the region lets be written", () => {
    const { policyDocument } = one("LogResourcePolicy", "region").inputs;
    const { Statement } = JSON.parse(String(policyDocument)) as {
      readonly Statement: readonly { readonly Resource: readonly string[]; readonly Condition: unknown }[];
    };
    const patterns = Statement.flatMap(({ Resource }) => Resource).map(
      (arn) => /log-group:(.*)\*:log-stream/.exec(arn)?.[1],
    );
    const delivered = of(all, "LogGroup")
      .map(({ inputs }) => String(inputs["name"]))
      .filter((name) => !/^(API-Gateway-Execution-Logs_|\/aws\/lambda\/)/.test(name));
    assert.equal(delivered.length, 5, "three access logs and two of web ACLs");
    for (const name of delivered)
      assert.ok(
        patterns.some((prefix) => prefix !== undefined && name.startsWith(prefix)),
        name,
      );
    assert.ok(Buffer.byteLength(String(policyDocument)) < 1024, "of 5120 bytes");
    assert.match(JSON.stringify(Statement), /"StringEquals":\{"aws:SourceAccount":"123456789012"\}/);
  });

  it("T12: access log formats are JSON, even where a value is missing", () => {
    for (const { inputs } of of(resources, "Stage")) {
      const { format } = inputs["accessLogSettings"] as { readonly format: string };
      assert.doesNotThrow(() => JSON.parse(format.replace(/\$context\.[A-Za-z.]+/g, "-")) as unknown);
    }
  });

  it("T13: the execution log is there, with its key and for its time, before the stage", () => {
    for (const name of ["rest", "socket"]) {
      const group = resources.find((resource) => resource.name === `${name}-execution`);
      const stage = of(resources, "Stage").find((resource) => resource.name === name);
      assert.ok(group && stage?.dependencies.includes(group.urn));
      assert.equal(group.inputs["retentionInDays"], 365);
      assert.ok(group.inputs["kmsKeyId"]);
    }
  });

  it("T14: a web ACL is tied to the stage itself, and let go before it", () => {
    const association = one("WebAclAssociation", "orders");
    assert.deepEqual(association.propertyDependencies["resourceArn"], [one("Stage", "orders").urn]);
    assert.ok(order.isFirst(association, one("Stage", "orders")));
    assert.ok(
      order.isFirst(
        association,
        of(all, "WebAcl").find(({ name, custom }) => custom && name === "orders") ?? association,
      ),
    );
    assert.equal(options.get("WebAclAssociation orders")?.deleteBeforeReplace, true);
  });

  it("T15: a body is inspected whole or blocked, and its size is counted by no rule of the managed ones", async () => {
    const made = await register(
      () => {
        new gatehouse.WebAcl("shop", { isolation: production, maximumBodyKilobytes: 32, countRules: [] });
      },
      "resolve",
      "prod",
    );
    const acl = of(made, "WebAcl").find(({ custom }) => custom)?.inputs ?? {};
    assert.deepEqual(plain(acl["associationConfig"]), {
      requestBodies: [{ apiGateways: [{ defaultSizeInspectionLimit: "KB_32" }] }],
    });
    const rules = acl["rules"] as readonly Inputs[];
    const large = rules.find(({ name }) => name === "large-body");
    assert.deepEqual(plain(large?.["action"]), { block: {} });
    assert.deepEqual(plain((large?.["statement"] as Inputs)["sizeConstraintStatement"]), {
      fieldToMatch: { body: { oversizeHandling: "MATCH" } },
      comparisonOperator: "GT",
      size: 32 * 1024,
      textTransformations: [{ priority: 0, type: "NONE" }],
    });
    const common = rules.find(({ name }) => name === "AWSManagedRulesCommonRuleSet");
    assert.match(canonicalJson(plain(common)), /"actionToUse":\{"count":\{\}\},"name":"SizeRestrictions_BODY"/);
  });

  it("T16: a function is permitted once for each API, by the account, the API and the stage", () => {
    const permissions = of(resources, "Permission");
    const ofApi = (name: string): Registered[] => permissions.filter((one) => one.name.startsWith(`${name}-`));
    assert.equal(ofApi("rest").length, 1);
    assert.equal(ofApi("http").length, 1);
    for (const { inputs } of permissions) {
      assert.match(String(inputs["sourceArn"]), /:execute-api:[a-z0-9-]+:\d{12}:[a-z0-9]+\/(v1|\$default)\//);
      assert.match(String(inputs["sourceAccount"]), /^\d{12}$/);
    }
  });

  it("T17: who is let in by a certificate is pinned to a version of an object that has a name of its own", async () => {
    const { truststoreUri, truststoreVersion } = one("DomainName", "api").inputs["mutualTlsAuthentication"] as Inputs;
    assert.match(String(truststoreUri), /^s3:\/\/.*\/truststore\.pem$/);
    assert.ok(String(truststoreVersion) !== "");
    assert.deepEqual(plain(one("BucketVersioning", "api-truststore").inputs["versioningConfiguration"]), {
      status: "Enabled",
    });
    assert.ok(order.isFirst(one("BucketObjectv2", "api-truststore"), one("BucketVersioning", "api-truststore")));
    assert.equal(one("DomainName", "api").inputs["securityPolicy"], "TLS_1_2");
    // A way around the certificate is the API's to close, and the pack's to find.
    const open = await register(
      (packages) => {
        const orders = new gatehouse.RestApi("orders", {
          isolation: production,
          routes: { "GET /orders": { lambda: handler(packages) } },
        });
        new gatehouse.ApiDomain("api", {
          isolation: production,
          domainName: "api.example.com",
          hostedZoneId: "Z0EXAMPLE",
          mappings: { "/": { restStage: orders.stage } },
          mutualTls: { certificates: "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n" },
        });
      },
      "resolve",
      "prod",
    );
    const pack = await Pack.boot();
    try {
      const { violations } = await pack.judge(open);
      assert.deepEqual(
        violations.map(({ policy }) => policy),
        ["domain-mutual-tls"],
      );
    } finally {
      pack.close();
    }
  });

  it("T18: an endpoint is regional; the certificate of an edge-optimized one is in us-east-1", () => {
    const types = (type: string, name: string): unknown =>
      (one(type, name).inputs["endpointConfiguration"] as Inputs)["types"];
    const rest = of(all, "RestApi").filter(({ custom }) => custom);
    assert.deepEqual(
      rest.map(({ name, inputs }) => `${name} ${String((inputs["endpointConfiguration"] as Inputs)["types"])}`).sort(),
      ["orders REGIONAL", "stock EDGE"],
    );
    assert.equal(types("DomainName", "api"), "REGIONAL");
    assert.equal(types("DomainName", "edge"), "EDGE");
    assert.equal(one("Certificate", "edge").inputs["region"], "us-east-1");
    assert.equal(one("CertificateValidation", "edge").inputs["region"], "us-east-1");
    assert.equal(one("DomainName", "edge").inputs["securityPolicy"], "SecurityPolicy_TLS13_2025_EDGE");
  });

  it("T19: a preflight asks nobody who they are, answers to errors name the origin, and no origin is any", async () => {
    const cors = { allowOrigins: ["https://shop.example.com"] };
    const body = await bodyOf((packages) => ({
      models: { NewOrder: newOrder },
      routes: { "POST /orders": { lambda: handler(packages), requestModel: "NewOrder" } },
      cors,
    }));
    const { options: preflight } = (body["paths"] as Record<string, Record<string, Inputs>>)["/orders"] ?? {};
    assert.deepEqual(preflight?.["security"], []);
    const responses = body["x-amazon-apigateway-gateway-responses"] as Record<string, Inputs>;
    for (const kind of ["DEFAULT_4XX", "DEFAULT_5XX"]) {
      const { responseParameters } = responses[kind] ?? {};
      const headers = responseParameters as Inputs;
      assert.equal(headers["gatewayresponse.header.Access-Control-Allow-Origin"], "'https://shop.example.com'");
    }
    const args = { routes: { "GET /orders": { mock: {} } }, cors: { allowOrigins: ["*"], allowCredentials: true } };
    assert.match(
      await refused(() => new gatehouse.RestApi("orders", { isolation: production, ...args })),
      /lets any origin call in production/,
    );
    const development = { environment: "nonproduction" } as const;
    assert.match(
      await refused(() => new gatehouse.RestApi("orders", { isolation: development, ...args }), "dev"),
      /lets any origin call with credentials/,
    );
  });

  it("T20: an HTTP API asks for no logs that its kind does not have", () => {
    const stage = of(resources, "Stage").find(({ name }) => name === "http");
    const settings = stage?.inputs["defaultRouteSettings"] as Record<string, unknown>;
    assert.ok(!("loggingLevel" in settings));
    assert.notEqual(settings["dataTraceEnabled"], true);
  });

  it("T21: a REST API may take its time to be deleted, of which AWS allows one in 30 seconds", () => {
    assert.equal(options.get("RestApi orders")?.customTimeouts?.delete, "30m");
  });

  it("T22: a client has two keys whose values nobody writes, whose names stay, and which are told as secrets", () => {
    const keys = of(all, "ApiKey");
    assert.deepEqual(
      keys.map(({ name }) => name),
      ["partners-acme-a", "partners-acme-b"],
    );
    for (const { name, inputs } of keys) {
      assert.ok(!("value" in inputs));
      assert.deepEqual(options.get(`ApiKey ${name}`)?.ignoreChanges, ["name", "enabled"]);
    }
    assert.deepEqual(secrets.get("SecretVersion partners-acme"), ["secretString"]);
    const { secretString = [] } = one("SecretVersion", "partners-acme").propertyDependencies;
    assert.ok(keys.every(({ urn }) => secretString.includes(urn)));
  });

  it("T24: TLS policies by default are ones that other scanners know as well", () => {
    // Checkov's CKV_AWS_206 and the pattern of trivy's AVD-AWS-0005.
    const checkov = ["TLS_1_2", "SecurityPolicy_TLS13_1_2_PFS_PQ_2025_09", "SecurityPolicy_TLS13_2025_EDGE"];
    const trivy = /^(TLS_1_2$|SecurityPolicy_TLS13_)/;
    const policies = [...of(all, "RestApi"), ...of(all, "DomainName")]
      .filter(({ custom }) => custom)
      .map(({ inputs }) => String(inputs["securityPolicy"]));
    assert.equal(policies.length, 4);
    for (const policy of policies) assert.ok(checkov.includes(policy) && trivy.test(policy), policy);
  });

  it("T25: a preview shows the very resources that an update makes", async () => {
    const urns = (all: readonly Registered[]): string[] => all.map(({ urn }) => urn).sort();
    assert.deepEqual(urns(await apis("keep")), urns(resources));
  });
});
