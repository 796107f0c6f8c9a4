import assert from "node:assert/strict";
import { judge, judgeCases, never, Stack, text } from "../support/cases";
import type { Case, Made } from "../support/cases";
import { unknown } from "../../preview/values";

type Json = Readonly<Record<string, unknown>>;

const allow = (more: Json = {}): Json => ({
  Effect: "Allow",
  Principal: "*",
  Action: "execute-api:Invoke",
  Resource: "execute-api:/*",
  ...more,
});
const document = (...statements: readonly unknown[]): Json => ({ Version: "2012-10-17", Statement: statements });
const open = document(allow());
const closed = document(allow({ Principal: { AWS: "111122223333" } }));

const body = (more: Json = {}): string =>
  JSON.stringify({ openapi: "3.0.1", info: { title: "orders", version: "1" }, paths: {}, ...more });

const native = "aws-native:apigateway:RestApi";

const privateDomain: Json = {
  domainName: "orders.example.com",
  certificateArn: "arn:aws:acm:eu-west-1:111122223333:certificate/0a1b2c3d",
  endpointConfiguration: { types: "PRIVATE" },
};

const resourcePolicies: readonly Case[] = [
  {
    title: "the policy embeds the API's own ARN",
    policy: "resource-policy-public",
    verdict: { preview: "unverified", update: "fails", imported: "fails" },
    build: (stack) => {
      const api = stack.add("apigateway.RestApi", "orders");
      stack.add("apigateway.RestApiPolicy", "orders", {
        restApiId: api.id,
        policy: text`{"Statement":{"Effect":"Allow","Principal":"*","Action":"execute-api:Invoke","Resource":"${api.out("executionArn")}/*"}}`,
      });
    },
  },
  {
    title: "an Allow and a Deny that embed the API's own ARN",
    policy: "resource-policy-public",
    verdict: { preview: "unverified", update: "passes", imported: "passes" },
    build: (stack) => {
      const api = stack.add("apigateway.RestApi", "orders");
      const arn = api.out("executionArn");
      stack.add("apigateway.RestApiPolicy", "orders", {
        restApiId: api.id,
        policy: text`{"Statement":[{"Effect":"Allow","Principal":"*","Action":"execute-api:Invoke","Resource":"${arn}/*"},{"Effect":"Deny","Principal":"*","Action":"execute-api:Invoke","Resource":"${arn}/*","Condition":{"NotIpAddress":{"aws:SourceIp":"203.0.113.0/24"}}}]}`,
      });
    },
  },
  {
    title: "aws-native writes the policy as an object",
    policy: "resource-policy-public",
    verdict: "fails",
    build: (stack) => void stack.add(native, "orders", { policy: open }),
  },
  {
    title: "a policy that embeds the id of an API of aws-native",
    policy: "resource-policy-public",
    verdict: { preview: "unverified", update: "fails", imported: "fails" },
    build: (stack) => {
      const api = stack.add(native, "orders", {});
      stack.add("apigateway.RestApiPolicy", "orders", {
        restApiId: api.out("restApiId"),
        policy: text`{"Statement":{"Effect":"Allow","Principal":"*","Action":"execute-api:Invoke","Resource":"arn:aws:execute-api:eu-west-1:123456789012:${api.out("restApiId")}/*"}}`,
      });
    },
  },
  {
    title: "aws-native with an id in the condition that is not known yet",
    policy: "resource-policy-public",
    verdict: "passes",
    build: (stack) => {
      const organisation = stack.add("aws:organizations/organization:Organization", "all");
      const condition = { StringEquals: { "aws:PrincipalOrgID": organisation.id } };
      stack.add(native, "orders", { policy: document(allow({ Condition: condition })) });
    },
  },
  {
    title: "aws-native with a condition that is not known yet",
    policy: "resource-policy-public",
    verdict: "unverified",
    build: (stack) => void stack.add(native, "orders", { policy: document(allow({ Condition: never() })) }),
  },
  {
    title: "a policy that is no JSON",
    policy: "resource-policy-public",
    verdict: "unverified",
    build: (stack) => void stack.add("apigateway.RestApi", "orders", { policy: "Allow: everyone" }),
  },
  {
    title: "a policy that is a number",
    policy: "resource-policy-public",
    verdict: "unverified",
    build: (stack) => void stack.add("apigateway.RestApi", "orders", { policy: 7 }),
  },
  {
    title: "a body in YAML",
    policy: "resource-policy-public",
    verdict: "fails",
    build: (stack) =>
      void stack.add("apigateway.RestApi", "orders", {
        body: `swagger: "2.0"
info: { title: orders, version: "1" }
paths: {}
x-amazon-apigateway-policy:
  Statement:
    - { Effect: Allow, Principal: "*", Action: "execute-api:*", Resource: "arn:aws:execute-api:*:*:*" }
`,
      }),
  },
  {
    title: "a body with its policy as text",
    policy: "resource-policy-public",
    verdict: "fails",
    build: (stack) =>
      void stack.add("apigateway.RestApi", "orders", {
        body: body({ "x-amazon-apigateway-policy": JSON.stringify(open) }),
      }),
  },
  {
    title: "a body put over the API",
    policy: "resource-policy-public",
    verdict: "fails",
    build: (stack) => {
      const api = stack.add("apigateway.RestApi", "orders");
      stack.add("apigateway.RestApiPut", "orders", {
        restApiId: api.id,
        body: body({ "x-amazon-apigateway-policy": open }),
      });
    },
  },
  {
    title: "a body that is not known yet may have a policy",
    policy: "resource-policy-public",
    verdict: "unverified",
    build: (stack) => void stack.add("apigateway.RestApi", "orders", { body: never() }),
  },
  {
    title: "the argument stands over the body",
    policy: "resource-policy-public",
    verdict: "passes",
    build: (stack) =>
      void stack.add("apigateway.RestApi", "orders", {
        body: body({ "x-amazon-apigateway-policy": open }),
        policy: JSON.stringify(closed),
      }),
  },
  {
    title: "a policy of its own opens what the argument closes",
    policy: "resource-policy-public",
    verdict: "fails",
    build: (stack) => {
      const api = stack.add("apigateway.RestApi", "orders", { policy: JSON.stringify(closed) });
      stack.add("apigateway.RestApiPolicy", "orders", { restApiId: api.id, policy: JSON.stringify(open) });
    },
  },
  {
    title: "one of two APIs is private",
    policy: "resource-policy-public",
    verdict: "passes",
    build: (stack) => {
      const inside = stack.add("apigateway.RestApi", "inside", { endpointConfiguration: { types: "PRIVATE" } });
      stack.add("apigateway.RestApi", "outside");
      stack.add("apigateway.RestApiPolicy", "inside", { restApiId: inside.id, policy: JSON.stringify(open) });
    },
  },
  {
    title: "an API of which nothing is known",
    policy: "resource-policy-public",
    verdict: "fails",
    build: (stack) =>
      void stack.add("apigateway.RestApiPolicy", "orders", { restApiId: never(), policy: JSON.stringify(open) }),
  },
  {
    title: "an API whose endpoint type is not known yet",
    policy: "resource-policy-public",
    verdict: "unverified",
    build: (stack) =>
      void stack.add("apigateway.RestApi", "orders", {
        endpointConfiguration: { types: never() },
        policy: JSON.stringify(open),
      }),
  },
  {
    title: "the import of the body makes the API private",
    policy: "resource-policy-public",
    verdict: "passes",
    build: (stack) =>
      void stack.add("apigateway.RestApi", "orders", {
        body: body({ "x-amazon-apigateway-policy": open }),
        parameters: { endpointConfigurationTypes: "PRIVATE" },
      }),
  },
  {
    title: "aws-native lists the endpoint type",
    policy: "private-api-policy",
    verdict: "fails",
    build: (stack) => void stack.add(native, "orders", { endpointConfiguration: { types: ["PRIVATE"] }, policy: open }),
  },
  {
    title: "an API that may be private, with no policy",
    policy: "private-api-policy",
    verdict: "unverified",
    build: (stack) => void stack.add("apigateway.RestApi", "orders", { endpointConfiguration: { types: never() } }),
  },
  {
    title: "an API that may be private, with a policy for an account",
    policy: "private-api-policy",
    verdict: "passes",
    build: (stack) =>
      void stack.add("apigateway.RestApi", "orders", {
        endpointConfiguration: { types: never() },
        policy: JSON.stringify(closed),
      }),
  },
  {
    title: "a private custom domain of aws-native, whose policy is an object and names the domain by its ARN",
    policy: "private-api-policy",
    verdict: "fails",
    build: (stack) =>
      void stack.add("aws-native:apigateway:DomainNameV2", "orders", {
        ...privateDomain,
        endpointConfiguration: { types: ["PRIVATE"] },
        policy: document(
          allow({ Resource: "arn:aws:execute-api:eu-west-1:111122223333:/domainnames/orders.example.com+a1b2c3d4e5" }),
          allow({
            Effect: "Deny",
            Resource: "arn:aws:execute-api:eu-west-1:111122223333:/domainnames/orders.example.com+a1b2c3d4e5",
            Condition: { StringNotLike: { "aws:SourceVpce": "vpce-*" } },
          }),
        ),
      }),
  },
  {
    title: "a private custom domain whose policy keeps out other VPC endpoints, in two spellings of the domain",
    policy: "private-api-policy",
    verdict: "passes",
    build: (stack) =>
      void stack.add("apigateway.DomainName", "orders", {
        ...privateDomain,
        policy: JSON.stringify(
          document(
            allow({
              Resource: "arn:aws:execute-api:eu-west-1:111122223333:/domainnames/orders.example.com+a1b2c3d4e5",
            }),
            allow({ Effect: "Deny", Condition: { StringNotEquals: { "aws:SourceVpce": "vpce-0a1b2c3d4e5f60718" } } }),
          ),
        ),
      }),
  },
  {
    title:
      "a private custom domain that an association alone opens to a VPC endpoint, which has no policy and so nobody",
    policy: "private-api-policy",
    verdict: "passes",
    build: (stack) => {
      const domain = stack.add("apigateway.DomainName", "orders", privateDomain);
      stack.add("apigateway.DomainNameAccessAssociation", "orders", {
        accessAssociationSource: "vpce-0a1b2c3d4e5f60718",
        accessAssociationSourceType: "VPCE",
        domainNameArn: domain.out("arn"),
      });
    },
  },
  {
    title: "a private custom domain whose policy is not known yet",
    policy: "private-api-policy",
    verdict: "unverified",
    build: (stack) => void stack.add("apigateway.DomainName", "orders", { ...privateDomain, policy: never() }),
  },
  {
    title: "a private custom domain for a VPC endpoint of the stack",
    policy: "private-api-policy",
    verdict: { preview: "unverified", update: "passes", imported: "passes" },
    build: (stack) => {
      const endpoint = stack.add("ec2.VpcEndpoint", "apis", {
        vpcId: "vpc-1",
        serviceName: "com.amazonaws.eu-west-1.execute-api",
      });
      stack.add("apigateway.DomainName", "orders", {
        ...privateDomain,
        policy: text`{"Statement":[{"Effect":"Allow","Principal":"*","Action":"execute-api:Invoke","Resource":"execute-api:/*","Condition":{"StringEquals":{"aws:SourceVpce":"${endpoint.id}"}}}]}`,
      });
    },
  },
  {
    title: "a private custom domain for every account, as its ARN pattern has it",
    policy: "private-api-policy",
    verdict: "fails",
    build: (stack) =>
      void stack.add("apigateway.DomainName", "orders", {
        ...privateDomain,
        policy: JSON.stringify(document(allow({ Principal: { AWS: "arn:aws:iam::*:root" } }))),
      }),
  },
  {
    title: "a VPC endpoint of the stack in the policy",
    policy: "private-api-policy",
    verdict: { preview: "unverified", update: "passes", imported: "passes" },
    build: (stack) => {
      const endpoint = stack.add("ec2.VpcEndpoint", "apis", {
        vpcId: "vpc-1",
        serviceName: "com.amazonaws.eu-west-1.execute-api",
      });
      const api = stack.add("apigateway.RestApi", "orders", { endpointConfiguration: { types: "PRIVATE" } });
      stack.add("apigateway.RestApiPolicy", "orders", {
        restApiId: api.id,
        policy: text`{"Statement":[{"Effect":"Allow","Principal":"*","Action":"execute-api:Invoke","Resource":"execute-api:/*","Condition":{"StringEquals":{"aws:SourceVpce":"${endpoint.id}"}}}]}`,
      });
    },
  },
  {
    title: "a policy of which it is not known whose it is",
    policy: "private-api-policy",
    verdict: "unverified",
    build: (stack) => {
      stack.add("apigateway.RestApi", "orders", { endpointConfiguration: { types: "PRIVATE" } });
      stack.add("apigateway.RestApiPolicy", "orders", { restApiId: never(), policy: JSON.stringify(closed) });
    },
  },
  {
    title: "a body that is not known yet",
    policy: "private-api-policy",
    verdict: "unverified",
    build: (stack) =>
      void stack.add("apigateway.RestApi", "orders", { endpointConfiguration: { types: "PRIVATE" }, body: never() }),
  },
  {
    title: "vpcEndpointIds, which only name the endpoints in DNS",
    policy: "private-api-policy",
    verdict: "fails",
    build: (stack) =>
      void stack.add("apigateway.RestApi", "orders", {
        endpointConfiguration: { types: "PRIVATE", vpcEndpointIds: ["vpce-0a1b2c3d"] },
      }),
  },
];

