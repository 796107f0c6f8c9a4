import assert from "node:assert/strict";
import { stringify } from "yaml";
import { literalOf, parseBody } from "../../policypack/model/openapi";
import type { ApiDocument, BodyDialect, BodyOperation } from "../../policypack/model/openapi";

type Raw = Readonly<Record<string, unknown>>;

/** A document as API Gateway is given it, in one of the versions of OpenAPI. */
const documentOf = (version: string, paths: Raw, more: Raw = {}): Raw => ({
  ...(version.startsWith("2") ? { swagger: version } : { openapi: version }),
  info: { title: "orders", version: "7", description: "Orders." },
  paths,
  ...more,
});

function parsed(body: Raw | string, dialect: BodyDialect = "rest"): ApiDocument {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  const document = parseBody(text, dialect);
  assert.ok(typeof document === "object" && !("kind" in document), JSON.stringify(document));
  return document;
}

function only(body: Raw | string, dialect: BodyDialect = "rest"): BodyOperation {
  const { operations } = parsed(body, dialect);
  assert.equal(operations.length, 1);
  return operations[0]!;
}

const get = (operation: Raw): Raw => ({ "/orders": { get: { responses: {}, ...operation } } });
const schemes = (version: string, definitions: Raw): Raw =>
  version.startsWith("2") ? { securityDefinitions: definitions } : { components: { securitySchemes: definitions } };

const apiKey = { type: "apiKey", name: "x-api-key", in: "header" };
const header = { type: "apiKey", name: "Authorization", in: "header" };
const sigv4 = { ...header, "x-amazon-apigateway-authtype": "awsSigv4" };
const token = {
  ...header,
  "x-amazon-apigateway-authtype": "custom",
  "x-amazon-apigateway-authorizer": { type: "token", authorizerUri: "arn:uri", authorizerResultTtlInSeconds: 60 },
};
const versions = ["2.0", "3.0.1", "3.1.0"] as const;

