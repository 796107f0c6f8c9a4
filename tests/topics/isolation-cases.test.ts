import assert from "node:assert/strict";
import { judge, judgeCases, never, Stack, text } from "../support/cases";
import type { Case, Made } from "../support/cases";

const domains = "domain-single-environment";
const backends = "environment-backend-separate";
const version = "production-backend-version";
const settings = "environment-settings-differ";

interface Rest {
  readonly api: Made;
  readonly stage: Made;
}

function rest(
  stack: Stack,
  stageName: string,
  more: Readonly<Record<string, unknown>> = {},
  deployed: Readonly<Record<string, unknown>> = {},
): Rest {
  const api = stack.add("apigateway.RestApi", stageName, more);
  const deployment = stack.add("apigateway.Deployment", stageName, { restApi: api.id, ...deployed });
  const place = { restApi: api.id, deployment: deployment.id, stageName };
  return { api, stage: stack.add("apigateway.Stage", stageName, { ...place, ...more }) };
}

const domain = (stack: Stack): Made => stack.add("apigateway.DomainName", "api", { domainName: "api.example.com" });

function rule(stack: Stack, on: Made, name: string, apiId: unknown, stage: unknown): void {
  stack.add("apigatewayv2.RoutingRule", name, {
    domainName: on.out("domainName"),
    priority: 1,
    actions: [{ invokeApi: { apiId, stage } }],
    conditions: [{ matchBasePaths: { anyOfs: [name] } }],
  });
}

const names: readonly Case[] = ["aws-native:apigateway:Stage", "aws-native:apigatewayv2:Stage"].map((type) => ({
  title: `a stage of ${type.includes("v2") ? "an HTTP" : "a REST"} API that aws-native names after its resource`,
  policy: "stage-environment",
  verdict: { preview: "passes", update: "passes" },
  stack: "main",
  build: (stack) => void stack.add(type, "test", type.includes("v2") ? { apiId: "x1" } : { restApiId: "x1" }),
}));

const routing: readonly Case[] = [
  {
    title: "routing rules lead to stages of two environments",
    policy: domains,
    verdict: "fails",
    stack: "main",
    build: (stack) => {
      const on = domain(stack);
      for (const name of ["prod", "dev"]) {
        const { api, stage } = rest(stack, name);
        rule(stack, on, name, api.id, stage.out("stageName"));
      }
    },
  },
  {
    title: "a routing rule and a mapping lead to stages of two environments",
    policy: domains,
    verdict: "fails",
    stack: "main",
    build: (stack) => {
      const on = domain(stack);
      const production = rest(stack, "prod");
      const place = { restApi: production.api.id, stageName: "prod", domainName: "api.example.com" };
      stack.add("apigateway.BasePathMapping", "prod", place);
      rule(stack, on, "dev", rest(stack, "dev").api.id, "dev");
    },
  },
  {
    title: "routing rules to stages of other stacks go by their names",
    policy: domains,
    verdict: "fails",
    stack: "main",
    build: (stack) => {
      const on = domain(stack);
      rule(stack, on, "a", "a1b2c3", "prod");
      rule(stack, on, "b", "d4e5f6", "dev");
    },
  },
  {
    title: "routing rules of one environment",
    policy: domains,
    verdict: "passes",
    stack: "main",
    build: (stack) => {
      const on = domain(stack);
      rule(stack, on, "a", rest(stack, "prod").api.id, "prod");
      rule(stack, on, "b", "d4e5f6", "production");
    },
  },
  {
    title: "a routing rule to a stage that is not known yet",
    policy: domains,
    verdict: "unverified",
    stack: "main",
    build: (stack) => {
      const on = domain(stack);
      rule(stack, on, "a", rest(stack, "prod").api.id, "prod");
      rule(stack, on, "b", "d4e5f6", never());
    },
  },
];

