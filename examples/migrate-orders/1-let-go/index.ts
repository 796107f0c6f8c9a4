import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

const role = new aws.iam.Role("orders", {
  assumeRolePolicy: aws.iam.assumeRolePolicyForPrincipal({ Service: "lambda.amazonaws.com" }),
});
// The password, changed since it stood in the program, is a parameter that the function reads when it runs.
const password = "/orders/prod/database-password";
new aws.iam.RolePolicy("orders-password", {
  role: role.id,
  policy: pulumi.jsonStringify({
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Action: "ssm:GetParameter",
        Resource: pulumi.interpolate`arn:aws:ssm:*:${aws.getCallerIdentityOutput().accountId}:parameter${password}`,
      },
    ],
  }),
});
const handler = new aws.lambda.Function("orders", {
  environment: { variables: { DATABASE_PARAMETER: password } },
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

// What the body of the API will say in the next step. Its own resources leave the stack there, and must not be deleted
// when they do: their methods are the API's.
const letGo: pulumi.CustomResourceOptions = { retainOnDelete: true };

const api = new aws.apigateway.RestApi("orders", {
  name: "orders",
  description: "Orders of the shop.",
  endpointConfiguration: { types: "REGIONAL" },
});
const orders = new aws.apigateway.Resource(
  "orders",
  { restApi: api.id, parentId: api.rootResourceId, pathPart: "orders" },
  letGo,
);
const order = new aws.apigateway.Resource("order", { restApi: api.id, parentId: orders.id, pathPart: "{id}" }, letGo);

const list = new aws.apigateway.Method(
  "list-orders",
  { restApi: api.id, resourceId: orders.id, httpMethod: "GET", authorization: "NONE" },
  letGo,
);
const create = new aws.apigateway.Method(
  "create-order",
  { restApi: api.id, resourceId: orders.id, httpMethod: "POST", authorization: "NONE", apiKeyRequired: true },
  letGo,
);
// API Gateway takes no CUSTOM without an authorizer, so nobody has called this one yet.
const read = new aws.apigateway.Method(
  "read-order",
  { restApi: api.id, resourceId: order.id, httpMethod: "GET", authorization: "AWS_IAM" },
  letGo,
);

const integrations = Object.entries({ list, create, read }).map(
  ([name, method]) =>
    new aws.apigateway.Integration(
      name,
      {
        restApi: api.id,
        resourceId: method.resourceId,
        httpMethod: method.httpMethod,
        type: "AWS_PROXY",
        integrationHttpMethod: "POST",
        uri: current.invokeArn,
      },
      letGo,
    ),
);
new aws.lambda.Permission("orders", {
  action: "lambda:InvokeFunction",
  function: handler.name,
  qualifier: current.name,
  principal: "apigateway.amazonaws.com",
  sourceArn: pulumi.interpolate`${api.executionArn}/*/*/orders*`,
});

const errors = ["DEFAULT_4XX", "DEFAULT_5XX"].map(
  (responseType) =>
    new aws.apigateway.Response(
      responseType.toLowerCase(),
      {
        restApiId: api.id,
        responseType,
        responseTemplates: { "application/json": '{"message":"The request failed."}' },
        ...(responseType === "DEFAULT_4XX" && {
          responseParameters: { "gatewayresponse.header.Access-Control-Allow-Origin": "'*'" },
        }),
      },
      letGo,
    ),
);

const deployment = new aws.apigateway.Deployment(
  "orders",
  // A new version, or the stage would go on serving the methods of before.
  { restApi: api.id, triggers: { version: "2" } },
  { dependsOn: [...integrations, ...errors] },
);
const stage = new aws.apigateway.Stage("prod", {
  restApi: api.id,
  deployment: deployment.id,
  stageName: "prod",
  description: "Production.",
  xrayTracingEnabled: true,
});
new aws.apigateway.MethodSettings("prod", {
  restApi: api.id,
  stageName: stage.stageName,
  methodPath: "*/*",
  settings: { loggingLevel: "OFF", metricsEnabled: false, dataTraceEnabled: true },
});

new aws.apigateway.UsagePlan("partners", { name: "partners" });

export const url = stage.invokeUrl;
