import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Control, ControlException, Isolation, Throttle } from "./args";
import { planApiClients } from "./lib/clients-plan";
import type { ClientsPlan } from "./lib/clients-plan";
import { logKey } from "./lib/logs";
import { insideOf, placeOf } from "./lib/place";
import type { Inside, Place } from "./lib/place";
import { firstVersion, nextRotation, rotateSecrets } from "./lib/rotation";
import { canonicalJson } from "./lib/values";

/** A stage of a REST API that clients call with their keys: `stage`, or the names of one of another stack. */
export interface ClientStage {
  /** The output `stage` of a `RestApi`, or one of your own. One tagged for another environment is an error. */
  stage?: pulumi.Input<aws.apigateway.Stage>;
  /** Of another stack's API. */
  restApiId?: pulumi.Input<string>;
  /** Of another stack's API. */
  stageName?: pulumi.Input<string>;
}

/** How many calls a client may make in all. */
export interface Quota {
  /** Calls, above 0. */
  limit: number;
  /** `DAY`, `WEEK` or `MONTH`. */
  period: string;
}

/** One client. */
export interface ApiClient {
  /** Who it is, for whoever reads the list of keys. @default its name */
  description?: string;
}

/** Arguments of {@link ApiClients}. */
export interface ApiClientsArgs {
  isolation: Isolation;
  /** What the clients call. */
  stages: ClientStage[];
  /** The clients, by name. Each has keys of its own; all have the same limits. */
  clients: { [name: string]: ApiClient };
  /** Calls that each client may make. @default 50 a second and 100 at once in production, else 10 and 20 */
  throttle?: Throttle;
  /** Calls that each client may make in all. @default 1000000 a month in production, else 100000 */
  quota?: Quota;
  /**
   * Keys are replaced on the first day of every so many months: 1, 2, 3, 4, 6 or 12.
   * @default 1 in production, else 2
   */
  rotationMonths?: number;
  /** Key by which secrets and the log of the rotation are encrypted. @default one is made */
  kmsKeyArn?: pulumi.Input<string>;
  /** How long the log of the rotation is kept. @default 365 days in production, else 90 */
  retentionInDays?: number;
  exceptions?: ControlException[];
  /** Tags of everything made that can have them, beside one that names the environment. */
  tags?: pulumi.Input<{ [key: string]: pulumi.Input<string> }>;
}

/**
 * The clients of REST APIs: a usage plan that limits each of them, and for each a secret in Secrets Manager with its API
 * keys, which a rotation replaces.
 *
 * A secret holds JSON: `current`, the key to use, and `next`, which works already and will be current after the next
 * rotation. The key that was current before works for one rotation more. So a client that reads its secret at least once
 * in a rotation is never refused.
 *
 * An API key tells clients apart and limits them; it is no proof of who calls, and routes authorize besides. Keys that
 * the rotation made are not part of the stack: once their plan is gone they open nothing, and may be deleted by their
 * tag `api-clients`.
 *
 * @example
 * ```ts
 * const orders = new gatehouse.RestApi("orders", {
 *   isolation,
 *   routes: { "GET /orders/{id}": { lambda: getOrder, apiKeyRequired: true } },
 * });
 * const partners = new gatehouse.ApiClients("partners", {
 *   isolation,
 *   stages: [{ stage: orders.stage }],
 *   clients: { acme: { description: "ACME, contract 4711" } },
 * });
 * export const acmeKey = partners.secretArns.apply((arns) => arns["acme"]);
 * ```
 */
export class ApiClients extends pulumi.ComponentResource {
  /** Id of the usage plan. */
  public readonly usagePlanId: pulumi.Output<string>;
  /** ARN of each client's secret, by the client's name. */
  public readonly secretArns: pulumi.Output<{ [name: string]: string }>;
  /** What holds of each control, and by what exceptions one does not. */
  public readonly controls: pulumi.Output<Control[]>;

