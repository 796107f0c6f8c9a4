import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { AccessLog } from "../args";
import type { IsolationPlan } from "./environment";
import { logKey } from "./logs";
import { waitFor } from "./place";
import type { Inside, Place } from "./place";

export interface StageLogs {
  /** Where the access log goes. */
  readonly destination: pulumi.Input<string>;
  /** "" where the log goes to a destination of the user's. */
  readonly accessGroupName: pulumi.Output<string>;
  readonly kmsKeyArn: pulumi.Input<string>;
  /** What must be there before the stage writes. */
  readonly ready: readonly pulumi.Input<pulumi.Resource>[];
}

interface LogsArgs {
  readonly accessLog?: AccessLog;
  readonly logKmsKeyArn?: pulumi.Input<string>;
  readonly accountRoleArn?: pulumi.Input<string>;
}

interface LogsPlan {
  readonly label: pulumi.Output<string>;
  readonly isolation: IsolationPlan;
  /** In days. */
  readonly accessRetention: number;
  /** Of an API that has an execution log. */
  readonly execution?: {
    readonly apiId: pulumi.Output<string>;
    readonly stageName: string;
    readonly retention: number;
  };
  /** Names of more log groups that the key is for. */
  readonly more: readonly pulumi.Input<string>[];
}

/** The logs of a stage, and the key that they are encrypted with. */
export function makeStageLogs(
  name: string,
  { accessLog = {}, logKmsKeyArn, accountRoleArn }: LogsArgs,
  { label, isolation, accessRetention, execution, more }: LogsPlan,
  place: pulumi.Output<Place>,
  tags: pulumi.Output<Record<string, string>>,
  inside: Inside,
): StageLogs {
  const accessName = pulumi.interpolate`/aws/vendedlogs/apis/${label}/access`;
  const kmsKeyArn =
    logKmsKeyArn ??
    logKey(
      `${name}-logs`,
      {
        description: pulumi.interpolate`Logs of the API ${label}.`,
        logGroups: [accessName, ...more, ...(execution === undefined ? [] : ["API-Gateway-Execution-Logs_*"])],
        place,
        tags,
      },
      inside,
    ).arn;
  const group = (suffix: string, groupName: pulumi.Input<string>, retentionInDays: number): aws.cloudwatch.LogGroup =>
    new aws.cloudwatch.LogGroup(
      `${name}-${suffix}`,
      { name: groupName, retentionInDays, kmsKeyId: kmsKeyArn, tags },
      inside({ retainOnDelete: isolation.isProduction }),
    );
  const given = accessLog.destinationArn;
  const access = given === undefined ? group("access", accessName, accessRetention) : undefined;
  // The service would make it by itself, unencrypted and for ever.
  const made = execution && [
    group(
      "execution",
      pulumi.interpolate`API-Gateway-Execution-Logs_${execution.apiId}/${execution.stageName}`,
      execution.retention,
    ),
  ];
  return {
    destination: access?.arn ?? given ?? "",
    accessGroupName: access?.name ?? pulumi.output(""),
    kmsKeyArn,
    ready: [...(made ?? []), ...(accountRoleArn === undefined ? [] : [waitFor(accountRoleArn)])],
  };
}
