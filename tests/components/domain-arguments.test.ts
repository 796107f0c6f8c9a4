import assert from "node:assert/strict";
import * as gatehouse from "../../components";
import { refused } from "../support/refused";
import { development, production } from "./variants";

const certificateArn = "arn:aws:acm:us-east-1:123456789012:certificate/7e7a28d2-163f-4b8f-b9cd-822f96c08d6a";
const rest = { restApiId: "a1b2c3d4e5", stageName: "v1" };

function mentions(message: string, ...parts: readonly string[]): void {
  for (const part of parts) assert.ok(message.includes(part), `${part}\nin\n${message}`);
}

describe("arguments of ApiDomain and ApiClients", () => {
  it("all faults of a domain come in one error", async () => {
    const message = await refused(
      () =>
        new gatehouse.ApiDomain("api", {
          isolation: production,
          domainName: "*.example.com",
          mappings: {
            orders: rest,
            "/chat": { webSocketApiId: "k1l2m3n4o5", stageName: "v1" },
            "/none": {},
            "/both": { ...rest, httpApiId: "f6g7h8i9j0" },
            "/all": { restApiId: "a1b2c3d4e5" },
            "/dev": { restApiId: "a1b2c3d4e5", stageName: "dev" },
          },
          securityPolicy: "TLS_1_0",
          mutualTls: { truststoreUri: "s3://bucket/ca.pem" },
        }),
    );
    assert.match(message, /^ApiDomain "api" has \d+ faults:/);
    mentions(
      message,
      '`domainName` is "*.example.com"; name one domain for each environment',
      "`certificateArn` is not given; give it, or `hostedZoneId`",
      '`mappings["orders"]` is no path',
      '`mappings["/none"]` names no stage',
      '`mappings["/both"]` has restApiId and httpApiId',
      '`mappings["/all"].stageName` is not given, so that callers could choose any stage',
      '`mappings["/dev"].stageName` is "dev", and this is production',
      "`mappings` hold WebSocket APIs beside others",
      "`mutualTls.truststoreVersion` is not given",
      'exceptions: [{ control: "domain-tls", reason: "…" }]',
    );
  });

  it("an enhanced policy is refused where API Gateway refuses it", async () => {
    const securityPolicy = "SecurityPolicy_TLS13_1_2_PFS_PQ_2025_09";
    const common = { isolation: development, domainName: "api.example.com", certificateArn, securityPolicy };
    mentions(
      await refused(
        () =>
          new gatehouse.ApiDomain("api", {
            ...common,
            mappings: { "/": { httpApiId: "f6g7h8i9j0", stageName: "v1" } },
          }),
        "dev",
      ),
      "which API Gateway refuses before HTTP or WebSocket APIs; write TLS_1_2",
    );
    mentions(
      await refused(
        () =>
          new gatehouse.ApiDomain("api", {
            ...common,
            mappings: { "/": rest },
            mutualTls: { certificates: "-----BEGIN CERTIFICATE-----" },
          }),
        "dev",
      ),
      "which API Gateway refuses with mutual TLS; write TLS_1_2",
    );
  });

  it("an edge-optimized domain needs an exception, and REST APIs on one level", async () => {
    const message = await refused(
      () =>
        new gatehouse.ApiDomain("api", {
          isolation: production,
          domainName: "api.example.com",
          certificateArn,
          endpointType: "EDGE",
          mappings: { "/orders/v2": rest, "/stock": { httpApiId: "f6g7h8i9j0", stageName: "v1" } },
          mutualTls: { certificates: "-----BEGIN CERTIFICATE-----" },
        }),
    );
    mentions(
      message,
      'exceptions: [{ control: "endpoint-type"',
      "is EDGE, which HTTP and WebSocket APIs do not have",
      "have paths of several levels",
      "`mutualTls` is not for EDGE domains",
    );
  });

  it("all faults of clients come in one error", async () => {
    const message = await refused(
      () =>
        new gatehouse.ApiClients("partners", {
          isolation: production,
          stages: [{ restApiId: "a1b2c3d4e5" }, { restApiId: "a1b2c3d4e5", stageName: "dev" }],
          clients: { "ACME Inc.": {} },
          throttle: { rateLimit: 0, burstLimit: 1 },
          quota: { limit: 100_000, period: "DAY" },
          rotationMonths: 5,
        }),
    );
    assert.match(message, /^ApiClients "partners" has \d+ faults:/);
    mentions(
      message,
      "`stages[0]` names no stage",
      '`stages[1].stageName` is "dev", and this is production',
      '`clients["ACME Inc."]` has a name that cannot stand in others',
      "`throttle` lacks a limit above 0",
      "`quota` is 100000 in a day, more than 1000000 in a month",
      "`rotationMonths` is 5; write 1, 2, 3, 4, 6 or 12",
    );
  });

  it("clients without names or stages are refused", async () => {
    const message = await refused(
      () => new gatehouse.ApiClients("partners", { isolation: production, stages: [], clients: {} }),
    );
    mentions(message, "`stages` is empty, so that the keys open nothing", "`clients` is empty");
  });
});
