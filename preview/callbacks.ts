import * as grpc from "@grpc/grpc-js";
import * as rpc from "@pulumi/pulumi/proto/callback_grpc_pb";
import * as proto from "@pulumi/pulumi/proto/callback_pb";
import * as resourceProto from "@pulumi/pulumi/proto/resource_pb";
import { asOutputs, fromStruct, toStruct } from "./values";
import type { Properties } from "./values";

/** A resource on its way through transforms. */
export interface Transformed {
  readonly properties: Properties;
  readonly options: resourceProto.TransformResourceOptions;
}

/** Calls back the functions of a program that it registered with the engine: its transforms. */
export class Callbacks {
  private readonly clients = new Map<string, rpc.CallbacksClient>();

  constructor(private readonly channel: grpc.ChannelOptions) {}

  /** One transform over a resource; what it says nothing of stays as it is. */
  async transform(
    callback: proto.Callback,
    about: { readonly type: string; readonly name: string; readonly custom: boolean; readonly parent: string },
    given: Transformed,
  ): Promise<Transformed> {
    const request = new resourceProto.TransformRequest();
    request.setType(about.type);
    request.setName(about.name);
    request.setCustom(about.custom);
    request.setParent(about.parent);
    request.setProperties(toStruct(asOutputs(given.properties)));
    request.setOptions(given.options);
    const answer = await this.invoke(callback, request.serializeBinary());
    const response = resourceProto.TransformResponse.deserializeBinary(answer);
    const properties = response.getProperties();
    return {
      properties: properties ? fromStruct(properties) : given.properties,
      options: response.getOptions() ?? given.options,
    };
  }

  /** One transform over what a data source is asked. */
  async transformInvoke(callback: proto.Callback, token: string, args: Properties): Promise<Properties> {
    const request = new resourceProto.TransformInvokeRequest();
    request.setToken(token);
    request.setArgs(toStruct(asOutputs(args)));
    request.setOptions(new resourceProto.TransformInvokeOptions());
    const answer = await this.invoke(callback, request.serializeBinary());
    const changed = resourceProto.TransformInvokeResponse.deserializeBinary(answer).getArgs();
    return changed ? fromStruct(changed) : args;
  }

  close(): void {
    for (const client of this.clients.values()) client.close();
  }

  private async invoke(callback: proto.Callback, request: Uint8Array): Promise<Uint8Array> {
    const target = callback.getTarget();
    const client =
      this.clients.get(target) ?? new rpc.CallbacksClient(target, grpc.credentials.createInsecure(), this.channel);
    this.clients.set(target, client);
    const message = new proto.CallbackInvokeRequest();
    message.setToken(callback.getToken());
    message.setRequest(request);
    const response = await new Promise<proto.CallbackInvokeResponse>((resolve, reject) => {
      client.invoke(message, (error, answer) => {
        if (error) reject(new Error(error.details));
        else resolve(answer);
      });
    });
    return response.getResponse_asU8();
  }
}
