// After https://github.com/pulumi/examples/tree/master/aws-ts-apigateway-eventbridge (Apache-2.0, Pulumi Corporation).
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import * as gatehouse from "pulumi-gatehouse";

const environment = pulumi.getStack() === "prod" ? "production" : "nonproduction";

const bus = new aws.cloudwatch.EventBus("bus", { name: "uploads" });
const rule = new aws.cloudwatch.EventRule("rule", {
  eventBusName: bus.name,
  eventPattern: JSON.stringify({ source: ["uploads"] }),
});
const lambda = new aws.lambda.CallbackFunction("lambda", {
  policies: [aws.iam.ManagedPolicy.AWSLambdaBasicExecutionRole],
  callback: async (event: { source: string; detail: unknown }) => {
    console.log({ source: event.source, detail: event.detail });
  },
});
new aws.cloudwatch.EventTarget("lambda", { arn: lambda.arn, rule: rule.name, eventBusName: bus.name });
new aws.lambda.Permission("lambda", {
  action: "lambda:InvokeFunction",
  principal: "events.amazonaws.com",
  function: lambda.arn,
  sourceArn: rule.arn,
});

// The original takes uploads from anybody, by a role that may do everything with every bus; this takes them from callers
// that sign, by a role that may put events on this one.
const api = new gatehouse.RestApi("uploads", {
  isolation: { environment },
  models: {
    Person: JSON.stringify({
      $schema: "http://json-schema.org/draft-04/schema#",
      type: "object",
      properties: { name: { type: "string", maxLength: 100, description: "The name of the person." } },
      required: ["name"],
      additionalProperties: false,
    }),
  },
  routes: {
    "POST /uploads": {
      requestModel: "Person",
      awsService: {
        service: "events",
        action: "PutEvents",
        resourceArns: [bus.arn],
        requestTemplate: [
          String.raw`#set($person = $util.escapeJavaScript($input.body).replaceAll("\\'", "'"))`,
          '{"Entries":[{"EventBusName":"uploads","Source":"uploads","DetailType":"PersonUploaded","Detail":"$person"}]}',
        ].join("\n"),
        responseTemplate: JSON.stringify({ accepted: true }),
      },
    },
  },
});

export const url = api.url;
