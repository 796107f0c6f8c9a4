import assert from "node:assert/strict";
import type * as pulumi from "@pulumi/pulumi";
import * as gatehouse from "../../components";
import type { Unknowns } from "../../preview/provider";
import { Pack, register } from "../support/stack";
import type { Program } from "../support/stack";
import { front, handler, message, newOrder, production } from "./variants";

// What components do by default, taken away one thing at a time through the resource option `transforms`: the policy whose
// business it is says so.

type Props = Record<string, unknown>;
type Packages = Parameters<Program>[0];
type Kind = "RestApi" | "HttpApi" | "WebSocketApi" | "ApiDomain" | "ApiClients" | "ApiDistribution";

interface Removal {
  readonly title: string;
  /** The policy that notices. */
  readonly policy: string;
  /** The last part of the type of what is changed: `Stage`. */
  readonly type: string;
  /** @default every one of its type */
  readonly name?: string;
  readonly change: (props: Props, packages: Packages) => Props;
}

const programs: Readonly<Record<Kind, (packages: Packages, opts: pulumi.ComponentResourceOptions) => void>> = {
  RestApi: (packages, opts) => {
    new gatehouse.RestApi(
      "orders",
      {
        isolation: production,
        authorizers: { partners: { lambda: { lambda: handler(packages, "check") } } },
        models: { NewOrder: newOrder },
        routes: {
          "GET /orders/{id}": { lambda: handler(packages) },
          "GET /partners": { http: { url: "https://backend.example.com/partners" }, authorizer: "partners" },
          "POST /login": { http: { url: "https://backend.example.com/login" }, requestModel: "NewOrder" },
          "GET /status": { mock: {}, authorizationType: "NONE", publicAccessReason: "probed by the load balancer" },
        },
        cors: { allowOrigins: ["https://shop.example.com"] },
      },
      opts,
    );
  },
  HttpApi: (packages, opts) => {
    const orders = new gatehouse.HttpApi(
      "orders",
      {
        isolation: production,
        authorizers: {
          customers: { jwt: { issuer: "https://id.example.com", audiences: ["shop"] } },
          partners: { lambda: { lambda: handler(packages, "check") } },
        },
        routes: {
          "GET /orders/{id}": { lambda: handler(packages) },
          "GET /customers": {
            http: { url: "https://backend.example.com/customers" },
            authorizer: "customers",
            authorizationScopes: ["customers/read"],
          },
          "POST /login": {
            vpcLink: {
              vpcLinkId: "a1b2c3",
              listenerArn:
                "arn:aws:elasticloadbalancing:us-east-1:123456789012:listener/app/a/50dc6c495c0c9188/f2f7dc8efc522ab2",
              serverName: "login.example.com",
            },
            authorizer: "partners",
          },
        },
        cors: { allowOrigins: ["https://shop.example.com"] },
      },
      opts,
    );
    front(packages, production, orders.apiEndpoint);
  },
  WebSocketApi: (packages, opts) => {
    const chat = new gatehouse.WebSocketApi(
      "orders",
      {
        isolation: production,
        authorizer: { lambda: handler(packages, "check") },
        models: { Message: message },
        routes: {
          $default: { lambda: handler(packages) },
          send: { http: { url: "https://backend.example.com/send" }, requestModel: "Message" },
        },
      },
      opts,
    );
    front(packages, production, chat.apiEndpoint);
  },
  ApiDomain: (_, opts) => {
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
      opts,
    );
  },
  ApiClients: (_, opts) => {
    new gatehouse.ApiClients(
      "partners",
      { isolation: production, stages: [{ restApiId: "a1b2c3d4e5", stageName: "v1" }], clients: { acme: {} } },
      opts,
    );
  },
  ApiDistribution: (packages, opts) => {
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
        certificateArn: "arn:aws:acm:us-east-1:123456789012:certificate/7e7a28d2-163f-4b8f-b9cd-822f96c08d6a",
      },
      opts,
    );
  },
};

// Ways to change

