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
  EndpointType,
  ExecutionLog,
  Isolation,
  Route,
  Throttle,
} from "./args";
import { accessLogFormat } from "./lib/access-log";
import { makeAlarms } from "./lib/alarms";
import { makeBackends, permitCalls } from "./lib/backends";
import { sha256 } from "./lib/names";
import { insideOf, placeOf } from "./lib/place";
import type { Inside, Place } from "./lib/place";
import { planRestApi } from "./lib/rest-plan";
import type { RestPlan } from "./lib/rest-plan";
import { roleArn, roleName } from "./lib/roles";
import { makeStageLogs } from "./lib/stage-logs";
import { canonicalJson, Later, textOf } from "./lib/values";
import { webAclLogGroup, webAclName } from "./lib/web-acl-rules";
import { WebAcl } from "./web-acl";
import type { WebAclRules } from "./web-acl";

/** Who may reach the API at all, whatever a route asks for. Only what is listed is let in. */
export interface ResourcePolicy {
  /** Addresses and ranges, as `198.51.100.0/24`. @default any */
  allowedSourceIps?: string[];
  /** AWS accounts, for APIs all of whose routes are `AWS_IAM`. @default any */
  allowedAccountIds?: string[];
  /** AWS organisations, for APIs all of whose routes are `AWS_IAM`. @default any */
  allowedOrganizationIds?: string[];
  /** VPC endpoints beside those in `vpcEndpointIds`, for private APIs. @default none */
  allowedVpcEndpointIds?: pulumi.Input<string>[];
  /** VPCs, for private APIs. @default any that has one of the endpoints */
  allowedVpcIds?: pulumi.Input<string>[];
}

/** The web ACL in front of a stage. */
export interface Waf extends WebAclRules {
  /** ARN of one that you have. @default one is made */
  webAclArn?: pulumi.Input<string>;
  /** False, with an exception for `stage-web-acl`, leaves the stage without. @default true */
  enabled?: boolean;
}

/** Sends part of the calls to the new deployment, and the rest to the one before. */
export interface Canary {
  /** Part of the calls that the new deployment takes, 0 to 100. */
  percentTraffic: number;
  /** Id of the deployment that takes the rest: the output `deploymentId` of an earlier update. */
  stableDeploymentId: pulumi.Input<string>;
}

/** Arguments of {@link RestApi}. */
export interface RestApiArgs {
  isolation: Isolation;
  /** Routes by method and path, as `GET /orders/{id}`. Exactly one of `routes` and `openApi`. */
  routes?: { [routeKey: string]: Route };
  /**
   * Your own OpenAPI 3.0 document, as JSON or YAML. It is merged with validators, answers to errors, the resource policy
   * and CORS, and refused where it leaves an operation open. `${name}` in it stands for an entry of `openApiFunctions`
   * (the call of that function) or `openApiValues`.
   */
  openApi?: string;
  /** Functions that `openApi` calls. */
  openApiFunctions?: { [name: string]: pulumi.Input<aws.lambda.Function> };
  /** Values that `openApi` holds. */
  openApiValues?: { [name: string]: pulumi.Input<string> };
  /** Operations of `openApi` that anyone may call, and why, by method and path. @default none */
  publicRoutes?: { [routeKey: string]: string };
  /** JSON schemas, as text, of request bodies. */
  models?: { [name: string]: string };
  authorizers?: { [name: string]: Authorizer };
  /** @default AWS_IAM */
  defaultAuthorizationType?: AuthorizationType;
  /** Name among `authorizers` for routes that name none. @default none */
  defaultAuthorizer?: string;
  /** What the API is for. @default its name and environment */
  description?: string;
  /** @default REGIONAL */
  endpointType?: EndpointType;
  /** Endpoints by which alone a PRIVATE API is reached. */
  vpcEndpointIds?: pulumi.Input<string>[];
  resourcePolicy?: ResourcePolicy;
  /** A resource policy of your own, as JSON text, instead of `resourcePolicy`. */
  policy?: pulumi.Input<string>;
  /** What the API's own endpoint accepts. @default `SecurityPolicy_TLS13_1_2_PFS_PQ_2025_09`; Edge: `SecurityPolicy_TLS13_2025_EDGE` */
  securityPolicy?: string;
  /** STRICT or BASIC. An existing API moves to an enhanced policy by way of BASIC. @default STRICT */
  endpointAccessMode?: string;
  /** Closes the API's own endpoint, so that it is reached by its custom domain alone. @default false */
  disableExecuteApiEndpoint?: boolean;
  /** Name of the stage, which begins the path of its own endpoint. @default v1 */
  stageName?: string;
  /** Calls that the stage takes. @default 1000 a second and 500 at once in production, else 100 and 50 */
  throttle?: Throttle;
  accessLog?: AccessLog;
  executionLog?: ExecutionLog;
  /** Key of the log groups that are made. @default one is made */
  logKmsKeyArn?: pulumi.Input<string>;
  /** Traces requests with X-Ray. @default true */
  xrayTracingEnabled?: boolean;
  alarms?: Alarm;
  /** @default none: no other origin may call */
  cors?: Cors;
  waf?: Waf;
  canary?: Canary;
  /** Keeps old deployments, to go back to. @default true with `canary`, and where the stack sets `pulumi:autonaming`; else false */
  retainDeployments?: boolean;
  /** Media types whose bodies are bytes, as `image/png`. @default none */
  binaryMediaTypes?: string[];
  /** Protects the API and its stage from being deleted or replaced, as by another `stageName`. @default true in production */
  protect?: boolean;
  /** `roleArn` of `ApiAccount`, so that the stage waits for it. @default the region's logging role is there already */
  accountRoleArn?: pulumi.Input<string>;
  exceptions?: ControlException[];
  /** Tags of everything made that can have them, beside one that names the environment. */
  tags?: pulumi.Input<{ [key: string]: pulumi.Input<string> }>;
}

