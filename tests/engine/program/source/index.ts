import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

// Everything that is hard to get right about an engine, around a few APIs with a fault or two each. It is run under
// the real engine and under the embedded one, and both must show a policy pack the same.

const config = new pulumi.Config();
const throttle = config.requireObject<{ readonly rate: number; readonly burst: number }>("throttle");
const token = config.requireSecret("token");

// Transforms of the whole stack: one changes properties, one an option, one what a data source is asked.
pulumi.runtime.registerResourceTransform((args) =>
  args.type === "aws:apigateway/stage:Stage"
    ? { props: { ...args.props, xrayTracingEnabled: true }, opts: args.opts }
    : undefined,
);
pulumi.runtime.registerInvokeTransform((args) =>
  args.token === "aws:iam/getPolicyDocument:getPolicyDocument"
    ? { args: { ...args.args, policyId: "transformed" }, opts: args.opts }
    : undefined,
);

// A component whose children take their parent's provider, in a region of its own and with tags of its own.

const ireland = new aws.Provider("ireland", {
  region: "eu-west-1",
  defaultTags: { tags: { environment: "staging" } },
});

class Shop extends pulumi.ComponentResource {
  readonly api: aws.apigateway.RestApi;
  readonly root: pulumi.Output<string>;
  readonly stage: aws.apigateway.Stage;

  constructor(name: string, args: { readonly stage: string }, opts?: pulumi.ComponentResourceOptions) {
    super("hard:index:Shop", name, args, opts);
    const parent = { parent: this };
    this.api = new aws.apigateway.RestApi(name, { endpointConfiguration: { types: "REGIONAL" } }, parent);
    this.root = this.api.rootResourceId;
    const method = new aws.apigateway.Method(
      name,
      { restApi: this.api, resourceId: this.root, httpMethod: "GET", authorization: "NONE" },
      // Named differently once, and deleted first where it must be replaced.
      { ...parent, aliases: [{ name: "former" }, `urn:pulumi:prod::hard::aws:apigateway/method:Method::${name}`] },
    );
    const integration = new aws.apigateway.Integration(
      name,
      { restApi: this.api.id, resourceId: this.root, httpMethod: method.httpMethod, type: "MOCK" },
      { ...parent, deleteBeforeReplace: true, customTimeouts: { create: "5m" } },
    );
    const deployment = new aws.apigateway.Deployment(
      name,
      { restApi: this.api.id },
      { ...parent, dependsOn: [integration], ignoreChanges: ["description"], replaceOnChanges: ["triggers"] },
    );
    this.stage = new aws.apigateway.Stage(
      name,
      { restApi: this.api, deployment: deployment, stageName: args.stage, variables: { token } },
      { ...parent, additionalSecretOutputs: ["variables"], retainOnDelete: true, deletedWith: this.api },
    );
    this.registerOutputs({ api: this.api, url: this.stage.invokeUrl, token });
  }
}

const shop = new Shop("shop", { stage: "staging" }, { provider: ireland });
new aws.apigateway.MethodSettings(
  "shop",
  {
    restApi: shop.api.id,
    stageName: shop.stage.stageName,
    methodPath: "*/*",
    settings: { throttlingRateLimit: throttle.rate, throttlingBurstLimit: throttle.burst, loggingLevel: "ERROR" },
  },
  { parent: shop, protect: false },
);

// The same component with the default provider, which has tags of the configuration.

new Shop("store", { stage: "live" });

// Transforms of one resource, which run before those of the stack: the method gets its authorizer from one, with the tie
// to it, and loses the dependency that it was written with to another.

