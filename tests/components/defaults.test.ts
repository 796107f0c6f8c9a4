import assert from "node:assert/strict";
import type * as aws from "@pulumi/aws";
import type { ComponentResourceOptions } from "@pulumi/pulumi";
import * as gatehouse from "../../components";
import { Pack, register } from "../support/stack";
import { handler, newOrder, production } from "./variants";

// Every secure default of a component, taken away by the way out that Pulumi has for components of all languages, the
// option `transforms`: the policy that asks for the default notices.

type Props = Record<string, unknown>;
type Packages = { readonly aws: typeof aws } & Parameters<typeof handler>[0];
type Base = (packages: Packages, options: ComponentResourceOptions) => void;

interface Weakening {
  readonly title: string;
  readonly base: Base;
  /** Of which resources: the end of their type. */
  readonly type: string;
  /** @default all of the type */
  readonly name?: string;
  readonly weaken: (props: Props) => Props;
  readonly expect: string;
}

const certificateArn = "arn:aws:acm:us-east-1:123456789012:certificate/7e7a28d2-163f-4b8f-b9cd-822f96c08d6a";

const rest: Base = (packages, options) => {
  new gatehouse.RestApi(
    "orders",
    {
      isolation: production,
      models: { NewOrder: newOrder },
      routes: {
        "POST /orders": { lambda: handler(packages), requestModel: "NewOrder" },
        "GET /stock": { http: { url: "https://stock.example.com/" } },
        "GET /status": { mock: {}, authorizationType: "NONE", publicAccessReason: "probed by the load balancer" },
      },
    },
    options,
  );
};
const domain: Base = (_, options) => {
  new gatehouse.ApiDomain(
    "api",
    {
      isolation: production,
      domainName: "api.example.com",
      hostedZoneId: "Z0EXAMPLE",
      mappings: {
        "/orders": { restApiId: "a1b2c3d4e5", stageName: "prod" },
        "/stock": { restApiId: "f6g7h8i9j0", stageName: "prod" },
      },
      mutualTls: { certificates: "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n" },
    },
    options,
  );
};
const clients: Base = (_, options) => {
  new gatehouse.ApiClients(
    "partners",
    { isolation: production, stages: [{ restApiId: "a1b2c3d4e5", stageName: "v1" }], clients: { acme: {} } },
    options,
  );
};
const front: Base = (packages, options) => {
  const origin = new gatehouse.OriginSecret("edge", { isolation: production });
  const orders = new gatehouse.HttpApi("orders", {
    isolation: production,
    front: {},
    authorizers: { origin: { lambda: { lambda: origin.authorizer } } },
    defaultAuthorizer: "origin",
    routes: { "GET /orders/{id}": { lambda: handler(packages) } },
  });
  new gatehouse.ApiDistribution(
    "edge",
    {
      isolation: production,
      apiEndpoint: orders.apiEndpoint,
      originSecret: { secretArn: origin.secretArn, kmsKeyArn: origin.kmsKeyArn },
      domainName: "api.example.com",
      certificateArn,
    },
    options,
  );
};

const without =
  (...keys: readonly string[]) =>
  (props: Props): Props =>
    Object.fromEntries(Object.entries(props).filter(([key]) => !keys.includes(key)));
const having =
  (more: Props) =>
  (props: Props): Props => ({ ...props, ...more });
const within =
  (key: string, change: (inner: Props) => Props) =>
  (props: Props): Props => ({ ...props, [key]: change((props[key] ?? {}) as Props) });
const body = (change: (text: string) => string) => (props: Props) => ({
  ...props,
  body: change(props["body"] as string),
});
const tag = (key: string) => within("tags", without(key));
/** Where a body is known: what the component itself cannot be given. */
const parsed = (change: (document: Props) => unknown) =>
  body((text) => JSON.stringify(change(JSON.parse(text) as Props)));

