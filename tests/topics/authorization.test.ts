import assert from "node:assert/strict";
import type { Registered } from "../../preview/engine";
import { Pack } from "../support/stack";
import { said, unknown, written } from "../support/written";
import type { Said } from "../support/written";

const uri =
  "arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/arn:aws:lambda:eu-west-1:111122223333:function:check/invocations";

const restApi = (name = "orders", inputs = {}): Registered =>
  written("aws:apigateway/restApi:RestApi", name, { name, ...inputs });
const httpApi = (name = "shop", inputs = {}): Registered =>
  written("aws:apigatewayv2/api:Api", name, { name, protocolType: "HTTP", ...inputs });
const nativeRest = (name = "orders", inputs = {}): Registered =>
  written("aws-native:apigateway:RestApi", name, { name, ...inputs });

const restAuthorizer = (api: Registered, inputs: Record<string, unknown>): Registered =>
  written(
    "aws:apigateway/authorizer:Authorizer",
    "callers",
    { restApi: unknown, name: "callers", type: "TOKEN", authorizerUri: uri, ...inputs },
    { from: { restApi: [api] } },
  );
const httpAuthorizer = (api: Registered, inputs: Record<string, unknown>, from = {}): Registered =>
  written(
    "aws:apigatewayv2/authorizer:Authorizer",
    "callers",
    { apiId: unknown, name: "callers", ...inputs },
    { from: { apiId: [api], ...from } },
  );
const method = (api: Registered, inputs: Record<string, unknown>, from = {}): Registered =>
  written(
    "aws:apigateway/method:Method",
    "list",
    { restApi: unknown, resourceId: unknown, httpMethod: "GET", ...inputs },
    { from: { restApi: [api], resourceId: [api], ...from } },
  );
const route = (api: Registered, routeKey: string, inputs: Record<string, unknown> = {}, from = {}): Registered =>
  written(
    "aws:apigatewayv2/route:Route",
    routeKey,
    { apiId: unknown, routeKey, ...inputs },
    { from: { apiId: [api], ...from } },
  );

const nothing: Said = { violations: [], unverified: [] };
const fails = (...violations: string[]): Said => ({ violations, unverified: [] });
const open = (...unverified: string[]): Said => ({ violations: [], unverified });

interface Case {
  readonly policy: string;
  readonly title: string;
  readonly resources: () => readonly Registered[];
  readonly said: Said;
  readonly config?: Readonly<Record<string, unknown>>;
}

