import assert from "node:assert/strict";
import { policies } from "../../policypack/policies";
import { judge, Stack } from "../support/cases";

/** Something for every policy to look at, little of it as it should be. */
function stackOfAll(): Stack {
  const stack = new Stack("resolve", "main");
  const body = JSON.stringify({
    openapi: "3.0.1",
    info: { title: "internal", version: "1" },
    paths: { "/login": { post: {} }, "/{proxy+}": { "x-amazon-apigateway-any-method": {} } },
  });
  const rest = stack.add("apigateway.RestApi", "internal", { name: "internal", body });
  const place = { restApi: rest.id, stageName: "live" };
  const stage = stack.add("apigateway.Stage", "live", {
    ...place,
    deployment: "d1",
    variables: { dbPassword: "kq83Hs9dLm2nP0xR" },
    accessLogSettings: {
      destinationArn: "arn:aws:logs:eu-west-1:123456789012:log-group:a",
      format: "$context.requestId",
    },
  });
  const settings = { dataTraceEnabled: true, throttlingRateLimit: 10, throttlingBurstLimit: 5 };
  stack.add("apigateway.MethodSettings", "all", { ...place, methodPath: "*/*", settings });
  const acl = stack.add("wafv2.WebAcl", "shield", { scope: "REGIONAL", rules: [{ name: "one", priority: 1 }] });
  stack.add("wafv2.WebAclAssociation", "shield", { resourceArn: stage.out("arn"), webAclArn: acl.out("arn") });
  const http = stack.add("apigatewayv2.Api", "orders", {
    protocolType: "HTTP",
    corsConfiguration: { allowOrigins: ["*"] },
  });
  stack.add("apigatewayv2.Stage", "dev", { apiId: http.id, name: "dev" });
  stack.add("apigatewayv2.Route", "any", { apiId: http.id, routeKey: "ANY /{proxy+}", authorizationType: "JWT" });
  stack.add("apigatewayv2.Integration", "orders", {
    apiId: http.id,
    integrationType: "HTTP_PROXY",
    integrationUri: "http://orders.internal",
  });
  stack.add("apigateway.DomainName", "shop", { domainName: "shop.example.com" });
  stack.add("apigateway.ApiKey", "partner");
  return stack;
}

describe("lists of options with members of other types", () => {
  const odd = [null, 7, false, [], undefined];
  for (const policy of policies) {
    const lists = Object.entries(policy.options ?? {}).filter(([, { schema }]) => schema.type === "array");
    if (lists.length === 0) continue;
    it(`${policy.name} says with them what it says without`, () => {
      const { made } = stackOfAll();
      const config = lists.map(([name, { default: value }]): [string, unknown] => [
        name,
        [...odd, ...(value as readonly unknown[])],
      ]);
      assert.deepEqual(judge(policy.name, made, { config: Object.fromEntries(config) }), judge(policy.name, made));
    });
  }
});
