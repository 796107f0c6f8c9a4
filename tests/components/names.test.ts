import assert from "node:assert/strict";
import * as gatehouse from "../../components";
import type { Registered } from "../../preview/engine";
import { unwrapSecrets } from "../../preview/values";
import { register } from "../support/stack";
import { named, names } from "./named";
import { production } from "./variants";

// Names by which AWS knows what components make. Pulumi takes components of several kinds, below several parents, in
// several stacks and projects by one name, and all of them may be of one account and region.

type Inputs = Readonly<Record<string, unknown>>;

/** Where AWS has room for one of a name: in the account and region, unless a property says what it is of. */
const scopes: Readonly<Record<string, readonly string[]>> = {
  "aws:apigateway/apiKey:ApiKey": [],
  // Its alarms tell it by its name.
  "aws:apigateway/restApi:RestApi": [],
  "aws:apigateway/usagePlan:UsagePlan": [],
  "aws:apigatewayv2/api:Api": [],
  "aws:apigatewayv2/authorizer:Authorizer": ["apiId"],
  "aws:apigatewayv2/stage:Stage": ["apiId"],
  "aws:apigatewayv2/vpcLink:VpcLink": [],
  "aws:cloudwatch/logGroup:LogGroup": [],
  "aws:ec2/securityGroup:SecurityGroup": ["vpcId"],
  "aws:iam/role:Role": [],
  "aws:lambda/alias:Alias": ["functionName"],
  "aws:lambda/function:Function": [],
  "aws:wafv2/webAcl:WebAcl": ["scope"],
};

/** What has the name that it must have, whatever component makes it. */
const given: Readonly<Record<string, string>> = {
  "aws:cloudwatch/logResourcePolicy:LogResourcePolicy":
    "one of an account and region, by ApiAccount, of which a second writes the same",
  "aws:route53/record:Record": "a name of the user's domain",
};

/** Each name that is given, with where it must be alone. */
async function namesOf(
  name: string,
  { stack = "prod", project = "shop", within }: { stack?: string; project?: string; within?: string } = {},
): Promise<{ readonly key: string; readonly name: string; readonly urn: string }[]> {
  const resources = await register(named(name, within), "resolve", stack, project);
  return resources
    .filter(({ custom, urn, type }) => custom && urn.includes("gatehouse:index:") && given[type] === undefined)
    .flatMap((resource: Registered) => {
      const inputs = unwrapSecrets(resource.inputs) as Inputs;
      const text = inputs["name"] ?? inputs["policyName"];
      // One that Pulumi makes up has an end that is random.
      if (typeof text !== "string" || text.replace(/-[0-9a-f]{7}$/, "") === resource.name) return [];
      const scope = scopes[resource.type];
      assert.ok(scope, `${resource.type}: where must a name of it be alone?`);
      const key = JSON.stringify([resource.type, scope.map((property) => inputs[property]), text]);
      // The service's own name for it, by the id of its API.
      return text.startsWith("API-Gateway-Execution-Logs_") ? [] : [{ key, name: text, urn: resource.urn }];
    });
}

function assertAlone(all: readonly { readonly key: string; readonly urn: string }[]): void {
  const owners = new Map<string, string[]>();
  for (const { key, urn } of all) owners.set(key, [...(owners.get(key) ?? []), urn]);
  assert.deepEqual(
    [...owners].filter(([, urns]) => urns.length > 1),
    [],
  );
}

describe("physical names of components", () => {
  for (const [kind, name] of Object.entries(names)) {
    it(`no two are alike of all kinds by one name that is ${kind}`, async () => {
      assertAlone([...(await namesOf(name)), ...(await namesOf(`${name}2`))]);
    });
  }

  it("no two are alike in other stacks, in other projects and below other parents", async () => {
    const all = [
      ...(await namesOf("api")),
      ...(await namesOf("api", { within: "shop:index:Team" })),
      ...(await namesOf("api", { within: "shop:index:Crew" })),
      ...(await namesOf("api", { stack: "prod-eu" })),
      ...(await namesOf("api", { project: "stock" })),
    ];
    assert.ok(all.length > 100);
    assertAlone(all);
  });

  it("no two are alike where name, stack and project give the same letters", async () => {
    assertAlone([
      ...(await namesOf("api-prod", { stack: "eu", project: "x" })),
      ...(await namesOf("api", { stack: "prod-eu", project: "x" })),
      ...(await namesOf("api", { stack: "prod", project: "eu-x" })),
      ...(await namesOf("api.", { stack: "prod", project: "eu.x" })),
    ]);
  });

  it("they are the same of the same program", async () => {
    const keys = (all: readonly { readonly key: string }[]): string[] => all.map(({ key }) => key).sort();
    assert.deepEqual(keys(await namesOf("api")), keys(await namesOf("api")));
  });

  it("they say the kind, the name and the stack, and the environment where the stack does not or might be cut", async () => {
    for (const [name, stack, pattern] of [
      ["api", "prod", /^origin-api-prod-authorizer-[0-9a-f]{8}$/],
      ["api", "eu.1", /^origin-api-eu-1-production-authorizer-[0-9a-f]{8}$/],
      [names.long, "eu", /^origin-orders-of-the-[a-z-]+-eu-production-authorizer-/],
      [
        names.long,
        "the-live-stack-of-the-shop-in-the-union",
        /^origin-orders-of-th[a-z-]*-the-live-[a-z-]+-production-authorizer-[0-9a-f]{8}$/,
      ],
    ] as const) {
      const made = await register(
        () => {
          new gatehouse.OriginSecret(name, { isolation: production });
        },
        "resolve",
        stack,
      );
      const authorizer = made.find(({ type }) => type === "aws:lambda/function:Function");
      assert.match(String(authorizer?.inputs["name"]), pattern);
    }
  });
});
