import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import * as path from "node:path";
import type { ChildProcess } from "node:child_process";
import * as grpc from "@grpc/grpc-js";
import * as analyzerRpc from "@pulumi/pulumi/proto/analyzer_grpc_pb";
import * as proto from "@pulumi/pulumi/proto/analyzer_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { maxMessageSize } from "./engine";
import type { Registered } from "./engine";
import { Failure } from "./failure";
import { levels, policyConfig } from "./policy-config";
import { end, start } from "./processes";
import { fromStruct, toStruct } from "./values";

export interface PolicyInfo {
  readonly name: string;
  readonly description: string;
  readonly level: string;
  readonly severity: string;
  readonly url: string;
  readonly fix: string;
  readonly tags: readonly string[];
  readonly options: Readonly<Record<string, unknown>>;
}

/** The inputs that a policy gives a resource. */
export interface Remediation {
  readonly policy: string;
  readonly properties: Readonly<Record<string, unknown>>;
}

/** What a policy said of a resource. */
export interface Diagnostic {
  readonly policy: string;
  readonly description: string;
  readonly message: string;
  readonly level: string;
  readonly severity: string;
  readonly urn: string;
}

const enforcementLevels: Readonly<Record<string, proto.EnforcementLevel>> = {
  advisory: proto.EnforcementLevel.ADVISORY,
  mandatory: proto.EnforcementLevel.MANDATORY,
  disabled: proto.EnforcementLevel.DISABLED,
  remediate: proto.EnforcementLevel.REMEDIATE,
};
const severities = ["", "low", "medium", "high", "critical"];

/** A policy pack served by its own process, asked as the Pulumi engine asks it. */
export class Analyzer {
  /** A policy is at the level `remediate`. */
  private remediates = false;

  private constructor(
    private readonly child: ChildProcess,
    private readonly client: analyzerRpc.AnalyzerClient,
    readonly policies: readonly PolicyInfo[],
  ) {}

  /** Boots the pack in a directory; `engine` is an engine's address. */
  static async boot(directory: string, engine: string, dryRun: boolean): Promise<Analyzer> {
    const root = path.resolve(directory);
    if (!existsSync(path.join(root, "PulumiPolicy.yaml"))) {
      throw new Failure(
        `${directory} holds no PulumiPolicy.yaml: name the directory of a policy pack with --policy-pack.`,
        2,
      );
    }
    let runtime: string;
    try {
      runtime = path.dirname(createRequire(path.join(root, "noop.js")).resolve("@pulumi/pulumi/package.json"));
    } catch {
      throw new Failure(
        `The policy pack in ${directory} has no @pulumi/pulumi installed: run \`npm install\` there.`,
        3,
      );
    }
    const typescript = !/typescript:\s*false/.test(readFileSync(path.join(root, "PulumiPolicy.yaml"), "utf8"));
    const child = start(
      [path.join(runtime, "cmd", "run-policy-pack"), engine, root],
      {
        cwd: root,
        env: {
          ...process.env,
          PULUMI_NODEJS_TYPESCRIPT: String(typescript),
          PULUMI_DRY_RUN: String(dryRun),
          NODE_NO_WARNINGS: "1",
        },
      },
      true,
    );
    const port = await portOf(child, directory);
    const client = new analyzerRpc.AnalyzerClient(`127.0.0.1:${port}`, grpc.credentials.createInsecure(), {
      "grpc.max_receive_message_length": maxMessageSize,
      "grpc.max_send_message_length": maxMessageSize,
    });
    const info = await unary<Empty, proto.AnalyzerInfo>(
      (request, done) => client.getAnalyzerInfo(request, done),
      new Empty(),
    );
    return new Analyzer(child, client, info.getPoliciesList().map(policyInfo));
  }

  /** Levels and options by policy; throws a {@link Failure} for what the pack does not have. */
  async configure(config: Readonly<Record<string, unknown>>, file: string): Promise<void> {
    const request = new proto.ConfigureAnalyzerRequest();
    const map = request.getPolicyconfigMap();
    const configured = policyConfig(config, this.policies, file);
    this.remediates = [...configured.values()].some(({ level }) => level === "remediate");
    for (const [name, { level, options }] of configured) {
      const message = new proto.PolicyConfig();
      message.setEnforcementlevel(enforcementLevels[level] ?? proto.EnforcementLevel.ADVISORY);
      message.setProperties(toStruct(options));
      map.set(name, message);
    }
    await unary<proto.ConfigureAnalyzerRequest, Empty>(
      (message, done) => this.client.configure(message, done),
      request,
    );
  }

