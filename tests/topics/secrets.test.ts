import assert from "node:assert/strict";
import { daysOfSchedule } from "../../policypack/model/rotation";
import { judge, judgeCases, never, Stack, text } from "../support/cases";
import type { Case, Made } from "../support/cases";

/** Nothing that a scanner would stop at. */
const password = ["correct", "horse", "42"].join("-");
/** What the offline preview gives a program whose configuration it cannot decrypt. */
const encrypted = "gatehouse-placeholder-secret";
const accessKey = ["AKIA", "IOSFODNN7EXAMPLE"].join("");
const invoke = (name: string): string =>
  `arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/arn:aws:lambda:eu-west-1:123456789012:function:${name}/invocations`;

const leaky = (stack: Stack, variables: unknown = { DB_PASSWORD: password }): Made =>
  stack.add("lambda.Function", "orders", { name: "orders", environment: { variables } });
const httpApi = (stack: Stack): Made => stack.add("apigatewayv2.Api", "orders", { protocolType: "HTTP" });
const restApi = (stack: Stack, body?: unknown): Made => stack.add("apigateway.RestApi", "orders", { body });

const hardcoded = (title: string, verdict: Case["verdict"], build: Case["build"], config?: Case["config"]): Case => ({
  policy: "hardcoded-secrets",
  title,
  verdict,
  build,
  ...(config && { config }),
});

/** Variables of a stage of another stack's REST API. */
const variables = (title: string, written: unknown, verdict: Case["verdict"]): Case =>
  hardcoded(title, verdict, (stack) => {
    stack.add("apigateway.Stage", "prod", { restApi: "a1", deployment: "d1", stageName: "prod", variables: written });
  });

/** A body with one operation that has this integration. */
const bodyWith = (integration: unknown): Readonly<Record<string, unknown>> => ({
  swagger: "2.0",
  info: { title: "orders", version: "1" },
  paths: { "/orders": { get: { "x-amazon-apigateway-integration": integration } } },
});
const body = (title: string, written: unknown, verdict: Case["verdict"]): Case =>
  hardcoded(title, verdict, (stack) => void restApi(stack, written));

const native = { type: "http", uri: "https://backend.example.com", requestParameters: {} };
const yaml = `swagger: "2.0"
info: { title: orders, version: "1" }
paths:
  /orders:
    get:
      x-amazon-apigateway-integration:
        type: http
        uri: https://backend.example.com
        requestParameters:
          integration.request.header.x-api-key: "'${password}'"
`;

