import assert from "node:assert/strict";
import * as gatehouse from "../../components";
import type { Registered } from "../../preview/engine";
import { refused } from "../support/refused";
import { Pack, register } from "../support/stack";
import type { Program } from "../support/stack";
import { alias, handler, message, production } from "./variants";

// Odd uses that are legal: what is made of them is what AWS takes, and the pack has nothing to say.

type Packages = Parameters<Program>[0];
const long = "a-name-of-many-characters-".repeat(5);
const isolation = production;

const uses: Readonly<Record<string, (packages: Packages) => void>> = {
  "names of 130 characters": (packages) => {
    const lambda = handler(packages);
    new gatehouse.RestApi(long, { isolation, routes: { "GET /orders": { lambda } } });
    new gatehouse.ApiClients(long, {
      isolation,
      stages: [{ restApiId: "a1b2c3d4e5", stageName: "v1" }],
      clients: { acme: {} },
    });
    new gatehouse.OriginSecret(long, { isolation });
    new gatehouse.ApiAccount(long, { isolation });
    new gatehouse.ApiDomain(long, {
      isolation,
      domainName: "api.example.com",
      hostedZoneId: "Z0EXAMPLE",
      mappings: { "/": { restApiId: "a1b2c3d4e5", stageName: "v1" } },
      mutualTls: { certificates: "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n" },
    });
    new gatehouse.VpcLink(long, {
      isolation,
      vpcId: "vpc-1",
      subnetIds: ["subnet-1", "subnet-2"],
      backends: { lager: { cidrBlock: "10.0.0.0/24" } },
    });
  },
  "names of other letters": (packages) => {
    const lambda = handler(packages);
    new gatehouse.RestApi("Bestellungen für 東京", { isolation, routes: { "GET /orders": { lambda } } });
    new gatehouse.RestApi("Bestellungen für 大阪", { isolation, routes: { "GET /orders": { lambda } } });
    new gatehouse.OriginSecret("東京", { isolation });
    new gatehouse.ApiDomain("東京 Api", {
      isolation,
      domainName: "api.example.com",
      hostedZoneId: "Z0EXAMPLE",
      mappings: { "/": { restApiId: "a1b2c3d4e5", stageName: "v1" } },
      mutualTls: { certificates: "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n" },
    });
    new gatehouse.VpcLink("東京", {
      isolation,
      vpcId: "vpc-1",
      subnetIds: ["subnet-1", "subnet-2"],
      backends: { 倉庫: { cidrBlock: "10.0.0.0/24" } },
    });
  },
  "300 routes of one function": (packages) => {
    const lambda = handler(packages);
    const keys = Array.from({ length: 300 }, (_, index) => `GET /r${String(index)}/{id}`);
    new gatehouse.RestApi("orders", { isolation, routes: Object.fromEntries(keys.map((key) => [key, { lambda }])) });
  },
  "the root, paths that differ by case, and one name of a parameter in two places": (packages) => {
    const lambda = handler(packages);
    new gatehouse.RestApi("orders", {
      isolation,
      routes: {
        "GET /": { lambda },
        "GET /Payments": { lambda },
        "GET /payments": { lambda },
        "GET /a/{id}": { lambda },
        "DELETE /a/{id}/b/{part}": { lambda },
        "GET /b/{part}": { lambda },
      },
    });
  },
  "functions by resource, output, alias and ARN of another account": (packages) => {
    const lambda = handler(packages);
    new gatehouse.RestApi("orders", {
      isolation,
      routes: {
        "GET /a": { lambda },
        "GET /b": { lambda: packages.pulumi.output(lambda) },
        "GET /c": { lambdaAlias: packages.pulumi.output(alias(packages, lambda)) },
        "GET /d": {
          lambdaInvokeArn:
            "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:999999999999:function:other:7/invocations",
        },
      },
    });
  },
  "a provider of another region, and options of Pulumi's": (packages) => {
    const { aws } = packages;
    const provider = new aws.Provider("eu", { region: "eu-west-1" });
    const before = new aws.sqs.Queue("before");
    const orders = new gatehouse.RestApi(
      "orders",
      { isolation, routes: { "GET /orders": { lambda: handler(packages) } } },
      { provider, protect: true, aliases: [{ name: "former" }], dependsOn: [before] },
    );
    new aws.sqs.Queue("after", {}, { dependsOn: [orders] });
  },
  "HTTP backends with parameters in their URL, and without": () => {
    new gatehouse.RestApi("orders", {
      isolation,
      routes: {
        "GET /orders/{id}/lines/{line}": { http: { url: "https://b.example.com/o/{id}/l/{line}?full=1" } },
        "GET /fixed/{id}": { http: { url: "https://b.example.com/fixed", method: "POST" } },
      },
    });
  },
  "one function that answers, and that authorizes twice": (packages) => {
    const lambda = handler(packages);
    new gatehouse.RestApi("orders", {
      isolation,
      authorizers: {
        header: { lambda: { lambda } },
        ticket: { lambda: { lambda, identitySources: ["method.request.querystring.t"], resultTtlInSeconds: 0 } },
      },
      routes: { "GET /a": { lambda, authorizer: "header" }, "GET /b": { lambda, authorizer: "ticket" } },
    });
  },
  "the smallest limits": (packages) => {
    new gatehouse.RestApi("orders", {
      isolation,
      throttle: { rateLimit: 1, burstLimit: 1 },
      routes: { "GET /login": { lambda: handler(packages) } },
    });
  },
};

