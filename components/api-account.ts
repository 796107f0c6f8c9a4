import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Isolation } from "./args";
import { readArguments } from "./lib/arguments";
import { IsolationPlan } from "./lib/environment";
import { Faults } from "./lib/faults";
import { Names } from "./lib/names";
import { insideOf, placeOf } from "./lib/place";
import { canonicalJson } from "./lib/values";

/** Arguments of {@link ApiAccount}. */
export interface ApiAccountArgs {
  isolation: Isolation;
  /** Role by which API Gateway writes logs. @default one is made */
  cloudwatchRoleArn?: pulumi.Input<string>;
  /** Tags of everything made that can have them, beside one that names the environment. */
  tags?: pulumi.Input<{ [key: string]: pulumi.Input<string> }>;
}

/**
 * What all APIs of an account and region share: the role by which API Gateway writes logs, and the permission to deliver
 * logs to the groups that these components make. Make it once for each account and region, in a stack of its own: the
 * last one to be made decides for every API there, and taking it away would end their logs, so it stays when its stack goes.
 *
 * @example
 * ```ts
 * const account = new gatehouse.ApiAccount("region", { isolation: { environment: "production" } });
 * new gatehouse.RestApi("orders", { …, accountRoleArn: account.roleArn });
 * ```
 */
export class ApiAccount extends pulumi.ComponentResource {
  /** The role, once API Gateway uses it. */
  public readonly roleArn: pulumi.Output<string>;

  constructor(name: string, args: ApiAccountArgs, opts?: pulumi.ComponentResourceOptions) {
    const faults = new Faults("ApiAccount", name);
    args = readArguments("ApiAccount", args, faults);
    const isolation = IsolationPlan.read(args.isolation, faults);
    faults.throwIfAny();
    super("gatehouse:index:ApiAccount", name, args, opts);

    const place = placeOf(this, isolation, faults);
    const inside = insideOf(this, place);
    const tags = isolation.tags(args.tags);
    const stays = { retainOnDelete: true };

    const made: pulumi.Resource[] = [];
    let roleArn = args.cloudwatchRoleArn;
    if (roleArn === undefined) {
      const role = new aws.iam.Role(
        name,
        {
          namePrefix: Names.of("ApiAccount", name, isolation, opts).prefix(64),
          description: "Lets API Gateway write the logs of this account and region.",
          assumeRolePolicy: canonicalJson({
            Version: "2012-10-17",
            Statement: [
              { Effect: "Allow", Principal: { Service: "apigateway.amazonaws.com" }, Action: "sts:AssumeRole" },
            ],
          }),
          tags,
        },
        inside(stays),
      );
      const policyArn = place.apply(
        ({ partition }) => `arn:${partition}:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs`,
      );
      made.push(new aws.iam.RolePolicyAttachment(name, { role: role.name, policyArn }, inside(stays)));
      roleArn = role.arn;
    }
    // API Gateway tries the role out when it is told of it.
    const account = new aws.apigateway.Account(name, { cloudwatchRoleArn: roleArn }, inside(stays, made));
    // One policy for all log groups: the service would add to one by itself until it is full.
    new aws.cloudwatch.LogResourcePolicy(
      name,
      {
        policyName: "gatehouse-api-logs",
        policyDocument: place.apply(({ partition, region, account: owner }) =>
          canonicalJson({
            Version: "2012-10-17",
            Statement: [
              {
                Effect: "Allow",
                Principal: { Service: "delivery.logs.amazonaws.com" },
                Action: ["logs:CreateLogStream", "logs:PutLogEvents"],
                Resource: ["/aws/vendedlogs/apis/*", "aws-waf-logs-*"].map(
                  (group) => `arn:${partition}:logs:${region}:${owner}:log-group:${group}:log-stream:*`,
                ),
                Condition: {
                  StringEquals: { "aws:SourceAccount": owner },
                  ArnLike: { "aws:SourceArn": `arn:${partition}:logs:${region}:${owner}:*` },
                },
              },
            ],
          }),
        ),
      },
      inside(stays),
    );

    this.roleArn = account.cloudwatchRoleArn;
    this.registerOutputs({ roleArn: this.roleArn });
  }
}
