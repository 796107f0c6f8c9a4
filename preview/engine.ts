import * as grpc from "@grpc/grpc-js";
import type * as callbackProto from "@pulumi/pulumi/proto/callback_pb";
import * as engineRpc from "@pulumi/pulumi/proto/engine_grpc_pb";
import * as engineProto from "@pulumi/pulumi/proto/engine_pb";
import * as providerProto from "@pulumi/pulumi/proto/provider_pb";
import * as resourceRpc from "@pulumi/pulumi/proto/resource_grpc_pb";
import * as resourceProto from "@pulumi/pulumi/proto/resource_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { Callbacks } from "./callbacks";
import type { Transformed } from "./callbacks";
import { check, invoke, letters, outputsOf, placeOf } from "./provider";
import type { Place, Unknowns } from "./provider";
import { Sdk } from "./sdk";
import { fromStruct, hasUnknown, plain, sourcesIn, toStruct, unknown, unwrapSecrets, withSources } from "./values";
import type { Properties } from "./values";

/** gRPC's limit raised as Pulumi raises it: 400 MB. */
export const maxMessageSize = 1024 * 1024 * 400;
const channel = { "grpc.max_receive_message_length": maxMessageSize, "grpc.max_send_message_length": maxMessageSize };

/** A resource that the program registered, as the two hooks of a policy pack see it. */
export interface Registered {
  readonly urn: string;
  readonly type: string;
  readonly name: string;
  readonly custom: boolean;
  readonly parent: string;
  readonly inputs: Readonly<Record<string, unknown>>;
  outputs: Readonly<Record<string, unknown>>;
  readonly id: string;
  readonly dependencies: readonly string[];
  readonly propertyDependencies: Readonly<Record<string, readonly string[]>>;
  /** URN of its provider; empty for components and providers. */
  readonly provider: string;
  readonly protect: boolean;
}

export interface EngineOptions {
  readonly project: string;
  readonly stack: string;
  readonly unknowns: Unknowns;
  /** The stack's configuration; that of a package configures its default provider. @default {} */
  readonly config?: Readonly<Record<string, string>>;
  /** Where AWS resources are whose provider does not say. @default "us-east-1" */
  readonly region?: string;
  /** The directory from which the program finds its packages; without it, few types are named as providers do. */
  readonly packages?: string;
  /** A line for the person who runs the preview. */
  readonly tell?: (line: string) => void;
}

type Unary<Q, S> = grpc.handleUnaryCall<Q, S>;

/** What the preview can do, with the numbers of the protocol, of which the installed version may not know all. */
const features: ReadonlyMap<string, number> = new Map([
  ["secrets", 0],
  ["resourceReferences", 1],
  ["outputValues", 2],
  ["aliasSpecs", 3],
  ["replacementTrigger", 4],
  ["deletedWith", 5],
  ["replaceWith", 6],
  ["transforms", 7],
  ["invokeTransforms", 8],
  ["parameterization", 9],
  ["resourceHooks", 10],
  ["errorHooks", 11],
  // What a stack holds already is migrated, and a preview offline has nothing.
  ["stateMigrations", 16],
]);

interface Message {
  serializeBinary(): Uint8Array;
}

const bytesOf = (message: Message): Buffer => Buffer.from(message.serializeBinary());

/**
 * A service whose answers are written as the messages that they are. Versions of Pulumi differ in the class of an answer
 * where its bytes are the same, and insist on their own.
 */
function service(definition: grpc.ServiceDefinition): grpc.ServiceDefinition {
  return Object.fromEntries(
    Object.entries(definition).map(([name, method]) => [name, { ...method, responseSerialize: bytesOf }]),
  );
}

/** A method that the installed version of Pulumi may not have, while the program's has it. */
const existsResource: grpc.MethodDefinition<Buffer, Message> = {
  path: "/pulumirpc.ResourceMonitor/ExistsResource",
  requestStream: false,
  responseStream: false,
  requestSerialize: (request) => request,
  requestDeserialize: (bytes) => bytes,
  responseSerialize: bytesOf,
  responseDeserialize: (bytes) => ({ serializeBinary: () => bytes }),
};

