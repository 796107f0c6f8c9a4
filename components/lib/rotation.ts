import { existsSync, readFileSync } from "node:fs";
import * as path from "node:path";
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { prefixed, rolePolicyName, statementId } from "./names";
import type { Inside, Place } from "./place";
import { canonicalJson } from "./values";
import type { Tree } from "./values";

/** What a function may do. */
export interface Permission {
  readonly Action: readonly string[];
  readonly Resource: Tree;
  readonly Condition?: Tree;
}

export interface ProgramArgs {
  /** The program: a file in `functions/`, and those that it imports. */
  readonly program: string;
  readonly imports?: readonly string[];
  /** Physical name of the function and of its role, 64 characters at most. */
  readonly name: pulumi.Output<string>;
  readonly description: pulumi.Input<string>;
  readonly environment: Readonly<Record<string, pulumi.Input<string>>>;
  readonly permissions: readonly Permission[];
  readonly retentionInDays: number;
  readonly kmsKeyArn: pulumi.Input<string>;
  readonly tags: pulumi.Input<Record<string, pulumi.Input<string>>>;
  /** In seconds. */
  readonly timeout: number;
}

/** A Lambda function of this package's own, with its log, that may do what is listed and nothing else. */
export function makeFunction(name: string, args: ProgramArgs, inside: Inside): aws.lambda.Function {
  const { tags, description } = args;
  const group = new aws.cloudwatch.LogGroup(
    name,
    {
      name: pulumi.interpolate`/aws/lambda/${args.name}`,
      retentionInDays: args.retentionInDays,
      kmsKeyId: args.kmsKeyArn,
      tags,
    },
    inside(),
  );
  const role = new aws.iam.Role(
    name,
    {
      name: args.name,
      description,
      assumeRolePolicy: canonicalJson({
        Version: "2012-10-17",
        Statement: [{ Effect: "Allow", Principal: { Service: "lambda.amazonaws.com" }, Action: "sts:AssumeRole" }],
      }),
      tags,
    },
    inside(),
  );
  const document: pulumi.OutputInstance<unknown> = pulumi.output<unknown>({
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Action: ["logs:CreateLogStream", "logs:PutLogEvents"],
        Resource: pulumi.interpolate`${group.arn}:*`,
      },
      ...args.permissions.map((permission) => ({ Effect: "Allow", ...permission })),
    ],
  });
  const policy = new aws.iam.RolePolicy(
    name,
    { ...prefixed("namePrefix", name, rolePolicyName), role: role.name, policy: document.apply(canonicalJson) },
    inside(),
  );
  return new aws.lambda.Function(
    name,
    {
      name: args.name,
      description,
      role: role.arn,
      runtime: "nodejs22.x",
      handler: "index.handler",
      architectures: ["arm64"],
      timeout: args.timeout,
      publish: true,
      code: new pulumi.asset.AssetArchive({
        "index.mjs": sourceOf(args.program),
        ...Object.fromEntries((args.imports ?? []).map((one) => [`${one}.mjs`, sourceOf(one)])),
      }),
      environment: { variables: args.environment },
      tags,
    },
    inside({}, [group, policy]),
  );
}

export interface RotationArgs extends Omit<ProgramArgs, "imports" | "timeout"> {
  /** By the parts of names that are theirs. */
  readonly secrets: ReadonlyMap<string, { readonly arn: pulumi.Input<string> }>;
  readonly months: number;
  readonly place: pulumi.Output<Place>;
}

/** Replaces what secrets hold every so many months. */
export function rotateSecrets(name: string, args: RotationArgs, inside: Inside): void {
  const { secrets, place } = args;
  const rotation = makeFunction(
    `${name}-rotation`,
    {
      ...args,
      imports: ["secrets"],
      timeout: 60,
      permissions: [
        {
          Action: [
            "secretsmanager:DescribeSecret",
            "secretsmanager:GetSecretValue",
            "secretsmanager:PutSecretValue",
            "secretsmanager:UpdateSecretVersionStage",
          ],
          Resource: [...secrets.values()].map((secret) => secret.arn),
        },
        { Action: ["secretsmanager:GetRandomPassword"], Resource: "*" },
        { Action: ["kms:Decrypt", "kms:GenerateDataKey"], Resource: args.kmsKeyArn },
        ...args.permissions,
      ],
    },
    inside,
  );
  const permission = new aws.lambda.Permission(
    `${name}-rotation`,
    {
      ...prefixed("statementIdPrefix", `${name}-rotation`, statementId),
      action: "lambda:InvokeFunction",
      function: rotation.name,
      principal: "secretsmanager.amazonaws.com",
      sourceAccount: place.apply(({ account }) => account),
    },
    inside(),
  );
  for (const [part, secret] of secrets) {
    new aws.secretsmanager.SecretRotation(
      part,
      {
        secretId: secret.arn,
        rotationLambdaArn: rotation.arn,
        rotateImmediately: false,
        rotationRules: { scheduleExpression: scheduleOf(args.months) },
      },
      inside({}, [permission]),
    );
  }
}

/** Early on the first day of every so many months. */
export function scheduleOf(months: number): string {
  const list = Array.from({ length: 12 / months }, (_, index) => String(1 + index * months));
  return `cron(0 4 1 ${months === 1 ? "*" : list.join(",")} ? *)`;
}

/** The day by which a schedule rotates next, as `2027-03-01`. */
export function nextRotation(months: number, now = new Date()): string {
  const month = now.getUTCMonth();
  return new Date(Date.UTC(now.getUTCFullYear(), month - (month % months) + months, 1)).toISOString().slice(0, 10);
}

export const initialLabel = "gatehouse-initial";

/**
 * What a secret holds before it is first rotated; later values are the rotation's own. A label of its own keeps this
 * version from being removed by the service, which a refresh would answer by putting it back.
 */
export function firstVersion(
  name: string,
  secret: aws.secretsmanager.Secret,
  content: pulumi.Input<unknown>,
  inside: Inside,
): aws.secretsmanager.SecretVersion {
  const told: pulumi.OutputInstance<unknown> = pulumi.output<unknown>(content);
  return new aws.secretsmanager.SecretVersion(
    name,
    {
      secretId: secret.id,
      secretString: pulumi.secret(told.apply((value) => JSON.stringify(value))),
      versionStages: ["AWSCURRENT", initialLabel],
    },
    inside({ ignoreChanges: ["secretString", "versionStages"] }),
  );
}

/** The text itself, so that no path of the machine that deploys is written to the state. */
function sourceOf(program: string): pulumi.asset.Asset {
  const places = ["../functions", "../../functions"].map((from) => path.join(__dirname, from, `${program}.mjs`));
  const file = places.find((candidate) => existsSync(candidate)) ?? `${program}.mjs`;
  return new pulumi.asset.StringAsset(readFileSync(file, "utf8"));
}
