import assert from "node:assert/strict";
import { policies } from "../../policypack/policies";
import type { Pieces } from "../support/shop";
import { allowing, judgeVariants } from "../support/shop";
import { Pack } from "../support/stack";

// What other tools are known to get wrong about API Gateway: insecure things that they let pass, and secure things that
// they condemn. Of each, the secure variant of a compliant program passes the whole pack, and the insecure one is
// caught by the policies whose business it is and by no other.
//
// Two entries of that list ask nothing of a pack for Pulumi. That rules for Terraform demand `create_before_destroy`
// does not apply: Pulumi creates replacements before it deletes, unless told otherwise. That a tool works on snapshots
// of an account does not either, save for the facts it has wrong, which are below.

const document = (paths: object, more: object = {}): Readonly<Record<string, unknown>> => ({
  openapi: "3.0.1",
  info: { title: "orders", version: "1", description: "Orders of the shop." },
  paths,
  ...more,
});
const mock = { type: "mock", requestTemplates: { "application/json": '{"statusCode":200}' } };
const operation = (more: object): object => ({ "x-amazon-apigateway-integration": mock, responses: {}, ...more });
const iam = { "x-amazon-apigateway-auth": { type: "AWS_IAM" } };
const bearer = { components: { securitySchemes: { bearer: { type: "http", scheme: "bearer" } } } };

const jwt = (pieces: Pieces, apiId: unknown, more: object = {}, name = "tokens") =>
  new pieces.aws.apigatewayv2.Authorizer(name, {
    apiId: apiId as string,
    name,
    authorizerType: "JWT",
    identitySources: ["$request.header.Authorization"],
    jwtConfiguration: { issuer: "https://id.example.com", audiences: ["shop"], ...more },
  });

/** A Lambda authorizer of a REST API, reached by a role of its own. */
const custom = (pieces: Pieces, restApi: unknown, name = "tokens") =>
  new pieces.aws.apigateway.Authorizer(name, {
    restApi: restApi as string,
    name,
    type: "TOKEN",
    authorizerUri: `arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/arn:aws:lambda:eu-west-1:111122223333:function:${name}:live/invocations`,
    authorizerCredentials: "arn:aws:iam::111122223333:role/authorizer",
  });

const cors = (origin: string, more: object = {}): Readonly<Record<string, string>> => ({
  "method.response.header.Access-Control-Allow-Origin": origin,
  "method.response.header.Access-Control-Allow-Methods": "'GET,OPTIONS'",
  ...more,
});

/** A preflight with its answer. */
const preflight = (
  pieces: Pieces,
  orders: ReturnType<Pieces["rest"]>,
  headers: Readonly<Record<string, string>>,
  statusCode = "200",
): void => {
  const method = orders.method(
    "preflight",
    "OPTIONS",
    "orders",
    { authorization: "NONE", requestValidatorId: undefined },
    { type: "MOCK", uri: undefined, integrationHttpMethod: undefined, requestTemplates: mock.requestTemplates },
  );
  new pieces.aws.apigateway.IntegrationResponse("preflight", {
    restApi: orders.api.id,
    resourceId: method.resourceId,
    httpMethod: method.httpMethod,
    statusCode,
    responseParameters: headers,
  });
};

/** A custom domain before an API whose own endpoint is closed. */
const domain = (pieces: Pieces, args: object = {}): void => {
  const { apigateway } = pieces.aws;
  const orders = pieces.orders({ api: { disableExecuteApiEndpoint: true } });
  const made = new apigateway.DomainName("shop", {
    domainName: "shop.example.com",
    regionalCertificateArn: "arn:aws:acm:eu-west-1:111122223333:certificate/0a1b2c3d-0000-4000-8000-000000000000",
    endpointConfiguration: { types: "REGIONAL" },
    securityPolicy: "TLS_1_2",
    tags: pieces.shop.production,
    ...args,
  });
  new apigateway.BasePathMapping("shop", {
    restApi: orders.api.id,
    domainName: made.domainName,
    basePath: "orders",
    stageName: orders.stageOf.stageName,
  });
};

const cached = { cachingEnabled: true, cacheDataEncrypted: true, cacheTtlInSeconds: 60 };
/** A cache whose key says whose response it holds. */
const cacheOf = (pieces: Pieces, settings: object): void =>
  void pieces.orders({
    method: { requestParameters: { "method.request.header.Authorization": true } },
    integration: { cacheKeyParameters: ["method.request.header.Authorization"] },
    stage: {
      stage: { cacheClusterEnabled: true, cacheClusterSize: "0.5" },
      settings: { ...cached, requireAuthorizationForCacheControl: true, ...settings },
    },
  });

