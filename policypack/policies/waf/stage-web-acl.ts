import { definePolicy, fault, option, unverified } from "../../core/policy";
import type { Stage } from "../../model/stage";

const minimumReason = 10;

/** Every web ACL associated with the stage has the scope of CloudFront. */
function hasForeignScope(stage: Stage): boolean {
  return (
    stage.webAcls.length > 0 &&
    stage.webAcls.every(({ webAcl }) => webAcl.state === "node" && webAcl.node.bag.string("scope").is("CLOUDFRONT"))
  );
}

export const stageWebAcl = definePolicy({
  name: "stage-web-acl",
  topic: "waf",
  description: "Stages of REST APIs are associated with a web ACL.",
  why: "Without a web ACL nothing looks at requests before API Gateway takes them: injection, known exploits and bots reach the backend.",
  fix: "Make a `WebAclAssociation` with the stage's `arn` as `resourceArn` and a web ACL's `arn` as `webAclArn`.",
  severity: "high",
  level: "mandatory",
  where: "S",
  practice: "tip 1: WAF",
  frameworks: { "AWS FSBP": ["APIGateway.4"], "NIST 800-53 r5": ["AC-4(21)"] },
  peers: [
    "AwsSolutions-APIG3",
    "CKV2_AWS_29",
    "api-gw-associated-with-waf",
    "apigateway_restapi_waf_acl_attached",
    "api_gateway_without_waf",
    "apigateway_stage_use_waf_web_acl",
    "apigatewayWafEnabled",
    "CTL.APIGATEWAY.WAF.001",
  ],
  options: {
    managedElsewhere: option<"firewall-manager" | undefined>(
      "Who associates web ACLs in place of the program; needs `reason`.",
      { type: "string", enum: ["firewall-manager"] },
      undefined,
    ),
    reason: option("Why web ACLs are managed elsewhere, in at least 10 characters.", { type: "string" }, ""),
    exemptPrivate: option("Ask no web ACL of PRIVATE APIs.", { type: "boolean" }, false),
  },
  on: "stage",
  check: (stage, { options }) => {
    if (stage.api.kind !== "rest" || stage.hearsay) return undefined;
    const elsewhere = options.managedElsewhere === "firewall-manager";
    const explained = options.reason.trim().length >= minimumReason;
    if (elsewhere && explained) return undefined;
    const { endpointType } = stage.api;
    if (options.exemptPrivate && endpointType.is("PRIVATE")) return undefined;
    if (hasForeignScope(stage)) {
      return fault("is associated with a web ACL whose scope is CLOUDFRONT, which a stage does not take", {
        fix: "Set `scope` of the web ACL to REGIONAL.",
      });
    }
    if (stage.webAcls.length > 0) return undefined;
    // Known and not empty it says that there is one; otherwise nothing, for the association comes after the stage.
    if (stage.node.bag.outputString("webAclArn").isKnown()) return undefined;
    if (stage.webAclUnknown) {
      return unverified("is associated with no web ACL that can be told yet, and an association's target is not known");
    }
    if (options.exemptPrivate && endpointType.isUnknown()) {
      return unverified("is associated with no web ACL, and whether its API is PRIVATE is not known");
    }
    const ignored = elsewhere
      ? "; `managedElsewhere` is ignored, because its `reason` has fewer than 10 characters"
      : "";
    return fault(`is associated with no web ACL${ignored}`);
  },
  examples: {
    pass: [
      {
        title: "an association names the stage by its ARN",
        program: ({ aws }) => {
          const api = new aws.apigateway.RestApi("orders");
          const deployment = new aws.apigateway.Deployment("orders", { restApi: api.id });
          const stage = new aws.apigateway.Stage("prod", {
            restApi: api.id,
            deployment: deployment.id,
            stageName: "prod",
          });
          const acl = new aws.wafv2.WebAcl("orders", {
            scope: "REGIONAL",
            defaultAction: { allow: {} },
            visibilityConfig: { cloudwatchMetricsEnabled: true, metricName: "orders", sampledRequestsEnabled: true },
          });
          new aws.wafv2.WebAclAssociation("orders", { resourceArn: stage.arn, webAclArn: acl.arn });
        },
      },
      {
        title: "the ARN of the stage is put together by hand, and the web ACL is another stack's",
        program: ({ aws, pulumi }) => {
          const api = new aws.apigateway.RestApi("orders");
          const deployment = new aws.apigateway.Deployment("orders", { restApi: api.id });
          const stage = new aws.apigateway.Stage("prod", {
            restApi: api.id,
            deployment: deployment.id,
            stageName: "prod",
          });
          new aws.wafv2.WebAclAssociation("orders", {
            resourceArn: pulumi.interpolate`arn:aws:apigateway:eu-west-1::/restapis/${api.id}/stages/${stage.stageName}`,
            webAclArn: "arn:aws:wafv2:eu-west-1:111122223333:regional/webacl/shared/0a1b2c3d",
          });
        },
      },
      {
        title: "Firewall Manager associates web ACLs, and the configuration says why",
        config: {
          managedElsewhere: "firewall-manager",
          reason: "The security account's Firewall Manager policy covers every stage.",
        },
        program: ({ aws }) => {
          const api = new aws.apigateway.RestApi("orders");
          const deployment = new aws.apigateway.Deployment("orders", { restApi: api.id });
          new aws.apigateway.Stage("prod", { restApi: api.id, deployment: deployment.id, stageName: "prod" });
        },
      },
      {
        title: "private APIs are exempted",
        config: { exemptPrivate: true },
        program: ({ aws }) => {
          const api = new aws.apigateway.RestApi("orders", { endpointConfiguration: { types: "PRIVATE" } });
          const deployment = new aws.apigateway.Deployment("orders", { restApi: api.id });
          new aws.apigateway.Stage("prod", { restApi: api.id, deployment: deployment.id, stageName: "prod" });
        },
      },
      {
        title: "an HTTP API, whose stages carry no web ACL",
        program: ({ aws }) => {
          const api = new aws.apigatewayv2.Api("orders", { protocolType: "HTTP" });
          new aws.apigatewayv2.Stage("default", { apiId: api.id, name: "$default" });
        },
      },
    ],
    fail: [
      {
        title: "nothing associates the stage with a web ACL",
        program: ({ aws }) => {
          const api = new aws.apigateway.RestApi("orders");
          const deployment = new aws.apigateway.Deployment("orders", { restApi: api.id });
          new aws.apigateway.Stage("prod", { restApi: api.id, deployment: deployment.id, stageName: "prod" });
        },
      },
      {
        title: "one stage of the API is associated, and the other is not",
        program: ({ aws }) => {
          const api = new aws.apigateway.RestApi("orders");
          const deployment = new aws.apigateway.Deployment("orders", { restApi: api.id });
          const prod = new aws.apigateway.Stage("prod", {
            restApi: api.id,
            deployment: deployment.id,
            stageName: "prod",
          });
          new aws.apigateway.Stage("beta", { restApi: api.id, deployment: deployment.id, stageName: "beta" });
          new aws.wafv2.WebAclAssociation("orders", {
            resourceArn: prod.arn,
            webAclArn: "arn:aws:wafv2:eu-west-1:111122223333:regional/webacl/shared/0a1b2c3d",
          });
        },
      },
      {
        title: "Firewall Manager is named, and nobody says why",
        config: { managedElsewhere: "firewall-manager" },
        program: ({ aws }) => {
          const api = new aws.apigateway.RestApi("orders");
          const deployment = new aws.apigateway.Deployment("orders", { restApi: api.id });
          new aws.apigateway.Stage("prod", { restApi: api.id, deployment: deployment.id, stageName: "prod" });
        },
      },
      {
        title: "the web ACL has the scope of CloudFront",
        program: ({ aws }) => {
          const api = new aws.apigateway.RestApi("orders");
          const deployment = new aws.apigateway.Deployment("orders", { restApi: api.id });
          const stage = new aws.apigateway.Stage("prod", {
            restApi: api.id,
            deployment: deployment.id,
            stageName: "prod",
          });
          const acl = new aws.wafv2.WebAcl("edge", {
            scope: "CLOUDFRONT",
            defaultAction: { allow: {} },
            visibilityConfig: { cloudwatchMetricsEnabled: true, metricName: "edge", sampledRequestsEnabled: true },
          });
          new aws.wafv2.WebAclAssociation("orders", { resourceArn: stage.arn, webAclArn: acl.arn });
        },
      },
      {
        title: "the stage of another stack's API is associated, and that of an OpenAPI body is not",
        program: ({ aws }) => {
          const api = new aws.apigateway.RestApi("orders", {
            body: JSON.stringify({
              openapi: "3.0.1",
              info: { title: "orders", version: "1" },
              paths: { "/orders": { get: { "x-amazon-apigateway-auth": { type: "AWS_IAM" }, responses: {} } } },
            }),
          });
          const deployment = new aws.apigateway.Deployment("orders", { restApi: api.id });
          new aws.apigateway.Stage("prod", { restApi: api.id, deployment: deployment.id, stageName: "prod" });
          new aws.wafv2.WebAclAssociation("orders", {
            resourceArn: "arn:aws:apigateway:eu-west-1::/restapis/a1b2c3d4e5/stages/prod",
            webAclArn: "arn:aws:wafv2:eu-west-1:111122223333:regional/webacl/shared/0a1b2c3d",
          });
        },
      },
    ],
  },
});
