import type * as pulumi from "@pulumi/pulumi";
import type { ApiClientsArgs, Quota } from "../api-clients";
import type { Control, Throttle } from "../args";
import { readArguments } from "./arguments";
import { Controls } from "./controls";
import { IsolationPlan } from "./environment";
import { Faults } from "./faults";
import { Names, slugs } from "./names";
import { isLimit } from "./routes";
import { checkStageName, namesOf, restStage } from "./stages";
import type { StageNames } from "./stages";
import { planRetention } from "./web-acl-rules";

/** Controls of which clients may need an exception. */
const exceptable = ["api-key-rotation", "log-group-retention", "usage-plan-limits"] as const;

/** Arguments of `ApiClients`, checked, with defaults. */
export interface ClientsPlan {
  readonly faults: Faults;
  readonly isolation: IsolationPlan;
  readonly controls: Control[];
  readonly names: Names;
  /** Physical name of the plan, and the beginning of others. */
  readonly label: pulumi.Output<string>;
  readonly functionName: pulumi.Output<string>;
  readonly stages: readonly StageNames[];
  readonly clients: readonly {
    readonly name: string;
    /** Part of physical names. */
    readonly slug: string;
    /** Name of the client's resources. */
    readonly part: string;
    readonly description: string;
  }[];
  readonly throttle: Throttle;
  readonly quota: Quota;
  readonly months: number;
  readonly retentionInDays: number;
}

/** Checks everything and throws one error with all faults. */
export function planApiClients(
  name: string,
  given: ApiClientsArgs,
  opts: pulumi.ComponentResourceOptions | undefined,
): ClientsPlan {
  const faults = new Faults("ApiClients", name);
  const args = readArguments("ApiClients", given, faults);
  const isolation = IsolationPlan.read(args.isolation, faults);
  const controls = new Controls(args.exceptions, exceptable, faults);
  const { retentionInDays = isolation.defaults.retentionInDays } = args;
  const names = Names.of("ApiClients", name, isolation, opts);
  planRetention(retentionInDays, isolation, controls, faults, "retentionInDays");
  const plan = {
    faults,
    isolation,
    names,
    label: names.of(64),
    functionName: names.of(64, "rotation"),
    stages: planStages(args, isolation, faults),
    clients: planClients(name, args, faults),
    throttle: planThrottle(args, isolation, controls, faults),
    quota: planQuota(args, isolation, controls, faults),
    months: planMonths(args, isolation, controls, faults),
    retentionInDays,
  };
  controls.meet("usage-plan-attached", "The plan names the stages, and every key is in the plan.");
  controls.meet("api-key-value", "Keys are made up by API Gateway and kept in Secrets Manager.");
  controls.meet("environment-resources-separate", `Plan and keys are of ${isolation.environment} alone.`);
  controls.elsewhere("route-authorization", "A key tells clients apart; routes must authorize besides.");
  const list = controls.list();
  faults.throwIfAny();
  return { ...plan, controls: list };
}

function planStages(args: ApiClientsArgs, isolation: IsolationPlan, faults: Faults): StageNames[] {
  const given = (args.stages as ApiClientsArgs["stages"] | undefined) ?? [];
  if (given.length === 0) faults.add("stages", "is empty, so that the keys open nothing", "name a stage");
  return given.flatMap(({ stage, restApiId, stageName }, index): StageNames[] => {
    const field = `stages[${String(index)}]`;
    if (stage !== undefined) {
      if (restApiId !== undefined || stageName !== undefined) {
        faults.add(field, "has `stage` beside `restApiId` or `stageName`", "give `stage` alone");
      }
      return [namesOf(`${field}.stage`, restStage(stage), isolation, faults)];
    }
    checkStageName(`${field}.stageName`, stageName, isolation, faults);
    if (restApiId === undefined || stageName === undefined) {
      faults.add(field, "names no stage", "give `stage`, or both `restApiId` and `stageName`");
      return [];
    }
    return [{ apiId: restApiId, stageName }];
  });
}

