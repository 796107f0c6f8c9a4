import { definePolicy, fault } from "../../core/policy";
import { resourceSubject } from "../../model/subject";

export const accountLoggingRole = definePolicy({
  name: "account-logging-role",
  topic: "logging",
  description: "The account settings of API Gateway name a role that writes to CloudWatch Logs.",
  why: "Without the role no REST or WebSocket stage of the region can write logs, and setting a log level fails.",
  fix: "Set `cloudwatchRoleArn` to a role that `apigateway.amazonaws.com` may assume, with the policy AmazonAPIGatewayPushToCloudWatchLogs.",
  severity: "medium",
  level: "advisory",
  where: "R",
  practice: "practice 6: logs and metrics for every stage",
  peers: ["rest-account"],
  on: "stack",
  check: (graph) =>
    graph
      .of("account")
      .filter((account) => account.bag.computed("cloudwatchRoleArn").isAbsent())
      .map((account) =>
        fault("have no CloudWatch role", {
          at: resourceSubject(account, `account settings "${account.name}" of API Gateway`),
        }),
      ),
  examples: {
    pass: [
      {
        title: "the role is made in the same program",
        program: ({ aws }) => {
          const role = new aws.iam.Role("api-logs", {
            assumeRolePolicy: JSON.stringify({
              Version: "2012-10-17",
              Statement: [
                {
                  Effect: "Allow",
                  Principal: { Service: "apigateway.amazonaws.com" },
                  Action: "sts:AssumeRole",
                },
              ],
            }),
          });
          new aws.apigateway.Account("region", { cloudwatchRoleArn: role.arn });
        },
      },
      {
        title: "the account settings are another stack's",
        program: ({ aws }) => {
          new aws.apigateway.RestApi("orders");
        },
      },
    ],
    fail: [
      {
        title: "account settings that name no role",
        program: ({ aws }) => {
          new aws.apigateway.Account("region");
        },
      },
      {
        title: "a role that is taken away",
        program: ({ aws }) => {
          new aws.apigateway.Account("region", { cloudwatchRoleArn: "" });
        },
      },
    ],
  },
});
