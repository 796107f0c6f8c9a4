import type { AnyPolicy } from "../../core/policy";
import { integrationTimeout } from "./integration-timeout";
import { routeThrottling } from "./route-throttling";
import { stageThrottling } from "./stage-throttling";
import { usagePlanAttached } from "./usage-plan-attached";
import { usagePlanLimits } from "./usage-plan-limits";

export const throttling: readonly AnyPolicy[] = [
  stageThrottling,
  routeThrottling,
  usagePlanLimits,
  usagePlanAttached,
  integrationTimeout,
];
