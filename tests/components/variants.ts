import type * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import * as gatehouse from "../../components";

interface Packages {
  readonly aws: typeof aws;
  readonly pulumi: typeof pulumi;
}

/** A documented way of using a component; the whole pack has nothing to say of it. */
export interface Variant {
  readonly title: string;
  /** @default dev */
  readonly stack?: string;
  readonly program: (packages: Packages) => void;
}

export const development = { environment: "nonproduction" } as const;
export const production = { environment: "production" } as const;

export function handler({ aws }: Packages, name = "handler"): aws.lambda.Function {
  const role = new aws.iam.Role(name, {
    assumeRolePolicy: aws.iam.assumeRolePolicyForPrincipal({ Service: "lambda.amazonaws.com" }),
  });
  return new aws.lambda.Function(name, {
    role: role.arn,
    runtime: "nodejs22.x",
    handler: "index.handler",
    publish: true,
  });
}

export function alias({ aws }: Packages, of: aws.lambda.Function, name = "current"): aws.lambda.Alias {
  return new aws.lambda.Alias(name, { name, functionName: of.name, functionVersion: of.version });
}

export function userPool({ aws }: Packages, tags: Record<string, string> = {}): aws.cognito.UserPool {
  return new aws.cognito.UserPool("customers", {
    mfaConfiguration: "ON",
    softwareTokenMfaConfiguration: { enabled: true },
    passwordPolicy: {
      minimumLength: 14,
      requireLowercase: true,
      requireUppercase: true,
      requireNumbers: true,
      requireSymbols: true,
    },
    userPoolTier: "PLUS",
    userPoolAddOns: { advancedSecurityMode: "ENFORCED" },
    tags,
  });
}

export const newOrder = JSON.stringify({
  $schema: "http://json-schema.org/draft-04/schema#",
  type: "object",
  required: ["item", "quantity"],
  additionalProperties: false,
  properties: {
    item: { type: "string", maxLength: 64 },
    quantity: { type: "integer", minimum: 1, maximum: 100 },
  },
});

