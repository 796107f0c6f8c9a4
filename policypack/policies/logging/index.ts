import type { AnyPolicy } from "../../core/policy";
import { accessLogFields } from "./access-log-fields";
import { accessLogNoCredentials } from "./access-log-no-credentials";
import { accountLoggingRole } from "./account-logging-role";
import { apiAlarms } from "./api-alarms";
import { logGroupEncryption } from "./log-group-encryption";
import { logGroupRetention } from "./log-group-retention";
import { stageAccessLogging } from "./stage-access-logging";
import { stageDataTrace } from "./stage-data-trace";
import { stageExecutionLogging } from "./stage-execution-logging";
import { stageMetrics } from "./stage-metrics";
import { stageTracing } from "./stage-tracing";

export const logging: readonly AnyPolicy[] = [
  stageAccessLogging,
  accessLogFields,
  accessLogNoCredentials,
  logGroupRetention,
  logGroupEncryption,
  stageExecutionLogging,
  stageDataTrace,
  stageMetrics,
  stageTracing,
  accountLoggingRole,
  apiAlarms,
];
