import * as grpc from "@grpc/grpc-js";
import * as aliasProto from "@pulumi/pulumi/proto/alias_pb";
import * as callbackRpc from "@pulumi/pulumi/proto/callback_grpc_pb";
import * as callbackProto from "@pulumi/pulumi/proto/callback_pb";
import * as engineRpc from "@pulumi/pulumi/proto/engine_grpc_pb";
import * as engineProto from "@pulumi/pulumi/proto/engine_pb";
import * as providerProto from "@pulumi/pulumi/proto/provider_pb";
import * as resourceRpc from "@pulumi/pulumi/proto/resource_grpc_pb";
import * as resourceProto from "@pulumi/pulumi/proto/resource_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { answer, unknownAnswer } from "./functions";
import { check, existing, letters, placeOf, previewed, readBack } from "./provider";
import type { Made, OutputStyle, Subject, Unknowns } from "./provider";
import { Sdk } from "./schema";
import {
  downgradeAll,
  fromStruct,
  hasUnknown,
  isRecord,
  isUnknown,
  outputSources,
  secret,
  toStruct,
  unknown,
  unwrapSecrets,
  withoutOutputValues,
  withSources,
} from "./values";
import type { Properties } from "./values";

/** gRPC's limits raised as Pulumi raises them: messages of 400 MB. */
export const channelOptions: grpc.ChannelOptions = {
  "grpc.max_receive_message_length": 1024 * 1024 * 400,
  "grpc.max_send_message_length": 1024 * 1024 * 400,
};

const stackType = "pulumi:pulumi:Stack";
const stackReferenceType = "pulumi:pulumi:StackReference";
const providerPrefix = "pulumi:providers:";

/** Seconds, 0 where the program sets none. */
export interface CustomTimeouts {
  readonly create: number;
  readonly update: number;
  readonly delete: number;
}

/** The options of a resource that a policy pack is told of. */
export interface ResourceOptions {
  readonly protect: boolean;
  readonly ignoreChanges: readonly string[];
  readonly deleteBeforeReplace?: boolean;
  readonly additionalSecretOutputs: readonly string[];
  /** URNs. */
  readonly aliases: readonly string[];
  readonly customTimeouts: CustomTimeouts;
}

/** A resource that a program registered, as the two hooks of a policy pack see it. Values are ready for protobuf. */
export interface Registered {
  readonly urn: string;
  readonly type: string;
  readonly name: string;
  /** A resource of a provider, or a provider; otherwise a component or the root stack. */
  readonly custom: boolean;
  /** URN; empty for the root stack and for providers that the engine itself made. */
  readonly parent: string;
  /** Checked inputs, what the resource hook sees. */
  inputs: Properties;
  /** What the stack hook sees. */
  outputs: Properties;
  readonly dependencies: readonly string[];
  readonly propertyDependencies: Readonly<Record<string, readonly string[]>>;
  readonly options: ResourceOptions;
  /** URN of the provider; absent for components, providers and the root stack. */
  readonly provider?: string;
}

export interface EngineOptions {
  readonly project: string;
  readonly stack: string;
  /** @default "organization" */
  readonly organization?: string;
  /** How new resources answer. @default "keep" */
  readonly unknowns?: Unknowns;
  /** What the outputs of new resources hold while unknowns are kept. @default "new" */
  readonly outputs?: OutputStyle;
  /** The program's configuration by full key; `aws:region` and the like configure the default providers. */
  readonly config?: Readonly<Record<string, string>>;
  readonly secretKeys?: readonly string[];
  /** Where the program's packages are installed. @default the working directory */
  readonly directory?: string;
  /** Takes a line for the person who runs the preview. */
  readonly tell?: (line: string) => void;
  /** Asked before a resource is made; may change its inputs, as remediations do. */
  readonly onInputs?: (resource: Registered) => Promise<Properties | undefined>;
  /** Told of every resource once its inputs are final, in order of registration. */
  readonly onRegistered?: (resource: Registered) => void;
}

type Unary<Q, S> = grpc.handleUnaryCall<Q, S>;
type Request = resourceProto.RegisterResourceRequest;

