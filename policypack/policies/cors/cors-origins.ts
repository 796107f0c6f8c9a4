import { apiEnvironmentClass, environmentOptions } from "../../core/environments";
import { definePolicy, fault, option, unverified } from "../../core/policy";
import type { Outcome } from "../../core/policy";
import { unreadBodies } from "../../core/unread-bodies";
import type { Api } from "../../model/api";
import { bodySetsCors, corsOf, isAnyOrigin } from "../../model/cors";
import type { Cors } from "../../model/cors";
import type { Value } from "../../model/value";

const fixes = {
  configuration: "List the origins of your own pages in `corsConfiguration.allowOrigins`.",
  headers: "Give the header `Access-Control-Allow-Origin` the origin of your own pages.",
} as const;

const untold = ({ reason }: Cors["origins"]): string =>
  reason === "unreadable" ? "cannot be read from the program" : "are not known yet";

function judge(cors: Cors, environment: Value<string>, allowedIn: readonly string[]): Outcome | undefined {
  const { subject: at, origins, credentials } = cors;
  const fix = fixes[cors.written];
  const any = (origins.get() ?? []).flatMap((origin) => {
    const text = origin.get();
    return text !== undefined && isAnyOrigin(text) ? [`\`${text.trim()}\``] : [];
  });
  const open = origins.isUnknown() || (origins.get() ?? []).some((origin) => origin.isUnknown());
  if (any.length === 0 && !open) return undefined;
  const allowed = allowedIn.length > 0 && environment.isKnown() && allowedIn.includes(environment.get() ?? "");
  if (any.length === 0) {
    return allowed && credentials.isNot(true)
      ? undefined
      : unverified(`allows origins that ${untold(origins)}, and may allow any`, { at });
  }
  const which = `any origin (${[...new Set(any)].join(", ")})`;
  if (credentials.is(true)) return fault(`allows ${which} to send credentials`, { at, fix });
  if (allowedIn.length === 0 || (environment.isKnown() && !allowed)) return fault(`allows ${which}`, { at, fix });
  if (environment.isUnknown()) return unverified(`allows ${which}, in an environment that is not known yet`, { at });
  return credentials.isUnknown() ? unverified(`allows ${which}, and may let it send credentials`, { at }) : undefined;
}

