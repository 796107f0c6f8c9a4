import assert from "node:assert/strict";
import type { Report } from "../preview/report";
import { Pack, register } from "./support/stack";
import type { Program } from "./support/stack";

const reason = "the edge in front of it checks";
const routes = "route-authorization";
const logs = "stage-access-logging";

/** A day so many from today, in UTC as the pack reckons. */
const day = (from: number): string => new Date(Date.now() + from * 24 * 60 * 60 * 1000).toISOString().slice(0, 10);

const of = (resource: string, more: Readonly<Record<string, unknown>> = {}): object => ({ resource, reason, ...more });

/** A REST API with a method that needs no authorization, and its stage with no access log. */
const rest: Program = ({ aws }) => {
  const api = new aws.apigateway.RestApi("orders", { name: "orders-api" });
  const list = new aws.apigateway.Method("list", {
    restApi: api.id,
    resourceId: api.rootResourceId,
    httpMethod: "GET",
    authorization: "NONE",
  });
  const deployment = new aws.apigateway.Deployment("orders", { restApi: api.id }, { dependsOn: [list] });
  new aws.apigateway.Stage("prod", { restApi: api.id, deployment: deployment.id, stageName: "prod" });
};

/** The same as an HTTP API, with a tag on the API or on its stage. */
const tagged =
  (on: "api" | "stage", policy: string, text: string): Program =>
  ({ aws }) => {
    const tags = { [`gatehouse-exempt/${policy}`]: text };
    const api = new aws.apigatewayv2.Api("orders", { protocolType: "HTTP", ...(on === "api" && { tags }) });
    new aws.apigatewayv2.Route("list", { apiId: api.id, routeKey: "GET /orders", target: "integrations/x1" });
    new aws.apigatewayv2.Stage("prod", { apiId: api.id, name: "prod", ...(on === "stage" && { tags }) });
  };

/** An OpenAPI body that is not known before the log group is made. */
const hidden: Program = ({ aws, pulumi }) => {
  const group = new aws.cloudwatch.LogGroup("orders");
  const get = { "x-group": group.arn };
  new aws.apigateway.RestApi("orders", { body: pulumi.jsonStringify({ openapi: "3.0.1", paths: { "/a": { get } } }) });
};

interface ExemptionCase {
  readonly title: string;
  readonly program: Program;
  readonly policy: string;
  readonly config: Readonly<Record<string, unknown>>;
  /** The findings that are left, by their resource. */
  readonly left: readonly string[];
  /** What was exempted: `list until 2030-12-31: <reason>`. */
  readonly exempted: readonly string[];
  /** What is said of exemptions that exempt nothing. */
  readonly says?: RegExp;
}

const byName: readonly ExemptionCase[] = ["*::list", "list", "l?st", "orders", "orders-api", "orders-*"].map(
  (resource) => ({
    title: `"${resource}" covers a method by its URN, its name or its API's`,
    program: rest,
    policy: routes,
    config: { exemptions: [of(resource)] },
    left: [],
    exempted: [`list: ${reason}`],
  }),
);

