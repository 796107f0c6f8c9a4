import * as aws from "@pulumi/aws";
import { Backend, Rest, firewall, production, restLog, strictModel } from "../compliant";

// One of the programs that together break every policy once: faults of REST APIs written as resources. All else in it
// complies. Each fault is numbered and named by the policy that it breaks.

// 1. secret-rotation
const payments = new aws.secretsmanager.Secret("payments", { description: "Credentials of the payment service." });
// 2. web-acl-rules: no rules against SQL injection.
// 3. web-acl-rate-limit
// 4. web-acl-logging: cookies stand in the log.
const shield = firewall("shop", "REGIONAL", {
  groups: [
    "AWSManagedRulesAmazonIpReputationList",
    "AWSManagedRulesCommonRuleSet",
    "AWSManagedRulesKnownBadInputsRuleSet",
  ],
  limit: 100_000,
  redactedFields: [{ singleHeader: { name: "authorization" } }],
});
const safe = firewall("safe", "REGIONAL");
const certificate = new aws.apigateway.ClientCertificate("shop", { description: "Shown to backends of the shop." });
// 5. account-logging-role
new aws.apigateway.Account("shop");

// Orders: who may call, and with what.

const functions = new Backend("orders", { environment: { variables: { PAYMENTS_SECRET_ARN: payments.arn } } });
const orders = new Rest("orders", functions).answerErrors().allow().alarm();
// 6. route-api-key-only
orders.method("prices", "GET", "prices", { authorization: "NONE", apiKeyRequired: true });
// 7. route-authorizer-attached
orders.method("returns", "GET", "returns", { authorization: "CUSTOM" });
// 8. authorizer-identity-source
const anyone = new aws.apigateway.Authorizer("anyone", {
  restApi: orders.api.id,
  name: "anyone",
  type: "REQUEST",
  identitySource: "",
  authorizerUri: functions.current.invokeArn,
});
orders.method("offers", "GET", "offers", { authorization: "CUSTOM", authorizerId: anyone.id });
// 9. authorizer-cache-ttl
const forAnHour = new aws.apigateway.Authorizer("for-an-hour", {
  restApi: orders.api.id,
  name: "for-an-hour",
  type: "TOKEN",
  authorizerResultTtlInSeconds: 3600,
  authorizerUri: functions.current.invokeArn,
});
orders.method("baskets", "GET", "baskets", { authorization: "CUSTOM", authorizerId: forAnHour.id });
// 10. route-throttling
orders.method("login", "POST", "login");
// 11. route-request-validation
orders.method("create-order", "POST", "orders", { requestValidatorId: undefined });
// 12. route-request-model
orders.method("create-return", "POST", "returns", { requestModels: {} });
// 13. model-strictness
const anything = new aws.apigateway.Model("anything", {
  restApi: orders.api.id,
  name: "Anything",
  contentType: "application/json",
  schema: JSON.stringify({ ...JSON.parse(strictModel), additionalProperties: true }),
});
orders.method("create-basket", "POST", "baskets", { requestModels: { "application/json": anything.name } });
// 14. integration-timeout
orders.method("orders", "GET", "orders", {}, { timeoutMilliseconds: 60_000 });
// 15. production-backend-version: no alias and no version.
orders.method(
  "invoices",
  "GET",
  "invoices",
  {},
  {
    uri: "arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/arn:aws:lambda:eu-west-1:111122223333:function:invoices/invocations",
  },
);

// 16. deployment-redeploys
// 17. stage-tracing
// 18. access-log-no-credentials
// 19. hardcoded-secrets
const ordersStage = orders.stage("orders", {
  webAcl: shield,
  deployment: { triggers: {} },
  log: { fields: { ...restLog, key: "$context.identity.apiKey" } },
  stage: { xrayTracingEnabled: false, variables: { databasePassword: "correct-horse-battery-staple-7" } },
});
orders.settings("prices", ordersStage, "prices/GET", { throttlingRateLimit: 5, throttlingBurstLimit: 5 });

// Partners: plans and keys.

const today = new Date();
const inAMonth = new Date(Date.UTC(today.getUTCFullYear(), today.getUTCMonth(), today.getUTCDate() + 30));
const rotated = { ...production, "rotate-by": inAMonth.toISOString().slice(0, 10) };
const plan = (name: string, args: Partial<aws.apigateway.UsagePlanArgs> = {}): aws.apigateway.UsagePlan =>
  new aws.apigateway.UsagePlan(name, {
    name,
    apiStages: [{ apiId: orders.api.id, stage: ordersStage.stageName }],
    throttleSettings: { rateLimit: 20, burstLimit: 10 },
    quotaSettings: { limit: 100_000, period: "MONTH" },
    tags: production,
    ...args,
  });
const partners = plan("partners");
// 20. usage-plan-limits
plan("guests", { quotaSettings: undefined });
// 21. usage-plan-attached
plan("leftover", { apiStages: [] });
// 22. api-key-rotation
const forgotten = new aws.apigateway.ApiKey("forgotten", { description: "The first partner's key.", tags: production });
// 23. api-key-value
const written = new aws.apigateway.ApiKey("written", {
  description: "The second partner's key.",
  value: "d41d8cd98f00b204e9800998ecf8427e",
  tags: rotated,
});
for (const [name, key] of Object.entries({ forgotten, written })) {
  new aws.apigateway.UsagePlanKey(name, { keyId: key.id, keyType: "API_KEY", usagePlanId: partners.id });
}

// Catalogue: an API of HTTP backends, with a cache.

const http = (path: string) => ({
  type: "HTTP_PROXY",
  integrationHttpMethod: "GET",
  uri: `https://catalogue.example.com/${path}`,
});
const catalogue = new Rest("catalogue", functions).answerErrors().alarm();
// 24. integration-encrypted
catalogue.method("pictures", "GET", "pictures", {}, { ...http("pictures"), uri: "http://pictures.example.com/" });
// 25. integration-private
catalogue.method("stock", "GET", "stock", {}, { ...http("stock"), uri: "https://stock.shop.internal/" });
// 26. integration-credentials
catalogue.method(
  "profile",
  "GET",
  "profile",
  {},
  {
    ...http("profile"),
    requestParameters: { "integration.request.header.Cookie": "method.request.header.Cookie" },
  },
);
catalogue.method(
  "items",
  "GET",
  "items",
  {},
  { ...http("items"), cacheKeyParameters: ["method.request.header.Authorization"] },
);
catalogue.method("mine", "GET", "mine", {}, http("mine"));
const catalogueStage = catalogue.stage("catalogue", {
  webAcl: safe,
  stage: { cacheClusterEnabled: true, cacheClusterSize: "0.5", clientCertificateId: certificate.id },
});
const cached = { cachingEnabled: true, requireAuthorizationForCacheControl: true, cacheTtlInSeconds: 60 };
// 27. cache-encryption
catalogue.settings("items", catalogueStage, "items/GET", cached);
// 28. cache-isolation: what is cached is the same for every caller.
catalogue.settings("mine", catalogueStage, "mine/GET", { ...cached, cacheDataEncrypted: true });

// Reviews: an API with faults of its own.

// 29. api-tls
// 30. gateway-responses
const reviews = new Rest("reviews", functions, { securityPolicy: undefined, endpointAccessMode: undefined }).alarm();
reviews.method("reviews", "GET", "reviews", {}, http("reviews"));
// 31. stage-web-acl
// 32. backend-client-certificate
reviews.stage("reviews");
