import assert from "node:assert/strict";
import { judge, judgeCases, never, Stack, text } from "../support/cases";
import type { Case, Made } from "../support/cases";

const origins = "cors-origins";
const listed = "cors-headers-methods";

const http = (stack: Stack, cors: unknown, more = {}): Made =>
  stack.add("apigatewayv2.Api", "orders", { protocolType: "HTTP", corsConfiguration: cors, ...more });

const restStage = (stack: Stack, stageName: string): Made => {
  const api = stack.add("apigateway.RestApi", "orders");
  stack.add("apigateway.Stage", "stage", { restApi: api.id, deployment: "d1", stageName });
  return api;
};

const answer = (stack: Stack, api: Made, headers: Readonly<Record<string, unknown>>): Made =>
  stack.add("apigateway.IntegrationResponse", "preflight", {
    restApi: api.id,
    resourceId: api.out("rootResourceId"),
    httpMethod: "OPTIONS",
    statusCode: "200",
    responseParameters: Object.fromEntries(
      Object.entries(headers).map(([name, value]) => [`method.response.header.${name}`, value]),
    ),
  });

const allowOrigin = "Access-Control-Allow-Origin";

const preflights = JSON.stringify({
  openapi: "3.0.1",
  info: { title: "orders", version: "1" },
  paths: {
    "/orders": {
      options: {
        "x-amazon-apigateway-integration": {
          type: "mock",
          responses: {
            default: { responseParameters: { "method.response.header.access-control-allow-origin": "'*'" } },
          },
        },
      },
    },
  },
});

const bodyCors = { openapi: "3.0.1", info: {}, paths: {}, "x-amazon-apigateway-cors": { allowOrigins: ["*"] } };

const header = "$context.responseOverride.header.Access-Control-Allow-Origin";

/** An answer to preflights whose origin a template sets. */
const reflected = (
  stack: Stack,
  stageName: string,
  template = `#set($context.responseOverride.header["Access-Control-Allow-Origin"] = $input.params("Origin"))`,
): void => {
  stack.add("apigateway.IntegrationResponse", "preflight", {
    restApi: restStage(stack, stageName).id,
    resourceId: "r1",
    httpMethod: "OPTIONS",
    statusCode: "200",
    responseTemplates: { "application/json": template },
  });
};