const cases: readonly Case[] = [
  // Scopes
  {
    policy: "route-authorization-scopes",
    title: "a method of aws-native names none",
    resources: () => {
      const api = nativeRest();
      const authorizer = written(
        "aws-native:apigateway:Authorizer",
        "customers",
        { restApiId: unknown, name: "customers", type: "COGNITO_USER_POOLS", providerArns: [unknown] },
        { from: { restApiId: [api] } },
      );
      const list = written(
        "aws-native:apigateway:Method",
        "list",
        {
          restApiId: unknown,
          resourceId: unknown,
          httpMethod: "GET",
          authorizationType: "COGNITO_USER_POOLS",
          authorizerId: unknown,
        },
        { from: { restApiId: [api], resourceId: [api], authorizerId: [authorizer] } },
      );
      return [api, authorizer, list];
    },
    said: fails('GET / of REST API "orders" names no scope, so every valid token opens it'),
  },
  {
    policy: "route-authorization-scopes",
    title: "an operation in YAML names some, and another an empty list",
    resources: () => [
      restApi("orders", {
        body: `
swagger: "2.0"
info: { title: orders, version: 1 }
securityDefinitions:
  customers:
    type: apiKey
    in: header
    name: Authorization
    x-amazon-apigateway-authtype: cognito_user_pools
    x-amazon-apigateway-authorizer:
      type: cognito_user_pools
      providerARNs: [ "arn:aws:cognito-idp:eu-west-1:111122223333:userpool/eu-west-1_aBcDeFgHi" ]
paths:
  /orders:
    get: { security: [ { customers: [ orders/read ] } ] }
    post: { security: [ { customers: [] } ] }
`,
      }),
    ],
    said: fails('Operation POST /orders of REST API "orders" names no scope, so every valid token opens it'),
  },
  {
    policy: "route-authorization-scopes",
    title: "a route whose authorizer is another API's is route-authorizer-attached's, in both hooks",
    resources: () => {
      const [api, other] = [httpApi(), httpApi("billing")];
      const authorizer = httpAuthorizer(other, { authorizerType: "JWT" });
      return [
        api,
        other,
        authorizer,
        route(api, "GET /a", { authorizationType: "JWT", authorizerId: unknown }, { authorizerId: [authorizer] }),
      ];
    },
    said: nothing,
  },
  {
    policy: "route-authorization-scopes",
    title: "a list of nothing but empty texts is no scope",
    resources: () => {
      const api = httpApi();
      const authorizer = httpAuthorizer(api, { authorizerType: "JWT" });
      const more = { authorizationType: "JWT", authorizerId: unknown, authorizationScopes: ["", null] };
      return [api, authorizer, route(api, "GET /a", more, { authorizerId: [authorizer] })];
    },
    said: fails('Route "GET /a" of HTTP API "shop" names no scope, so every valid token opens it'),
  },

  // Catch-all
  {
    policy: "route-catch-all",
    title: "$default of another stack's API, of which nothing tells the kind",
    resources: () => [
      written("aws:apigatewayv2/route:Route", "rest", {
        apiId: "a1b2c3d4e5",
        routeKey: "$default",
        authorizationType: "NONE",
      }),
    ],
    said: open(
      'Route "$default" of HTTP or WebSocket API "a1b2c3d4e5" of another stack may be a catch-all, since its method or path is not known yet',
    ),
  },
  {
    policy: "route-catch-all",
    title: "$default of another stack's WebSocket API, as its other routes tell",
    resources: () =>
      ["$connect", "$default", "send"].map((routeKey) =>
        written("aws:apigatewayv2/route:Route", routeKey, { apiId: "a1b2c3d4e5", routeKey }),
      ),
    said: nothing,
  },
  {
    policy: "route-catch-all",
    title: "$default of another stack's HTTP API, as its other routes tell",
    resources: () =>
      ["GET /orders", "$default"].map((routeKey) =>
        written("aws:apigatewayv2/route:Route", routeKey, { apiId: "a1b2c3d4e5", routeKey }),
      ),
    said: fails(
      'Route "$default" of HTTP API "a1b2c3d4e5" of another stack is a catch-all that takes whatever no other route takes',
    ),
  },
  {
    policy: "route-catch-all",
    title: "a method of a resource of another stack, whose path nothing tells",
    resources: () => [
      written("aws:apigateway/method:Method", "list", {
        restApi: "a1b2c3d4e5",
        resourceId: "abc123",
        httpMethod: "GET",
        authorization: "AWS_IAM",
      }),
    ],
    said: open(
      'Method "list" (GET) of REST API "a1b2c3d4e5" of another stack may be a catch-all, since its method or path is not known yet',
    ),
  },
  {
    policy: "route-catch-all",
    title: "ANY on a path that is allowed, though the resource hook does not know it",
    config: { allowed: ["ANY /"] },
    resources: () => {
      const api = restApi();
      return [api, method(api, { httpMethod: "ANY", authorization: "AWS_IAM" })];
    },
    said: nothing,
  },
  {
    policy: "route-catch-all",
    title: "quick create is stage-managed's",
    resources: () => [httpApi("shop", { target: "https://shop.example.com" })],
    said: nothing,
  },

  // Identity sources
  {
    policy: "authorizer-identity-source",
    title: "aws fills in the header, even where its provider is not configured yet",
    resources: () => {
      const api = restApi();
      return [api, restAuthorizer(api, { type: "REQUEST" })];
    },
    said: nothing,
  },
  {
    policy: "authorizer-identity-source",
    title: "aws-native fills in nothing",
    resources: () => {
      const api = nativeRest();
      const more = { restApiId: unknown, authorizerUri: uri, authorizerResultTtlInSeconds: 0 };
      const authorizer = (name: string, type: string): Registered =>
        written("aws-native:apigateway:Authorizer", name, { ...more, name, type }, { from: { restApiId: [api] } });
      return [api, authorizer("tokens", "TOKEN"), authorizer("requests", "REQUEST")];
    },
    said: fails('Authorizer "tokens" takes a token and names no identity source to find it in'),
  },
  {
    policy: "authorizer-identity-source",
    title: "an HTTP API of aws-native caches by route alone",
    resources: () => {
      const api = written("aws-native:apigatewayv2:Api", "shop", { name: "shop", protocolType: "HTTP" });
      const inputs = {
        apiId: unknown,
        name: "callers",
        authorizerType: "REQUEST",
        identitySource: ["$context.routeKey", "$stageVariables.tenant"],
      };
      return [api, written("aws-native:apigatewayv2:Authorizer", "callers", inputs, { from: { apiId: [api] } })];
    },
    said: fails(
      'Authorizer "callers" caches its results by identity sources that name no caller, so one caller is let in on another\'s',
    ),
  },
  {
    policy: "authorizer-identity-source",
    title: "one source that is not known yet may name the caller",
    resources: () => {
      const api = httpApi();
      return [
        api,
        httpAuthorizer(api, { authorizerType: "REQUEST", identitySources: ["$request.header.Host", unknown] }),
      ];
    },
    said: open('Authorizer "callers" has identity sources that are not known yet'),
  },
  {
    policy: "authorizer-identity-source",
    title: "whether results are cached is not known yet",
    resources: () => {
      const api = httpApi();
      return [api, httpAuthorizer(api, { authorizerType: "REQUEST", authorizerResultTtlInSeconds: unknown })];
    },
    said: open('Authorizer "callers" has a cache TTL that is not known yet'),
  },
  {
    policy: "authorizer-identity-source",
    title: "values of the wrong type are not known either",
    resources: () => {
      const api = restApi();
      return [
        api,
        restAuthorizer(api, { type: "REQUEST", identitySource: { a: [null] }, authorizerResultTtlInSeconds: "x" }),
      ];
    },
    said: open('Authorizer "callers" has identity sources that are not known yet'),
  },
  {
    policy: "authorizer-identity-source",
    title: "a body that is not known yet may define authorizers",
    resources: () => [restApi("orders", { body: unknown })],
    said: open('REST API "orders" has an OpenAPI body that is not known yet, so its authorizers cannot be judged'),
  },
  {
    policy: "authorizer-identity-source",
    title: "several sources in one text, of which one names the caller",
    resources: () => [
      restApi("orders", {
        body: `
openapi: 3.0.1
info: { title: orders, version: "1" }
components:
  securitySchemes:
    callers:
      type: apiKey
      in: header
      name: Unused
      x-amazon-apigateway-authtype: custom
      x-amazon-apigateway-authorizer:
        type: request
        authorizerUri: ${uri}
        identitySource: context.path, method.request.querystring.session
paths: { /orders: { get: { security: [ { callers: [] } ] } } }
`,
      }),
    ],
    said: nothing,
  },

  // Cache TTL
  {
    policy: "authorizer-cache-ttl",
    title: "a WebSocket API has no cache, whatever is set",
    resources: () => {
      const api = written("aws:apigatewayv2/api:Api", "chat", { name: "chat", protocolType: "WEBSOCKET" });
      const inputs = {
        authorizerType: "REQUEST",
        identitySources: ["route.request.header.Auth"],
        authorizerResultTtlInSeconds: 3600,
      };
      return [api, httpAuthorizer(api, inputs)];
    },
    said: nothing,
  },
  {
    policy: "authorizer-cache-ttl",
    title: "a number written as text, as a body may have it",
    resources: () => {
      const api = restApi();
      return [api, restAuthorizer(api, { authorizerResultTtlInSeconds: "900" })];
    },
    said: fails('Authorizer "callers" caches its results for 900 seconds, longer than 300'),
  },
  {
    policy: "authorizer-cache-ttl",
    title: "a TTL that is not known yet",
    resources: () => {
      const api = restApi();
      return [api, restAuthorizer(api, { authorizerResultTtlInSeconds: unknown })];
    },
    said: open('Authorizer "callers" has a cache TTL that is not known yet'),
  },

  // JWT
  {
    policy: "jwt-authorizer-claims",
    title: "aws-native has the audience in the singular",
    resources: () => {
      const api = written("aws-native:apigatewayv2:Api", "shop", { name: "shop", protocolType: "HTTP" });
      const authorizer = (name: string, jwtConfiguration: unknown): Registered => {
        const inputs = { apiId: unknown, name, authorizerType: "JWT", jwtConfiguration };
        return written("aws-native:apigatewayv2:Authorizer", name, inputs, { from: { apiId: [api] } });
      };
      return [
        api,
        authorizer("fine", { issuer: "https://id.example.com", audience: ["shop"] }),
        authorizer("any", { issuer: "https://id.example.com", audience: [] }),
      ];
    },
    said: fails('Authorizer "any" names no audience, so a token issued for anything else opens the API'),
  },
  {
    policy: "jwt-authorizer-claims",
    title: "an issuer that is not known, of no user pool",
    resources: () => {
      const api = httpApi();
      return [
        api,
        httpAuthorizer(api, { authorizerType: "JWT", jwtConfiguration: { issuer: unknown, audiences: [unknown] } }),
      ];
    },
    said: open('Authorizer "callers" of HTTP API "shop" has an issuer that is not known yet'),
  },
  {
    policy: "jwt-authorizer-claims",
    title: "a configuration that is not known at all, of a user pool",
    resources: () => {
      const api = httpApi();
      const pool = written("aws:cognito/userPool:UserPool", "customers", { name: "customers" });
      const inputs = { authorizerType: "JWT", jwtConfiguration: unknown };
      return [api, pool, httpAuthorizer(api, inputs, { jwtConfiguration: [pool] })];
    },
    said: nothing,
  },
  {
    policy: "jwt-authorizer-claims",
    title: "no configuration, and one that cannot be read",
    resources: () => {
      const api = httpApi();
      const unread = written(
        "aws:apigatewayv2/authorizer:Authorizer",
        "unread",
        { apiId: unknown, name: "unread", authorizerType: "JWT", jwtConfiguration: "x" },
        { from: { apiId: [api] } },
      );
      return [api, httpAuthorizer(api, { authorizerType: "JWT" }), unread];
    },
    said: {
      violations: [
        'Authorizer "callers" names no audience, so a token issued for anything else opens the API',
        'Authorizer "callers" names no issuer',
      ],
      unverified: ['Authorizer "unread" of HTTP API "shop" has an issuer that is not known yet'],
    },
  },
  {
    policy: "jwt-authorizer-claims",
    title: "hosts without a scheme, and a scheme without a host",
    resources: () => {
      const api = httpApi();
      return ["id.example.com", "https://", "HTTPS://id.example.com"].map((issuer, index) =>
        written(
          "aws:apigatewayv2/authorizer:Authorizer",
          `jwt${String(index)}`,
          { apiId: unknown, authorizerType: "JWT", jwtConfiguration: { issuer, audiences: ["shop"] } },
          { from: { apiId: [api] } },
        ),
      );
    },
    said: fails(
      'Authorizer "jwt0" has an issuer that is no https:// URL',
      'Authorizer "jwt1" has an issuer that is no https:// URL',
    ),
  },

  // Use
  {
    policy: "authorizer-in-use",
    title: "AWS_IAM takes no authorizer",
    resources: () => {
      const api = httpApi();
      const authorizer = httpAuthorizer(api, { authorizerType: "JWT" });
      const more = { authorizationType: "AWS_IAM", authorizerId: unknown };
      return [api, authorizer, route(api, "GET /a", more, { authorizerId: [authorizer] })];
    },
    said: fails('Authorizer "callers" of HTTP API "shop" is used by no route, so it protects nothing'),
  },
  {
    policy: "authorizer-in-use",
    title: "a message of a WebSocket API takes none either",
    resources: () => {
      const api = httpApi("chat", { protocolType: "WEBSOCKET" });
      const authorizer = httpAuthorizer(api, { authorizerType: "REQUEST" });
      const more = { authorizationType: "CUSTOM", authorizerId: unknown };
      return [api, authorizer, route(api, "send", more, { authorizerId: [authorizer] })];
    },
    said: fails('Authorizer "callers" of WebSocket API "chat" is used by no route, so it protects nothing'),
  },
  {
    policy: "authorizer-in-use",
    title: "a route names an authorizer that cannot be told",
    resources: () => {
      const api = httpApi();
      const authorizer = httpAuthorizer(api, { authorizerType: "JWT" });
      return [api, authorizer, route(api, "GET /a", { authorizationType: "JWT", authorizerId: unknown })];
    },
    said: open('Authorizer "callers" of HTTP API "shop" is named by no route that can be seen, and others may name it'),
  },
  {
    policy: "authorizer-in-use",
    title: "an authorizer for the API of another stack, which may have routes for it",
    resources: () => [
      written("aws:apigateway/authorizer:Authorizer", "callers", {
        restApi: "a1b2c3d4e5",
        name: "callers",
        authorizerUri: uri,
      }),
    ],
    said: open(
      'Authorizer "callers" of REST API "a1b2c3d4e5" of another stack is named by no route that can be seen, and others may name it',
    ),
  },
  {
    policy: "authorizer-in-use",
    title: "ids of a stack that exists",
    resources: () => {
      const api = written(
        "aws:apigatewayv2/api:Api",
        "shop",
        { name: "shop", protocolType: "HTTP" },
        {
          outputs: { id: "api1", name: "shop", protocolType: "HTTP" },
        },
      );
      const inputs = { apiId: "api1", name: "tokens", authorizerType: "JWT" };
      const authorizer = (id: string): Registered =>
        written(
          "aws:apigatewayv2/authorizer:Authorizer",
          id,
          { ...inputs, name: id },
          { outputs: { ...inputs, id, name: id } },
        );
      const guarded = { apiId: "api1", routeKey: "GET /a", authorizationType: "JWT", authorizerId: "used" };
      return [
        api,
        authorizer("used"),
        authorizer("idle"),
        written("aws:apigatewayv2/route:Route", "a", guarded, { outputs: { ...guarded, id: "r1" } }),
      ];
    },
    said: fails('Authorizer "idle" of HTTP API "shop" is used by no route, so it protects nothing'),
  },
  {
    policy: "authorizer-in-use",
    title: "one body for two APIs, and in both a second alternative of an operation",
    resources: () => {
      const jwt = (issuer: string): unknown => ({
        type: "oauth2",
        "x-amazon-apigateway-authorizer": { type: "jwt", jwtConfiguration: { issuer, audience: ["shop"] } },
      });
      const body = JSON.stringify({
        openapi: "3.0.1",
        info: { title: "shop", version: "1" },
        components: {
          securitySchemes: {
            a: jwt("https://a.example.com"),
            b: jwt("https://b.example.com"),
            c: jwt("https://c.example.com"),
          },
        },
        paths: { "/orders": { get: { security: [{ a: ["x"] }, { b: ["x"] }] } } },
      });
      return [httpApi("one", { body }), httpApi("two", { body })];
    },
    said: fails(
      'Authorizer "c" of HTTP API "one" is used by no route, so it protects nothing',
      'Authorizer "c" of HTTP API "two" is used by no route, so it protects nothing',
    ),
  },

  // Quick create that aws-native overrides
  ...["route-authorization", "authorizer-in-use"].map((policy): Case => ({
    policy,
    title: "the route of quick create is authorized by managed overrides",
    resources: () => {
      const api = written("aws-native:apigatewayv2:Api", "shop", {
        name: "shop",
        protocolType: "HTTP",
        target: "https://shop.example.com",
      });
      const inputs = { apiId: unknown, name: "tokens", authorizerType: "JWT" };
      const authorizer = written("aws-native:apigatewayv2:Authorizer", "tokens", inputs, { from: { apiId: [api] } });
      const overrides = written(
        "aws-native:apigatewayv2:ApiGatewayManagedOverrides",
        "shop",
        { apiId: unknown, route: { authorizationType: "JWT", authorizerId: unknown, authorizationScopes: ["shop"] } },
        { from: { apiId: [api], route: [authorizer] } },
      );
      return [api, authorizer, overrides];
    },
    said: nothing,
  })),
  {
    policy: "route-authorization",
    title: "the route of quick create is open where overrides are about the stage",
    resources: () => {
      const inputs = { name: "shop", protocolType: "HTTP", target: "https://shop.example.com" };
      const api = written("aws-native:apigatewayv2:Api", "shop", inputs);
      const overrides = { apiId: unknown, stage: { autoDeploy: true } };
      return [
        api,
        written("aws-native:apigatewayv2:ApiGatewayManagedOverrides", "shop", overrides, { from: { apiId: [api] } }),
      ];
    },
    said: fails('Route "$default", made by quick create, of HTTP API "shop" has no authorization'),
  },

  // User pools
  {
    policy: "cognito-user-pool-strength",
    title: "a pool of aws-native with short passwords",
    resources: () => {
      const api = nativeRest();
      const pool = written("aws-native:cognito:UserPool", "customers", {
        policies: { passwordPolicy: { minimumLength: 10 } },
        mfaConfiguration: "ON",
        userPoolAddOns: { advancedSecurityMode: "ENFORCED" },
      });
      const authorizer = written(
        "aws-native:apigateway:Authorizer",
        "customers",
        { restApiId: unknown, type: "COGNITO_USER_POOLS", providerArns: [unknown] },
        { from: { restApiId: [api], providerArns: [pool] } },
      );
      return [api, pool, authorizer];
    },
    said: fails('User pool "customers" takes passwords of 10 characters, fewer than 12'),
  },
  {
    policy: "cognito-user-pool-strength",
    title: "a pool that exists, named by the ARN in a body",
    resources: () => {
      const inputs = {
        name: "customers",
        mfaConfiguration: "OFF",
        userPoolAddOns: { advancedSecurityMode: "ENFORCED" },
      };
      const pool = written("aws:cognito/userPool:UserPool", "customers", inputs, {
        outputs: { ...inputs, id: "eu-west-1_aBcDeFgHi", passwordPolicy: { minimumLength: 16 } },
      });
      const body = `
swagger: 2.0
info: { title: orders, version: 1 }
securityDefinitions:
  customers:
    { type: apiKey, in: header, name: Authorization, x-amazon-apigateway-authtype: cognito_user_pools,
      x-amazon-apigateway-authorizer: { type: cognito_user_pools,
        providerARNs: [ "arn:aws:cognito-idp:eu-west-1:111122223333:userpool/eu-west-1_aBcDeFgHi" ] } }
paths: { /orders: { get: { security: [ { customers: [ orders/read ] } ] } } }
`;
      return [pool, restApi("orders", { body })];
    },
    said: fails('User pool "customers" has multi-factor authentication off'),
  },
  {
    policy: "cognito-user-pool-strength",
    title: "a pool that exists, named by the issuer",
    resources: () => {
      const inputs = { name: "customers", passwordPolicy: { minimumLength: 14 }, mfaConfiguration: "ON" };
      const pool = written("aws:cognito/userPool:UserPool", "customers", inputs, {
        outputs: { ...inputs, id: "eu-west-1_aBcDeFgHi" },
      });
      const api = httpApi();
      const issuer = "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_aBcDeFgHi";
      return [
        pool,
        api,
        httpAuthorizer(api, { authorizerType: "JWT", jwtConfiguration: { issuer, audiences: ["shop"] } }),
      ];
    },
    said: fails('User pool "customers" has threat protection off'),
  },
  {
    policy: "cognito-user-pool-strength",
    title: "a pool known by the client that is the audience",
    resources: () => {
      const pool = written("aws:cognito/userPool:UserPool", "customers", {
        passwordPolicy: { minimumLength: 14 },
        mfaConfiguration: unknown,
        userPoolAddOns: { advancedSecurityMode: "ENFORCED" },
      });
      const client = written(
        "aws:cognito/userPoolClient:UserPoolClient",
        "shop",
        { userPoolId: unknown },
        { from: { userPoolId: [pool] } },
      );
      const api = httpApi();
      const inputs = { authorizerType: "JWT", jwtConfiguration: { issuer: unknown, audiences: [unknown] } };
      return [pool, client, api, httpAuthorizer(api, inputs, { jwtConfiguration: [client] })];
    },
    said: open('User pool "customers" has sign-in settings that are not known yet'),
  },
  {
    policy: "cognito-user-pool-strength",
    title: "a weak pool behind a body that is not known yet",
    resources: () => {
      const pool = written("aws:cognito/userPool:UserPool", "customers", { passwordPolicy: { minimumLength: 6 } });
      return [
        pool,
        written(
          "aws:apigateway/restApi:RestApi",
          "orders",
          { name: "orders", body: unknown },
          { from: { body: [pool] } },
        ),
      ];
    },
    said: open(
      'User pool "customers" takes passwords of 6 characters, fewer than 12, and may stand behind an authorizer that is not known yet',
    ),
  },
];

