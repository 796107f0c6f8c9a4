import type { AnyPolicy } from "../../core/policy";
import { stageAccessLogging } from "./stage-access-logging";
import { stageDataTrace } from "./stage-data-trace";
import { stageExecutionLogging } from "./stage-execution-logging";
import { stageMetrics } from "./stage-metrics";

export const logging: readonly AnyPolicy[] = [stageAccessLogging, stageExecutionLogging, stageMetrics, stageDataTrace];
