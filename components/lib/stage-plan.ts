import type { AccessLog, ExecutionLog, LoggingLevel, Throttle } from "../args";
import type { Controls } from "./controls";
import type { IsolationPlan } from "./environment";
import type { Faults } from "./faults";
import { isLimit } from "./routes";
import { planRetention } from "./web-acl-rules";

// What the stages of all kinds of API have.

/** The limit of a stage. */
export function planThrottle(
  throttle: Throttle | undefined,
  { defaults }: IsolationPlan,
  controls: Controls,
  faults: Faults,
): Throttle {
  if (throttle !== undefined && !isLimit(throttle, "throttle", faults)) return defaults.throttle;
  const limit = throttle ?? defaults.throttle;
  const { rateLimit, burstLimit } = defaults.throttle;
  controls.unless(limit.rateLimit > rateLimit || limit.burstLimit > burstLimit, "stage-throttling", "throttle", {
    met: `The stage takes ${String(limit.rateLimit)} calls a second and ${String(limit.burstLimit)} at once.`,
    weaker: `is ${String(limit.rateLimit)} calls a second and ${String(limit.burstLimit)} at once, more than ${String(rateLimit)} and ${String(burstLimit)}`,
    fix: "lower it",
  });
  return limit;
}

/** For how many days the access log is kept. */
export function planAccessLog(
  { destinationArn, retentionInDays }: AccessLog = {},
  isolation: IsolationPlan,
  controls: Controls,
  faults: Faults,
): number {
  const retention = retentionInDays ?? isolation.defaults.retentionInDays;
  if (destinationArn === undefined) {
    planRetention(retention, isolation, controls, faults, "accessLog.retentionInDays");
  } else if (retentionInDays !== undefined) {
    faults.add("accessLog.retentionInDays", "stands beside `destinationArn`", "set it on that log group");
  } else controls.elsewhere("log-group-retention", "The access log goes to a destination of yours.");
  return retention;
}

/** What goes to an execution log, and for how long it stays. */
export interface ExecutionLogPlan {
  readonly loggingLevel: LoggingLevel;
  readonly dataTrace: boolean;
  /** In days. */
  readonly executionRetention: number;
}

export function planExecutionLog(
  executionLog: ExecutionLog = {},
  isolation: IsolationPlan,
  controls: Controls,
  faults: Faults,
): ExecutionLogPlan {
  const { defaults, isProduction } = isolation;
  const executionRetention = executionLog.retentionInDays ?? defaults.retentionInDays;
  planRetention(executionRetention, isolation, controls, faults, "executionLog.retentionInDays");
  const loggingLevel = executionLog.loggingLevel ?? defaults.loggingLevel;
  if (!["OFF", "ERROR", "INFO"].includes(loggingLevel)) {
    faults.add("executionLog.loggingLevel", `is ${JSON.stringify(loggingLevel)}`, "write ERROR or INFO");
  }
  controls.unless(loggingLevel === "OFF", "stage-execution-logging", "executionLog.loggingLevel", {
    met: `The execution log is ${loggingLevel}.`,
    weaker: "is OFF",
    fix: "write ERROR or INFO",
  });
  const dataTrace = executionLog.dataTraceEnabled ?? false;
  if (dataTrace && isProduction) {
    faults.add("executionLog.dataTraceEnabled", "would log requests and responses whole in production", "take it away");
  } else {
    controls.unless(dataTrace, "stage-data-trace", "executionLog.dataTraceEnabled", {
      met: "Requests and responses are not logged whole.",
      weaker: "logs requests and responses whole",
      fix: "take it away",
    });
  }
  return { loggingLevel, dataTrace, executionRetention };
}

/** What holds of every stage that a component makes. */
export function tellOfStage(controls: Controls, isolation: IsolationPlan): void {
  controls.meet("stage-access-logging", "Every call is written to the access log, as JSON without credentials.");
  controls.meet("stage-metrics", "Every method or route counts in CloudWatch.");
  controls.meet("stage-environment", `Everything is tagged for ${isolation.environment}.`);
  controls.meet("log-group-encryption", "Logs are encrypted with a key of yours.");
  controls.meet("api-alarms", "Server and client errors raise alarms.");
  controls.meet("lambda-permission-scope", "Functions are called by this API and this stage alone.");
  if (isolation.isProduction) {
    controls.meet("production-backend-version", "Functions are called by an alias or a version.");
  }
}
