import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import * as path from "node:path";
import * as gatehouse from "../../components";
import type { Registered } from "../../preview/engine";
import { load } from "../support/module.cjs";
import { register } from "../support/stack";
import type { handler } from "./variants";
import { newOrder, production, variants } from "./variants";

interface Validation {
  readonly valid: boolean;
  readonly errors?: unknown;
}
type Validator = new () => { validate(document: object): Promise<Validation> };

const library = "@seriousme/openapi-schema-validator";

/** Loads what the package names as its entry, which is a module of the other kind. */
async function loadValidator(): Promise<Validator> {
  const manifest = require.resolve(`${library}/package.json`);
  const { main } = JSON.parse(readFileSync(manifest, "utf8")) as { readonly main: string };
  const module = await load(path.join(path.dirname(manifest), main));
  return (module as { readonly Validator: Validator }).Validator;
}

const bodies = (resources: readonly Registered[]): string[] =>
  resources.flatMap(({ type, inputs }) =>
    type === "aws:apigateway/restApi:RestApi" && typeof inputs["body"] === "string" ? [inputs["body"]] : [],
  );

describe("OpenAPI bodies of RestApi", () => {
  let Validator: Validator;
  before(async () => {
    Validator = await loadValidator();
  });

  for (const { title, stack, program } of variants.filter(({ title: name }) => name.startsWith("RestApi"))) {
    it(`${title}: the body fits the schema of OpenAPI 3.0`, async () => {
      const written = bodies(await register(program, "resolve", stack));
      assert.notEqual(written.length, 0);
      for (const body of written) {
        const { valid, errors } = await new Validator().validate(JSON.parse(body) as object);
        assert.ok(valid, JSON.stringify(errors, undefined, 2));
      }
    });
  }

  it("the library refuses a body that does not fit", async () => {
    const { valid } = await new Validator().validate({ openapi: "3.0.1", info: {}, paths: { orders: {} } });
    assert.equal(valid, false);
  });
});

describe("ARNs of components in each partition", () => {
  const places = { aws: "eu-west-1", "aws-us-gov": "us-gov-west-1", "aws-cn": "cn-north-1" } as const;
  for (const [partition, region] of Object.entries(places)) {
    it(`${partition}: every ARN is well-formed and of the partition`, async () => {
      const resources = await register(
        (packages) => {
          const { aws } = packages;
          const provider = new aws.Provider("here", { region });
          const options = { providers: [provider] };
          const orders = new gatehouse.RestApi(
            "orders",
            {
              isolation: production,
              models: { NewOrder: newOrder },
              routes: {
                "POST /orders": { lambda: handlerIn(packages, provider), requestModel: "NewOrder" },
                "POST /events": {
                  requestModel: "NewOrder",
                  awsService: {
                    service: "sqs",
                    action: "SendMessage",
                    resourceArns: [`arn:${partition}:sqs:${region}:123456789012:events`],
                    requestTemplate: "Action=SendMessage&QueueUrl=https%3A%2F%2Fsqs.example.com%2Fevents",
                  },
                },
              },
            },
            options,
          );
          new gatehouse.ApiAccount("region", { isolation: production }, options);
          new gatehouse.ApiClients(
            "partners",
            { isolation: production, stages: [{ stage: orders.stage }], clients: { acme: {} } },
            options,
          );
        },
        "resolve",
        "prod",
      );
      const written = JSON.stringify(
        resources.filter(({ type }) => type.startsWith("aws:")).map(({ inputs }) => inputs),
      );
      const arns = [...new Set(written.match(/arn:[^"\\\s,]*/g))];
      assert.ok(arns.length > 10, arns.join("\n"));
      // In the call of a service, that service stands where others have the account.
      const wellFormed = new RegExp(`^arn:${partition}:[a-z0-9-]+:(?:${region})?:(?:\\d{12}|aws|lambda|sqs)?:[^:].*$`);
      assert.deepEqual(
        arns.filter((arn) => !wellFormed.test(arn)),
        [],
      );
    });
  }
});

type Packages = Parameters<typeof handler>[0];

/** The function of the other tests, of another region. */
function handlerIn({ aws }: Packages, provider: InstanceType<Packages["aws"]["Provider"]>): ReturnType<typeof handler> {
  const options = { provider };
  const role = new aws.iam.Role("handler", { assumeRolePolicy: "{}" }, options);
  return new aws.lambda.Function(
    "handler",
    { role: role.arn, runtime: "nodejs22.x", handler: "index.handler", publish: true },
    options,
  );
}