const endpoints: readonly Case[] = [
  {
    title: "aws-native tags are a list",
    policy: "internal-api-private",
    verdict: "fails",
    build: (stack) => void stack.add(native, "orders", { tags: [{ key: "exposure", value: "Internal" }] }),
  },
  {
    title: "a tag that is not known yet",
    policy: "internal-api-private",
    verdict: "unverified",
    build: (stack) => void stack.add("apigateway.RestApi", "orders", { tags: { exposure: never() } }),
  },
  {
    title: "a private API with a tag that is not known yet",
    policy: "internal-api-private",
    verdict: "passes",
    build: (stack) =>
      void stack.add("apigateway.RestApi", "orders", {
        endpointConfiguration: { types: "PRIVATE" },
        tags: { exposure: never() },
      }),
  },
  {
    title: "an internal API whose endpoint is not known yet",
    policy: "internal-api-private",
    verdict: "unverified",
    build: (stack) =>
      void stack.add("apigateway.RestApi", "internal-orders", { endpointConfiguration: { types: never() } }),
  },
  {
    title: "a name that says it is not internal",
    policy: "internal-api-private",
    verdict: "passes",
    build: (stack) => void stack.add("apigateway.RestApi", "non-internal-orders"),
  },
  {
    title: "an API of another stack",
    policy: "internal-api-private",
    verdict: "passes",
    build: (stack) =>
      void stack.add("apigateway.Stage", "internal", { restApi: "a1b2c3", deployment: "d1", stageName: "internal" }),
  },
  {
    title: "aws-native lists the endpoint type",
    policy: "endpoint-type",
    verdict: "fails",
    build: (stack) => void stack.add(native, "orders", { endpointConfiguration: { types: ["EDGE"] } }),
  },
  {
    title: "an endpoint type that is not known yet",
    policy: "endpoint-type",
    verdict: "unverified",
    build: (stack) => void stack.add("apigateway.RestApi", "orders", { endpointConfiguration: never() }),
  },
  {
    title: "lower case, and a list of one",
    policy: "endpoint-type",
    verdict: "passes",
    build: (stack) =>
      void stack.add("apigateway.RestApi", "orders", { endpointConfiguration: [{ types: "regional" }] }),
  },
  {
    title: "a routing rule leads to the API",
    policy: "default-endpoint-disabled",
    verdict: "fails",
    build: (stack) => {
      const api = stack.add("apigateway.RestApi", "orders");
      const domain = stack.add("apigateway.DomainName", "orders", { domainName: "api.example.com" });
      stack.add("apigatewayv2.RoutingRule", "orders", {
        domainName: domain.out("domainName"),
        priority: 1,
        actions: [{ invokeApi: { apiId: api.id, stage: "prod" } }],
        conditions: [],
      });
    },
  },
  {
    title: "mutual TLS on the domain, which domain-mutual-tls speaks of",
    policy: "default-endpoint-disabled",
    verdict: "passes",
    build: (stack) => {
      const api = stack.add("apigateway.RestApi", "orders");
      const domain = stack.add("apigateway.DomainName", "orders", {
        domainName: "api.example.com",
        mutualTlsAuthentication: { truststoreUri: "s3://trust/store.pem", truststoreVersion: "1" },
      });
      stack.add("apigateway.BasePathMapping", "orders", {
        restApi: api.id,
        domainName: domain.out("domainName"),
        stageName: "prod",
      });
    },
  },
  {
    title: "a body that is not known yet may close it",
    policy: "default-endpoint-disabled",
    verdict: "unverified",
    build: (stack) => {
      const api = stack.add("apigatewayv2.Api", "orders", { protocolType: "HTTP", body: never() });
      stack.add("apigatewayv2.ApiMapping", "orders", { apiId: api.id, domainName: "api.example.com", stage: "prod" });
    },
  },
  {
    title: "a private API behind a private domain",
    policy: "default-endpoint-disabled",
    verdict: "passes",
    build: (stack) => {
      const api = stack.add("apigateway.RestApi", "orders", { endpointConfiguration: { types: "PRIVATE" } });
      stack.add("apigateway.BasePathMapping", "orders", {
        restApi: api.id,
        domainName: "api.example.com",
        stageName: "prod",
      });
    },
  },
  {
    title: "an API of another stack",
    policy: "default-endpoint-disabled",
    verdict: "passes",
    build: (stack) =>
      void stack.add("apigateway.BasePathMapping", "orders", {
        restApi: "a1b2c3d4e5",
        domainName: "api.example.com",
        stageName: "prod",
      }),
  },
  {
    title: "aws-native writes the policy as an object",
    policy: "vpc-endpoint-policy",
    verdict: "fails",
    build: (stack) =>
      void stack.add("aws-native:ec2:VpcEndpoint", "apis", {
        vpcId: "vpc-1",
        serviceName: "com.amazonaws.eu-west-1.execute-api",
        policyDocument: document(allow({ Resource: "*" })),
      }),
  },
  {
    title: "the ARN of an API of the stack in the policy",
    policy: "vpc-endpoint-policy",
    verdict: { preview: "unverified", update: "passes", imported: "passes" },
    build: (stack) => {
      const api = stack.add("apigateway.RestApi", "orders");
      stack.add("ec2.VpcEndpoint", "apis", {
        vpcId: "vpc-1",
        serviceName: "com.amazonaws.eu-west-1.execute-api",
        policy: text`{"Statement":[{"Effect":"Allow","Principal":"*","Action":"execute-api:Invoke","Resource":"${api.out("executionArn")}/*"}]}`,
      });
    },
  },
  {
    title: "a service that is not known yet",
    policy: "vpc-endpoint-policy",
    verdict: "unverified",
    build: (stack) => void stack.add("ec2.VpcEndpoint", "apis", { vpcId: "vpc-1", serviceName: never() }),
  },
  {
    title: "a policy that is no policy",
    policy: "vpc-endpoint-policy",
    verdict: "unverified",
    build: (stack) =>
      void stack.add("ec2.VpcEndpoint", "apis", {
        vpcId: "vpc-1",
        serviceName: "com.amazonaws.eu-west-1.execute-api",
        policy: "[]",
      }),
  },
  {
    title: "a policy of which it is not known whose it is",
    policy: "vpc-endpoint-policy",
    verdict: "unverified",
    build: (stack) => {
      stack.add("ec2.VpcEndpoint", "apis", { vpcId: "vpc-1", serviceName: "com.amazonaws.eu-west-1.execute-api" });
      stack.add("ec2.VpcEndpointPolicy", "apis", { vpcEndpointId: never(), policy: JSON.stringify(closed) });
    },
  },
  {
    title: "an endpoint in China",
    policy: "vpc-endpoint-policy",
    verdict: "fails",
    build: (stack) =>
      void stack.add("ec2.VpcEndpoint", "apis", {
        vpcId: "vpc-1",
        serviceName: "cn.com.amazonaws.cn-north-1.execute-api",
      }),
  },
];

