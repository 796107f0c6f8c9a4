import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import * as gatehouse from "pulumi-gatehouse";

const isolation: gatehouse.Isolation = { environment: "production", requiredLambdaQualifier: "current" };

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

/**
 * Lets children of a component take over what the stack has already: for each, by its type and its name in the
 * component, the name it had.
 */
const takeOver =
  (names: Record<string, string>): pulumi.ResourceTransform =>
  ({ type, name, props, opts }) => {
    const before = names[`${type} ${name}`];
    if (before === undefined) return undefined;
    const aliases = [{ name: before, parent: pulumi.rootStackResource }];
    return { props, opts: pulumi.mergeOptions(opts, { aliases }) };
  };

// The account has no role for API Gateway's logs yet. Where it has one, leave this and `accountRoleArn` out.
const account = new gatehouse.ApiAccount("region", { isolation });

const orders = new gatehouse.RestApi(
  "orders",
  {
    isolation,
    description: "Orders of the shop.",
    // The stage keeps its name, and so its URL.
    stageName: "prod",
    models: {
      NewOrder: JSON.stringify({
        $schema: "http://json-schema.org/draft-04/schema#",
        type: "object",
        required: ["item", "quantity"],
        additionalProperties: false,
        properties: {
          item: { type: "string", maxLength: 64 },
          quantity: { type: "integer", minimum: 1, maximum: 100 },
        },
      }),
    },
    routes: {
      "GET /orders": { lambdaAlias: current },
      "POST /orders": { lambdaAlias: current, apiKeyRequired: true, requestModel: "NewOrder" },
      "GET /orders/{id}": { lambdaAlias: current },
    },
    accountRoleArn: account.roleArn,
  },
  {
    transforms: [
      takeOver({
        "aws:apigateway/restApi:RestApi orders": "orders",
        "aws:apigateway/deployment:Deployment orders": "orders",
        "aws:apigateway/stage:Stage orders": "prod",
        "aws:apigateway/methodSettings:MethodSettings orders": "prod",
      }),
    ],
  },
);

const partners = new gatehouse.ApiClients(
  "partners",
  {
    isolation,
    stages: [{ stage: orders.stage }],
    clients: { acme: { description: "ACME, contract 4711" } },
    throttle: { rateLimit: 20, burstLimit: 10 },
    quota: { limit: 100_000, period: "MONTH" },
  },
  { transforms: [takeOver({ "aws:apigateway/usagePlan:UsagePlan partners": "partners" })] },
);

export const url = orders.url;
export const partnerSecrets = partners.secretArns;