/** What AWS asks of names and texts: of each type, the property, the longest, and the letters. */
const rules: readonly (readonly [type: string, property: string, longest: number, letters: RegExp])[] = [
  ["Role", "name", 64, /^[\w+=,.@-]+$/],
  ["Role", "namePrefix", 38, /^[\w+=,.@-]+$/],
  ["Role", "description", 1000, /^[\t\n\r\x20-\x7E\xA1-\xFF]*$/],
  ["Function", "name", 64, /^[A-Za-z0-9_-]+$/],
  ["Function", "description", 256, /^[^]*$/],
  ["Alias", "name", 128, /^(?!\d+$)[A-Za-z0-9_-]+$/],
  ["Bucket", "bucketPrefix", 37, /^[a-z0-9][a-z0-9-]*$/],
  ["LogGroup", "name", 512, /^[.\-_/#A-Za-z0-9]+$/],
  ["WebAcl", "name", 128, /^[\w-]+$/],
  ["WebAcl", "description", 256, /^[\w+=:#@/\-,.][\w+=:#@/\-,.\s]+[\w+=:#@/\-,.]$/],
  ["SecurityGroup", "name", 255, /^(?!sg-)[\w .:/()#,@[\]+=&;{}!$*-]+$/],
  ["SecurityGroup", "description", 255, /^[\w .:/()#,@[\]+=&;{}!$*-]+$/],
  ["SecurityGroupEgressRule", "description", 255, /^[\w .:/()#,@[\]+=&;{}!$*-]+$/],
  ["Secret", "namePrefix", 500, /^[\w/+=.@-]+$/],
  ["VpcLink", "name", 128, /^[^]+$/],
];

describe("odd uses of components", () => {
  let pack: Pack;
  before(async () => {
    pack = await Pack.boot();
  });
  after(() => pack.close());

  const inside = ({ urn }: Registered): boolean => (urn.split("::")[2] ?? "").includes("gatehouse:index:");
  for (const [title, program] of Object.entries(uses)) {
    it(title, async () => {
      const resources = await register(program, "resolve", "prod");
      const { violations, unverified } = await pack.judge(resources);
      assert.deepEqual(
        [...violations, ...unverified].map(({ policy, name, message: says }) => `${policy} ${name}: ${says}`),
        [],
      );
      const taken = new Set<string>();
      for (const { type, name, inputs } of resources.filter(inside)) {
        for (const [of, property, longest, letters] of rules) {
          const text = inputs[property];
          if (!type.endsWith(`:${of}`) || typeof text !== "string") continue;
          assert.ok(text.length <= longest && letters.test(text), `${of} ${name}: ${property} is ${text}`);
          if (property !== "name" || of === "Alias") continue;
          assert.ok(!taken.has(`${type} ${text}`), `two are ${text}`);
          taken.add(`${type} ${text}`);
        }
      }
    });
  }

  it("keys of messages that look alike have resources of their own", async () => {
    const keys = ["send/message", "send-message", "SEND", "send", "Ünicode"];
    const resources = await register(
      (packages) => {
        const lambda = handler(packages);
        new gatehouse.WebSocketApi("chat", {
          isolation,
          models: { Message: message },
          routes: Object.fromEntries(keys.map((key) => [key, { lambda, requestModel: "Message" }])),
        });
      },
      "resolve",
      "prod",
    );
    const routes = resources.filter(({ type }) => type === "aws:apigatewayv2/route:Route");
    assert.deepEqual(routes.map(({ inputs }) => inputs["routeKey"]).sort(), [...keys, "$connect"].sort());
    assert.equal(new Set(routes.map(({ name }) => name)).size, keys.length + 1);
  });

  it("parameters of other names at one place of a path are refused, as API Gateway would", async () => {
    const mock = { mock: {} };
    const rest = await refused(
      () =>
        new gatehouse.RestApi("orders", {
          isolation,
          routes: { "GET /orders/{id}": mock, "DELETE /orders/{orderId}": mock, "GET /orders/{id}/lines": mock },
        }),
    );
    assert.equal(
      rest,
      'RestApi "orders": `routes["DELETE /orders/{orderId}"]` has {orderId} where another route has {id}; call both {id}.',
    );
    const catchAll = [{ control: "route-catch-all", reason: "the backend takes what is below" }];
    const routes = { "GET /files/{id}": mock, "GET /files/{path+}": mock };
    const greedy = await refused(() => new gatehouse.RestApi("files", { isolation, routes, exceptions: catchAll }));
    assert.match(greedy, /has \{path\+\} where another route has \{id\}/);
    const http = { http: { url: "https://b.example.com/" } };
    const second = await refused(
      () =>
        new gatehouse.HttpApi("orders", {
          isolation,
          routes: { "GET /a/{id}/b/{x}": http, "GET /a/{other}/b/{y}": http, "GET /a/{rest+}": http },
          exceptions: catchAll,
        }),
    );
    assert.equal(
      second,
      'HttpApi "orders": `routes["GET /a/{other}/b/{y}"]` has {other} where another route has {id}; call both {id}.',
    );
    const document = await refused(
      () =>
        new gatehouse.RestApi("orders", {
          isolation,
          defaultAuthorizationType: "AWS_IAM",
          openApi: JSON.stringify({
            openapi: "3.0.1",
            info: { title: "orders", version: "1" },
            paths: Object.fromEntries(
              ["/orders/{id}", "/orders/{orderId}/lines"].map((path) => [
                path,
                { get: { "x-amazon-apigateway-integration": { type: "http", uri: "https://b.example.com/" } } },
              ]),
            ),
          }),
        }),
    );
    assert.match(
      document,
      /operation "GET \/orders\/\{orderId\}\/lines"` has \{orderId\} where another route has \{id\}/,
    );
  });
});