const native1 = (stack: Stack, integration: unknown): Made => {
  const api = stack.add(native, "orders");
  return stack.add("aws-native:apigateway:Method", "list", {
    restApiId: api.out("restApiId"),
    resourceId: api.out("rootResourceId"),
    httpMethod: "GET",
    authorizationType: "AWS_IAM",
    integration,
  });
};

const operation = (integration: unknown): Json => ({
  paths: { "/orders": { get: { "x-amazon-apigateway-integration": integration } } },
});

const integrations: readonly Case[] = [
  {
    title: "aws-native has the integration in the method",
    policy: "integration-encrypted",
    verdict: "fails",
    build: (stack) => void native1(stack, { type: "HTTP_PROXY", uri: "HTTP://orders.example.com/" }),
  },
  {
    title: "an integration of aws-native that is not known as a whole",
    policy: "integration-encrypted",
    verdict: "unverified",
    build: (stack) => void native1(stack, never()),
  },
  {
    title: "an address of a load balancer of the stack",
    policy: "integration-encrypted",
    verdict: { preview: "unverified", update: "fails", imported: "fails" },
    build: (stack) => {
      const api = stack.add("apigateway.RestApi", "orders");
      const balancer = stack.add("lb.LoadBalancer", "orders", { dnsName: "orders.elb.amazonaws.com" });
      stack.add("apigateway.Integration", "orders", {
        restApi: api.id,
        resourceId: api.out("rootResourceId"),
        httpMethod: "GET",
        type: "HTTP_PROXY",
        uri: text`http://${balancer.out("arn")}/`,
      });
    },
  },
  {
    title: "a URI of Lambda, of a service and of a mock that is not known yet",
    policy: "integration-encrypted",
    verdict: "passes",
    build: (stack) => {
      const api = stack.add("apigateway.RestApi", "orders");
      for (const type of ["AWS_PROXY", "AWS", "MOCK"]) {
        stack.add("apigateway.Integration", type, {
          restApi: api.id,
          resourceId: never(),
          httpMethod: "GET",
          type,
          uri: never(),
        });
      }
    },
  },
  {
    title: "a load balancer behind a VPC link V2 with no URI",
    policy: "integration-encrypted",
    verdict: "fails",
    build: (stack) => {
      const api = stack.add("apigateway.RestApi", "orders");
      stack.add("apigateway.Integration", "orders", {
        restApi: api.id,
        resourceId: api.out("rootResourceId"),
        httpMethod: "GET",
        type: "HTTP_PROXY",
        connectionType: "VPC_LINK",
        connectionId: "a1b2c3",
        integrationTarget: never(),
      });
    },
  },
  {
    title: "stage variables that no stage has",
    policy: "integration-encrypted",
    verdict: "unverified",
    build: (stack) =>
      void stack.add("apigateway.RestApi", "orders", {
        body: body(operation({ type: "http_proxy", uri: "${stageVariables.backend}/orders" })),
      }),
  },
  {
    title: "a canary whose variable names a plain backend",
    policy: "integration-encrypted",
    verdict: "fails",
    build: (stack) => {
      const api = stack.add("apigateway.RestApi", "orders", {
        body: body(operation({ type: "http_proxy", uri: "${stageVariables.backend}/orders" })),
      });
      const canary = { deploymentId: "d2", stageVariableOverrides: { backend: "http://orders.example.com" } };
      stack.add("apigateway.Stage", "prod", {
        restApi: api.id,
        deployment: "d1",
        stageName: "prod",
        variables: { backend: "https://orders.example.com" },
        canarySettings: canary,
      });
    },
  },
  {
    title: "a stage variable that is not known yet",
    policy: "integration-encrypted",
    verdict: "unverified",
    build: (stack) => {
      const api = stack.add("apigatewayv2.Api", "orders", { protocolType: "HTTP" });
      stack.add("apigatewayv2.Stage", "prod", { apiId: api.id, name: "prod", stageVariables: { backend: never() } });
      stack.add("apigatewayv2.Integration", "orders", {
        apiId: api.id,
        integrationType: "HTTP_PROXY",
        integrationUri: "${stageVariables.backend}/orders",
      });
    },
  },
  {
    title: "a VPC link in the body of an HTTP API, without TLS",
    policy: "integration-encrypted",
    verdict: "fails",
    build: (stack) =>
      void stack.add("apigatewayv2.Api", "orders", {
        protocolType: "HTTP",
        body: body(
          operation({
            type: "HTTP_PROXY",
            connectionType: "VPC_LINK",
            uri: "arn:aws:elasticloadbalancing:r:1:listener/app/a/b/c",
          }),
        ),
      }),
  },
  {
    title: "a VPC link in the body of an HTTP API, with TLS",
    policy: "integration-encrypted",
    verdict: "passes",
    build: (stack) =>
      void stack.add("apigatewayv2.Api", "orders", {
        protocolType: "HTTP",
        body: body(
          operation({
            type: "HTTP_PROXY",
            connectionType: "VPC_LINK",
            uri: "arn:aws:elasticloadbalancing:r:1:listener/app/a/b/c",
            tlsConfig: {},
          }),
        ),
      }),
  },
  {
    title: "a VPC link of aws-native without TLS, to a listener of an API of another stack",
    policy: "integration-encrypted",
    verdict: "fails",
    build: (stack) =>
      void stack.add("aws-native:apigatewayv2:Integration", "orders", {
        apiId: "a1b2c3d4e5",
        integrationType: "HTTP_PROXY",
        connectionType: "VPC_LINK",
        integrationUri: "arn:aws:elasticloadbalancing:r:1:listener/app/a/b/c",
      }),
  },
  {
    title: "a VPC link of an API of another stack, to what is not known yet",
    policy: "integration-encrypted",
    verdict: "unverified",
    build: (stack) =>
      void stack.add("apigatewayv2.Integration", "orders", {
        apiId: "a1b2c3d4e5",
        integrationType: "HTTP_PROXY",
        connectionType: "VPC_LINK",
        integrationUri: never(),
      }),
  },
  {
    title: "quick create of a Lambda function that is not known yet",
    policy: "integration-encrypted",
    verdict: "passes",
    build: (stack) => {
      const handler = stack.add("lambda.Function", "orders");
      stack.add("apigatewayv2.Api", "orders", { protocolType: "HTTP", target: handler.out("arn") });
    },
  },
  {
    title: "quick create of what is not known yet",
    policy: "integration-encrypted",
    verdict: "unverified",
    build: (stack) => void stack.add("apigatewayv2.Api", "orders", { protocolType: "HTTP", target: never() }),
  },
  {
    title: "a certificate check switched off in YAML",
    policy: "integration-encrypted",
    verdict: "fails",
    build: (stack) =>
      void stack.add("apigateway.RestApi", "orders", {
        body: `openapi: 3.0.1
info: { title: orders, version: "1" }
paths:
  /orders:
    get:
      x-amazon-apigateway-integration:
        type: http
        uri: https://orders.example.com
        tlsConfig: { insecureSkipVerification: true }
`,
      }),
  },
  {
    title: "what is no integration",
    policy: "integration-encrypted",
    verdict: "passes",
    build: (stack) => {
      stack.add("apigateway.Integration", "empty", {});
      stack.add("apigateway.RestApi", "orders", { body: body(operation([1, null])) });
      stack.add("apigateway.Integration", "numbers", { type: "AWS", uri: 7, tlsConfig: "on", requestParameters: 3 });
    },
  },
  {
    title: "an address in brackets",
    policy: "integration-private",
    verdict: "fails",
    build: (stack) =>
      void stack.add("apigateway.Integration", "orders", {
        restApi: never(),
        type: "HTTP",
        uri: "https://[fd12:3456::1]:8443/",
      }),
  },
  {
    title: "a public address and credentials before the host",
    policy: "integration-private",
    verdict: "passes",
    build: (stack) =>
      void stack.add("apigateway.Integration", "orders", {
        restApi: never(),
        type: "HTTP",
        uri: "https://10.0.0.1:secret@203.0.113.7/internal.local",
      }),
  },
  {
    title: "a host that is not known yet",
    policy: "integration-private",
    verdict: "unverified",
    build: (stack) =>
      void stack.add("apigateway.Integration", "orders", { restApi: never(), type: "HTTP", uri: never() }),
  },
  {
    title: "a host in a stage variable",
    policy: "integration-private",
    verdict: "unverified",
    build: (stack) =>
      void stack.add("apigateway.Integration", "orders", {
        restApi: never(),
        type: "HTTP",
        uri: "https://${stageVariables.host}/",
      }),
  },
  {
    title: "aws-native has the integration in the method",
    policy: "integration-private",
    verdict: "fails",
    build: (stack) => void native1(stack, { type: "HTTP", uri: "https://orders.corp/" }),
  },
  {
    title: "aws-native has the credentials in the method",
    policy: "integration-credentials",
    verdict: "fails",
    build: (stack) =>
      void native1(stack, {
        type: "AWS",
        uri: "arn:aws:apigateway:r:sqs:path/1/q",
        credentials: "arn:aws-cn:iam::*:user/*",
      }),
  },
  {
    title: "a header for a Lambda function, which is no HTTP backend",
    policy: "integration-credentials",
    verdict: "passes",
    build: (stack) =>
      void native1(stack, {
        type: "AWS",
        uri: never(),
        requestParameters: { "integration.request.header.X-Token": "method.request.header.Authorization" },
      }),
  },
  {
    title: "request parameters that are not known yet",
    policy: "integration-credentials",
    verdict: "unverified",
    build: (stack) =>
      void native1(stack, { type: "HTTP", uri: "https://orders.example.com/", requestParameters: never() }),
  },
  {
    title: "an API key that API Gateway tells the backend",
    policy: "integration-credentials",
    verdict: "fails",
    build: (stack) =>
      void native1(stack, {
        type: "HTTP",
        uri: "https://orders.example.com/",
        requestParameters: { "integration.request.querystring.key": "context.identity.apiKey" },
      }),
  },
  ...(
    [
      [
        "every header, as the console's template passes a request through",
        "fails",
        '#set($all = $input.params())#foreach($type in $all.keySet())#set($some = $all.get($type))"$some"#end',
      ],
      [
        "every header, one after the other",
        "fails",
        '#foreach($name in $input.params().header.keySet())"$input.params().header.get($name)"#end',
      ],
      ["every header by a variable", "fails", '#set($h = $input.params().header)#foreach($n in $h.keySet())"$n"#end'],
      ["all parameters as they are", "fails", '{"params":"$input.params()"}'],
      ["one header by a variable", "passes", '#set($h = $input.params().header){"a":"$h.get(\'X-Trace\')"}'],
      [
        "one header and the query string",
        "passes",
        '{"a":"$input.params().header.Accept","b":"$input.params().querystring"}',
      ],
      ["a parameter by its name", "passes", '{"id":"$input.params(\'id\')"}'],
    ] as const
  ).map(([title, verdict, template]): Case => ({
    title: `a template that passes on ${title}`,
    policy: "integration-credentials",
    verdict,
    build: (stack) =>
      void native1(stack, {
        type: "HTTP",
        uri: "https://orders.example.com/",
        requestTemplates: { "application/json": template },
      }),
  })),
  {
    title: "aws-native counts in milliseconds under another name",
    policy: "integration-timeout",
    verdict: "fails",
    build: (stack) =>
      void stack.add("aws-native:apigatewayv2:Integration", "orders", {
        apiId: "a1b2c3",
        integrationType: "HTTP_PROXY",
        integrationUri: "https://orders.example.com/",
        timeoutInMillis: 30001,
      }),
  },
  {
    title: "aws-native has the timeout in the method",
    policy: "integration-timeout",
    verdict: "fails",
    build: (stack) => void native1(stack, { type: "MOCK", timeoutInMillis: "60000" }),
  },
  {
    title: "a timeout that is not known yet",
    policy: "integration-timeout",
    verdict: "unverified",
    build: (stack) =>
      void stack.add("apigateway.Integration", "orders", { type: "MOCK", timeoutMilliseconds: never() }),
  },
];

