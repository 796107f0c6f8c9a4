import { existsSync, readFileSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import * as path from "node:path";
import type { ChildProcess } from "node:child_process";
import * as grpc from "@grpc/grpc-js";
import * as analyzerRpc from "@pulumi/pulumi/proto/analyzer_grpc_pb";
import * as proto from "@pulumi/pulumi/proto/analyzer_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { parse } from "yaml";
import { channelOptions } from "./engine";
import type { Registered } from "./engine";
import { Failure } from "./failure";
import { levels, reconcile } from "./policy-config";
import type { Configurable, Level, PolicySettings, WrittenConfig } from "./policy-config";
import { end, start } from "./processes";
import { fromStruct, isRecord, toStruct } from "./values";
import type { Properties } from "./values";

/** What a pack says of one of its policies. */
export interface PolicyInfo extends Configurable {
  readonly displayName: string;
  readonly description: string;
  readonly severity: string;
  readonly url: string;
  /** How to repair what it finds. */
  readonly fix: string;
  readonly tags: readonly string[];
}

/** What a policy said of a resource. */
export interface Diagnostic {
  readonly policy: string;
  readonly description: string;
  /** As the CLI prints it, with the description in front. */
  readonly message: string;
  readonly level: Level;
  readonly severity: string;
  /** Empty where the policy names no resource. */
  readonly urn: string;
}

/** The stack that a pack is told of. */
export interface StackInfo {
  readonly project: string;
  readonly stack: string;
  readonly organization?: string;
  readonly tags?: Readonly<Record<string, string>>;
  readonly config?: Readonly<Record<string, string>>;
  readonly secretKeys?: readonly string[];
  /** Whether it is previewed. */
  readonly dryRun: boolean;
}

const severities = ["", "low", "medium", "high", "critical"];
/** A pack that takes longer than this to start never will. */
const bootSeconds = 120;

/** A policy pack in a process of its own, asked as the Pulumi engine asks it. */
export class Analyzer {
  private settings: ReadonlyMap<string, PolicySettings>;

  private constructor(
    private readonly child: ChildProcess,
    private readonly client: analyzerRpc.AnalyzerClient,
    /** In the order of the pack. */
    readonly policies: readonly PolicyInfo[],
    private readonly initial: WrittenConfig,
  ) {
    this.settings = new Map(policies.map((policy) => [policy.name, { level: policy.level, options: {} }]));
  }

  /**
   * Boots the pack in a directory. `engine` is the address of an engine.
   *
   * @throws Failure with exit status 2 for a directory that is no pack, 3 for a pack that does not start.
   */
  static async boot(directory: string, engine: string, stack: StackInfo): Promise<Analyzer> {
    const root = path.resolve(directory);
    const typescript = readPack(root, directory);
    const runtime = runtimeFor(root);
    const organization = stack.organization ?? "organization";
    const child = start(process.execPath, [path.join(runtime, "cmd", "run-policy-pack"), engine, root], {
      cwd: root,
      stdio: ["ignore", "pipe", "pipe"],
      env: {
        ...process.env,
        PULUMI_NODEJS_TYPESCRIPT: String(typescript),
        PULUMI_CONFIG: JSON.stringify(stack.config ?? {}),
        PULUMI_NODEJS_ORGANIZATION: organization,
        PULUMI_NODEJS_PROJECT: stack.project,
        PULUMI_NODEJS_STACK: stack.stack,
        PULUMI_NODEJS_DRY_RUN: String(stack.dryRun),
        PULUMI_ORGANIZATION: organization,
        PULUMI_PROJECT: stack.project,
        PULUMI_STACK: stack.stack,
        PULUMI_DRY_RUN: String(stack.dryRun),
      },
    });
    try {
      const port = await portOf(child, directory);
      const client = new analyzerRpc.AnalyzerClient(`127.0.0.1:${port}`, grpc.credentials.createInsecure(), channelOptions);
      const info = await unary<Empty, proto.AnalyzerInfo>((request, done) => client.getAnalyzerInfo(request, done), new Empty());
      const initial = Object.fromEntries([...info.getInitialconfigMap().entries()].map(([name, config]) => [name, written(config)]));
      const source = path.join(directory, "PulumiPolicy.yaml");
      const analyzer = new Analyzer(child, client, info.getPoliciesList().map(policyInfo), { source, policies: initial });
      await analyzer.configureStack(stack);
      return analyzer;
    } catch (error) {
      end(child);
      throw error;
    }
  }

  /** Levels and options, over those of the pack. Throws a {@link Failure} for what the pack does not have. */
  async configure(config?: WrittenConfig): Promise<void> {
    const settings = reconcile(this.policies, [this.initial, ...(config ? [config] : [])]);
    const request = new proto.ConfigureAnalyzerRequest();
    const map = request.getPolicyconfigMap();
    for (const [name, { level, options }] of settings) {
      const message = new proto.PolicyConfig();
      message.setEnforcementlevel(levels.indexOf(level));
      message.setProperties(toStruct(options));
      map.set(name, message);
    }
    await unary<proto.ConfigureAnalyzerRequest, unknown>((message, done) => this.client.configure(message, done), request);
    this.settings = settings;
  }

  /** Tells the pack of another stack. */
  async configureStack(stack: StackInfo): Promise<void> {
    const request = new proto.AnalyzerStackConfigureRequest();
    request.setStack(stack.stack);
    request.setProject(stack.project);
    request.setOrganization(stack.organization ?? "organization");
    request.setDryRun(stack.dryRun);
    request.setConfigSecretKeysList([...(stack.secretKeys ?? [])]);
    for (const [key, value] of Object.entries(stack.config ?? {})) request.getConfigMap().set(key, value);
    for (const [key, value] of Object.entries(stack.tags ?? {})) request.getTagsMap().set(key, value);
    await unary<proto.AnalyzerStackConfigureRequest, unknown>(
      (message, done) =>
        this.client.configureStack(message, (error, response) => {
          if (error?.code === grpc.status.UNIMPLEMENTED) done(null, response);
          else done(error, response);
        }),
      request,
    );
  }

  /** The level that a policy runs at. */
  levelOf(policy: string): Level {
    return this.settings.get(policy)?.level ?? "advisory";
  }

  /** Inputs changed by the policies at level `remediate`, or undefined where none changes any. */
  async remediate(resource: Registered, providers: Providers): Promise<{ inputs?: Properties; diagnostics: Diagnostic[] }> {
    if (![...this.settings.values()].some(({ level }) => level === "remediate")) return { diagnostics: [] };
    const request = analyzeRequest(resource, providers, resource.inputs);
    const response = await unary<proto.AnalyzeRequest, proto.RemediateResponse>((message, done) => this.client.remediate(message, done), request);
    const diagnostics: Diagnostic[] = [];
    let inputs: Properties | undefined;
    for (const remediation of response.getRemediationsList()) {
      const policy = remediation.getPolicyname();
      const message = remediation.getDiagnostic();
      if (message === "") inputs = fromStruct(remediation.getProperties());
      else {
        const description = remediation.getDescription();
        diagnostics.push({ policy, description, message, level: "advisory", severity: this.severityOf(policy), urn: resource.urn });
      }
    }
    return { ...(inputs && { inputs }), diagnostics };
  }

  /** The resource hook, over inputs. */
  async analyze(resource: Registered, providers: Providers): Promise<Diagnostic[]> {
    const request = analyzeRequest(resource, providers, withoutInternal(resource.inputs));
    const response = await unary<proto.AnalyzeRequest, proto.AnalyzeResponse>((message, done) => this.client.analyze(message, done), request);
    return response.getDiagnosticsList().map((diagnostic) => this.diagnostic(diagnostic, resource.urn));
  }

  /** The stack hook, over outputs. */
  async analyzeStack(resources: readonly Registered[], providers: Providers): Promise<Diagnostic[]> {
    const request = new proto.AnalyzeStackRequest();
    request.setResourcesList(resources.map((resource) => stackResource(resource, providers)));
    const response = await unary<proto.AnalyzeStackRequest, proto.AnalyzeResponse>((message, done) => this.client.analyzeStack(message, done), request);
    const present = new Set(resources.map((resource) => resource.urn));
    return response.getDiagnosticsList().map((diagnostic) => {
      const found = this.diagnostic(diagnostic, "");
      return present.has(found.urn) ? found : { ...found, urn: "" };
    });
  }

  /** Both hooks over resources that are all there. */
  async judge(resources: readonly Registered[]): Promise<Diagnostic[]> {
    const providers = providersAmong(resources);
    const found: Diagnostic[] = [];
    for (const resource of resources) found.push(...(await this.analyze(resource, providers)));
    found.push(...(await this.analyzeStack(resources, providers)));
    return found;
  }

  /** Ends the pack's process. */
  close(): void {
    this.client.close();
    end(this.child);
  }

  private severityOf(policy: string): string {
    return this.policies.find((candidate) => candidate.name === policy)?.severity ?? "";
  }

  private diagnostic(diagnostic: proto.AnalyzeDiagnostic, fallback: string): Diagnostic {
    const level = levels[diagnostic.getEnforcementlevel()] ?? "advisory";
    const policy = diagnostic.getPolicyname();
    return {
      policy,
      description: diagnostic.getDescription(),
      message: diagnostic.getMessage(),
      // What a remediation left standing blocks.
      level: level === "remediate" ? "mandatory" : level,
      severity: severities[diagnostic.getSeverity()] || this.severityOf(policy),
      urn: diagnostic.getUrn() || fallback,
    };
  }
}

/** Finds a resource's provider by URN. */
export type Providers = (urn: string) => Registered | undefined;

/** The providers among resources. */
export function providersAmong(resources: readonly Registered[]): Providers {
  const byUrn = new Map(resources.filter(({ type }) => type.startsWith("pulumi:providers:")).map((resource) => [resource.urn, resource]));
  return (urn) => byUrn.get(urn);
}

/** Whether the pack asks for TypeScript; throws where the directory is no pack. */
function readPack(root: string, directory: string): boolean {
  if (!existsSync(root) || !statSync(root).isDirectory()) {
    throw new Failure(`${directory} is no directory: name that of a policy pack with --policy-pack.`, 2);
  }
  const file = path.join(root, "PulumiPolicy.yaml");
  if (!existsSync(file)) throw new Failure(`${directory} holds no PulumiPolicy.yaml: name the directory of a policy pack with --policy-pack.`, 2);
  let content: unknown;
  try {
    content = parse(readFileSync(file, "utf8"));
  } catch {
    throw new Failure(`${file} is not YAML: correct it.`, 2);
  }
  const runtime = isRecord(content) ? content["runtime"] : undefined;
  const name = isRecord(runtime) ? runtime["name"] : runtime;
  if (name !== "nodejs") {
    throw new Failure(`${file} asks for the runtime ${JSON.stringify(name ?? null)}: only policy packs for nodejs run offline.`, 2);
  }
  return !(isRecord(runtime) && isRecord(runtime["options"]) && runtime["options"]["typescript"] === false);
}

/** The Pulumi SDK of the pack, or ours where the pack has none of its own. */
function runtimeFor(root: string): string {
  for (const from of [path.join(root, "noop.js"), __filename]) {
    try {
      return path.dirname(createRequire(from).resolve("@pulumi/pulumi/package.json"));
    } catch {
      // The next place may have it.
    }
  }
  throw new Failure(`The policy pack in ${root} has no @pulumi/pulumi installed: run \`npm install\` there.`, 3);
}

async function unary<Q, S>(call: (request: Q, done: (error: grpc.ServiceError | null, response: S) => void) => unknown, request: Q): Promise<S> {
  return new Promise<S>((resolve, reject) => {
    call(request, (error, response) => {
      if (error) reject(new Failure(`The policy pack failed: ${error.details.trim()}`, 3));
      else resolve(response);
    });
  });
}

function portOf(child: ChildProcess, directory: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let output = "";
    let errors = "";
    const fail = (why: string): void => {
      clearTimeout(timer);
      reject(new Failure(`The policy pack in ${directory} does not start: ${why}`, 3));
    };
    const timer = setTimeout(() => {
      fail(`it gave no port within ${String(bootSeconds)} seconds`);
    }, bootSeconds * 1000);
    const listen = (chunk: Buffer): void => {
      output += chunk.toString("utf8");
      const port = /^(\d+)\r?\n/m.exec(output)?.[1];
      if (port === undefined) return;
      clearTimeout(timer);
      child.stdout?.off("data", listen);
      child.stdout?.resume();
      resolve(port);
    };
    child.stdout?.on("data", listen);
    child.stderr?.on("data", (chunk: Buffer) => {
      errors = (errors + chunk.toString("utf8")).slice(-20_000);
    });
    child.once("error", (error) => {
      fail(error.message);
    });
    child.once("close", () => {
      fail(reasonIn(`${errors}\n${output}`));
    });
  });
}