const variables: readonly Case[] = [
  {
    title: "a canary of production calls the alias of development",
    policy: backends,
    verdict: "fails",
    stack: "main",
    build: (stack) => {
      const canarySettings = { deploymentId: "d1", percentTraffic: 5, stageVariableOverrides: { alias: "dev" } };
      rest(stack, "prod", { variables: { alias: "prod" }, canarySettings });
    },
  },
  {
    title: "a deployment of production names the alias of development",
    policy: backends,
    verdict: "fails",
    stack: "main",
    build: (stack) => {
      rest(stack, "prod", {}, { variables: { alias: "dev" } });
    },
  },
  {
    title: "a canary calls the function without its alias",
    policy: version,
    verdict: "fails",
    stack: "main",
    build: (stack) => {
      const arn = "arn:aws:lambda:eu-west-1:123456789012:function:${stageVariables.name}";
      const uri = `arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/${arn}/invocations`;
      const get = { "x-amazon-apigateway-integration": { type: "aws_proxy", httpMethod: "POST", uri } };
      const body = JSON.stringify({ openapi: "3.0.1", paths: { "/orders": { get } } });
      const canarySettings = { deploymentId: "d1", percentTraffic: 5, stageVariableOverrides: { name: "orders" } };
      rest(stack, "prod", { body, variables: { name: "orders:live" }, canarySettings });
    },
  },
  {
    title: "the stage has the variable that its deployment names otherwise",
    policy: backends,
    verdict: "passes",
    stack: "main",
    build: (stack) => {
      rest(stack, "prod", { variables: { alias: "prod" } }, { variables: { alias: "dev" } });
    },
  },
  {
    title: "two stages that lack a variable share no backend by that",
    policy: backends,
    verdict: "unverified",
    stack: "main",
    build: (stack) => {
      const uri = "https://${stageVariables.host}/orders";
      const get = { "x-amazon-apigateway-integration": { type: "http_proxy", httpMethod: "GET", uri } };
      const body = JSON.stringify({ openapi: "3.0.1", paths: { "/orders": { get } } });
      for (const name of ["prod", "dev"]) rest(stack, name, { body });
    },
  },
];

const invocation = (arn: unknown): object => ({
  openapi: "3.0.1",
  paths: { "/a": { get: { "x-amazon-apigateway-integration": { type: "aws_proxy", httpMethod: "POST", uri: arn } } } },
});

function native(stack: Stack, stageName: string, uri: unknown): void {
  const api = stack.add("aws-native:apigateway:RestApi", stageName, { body: invocation(uri) });
  stack.add("aws-native:apigateway:Stage", stageName, { restApiId: api.id, deploymentId: "d1", stageName });
}

const bodies: readonly Case[] = [
  {
    title: "aws-native bodies that call two functions, of which nothing is known yet",
    policy: backends,
    verdict: "passes",
    stack: "main",
    build: (stack) => {
      for (const name of ["prod", "dev"]) {
        native(stack, name, stack.add("lambda.Function", `${name}-orders`).out("invokeArn"));
      }
    },
  },
  {
    title: "aws-native bodies that call one function",
    policy: backends,
    verdict: "fails",
    stack: "main",
    build: (stack) => {
      const handler = stack.add("lambda.Function", "orders");
      for (const name of ["prod", "dev"]) native(stack, name, handler.out("invokeArn"));
    },
  },
  {
    title: "an aws-native body of production whose function may be an alias",
    policy: version,
    verdict: { preview: "unverified", update: "fails" },
    stack: "main",
    build: (stack) => {
      native(stack, "prod", stack.add("lambda.Function", "orders").out("invokeArn"));
    },
  },
  {
    title: "ARNs built of one function's name and of its invoke ARN",
    policy: backends,
    verdict: { preview: "fails", update: "fails" },
    stack: "main",
    build: (stack) => {
      const handler = stack.add("lambda.Function", "orders");
      const functions = "arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions";
      const built = text`${functions}/arn:aws:lambda:eu-west-1:123456789012:function:${handler.out("name")}/invocations`;
      native(stack, "prod", built);
      native(stack, "dev", handler.out("invokeArn"));
    },
  },
  {
    title: "a WebSocket route that names its integration by a literal id",
    policy: version,
    verdict: "fails",
    stack: "main",
    build: (stack) => {
      const api = stack.add("apigatewayv2.Api", "chat", { protocolType: "WEBSOCKET" });
      const integrationUri = "arn:aws:lambda:eu-west-1:123456789012:function:chat";
      const way = { apiId: api.id, integrationType: "AWS_PROXY", integrationUri };
      const integration = stack.add("apigatewayv2.Integration", "chat", way);
      const target = text`integrations/${integration.id}`;
      stack.add("apigatewayv2.Route", "connect", { apiId: api.id, routeKey: "$connect", target });
      stack.add("apigatewayv2.Stage", "prod", { apiId: api.id, name: "prod" });
    },
  },
  {
    title: "an alias called live, which the stack of development makes",
    policy: backends,
    verdict: { preview: "passes", update: "passes" },
    build: (stack) => {
      const handler = stack.add("lambda.Function", "orders");
      const alias = { functionName: handler.out("name"), functionVersion: "1", name: "live" };
      const integrationUri = stack.add("lambda.Alias", "live", alias).out("invokeArn");
      const api = stack.add("apigatewayv2.Api", "orders", { protocolType: "HTTP" });
      const way = { apiId: api.id, integrationType: "AWS_PROXY", integrationUri };
      const target = text`integrations/${stack.add("apigatewayv2.Integration", "orders", way).id}`;
      stack.add("apigatewayv2.Route", "list", { apiId: api.id, routeKey: "GET /orders", target });
      stack.add("apigatewayv2.Stage", "default", { apiId: api.id, name: "$default" });
    },
  },
];