const service = "apigateway.amazonaws.com";
const action = "lambda:InvokeFunction";

function calledBy(stack: Stack, name: string, handler: Made, property = "invokeArn"): Made {
  const api = stack.add("apigateway.RestApi", name);
  stack.add("apigateway.Integration", name, {
    restApi: api.id,
    resourceId: api.out("rootResourceId"),
    httpMethod: "GET",
    type: "AWS_PROXY",
    uri: handler.out(property),
  });
  return api;
}

const permissions: readonly Case[] = [
  {
    title: "aws-native names the function otherwise",
    policy: "lambda-permission-scope",
    verdict: "fails",
    build: (stack) =>
      void stack.add("aws-native:lambda:Permission", "orders", {
        action: "lambda:invokeFunction",
        functionName: "orders",
        principal: service,
      }),
  },
  {
    title: "every action, and an account only",
    policy: "lambda-permission-scope",
    verdict: "fails",
    build: (stack) =>
      void stack.add("lambda.Permission", "orders", {
        action: "lambda:*",
        function: "orders",
        principal: service,
        sourceAccount: "111122223333",
      }),
  },
  {
    title: "a source ARN of a deployment of an older provider",
    policy: "lambda-permission-scope",
    verdict: { preview: "passes" },
    build: (stack) => {
      const handler = stack.add("lambda.Function", "orders");
      const api = calledBy(stack, "orders", handler);
      const deployment = stack.add("apigateway.Deployment", "orders", { restApi: api.id });
      stack.add("lambda.Permission", "orders", {
        action,
        function: handler.id,
        principal: service,
        sourceArn: text`${deployment.out("executionArn")}*/*`,
      });
    },
  },
  {
    title: "a source ARN with a slash before the API's id, by which nobody is let in",
    policy: "lambda-permission-scope",
    verdict: "passes",
    build: (stack) => {
      const handler = stack.add("lambda.Function", "orders");
      const { id } = calledBy(stack, "orders", handler);
      const sourceArn = text`arn:aws:execute-api:eu-west-1:111122223333:/${id}/*/*`;
      stack.add("lambda.Permission", "orders", { action, function: handler.id, principal: service, sourceArn });
    },
  },
  {
    title: "a source ARN that comes of nothing",
    policy: "lambda-permission-scope",
    verdict: "unverified",
    build: (stack) =>
      void stack.add("lambda.Permission", "orders", {
        action,
        function: "orders",
        principal: service,
        sourceArn: never(),
      }),
  },
  {
    title: "a principal that is not known yet",
    policy: "lambda-permission-scope",
    verdict: "unverified",
    build: (stack) => void stack.add("lambda.Permission", "orders", { action, function: "orders", principal: never() }),
  },
  {
    title: "an organisation's principals",
    policy: "lambda-permission-scope",
    verdict: "passes",
    build: (stack) =>
      void stack.add("lambda.Permission", "orders", {
        action,
        function: "orders",
        principal: "*",
        principalOrgId: "o-a1b2c3d4e5",
      }),
  },
  ...(
    [
      ["an API's source ARN", { sourceArn: "arn:aws:execute-api:eu-west-1:111122223333:a1b2c3d4e5/*" }, "passes"],
      ["a bucket's source ARN", { sourceArn: "arn:aws:s3:::uploads", sourceAccount: "111122223333" }, "passes"],
      ["the source ARN of any API", { sourceArn: "arn:aws:execute-api:eu-west-1:111122223333:*" }, "fails"],
      ["a source account", { sourceAccount: "111122223333" }, "fails"],
      ["a source ARN that is not known yet", { sourceArn: never() }, "unverified"],
    ] as const
  ).map(([what, source, verdict]): Case => ({
    title: `anyone, with ${what}, which services alone send`,
    policy: "lambda-permission-scope",
    verdict,
    build: (stack) =>
      void stack.add("lambda.Permission", "orders", { action, function: "orders", principal: "*", ...source }),
  })),
  {
    title: "another API of the stack, by way of an alias",
    policy: "lambda-permission-scope",
    verdict: "fails",
    build: (stack) => {
      const handler = stack.add("lambda.Function", "orders");
      const alias = stack.add("lambda.Alias", "live", {
        name: "live",
        functionName: handler.out("name"),
        functionVersion: "1",
      });
      calledBy(stack, "orders", alias);
      const other = stack.add("apigateway.RestApi", "other");
      stack.add("lambda.Permission", "orders", {
        action,
        function: handler.out("name"),
        principal: service,
        sourceArn: text`${other.out("executionArn")}/*/*`,
      });
    },
  },
  {
    title: "an API of another stack, while the one of this stack has no permission",
    policy: "lambda-permission-scope",
    verdict: "fails",
    build: (stack) => {
      const handler = stack.add("lambda.Function", "orders");
      calledBy(stack, "orders", handler);
      stack.add("lambda.Permission", "orders", {
        action,
        function: handler.out("arn"),
        principal: service,
        sourceArn: "arn:aws:execute-api:eu-west-1:123456789012:zzzzzzzzzz/*/*",
      });
    },
  },
  {
    title: "an API of another stack, beside the one of this stack",
    policy: "lambda-permission-scope",
    verdict: "passes",
    build: (stack) => {
      const handler = stack.add("lambda.Function", "orders");
      const api = calledBy(stack, "orders", handler);
      const permit = (name: string, sourceArn: unknown): void => {
        stack.add("lambda.Permission", name, { action, function: handler.out("arn"), principal: service, sourceArn });
      };
      permit("theirs", "arn:aws:execute-api:eu-west-1:123456789012:zzzzzzzzzz/*/*");
      permit("ours", text`${api.out("executionArn")}/*/*`);
    },
  },
  {
    title: "another API of the stack, while the one that calls does so by a role",
    policy: "lambda-permission-scope",
    verdict: "passes",
    build: (stack) => {
      const handler = stack.add("lambda.Function", "orders");
      const api = stack.add("apigatewayv2.Api", "orders", { protocolType: "HTTP" });
      stack.add("apigatewayv2.Integration", "orders", {
        apiId: api.id,
        integrationType: "AWS_PROXY",
        integrationUri: handler.out("arn"),
        credentialsArn: "arn:aws:iam::111122223333:role/orders",
      });
      const other = stack.add("apigatewayv2.Api", "other", { protocolType: "HTTP" });
      stack.add("lambda.Permission", "orders", {
        action,
        function: handler.id,
        principal: service,
        sourceArn: text`${other.out("executionArn")}/*/*`,
      });
    },
  },
  {
    title: "another API of the stack, which calls the function as its authorizer",
    policy: "lambda-permission-scope",
    verdict: "passes",
    build: (stack) => {
      const handler = stack.add("lambda.Function", "orders");
      calledBy(stack, "orders", handler);
      const other = stack.add("apigatewayv2.Api", "other", { protocolType: "HTTP" });
      stack.add("apigatewayv2.Authorizer", "other", {
        apiId: other.id,
        authorizerType: "REQUEST",
        authorizerUri: handler.out("invokeArn"),
      });
      stack.add("lambda.Permission", "other", {
        action,
        function: handler.id,
        principal: service,
        sourceArn: text`${other.out("executionArn")}/authorizers/*`,
      });
    },
  },
  {
    title: "an API whose body may call the function",
    policy: "lambda-permission-scope",
    verdict: "passes",
    build: (stack) => {
      const handler = stack.add("lambda.Function", "orders");
      calledBy(stack, "orders", handler);
      const other = stack.add("apigateway.RestApi", "other", {
        body: text`{"openapi":"3.0.1","paths":{"/a":{"get":{"x-amazon-apigateway-integration":{"type":"aws_proxy","uri":"${handler.out("invokeArn")}"}}}}}`,
      });
      stack.add("lambda.Permission", "other", {
        action,
        function: handler.id,
        principal: service,
        sourceArn: text`${other.out("executionArn")}/*/*`,
      });
    },
  },
  {
    title: "a function's policy that is not known yet",
    policy: "lambda-permission-scope",
    verdict: "unverified",
    build: (stack) => void stack.add("lambda.ResourcePolicy", "orders", { resourceArn: never(), policy: never() }),
  },
  {
    title: "a function's policy for anyone, and one for callers of its URL",
    policy: "lambda-permission-scope",
    verdict: "fails",
    build: (stack) => {
      const statement = { Effect: "Allow", Principal: "*", Action: "lambda:*", Resource: "*" };
      stack.add("lambda.ResourcePolicy", "anyone", {
        resourceArn: "arn:aws:lambda:r:1:function:a",
        policy: JSON.stringify(document(statement)),
      });
      stack.add("lambda.ResourcePolicy", "url", {
        resourceArn: "arn:aws:lambda:r:1:function:b",
        policy: JSON.stringify(
          document({ ...statement, Condition: { Bool: { "lambda:InvokedViaFunctionUrl": "true" } } }),
        ),
      });
    },
  },
];

