import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type {
  AccessLog,
  Alarm,
  AuthorizationType,
  AwsServiceTarget,
  Control,
  ControlException,
  ExecutionLog,
  Front,
  HttpTarget,
  Isolation,
  LambdaAuthorizer,
  Throttle,
  VpcLinkTarget,
} from "./args";
import { accessLogFormat } from "./lib/access-log";
import { makeAlarms } from "./lib/alarms";
import { keepsDeployments } from "./lib/deployments";
import { insideOf, placeOf } from "./lib/place";
import { makeRoutes, permitRoutes } from "./lib/socket-routes";
import { planWebSocketApi } from "./lib/socket-plan";
import { makeStageLogs } from "./lib/stage-logs";

/** A route: exactly one target. Who may send is settled when a connection is made, by `$connect`. */
export interface WebSocketRoute {
  /** Function that answers, by proxy. */
  lambda?: pulumi.Input<aws.lambda.Function>;
  /** Alias of the function that answers. */
  lambdaAlias?: pulumi.Input<aws.lambda.Alias>;
  /** `invokeArn` of a function of another stack; its permission is that stack's to give. */
  lambdaInvokeArn?: pulumi.Input<string>;
  http?: HttpTarget;
  /** By a link of version 1. */
  vpcLink?: VpcLinkTarget;
  awsService?: AwsServiceTarget;
  /** Name among `models` that a message must fit. Required of every route but `$connect`, `$disconnect` and `$default`. */
  requestModel?: string;
  /** Sends what the backend answers back to the caller. @default false */
  twoWay?: boolean;
  /** A limit tighter than the stage's. @default a tenth of it, for a `$connect` that is open */
  throttle?: Throttle;
  /** Time the backend has, 50 to 29000 milliseconds. @default 10000 */
  timeoutMilliseconds?: number;
}

/** Arguments of {@link WebSocketApi}. */
export interface WebSocketApiArgs {
  isolation: Isolation;
  /**
   * Routes by what selects them: `$connect`, `$disconnect`, `$default`, or the value of `routeSelectionExpression`, as
   * `send`. Without a `$connect`, one is made that authorizes and calls nothing.
   */
  routes: { [routeKey: string]: WebSocketRoute };
  /** What of a message selects its route. @default $request.body.action */
  routeSelectionExpression?: string;
  /** JSON schemas, as text, of messages. */
  models?: { [name: string]: string };
  /** What `$connect` asks for: AWS_IAM, CUSTOM or NONE. @default CUSTOM with `authorizer`, else AWS_IAM */
  authorizationType?: AuthorizationType;
  /** Function that decides who may connect. @default none */
  authorizer?: LambdaAuthorizer;
  /** Why anyone may connect, in at least 10 characters. Required with `authorizationType` NONE. */
  publicAccessReason?: string;
  /** `$connect` asks for an API key as well, so that a usage plan can meter. Never the only guard. @default false */
  apiKeyRequired?: boolean;
  /** What the API is for. @default its name and environment */
  description?: string;
  /** Closes the API's own endpoint, so that it is reached by its custom domain alone. @default false */
  disableExecuteApiEndpoint?: boolean;
  /** Name of the stage, which begins the path of its own endpoint. @default v1 */
  stageName?: string;
  /** Messages that the stage takes. @default 1000 a second and 500 at once in production, else 100 and 50 */
  throttle?: Throttle;
  accessLog?: AccessLog;
  executionLog?: ExecutionLog;
  /** Key of the log groups that are made. @default one is made */
  logKmsKeyArn?: pulumi.Input<string>;
  alarms?: Alarm;
  /** What stands in front, since no web ACL can stand on the stage. @default nothing: `controls` says so */
  front?: Front;
  /** Protects the API and its stage from being deleted or replaced, as by another `stageName`. @default true in production */
  protect?: boolean;
  /** `roleArn` of `ApiAccount`, so that the stage waits for it. @default the region's logging role is there already */
  accountRoleArn?: pulumi.Input<string>;
  exceptions?: ControlException[];
  /** Tags of everything made that can have them, beside one that names the environment. */
  tags?: pulumi.Input<{ [key: string]: pulumi.Input<string> }>;
}

/**
 * A WebSocket API that is authorized where connections are made, throttled, validated, logged, encrypted and watched.
 * What its kind of API cannot do, the output `controls` says.
 *
 * Its stage changes by deployments of the program alone. Pulumi deletes last, so the deployment that follows a route's
 * removal still has that route: it can call no function any more, and is gone with the next deployment.
 *
 * @example One line, for one function:
 * ```ts
 * new gatehouse.WebSocketApi("chat", {
 *   isolation: { environment: "production" },
 *   routes: { $default: { lambda: chat } },
 * });
 * ```
 *
 * @example Callers by a function, and messages that fit a model:
 * ```ts
 * new gatehouse.WebSocketApi("chat", {
 *   isolation: { environment: "production" },
 *   authorizer: { lambda: check, identitySources: ["route.request.querystring.ticket"] },
 *   models: { Message: JSON.stringify(message) },
 *   routes: {
 *     $connect: { lambda: connections },
 *     $disconnect: { lambda: connections },
 *     send: { lambdaAlias: current, requestModel: "Message", twoWay: true },
 *   },
 * });
 * ```
 */