/** The answer to it that it is unknown: the second field is true. */
const existenceUnknown: Message = { serializeBinary: () => Uint8Array.of(0x10, 1) };

const rootType = "pulumi:pulumi:Stack";
const providerType = "pulumi:providers:";

/** What the runtime asks the engine itself, and no provider. */
const getResource = "pulumi:pulumi:getResource";

/**
 * Plays the engine's part for a program: answers its registrations as a preview would, and remembers them.
 */
export class EmbeddedEngine {
  readonly registered: Registered[] = [];
  /** Errors the program logged; a program that logs one has failed. */
  readonly errors: string[] = [];
  private readonly byUrn = new Map<string, Registered>();
  /** What was only read: programs may refer to it, policies never see it. */
  private readonly read = new Map<string, { readonly id: string; readonly outputs: Properties }>();
  private readonly transforms = new Map<string, readonly callbackProto.Callback[]>();
  private readonly stackTransforms: callbackProto.Callback[] = [];
  private readonly invokeTransforms: callbackProto.Callback[] = [];
  private readonly callbacks = new Callbacks(channel);
  /** By component, the providers that it hands down, by package. */
  private readonly handedDown = new Map<string, ReadonlyMap<string, string>>();
  private readonly told = new Set<string>();
  private readonly server = new grpc.Server(channel);
  private readonly sdk: Sdk;
  private root = "";

  constructor(private readonly options: EngineOptions) {
    this.sdk = new Sdk(options.packages);
    this.server.addService({ ...service(resourceRpc.ResourceMonitorService), existsResource }, this.monitor());
    this.server.addService(service(engineRpc.EngineService), this.engine());
  }