/**
 * A REST API that is authorized, throttled, validated, logged, encrypted, watched, and behind a web ACL.
 *
 * @example One line, for one function:
 * ```ts
 * new gatehouse.RestApi("orders", {
 *   isolation: { environment: "production" },
 *   routes: { "GET /orders/{id}": { lambda: getOrder } },
 * });
 * ```
 *
 * @example Customers by their user pool, one open route, and a model:
 * ```ts
 * new gatehouse.RestApi("orders", {
 *   isolation: { environment: "production", allowedAccountIds: ["111122223333"] },
 *   authorizers: { customers: { cognito: { userPools: [customers] } } },
 *   defaultAuthorizer: "customers",
 *   models: { NewOrder: JSON.stringify(newOrder) },
 *   routes: {
 *     "POST /orders": { lambdaAlias: current, requestModel: "NewOrder", authorizationScopes: ["orders/write"] },
 *     "GET /status": { mock: {}, authorizationType: "NONE", publicAccessReason: "probed by the load balancer" },
 *   },
 * });
 * ```
 */
export class RestApi extends pulumi.ComponentResource {
  /** The REST API. */
  public readonly restApi: aws.apigateway.RestApi;
  /** The stage. */
  public readonly stage: aws.apigateway.Stage;
  /** Id of the REST API. */
  public readonly restApiId: pulumi.Output<string>;
  /** Name of the stage. */
  public readonly stageName: pulumi.Output<string>;
  /** Id of the deployment that the stage serves. */
  public readonly deploymentId: pulumi.Output<string>;
  /** ARN that permissions to call and to invoke begin with. */
  public readonly executionArn: pulumi.Output<string>;
  /** Where the stage is called; closed where `disableExecuteApiEndpoint` is set. */
  public readonly url: pulumi.Output<string>;
  /** ARN of the web ACL in force. */
  public readonly webAclArn: pulumi.Output<string>;
  /** Name of the log group of the access log. */
  public readonly accessLogGroupName: pulumi.Output<string>;
  /** What holds of each control, and by what exceptions one does not. */
  public readonly controls: pulumi.Output<Control[]>;

