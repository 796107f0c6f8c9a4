import assert from "node:assert/strict";
import { judge, judgeCases, never, Stack } from "../support/cases";
import type { Case, Made } from "../support/cases";

const domainTls = "domain-tls";
const apiTls = "api-tls";
const mutual = "domain-mutual-tls";
const certificate = "domain-certificate";
const client = "backend-client-certificate";
const encrypted = "cache-encryption";
const isolated = "cache-isolation";

const day = (days: number): string => new Date(Date.now() + days * 86_400_000).toISOString();

const domain = (stack: Stack, properties: Readonly<Record<string, unknown>> = {}): Made =>
  stack.add("apigateway.DomainName", "orders", { domainName: "api.example.com", ...properties });

const policyOf = (securityPolicy: unknown, verdict: Case["verdict"], config = {}): Case => ({
  title: `the security policy ${JSON.stringify(securityPolicy)} where ${JSON.stringify(config)} is asked for`,
  policy: domainTls,
  verdict,
  config,
  build: (stack) => void domain(stack, { securityPolicy }),
});

const oldest = { minimum: "TLS_1_3" };
const quantum = { postQuantum: true };

const tls: readonly Case[] = [
  ...["TLS_1_2", "tls_1_2", "", null].map((name) => policyOf(name, "passes")),
  ...["TLS_1_0", "tls_1_0", "TLS_1_1", "TLS_1_3", "SSLv3", 12].map((name) => policyOf(name, "fails")),
  ...[
    "SecurityPolicy_TLS13_1_3_2025_09",
    "SecurityPolicy_TLS13_1_3_FIPS_2025_09",
    "SecurityPolicy_TLS13_1_2_PFS_PQ_2025_09",
    "SecurityPolicy_TLS13_1_2_FIPS_PQ_2025_09",
    "SecurityPolicy_TLS13_1_2_FIPS_PFS_PQ_2025_09",
    "SecurityPolicy_TLS13_1_2_PQ_2025_09",
    "SecurityPolicy_TLS13_1_2_2021_06",
    "SecurityPolicy_TLS13_2025_EDGE",
    "SecurityPolicy_TLS12_PFS_2025_EDGE",
    "SecurityPolicy_TLS12_2018_EDGE",
    "SecurityPolicy_TLS13_1_2_2031_01",
  ].map((name) => policyOf(name, "passes")),
  ...["SecurityPolicy_TLS13_1_3_2025_09", "SecurityPolicy_TLS13_2025_EDGE", "SecurityPolicy_TLS13_1_3_2031_01"].map(
    (name) => policyOf(name, "passes", oldest),
  ),
  ...[undefined, "TLS_1_2", "SecurityPolicy_TLS13_1_2_2021_06", "SecurityPolicy_TLS13_2031_EDGE"].map((name) =>
    policyOf(name, "fails", oldest),
  ),
  policyOf("SecurityPolicy_TLS13_1_2_FIPS_PFS_PQ_2025_09", "passes", quantum),
  policyOf("SecurityPolicy_TLS13_1_3_2025_09", "fails", quantum),
  policyOf({ nested: true }, "unverified"),
  {
    title: "a security policy that is not known",
    policy: domainTls,
    verdict: "unverified",
    build: (stack) => void domain(stack, { securityPolicy: never() }),
  },
  {
    title: "a domain of aws-native",
    policy: domainTls,
    verdict: "fails",
    build: (stack) =>
      void stack.add("aws-native:apigateway:DomainName", "d", { domainName: "d", securityPolicy: "TLS_1_0" }),
  },
  {
    title: "a private domain of aws-native",
    policy: domainTls,
    verdict: "passes",
    build: (stack) => void stack.add("aws-native:apigateway:DomainNameV2", "d", { domainName: "d" }),
  },
  {
    title: "the list of configurations of aws-native",
    policy: domainTls,
    verdict: "fails",
    build: (stack) =>
      void stack.add("aws-native:apigatewayv2:DomainName", "d", {
        domainName: "d",
        domainNameConfigurations: [{ securityPolicy: "TLS_1_0" }],
      }),
  },
  {
    title: "a configuration of an HTTP domain that is not known",
    policy: domainTls,
    verdict: "unverified",
    build: (stack) => void stack.add("apigatewayv2.DomainName", "d", { domainNameConfiguration: never() }),
  },
  {
    title: "an API of an older provider, which cannot say",
    policy: apiTls,
    verdict: "fails",
    build: (stack) => void stack.add("apigateway.RestApi", "orders", { endpointConfiguration: { types: ["EDGE"] } }),
  },
  {
    title: "an API whose kind of endpoint is not known",
    policy: apiTls,
    verdict: "unverified",
    build: (stack) => void stack.add("apigateway.RestApi", "orders", { endpointConfiguration: never() }),
  },
  {
    title: "an API of which it is not known whether its endpoint is open",
    policy: apiTls,
    verdict: "unverified",
    build: (stack) => void stack.add("apigateway.RestApi", "orders", { disableExecuteApiEndpoint: never() }),
  },
  {
    title: "a body that is not known, and may name the policy",
    policy: apiTls,
    verdict: "unverified",
    build: (stack) => void stack.add("apigateway.RestApi", "orders", { body: never() }),
  },
  {
    title: "an argument that has the last word over the body",
    policy: apiTls,
    verdict: "fails",
    build: (stack) =>
      void stack.add("apigateway.RestApi", "orders", {
        securityPolicy: "TLS_1_0",
        body: JSON.stringify({
          openapi: "3.0.1",
          paths: {},
          "x-amazon-apigateway-security-policy": "SecurityPolicy_TLS13_1_3_2025_09",
        }),
      }),
  },
  {
    title: "a YAML body of OpenAPI 2 that closes the endpoint",
    policy: apiTls,
    verdict: "passes",
    build: (stack) =>
      void stack.add("apigateway.RestApi", "orders", {
        body: "swagger: '2.0'\npaths: {}\nx-amazon-apigateway-endpoint-configuration:\n  disableExecuteApiEndpoint: true\n",
      }),
  },
];