  constructor(name: string, args: ApiClientsArgs, opts?: pulumi.ComponentResourceOptions) {
    const plan = planApiClients(name, args, opts);
    const { isolation, label } = plan;
    super("gatehouse:index:ApiClients", name, args, opts);

    const place = placeOf(this, isolation, plan.faults);
    const inside = insideOf(this, place);
    const tags = isolation.tags(args.tags);
    const kmsKeyArn =
      args.kmsKeyArn ??
      logKey(
        name,
        {
          description: pulumi.interpolate`API keys of ${label}.`,
          logGroups: [pulumi.interpolate`/aws/lambda/${plan.functionName}`],
          place,
          tags,
        },
        inside,
      ).arn;

    const usagePlan = new aws.apigateway.UsagePlan(
      name,
      {
        name: label,
        description: `Limits each client of ${name} (${isolation.environment}).`,
        apiStages: plan.stages.map(({ apiId, stageName }) => ({ apiId, stage: stageName })),
        throttleSettings: plan.throttle,
        quotaSettings: plan.quota,
        tags,
      },
      inside(),
    );
    const secrets = makeClients(plan, usagePlan, kmsKeyArn, tags, inside);
    rotateSecrets(
      name,
      {
        program: "rotate-api-keys",
        name: plan.functionName,
        description: pulumi.interpolate`Replaces the API keys of ${label}.`,
        environment: {
          USAGE_PLAN_ID: usagePlan.id,
          NAME_PREFIX: label,
          RESOURCE_TAGS: pulumi.all([tags, label]).apply(([all, own]) => canonicalJson({ ...all, [ownTag]: own })),
        },
        permissions: permissions(place, usagePlan.id, label),
        retentionInDays: plan.retentionInDays,
        kmsKeyArn,
        tags,
        secrets,
        months: plan.months,
        place,
      },
      inside,
    );

    this.usagePlanId = usagePlan.id;
    this.secretArns = pulumi.output(
      Object.fromEntries(plan.clients.map(({ name: client, part }) => [client, secrets.get(part)?.arn ?? ""])),
    );
    this.controls = pulumi.output(plan.controls);
    this.registerOutputs({ usagePlanId: this.usagePlanId, secretArns: this.secretArns, controls: this.controls });
  }
}

/** Marks the keys that a rotation may change. */
const ownTag = "api-clients";

/** Two keys and a secret for each client; gives the secrets by the parts of names that are theirs. */
function makeClients(
  plan: ClientsPlan,
  usagePlan: aws.apigateway.UsagePlan,
  kmsKeyId: pulumi.Input<string>,
  tags: pulumi.Output<Record<string, string>>,
  inside: Inside,
): ReadonlyMap<string, aws.secretsmanager.Secret> {
  const { names, label, isolation, months } = plan;
  const rotateBy = nextRotation(months);
  return new Map(
    plan.clients.map(({ part, slug, description }) => {
      const secret = new aws.secretsmanager.Secret(
        part,
        {
          namePrefix: names.prefix(256, slug),
          description: `API keys of ${description} (${isolation.environment}).`,
          kmsKeyId,
          tags,
        },
        inside(),
      );
      const slots = ["a", "b"].map((slot) => {
        const key = new aws.apigateway.ApiKey(
          `${part}-${slot}`,
          {
            name: pulumi.interpolate`${label}-${slug}-${slot}`,
            description: `For ${description} (${isolation.environment}).`,
            tags: pulumi.all([tags, label]).apply(([all, own]) => ({ ...all, [ownTag]: own, "rotate-by": rotateBy })),
          },
          // Another name would be another key; the rotation switches off a key that has served.
          inside({ ignoreChanges: ["name", "enabled"] }),
        );
        new aws.apigateway.UsagePlanKey(
          `${part}-${slot}`,
          { usagePlanId: usagePlan.id, keyId: key.id, keyType: "API_KEY" },
          inside(),
        );
        return { id: key.id, value: key.value };
      });
      firstVersion(part, secret, { client: slug, current: slots[0], next: slots[1] }, inside);
      return [part, secret];
    }),
  );
}

/** To make keys of this plan, and to change and remove those. */
function permissions(
  place: pulumi.Output<Place>,
  usagePlanId: pulumi.Output<string>,
  label: pulumi.Output<string>,
): Parameters<typeof rotateSecrets>[1]["permissions"] {
  const arn = (path: pulumi.Input<string>): pulumi.Output<string> =>
    pulumi
      .all([place, path])
      .apply(([{ partition, region }, rest]) => `arn:${partition}:apigateway:${region}::/${rest}`);
  const planKeys = arn(pulumi.interpolate`usageplans/${usagePlanId}/keys`);
  return [
    { Action: ["apigateway:GET"], Resource: [arn("apikeys"), arn("apikeys/*"), pulumi.interpolate`${planKeys}/*`] },
    { Action: ["apigateway:POST"], Resource: planKeys },
    {
      Action: ["apigateway:POST", "apigateway:PUT"],
      Resource: [arn("apikeys"), arn("tags/*")],
      Condition: { StringEquals: { [`aws:RequestTag/${ownTag}`]: label } },
    },
    {
      Action: ["apigateway:PATCH", "apigateway:DELETE"],
      Resource: arn("apikeys/*"),
      Condition: { StringEquals: { [`aws:ResourceTag/${ownTag}`]: label } },
    },
  ];
}
