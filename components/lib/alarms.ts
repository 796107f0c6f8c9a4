import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import type { Alarm } from "../args";
import type { Faults } from "./faults";
import type { Inside } from "./place";

/** Metrics of errors, by the kind of API. */
const metrics = {
  rest: { server: "5XXError", client: "4XXError" },
  http: { server: "5xx", client: "4xx" },
  websocket: { server: "ExecutionError", client: "ClientError" },
} as const;

export function checkAlarms({ serverErrors = 1, clientErrors = 1 }: Alarm, faults: Faults): void {
  for (const [name, value] of Object.entries({ serverErrors, clientErrors })) {
    if (!Number.isInteger(value) || value < 1) faults.add(`alarms.${name}`, `is ${String(value)}`, "write 1 or more");
  }
}

/** Alarms on errors of one stage. */
export function makeAlarms(
  name: string,
  kind: keyof typeof metrics,
  { actionArns = [], serverErrors = 5, clientErrors = 100 }: Alarm,
  dimensions: Readonly<Record<string, pulumi.Input<string>>>,
  tags: pulumi.Input<Record<string, pulumi.Input<string>>>,
  inside: Inside,
): void {
  const alarm = (what: "server" | "client", threshold: number, description: string): void => {
    new aws.cloudwatch.MetricAlarm(
      `${name}-${what}-errors`,
      {
        alarmDescription: description,
        namespace: "AWS/ApiGateway",
        metricName: metrics[kind][what],
        dimensions,
        statistic: "Sum",
        period: 300,
        evaluationPeriods: 1,
        threshold,
        comparisonOperator: "GreaterThanOrEqualToThreshold",
        treatMissingData: "notBreaching",
        alarmActions: actionArns,
        okActions: actionArns,
        tags,
      },
      inside(),
    );
  };
  alarm("server", serverErrors, `Server errors of the API ${name}.`);
  alarm("client", clientErrors, `Client errors of the API ${name}: credentials may be being tried.`);
}
