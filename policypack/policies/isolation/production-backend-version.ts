import {
  canaryVariablesOf,
  environmentClass,
  environmentOptions,
  functionBehind,
  functionOf,
  namesVariable,
  withVariables,
} from "../../core/environments";
import { definePolicy, fault, unverified } from "../../core/policy";
import type { Outcome } from "../../core/policy";
import type { Api } from "../../model/api";
import type { Bag } from "../../model/bag";
import type { Graph } from "../../model/graph";
import { perGraph } from "../../model/per-graph";
import type { Backend } from "../../model/route";
import type { Stage } from "../../model/stage";
import { Value } from "../../model/value";

/** How a Lambda function is called, by its name. */
interface Call {
  /** By an alias or a version. */
  readonly state: "yes" | "no" | "unknown";
  readonly name: string;
}

/** How a stage calls a backend; undefined where that is no Lambda function. */
function pinned(
  graph: Graph,
  stage: Stage | undefined,
  backend: Backend,
  overrides: Value<Bag> = Value.absent(),
): Call | undefined {
  const { node, uri, type } = backend;
  if (uri.isAbsent()) return undefined;
  const kind = type.get();
  if (kind === "MOCK" || kind === "HTTP" || kind === "HTTP_PROXY") return undefined;
  const written = uri.get();
  if (written === undefined) {
    if (backend.qualified.is(true)) return undefined;
    const { names } = functionBehind(graph, node, backend.property);
    const [name] = names;
    // An `AWS` integration may call any service.
    return name === undefined && kind !== "AWS_PROXY" ? undefined : { state: "unknown", name: name ?? "" };
  }
  const text = stage === undefined ? Value.known(written) : withVariables(written, stage, overrides);
  const behind = functionOf(graph, text.get() ?? written);
  const [name, qualifier] = behind?.names ?? [];
  if (name === undefined) return undefined;
  if (text.isUnknown()) return { state: "unknown", name };
  return { state: qualifier === undefined ? "no" : "yes", name };
}

/** What all stages of an API call alike, each function once, and what the variables of each name. */
const backendsOf = perGraph((graph) => {
  const backends = new Map<Api, { readonly fixed: readonly Call[]; readonly byVariable: readonly Backend[] }>();
  for (const api of graph.apis) {
    const fixed = new Map<string, Call>();
    const byVariable: Backend[] = [];
    for (const { backend } of api.routes) {
      if (backend === undefined) continue;
      if (namesVariable(backend)) byVariable.push(backend);
      else {
        const call = pinned(graph, undefined, backend);
        if (call !== undefined) fixed.set(`${call.state} ${call.name}`, call);
      }
    }
    backends.set(api, { fixed: [...fixed.values()], byVariable });
  }
  return backends;
});

function list(names: ReadonlySet<string>): string {
  const known = [...names].filter((name) => name !== "").sort();
  if (known.length === 0) return "a Lambda function";
  const shown = known.slice(0, 5).map((name) => `"${name}"`);
  if (known.length > shown.length) shown.push(`${String(known.length - shown.length)} more`);
  const last = shown.pop() ?? "";
  return shown.length === 0 ? `the Lambda function ${last}` : `the Lambda functions ${shown.join(", ")} and ${last}`;
}

