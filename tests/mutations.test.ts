import assert from "node:assert/strict";
import fc from "fast-check";
import YAML from "yaml";
import type { Registered } from "../preview/engine";
import type { Unknowns } from "../preview/provider";
import type { Report } from "../preview/report";
import { signatureOf } from "../preview/values";
import { registerExample } from "./support/programs";
import { Pack } from "./support/stack";
import { unknown } from "./support/written";

// Compliant programs with one protection taken away: the policy whose business it is says so, and no other. The same
// programs written otherwise: nobody says anything.

const modes = ["keep", "resolve"] as const;
type Props = Readonly<Record<string, unknown>>;

/** A way to weaken what a program registers, and the policies that must say so. */
interface Weakening {
  readonly example: string;
  readonly title: string;
  readonly expect: readonly string[];
  readonly weaken: (resources: readonly Registered[]) => readonly Registered[];
}

const isOf = (resource: Registered, type: string, name?: string): boolean =>
  resource.type.endsWith(`:${type}`) && (name === undefined || resource.name === name);

/** Changes the inputs of the resources of a type, and what a preview shows of them as outputs. */
const changed =
  (type: string, name: string | undefined, change: (inputs: Props) => Props): Weakening["weaken"] =>
  (resources) => {
    let found = false;
    const result = resources.map((resource) => {
      if (!isOf(resource, type, name)) return resource;
      found = true;
      const inputs = change(resource.inputs);
      const outputs: Record<string, unknown> = { ...resource.outputs };
      for (const key of new Set([...Object.keys(resource.inputs), ...Object.keys(inputs)])) {
        if (JSON.stringify(inputs[key]) === JSON.stringify(resource.inputs[key])) continue;
        if (key in inputs) outputs[key] = inputs[key];
        else outputs[key] = null;
      }
      const ties = Object.entries(resource.propertyDependencies).filter(([key]) => key in inputs);
      return { ...resource, inputs, outputs, propertyDependencies: Object.fromEntries(ties) };
    });
    assert.ok(found, `the example has a ${type} ${name ?? ""}`);
    return result;
  };

const removed =
  (type: string, name?: string): Weakening["weaken"] =>
  (resources) => {
    const kept = resources.filter((resource) => !isOf(resource, type, name));
    assert.notEqual(kept.length, resources.length, `the example has a ${type} ${name ?? ""}`);
    return kept;
  };

const without =
  (...keys: readonly string[]) =>
  (inputs: Props): Props =>
    Object.fromEntries(Object.entries(inputs).filter(([key]) => !keys.includes(key)));
const having =
  (more: Props) =>
  (inputs: Props): Props => ({ ...inputs, ...more });
const within =
  (key: string, change: (inner: Props) => Props) =>
  (inputs: Props): Props => ({ ...inputs, [key]: change((inputs[key] ?? {}) as Props) });

const rest = "orders-by-hand";
/** Made by a component, as one OpenAPI body. */
const bodied = "components-rest-full";
const http = "http-api-jwt";
const socket = "websocket-chat";

const settings = (change: (inner: Props) => Props): Weakening["weaken"] =>
  changed("MethodSettings", "prod", within("settings", change));
const routes = (change: (inner: Props) => Props): Weakening["weaken"] =>
  changed("Stage", "prod", within("defaultRouteSettings", change));