const weakenings: readonly Weakening[] = [
  ...(
    [
      ["a stage with no access log", "apigateway/stage:Stage", without("accessLogSettings"), "stage-access-logging"],
      ["no tracing", "apigateway/stage:Stage", having({ xrayTracingEnabled: false }), "stage-tracing"],
      ["no client certificate", "apigateway/stage:Stage", without("clientCertificateId"), "backend-client-certificate"],
      ["a stage that says nothing of itself", "apigateway/stage:Stage", without("description"), "api-description"],
      ["a stage of another environment", "apigateway/stage:Stage", having({ stageName: "dev" }), "stage-environment"],
      [
        "an access log that names no caller",
        "apigateway/stage:Stage",
        within("accessLogSettings", having({ format: '{"requestId":"$context.requestId"}' })),
        "access-log-fields",
      ],
      [
        "an access log with API keys",
        "apigateway/stage:Stage",
        within("accessLogSettings", (log) => ({
          ...log,
          format: (log["format"] as string).replace("{", '{"key":"$context.identity.apiKey",'),
        })),
        "access-log-no-credentials",
      ],
      ["an old TLS policy", "apigateway/restApi:RestApi", having({ securityPolicy: "TLS_1_0" }), "api-tls"],
      [
        "an edge-optimized endpoint",
        "apigateway/restApi:RestApi",
        having({ endpointConfiguration: { types: "EDGE" } }),
        "endpoint-type",
      ],
      [
        "an open operation",
        "apigateway/restApi:RestApi",
        body((text) => text.replaceAll('"security":[{"sigv4":[]}]', '"security":[]')),
        "route-authorization",
      ],
      [
        "no validator",
        "apigateway/restApi:RestApi",
        body((text) => text.replaceAll('"validateRequestBody":true', '"validateRequestBody":false')),
        "route-request-validation",
      ],
      [
        "no model",
        "apigateway/restApi:RestApi",
        body((text) => text.replace(/"requestBody":\{.*?"required":true\},/, "")),
        "route-request-model",
      ],
      [
        "a model that takes anything",
        "apigateway/restApi:RestApi",
        body((text) => text.replace('"additionalProperties":false,', "")),
        "model-strictness",
      ],
      [
        "answers to errors of the service's own",
        "apigateway/restApi:RestApi",
        parsed(without("x-amazon-apigateway-gateway-responses")),
        "gateway-responses",
      ],
      [
        "a backend in plain text",
        "apigateway/restApi:RestApi",
        body((text) => text.replace("https://stock", "http://stock")),
        "integration-encrypted",
      ],
      [
        "a deployment that follows nothing",
        "apigateway/deployment:Deployment",
        without("triggers"),
        "deployment-redeploys",
      ],
      [
        "no execution log",
        "apigateway/methodSettings:MethodSettings",
        within("settings", having({ loggingLevel: "OFF" })),
        "stage-execution-logging",
      ],
      [
        "whole requests in the log",
        "apigateway/methodSettings:MethodSettings",
        within("settings", having({ dataTraceEnabled: true })),
        "stage-data-trace",
      ],
      [
        "no metrics",
        "apigateway/methodSettings:MethodSettings",
        within("settings", having({ metricsEnabled: false })),
        "stage-metrics",
      ],
      [
        "no limit",
        "apigateway/methodSettings:MethodSettings",
        within("settings", having({ throttlingRateLimit: -1, throttlingBurstLimit: -1 })),
        "stage-throttling",
      ],
      ["logs for ever", "cloudwatch/logGroup:LogGroup", without("retentionInDays"), "log-group-retention"],
      ["logs without a key", "cloudwatch/logGroup:LogGroup", without("kmsKeyId"), "log-group-encryption"],
      ["a web ACL with no rule", "wafv2/webAcl:WebAcl", having({ rules: [] }), "web-acl-rules"],
      [
        "no rate limit in the web ACL",
        "wafv2/webAcl:WebAcl",
        (props: Props) => ({ ...props, rules: (props["rules"] as Props[]).filter(({ name }) => name !== "rate") }),
        "web-acl-rate-limit",
      ],
      [
        "credentials in the log of the web ACL",
        "wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration",
        without("redactedFields"),
        "web-acl-logging",
      ],
      [
        "a web ACL on another stage",
        "wafv2/webAclAssociation:WebAclAssociation",
        having({ resourceArn: "arn:aws:apigateway:us-east-1::/restapis/other/stages/v1" }),
        "stage-web-acl",
      ],
      ["alarms on something else", "cloudwatch/metricAlarm:MetricAlarm", having({ metricName: "Count" }), "api-alarms"],
      [
        "functions that any API may call",
        "lambda/permission:Permission",
        without("sourceArn"),
        "lambda-permission-scope",
      ],
    ] as const
  ).map(([title, type, weaken, expect]) => ({ title: `RestApi: ${title}`, base: rest, type, weaken, expect })),
  {
    title: "RestApi: a public route with the limit of the stage",
    base: rest,
    type: "apigateway/methodSettings:MethodSettings",
    name: "orders-get-status",
    weaken: within("settings", having({ throttlingRateLimit: 1000, throttlingBurstLimit: 500 })),
    expect: "route-throttling",
  },
  ...(
    [
      ["an old TLS policy", "apigateway/domainName:DomainName", having({ securityPolicy: "TLS_1_0" }), "domain-tls"],
      [
        "a truststore of any version",
        "apigateway/domainName:DomainName",
        within("mutualTlsAuthentication", without("truststoreVersion")),
        "domain-mutual-tls",
      ],
      [
        "a certificate for every name",
        "acm/certificate:Certificate",
        having({ domainName: "*.example.com" }),
        "domain-certificate",
      ],
    ] as const
  ).map(([title, type, weaken, expect]) => ({ title: `ApiDomain: ${title}`, base: domain, type, weaken, expect })),
  {
    title: "ApiDomain: a stage of another environment beside those of this",
    base: domain,
    type: "apigatewayv2/apiMapping:ApiMapping",
    name: "api-stock",
    weaken: having({ stage: "dev" }),
    expect: "domain-single-environment",
  },
  ...(
    [
      ["no limit", "apigateway/usagePlan:UsagePlan", without("throttleSettings"), "usage-plan-limits"],
      ["no quota", "apigateway/usagePlan:UsagePlan", without("quotaSettings"), "usage-plan-limits"],
      ["no stage", "apigateway/usagePlan:UsagePlan", without("apiStages"), "usage-plan-attached"],
      ["a key that the program chose", "apigateway/apiKey:ApiKey", having({ value: "x".repeat(30) }), "api-key-value"],
      ["a key with no end", "apigateway/apiKey:ApiKey", tag("rotate-by"), "api-key-rotation"],
      [
        "a rotation once a year",
        "secretsmanager/secretRotation:SecretRotation",
        having({ rotationRules: { automaticallyAfterDays: 365 } }),
        "secret-rotation",
      ],
    ] as const
  ).map(([title, type, weaken, expect]) => ({ title: `ApiClients: ${title}`, base: clients, type, weaken, expect })),
  ...(
    [
      ["no web ACL", "cloudfront/distribution:Distribution", without("webAclId"), "http-api-web-acl"],
      [
        "no secret",
        "cloudfront/distribution:Distribution",
        (props: Props) => ({ ...props, origins: (props["origins"] as Props[]).map(without("customHeaders")) }),
        "http-api-web-acl",
      ],
      [
        "a rotation once a year",
        "secretsmanager/secretRotation:SecretRotation",
        having({ rotationRules: { automaticallyAfterDays: 365 } }),
        "secret-rotation",
      ],
    ] as const
  ).map(([title, type, weaken, expect]) => ({ title: `ApiDistribution: ${title}`, base: front, type, weaken, expect })),
];

describe("secure defaults taken away by transforms", () => {
  let pack: Pack;
  before(async () => {
    pack = await Pack.boot();
  });
  after(() => pack.close());

  for (const { title, base, type, name, weaken, expect } of weakenings) {
    it(`${title}: ${expect}`, async () => {
      let weakened = 0;
      const options: ComponentResourceOptions = {
        transforms: [
          (args) => {
            if (!args.type.endsWith(type) || (name !== undefined && args.name !== name)) return undefined;
            weakened++;
            return { props: weaken(args.props), opts: args.opts };
          },
        ],
      };
      const resources = await register((packages) => base(packages, options), "resolve", "prod");
      assert.ok(weakened > 0, `something is a ${type}`);
      const { violations } = await pack.judge(resources);
      const policies = [...new Set(violations.map(({ policy }) => policy))];
      assert.ok(policies.includes(expect), `said instead: ${policies.join(", ") || "nothing"}`);
    });
  }
});
