import * as gatehouse from "../../components";
import type { Program } from "../support/stack";
import { handler, newOrder, production } from "./variants";

/** Names that people give and AWS does not take everywhere: long, and with characters of many kinds. */
export const names = {
  long: "orders-of-the-shop-and-of-its-partners-in-all-countries-of-the-union",
  odd: "Orders (v2), für alle!",
} as const;

/** Names that begin as AWS lets none of some kind begin, or that are nothing but digits. */
export const reserved = ["sg-orders", "xn--orders", "AWS/orders", "aws:orders", "_orders", "42"] as const;

/** Every component, with most of what it can make, by one name; `within`: a component of the user's that holds them. */
export const named =
  (name: string, within?: string): Program =>
  (packages) => {
    const opts = within === undefined ? {} : { parent: new packages.pulumi.ComponentResource(within, name) };
    const isolation = production;
    const key = "the-partners-of-the-shop-in-all-counties";
    const lambda = handler(packages);
    const queue = new packages.aws.sqs.Queue("queue");
    const rest = new gatehouse.RestApi(
      name,
      {
        isolation,
        tags: { Environment: "live" },
        disableExecuteApiEndpoint: true,
        authorizers: { [key]: { lambda: { lambda: handler(packages, "check") } } },
        defaultAuthorizer: key,
        models: { NewOrder: newOrder },
        routes: {
          "GET /the-orders-of-a-customer/{customerId}/of-a-year/{year}/and-month/{month}": { lambda },
          "GET /stock": { http: { url: "https://stock.example.com/" } },
          "POST /the-orders-of-a-customer/{customerId}": {
            requestModel: "NewOrder",
            awsService: {
              service: "sqs",
              action: "SendMessage",
              resourceArns: [queue.arn],
              requestTemplate:
                "Action=SendMessage&QueueUrl=https%3A%2F%2Fsqs.us-east-1.amazonaws.com%2F123456789012%2Fqueue&MessageBody=$util.urlEncode($input.body)",
            },
          },
        },
      },
      opts,
    );
    const http = new gatehouse.HttpApi(
      name,
      {
        isolation,
        front: {},
        authorizers: { [key]: { lambda: { lambda: handler(packages, "check-http") } } },
        defaultAuthorizer: key,
        routes: { "GET /the-orders-of-a-customer/{customerId}/of-a-year/{year}/and-month/{month}": { lambda } },
      },
      opts,
    );
    new gatehouse.WebSocketApi(
      name,
      {
        isolation,
        front: {},
        authorizer: {
          lambda: handler(packages, "check-socket"),
          identitySources: ["route.request.querystring.ticket"],
        },
        routes: { $default: { lambda } },
      },
      opts,
    );
    new gatehouse.VpcLink(
      name,
      {
        isolation,
        vpcId: "vpc-1",
        subnetIds: ["subnet-1", "subnet-2"],
        backends: { [key]: { cidrBlock: "10.0.16.0/24" } },
      },
      opts,
    );
    new gatehouse.ApiDomain(
      name,
      {
        isolation,
        domainName: "api.example.com",
        hostedZoneId: "Z0EXAMPLE",
        mappings: { "/orders": { restStage: rest.stage } },
        mutualTls: { certificates: "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n" },
      },
      opts,
    );
    new gatehouse.ApiClients(
      name,
      {
        isolation,
        stages: [{ stage: rest.stage }],
        clients: { [key]: { description: name } },
      },
      opts,
    );
    const origin = new gatehouse.OriginSecret(name, { isolation }, opts);
    new gatehouse.ApiDistribution(
      name,
      {
        isolation,
        apiEndpoint: http.apiEndpoint,
        stageName: http.stageName,
        originSecret: { secretArn: origin.secretArn, kmsKeyArn: origin.kmsKeyArn },
        domainName: "shop.example.com",
        hostedZoneId: "Z0EXAMPLE",
      },
      opts,
    );
    new gatehouse.WebAcl(name, { isolation }, opts);
    new gatehouse.ApiAccount(name, { isolation }, opts);
  };