/** A stage of an HTTP API with limits, in a stack whose name tells nothing. */
function limited(stack: Stack, name: string, stageName: unknown, more: Readonly<Record<string, unknown>> = {}): void {
  const api = stack.add("apigatewayv2.Api", name, { protocolType: "HTTP" });
  const defaultRouteSettings = { throttlingRateLimit: 100, throttlingBurstLimit: 50 };
  stack.add("apigatewayv2.Stage", name, { apiId: api.id, name: stageName, defaultRouteSettings, ...more });
}

function methods(stack: Stack, name: string, set: Readonly<Record<string, unknown>>, methodPath = "*/*"): void {
  const { api, stage } = rest(stack, name);
  stack.add("apigateway.MethodSettings", name, {
    restApi: api.id,
    stageName: stage.out("stageName"),
    methodPath,
    settings: set,
  });
}

const alike: readonly Case[] = [
  {
    title: "stages of APIs of two other stacks with one set of limits",
    policy: settings,
    verdict: "fails",
    stack: "main",
    build: (stack) => {
      const defaultRouteSettings = { throttlingRateLimit: 100, throttlingBurstLimit: 50 };
      stack.add("apigatewayv2.Stage", "a", { apiId: "a1b2c3", name: "prod", defaultRouteSettings });
      stack.add("apigatewayv2.Stage", "b", { apiId: "d4e5f6", name: "dev", defaultRouteSettings });
    },
  },
  {
    title: "two stages of one API with one set of limits",
    policy: settings,
    verdict: "fails",
    stack: "main",
    build: (stack) => {
      const api = stack.add("apigatewayv2.Api", "orders", { protocolType: "HTTP" });
      const defaultRouteSettings = { throttlingRateLimit: 100, throttlingBurstLimit: 50 };
      for (const name of ["prod", "dev"]) {
        stack.add("apigatewayv2.Stage", name, { apiId: api.id, name, defaultRouteSettings });
      }
    },
  },
  {
    title: "two production stages with one set of limits, and two of other environments with another",
    policy: settings,
    verdict: "passes",
    stack: "main",
    build: (stack) => {
      const lower = { defaultRouteSettings: { throttlingRateLimit: 10, throttlingBurstLimit: 5 } };
      for (const name of ["prod-eu", "prod-us"]) limited(stack, name, name);
      for (const name of ["dev", "staging"]) limited(stack, name, name, lower);
    },
  },
  {
    title: "a REST and an HTTP API with one set of limits",
    policy: settings,
    verdict: "passes",
    stack: "main",
    build: (stack) => {
      limited(stack, "prod", "prod");
      methods(stack, "dev", { throttlingRateLimit: 100, throttlingBurstLimit: 50 });
    },
  },
  {
    title: "limits of development that are not known yet",
    policy: settings,
    verdict: "unverified",
    stack: "main",
    build: (stack) => {
      limited(stack, "prod", "prod");
      limited(stack, "dev", "dev", {
        defaultRouteSettings: { throttlingRateLimit: never(), throttlingBurstLimit: 50 },
      });
    },
  },
  {
    title: "a rate that is not known yet beside a burst that differs",
    policy: settings,
    verdict: "passes",
    stack: "main",
    build: (stack) => {
      limited(stack, "prod", "prod");
      limited(stack, "dev", "dev", { defaultRouteSettings: { throttlingRateLimit: never(), throttlingBurstLimit: 5 } });
    },
  },
  {
    title: "a stage that may be development has production's settings",
    policy: settings,
    verdict: "unverified",
    stack: "main",
    build: (stack) => {
      limited(stack, "a", "prod");
      limited(stack, "b", never());
    },
  },
  {
    title: "development has the settings of a stage that may be production",
    policy: settings,
    verdict: "unverified",
    stack: "main",
    build: (stack) => {
      limited(stack, "a", never());
      limited(stack, "b", "dev");
    },
  },
  {
    title: "two stages of which nothing is known have one set of limits",
    policy: settings,
    verdict: "unverified",
    stack: "main",
    build: (stack) => {
      limited(stack, "a", never());
      limited(stack, "b", never());
    },
  },
  {
    title: "development with other limits than a stage that may be production",
    policy: settings,
    verdict: "passes",
    stack: "main",
    build: (stack) => {
      limited(stack, "a", never());
      limited(stack, "b", "dev", { defaultRouteSettings: { throttlingRateLimit: 10, throttlingBurstLimit: 5 } });
    },
  },
  {
    title: "one log group for both, and nothing else",
    policy: settings,
    verdict: { preview: "fails", update: "fails" },
    stack: "main",
    build: (stack) => {
      const logs = stack.add("cloudwatch.LogGroup", "access", { retentionInDays: 90 });
      for (const name of ["prod", "dev"]) {
        const accessLogSettings = { destinationArn: logs.out("arn"), format: "$context.requestId" };
        limited(stack, name, name, { defaultRouteSettings: undefined, accessLogSettings });
      }
    },
  },
  {
    title: "limits that are switched off in both, and no log level in either",
    policy: settings,
    verdict: "passes",
    stack: "main",
    build: (stack) => {
      const off = { throttlingRateLimit: -1, throttlingBurstLimit: -1, loggingLevel: "OFF" };
      for (const name of ["prod", "dev"]) methods(stack, name, off);
    },
  },
  {
    title: "limits of one method that are the same, and no others",
    policy: settings,
    verdict: "fails",
    stack: "main",
    build: (stack) => {
      for (const name of ["prod", "dev"]) methods(stack, name, { throttlingRateLimit: 5 }, "orders/GET");
    },
  },
  {
    title: "limits of one route that differ",
    policy: settings,
    verdict: "passes",
    stack: "main",
    build: (stack) => {
      for (const [name, throttlingRateLimit] of [
        ["prod", 50],
        ["dev", 5],
      ] as const) {
        limited(stack, name, name, { routeSettings: [{ routeKey: "GET /orders", throttlingRateLimit }] });
      }
    },
  },
  {
    title: "stages that aws-native makes, with method settings of their own",
    policy: settings,
    verdict: "fails",
    stack: "main",
    build: (stack) => {
      for (const stageName of ["prod", "dev"]) {
        const methodSettings = [{ httpMethod: "*", resourcePath: "/*", throttlingRateLimit: 100 }];
        const place = { restApiId: `${stageName}1`, deploymentId: "d1", stageName };
        stack.add("aws-native:apigateway:Stage", stageName, { ...place, methodSettings });
      }
    },
  },
  {
    title: "a rate as a text and as a number",
    policy: settings,
    verdict: "fails",
    stack: "main",
    build: (stack) => {
      limited(stack, "prod", "prod");
      limited(stack, "dev", "dev", { defaultRouteSettings: { throttlingRateLimit: "100", throttlingBurstLimit: 50 } });
    },
  },
];

