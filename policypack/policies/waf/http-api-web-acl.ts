import { definePolicy, fault, option, unverified } from "../../core/policy";
import type { Outcome } from "../../core/policy";
import type { Api } from "../../model/api";
import { frontsOf } from "../../model/distribution";
import type { Graph } from "../../model/graph";
import { resourceSubject } from "../../model/subject";
import { refusedAssociations } from "../../model/web-acl";

const minimumReason = 10;

/** Somebody can call it: it has routes or stages, those of quick create among them, or a body that may have some. */
function isCallable(api: Api): boolean {
  return api.routes.length + api.stages.length + api.bodies.length > 0;
}

function judgeAssociations(graph: Graph, api: Api): Outcome[] {
  const target = api.visibility === "stack" ? api.label : "an HTTP or WebSocket API";
  return refusedAssociations(graph, api).map((association) =>
    fault(`is aimed at ${target}, which AWS refuses: of API Gateway only stages of REST APIs take a web ACL`, {
      at: resourceSubject(association, `web ACL association "${association.name}"`, api),
      fix: "Remove the association, and put a CloudFront distribution with a `webAclId` in front of the API.",
    }),
  );
}

/** Whether a web ACL stands before the API, whichever way a caller takes. */
function judgeFronts(graph: Graph, api: Api, ignored: string): Outcome | undefined {
  const fronts = frontsOf(graph, api);
  const leading = fronts.filter((front) => front.leads.is(true));
  const bare = leading.find((front) => front.guarded.is(false));
  if (bare) {
    return fault(`is reached through ${bare.label}, which has no web ACL${ignored}`, {
      fix: "Set `webAclId` of the distribution to the ARN of a web ACL whose scope is CLOUDFRONT.",
    });
  }
  const guarded = leading.filter((front) => front.guarded.is(true));
  const disabled = api.defaultEndpointDisabled;
  const [first] = guarded;
  if (first === undefined) {
    if (fronts.length > 0) {
      return unverified(
        "cannot carry a web ACL, and whether a CloudFront distribution with one leads to it is not known",
      );
    }
    if (disabled.is(true) && !graph.mappings.some((mapping) => mapping.api === api)) {
      return unverified("has its default endpoint disabled, and how callers reach it is not in this stack");
    }
    return fault(`cannot carry a web ACL, and no CloudFront distribution of the stack with one leads to it${ignored}`);
  }
  if (disabled.is(true) || guarded.some((front) => front.secret.is(true))) return undefined;
  if (disabled.isUnknown() || guarded.some((front) => front.secret.isUnknown())) {
    return unverified(`is behind ${first.label}, and whether callers can go around it is not known`);
  }
  return fault(
    `is behind ${first.label}, and callers can go around its web ACL through the default endpoint${ignored}`,
    {
      fix: "Set `disableExecuteApiEndpoint` to true, or send a secret in `customHeaders` of the origin and check it in an authorizer.",
    },
  );
}

