import { judgeCases } from "../support/cases";
import type { Case, Made, Stack } from "../support/cases";

// A `RestApiPut` imports a document into an API that exists, and its provider always overwrites.

const iam = { "x-amazon-apigateway-auth": { type: "AWS_IAM" } };
const document = (get: object, more: object = {}): string =>
  JSON.stringify({
    openapi: "3.0.1",
    info: { title: "orders", version: "1" },
    paths: { "/orders": { get: { responses: {}, ...get } } },
    ...more,
  });
const closed = {
  servers: [{ url: "/", "x-amazon-apigateway-endpoint-configuration": { disableExecuteApiEndpoint: true } }],
};
const policy = (Principal: unknown): object => ({
  "x-amazon-apigateway-policy": {
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Principal, Action: "execute-api:Invoke", Resource: "execute-api:/*" }],
  },
});
const responses = (template: string): object => ({
  "x-amazon-apigateway-gateway-responses": Object.fromEntries(
    ["DEFAULT_4XX", "DEFAULT_5XX"].map((type) => [type, { responseTemplates: { "application/json": template } }]),
  ),
});

/** An API with a body of its own, if any, and others put over it. */
function api(stack: Stack, body: string | undefined, ...puts: readonly string[]): Made {
  const orders = stack.add("apigateway.RestApi", "orders", body === undefined ? {} : { body });
  for (const [index, put] of puts.entries()) {
    stack.add("apigateway.RestApiPut", `put${String(index)}`, { restApiId: orders.id, body: put });
  }
  return orders;
}

function mapped(stack: Stack, orders: Made): void {
  const domain = stack.add("apigateway.DomainName", "shop", { domainName: "shop.example.com" });
  stack.add("apigateway.BasePathMapping", "shop", { restApi: orders.id, domainName: domain.out("domainName") });
}

const cases: readonly Case[] = [
  {
    title: "an operation that the put leaves open",
    policy: "route-authorization",
    verdict: "fails",
    build: (stack) => void api(stack, document(iam), document({})),
  },
  {
    title: "every operation of the put has authorization",
    policy: "route-authorization",
    verdict: "passes",
    build: (stack) => void api(stack, undefined, document(iam)),
  },
  {
    title: "an open operation of the API's own body, which comes back with its next change",
    policy: "route-authorization",
    verdict: "fails",
    build: (stack) => void api(stack, document({}), document(iam)),
  },
  {
    title: "an open method of its own beside the put",
    policy: "route-authorization",
    verdict: "fails",
    build: (stack) => {
      const orders = api(stack, undefined, document(iam));
      stack.add("apigateway.Method", "open", {
        restApi: orders.id,
        resourceId: orders.out("rootResourceId"),
        httpMethod: "GET",
        authorization: "NONE",
      });
    },
  },
  {
    title: "the put is of another stack's API",
    policy: "route-authorization",
    verdict: "fails",
    build: (stack) => void stack.add("apigateway.RestApiPut", "put", { restApiId: "a1b2c3d4e5", body: document({}) }),
  },
  {
    title: "the put brings a public policy over a narrow one",
    policy: "resource-policy-public",
    verdict: "fails",
    build: (stack) => void api(stack, document(iam, policy({ AWS: "111122223333" })), document(iam, policy("*"))),
  },
  {
    title: "the put brings a narrow policy over a public one",
    policy: "resource-policy-public",
    verdict: "passes",
    build: (stack) => void api(stack, document(iam, policy("*")), document(iam, policy({ AWS: "111122223333" }))),
  },
  {
    title: "the put leaves out the policy, so a private API has none",
    policy: "private-api-policy",
    verdict: "fails",
    build: (stack) => {
      const orders = stack.add("apigateway.RestApi", "orders", {
        body: document(iam, policy({ AWS: "111122223333" })),
        endpointConfiguration: { types: "PRIVATE" },
      });
      stack.add("apigateway.RestApiPut", "put", { restApiId: orders.id, body: document(iam) });
    },
  },
  {
    title: "the put leaves the API's own endpoint open, which the body closed",
    policy: "default-endpoint-disabled",
    verdict: "fails",
    build: (stack) => mapped(stack, api(stack, document(iam, closed), document(iam))),
  },
  {
    title: "the put closes the API's own endpoint",
    policy: "default-endpoint-disabled",
    verdict: "passes",
    build: (stack) => mapped(stack, api(stack, document(iam), document(iam, closed))),
  },
  {
    title: "the put closes the API's own endpoint, whose TLS no longer matters",
    policy: "api-tls",
    verdict: "passes",
    build: (stack) => void api(stack, document(iam), document(iam, closed)),
  },
  {
    title: "the put leaves the API's own endpoint open, with TLS 1.0",
    policy: "api-tls",
    verdict: "fails",
    build: (stack) => void api(stack, document(iam, closed), document(iam)),
  },
  {
    title: "the put overwrites the error responses of the body",
    policy: "gateway-responses",
    verdict: "fails",
    build: (stack) => {
      const orders = api(stack, document(iam, responses('{"message":"It failed."}')), document(iam));
      const deployment = stack.add("apigateway.Deployment", "orders", { restApi: orders.id });
      const place = { restApi: orders.id, deployment: deployment.id, stageName: "prod" };
      stack.add("apigateway.Stage", "prod", place);
    },
  },
  {
    title: "the put brings error responses of its own",
    policy: "gateway-responses",
    verdict: "passes",
    build: (stack) => void api(stack, document(iam), document(iam, responses('{"message":"It failed."}'))),
  },
];

describe("cases of RestApiPut", () => {
  judgeCases(cases);
});
