import { definePolicy, fault } from "../../core/policy";
import type { Outcome } from "../../core/policy";
import { unreadBodies } from "../../core/unread-bodies";
import { schemeWeaknesses } from "../../model/openapi-schemes";
import type { ApiDocument } from "../../model/openapi";
import type { Subject } from "../../model/subject";

const maximumShown = 3;

/** `"a", "b" and 3 more`, in quotes or in code. */
function listed(names: readonly string[], quote: (name: string) => string): string {
  const shown = names.slice(0, maximumShown).map((name) => quote(name.slice(0, 100)));
  const more = names.length - shown.length;
  const all = more > 0 ? [...shown, `${String(more)} more`] : shown;
  return all.length < 2 ? all.join("") : `${all.slice(0, -1).join(", ")} and ${all[all.length - 1] ?? ""}`;
}

const quoted = (names: readonly string[]): string => listed(names, (name) => JSON.stringify(name));

const code = (names: readonly string[]): string => listed(names, (name) => `\`${name}\``);

function judge(document: ApiDocument, at: Subject): Outcome[] {
  const { basic, flows, queryKeys, undefinedScopes, plainServers } = schemeWeaknesses(document);
  const found: (readonly [number, string, string])[] = [
    [
      basic.length,
      `uses HTTP Basic, which sends the password with every request (${quoted(basic)})`,
      "Use an authorizer for tokens.",
    ],
    ...(["implicit", "password"] as const).map((flow): [number, string, string] => {
      const schemes = flows.filter((one) => one.flow === flow).map(({ scheme }) => scheme);
      const why = flow === "implicit" ? "puts tokens into URLs" : "hands the user's password to the client";
      return [schemes.length, `uses the ${flow} flow, which ${why} (${quoted(schemes)})`, "Use `authorizationCode`."];
    }),
    [
      queryKeys.length,
      `takes an API key in the query string, where logs and histories keep it (${quoted(queryKeys)})`,
      "Set `in: header` of the scheme.",
    ],
    [
      undefinedScopes.length,
      `asks for scopes that the scheme does not define (${code(undefinedScopes.map(({ scope }) => scope))})`,
      "Define the scopes in `flows` of the scheme, or name others.",
    ],
    [
      plainServers.length,
      `names servers without TLS (${code(plainServers)})`,
      "Write `https` in `servers` or `schemes`.",
    ],
  ];
  return found.flatMap(([count, says, fix]) =>
    count > 0 ? [fault(`has an OpenAPI body that ${says}`, { at, fix })] : [],
  );
}

