import { daysBetween } from "../../core/days";
import { definePolicy, fault, unverified } from "../../core/policy";
import { callsHttp, clientCertificateOf } from "../../model/client-certificate";

/** A client certificate is good for a year and renews itself never; in its last days it must be replaced. */
const minimumDaysLeft = 30;

export const backendClientCertificate = definePolicy({
  name: "backend-client-certificate",
  topic: "encryption",
  description: "Stages that call HTTP backends show them a client certificate.",
  why: "A backend that anyone can reach and that cannot tell who calls answers those who go round the API, its authorizers and its web ACL.",
  fix: "Set `clientCertificateId` to the id of a client certificate, and have the backend check it.",
  severity: "medium",
  level: "advisory",
  where: "S",
  practice: "threat 5: no encryption",
  frameworks: {
    "AWS FSBP": ["APIGateway.2"],
    "NIST 800-53 r5": ["AC-4", "AC-17(2)", "IA-5(1)", "SC-8", "SC-12", "SC-13", "SC-23"],
  },
  peers: [
    "CKV2_AWS_51",
    "AC_AWS_0013",
    "APIGWSSLEnabled",
    "apigateway_restapi_client_certificate_enabled",
    "apigatewayCertificateRotation",
  ],
  on: "stage",
  check: (stage, { graph, today }) => {
    if (stage.api.kind === "http") return undefined;
    const certificate = clientCertificateOf(graph, stage);
    if (certificate.isAbsent()) {
      const http = callsHttp(graph, stage.api);
      if (http.is(false)) return undefined;
      return http.is(true)
        ? fault("calls HTTP backends and shows them no client certificate")
        : unverified("has no client certificate, and may call HTTP backends, which are not known yet");
    }
    const { subject: at, ends } = certificate.get() ?? {};
    const day = ends?.get();
    if (at === undefined || day === undefined || daysBetween(today, day) >= minimumDaysLeft) return undefined;
    return fault(`${day < today ? "ended" : "ends"} on ${day}`, {
      at,
      fix: "Make a new client certificate, have the backends trust both, and set `clientCertificateId` to the new one.",
    });
  },
  examples: {
    pass: [
      {
        title: "a REST stage shows its HTTP backend a certificate",
        program: ({ aws }) => {
          const api = new aws.apigateway.RestApi("orders");
          new aws.apigateway.Integration("list-orders", {
            restApi: api.id,
            resourceId: api.rootResourceId,
            httpMethod: "GET",
            type: "HTTP_PROXY",
            integrationHttpMethod: "GET",
            uri: "https://orders.example.com",
          });
          const certificate = new aws.apigateway.ClientCertificate("orders");
          const deployment = new aws.apigateway.Deployment("orders", { restApi: api.id });
          new aws.apigateway.Stage("prod", {
            restApi: api.id,
            deployment: deployment.id,
            stageName: "prod",
            clientCertificateId: certificate.id,
          });
        },
      },
      {
        title: "a REST stage whose backends are Lambda functions",
        program: ({ aws }) => {
          const api = new aws.apigateway.RestApi("orders");
          new aws.apigateway.Integration("list-orders", {
            restApi: api.id,
            resourceId: api.rootResourceId,
            httpMethod: "GET",
            type: "AWS_PROXY",
            integrationHttpMethod: "POST",
            uri: "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:111122223333:function:orders/invocations",
          });
          const deployment = new aws.apigateway.Deployment("orders", { restApi: api.id });
          new aws.apigateway.Stage("prod", { restApi: api.id, deployment: deployment.id, stageName: "prod" });
        },
      },
      {
        title: "HTTP APIs have no client certificates",
        program: ({ aws }) => {
          const api = new aws.apigatewayv2.Api("orders", { protocolType: "HTTP" });
          new aws.apigatewayv2.Integration("orders", {
            apiId: api.id,
            integrationType: "HTTP_PROXY",
            integrationMethod: "GET",
            integrationUri: "https://orders.example.com",
          });
          new aws.apigatewayv2.Stage("prod", { apiId: api.id, name: "prod" });
        },
      },
      {
        title: "the backend stands in an OpenAPI body, and the stage shows it a certificate",
        program: ({ aws }) => {
          const api = new aws.apigateway.RestApi("orders", {
            body: JSON.stringify({
              openapi: "3.0.1",
              info: { title: "orders", version: "1" },
              paths: {
                "/orders": {
                  get: {
                    responses: {},
                    "x-amazon-apigateway-integration": {
                      type: "http_proxy",
                      httpMethod: "GET",
                      uri: "https://orders.example.com",
                    },
                  },
                },
              },
            }),
          });
          const certificate = new aws.apigateway.ClientCertificate("orders");
          const deployment = new aws.apigateway.Deployment("orders", { restApi: api.id });
          new aws.apigateway.Stage("prod", {
            restApi: api.id,
            deployment: deployment.id,
            stageName: "prod",
            clientCertificateId: certificate.id,
          });
        },
      },
      {
        title: "a WebSocket stage shows its HTTP backend a certificate of another stack",
        program: ({ aws }) => {
          const api = new aws.apigatewayv2.Api("chat", {
            protocolType: "WEBSOCKET",
            routeSelectionExpression: "$request.body.action",
          });
          new aws.apigatewayv2.Integration("chat", {
            apiId: api.id,
            integrationType: "HTTP_PROXY",
            integrationMethod: "POST",
            integrationUri: "https://chat.example.com",
          });
          new aws.apigatewayv2.Stage("prod", { apiId: api.id, name: "prod", clientCertificateId: "a1b2c3" });
        },
      },
    ],
    fail: [
      {
        title: "a REST stage calls an HTTP backend with no certificate",
        program: ({ aws }) => {
          const api = new aws.apigateway.RestApi("orders");
          new aws.apigateway.Integration("list-orders", {
            restApi: api.id,
            resourceId: api.rootResourceId,
            httpMethod: "GET",
            type: "HTTP_PROXY",
            integrationHttpMethod: "GET",
            uri: "https://orders.example.com",
          });
          const deployment = new aws.apigateway.Deployment("orders", { restApi: api.id });
          new aws.apigateway.Stage("prod", { restApi: api.id, deployment: deployment.id, stageName: "prod" });
        },
      },
      {
        title: "the backend stands in an OpenAPI body",
        program: ({ aws }) => {
          const api = new aws.apigateway.RestApi("orders", {
            body: JSON.stringify({
              openapi: "3.0.1",
              info: { title: "orders", version: "1" },
              paths: {
                "/orders": {
                  get: {
                    responses: {},
                    "x-amazon-apigateway-integration": {
                      type: "http_proxy",
                      httpMethod: "GET",
                      uri: "https://orders.example.com",
                    },
                  },
                },
              },
            }),
          });
          const deployment = new aws.apigateway.Deployment("orders", { restApi: api.id });
          new aws.apigateway.Stage("prod", { restApi: api.id, deployment: deployment.id, stageName: "prod" });
        },
      },
      {
        title: "a WebSocket stage calls an HTTP backend with no certificate",
        program: ({ aws }) => {
          const api = new aws.apigatewayv2.Api("chat", {
            protocolType: "WEBSOCKET",
            routeSelectionExpression: "$request.body.action",
          });
          new aws.apigatewayv2.Integration("chat", {
            apiId: api.id,
            integrationType: "HTTP_PROXY",
            integrationMethod: "POST",
            integrationUri: "https://chat.example.com",
          });
          new aws.apigatewayv2.Stage("prod", { apiId: api.id, name: "prod" });
        },
      },
      {
        title: "one of two stages shows no certificate",
        program: ({ aws }) => {
          const api = new aws.apigateway.RestApi("orders");
          new aws.apigateway.Integration("list-orders", {
            restApi: api.id,
            resourceId: api.rootResourceId,
            httpMethod: "GET",
            type: "HTTP_PROXY",
            integrationHttpMethod: "GET",
            uri: "https://orders.example.com",
          });
          const deployment = new aws.apigateway.Deployment("orders", { restApi: api.id });
          new aws.apigateway.Stage("dev", { restApi: api.id, deployment: deployment.id, stageName: "dev" });
          new aws.apigateway.Stage("prod", {
            restApi: api.id,
            deployment: deployment.id,
            stageName: "prod",
            clientCertificateId: "a1b2c3",
          });
        },
      },
    ],
  },
});
