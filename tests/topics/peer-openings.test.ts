import { allowing, judgeVariants } from "../support/shop";
import type { Pieces, Variant } from "../support/shop";
import { Pack } from "../support/stack";

// What none of the other tools looks at. As with their faults, the secure variant of a compliant program passes the
// whole pack, and the insecure one is caught by the policies whose business it is and by no other.
//
// Two questions of that list are left alone. A security policy `SecurityPolicy_…` with no endpoint access mode is one
// that API Gateway refuses, so nothing insecure comes of it; and a stage's limit that is as high as the account's still
// bounds one stage, so it counts as a limit, and one above it does not.

const functionUri = (name: string): string =>
  `arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/arn:aws:lambda:eu-west-1:111122223333:function:${name}:live/invocations`;
const mock = { type: "mock", requestTemplates: { "application/json": '{"statusCode":200}' } };

const scheme = {
  type: "apiKey",
  name: "Authorization",
  in: "header",
  "x-amazon-apigateway-authtype": "custom",
  "x-amazon-apigateway-authorizer": {
    type: "token",
    authorizerUri: functionUri("tokens"),
    authorizerCredentials: "arn:aws:iam::111122223333:role/authorizer",
    authorizerResultTtlInSeconds: 60,
  },
};
const document = (get: object, more: object = {}): Readonly<Record<string, unknown>> => ({
  openapi: "3.0.1",
  info: { title: "orders", version: "1", description: "Orders of the shop." },
  paths: { "/orders": { get: { "x-amazon-apigateway-integration": mock, responses: {}, ...get } } },
  ...more,
});

/** A setting of the method's own beside that for all methods. */
const override =
  (settings: object) =>
  (pieces: Pieces): void => {
    const orders = pieces.orders();
    orders.settings("orders-get", orders.stageOf, "orders/GET", settings);
  };

const authorizer = (pieces: Pieces, restApi: unknown, more: object = {}) =>
  new pieces.aws.apigateway.Authorizer("tokens", {
    restApi: restApi as string,
    name: "tokens",
    type: "REQUEST",
    identitySource: "method.request.header.Authorization",
    authorizerUri: functionUri("tokens"),
    authorizerCredentials: "arn:aws:iam::111122223333:role/authorizer",
    ...more,
  });

/** A method with a Lambda authorizer. */
const guarded =
  (more: object) =>
  (pieces: Pieces): void =>
    void pieces.orders({
      build: (orders) =>
        void orders.method("mine", "GET", "mine", {
          authorization: "CUSTOM",
          authorizerId: authorizer(pieces, orders.api.id, more).id,
        }),
    });

const headers = (origin: string, place = "method"): Readonly<Record<string, string>> => ({
  [`${place}.header.Access-Control-Allow-Origin`]: origin,
  [`${place}.header.Access-Control-Allow-Credentials`]: "'true'",
});

/** A domain with mutual TLS before an API. */
const mutual =
  (truststore: object, api: object = { disableExecuteApiEndpoint: true }) =>
  (pieces: Pieces): void => {
    const { apigateway } = pieces.aws;
    const orders = pieces.orders({ api });
    const domain = new apigateway.DomainName("partners", {
      domainName: "partners.example.com",
      regionalCertificateArn: "arn:aws:acm:eu-west-1:111122223333:certificate/0a1b2c3d-0000-4000-8000-000000000000",
      endpointConfiguration: { types: "REGIONAL" },
      securityPolicy: "TLS_1_2",
      mutualTlsAuthentication: { truststoreUri: "s3://shop/truststore.pem", ...truststore },
      tags: pieces.shop.production,
    });
    new apigateway.BasePathMapping("partners", {
      restApi: orders.api.id,
      domainName: domain.domainName,
      stageName: orders.stageOf.stageName,
    });
  };

const endpoint = (pieces: Pieces, policy: string | undefined) =>
  new pieces.aws.ec2.VpcEndpoint("calls", {
    vpcId: "vpc-0a1b2c3d",
    serviceName: "com.amazonaws.eu-west-1.execute-api",
    vpcEndpointType: "Interface",
    privateDnsEnabled: true,
    ...(policy === undefined ? {} : { policy }),
  });

const withLog =
  (field: string) =>
  (pieces: Pieces): void =>
    void pieces.orders({ stage: { log: { fields: { ...pieces.shop.restLog, more: field } } } });