const pinned = { truststoreUri: "s3://example-truststore/truststore.pem", truststoreVersion: "3HL4kqtJvjVBH40Nrjfkd" };

const mutualTls: readonly Case[] = [
  {
    title: "a domain by its name alone, and an open API",
    policy: mutual,
    verdict: "fails",
    build: (stack) => {
      domain(stack, { mutualTlsAuthentication: pinned });
      const api = stack.add("apigateway.RestApi", "orders");
      stack.add("apigateway.BasePathMapping", "orders", { restApi: api.id, domainName: "api.example.com" });
    },
  },
  {
    title: "an API of another stack",
    policy: mutual,
    verdict: "passes",
    build: (stack) => {
      const one = domain(stack, { mutualTlsAuthentication: pinned });
      stack.add("apigateway.BasePathMapping", "orders", { restApi: "a1b2c3d4e5", domainName: one.out("domainName") });
    },
  },
  {
    title: "an API that nothing tells",
    policy: mutual,
    verdict: "unverified",
    build: (stack) => {
      const one = domain(stack, { mutualTlsAuthentication: pinned });
      stack.add("apigateway.BasePathMapping", "orders", { restApi: never(), domainName: one.out("domainName") });
    },
  },
  {
    title: "an open API behind a domain with no mutual TLS",
    policy: mutual,
    verdict: "passes",
    build: (stack) => {
      const one = domain(stack, { mutualTlsAuthentication: null });
      const api = stack.add("apigateway.RestApi", "orders");
      stack.add("apigateway.BasePathMapping", "orders", { restApi: api.id, domainName: one.out("domainName") });
    },
  },
  {
    title: "a version that is not known, which is one all the same",
    policy: mutual,
    verdict: "passes",
    build: (stack) =>
      void domain(stack, { mutualTlsAuthentication: { truststoreUri: never(), truststoreVersion: never() } }),
  },
  {
    title: "an empty version, as after an update",
    policy: mutual,
    verdict: "fails",
    build: (stack) => void domain(stack, { mutualTlsAuthentication: { ...pinned, truststoreVersion: "" } }),
  },
  {
    title: "a name that is not known, where mutual TLS is required of some",
    policy: mutual,
    verdict: "unverified",
    config: { requiredDomains: ["*.partners.example.com"] },
    build: (stack) => void domain(stack, { domainName: never() }),
  },
  {
    title: "names compared without case",
    policy: mutual,
    verdict: "fails",
    config: { requiredDomains: ["API.example.com"] },
    build: (stack) => void domain(stack),
  },
  {
    title: "a routing rule of aws-native, by the ARN of the domain",
    policy: mutual,
    verdict: "fails",
    build: (stack) => {
      stack.add("aws-native:apigateway:DomainName", "d", {
        domainName: "api.example.com",
        mutualTlsAuthentication: pinned,
      });
      const api = stack.add("aws-native:apigateway:RestApi", "orders", { name: "orders" });
      stack.add("aws-native:apigatewayv2:RoutingRule", "rule", {
        domainNameArn: "arn:aws:apigateway:eu-west-1::/domainnames/api.example.com",
        priority: 1,
        actions: [{ invokeApi: { apiId: api.id, stage: "prod" } }],
      });
    },
  },
];

