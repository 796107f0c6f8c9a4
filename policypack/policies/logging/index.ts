import type { AnyPolicy } from "../../core/policy";
import { accessLogFields } from "./access-log-fields";
import { accessLogNoCredentials } from "./access-log-no-credentials";
import { accountLoggingRole } from "./account-logging-role";
import { stageAccessLogging } from "./stage-access-logging";
import { stageDataTrace } from "./stage-data-trace";
import { stageExecutionLogging } from "./stage-execution-logging";
import { stageMetrics } from "./stage-metrics";
import { stageTracing } from "./stage-tracing";

export const logging: readonly AnyPolicy[] = [
  stageAccessLogging,
  accessLogFields,
  accessLogNoCredentials,
  stageExecutionLogging,
  stageDataTrace,
  stageMetrics,
  stageTracing,
  accountLoggingRole,
];