/** The line of a Node.js crash that says what is wrong. */
function reasonIn(text: string): string {
  const lines = text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "" && !line.startsWith("at "));
  const error = lines.find((line) => /^(\S+: )?(Uncaught )?\w*Error\b.*: /.test(line)) ?? lines.find((line) => /error|cannot|failed/i.test(line));
  return error ?? lines[0] ?? "it ended without a word";
}

function policyInfo(info: proto.PolicyInfo): PolicyInfo {
  const schema = info.getConfigschema();
  return {
    name: info.getName(),
    displayName: info.getDisplayname(),
    description: info.getDescription(),
    level: levels[info.getEnforcementlevel()] ?? "advisory",
    severity: severities[info.getSeverity()] ?? "",
    url: info.getUrl(),
    fix: info.getRemediationSteps(),
    tags: info.getTagsList(),
    options: fromStruct(schema?.getProperties()),
    required: schema?.getRequiredList() ?? [],
  };
}

function written(config: proto.PolicyConfig): Properties {
  return { enforcementLevel: levels[config.getEnforcementlevel()] ?? "advisory", ...fromStruct(config.getProperties()) };
}

/** Only keys at the top are the engine's own; nested ones reach a pack. */
function withoutInternal(properties: Properties): Properties {
  return Object.fromEntries(Object.entries(properties).filter(([key]) => !key.startsWith("__")));
}

