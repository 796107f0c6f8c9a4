import * as grpc from "@grpc/grpc-js";
import * as callbackRpc from "@pulumi/pulumi/proto/callback_grpc_pb";
import * as callbackProto from "@pulumi/pulumi/proto/callback_pb";
import * as engineRpc from "@pulumi/pulumi/proto/engine_grpc_pb";
import * as engineProto from "@pulumi/pulumi/proto/engine_pb";
import * as providerProto from "@pulumi/pulumi/proto/provider_pb";
import * as resourceRpc from "@pulumi/pulumi/proto/resource_grpc_pb";
import * as resourceProto from "@pulumi/pulumi/proto/resource_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { check, invoke, outputsOf, placeOf } from "./provider";
import type { Place, Unknowns } from "./provider";
import { fromStruct, plain, sourcesIn, toStruct, unknown, unwrapSecrets } from "./values";

/** gRPC's limit raised as Pulumi raises it: 400 MB. */
export const maxMessageSize = 1024 * 1024 * 400;

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
  readonly provider: string;
  readonly protect: boolean;
}

export interface EngineOptions {
  readonly project: string;
  readonly stack: string;
  readonly unknowns: Unknowns;
  /** Region of the default provider. @default "us-east-1" */
  readonly region?: string | undefined;
  /** A line for the person who runs the preview. */
  readonly tell?: (line: string) => void;
}

type Unary<Q, S> = grpc.handleUnaryCall<Q, S>;

const features = new Set([
  "secrets",
  "resourceReferences",
  "aliasSpecs",
  "deletedWith",
  "transforms",
  "invokeTransforms",
  "parameterization",
  "resourceHooks",
]);

/** A call that programs may make and that is answered as by an older engine. */
class NotOffered extends Error {}

/**
 * Plays the engine's part for a program: answers its registrations as a preview would, and remembers them.
 */
export class EmbeddedEngine {
  readonly registered: Registered[] = [];
  /** Errors the program logged; a program that logs one has failed. */
  readonly errors: string[] = [];
  private readonly byUrn = new Map<string, Registered>();
  private readonly read = new Set<string>();
  private readonly stackTransforms: callbackProto.Callback[] = [];
  private readonly callbacks = new Map<string, callbackRpc.CallbacksClient>();
  private readonly told = new Set<string>();
  private readonly place: Place;
  private readonly server = new grpc.Server({ "grpc.max_receive_message_length": maxMessageSize });
  private root = "";

