import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type {
  AccessLog,
  Alarm,
  AuthorizationType,
  Authorizer,
  Control,
  ControlException,
  Cors,
  Front,
  Isolation,
  Route,
  Throttle,
} from "./args";
import { accessLogFormat } from "./lib/access-log";
import { makeAlarms } from "./lib/alarms";
import { makeBackends, permitCalls } from "./lib/backends";
import { corsMethods, defaultCorsHeaders } from "./lib/cors";
import { keepsDeployments } from "./lib/deployments";
import { apiVersion, planHttpApi } from "./lib/http-plan";
import type { HttpPlan } from "./lib/http-plan";
import { sha256 } from "./lib/names";
import { insideOf, placeOf } from "./lib/place";
import type { Place } from "./lib/place";
import { roleArn, roleName } from "./lib/roles";
import { makeStageLogs } from "./lib/stage-logs";
import { canonicalJson, Later, textOf } from "./lib/values";

/** Arguments of {@link HttpApi}. */
export interface HttpApiArgs {
  isolation: Isolation;
  /** Routes by method and path, as `GET /orders/{id}`. */
  routes: { [routeKey: string]: Route };
  authorizers?: { [name: string]: Authorizer };
  /** @default AWS_IAM */
  defaultAuthorizationType?: AuthorizationType;
  /** Name among `authorizers` for routes that name none. @default none */
  defaultAuthorizer?: string;
  /** What the API is for. @default its name and environment */
  description?: string;
  /** Closes the API's own endpoint, so that it is reached by its custom domain alone. @default false */
  disableExecuteApiEndpoint?: boolean;
  /** A name other than `$default` begins every path. @default $default */
  stageName?: string;
  /** Calls that the stage takes. @default 1000 a second and 500 at once in production, else 100 and 50 */
  throttle?: Throttle;
  accessLog?: AccessLog;
  /** Key of the log group that is made. @default one is made */
  logKmsKeyArn?: pulumi.Input<string>;
  alarms?: Alarm;
  /** @default none: no other origin may call */
  cors?: Cors;
  /** What stands in front, since no web ACL can stand on the stage. @default nothing: `controls` says so */
  front?: Front;
  /** Protects the API and its stage from being deleted or replaced, as by another `stageName`. @default true in production */
  protect?: boolean;
  exceptions?: ControlException[];
  /** Tags of everything made that can have them, beside one that names the environment. */
  tags?: pulumi.Input<{ [key: string]: pulumi.Input<string> }>;
}

/**
 * An HTTP API that is authorized, throttled, logged, encrypted and watched. It is cheaper than a REST API, and can do
 * less: it checks no bodies, has no execution log and no resource policy, and no web ACL can stand on its stage. The
 * output `controls` says so.
 *
 * In production its stage changes by deployments of the program alone; elsewhere it follows every change by itself.
 *
 * @example One line, for one function:
 * ```ts
 * new gatehouse.HttpApi("orders", {
 *   isolation: { environment: "production" },
 *   routes: { "GET /orders/{id}": { lambda: getOrder } },
 * });
 * ```
 *
 * @example Customers by tokens of their user pool:
 * ```ts
 * new gatehouse.HttpApi("orders", {
 *   isolation: { environment: "production" },
 *   authorizers: {
 *     customers: { jwt: { issuer: pulumi.interpolate`https://${customers.endpoint}`, audiences: [shop.id] } },
 *   },
 *   defaultAuthorizer: "customers",
 *   routes: { "GET /orders/{id}": { lambda: getOrder, authorizationScopes: ["orders/read"] } },
 *   cors: { allowOrigins: ["https://shop.example.com"] },
 * });
 * ```
 */
export class HttpApi extends pulumi.ComponentResource {
  /** The API. */
  public readonly api: aws.apigatewayv2.Api;
  /** The stage. */
  public readonly stage: aws.apigatewayv2.Stage;
  /** Id of the API. */
  public readonly apiId: pulumi.Output<string>;
  /** Name of the stage. */
  public readonly stageName: pulumi.Output<string>;
  /** `https://…`, without the stage. */
  public readonly apiEndpoint: pulumi.Output<string>;
  /** ARN that permissions to call and to invoke begin with. */
  public readonly executionArn: pulumi.Output<string>;
  /** Where the stage is called; closed where `disableExecuteApiEndpoint` is set. */
  public readonly url: pulumi.Output<string>;
  /** Name of the log group of the access log. */
  public readonly accessLogGroupName: pulumi.Output<string>;
  /** What holds of each control, what this kind of API cannot do, and by what exceptions a control does not hold. */
  public readonly controls: pulumi.Output<Control[]>;

