import type { AnyPolicy } from "../core/policy";
import { routeApiKeyOnly } from "./authorization/route-api-key-only";
import { routeAuthorization } from "./authorization/route-authorization";
import { routeAuthorizerAttached } from "./authorization/route-authorizer-attached";
import { stageAccessLogging } from "./logging/stage-access-logging";
import { stageDataTrace } from "./logging/stage-data-trace";
import { stageExecutionLogging } from "./logging/stage-execution-logging";
import { stageMetrics } from "./logging/stage-metrics";
import { stageThrottling } from "./throttling/stage-throttling";
import { usagePlanAttached } from "./throttling/usage-plan-attached";
import { usagePlanLimits } from "./throttling/usage-plan-limits";

/** Every policy but `exemptions-in-force`, which the pack adds last. */
export const policies: readonly AnyPolicy[] = [
  routeAuthorization,
  routeApiKeyOnly,
  routeAuthorizerAttached,
  stageThrottling,
  usagePlanLimits,
  usagePlanAttached,
  stageAccessLogging,
  stageExecutionLogging,
  stageMetrics,
  stageDataTrace,
];