  constructor(name: string, args: RestApiArgs, opts?: pulumi.ComponentResourceOptions) {
    const plan = planRestApi(name, args, opts);
    const { isolation, label, description, stageName, throttle } = plan;
    const told = new Later<Place>();
    // What the body will be, for policies to judge at preview where a part of it is told only by an update.
    const document = plan.document(told.output, true, (slug) => roleArn(told.output, roleName(plan.names, slug)));
    super("gatehouse:index:RestApi", name, { ...args, document }, opts);

    const place = placeOf(this, isolation, plan.faults);
    told.tell(place);
    const inside = insideOf(this, place);
    const tags = isolation.tags(args.tags);

    // The API: one body, so that a route that is taken away is gone.
    const roles = makeBackends(name, plan, tags, inside);
    const body = textOf(plan.document(place, false, (slug) => roleArn(place, roles.get(slug) ?? "")));
    const settings = {
      binaryMediaTypes: args.binaryMediaTypes ?? [],
      disableExecuteApiEndpoint: args.disableExecuteApiEndpoint ?? false,
      securityPolicy: plan.securityPolicy,
      endpointAccessMode: plan.endpointAccessMode,
    };
    const api = new aws.apigateway.RestApi(
      name,
      {
        name: label,
        description,
        body,
        failOnWarnings: true,
        putRestApiMode: "overwrite",
        endpointConfiguration: {
          types: plan.endpointType,
          ...(plan.vpcEndpointIds.length > 0 && { vpcEndpointIds: [...plan.vpcEndpointIds] }),
        },
        ...settings,
        tags,
      },
      inside({ protect: plan.protect, customTimeouts: { delete: "30m" } }),
    );
    // Hashed of what is written, so that the stage follows every change of it and nothing else.
    const configuration = pulumi
      .all([body, pulumi.output([...plan.vpcEndpointIds])])
      .apply(([text, endpoints]) => sha256(canonicalJson({ text, endpoints, type: plan.endpointType, ...settings })));
    const deployment = new aws.apigateway.Deployment(
      name,
      { restApi: api.id, description, triggers: { configuration } },
      inside({ deleteBeforeReplace: false, retainOnDelete: plan.retainDeployments }),
    );

    // The stage, once its logs are there to be written.
    const logs = makeStageLogs(
      name,
      args,
      {
        ...plan,
        execution: { apiId: api.id, stageName, retention: plan.executionRetention },
        more: [webAclLogGroup(plan.names.inside("WebAcl").of(webAclName))],
      },
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
    const stage = new aws.apigateway.Stage(
      name,
      {
        restApi: api.id,
        deployment: args.canary?.stableDeploymentId ?? deployment.id,
        stageName,
        description,
        xrayTracingEnabled: plan.tracing,
        accessLogSettings: { destinationArn: logs.destination, format: accessLogFormat("rest") },
        clientCertificateId: certificate?.id,
        canarySettings: args.canary && {
          deploymentId: deployment.id,
          percentTraffic: args.canary.percentTraffic,
          useStageCache: false,
        },
        tags,
      },
      inside({ protect: plan.protect }, logs.ready),
    );
    makeSettings(name, plan, api, stage, throttle, inside);
    permitCalls(name, plan, api.executionArn, stage.stageName, "*/*", place, inside);

    // What stands in front of it, and what watches it.
    const webAclArn = makeFirewall(name, args, logs.kmsKeyArn, inside);
    if (webAclArn !== undefined) {
      new aws.wafv2.WebAclAssociation(
        name,
        { resourceArn: stage.arn, webAclArn },
        inside({ deleteBeforeReplace: true }),
      );
    }
    makeAlarms(name, "rest", args.alarms ?? {}, { ApiName: api.name, Stage: stage.stageName }, tags, inside);

    this.restApi = api;
    this.stage = stage;
    this.restApiId = api.id;
    this.stageName = stage.stageName;
    this.deploymentId = deployment.id;
    this.executionArn = api.executionArn;
    this.url = stage.invokeUrl;
    this.webAclArn = pulumi.output(webAclArn ?? "");
    this.accessLogGroupName = logs.accessGroupName;
    this.controls = pulumi.output(plan.controls);
    this.registerOutputs({
      restApiId: this.restApiId,
      stageName: this.stageName,
      deploymentId: this.deploymentId,
      executionArn: this.executionArn,
      url: this.url,
      webAclArn: this.webAclArn,
      accessLogGroupName: this.accessLogGroupName,
      controls: this.controls,
    });
  }
}

/** Settings of all methods, and of those with limits of their own; every one says everything, since nothing is inherited. */
function makeSettings(
  name: string,
  plan: RestPlan,
  api: aws.apigateway.RestApi,
  stage: aws.apigateway.Stage,
  throttle: Throttle,
  inside: Inside,
): void {
  const settings = (
    resource: string,
    methodPath: string,
    limit: Throttle,
    after: readonly pulumi.Resource[],
  ): aws.apigateway.MethodSettings =>
    new aws.apigateway.MethodSettings(
      resource,
      {
        restApi: api.id,
        stageName: stage.stageName,
        methodPath,
        settings: {
          loggingLevel: plan.loggingLevel,
          dataTraceEnabled: plan.dataTrace,
          metricsEnabled: true,
          cachingEnabled: false,
          throttlingRateLimit: limit.rateLimit,
          throttlingBurstLimit: limit.burstLimit,
        },
      },
      inside({}, after),
    );
  const all = settings(name, "*/*", throttle, []);
  for (const { slug, path, method, throttle: own } of plan.throttled) {
    settings(`${name}-${slug}`, `${path.replace(/~/g, "~0").replace(/\//g, "~1")}/${method}`, own, [all]);
  }
}

function makeFirewall(
  name: string,
  { waf = {}, isolation, tags, exceptions = [] }: RestApiArgs,
  logKmsKeyArn: pulumi.Input<string>,
  inside: Inside,
): pulumi.Input<string> | undefined {
  const { enabled = true, webAclArn, ...rules } = waf;
  if (!enabled) return undefined;
  if (webAclArn !== undefined) return webAclArn;
  const own = exceptions.filter(({ control }) => control.startsWith("web-acl-"));
  return new WebAcl(
    name,
    { ...rules, isolation, logKmsKeyArn, exceptions: own, ...(tags !== undefined && { tags }) },
    inside(),
  ).arn;
}
