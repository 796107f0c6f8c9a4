import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

// An orders API as it is often written. Each mistake is planted once and numbered; the preview names each of them.

const role = new aws.iam.Role("orders", {
  assumeRolePolicy: aws.iam.assumeRolePolicyForPrincipal({ Service: "lambda.amazonaws.com" }),
});
// 18. A password stands in the function's environment, where whoever may read the function reads it.
const handler = new aws.lambda.Function("orders", {
  environment: { variables: { DATABASE_PASSWORD: "orders-2024-Summer" } },
  role: role.arn,
  runtime: "nodejs20.x",
  handler: "index.handler",
  publish: true,
  code: new pulumi.asset.AssetArchive({
    "index.js": new pulumi.asset.StringAsset("exports.handler = async () => ({ statusCode: 200, body: '[]' });"),
  }),
});
const current = new aws.lambda.Alias("current", {
  name: "current",
  functionName: handler.name,
  functionVersion: handler.version,
});

// 16. It accepts TLS 1.0, which is what an API does that does not say otherwise.
// 17. Nobody is told when it fails: no alarm.
const api = new aws.apigateway.RestApi("orders", {
  name: "orders",
  description: "Orders of the shop.",
  endpointConfiguration: { types: "REGIONAL" },
});
const orders = new aws.apigateway.Resource("orders", {
  restApi: api.id,
  parentId: api.rootResourceId,
  pathPart: "orders",
});
const order = new aws.apigateway.Resource("order", {
  restApi: api.id,
  parentId: orders.id,
  pathPart: "{id}",
});

// 1. Anybody may list the orders.
const list = new aws.apigateway.Method("list-orders", {
  restApi: api.id,
  resourceId: orders.id,
  httpMethod: "GET",
  authorization: "NONE",
});
// 2. An API key is taken for authorization.
// 14. Nobody checks the body.
const create = new aws.apigateway.Method("create-order", {
  restApi: api.id,
  resourceId: orders.id,
  httpMethod: "POST",
  authorization: "NONE",
  apiKeyRequired: true,
});
// 3. A Lambda authorizer is asked for, and none is named.
const read = new aws.apigateway.Method("read-order", {
  restApi: api.id,
  resourceId: order.id,
  httpMethod: "GET",
  authorization: "CUSTOM",
});

const integrations = Object.entries({ list, create, read }).map(
  ([name, method]) =>
    new aws.apigateway.Integration(name, {
      restApi: api.id,
      resourceId: method.resourceId,
      httpMethod: method.httpMethod,
      type: "AWS_PROXY",
      integrationHttpMethod: "POST",
      uri: current.invokeArn,
    }),
);
new aws.lambda.Permission("orders", {
  action: "lambda:InvokeFunction",
  function: handler.name,
  qualifier: current.name,
  principal: "apigateway.amazonaws.com",
  sourceArn: pulumi.interpolate`${api.executionArn}/*/*/orders*`,
});

// 15. Pages of any origin may read the errors.
const errors = ["DEFAULT_4XX", "DEFAULT_5XX"].map(
  (responseType) =>
    new aws.apigateway.Response(responseType.toLowerCase(), {
      restApiId: api.id,
      responseType,
      responseTemplates: { "application/json": '{"message":"The request failed."}' },
      ...(responseType === "DEFAULT_4XX" && {
        responseParameters: { "gatewayresponse.header.Access-Control-Allow-Origin": "'*'" },
      }),
    }),
);

const deployment = new aws.apigateway.Deployment(
  "orders",
  { restApi: api.id, triggers: { version: "1" } },
  { dependsOn: [...integrations, ...errors] },
);
// 4. Nobody will know who called: no access log.
// 5. No web ACL stands in front of the stage.
// 13. It is named for production, and stands in a stack named for development.
// 6. A method requires a key, and no usage plan names the stage.
const stage = new aws.apigateway.Stage("prod", {
  restApi: api.id,
  deployment: deployment.id,
  stageName: "prod",
  description: "Production.",
  xrayTracingEnabled: true,
});
// 7. No rate and no burst limit.
// 8. Execution logs are off.
// 9. Detailed metrics are off.
// 10. Full requests and responses would be logged in production.
new aws.apigateway.MethodSettings("prod", {
  restApi: api.id,
  stageName: stage.stageName,
  methodPath: "*/*",
  settings: { loggingLevel: "OFF", metricsEnabled: false, dataTraceEnabled: true },
});

// 11. A usage plan that limits nothing.
// 12. It names no stage.
new aws.apigateway.UsagePlan("partners", { name: "partners" });

export const url = stage.invokeUrl;
