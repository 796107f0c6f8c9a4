import * as pulumi from "@pulumi/pulumi";
import { Environment } from "../args";
import type { Isolation, LoggingLevel, Throttle } from "../args";
import type { Faults } from "./faults";

/** What an environment starts from. */
export interface Defaults {
  /** Calls that a stage takes: a tenth of what AWS gives an account and region, or a hundredth. */
  readonly throttle: Throttle;
  readonly loggingLevel: LoggingLevel;
  readonly retentionInDays: number;
  /** Calls that one client may make. */
  readonly clientThrottle: Throttle;
  readonly clientQuotaPerMonth: number;
  /** An API key or a secret is replaced on the first day of every so many months. */
  readonly rotationMonths: number;
  /** Resources whose loss breaks clients are protected from deletion. */
  readonly protect: boolean;
}

const production: Defaults = {
  throttle: { rateLimit: 1000, burstLimit: 500 },
  loggingLevel: "ERROR",
  retentionInDays: 365,
  clientThrottle: { rateLimit: 50, burstLimit: 100 },
  clientQuotaPerMonth: 1_000_000,
  rotationMonths: 1,
  protect: true,
};

const nonProduction: Defaults = {
  throttle: { rateLimit: 100, burstLimit: 50 },
  loggingLevel: "INFO",
  retentionInDays: 90,
  clientThrottle: { rateLimit: 10, burstLimit: 20 },
  clientQuotaPerMonth: 100_000,
  rotationMonths: 2,
  protect: false,
};

/** The environment that a component belongs to. */
export class IsolationPlan {
  private constructor(
    readonly environment: Environment,
    readonly allowedAccountIds: readonly string[],
    readonly requiredLambdaQualifier: string | undefined,
  ) {}

  static read(args: Isolation | undefined, faults: Faults): IsolationPlan {
    const isolation = (args ?? {}) as Partial<Isolation>;
    const { environment, allowedAccountIds: accounts = [], requiredLambdaQualifier: qualifier } = isolation;
    const known = Object.values(Environment) as readonly unknown[];
    if (!known.includes(environment)) {
      faults.add(
        "isolation.environment",
        environment === undefined ? "is not given" : `is ${JSON.stringify(environment)}`,
        'write "production" or "nonproduction"',
      );
    } else {
      const stack = pulumi.getStack();
      const told = environmentOf(stack);
      if (told !== undefined && told !== environment) {
        faults.add(
          "isolation.environment",
          `is ${JSON.stringify(environment)} in the stack "${stack}"`,
          `write ${JSON.stringify(told)}, or deploy it from a stack of its own`,
        );
      }
    }
    for (const account of accounts) {
      if (!/^\d{12}$/.test(account)) {
        faults.add("isolation.allowedAccountIds", `holds ${JSON.stringify(account)}`, "write 12 digits");
      }
    }
    // https://docs.aws.amazon.com/lambda/latest/api/API_CreateAlias.html
    if (qualifier !== undefined && !/^[A-Za-z0-9_-]{1,128}$/.test(qualifier)) {
      faults.add("isolation.requiredLambdaQualifier", `is ${JSON.stringify(qualifier)}`, "name an alias or a version");
    }
    // What is wrong counts as production, so that all its faults are told.
    const safe = environment === Environment.NonProduction ? environment : Environment.Production;
    return new IsolationPlan(safe, accounts, qualifier);
  }

  get isProduction(): boolean {
    return this.environment === Environment.Production;
  }

  get defaults(): Defaults {
    return this.isProduction ? production : nonProduction;
  }

  tags(own: pulumi.Input<Record<string, pulumi.Input<string>>> | undefined): pulumi.Output<Record<string, string>> {
    return pulumi.output(own).apply((tags = {}): Record<string, string> => {
      // IAM takes no two that differ in case alone.
      const key = Object.keys(tags).find((one) => one.toLowerCase() === "environment") ?? "environment";
      return { ...tags, [key]: this.environment };
    });
  }
}

const productionWords = new Set(["prod", "production", "live", "prd"]);
const otherWords = new Set(
  "dev development test testing qa uat sit stage staging sandbox preview demo nonprod nonproduction preprod preproduction".split(
    " ",
  ),
);

/** The environment that a stack's name tells, by whole words: `orders-prod-eu` is production, `products` nothing. */
export function environmentOf(name: string): Environment | undefined {
  const words = name
    .replace(/([a-z0-9])([A-Z])/g, "$1 $2")
    .toLowerCase()
    .replace(/([a-z])(\d)/g, "$1 $2")
    .replace(/\b(non|pre)[^a-z0-9]+(?=prod)/g, "$1")
    .split(/[^a-z0-9]+/);
  if (words.some((word) => productionWords.has(word))) return Environment.Production;
  if (words.some((word) => otherWords.has(word))) return Environment.NonProduction;
  return words[0] === "pr" && words.length > 1 ? Environment.NonProduction : undefined;
}