function planClients(name: string, args: ApiClientsArgs, faults: Faults): ClientsPlan["clients"] {
  const entries = Object.entries((args.clients as ApiClientsArgs["clients"] | undefined) ?? {});
  if (entries.length === 0) faults.add("clients", "is empty", "name a client, as `{ acme: {} }`");
  const parts = slugs(entries.map(([client]) => client));
  return entries.map(([client, { description = client }]) => {
    const slug = parts.get(client) ?? client;
    if (!/^[A-Za-z0-9_-]{1,40}$/.test(client)) {
      faults.add(
        `clients[${JSON.stringify(client)}]`,
        "has a name that cannot stand in others",
        "use letters, digits, hyphens and underscores, 40 at most",
      );
    }
    return { name: client, slug, part: `${name}-${slug}`, description };
  });
}

function planThrottle(
  { throttle }: ApiClientsArgs,
  { defaults }: IsolationPlan,
  controls: Controls,
  faults: Faults,
): Throttle {
  const { rateLimit, burstLimit } = defaults.clientThrottle;
  if (throttle !== undefined && !isLimit(throttle, "throttle", faults)) return defaults.clientThrottle;
  const limit = throttle ?? defaults.clientThrottle;
  const says = ({ rateLimit: rate, burstLimit: burst }: Throttle): string =>
    `${String(rate)} calls a second and ${String(burst)} at once`;
  controls.unless(limit.rateLimit > rateLimit || limit.burstLimit > burstLimit, "usage-plan-limits", "throttle", {
    met: `A client may make ${says(limit)}.`,
    weaker: `is ${says(limit)}, more than ${says(defaults.clientThrottle)}`,
    fix: "lower it",
  });
  return limit;
}

/** Days of a period. */
const days: Readonly<Record<string, number>> = { DAY: 1, WEEK: 7, MONTH: 30 };

function planQuota({ quota }: ApiClientsArgs, { defaults }: IsolationPlan, controls: Controls, faults: Faults): Quota {
  const most = defaults.clientQuotaPerMonth;
  const { limit, period } = quota ?? { limit: most, period: "MONTH" };
  const length = days[period];
  if (length === undefined) faults.add("quota.period", `is ${JSON.stringify(period)}`, "write DAY, WEEK or MONTH");
  if (!Number.isInteger(limit) || limit < 1) faults.add("quota.limit", `is ${String(limit)}`, "write 1 or more");
  controls.unless(limit * (30 / (length ?? 30)) > most, "usage-plan-limits", "quota", {
    met: `A client may make ${String(limit)} calls in a ${period.toLowerCase()}.`,
    weaker: `is ${String(limit)} in a ${period.toLowerCase()}, more than ${String(most)} in a month`,
    fix: "lower it",
  });
  return { limit, period };
}

function planMonths(args: ApiClientsArgs, { defaults }: IsolationPlan, controls: Controls, faults: Faults): number {
  const months = args.rotationMonths ?? defaults.rotationMonths;
  return checkMonths(months, defaults.rotationMonths, "api-key-rotation", controls, faults);
}

/** After how many months something is replaced. */
export function checkMonths(months: number, most: number, control: string, controls: Controls, faults: Faults): number {
  const legal = Number.isInteger(months) && months >= 1 && 12 % months === 0;
  if (!legal) faults.add("rotationMonths", `is ${String(months)}`, "write 1, 2, 3, 4, 6 or 12");
  const every = (count: number): string => (count === 1 ? "month" : `${String(count)} months`);
  controls.unless(months > most, control, "rotationMonths", {
    met: `What opens the API is replaced every ${every(months)}.`,
    weaker: `is ${String(months)}, more than ${String(most)}`,
    fix: "lower it",
  });
  return legal ? months : most;
}