export const corsOrigins = definePolicy({
  name: "cors-origins",
  topic: "cors",
  description: "APIs allow the origins of their own pages, and in production not any origin.",
  why: "With any origin allowed, a page of an attacker reads what the API answers to the visitor's browser, and with credentials it acts as the visitor.",
  fix: "List the origins of your own pages.",
  severity: "high",
  level: "mandatory",
  where: "R+S",
  practice: "tip 4: strict CORS",
  frameworks: { "OWASP API Security Top 10": ["API8:2023"] },
  peers: [
    "KICS api_gateway_v2_cors_wildcard_origin",
    "AC_AWS_0441",
    "CTL.APIGATEWAY.CORS.001",
    "apigateway-cors-not-wildcard-with-credentials",
  ],
  options: {
    ...environmentOptions,
    allowAnyOriginIn: option<readonly string[]>(
      "Where any origin may be allowed, without credentials.",
      { type: "array", items: { type: "string", enum: ["production", "nonProduction"] } },
      ["nonProduction"],
    ),
  },
  on: "stack",
  check: (graph, { options }) => {
    const environments = new Map<Api, Value<string>>();
    const environmentOf = (api: Api): Value<string> => {
      const environment = environments.get(api) ?? apiEnvironmentClass(graph, api, options);
      environments.set(api, environment);
      return environment;
    };
    return [
      ...corsOf(graph).flatMap((cors) => judge(cors, environmentOf(cors.api), options.allowAnyOriginIn) ?? []),
      ...unreadBodies(graph, "CORS", bodySetsCors),
    ];
  },
  examples: {
    pass: [
      {
        title: "an HTTP API lists its origins",
        program: ({ aws }) => {
          const api = new aws.apigatewayv2.Api("orders", {
            protocolType: "HTTP",
            corsConfiguration: { allowOrigins: ["https://shop.example.com"], allowCredentials: true },
          });
          new aws.apigatewayv2.Stage("prod", { apiId: api.id, name: "prod" });
        },
      },
      {
        title: "an origin known only after the distribution exists",
        stack: "prod",
        program: ({ aws, pulumi }) => {
          const pages = new aws.cloudfront.Distribution("pages", {
            enabled: true,
            origins: [{ originId: "pages", domainName: "pages.s3.eu-west-1.amazonaws.com" }],
            defaultCacheBehavior: {
              allowedMethods: ["GET", "HEAD"],
              cachedMethods: ["GET", "HEAD"],
              targetOriginId: "pages",
              viewerProtocolPolicy: "redirect-to-https",
            },
            restrictions: { geoRestriction: { restrictionType: "none" } },
            viewerCertificate: { cloudfrontDefaultCertificate: true },
          });
          new aws.apigatewayv2.Api("orders", {
            protocolType: "HTTP",
            corsConfiguration: { allowOrigins: [pulumi.interpolate`https://${pages.domainName}`] },
          });
        },
      },
      {
        title: "any origin in a development stage, without credentials",
        program: ({ aws }) => {
          const api = new aws.apigatewayv2.Api("orders", {
            protocolType: "HTTP",
            corsConfiguration: { allowOrigins: ["*"] },
          });
          new aws.apigatewayv2.Stage("dev", { apiId: api.id, name: "dev" });
        },
      },
      {
        title: "a preflight of a REST API answers with one origin",
        stack: "prod",
        program: ({ aws }) => {
          const api = new aws.apigateway.RestApi("orders");
          new aws.apigateway.IntegrationResponse("preflight", {
            restApi: api.id,
            resourceId: api.rootResourceId,
            httpMethod: "OPTIONS",
            statusCode: "200",
            responseParameters: { "method.response.header.Access-Control-Allow-Origin": "'https://shop.example.com'" },
          });
        },
      },
      {
        title: "CORS in the body of an HTTP API, which the provider takes away again",
        stack: "prod",
        program: ({ aws }) => {
          new aws.apigatewayv2.Api("orders", {
            protocolType: "HTTP",
            body: JSON.stringify({
              openapi: "3.0.1",
              info: { title: "orders", version: "1" },
              "x-amazon-apigateway-cors": { allowOrigins: ["*"] },
              paths: {},
            }),
          });
        },
      },
      {
        title: "a preflight of an OpenAPI body answers with one origin",
        stack: "prod",
        program: ({ aws }) => {
          new aws.apigateway.RestApi("orders", {
            body: JSON.stringify({
              openapi: "3.0.1",
              info: { title: "orders", version: "1" },
              paths: {
                "/orders": {
                  options: {
                    responses: { "200": { description: "preflight" } },
                    "x-amazon-apigateway-integration": {
                      type: "mock",
                      responses: {
                        default: {
                          statusCode: "200",
                          responseParameters: {
                            "method.response.header.Access-Control-Allow-Origin": "'https://shop.example.com'",
                          },
                        },
                      },
                    },
                  },
                },
              },
            }),
          });
        },
      },
    ],
    fail: [
      {
        title: "an HTTP API allows any origin in production",
        program: ({ aws }) => {
          const api = new aws.apigatewayv2.Api("orders", {
            protocolType: "HTTP",
            corsConfiguration: { allowOrigins: ["*"] },
          });
          new aws.apigatewayv2.Stage("prod", { apiId: api.id, name: "prod" });
        },
      },
      {
        title: "any origin with credentials, in whatever environment",
        program: ({ aws }) => {
          const api = new aws.apigatewayv2.Api("orders", {
            protocolType: "HTTP",
            corsConfiguration: { allowOrigins: ["https://*"], allowCredentials: true },
          });
          new aws.apigatewayv2.Stage("dev", { apiId: api.id, name: "dev" });
        },
      },
      {
        title: "nothing tells the environment",
        stack: "main",
        program: ({ aws }) => {
          const api = new aws.apigatewayv2.Api("orders", {
            protocolType: "HTTP",
            corsConfiguration: { allowOrigins: ["https://shop.example.com", "null"] },
          });
          new aws.apigatewayv2.Stage("v1", { apiId: api.id, name: "v1" });
        },
      },
      {
        title: "a preflight of a REST API answers with a star",
        program: ({ aws }) => {
          const api = new aws.apigateway.RestApi("orders");
          const deployment = new aws.apigateway.Deployment("orders", { restApi: api.id });
          new aws.apigateway.Stage("prod", { restApi: api.id, deployment: deployment.id, stageName: "prod" });
          new aws.apigateway.IntegrationResponse("preflight", {
            restApi: api.id,
            resourceId: api.rootResourceId,
            httpMethod: "OPTIONS",
            statusCode: "200",
            responseParameters: { "method.response.header.Access-Control-Allow-Origin": "'*'" },
          });
        },
      },
      {
        title: "errors of the gateway allow any origin to send credentials",
        program: ({ aws }) => {
          const api = new aws.apigateway.RestApi("orders");
          new aws.apigateway.Response("errors", {
            restApiId: api.id,
            responseType: "DEFAULT_4XX",
            responseParameters: {
              "gatewayresponse.header.Access-Control-Allow-Origin": "'*'",
              "gatewayresponse.header.Access-Control-Allow-Credentials": "'true'",
            },
          });
        },
      },
      {
        title: "a preflight in an OpenAPI body",
        stack: "prod",
        program: ({ aws }) => {
          new aws.apigateway.RestApi("orders", {
            body: JSON.stringify({
              openapi: "3.0.1",
              info: { title: "orders", version: "1" },
              paths: {
                "/orders": {
                  options: {
                    responses: { "200": { description: "preflight" } },
                    "x-amazon-apigateway-integration": {
                      type: "mock",
                      responses: {
                        default: {
                          statusCode: "200",
                          responseParameters: { "method.response.header.Access-Control-Allow-Origin": "'*'" },
                        },
                      },
                    },
                  },
                },
              },
            }),
          });
        },
      },
      {
        title: "any origin in development, where the organisation allows it nowhere",
        config: { allowAnyOriginIn: [] },
        program: ({ aws }) => {
          const api = new aws.apigatewayv2.Api("orders", {
            protocolType: "HTTP",
            corsConfiguration: { allowOrigins: ["*"] },
          });
          new aws.apigatewayv2.Stage("dev", { apiId: api.id, name: "dev" });
        },
      },
      {
        title: "one of two HTTP APIs in production allows any origin",
        program: ({ aws }) => {
          for (const [name, origin] of [
            ["orders", "https://shop.example.com"],
            ["partners", "*"],
          ] as const) {
            const api = new aws.apigatewayv2.Api(name, {
              protocolType: "HTTP",
              corsConfiguration: { allowOrigins: [origin] },
            });
            new aws.apigatewayv2.Stage(name, { apiId: api.id, name: "prod" });
          }
        },
      },
      {
        title: "errors of another stack's API allow any origin",
        stack: "prod",
        program: ({ aws }) => {
          new aws.apigateway.Response("errors", {
            restApiId: "a1b2c3d4e5",
            responseType: "DEFAULT_4XX",
            responseParameters: { "gatewayresponse.header.Access-Control-Allow-Origin": "'*'" },
          });
        },
      },
    ],
  },
});