const responses: readonly Case[] = [
  {
    title: "aws-native has another type for them",
    policy: "gateway-responses",
    verdict: { preview: "passes", update: "passes" },
    build: (stack) => {
      const api = stack.add(native, "orders");
      for (const responseType of ["DEFAULT_4XX", "DEFAULT_5XX"]) {
        stack.add("aws-native:apigateway:GatewayResponse", responseType, {
          restApiId: api.out("restApiId"),
          responseType,
          responseTemplates: { "application/json": '{"message":"refused"}' },
        });
      }
    },
  },
  {
    title: "one of two APIs has them",
    policy: "gateway-responses",
    verdict: "fails",
    build: (stack) => {
      const api = stack.add("apigateway.RestApi", "orders");
      stack.add("apigateway.RestApi", "other");
      for (const responseType of ["DEFAULT_4XX", "DEFAULT_5XX"]) {
        const responseTemplates = { "application/json": '{"message":"refused"}' };
        stack.add("apigateway.Response", responseType, { restApiId: api.id, responseType, responseTemplates });
      }
    },
  },
  {
    title: "a body that is not known yet may have them",
    policy: "gateway-responses",
    verdict: "unverified",
    build: (stack) => void stack.add("apigateway.RestApi", "orders", { body: never() }),
  },
  {
    title: "a type that is not known yet",
    policy: "gateway-responses",
    verdict: "unverified",
    build: (stack) => {
      const api = stack.add("apigateway.RestApi", "orders");
      stack.add("apigateway.Response", "one", { restApiId: api.id, responseType: never() });
    },
  },
  {
    title: "templates that are not known yet",
    policy: "gateway-responses",
    verdict: "unverified",
    build: (stack) => {
      const api = stack.add("aws-native:apigateway:RestApi", "orders");
      for (const responseType of ["DEFAULT_4XX", "DEFAULT_5XX"]) {
        const responseTemplates = never();
        stack.add("aws-native:apigateway:GatewayResponse", responseType, {
          restApiId: api.id,
          responseType,
          responseTemplates,
        });
      }
    },
  },
  {
    title: "headers and a status alone, in a body, and no template in an empty map",
    policy: "gateway-responses",
    verdict: "fails",
    build: (stack) =>
      void stack.add("apigateway.RestApi", "orders", {
        body: JSON.stringify({
          openapi: "3.0.1",
          info: { title: "orders", version: "1" },
          paths: {},
          "x-amazon-apigateway-gateway-responses": {
            DEFAULT_4XX: { statusCode: 400, responseTemplates: {} },
            DEFAULT_5XX: { responseTemplates: { "application/json": '{"message":"failed"}' } },
          },
        }),
      }),
  },
  {
    title: "what an authorizer found out, in a body in YAML",
    policy: "gateway-responses",
    verdict: "fails",
    build: (stack) =>
      void stack.add("apigateway.RestApi", "orders", {
        body: `swagger: "2.0"
info: { title: orders, version: "1" }
paths: {}
x-amazon-apigateway-gateway-responses:
  DEFAULT_4XX: { responseTemplates: { application/json: '{"why":"$context.authorizer.error"}' } }
  DEFAULT_5XX: { statusCode: 500 }
`,
      }),
  },
  {
    title: "nothing but who asked, for CORS",
    policy: "gateway-responses",
    verdict: "passes",
    build: (stack) => {
      const api = stack.add("apigateway.RestApi", "orders");
      for (const responseType of ["DEFAULT_4XX", "DEFAULT_5XX"]) {
        stack.add("apigateway.Response", responseType, {
          restApiId: api.id,
          responseType,
          responseParameters: {
            "gatewayresponse.header.Access-Control-Allow-Origin": "'https://example.com'",
            __defaults: [],
          },
          responseTemplates: {
            "application/json": '{"message":$context.error.messageString,"from":"$context.identity.sourceIp"}',
          },
        });
      }
    },
  },
];

