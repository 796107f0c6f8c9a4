import * as gatehouse from "../../components";
import { development, handler, production } from "./variants";
import type { Variant } from "./variants";

const certificateArn = "arn:aws:acm:us-east-1:123456789012:certificate/7e7a28d2-163f-4b8f-b9cd-822f96c08d6a";
const certificates = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n";

type Packages = Parameters<Variant["program"]>[0];

const behindDomain = (packages: Packages, name: string, isolation = production): gatehouse.RestApi =>
  new gatehouse.RestApi(name, {
    isolation,
    disableExecuteApiEndpoint: true,
    routes: { [`GET /${name}`]: { lambda: handler(packages, `${name}-handler`), apiKeyRequired: true } },
  });

const domains: readonly Variant[] = [
  {
    title: "ApiDomain: two REST APIs, a certificate and a record",
    stack: "prod",
    program: (packages) => {
      const zone = new packages.aws.route53.Zone("zone", { name: "example.com" });
      const orders = behindDomain(packages, "orders");
      const stock = behindDomain(packages, "stock");
      new gatehouse.ApiDomain("api", {
        isolation: { ...production, allowedAccountIds: ["123456789012"] },
        domainName: "api.example.com",
        hostedZoneId: zone.zoneId,
        mappings: { "/orders": { restStage: orders.stage }, "/stock/v2": { restStage: stock.stage } },
      });
      new gatehouse.ApiClients("partners", {
        isolation: production,
        stages: [{ stage: orders.stage }, { stage: stock.stage }],
        clients: { acme: { description: "ACME, contract 4711" }, globex: {} },
      });
    },
  },
  {
    title: "ApiDomain: callers with a certificate, and a certificate that is there already",
    stack: "prod",
    program: (packages) => {
      const orders = behindDomain(packages, "orders");
      new gatehouse.ApiDomain("partners", {
        isolation: production,
        domainName: "partners.example.com",
        certificateArn,
        mappings: { "/": { restStage: orders.stage } },
        mutualTls: { certificates },
        tags: { team: "orders" },
      });
      new gatehouse.ApiClients("partners", {
        isolation: production,
        stages: [{ stage: orders.stage }],
        clients: { acme: {} },
      });
    },
  },
  {
    title: "ApiDomain: a truststore of one's own, and APIs of other stacks",
    program: () => {
      new gatehouse.ApiDomain("api", {
        isolation: development,
        domainName: "api.dev.example.com",
        certificateArn,
        mappings: {
          "/orders": { restApiId: "a1b2c3d4e5", stageName: "v1" },
          "/stock": { httpApiId: "f6g7h8i9j0", stageName: "$default" },
        },
        mutualTls: { truststoreUri: "s3://example-truststore/ca.pem", truststoreVersion: "3HL4kqtJvjVBH40Nrjfkd" },
        protect: true,
      });
      new gatehouse.ApiDomain("chat", {
        isolation: development,
        domainName: "chat.dev.example.com",
        certificateArn,
        mappings: { "/": { webSocketApiId: "k1l2m3n4o5", stageName: "v1" } },
      });
    },
  },
  {
    title: "ApiDomain: an edge-optimized domain, for a reason",
    program: (packages) => {
      const orders = new gatehouse.RestApi("orders", {
        isolation: development,
        disableExecuteApiEndpoint: true,
        routes: { "GET /orders": { lambda: handler(packages) } },
      });
      new gatehouse.ApiDomain("api", {
        isolation: development,
        domainName: "api.dev.example.com",
        hostedZoneId: "Z0EXAMPLE",
        endpointType: "EDGE",
        mappings: { "/orders": { restStage: orders.stage } },
        exceptions: [{ control: "endpoint-type", reason: "callers are on four continents" }],
      });
    },
  },
];

const clients: readonly Variant[] = [
  {
    title: "ApiClients: limits of one's own, a key that is there already and a stage of another stack",
    program: ({ aws }) => {
      const key = new aws.kms.Key("secrets", { enableKeyRotation: true });
      new gatehouse.ApiClients("partners", {
        isolation: development,
        stages: [{ restApiId: "a1b2c3d4e5", stageName: "v1" }],
        clients: { acme: {} },
        throttle: { rateLimit: 5, burstLimit: 10 },
        quota: { limit: 1000, period: "DAY" },
        rotationMonths: 1,
        kmsKeyArn: key.arn,
      });
    },
  },
];

export const domainVariants: readonly Variant[] = [...domains, ...clients];