const features: ReadonlySet<string> = new Set([
  "secrets",
  "resourceReferences",
  "outputValues",
  "aliasSpecs",
  "deletedWith",
  "replaceWith",
  "replacementTrigger",
  "transforms",
  "invokeTransforms",
  "parameterization",
  "resourceHooks",
  "errorHooks",
  "sendsOptionsToHooks",
]);

/**
 * Plays the Pulumi engine's part for a program, over Pulumi's own protocol: answers what it registers, reads and
 * invokes as a preview of a new stack would, and remembers it.
 *
 * @example
 * const engine = new EmbeddedEngine({ project: "orders", stack: "dev" });
 * const address = await engine.start();
 * // … run a program against the address …
 * engine.stop();
 * engine.registered; // what a policy pack sees
 */
export class EmbeddedEngine {
  /** In order of registration. */
  readonly registered: Registered[] = [];
  /** Errors that the program logged: a program that logs one has failed. */
  readonly errors: string[] = [];
  private readonly byUrn = new Map<string, Registered>();
  private readonly pending = new Set<string>();
  private readonly ids = new Map<string, string>();
  private readonly outputsById = new Map<string, Properties>();
  private readonly read = new Map<string, Properties>();
  private readonly packages = new Map<string, { readonly name: string; readonly version: string }>();
  private readonly providers = new Map<string, Promise<string>>();
  private readonly componentProviders = new Map<string, ReadonlyMap<string, string>>();
  private readonly transforms = new Map<string, readonly callbackProto.Callback[]>();
  private readonly stackTransforms: callbackProto.Callback[] = [];
  private readonly invokeTransforms: callbackProto.Callback[] = [];
  private readonly callbacks = new Map<string, callbackRpc.CallbacksClient>();
  private readonly told = new Set<string>();
  private readonly sdk: Sdk;
  private readonly unknowns: Unknowns;
  private readonly config: Readonly<Record<string, string>>;
  private readonly server = new grpc.Server({ ...channelOptions, "grpc.server_max_unrequested_time_in_server": 30 * 60 });
  private root = "";

  constructor(private readonly options: EngineOptions) {
    this.sdk = new Sdk(options.directory ?? process.cwd());
    this.unknowns = options.unknowns ?? "keep";
    this.config = options.config ?? {};
    // The stubs have no common type with what grpc-js declares, though they are made for it.
    this.server.addService(resourceRpc.ResourceMonitorService as unknown as grpc.ServiceDefinition, this.monitor());
    this.server.addService(engineRpc.EngineService as unknown as grpc.ServiceDefinition, this.engine());
  }

