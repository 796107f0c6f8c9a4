import { definePolicy, fault, unverified } from "../../core/policy";
import { faultOfPolicy, tlsOptions } from "../../core/security-policies";

export const apiTls = definePolicy({
  name: "api-tls",
  topic: "encryption",
  description: "The `execute-api` endpoints of REST APIs accept TLS 1.2 and newer only, where they are open.",
  why: "A public REST API accepts TLS 1.0 until told otherwise, and its own policy counts even for calls through a custom domain with a stronger one.",
  fix: "Set `securityPolicy` to a `SecurityPolicy_TLS13_…` policy, and `endpointAccessMode` with it (from version 7.37 of the provider on), or close the endpoint by `disableExecuteApiEndpoint`.",
  severity: "medium",
  level: "advisory",
  where: "S",
  practice: "threat 5: no encryption",
  frameworks: { "OWASP API Security Top 10": ["API8:2023"] },
  options: tlsOptions,
  on: "api",
  check: (api, { options }) => {
    if (api.kind !== "rest" || api.visibility !== "stack") return undefined;
    const { securityPolicy, defaultEndpointDisabled } = api;
    if (defaultEndpointDisabled.is(true)) return undefined;
    const name = securityPolicy.get();
    if (name === undefined) return unverified("has a security policy that is not known yet");
    const says = faultOfPolicy(name, options);
    if (says === undefined) return undefined;
    if (defaultEndpointDisabled.isUnknown()) {
      return unverified(`${says}, and whether its own endpoint is open is not known yet`);
    }
    return fault(says);
  },
  examples: {
    pass: [
      {
        title: "an API with a policy of its own",
        program: ({ aws }) => {
          new aws.apigateway.RestApi("orders", {
            endpointConfiguration: { types: "REGIONAL" },
            securityPolicy: "SecurityPolicy_TLS13_1_2_PFS_PQ_2025_09",
            endpointAccessMode: "STRICT",
          });
        },
      },
      {
        title: "callers come through a custom domain only",
        program: ({ aws }) => {
          new aws.apigateway.RestApi("orders", { disableExecuteApiEndpoint: true });
        },
      },
      {
        title: "a private API accepts no less than TLS 1.2",
        program: ({ aws }) => {
          new aws.apigateway.RestApi("orders", { endpointConfiguration: { types: "PRIVATE" } });
        },
      },
      {
        title: "an OpenAPI body names the policy",
        program: ({ aws }) => {
          new aws.apigateway.RestApi("orders", {
            body: JSON.stringify({
              openapi: "3.0.1",
              info: { title: "orders", version: "1" },
              "x-amazon-apigateway-security-policy": "SecurityPolicy_TLS13_1_3_2025_09",
              "x-amazon-apigateway-endpoint-access-mode": "STRICT",
              paths: {},
            }),
          });
        },
      },
      {
        title: "HTTP APIs accept no less than TLS 1.2",
        program: ({ aws }) => {
          new aws.apigatewayv2.Api("orders", { protocolType: "HTTP" });
        },
      },
      {
        title: "WebSocket APIs accept no less than TLS 1.2",
        program: ({ aws }) => {
          new aws.apigatewayv2.Api("chat", {
            protocolType: "WEBSOCKET",
            routeSelectionExpression: "$request.body.action",
          });
        },
      },
      {
        title: "an API of another stack, whose policy cannot be seen here",
        program: ({ aws }) => {
          new aws.apigateway.Stage("prod", { restApi: "a1b2c3d4e5", deployment: "d1e2f3", stageName: "prod" });
        },
      },
    ],
    fail: [
      {
        title: "nobody sets the policy, and API Gateway takes TLS 1.0",
        program: ({ aws }) => {
          new aws.apigateway.RestApi("orders", { endpointConfiguration: { types: "REGIONAL" } });
        },
      },
      {
        title: "a private API where the organisation asks for TLS 1.3",
        config: { minimum: "TLS_1_3" },
        program: ({ aws }) => {
          new aws.apigateway.RestApi("orders", { endpointConfiguration: { types: "PRIVATE" } });
        },
      },
      {
        title: "an OpenAPI body names a policy with TLS 1.0",
        program: ({ aws }) => {
          new aws.apigateway.RestApi("orders", {
            body: JSON.stringify({
              openapi: "3.0.1",
              info: { title: "orders", version: "1" },
              "x-amazon-apigateway-security-policy": "TLS_1_0",
              paths: {},
            }),
          });
        },
      },
      {
        title: "one of two APIs is open with no policy of its own",
        program: ({ aws }) => {
          new aws.apigateway.RestApi("orders", { disableExecuteApiEndpoint: true });
          new aws.apigateway.RestApi("partners");
        },
      },
    ],
  },
});