const cases: readonly Case[] = [
  // Stage variables
  variables("bookkeeping keys say nothing", { __defaults: ["password"], table: "orders" }, "passes"),
  variables("a number under a telling name", { password: 20260824 }, "fails"),
  variables("null under a telling name", { password: null }, "passes"),
  variables("a telling name that is not known yet", { password: never() }, "unverified"),
  variables("another name that is not known yet", { table: never() }, "passes"),
  variables("variables that are not known at all", never(), "unverified"),
  variables("a secret of the state, encrypted, under a telling name", { password: "[secret]" }, "fails"),
  variables("a secret of the state, encrypted, under another", { table: "[secret]" }, "unverified"),
  variables("an encrypted secret of the configuration, under a telling name", { password: encrypted }, "fails"),
  variables("an encrypted secret of the configuration, under another", { table: encrypted }, "unverified"),
  variables(
    "an encrypted secret of the configuration in a URL",
    { db: `postgres://db:${encrypted}@db/orders` },
    "fails",
  ),
  variables("a list where a map belongs", ["password", password], "passes"),
  hardcoded("variables that a canary overrides", "fails", (stack) => {
    const canarySettings = { deploymentId: "d2", stageVariableOverrides: { password } };
    stack.add("apigateway.Stage", "prod", { restApi: "a1", deployment: "d1", stageName: "prod", canarySettings });
  }),
  hardcoded("variables of a deployment", "fails", (stack) => {
    stack.add("apigateway.Deployment", "orders", { restApi: "a1", variables: { password } });
  }),
  hardcoded("a stage description of aws-native", "fails", (stack) => {
    const inputs = { restApiId: "a1", stageName: "prod", stageDescription: { variables: { password } } };
    stack.add("aws-native:apigateway:Deployment", "orders", inputs);
  }),
  hardcoded("a stage description of an older provider is text", "passes", (stack) => {
    stack.add("apigateway.Deployment", "orders", { restApi: "a1", stageName: "prod", stageDescription: "abc" });
  }),
  hardcoded("overrides of quick create", "fails", (stack) => {
    const inputs = { apiId: "a1", stage: { stageVariables: { accessKey } } };
    stack.add("aws-native:apigatewayv2:ApiGatewayManagedOverrides", "orders", inputs);
  }),

  // Functions
  hardcoded("a function that a permission opens to API Gateway", "fails", (stack) => {
    leaky(stack);
    stack.add("lambda.Permission", "orders", {
      action: "lambda:InvokeFunction",
      function: "orders",
      principal: "apigateway.amazonaws.com",
    });
  }),
  hardcoded("a function that a permission opens to another service", "passes", (stack) => {
    leaky(stack);
    stack.add("lambda.Permission", "orders", {
      action: "lambda:InvokeFunction",
      function: "orders",
      principal: "events.amazonaws.com",
    });
  }),
  hardcoded("an integration that names the function by a stage variable", "fails", (stack) => {
    leaky(stack);
    const api = restApi(stack);
    stack.add("apigateway.Integration", "orders", {
      restApi: api.id,
      resourceId: "r",
      httpMethod: "GET",
      type: "AWS_PROXY",
      uri: invoke("${stageVariables.handler}"),
    });
    const inputs = { restApi: api.id, deployment: "d1", stageName: "prod", variables: { handler: "orders" } };
    stack.add("apigateway.Stage", "prod", inputs);
  }),
  hardcoded("quick create", { preview: "fails", update: "fails" }, (stack) => {
    const handler = leaky(stack);
    stack.add("apigatewayv2.Api", "orders", { protocolType: "HTTP", target: handler.out("arn") });
  }),
  hardcoded("a body that names the function and is not known yet", { preview: "fails", update: "fails" }, (stack) => {
    const handler = leaky(stack);
    const open = '{"swagger":"2.0","paths":{"/":{"get":{"x-amazon-apigateway-integration":{"uri":"';
    restApi(stack, text`${open}${handler.out("invokeArn")}"}}}}}`);
  }),
  hardcoded("a function of that name in another account, where ARNs are known", { update: "passes" }, (stack) => {
    leaky(stack);
    stack.add("apigatewayv2.Integration", "orders", {
      apiId: httpApi(stack).id,
      integrationType: "AWS_PROXY",
      integrationUri: "arn:aws:lambda:eu-west-1:999999999999:function:orders",
    });
  }),
  hardcoded("a function behind a component that shows nothing", "fails", (stack) => {
    const handler = leaky(stack);
    const routes = [{ path: "/orders", method: "GET", eventHandler: handler.out("arn") }];
    const made = stack.component("aws-apigateway:index:RestAPI", "orders", { routes });
    assert.equal(made.component, true);
    const principal = "apigateway.amazonaws.com";
    stack.add("lambda.Permission", "orders", { action: "lambda:InvokeFunction", function: "orders", principal });
  }),
  hardcoded("a function of aws-native", { preview: "fails", update: "fails" }, (stack) => {
    const inputs = { functionName: "orders", environment: { variables: { DB_PASSWORD: password } } };
    stack.add("aws-native:lambda:Function", "orders", inputs);
    stack.add("apigatewayv2.Integration", "orders", {
      apiId: httpApi(stack).id,
      integrationType: "AWS_PROXY",
      integrationUri: "arn:aws:lambda:eu-west-1:123456789012:function:orders",
    });
  }),

  // Integrations and authorizers
  hardcoded("a parameter that an HTTP API writes without quotes", "fails", (stack) => {
    stack.add("apigatewayv2.Integration", "orders", {
      apiId: "a1",
      integrationType: "HTTP_PROXY",
      integrationUri: "https://backend.example.com",
      requestParameters: { "overwrite:header.x-api-key": password },
    });
  }),
  hardcoded("a parameter that an HTTP API takes from the request", "passes", (stack) => {
    stack.add("apigatewayv2.Integration", "orders", {
      apiId: "a1",
      integrationType: "HTTP_PROXY",
      integrationUri: "https://backend.example.com",
      requestParameters: { "overwrite:header.x-api-key": "$request.header.x-api-key" },
    });
  }),
  hardcoded("a password in a backend's URL", "fails", (stack) => {
    stack.add("apigateway.Integration", "orders", {
      restApi: "a1",
      resourceId: "r",
      httpMethod: "GET",
      type: "HTTP",
      uri: `https://orders:${password}@backend.example.com/orders`,
    });
  }),
  hardcoded("an inline integration of aws-native", "fails", (stack) => {
    const requestParameters = { "integration.request.header.Authorization": `'Bearer ${password}'` };
    const inputs = { restApiId: "a1", resourceId: "r", httpMethod: "GET", authorizationType: "AWS_IAM" };
    stack.add("aws-native:apigateway:Method", "orders", { ...inputs, integration: { ...native, requestParameters } });
  }),
  hardcoded("a template of an integration response", "fails", (stack) => {
    stack.add("apigateway.IntegrationResponse", "orders", {
      restApi: "a1",
      resourceId: "r",
      httpMethod: "GET",
      statusCode: "200",
      responseTemplates: { "application/json": `{"partner":"${accessKey}"}` },
    });
  }),
  hardcoded("a template that is not known yet", "unverified", (stack) => {
    stack.add("apigateway.Integration", "orders", {
      restApi: "a1",
      resourceId: "r",
      httpMethod: "GET",
      type: "AWS",
      requestTemplates: { "application/json": never() },
    });
  }),
  hardcoded("an authorizer that takes one token", "fails", (stack) => {
    const identityValidationExpression = "^Bearer Tr0ub4dor3xKq9vLmZ$";
    stack.add("apigateway.Authorizer", "check", { restApi: "a1", type: "TOKEN", identityValidationExpression });
  }),
  hardcoded("an authorizer that says how tokens look", "passes", (stack) => {
    const identityValidationExpression = "^Bearer [-0-9A-Za-z._~+/]+=*$";
    stack.add("apigateway.Authorizer", "check", { restApi: "a1", type: "TOKEN", identityValidationExpression });
  }),

  // Bodies
  body("OpenAPI 2 in YAML", yaml, "fails"),
  body("a body with nothing in it", JSON.stringify(bodyWith({ type: "mock" })), "passes"),
  body(
    "an access key in a description",
    JSON.stringify({ ...bodyWith({}), info: { description: accessKey } }),
    "fails",
  ),
  body("a body that is no OpenAPI document, with an access key in it", `{"note": "${accessKey}"`, "fails"),
  body("a body that cannot be read", "{", "unverified"),
  body("a body that is not known yet", never(), "unverified"),
  body(
    "a token that an example shows",
    JSON.stringify({
      ...bodyWith({ type: "mock" }),
      definitions: { Token: { example: ["eyJhbGciOiJIUzI1NiJ9", "eyJzdWIiOiIxMjM0In0", "dozjgNryP4J3jVm"].join(".") } },
    }),
    "passes",
  ),
  hardcoded("a body of aws-native, as an object", "fails", (stack) => {
    const requestTemplates = { "application/json": `{"password":"${password}"}` };
    stack.add("aws-native:apigateway:RestApi", "orders", { body: bodyWith({ ...native, requestTemplates }) });
  }),
  hardcoded(
    "a name that is allowed, in another case",
    "passes",
    (stack) => {
      stack.add("apigatewayv2.Stage", "prod", { apiId: "a1", name: "prod", stageVariables: { PASSWORD: password } });
    },
    { allowedNames: ["pass*"] },
  ),

  // Values of keys
  ...(
    [
      ["nothing", {}, "passes"],
      ["an empty value", { value: "" }, "passes"],
      ["a value", { value: "a1b2c3d4e5f6a7b8c9d0" }, "fails"],
      ["a value that is not known yet", { value: never() }, "unverified"],
      ["a secret of the state, encrypted", { value: "[secret]" }, "fails"],
    ] as const
  ).flatMap(([title, inputs, verdict]) =>
    ["apigateway.ApiKey", "aws-native:apigateway:ApiKey"].map((type): Case => ({
      policy: "api-key-value",
      title: `${title} (${type})`,
      verdict,
      build: (stack) => void stack.add(type, "partner", inputs),
    })),
  ),

  {
    policy: "api-key-value",
    title: "a value that another resource makes up",
    verdict: { preview: "passes", update: "passes" },
    build: (stack) => {
      const password = stack.add("random:index/randomPassword:RandomPassword", "partner", { length: 32 });
      stack.add("apigateway.ApiKey", "partner", { value: password.out("result") });
    },
  },

  // Rotation of keys
  ...(
    [
      ["a date on which no day falls", { tags: { "rotate-by": "2027-02-30" } }, "fails"],
      ["a list of tags of aws-native", { tags: [{ key: "Rotate-By", value: "2020-01-01" }] }, "fails"],
      ["a tag that is not known yet", { tags: { "rotate-by": never() } }, "unverified"],
      ["tags of the provider that are not known yet", { tags: { a: "b" }, tagsAll: never() }, "unverified"],
      ["a date among the provider's tags that has passed", { tagsAll: { "rotate-by": "2020-01-01" } }, "fails"],
      ["a number", { tags: { "rotate-by": 20270101 } }, "fails"],
    ] as const
  ).map(([title, inputs, verdict]): Case => {
    const type = "tags" in inputs && Array.isArray(inputs.tags) ? "aws-native:apigateway:ApiKey" : "apigateway.ApiKey";
    return { policy: "api-key-rotation", title, verdict, build: (stack) => void stack.add(type, "partner", inputs) };
  }),

  // Rotation of secrets
  ...(
    [
      ["rules on the secret, of an older provider", { rotationRules: { automaticallyAfterDays: 30 } }, "passes"],
      ["rules on the secret that are slow", { rotationRules: { automaticallyAfterDays: "365" } }, "fails"],
      ["no rules", {}, "fails"],
      ["rules that are not known yet", { rotationRules: never() }, "unverified"],
      ["a schedule that cannot be read", { rotationRules: { scheduleExpression: "at noon" } }, "unverified"],
    ] as const
  ).map(([title, inputs, verdict]): Case => ({
    policy: "secret-rotation",
    title,
    verdict,
    build: (stack) => {
      stack.add("secretsmanager.Secret", "db", { name: "prod/db", ...inputs });
      stack.add("apigatewayv2.Stage", "prod", { apiId: "a1", name: "prod", stageVariables: { secret: "prod/db" } });
    },
  })),
  {
    policy: "secret-rotation",
    title: "a rotation that names the secret by its name",
    verdict: "passes",
    build: (stack) => {
      stack.add("secretsmanager.Secret", "db", { name: "prod/db" });
      const rotationRules = { scheduleExpression: "rate(10 days)" };
      stack.add("secretsmanager.SecretRotation", "db", { secretId: "prod/db", rotationRules });
      stack.add("apigatewayv2.Stage", "prod", {
        apiId: "a1",
        name: "prod",
        stageVariables: { password: "{{resolve:secretsmanager:prod/db:SecretString:password}}" },
      });
    },
  },
  {
    policy: "secret-rotation",
    title: "a rotation of aws-native",
    verdict: { preview: "passes", update: "passes" },
    build: (stack) => {
      const secret = stack.add("aws-native:secretsmanager:Secret", "db", { name: "prod/db" });
      const rotationRules = { automaticallyAfterDays: 30 };
      stack.add("aws-native:secretsmanager:RotationSchedule", "db", { secretId: secret.id, rotationRules });
      stack.add("apigatewayv2.Stage", "prod", { apiId: "a1", name: "prod", stageVariables: { secret: "prod/db" } });
    },
  },
  {
    policy: "secret-rotation",
    title: "a rotation of a secret that cannot be told",
    verdict: "unverified",
    build: (stack) => {
      stack.add("secretsmanager.Secret", "db", { name: "prod/db" });
      stack.add("secretsmanager.SecretRotation", "db", { secretId: never(), rotationRules: {} });
      stack.add("apigatewayv2.Stage", "prod", { apiId: "a1", name: "prod", stageVariables: { secret: "prod/db" } });
    },
  },
];