const cases: readonly ExemptionCase[] = [
  ...byName,
  {
    title: "case matters in a glob",
    program: rest,
    policy: routes,
    config: { exemptions: [of("ORDERS-*")] },
    left: ["list"],
    exempted: [],
    says: /^The exemption of "ORDERS-\*" from route-authorization exempts nothing: it matches no finding\. /,
  },
  {
    title: "on its last day it is in force, and says no more than its reason",
    program: rest,
    policy: routes,
    config: { exemptions: [of("list", { expires: day(0) })] },
    left: [],
    exempted: [`list until ${day(0)}: ${reason}`],
  },
  {
    title: "far from its last day",
    program: rest,
    policy: routes,
    config: { exemptions: [of("list", { expires: day(60) })] },
    left: [],
    exempted: [`list until ${day(60)}: ${reason}`],
  },
  {
    title: "on the day after, it exempts nothing",
    program: rest,
    policy: routes,
    config: { exemptions: [of("list", { expires: day(-1) })] },
    left: ["list"],
    exempted: [],
    says: /^Method "list" \(GET\) is not exempted from route-authorization: it expired on \S+\. Correct /,
  },
  {
    title: "one that expired beside one in force",
    program: rest,
    policy: routes,
    config: { exemptions: [of("orders", { expires: day(-1) }), of("list")] },
    left: [],
    exempted: [`list: ${reason}`],
    says: /^The exemption of "orders" from route-authorization exempts nothing: it expired on /,
  },
  {
    title: "two that cover one finding, of which one is told and none is idle",
    program: rest,
    policy: routes,
    config: { exemptions: [of("orders"), of("list")] },
    left: [],
    exempted: [`list: ${reason}`],
  },
  {
    title: "one that covers what is not known yet is not idle",
    program: hidden,
    policy: routes,
    config: { exemptions: [of("orders")] },
    left: [],
    exempted: [],
  },
  {
    title: "a policy that is disabled has no exemptions",
    program: rest,
    policy: routes,
    config: { enforcementLevel: "disabled", exemptions: [of("nothing")] },
    left: [],
    exempted: [],
  },
  {
    title: "a reason that speaks of exemptions",
    program: rest,
    policy: routes,
    config: { exemptions: [of("list", { reason: "the team is exempted from reviews: see the minutes" })] },
    left: [],
    exempted: ["list: the team is exempted from reviews: see the minutes"],
  },
  {
    title: "a tag on the API covers its routes",
    program: tagged("api", routes, reason),
    policy: routes,
    config: { allowTagExemptions: true },
    left: [],
    exempted: [`list: ${reason}`],
  },
  {
    title: "a tag on the API for another policy",
    program: tagged("api", logs, reason),
    policy: routes,
    config: { allowTagExemptions: true },
    left: ["list"],
    exempted: [],
  },
  {
    title: "a tag on the API where the configuration allows none",
    program: tagged("api", routes, reason),
    policy: routes,
    config: {},
    left: ["list"],
    exempted: [],
  },
  {
    title: "a tag on the stage, with its last day",
    program: tagged("stage", logs, `${reason} until ${day(3)}`),
    policy: logs,
    config: { allowTagExemptions: true },
    left: [],
    exempted: [`prod until ${day(3)}: ${reason}`],
  },
  {
    title: "a tag that expired",
    program: tagged("stage", logs, `${reason} until ${day(-3)}`),
    policy: logs,
    config: { allowTagExemptions: true },
    left: ["prod"],
    exempted: [],
    says: /^Stage "prod" of HTTP API "orders" is not exempted from stage-access-logging: it expired on /,
  },
  {
    title: "a tag with words where its day should be",
    program: tagged("stage", logs, `${reason} until we move`),
    policy: logs,
    config: { allowTagExemptions: true },
    left: ["prod"],
    exempted: [],
    says: /is not exempted from stage-access-logging: its date is not an ISO date/,
  },
  {
    title: "a tag with no reason to speak of",
    program: tagged("stage", logs, "later"),
    policy: logs,
    config: { allowTagExemptions: true },
    left: ["prod"],
    exempted: [],
    says: /is not exempted from stage-access-logging: its reason has fewer than 10 characters/,
  },
];

describe("exemptions", () => {
  let pack: Pack;
  before(async () => {
    pack = await Pack.boot();
  });
  after(() => pack.close());

  const judge = async ({ program, policy, config }: ExemptionCase, unknowns: "keep" | "resolve"): Promise<Report> =>
    pack.judge(await register(program, unknowns, "prod"), { [policy]: config });

  for (const unknowns of ["keep", "resolve"] as const) {
    for (const one of cases) {
      // What is not known yet is known then, and exempted.
      if (one.program === hidden && unknowns === "resolve") continue;
      it(`${one.title} (${unknowns})`, async () => {
        const { violations, exempted } = await judge(one, unknowns);
        const left = violations.filter(({ policy }) => policy === one.policy).map(({ name }) => name);
        assert.deepEqual(left, one.left);
        const told = exempted.map(({ name, expires, reason: why }) => {
          return `${name}${expires === undefined ? "" : ` until ${expires}`}: ${why}`;
        });
        assert.deepEqual(told, one.exempted);
        const said = violations.filter(({ policy }) => policy === "exemptions-in-force").map(({ message }) => message);
        assert.equal(said.length, one.says === undefined ? 0 : 1, said.join("\n"));
        if (one.says !== undefined) assert.match(said[0] ?? "", one.says);
      });
    }
  }
});