  /** Listens on loopback. Returns the address, `127.0.0.1:<port>`. */
  async start(): Promise<string> {
    const port = await new Promise<number>((resolve, reject) => {
      this.server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, bound) => {
        if (error) reject(error);
        else resolve(bound);
      });
    });
    return `127.0.0.1:${String(port)}`;
  }

  stop(): void {
    this.callbacks.close();
    this.server.forceShutdown();
  }

  private engine(): grpc.UntypedServiceImplementation {
    const log: Unary<engineProto.LogRequest, Empty> = (call, callback) => {
      if (call.request.getSeverity() === engineProto.LogSeverity.ERROR) this.errors.push(call.request.getMessage());
      else if (call.request.getSeverity() === engineProto.LogSeverity.WARNING) this.tell(call.request.getMessage());
      callback(null, new Empty());
    };
    const getRootResource: Unary<engineProto.GetRootResourceRequest, engineProto.GetRootResourceResponse> = (
      _,
      callback,
    ) => {
      const response = new engineProto.GetRootResourceResponse();
      response.setUrn(this.root);
      callback(null, response);
    };
    const setRootResource: Unary<engineProto.SetRootResourceRequest, engineProto.SetRootResourceResponse> = (
      call,
      callback,
    ) => {
      this.root = call.request.getUrn();
      callback(null, new engineProto.SetRootResourceResponse());
    };
    const startDebugging: Unary<unknown, Empty> = (_, callback) => {
      callback(null, new Empty());
    };
    const requirePulumiVersion: Unary<unknown, engineProto.RequirePulumiVersionResponse> = (_, callback) => {
      callback(null, new engineProto.RequirePulumiVersionResponse());
    };
    return {
      log,
      getRootResource,
      setRootResource,
      startDebugging,
      requirePulumiVersion,
    };
  }

  private monitor(): grpc.UntypedServiceImplementation {
    const supportsFeature: Unary<resourceProto.SupportsFeatureRequest, resourceProto.SupportsFeatureResponse> = (
      call,
      callback,
    ) => {
      const response = new resourceProto.SupportsFeatureResponse();
      response.setHassupport(features.has(call.request.getId()));
      callback(null, response);
    };
    const nothing: Unary<unknown, Empty> = (_, callback) => {
      callback(null, new Empty());
    };
    const registerResource = this.answer<resourceProto.RegisterResourceRequest, resourceProto.RegisterResourceResponse>(
      (request) => this.register(request),
    );
    const registerResourceOutputs = this.answer<resourceProto.RegisterResourceOutputsRequest, Empty>((request) => {
      const resource = this.byUrn.get(request.getUrn());
      if (resource) resource.outputs = properties(fromStruct(request.getOutputs()));
      return new Empty();
    });
    const readResource = this.answer<resourceProto.ReadResourceRequest, resourceProto.ReadResourceResponse>((request) =>
      this.readExisting(request),
    );
    const invokeFunction = this.answer<resourceProto.ResourceInvokeRequest, providerProto.InvokeResponse>(
      async (request) => {
        const response = new providerProto.InvokeResponse();
        response.setReturn(toStruct(await this.invoke(request)));
        return response;
      },
    );
    const call = this.answer<resourceProto.ResourceCallRequest, providerProto.CallResponse>((request) => {
      this.tellOnce(`Gatehouse has no answer for the method ${request.getTok()}; its result stays unknown.`);
      const response = new providerProto.CallResponse();
      response.setReturn(toStruct({}));
      return response;
    });
    const registerStackTransform = this.answer<callbackProto.Callback, Empty>((request) => {
      this.stackTransforms.push(request);
      return new Empty();
    });
    const registerStackInvokeTransform = this.answer<callbackProto.Callback, Empty>((request) => {
      this.invokeTransforms.push(request);
      return new Empty();
    });
    const registerPackage = this.answer<resourceProto.RegisterPackageRequest, resourceProto.RegisterPackageResponse>(
      (request) => {
        const response = new resourceProto.RegisterPackageResponse();
        response.setRef(request.getName());
        return response;
      },
    );
    return {
      supportsFeature,
      invoke: invokeFunction,
      call,
      readResource,
      registerResource,
      registerResourceOutputs,
      registerStackTransform,
      registerStackInvokeTransform,
      registerResourceHook: nothing,
      registerErrorHook: nothing,
      registerPackage,
      signalAndWaitForShutdown: nothing,
      existsResource: this.answer<Buffer, Message>(() => {
        this.tellOnce("Whether a resource exists is not known offline; what hangs on it stays unknown.");
        return existenceUnknown;
      }),
      getDeploymentInfo: this.answer<Empty, resourceProto.DeploymentInfo>(() => {
        const response = new resourceProto.DeploymentInfo();
        response.setProject(this.options.project);
        response.setStack(this.options.stack);
        response.setDryrun(true);
        response.setSupportedfeaturesList([
          ...features.values(),
        ] as unknown[] as resourceProto.ResourceMonitorFeature[]);
        return response;
      }),
    };
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
            callback({ code: grpc.status.UNKNOWN, details: error instanceof Error ? error.message : String(error) });
          },
        );
    };
  }

  private async register(
    request: resourceProto.RegisterResourceRequest,
  ): Promise<resourceProto.RegisterResourceResponse> {
    const type = request.getType();
    const name = request.getName();
    const parent = type === rootType ? "" : request.getParent() || this.root;
    const urn = this.urn(type, name, parent);
    const custom = request.getCustom();
    const remote = request.getRemote();
    const { properties: written, options } = await this.transform(request, parent);
    if (this.byUrn.has(urn)) throw new Error(`Duplicate resource URN '${urn}'; try giving it a unique name`);
    const isProvider = type.startsWith(providerType);
    const provider =
      custom && !isProvider ? this.providerOf(type, options.getProvider(), request.getVersion()) : undefined;
    const program = properties(written);
    if (isProvider && options.getVersion() !== "") program["version"] = options.getVersion();
    const made = provider
      ? this.create(type, name, urn, program, provider, options.getImport())
      : { id: isProvider ? this.providerId(urn) : "", inputs: program, outputs: custom ? program : {} };
    const resource: Registered = {
      urn,
      type,
      name,
      custom,
      parent,
      ...made,
      ...this.dependenciesOf(request, written, options),
      provider: provider?.urn ?? "",
      protect: options.getProtect() ?? this.byUrn.get(parent)?.protect ?? false,
    };
    this.byUrn.set(urn, resource);
    this.registered.push(resource);
    this.transforms.set(urn, request.getTransformsList());
    if (type === rootType) this.root = urn;
    if (!custom) this.handedDown.set(urn, new Map([...(this.handedDown.get(parent) ?? []), ...providersOf(options)]));
    if (remote) {
      this.tellOnce(
        `${type} "${name}" is made by a component provider, which the offline preview does not run: it is judged by its inputs alone, and its outputs stay unknown.`,
      );
    }
    const response = new resourceProto.RegisterResourceResponse();
    response.setUrn(urn);
    response.setId(made.id);
    response.setObject(toStruct(withoutId(made.outputs)));
    return response;
  }

  /** What a provider makes of a resource: inputs checked, outputs and id answered. */
  private create(
    type: string,
    name: string,
    urn: string,
    program: Properties,
    provider: Registered,
    imported: string,
  ): Pick<Registered, "id" | "inputs" | "outputs"> {
    // An engine asks nothing of a provider whose own configuration is not known yet.
    if (this.options.unknowns === "keep" && hasUnknown(provider.inputs))
      return { id: "", inputs: program, outputs: {} };
    const place = this.placeFor(program, provider);
    const inputs = check(type, name, urn, program, defaultTagsOf(provider), this.sdk.takesName(type));
    const { id, outputs } = outputsOf(
      type,
      name,
      urn,
      inputs,
      imported === "" ? this.options.unknowns : "resolve",
      place,
    );
    return imported === "" ? { id, inputs, outputs } : { id: imported, inputs, outputs: { ...outputs, id: imported } };
  }

  private readExisting(request: resourceProto.ReadResourceRequest): resourceProto.ReadResourceResponse {
    const type = request.getType();
    const name = request.getName();
    const urn = this.urn(type, name, request.getParent() || this.root);
    const id = request.getId();
    const response = new resourceProto.ReadResourceResponse();
    response.setUrn(urn);
    const provider = this.providerOf(type, request.getProvider(), request.getVersion());
    let outputs: Properties = {};
    if (type === "pulumi:pulumi:StackReference") outputs = { name: id, outputs: unknown, secretOutputNames: [] };
    else if (id !== unknown) {
      const given = properties(fromStruct(request.getProperties()));
      outputs = { ...outputsOf(type, name, urn, given, "resolve", this.placeFor(given, provider)).outputs, id };
    }
    this.read.set(urn, { id, outputs });
    response.setProperties(toStruct(outputs));
    return response;
  }

  /** Answers a data source, or what the runtime asks of the engine itself. */
  private async invoke(request: resourceProto.ResourceInvokeRequest): Promise<Properties> {
    const token = request.getTok();
    let args: Properties = fromStruct(request.getArgs());
    for (const callback of this.invokeTransforms) args = await this.callbacks.transformInvoke(callback, token, args);
    args = properties(args);
    const provider = this.providerOf(token, request.getProvider(), request.getVersion());
    if (token === getResource) {
      const urn = typeof args["urn"] === "string" ? args["urn"] : "";
      const known = this.byUrn.get(urn) ?? this.read.get(urn);
      if (!known) throw new Error(`unknown resource ${urn}`);
      return { urn, id: known.id === unknown ? "" : known.id, state: withoutId(known.outputs) };
    }
    const answer = invoke(token, args, this.placeFor(args, provider));
    if (answer) return answer;
    this.tellOnce(`Gatehouse has no answer for the data source ${token}; what the program reads of it is unknown.`);
    const result: Record<string, unknown> = { id: unknown };
    for (const [name, isList] of this.sdk.resultOf(token)) result[name] = isList ? [unknown] : unknown;
    return { ...result, ...args };
  }

  private urn(type: string, name: string, parent: string): string {
    const above = this.byUrn.get(parent);
    const chain = above === undefined || above.type === rootType ? "" : `${parent.split("::")[2] ?? ""}$`;
    return `urn:pulumi:${this.options.stack}::${this.options.project}::${chain}${type}::${name}`;
  }

  /** Ties to what was only read are dropped, as the engine drops them. */
  private existing(urns: Iterable<string>): string[] {
    return [...urns].filter((urn) => this.byUrn.has(urn));
  }

  /** What a resource and each of its properties depend on, once its transforms have run. */
  private dependenciesOf(
    request: resourceProto.RegisterResourceRequest,
    written: Properties,
    options: resourceProto.TransformResourceOptions,
  ): Pick<Registered, "dependencies" | "propertyDependencies"> {
    // The engine forgets what the program said of a resource with transforms of its own, and asks their results.
    const transformed = request.getTransformsList().length > 0;
    const all = new Set(transformed ? options.getDependsOnList() : request.getDependenciesList());
    const byProperty: Record<string, readonly string[]> = {};
    for (const key of Object.keys(written)) {
      const sources = sourcesIn(written[key]);
      if (transformed) for (const urn of sources) all.add(urn);
      else for (const urn of declaredFor(request, key)) sources.add(urn);
      if (sources.size > 0) byProperty[key] = this.existing(sources);
    }
    return { dependencies: this.existing(all), propertyDependencies: byProperty };
  }

  /** The provider of a type or function: the one that is named, or the package's default one. */
  private providerOf(token: string, reference: string, version: string): Registered {
    const named = reference === "" ? undefined : this.byUrn.get(reference.slice(0, reference.lastIndexOf("::")));
    return named ?? this.defaultProvider(token.split(":")[0] ?? "", version);
  }

  /** The provider that the engine itself makes for a package, of the stack's configuration. */
  private defaultProvider(pack: string, version: string): Registered {
    const name = version === "" ? "default" : `default_${version.replace(/[^0-9A-Za-z]/g, "_")}`;
    const type = `${providerType}${pack}`;
    const urn = this.urn(type, name, "");
    const made = this.byUrn.get(urn);
    if (made) return made;
    const inputs: Record<string, unknown> = {};
    for (const [key, value] of Object.entries(this.options.config ?? {})) {
      if (key.startsWith(`${pack}:`)) inputs[key.slice(pack.length + 1)] = value;
    }
    if (version !== "") inputs["version"] = version;
    const provider: Registered = {
      urn,
      type,
      name,
      custom: true,
      parent: "",
      inputs,
      outputs: inputs,
      id: this.providerId(urn),
      dependencies: [],
      propertyDependencies: {},
      provider: "",
      protect: false,
    };
    this.byUrn.set(urn, provider);
    this.registered.push(provider);
    return provider;
  }

  /** Where something is: its own region, that of its provider, or the one nobody chose. */
  private placeFor(inputs: Properties, provider: Registered): Place {
    const region = [inputs["region"], provider.inputs["region"], this.options.region]
      .map(unwrapSecrets)
      .find((value) => typeof value === "string" && value !== "" && value !== unknown);
    return placeOf(typeof region === "string" ? region : undefined);
  }

  private providerId(urn: string): string {
    return this.options.unknowns === "keep" ? unknown : letters(urn, 10);
  }

  /** Runs the program's transforms over what it registers: the resource's own, its ancestors', then the stack's. */
  private async transform(request: resourceProto.RegisterResourceRequest, parent: string): Promise<Transformed> {
    const own = request.getTransformsList();
    const about = { type: request.getType(), name: request.getName(), custom: request.getCustom(), parent };
    const written = fromStruct(request.getObject());
    let current: Transformed = { properties: written, options: this.optionsOf(request, parent) };
    if (own.length > 0) {
      current = {
        ...current,
        properties: Object.fromEntries(
          Object.entries(written).map(([key, value]) => [key, withSources(value, declaredFor(request, key))]),
        ),
      };
    }
    const above: callbackProto.Callback[] = [];
    for (let urn = parent; urn !== ""; urn = this.byUrn.get(urn)?.parent ?? "") {
      above.push(...(this.transforms.get(urn) ?? []));
    }
    for (const callback of [...own, ...above, ...this.stackTransforms]) {
      current = await this.callbacks.transform(callback, about, current);
    }
    return current;
  }

  /** The options that transforms may change. */
  private optionsOf(
    request: resourceProto.RegisterResourceRequest,
    parent: string,
  ): resourceProto.TransformResourceOptions {
    const options = new resourceProto.TransformResourceOptions();
    const pack = request.getType().split(":")[0] ?? "";
    options.setDependsOnList(request.getDependenciesList());
    const protect = request.getProtect();
    if (protect !== undefined) options.setProtect(protect);
    options.setIgnoreChangesList(request.getIgnorechangesList());
    options.setReplaceOnChangesList(request.getReplaceonchangesList());
    options.setVersion(request.getVersion());
    options.setAliasesList(request.getAliasesList());
    options.setProvider(
      request.getProvider() || request.getProvidersMap().get(pack) || (this.handedDown.get(parent)?.get(pack) ?? ""),
    );
    for (const [name, reference] of request.getProvidersMap().entries()) options.getProvidersMap().set(name, reference);
    options.setCustomTimeouts(request.getCustomtimeouts());
    options.setPluginDownloadUrl(request.getPlugindownloadurl());
    const retain = request.getRetainondelete();
    if (retain !== undefined) options.setRetainOnDelete(retain);
    options.setDeletedWith(request.getDeletedwith());
    options.setDeleteBeforeReplace(request.getDeletebeforereplace());
    options.setAdditionalSecretOutputsList(request.getAdditionalsecretoutputsList());
    options.setHooks(request.getHooks());
    options.setImport(request.getImportid());
    options.setHideDiffList(request.getHidediffsList());
    options.setReplaceWithList(request.getReplaceWithList());
    return options;
  }

  private tell(line: string): void {
    this.options.tell?.(line);
  }

  private tellOnce(line: string): void {
    if (this.told.has(line)) return;
    this.told.add(line);
    this.tell(line);
  }
}