describe("cases of isolation", () => {
  judgeCases([...names, ...routing, ...variables, ...bodies, ...alike]);

  it("stages that deployments make are named with their API, whatever its id", () => {
    const stack = new Stack("resolve", "main");
    const apiStages = ["prod", "dev"].map((stage) => {
      const api = stack.add("apigateway.RestApi", `orders-${stage}`);
      stack.add("apigateway.Deployment", stage, { restApi: api.id, stageName: stage });
      return { apiId: api.id, stage };
    });
    stack.add("apigateway.UsagePlan", "partners", { apiStages });
    const [said = ""] = judge("environment-resources-separate", stack.made).faults;
    assert.match(said, /production stage "prod" of REST API "orders-prod" and .* of REST API "orders-dev"\./);
  });

  it("what tells an environment is named where it is not the stage's own name", () => {
    const stack = new Stack("resolve", "main");
    const api = stack.add("apigatewayv2.Api", "orders", { protocolType: "HTTP" });
    const integrationUri = "https://orders.live-eu.example.com/";
    const way = { apiId: api.id, integrationType: "HTTP_PROXY", integrationUri };
    const target = text`integrations/${stack.add("apigatewayv2.Integration", "orders", way).id}`;
    stack.add("apigatewayv2.Route", "list", { apiId: api.id, routeKey: "GET /orders", target });
    stack.add("apigatewayv2.Stage", "default", { apiId: api.id, name: "$default", tags: { Env: "uat" } });
    const [said = ""] = judge(backends, stack.made).faults;
    assert.match(said, /names production \("live"\) in what it calls/);
    assert.match(said, /serves non-production stage "\$default" \(by its tag "uat"\)\./);
  });
});
