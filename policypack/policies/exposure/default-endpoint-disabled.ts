import { definePolicy, fault, option, unverified } from "../../core/policy";
import { frontsOf } from "../../model/distribution";
import { domainsBefore } from "../../model/domain";

export const defaultEndpointDisabled = definePolicy({
  name: "default-endpoint-disabled",
  topic: "exposure",
  description: "API Gateway APIs behind a custom domain or CloudFront are closed on their own `execute-api` endpoint.",
  why: "Who knows the id of an API calls it on its own endpoint, past the web ACL, the TLS policy and the certificate of whatever stands in front.",
  fix: "Set `disableExecuteApiEndpoint: true`; behind CloudFront, a secret in `customHeaders` that an authorizer checks does as well.",
  severity: "medium",
  level: "mandatory",
  where: "S",
  practice: "practice 5: no internal service in public",
  frameworks: { "OWASP API Security Top 10": ["API9:2023"] },
  peers: ["CTL.APIGATEWAY.ENDPOINT.DEFAULT.001", "apigatewayDefaultEndpointDisabled"],
  options: {
    always: option("Ask it of every API, whether or not something stands in front.", { type: "boolean" }, false),
  },
  on: "api",
  check: (api, { graph, options }) => {
    // A private API's endpoint is no way from the internet, past anything.
    if (api.visibility !== "stack" || api.endpointType.is("PRIVATE")) return undefined;
    const disabled = api.defaultEndpointDisabled;
    if (disabled.is(true)) return undefined;
    const domains = domainsBefore(graph, api);
    // What mutual TLS is worth beside an open endpoint is `domain-mutual-tls`'s.
    if (domains.some((domain) => domain.mutualTls)) return undefined;
    const fronts = frontsOf(graph, api);
    const leading = fronts.filter((front) => front.leads.is(true));
    if (leading.some((front) => front.secret.is(true))) return undefined;
    const [front] = [...domains, ...leading];
    if (front === undefined && !options.always) {
      const [maybe] = fronts;
      return maybe && unverified(`is open on its own endpoint, and may be behind ${maybe.label}`);
    }
    const beside = front === undefined ? "" : ` beside ${front.label}`;
    if (disabled.isUnknown() || api.endpointType.isUnknown() || leading.some(({ secret }) => secret.isUnknown())) {
      return unverified(`may be open on its own endpoint${beside}`);
    }
    return fault(`is open on its own endpoint${beside}`);
  },
  examples: {
    pass: [
      {
        title: "a REST API behind a custom domain only",
        program: ({ aws }) => {
          const api = new aws.apigateway.RestApi("orders", { disableExecuteApiEndpoint: true });
          const domain = new aws.apigateway.DomainName("orders", {
            domainName: "api.example.com",
            regionalCertificateArn: "arn:aws:acm:eu-west-1:111122223333:certificate/0a1b2c3d",
            endpointConfiguration: { types: "REGIONAL" },
          });
          new aws.apigateway.BasePathMapping("orders", {
            restApi: api.id,
            domainName: domain.domainName,
            stageName: "prod",
          });
        },
      },
      {
        title: "an OpenAPI body closes the endpoint of an HTTP API",
        program: ({ aws }) => {
          const api = new aws.apigatewayv2.Api("orders", {
            protocolType: "HTTP",
            body: JSON.stringify({
              openapi: "3.0.1",
              info: { title: "orders", version: "1" },
              servers: [{ "x-amazon-apigateway-endpoint-configuration": { disableExecuteApiEndpoint: true } }],
              paths: {},
            }),
          });
          new aws.apigatewayv2.ApiMapping("orders", { apiId: api.id, domainName: "api.example.com", stage: "prod" });
        },
      },
      {
        title: "CloudFront sends a secret",
        program: ({ aws, pulumi }) => {
          const api = new aws.apigatewayv2.Api("orders", { protocolType: "HTTP" });
          new aws.cloudfront.Distribution("orders", {
            enabled: true,
            origins: [
              {
                originId: "api",
                domainName: api.apiEndpoint.apply((endpoint) => endpoint.replace("https://", "")),
                customHeaders: [
                  { name: "x-origin-secret", value: new pulumi.Config().get("originSecret") ?? "set-me" },
                ],
                customOriginConfig: {
                  httpPort: 80,
                  httpsPort: 443,
                  originProtocolPolicy: "https-only",
                  originSslProtocols: ["TLSv1.2"],
                },
              },
            ],
            defaultCacheBehavior: {
              targetOriginId: "api",
              viewerProtocolPolicy: "https-only",
              allowedMethods: ["GET", "HEAD"],
              cachedMethods: ["GET", "HEAD"],
            },
            restrictions: { geoRestriction: { restrictionType: "none" } },
            viewerCertificate: { cloudfrontDefaultCertificate: true },
          });
        },
      },
      {
        title: "nothing stands in front",
        program: ({ aws }) => {
          new aws.apigateway.RestApi("orders");
        },
      },
      {
        title: "a WebSocket API behind a custom domain only",
        program: ({ aws }) => {
          const api = new aws.apigatewayv2.Api("chat", {
            protocolType: "WEBSOCKET",
            routeSelectionExpression: "$request.body.action",
            disableExecuteApiEndpoint: true,
          });
          new aws.apigatewayv2.ApiMapping("chat", { apiId: api.id, domainName: "chat.example.com", stage: "prod" });
        },
      },
      {
        title: "an API of another stack, whose endpoint cannot be seen here",
        program: ({ aws }) => {
          new aws.apigateway.BasePathMapping("orders", {
            restApi: "a1b2c3d4e5",
            domainName: "api.example.com",
            stageName: "prod",
          });
        },
      },
    ],
    fail: [
      {
        title: "a REST API is open beside its custom domain",
        program: ({ aws }) => {
          const api = new aws.apigateway.RestApi("orders");
          const domain = new aws.apigateway.DomainName("orders", {
            domainName: "api.example.com",
            regionalCertificateArn: "arn:aws:acm:eu-west-1:111122223333:certificate/0a1b2c3d",
            endpointConfiguration: { types: "REGIONAL" },
          });
          new aws.apigateway.BasePathMapping("orders", {
            restApi: api.id,
            domainName: domain.domainName,
            stageName: "prod",
          });
        },
      },
      {
        title: "a body closes the endpoint where API Gateway does not look",
        program: ({ aws }) => {
          const api = new aws.apigateway.RestApi("orders", {
            body: JSON.stringify({
              openapi: "3.0.1",
              info: { title: "orders", version: "1" },
              "x-amazon-apigateway-endpoint-configuration": { disableExecuteApiEndpoint: true },
              paths: {},
            }),
          });
          new aws.apigateway.BasePathMapping("orders", {
            restApi: api.id,
            domainName: "api.example.com",
            stageName: "prod",
          });
        },
      },
      {
        title: "a WebSocket API is open beside another stack's domain",
        program: ({ aws }) => {
          const api = new aws.apigatewayv2.Api("chat", {
            protocolType: "WEBSOCKET",
            routeSelectionExpression: "$request.body.action",
          });
          new aws.apigatewayv2.ApiMapping("chat", { apiId: api.id, domainName: "chat.example.com", stage: "prod" });
        },
      },
      {
        title: "an HTTP API is open beside CloudFront",
        program: ({ aws }) => {
          const api = new aws.apigatewayv2.Api("orders", { protocolType: "HTTP" });
          new aws.cloudfront.Distribution("orders", {
            enabled: true,
            origins: [
              {
                originId: "api",
                domainName: api.apiEndpoint.apply((endpoint) => endpoint.replace("https://", "")),
                customOriginConfig: {
                  httpPort: 80,
                  httpsPort: 443,
                  originProtocolPolicy: "https-only",
                  originSslProtocols: ["TLSv1.2"],
                },
              },
            ],
            defaultCacheBehavior: {
              targetOriginId: "api",
              viewerProtocolPolicy: "https-only",
              allowedMethods: ["GET", "HEAD"],
              cachedMethods: ["GET", "HEAD"],
            },
            restrictions: { geoRestriction: { restrictionType: "none" } },
            viewerCertificate: { cloudfrontDefaultCertificate: true },
          });
        },
      },
      {
        title: "it is asked of every API",
        config: { always: true },
        program: ({ aws }) => {
          new aws.apigatewayv2.Api("orders", { protocolType: "HTTP" });
        },
      },
      {
        title: "one of two APIs behind a domain is open beside it",
        program: ({ aws }) => {
          for (const name of ["orders", "partners"]) {
            const api = new aws.apigateway.RestApi(name, { disableExecuteApiEndpoint: name === "orders" });
            new aws.apigateway.BasePathMapping(name, {
              restApi: api.id,
              domainName: "api.example.com",
              stageName: "prod",
              basePath: name,
            });
          }
        },
      },
      {
        title: "an HTTP API from an OpenAPI body is open beside another stack's domain",
        program: ({ aws }) => {
          const api = new aws.apigatewayv2.Api("orders", {
            protocolType: "HTTP",
            body: JSON.stringify({ openapi: "3.0.1", info: { title: "orders", version: "1" }, paths: {} }),
          });
          new aws.apigatewayv2.ApiMapping("orders", { apiId: api.id, domainName: "api.example.com", stage: "prod" });
        },
      },
    ],
  },
});