  /** Listens on loopback. Resolves to the address, `127.0.0.1:<port>`. */
  async start(): Promise<string> {
    const port = await new Promise<number>((resolve, reject) => {
      this.server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, bound) => {
        if (error) reject(error);
        else resolve(bound);
      });
    });
    return `127.0.0.1:${String(port)}`;
  }

  /** Closes every connection. */
  stop(): void {
    for (const client of this.callbacks.values()) client.close();
    this.callbacks.clear();
    this.server.forceShutdown();
  }

  private engine(): grpc.UntypedServiceImplementation {
    return {
      log: this.answer<engineProto.LogRequest, Empty>((request) => {
        const severity = request.getSeverity();
        const message = request.getMessage();
        if (severity === engineProto.LogSeverity.ERROR) this.errors.push(message);
        else if (severity === engineProto.LogSeverity.WARNING) this.tell(`warning: ${message}`);
        else if (severity === engineProto.LogSeverity.INFO && !request.getEphemeral()) this.tell(message);
        return new Empty();
      }),
      getRootResource: this.answer<engineProto.GetRootResourceRequest, engineProto.GetRootResourceResponse>(() => {
        const response = new engineProto.GetRootResourceResponse();
        response.setUrn(this.root);
        return response;
      }),
      setRootResource: this.answer<engineProto.SetRootResourceRequest, engineProto.SetRootResourceResponse>((request) => {
        this.root = request.getUrn();
        return new engineProto.SetRootResourceResponse();
      }),
      startDebugging: this.answer(() => new Empty()),
      requirePulumiVersion: this.answer(() => new engineProto.RequirePulumiVersionResponse()),
    } as grpc.UntypedServiceImplementation;
  }

  private monitor(): grpc.UntypedServiceImplementation {
    const nothing = this.answer(() => new Empty());
    return {
      getDeploymentInfo: this.answer<Empty, resourceProto.DeploymentInfo>(() => this.deploymentInfo()),
      supportsFeature: this.answer<resourceProto.SupportsFeatureRequest, resourceProto.SupportsFeatureResponse>((request) => {
        const response = new resourceProto.SupportsFeatureResponse();
        response.setHassupport(features.has(request.getId()));
        return response;
      }),
      invoke: this.answer<resourceProto.ResourceInvokeRequest, providerProto.InvokeResponse>((request) => this.invoke(request)),
      call: this.answer<resourceProto.ResourceCallRequest, providerProto.CallResponse>((request) => {
        const token = request.getTok();
        this.tellOnce(`There is no offline answer for the method ${token}: what it returns is unknown.`);
        const response = new providerProto.CallResponse();
        response.setReturn(toStruct(unknownAnswer(this.sdk.resultsOf(token))));
        return response;
      }),
      readResource: this.answer<resourceProto.ReadResourceRequest, resourceProto.ReadResourceResponse>((request) => this.readExisting(request)),
      registerResource: this.answer<Request, resourceProto.RegisterResourceResponse>((request) => this.register(request)),
      registerResourceOutputs: this.answer<resourceProto.RegisterResourceOutputsRequest, Empty>((request) => {
        const resource = this.byUrn.get(request.getUrn());
        if (resource) resource.outputs = downgradeAll(fromStruct(request.getOutputs()));
        return new Empty();
      }),
      registerStackTransform: this.answer<callbackProto.Callback, Empty>((request) => {
        this.stackTransforms.push(request);
        return new Empty();
      }),
      registerStackInvokeTransform: this.answer<callbackProto.Callback, Empty>((request) => {
        this.invokeTransforms.push(request);
        return new Empty();
      }),
      // Hooks run when resources are made; here none is.
      registerResourceHook: nothing,
      registerErrorHook: nothing,
      registerPackage: this.answer<resourceProto.RegisterPackageRequest, resourceProto.RegisterPackageResponse>((request) => {
        const parameters = request.getParameterization();
        const name = parameters?.getName() ?? request.getName();
        const version = parameters?.getVersion() ?? request.getVersion();
        const reference = `${name}@${version}`;
        this.packages.set(reference, { name, version });
        const response = new resourceProto.RegisterPackageResponse();
        response.setRef(reference);
        return response;
      }),
      signalAndWaitForShutdown: nothing,
    } as grpc.UntypedServiceImplementation;
  }

  private answer<Q, S>(handle: (request: Q) => S | Promise<S>): Unary<Q, S> {
    return (call, callback) => {
      Promise.resolve()
        .then(() => handle(call.request))
        .then(
          (response) => {
            callback(null, response);
          },
          (error: unknown) => {
            const details = isRecord(error) && typeof error["details"] === "string" ? error["details"] : undefined;
            callback({ code: grpc.status.UNKNOWN, details: details ?? (error instanceof Error ? error.message : String(error)) });
          },
        );
    };
  }

  private deploymentInfo(): resourceProto.DeploymentInfo {
    const info = new resourceProto.DeploymentInfo();
    info.setProject(this.options.project);
    info.setStack(this.options.stack);
    info.setOrganization(this.options.organization ?? "organization");
    for (const [key, value] of Object.entries(this.config)) info.getConfigMap().set(key, value);
    info.setConfigsecretkeysList([...(this.options.secretKeys ?? [])]);
    info.setDryrun(true);
    info.setParallel(16);
    const known = new Map(Object.entries(resourceProto.ResourceMonitorFeature));
    for (const feature of features) {
      const name = `RESOURCE_MONITOR_FEATURE_${feature.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()}`;
      const number = known.get(name);
      if (typeof number === "number") info.addSupportedfeatures(number);
    }
    return info;
  }

  private async register(request: Request): Promise<resourceProto.RegisterResourceResponse> {
    const type = request.getType();
    const name = request.getName();
    const parent = type === stackType ? "" : request.getParent() || (type.startsWith(providerPrefix) ? "" : this.root);
    const urn = this.urn(type, name, parent);
    if (this.byUrn.has(urn) || this.pending.has(urn)) {
      throw new Error(`Duplicate resource URN '${urn}'; try giving it a unique name`);
    }
    this.pending.add(urn);
    try {
      return await this.registerNew(request, type, name, parent, urn);
    } finally {
      this.pending.delete(urn);
    }
  }

  private async registerNew(
    request: Request,
    type: string,
    name: string,
    parent: string,
    urn: string,
  ): Promise<resourceProto.RegisterResourceResponse> {
    const custom = request.getCustom();
    const remote = request.getRemote();
    const isProvider = type.startsWith(providerPrefix);
    const own = request.getTransformsList();
    const written = await this.transform(request, type, name, parent);
    const { properties, options } = written;
    const providerUrn = (custom && !isProvider) || remote ? await this.providerOf(request, options, type, parent) : undefined;
    const provider = providerUrn === undefined ? undefined : this.byUrn.get(providerUrn);
    const program = downgradeAll(properties);
    const subject = this.subject(type, name, urn, provider, program);
    // The engine asks nothing of a provider whose configuration is not known.
    const unconfigured = provider !== undefined && hasUnknown(provider.inputs);
    const bare = !custom || isProvider || unconfigured || type.startsWith("pulumi:") || type.startsWith("pulumi-nodejs:");
    const inputs = isProvider ? providerInputs(program, options.getVersion()) : bare ? program : check(subject, program, this.sdk);
    const resource: Registered = {
      urn,
      type,
      name,
      custom,
      parent,
      inputs,
      outputs: {},
      ...this.dependencies(request, options, properties, own.length > 0),
      options: this.optionsOf(request, options, urn, parent),
      ...(providerUrn !== undefined && !remote && { provider: providerUrn }),
    };
    const remedied = await this.options.onInputs?.(resource);
    if (remedied !== undefined) resource.inputs = remedied;
    // Nothing may stand between these two, so that the order of the list is that of the registrations.
    this.byUrn.set(urn, resource);
    this.registered.push(resource);
    this.transforms.set(urn, own);
    if (type === stackType) this.root = urn;
    if (!custom) this.componentProviders.set(urn, new Map(options.getProvidersMap().entries()));
    this.options.onRegistered?.(resource);

    const made = this.make(subject, resource, program, { bare, unconfigured, isProvider, imported: options.getImport() });
    const secrets = new Set(options.getAdditionalSecretOutputsList());
    const outputs = Object.fromEntries(
      Object.entries(made.outputs).map(([key, value]) => [key, secrets.has(key) && value !== null && !isUnknown(value) ? secret(value) : value]),
    );
    if (custom) resource.outputs = outputs;
    else if (remote) resource.outputs = this.remoteOutputs(type);
    if (made.id !== "") {
      this.ids.set(urn, made.id);
      this.outputsById.set(made.id, outputs);
    }
    if (remote) {
      this.tellOnce(`The component ${type} is made by a plugin, which does not run offline: what it contains is not seen.`);
    }
    const response = new resourceProto.RegisterResourceResponse();
    response.setUrn(urn);
    response.setId(made.id);
    response.setObject(toStruct(custom ? forProgram(outputs) : remote ? resource.outputs : {}));
    return response;
  }

  private make(
    subject: Subject,
    resource: Registered,
    program: Properties,
    how: { readonly bare: boolean; readonly unconfigured: boolean; readonly isProvider: boolean; readonly imported: string },
  ): Made {
    const { inputs } = resource;
    if (!resource.custom || how.unconfigured) return { id: "", outputs: {} };
    if (how.isProvider) {
      return { id: this.unknowns === "keep" ? unknown : letters(resource.urn, 32, "0123456789abcdef"), outputs: { ...inputs } };
    }
    if (how.imported !== "") return existing(subject, inputs, this.sdk, how.imported);
    if (how.bare) {
      const id = this.unknowns === "keep" ? "" : letters(resource.urn, 12);
      const output = resource.type === "pulumi:index:Stash" ? { output: inputs["input"] ?? null } : {};
      return { id, outputs: { ...inputs, ...output, ...(id !== "" && { id }) } };
    }
    return this.unknowns === "keep"
      ? previewed(subject, inputs, program, this.sdk, this.options.outputs ?? "new")
      : existing(subject, inputs, this.sdk);
  }

  /** A component in a plugin gives what nobody knows before it runs. */
  private remoteOutputs(type: string): Record<string, unknown> {
    return Object.fromEntries([...(this.sdk.shapeOf(type)?.keys() ?? [])].map((key) => [key, unknown]));
  }

  private subject(type: string, name: string, urn: string, provider: Registered | undefined, program: Properties): Subject {
    const configured = unwrapSecrets(provider?.inputs ?? {}) as Record<string, unknown>;
    const own = unwrapSecrets(program["region"]);
    const region = type.startsWith("aws:") && typeof own === "string" && own !== "" ? own : (configured["region"] ?? this.config["aws:region"]);
    const tags = parsed(configured["defaultTags"]);
    return {
      type,
      name,
      urn,
      place: placeOf(region),
      ...(isUnknown(tags) ? { defaultTags: unknown } : isRecord(tags) && tags["tags"] !== undefined && { defaultTags: tags["tags"] }),
      byId: (id) => this.outputsById.get(id),
    };
  }

  private async readExisting(request: resourceProto.ReadResourceRequest): Promise<resourceProto.ReadResourceResponse> {
    const type = request.getType();
    const name = request.getName();
    const id = request.getId();
    const urn = this.urn(type, name, request.getParent() || this.root);
    const response = new resourceProto.ReadResourceResponse();
    response.setUrn(urn);
    if (type === stackReferenceType) {
      this.tellOnce(`The outputs of the stack "${id}" are unknown offline.`);
      // Without outputs in the answer they are unknown to the program, whichever it asks for.
      this.read.set(urn, { name: id });
      response.setProperties(toStruct({ name: id }));
      return response;
    }
    const state = downgradeAll(fromStruct(request.getProperties()));
    const providerUrn = await this.providerOf(request, undefined, type, request.getParent());
    const subject = this.subject(type, name, urn, this.byUrn.get(providerUrn), state);
    const outputs = isUnknown(id) ? state : readBack(subject, state, this.sdk, id);
    const secrets = new Set(request.getAdditionalsecretoutputsList());
    const answered = Object.fromEntries(Object.entries(outputs).map(([key, value]) => [key, secrets.has(key) ? secret(value) : value]));
    this.read.set(urn, answered);
    if (!isUnknown(id)) {
      this.ids.set(urn, id);
      this.outputsById.set(id, outputs);
    }
    response.setProperties(toStruct(forProgram(answered)));
    return response;
  }

  private async invoke(request: resourceProto.ResourceInvokeRequest): Promise<providerProto.InvokeResponse> {
    const token = request.getTok();
    const response = new providerProto.InvokeResponse();
    const changed = await this.transformInvoke(request);
    const args = downgradeAll(changed.args);
    if (token === "pulumi:pulumi:getResource") {
      response.setReturn(toStruct(this.getResource(String(args["urn"] ?? ""))));
      return response;
    }
    const reference = changed.provider;
    const provider = this.byUrn.get(reference.slice(0, reference.lastIndexOf("::")));
    const configured = provider === undefined ? undefined : unwrapSecrets(provider.inputs["region"]);
    const found = hasUnknown(args) ? undefined : answer(token, unwrapSecrets(args) as Properties, placeOf(configured ?? this.config["aws:region"]));
    if (found === undefined) {
      if (!hasUnknown(args)) this.tellOnce(`There is no offline answer for the function ${token}: what it returns is unknown.`);
      response.setReturn(toStruct(unknownAnswer(this.sdk.resultsOf(token))));
      return response;
    }
    const result = Object.entries(found.result).map(([key, value]) => [key, found.secrets.includes(key) ? secret(value) : value]);
    response.setReturn(toStruct(Object.fromEntries(result) as Properties));
    return response;
  }

  private getResource(urn: string): Properties {
    const state = this.byUrn.get(urn)?.outputs ?? this.read.get(urn);
    if (state === undefined) throw new Error(`unknown resource ${urn}`);
    return { urn, id: this.ids.get(urn) ?? "", state };
  }

  private urn(type: string, name: string, parent: string): string {
    const above = /^urn:pulumi:.*?::.*?::(.*?)::/.exec(parent)?.[1] ?? "";
    const chain = above === "" || above === stackType ? "" : `${above}$`;
    return `urn:pulumi:${this.options.stack}::${this.options.project}::${chain}${type}::${name}`;
  }

  /** URN of the provider that manages a resource; registers the default provider of a package when it is first met. */
  private async providerOf(
    request: Request | resourceProto.ReadResourceRequest,
    options: resourceProto.TransformResourceOptions | undefined,
    type: string,
    parent: string,
  ): Promise<string> {
    const packaged = this.packages.get(request.getPackageref());
    const name = packaged?.name ?? type.split(":")[0] ?? "";
    const explicit =
      (options?.getProvider() ?? request.getProvider()) ||
      options?.getProvidersMap().get(name) ||
      this.componentProviders.get(parent)?.get(name) ||
      "";
    if (explicit !== "") return explicit.slice(0, explicit.lastIndexOf("::"));
    const version = packaged?.version ?? (options?.getVersion() ?? request.getVersion());
    const providerName = version === "" ? "default" : `default_${version.replace(/[.+-]/g, "_")}`;
    const urn = this.urn(`${providerPrefix}${name}`, providerName, "");
    let registration = this.providers.get(urn);
    if (registration === undefined) {
      registration = this.registerDefaultProvider(name, providerName, urn, version);
      this.providers.set(urn, registration);
    }
    return registration;
  }

  private async registerDefaultProvider(name: string, providerName: string, urn: string, version: string): Promise<string> {
    const inputs: Record<string, unknown> = {};
    for (const [key, value] of Object.entries(this.config)) {
      if (!key.startsWith(`${name}:`)) continue;
      const isSecretKey = this.options.secretKeys?.includes(key) === true;
      inputs[key.slice(name.length + 1)] = isSecretKey ? secret(value) : value;
    }
    const resource: Registered = {
      urn,
      type: `${providerPrefix}${name}`,
      name: providerName,
      custom: true,
      parent: "",
      inputs: providerInputs(inputs, version),
      outputs: {},
      dependencies: [],
      propertyDependencies: {},
      options: { protect: false, ignoreChanges: [], additionalSecretOutputs: [], aliases: [], customTimeouts: noTimeouts },
    };
    const remedied = await this.options.onInputs?.(resource);
    if (remedied !== undefined) resource.inputs = remedied;
    resource.outputs = { ...resource.inputs };
    this.byUrn.set(urn, resource);
    this.registered.push(resource);
    this.options.onRegistered?.(resource);
    return urn;
  }

  private dependencies(
    request: Request,
    options: resourceProto.TransformResourceOptions,
    properties: Properties,
    transformed: boolean,
  ): Pick<Registered, "dependencies" | "propertyDependencies"> {
    const direct = transformed ? options.getDependsOnList() : request.getDependenciesList();
    const given = request.getPropertydependenciesMap();
    const ofProperties: Record<string, readonly string[]> = {};
    const all = new Set(direct);
    const backfill = given.getLength() === 0 && !request.getRemote();
    for (const [key, value] of Object.entries(properties)) {
      const stated = backfill ? direct : (given.get(key)?.getUrnsList() ?? []);
      const sources = outputSources(value);
      for (const urn of sources) all.add(urn);
      ofProperties[key] = this.present([...stated, ...sources]);
    }
    return { dependencies: this.present([...all]), propertyDependencies: ofProperties };
  }

  /** Ties to what was only read lead nowhere: a pack does not see it. */
  private present(urns: readonly string[]): string[] {
    return [...new Set(urns)].filter((urn) => !this.read.has(urn));
  }

  private optionsOf(request: Request, options: resourceProto.TransformResourceOptions, urn: string, parent: string): ResourceOptions {
    const timeouts = options.getCustomTimeouts();
    const replaces = options.hasDeleteBeforeReplace() ? options.getDeleteBeforeReplace() : undefined;
    return {
      protect: options.getProtect() ?? this.byUrn.get(parent)?.options.protect ?? false,
      ignoreChanges: options.getIgnoreChangesList(),
      ...(replaces !== undefined && { deleteBeforeReplace: replaces }),
      additionalSecretOutputs: options.getAdditionalSecretOutputsList(),
      aliases: options.getAliasesList().map((alias) => this.aliasUrn(alias, request, urn, parent)),
      customTimeouts: {
        create: seconds(timeouts?.getCreate()),
        update: seconds(timeouts?.getUpdate()),
        delete: seconds(timeouts?.getDelete()),
      },
    };
  }

  private aliasUrn(alias: aliasProto.Alias, request: Request, urn: string, parent: string): string {
    const spec = alias.getSpec();
    if (spec === undefined) return alias.getUrn();
    const above = spec.getNoparent() ? "" : spec.getParenturn() || parent;
    const made = this.urn(spec.getType() || request.getType(), spec.getName() || request.getName(), above);
    const [, stack = "", project = "", rest = ""] = /^urn:pulumi:(.*?)::(.*?)::(.*)$/s.exec(made) ?? [];
    return rest === "" ? urn : `urn:pulumi:${spec.getStack() || stack}::${spec.getProject() || project}::${rest}`;
  }

  /** Runs the program's transforms over what it registers: the resource's own, its parents', then the stack's. */
  private async transform(
    request: Request,
    type: string,
    name: string,
    parent: string,
  ): Promise<{ readonly properties: Record<string, unknown>; readonly options: resourceProto.TransformResourceOptions }> {
    const callbacks = [...request.getTransformsList()];
    for (let above = parent; above !== ""; above = this.byUrn.get(above)?.parent ?? "") callbacks.push(...(this.transforms.get(above) ?? []));
    callbacks.push(...this.stackTransforms);
    let properties = fromStruct(request.getObject());
    let options = transformOptions(request);
    if (callbacks.length > 0) {
      const given = request.getPropertydependenciesMap();
      properties = Object.fromEntries(
        Object.entries(properties).map(([key, value]) => [key, withSources(value, given.get(key)?.getUrnsList() ?? [])]),
      );
    }
    for (const callback of callbacks) {
      const message = new resourceProto.TransformRequest();
      message.setType(type);
      message.setName(name);
      message.setCustom(request.getCustom());
      message.setParent(parent);
      message.setProperties(toStruct(properties));
      message.setOptions(options);
      const response = resourceProto.TransformResponse.deserializeBinary(await this.callBack(callback, message.serializeBinary()));
      const changed = response.getProperties();
      if (changed) properties = fromStruct(changed);
      options = response.getOptions() ?? options;
    }
    return { properties, options };
  }

  private async transformInvoke(request: resourceProto.ResourceInvokeRequest): Promise<{ readonly args: Properties; readonly provider: string }> {
    let args = fromStruct(request.getArgs());
    let options = new resourceProto.TransformInvokeOptions();
    options.setProvider(request.getProvider());
    options.setVersion(request.getVersion());
    options.setPluginDownloadUrl(request.getPlugindownloadurl());
    for (const callback of this.invokeTransforms) {
      const message = new resourceProto.TransformInvokeRequest();
      message.setToken(request.getTok());
      message.setArgs(toStruct(args));
      message.setOptions(options);
      const response = resourceProto.TransformInvokeResponse.deserializeBinary(await this.callBack(callback, message.serializeBinary()));
      const changed = response.getArgs();
      if (changed) args = withoutOutputValues(fromStruct(changed)) as Record<string, unknown>;
      options = response.getOptions() ?? options;
    }
    return { args, provider: options.getProvider() };
  }

  private async callBack(callback: callbackProto.Callback, request: Uint8Array): Promise<Uint8Array> {
    const target = callback.getTarget();
    let client = this.callbacks.get(target);
    if (client === undefined) {
      client = new callbackRpc.CallbacksClient(target, grpc.credentials.createInsecure(), channelOptions);
      this.callbacks.set(target, client);
    }
    const caller = client;
    const message = new callbackProto.CallbackInvokeRequest();
    message.setToken(callback.getToken());
    message.setRequest(request);
    const response = await new Promise<callbackProto.CallbackInvokeResponse>((resolve, reject) => {
      caller.invoke(message, (error, answered) => {
        if (error) reject(error);
        else resolve(answered);
      });
    });
    return response.getResponse_asU8();
  }

  private tell(line: string): void {
    this.options.tell?.(line.trimEnd());
  }

  private tellOnce(line: string): void {
    if (this.told.has(line)) return;
    this.told.add(line);
    this.tell(line);
  }
}