// The compliant programs as they are.
const orders = (pieces: Pieces): void => void pieces.orders();
const http = (pieces: Pieces): void => void pieces.http();
const chat = (pieces: Pieces): void => void pieces.chat();

describe("faults of other tools", () => {
  let pack: Pack;
  before(async () => {
    pack = await Pack.boot();
  });
  after(() => pack.close());
  const judge: (title: string, variants: Parameters<typeof judgeVariants>[1]) => void = (title, variants) =>
    judgeVariants(title, variants, () => pack);

  describe("insecure things that others let pass", () => {
    judge("1. the OpenAPI body is invisible", [
      [
        "every operation has authorization of its own",
        (pieces) => void pieces.body(document({ "/admin": { delete: operation(iam) } })),
      ],
      [
        "an open DELETE /admin to a backend over plain HTTP",
        (pieces) =>
          void pieces.body(
            document({
              "/admin": {
                delete: operation({
                  "x-amazon-apigateway-integration": {
                    type: "http_proxy",
                    httpMethod: "DELETE",
                    uri: "http://backend.example.com/admin",
                  },
                }),
              },
            }),
          ),
        ["route-authorization", "route-throttling", "integration-encrypted", "backend-client-certificate"],
      ],
      [
        "a bearer scheme of which API Gateway makes no authorizer",
        (pieces) =>
          void pieces.body(document({ "/admin": { delete: operation({ security: [{ bearer: [] }] }) } }, bearer)),
        ["route-authorizer-attached"],
      ],
    ]);

    judge("2. only OPTIONS is asked what a public resource policy means", [
      ["POST by IAM", (pieces) => void pieces.orders({ verb: "POST" })],
      [
        "POST with no authorization behind a policy for everyone",
        (pieces) =>
          void pieces.orders({ verb: "POST", method: { authorization: "NONE" }, api: { policy: allowing() } }),
        ["route-authorization", "route-throttling", "resource-policy-public"],
      ],
    ]);

    judge("3. an API key counts as authorization", [
      ["IAM and no key", (pieces) => void pieces.orders({ method: { authorization: "AWS_IAM" } })],
      [
        "a key and nothing else",
        (pieces) => {
          const orders = pieces.orders({ method: { authorization: "NONE", apiKeyRequired: true } });
          plan(pieces, orders);
        },
        ["route-api-key-only", "route-throttling"],
      ],
    ]);

    judge("4. an authorizer that nothing uses makes the API pass", [
      [
        "the method uses it",
        (pieces) =>
          void pieces.orders({
            build: (orders) =>
              void orders.method("mine", "GET", "mine", {
                authorization: "CUSTOM",
                authorizerId: custom(pieces, orders.api.id).id,
              }),
          }),
      ],
      [
        "the method is open beside it",
        (pieces) =>
          void pieces.orders({
            method: { authorization: "NONE" },
            build: (orders) => void custom(pieces, orders.api.id),
          }),
        ["route-authorization", "route-throttling", "authorizer-in-use"],
      ],
      [
        "an HTTP route is open beside it",
        (pieces) =>
          void pieces.http({}, (orders) => {
            jwt(pieces, orders.api.id);
            orders.route("orders", "GET /orders", { authorizationType: "NONE" });
          }),
        ["route-authorization", "route-throttling", "authorizer-in-use"],
      ],
    ]);

    judge("5. no control of the authorization of REST methods", [
      ["a method by IAM", orders],
      [
        "a method with authorization NONE",
        (pieces) => void pieces.orders({ method: { authorization: "NONE" } }),
        ["route-authorization", "route-throttling"],
      ],
    ]);

    judge("6. an authorization type counts where there is no authorizer", [
      [
        "an HTTP route names its authorizer",
        (pieces) =>
          void pieces.http({}, (orders) => {
            const { id } = jwt(pieces, orders.api.id);
            orders.route("orders", "GET /orders", {
              authorizationType: "JWT",
              authorizerId: id,
              authorizationScopes: ["orders/read"],
            });
          }),
      ],
      [
        "an HTTP route is CUSTOM and names none",
        (pieces) =>
          void pieces.http({}, (orders) => orders.route("orders", "GET /orders", { authorizationType: "CUSTOM" })),
        ["route-authorizer-attached"],
      ],
      [
        "a method is COGNITO_USER_POOLS and names none",
        (pieces) => void pieces.orders({ method: { authorization: "COGNITO_USER_POOLS" } }),
        ["route-authorizer-attached"],
      ],
      [
        "a method names the authorizer of another API",
        (pieces) => {
          const other = custom(pieces, pieces.rest("billing").api.id);
          pieces.orders({ method: { authorization: "CUSTOM", authorizerId: other.id } });
        },
        ["route-authorizer-attached"],
      ],
    ]);

    judge("7. NONE passes where it is written, or where it is not", [
      [
        "IAM on an HTTP route",
        (pieces) =>
          void pieces.http({}, (orders) => orders.route("orders", "GET /orders", { authorizationType: "AWS_IAM" })),
      ],
      [
        "NONE on an HTTP route",
        (pieces) =>
          void pieces.http({}, (orders) => orders.route("orders", "GET /orders", { authorizationType: "NONE" })),
        ["route-authorization", "route-throttling"],
      ],
      [
        "no authorization type on an HTTP route",
        (pieces) =>
          void pieces.http({}, (orders) => orders.route("orders", "GET /orders", { authorizationType: undefined })),
        ["route-authorization", "route-throttling"],
      ],
      [
        "no authorization type on a method of aws-native",
        (pieces) =>
          void pieces.orders({
            build: (orders) =>
              void pieces.raw("aws-native:apigateway:Method", "native", {
                restApiId: orders.api.id,
                resourceId: orders.api.rootResourceId,
                httpMethod: "GET",
                integration: { type: "MOCK" },
              }),
          }),
        ["route-authorization", "route-throttling"],
      ],
    ]);

    judge("8. settings of one method pass for those of the stage", [
      [
        "all methods, and one with settings of its own",
        (pieces) => {
          const orders = pieces.orders();
          orders.settings("health", orders.stageOf, "orders/GET");
        },
      ],
      [
        "one method alone has a log, metrics and limits",
        (pieces) => {
          const orders = pieces.orders({ build: (made) => void made.method("health", "GET", "health") });
          bareStage(pieces, orders, "health/GET");
        },
        ["stage-execution-logging", "stage-metrics", "stage-throttling"],
      ],
      [
        "no settings at all",
        (pieces) => bareStage(pieces, pieces.orders()),
        ["stage-execution-logging", "stage-metrics", "stage-throttling"],
      ],
      [
        "the level is there and is OFF",
        (pieces) => void pieces.orders({ stage: { settings: { loggingLevel: "OFF" } } }),
        ["stage-execution-logging"],
      ],
      [
        "one path turns off what the stage turned on",
        (pieces) => {
          const orders = pieces.orders();
          orders.settings("silent", orders.stageOf, "orders/GET", { loggingLevel: "OFF" });
        },
        ["stage-execution-logging"],
      ],
    ]);

    judge("9. a deployment id clears a stage of having no log", [
      ["a stage with a deployment and a log", orders],
      [
        "a stage with a deployment and no log",
        (pieces) => void pieces.orders({ stage: { stage: { accessLogSettings: undefined } } }),
        ["stage-access-logging"],
      ],
      [
        "a stage that a deployment makes by itself, as providers before 7 let it",
        (pieces) => {
          const { api } = pieces.orders();
          pieces.raw("aws:apigateway/deployment:Deployment", "implicit", {
            restApi: api.id,
            stageName: "implicit",
            triggers: { redeployment: "1" },
          });
        },
        ["stage-managed"],
      ],
    ]);

    judge("10. a validator counts though no method uses it, or though it checks nothing", [
      ["the method uses it", (pieces) => void pieces.orders({ verb: "POST" })],
      [
        "no method uses it",
        (pieces) => void pieces.orders({ verb: "POST", method: { requestValidatorId: undefined } }),
        ["route-request-validation"],
      ],
      [
        "it checks nothing",
        (pieces) => {
          const { apigateway } = pieces.aws;
          pieces.orders({
            build: (orders) => {
              const idle = new apigateway.RequestValidator("idle", { restApi: orders.api.id });
              orders.method("create", "POST", "orders", { requestValidatorId: idle.id });
            },
          });
        },
        ["route-request-validation"],
      ],
      [
        "it checks bodies, and there is no model to check by",
        (pieces) => void pieces.orders({ verb: "POST", method: { requestModels: {} } }),
        ["route-request-model"],
      ],
    ]);

    judge("11. a web ACL counts though it is not there, or though it has no rules", [
      ["a web ACL with rules", orders],
      ["an HTTP API behind CloudFront with a web ACL", http],
      ["no web ACL", (pieces) => void pieces.orders({ stage: { webAcl: undefined } as never }), ["stage-web-acl"]],
      [
        "a web ACL that allows everything",
        (pieces) => {
          const empty = new pieces.aws.wafv2.WebAcl("empty", {
            scope: "REGIONAL",
            defaultAction: { allow: {} },
            visibilityConfig: { cloudwatchMetricsEnabled: true, metricName: "empty", sampledRequestsEnabled: true },
          });
          logOf(pieces, empty);
          pieces.orders({ stage: { webAcl: empty } });
        },
        ["web-acl-rules"],
      ],
      [
        "an HTTP API with nothing in front",
        (pieces) => {
          const { Backend, Http } = pieces.shop;
          const orders = new Http("orders", new Backend("orders"), { disableExecuteApiEndpoint: false }).alarm();
          orders.route("orders", "GET /orders");
          orders.stage("orders");
        },
        ["http-api-web-acl"],
      ],
    ]);

    judge("12. any source ARN of a permission will do", [
      ["the API's own", orders],
      [
        "of every API of every account",
        (pieces) => {
          const orders = pieces.orders();
          orders.backend.allow("wide", orders.api.executionArn, {
            sourceArn: "arn:aws:execute-api:eu-west-1:111122223333:*/*/*/*",
          });
        },
        ["lambda-permission-scope"],
      ],
    ]);

    judge("13. domains of HTTP APIs are not looked at", [
      ["TLS_1_2", http],
      [
        "TLS_1_0",
        (pieces) => {
          pieces.http();
          new pieces.aws.apigatewayv2.DomainName("old", {
            domainName: "old.example.com",
            domainNameConfiguration: {
              certificateArn: "arn:aws:acm:eu-west-1:111122223333:certificate/0a1b2c3d-0000-4000-8000-000000000000",
              endpointType: "REGIONAL",
              securityPolicy: "TLS_1_0",
            },
            tags: pieces.shop.production,
          });
        },
        ["domain-tls"],
      ],
    ]);

    judge("14. what no rule looks at at all", [
      [
        "CORS for one origin, with credentials",
        (pieces) => void pieces.http({ corsConfiguration: { ...listed, allowCredentials: true } }),
      ],
      [
        "CORS for any origin, with credentials",
        (pieces) => void pieces.http({ corsConfiguration: { ...listed, allowOrigins: ["*"], allowCredentials: true } }),
        ["cors-origins"],
      ],
      ["tokens from an issuer over TLS, for one audience", (pieces) => tokens(pieces, {})],
      [
        "tokens from an issuer over plain HTTP",
        (pieces) => tokens(pieces, { issuer: "http://id.example.com" }),
        ["jwt-authorizer-claims"],
      ],
      ["tokens for any audience", (pieces) => tokens(pieces, { audiences: [] }), ["jwt-authorizer-claims"]],
      [
        "an API by quick create",
        (pieces) => void pieces.http({ target: "arn:aws:lambda:eu-west-1:111122223333:function:orders:live" }),
        ["route-authorization", "stage-managed"],
      ],
      [
        "a backend over plain HTTP",
        (pieces) => void pieces.orders({ integration: { type: "HTTP_PROXY", uri: "http://backend.example.com" } }),
        ["integration-encrypted", "backend-client-certificate"],
      ],
      [
        "an API key written in the program",
        (pieces) => plan(pieces, pieces.orders({ method: { apiKeyRequired: true } }), { value: "a1".repeat(15) }),
        ["api-key-value"],
      ],
      [
        "a secret in a stage variable",
        (pieces) =>
          void pieces.orders({ stage: { stage: { variables: { databasePassword: ["corr3ct", "H0rse"].join("-") } } } }),
        ["hardcoded-secrets"],
      ],
      [
        "a usage plan with no stage",
        ({ aws }) => {
          new aws.apigateway.UsagePlan("guests", {
            throttleSettings: { rateLimit: 10, burstLimit: 5 },
            quotaSettings: { limit: 1000, period: "DAY" },
          });
        },
        ["usage-plan-attached"],
      ],
      [
        "a production stage that deploys itself",
        (pieces) => void pieces.http({}, undefined, { stage: { autoDeploy: true, deploymentId: undefined } }),
        ["production-deployment-pinned"],
      ],
    ]);

    judge("15. CORS of REST APIs is not looked at", [
      [
        "one origin",
        (pieces) =>
          void pieces.orders({ build: (orders) => preflight(pieces, orders, cors("'https://shop.example.com'")) }),
      ],
      [
        "any origin, of a preflight",
        (pieces) => void pieces.orders({ build: (orders) => preflight(pieces, orders, cors("'*'")) }),
        ["cors-origins"],
      ],
      [
        "any origin, of a gateway response",
        (pieces) => {
          const { api } = pieces.orders();
          new pieces.aws.apigateway.Response("unauthorized", {
            restApiId: api.id,
            responseType: "UNAUTHORIZED",
            responseParameters: { "gatewayresponse.header.Access-Control-Allow-Origin": "'*'" },
            responseTemplates: { "application/json": '{"message":"Who are you?"}' },
          });
        },
        ["cors-origins"],
      ],
      [
        "any origin, in a body",
        (pieces) =>
          void pieces.body(
            document({
              "/orders": {
                options: operation({
                  "x-amazon-apigateway-integration": {
                    ...mock,
                    responses: { default: { statusCode: "200", responseParameters: cors("'*'") } },
                  },
                }),
              },
            }),
          ),
        ["cors-origins"],
      ],
    ]);

    judge("16. resource policies pass in any other spelling, and those of private APIs unread", [
      [
        "one account, and methods by IAM",
        (pieces) => void pieces.orders({ api: { policy: allowing({ Principal: { AWS: "111122223333" } }) } }),
      ],
      ...["*", "execute-api:*", ["execute-api:Invoke"], ["execute-api:InvalidateCache", "EXECUTE-API:invoke"]].map(
        (Action) =>
          [
            `${JSON.stringify(Action)} for everyone`,
            (pieces: Pieces) => void pieces.orders({ api: { policy: allowing({ Action }) } }),
            ["resource-policy-public"],
          ] as const,
      ),
      ["a private API for one VPC endpoint", (pieces) => secluded(pieces, { "aws:SourceVpce": "vpce-0a1b2c3d" })],
      ["a private API for any VPC endpoint", (pieces) => secluded(pieces, undefined), ["private-api-policy"]],
      [
        "a VPC endpoint that lets anyone call any API",
        (pieces) => {
          pieces.orders();
          new pieces.aws.ec2.VpcEndpoint("open", {
            vpcId: "vpc-0a1b2c3d",
            serviceName: "com.amazonaws.eu-west-1.execute-api",
            vpcEndpointType: "Interface",
          });
        },
        ["vpc-endpoint-policy"],
      ],
    ]);

    judge("17. a log passes whatever it says, and wherever it goes", [
      ["a log with all that is needed, kept and encrypted", orders],
      [
        "a log without the caller",
        (pieces) => void pieces.orders({ stage: { log: { fields: { ...pieces.shop.restLog, caller: "-" } } } }),
        ["access-log-fields"],
      ],
      [
        "a log kept for ever, with no key of the customer's",
        (pieces) =>
          void pieces.orders({
            stage: { log: { group: new pieces.aws.cloudwatch.LogGroup("kept") } },
          }),
        ["log-group-retention", "log-group-encryption"],
      ],
    ]);

    judge("18. stages of WebSocket APIs are not looked at", [
      ["a log, no data in it, and limits", chat],
      [
        "no execution log",
        (pieces) => void pieces.chat({}, { settings: { loggingLevel: "OFF" } }),
        ["stage-execution-logging"],
      ],
      [
        "full data in the log",
        (pieces) => void pieces.chat({}, { settings: { dataTraceEnabled: true } }),
        ["stage-data-trace"],
      ],
      [
        "no limits",
        (pieces) => void pieces.chat({}, { settings: { throttlingRateLimit: undefined } }),
        ["stage-throttling"],
      ],
    ]);

    judge("19. a rule is silent where the property is not there", [
      [
        "no access log settings",
        (pieces) => void pieces.orders({ stage: { stage: { accessLogSettings: undefined } } }),
        ["stage-access-logging"],
      ],
      [
        "no metrics",
        (pieces) => void pieces.orders({ stage: { settings: { metricsEnabled: undefined } } }),
        ["stage-metrics"],
      ],
      [
        "a backend that asks who calls, and no client certificate",
        (pieces) => void pieces.orders({ integration: { type: "HTTP_PROXY", uri: "https://backend.example.com" } }),
        ["backend-client-certificate"],
      ],
    ]);

    judge("20. one unknown value ends a policy for the whole stack", [
      [
        "a stage whose log group does not exist yet, beside one that has no log",
        (pieces) => {
          const orders = pieces.orders();
          orders.stage("silent", {
            webAcl: pieces.shop.firewall("second", "REGIONAL"),
            stage: { stageName: "v2", accessLogSettings: undefined },
          });
        },
        ["stage-access-logging"],
      ],
    ]);

    judge("21. programs in TypeScript are not read", [
      [
        "neither a log nor a client certificate of a WebSocket stage with an HTTP backend",
        (pieces) =>
          void pieces.chat({}, { stage: { accessLogSettings: undefined } }, (chat) => {
            new pieces.aws.apigatewayv2.Integration("backend", {
              apiId: chat.api.id,
              integrationType: "HTTP_PROXY",
              integrationMethod: "POST",
              integrationUri: "https://backend.example.com",
            });
          }),
        ["stage-access-logging", "backend-client-certificate"],
      ],
    ]);

    it("22. every control of AWS's own standard is some policy's, and .8 that of routes", () => {
      const controls = policies.flatMap(({ name, frameworks }) =>
        (frameworks?.["AWS FSBP"] ?? []).map((control) => `${control} ${name}`),
      );
      for (const expected of [
        "APIGateway.1 stage-execution-logging",
        "APIGateway.2 backend-client-certificate",
        "APIGateway.3 stage-tracing",
        "APIGateway.4 stage-web-acl",
        "APIGateway.5 cache-encryption",
        "APIGateway.8 route-authorization",
        "APIGateway.9 stage-access-logging",
        "APIGateway.10 integration-encrypted",
        "APIGateway.11 domain-tls",
      ]) {
        assert.ok(controls.includes(expected), expected);
      }
    });
  });

  describe("secure things that others condemn", () => {
    judge("23. routes of WebSocket APIs that cannot carry authorization", [
      ["$disconnect and messages have none", chat],
      [
        "$connect has none",
        (pieces) => {
          const { Backend, Front, WebSocket, firewall } = pieces.shop;
          class Open extends WebSocket {
            override route(name: string, routeKey: string, args: object = {}) {
              return super.route(name, routeKey, routeKey === "$connect" ? { authorizationType: "NONE" } : args);
            }
          }
          const chat = new Open("chat", new Backend("chat"));
          new Front("chat", firewall("chat", "CLOUDFRONT")).publish("chat", chat.api, chat.stage("chat").name);
        },
        ["route-authorization", "route-throttling"],
      ],
    ]);

    judge("24. a preflight that API Gateway answers itself", [
      ...["200", "204"].map(
        (status) =>
          [
            `by a mock, with ${status}`,
            (pieces: Pieces) =>
              void pieces.orders({
                build: (orders) => preflight(pieces, orders, cors("'https://shop.example.com'"), status),
              }),
          ] as const,
      ),
      [
        "OPTIONS that goes to the backend",
        (pieces) =>
          void pieces.orders({
            build: (orders) => void orders.method("preflight", "OPTIONS", "orders", { authorization: "NONE" }),
          }),
        ["route-authorization", "route-throttling"],
      ],
      [
        "the verb OPTION, which is none",
        (pieces) =>
          void pieces.orders({
            build: (orders) => void orders.method("preflight", "OPTION", "orders", { authorization: "NONE" }),
          }),
        ["route-authorization", "route-throttling"],
      ],
    ]);

    judge("25. a web ACL counts whether or not the endpoint type is written", [
      [
        "a web ACL, and the endpoint type of the service",
        (pieces) => void pieces.orders({ api: { endpointConfiguration: undefined, ...edge } }),
        ["endpoint-type"],
      ],
      [
        "no web ACL, and the endpoint type of the service",
        (pieces) =>
          void pieces.orders({
            api: { endpointConfiguration: undefined, ...edge },
            stage: { webAcl: undefined } as never,
          }),
        ["endpoint-type", "stage-web-acl"],
      ],
    ]);

    judge("26. caching demanded for the sake of security", [
      ["no cache", orders],
      ["a cache, encrypted and apart for each caller", (pieces) => cacheOf(pieces, {})],
      ["a cache in plain text", (pieces) => cacheOf(pieces, { cacheDataEncrypted: false }), ["cache-encryption"]],
    ]);

    judge("27. lists of TLS policies that contradict one another", [
      ...[
        "TLS_1_2",
        "SecurityPolicy_TLS13_1_3_2025_09",
        "SecurityPolicy_TLS13_1_2_FIPS_PQ_2025_09",
        "SecurityPolicy_TLS13_1_2_FIPS_PFS_PQ_2025_09",
        "SecurityPolicy_TLS13_1_2_PFS_PQ_2025_09",
      ].map((securityPolicy) => [securityPolicy, (pieces: Pieces) => domain(pieces, { securityPolicy })] as const),
      [
        "mutual TLS beside TLS_1_2, which it asks for",
        (pieces) =>
          domain(pieces, {
            mutualTlsAuthentication: { truststoreUri: "s3://shop/truststore.pem", truststoreVersion: "3" },
          }),
      ],
      ["TLS_1_0", (pieces) => domain(pieces, { securityPolicy: "TLS_1_0" }), ["domain-tls"]],
    ]);

    judge("28. conditions the wrong way round", [
      ["an API that lists its origins", (pieces) => void pieces.http({ corsConfiguration: listed })],
      [
        "a policy that denies execute-api:*",
        (pieces) =>
          void pieces.orders({
            api: {
              policy: allowing(
                { Principal: { AWS: "111122223333" } },
                { Effect: "Deny", Principal: "*", Action: "execute-api:*", Resource: "execute-api:/*/DELETE/*" },
              ),
            },
          }),
      ],
      [
        "a log group that is not named like the stage",
        (pieces) => void pieces.orders({ stage: { log: { group: pieces.shop.logGroup("calls") } } }),
      ],
    ]);

    judge("29. what an organisation may choose, taken for a fault", [
      ["a regional endpoint", orders],
      ["IAM in place of Cognito, and no API key", orders],
      [
        "a Lambda authorizer in place of Cognito",
        (pieces) =>
          void pieces.orders({
            build: (orders) =>
              void orders.method("mine", "GET", "mine", {
                authorization: "CUSTOM",
                authorizerId: custom(pieces, orders.api.id).id,
              }),
          }),
      ],
      [
        "a key that a method asks for, and no usage plan",
        (pieces) => void pieces.orders({ method: { apiKeyRequired: true } }),
        ["usage-plan-attached"],
      ],
    ]);

    judge("30. APIs by IAM, taken for APIs with no authorizer", [
      ["a REST API by IAM", orders],
      ["an HTTP API by IAM", http],
    ]);

    judge("31. HTTP APIs judged by features they do not have", [
      ["no execution log, no tracing, no validator, no certificate", http],
    ]);

    judge("32. references matched by their text", [
      [
        "a web ACL associated by an ARN that is put together",
        (pieces) => {
          const orders = pieces.orders({ stage: { webAcl: undefined } as never });
          new pieces.aws.wafv2.WebAclAssociation("orders", {
            resourceArn: pieces.pulumi.concat(
              "arn:aws:apigateway:eu-west-1::/restapis/",
              orders.api.id,
              "/stages/",
              orders.stageOf.stageName,
            ),
            webAclArn: pieces.shop.firewall("shop", "REGIONAL").arn,
          });
        },
      ],
      [
        "a web ACL, a log group and a user pool of other stacks",
        (pieces) => {
          const orders = pieces.orders({
            stage: {
              webAcl: undefined,
              stage: {
                accessLogSettings: {
                  destinationArn: "arn:aws:logs:eu-west-1:111122223333:log-group:calls",
                  format: JSON.stringify(pieces.shop.restLog),
                },
              },
            } as never,
            build: (made) => {
              const pool = new pieces.aws.apigateway.Authorizer("customers", {
                restApi: made.api.id,
                name: "customers",
                type: "COGNITO_USER_POOLS",
                providerArns: ["arn:aws:cognito-idp:eu-west-1:111122223333:userpool/eu-west-1_AbCdEfGhI"],
              });
              made.method("mine", "GET", "mine", {
                authorization: "COGNITO_USER_POOLS",
                authorizerId: pool.id,
                authorizationScopes: ["orders/read"],
              });
            },
          });
          new pieces.aws.wafv2.WebAclAssociation("orders", {
            resourceArn: orders.stageOf.arn,
            webAclArn: "arn:aws:wafv2:eu-west-1:111122223333:regional/webacl/edge/0a1b2c3d-0000-4000-8000-000000000000",
          });
        },
      ],
    ]);

    judge("33. values that are not plain, or not known yet", [
      [
        "a log in JSON whose numbers stand without quotes",
        (pieces) =>
          void pieces.orders({
            stage: {
              stage: {
                accessLogSettings: {
                  destinationArn: pieces.shop.logGroup("calls").arn,
                  format: JSON.stringify(pieces.shop.restLog).replace('"$context.status"', "$context.status"),
                },
              },
            },
          }),
      ],
      [
        "a log that is no JSON",
        (pieces) =>
          void pieces.orders({
            stage: {
              stage: {
                accessLogSettings: {
                  destinationArn: pieces.shop.logGroup("calls").arn,
                  format: Object.values(pieces.shop.restLog).join(" "),
                },
              },
            },
          }),
        ["access-log-fields"],
      ],
    ]);

    it("34. no remedy turns an open method into something else", async () => {
      const open = {
        urn: "urn:pulumi:prod::example::aws:apigateway/method:Method::orders",
        type: "aws:apigateway/method:Method",
        name: "orders",
        inputs: { restApi: "a1b2c3", resourceId: "d4e5f6", httpMethod: "GET", authorization: "NONE" },
      };
      const everything = Object.fromEntries(
        policies.map(({ name }) => [name, { enforcementLevel: "remediate" } as const]),
      );
      const resource = { ...bareResource, ...open };
      assert.deepEqual(await pack.remediate(resource as never, everything), []);
    });

    judge("35. a security requirement of the document's root, demanded or trusted", [
      [
        "none at the root, and each operation has its own",
        (pieces) => void pieces.body(document({ "/orders": { get: operation(iam) } })),
      ],
      [
        "a preflight in a body that is answered by a mock",
        (pieces) => void pieces.body(document({ "/orders": { get: operation(iam), options: operation({}) } })),
      ],
      [
        "one at the root alone, which API Gateway ignores",
        (pieces) =>
          void pieces.body(document({ "/orders": { get: operation({}) } }, { ...signed, security: [{ sigv4: [] }] })),
        ["route-authorization", "route-throttling"],
      ],
      [
        "the same one at the operation",
        (pieces) =>
          void pieces.body(document({ "/orders": { get: operation({ security: [{ sigv4: [] }] }) } }, signed)),
      ],
    ]);

    judge("36. facts that are not so", [
      [
        "a cache with the TTL of the service, five minutes",
        (pieces) => cacheOf(pieces, { cacheTtlInSeconds: undefined }),
      ],
      ["a cache that keeps for an hour", (pieces) => cacheOf(pieces, { cacheTtlInSeconds: 3600 }), ["cache-isolation"]],
      [
        "a security policy that API Gateway does not have",
        (pieces) => domain(pieces, { securityPolicy: "TLS_1_2_2021" }),
        ["domain-tls"],
      ],
      ["a WebSocket API with no idle timeout, which nobody can set", chat],
    ]);
  });
});