const shown = (stack: Stack, properties: Readonly<Record<string, unknown>>): void => {
  const one = stack.add("acm.Certificate", "cert", properties);
  domain(stack, { regionalCertificateArn: one.out("arn") });
};

const certificates: readonly Case[] = [
  {
    title: "a wildcard certificate of aws-native, known by the ARN that it gives",
    policy: certificate,
    verdict: "fails",
    build: (stack) => {
      const wildcard = stack.add("aws-native:certificatemanager:Certificate", "all", { domainName: "*.example.com" });
      stack.add("aws-native:apigateway:DomainName", "orders", {
        domainName: "api.example.com",
        regionalCertificateArn: wildcard.out("certificateArn"),
      });
    },
  },
  {
    title: "a certificate that ends next week",
    policy: certificate,
    verdict: { update: "fails", imported: "fails" },
    build: (stack) => {
      shown(stack, { domainName: "api.example.com", notAfter: day(7) });
    },
  },
  {
    title: "a certificate that has ended",
    policy: certificate,
    verdict: { update: "fails" },
    config: { minimumDaysLeft: 0 },
    build: (stack) => {
      shown(stack, { domainName: "api.example.com", notAfter: day(-7) });
    },
  },
  {
    title: "a certificate with two months left",
    policy: certificate,
    verdict: "passes",
    build: (stack) => {
      shown(stack, { domainName: "api.example.com", notAfter: day(60) });
    },
  },
  {
    title: "an end that is no date",
    policy: certificate,
    verdict: "passes",
    build: (stack) => {
      shown(stack, { domainName: "api.example.com", notAfter: "soon" });
    },
  },
  {
    title: "a name that is not known",
    policy: certificate,
    verdict: "unverified",
    build: (stack) => {
      shown(stack, { domainName: never() });
    },
  },
  {
    title: "a name that is not known, where wildcards are fine",
    policy: certificate,
    verdict: "passes",
    config: { allowWildcard: true },
    build: (stack) => {
      shown(stack, { domainName: never() });
    },
  },
  {
    title: "a private key that is written and not kept",
    policy: certificate,
    verdict: "fails",
    build: (stack) => {
      shown(stack, { domainName: "api.example.com", privateKeyWo: never() });
    },
  },
  ...["RSA_2048", "EC_prime256v1", "EC_secp384r1", "ML_DSA_44", "", null].map((keyAlgorithm): Case => ({
    title: `a key of ${JSON.stringify(keyAlgorithm)}`,
    policy: certificate,
    verdict: "passes",
    build: (stack) => {
      shown(stack, { domainName: "api.example.com", keyAlgorithm });
    },
  })),
];

const stageOf = (stack: Stack, api: Made, properties: Readonly<Record<string, unknown>> = {}): Made =>
  stack.add("apigateway.Stage", "prod", { restApi: api.id, deployment: "d1", stageName: "prod", ...properties });

const backend = (stack: Stack, api: Made, properties: Readonly<Record<string, unknown>>): Made =>
  stack.add("apigateway.Integration", "backend", {
    restApi: api.id,
    resourceId: api.out("rootResourceId"),
    httpMethod: "GET",
    ...properties,
  });

