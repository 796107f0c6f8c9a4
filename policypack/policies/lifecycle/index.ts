import type { AnyPolicy } from "../../core/policy";
import { apiDescription } from "./api-description";
import { deploymentRedeploys } from "./deployment-redeploys";
import { stageManaged } from "./stage-managed";

export const lifecycle: readonly AnyPolicy[] = [stageManaged, deploymentRedeploys, apiDescription];