const cases: readonly Case[] = [
  {
    title: "a template sets the origin, as it may of any",
    policy: origins,
    verdict: "unverified",
    build: (stack) => reflected(stack, "prod"),
  },
  ...(
    [
      [
        "a template names the caller's origin where it is one of two",
        `#if($origin == "https://a.example" || $origin == 'https://b.example')#set(${header} = $origin)#end`,
        "passes",
      ],
      [
        "a template names the caller's origin where a list has it",
        `#set($allowed = ["https://a.example", "https://b.example"])\n#if($allowed.contains($origin))\n#set(${header} = "$origin")\n#end`,
        "passes",
      ],
      ["a template names one origin", `#set(${header} = "https://a.example")`, "passes"],
      ["a template names any origin", `#set(${header} = '*')`, "fails"],
      ["a template names any origin where none was sent", `#if($origin == "*")#set(${header} = $origin)#end`, "fails"],
      [
        "a template names any origin but one",
        `#if($origin != "https://a.example")#set(${header} = $origin)#end`,
        "unverified",
      ],
      [
        "a template names the caller's origin where another variable is one of a list",
        `#if($referer == "https://a.example")#set(${header} = $origin)#end`,
        "unverified",
      ],
      [
        "a template names the caller's origin where nothing else fits",
        `#if($origin == "https://a.example")#set(${header} = $origin)#else#set(${header} = $origin)#end`,
        "unverified",
      ],
      [
        "a template names the caller's origin where a list has it that is set again",
        `#set($allowed = ["https://a.example"])#set($allowed = $stageVariables.origins)#if($allowed.contains($origin))#set(${header} = $origin)#end`,
        "unverified",
      ],
    ] as const
  ).map(([title, template, verdict]): Case => ({
    title,
    policy: origins,
    verdict,
    build: (stack) => reflected(stack, "prod", template),
  })),
  {
    title: "a template sets the origin where any may be allowed",
    policy: origins,
    verdict: "passes",
    build: (stack) => reflected(stack, "dev"),
  },
  {
    title: "a template of a body sets the origin",
    policy: origins,
    verdict: "unverified",
    stack: "prod",
    build: (stack) => {
      const template = "#set($context.responseOverride.header.Access-Control-Allow-Origin = $origin)";
      const responses = { default: { statusCode: "200", responseTemplates: { "application/json": template } } };
      const options = { "x-amazon-apigateway-integration": { type: "mock", responses } };
      stack.add("apigateway.RestApi", "orders", {
        body: JSON.stringify({ openapi: "3.0.1", paths: { "/a": { options } } }),
      });
    },
  },
  // Whose environment counts
  {
    title: "any origin, where one stage of two is production",
    policy: origins,
    verdict: "fails",
    build: (stack) => {
      const api = http(stack, { allowOrigins: ["*"] });
      for (const name of ["dev", "prod"]) stack.add("apigatewayv2.Stage", name, { apiId: api.id, name });
    },
  },
  {
    title: "any origin, where the name of the stack and that of the stage contradict each other",
    policy: origins,
    verdict: "fails",
    stack: "prod",
    build: (stack) => {
      const api = http(stack, { allowOrigins: ["*"] });
      stack.add("apigatewayv2.Stage", "dev", { apiId: api.id, name: "dev" });
    },
  },
  {
    title: "any origin, where the stage's name says nothing and the stack's name does",
    policy: origins,
    verdict: "passes",
    build: (stack) => {
      const api = http(stack, { allowOrigins: ["*"] });
      stack.add("apigatewayv2.Stage", "default", { apiId: api.id, name: "$default" });
    },
  },
  {
    title: "any origin of an API with no stage, in a stack whose tags say production",
    policy: origins,
    verdict: "fails",
    stack: "main",
    stackTags: { environment: "production" },
    build: (stack) => void http(stack, { allowOrigins: ["*"] }),
  },
  {
    title: "any origin, where the name of the stage is not known",
    policy: origins,
    verdict: "unverified",
    build: (stack) => {
      const api = http(stack, { allowOrigins: ["*"] });
      stack.add("apigatewayv2.Stage", "stage", { apiId: api.id, name: never() });
    },
  },
  {
    title: "any origin in development, where no environment may have it",
    policy: origins,
    verdict: "fails",
    config: { allowAnyOriginIn: [] },
    build: (stack) => void http(stack, { allowOrigins: ["*"] }),
  },
  {
    title: "any origin in an environment of a name that the option knows",
    policy: origins,
    verdict: "passes",
    stack: "main",
    config: { nonProduction: ["playground"] },
    build: (stack) => {
      const api = http(stack, { allowOrigins: ["*"] });
      stack.add("apigatewayv2.Stage", "playground", { apiId: api.id, name: "playground" });
    },
  },
  // What is any origin
  ...["*", "http://*", "HTTPS://*", " null ", "https://*:443"].map((origin): Case => ({
    title: `the origin ${JSON.stringify(origin)}`,
    policy: origins,
    verdict: "fails",
    stack: "prod",
    build: (stack) => void http(stack, { allowOrigins: ["https://shop.example.com", origin] }),
  })),
  ...["https://shop.example.com", "https://*.example.com", "http://localhost:3000", "https://nullable.example"].map(
    (origin): Case => ({
      title: `the origin ${JSON.stringify(origin)}`,
      policy: origins,
      verdict: "passes",
      stack: "prod",
      build: (stack) => void http(stack, { allowOrigins: [origin], allowCredentials: true }),
    }),
  ),
  // What is not known
  {
    title: "origins that are not known",
    policy: origins,
    verdict: "unverified",
    stack: "prod",
    build: (stack) => void http(stack, { allowOrigins: never() }),
  },
  {
    title: "origins that are not known, without credentials in development",
    policy: origins,
    verdict: "passes",
    build: (stack) => void http(stack, { allowOrigins: never() }),
  },
  {
    title: "an origin that nothing tells",
    policy: origins,
    verdict: "unverified",
    stack: "prod",
    build: (stack) => void http(stack, { allowOrigins: ["https://shop.example.com", never()] }),
  },
  {
    title: "an origin made of the name of a resource",
    policy: origins,
    verdict: { preview: "passes", update: "passes" },
    stack: "prod",
    build: (stack) => {
      const pages = stack.add("cloudfront.Distribution", "pages", { enabled: true });
      http(stack, { allowOrigins: [text`https://${pages.out("domainName")}`] });
    },
  },
  {
    title: "any origin, and credentials that are not known, in development",
    policy: origins,
    verdict: "unverified",
    build: (stack) => void http(stack, { allowOrigins: ["https://*"], allowCredentials: never() }),
  },
  {
    title: "a configuration that is not known",
    policy: origins,
    verdict: "unverified",
    stack: "prod",
    build: (stack) => void http(stack, never()),
  },
  // Malformed
  ...[null, "", [], {}, "nonsense", 1, { allowOrigins: null }, { allowOrigins: [] }].map((cors): Case => ({
    title: `${JSON.stringify(cors)} for a configuration`,
    policy: origins,
    verdict: cors === "nonsense" || cors === 1 ? "unverified" : "passes",
    stack: "prod",
    build: (stack) => void http(stack, cors),
  })),
  {
    title: "text for credentials, and a lone origin",
    policy: origins,
    verdict: "fails",
    build: (stack) => void http(stack, { allowOrigins: "*", allowCredentials: "true" }),
  },
  // REST
  {
    title: "a header whose case differs, with spaces about its value",
    policy: origins,
    verdict: "fails",
    build: (stack) => void answer(stack, restStage(stack, "prod"), { "access-control-allow-ORIGIN": " '*' " }),
  },
  {
    title: "a star in development",
    policy: origins,
    verdict: "passes",
    build: (stack) => void answer(stack, restStage(stack, "dev"), { [allowOrigin]: "'*'" }),
  },
  {
    title: "a star with credentials in development",
    policy: origins,
    verdict: "fails",
    build: (stack) =>
      void answer(stack, restStage(stack, "dev"), {
        [allowOrigin]: "'*'",
        "Access-Control-Allow-Credentials": "'true'",
      }),
  },
  {
    title: "an origin that the backend answers",
    policy: origins,
    verdict: "passes",
    build: (stack) =>
      void answer(stack, restStage(stack, "prod"), { [allowOrigin]: "integration.response.header.Origin" }),
  },
  {
    title: "a header that is not known",
    policy: origins,
    verdict: "unverified",
    build: (stack) => void answer(stack, restStage(stack, "prod"), { [allowOrigin]: never() }),
  },
  {
    title: "a response of an API of another stack",
    policy: origins,
    verdict: "fails",
    stack: "prod",
    build: (stack) =>
      void stack.add("apigateway.Response", "errors", {
        restApiId: "a1b2c3d4e5",
        responseType: "DEFAULT_5XX",
        responseParameters: { "gatewayresponse.header.Access-Control-Allow-Origin": "'*'" },
      }),
  },
  {
    title: "a preflight in an OpenAPI body, in production",
    policy: origins,
    verdict: "fails",
    stack: "prod",
    build: (stack) => void stack.add("apigateway.RestApi", "orders", { body: preflights }),
  },
  {
    title: "a preflight in an OpenAPI body of its own, in development",
    policy: origins,
    verdict: "passes",
    build: (stack) => {
      const api = stack.add("apigateway.RestApi", "orders");
      stack.add("apigateway.RestApiPut", "orders", { restApiId: api.id, body: preflights });
    },
  },
  {
    title: "a body that is not known",
    policy: origins,
    verdict: "unverified",
    build: (stack) => void stack.add("apigateway.RestApi", "orders", { body: never() }),
  },
  // aws-native
  {
    title: "aws-native leaves the CORS of a body in force",
    policy: origins,
    verdict: "fails",
    stack: "prod",
    build: (stack) => void stack.add("aws-native:apigatewayv2:Api", "orders", { protocolType: "HTTP", body: bodyCors }),
  },
  {
    title: "aws-native, where the configuration has the last word",
    policy: origins,
    verdict: "passes",
    stack: "prod",
    build: (stack) =>
      void stack.add("aws-native:apigatewayv2:Api", "orders", {
        protocolType: "HTTP",
        body: bodyCors,
        corsConfiguration: { allowOrigins: ["https://shop.example.com"] },
      }),
  },
  {
    title: "a body that is not known, of which the aws provider keeps no CORS",
    policy: origins,
    verdict: "passes",
    stack: "prod",
    build: (stack) => void stack.add("apigatewayv2.Api", "orders", { protocolType: "HTTP", body: never() }),
  },
  {
    title: "a preflight inside a method of aws-native",
    policy: origins,
    verdict: "fails",
    stack: "prod",
    build: (stack) => {
      const api = stack.add("aws-native:apigateway:RestApi", "orders", { name: "orders" });
      stack.add("aws-native:apigateway:Method", "preflight", {
        restApiId: api.id,
        resourceId: api.out("rootResourceId"),
        httpMethod: "OPTIONS",
        integration: {
          type: "MOCK",
          integrationResponses: [
            { statusCode: "200", responseParameters: { [`method.response.header.${allowOrigin}`]: "'*'" } },
          ],
        },
      });
    },
  },
  {
    title: "a gateway response of aws-native",
    policy: origins,
    verdict: "fails",
    stack: "prod",
    build: (stack) => {
      const api = stack.add("aws-native:apigateway:RestApi", "orders", { name: "orders" });
      stack.add("aws-native:apigateway:GatewayResponse", "errors", {
        restApiId: api.id,
        responseType: "DEFAULT_4XX",
        responseParameters: { [`gatewayresponse.header.${allowOrigin}`]: "'*'" },
      });
    },
  },
  {
    title: "a WebSocket API has no CORS",
    policy: origins,
    verdict: "passes",
    stack: "prod",
    build: (stack) =>
      void stack.add("apigatewayv2.Api", "chat", {
        protocolType: "WEBSOCKET",
        corsConfiguration: { allowOrigins: ["*"] },
      }),
  },

  // Headers and methods
  {
    title: "a star among headers",
    policy: listed,
    verdict: "fails",
    build: (stack) => void http(stack, { allowHeaders: ["authorization", "*"] }),
  },
  {
    title: "exposed headers",
    policy: listed,
    verdict: "fails",
    build: (stack) => void http(stack, { exposeHeaders: ["*"] }),
  },
  {
    title: "methods that are not known",
    policy: listed,
    verdict: "unverified",
    build: (stack) => void http(stack, { allowMethods: never() }),
  },
  {
    title: "a day, as text",
    policy: listed,
    verdict: "passes",
    build: (stack) => void http(stack, { maxAge: "86400" }),
  },
  {
    title: "a day and a second",
    policy: listed,
    verdict: "fails",
    build: (stack) => void http(stack, { maxAge: "86401" }),
  },
  {
    title: "a preflight of a REST API that browsers keep for ever",
    policy: listed,
    verdict: "fails",
    build: (stack) => void answer(stack, restStage(stack, "dev"), { "Access-Control-Max-Age": "'31536000'" }),
  },
  ...(
    [
      ["*", "fails"],
      ["https://shop.example.com", "passes"],
      [never(), "unverified"],
    ] as const
  ).map(([value, verdict]): Case => ({
    title: `an origin in a stage variable: ${typeof value === "string" ? value : "not known yet"}`,
    policy: origins,
    verdict,
    stack: "prod",
    build: (stack) => {
      const api = stack.add("apigateway.RestApi", "orders");
      const place = { restApi: api.id, deployment: "d1" };
      stack.add("apigateway.Stage", "v1", { ...place, stageName: "v1", variables: { pages: "https://a.example.com" } });
      stack.add("apigateway.Stage", "v2", { ...place, stageName: "v2", variables: { pages: value } });
      answer(stack, api, { [allowOrigin]: "stageVariables.pages" });
    },
  })),
  {
    title: "any origin in a variable that the canary has in place of its stage's",
    policy: origins,
    verdict: "fails",
    stack: "prod",
    build: (stack) => {
      const api = stack.add("apigateway.RestApi", "orders");
      const canarySettings = { deploymentId: "d2", stageVariableOverrides: { pages: "*" } };
      const variables = { pages: "https://a.example.com" };
      stack.add("apigateway.Stage", "v1", {
        restApi: api.id,
        deployment: "d1",
        stageName: "v1",
        variables,
        canarySettings,
      });
      answer(stack, api, { [allowOrigin]: "stageVariables.pages" });
    },
  },
  {
    title: "an age that is no number",
    policy: listed,
    verdict: "passes",
    build: (stack) => void answer(stack, restStage(stack, "dev"), { "Access-Control-Max-Age": "'soon'" }),
  },
  {
    title: "a star among the headers of a preflight",
    policy: listed,
    verdict: "fails",
    build: (stack) =>
      void answer(stack, restStage(stack, "dev"), { "Access-Control-Allow-Headers": "'Content-Type, *'" }),
  },
  {
    title: "headers that have nothing to do with CORS",
    policy: listed,
    verdict: "passes",
    build: (stack) => void answer(stack, restStage(stack, "dev"), { "Content-Type": never() }),
  },
];

