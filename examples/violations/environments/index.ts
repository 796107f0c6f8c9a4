import { Backend, Rest, development, firewall, logGroup, production } from "../compliant";

// One of the programs that together break every policy once: production and development that are not kept apart. All
// else in it complies. Each fault is numbered and named by the policy that it breaks.

const shield = firewall("shop", "REGIONAL");
const live = new Backend("live");
const test = new Backend("test");

/** An API with one method and a stage in one environment. */
function api(name: string, backend: Backend, tags: typeof production): Rest {
  const made = new Rest(name, backend, { tags }).answerErrors().allow().alarm();
  made.method(name, "GET", name);
  return made;
}
const quarter = { throttlingRateLimit: 25, throttlingBurstLimit: 10 };
const stage = { webAcl: shield };

// 1. stage-environment: tagged for production, named for tests.
const orders = api("orders", live, production);
orders.stage("orders", { ...stage, stage: { stageName: "test" } });

// 2. api-single-environment
const returns = api("returns", new Backend("returns"), production);
returns.stage("returns", stage);
returns.stage("returns-next", { ...stage, tags: development, settings: quarter, stage: { stageName: "v2" } });

// 3. environment-resources-separate: one log of production and development.
const shared = logGroup("shared-access");
const log = { group: shared };
const invoices = api("invoices", live, production);
invoices.stage("invoices", { ...stage, log });
const invoicesNext = api("invoices-next", test, development);
invoicesNext.stage("invoices-next", { ...stage, tags: development, settings: quarter, log });

// 4. environment-backend-separate: development that reads production's orders.
const baskets = api("baskets", test, development);
baskets.stage("baskets", {
  ...stage,
  tags: development,
  settings: quarter,
  stage: { variables: { ordersTable: "orders-prod" } },
});

// 5. environment-settings-differ: what production is given, and development too.
const offers = api("offers", test, development);
offers.stage("offers", { ...stage, tags: development });
