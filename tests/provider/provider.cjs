"use strict";
// A provider named `aws` that makes nothing: it answers the Pulumi engine as the real one does, so that the real CLI
// can run programs without an account. GATEHOUSE_TEST_OUTPUTS=old answers previews as providers did before Terraform's
// plans were passed on (aws 5 and early 6); anything else as they do since.
// GATEHOUSE_TEST_DELETED names a file to which the URN of every resource that it is asked to delete is added.
const { appendFileSync } = require("node:fs");
const grpc = require("@grpc/grpc-js");
const { ResourceProviderService } = require("@pulumi/pulumi/proto/provider_grpc_pb");
const plugin = require("@pulumi/pulumi/proto/plugin_pb");
const proto = require("@pulumi/pulumi/proto/provider_pb");
const { Empty } = require("google-protobuf/google/protobuf/empty_pb");
const { Struct } = require("google-protobuf/google/protobuf/struct_pb");
const { version } = require("@pulumi/aws/package.json");
const { account, check, diff, existing, planned } = require("./bridge.cjs");
const { invoke } = require("./functions.cjs");
const { schema } = require("./schema.cjs");
const { hasUnknown, isUnknown, unknown } = require("./values.cjs");

const manner = process.env.GATEHOUSE_TEST_OUTPUTS === "old" ? "old" : "new";
const place = { region: process.env.AWS_REGION ?? "us-east-1", account, defaultTags: undefined };

const read = (struct) => (struct ? struct.toJavaScript() : {});
const struct = (properties) => Struct.fromJavaScript(properties);

/** The resource that a request is about, by its URN: `urn:pulumi:stack::project::parents$type::name`. */
function subject(request) {
  const urn = request.getUrn();
  const [, , types = "", ...name] = urn.split("::");
  return { urn, type: types.split("$").at(-1), name: name.join("::") };
}

/** Where a resource is: aws 7 takes a region for each. */
function placeOf(inputs) {
  return typeof inputs.region === "string" && !isUnknown(inputs.region) ? { ...place, region: inputs.region } : place;
}

function tagsOf(value) {
  const tags = typeof value === "string" && !isUnknown(value) ? JSON.parse(value) : value;
  return isUnknown(tags) || hasUnknown(tags) ? unknown : tags?.tags;
}

/** One gRPC method from a function of the request; what it throws becomes the status that the engine prints. */
const unary = (answer) => (call, callback) => {
  try {
    callback(null, answer(call.request));
  } catch (error) {
    callback({ code: grpc.status.UNKNOWN, details: error instanceof Error ? error.message : String(error) });
  }
};

/** Neither flag of secrets and resources is set, as the bridge sets none: inputs arrive as plain values. */
const methods = {
  handshake: () => new proto.ProviderHandshakeResponse(),
  attach: () => new Empty(),
  cancel: () => new Empty(),
  getPluginInfo: () => new plugin.PluginInfo().setVersion(version),
  getSchema: () => new proto.GetSchemaResponse().setSchema(JSON.stringify(schema())),
  getMapping: () => new proto.GetMappingResponse(),
  getMappings: () => new proto.GetMappingsResponse(),
  checkConfig: (request) => new proto.CheckResponse().setInputs(request.getNews()),
  diffConfig: () => new proto.DiffResponse(),
  configure(request) {
    const { region, defaultTags } = read(request.getArgs());
    if (typeof region === "string" && !isUnknown(region)) place.region = region;
    place.defaultTags = tagsOf(defaultTags);
    return new proto.ConfigureResponse().setSupportspreview(true);
  },
  check(request) {
    const inputs = check(subject(request), read(request.getNews()), read(request.getOlds()), place);
    return new proto.CheckResponse().setInputs(struct(inputs));
  },
  diff(request) {
    const ignored = new Set(request.getIgnorechangesList());
    const found = diff(subject(request).type, read(request.getOldInputs()), read(request.getNews()));
    const diffs = found.diffs.filter((key) => !ignored.has(key));
    const { DIFF_NONE, DIFF_SOME } = proto.DiffResponse.DiffChanges;
    return new proto.DiffResponse()
      .setChanges(diffs.length > 0 ? DIFF_SOME : DIFF_NONE)
      .setDiffsList(diffs)
      .setReplacesList(found.replaces.filter((key) => !ignored.has(key)));
  },
  create(request) {
    const resource = subject(request);
    const inputs = read(request.getProperties());
    const where = placeOf(inputs);
    if (request.getPreview()) {
      return new proto.CreateResponse().setProperties(struct(planned(resource.type, inputs, where, manner)));
    }
    const { id, outputs } = existing(resource, inputs, where);
    return new proto.CreateResponse().setId(id).setProperties(struct(outputs));
  },
  read(request) {
    const id = request.getId();
    const known = { ...read(request.getProperties()), ...read(request.getInputs()) };
    const { outputs } = existing({ ...subject(request), id }, known, placeOf(known));
    return new proto.ReadResponse()
      .setId(id)
      .setProperties(struct(outputs))
      .setInputs(request.getInputs() ?? struct({}));
  },
  update(request) {
    const inputs = read(request.getNews());
    const { outputs } = existing({ ...subject(request), id: request.getId() }, inputs, placeOf(inputs));
    return new proto.UpdateResponse().setProperties(struct(outputs));
  },
  delete(request) {
    const file = process.env.GATEHOUSE_TEST_DELETED;
    if (file) appendFileSync(file, `${request.getUrn()}\n`);
    return new Empty();
  },
  invoke: (request) =>
    new proto.InvokeResponse().setReturn(struct(invoke(request.getTok(), read(request.getArgs()), place))),
};

const server = new grpc.Server({ "grpc.max_receive_message_length": -1, "grpc.max_send_message_length": -1 });
server.addService(
  ResourceProviderService,
  Object.fromEntries(Object.entries(methods).map(([name, answer]) => [name, unary(answer)])),
);
server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, port) => {
  if (error) throw error;
  // The engine reads the port from the first line.
  console.log(port);
});