const clients: readonly Case[] = [
  {
    title: "a backend whose kind is not known",
    policy: client,
    verdict: "unverified",
    build: (stack) => {
      const api = stack.add("apigateway.RestApi", "orders");
      stageOf(stack, api);
      backend(stack, api, { type: never() });
    },
  },
  {
    title: "a body that is not known",
    policy: client,
    verdict: "unverified",
    build: (stack) => void stageOf(stack, stack.add("apigateway.RestApi", "orders", { body: never() })),
  },
  {
    title: "an empty id, as after an update",
    policy: client,
    verdict: "fails",
    build: (stack) => {
      const api = stack.add("apigateway.RestApi", "orders");
      stageOf(stack, api, { clientCertificateId: "" });
      backend(stack, api, { type: "http" });
    },
  },
  {
    title: "a certificate of another stack",
    policy: client,
    verdict: "passes",
    build: (stack) => {
      const api = stack.add("apigateway.RestApi", "orders");
      stageOf(stack, api, { clientCertificateId: "abc123" });
      backend(stack, api, { type: "HTTP" });
    },
  },
  {
    title: "a certificate in its last days",
    policy: client,
    verdict: { update: "fails", imported: "fails" },
    build: (stack) => {
      const one = stack.add("apigateway.ClientCertificate", "gateway", { expirationDate: day(3) });
      stageOf(stack, stack.add("apigateway.RestApi", "orders"), { clientCertificateId: one.id });
    },
  },
  {
    title: "a backend inside a method of aws-native",
    policy: client,
    verdict: "fails",
    build: (stack) => {
      const api = stack.add("aws-native:apigateway:RestApi", "orders", { name: "orders" });
      const restApiId = api.id;
      stack.add("aws-native:apigateway:Stage", "prod", { restApiId, stageName: "prod" });
      stack.add("aws-native:apigateway:Method", "list", {
        restApiId,
        resourceId: api.out("rootResourceId"),
        httpMethod: "GET",
        integration: { type: "HTTP_PROXY", uri: "https://orders.example.com" },
      });
    },
  },
];

const cached = (stack: Stack, settings: unknown, cluster: unknown = true, methodPath = "*/*"): Made => {
  const api = stack.add("apigateway.RestApi", "orders");
  stageOf(stack, api, { cacheClusterEnabled: cluster });
  stack.add("apigateway.MethodSettings", "settings", { restApi: api.id, stageName: "prod", methodPath, settings });
  return api;
};

const readsOrders = (stack: Stack, integration: Readonly<Record<string, unknown>>, method = {}): void => {
  const api = cached(stack, { cachingEnabled: true });
  stack.add("apigateway.Method", "list", {
    restApi: api.id,
    resourceId: api.out("rootResourceId"),
    httpMethod: "GET",
    authorization: "AWS_IAM",
    ...method,
  });
  backend(stack, api, { type: "HTTP", ...integration });
};

const identity = "integration.request.header.X-Caller";