const weakenings: readonly Weakening[] = [
  {
    example: rest,
    title: "a method open to everybody",
    expect: ["route-authorization", "route-throttling"],
    weaken: changed("Method", "list-orders", having({ authorization: "NONE" })),
  },
  {
    example: rest,
    title: "a method behind an API key alone",
    expect: ["route-api-key-only", "route-throttling"],
    weaken: changed("Method", "create-order", having({ authorization: "NONE" })),
  },
  {
    example: rest,
    title: "a method whose authorizer is missing",
    expect: ["route-authorizer-attached"],
    weaken: changed("Method", "list-orders", having({ authorization: "CUSTOM" })),
  },
  {
    example: rest,
    title: "no access log",
    expect: ["stage-access-logging"],
    weaken: changed("Stage", "prod", without("accessLogSettings")),
  },
  { example: rest, title: "no web ACL in front", expect: ["stage-web-acl"], weaken: removed("WebAclAssociation") },
  {
    example: rest,
    title: "a web ACL that lets the known attacks through",
    expect: ["web-acl-rules"],
    weaken: changed("WebAcl", "orders", (inputs) => ({ ...inputs, rules: (inputs["rules"] as unknown[]).slice(0, 1) })),
  },
  {
    example: rest,
    title: "a web ACL with no rate-based rule",
    expect: ["web-acl-rate-limit"],
    weaken: changed("WebAcl", "orders", (inputs) => ({ ...inputs, rules: (inputs["rules"] as unknown[]).slice(1) })),
  },
  {
    example: rest,
    title: "no log of the web ACL",
    expect: ["web-acl-logging"],
    weaken: removed("WebAclLoggingConfiguration"),
  },
  {
    example: rest,
    title: "no throttle",
    expect: ["stage-throttling"],
    weaken: settings(having({ throttlingRateLimit: -1, throttlingBurstLimit: -1 })),
  },
  {
    example: rest,
    title: "a throttle above what an account has",
    expect: ["stage-throttling"],
    weaken: settings(having({ throttlingRateLimit: 50000 })),
  },
  {
    example: rest,
    title: "no execution log",
    expect: ["stage-execution-logging"],
    weaken: settings(having({ loggingLevel: "OFF" })),
  },
  {
    example: rest,
    title: "no metrics",
    expect: ["stage-metrics"],
    weaken: settings(having({ metricsEnabled: false })),
  },
  {
    example: rest,
    title: "a usage plan without a quota",
    expect: ["usage-plan-limits"],
    weaken: changed("UsagePlan", "partners", without("quotaSettings")),
  },
  {
    example: rest,
    title: "a usage plan that names no stage",
    expect: ["usage-plan-attached"],
    weaken: changed("UsagePlan", "partners", without("apiStages")),
  },
  { example: rest, title: "keys in no plan", expect: ["usage-plan-attached"], weaken: removed("UsagePlanKey") },
  {
    example: http,
    title: "a route open to everybody, its authorizer left behind",
    expect: ["route-authorization", "route-throttling", "authorizer-in-use"],
    weaken: changed("Route", "list-orders", (inputs) => ({
      ...without("authorizerId", "authorizationScopes")(inputs),
      authorizationType: "NONE",
    })),
  },
  {
    example: http,
    title: "a route whose authorizer is missing",
    expect: ["route-authorizer-attached"],
    weaken: changed("Route", "list-orders", without("authorizerId")),
  },
  {
    example: http,
    title: "tokens of any scope",
    expect: ["route-authorization-scopes"],
    weaken: changed("Route", "list-orders", without("authorizationScopes")),
  },
  {
    example: http,
    title: "tokens for any audience",
    expect: ["jwt-authorizer-claims"],
    weaken: changed("Authorizer", "tokens", within("jwtConfiguration", without("audiences"))),
  },
  {
    example: http,
    title: "short passwords",
    expect: ["cognito-user-pool-strength"],
    weaken: changed("UserPool", "customers", within("passwordPolicy", having({ minimumLength: 6 }))),
  },
  {
    example: http,
    title: "no access log",
    expect: ["stage-access-logging"],
    weaken: changed("Stage", "prod", without("accessLogSettings")),
  },
  {
    example: http,
    title: "no throttle",
    expect: ["stage-throttling"],
    weaken: routes(without("throttlingRateLimit", "throttlingBurstLimit")),
  },
  {
    example: http,
    title: "no metrics",
    expect: ["stage-metrics"],
    weaken: routes(having({ detailedMetricsEnabled: false })),
  },
  {
    example: http,
    title: "CloudFront without a web ACL",
    expect: ["http-api-web-acl"],
    weaken: changed("Distribution", "orders", without("webAclId")),
  },
  {
    example: http,
    title: "a stage that deploys itself, in no environment that is told",
    expect: ["production-deployment-pinned"],
    weaken: (resources) =>
      changed("Stage", "prod", having({ autoDeploy: true, tags: { environment: "production" } }))(resources),
  },
  {
    example: socket,
    title: "connections of everybody",
    expect: ["route-authorization", "route-throttling"],
    weaken: changed("Route", "connect", having({ authorizationType: "NONE" })),
  },
  {
    example: socket,
    title: "no $connect route at all",
    expect: ["route-authorization"],
    weaken: removed("Route", "connect"),
  },
  {
    example: socket,
    title: "no access log",
    expect: ["stage-access-logging"],
    weaken: changed("Stage", "prod", without("accessLogSettings")),
  },
  {
    example: socket,
    title: "no execution log",
    expect: ["stage-execution-logging"],
    weaken: routes(having({ loggingLevel: "OFF" })),
  },
  {
    example: socket,
    title: "full data in the logs of production",
    expect: ["stage-data-trace"],
    weaken: changed("Stage", "prod", (inputs) => ({
      ...within("defaultRouteSettings", having({ dataTraceEnabled: true }))(inputs),
      tags: { environment: "production" },
    })),
  },
  {
    example: rest,
    title: "no tracing",
    expect: ["stage-tracing"],
    weaken: changed("Stage", "prod", having({ xrayTracingEnabled: false })),
  },
  {
    example: rest,
    title: "an access log that does not say who called",
    expect: ["access-log-fields"],
    weaken: changed(
      "Stage",
      "prod",
      within("accessLogSettings", (log) => ({ ...log, format: formatWithout("caller", log) })),
    ),
  },
  {
    example: rest,
    title: "an access log with API keys in it",
    expect: ["access-log-no-credentials"],
    weaken: changed(
      "Stage",
      "prod",
      within("accessLogSettings", (log) => ({ ...log, format: formatWith("key", "$context.identity.apiKey", log) })),
    ),
  },
  {
    example: rest,
    title: "access logs kept for a week",
    expect: ["log-group-retention"],
    weaken: changed("LogGroup", "orders-access", having({ retentionInDays: 7 })),
  },
  {
    example: rest,
    title: "access logs kept for ever",
    expect: ["log-group-retention"],
    weaken: changed("LogGroup", "orders-access", without("retentionInDays")),
  },
  {
    example: rest,
    title: "access logs with no key of the customer's",
    expect: ["log-group-encryption"],
    weaken: changed("LogGroup", "orders-access", without("kmsKeyId")),
  },
  { example: rest, title: "no alarm", expect: ["api-alarms"], weaken: removed("MetricAlarm") },
  {
    example: rest,
    title: "an account that cannot write logs",
    expect: ["account-logging-role"],
    weaken: changed("Account", "orders", without("cloudwatchRoleArn")),
  },
  {
    example: rest,
    title: "a deployment that never follows",
    expect: ["deployment-redeploys"],
    weaken: changed("Deployment", "orders", without("triggers")),
  },
  {
    example: rest,
    title: "an API that does not say what it is",
    expect: ["api-description"],
    weaken: changed("RestApi", "orders", without("description")),
  },
  {
    example: rest,
    title: "an edge endpoint",
    expect: ["endpoint-type"],
    weaken: changed("RestApi", "orders", having({ endpointConfiguration: { types: "EDGE" } })),
  },
  {
    example: rest,
    title: "a resource policy that lets in anyone",
    expect: ["resource-policy-public"],
    weaken: changed(
      "RestApi",
      "orders",
      having({
        policy: JSON.stringify({
          Version: "2012-10-17",
          Statement: [{ Effect: "Allow", Principal: "*", Action: "execute-api:Invoke", Resource: "execute-api:/*" }],
        }),
      }),
    ),
  },
  {
    example: rest,
    title: "TLS 1.0",
    expect: ["api-tls"],
    weaken: changed("RestApi", "orders", without("securityPolicy", "endpointAccessMode")),
  },
  {
    example: rest,
    title: "a permission for every API",
    expect: ["lambda-permission-scope"],
    weaken: changed("Permission", "orders", without("sourceArn")),
  },
  {
    example: rest,
    title: "an integration that waits for a minute",
    expect: ["integration-timeout"],
    weaken: changed("Integration", "list", having({ timeoutMilliseconds: 60000 })),
  },
  {
    example: rest,
    title: "a backend over plain HTTP",
    expect: ["integration-encrypted", "backend-client-certificate"],
    weaken: changed("Integration", "list", having({ type: "HTTP_PROXY", uri: "http://backend.example.com/orders" })),
  },
  {
    example: rest,
    title: "CORS for any origin in production",
    expect: ["cors-origins"],
    weaken: changed(
      "IntegrationResponse",
      "preflight",
      within("responseParameters", having({ "method.response.header.Access-Control-Allow-Origin": "'*'" })),
    ),
  },
  {
    example: rest,
    title: "CORS for any header",
    expect: ["cors-headers-methods"],
    weaken: changed(
      "IntegrationResponse",
      "preflight",
      within("responseParameters", having({ "method.response.header.Access-Control-Allow-Headers": "'*'" })),
    ),
  },
  {
    example: rest,
    title: "cached responses in plain text, of nobody in particular",
    expect: ["cache-encryption", "cache-isolation"],
    weaken: (resources) =>
      changed(
        "Stage",
        "prod",
        having({ cacheClusterEnabled: true, cacheClusterSize: "0.5" }),
      )(settings(having({ cachingEnabled: true }))(resources)),
  },
  {
    example: rest,
    title: "default errors of API Gateway's own",
    expect: ["gateway-responses"],
    weaken: removed("Response"),
  },
  {
    example: rest,
    title: "a body that nobody checks",
    expect: ["route-request-validation"],
    weaken: changed("Method", "create-order", without("requestValidatorId")),
  },
  {
    example: rest,
    title: "a validator with nothing to check by",
    expect: ["route-request-model"],
    weaken: changed("Method", "create-order", without("requestModels")),
  },
  {
    example: rest,
    title: "a model that takes anything more",
    expect: ["model-strictness"],
    weaken: changed("Model", "new-order", (inputs) => ({
      ...inputs,
      schema: String(inputs["schema"]).replace('"additionalProperties":false', '"additionalProperties":true'),
    })),
  },
  {
    example: rest,
    title: "an API key written in the program",
    expect: ["api-key-value"],
    weaken: (resources) => {
      const key = resources.find((resource) => isOf(resource, "ApiKey"));
      return changed("ApiKey", key?.name, having({ value: "a".repeat(30) }))(resources);
    },
  },
  {
    example: rest,
    title: "an API key for ever",
    expect: ["api-key-rotation"],
    weaken: (resources) => {
      const key = resources.find((resource) => isOf(resource, "ApiKey"));
      return changed("ApiKey", key?.name, (inputs) => ({
        ...inputs,
        tags: without("rotate-by")((inputs["tags"] ?? {}) as Props),
        tagsAll: without("rotate-by")((inputs["tags"] ?? {}) as Props),
      }))(resources);
    },
  },
  {
    example: rest,
    title: "a password in a function's environment",
    expect: ["hardcoded-secrets"],
    weaken: changed(
      "Function",
      "orders",
      having({ environment: { variables: { DATABASE_PASSWORD: ["hunter", "2-", "correct", "Horse"].join("") } } }),
    ),
  },
  {
    example: http,
    title: "a default endpoint beside CloudFront and the custom domain",
    expect: ["http-api-web-acl", "default-endpoint-disabled"],
    weaken: changed("Api", "orders", having({ disableExecuteApiEndpoint: false })),
  },
  {
    example: http,
    title: "an issuer over plain HTTP",
    expect: ["jwt-authorizer-claims"],
    weaken: changed(
      "Authorizer",
      "tokens",
      within("jwtConfiguration", having({ issuer: "http://issuer.example.com" })),
    ),
  },
  {
    example: http,
    title: "CORS for any origin in production",
    expect: ["cors-origins"],
    weaken: changed("Api", "orders", within("corsConfiguration", having({ allowOrigins: ["*"] }))),
  },
  {
    example: http,
    title: "a route for everything",
    expect: ["route-catch-all"],
    weaken: changed("Route", "list-orders", having({ routeKey: "ANY /{proxy+}" })),
  },
  { example: socket, title: "no alarm", expect: ["api-alarms"], weaken: removed("MetricAlarm") },
  {
    example: socket,
    title: "messages that nobody checks",
    expect: ["route-request-validation"],
    weaken: changed("Route", "send", without("requestModels", "modelSelectionExpression")),
  },
];