  constructor(name: string, args: HttpApiArgs, opts?: pulumi.ComponentResourceOptions) {
    const plan = planHttpApi(name, args, opts);
    const { isolation, label, description, stageName } = plan;
    const told = new Later<Place>();
    // What the body will be, for policies to judge at preview where a part of it is told only by an update.
    const document = plan.document(told.output, true, (slug) => roleArn(told.output, roleName(plan.names, slug)));
    super("gatehouse:index:HttpApi", name, { ...args, document }, opts);

    const place = placeOf(this, isolation, plan.faults);
    told.tell(place);
    const inside = insideOf(this, place);
    const tags = isolation.tags(args.tags);

    // The API: one body, so that a route that is taken away is gone.
    const roles = makeBackends(name, plan, tags, inside);
    const body = textOf(plan.document(place, false, (slug) => roleArn(place, roles.get(slug) ?? "")));
    const settings = {
      disableExecuteApiEndpoint: args.disableExecuteApiEndpoint ?? false,
      ...(plan.cors !== undefined && { corsConfiguration: corsConfiguration(plan.cors, plan) }),
    };
    const api = new aws.apigatewayv2.Api(
      name,
      {
        name: label,
        protocolType: "HTTP",
        description,
        version: apiVersion,
        body,
        failOnWarnings: true,
        ...settings,
        tags,
      },
      inside({ protect: plan.protect }),
    );
    // Hashed of what is written, so that production follows every change of it and nothing else.
    const deployment = isolation.isProduction
      ? new aws.apigatewayv2.Deployment(
          name,
          {
            apiId: api.id,
            description,
            triggers: { configuration: body.apply((text) => sha256(canonicalJson({ text, ...settings }))) },
          },
          inside({ deleteBeforeReplace: false, retainOnDelete: keepsDeployments() }),
        )
      : undefined;

    // The stage, once its log is there to be written.
    const logs = makeStageLogs(name, args, { ...plan, more: [] }, place, tags, inside);
    const limits = (limit: Throttle): aws.types.input.apigatewayv2.StageDefaultRouteSettings => ({
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
        ...(deployment === undefined ? { autoDeploy: true } : { autoDeploy: false, deploymentId: deployment.id }),
        accessLogSettings: { destinationArn: logs.destination, format: accessLogFormat("http") },
        defaultRouteSettings: limits(plan.throttle),
        // Nothing is inherited: each says everything.
        routeSettings: plan.routes.flatMap(({ key, throttle }) =>
          throttle === undefined ? [] : [{ routeKey: key, ...limits(throttle) }],
        ),
        tags,
      },
      inside({ protect: plan.protect }, logs.ready),
    );
    permitCalls(name, plan, api.executionArn, stage.name, "*", place, inside);

    // What watches it.
    makeAlarms(name, "http", args.alarms ?? {}, { ApiId: api.id, Stage: stage.name }, tags, inside);

    this.api = api;
    this.stage = stage;
    this.apiId = api.id;
    this.stageName = stage.name;
    this.apiEndpoint = api.apiEndpoint;
    this.executionArn = api.executionArn;
    this.url = stage.invokeUrl;
    this.accessLogGroupName = logs.accessGroupName;
    this.controls = pulumi.output(plan.controls);
    this.registerOutputs({
      apiId: this.apiId,
      stageName: this.stageName,
      apiEndpoint: this.apiEndpoint,
      executionArn: this.executionArn,
      url: this.url,
      accessLogGroupName: this.accessLogGroupName,
      controls: this.controls,
    });
  }
}

function corsConfiguration(cors: Cors, { routes }: HttpPlan): aws.types.input.apigatewayv2.ApiCorsConfiguration {
  const { allowOrigins, allowMethods, allowHeaders, exposeHeaders, allowCredentials, maxAge = 600 } = cors;
  return {
    allowOrigins,
    allowMethods: allowMethods ?? [...corsMethods(routes.map((route) => route.method))],
    allowHeaders: allowHeaders ?? [...defaultCorsHeaders],
    ...(exposeHeaders !== undefined && { exposeHeaders }),
    ...(allowCredentials !== undefined && { allowCredentials }),
    maxAge,
  };
}
