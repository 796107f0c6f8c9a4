import { globMatches } from "../../core/glob";
import { definePolicy, fault, option, unverified } from "../../core/policy";
import type { Outcome } from "../../core/policy";
import { unreadBodies } from "../../core/unread-bodies";
import { callsHttp, integrationsOf } from "../../model/integration";
import type { Integration } from "../../model/integration";
import { isInternalAddress } from "../../model/ip-range";

/** Names that resolve inside a network only, load balancers of AWS that are internal, and VPC endpoints. */
const defaultPatterns: readonly string[] = [
  "*.internal",
  "*.local",
  "*.localdomain",
  "*.lan",
  "*.intranet",
  "*.corp",
  "*.private",
  "*.home.arpa",
  "internal-*.elb.amazonaws.com",
  "internal-*.elb.amazonaws.com.cn",
  "*.vpce.amazonaws.com",
  "*.vpce.amazonaws.com.cn",
];

/** The host of a URL; undefined where it names none. */
function hostOf(uri: string): string | undefined {
  const [, host] = /^\s*https?:\/\/(?:[^/?#@]*@)?(\[[^\]/]*\]|(?:\$\{[^}]*\}|[^/?#:])+)/i.exec(uri) ?? [];
  return host?.replace(/^\[|\]$|\.$/g, "");
}

function isInternal(host: string, patterns: readonly string[]): boolean {
  if (isInternalAddress(host)) return true;
  if (patterns.some((pattern) => globMatches(pattern, host, true))) return true;
  // A name with no domain, as that of a container beside it.
  return /^[a-z0-9_-]+$/i.test(host);
}

function judge(integration: Integration, patterns: readonly string[]): Outcome | undefined {
  const { subject: at, connection, uri } = integration;
  if (callsHttp(integration).is(false) || connection.is("VPC_LINK") || uri.isAbsent()) return undefined;
  if (uri.isUnknown()) return unverified("has a URI that is not known yet", { at });
  const written = uri.get() ?? "";
  const host = hostOf(written);
  if (host !== undefined && isInternal(host, patterns)) {
    return connection.isUnknown()
      ? unverified("has a connection type that is not known yet", { at })
      : fault(`reaches "${host.slice(0, 100)}", which looks internal, without a VPC link`, { at });
  }
  return (host ?? written).includes("${stageVariables.")
    ? unverified("has a host of stage variables, so whether it is internal cannot be told", { at })
    : undefined;
}

export const integrationPrivate = definePolicy({
  name: "integration-private",
  topic: "exposure",
  description: "API Gateway integrations reach internal backends through a VPC link.",
  why: "Without a VPC link API Gateway comes from the internet, so an internal backend either cannot be reached or has been opened to it.",
  fix: "Set `connectionType` to VPC_LINK and `connectionId` to a VPC link into the backend's network.",
  severity: "medium",
  level: "advisory",
  where: "R+S",
  practice: "practice 5: no internal service in public",
  peers: ["CTL.APIGATEWAY.INTEGRATION.HTTP.BACKEND.PUBLIC.001", "CTL.APIGATEWAY.INTEGRATION.VPCLINK.MISSING.001"],
  options: {
    patterns: option(
      "Hosts that are internal, as globs; private addresses and names with no domain are in any case.",
      { type: "array", items: { type: "string" } },
      defaultPatterns,
    ),
  },
  on: "stack",
  check: (graph, { options: { patterns } }) => [
    ...integrationsOf(graph).flatMap((integration) => judge(integration, patterns) ?? []),
    ...unreadBodies(graph, "integrations"),
  ],
  examples: {
    pass: [
      {
        title: "an internal name behind a VPC link",
        program: ({ aws }) => {
          const api = new aws.apigateway.RestApi("orders");
          const link = new aws.apigateway.VpcLink("orders", {
            targetArn: "arn:aws:elasticloadbalancing:eu-west-1:111122223333:loadbalancer/net/orders/50dc6c495c0c9188",
          });
          new aws.apigateway.Integration("orders", {
            restApi: api.id,
            resourceId: api.rootResourceId,
            httpMethod: "GET",
            type: "HTTP_PROXY",
            integrationHttpMethod: "GET",
            connectionType: "VPC_LINK",
            connectionId: link.id,
            uri: "https://orders.internal/",
          });
        },
      },
      {
        title: "a public backend of an HTTP API",
        program: ({ aws }) => {
          const api = new aws.apigatewayv2.Api("orders", { protocolType: "HTTP" });
          new aws.apigatewayv2.Integration("orders", {
            apiId: api.id,
            integrationType: "HTTP_PROXY",
            integrationMethod: "GET",
            integrationUri: "https://internal.example.com/orders",
          });
        },
      },
      {
        title: "a Lambda function in an OpenAPI body",
        program: ({ aws }) => {
          new aws.apigateway.RestApi("orders", {
            body: JSON.stringify({
              openapi: "3.0.1",
              info: { title: "orders", version: "1" },
              paths: {
                "/orders": {
                  get: {
                    "x-amazon-apigateway-integration": {
                      type: "aws_proxy",
                      httpMethod: "POST",
                      uri: "arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/arn:aws:lambda:eu-west-1:111122223333:function:orders/invocations",
                    },
                  },
                },
              },
            }),
          });
        },
      },
      {
        title: "quick create with a function that does not exist yet",
        program: ({ aws, pulumi }) => {
          const list = new aws.lambda.Function("list", {
            role: "arn:aws:iam::111122223333:role/list",
            runtime: "nodejs22.x",
            handler: "index.handler",
            code: new pulumi.asset.AssetArchive({}),
          });
          new aws.apigatewayv2.Api("orders", { protocolType: "HTTP", target: list.arn });
        },
      },
      {
        title: "an internal name behind a VPC link of a WebSocket API",
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
            integrationUri: "https://chat.internal/",
          });
        },
      },
      {
        title: "a listener behind a VPC link, known only after it exists",
        program: ({ aws }) => {
          const api = new aws.apigatewayv2.Api("orders", { protocolType: "HTTP" });
          const listener = new aws.lb.Listener("orders", {
            loadBalancerArn:
              "arn:aws:elasticloadbalancing:eu-west-1:111122223333:loadbalancer/app/orders/50dc6c495c0c9188",
            port: 443,
            protocol: "HTTPS",
            certificateArn: "arn:aws:acm:eu-west-1:111122223333:certificate/0a1b2c3d",
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
    ],
    fail: [
      {
        title: "a private address",
        program: ({ aws }) => {
          const api = new aws.apigateway.RestApi("orders");
          new aws.apigateway.Integration("orders", {
            restApi: api.id,
            resourceId: api.rootResourceId,
            httpMethod: "GET",
            type: "HTTP",
            integrationHttpMethod: "GET",
            uri: "https://10.20.30.40:8443/orders",
          });
        },
      },
      {
        title: "an internal load balancer behind an HTTP API",
        program: ({ aws }) => {
          const api = new aws.apigatewayv2.Api("orders", { protocolType: "HTTP" });
          new aws.apigatewayv2.Integration("orders", {
            apiId: api.id,
            integrationType: "HTTP_PROXY",
            integrationMethod: "ANY",
            integrationUri: "https://internal-orders-1234567890.eu-west-1.elb.amazonaws.com/{proxy}",
          });
        },
      },
      {
        title: "an internal name behind a WebSocket API",
        program: ({ aws }) => {
          const api = new aws.apigatewayv2.Api("chat", {
            protocolType: "WEBSOCKET",
            routeSelectionExpression: "$request.body.action",
          });
          new aws.apigatewayv2.Integration("chat", {
            apiId: api.id,
            integrationType: "HTTP",
            integrationMethod: "POST",
            integrationUri: "https://${stageVariables.name}.chat.local/",
          });
        },
      },
      {
        title: "an internal name in an OpenAPI body, by a pattern of an organisation's own",
        config: { patterns: ["*.backend.example.com"] },
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
                      uri: "https://orders.backend.example.com/orders",
                    },
                  },
                },
              },
            }),
          });
        },
      },
      {
        title: "quick create with a container's name",
        program: ({ aws }) => {
          new aws.apigatewayv2.Api("orders", { protocolType: "HTTP", target: "https://orders:8443/" });
        },
      },
      {
        title: "one of two backends of another stack's API is a private address",
        program: ({ aws }) => {
          for (const [httpMethod, host] of [
            ["GET", "orders.example.com"],
            ["POST", "192.168.10.20"],
          ] as const) {
            new aws.apigateway.Integration(httpMethod, {
              restApi: "a1b2c3d4e5",
              resourceId: "f6g7h8",
              httpMethod,
              type: "HTTP",
              integrationHttpMethod: httpMethod,
              uri: `https://${host}/`,
            });
          }
        },
      },
    ],
  },
});