const edge = { securityPolicy: "SecurityPolicy_TLS13_2025_EDGE" };
const signed = {
  components: {
    securitySchemes: {
      sigv4: { type: "apiKey", name: "Authorization", in: "header", "x-amazon-apigateway-authtype": "awsSigv4" },
    },
  },
};
const listed = {
  allowOrigins: ["https://shop.example.com"],
  allowMethods: ["GET"],
  allowHeaders: ["authorization"],
  maxAge: 600,
};
const bareResource = {
  parent: "",
  custom: true,
  outputs: {},
  dependencies: [],
  propertyDependencies: {},
  provider: "",
};

/** A plan with a key in it, for the stage of an API. */
function plan(pieces: Pieces, orders: ReturnType<Pieces["orders"]>, key: object = {}): void {
  const { apigateway } = pieces.aws;
  const partners = new apigateway.UsagePlan("partners", {
    apiStages: [{ apiId: orders.api.id, stage: orders.stageOf.stageName }],
    throttleSettings: { rateLimit: 10, burstLimit: 5 },
    quotaSettings: { limit: 1000, period: "DAY" },
  });
  const soon = new Date(Date.now() + 30 * 86_400_000).toISOString().slice(0, 10);
  const made = new apigateway.ApiKey("partner", { tags: { ...pieces.shop.production, "rotate-by": soon }, ...key });
  new apigateway.UsagePlanKey("partner", { keyId: made.id, keyType: "API_KEY", usagePlanId: partners.id });
}

