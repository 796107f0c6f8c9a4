import assert from "node:assert/strict";
import * as grpc from "@grpc/grpc-js";
import { InvokeResponse } from "@pulumi/pulumi/proto/provider_pb";
import { ResourceMonitorService } from "@pulumi/pulumi/proto/resource_grpc_pb";
import { DeploymentInfo, ResourceInvokeRequest, ResourceMonitorFeature } from "@pulumi/pulumi/proto/resource_pb";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import { EmbeddedEngine } from "../preview/engine";

// What the offline preview answers runtimes of programs that are newer or older than the Pulumi that it has itself: by the
// bytes, since the classes of the messages are those of one version.

/** The number of a feature that Pulumi has from 3.276 on. */
const stateMigrations = 16;

describe("the offline preview under runtimes of other versions", () => {
  const insists = ResourceMonitorService.invoke.responseSerialize;
  const told: string[] = [];
  let engine: EmbeddedEngine;
  let client: grpc.Client;

  before(async () => {
    // As Pulumi 3.276 does, which has a class of its own for what Invoke answers.
    ResourceMonitorService.invoke.responseSerialize = () => {
      throw new Error("Expected argument of type pulumirpc.ResourceInvokeResponse");
    };
    engine = new EmbeddedEngine({
      project: "shop",
      stack: "dev",
      unknowns: "resolve",
      tell: (line) => told.push(line),
    });
    client = new grpc.Client(await engine.start(), grpc.credentials.createInsecure());
  });

  after(() => {
    ResourceMonitorService.invoke.responseSerialize = insists;
    client.close();
    engine.stop();
  });

  const ask = (method: string, request: Uint8Array): Promise<Buffer> =>
    new Promise((resolve, reject) => {
      client.makeUnaryRequest(
        `/pulumirpc.ResourceMonitor/${method}`,
        (bytes: Uint8Array) => Buffer.from(bytes),
        (bytes) => bytes,
        request,
        (error, answer) => {
          if (answer === undefined) reject(error ?? new Error("no answer"));
          else resolve(answer);
        },
      );
    });

  it("answers a function of a provider, whatever class its version has for that", async () => {
    const request = new ResourceInvokeRequest();
    request.setTok("aws:index/getRegion:getRegion");
    request.setArgs(Struct.fromJavaScript({}));
    const answer = InvokeResponse.deserializeBinary(await ask("Invoke", request.serializeBinary()));
    assert.equal(answer.getReturn()?.toJavaScript()["name"], "us-east-1");
  });

  it("says that it cannot know whether a resource exists", async () => {
    // The second field of the answer, `unknown`, is true.
    assert.deepEqual([...(await ask("ExistsResource", new Uint8Array()))], [0x10, 1]);
    assert.deepEqual(told, ["Whether a resource exists is not known offline; what hangs on it stays unknown."]);
  });

  it("tells what it can do", async () => {
    const answer = DeploymentInfo.deserializeBinary(await ask("GetDeploymentInfo", new Uint8Array()));
    assert.equal(`${answer.getProject()} ${answer.getStack()}`, "shop dev");
    assert.equal(answer.getDryrun(), true);
    const numbers = ResourceMonitorFeature as unknown as Readonly<Record<string, number>>;
    const features: readonly number[] = answer.getSupportedfeaturesList();
    const known = Object.entries(numbers).filter(
      ([, number]) => number !== stateMigrations && features.includes(number),
    );
    assert.deepEqual(
      known.map(([name]) => name.replace("RESOURCE_MONITOR_FEATURE_", "")),
      [
        ...["SECRETS", "RESOURCE_REFERENCES", "OUTPUT_VALUES", "ALIAS_SPECS", "REPLACEMENT_TRIGGER", "DELETED_WITH"],
        ...["REPLACE_WITH", "TRANSFORMS", "INVOKE_TRANSFORMS", "PARAMETERIZATION", "RESOURCE_HOOKS", "ERROR_HOOKS"],
      ],
    );
    assert.ok(features.includes(stateMigrations));
  });
});