/** Whether the engine, not the program, registered a resource: the default provider of a package. */
export function isDefaultProvider(resource: Registered): boolean {
  return resource.type.startsWith(providerPrefix) && resource.parent === "" && /^default(_|$)/.test(resource.name);
}

const noTimeouts: CustomTimeouts = { create: 0, update: 0, delete: 0 };

function providerInputs(inputs: Properties, version: string): Record<string, unknown> {
  return { ...inputs, ...(version !== "" && { version }) };
}

/** What the program is told of its resource: the id travels by itself. */
function forProgram(outputs: Properties): Record<string, unknown> {
  return Object.fromEntries(Object.entries(outputs).filter(([key]) => key !== "id" && !key.startsWith("__")));
}

function parsed(value: unknown): unknown {
  if (typeof value !== "string" || isUnknown(value)) return value;
  try {
    return JSON.parse(value) as unknown;
  } catch {
    return undefined;
  }
}

/** Seconds of a duration as Go writes them: `1h30m`, `45s`. */
function seconds(duration: string | undefined): number {
  const units: Readonly<Record<string, number>> = { ns: 1e-9, us: 1e-6, µs: 1e-6, ms: 1e-3, s: 1, m: 60, h: 3600 };
  let total = 0;
  for (const [, number = "", unit = ""] of (duration ?? "").matchAll(/([\d.]+)(ns|us|µs|ms|s|m|h)/g)) {
    total += Number(number) * (units[unit] ?? 0);
  }
  return total;
}

