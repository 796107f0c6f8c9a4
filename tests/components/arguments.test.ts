import assert from "node:assert/strict";
import * as gatehouse from "../../components";
import { refused } from "../support/refused";
import { register } from "../support/stack";
import { handler, newOrder, production } from "./variants";

const mock = { "GET /orders": { mock: {} } };

describe("arguments of components", () => {
  it("all faults come in one error that names component, name, field and fix", async () => {
    const message = await refused(
      () =>
        new gatehouse.RestApi("orders", {
          isolation: production,
          routes: {
            "GET orders": { mock: {} },
            "GET /status": { mock: {}, authorizationType: "NONE" },
            "GET /keys": { mock: {}, authorizationType: "NONE", apiKeyRequired: true },
            "POST /orders": { http: { url: "http://backend.example.com" } },
          },
          cors: { allowOrigins: ["*"] },
          executionLog: { dataTraceEnabled: true },
          waf: { countOnly: true },
        }),
    );
    assert.match(message, /^RestApi "orders" has \d+ faults:/);
    for (const part of [
      '`routes["GET orders"]` is no route key',
      '`routes["GET /status"]` has authorizationType NONE; give `publicAccessReason`',
      '`routes["GET /keys"]` is guarded by an API key alone',
      '`routes["POST /orders"].http.url` is http',
      '`routes["POST /orders"]` takes any body',
      "`cors.allowOrigins` lets any origin call in production",
      "`executionLog.dataTraceEnabled`",
      "`waf.countOnly`",
    ]) {
      assert.ok(message.includes(part), `${part}\nin\n${message}`);
    }
  });

  it("an HTTP API says all that is wrong with its arguments at once", async () => {
    const message = await refused(
      () =>
        new gatehouse.HttpApi("orders", {
          isolation: production,
          authorizers: {
            pool: { cognito: { userPoolArns: ["arn:aws:cognito-idp:us-east-1:123456789012:userpool/us-east-1_a"] } },
            tokens: { jwt: { issuer: "http://id.example.com", audiences: [] } },
            check: {
              lambda: { lambdaInvokeArn: "arn:aws:lambda", identitySources: ["method.request.header.Authorization"] },
            },
          },
          routes: {
            "GET /orders": { mock: {} },
            "GET /tokens": { http: { url: "https://backend.example.com" }, authorizer: "tokens" },
            "POST /orders": { http: { url: "https://backend.example.com" }, requestModel: "NewOrder" },
            "GET /stock": { vpcLink: { vpcLinkId: "link", url: "https://stock.example.com" } },
            "POST /topics": { awsService: { service: "sns", action: "Publish", resourceArns: ["*"] } },
            "ANY /everything": { http: { url: "https://backend.example.com" }, timeoutMilliseconds: 31_000 },
          },
          stageName: "/v1",
          front: { secretHeader: "x secret" },
        }),
    );
    assert.match(message, /^HttpApi "orders" has \d+ faults:/);
    for (const part of [
      '`authorizers["pool"].cognito` is for REST APIs; give `jwt`',
      '`authorizers["tokens"].jwt.issuer` is not https',
      '`authorizers["tokens"].jwt.audiences` is empty',
      '`authorizers["check"].lambda.identitySources` holds "method.request.header.Authorization"',
      '`routes["GET /orders"].mock` is not for this kind of API',
      '`routes["GET /tokens"]` takes any token of the issuer',
      '`routes["POST /orders"].requestModel` is for REST APIs',
      '`routes["GET /stock"].vpcLink` lacks `listenerArn` or `serverName`',
      '`routes["POST /topics"].awsService` is Publish of sns, which HTTP APIs do not call',
      '`routes["POST /topics"].awsService.resourceArns` holds "*"',
      '`routes["ANY /everything"]` takes more than one method or path',
      '`routes["ANY /everything"].timeoutMilliseconds` is 31000',
      '`stageName` is "/v1"',
      '`front.secretHeader` is "x secret"',
    ]) {
      assert.ok(message.includes(part), `${part}\nin\n${message}`);
    }
  });

  it("authorizers and qualifiers have names that API Gateway, Lambda and the document itself leave free", async () => {
    const lambda = { lambdaInvokeArn: "arn:aws:lambda" };
    const authorizers = { api_key: { lambda }, sigv4: { lambda } };
    for (const message of [
      await refused(() => new gatehouse.RestApi("orders", { isolation: production, routes: mock, authorizers })),
      await refused(
        () =>
          new gatehouse.HttpApi("orders", {
            isolation: production,
            routes: { "GET /orders": { http: { url: "https://backend.example.com" } } },
            authorizers,
          }),
      ),
    ]) {
      for (const name of Object.keys(authorizers)) {
        assert.ok(message.includes(`\`authorizers["${name}"]\` has a name that the API itself uses`), message);
      }
    }
    for (const requiredLambdaQualifier of ["", "$LATEST", "live.1", "a b", "x".repeat(129)]) {
      const isolation = { ...production, requiredLambdaQualifier };
      assert.match(
        await refused(() => new gatehouse.OriginSecret("edge", { isolation })),
        /`isolation.requiredLambdaQualifier` is ".*"; name an alias or a version/,
      );
    }
  });

  it("a WebSocket API says all that is wrong with its arguments at once", async () => {
    const message = await refused(
      () =>
        new gatehouse.WebSocketApi("chat", {
          isolation: production,
          authorizationType: "NONE",
          routes: {
            $connect: { http: { url: "https://backend.example.com" }, twoWay: true },
            send: { http: { url: "http://backend.example.com" } },
            "two words": { vpcLink: { vpcLinkId: "link" } },
            queue: { awsService: { service: "sqs", action: "SendMessage", resourceArns: [] }, requestModel: "Message" },
            nowhere: {
              awsService: {
                service: "sqs",
                action: "SendMessage",
                resourceArns: ["arn:aws:sqs:us-east-1:123456789012:messages"],
                requestTemplate: "Action=SendMessage&MessageBody=$input.body",
              },
              requestModel: "Message",
            },
          },
          routeSelectionExpression: "action",
          executionLog: { loggingLevel: "OFF", dataTraceEnabled: true },
        }),
    );
    assert.match(message, /^WebSocketApi "chat" has \d+ faults:/);
    for (const part of [
      "`$connect` has authorizationType NONE; give `publicAccessReason`",
      '`routes["$connect"].twoWay` is for messages',
      '`routes["send"].http.url` is http',
      '`routes["send"]` takes any message',
      '`routes["two words"]` is no route key',
      '`routes["two words"].vpcLink.url` is missing',
      '`routes["queue"].awsService.resourceArns` is empty',
      '`routes["queue"].awsService.requestTemplate` is missing',
      '`routes["queue"].requestModel` names "Message"',
      '`routes["nowhere"].awsService.requestTemplate` names no QueueUrl',
      '`routeSelectionExpression` is "action"',
      "`executionLog.loggingLevel` is OFF",
      "`executionLog.dataTraceEnabled` would log requests and responses whole in production",
    ]) {
      assert.ok(message.includes(part), `${part}\nin\n${message}`);
    }
  });

  it("a VPC link that reaches everything or nothing is refused", async () => {
    const message = await refused(
      () =>
        new gatehouse.VpcLink("stock", {
          isolation: production,
          vpcId: "",
          subnetIds: ["subnet-1"],
          backends: { all: { cidrBlock: "0.0.0.0/0" }, none: {}, odd: { cidrBlock: "10.0.16.0/24", port: 0 } },
        }),
    );
    for (const part of [
      "`vpcId` is not given",
      "`subnetIds` holds 1",
      '`backends["all"].cidrBlock` is 0.0.0.0/0, wider than a VPC can be',
      '`backends["none"]` names no destination',
      '`backends["odd"].port` is 0',
    ]) {
      assert.ok(message.includes(part), `${part}\nin\n${message}`);
    }
  });

  it("what a kind of API cannot do stands in the output `controls`", async () => {
    const resources = await register(
      (packages) => {
        const isolation = { environment: "nonproduction" } as const;
        new gatehouse.HttpApi("orders", { isolation, routes: { "GET /orders": { lambda: handler(packages) } } });
        new gatehouse.HttpApi("fronted", {
          isolation,
          routes: { "GET /orders": { lambda: handler(packages, "other") } },
          front: {},
        });
        new gatehouse.WebSocketApi("chat", { isolation, routes: { $default: { lambda: handler(packages, "chat") } } });
      },
      "keep",
      "dev",
    );
    const status = (name: string, control: string): string | undefined =>
      (
        resources.find((one) => one.name === name && one.type.startsWith("gatehouse:"))?.outputs[
          "controls"
        ] as gatehouse.Control[]
      ).find((one) => one.control === control)?.status;
    assert.equal(status("orders", "http-api-web-acl"), "unavailable");
    assert.equal(status("orders", "stage-execution-logging"), "unavailable");
    assert.equal(status("fronted", "http-api-web-acl"), "elsewhere");
    assert.equal(status("chat", "http-api-web-acl"), "unavailable");
    assert.equal(status("chat", "stage-execution-logging"), "met");
  });

  it("an environment that the stack's name contradicts is refused", async () => {
    const message = await refused(
      () => new gatehouse.RestApi("orders", { isolation: production, routes: mock }),
      "dev",
    );
    assert.match(message, /^RestApi "orders": `isolation.environment` is "production" in the stack "dev"/);
  });

  it("a weaker value needs an exception, and one that has expired is none", async () => {
    const args = { isolation: production, routes: mock, xrayTracingEnabled: false };
    const without = await refused(() => new gatehouse.RestApi("orders", args));
    assert.match(without, /exceptions: \[\{ control: "stage-tracing", reason: "…" \}\]/);
    const exceptions = [{ control: "stage-tracing", reason: "traced by the backend", expires: "2020-01-31" }];
    const expired = await refused(() => new gatehouse.RestApi("orders", { ...args, exceptions }));
    assert.match(expired, /for stage-tracing expired on 2020-01-31/);
  });

  it("an exception that excepts nothing is refused", async () => {
    const exceptions = [{ control: "stage-tracing", reason: "traced by the backend" }];
    const message = await refused(
      () => new gatehouse.RestApi("orders", { isolation: production, routes: mock, exceptions }),
    );
    assert.match(message, /holds one for stage-tracing, which nothing here weakens/);
  });

  it("a document that leaves an operation open is refused", async () => {
    const openApi = JSON.stringify({
      openapi: "3.0.1",
      info: { title: "Orders", version: "1" },
      paths: { "/orders": { get: { "x-amazon-apigateway-integration": { type: "mock" } } } },
    });
    const message = await refused(() => new gatehouse.RestApi("orders", { isolation: production, openApi }));
    assert.match(message, /operation "GET \/orders"` is open to anyone/);
  });

  it("a document that calls something else as signed requests are called is refused", async () => {
    const openApi = JSON.stringify({
      openapi: "3.0.1",
      info: { title: "Orders", version: "1" },
      components: { securitySchemes: { sigv4: { type: "apiKey", name: "x-api-key", in: "header" } } },
      paths: { "/orders": { get: { "x-amazon-apigateway-integration": { type: "mock" } } } },
    });
    const message = await refused(() => new gatehouse.RestApi("orders", { isolation: production, openApi }));
    assert.match(message, /security scheme "sigv4"` has the name of signed requests, and is of others/);
  });

  it("an exception and its reason stand in the output `controls`", async () => {
    const exceptions = [{ control: "stage-tracing", reason: "traced by the backend", approvedBy: "Ada" }];
    const resources = await register(
      (packages) => {
        new gatehouse.RestApi("orders", {
          isolation: production,
          models: { NewOrder: newOrder },
          routes: { "POST /orders": { lambda: handler(packages), requestModel: "NewOrder" } },
          xrayTracingEnabled: false,
          exceptions,
        });
      },
      "keep",
      "prod",
    );
    const api = resources.find(({ type }) => type === "gatehouse:index:RestApi");
    const controls = api?.outputs["controls"] as gatehouse.Control[];
    const tracing = controls.find(({ control }) => control === "stage-tracing");
    assert.ok(tracing);
    assert.equal(tracing.status, "excepted");
    assert.equal(tracing.reason, "traced by the backend");
    assert.equal(tracing.approvedBy, "Ada");
    assert.equal(controls.find(({ control }) => control === "stage-web-acl")?.status, "met");
  });
});