  /** The stack's tags, which an engine knows of a backend that keeps them. */
  async configureStack(tags: Readonly<Record<string, string>>): Promise<void> {
    const request = new proto.AnalyzerStackConfigureRequest();
    const map = request.getTagsMap();
    for (const [key, value] of Object.entries(tags)) map.set(key, value);
    await unary<proto.AnalyzerStackConfigureRequest, proto.AnalyzerStackConfigureResponse>(
      (message, done) => this.client.configureStack(message, done),
      request,
    );
  }

  /** Mends what policies at the level `remediate` mend, and runs both hooks over the resources. */
  async judge(given: readonly Registered[]): Promise<Diagnostic[]> {
    const resources = this.remediates ? await this.remedied(given) : given;
    const byUrn = new Map(resources.map((resource) => [resource.urn, resource]));
    const found: Diagnostic[] = [];
    for (const resource of resources) {
      const request = resourceRequest(resource, byUrn, withoutInternal(resource.inputs));
      const response = await unary<proto.AnalyzeRequest, proto.AnalyzeResponse>(
        (message, done) => this.client.analyze(message, done),
        request,
      );
      found.push(...response.getDiagnosticsList().map((diagnostic) => this.diagnostic(diagnostic, resource.urn)));
    }
    const response = await this.analyzeStack(stackRequest(resources));
    const root = resources.find((resource) => resource.type === "pulumi:pulumi:Stack")?.urn ?? "";
    found.push(...response.getDiagnosticsList().map((diagnostic) => this.diagnostic(diagnostic, root)));
    return found;
  }

  /** The resources with the inputs that the policies give them, and with them the outputs of a preview. */
  private async remedied(resources: readonly Registered[]): Promise<Registered[]> {
    const byUrn = new Map(resources.map((resource) => [resource.urn, resource]));
    const all: Registered[] = [];
    for (const resource of resources) {
      let { inputs, outputs } = resource;
      for (const { properties } of await this.remediate(resource, byUrn)) {
        const changed = Object.entries(properties).filter(([key, value]) => !same(value, inputs[key]));
        inputs = properties;
        outputs = { ...outputs, ...Object.fromEntries(changed) };
      }
      all.push({ ...resource, inputs, outputs });
    }
    return all;
  }

  /** What each policy at the level `remediate` makes of a resource's inputs, one after the other. */
  async remediate(resource: Registered, byUrn: ReadonlyMap<string, Registered>): Promise<Remediation[]> {
    const response = await unary<proto.AnalyzeRequest, proto.RemediateResponse>(
      (message, done) => this.client.remediate(message, done),
      resourceRequest(resource, byUrn, resource.inputs),
    );
    return response.getRemediationsList().flatMap((remediation) => {
      const properties = remediation.getProperties();
      return properties ? [{ policy: remediation.getPolicyname(), properties: fromStruct(properties) }] : [];
    });
  }

  /** The stack hook alone. */
  analyzeStack(request: proto.AnalyzeStackRequest): Promise<proto.AnalyzeResponse> {
    return unary<proto.AnalyzeStackRequest, proto.AnalyzeResponse>(
      (message, done) => this.client.analyzeStack(message, done),
      request,
    );
  }

  close(): void {
    this.client.close();
    end(this.child);
  }

  private diagnostic(diagnostic: proto.AnalyzeDiagnostic, fallback: string): Diagnostic {
    const policy = this.policies.find((candidate) => candidate.name === diagnostic.getPolicyname());
    return {
      policy: diagnostic.getPolicyname(),
      description: diagnostic.getDescription(),
      message: diagnostic.getMessage(),
      level: levels[diagnostic.getEnforcementlevel()] ?? "advisory",
      severity: severities[diagnostic.getSeverity()] || (policy?.severity ?? ""),
      urn: diagnostic.getUrn() || fallback,
    };
  }
}

async function unary<Q, S>(
  call: (request: Q, done: (error: grpc.ServiceError | null, response: S) => void) => unknown,
  request: Q,
): Promise<S> {
  return new Promise<S>((resolve, reject) => {
    call(request, (error, response) => {
      if (error) reject(new Failure(`The policy pack failed: ${error.details}`, 3));
      else resolve(response);
    });
  });
}