const caches: readonly Case[] = [
  {
    title: "flags as text",
    policy: encrypted,
    verdict: "fails",
    build: (stack) => void cached(stack, { cachingEnabled: "true", cacheDataEncrypted: "false" }, "true"),
  },
  {
    title: "a cache of which it is not known whether it is there",
    policy: encrypted,
    verdict: "fails",
    build: (stack) => void cached(stack, { cachingEnabled: true }, never()),
  },
  {
    title: "settings that are not known",
    policy: encrypted,
    verdict: "unverified",
    build: (stack) => void cached(stack, never()),
  },
  {
    title: "responses kept for no time, of a stage with no cache",
    policy: encrypted,
    verdict: "passes",
    build: (stack) => void cached(stack, { cachingEnabled: true, cacheTtlInSeconds: 0 }, false),
  },
  {
    title: "a cache that is switched off, and so keeps nothing apart or too long",
    policy: isolated,
    verdict: "passes",
    build: (stack) => void cached(stack, { cachingEnabled: true, cacheTtlInSeconds: 3600 }, false),
  },
  {
    title: "settings that are not known, of a stage with no cache",
    policy: encrypted,
    verdict: "passes",
    build: (stack) => void cached(stack, never(), false),
  },
  {
    title: "a key that AWS refuses, so that nothing is cached",
    policy: encrypted,
    verdict: "passes",
    build: (stack) => void cached(stack, { cachingEnabled: true }, true, "/orders/GET"),
  },
  ...(["encrypted", "plain"] as const).map((how): Case => ({
    title: `settings of a stage that a deployment makes by itself, which cache ${how}`,
    policy: encrypted,
    verdict: how === "plain" ? "fails" : "passes",
    build: (stack) => {
      const api = stack.add("apigateway.RestApi", "orders");
      stack.add("apigateway.Deployment", "orders", { restApi: api.id, stageName: "v1" });
      const settings = { cachingEnabled: true, cacheDataEncrypted: how === "encrypted" };
      stack.add("apigateway.MethodSettings", "all", { restApi: api.id, stageName: "v1", methodPath: "*/*", settings });
    },
  })),
  {
    title: "settings of a stage of another stack that cache encrypted",
    policy: encrypted,
    verdict: "passes",
    build: (stack) =>
      void stack.add("apigateway.MethodSettings", "settings", {
        restApi: "a1b2c3d4e5",
        stageName: "prod",
        methodPath: "*/*",
        settings: { cachingEnabled: true, cacheDataEncrypted: true },
      }),
  },
  {
    title: "settings inside a stage of aws-native",
    policy: encrypted,
    verdict: "fails",
    build: (stack) => {
      const api = stack.add("aws-native:apigateway:RestApi", "orders", { name: "orders" });
      stack.add("aws-native:apigateway:Stage", "prod", {
        restApiId: api.id,
        stageName: "prod",
        cacheClusterEnabled: true,
        methodSettings: [
          { resourcePath: "/*", httpMethod: "*", cachingEnabled: true, cacheDataEncrypted: true },
          { resourcePath: "/~1orders", httpMethod: "GET", cachingEnabled: true },
        ],
      });
    },
  },
  {
    title: "a parameter that is made of the caller's identity",
    policy: isolated,
    verdict: "passes",
    build: (stack) => {
      const requestParameters = { [identity]: "context.authorizer.principalId" };
      readsOrders(stack, { cacheKeyParameters: [identity], requestParameters });
    },
  },
  {
    title: "a parameter that is made of the caller's address",
    policy: isolated,
    verdict: "fails",
    build: (stack) => {
      const requestParameters = { [identity]: "context.identity.sourceIp" };
      readsOrders(stack, { cacheKeyParameters: [identity], requestParameters });
    },
  },
  {
    title: "a key that is not known",
    policy: isolated,
    verdict: "unverified",
    build: (stack) => {
      readsOrders(stack, { cacheKeyParameters: never() });
    },
  },
  {
    title: "an open route, which tells no callers apart",
    policy: isolated,
    verdict: "passes",
    build: (stack) => {
      readsOrders(stack, {}, { authorization: "NONE" });
    },
  },
  {
    title: "renewal by anyone, where nothing is cached",
    policy: isolated,
    verdict: "passes",
    build: (stack) => void cached(stack, { requireAuthorizationForCacheControl: false, cacheTtlInSeconds: 3600 }),
  },
  {
    title: "a longest time of its own",
    policy: isolated,
    verdict: "fails",
    config: { maxTtlSeconds: 60 },
    build: (stack) => void cached(stack, { cachingEnabled: true }),
  },
  {
    title: "one method of a route that takes any is cached by settings of its own",
    policy: isolated,
    verdict: "fails",
    build: (stack) => {
      const api = cached(stack, { cachingEnabled: true }, true, "~1/POST");
      stack.add("apigateway.Method", "any", {
        restApi: api.id,
        resourceId: api.out("rootResourceId"),
        httpMethod: "ANY",
        authorization: "AWS_IAM",
      });
      backend(stack, api, { httpMethod: "ANY", type: "HTTP" });
    },
  },
  {
    title: "a route that takes any, whose GET is not cached as the others would be",
    policy: isolated,
    verdict: "passes",
    build: (stack) => {
      const api = cached(stack, { cachingEnabled: true });
      const settings = { cachingEnabled: false };
      const place = { restApi: api.id, stageName: "prod", methodPath: "~1/GET" };
      stack.add("apigateway.MethodSettings", "get", { ...place, settings });
      stack.add("apigateway.Method", "any", {
        restApi: api.id,
        resourceId: api.out("rootResourceId"),
        httpMethod: "ANY",
        authorization: "AWS_IAM",
      });
      backend(stack, api, { httpMethod: "ANY", type: "HTTP" });
    },
  },
  {
    title: "a body that is not known, behind a cache",
    policy: isolated,
    verdict: "unverified",
    build: (stack) => {
      const api = stack.add("apigateway.RestApi", "orders", { body: never() });
      stageOf(stack, api, { cacheClusterEnabled: true });
      stack.add("apigateway.MethodSettings", "all", {
        restApi: api.id,
        stageName: "prod",
        methodPath: "*/*",
        settings: { cachingEnabled: true },
      });
    },
  },
];