function transformOptions(request: Request): resourceProto.TransformResourceOptions {
  const options = new resourceProto.TransformResourceOptions();
  options.setDependsOnList(request.getDependenciesList());
  const protect = request.hasProtect() ? request.getProtect() : undefined;
  if (protect !== undefined) options.setProtect(protect);
  options.setIgnoreChangesList(request.getIgnorechangesList());
  options.setReplaceOnChangesList(request.getReplaceonchangesList());
  options.setVersion(request.getVersion());
  options.setAliasesList([...request.getAliasurnsList().map(aliasOf), ...request.getAliasesList()]);
  options.setProvider(request.getProvider());
  options.setCustomTimeouts(request.getCustomtimeouts());
  options.setPluginDownloadUrl(request.getPlugindownloadurl());
  const retain = request.hasRetainondelete() ? request.getRetainondelete() : undefined;
  if (retain !== undefined) options.setRetainOnDelete(retain);
  options.setDeletedWith(request.getDeletedwith());
  if (request.getDeletebeforereplacedefined()) options.setDeleteBeforeReplace(request.getDeletebeforereplace());
  options.setAdditionalSecretOutputsList(request.getAdditionalsecretoutputsList());
  options.setImport(request.getImportid());
  for (const [key, value] of request.getProvidersMap().entries()) options.getProvidersMap().set(key, value);
  return options;
}

function aliasOf(urn: string): aliasProto.Alias {
  const alias = new aliasProto.Alias();
  alias.setUrn(urn);
  return alias;
}