/** An access log's format, which is JSON, without one of its fields, or with one more. */
function formatWithout(field: string, log: Props): string {
  return JSON.stringify(without(field)(JSON.parse(String(log["format"])) as Props));
}
function formatWith(field: string, value: string, log: Props): string {
  return JSON.stringify({ ...(JSON.parse(String(log["format"])) as Props), [field]: value });
}

describe("mutations of compliant programs", function () {
  this.timeout(600_000);
  let pack: Pack;
  const registered = new Map<string, readonly Registered[]>();
  before(async () => {
    pack = await Pack.boot();
    for (const example of [rest, http, socket]) {
      for (const mode of modes) registered.set(`${example} ${mode}`, await registerExample(example, mode, "prod"));
    }
  });
  after(() => pack.close());

  const resourcesOf = (example: string, mode: Unknowns): readonly Registered[] =>
    registered.get(`${example} ${mode}`) ?? assert.fail(example);
  const policiesOf = ({ violations }: Report): string[] =>
    [...new Set(violations.map((violation) => violation.policy))].sort();

  for (const { example, title, expect, weaken } of weakenings) {
    for (const mode of modes) {
      it(`${example}, ${title}: ${expect.join(", ")} (${mode})`, async () => {
        const report = await pack.judge(weaken(resourcesOf(example, mode)));
        assert.deepEqual(policiesOf(report), [...expect].sort(), JSON.stringify(report.violations, undefined, 1));
        const places = report.violations.map(({ policy, urn, message }) => `${policy} ${urn} ${message}`);
        assert.equal(new Set(places).size, places.length, "each fault once");
      });
    }
  }

  const harmless: readonly (readonly [
    string,
    (resources: readonly Registered[], seed: number) => readonly Registered[],
  ])[] = [
    ["another order", shuffled],
    ["other names of resources", renamed],
    ["unrelated resources beside it", crowded],
    ["null, empty text and empty lists for what is not set", padded],
    ["outputs as older providers give them, and no region", olden],
    ["the bookkeeping of a bridged provider", bookkept],
  ];
  for (const example of [rest, http, socket]) {
    for (const [title, rewrite] of harmless) {
      for (const mode of modes) {
        it(`${example} passes with ${title} (${mode})`, async () => {
          await fc.assert(
            fc.asyncProperty(fc.integer({ min: 0, max: 2 ** 31 - 1 }), async (seed) => {
              const report = await pack.judge(rewrite(resourcesOf(example, mode), seed));
              assert.deepEqual([report.violations, report.unverified], [[], []]);
            }),
            { numRuns: 3 },
          );
        });
      }
    }
    for (const version of [5, 6] as const) {
      for (const mode of modes) {
        // No property of version 6 lifts a REST API above TLS 1.0.
        const expect = example === rest ? ["api-tls"] : [];
        it(`${example} as version ${String(version)} of the provider has it: ${expect.join() || "nothing"} (${mode})`, async () => {
          const report = await pack.judge(ofVersion(version, olden(resourcesOf(example, mode))));
          assert.deepEqual([policiesOf(report), report.unverified], [expect, []]);
        });
      }
    }
    it(`${example} passes with literals for references (resolve)`, async () => {
      const literal = resourcesOf(example, "resolve").map((resource) => ({
        ...resource,
        dependencies: [],
        propertyDependencies: {},
      }));
      const report = await pack.judge(literal);
      assert.deepEqual([report.violations, report.unverified], [[], []]);
    });
  }
});