const rest: readonly Variant[] = [
  {
    title: "RestApi: one line for one function",
    program: (packages) => {
      const getOrder = handler(packages);
      new gatehouse.RestApi("orders", { isolation: development, routes: { "GET /orders/{id}": { lambda: getOrder } } });
    },
  },
  {
    title: "RestApi: one line in production",
    stack: "prod",
    program: (packages) => {
      const getOrder = handler(packages);
      new gatehouse.RestApi("orders", { isolation: production, routes: { "GET /orders/{id}": { lambda: getOrder } } });
    },
  },
  {
    title: "RestApi: an alias that production requires",
    stack: "prod",
    program: (packages) => {
      const function_ = handler(packages);
      new gatehouse.RestApi("orders", {
        isolation: { ...production, allowedAccountIds: ["123456789012"], requiredLambdaQualifier: "current" },
        routes: {
          "GET /orders": { lambda: function_ },
          "GET /orders/{id}": { lambdaAlias: alias(packages, function_) },
          "DELETE /orders/{id}": {
            lambdaInvokeArn:
              "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:123456789012:function:remove:current/invocations",
          },
        },
      });
    },
  },
  {
    title: "RestApi: customers by their user pool, with a model",
    stack: "prod",
    program: (packages) => {
      new gatehouse.RestApi("orders", {
        isolation: production,
        authorizers: { customers: { cognito: { userPools: [userPool(packages, { environment: "production" })] } } },
        defaultAuthorizer: "customers",
        models: { NewOrder: newOrder },
        routes: {
          "POST /orders": {
            lambda: handler(packages),
            requestModel: "NewOrder",
            authorizationScopes: ["orders/write"],
          },
        },
      });
    },
  },
  {
    title: "RestApi: callers by a function, answers cached or not",
    stack: "prod",
    program: (packages) => {
      const orders = handler(packages);
      const check = handler(packages, "check");
      new gatehouse.RestApi("orders", {
        isolation: production,
        authorizers: {
          partners: { lambda: { lambda: check, identitySources: ["method.request.header.X-Partner"] } },
          staff: { lambda: { lambdaAlias: alias(packages, check), resultTtlInSeconds: 0 } },
        },
        routes: {
          "GET /orders": { lambda: orders, authorizer: "partners" },
          "DELETE /orders/{id}": { lambda: orders, authorizer: "staff" },
        },
      });
    },
  },
  {
    title: "RestApi: backends on the internet, in a VPC, another service and none",
    stack: "prod",
    program: ({ aws }) => {
      const queue = new aws.sqs.Queue("orders", { name: "orders" });
      const balancer = new aws.lb.LoadBalancer("orders", { internal: true, loadBalancerType: "application" });
      const link = new aws.apigatewayv2.VpcLink("orders", { subnetIds: ["subnet-1"], securityGroupIds: ["sg-1"] });
      const legacy = new aws.apigateway.VpcLink("legacy", { targetArn: balancer.arn });
      new gatehouse.RestApi("orders", {
        isolation: production,
        models: { NewOrder: newOrder },
        routes: {
          "GET /orders/{id}": { http: { url: "https://backend.example.com/orders/{id}" } },
          "GET /stock": {
            vpcLink: { vpcLinkId: link.id, url: "https://stock.example.com/", loadBalancerArn: balancer.arn },
          },
          "GET /prices": { vpcLink: { vpcLinkId: legacy.id, url: "https://prices.example.com/" } },
          "POST /orders": {
            requestModel: "NewOrder",
            awsService: {
              service: "sqs",
              action: "SendMessage",
              resourceArns: [queue.arn],
              requestTemplate:
                "Action=SendMessage&QueueUrl=https%3A%2F%2Fsqs.us-east-1.amazonaws.com%2F123456789012%2Forders&MessageBody=$util.urlEncode($input.body)",
            },
          },
          "GET /version": { mock: { body: '{"version":1}' } },
        },
      });
    },
  },
  {
    title: "RestApi: CORS for one origin and for several",
    program: (packages) => {
      const orders = handler(packages);
      new gatehouse.RestApi("orders", {
        isolation: development,
        routes: { "GET /orders/{id}": { lambda: orders }, "DELETE /orders/{id}": { lambda: orders } },
        cors: { allowOrigins: ["https://shop.example.com"] },
      });
      new gatehouse.RestApi("stock", {
        isolation: development,
        routes: { "GET /stock": { lambda: orders } },
        cors: {
          allowOrigins: ["https://shop.example.com", "https://admin.example.com"],
          allowCredentials: true,
          allowHeaders: ["content-type"],
          exposeHeaders: ["x-total"],
          maxAge: 3600,
        },
      });
    },
  },
  {
    title: "RestApi: private, by new VPC endpoints",
    stack: "prod",
    program: (packages) => {
      const { aws } = packages;
      const endpoint = new aws.ec2.VpcEndpoint("execute-api", {
        vpcId: "vpc-1",
        serviceName: "com.amazonaws.us-east-1.execute-api",
        vpcEndpointType: "Interface",
        privateDnsEnabled: true,
        policy: JSON.stringify({
          Version: "2012-10-17",
          Statement: [
            {
              Effect: "Allow",
              Principal: "*",
              Action: "execute-api:Invoke",
              Resource: "arn:aws:execute-api:us-east-1:123456789012:*",
              Condition: { StringEquals: { "aws:PrincipalAccount": "123456789012" } },
            },
          ],
        }),
      });
      new gatehouse.RestApi("ledger", {
        isolation: production,
        endpointType: "PRIVATE",
        vpcEndpointIds: [endpoint.id],
        routes: { "GET /entries": { lambda: handler(packages) } },
      });
    },
  },
  {
    title: "RestApi: only listed addresses, and only listed accounts",
    program: (packages) => {
      const orders = handler(packages);
      new gatehouse.RestApi("partners", {
        isolation: development,
        resourcePolicy: { allowedSourceIps: ["198.51.100.0/24", "2001:db8::/32"] },
        routes: { "GET /orders": { lambda: orders } },
      });
      new gatehouse.RestApi("accounts", {
        isolation: development,
        resourcePolicy: { allowedAccountIds: ["111122223333"], allowedOrganizationIds: ["o-a1b2c3d4e5"] },
        routes: { "GET /orders": { lambda: orders } },
      });
    },
  },
  {
    title: "RestApi: credentials behind a route, and a limit of its own",
    program: (packages) => {
      const orders = handler(packages);
      new gatehouse.RestApi("orders", {
        isolation: development,
        throttle: { rateLimit: 50, burstLimit: 20 },
        models: { NewOrder: newOrder },
        routes: {
          "POST /payments": { lambda: orders, requestModel: "NewOrder" },
          "GET /orders": { lambda: orders, throttle: { rateLimit: 5, burstLimit: 5 } },
          "GET /search": {
            lambda: orders,
            requiredParameters: [
              { name: "q", in: "query" },
              { name: "x-tenant", in: "header" },
            ],
            timeoutMilliseconds: 3000,
          },
        },
      });
    },
  },
  {
    title: "RestApi: a web ACL, log group and keys that are there already",
    stack: "prod",
    program: (packages) => {
      const { aws } = packages;
      const key = new aws.kms.Key("logs", { enableKeyRotation: true });
      const logs = new aws.cloudwatch.LogGroup("orders", { retentionInDays: 365, kmsKeyId: key.arn });
      const firewall = new gatehouse.WebAcl("shop", {
        isolation: production,
        logKmsKeyArn: key.arn,
        rateLimit: 500,
        blockedCountryCodes: ["KP"],
        maximumBodyKilobytes: 64,
        anonymousIpList: true,
        adminProtection: true,
        botControl: true,
      });
      new gatehouse.RestApi("orders", {
        isolation: production,
        waf: { webAclArn: firewall.arn },
        accessLog: { destinationArn: logs.arn },
        logKmsKeyArn: key.arn,
        alarms: { actionArns: ["arn:aws:sns:us-east-1:123456789012:on-call"], serverErrors: 1 },
        tags: { team: "orders" },
        routes: { "GET /orders": { lambda: handler(packages) } },
      });
    },
  },
  {
    title: "RestApi: a document of one's own, in YAML",
    stack: "prod",
    program: (packages) => {
      const check = handler(packages, "check");
      new gatehouse.RestApi("orders", {
        isolation: production,
        openApi: `
openapi: 3.0.1
info: { title: Orders, version: "1" }
security: [{ partners: [] }]
paths:
  /orders:
    get:
      x-amazon-apigateway-integration: { type: aws_proxy, httpMethod: POST, uri: "\${orders}" }
    post:
      requestBody:
        content: { application/json: { schema: { $ref: "#/components/schemas/NewOrder" } } }
      x-amazon-apigateway-integration: { type: http_proxy, httpMethod: POST, uri: "https://\${host}/orders" }
  /orders/{id}:
    parameters: [{ name: id, in: path, required: true, schema: { type: string } }]
    get:
      security: [{ signed: [] }]
      x-amazon-apigateway-integration: { type: aws_proxy, httpMethod: POST, uri: "\${orders}" }
components:
  schemas:
    NewOrder:
      type: object
      additionalProperties: false
      properties: { item: { type: string, maxLength: 64 } }
  securitySchemes:
    signed: { type: apiKey, name: Authorization, in: header, x-amazon-apigateway-authtype: awsSigv4 }
    partners:
      type: apiKey
      name: Authorization
      in: header
      x-amazon-apigateway-authtype: custom
      x-amazon-apigateway-authorizer:
        type: token
        authorizerUri: "\${check}"
        authorizerResultTtlInSeconds: 60
        identitySource: method.request.header.Authorization
`,
        openApiFunctions: { orders: handler(packages), check },
        openApiValues: { host: "backend.example.com" },
        cors: { allowOrigins: ["https://shop.example.com"] },
      });
    },
  },
  {
    title: "RestApi: a document that leaves authorization to the API",
    program: (packages) => {
      new gatehouse.RestApi("orders", {
        isolation: development,
        openApi: JSON.stringify({
          openapi: "3.0.1",
          info: { title: "Orders", version: "1" },
          paths: {
            "/orders": {
              get: {
                "x-amazon-apigateway-integration": { type: "aws_proxy", httpMethod: "POST", uri: "${orders}" },
              },
            },
          },
        }),
        openApiFunctions: { orders: handler(packages) },
        defaultAuthorizationType: "AWS_IAM",
      });
    },
  },
  {
    title: "RestApi: a canary",
    stack: "prod",
    program: (packages) => {
      new gatehouse.RestApi("orders", {
        isolation: production,
        canary: { percentTraffic: 10, stableDeploymentId: "abc123" },
        routes: { "GET /orders": { lambda: handler(packages) } },
      });
    },
  },
];