export class WebSocketApi extends pulumi.ComponentResource {
  /** The API. */
  public readonly api: aws.apigatewayv2.Api;
  /** The stage. */
  public readonly stage: aws.apigatewayv2.Stage;
  /** Id of the API. */
  public readonly apiId: pulumi.Output<string>;
  /** Name of the stage. */
  public readonly stageName: pulumi.Output<string>;
  /** Id of the deployment that the stage serves. */
  public readonly deploymentId: pulumi.Output<string>;
  /** `wss://…`, without the stage. */
  public readonly apiEndpoint: pulumi.Output<string>;
  /** ARN that permissions to call and to invoke begin with. */
  public readonly executionArn: pulumi.Output<string>;
  /** Where the stage is called; closed where `disableExecuteApiEndpoint` is set. */
  public readonly url: pulumi.Output<string>;
  /** ARN by which a backend may be allowed `execute-api:ManageConnections`, to send to callers. */
  public readonly connectionsArn: pulumi.Output<string>;
  /** Name of the log group of the access log. */
  public readonly accessLogGroupName: pulumi.Output<string>;
  /** What holds of each control, what this kind of API cannot do, and by what exceptions a control does not hold. */
  public readonly controls: pulumi.Output<Control[]>;

  constructor(name: string, args: WebSocketApiArgs, opts?: pulumi.ComponentResourceOptions) {
    const plan = planWebSocketApi(name, args, opts);
    const { isolation, label, description, stageName } = plan;
    super("gatehouse:index:WebSocketApi", name, args, opts);

    const place = placeOf(this, isolation, plan.faults);
    const inside = insideOf(this, place);
    const tags = isolation.tags(args.tags);

    // The API, its routes, and a deployment that follows every change of them and nothing else.
    const api = new aws.apigatewayv2.Api(
      name,
      {
        name: label,
        protocolType: "WEBSOCKET",
        description,
        version: "1.0",
        routeSelectionExpression: plan.selection,
        disableExecuteApiEndpoint: args.disableExecuteApiEndpoint ?? false,
        tags,
      },
      inside({ protect: plan.protect }),
    );
    const { made, configuration } = makeRoutes(name, args, plan, api, place, tags, inside);
    const deployment = new aws.apigatewayv2.Deployment(
      name,
      { apiId: api.id, description, triggers: { configuration } },
      inside({ deleteBeforeReplace: false, retainOnDelete: keepsDeployments() }, made),
    );

    // The stage, once its logs are there to be written.
    const logs = makeStageLogs(
      name,
      args,
      { ...plan, execution: { apiId: api.id, stageName, retention: plan.executionRetention }, more: [] },
      place,
      tags,
      inside,
    );
    const certificate = plan.usesHttp
      ? new aws.apigateway.ClientCertificate(
          name,
          { description: pulumi.interpolate`Shown to the backends of ${label}.`, tags },
          inside(),
        )
      : undefined;
    const settings = (limit: Throttle): aws.types.input.apigatewayv2.StageDefaultRouteSettings => ({
      loggingLevel: plan.loggingLevel,
      dataTraceEnabled: plan.dataTrace,
      detailedMetricsEnabled: true,
      throttlingRateLimit: limit.rateLimit,
      throttlingBurstLimit: limit.burstLimit,
    });
    const stage = new aws.apigatewayv2.Stage(
      name,
      {
        apiId: api.id,
        name: stageName,
        description,
        autoDeploy: false,
        deploymentId: deployment.id,
        clientCertificateId: certificate?.id,
        accessLogSettings: { destinationArn: logs.destination, format: accessLogFormat("websocket") },
        defaultRouteSettings: settings(plan.throttle),
        // Nothing is inherited: each says everything.
        routeSettings: plan.routes.flatMap(({ key, throttle }) =>
          throttle === undefined ? [] : [{ routeKey: key, ...settings(throttle) }],
        ),
        tags,
      },
      inside({ protect: plan.protect }, logs.ready),
    );
    permitRoutes(name, plan, api.executionArn, stage.name, place, inside);

    // What watches it.
    makeAlarms(name, "websocket", args.alarms ?? {}, { ApiId: api.id, Stage: stage.name }, tags, inside);

    this.api = api;
    this.stage = stage;
    this.apiId = api.id;
    this.stageName = stage.name;
    this.deploymentId = deployment.id;
    this.apiEndpoint = api.apiEndpoint;
    this.executionArn = api.executionArn;
    this.url = stage.invokeUrl;
    this.connectionsArn = pulumi.interpolate`${api.executionArn}/${stage.name}/POST/@connections/*`;
    this.accessLogGroupName = logs.accessGroupName;
    this.controls = pulumi.output(plan.controls);
    this.registerOutputs({
      apiId: this.apiId,
      stageName: this.stageName,
      deploymentId: this.deploymentId,
      apiEndpoint: this.apiEndpoint,
      executionArn: this.executionArn,
      url: this.url,
      connectionsArn: this.connectionsArn,
      accessLogGroupName: this.accessLogGroupName,
      controls: this.controls,
    });
  }
}