describe("CORS", () => {
  judgeCases(cases);

  it("says of each response once what it allows", () => {
    const stack = new Stack("resolve", "prod");
    const api = stack.add("apigateway.RestApi", "orders", { body: preflights });
    answer(stack, api, { [allowOrigin]: "'*'" });
    const said = judge(origins, stack.made).faults.map((fault) => fault.slice(0, fault.indexOf(". ")));
    assert.deepEqual(said.sort(), [
      'Integration response "preflight" of REST API "orders" allows any origin (`*`)',
      'Operation OPTIONS /orders of REST API "orders" allows any origin (`*`)',
    ]);
  });

  it("is judged in the largest documents, with many stages", () => {
    const stack = new Stack("resolve", "prod");
    const { paths } = JSON.parse(preflights) as { paths: Record<string, unknown> };
    const all = Object.fromEntries(Array.from({ length: 20_000 }, (_, i) => [`/${String(i)}`, paths["/orders"]]));
    const api = stack.add("apigateway.RestApi", "orders", {
      body: JSON.stringify({ openapi: "3.0.1", info: {}, paths: all }),
    });
    for (let i = 0; i < 50; i++) {
      const stageName = `s${String(i)}`;
      stack.add("apigateway.Stage", stageName, { restApi: api.id, deployment: "d", stageName });
    }
    assert.equal(judge(origins, stack.made).faults.length, 20_000);
  });
});