export const productionBackendVersion = definePolicy({
  name: "production-backend-version",
  topic: "isolation",
  description: "Production stages of API Gateway call Lambda functions by an alias or a version.",
  why: "A function called with neither serves whatever was uploaded last, so production runs code that nobody has released and nothing can be rolled back.",
  fix: "Point the integration at an `Alias` (`alias.invokeArn`) or at a published version (`function.qualifiedInvokeArn`), and let production's alias move on release.",
  severity: "medium",
  level: "advisory",
  where: "S",
  practice: "practice 10: production isolated from development",
  options: environmentOptions,
  on: "stage",
  check: (stage, { graph, options }) => {
    if (stage.hearsay) return undefined;
    const environment = environmentClass(stage, options);
    if (environment.is("nonProduction")) return undefined;
    const { fixed, byVariable } = backendsOf(graph).get(stage.api) ?? { fixed: [], byVariable: [] };
    const loose = new Set<string>();
    const unclear = new Set<string>();
    const canary = canaryVariablesOf(stage);
    const verdicts = [
      ...fixed,
      ...byVariable.map((backend) => pinned(graph, stage, backend)),
      ...(canary.isPresent() ? byVariable.map((backend) => pinned(graph, stage, backend, canary)) : []),
    ];
    for (const verdict of verdicts) {
      if (verdict?.state === "no") loose.add(verdict.name);
      else if (verdict?.state === "unknown") unclear.add(verdict.name);
    }
    const hidden = stage.api.bodies.some((body) => body.document.isUnknown());
    if (loose.size + unclear.size === 0 && !hidden) return undefined;
    if (environment.isUnknown()) {
      return loose.size + unclear.size === 0
        ? undefined
        : unverified("may be production, and does not call every Lambda function by an alias or a version");
    }
    if (stage.api.visibility === "unknown")
      return unverified("belongs to an API that is not known yet, so its backends cannot be told");
    const untold =
      stage.environment(options).get()?.kind === "none" ? ", and nothing tells that it is not production" : "";
    const outcomes: Outcome[] = [];
    if (loose.size > 0) outcomes.push(fault(`calls ${list(loose)} with no alias or version${untold}`));
    for (const name of loose) unclear.delete(name);
    if (unclear.size > 0)
      outcomes.push(unverified(`calls ${list(unclear)}, of which no alias or version is known yet`));
    if (hidden) outcomes.push(unverified("has routes in a body that cannot be read, so their backends cannot be told"));
    return outcomes;
  },
  examples: {
    pass: [
      {
        title: "an alias behind a production stage",
        stack: "prod",
        program: ({ aws, pulumi }) => {
          const handler = new aws.lambda.Function("orders", {
            role: "arn:aws:iam::111122223333:role/orders",
            runtime: "nodejs22.x",
            handler: "index.handler",
            code: new pulumi.asset.AssetArchive({}),
            publish: true,
          });
          const alias = new aws.lambda.Alias("live", {
            name: "live",
            functionName: handler.name,
            functionVersion: handler.version,
          });
          const api = new aws.apigatewayv2.Api("orders", { protocolType: "HTTP" });
          const integration = new aws.apigatewayv2.Integration("orders", {
            apiId: api.id,
            integrationType: "AWS_PROXY",
            integrationUri: alias.invokeArn,
            payloadFormatVersion: "2.0",
          });
          new aws.apigatewayv2.Route("orders", {
            apiId: api.id,
            routeKey: "GET /orders",
            target: pulumi.interpolate`integrations/${integration.id}`,
            authorizationType: "AWS_IAM",
          });
          new aws.apigatewayv2.Stage("prod", { apiId: api.id, name: "prod" });
        },
      },
      {
        title: "the latest code behind a development stage",
        program: ({ aws, pulumi }) => {
          const api = new aws.apigatewayv2.Api("orders", { protocolType: "HTTP" });
          const integration = new aws.apigatewayv2.Integration("orders", {
            apiId: api.id,
            integrationType: "AWS_PROXY",
            integrationUri: "arn:aws:lambda:us-east-1:111122223333:function:orders",
            payloadFormatVersion: "2.0",
          });
          new aws.apigatewayv2.Route("orders", {
            apiId: api.id,
            routeKey: "GET /orders",
            target: pulumi.interpolate`integrations/${integration.id}`,
            authorizationType: "AWS_IAM",
          });
          new aws.apigatewayv2.Stage("dev", { apiId: api.id, name: "dev", autoDeploy: true });
        },
      },
      {
        title: "an alias behind a method of a REST API",
        stack: "prod",
        program: ({ aws, pulumi }) => {
          const handler = new aws.lambda.Function("orders", {
            role: "arn:aws:iam::111122223333:role/orders",
            runtime: "nodejs22.x",
            handler: "index.handler",
            code: new pulumi.asset.AssetArchive({}),
            publish: true,
          });
          const alias = new aws.lambda.Alias("live", {
            name: "live",
            functionName: handler.name,
            functionVersion: handler.version,
          });
          const api = new aws.apigateway.RestApi("orders");
          const list = new aws.apigateway.Method("list-orders", {
            restApi: api.id,
            resourceId: api.rootResourceId,
            httpMethod: "GET",
            authorization: "AWS_IAM",
          });
          new aws.apigateway.Integration("list-orders", {
            restApi: api.id,
            resourceId: api.rootResourceId,
            httpMethod: list.httpMethod,
            type: "AWS_PROXY",
            integrationHttpMethod: "POST",
            uri: alias.invokeArn,
          });
          const deployment = new aws.apigateway.Deployment("orders", { restApi: api.id });
          new aws.apigateway.Stage("prod", { restApi: api.id, deployment: deployment.id, stageName: "prod" });
        },
      },
      {
        title: "an alias named in an OpenAPI body",
        stack: "prod",
        program: ({ aws }) => {
          const api = new aws.apigateway.RestApi("orders", {
            body: JSON.stringify({
              openapi: "3.0.1",
              info: { title: "orders", version: "1" },
              paths: {
                "/orders": {
                  get: {
                    "x-amazon-apigateway-auth": { type: "AWS_IAM" },
                    "x-amazon-apigateway-integration": {
                      type: "aws_proxy",
                      httpMethod: "POST",
                      uri: "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:111122223333:function:orders:live/invocations",
                    },
                  },
                },
              },
            }),
          });
          const deployment = new aws.apigateway.Deployment("orders", { restApi: api.id });
          new aws.apigateway.Stage("prod", { restApi: api.id, deployment: deployment.id, stageName: "prod" });
        },
      },
      {
        title: "an alias behind a WebSocket API, which its stage's variable names",
        stack: "prod",
        program: ({ aws, pulumi }) => {
          const api = new aws.apigatewayv2.Api("chat", {
            protocolType: "WEBSOCKET",
            routeSelectionExpression: "$request.body.action",
          });
          const integration = new aws.apigatewayv2.Integration("chat", {
            apiId: api.id,
            integrationType: "AWS_PROXY",
            integrationUri:
              "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:111122223333:function:chat:${stageVariables.alias}/invocations",
          });
          new aws.apigatewayv2.Route("connect", {
            apiId: api.id,
            routeKey: "$connect",
            target: pulumi.interpolate`integrations/${integration.id}`,
            authorizationType: "AWS_IAM",
          });
          new aws.apigatewayv2.Stage("prod", { apiId: api.id, name: "prod", stageVariables: { alias: "live" } });
        },
      },
    ],
    fail: [
      {
        title: "a function's ARN with nothing behind its name",
        stack: "prod",
        program: ({ aws, pulumi }) => {
          const api = new aws.apigatewayv2.Api("orders", { protocolType: "HTTP" });
          const integration = new aws.apigatewayv2.Integration("orders", {
            apiId: api.id,
            integrationType: "AWS_PROXY",
            integrationUri: "arn:aws:lambda:us-east-1:111122223333:function:orders",
            payloadFormatVersion: "2.0",
          });
          new aws.apigatewayv2.Route("orders", {
            apiId: api.id,
            routeKey: "GET /orders",
            target: pulumi.interpolate`integrations/${integration.id}`,
            authorizationType: "AWS_IAM",
          });
          new aws.apigatewayv2.Stage("prod", { apiId: api.id, name: "prod" });
        },
      },
      {
        title: "$LATEST named in an OpenAPI body",
        stack: "prod",
        program: ({ aws }) => {
          const api = new aws.apigateway.RestApi("orders", {
            body: JSON.stringify({
              openapi: "3.0.1",
              info: { title: "orders", version: "1" },
              paths: {
                "/orders": {
                  get: {
                    "x-amazon-apigateway-auth": { type: "AWS_IAM" },
                    "x-amazon-apigateway-integration": {
                      type: "aws_proxy",
                      httpMethod: "POST",
                      uri: "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:111122223333:function:orders:$LATEST/invocations",
                    },
                  },
                },
              },
            }),
          });
          const deployment = new aws.apigateway.Deployment("orders", { restApi: api.id });
          new aws.apigateway.Stage("prod", { restApi: api.id, deployment: deployment.id, stageName: "prod" });
        },
      },
      {
        title: "two routes of a WebSocket API, of which one calls the latest code",
        stack: "prod",
        program: ({ aws, pulumi }) => {
          const api = new aws.apigatewayv2.Api("chat", {
            protocolType: "WEBSOCKET",
            routeSelectionExpression: "$request.body.action",
          });
          for (const [routeKey, handler] of [
            ["$connect", "connect:live"],
            ["$default", "messages"],
          ] as const) {
            const integration = new aws.apigatewayv2.Integration(routeKey, {
              apiId: api.id,
              integrationType: "AWS_PROXY",
              integrationUri: `arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:111122223333:function:${handler}/invocations`,
            });
            new aws.apigatewayv2.Route(routeKey, {
              apiId: api.id,
              routeKey,
              target: pulumi.interpolate`integrations/${integration.id}`,
              authorizationType: routeKey === "$connect" ? "AWS_IAM" : "NONE",
            });
          }
          new aws.apigatewayv2.Stage("prod", { apiId: api.id, name: "prod" });
        },
      },
    ],
  },
});