describe("bodies of a compliant program, written otherwise", function () {
  this.timeout(600_000);
  let pack: Pack;
  before(async () => {
    pack = await Pack.boot();
  });
  after(() => pack.close());

  const ways: readonly (readonly [string, (body: Document) => string])[] = [
    ["as YAML", (body) => YAML.stringify(body)],
    ["as JSON with room", (body) => JSON.stringify(body, undefined, 4)],
    ["as OpenAPI 2", (body) => JSON.stringify(asSwagger(body))],
    ["as OpenAPI 2 in YAML", (body) => YAML.stringify(asSwagger(body))],
  ];
  // While unknowns are kept the body names roles that are yet to be made, and the component says itself what it will be.
  const rewritten = async (write: (body: Document) => string): Promise<Report> => {
    let found = 0;
    const rewrite = (properties: Props): Props => {
      const { body } = properties;
      if (typeof body !== "string" || !body.startsWith("{")) return properties;
      found++;
      return { ...properties, body: write(JSON.parse(body) as Document) };
    };
    const resources = (await registerExample(bodied, "resolve", "prod")).map((resource) => ({
      ...resource,
      inputs: rewrite(resource.inputs),
      outputs: rewrite(resource.outputs),
    }));
    assert.ok(found > 0, "the example has a body");
    return pack.judge(resources);
  };

  for (const [title, write] of ways) {
    it(`${bodied} passes ${title}`, async () => {
      const report = await rewritten(write);
      assert.deepEqual([report.violations, report.unverified], [[], []]);
    });

    it(`${bodied} ${title}, with an operation that anyone may call: route-authorization`, async () => {
      const report = await rewritten((body) => write(opened(body)));
      assert.ok(report.violations.some(({ policy }) => policy === "route-authorization"));
    });
  }
});