const cached =
  (settings: object) =>
  (pieces: Pieces): void => {
    const safe = { cachingEnabled: true, cacheDataEncrypted: true, requireAuthorizationForCacheControl: true };
    const orders = pieces.orders({
      method: { requestParameters: { "method.request.header.Authorization": true } },
      integration: { cacheKeyParameters: ["method.request.header.Authorization"] },
      stage: { stage: { cacheClusterEnabled: true, cacheClusterSize: "0.5" }, settings: safe },
    });
    orders.settings("orders-get", orders.stageOf, "orders/GET", { ...safe, ...settings });
  };

const apart = (pieces: Pieces, backend: "shared" | "apart", name: string): void => {
  const { aws, shop } = pieces;
  const live = pieces.orders({ api: { disableExecuteApiEndpoint: true } });
  const test = new shop.Rest("next", backend === "shared" ? live.backend : new shop.Backend("next"), {
    disableExecuteApiEndpoint: true,
    tags: shop.development,
  });
  test.answerErrors().alarm().method("next", "GET", "orders");
  test.backend.allow("next-api", test.api.executionArn);
  const next = test.stage("next", {
    tags: shop.development,
    webAcl: shop.firewall("next", "REGIONAL"),
    settings: { throttlingRateLimit: 10, throttlingBurstLimit: 5 },
  });
  const domain = (domainName: string, tags: typeof shop.production) =>
    new aws.apigateway.DomainName(domainName, {
      domainName: `${domainName}.example.com`,
      regionalCertificateArn: "arn:aws:acm:eu-west-1:111122223333:certificate/0a1b2c3d-0000-4000-8000-000000000000",
      endpointConfiguration: { types: "REGIONAL" },
      securityPolicy: "TLS_1_2",
      tags,
    });
  const first = domain("shop", shop.production);
  const second = name === "shop" ? first : domain(name, shop.development);
  for (const [basePath, made, stage, on] of [
    ["orders", live, live.stageOf, first],
    ["next", test, next, second],
  ] as const) {
    new aws.apigateway.BasePathMapping(basePath, {
      restApi: made.api.id,
      stageName: stage.stageName,
      domainName: on.domainName,
      basePath,
    });
  }
};

const orders = (pieces: Pieces): void => void pieces.orders();

