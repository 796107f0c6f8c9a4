import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import * as path from "node:path";
import * as grpc from "@grpc/grpc-js";
import { AnalyzerClient } from "@pulumi/pulumi/proto/analyzer_grpc_pb";
import * as proto from "@pulumi/pulumi/proto/analyzer_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import type { JavaScriptValue } from "google-protobuf/google/protobuf/struct_pb";
import { root } from "./support/command";

// The compiled pack under a client that shares nothing with the offline preview: what engines may send, in any order,
// twice, at once and with fields left out.

type Properties = Readonly<Record<string, JavaScriptValue>>;

/** A resource as an engine knows it. */
interface Resource {
  readonly urn: string;
  readonly type: string;
  readonly name: string;
  readonly inputs: Properties;
  readonly outputs: Properties;
  readonly ties: Readonly<Record<string, readonly string[]>>;
}

const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** A pack in a process of its own, and the calls that an engine may make. */
class Client {
  private constructor(
    private readonly child: ChildProcess,
    private readonly client: AnalyzerClient,
  ) {}

  static async boot(): Promise<Client> {
    const runtime = path.dirname(require.resolve("@pulumi/pulumi/package.json"));
    const child = spawn(
      process.execPath,
      // No engine listens there, and none is asked.
      [path.join(runtime, "cmd", "run-policy-pack"), "127.0.0.1:1", path.join(root, "policypack")],
      { cwd: path.join(root, "policypack"), stdio: ["ignore", "pipe", "inherit"] },
    );
    const port = await new Promise<string>((resolve, reject) => {
      child.stdout.once("data", (chunk: Buffer) => {
        resolve(chunk.toString("utf8").trim());
      });
      child.once("error", reject);
      child.once("exit", (code) => {
        reject(new Error(`the pack ended with ${String(code)}`));
      });
    });
    return new Client(child, new AnalyzerClient(`127.0.0.1:${port}`, grpc.credentials.createInsecure()));
  }

  close(): void {
    this.client.close();
    this.child.kill();
  }

  handshake(): Promise<proto.AnalyzerHandshakeResponse> {
    const request = new proto.AnalyzerHandshakeRequest().setEngineAddress("127.0.0.1:1");
    return new Promise((resolve, reject) => {
      this.client.handshake(request, (error, response) => {
        if (error) reject(error);
        else resolve(response);
      });
    });
  }

  info(): Promise<proto.AnalyzerInfo> {
    return new Promise((resolve, reject) => {
      this.client.getAnalyzerInfo(new Empty(), (error, response) => {
        if (error) reject(error);
        else resolve(response);
      });
    });
  }

  configureStack(tags: Readonly<Record<string, string>>): Promise<unknown> {
    const request = new proto.AnalyzerStackConfigureRequest().setStack("dev").setProject("shop").setDryRun(true);
    for (const [key, value] of Object.entries(tags)) request.getTagsMap().set(key, value);
    return new Promise((resolve, reject) => {
      this.client.configureStack(request, (error, response) => {
        if (error) reject(error);
        else resolve(response);
      });
    });
  }

  configure(policies: Readonly<Record<string, readonly [proto.EnforcementLevel, Properties]>>): Promise<unknown> {
    const request = new proto.ConfigureAnalyzerRequest();
    for (const [name, [level, properties]] of Object.entries(policies)) {
      const config = new proto.PolicyConfig().setEnforcementlevel(level).setProperties(struct(properties));
      request.getPolicyconfigMap().set(name, config);
    }
    return new Promise((resolve, reject) => {
      this.client.configure(request, (error, response) => {
        if (error) reject(error);
        else resolve(response);
      });
    });
  }

  remediate(resource: Resource): Promise<proto.Remediation[]> {
    return new Promise((resolve, reject) => {
      this.client.remediate(requestOf(resource), (error, response) => {
        if (error) reject(error);
        else resolve(response.getRemediationsList());
      });
    });
  }

  analyze(request: proto.AnalyzeRequest): Promise<string[]> {
    return new Promise((resolve, reject) => {
      this.client.analyze(request, (error, response) => {
        if (error) reject(error);
        else resolve(saidIn(response, request.getUrn()));
      });
    });
  }

  analyzeStack(resources: readonly proto.AnalyzerResource[]): Promise<string[]> {
    const request = new proto.AnalyzeStackRequest().setResourcesList([...resources]);
    return new Promise((resolve, reject) => {
      this.client.analyzeStack(request, (error, response) => {
        if (error) reject(error);
        else resolve(saidIn(response, ""));
      });
    });
  }

