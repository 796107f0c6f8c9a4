import assert from "node:assert/strict";
import { policies } from "../policypack/policies";
import type { Registered } from "../preview/engine";
import { Pack, register } from "./support/stack";

const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
const secret = (value: unknown): unknown => ({
  "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270",
  value,
});

function resource(type: string, inputs: Readonly<Record<string, unknown>>): Registered {
  const urn = `urn:pulumi:prod::shop::${type}::one`;
  return {
    urn,
    type,
    name: "one",
    custom: true,
    parent: "",
    inputs,
    outputs: inputs,
    id: "",
    dependencies: [],
    propertyDependencies: {},
    provider: "",
    protect: false,
  };
}

interface Case {
  readonly policy: string;
  readonly title: string;
  readonly type: string;
  readonly inputs: Readonly<Record<string, unknown>>;
  /** Undefined: left as it is. */
  readonly mended: Readonly<Record<string, unknown>> | undefined;
  readonly config?: Readonly<Record<string, unknown>>;
}

const methodSettings = "aws:apigateway/methodSettings:MethodSettings";
const all = { restApi: unknown, stageName: "prod", methodPath: "*/*" };

const cases: readonly Case[] = [
  {
    policy: "stage-metrics",
    title: "detailed metrics of method settings",
    type: methodSettings,
    inputs: {
      ...all,
      settings: { __defaults: ["throttlingRateLimit"], throttlingRateLimit: -1, metricsEnabled: false },
    },
    mended: {
      ...all,
      settings: { __defaults: ["throttlingRateLimit"], throttlingRateLimit: -1, metricsEnabled: true },
    },
  },
  {
    policy: "stage-metrics",
    title: "detailed metrics of default and of single routes",
    type: "aws:apigatewayv2/stage:Stage",
    inputs: {
      apiId: unknown,
      name: "prod",
      defaultRouteSettings: { throttlingRateLimit: 10 },
      routeSettings: [{ routeKey: "GET /a", detailedMetricsEnabled: false }],
    },
    mended: {
      apiId: unknown,
      name: "prod",
      defaultRouteSettings: { throttlingRateLimit: 10, detailedMetricsEnabled: true },
      routeSettings: [{ routeKey: "GET /a", detailedMetricsEnabled: true }],
    },
  },
  {
    policy: "stage-metrics",
    title: "no settings, which it does not make up",
    type: "aws:apigatewayv2/stage:Stage",
    inputs: { apiId: unknown, name: "prod" },
    mended: undefined,
  },
  {
    policy: "stage-metrics",
    title: "a flag that is not known yet",
    type: methodSettings,
    inputs: { ...all, settings: { metricsEnabled: unknown } },
    mended: undefined,
  },
  {
    policy: "stage-metrics",
    title: "a resource that an exemption covers",
    type: methodSettings,
    inputs: { ...all, settings: { metricsEnabled: false } },
    mended: undefined,
    config: { exemptions: [{ resource: "one", reason: "metrics are taken elsewhere" }] },
  },
  {
    policy: "stage-data-trace",
    title: "full data in the logs of every environment, beside a secret",
    type: methodSettings,
    inputs: { ...all, settings: { dataTraceEnabled: true, loggingLevel: "INFO" }, note: secret({ key: "s3cret" }) },
    mended: { ...all, settings: { dataTraceEnabled: false, loggingLevel: "INFO" }, note: secret({ key: "s3cret" }) },
    config: { environments: ["production", "nonProduction"] },
  },
  {
    policy: "stage-data-trace",
    title: "method settings of a stage whose tags may say that it is no production",
    type: methodSettings,
    inputs: { ...all, stageName: "v1", settings: { dataTraceEnabled: true } },
    mended: undefined,
  },
  {
    policy: "web-acl-logging",
    title: "the metrics of a web ACL",
    type: "aws:wafv2/webAcl:WebAcl",
    inputs: { scope: "REGIONAL", visibilityConfig: { cloudwatchMetricsEnabled: false, metricName: "a" } },
    mended: { scope: "REGIONAL", visibilityConfig: { cloudwatchMetricsEnabled: true, metricName: "a" } },
  },
  {
    policy: "web-acl-logging",
    title: "the metrics of a web ACL in the words of aws-native",
    type: "aws-native:wafv2:WebAcl",
    inputs: { scope: "REGIONAL", visibilityConfig: { cloudWatchMetricsEnabled: false, metricName: "a" } },
    mended: { scope: "REGIONAL", visibilityConfig: { cloudWatchMetricsEnabled: true, metricName: "a" } },
  },
  {
    policy: "stage-tracing",
    title: "a REST stage without traces",
    type: "aws:apigateway/stage:Stage",
    inputs: { restApi: unknown, deployment: unknown, stageName: "prod", xrayTracingEnabled: false },
    mended: { restApi: unknown, deployment: unknown, stageName: "prod", xrayTracingEnabled: true },
  },
  {
    policy: "integration-encrypted",
    title: "a backend whose certificate nobody checks",
    type: "aws:apigateway/integration:Integration",
    inputs: {
      restApi: unknown,
      resourceId: unknown,
      httpMethod: "GET",
      type: "HTTP",
      uri: "https://orders.example.com",
      tlsConfig: { insecureSkipVerification: true },
    },
    mended: {
      restApi: unknown,
      resourceId: unknown,
      httpMethod: "GET",
      type: "HTTP",
      uri: "https://orders.example.com",
      tlsConfig: { insecureSkipVerification: false },
    },
  },
  {
    policy: "route-request-validation",
    title: "a validator that checks nothing",
    type: "aws:apigateway/requestValidator:RequestValidator",
    inputs: { restApi: unknown, name: "all", validateRequestBody: false, validateRequestParameters: false },
    mended: { restApi: unknown, name: "all", validateRequestBody: true, validateRequestParameters: true },
  },
  {
    policy: "route-request-validation",
    title: "a validator that an exemption may cover by the name of its API",
    type: "aws:apigateway/requestValidator:RequestValidator",
    inputs: { restApi: unknown, name: "all", validateRequestBody: false, validateRequestParameters: false },
    mended: undefined,
    config: { exemptions: [{ resource: "orders", reason: "the backend checks all of it" }] },
  },
  {
    policy: "route-request-validation",
    title: "a validator that a tag on its API may exempt",
    type: "aws:apigateway/requestValidator:RequestValidator",
    inputs: { restApi: unknown, name: "all", validateRequestBody: false, validateRequestParameters: false },
    mended: undefined,
    config: { allowTagExemptions: true },
  },
  {
    policy: "cache-encryption",
    title: "method settings that a tag on their stage may exempt",
    type: methodSettings,
    inputs: { ...all, settings: { cachingEnabled: true } },
    mended: undefined,
    config: { allowTagExemptions: true },
  },
  {
    policy: "stage-tracing",
    title: "a stage with no tag that exempts it",
    type: "aws:apigateway/stage:Stage",
    inputs: { restApi: unknown, deployment: unknown, stageName: "prod", tags: { team: "shop" } },
    mended: {
      restApi: unknown,
      deployment: unknown,
      stageName: "prod",
      tags: { team: "shop" },
      xrayTracingEnabled: true,
    },
    config: { allowTagExemptions: true },
  },
  {
    policy: "stage-tracing",
    title: "a stage whose tag exempts it",
    type: "aws:apigateway/stage:Stage",
    inputs: {
      restApi: unknown,
      deployment: unknown,
      stageName: "prod",
      tags: { "gatehouse-exempt/stage-tracing": "traced by the mesh" },
    },
    mended: undefined,
    config: { allowTagExemptions: true },
  },
  {
    policy: "cache-encryption",
    title: "method settings of an aws-native stage whose tag exempts it",
    type: "aws-native:apigateway:Stage",
    inputs: {
      restApiId: unknown,
      stageName: "prod",
      tags: [{ key: "gatehouse-exempt/cache-encryption", value: "nothing of anyone's is in it" }],
      methodSettings: [{ httpMethod: "*", resourcePath: "/*", cachingEnabled: true }],
    },
    mended: undefined,
    config: { allowTagExemptions: true },
  },
  {
    policy: "domain-tls",
    title: "a domain, which is of no API",
    type: "aws:apigateway/domainName:DomainName",
    inputs: { domainName: "api.example.com", securityPolicy: "TLS_1_0" },
    mended: { domainName: "api.example.com", securityPolicy: "TLS_1_2" },
    config: { allowTagExemptions: true },
  },
  {
    policy: "domain-tls",
    title: "a domain that accepts TLS 1.0",
    type: "aws:apigateway/domainName:DomainName",
    inputs: { domainName: "api.example.com", securityPolicy: "TLS_1_0" },
    mended: { domainName: "api.example.com", securityPolicy: "TLS_1_2" },
  },
  {
    policy: "cache-encryption",
    title: "a cache of all methods",
    type: methodSettings,
    inputs: { ...all, settings: { cachingEnabled: true } },
    mended: { ...all, settings: { cachingEnabled: true, cacheDataEncrypted: true } },
  },
  {
    policy: "cache-isolation",
    title: "a cache that anyone may have renewed",
    type: methodSettings,
    inputs: { ...all, settings: { cachingEnabled: true, requireAuthorizationForCacheControl: false } },
    mended: { ...all, settings: { cachingEnabled: true, requireAuthorizationForCacheControl: true } },
  },
  {
    policy: "cache-encryption",
    title: "settings that cache nothing",
    type: methodSettings,
    inputs: { ...all, settings: { loggingLevel: "INFO" } },
    mended: undefined,
  },
  {
    policy: "stage-tracing",
    title: "X-Ray tracing of a REST stage",
    type: "aws:apigateway/stage:Stage",
    inputs: { restApi: unknown, deployment: unknown, stageName: "prod", xrayTracingEnabled: false },
    mended: { restApi: unknown, deployment: unknown, stageName: "prod", xrayTracingEnabled: true },
  },
  {
    policy: "stage-tracing",
    title: "X-Ray tracing in the words of aws-native",
    type: "aws-native:apigateway:Stage",
    inputs: { restApiId: unknown, stageName: "prod" },
    mended: { restApiId: unknown, stageName: "prod", tracingEnabled: true },
  },
  {
    policy: "cache-encryption",
    title: "what is cached in plain text, and nothing that is not cached",
    type: "aws-native:apigateway:Stage",
    inputs: {
      restApiId: unknown,
      methodSettings: [
        { httpMethod: "*", resourcePath: "/*", cachingEnabled: true },
        { httpMethod: "GET", resourcePath: "/" },
      ],
    },
    mended: {
      restApiId: unknown,
      methodSettings: [
        { httpMethod: "*", resourcePath: "/*", cachingEnabled: true, cacheDataEncrypted: true },
        { httpMethod: "GET", resourcePath: "/" },
      ],
    },
  },
  {
    policy: "cache-isolation",
    title: "cached responses that anyone may have renewed",
    type: methodSettings,
    inputs: { ...all, settings: { cachingEnabled: true, requireAuthorizationForCacheControl: false } },
    mended: { ...all, settings: { cachingEnabled: true, requireAuthorizationForCacheControl: true } },
  },
  {
    policy: "domain-tls",
    title: "a domain that accepts TLS 1.0",
    type: "aws:apigateway/domainName:DomainName",
    inputs: { domainName: "api.example.com", securityPolicy: "TLS_1_0" },
    mended: { domainName: "api.example.com", securityPolicy: "TLS_1_2" },
  },
  {
    policy: "integration-encrypted",
    title: "a certificate that nobody checks",
    type: "aws:apigateway/integration:Integration",
    inputs: { type: "HTTP_PROXY", uri: "https://backend.example.com", tlsConfig: { insecureSkipVerification: true } },
    mended: { type: "HTTP_PROXY", uri: "https://backend.example.com", tlsConfig: { insecureSkipVerification: false } },
  },
  {
    policy: "integration-encrypted",
    title: "a backend over plain HTTP, which has more than one answer",
    type: "aws:apigateway/integration:Integration",
    inputs: { type: "HTTP_PROXY", uri: "http://backend.example.com" },
    mended: undefined,
  },
  {
    policy: "route-request-validation",
    title: "a validator that checks nothing",
    type: "aws:apigateway/requestValidator:RequestValidator",
    inputs: { restApi: unknown, validateRequestBody: false, validateRequestParameters: false },
    mended: { restApi: unknown, validateRequestBody: true, validateRequestParameters: true },
  },
  {
    policy: "route-request-validation",
    title: "a validator of parameters alone, which may be meant so",
    type: "aws:apigateway/requestValidator:RequestValidator",
    inputs: { restApi: unknown, validateRequestBody: false, validateRequestParameters: true },
    mended: undefined,
  },
];