/** What stands in front of an API that can carry no web ACL. */
export function front({ aws }: Packages, isolation: gatehouse.Isolation, endpoint: pulumi.Output<string>): void {
  const firewall = new gatehouse.WebAcl("front", { isolation, scope: "CLOUDFRONT" });
  new aws.cloudfront.Distribution("front", {
    enabled: true,
    webAclId: firewall.arn,
    origins: [
      {
        originId: "api",
        domainName: endpoint.apply((url) => url.replace(/^[a-z]+:\/\//, "")),
        customHeaders: [{ name: "x-origin-verify", value: "from-a-secret-store" }],
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
      allowedMethods: ["GET", "HEAD", "OPTIONS", "PUT", "POST", "PATCH", "DELETE"],
      cachedMethods: ["GET", "HEAD"],
      cachePolicyId: "4135ea2d-6df8-44a3-9df3-4b5a84be39ad",
      originRequestPolicyId: "b689b0a8-53d0-40ab-baf2-68738e2966ac",
    },
    restrictions: { geoRestriction: { restrictionType: "none" } },
    viewerCertificate: { cloudfrontDefaultCertificate: true },
  });
}

const http: readonly Variant[] = [
  {
    title: "HttpApi: one line for one function",
    program: (packages) => {
      const getOrder = handler(packages);
      const orders = new gatehouse.HttpApi("orders", {
        isolation: development,
        routes: { "GET /orders/{id}": { lambda: getOrder } },
      });
      front(packages, development, orders.apiEndpoint);
    },
  },
  {
    title: "HttpApi: one line in production",
    stack: "prod",
    program: (packages) => {
      const getOrder = handler(packages);
      const orders = new gatehouse.HttpApi("orders", {
        isolation: production,
        routes: { "GET /orders/{id}": { lambda: getOrder } },
      });
      front(packages, production, orders.apiEndpoint);
    },
  },
  {
    title: "HttpApi: customers by tokens of their user pool, from one origin",
    stack: "prod",
    program: (packages) => {
      const { aws, pulumi } = packages;
      const pool = userPool(packages);
      const client = new aws.cognito.UserPoolClient("shop", { userPoolId: pool.id });
      const orders = new gatehouse.HttpApi("orders", {
        isolation: production,
        authorizers: {
          customers: { jwt: { issuer: pulumi.interpolate`https://${pool.endpoint}`, audiences: [client.id] } },
        },
        defaultAuthorizer: "customers",
        routes: {
          "GET /orders": { lambda: handler(packages), authorizationScopes: ["orders/read"] },
          "POST /orders": { lambda: handler(packages, "create"), authorizationScopes: ["orders/write"] },
        },
        cors: { allowOrigins: ["https://shop.example.com"], allowCredentials: true, exposeHeaders: ["x-total"] },
      });
      front(packages, production, orders.apiEndpoint);
    },
  },
  {
    title: "HttpApi: callers by a function, answers cached or not",
    stack: "prod",
    program: (packages) => {
      const orders = handler(packages);
      const check = handler(packages, "check");
      const api = new gatehouse.HttpApi("orders", {
        isolation: production,
        authorizers: {
          partners: { lambda: { lambda: check, identitySources: ["$request.header.X-Partner"] } },
          staff: {
            lambda: { lambdaAlias: alias(packages, check), resultTtlInSeconds: 0, enableSimpleResponses: false },
          },
        },
        routes: {
          "GET /orders": { lambda: orders, authorizer: "partners" },
          "DELETE /orders/{id}": { lambdaAlias: alias(packages, orders, "live"), authorizer: "staff" },
          "POST /login": { lambda: orders, authorizer: "staff", throttle: { rateLimit: 5, burstLimit: 5 } },
        },
      });
      front(packages, production, api.apiEndpoint);
    },
  },
  {
    title: "HttpApi: backends on the internet, in a VPC, and other services",
    stack: "prod",
    program: (packages) => {
      const { aws } = packages;
      const queue = new aws.sqs.Queue("orders");
      const link = new aws.apigatewayv2.VpcLink("orders", { subnetIds: ["subnet-1"], securityGroupIds: ["sg-1"] });
      const machine = "arn:aws:states:us-east-1:123456789012:stateMachine:orders";
      const api = new gatehouse.HttpApi("orders", {
        isolation: { ...production, allowedAccountIds: ["123456789012"], requiredLambdaQualifier: "current" },
        stageName: "v1",
        routes: {
          "GET /orders/{id}": { http: { url: "https://backend.example.com/orders/{id}" }, timeoutMilliseconds: 3000 },
          "GET /stock": {
            vpcLink: {
              vpcLinkId: link.id,
              listenerArn:
                "arn:aws:elasticloadbalancing:us-east-1:123456789012:listener/app/stock/50dc6c495c0c9188/f2f7dc8efc522ab2",
              serverName: "stock.example.com",
            },
          },
          "POST /events": {
            awsService: {
              service: "sqs",
              action: "SendMessage",
              resourceArns: [queue.arn],
              parameters: { QueueUrl: queue.url, MessageBody: "$request.body" },
            },
          },
          "POST /runs": {
            awsService: {
              service: "states",
              action: "StartExecution",
              resourceArns: [machine],
              parameters: { StateMachineArn: machine, Input: "$request.body" },
            },
          },
          "GET /by-hand": { lambda: handler(packages) },
        },
      });
      front(packages, production, api.apiEndpoint);
    },
  },
  {
    title: "HttpApi: a log group and a key that are there already",
    stack: "prod",
    program: (packages) => {
      const { aws } = packages;
      const key = new aws.kms.Key("logs", { enableKeyRotation: true });
      const logs = new aws.cloudwatch.LogGroup("orders", { retentionInDays: 365, kmsKeyId: key.arn });
      const api = new gatehouse.HttpApi("orders", {
        isolation: production,
        accessLog: { destinationArn: logs.arn },
        logKmsKeyArn: key.arn,
        throttle: { rateLimit: 200, burstLimit: 100 },
        alarms: { actionArns: ["arn:aws:sns:us-east-1:123456789012:on-call"], serverErrors: 1 },
        tags: { team: "orders" },
        routes: { "GET /orders": { lambda: handler(packages) } },
      });
      front(packages, production, api.apiEndpoint);
    },
  },
];

export const message = JSON.stringify({
  $schema: "http://json-schema.org/draft-04/schema#",
  type: "object",
  required: ["action", "text"],
  additionalProperties: false,
  properties: { action: { type: "string", maxLength: 16 }, text: { type: "string", maxLength: 2000 } },
});

const socket: readonly Variant[] = [
  {
    title: "WebSocketApi: one line for one function",
    program: (packages) => {
      const chat = new gatehouse.WebSocketApi("chat", {
        isolation: development,
        routes: { $default: { lambda: handler(packages) } },
      });
      front(packages, development, chat.apiEndpoint);
    },
  },
  {
    title: "WebSocketApi: one line in production",
    stack: "prod",
    program: (packages) => {
      const chat = new gatehouse.WebSocketApi("chat", {
        isolation: production,
        routes: { $default: { lambda: handler(packages) } },
      });
      front(packages, production, chat.apiEndpoint);
    },
  },
  {
    title: "WebSocketApi: callers by a function, and messages that fit a model",
    stack: "prod",
    program: (packages) => {
      const connections = handler(packages, "connections");
      const chat = new gatehouse.WebSocketApi("chat", {
        isolation: production,
        authorizer: { lambda: handler(packages, "check"), identitySources: ["route.request.querystring.ticket"] },
        front: {},
        models: { Message: message },
        routes: {
          $connect: { lambda: connections },
          $disconnect: { lambda: connections },
          send: { lambdaAlias: alias(packages, handler(packages)), requestModel: "Message", twoWay: true },
        },
      });
      front(packages, production, chat.apiEndpoint);
    },
  },
  {
    title: "WebSocketApi: backends on the internet, in a VPC, and another service",
    stack: "prod",
    program: (packages) => {
      const { aws } = packages;
      const queue = new aws.sqs.Queue("messages", { name: "messages" });
      const balancer = new aws.lb.LoadBalancer("chat", { internal: true, loadBalancerType: "network" });
      const link = new aws.apigateway.VpcLink("chat", { targetArn: balancer.arn });
      const key = new aws.kms.Key("logs", { enableKeyRotation: true });
      const logs = new aws.cloudwatch.LogGroup("chat", { retentionInDays: 365, kmsKeyId: key.arn });
      const chat = new gatehouse.WebSocketApi("chat", {
        isolation: production,
        models: { Message: message },
        accessLog: { destinationArn: logs.arn },
        logKmsKeyArn: key.arn,
        executionLog: { loggingLevel: "INFO" },
        throttle: { rateLimit: 200, burstLimit: 100 },
        routeSelectionExpression: "$request.body.kind",
        routes: {
          $disconnect: { http: { url: "https://backend.example.com/gone" } },
          ask: {
            vpcLink: { vpcLinkId: link.id, url: "https://chat.internal.example.com/ask" },
            requestModel: "Message",
            throttle: { rateLimit: 5, burstLimit: 5 },
          },
          send: {
            requestModel: "Message",
            awsService: {
              service: "sqs",
              action: "SendMessage",
              resourceArns: [queue.arn],
              requestTemplate:
                "Action=SendMessage&QueueUrl=https%3A%2F%2Fsqs.us-east-1.amazonaws.com%2F123456789012%2Fmessages&MessageBody=$util.urlEncode($input.body)",
            },
          },
        },
      });
      front(packages, production, chat.apiEndpoint);
    },
  },
];

const link: readonly Variant[] = [
  {
    title: "VpcLink: to a load balancer, and a range of addresses",
    stack: "prod",
    program: ({ aws }) => {
      const balancers = new aws.ec2.SecurityGroup("balancers", { vpcId: "vpc-1" });
      const stock = new gatehouse.VpcLink("stock", {
        isolation: production,
        vpcId: "vpc-1",
        subnetIds: ["subnet-1", "subnet-2"],
        backends: { stock: { securityGroupId: balancers.id }, prices: { cidrBlock: "10.0.16.0/24", port: 8443 } },
      });
      new gatehouse.RestApi("stock", {
        isolation: production,
        routes: {
          "GET /stock": {
            vpcLink: {
              vpcLinkId: stock.vpcLinkId,
              url: "https://stock.example.com/stock",
              loadBalancerArn:
                "arn:aws:elasticloadbalancing:us-east-1:123456789012:loadbalancer/app/stock/50dc6c495c0c9188",
            },
          },
        },
      });
    },
  },
];

export const variants: readonly Variant[] = [...rest, ...http, ...socket, ...link];