  /** Both hooks over a stack, one call after the other. */
  async judge(stack: readonly Resource[]): Promise<string[]> {
    const said: string[] = [];
    for (const resource of stack) said.push(...(await this.analyze(requestOf(resource))));
    said.push(...(await this.analyzeStack(stack.map(stackResource))));
    return said.sort();
  }
}

function struct(properties: Properties): Struct {
  return Struct.fromJavaScript(properties);
}

function saidIn(response: proto.AnalyzeResponse, urn: string): string[] {
  return response
    .getDiagnosticsList()
    .map((one) => `${one.getPolicyname()} ${one.getUrn() || urn} ${one.getMessage()}`)
    .sort();
}

const options = (): proto.AnalyzerResourceOptions =>
  new proto.AnalyzerResourceOptions().setCustomtimeouts(new proto.AnalyzerResourceOptions.CustomTimeouts());

const provider = (): proto.AnalyzerProviderResource =>
  new proto.AnalyzerProviderResource()
    .setType("pulumi:providers:aws")
    .setName("default")
    .setUrn("urn:pulumi:dev::shop::pulumi:providers:aws::default")
    .setProperties(struct({ region: "eu-west-1" }));

function requestOf({ type, name, urn, inputs }: Resource): proto.AnalyzeRequest {
  return new proto.AnalyzeRequest()
    .setType(type)
    .setName(name)
    .setUrn(urn)
    .setProperties(struct(inputs))
    .setOptions(options())
    .setProvider(type.startsWith("aws:") ? provider() : undefined);
}

function stackResource({ type, name, urn, outputs, ties }: Resource): proto.AnalyzerResource {
  const message = new proto.AnalyzerResource()
    .setType(type)
    .setName(name)
    .setUrn(urn)
    .setProperties(struct(outputs))
    .setOptions(options())
    .setProvider(type.startsWith("aws:") ? provider() : undefined)
    .setDependenciesList([...new Set(Object.values(ties).flat())]);
  for (const [key, urns] of Object.entries(ties)) {
    const sources = new proto.AnalyzerPropertyDependencies().setUrnsList([...urns]);
    message.getPropertydependenciesMap().set(key, sources);
  }
  return message;
}

/** A REST API with an open method and a stage that lacks much; ids are known once it exists. */
function shop(stack: string, exists = false): readonly Resource[] {
  const made: Resource[] = [];
  const add = (
    type: string,
    name: string,
    inputs: Properties,
    computed: Properties = {},
    ties: Readonly<Record<string, readonly Resource[]>> = {},
  ): Resource => {
    const resource = {
      urn: `urn:pulumi:${stack}::shop::${type}::${name}`,
      type,
      name,
      inputs,
      outputs: { ...inputs, ...computed },
      ties: Object.fromEntries(Object.entries(ties).map(([key, list]) => [key, list.map(({ urn }) => urn)])),
    };
    made.push(resource);
    return resource;
  };
  const later = (value: string): string => (exists ? value : unknown);
  const id = later(`${stack}abc`);
  add("pulumi:pulumi:Stack", `shop-${stack}`, {});
  const api = add(
    "aws:apigateway/restApi:RestApi",
    "orders",
    { name: "orders", description: "Orders." },
    { id, rootResourceId: later("root") },
  );
  const method = add(
    "aws:apigateway/method:Method",
    "list",
    { restApi: id, resourceId: later("root"), httpMethod: "GET", authorization: "NONE", apiKeyRequired: false },
    { id: later("agm") },
    { restApi: [api], resourceId: [api] },
  );
  const deployment = add(
    "aws:apigateway/deployment:Deployment",
    "orders",
    { restApi: id },
    { id: later("dep") },
    { restApi: [api], triggers: [method] },
  );
  add(
    "aws:apigateway/stage:Stage",
    "orders",
    { restApi: id, deployment: later("dep"), stageName: "prod" },
    { id: later("ags"), arn: later(`arn:aws:apigateway:eu-west-1::/restapis/${id}/stages/prod`) },
    { restApi: [api], deployment: [deployment] },
  );
  return made;
}

const about = (said: readonly string[], policy: string): string[] =>
  said.filter((one) => one.startsWith(`${policy} `)).map((one) => one.split(" ")[1]?.split("::").at(-1) ?? "");

const once = (said: readonly string[]): void => {
  assert.equal(new Set(said).size, said.length, "nothing is said twice");
};