const without =
  (...keys: readonly string[]) =>
  (props: Props): Props =>
    Object.fromEntries(Object.entries(props).filter(([key]) => !keys.includes(key)));
const having =
  (more: Props) =>
  (props: Props): Props => ({ ...props, ...more });
const within =
  (key: string, change: (inner: Props) => Props) =>
  (props: Props): Props => {
    assert.ok(props[key] !== undefined, `there is ${key}`);
    return { ...props, [key]: change(props[key] as Props) };
  };
/** The OpenAPI document, parsed. */
const inBody =
  (change: (document: Props) => Props): Removal["change"] =>
  (props, { pulumi: { output } }) => ({
    ...props,
    body: output(props["body"] as pulumi.Output<string>).apply((text) => {
      const changed = JSON.stringify(change(JSON.parse(text) as Props));
      assert.notEqual(changed, text, "the document changes");
      return changed;
    }),
  });
/** The OpenAPI document, as text. */
const inText =
  (pattern: RegExp, replacement: string): Removal["change"] =>
  (props, packages) =>
    inBody((document) => JSON.parse(JSON.stringify(document).replace(pattern, replacement)) as Props)(props, packages);
const operation = (path: string, method: string, change: (inner: Props) => Props): Removal["change"] =>
  inBody(within("paths", within(path, within(method, change))));
const format =
  (change: (fields: Props) => Props) =>
  (log: Props): Props => ({ ...log, format: JSON.stringify(change(JSON.parse(log["format"] as string) as Props)) });

// What every kind of API has

const everywhere: readonly Removal[] = [
  {
    title: "the access log",
    policy: "stage-access-logging",
    type: "Stage",
    change: without("accessLogSettings"),
  },
  {
    title: "the address in the access log",
    policy: "access-log-fields",
    type: "Stage",
    change: within("accessLogSettings", format(without("sourceIp"))),
  },
  {
    title: "keys kept out of the access log",
    policy: "access-log-no-credentials",
    type: "Stage",
    change: within("accessLogSettings", format(having({ key: "$context.identity.apiKey" }))),
  },
  {
    title: "the time that logs are kept",
    policy: "log-group-retention",
    type: "LogGroup",
    name: "orders-access",
    change: without("retentionInDays"),
  },
  {
    title: "the key of logs",
    policy: "log-group-encryption",
    type: "LogGroup",
    name: "orders-access",
    change: without("kmsKeyId"),
  },
  {
    title: "the alarm on errors of the server",
    policy: "api-alarms",
    type: "MetricAlarm",
    name: "orders-server-errors",
    change: having({ metricName: "Count" }),
  },
  {
    title: "the environment's tag",
    policy: "stage-environment",
    type: "Stage",
    change: without("tags"),
  },
  {
    title: "the description",
    policy: "api-description",
    type: "Stage",
    change: without("description"),
  },
  {
    title: "the API and stage that a function is called by",
    policy: "lambda-permission-scope",
    type: "Permission",
    change: without("sourceArn"),
  },
];

const settings = (change: (inner: Props) => Props): Pick<Removal, "type" | "name" | "change"> => ({
  type: "MethodSettings",
  name: "orders",
  change: within("settings", change),
});