/** The document without what guards its first operation. */
function opened(body: Document): Document {
  const result = structuredClone(body);
  const [operation] = Object.values(result.paths).flatMap((item) =>
    Object.entries(item).flatMap(([verb, one]) => (verb === "options" ? [] : [one])),
  );
  assert.ok(operation?.security !== undefined, "the first operation is guarded");
  operation.security = [];
  delete operation["x-amazon-apigateway-auth"];
  return result;
}

interface Operation {
  parameters?: Record<string, unknown>[];
  requestBody?: { readonly content: Readonly<Record<string, { readonly schema: unknown }>> };
  responses?: Record<string, { description?: string; headers?: unknown }>;
  security?: unknown;
  [extension: string]: unknown;
}

/** An OpenAPI 3 document as the components write it. */
interface Document {
  readonly info: unknown;
  readonly paths: Record<string, Record<string, Operation>>;
  readonly components?: { readonly schemas?: unknown; readonly securitySchemes?: unknown };
  readonly [extension: string]: unknown;
}

/** The same API in OpenAPI 2. */
function asSwagger(document: Document): object {
  const { components, paths } = document;
  const operations = Object.entries(paths).map(([path, item]) => [
    path,
    Object.fromEntries(Object.entries(item).map(([verb, operation]) => [verb, operationAsSwagger(operation)])),
  ]);
  const swagger = {
    swagger: "2.0",
    ...without("openapi", "components", "paths")(document),
    paths: Object.fromEntries(operations) as object,
    ...(components?.schemas !== undefined && { definitions: components.schemas }),
    ...(components?.securitySchemes !== undefined && { securityDefinitions: components.securitySchemes }),
  };
  return JSON.parse(JSON.stringify(swagger).replaceAll("#/components/schemas/", "#/definitions/")) as object;
}