/** Where what mends most open routes would be refused, or would break the route. */
const fixes: readonly (readonly [title: string, resources: () => readonly Registered[], fix: RegExp])[] = [
  [
    "a preflight that reaches a backend",
    () => {
      const api = restApi();
      const backend = { restApi: unknown, resourceId: unknown, httpMethod: "OPTIONS", type: "AWS_PROXY" };
      return [
        api,
        method(api, { httpMethod: "OPTIONS", authorization: "NONE" }),
        written("aws:apigateway/integration:Integration", "list", backend, {
          from: { restApi: [api], resourceId: [api] },
        }),
      ];
    },
    /\. Answer a CORS preflight, which carries no credentials, by an integration of the type MOCK;/,
  ],
  [
    "$connect",
    () => {
      const api = httpApi("chat", { protocolType: "WEBSOCKET" });
      return [api, route(api, "$connect")];
    },
    /\. Declare the route `\$connect` with `authorizationType` AWS_IAM, or CUSTOM and a Lambda authorizer/,
  ],
  [
    "a WebSocket API without $connect",
    () => {
      const api = httpApi("chat", { protocolType: "WEBSOCKET" });
      return [api, route(api, "send")];
    },
    /\. Declare the route `\$connect` with `authorizationType` AWS_IAM,/,
  ],
  [
    "what quick create makes",
    () => [httpApi("shop", { target: "https://shop.example.com" })],
    /\. Leave out `target`, and declare the integration, the stage and the route,/,
  ],
];

describe("authorization", () => {
  let pack: Pack;
  before(async () => {
    pack = await Pack.boot();
  });
  after(() => pack.close());

  for (const one of cases) {
    it(`${one.policy}: ${one.title}`, async () => {
      assert.deepEqual(await said(pack, one.policy, one.resources(), one.config), one.said);
    });
  }

  for (const [title, resources, fix] of fixes) {
    it(`route-authorization: the fix of ${title}`, async () => {
      const { violations } = await pack.judge(resources());
      const messages = violations
        .filter(({ policy }) => policy === "route-authorization")
        .map(({ message }) => message);
      assert.equal(messages.length, 1);
      assert.match(messages[0] ?? "", fix);
    });
  }
});