describe("remediation", () => {
  let pack: Pack;
  before(async () => {
    pack = await Pack.boot();
  });
  after(() => pack.close());

  const mend = async (one: Case, inputs: Case["inputs"], level = "remediate"): Promise<unknown> => {
    const config = { [one.policy]: { ...one.config, enforcementLevel: level } };
    const [remediation] = await pack.remediate(resource(one.type, inputs), config);
    return remediation?.properties;
  };

  for (const one of cases) {
    it(`${one.mended ? "mends" : "leaves"}: ${one.title} (${one.policy})`, async () => {
      assert.deepEqual(await mend(one, one.inputs), one.mended);
      if (one.mended) assert.equal(await mend(one, one.mended), undefined, "what is mended needs no mending");
      assert.equal(await mend(one, one.inputs, "mandatory"), undefined, "only at the level remediate");
    });
  }

  it("has a case for every policy that offers it", () => {
    const offering = policies.filter((policy) => policy.remedy).map((policy) => policy.name);
    const mended = new Set(cases.filter((one) => one.mended).map((one) => one.policy));
    assert.deepEqual([...mended].sort(), offering.sort());
  });

  it("leaves nothing for the policy to find in a preview", async () => {
    const resources = await register(({ aws }) => {
      const api = new aws.apigateway.RestApi("orders");
      const deployment = new aws.apigateway.Deployment("orders", { restApi: api.id });
      const stage = new aws.apigateway.Stage("prod", { restApi: api.id, deployment: deployment.id, stageName: "prod" });
      new aws.apigateway.MethodSettings("all", {
        restApi: api.id,
        stageName: stage.stageName,
        methodPath: "*/*",
        settings: { throttlingRateLimit: 10, throttlingBurstLimit: 5, metricsEnabled: false },
      });
    }, "keep");
    const found = async (level: string): Promise<number> => {
      const { violations } = await pack.judge(resources, { "stage-metrics": { enforcementLevel: level } });
      return violations.filter(({ policy }) => policy === "stage-metrics").length;
    };
    assert.equal(await found("mandatory"), 1);
    assert.equal(await found("remediate"), 0);
  });
});