describe("secrets", () => {
  judgeCases(cases);

  it("are never printed", () => {
    const stack = new Stack("resolve", "dev");
    leaky(stack, { DB_PASSWORD: password, PARTNER: accessKey, URL: `https://a:${password}@example.com` });
    const principal = "apigateway.amazonaws.com";
    stack.add("lambda.Permission", "orders", { action: "lambda:InvokeFunction", function: "orders", principal });
    restApi(stack, JSON.stringify({ ...bodyWith({}), info: { description: accessKey } }));
    const { faults } = judge("hardcoded-secrets", stack.made);
    assert.equal(faults.length, 4);
    for (const fault of faults) assert.ok(!fault.includes(password) && !fault.includes(accessKey), fault);
  });
});

describe("schedules of rotations", () => {
  const schedules: readonly (readonly [string, number | undefined])[] = [
    ["rate(30 days)", 30],
    ["rate(12 hours)", 0.5],
    ["cron(0 4 * * ? *)", 1],
    ["cron(0 4 ? * SUN *)", 7],
    ["cron(0 4 ? * 1#1 *)", 30],
    ["cron(0 4 1 * ? *)", 30],
    ["cron(0 4 1 */3 ? *)", 90],
    ["cron(0 4 1 JAN,JUL ? *)", 180],
    ["cron(0 4 1 1 ? *)", 360],
    ["cron(0 4 1 13 ? *)", undefined],
    ["cron(0 4)", undefined],
    ["monthly", undefined],
    ["", undefined],
  ];
  for (const [expression, days] of schedules) {
    it(`"${expression}" comes round in ${String(days)} days`, () => {
      assert.equal(daysOfSchedule(expression).get(), days);
    });
  }
});