describe("exposure", () => {
  for (const [title, cases] of Object.entries({ resourcePolicies, endpoints, integrations, permissions, responses })) {
    describe(title, () => judgeCases(cases));
  }

  it("judges what an existing API has, though its program does not say it", () => {
    const stack = new Stack("resolve", "dev");
    const api = stack.add("apigateway.RestApi", "orders");
    const existing = { ...api.outputs, policy: JSON.stringify(open), endpointConfiguration: { types: "PRIVATE" } };
    const made = stack.made.map(
      (one) =>
        (one === api
          ? Object.assign(Object.create(Object.getPrototypeOf(api) as object), api, { outputs: existing })
          : one) as Made,
    );
    assert.equal(judge("private-api-policy", made).faults.length, 1);
    assert.deepEqual(judge("resource-policy-public", made), { faults: [], unverified: [] });
  });

  it("says the same fault of one resource once, in whichever hook", () => {
    const stack = new Stack("keep", "dev");
    stack.add("apigateway.RestApi", "orders", { policy: JSON.stringify(open) });
    const { faults } = judge("resource-policy-public", stack.made);
    assert.equal(faults.length, 1);
    assert.match(faults[0] ?? "", /^REST API "orders" has a resource policy that lets anyone invoke it\. In `policy`/);
  });

  it("never prints what a policy holds beside keys and ARNs", () => {
    const stack = new Stack("keep", "dev");
    stack.add("apigateway.RestApi", "orders", {
      policy: JSON.stringify(
        document(allow({ Sid: "s3cr3t", Condition: { StringEquals: { "aws:UserAgent": "s3cr3t" } } })),
      ),
    });
    assert.doesNotMatch(JSON.stringify(judge("resource-policy-public", stack.made)), /s3cr3t/);
  });

  it("takes properties of any shape", () => {
    const junk: readonly unknown[] = [unknown, null, 7, "", "x", true, [], [[]], {}, { a: { b: [unknown] } }];
    const types = [
      "apigateway.RestApi",
      "apigateway.RestApiPolicy",
      "apigateway.Integration",
      "apigateway.Response",
      "apigatewayv2.Api",
      "apigatewayv2.Integration",
      "lambda.Permission",
      "lambda.ResourcePolicy",
      "ec2.VpcEndpoint",
      "ec2.VpcEndpointPolicy",
      "aws-native:apigateway:Method",
      native,
    ];
    const properties = [
      "policy",
      "body",
      "endpointConfiguration",
      "tags",
      "target",
      "type",
      "uri",
      "integrationUri",
      "integrationType",
      "tlsConfig",
      "requestParameters",
      "requestTemplates",
      "responseParameters",
      "responseTemplates",
      "responseType",
      "principal",
      "action",
      "sourceArn",
      "function",
      "serviceName",
      "integration",
      "restApiId",
      "restApi",
      "apiId",
      "parameters",
      "connectionType",
    ];
    const names = [
      ...new Set(
        [...resourcePolicies, ...endpoints, ...integrations, ...permissions, ...responses].map((one) => one.policy),
      ),
    ];
    for (const value of junk) {
      const stack = new Stack("keep", "dev");
      for (const type of types) stack.add(type, "one", Object.fromEntries(properties.map((key) => [key, value])));
      for (const name of names) assert.doesNotMatch(JSON.stringify(judge(name, stack.made)), /itself failed/, name);
    }
  });
});