export const httpApiWebAcl = definePolicy({
  name: "http-api-web-acl",
  topic: "waf",
  description: "HTTP and WebSocket APIs are reached only through a CloudFront distribution with a web ACL.",
  why: "These APIs cannot carry a web ACL themselves, so without a distribution in front nothing looks at requests before they reach the backend.",
  fix: "Put a CloudFront distribution with a `webAclId` in front, and set `disableExecuteApiEndpoint` or send an origin secret.",
  severity: "high",
  level: "mandatory",
  where: "S",
  practice: "tip 1: WAF",
  peers: ["CTL.APIGATEWAY.WAF.BYPASS.CF.001"],
  options: {
    frontedElsewhere: option(
      "A web ACL outside this stack stands before the API; needs `reason`.",
      { type: "boolean" },
      false,
    ),
    reason: option("What stands before the API, in at least 10 characters.", { type: "string" }, ""),
  },
  on: "api",
  check: (api, { graph, options }) => {
    if (api.kind === "rest") return undefined;
    const outcomes = judgeAssociations(graph, api);
    if (api.visibility !== "stack" || !isCallable(api)) return outcomes;
    const explained = options.reason.trim().length >= minimumReason;
    if (options.frontedElsewhere && explained) return outcomes;
    const ignored = options.frontedElsewhere
      ? "; `frontedElsewhere` is ignored, because its `reason` has fewer than 10 characters"
      : "";
    const outcome = judgeFronts(graph, api, ignored);
    return outcome ? [...outcomes, outcome] : outcomes;
  },
  examples: {
    pass: [
      {
        title: "a distribution with a web ACL leads to the API's domain, and the default endpoint is disabled",
        program: ({ aws }) => {
          const api = new aws.apigatewayv2.Api("orders", { protocolType: "HTTP", disableExecuteApiEndpoint: true });
          const stage = new aws.apigatewayv2.Stage("prod", { apiId: api.id, name: "prod" });
          const domain = new aws.apigatewayv2.DomainName("orders", {
            domainName: "origin.example.com",
            domainNameConfiguration: {
              certificateArn: "arn:aws:acm:eu-west-1:111122223333:certificate/0a1b2c3d",
              endpointType: "REGIONAL",
              securityPolicy: "TLS_1_2",
            },
          });
          new aws.apigatewayv2.ApiMapping("orders", { apiId: api.id, domainName: domain.id, stage: stage.name });
          const acl = new aws.wafv2.WebAcl("orders", {
            scope: "CLOUDFRONT",
            defaultAction: { allow: {} },
            visibilityConfig: { cloudwatchMetricsEnabled: true, metricName: "orders", sampledRequestsEnabled: true },
          });
          new aws.cloudfront.Distribution("orders", {
            enabled: true,
            webAclId: acl.arn,
            origins: [
              {
                originId: "api",
                domainName: domain.domainName,
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
        title: "a distribution with a web ACL sends the default endpoint a secret",
        program: ({ aws, pulumi }) => {
          const secret = new pulumi.Config().get("originSecret") ?? "set-me";
          const api = new aws.apigatewayv2.Api("orders", { protocolType: "HTTP" });
          new aws.apigatewayv2.Stage("default", { apiId: api.id, name: "$default", autoDeploy: true });
          new aws.cloudfront.Distribution("orders", {
            enabled: true,
            webAclId: "arn:aws:wafv2:us-east-1:111122223333:global/webacl/shared/0a1b2c3d",
            origins: [
              {
                originId: "api",
                domainName: api.apiEndpoint.apply((endpoint) => endpoint.replace("https://", "")),
                customHeaders: [{ name: "x-origin-secret", value: secret }],
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
        title: "the distribution is another stack's, and the configuration says so",
        config: { frontedElsewhere: true, reason: "The edge stack's distribution and web ACL stand before it." },
        program: ({ aws }) => {
          const api = new aws.apigatewayv2.Api("orders", { protocolType: "HTTP" });
          new aws.apigatewayv2.Stage("prod", { apiId: api.id, name: "prod" });
        },
      },
      {
        title: "a distribution with a web ACL sends a WebSocket API a secret",
        program: ({ aws, pulumi }) => {
          const secret = new pulumi.Config().get("originSecret") ?? "set-me";
          const api = new aws.apigatewayv2.Api("chat", {
            protocolType: "WEBSOCKET",
            routeSelectionExpression: "$request.body.action",
          });
          new aws.apigatewayv2.Stage("prod", { apiId: api.id, name: "prod" });
          new aws.cloudfront.Distribution("edge", {
            enabled: true,
            webAclId: "arn:aws:wafv2:us-east-1:111122223333:global/webacl/shared/0a1b2c3d",
            origins: [
              {
                originId: "api",
                domainName: api.apiEndpoint.apply((endpoint) => endpoint.replace("wss://", "")),
                customHeaders: [{ name: "x-origin-secret", value: secret }],
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
        title: "a REST API, whose stages carry web ACLs themselves",
        program: ({ aws }) => {
          const api = new aws.apigateway.RestApi("orders");
          const deployment = new aws.apigateway.Deployment("orders", { restApi: api.id });
          new aws.apigateway.Stage("prod", { restApi: api.id, deployment: deployment.id, stageName: "prod" });
        },
      },
    ],
    fail: [
      {
        title: "nothing stands before an HTTP API",
        program: ({ aws }) => {
          const api = new aws.apigatewayv2.Api("orders", { protocolType: "HTTP" });
          new aws.apigatewayv2.Stage("prod", { apiId: api.id, name: "prod" });
        },
      },
      {
        title: "callers can go around the distribution",
        program: ({ aws }) => {
          const api = new aws.apigatewayv2.Api("orders", { protocolType: "HTTP" });
          new aws.apigatewayv2.Stage("default", { apiId: api.id, name: "$default", autoDeploy: true });
          new aws.cloudfront.Distribution("orders", {
            enabled: true,
            webAclId: "arn:aws:wafv2:us-east-1:111122223333:global/webacl/shared/0a1b2c3d",
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
        title: "an association is aimed at the stage of a WebSocket API",
        program: ({ aws }) => {
          const api = new aws.apigatewayv2.Api("chat", {
            protocolType: "WEBSOCKET",
            routeSelectionExpression: "$request.body.action",
          });
          const stage = new aws.apigatewayv2.Stage("prod", { apiId: api.id, name: "prod" });
          new aws.wafv2.WebAclAssociation("chat", {
            resourceArn: stage.arn,
            webAclArn: "arn:aws:wafv2:eu-west-1:111122223333:regional/webacl/shared/0a1b2c3d",
          });
        },
      },
      {
        title: "nothing stands before a WebSocket API",
        program: ({ aws }) => {
          const api = new aws.apigatewayv2.Api("chat", {
            protocolType: "WEBSOCKET",
            routeSelectionExpression: "$request.body.action",
          });
          new aws.apigatewayv2.Stage("prod", { apiId: api.id, name: "prod" });
        },
      },
      {
        title: "the distribution before an HTTP API has no web ACL",
        program: ({ aws, pulumi }) => {
          const secret = new pulumi.Config().get("originSecret") ?? "set-me";
          const api = new aws.apigatewayv2.Api("orders", { protocolType: "HTTP" });
          new aws.apigatewayv2.Stage("default", { apiId: api.id, name: "$default" });
          new aws.cloudfront.Distribution("edge", {
            enabled: true,
            origins: [
              {
                originId: "api",
                domainName: api.apiEndpoint.apply((endpoint) => endpoint.replace("https://", "")),
                customHeaders: [{ name: "x-origin-secret", value: secret }],
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
    ],
  },
});