const rest: readonly Removal[] = [
  {
    title: "who calls a route",
    policy: "route-authorization",
    type: "RestApi",
    change: operation("/orders/{id}", "get", without("security")),
  },
  {
    title: "the schemes of routes",
    policy: "route-authorizer-attached",
    type: "RestApi",
    change: inBody(within("components", having({ securitySchemes: {} }))),
  },
  {
    title: "the limit on cached answers of an authorizer",
    policy: "authorizer-cache-ttl",
    type: "RestApi",
    change: inText(/"authorizerResultTtlInSeconds":\d+/, '"authorizerResultTtlInSeconds":3600'),
  },
  {
    title: "what tells callers of an authorizer apart",
    policy: "authorizer-identity-source",
    type: "RestApi",
    change: inText(/"identitySource":"[^"]*"/, '"identitySource":"context.httpMethod"'),
  },
  {
    title: "the checks of requests",
    policy: "route-request-validation",
    type: "RestApi",
    change: inText(/"validateRequest(Body|Parameters)":true/g, '"validateRequest$1":false'),
  },
  {
    title: "the model of a body",
    policy: "route-request-model",
    type: "RestApi",
    change: operation("/login", "post", without("requestBody")),
  },
  {
    title: "answers to errors",
    policy: "gateway-responses",
    type: "RestApi",
    change: inBody(without("x-amazon-apigateway-gateway-responses")),
  },
  {
    title: "the origins that may call",
    policy: "cors-origins",
    type: "RestApi",
    change: inText(/'https:\/\/shop\.example\.com'/g, "'*'"),
  },
  {
    title: "TLS to a backend",
    policy: "integration-encrypted",
    type: "RestApi",
    change: inText(/https:\/\/backend/g, "http://backend"),
  },
  {
    title: "the time that a backend has",
    policy: "integration-timeout",
    type: "RestApi",
    change: inText(/"timeoutInMillis":\d+/g, '"timeoutInMillis":60000'),
  },
  {
    title: "the alias by which a function is called",
    policy: "production-backend-version",
    type: "RestApi",
    change: inText(/(:function:[^:/"]+):[^/"]+\/invocations/g, "$1/invocations"),
  },
  { title: "TLS of the endpoint", policy: "api-tls", type: "RestApi", change: without("securityPolicy") },
  {
    title: "the endpoint in one region",
    policy: "endpoint-type",
    type: "RestApi",
    change: having({ endpointConfiguration: { types: "EDGE" } }),
  },
  {
    title: "the deployment's triggers",
    policy: "deployment-redeploys",
    type: "Deployment",
    change: without("triggers"),
  },
  { title: "tracing", policy: "stage-tracing", type: "Stage", change: having({ xrayTracingEnabled: false }) },
  {
    title: "the certificate that backends are shown",
    policy: "backend-client-certificate",
    type: "Stage",
    change: without("clientCertificateId"),
  },
  {
    title: "the stage's limit",
    policy: "stage-throttling",
    ...settings(without("throttlingRateLimit", "throttlingBurstLimit")),
  },
  {
    title: "the limit of a route that handles credentials",
    policy: "route-throttling",
    type: "MethodSettings",
    name: "orders-post-login",
    change: within("settings", having({ throttlingRateLimit: 1000, throttlingBurstLimit: 500 })),
  },
  {
    title: "the execution log",
    policy: "stage-execution-logging",
    ...settings(having({ loggingLevel: "OFF" })),
  },
  {
    title: "data kept out of the execution log",
    policy: "stage-data-trace",
    ...settings(having({ dataTraceEnabled: true })),
  },
  { title: "metrics", policy: "stage-metrics", ...settings(having({ metricsEnabled: false })) },
  {
    title: "responses that are not cached in plain text",
    policy: "cache-encryption",
    ...settings(having({ cachingEnabled: true, cacheDataEncrypted: false })),
  },
  {
    title: "the web ACL's place in front of the stage",
    policy: "stage-web-acl",
    type: "WebAclAssociation",
    change: having({ resourceArn: "arn:aws:apigateway:us-east-1::/restapis/another1/stages/v1" }),
  },
  {
    title: "what the web ACL blocks",
    policy: "web-acl-rules",
    type: "WebAcl",
    change: (props) => ({
      ...props,
      rules: (props["rules"] as Props[]).filter(({ name }) => name !== "AWSManagedRulesCommonRuleSet"),
    }),
  },
  {
    title: "the web ACL's limit",
    policy: "web-acl-rate-limit",
    type: "WebAcl",
    change: (props) => ({
      ...props,
      rules: (props["rules"] as Props[]).filter(({ statement }) => !JSON.stringify(statement).includes("rateBased")),
    }),
  },
  {
    title: "headers kept out of the web ACL's log",
    policy: "web-acl-logging",
    type: "WebAclLoggingConfiguration",
    change: without("redactedFields"),
  },
  {
    title: "the stage's name, for that of another environment",
    policy: "stage-environment",
    type: "Stage",
    change: having({ stageName: "dev" }),
  },
  {
    title: "all that tells callers in the access log",
    policy: "access-log-fields",
    type: "Stage",
    change: within("accessLogSettings", having({ format: '{"requestId":"$context.requestId"}' })),
  },
  { title: "TLS above 1.0", policy: "api-tls", type: "RestApi", change: having({ securityPolicy: "TLS_1_0" }) },
  {
    title: "what signed requests are asked of",
    policy: "route-authorization",
    type: "RestApi",
    change: inText(/"security":\[\{"sigv4":\[\]\}\]/g, '"security":[]'),
  },
  {
    title: "what a model keeps out",
    policy: "model-strictness",
    type: "RestApi",
    change: inText(/"additionalProperties":false,/, ""),
  },
  {
    title: "any limit at all",
    policy: "stage-throttling",
    type: "MethodSettings",
    change: within("settings", having({ throttlingRateLimit: -1, throttlingBurstLimit: -1 })),
  },
  {
    title: "the tighter limit of a public route",
    policy: "route-throttling",
    type: "MethodSettings",
    name: "orders-get-status",
    change: within("settings", having({ throttlingRateLimit: 1000, throttlingBurstLimit: 500 })),
  },
  {
    title: "the time that any log is kept",
    policy: "log-group-retention",
    type: "LogGroup",
    change: without("retentionInDays"),
  },
  { title: "the key of any log", policy: "log-group-encryption", type: "LogGroup", change: without("kmsKeyId") },
  { title: "every rule of the web ACL", policy: "web-acl-rules", type: "WebAcl", change: having({ rules: [] }) },
  { title: "both alarms", policy: "api-alarms", type: "MetricAlarm", change: having({ metricName: "Count" }) },
];

const http: readonly Removal[] = [
  {
    title: "who calls a route",
    policy: "route-authorization",
    type: "Api",
    change: operation("/orders/{id}", "get", having({ security: [] })),
  },
  {
    title: "the schemes of routes",
    policy: "route-authorizer-attached",
    type: "Api",
    change: inBody(within("components", having({ securitySchemes: {} }))),
  },
  {
    title: "the scope of a token",
    policy: "route-authorization-scopes",
    type: "Api",
    change: inText(/"customers\/read"/, ""),
  },
  {
    title: "the audience of a token",
    policy: "jwt-authorizer-claims",
    type: "Api",
    change: inText(/"audience":\["shop"\]/, '"audience":[]'),
  },
  {
    title: "the limit on cached answers of an authorizer",
    policy: "authorizer-cache-ttl",
    type: "Api",
    change: inText(/"authorizerResultTtlInSeconds":\d+/, '"authorizerResultTtlInSeconds":3600'),
  },
  {
    title: "what tells callers of an authorizer apart",
    policy: "authorizer-identity-source",
    type: "Api",
    change: inText(/"identitySource":"[^"]*routeKey"/, '"identitySource":"$$context.routeKey"'),
  },
  {
    title: "TLS to a load balancer",
    policy: "integration-encrypted",
    type: "Api",
    change: operation("/login", "post", within("x-amazon-apigateway-integration", without("tlsConfig"))),
  },
  {
    title: "the time that a backend has",
    policy: "integration-timeout",
    type: "Api",
    change: inText(/"timeoutInMillis":\d+/g, '"timeoutInMillis":60000'),
  },
  {
    title: "the alias by which a function is called",
    policy: "production-backend-version",
    type: "Api",
    change: inText(/(:function:[^:/"]+):[^/"]+\/invocations/g, "$1/invocations"),
  },
  {
    title: "the origins that may call",
    policy: "cors-origins",
    type: "Api",
    change: within("corsConfiguration", having({ allowOrigins: ["*"] })),
  },
  {
    title: "the headers that other origins may send",
    policy: "cors-headers-methods",
    type: "Api",
    change: within("corsConfiguration", having({ allowHeaders: ["*"] })),
  },
  {
    title: "the stage's limit",
    policy: "stage-throttling",
    type: "Stage",
    change: within("defaultRouteSettings", without("throttlingRateLimit", "throttlingBurstLimit")),
  },
  {
    title: "the limit of a route that handles credentials",
    policy: "route-throttling",
    type: "Stage",
    change: without("routeSettings"),
  },
  {
    title: "metrics",
    policy: "stage-metrics",
    type: "Stage",
    change: within("defaultRouteSettings", having({ detailedMetricsEnabled: false })),
  },
  {
    title: "deployments by the program alone",
    policy: "production-deployment-pinned",
    type: "Stage",
    change: having({ autoDeploy: true }),
  },
];

const routeSettings = (change: (inner: Props) => Props): Pick<Removal, "type" | "change"> => ({
  type: "Stage",
  change: within("defaultRouteSettings", change),
});

const socket: readonly Removal[] = [
  {
    title: "who connects",
    policy: "route-authorization",
    type: "Route",
    name: "orders-connect",
    change: having({ authorizationType: "NONE", authorizerId: undefined }),
  },
  {
    title: "the authorizer of connections",
    policy: "route-authorizer-attached",
    type: "Route",
    name: "orders-connect",
    change: without("authorizerId"),
  },
  {
    title: "the model of a message",
    policy: "route-request-validation",
    type: "Route",
    name: "orders-send",
    change: without("requestModels"),
  },
  {
    title: "TLS to a backend",
    policy: "integration-encrypted",
    type: "Integration",
    name: "orders-send",
    change: having({ integrationUri: "http://backend.example.com/send" }),
  },
  {
    title: "the alias by which a function is called",
    policy: "production-backend-version",
    type: "Integration",
    name: "orders-default",
    change: (props, { pulumi: { output } }) => ({
      ...props,
      integrationUri: output(props["integrationUri"] as pulumi.Output<string>).apply((uri) =>
        uri.replace(/(:function:[^:/]+):[^/]+\/invocations/, "$1/invocations"),
      ),
    }),
  },
  {
    title: "the certificate that backends are shown",
    policy: "backend-client-certificate",
    type: "Stage",
    change: without("clientCertificateId"),
  },
  {
    title: "the stage's limit",
    policy: "stage-throttling",
    ...routeSettings(without("throttlingRateLimit", "throttlingBurstLimit")),
  },
  {
    title: "the execution log",
    policy: "stage-execution-logging",
    ...routeSettings(having({ loggingLevel: "OFF" })),
  },
  {
    title: "data kept out of the execution log",
    policy: "stage-data-trace",
    ...routeSettings(having({ dataTraceEnabled: true })),
  },
  { title: "metrics", policy: "stage-metrics", ...routeSettings(having({ detailedMetricsEnabled: false })) },
  {
    title: "deployments by the program alone",
    policy: "production-deployment-pinned",
    type: "Stage",
    change: having({ autoDeploy: true }),
  },
];

const rarely = having({ rotationRules: { automaticallyAfterDays: 365 } });

const domain: readonly Removal[] = [
  {
    title: "TLS of the domain",
    policy: "domain-tls",
    type: "DomainName",
    change: having({ securityPolicy: "TLS_1_0" }),
  },
  {
    title: "the version of the truststore",
    policy: "domain-mutual-tls",
    type: "DomainName",
    change: within("mutualTlsAuthentication", without("truststoreVersion")),
  },
  {
    title: "a certificate for its name alone",
    policy: "domain-certificate",
    type: "Certificate",
    change: having({ domainName: "*.example.com" }),
  },
  {
    title: "one environment behind it",
    policy: "domain-single-environment",
    type: "ApiMapping",
    name: "api-stock",
    change: having({ stage: "dev" }),
  },
];

const clients: readonly Removal[] = [
  { title: "the limit", policy: "usage-plan-limits", type: "UsagePlan", change: without("throttleSettings") },
  { title: "the quota", policy: "usage-plan-limits", type: "UsagePlan", change: without("quotaSettings") },
  { title: "the stage", policy: "usage-plan-attached", type: "UsagePlan", change: without("apiStages") },
  {
    title: "values that API Gateway makes up",
    policy: "api-key-value",
    type: "ApiKey",
    change: having({ value: "x".repeat(30) }),
  },
  {
    title: "the end of a key",
    policy: "api-key-rotation",
    type: "ApiKey",
    change: within("tags", without("rotate-by")),
  },
  { title: "a rotation each month", policy: "secret-rotation", type: "SecretRotation", change: rarely },
];

const distribution: readonly Removal[] = [
  { title: "the web ACL", policy: "http-api-web-acl", type: "Distribution", change: without("webAclId") },
  {
    title: "the secret",
    policy: "http-api-web-acl",
    type: "Distribution",
    change: (props) => ({ ...props, origins: (props["origins"] as Props[]).map(without("customHeaders")) }),
  },
  { title: "a rotation each month", policy: "secret-rotation", type: "SecretRotation", change: rarely },
];

describe("secure defaults of components, taken away one at a time", () => {
  let pack: Pack;
  before(async () => {
    pack = await Pack.boot();
  });
  after(() => pack.close());

  const removals: Readonly<Record<Kind, readonly Removal[]>> = {
    RestApi: [...everywhere, ...rest],
    HttpApi: [...everywhere, ...http],
    WebSocketApi: [...everywhere, ...socket],
    ApiDomain: domain,
    ApiClients: clients,
    ApiDistribution: distribution,
  };
  /** Whether new resources are known or not, and the stack; REST APIs both ways. */
  const runs: Readonly<Record<Kind, readonly (readonly [unknowns: Unknowns, stack: string])[]>> = {
    RestApi: [
      ["keep", "main"],
      ["resolve", "main"],
    ],
    HttpApi: [["keep", "main"]],
    WebSocketApi: [["keep", "main"]],
    ApiDomain: [["resolve", "prod"]],
    ApiClients: [["resolve", "prod"]],
    ApiDistribution: [["resolve", "prod"]],
  };
  /** What is said of a program as it is: of a route that is open on purpose. */
  const said = new Map<string, readonly string[]>();
  const saidBefore = async (kind: Kind, unknowns: Unknowns, stack: string): Promise<readonly string[]> => {
    const key = `${kind} ${unknowns} ${stack}`;
    const known = said.get(key);
    if (known !== undefined) return known;
    const { violations } = await pack.judge(await register((all) => programs[kind](all, {}), unknowns, stack));
    const messages = violations.map(({ message }) => message);
    said.set(key, messages);
    return messages;
  };
  for (const [kind, list] of Object.entries(removals) as [Kind, readonly Removal[]][]) {
    const cases = list.flatMap((removal) => runs[kind].map(([unknowns, stack]) => ({ ...removal, unknowns, stack })));
    for (const { title, policy, type, name, change, unknowns, stack } of cases) {
      it(`${kind} without ${title} is caught by ${policy} (${unknowns})`, async () => {
        let found = false;
        const resources = await register(
          (packages) => {
            programs[kind](packages, {
              transforms: [
                (resource) => {
                  if (!resource.custom || !resource.type.endsWith(`:${type}`)) return undefined;
                  if (name !== undefined && resource.name !== name) return undefined;
                  found = true;
                  return { props: change(resource.props, packages), opts: resource.opts };
                },
              ],
            });
          },
          unknowns,
          stack,
        );
        assert.ok(found, `a ${type} is there`);
        const { violations } = await pack.judge(resources);
        const before = await saidBefore(kind, unknowns, stack);
        assert.ok(
          violations.some((violation) => violation.policy === policy && !before.includes(violation.message)),
          `said: ${violations.map((violation) => `${violation.policy} ${violation.message}`).join("\n")}`,
        );
      });
    }
  }
});
