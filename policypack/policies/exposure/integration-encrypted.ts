import { canaryVariablesOf, withVariables } from "../../core/environments";
import { definePolicy, fault, unverified } from "../../core/policy";
import type { Outcome } from "../../core/policy";
import { unreadBodies } from "../../core/unread-bodies";
import { callsHttp, integrationsOf } from "../../model/integration";
import type { Integration } from "../../model/integration";
import { certificateChecked } from "../../model/remedy";

const linkFix =
  "Point `integrationUri` at an HTTPS listener and set `tlsConfig` (of an OpenAPI integration too), with the certificate's name as `serverNameToVerify`.";

const isPlain = (uri: string): boolean => /^\s*http:/i.test(uri);

/**
 * Whether an integration goes through a VPC link as those of HTTP APIs do: to a listener, by its ARN. Those of REST and
 * WebSocket APIs name a URL.
 */
function namesListener({ api, uri }: Integration): boolean | undefined {
  if (api.kind === "rest" || api.protocolKnown) return api.kind === "http";
  return uri.map((text) => text.startsWith("arn:")).get();
}

function judgeTransport(integration: Integration): Outcome | undefined {
  const { subject: at, connection, tls } = integration;
  if (connection.isUnknown()) return unverified("has a connection type that is not known yet", { at });
  const listener = connection.is("VPC_LINK") ? namesListener(integration) : false;
  if (listener === false) return judgeUri(integration);
  if (tls.isUnknown()) return unverified("has a `tlsConfig` that is not known yet", { at });
  if (tls.isPresent()) return undefined;
  return listener === true
    ? fault("reaches its backend through a VPC link without TLS", { at, fix: linkFix })
    : unverified("has a URI that is not known yet", { at });
}

function judgeUri(integration: Integration): Outcome | undefined {
  const { subject: at, uri, target } = integration;
  if (uri.isUnknown()) return unverified("has a URI that is not known yet", { at });
  const known = uri.get();
  if (known === undefined) {
    // With no URI to say otherwise API Gateway speaks HTTP to the load balancer.
    return target.isPresent() ? fault("reaches its backend through a VPC link without TLS", { at }) : undefined;
  }
  if (isPlain(known)) return fault("reaches its backend over http://", { at });
  return known.trim().startsWith("${stageVariables.") ? judgeVariables(integration, known) : undefined;
}

/** A URI whose scheme stands in a variable of each stage. */
function judgeVariables({ subject: at, api }: Integration, uri: string): Outcome | undefined {
  const stages = api.stages.filter((stage) => !stage.hearsay);
  const resolved = stages.flatMap((stage) => {
    const canary = canaryVariablesOf(stage);
    const own = { title: `stage "${stage.title}"`, text: withVariables(uri, stage) };
    if (canary.isAbsent()) return [own];
    return [own, { title: `the canary of stage "${stage.title}"`, text: withVariables(uri, stage, canary) }];
  });
  const plain = resolved.filter(({ text }) => isPlain(text.get() ?? "")).map(({ title }) => title);
  if (plain.length > 0) return fault(`reaches its backend over http:// in ${plain.join(" and ")}`, { at });
  const known = resolved.length > 0 && resolved.every(({ text }) => text.isKnown());
  return known ? undefined : unverified("has a URI of stage variables that are not known", { at });
}

function judge(integration: Integration): readonly Outcome[] {
  const { subject: at, tls } = integration;
  if (callsHttp(integration).is(false)) return [];
  const transport = judgeTransport(integration);
  if (transport?.kind === "fault") return [transport];
  const skips = tls.flatMap((config) => config.bool("insecureSkipVerification"));
  const outcomes = transport === undefined ? [] : [transport];
  if (skips.is(true)) {
    const fix = "Remove `insecureSkipVerification` from `tlsConfig`.";
    return [...outcomes, fault("does not check the certificate of its backend", { at, fix })];
  }
  return outcomes;
}