export const openapiSecuritySchemes = definePolicy({
  name: "openapi-security-schemes",
  topic: "validation",
  description:
    "OpenAPI bodies declare security schemes that keep credentials safe, with scopes that exist, and servers with TLS.",
  why: "Clients are generated from the document: what it declares is what they send, be it passwords with every request or keys in URLs.",
  fix: "Declare authorizers for tokens, scopes that exist and `https` servers.",
  severity: "medium",
  level: "advisory",
  where: "R",
  practice: "practice 8: versioned, documented configuration",
  frameworks: { "OWASP API Security Top 10": ["API2:2023", "API8:2023"] },
  peers: [
    "CKV_OPENAPI_3",
    "CKV_OPENAPI_7",
    "CKV_OPENAPI_8",
    "CKV_OPENAPI_9",
    "CKV_OPENAPI_12",
    "CKV_OPENAPI_13",
    "CKV_OPENAPI_18",
    "CKV_OPENAPI_19",
    "CKV_OPENAPI_20",
    "owasp:api2:2023-no-http-basic",
    "owasp:api2:2023-no-api-keys-in-url",
    "owasp:api8:2023-no-server-http",
  ],
  on: "stack",
  check: (graph) => [
    ...graph.apis.flatMap((api) =>
      api.bodies.flatMap(({ node, document }) => {
        const known = document.get();
        // Looked at alone, a document of its own does not tell its API.
        const label = api.visibility === "unknown" ? `document "${node.name}"` : api.label;
        return known ? judge(known, { urn: node.urn, label, names: [node.name, ...api.names], tags: api.tags }) : [];
      }),
    ),
    ...unreadBodies(graph, "security schemes"),
  ],
  examples: {
    pass: [
      {
        title: "an authorizer takes tokens, over TLS",
        program: ({ aws }) => {
          new aws.apigateway.RestApi("orders", {
            body: JSON.stringify({
              openapi: "3.0.1",
              info: { title: "orders", version: "1" },
              servers: [{ url: "https://api.example.com" }, { url: "http://localhost:3000" }],
              components: {
                securitySchemes: {
                  customers: {
                    type: "apiKey",
                    in: "header",
                    name: "Authorization",
                    "x-amazon-apigateway-authtype": "cognito_user_pools",
                    "x-amazon-apigateway-authorizer": {
                      type: "cognito_user_pools",
                      providerARNs: ["arn:aws:cognito-idp:eu-west-1:111122223333:userpool/eu-west-1_aBcDeFgHi"],
                    },
                  },
                },
              },
              paths: { "/orders": { get: { security: [{ customers: ["orders/read"] }], responses: {} } } },
            }),
          });
        },
      },
      {
        title: "scopes of a JWT authorizer, whose scheme declares none",
        program: ({ aws }) => {
          new aws.apigatewayv2.Api("orders", {
            protocolType: "HTTP",
            body: JSON.stringify({
              openapi: "3.0.1",
              info: { title: "orders", version: "1" },
              components: {
                securitySchemes: {
                  tokens: {
                    type: "oauth2",
                    "x-amazon-apigateway-authorizer": {
                      type: "jwt",
                      identitySource: "$request.header.Authorization",
                      jwtConfiguration: { issuer: "https://id.example.com", audience: ["orders"] },
                    },
                  },
                },
              },
              paths: { "/orders": { get: { security: [{ tokens: ["orders/read"] }], responses: {} } } },
            }),
          });
        },
      },
      {
        title: "no body",
        program: ({ aws }) => {
          new aws.apigateway.RestApi("orders");
        },
      },
      {
        title: "the authorization code flow of OpenAPI 2, whose scopes exist",
        program: ({ aws }) => {
          new aws.apigateway.RestApi("orders", {
            body: JSON.stringify({
              swagger: "2.0",
              info: { title: "orders", version: "1" },
              schemes: ["https"],
              securityDefinitions: {
                users: {
                  type: "oauth2",
                  flow: "accessCode",
                  authorizationUrl: "https://id.example.com/authorize",
                  tokenUrl: "https://id.example.com/token",
                  scopes: { "orders:read": "Read orders" },
                },
              },
              paths: { "/orders": { get: { security: [{ users: ["orders:read"] }], responses: {} } } },
            }),
          });
        },
      },
    ],
    fail: [
      {
        title: "HTTP Basic",
        program: ({ aws }) => {
          new aws.apigateway.RestApi("orders", {
            body: JSON.stringify({
              openapi: "3.0.1",
              info: { title: "orders", version: "1" },
              components: { securitySchemes: { users: { type: "http", scheme: "basic" } } },
              paths: {},
            }),
          });
        },
      },
      {
        title: "the implicit flow, and a scope that it does not define",
        program: ({ aws }) => {
          new aws.apigatewayv2.Api("orders", {
            protocolType: "HTTP",
            body: JSON.stringify({
              openapi: "3.0.1",
              info: { title: "orders", version: "1" },
              components: {
                securitySchemes: {
                  users: {
                    type: "oauth2",
                    flows: {
                      implicit: {
                        authorizationUrl: "https://id.example.com/authorize",
                        scopes: { "orders:read": "Read orders" },
                      },
                    },
                  },
                },
              },
              paths: { "/orders": { get: { security: [{ users: ["orders:write"] }], responses: {} } } },
            }),
          });
        },
      },
      {
        title: "the password flow of OpenAPI 2",
        program: ({ aws }) => {
          new aws.apigateway.RestApi("orders", {
            body: JSON.stringify({
              swagger: "2.0",
              info: { title: "orders", version: "1" },
              securityDefinitions: {
                users: { type: "oauth2", flow: "password", tokenUrl: "https://id.example.com/token", scopes: {} },
              },
              paths: {},
            }),
          });
        },
      },
      {
        title: "an API key in the query string",
        program: ({ aws }) => {
          new aws.apigateway.RestApi("orders", {
            body: JSON.stringify({
              openapi: "3.0.1",
              info: { title: "orders", version: "1" },
              components: { securitySchemes: { key: { type: "apiKey", in: "query", name: "key" } } },
              paths: {},
            }),
          });
        },
      },
      {
        title: "a server without TLS",
        program: ({ aws }) => {
          new aws.apigateway.RestApi("orders", {
            body: JSON.stringify({
              openapi: "3.0.1",
              info: { title: "orders", version: "1" },
              servers: [{ url: "http://api.example.com/v1" }],
              paths: {},
            }),
          });
        },
      },
      {
        title: "one of two APIs names a scheme without TLS, in OpenAPI 2",
        program: ({ aws }) => {
          for (const [name, scheme] of [
            ["orders", "https"],
            ["partners", "http"],
          ] as const) {
            new aws.apigateway.RestApi(name, {
              body: JSON.stringify({
                swagger: "2.0",
                info: { title: name, version: "1" },
                host: "api.example.com",
                schemes: [scheme],
                paths: {},
              }),
            });
          }
        },
      },
      {
        title: "HTTP Basic in the body of an HTTP API, written in YAML",
        program: ({ aws }) => {
          new aws.apigatewayv2.Api("orders", {
            protocolType: "HTTP",
            body: [
              "openapi: 3.0.1",
              "info: { title: orders, version: '1' }",
              "components: { securitySchemes: { users: { type: http, scheme: basic } } }",
              "paths: {}",
            ].join("\n"),
          });
        },
      },
    ],
  },
});