describe("an OpenAPI body", () => {
  for (const version of versions) {
    for (const [language, write] of [
      ["JSON", JSON.stringify],
      ["YAML", stringify],
    ] as const) {
      describe(`of version ${version} in ${language}`, () => {
        const security = (operation: Raw, more: Raw = {}): BodyOperation["security"]["kind"] =>
          only(write(documentOf(version, get(operation), { ...schemes(version, all), ...more }))).security.kind;
        const all = { key: apiKey, iam: sigv4, tokens: token, bearer: { type: "http", scheme: "bearer" } };

        it("tells its title, version and operations", () => {
          const { title, apiVersion, operations } = parsed(write(documentOf(version, get({}))));
          assert.deepEqual([title, apiVersion], ["orders", "7"]);
          assert.deepEqual(
            operations.map(({ method, path, pointer }) => [method, path, pointer]),
            [["GET", "/orders", "/paths/~1orders/get"]],
          );
        });

        it("takes the security of the operation, not that of the root", () => {
          assert.equal(security({}), "none");
          assert.equal(security({}, { security: [{ iam: [] }] }), "none");
          assert.equal(security({ security: [{ iam: [] }] }), "iam");
          assert.equal(security({ security: [{ tokens: [] }] }), "authorizer");
          assert.equal(security({ security: [{ key: [] }] }), "api-key");
          assert.equal(security({ security: [{ key: [] }, { tokens: [] }] }), "authorizer");
        });

        it("is open where security is empty, or one of its ways in is", () => {
          assert.equal(security({ security: [] }), "none");
          assert.equal(security({ security: [{}] }), "none");
          assert.equal(security({ security: [{ iam: [] }, {}] }), "none");
        });

        it("is broken where security names what is not there, or what no gateway makes anything of", () => {
          assert.equal(security({ security: [{ gone: [] }] }), "broken");
          assert.equal(security({ security: [{ bearer: [] }] }), "broken");
        });

        it("takes the extension for an operation's authorization", () => {
          assert.equal(security({ "x-amazon-apigateway-auth": { type: "aws_iam" } }), "iam");
          assert.equal(security({ security: [{ tokens: [] }], "x-amazon-apigateway-auth": { type: "NONE" } }), "none");
        });

        it("reads the authorizer", () => {
          const operation = get({ security: [{ tokens: ["orders/read"] }] });
          const { security: found } = only(write(documentOf(version, operation, schemes(version, all))));
          assert.ok(found.kind === "authorizer");
          const { type, scheme, ttl, identitySource } = found.authorizer;
          assert.deepEqual([type, scheme, ttl], ["token", "tokens", 60]);
          assert.equal(identitySource, "method.request.header.Authorization");
          assert.deepEqual(found.scopes, ["orders/read"]);
        });

        it("reads any method, and passes over what is no operation", () => {
          const item = {
            "x-amazon-apigateway-any-method": {},
            parameters: [],
            summary: "s",
            "x-other": {},
          };
          const { operations } = parsed(write(documentOf(version, { "/a": item, "x-path": { get: {} } })));
          assert.deepEqual(
            operations.map(({ method, path }) => `${method} ${path}`),
            ["ANY /a"],
          );
        });

        it("closes its endpoint where API Gateway looks for it, and nowhere else", () => {
          const closed = { "x-amazon-apigateway-endpoint-configuration": { disableExecuteApiEndpoint: true } };
          const root = parsed(write(documentOf(version, {}, closed))).disableExecuteApiEndpoint;
          const server = parsed(write(documentOf(version, {}, { servers: [{ url: "/", ...closed }] })));
          assert.equal(root, version === "2.0" ? true : undefined);
          assert.equal(server.disableExecuteApiEndpoint, version === "2.0" ? undefined : true);
        });

        it("reads validators: the operation's, else the document's", () => {
          const more = {
            "x-amazon-apigateway-request-validators": {
              all: { validateRequestBody: true, validateRequestParameters: true },
              none: {},
            },
            "x-amazon-apigateway-request-validator": "all",
          };
          const own = { "x-amazon-apigateway-request-validator": "none" };
          const validator = (operation: Raw) => only(write(documentOf(version, get(operation), more))).validator;
          assert.deepEqual(validator({}), { name: "all", defined: true, body: true, params: true });
          assert.deepEqual(validator(own), { name: "none", defined: true, body: false, params: false });
          const gone = validator({ "x-amazon-apigateway-request-validator": "gone" });
          assert.equal(gone?.defined, false);
        });

        it("reads gateway responses, the policy and where API keys come from", () => {
          const document = parsed(
            write(
              documentOf(
                version,
                {},
                {
                  "x-amazon-apigateway-policy": { Statement: [] },
                  "x-amazon-apigateway-api-key-source": "authorizer",
                  "x-amazon-apigateway-security-policy": "TLS_1_2",
                  "x-amazon-apigateway-gateway-responses": {
                    unauthorized: {
                      statusCode: 401,
                      responseParameters: { "gatewayresponse.header.Access-Control-Allow-Origin": "'*'" },
                      responseTemplates: { "application/json": "{}" },
                    },
                  },
                },
              ),
            ),
          );
          assert.deepEqual([document.policy, document.apiKeySource], [{ Statement: [] }, "AUTHORIZER"]);
          assert.equal(document.securityPolicy, "TLS_1_2");
          const [response] = document.gatewayResponses;
          assert.deepEqual([response?.type, response?.statusCode], ["UNAUTHORIZED", "401"]);
          assert.equal(literalOf(response?.headers.get("access-control-allow-origin") ?? ""), "*");
        });

        it("reads what an operation calls", () => {
          const { integration } = only(
            write(
              documentOf(
                version,
                get({
                  "x-amazon-apigateway-integration": {
                    type: "http_proxy",
                    httpMethod: "get",
                    uri: "https://b.example.com",
                    connectionType: "vpc_link",
                    timeoutInMillis: "5000",
                    tlsConfig: { insecureSkipVerification: true },
                    cacheKeyParameters: ["method.request.path.id"],
                    responses: {
                      default: { statusCode: "200", responseParameters: { "method.response.header.A": "'b'" } },
                    },
                  },
                }),
              ),
            ),
          );
          assert.equal(integration?.type, "HTTP_PROXY");
          assert.equal(integration.connectionType, "VPC_LINK");
          assert.equal(integration.timeoutMilliseconds, 5000);
          assert.equal(integration.insecureSkipVerification, true);
          assert.deepEqual(integration.cacheKeyParameters, ["method.request.path.id"]);
          assert.equal(integration.responses[0]?.headers.get("a"), "'b'");
        });

        it("puts the parameters of path and operation together, those of the operation over those of the path", () => {
          const id = { name: "id", in: "path", required: true };
          const item = {
            parameters: [id, { name: "q", in: "query", required: true }],
            get: {
              parameters: [
                { name: "q", in: "query" },
                { name: "c", in: "cookie", required: true },
              ],
            },
          };
          const operation = only(write(documentOf(version, { "/a/{id}": item })));
          assert.deepEqual(
            operation.parameters.map(({ name, required }) => [name, required]),
            [
              ["id", true],
              ["q", false],
            ],
          );
          assert.equal(operation.parametersRequired, false);
        });
      });
    }
  }

  it("finds the body's model in either version", () => {
    const schema = { $ref: "#/definitions/Order" };
    const two = only(documentOf("2.0", get({ parameters: [{ in: "body", name: "b", schema }] })));
    const content = { "application/json": { schema: { $ref: "#/components/schemas/Order" } } };
    const three = only(documentOf("3.0.1", get({ requestBody: { content } })));
    for (const operation of [two, three]) {
      assert.deepEqual([operation.hasBody, operation.requestModels[0]?.model], [true, "Order"]);
    }
  });

  it("follows references of path items, parameters, bodies and integrations", () => {
    const document = documentOf(
      "3.0.1",
      { "/a": { $ref: "#/x-items/a" } },
      {
        "x-items": {
          a: {
            post: {
              parameters: [{ $ref: "#/components/parameters/q" }],
              requestBody: { $ref: "#/components/requestBodies/order" },
              "x-amazon-apigateway-integration": { $ref: "#/components/x-amazon-apigateway-integrations/b" },
            },
          },
        },
        components: {
          parameters: { q: { name: "q", in: "query", required: true } },
          requestBodies: { order: { content: { "application/json": { schema: {} } } } },
          "x-amazon-apigateway-integrations": { b: { type: "MOCK" } },
        },
      },
    );
    const operation = only(document);
    assert.deepEqual(
      [operation.method, operation.parametersRequired, operation.hasBody, operation.integration?.type],
      ["POST", true, true, "MOCK"],
    );
  });

  it("knows the catch-all and the CORS of an HTTP API", () => {
    const cors = { allowOrigins: ["*"], allowCredentials: true, maxAge: 60 };
    const body = documentOf(
      "3.0.1",
      { "/$default": { "x-amazon-apigateway-any-method": { isDefaultRoute: true } } },
      { "x-amazon-apigateway-cors": cors, "x-amazon-apigateway-importexport-version": "1.0" },
    );
    assert.equal(only(body, "http").path, "$default");
    assert.equal(only(body, "rest").path, "/$default");
    assert.deepEqual(parsed(body, "http").cors?.allowOrigins, ["*"]);
  });

  it("takes a JWT authorizer's issuer from its discovery document where it names none", () => {
    const scheme = {
      type: "openIdConnect",
      openIdConnectUrl: "https://id.example.com/.well-known/openid-configuration",
      "x-amazon-apigateway-authorizer": { type: "jwt", jwtConfiguration: { audience: ["shop"] } },
    };
    const [authorizer] = parsed(documentOf("3.0.1", {}, schemes("3", { id: scheme })), "http").authorizers;
    assert.deepEqual([authorizer?.type, authorizer?.issuer], ["jwt", "https://id.example.com"]);
  });

  it("believes the last of keys that stand twice", () => {
    const twice = (auth: string): string => `"get":{"x-amazon-apigateway-auth":{"type":"${auth}"}}`;
    const body = `{"openapi":"3.0.1","paths":{"/a":{${twice("AWS_IAM")},${twice("NONE")}}}}`;
    assert.equal(only(body).security.kind, "none");
    const yaml = "openapi: 3.0.1\npaths:\n  /a:\n    get: {x-amazon-apigateway-auth: {type: AWS_IAM}}\n    get: {}\n";
    assert.equal(only(yaml).security.kind, "none");
  });

  it("does not decide what something unknown decides", () => {
    const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
    assert.equal(parseBody(JSON.stringify(documentOf("3.0.1", get({ security: unknown }))), "rest"), "unknown");
    assert.equal(parseBody(JSON.stringify({ openapi: "3.0.1", paths: unknown }), "rest"), "unknown");
  });

  it("says of what cannot be read where, and nothing of what stands there", () => {
    for (const [body, reason] of [
      ['{"openapi": secret-value', /^it is neither JSON nor YAML \(line \d+, column \d+\)$/],
      ["hunter2", /^it is not an OpenAPI document$/],
      ['{"paths":{}}', /^it names no version of OpenAPI$/],
    ] as const) {
      const problem = parseBody(body, "rest");
      assert.ok(typeof problem === "object" && "kind" in problem, body);
      assert.match(problem.reason, reason);
    }
  });
});