function operationAsSwagger({ requestBody, parameters = [], responses = {}, ...rest }: Operation): object {
  const plain = parameters.map(({ schema, ...parameter }) => ({ ...parameter, ...(schema as object) }));
  const [type, content] = Object.entries(requestBody?.content ?? {})[0] ?? [];
  const body = content === undefined ? [] : [{ in: "body", name: "body", required: true, schema: content.schema }];
  const answers = Object.entries(responses).map(([code, { description = "" }]) => [code, { description }]);
  return {
    ...rest,
    ...(type !== undefined && { consumes: [type] }),
    parameters: [...plain, ...body],
    responses: Object.fromEntries(answers) as object,
  };
}

/** A generator of numbers below a bound, the same for one seed. */
function random(seed: number): (below: number) => number {
  let state = seed | 1;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}

function shuffled(resources: readonly Registered[], seed: number): readonly Registered[] {
  const next = random(seed);
  const result = resources.slice();
  for (let last = result.length - 1; last > 0; last--) {
    const other = next(last + 1);
    [result[last], result[other]] = [result[other]!, result[last]!];
  }
  return result;
}

/** Other logical names, everywhere a URN stands. Names in AWS stay as they are. */
function renamed(resources: readonly Registered[], seed: number): readonly Registered[] {
  const names = new Map(
    resources.map(({ urn, type, name }, index) => [
      urn,
      type === "pulumi:pulumi:Stack" ? urn : urn.slice(0, -name.length) + `r${String(seed)}x${String(index)}`,
    ]),
  );
  const named = (urn: string): string => names.get(urn) ?? urn;
  return resources.map((resource) => ({
    ...resource,
    urn: named(resource.urn),
    name: named(resource.urn).split("::").at(-1) ?? "",
    parent: named(resource.parent),
    dependencies: resource.dependencies.map(named),
    propertyDependencies: Object.fromEntries(
      Object.entries(resource.propertyDependencies).map(([key, urns]) => [key, urns.map(named)]),
    ),
  }));
}

/** Providers before version 7 have no region, and leave out of a preview's outputs what is unknown or not set. */
function olden(resources: readonly Registered[]): readonly Registered[] {
  const withoutRegion = without("region");
  return resources.map((resource) => {
    if (!resource.custom || !resource.type.startsWith("aws:")) return resource;
    const told = Object.entries(withoutRegion(resource.outputs)).filter(
      ([, value]) => value !== null && !JSON.stringify(value).includes(unknown),
    );
    const outputs = Object.fromEntries(told);
    return { ...resource, inputs: withoutRegion(resource.inputs), outputs };
  });
}