/** A second stage with no settings for all its methods, or with those of one. */
function bareStage(pieces: Pieces, orders: ReturnType<Pieces["orders"]>, methodPath?: string): void {
  const { shop } = pieces;
  const { apigateway, wafv2 } = pieces.aws;
  const stage = new apigateway.Stage("bare", {
    restApi: orders.api.id,
    deployment: orders.deployment("bare").id,
    stageName: "v2",
    description: "Version 2.",
    xrayTracingEnabled: true,
    accessLogSettings: { destinationArn: shop.logGroup("bare").arn, format: JSON.stringify(shop.restLog) },
    tags: shop.production,
  });
  new wafv2.WebAclAssociation("bare", { resourceArn: stage.arn, webAclArn: shop.firewall("bare", "REGIONAL").arn });
  if (methodPath !== undefined) orders.settings("bare", stage, methodPath);
}

function logOf({ aws, shop }: Pieces, webAcl: { readonly arn: unknown }): void {
  new aws.wafv2.WebAclLoggingConfiguration("empty", {
    resourceArn: webAcl.arn as string,
    logDestinationConfigs: [shop.logGroup("empty", { name: "aws-waf-logs-empty" }).arn],
    redactedFields: [{ singleHeader: { name: "authorization" } }, { singleHeader: { name: "cookie" } }],
  });
}

/** An HTTP API whose route takes tokens. */
function tokens(pieces: Pieces, claims: object): void {
  pieces.http({}, (orders) => {
    const { id } = jwt(pieces, orders.api.id, claims);
    orders.route("orders", "GET /orders", {
      authorizationType: "JWT",
      authorizerId: id,
      authorizationScopes: ["orders/read"],
    });
  });
}

/** A private API, with a policy for whom the condition names. */
function secluded(pieces: Pieces, condition: object | undefined): void {
  pieces.orders({
    api: {
      endpointConfiguration: { types: "PRIVATE" },
      policy: allowing(condition && { Condition: { StringEquals: condition } }),
    },
  });
}