describe("the pack under a client of its own", () => {
  const dev = shop("dev");
  const live = shop("live", true);
  let client: Client;
  let saidOfDev: string[];
  let saidOfLive: string[];

  before(async () => {
    client = await Client.boot();
    saidOfDev = await client.judge(dev);
    const other = await Client.boot();
    saidOfLive = await other.judge(live);
    other.close();
  });
  after(() => {
    (client as Client | undefined)?.close();
  });
  afterEach(() => client.configure({}));

  it("finds what is wrong, each once", () => {
    for (const said of [saidOfDev, saidOfLive]) {
      assert.deepEqual(about(said, "route-authorization"), ["list"]);
      assert.deepEqual(about(said, "stage-access-logging"), ["orders"]);
      assert.deepEqual(about(said, "stage-web-acl"), ["orders"]);
      once(said);
    }
  });

  it("answers a handshake, or leaves it to engines that need none", async () => {
    await client.handshake().catch((error: unknown) => {
      assert.equal((error as grpc.ServiceError).code, grpc.status.UNIMPLEMENTED);
    });
  });

  it("tells what it is", async () => {
    const info = await client.info();
    assert.equal(info.getName(), "gatehouse");
    assert.equal(info.getSupportsconfig(), true);
    assert.ok(info.getPoliciesList().some((policy) => policy.getName() === "route-authorization"));
  });

  it("takes the stack's tags", async () => {
    await client.configureStack({ environment: "production" });
    const tagged = await client.judge(dev);
    await client.configureStack({});
    assert.deepEqual(about(tagged, "route-authorization"), ["list"]);
    assert.deepEqual(await client.judge(dev), saidOfDev, "tags of an earlier stack are gone");
  });

  it("says the same whatever the order", async () => {
    assert.deepEqual(await client.judge([...dev].reverse()), saidOfDev);
    const said: string[] = [];
    for (const resource of dev) said.push(...(await client.analyze(requestOf(resource))));
    said.push(...(await client.analyzeStack([...dev].reverse().map(stackResource))));
    assert.deepEqual(said.sort(), saidOfDev);
  });

  it("says the same of resources sent all at once", async () => {
    const said = await Promise.all(dev.map((resource) => client.analyze(requestOf(resource))));
    said.push(await client.analyzeStack(dev.map(stackResource)));
    assert.deepEqual(said.flat().sort(), saidOfDev);
  });

  it("says the same of a resource that is sent again, as one that is replaced is", async () => {
    const said: string[] = [];
    for (const resource of dev) {
      const first = await client.analyze(requestOf(resource));
      assert.deepEqual(await client.analyze(requestOf(resource)), first);
      said.push(...first);
    }
    said.push(...(await client.analyzeStack(dev.map(stackResource))));
    assert.deepEqual(said.sort(), saidOfDev);
  });

  it("judges a resource by what it was sent last", async () => {
    const closed = dev.map((resource) =>
      resource.name === "list" ? { ...resource, inputs: { ...resource.inputs, authorization: "AWS_IAM" } } : resource,
    );
    for (const resource of [...dev, ...closed]) await client.analyze(requestOf(resource));
    const said = await client.analyzeStack(closed.map(stackResource));
    assert.deepEqual(about(said, "route-authorization"), []);
  });

  it("says the same in round after round", async () => {
    for (const stack of [dev, live, dev, live]) {
      assert.deepEqual(await client.judge(stack), stack === dev ? saidOfDev : saidOfLive);
    }
  });

  it("keeps two stacks apart, one call after the other", async () => {
    const said: Record<"dev" | "live", string[]> = { dev: [], live: [] };
    for (const [index, resource] of dev.entries()) {
      said.dev.push(...(await client.analyze(requestOf(resource))));
      const other = live[index];
      if (other) said.live.push(...(await client.analyze(requestOf(other))));
    }
    said.dev.push(...(await client.analyzeStack(dev.map(stackResource))));
    said.live.push(...(await client.analyzeStack(live.map(stackResource))));
    assert.deepEqual(said.dev.sort(), saidOfDev);
    assert.deepEqual(said.live.sort(), saidOfLive);
  });

  it("keeps two stacks apart, all at once", async () => {
    const [ofDev, ofLive] = await Promise.all(
      [dev, live].map(async (stack) => {
        const said = await Promise.all(stack.map((resource) => client.analyze(requestOf(resource))));
        said.push(await client.analyzeStack(stack.map(stackResource)));
        return said.flat().sort();
      }),
    );
    assert.deepEqual(ofDev, saidOfDev);
    assert.deepEqual(ofLive, saidOfLive);
  });

  it("keeps two analyses of whole stacks apart that come at once", async () => {
    for (const resource of [...dev, ...live]) await client.analyze(requestOf(resource));
    const [ofDev = [], ofLive = []] = await Promise.all(
      [dev, live].map((stack) => client.analyzeStack(stack.map(stackResource))),
    );
    assert.deepEqual(about(ofDev, "stage-web-acl"), ["orders"]);
    assert.deepEqual(about(ofLive, "stage-web-acl"), ["orders"]);
    once([...ofDev, ...ofLive]);
    assert.ok(ofDev.every((one) => one.includes("urn:pulumi:dev::")));
    assert.ok(ofLive.every((one) => one.includes("urn:pulumi:live::")));
  });

  it("forgets a resource that is gone at the end", async () => {
    const gone = shop("dev").map((resource) => ({
      ...resource,
      urn: resource.urn.replace(/[^:]*$/, "former"),
      name: "former",
    }));
    for (const resource of gone) {
      const said = await client.analyze(requestOf(resource));
      assert.ok(said.every((one) => one.includes("::former ")));
    }
    assert.deepEqual(await client.judge(dev), saidOfDev);
    // What was gone is no more known to the next round than to this one.
    const former = await client.analyzeStack(gone.map(stackResource));
    assert.deepEqual(about(former, "stage-web-acl"), ["former"]);
  });

  it("judges a stack whose resources were never sent one by one", async () => {
    const said = await client.analyzeStack(live.map(stackResource));
    assert.deepEqual(about(said, "route-authorization"), ["list"]);
    assert.deepEqual(about(said, "stage-web-acl"), ["orders"]);
    assert.deepEqual(await client.analyzeStack(live.map(stackResource)), said, "and again");
    once(said);
  });

  it("judges a stack of nothing", async () => {
    assert.deepEqual(await client.analyzeStack([]), []);
  });

  it("bears requests with everything left out that may be", async () => {
    const said: string[] = [];
    for (const resource of dev) {
      const request = requestOf(resource).setProvider(undefined).setOptions(new proto.AnalyzerResourceOptions());
      said.push(...(await client.analyze(request)));
    }
    const resources = dev.map((resource) =>
      stackResource(resource)
        .setDependenciesList([])
        .setOptions(new proto.AnalyzerResourceOptions().setParent("urn:pulumi:dev::shop::nowhere:at:All::all"))
        .setParent("urn:pulumi:dev::shop::nowhere:at:All::all"),
    );
    said.push(...(await client.analyzeStack(resources)));
    assert.deepEqual(said.sort(), saidOfDev);
    const bare = new proto.AnalyzeRequest()
      .setType("aws:apigateway/method:Method")
      .setProperties(new Struct())
      .setOptions(new proto.AnalyzerResourceOptions());
    assert.deepEqual(await client.analyze(bare), []);
    const orphan = new proto.AnalyzerResource()
      .setProperties(new Struct())
      .setOptions(new proto.AnalyzerResourceOptions());
    assert.deepEqual(await client.analyzeStack([orphan]), []);
  });

  it("takes each configuration in place of the one before", async () => {
    const { ADVISORY, DISABLED } = proto.EnforcementLevel;
    await client.configure({ "route-authorization": [DISABLED, {}], "stage-web-acl": [ADVISORY, {}] });
    const said = await client.judge(dev);
    assert.deepEqual(about(said, "route-authorization"), []);
    assert.deepEqual(about(said, "stage-web-acl"), ["orders"]);
    const exemption = { resource: "orders", reason: "Only the tests call it." };
    await client.configure({ "stage-web-acl": [ADVISORY, { exemptions: [exemption] }] });
    const exempted = await client.judge(dev);
    assert.deepEqual(about(exempted, "route-authorization"), ["list"]);
    assert.deepEqual(about(exempted, "stage-web-acl"), []);
    assert.deepEqual(about(exempted, "exemptions-in-force"), ["orders"]);
    await client.configure({});
    assert.deepEqual(await client.judge(dev), saidOfDev);
  });

  it("mends what it is configured to, and only then", async () => {
    const [stage] = dev.filter((resource) => resource.type === "aws:apigateway/stage:Stage");
    assert.ok(stage);
    assert.deepEqual(await client.remediate(stage), []);
    await client.configure({ "stage-tracing": [proto.EnforcementLevel.REMEDIATE, {}] });
    const [mended, ...more] = await client.remediate(stage);
    assert.equal(mended?.getPolicyname(), "stage-tracing");
    assert.deepEqual(mended.getProperties()?.toJavaScript(), { ...stage.inputs, xrayTracingEnabled: true });
    assert.deepEqual(more, []);
  });
});