function portOf(child: ChildProcess, directory: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let output = "";
    let errors = "";
    child.stdout?.on("data", (chunk: Buffer) => {
      output += chunk.toString("utf8");
      const port = /^\s*(\d+)\s*$/m.exec(output)?.[1];
      if (port !== undefined && output.includes("\n")) resolve(port);
    });
    child.stderr?.on("data", (chunk: Buffer) => {
      errors = (errors + chunk.toString("utf8")).slice(-4000);
    });
    child.once("error", reject);
    child.once("close", () => {
      const lines = `${errors}\n${output}`
        .split("\n")
        .map((line) => line.trim())
        .filter((line) => line !== "");
      const line =
        lines.find((text) => /^\w*Error\b.*:|[Cc]annot find/.test(text)) ?? lines[0] ?? "it ended without a word";
      reject(new Failure(`The policy pack in ${directory} does not start: ${line}`, 3));
    });
  });
}

function policyInfo(info: proto.PolicyInfo): PolicyInfo {
  const schema = info.getConfigschema();
  return {
    name: info.getName(),
    description: info.getDescription(),
    level: levels[info.getEnforcementlevel()] ?? "advisory",
    severity: severities[info.getSeverity()] ?? "",
    url: info.getUrl(),
    fix: info.getRemediationSteps(),
    tags: info.getTagsList(),
    // Read only if a configuration is given: to read all of them takes as long as some policies take to judge.
    get options() {
      return fromStruct(schema?.getProperties());
    },
  };
}

function withoutInternal(properties: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(properties).filter(([key]) => !key.startsWith("__")));
}

function optionsOf(resource: Registered): proto.AnalyzerResourceOptions {
  const options = new proto.AnalyzerResourceOptions();
  options.setProtect(resource.protect);
  options.setCustomtimeouts(new proto.AnalyzerResourceOptions.CustomTimeouts());
  options.setParent(resource.parent);
  return options;
}

function providerOf(
  resource: Registered,
  byUrn: ReadonlyMap<string, Registered>,
): proto.AnalyzerProviderResource | undefined {
  if (resource.provider === "") return undefined;
  const known = byUrn.get(resource.provider);
  const provider = new proto.AnalyzerProviderResource();
  provider.setUrn(resource.provider);
  provider.setType(known?.type ?? `pulumi:providers:${resource.type.split(":")[0] ?? ""}`);
  provider.setName(known?.name ?? "default");
  provider.setProperties(toStruct(withoutInternal(known?.inputs ?? {})));
  return provider;
}

/** What the engine sends before it creates or updates a resource. */
function resourceRequest(
  resource: Registered,
  byUrn: ReadonlyMap<string, Registered>,
  properties: Readonly<Record<string, unknown>>,
): proto.AnalyzeRequest {
  const request = new proto.AnalyzeRequest();
  request.setType(resource.type);
  request.setName(resource.name);
  request.setUrn(resource.urn);
  request.setProperties(toStruct(properties));
  request.setOptions(optionsOf(resource));
  const provider = providerOf(resource, byUrn);
  if (provider) request.setProvider(provider);
  return request;
}

const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

/** What the engine sends at the end of a preview: all resources with their outputs. */
export function stackRequest(resources: readonly Registered[]): proto.AnalyzeStackRequest {
  const byUrn = new Map(resources.map((resource) => [resource.urn, resource]));
  const request = new proto.AnalyzeStackRequest();
  request.setResourcesList(resources.map((resource) => stackResource(resource, byUrn)));
  return request;
}

function stackResource(resource: Registered, byUrn: ReadonlyMap<string, Registered>): proto.AnalyzerResource {
  const message = new proto.AnalyzerResource();
  message.setType(resource.type);
  message.setName(resource.name);
  message.setUrn(resource.urn);
  message.setProperties(toStruct(withoutInternal(resource.outputs)));
  message.setOptions(optionsOf(resource));
  message.setParent(resource.parent);
  message.setDependenciesList([...resource.dependencies]);
  const map = message.getPropertydependenciesMap();
  for (const [key, urns] of Object.entries(resource.propertyDependencies)) {
    const entry = new proto.AnalyzerPropertyDependencies();
    entry.setUrnsList([...urns]);
    map.set(key, entry);
  }
  const provider = providerOf(resource, byUrn);
  if (provider) message.setProvider(provider);
  return message;
}