function analyzeRequest(resource: Registered, providers: Providers, inputs: Properties): proto.AnalyzeRequest {
  const request = new proto.AnalyzeRequest();
  request.setType(resource.type);
  request.setName(resource.name);
  request.setUrn(resource.urn);
  request.setProperties(toStruct(inputs));
  request.setOptions(optionsOf(resource));
  request.setProvider(providerOf(resource, providers));
  return request;
}

function optionsOf({ options, parent }: Registered): proto.AnalyzerResourceOptions {
  const message = new proto.AnalyzerResourceOptions();
  message.setProtect(options.protect);
  message.setIgnorechangesList([...options.ignoreChanges]);
  message.setDeletebeforereplace(options.deleteBeforeReplace ?? false);
  message.setDeletebeforereplacedefined(options.deleteBeforeReplace !== undefined);
  message.setAdditionalsecretoutputsList([...options.additionalSecretOutputs]);
  message.setAliasesList([...options.aliases]);
  // Without them the SDK takes the engine for an old one, and refuses.
  const timeouts = new proto.AnalyzerResourceOptions.CustomTimeouts();
  timeouts.setCreate(options.customTimeouts.create);
  timeouts.setUpdate(options.customTimeouts.update);
  timeouts.setDelete(options.customTimeouts.delete);
  message.setCustomtimeouts(timeouts);
  message.setParent(parent);
  return message;
}

function providerOf(resource: Registered, providers: Providers): proto.AnalyzerProviderResource | undefined {
  const provider = resource.provider === undefined ? undefined : providers(resource.provider);
  if (provider === undefined) return undefined;
  const message = new proto.AnalyzerProviderResource();
  message.setUrn(provider.urn);
  message.setType(provider.type);
  message.setName(provider.name);
  message.setProperties(toStruct(withoutInternal(provider.inputs)));
  return message;
}

function stackResource(resource: Registered, providers: Providers): proto.AnalyzerResource {
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
    // As the engine does: a property without sources is not named.
    if (urns.length === 0) continue;
    const entry = new proto.AnalyzerPropertyDependencies();
    entry.setUrnsList([...urns]);
    map.set(key, entry);
  }
  message.setProvider(providerOf(resource, providers));
  return message;
}