/** Inputs that came with version 7 of the provider, and with version 6. */
const newcomers: readonly (readonly [version: 6 | 7, type: string, ...keys: readonly string[]])[] = [
  [7, "RestApi", "securityPolicy", "endpointAccessMode"],
  [7, "DomainName", "routingMode", "endpointAccessMode"],
  [7, "Integration", "integrationTarget", "responseTransferMode"],
  [6, "Api", "ipAddressType"],
  [6, "DomainName", "policy"],
  [6, "WebAcl", "ruleJson", "associationConfig", "dataProtectionConfig"],
  [6, "ApiKey", "customerId"],
];

/** What that version registers of the same program: no newer inputs, and what has since been taken away. */
function ofVersion(version: 5 | 6, resources: readonly Registered[]): readonly Registered[] {
  return resources.map((resource) => {
    if (!resource.type.startsWith("aws:")) return resource;
    const gone = newcomers.flatMap(([since, type, ...keys]) => (since > version && isOf(resource, type) ? keys : []));
    const inputs = { ...without(...gone)(resource.inputs) };
    const outputs = { ...without(...gone)(resource.outputs) };
    if (isOf(resource, "RestApi")) {
      // A number until version 5, and text since.
      const compression = version === 5 ? -1 : "";
      Object.assign(inputs, { minimumCompressionSize: compression });
      Object.assign(outputs, { minimumCompressionSize: compression });
    }
    if (resource.type === "aws:apigateway/deployment:Deployment") {
      const { restApi } = resource.outputs;
      const id = typeof restApi === "string" ? restApi : "a1b2c3d4e5";
      // By empty text, programs say that a deployment makes no stage.
      Object.assign(inputs, { stageName: "" });
      Object.assign(outputs, {
        stageName: "",
        executionArn: `arn:aws:execute-api:eu-west-1:123456789012:${id}/`,
        invokeUrl: `https://${id}.execute-api.eu-west-1.amazonaws.com/`,
      });
    }
    return { ...resource, inputs, outputs };
  });
}

/** Bridged providers keep in every object of the inputs which of its properties have a default. */
function bookkept(resources: readonly Registered[]): readonly Registered[] {
  const kept = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(kept);
    if (typeof value !== "object" || value === null) return value;
    // Assets, secrets and references stay as the protocol has them.
    if (signatureOf(value) !== undefined) return value;
    const inside = Object.entries(value).map(([key, item]) => [key, kept(item)]);
    return { __defaults: [], ...(Object.fromEntries(inside) as object) };
  };
  return resources.map((resource) =>
    resource.type.startsWith("aws:") ? { ...resource, inputs: kept(resource.inputs) as Props } : resource,
  );
}

function crowded(resources: readonly Registered[], seed: number): readonly Registered[] {
  const [stack] = resources;
  const others = ["aws:s3/bucket:Bucket", "aws:sqs/queue:Queue", "random:index/randomPet:RandomPet"].map(
    (type, index) => ({
      urn: `${(stack?.urn ?? "").split("::", 2).join("::")}::${type}::other${String(seed + index)}`,
      type,
      name: `other${String(seed + index)}`,
      custom: true,
      parent: stack?.urn ?? "",
      inputs: { bucket: "pictures", tags: { environment: "dev" } },
      outputs: { id: "pictures", arn: "arn:aws:s3:::pictures", tags: { environment: "dev" } },
      id: "pictures",
      dependencies: [],
      propertyDependencies: {},
      provider: "",
      protect: false,
    }),
  );
  return [...others, ...resources];
}

/** What a provider may send for a property that nobody set. */
function padded(resources: readonly Registered[], seed: number): readonly Registered[] {
  const next = random(seed);
  const nothing = [null, "", []];
  const unset = [
    "description",
    "canarySettings",
    "clientCertificateId",
    "policy",
    "body",
    "target",
    "documentationVersion",
  ];
  return resources.map((resource) => {
    if (!resource.type.startsWith("aws:apigateway")) return resource;
    const more = Object.fromEntries(
      unset.filter((key) => !(key in resource.inputs)).map((key) => [key, nothing[next(nothing.length)]]),
    );
    return { ...resource, inputs: { ...more, ...resource.inputs }, outputs: { ...more, ...resource.outputs } };
  });
}