describe("openings of other tools", () => {
  let pack: Pack;
  before(async () => {
    pack = await Pack.boot();
  });
  after(() => pack.close());
  const judge = (title: string, variants: readonly Variant[]): void => judgeVariants(title, variants, () => pack);

  judge("authorization in force, of body, methods and routes together", [
    ["IAM by the operation's extension", (pieces) => void pieces.body(document(awsIam))],
    ["an authorizer by the operation's security", (pieces) => void pieces.body(document(byTokens, withTokens))],
    [
      "NONE by the operation's extension, over the security it names",
      (pieces) => void pieces.body(document({ ...byTokens, "x-amazon-apigateway-auth": { type: "NONE" } }, withTokens)),
      ["route-authorization", "route-throttling", "authorizer-in-use"],
    ],
    [
      "an open method beside a body of which every operation has authorization",
      (pieces) => {
        const { api } = pieces.body(document(awsIam));
        const place = { restApi: api.id, resourceId: api.rootResourceId };
        const method = new pieces.aws.apigateway.Method("root", {
          ...place,
          httpMethod: "GET",
          authorization: "NONE",
        });
        new pieces.aws.apigateway.Integration("root", { ...place, httpMethod: method.httpMethod, type: "MOCK" });
      },
      ["route-authorization", "route-throttling"],
    ],
    [
      "the route of quick create beside one with authorization",
      (pieces) => void pieces.http({ target: "arn:aws:lambda:eu-west-1:111122223333:function:orders:live" }),
      ["route-authorization", "stage-managed"],
    ],
    [
      "any method of a path, in a body",
      (pieces) =>
        void pieces.body(
          document(
            {},
            {
              paths: { "/orders": { "x-amazon-apigateway-any-method": { "x-amazon-apigateway-integration": mock } } },
            },
          ),
        ),
      ["route-authorization", "route-throttling", "route-catch-all"],
    ],
  ]);

  judge("authorizers that are missing, another API's, or answer whoever comes", [
    ["one with an identity source", guarded({})],
    ["none", (pieces) => void pieces.orders({ method: { authorization: "CUSTOM" } }), ["route-authorizer-attached"]],
    [
      "another API's",
      (pieces) => {
        const { id } = authorizer(pieces, pieces.rest("billing").api.id);
        pieces.orders({ method: { authorization: "CUSTOM", authorizerId: id } });
      },
      ["route-authorizer-attached"],
    ],
    ["results kept for nobody in particular", guarded({ identitySource: "" }), ["authorizer-identity-source"]],
    ["no results kept, so nobody need be told apart", guarded({ identitySource: "", authorizerResultTtlInSeconds: 0 })],
  ]);

  judge("a path with settings weaker than those of the stage", [
    ["a path with the stage's settings", override({})],
    ["no log", override({ loggingLevel: "OFF" }), ["stage-execution-logging"]],
    ["full data in the log", override({ dataTraceEnabled: true }), ["stage-data-trace"]],
    ["no limit", override({ throttlingRateLimit: -1, throttlingBurstLimit: -1 }), ["stage-throttling"]],
    ["no metrics", override({ metricsEnabled: false }), ["stage-metrics"]],
    ["a cache in force, encrypted", cached({})],
    ["a cache in plain text", cached({ cacheDataEncrypted: false }), ["cache-encryption"]],
    ["a cache that anyone may empty", cached({ requireAuthorizationForCacheControl: false }), ["cache-isolation"]],
    [
      "a route of an HTTP API with no limit of its own block",
      (pieces) =>
        void pieces.http({}, undefined, {
          stage: { routeSettings: [{ routeKey: "GET /orders", detailedMetricsEnabled: true }] },
        }),
      ["stage-throttling"],
    ],
  ]);

  judge("limits that limit nothing, and keys that no plan knows", [
    ["limits above zero", orders],
    [
      "zero",
      (pieces) => void pieces.orders({ stage: { settings: { throttlingRateLimit: 0, throttlingBurstLimit: 0 } } }),
      ["stage-throttling"],
    ],
    [
      "a rate and no burst",
      (pieces) => void pieces.orders({ stage: { settings: { throttlingBurstLimit: undefined } } }),
      ["stage-throttling"],
    ],
    [
      "more than the account has",
      (pieces) => void pieces.orders({ stage: { settings: { throttlingRateLimit: 20_000 } } }),
      ["stage-throttling"],
    ],
    [
      "a key is asked for on a stage of no plan",
      (pieces) => void pieces.orders({ method: { apiKeyRequired: true } }),
      ["usage-plan-attached"],
    ],
  ]);

  judge("CORS for any origin with credentials, on REST APIs", [
    [
      "one origin, of a gateway response",
      (pieces) => gatewayResponse(pieces, headers("'https://shop.example.com'", "gatewayresponse")),
    ],
    [
      "any origin, of a gateway response",
      (pieces) => gatewayResponse(pieces, headers("'*'", "gatewayresponse")),
      ["cors-origins"],
    ],
    [
      "one origin, of an operation in a body",
      (pieces) => void pieces.body(preflight(headers("'https://shop.example.com'", "method.response"))),
    ],
    [
      "any origin, of an operation in a body",
      (pieces) => void pieces.body(preflight(headers("'*'", "method.response"))),
      ["cors-origins"],
    ],
    [
      "any origin, of a gateway response in a body",
      (pieces) =>
        void pieces.body(
          document(awsIam, {
            "x-amazon-apigateway-gateway-responses": {
              UNAUTHORIZED: {
                responseParameters: headers("'*'", "gatewayresponse"),
                responseTemplates: { "application/json": '{"message":"Who are you?"}' },
              },
            },
          }),
        ),
      ["cors-origins"],
    ],
  ]);

  judge("the security policy of the API's own endpoint", [
    ["TLS 1.2 and newer", orders],
    [
      "that of the service, TLS 1.0",
      (pieces) => void pieces.orders({ api: { securityPolicy: undefined, endpointAccessMode: undefined } }),
      ["api-tls"],
    ],
    [
      "that of the service, behind a domain and closed",
      (pieces) =>
        void pieces.orders({
          api: { securityPolicy: undefined, endpointAccessMode: undefined, disableExecuteApiEndpoint: true },
        }),
    ],
  ]);

  judge("mutual TLS that can be got round", [
    ["a truststore whose version is pinned, and one way in", mutual({ truststoreVersion: "3" })],
    ["a truststore of any version", mutual({}), ["domain-mutual-tls"]],
    ["the API's own endpoint open beside it", mutual({ truststoreVersion: "3" }, {}), ["domain-mutual-tls"]],
  ]);

  judge("credentials that integrations use or hand on", [
    [
      "a service called by a role",
      (pieces) =>
        void pieces.orders({
          integration: {
            type: "AWS",
            uri: "arn:aws:apigateway:eu-west-1:sqs:path/111122223333/orders",
            credentials: "arn:aws:iam::111122223333:role/orders-queue",
          },
        }),
    ],
    [
      "a service called as the caller",
      (pieces) =>
        void pieces.orders({
          integration: {
            type: "AWS",
            uri: "arn:aws:apigateway:eu-west-1:sqs:path/111122223333/orders",
            credentials: "arn:aws:iam::*:user/*",
          },
        }),
      ["integration-credentials"],
    ],
  ]);

  judge("VPC endpoints for execute-api", [
    [
      "one that lets call one API",
      (pieces) => {
        pieces.orders();
        endpoint(pieces, allowing({ Resource: "arn:aws:execute-api:eu-west-1:111122223333:a1b2c3d4e5/*" }));
      },
    ],
    [
      "one with the policy of the service",
      (pieces) => {
        pieces.orders();
        endpoint(pieces, undefined);
      },
      ["vpc-endpoint-policy"],
    ],
    [
      "a private API that names no endpoint, and whose policy does",
      (pieces) =>
        void pieces.orders({
          api: {
            endpointConfiguration: { types: "PRIVATE" },
            policy: allowing({ Condition: { StringEquals: { "aws:SourceVpce": "vpce-0a1b2c3d" } } }),
          },
        }),
    ],
    [
      "a private API that names its endpoint, which keeps nobody out, and has no policy",
      (pieces) =>
        void pieces.orders({
          api: { endpointConfiguration: { types: "PRIVATE", vpcEndpointIds: ["vpce-0a1b2c3d"] } },
        }),
      ["private-api-policy"],
    ],
  ]);

  judge("access logs that hold credentials", [
    ["the caller's address", withLog("$context.identity.userAgent")],
    ["the API key", withLog("$context.identity.apiKey"), ["access-log-no-credentials"]],
    ["all claims", withLog("$context.authorizer.claims"), ["access-log-no-credentials"]],
    ["what a Lambda authorizer was given", withLog("$context.authorizer.token"), ["access-log-no-credentials"]],
  ]);

  judge("secrets written where API Gateway keeps settings", [
    [
      "a header that names a secret and does not hold it",
      (pieces) =>
        void pieces.orders({
          integration: { requestParameters: { "integration.request.header.X-Tenant": "'shop'" } },
        }),
    ],
    [
      "an integration's header",
      (pieces) =>
        void pieces.orders({
          integration: { requestParameters: { "integration.request.header.X-Api-Token": `'${secret}'` } },
        }),
      ["hardcoded-secrets"],
    ],
    [
      "a mapping template",
      (pieces) =>
        void pieces.orders({
          integration: { requestTemplates: { "application/json": JSON.stringify({ password: secret }) } },
        }),
      ["hardcoded-secrets"],
    ],
    [
      "a stage variable of an HTTP API",
      (pieces) => void pieces.http({}, undefined, { stage: { stageVariables: { databasePassword: secret } } }),
      ["hardcoded-secrets"],
    ],
  ]);

  judge("a deployment that no change reaches", [
    ["a deployment with triggers", orders],
    [
      "a deployment with none",
      (pieces) => void pieces.orders({ stage: { deployment: { triggers: {} } } }),
      ["deployment-redeploys"],
    ],
  ]);

  judge("environments that meet", [
    ["a domain and a backend for each", (pieces) => apart(pieces, "apart", "next")],
    ["one domain for both", (pieces) => apart(pieces, "apart", "shop"), ["domain-single-environment"]],
    ["one backend for both", (pieces) => apart(pieces, "shared", "next"), ["environment-backend-separate"]],
  ]);
});

const secret = ["corr3ct", "H0rse", "battery"].join("-");
const awsIam = { "x-amazon-apigateway-auth": { type: "AWS_IAM" } };
const withTokens = { components: { securitySchemes: { tokens: scheme } } };
const byTokens = { security: [{ tokens: [] }] };

const preflight = (responseParameters: object): Readonly<Record<string, unknown>> => ({
  ...document(awsIam),
  paths: {
    "/orders": {
      options: {
        "x-amazon-apigateway-integration": {
          ...mock,
          responses: { default: { statusCode: "200", responseParameters } },
        },
      },
    },
  },
});

function gatewayResponse(pieces: Pieces, responseParameters: Readonly<Record<string, string>>): void {
  const { api } = pieces.orders();
  new pieces.aws.apigateway.Response("unauthorized", {
    restApiId: api.id,
    responseType: "UNAUTHORIZED",
    responseParameters,
    responseTemplates: { "application/json": '{"message":"Who are you?"}' },
  });
}
