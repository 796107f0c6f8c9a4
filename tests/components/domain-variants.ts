import type * as aws from "@pulumi/aws";
import * as gatehouse from "../../components";
import { alias, development, handler, production } from "./variants";
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

/** An HTTP API whose one route asks the authorizer of an origin secret. */
function guarded({ aws, pulumi }: Packages, origin: gatehouse.OriginSecret): aws.apigatewayv2.Api {
  const key = new aws.kms.Key("api-logs", { enableKeyRotation: true });
  const logs = new aws.cloudwatch.LogGroup("api", { retentionInDays: 365, kmsKeyId: key.arn });
  const api = new aws.apigatewayv2.Api("orders", {
    protocolType: "HTTP",
    description: "Orders of the shop.",
    version: "1.0",
  });
  const current = origin.authorizerAlias;
  const authorizer = new aws.apigatewayv2.Authorizer("origin", {
    apiId: api.id,
    authorizerType: "REQUEST",
    authorizerUri: current.invokeArn,
    authorizerPayloadFormatVersion: "2.0",
    enableSimpleResponses: true,
    identitySources: ["$request.header.x-origin-verify", "$request.header.authorization"],
    authorizerResultTtlInSeconds: 0,
  });
  new aws.lambda.Permission("authorizer", {
    action: "lambda:InvokeFunction",
    function: current.functionName,
    qualifier: current.name,
    principal: "apigateway.amazonaws.com",
    sourceArn: pulumi.interpolate`${api.executionArn}/authorizers/${authorizer.id}`,
  });
  const integration = new aws.apigatewayv2.Integration("orders", {
    apiId: api.id,
    integrationType: "HTTP_PROXY",
    integrationMethod: "GET",
    integrationUri: "https://backend.example.com/orders",
  });
  const route = new aws.apigatewayv2.Route("orders", {
    apiId: api.id,
    routeKey: "GET /orders",
    authorizationType: "CUSTOM",
    authorizerId: authorizer.id,
    target: pulumi.interpolate`integrations/${integration.id}`,
  });
  const deployment = new aws.apigatewayv2.Deployment("orders", { apiId: api.id }, { dependsOn: route });
  new aws.apigatewayv2.Stage("prod", {
    apiId: api.id,
    name: "prod",
    description: "Orders of the shop, in production.",
    deploymentId: deployment.id,
    defaultRouteSettings: { throttlingBurstLimit: 500, throttlingRateLimit: 1000, detailedMetricsEnabled: true },
    accessLogSettings: {
      destinationArn: logs.arn,
      format: JSON.stringify({
        requestId: "$context.requestId",
        requestTime: "$context.requestTime",
        sourceIp: "$context.identity.sourceIp",
        routeKey: "$context.routeKey",
        httpMethod: "$context.httpMethod",
        status: "$context.status",
        principalId: "$context.authorizer.sub",
      }),
    },
    tags: { environment: "production" },
  });
  new aws.cloudwatch.MetricAlarm("errors", {
    namespace: "AWS/ApiGateway",
    metricName: "5xx",
    dimensions: { ApiId: api.id },
    statistic: "Sum",
    period: 300,
    evaluationPeriods: 1,
    threshold: 5,
    comparisonOperator: "GreaterThanOrEqualToThreshold",
  });
  return api;
}

const distributions: readonly Variant[] = [
  {
    title: "ApiDistribution: an HTTP API whose callers show a token, with a certificate and records",
    stack: "prod",
    program: (packages) => {
      const origin = new gatehouse.OriginSecret("edge", {
        isolation: production,
        token: { issuer: "https://issuer.example.com", audiences: ["shop"], scopes: ["orders/read"] },
      });
      const api = guarded(packages, origin);
      new gatehouse.ApiDistribution("edge", {
        isolation: production,
        apiEndpoint: api.apiEndpoint,
        stageName: "prod",
        originSecret: { secretArn: origin.secretArn, kmsKeyArn: origin.kmsKeyArn },
        domainName: "api.example.com",
        hostedZoneId: "Z0EXAMPLE",
        waf: { rateLimit: 500, blockedCountryCodes: ["KP"] },
      });
    },
  },
  {
    title: "ApiDistribution: a web ACL, a key and a certificate that are there already",
    stack: "prod",
    program: (packages) => {
      const { aws } = packages;
      const key = new aws.kms.Key("edge", { enableKeyRotation: true });
      const firewall = new gatehouse.WebAcl("edge", { isolation: production, scope: "CLOUDFRONT" });
      const origin = new gatehouse.OriginSecret("edge", { isolation: production, kmsKeyArn: key.arn });
      const orders = new gatehouse.HttpApi("orders", {
        isolation: production,
        front: {},
        authorizers: { origin: { lambda: { lambdaAlias: origin.authorizerAlias } } },
        defaultAuthorizer: "origin",
        routes: { "GET /orders/{id}": { lambda: handler(packages) } },
      });
      new gatehouse.ApiDistribution("edge", {
        isolation: production,
        apiEndpoint: orders.apiEndpoint,
        stageName: orders.stageName,
        originSecret: { secretArn: origin.secretArn, kmsKeyArn: key.arn },
        domainName: "api.example.com",
        certificateArn,
        waf: { webAclArn: firewall.arn },
        tags: { team: "orders" },
      });
    },
  },
];

const qualified: readonly Variant[] = [
  {
    title: "OriginSecret: its authorizer by the alias that every function must have",
    stack: "prod",
    program: (packages) => {
      const isolation = { ...production, requiredLambdaQualifier: "live" };
      const origin = new gatehouse.OriginSecret("edge", { isolation });
      const orders = new gatehouse.HttpApi("orders", {
        isolation,
        front: {},
        authorizers: { origin: { lambda: { lambdaAlias: origin.authorizerAlias } } },
        defaultAuthorizer: "origin",
        routes: { "GET /orders": { lambdaAlias: alias(packages, handler(packages), "live") } },
      });
      new gatehouse.ApiDistribution("edge", {
        isolation,
        apiEndpoint: orders.apiEndpoint,
        originSecret: { secretArn: origin.secretArn, kmsKeyArn: origin.kmsKeyArn },
        domainName: "api.example.com",
        certificateArn,
      });
    },
  },
];

export const domainVariants: readonly Variant[] = [...domains, ...clients, ...distributions, ...qualified];