  constructor(private readonly options: EngineOptions) {
    this.place = placeOf(options.region);
    this.server.addService(resourceRpc.ResourceMonitorService, this.monitor());
    this.server.addService(engineRpc.EngineService, this.engine());
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
    for (const client of this.callbacks.values()) client.close();
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
      if (resource) resource.outputs = this.plain(fromStruct(request.getOutputs()));
      return new Empty();
    });
    const readResource = this.answer<resourceProto.ReadResourceRequest, resourceProto.ReadResourceResponse>((request) =>
      this.readExisting(request),
    );
    const invokeFunction = this.answer<resourceProto.ResourceInvokeRequest, providerProto.InvokeResponse>((request) => {
      const response = new providerProto.InvokeResponse();
      const args = this.plain(fromStruct(request.getArgs()));
      response.setReturn(toStruct(this.ask(request.getTok(), args)));
      return response;
    });
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
      registerStackInvokeTransform: nothing,
      registerResourceHook: nothing,
      registerErrorHook: nothing,
      registerPackage,
      signalAndWaitForShutdown: nothing,
      getDeploymentInfo: this.answer<Empty, resourceProto.DeploymentInfo>(() => {
        throw new NotOffered("The offline preview has no deployment.");
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
            const code = error instanceof NotOffered ? grpc.status.UNIMPLEMENTED : grpc.status.UNKNOWN;
            callback({ code, details: error instanceof Error ? error.message : String(error) });
          },
        );
    };
  }

  private async register(
    request: resourceProto.RegisterResourceRequest,
  ): Promise<resourceProto.RegisterResourceResponse> {
    const type = request.getType();
    const name = request.getName();
    const parent = type === "pulumi:pulumi:Stack" ? "" : request.getParent() || this.root;
    const urn = this.urn(type, name, parent);
    if (this.byUrn.has(urn)) {
      throw new Error(`Duplicate resource URN '${urn}'; try giving it a unique name`);
    }
    const written = await this.transform(request, fromStruct(request.getObject()), type, name, parent);
    const program = this.plain(written);
    const custom = request.getCustom();
    const provider = type.startsWith("pulumi:providers:");
    const inputs = custom && !provider ? check(type, name, urn, program) : program;
    const made =
      custom && !provider
        ? outputsOf(type, name, urn, inputs, this.options.unknowns, this.placeFor(request, inputs))
        : { id: provider ? (this.options.unknowns === "keep" ? unknown : urn) : "", outputs: inputs };
    const resource: Registered = {
      urn,
      type,
      name,
      custom,
      parent,
      inputs,
      outputs: custom ? made.outputs : {},
      id: made.id,
      dependencies: this.existing(request.getDependenciesList()),
      propertyDependencies: this.propertyDependencies(request, written),
      provider: custom && !provider ? request.getProvider() || this.defaultProvider(type) : "",
      protect: request.getProtect() ?? false,
    };
    this.byUrn.set(urn, resource);
    this.registered.push(resource);
    if (type === "pulumi:pulumi:Stack") this.root = urn;
    const response = new resourceProto.RegisterResourceResponse();
    response.setUrn(urn);
    response.setId(made.id);
    response.setObject(toStruct(custom ? responseOf(made.outputs) : request.getRemote() ? {} : inputs));
    return response;
  }

  private readExisting(request: resourceProto.ReadResourceRequest): resourceProto.ReadResourceResponse {
    const type = request.getType();
    const name = request.getName();
    const urn = this.urn(type, name, request.getParent() || this.root);
    this.read.add(urn);
    const id = request.getId();
    const given = this.plain(fromStruct(request.getProperties()));
    const response = new resourceProto.ReadResourceResponse();
    response.setUrn(urn);
    const outputs =
      type === "pulumi:pulumi:StackReference"
        ? {
            name: id,
            ...(this.options.unknowns === "keep" ? { outputs: unknown } : { outputs: {} }),
            secretOutputNames: [],
          }
        : { ...outputsOf(type, name, urn, given, "resolve", this.place).outputs, id };
    response.setProperties(toStruct(outputs));
    return response;
  }

  private ask(token: string, args: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
    const region = args["region"];
    const place = typeof region === "string" && region !== unknown ? placeOf(region) : this.place;
    const answer = invoke(token, args, place);
    if (answer) return answer;
    this.tellOnce(`Gatehouse has no answer for the data source ${token}; what the program reads of it is undefined.`);
    return { ...args, id: "unknown" };
  }

  private urn(type: string, name: string, parent: string): string {
    const above = this.byUrn.get(parent);
    const chain = above === undefined || above.type === "pulumi:pulumi:Stack" ? "" : `${parent.split("::")[2] ?? ""}$`;
    return `urn:pulumi:${this.options.stack}::${this.options.project}::${chain}${type}::${name}`;
  }

  private plain(properties: Readonly<Record<string, unknown>>): Record<string, unknown> {
    const result: Record<string, unknown> = {};
    for (const [key, value] of Object.entries(properties)) {
      if (value !== null) result[key] = plain(value, (urn) => this.byUrn.get(urn)?.id);
    }
    return result;
  }

  /** Ties to what was only read are dropped, as the engine drops them. */
  private existing(urns: readonly string[]): string[] {
    return urns.filter((urn) => this.byUrn.has(urn) && !this.read.has(urn));
  }

  private propertyDependencies(
    request: resourceProto.RegisterResourceRequest,
    written: Readonly<Record<string, unknown>>,
  ): Record<string, readonly string[]> {
    const result: Record<string, readonly string[]> = {};
    const map = request.getPropertydependenciesMap();
    for (const key of Object.keys(written)) {
      const urns = new Set([...(map.get(key)?.getUrnsList() ?? []), ...sourcesIn(written[key])]);
      result[key] = this.existing([...urns]);
    }
    return result;
  }

  private defaultProvider(type: string): string {
    const name = type.split(":")[0] ?? "";
    return `urn:pulumi:${this.options.stack}::${this.options.project}::pulumi:providers:${name}::default`;
  }

  private placeFor(request: resourceProto.RegisterResourceRequest, inputs: Readonly<Record<string, unknown>>): Place {
    const own = inputs["region"];
    if (typeof own === "string" && own !== unknown) return placeOf(own);
    const reference = request.getProvider() || request.getProvidersMap().get("aws") || "";
    const provider = this.byUrn.get(reference.slice(0, reference.lastIndexOf("::")));
    const region = provider === undefined ? undefined : unwrapSecrets(provider.inputs["region"]);
    return typeof region === "string" && region !== unknown ? placeOf(region) : this.place;
  }

  /** Runs the program's transforms over what it registers: the resource's own, then those of the stack. */
  private async transform(
    request: resourceProto.RegisterResourceRequest,
    properties: Record<string, unknown>,
    type: string,
    name: string,
    parent: string,
  ): Promise<Record<string, unknown>> {
    let current = properties;
    for (const callback of [...request.getTransformsList(), ...this.stackTransforms]) {
      const message = new resourceProto.TransformRequest();
      message.setType(type);
      message.setName(name);
      message.setCustom(request.getCustom());
      message.setParent(parent);
      message.setProperties(toStruct(current));
      const options = new resourceProto.TransformResourceOptions();
      options.setDependsOnList(request.getDependenciesList());
      options.setProvider(request.getProvider());
      message.setOptions(options);
      const answer = await this.callBack(callback, message.serializeBinary());
      const response = resourceProto.TransformResponse.deserializeBinary(answer);
      const changed = response.getProperties();
      if (changed) current = fromStruct(changed);
    }
    return current;
  }

  private async callBack(callback: callbackProto.Callback, request: Uint8Array): Promise<Uint8Array> {
    const target = callback.getTarget();
    let client = this.callbacks.get(target);
    if (client === undefined) {
      client = new callbackRpc.CallbacksClient(target, grpc.credentials.createInsecure(), {
        "grpc.max_receive_message_length": maxMessageSize,
      });
      this.callbacks.set(target, client);
    }
    const caller = client;
    const message = new callbackProto.CallbackInvokeRequest();
    message.setToken(callback.getToken());
    message.setRequest(request);
    const response = await new Promise<callbackProto.CallbackInvokeResponse>((resolve, reject) => {
      caller.invoke(message, (error, answer) => {
        if (error) reject(error);
        else resolve(answer);
      });
    });
    return response.getResponse_asU8();
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

/** What the program is told of its resource: without bookkeeping, which no provider returns. */
function responseOf(outputs: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(outputs).filter(([key]) => key !== "id"));
}
