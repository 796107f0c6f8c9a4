import { definePolicy, fault, option, unverified } from "../../core/policy";
import type { Outcome } from "../../core/policy";
import { Bag } from "../../model/bag";
import type { Value } from "../../model/value";
import { resourceSubject } from "../../model/subject";

const quotaMaximum = (period: string) =>
  option<number | undefined>(
    `The highest quota of requests a ${period}.`,
    { type: "number", exclusiveMinimum: 0 },
    undefined,
  );

const missing = (limit: Value<number>): boolean => limit.isAbsent() || (limit.isKnown() && (limit.get() ?? 0) <= 0);

export const usagePlanLimits = definePolicy({
  name: "usage-plan-limits",
  topic: "throttling",
  description: "API Gateway usage plans limit rate, burst and quota.",
  why: "A plan that limits nothing lets one client, or one stolen key, take all the capacity of the API.",
  fix: "Set `throttleSettings.rateLimit`, `throttleSettings.burstLimit` and `quotaSettings`.",
  severity: "medium",
  level: "mandatory",
  where: "R",
  practice: "practice 2: usage plans with rate limits and quotas",
  frameworks: { "OWASP API Security Top 10": ["API4:2023"] },
  peers: ["CTL.APIGATEWAY.USAGEPLAN.QUOTA.MISSING.001", "CTL.APIGATEWAY.USAGEPLAN.RATE.EXCESSIVE.001"],
  options: {
    maxRateLimit: option(
      "The highest rate limit, in requests a second.",
      { type: "number", exclusiveMinimum: 0 },
      10000,
    ),
    maxBurstLimit: option("The highest burst limit, in requests.", { type: "number", exclusiveMinimum: 0 }, 5000),
    maxQuotaPerDay: quotaMaximum("day"),
    maxQuotaPerWeek: quotaMaximum("week"),
    maxQuotaPerMonth: quotaMaximum("month"),
  },
  on: "stack",
  check: (graph, { options }) => {
    const outcomes: Outcome[] = [];
    for (const { node } of graph.usagePlans) {
      const at = resourceSubject(node, `usage plan "${node.displayName()}"`);
      const throttle = node.bag.object("throttleSettings");
      const quota = node.bag.object("quotaSettings");
      const limits = throttle.get() ?? Bag.empty;
      const rate = limits.number("rateLimit");
      const burst = limits.number("burstLimit");
      const limit = (quota.get() ?? Bag.empty).number("limit");
      const lacks = [
        ...(!throttle.isUnknown() && missing(rate) ? ["rate limit"] : []),
        ...(!throttle.isUnknown() && missing(burst) ? ["burst limit"] : []),
        ...(!quota.isUnknown() && missing(limit) ? ["quota"] : []),
      ];
      if (lacks.length > 0) {
        outcomes.push(fault(`has no ${lacks.join(" and no ")}`, { at }));
      }
      if ([throttle, quota, rate, burst, limit].some((value) => value.isUnknown())) {
        outcomes.push(unverified("has limits that are not known yet", { at }));
      }
      const period = quota.get()?.string("period").get()?.toUpperCase();
      const maximum =
        period === "DAY"
          ? options.maxQuotaPerDay
          : period === "WEEK"
            ? options.maxQuotaPerWeek
            : period === "MONTH"
              ? options.maxQuotaPerMonth
              : undefined;
      const over = [
        ...((rate.get() ?? 0) > options.maxRateLimit
          ? [`a rate limit of ${String(rate.get())} above ${String(options.maxRateLimit)}`]
          : []),
        ...((burst.get() ?? 0) > options.maxBurstLimit
          ? [`a burst limit of ${String(burst.get())} above ${String(options.maxBurstLimit)}`]
          : []),
        ...(maximum !== undefined && (limit.get() ?? 0) > maximum
          ? [`a quota of ${String(limit.get())} above ${String(maximum)}`]
          : []),
      ];
      if (over.length > 0) {
        outcomes.push(
          fault(`has ${over.join(" and ")}`, { at, fix: "Lower the limits, or raise the policy's maximum." }),
        );
      }
    }
    return outcomes;
  },
  examples: {
    pass: [
      {
        title: "rate, burst and quota are limited",
        program: ({ aws }) => {
          new aws.apigateway.UsagePlan("partners", {
            throttleSettings: { rateLimit: 50, burstLimit: 20 },
            quotaSettings: { limit: 100000, period: "MONTH" },
          });
        },
      },
    ],
    fail: [
      {
        title: "nothing is limited",
        program: ({ aws }) => {
          new aws.apigateway.UsagePlan("partners");
        },
      },
      {
        title: "a burst limit and a quota are missing",
        program: ({ aws }) => {
          new aws.apigateway.UsagePlan("partners", { throttleSettings: { rateLimit: 50 } });
        },
      },
      {
        title: "limits and a quota above the maxima",
        config: { maxQuotaPerDay: 10000 },
        program: ({ aws }) => {
          new aws.apigateway.UsagePlan("partners", {
            throttleSettings: { rateLimit: 20000, burstLimit: 20 },
            quotaSettings: { limit: 50000, period: "DAY" },
          });
        },
      },
    ],
  },
});