const users = new aws.cognito.UserPool("users");
const api = new aws.apigateway.RestApi("orders", {
  description: "Orders of the shop.",
  policy: aws.iam
    .getPolicyDocumentOutput({
      statements: [
        {
          principals: [{ type: "*", identifiers: ["*"] }],
          actions: ["execute-api:Invoke"],
          resources: ["execute-api:/*"],
        },
      ],
    })
    .apply((document) => document.json),
});
const authorizer = new aws.apigateway.Authorizer("orders", {
  restApi: api.id,
  type: "COGNITO_USER_POOLS",
  providerArns: [users.arn],
});
const resource = new aws.apigateway.Resource("orders", {
  restApi: api.id,
  parentId: api.rootResourceId,
  pathPart: "orders",
});
const list = new aws.apigateway.Method(
  "list",
  { restApi: api.id, resourceId: resource.id, httpMethod: "GET", authorization: "NONE" },
  {
    dependsOn: [users],
    transforms: [
      (args) => ({
        props: { ...args.props, authorization: "COGNITO_USER_POOLS", authorizerId: authorizer.id },
        opts: args.opts,
      }),
      (args) => ({ props: args.props, opts: { ...args.opts, dependsOn: [] } }),
    ],
  },
);
// The older transformations run in the program, and the engine sees only what they make.
new aws.apigateway.Integration(
  "list",
  { restApi: api.id, resourceId: resource.id, httpMethod: list.httpMethod, type: "MOCK" },
  { transformations: [(args) => ({ props: { ...args.props, type: "HTTP", uri: "http://orders" }, opts: args.opts })] },
);
// An option changed by a transform: another region's provider.
const logs = new aws.cloudwatch.LogGroup(
  "orders",
  { retentionInDays: 30 },
  { transforms: [(args) => ({ props: args.props, opts: { ...args.opts, provider: ireland } })] },
);
const deployment = new aws.apigateway.Deployment("orders", { restApi: api.id }, { dependsOn: [list] });
new aws.apigateway.Stage("orders", {
  restApi: api.id,
  deployment: deployment.id,
  stageName: "orders",
  accessLogSettings: { destinationArn: logs.arn, format: pulumi.secret('{ "requestId": "$context.requestId" }') },
});

// What exists already: an API that is only read, an API known by its id, another stack.

const legacy = aws.apigateway.RestApi.get("legacy", "abc123");
new aws.apigateway.Method("legacy", {
  restApi: legacy.id,
  resourceId: "root",
  httpMethod: "GET",
  authorization: "NONE",
});
new aws.apigateway.Method("legacy-by-reference", {
  restApi: legacy,
  resourceId: "root",
  httpMethod: "POST",
  authorization: pulumi.secret("NONE"),
});
new aws.apigateway.Stage("legacy", { restApi: legacy.id, deployment: "d1", stageName: "v1" });
new aws.apigateway.Method("external", {
  restApi: "def456",
  resourceId: "root",
  httpMethod: "GET",
  authorization: "NONE",
});
const network = new pulumi.StackReference("organization/hard/prod");

// A provider whose configuration is not known: the engine asks it for nothing.

const role = new aws.iam.Role("deployer", {
  assumeRolePolicy: aws.iam.getPolicyDocumentOutput({
    statements: [{ actions: ["sts:AssumeRole"], principals: [{ type: "AWS", identifiers: [legacy.arn, users.arn] }] }],
  }).json,
});
const elsewhere = new aws.Provider("elsewhere", { region: "us-east-1", assumeRoles: [{ roleArn: role.arn }] });
const far = new aws.apigatewayv2.Api("far", { protocolType: "HTTP" }, { provider: elsewhere });
new aws.apigatewayv2.Route("far", { apiId: far.id, routeKey: "GET /far" }, { provider: elsewhere });
const farStage = new aws.apigatewayv2.Stage("far", { apiId: far.id, autoDeploy: true }, { provider: elsewhere });
new aws.apigatewayv2.ApiMapping("far", { apiId: far.id, stage: farStage.name, domainName: "far.example.com" });

// Resources made only once a value is known: in a preview nobody sees them.

class Late extends pulumi.ComponentResource {
  constructor(name: string, args: { readonly audience: pulumi.Input<string> }) {
    super("hard:apigateway:Late", name, args);
    const made = pulumi.output(args.audience).apply((audience) => {
      const chat = new aws.apigatewayv2.Api(
        name,
        { protocolType: "WEBSOCKET", description: audience },
        { parent: this },
      );
      new aws.apigatewayv2.Route(name, { apiId: chat.id, routeKey: "$connect" }, { parent: this });
      return chat;
    });
    this.registerOutputs({ api: made, nothing: undefined });
  }
}
new Late("late", { audience: users.id });
new Late("at-once", { audience: "everybody" });

// Hooks, and a component without outputs.

const hook = new pulumi.ResourceHook("seen", (args) => {
  if (args.newInputs === undefined) throw new Error("no inputs");
});
class Quiet extends pulumi.ComponentResource {
  constructor(name: string, opts: pulumi.ComponentResourceOptions) {
    super("hard:index:Quiet", name, {}, opts);
  }
}
const quiet = new Quiet("quiet", { dependsOn: [shop] });
new aws.apigatewayv2.Api(
  "hooked",
  {
    protocolType: "HTTP",
    name: pulumi.secret("hooked"),
    corsConfiguration: { allowOrigins: ["*"], allowCredentials: true },
  },
  { parent: quiet, dependsOn: [quiet], hooks: { beforeCreate: [hook] } },
);

export const url = shop.stage.invokeUrl;
export const settings = { secret: token, ids: [api.id, legacy.id], shop, network: network.getOutput("vpc") };
