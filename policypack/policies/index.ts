import type { AnyPolicy } from "../core/policy";
import { routeApiKeyOnly } from "./authorization/route-api-key-only";
import { routeAuthorization } from "./authorization/route-authorization";
import { routeAuthorizerAttached } from "./authorization/route-authorizer-attached";
import { apiSingleEnvironment } from "./isolation/api-single-environment";
import { domainSingleEnvironment } from "./isolation/domain-single-environment";
import { environmentBackendSeparate } from "./isolation/environment-backend-separate";
import { environmentResourcesSeparate } from "./isolation/environment-resources-separate";
import { environmentSettingsDiffer } from "./isolation/environment-settings-differ";
import { productionBackendVersion } from "./isolation/production-backend-version";
import { productionDeploymentPinned } from "./isolation/production-deployment-pinned";
import { stageEnvironment } from "./isolation/stage-environment";
import { stageAccessLogging } from "./logging/stage-access-logging";
import { stageDataTrace } from "./logging/stage-data-trace";
import { stageExecutionLogging } from "./logging/stage-execution-logging";
import { stageMetrics } from "./logging/stage-metrics";
import { stageThrottling } from "./throttling/stage-throttling";
import { usagePlanAttached } from "./throttling/usage-plan-attached";
import { usagePlanLimits } from "./throttling/usage-plan-limits";
import { httpApiWebAcl } from "./waf/http-api-web-acl";
import { stageWebAcl } from "./waf/stage-web-acl";
import { webAclLogging } from "./waf/web-acl-logging";
import { webAclRateLimit } from "./waf/web-acl-rate-limit";
import { webAclRules } from "./waf/web-acl-rules";

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
  stageWebAcl,
  httpApiWebAcl,
  webAclRules,
  webAclRateLimit,
  webAclLogging,
  stageEnvironment,
  apiSingleEnvironment,
  domainSingleEnvironment,
  environmentResourcesSeparate,
  environmentBackendSeparate,
  environmentSettingsDiffer,
  productionDeploymentPinned,
  productionBackendVersion,
];