describe("encryption", () => {
  judgeCases([...tls, ...mutualTls, ...certificates, ...clients, ...caches]);

  it("says of an API behind two domains once that it is open", () => {
    const stack = new Stack("resolve", "dev");
    const api = stack.add("apigateway.RestApi", "orders");
    for (const name of ["a", "b"]) {
      const one = stack.add("apigateway.DomainName", name, {
        domainName: `${name}.example.com`,
        mutualTlsAuthentication: pinned,
      });
      stack.add("apigateway.BasePathMapping", name, { restApi: api.id, domainName: one.out("domainName") });
    }
    assert.deepEqual(
      judge(mutual, stack.made).faults.map((fault) => fault.slice(0, fault.indexOf(". Set"))),
      ['REST API "orders" is open on its own endpoint, beside the mutual TLS of custom domain "a.example.com"'],
    );
  });

  it("shows no private key", () => {
    const stack = new Stack("resolve", "dev");
    shown(stack, { certificateBody: "SECRET-BODY", privateKey: "SECRET-KEY" });
    const { faults } = judge(certificate, stack.made);
    assert.equal(faults.length, 1);
    assert.doesNotMatch(faults.join(), /SECRET/);
  });

  it("tells settings inside one stage of aws-native apart", () => {
    const stack = new Stack("resolve", "dev");
    const api = stack.add("aws-native:apigateway:RestApi", "orders", { name: "orders" });
    const methodSettings = ["/~1a", "/~1b"].map((resourcePath) => ({
      resourcePath,
      httpMethod: "GET",
      cachingEnabled: true,
    }));
    stack.add("aws-native:apigateway:Stage", "prod", {
      restApiId: api.id,
      stageName: "prod",
      cacheClusterEnabled: true,
      methodSettings,
    });
    assert.equal(judge(encrypted, stack.made).faults.length, 2);
  });

  it("is judged in the largest documents, with a thousand settings of their own", () => {
    const stack = new Stack("resolve", "dev");
    const get = {
      "x-amazon-apigateway-auth": { type: "AWS_IAM" },
      "x-amazon-apigateway-integration": { type: "http", uri: "https://orders.example.com" },
    };
    const paths = Object.fromEntries(Array.from({ length: 20_000 }, (_, i) => [`/${String(i)}`, { get }]));
    const api = stack.add("apigateway.RestApi", "orders", {
      body: JSON.stringify({ openapi: "3.0.1", info: {}, paths }),
    });
    stageOf(stack, api, { cacheClusterEnabled: true });
    for (let i = 0; i < 1_000; i++) {
      const methodPath = `${String(i)}/GET`;
      const settings = { cachingEnabled: true, cacheDataEncrypted: i !== 500 };
      stack.add("apigateway.MethodSettings", methodPath, { restApi: api.id, stageName: "prod", methodPath, settings });
    }
    for (const policy of [apiTls, client, isolated]) judge(policy, stack.made);
    const { faults } = judge(encrypted, stack.made);
    assert.equal(faults.length, 1);
    assert.match(faults.join(), /500/);
  });
});