/** Property values as a provider gets them. */
function properties(written: Properties): Record<string, unknown> {
  return plain(written) as Record<string, unknown>;
}

/** What the program said that a property depends on; one that said nothing of any property said it of them all. */
function declaredFor(request: resourceProto.RegisterResourceRequest, property: string): readonly string[] {
  const map = request.getPropertydependenciesMap();
  if (map.getLength() === 0 && !request.getRemote()) return request.getDependenciesList();
  return map.get(property)?.getUrnsList() ?? [];
}

function providersOf(options: resourceProto.TransformResourceOptions): Iterable<[string, string]> {
  return options.getProvidersMap().entries();
}

/** What the program is told of its resource: its id is told beside its outputs. */
function withoutId(outputs: Properties): Record<string, unknown> {
  return Object.fromEntries(Object.entries(outputs).filter(([key]) => key !== "id"));
}

/** The tags that a provider gives everything, written as JSON text in its configuration. */
function defaultTagsOf(provider: Registered): unknown {
  const written = unwrapSecrets(provider.inputs["defaultTags"]);
  if (written === unknown) return unknown;
  if (typeof written !== "string") return undefined;
  try {
    const { tags } = JSON.parse(written) as { readonly tags?: unknown };
    return hasUnknown(tags) ? unknown : tags;
  } catch {
    return undefined;
  }
}
