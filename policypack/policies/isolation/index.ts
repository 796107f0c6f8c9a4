import type { AnyPolicy } from "../../core/policy";
import { apiSingleEnvironment } from "./api-single-environment";
import { domainSingleEnvironment } from "./domain-single-environment";
import { environmentBackendSeparate } from "./environment-backend-separate";
import { environmentResourcesSeparate } from "./environment-resources-separate";
import { environmentSettingsDiffer } from "./environment-settings-differ";
import { productionBackendVersion } from "./production-backend-version";
import { productionDeploymentPinned } from "./production-deployment-pinned";
import { stageEnvironment } from "./stage-environment";

export const isolation: readonly AnyPolicy[] = [
  stageEnvironment,
  apiSingleEnvironment,
  domainSingleEnvironment,
  environmentResourcesSeparate,
  environmentBackendSeparate,
  environmentSettingsDiffer,
  productionDeploymentPinned,
  productionBackendVersion,
];
