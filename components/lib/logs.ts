import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { canonicalJson } from "./values";
import type { Inside, Place } from "./place";

/** Days that CloudWatch Logs can keep entries. */
const legalRetention = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
];

export function isLegalRetention(days: number): boolean {
  return legalRetention.includes(days);
}

/** A key for log groups whose names match `logGroups`, and for nothing else. */
export function logKey(
  name: string,
  args: {
    readonly description: pulumi.Input<string>;
    readonly logGroups: readonly pulumi.Input<string>[];
    readonly place: pulumi.Output<Place>;
    readonly tags: pulumi.Input<Record<string, pulumi.Input<string>>>;
    /** @default the provider's */
    readonly region?: string;
  },
  inside: Inside,
): aws.kms.Key {
  const policy = pulumi
    .all([args.place, pulumi.all([...args.logGroups])])
    .apply(([{ account, region: here, partition }, logGroups]) => {
      const region = args.region ?? here;
      return canonicalJson({
        Version: "2012-10-17",
        Statement: [
          {
            Sid: "Administration",
            Effect: "Allow",
            Principal: { AWS: `arn:${partition}:iam::${account}:root` },
            Action: "kms:*",
            Resource: "*",
          },
          {
            Sid: "Logs",
            Effect: "Allow",
            Principal: { Service: `logs.${region}.${partition === "aws-cn" ? "amazonaws.com.cn" : "amazonaws.com"}` },
            Action: ["kms:Encrypt*", "kms:Decrypt*", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:Describe*"],
            Resource: "*",
            Condition: {
              ArnLike: {
                "kms:EncryptionContext:aws:logs:arn": logGroups.map(
                  (group) => `arn:${partition}:logs:${region}:${account}:log-group:${group}`,
                ),
              },
            },
          },
        ],
      });
    });
  return new aws.kms.Key(
    name,
    {
      description: args.description,
      enableKeyRotation: true,
      deletionWindowInDays: 30,
      policy,
      tags: args.tags,
      ...(args.region !== undefined && { region: args.region }),
    },
    inside(),
  );
}