export const integrationEncrypted = definePolicy({
  name: "integration-encrypted",
  topic: "exposure",
  description: "API Gateway integrations reach their backends over TLS, and check whose certificate it is.",
  why: "What callers send over TLS is readable to everyone on the way from API Gateway to the backend, with tokens and personal data in it.",
  fix: "Use an `https://` address in `uri` (`integrationUri` of an HTTP or WebSocket API, `target` of quick create).",
  severity: "high",
  level: "mandatory",
  where: "R+S",
  practice: "threat 5: no encryption, exposed data",
  frameworks: { "AWS FSBP": ["APIGateway.10"] },
  peers: [
    "CTL.APIGATEWAY.INTEGRATION.HTTP.PLAINTEXT.001",
    "CTL.APIGATEWAY.INTEGRATION.HTTP.TLS.UNVALIDATED.001",
    "apigatewayv2-integration-private-https-enabled",
  ],
  on: "stack",
  check: (graph) => [...integrationsOf(graph).flatMap(judge), ...unreadBodies(graph, "integrations")],
  remedy: certificateChecked,
  examples: {
    pass: [
      {
        title: "an https:// backend of a REST API",
        program: ({ aws }) => {
          const api = new aws.apigateway.RestApi("orders");
          new aws.apigateway.Integration("orders", {
            restApi: api.id,
            resourceId: api.rootResourceId,
            httpMethod: "GET",
            type: "HTTP_PROXY",
            integrationHttpMethod: "GET",
            uri: "https://orders.example.com/",
          });
        },
      },
      {
        title: "a Lambda function, whose URI is known only after it exists",
        program: ({ aws, pulumi }) => {
          const handler = new aws.lambda.Function("orders", {
            role: "arn:aws:iam::111122223333:role/orders",
            runtime: "nodejs22.x",
            handler: "index.handler",
            code: new pulumi.asset.AssetArchive({}),
          });
          const api = new aws.apigateway.RestApi("orders");
          new aws.apigateway.Integration("orders", {
            restApi: api.id,
            resourceId: api.rootResourceId,
            httpMethod: "GET",
            type: "AWS_PROXY",
            integrationHttpMethod: "POST",
            uri: handler.invokeArn,
          });
        },
      },
      {
        title: "the scheme stands in a stage variable",
        program: ({ aws }) => {
          const api = new aws.apigateway.RestApi("orders");
          new aws.apigateway.Integration("orders", {
            restApi: api.id,
            resourceId: api.rootResourceId,
            httpMethod: "GET",
            type: "HTTP_PROXY",
            integrationHttpMethod: "GET",
            uri: "${stageVariables.backend}/orders",
          });
          const deployment = new aws.apigateway.Deployment("orders", { restApi: api.id });
          new aws.apigateway.Stage("prod", {
            restApi: api.id,
            deployment: deployment.id,
            stageName: "prod",
            variables: { backend: "https://orders.example.com" },
          });
        },
      },
      {
        title: "a VPC link of an HTTP API with TLS",
        program: ({ aws }) => {
          const api = new aws.apigatewayv2.Api("orders", { protocolType: "HTTP" });
          const link = new aws.apigatewayv2.VpcLink("orders", { subnetIds: ["subnet-0a1b2c3d"], securityGroupIds: [] });
          new aws.apigatewayv2.Integration("orders", {
            apiId: api.id,
            integrationType: "HTTP_PROXY",
            integrationMethod: "ANY",
            connectionType: "VPC_LINK",
            connectionId: link.id,
            integrationUri:
              "arn:aws:elasticloadbalancing:eu-west-1:111122223333:listener/app/orders/50dc6c495c0c9188/0467ef3c8400ae65",
            tlsConfig: { serverNameToVerify: "orders.example.com" },
          });
        },
      },
      {
        title: "a VPC link of a WebSocket API, which names a URL",
        program: ({ aws }) => {
          const api = new aws.apigatewayv2.Api("chat", {
            protocolType: "WEBSOCKET",
            routeSelectionExpression: "$request.body.action",
          });
          new aws.apigatewayv2.Integration("chat", {
            apiId: api.id,
            integrationType: "HTTP_PROXY",
            integrationMethod: "POST",
            connectionType: "VPC_LINK",
            connectionId: "a1b2c3",
            integrationUri: "https://chat.example.com/",
          });
        },
      },
      {
        title: "a mock and an https:// backend in an OpenAPI body",
        program: ({ aws }) => {
          new aws.apigateway.RestApi("orders", {
            body: JSON.stringify({
              openapi: "3.0.1",
              info: { title: "orders", version: "1" },
              paths: {
                "/orders": {
                  get: {
                    "x-amazon-apigateway-integration": {
                      type: "http_proxy",
                      httpMethod: "GET",
                      uri: "https://orders.example.com/orders",
                    },
                  },
                  options: { "x-amazon-apigateway-integration": { type: "mock" } },
                },
              },
            }),
          });
        },
      },
      {
        title: "an https:// backend of an HTTP API from an OpenAPI body",
        program: ({ aws }) => {
          new aws.apigatewayv2.Api("orders", {
            protocolType: "HTTP",
            body: JSON.stringify({
              openapi: "3.0.1",
              info: { title: "orders", version: "1" },
              paths: {
                "/orders": {
                  get: {
                    "x-amazon-apigateway-integration": {
                      type: "http_proxy",
                      httpMethod: "GET",
                      uri: "https://orders.example.com/orders",
                      payloadFormatVersion: "1.0",
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
        title: "an http:// backend of a REST API",
        program: ({ aws }) => {
          const api = new aws.apigateway.RestApi("orders");
          new aws.apigateway.Integration("orders", {
            restApi: api.id,
            resourceId: api.rootResourceId,
            httpMethod: "GET",
            type: "HTTP_PROXY",
            integrationHttpMethod: "GET",
            uri: "http://orders.example.com/",
          });
        },
      },
      {
        title: "a VPC link of a REST API over http://",
        program: ({ aws }) => {
          const api = new aws.apigateway.RestApi("orders");
          new aws.apigateway.Integration("orders", {
            restApi: api.id,
            resourceId: api.rootResourceId,
            httpMethod: "GET",
            type: "HTTP_PROXY",
            integrationHttpMethod: "GET",
            connectionType: "VPC_LINK",
            connectionId: "${stageVariables.link}",
            uri: "http://${stageVariables.host}/orders",
          });
        },
      },
      {
        title: "a backend whose certificate is not checked",
        program: ({ aws }) => {
          const api = new aws.apigateway.RestApi("orders");
          new aws.apigateway.Integration("orders", {
            restApi: api.id,
            resourceId: api.rootResourceId,
            httpMethod: "GET",
            type: "HTTP",
            integrationHttpMethod: "GET",
            uri: "https://orders.example.com/",
            tlsConfig: { insecureSkipVerification: true },
          });
        },
      },
      {
        title: "a stage variable with http://",
        program: ({ aws }) => {
          const api = new aws.apigateway.RestApi("orders");
          new aws.apigateway.Integration("orders", {
            restApi: api.id,
            resourceId: api.rootResourceId,
            httpMethod: "GET",
            type: "HTTP_PROXY",
            integrationHttpMethod: "GET",
            uri: "${stageVariables.backend}/orders",
          });
          const deployment = new aws.apigateway.Deployment("orders", { restApi: api.id });
          new aws.apigateway.Stage("dev", {
            restApi: api.id,
            deployment: deployment.id,
            stageName: "dev",
            variables: { backend: "http://orders.dev.example.com" },
          });
        },
      },
      {
        title: "a VPC link of an HTTP API without TLS, to a listener known only after it exists",
        program: ({ aws }) => {
          const api = new aws.apigatewayv2.Api("orders", { protocolType: "HTTP" });
          const listener = new aws.lb.Listener("orders", {
            loadBalancerArn:
              "arn:aws:elasticloadbalancing:eu-west-1:111122223333:loadbalancer/app/orders/50dc6c495c0c9188",
            port: 80,
            defaultActions: [{ type: "fixed-response", fixedResponse: { contentType: "text/plain" } }],
          });
          new aws.apigatewayv2.Integration("orders", {
            apiId: api.id,
            integrationType: "HTTP_PROXY",
            integrationMethod: "ANY",
            connectionType: "VPC_LINK",
            connectionId: "a1b2c3",
            integrationUri: listener.arn,
          });
        },
      },
      {
        title: "a WebSocket API with an http:// backend",
        program: ({ aws }) => {
          const api = new aws.apigatewayv2.Api("chat", {
            protocolType: "WEBSOCKET",
            routeSelectionExpression: "$request.body.action",
          });
          new aws.apigatewayv2.Integration("chat", {
            apiId: api.id,
            integrationType: "HTTP_PROXY",
            integrationMethod: "POST",
            integrationUri: "http://chat.example.com/",
          });
        },
      },
      {
        title: "quick create with an http:// target",
        program: ({ aws }) => {
          new aws.apigatewayv2.Api("orders", { protocolType: "HTTP", target: "http://orders.example.com/" });
        },
      },
      {
        title: "an http:// backend in an OpenAPI body",
        program: ({ aws }) => {
          new aws.apigateway.RestApi("orders", {
            body: JSON.stringify({
              swagger: "2.0",
              info: { title: "orders", version: "1" },
              paths: {
                "/orders": {
                  get: {
                    "x-amazon-apigateway-integration": {
                      type: "http",
                      httpMethod: "GET",
                      uri: "http://orders.example.com/orders",
                    },
                  },
                },
              },
            }),
          });
        },
      },
      {
        title: "an HTTP API with an http:// backend",
        program: ({ aws }) => {
          const api = new aws.apigatewayv2.Api("orders", { protocolType: "HTTP" });
          new aws.apigatewayv2.Integration("orders", {
            apiId: api.id,
            integrationType: "HTTP_PROXY",
            integrationMethod: "GET",
            integrationUri: "http://orders.example.com/",
          });
        },
      },
      {
        title: "a VPC link without TLS in the OpenAPI body of an HTTP API",
        program: ({ aws }) => {
          new aws.apigatewayv2.Api("orders", {
            protocolType: "HTTP",
            body: JSON.stringify({
              openapi: "3.0.1",
              info: { title: "orders", version: "1" },
              paths: {
                "/orders": {
                  get: {
                    "x-amazon-apigateway-integration": {
                      type: "http_proxy",
                      httpMethod: "GET",
                      connectionType: "VPC_LINK",
                      connectionId: "a1b2c3",
                      uri: "arn:aws:elasticloadbalancing:eu-west-1:111122223333:listener/app/orders/50dc6c495c0c9188/0467ef3c8400ae65",
                      payloadFormatVersion: "1.0",
                    },
                  },
                },
              },
            }),
          });
        },
      },
      {
        title: "an http:// backend of another stack's API",
        program: ({ aws }) => {
          new aws.apigateway.Integration("orders", {
            restApi: "a1b2c3d4e5",
            resourceId: "f6g7h8",
            httpMethod: "GET",
            type: "HTTP_PROXY",
            integrationHttpMethod: "GET",
            uri: "http://orders.example.com/",
          });
        },
      },
      {
        title: "one of two stages names http:// in its variable",
        program: ({ aws }) => {
          const api = new aws.apigateway.RestApi("orders");
          new aws.apigateway.Integration("orders", {
            restApi: api.id,
            resourceId: api.rootResourceId,
            httpMethod: "GET",
            type: "HTTP_PROXY",
            integrationHttpMethod: "GET",
            uri: "${stageVariables.backend}/orders",
          });
          const deployment = new aws.apigateway.Deployment("orders", { restApi: api.id });
          for (const [stageName, scheme] of [
            ["dev", "http"],
            ["prod", "https"],
          ] as const) {
            new aws.apigateway.Stage(stageName, {
              restApi: api.id,
              deployment: deployment.id,
              stageName,
              variables: { backend: `${scheme}://${stageName}.example.com` },
            });
          }
        },
      },
    ],
  },
});
