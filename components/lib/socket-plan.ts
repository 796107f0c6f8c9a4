import type * as pulumi from "@pulumi/pulumi";
import { AuthorizationType } from "../args";
import type { Control, Throttle } from "../args";
import type { WebSocketApiArgs, WebSocketRoute } from "../web-socket-api";
import { checkAlarms } from "./alarms";
import { readArguments } from "./arguments";
import type { Backends } from "./backends";
import { Controls } from "./controls";
import { IsolationPlan } from "./environment";
import { Faults } from "./faults";
import { planFront } from "./front";
import { Functions } from "./functions";
import type { FunctionUse } from "./functions";
import { Names, slugs } from "./names";
import {
  checkOpenness,
  checkService,
  checkTimeout,
  checkUrl,
  defaultThrottle,
  functionTargets,
  ownThrottle,
  planLambda,
  planModels,
  targets,
} from "./routes";
import type { Context } from "./routes";
import { planAccessLog, planExecutionLog, planThrottle, tellOfStage } from "./stage-plan";
import type { ExecutionLogPlan } from "./stage-plan";

/** Controls of which a WebSocket API may need an exception. */
const exceptable = [
  "integration-encrypted",
  "log-group-retention",
  "route-request-validation",
  "route-throttling",
  "stage-data-trace",
  "stage-execution-logging",
  "stage-throttling",
] as const;

/** A route whose arguments were checked. */
export interface SocketRoute {
  /** `$connect`, `send` … */
  readonly key: string;
  /** Part of names. */
  readonly slug: string;
  /** Undefined for a `$connect` that the component adds. */
  readonly args: WebSocketRoute | undefined;
  /** A limit of its own. */
  readonly throttle: Throttle | undefined;
  /** In milliseconds. */
  readonly timeout: number;
  readonly backend: FunctionUse | undefined;
}

/** A WebSocket API's arguments, checked, with defaults. */
export interface SocketPlan extends Backends, ExecutionLogPlan {
  readonly faults: Faults;
  readonly isolation: IsolationPlan;
  readonly controls: Control[];
  /** Its physical name, and the beginning of others. */
  readonly label: pulumi.Output<string>;
  readonly description: string;
  readonly stageName: string;
  readonly selection: string;
  readonly throttle: Throttle;
  /** In days. */
  readonly accessRetention: number;
  readonly protect: boolean;
  /** A backend is called by HTTP. */
  readonly usesHttp: boolean;
  readonly routes: readonly SocketRoute[];
  /** Of `$connect`. */
  readonly authorization: AuthorizationType;
  readonly authorizer: FunctionUse | undefined;
  /** Header by which the distribution in front shows who it is. */
  readonly secretHeader: string | undefined;
}

export const connect = "$connect";

/** Routes of which no model is asked: connections carry no message, and `$default` takes what no other route does. */
const unmodelled: ReadonlySet<string> = new Set([connect, "$disconnect", "$default"]);

/** Checks everything and throws one error with all faults. */
export function planWebSocketApi(
  name: string,
  given: WebSocketApiArgs,
  opts: pulumi.ComponentResourceOptions | undefined,
): SocketPlan {
  const faults = new Faults("WebSocketApi", name);
  const args = readArguments("WebSocketApi", given, faults);
  const isolation = IsolationPlan.read(args.isolation, faults);
  const controls = new Controls(args.exceptions, exceptable, faults);
  const throttle = planThrottle(args.throttle, isolation, controls, faults);
  const names = Names.of("WebSocketApi", name, isolation, opts);
  const context: Context = {
    kind: "websocket",
    isolation,
    controls,
    faults,
    functions: new Functions(isolation, faults, names),
    authorizerFunctions: new Functions(isolation, faults, names),
    stageThrottle: throttle,
  };
  const { authorization, authorizer } = planConnect(args, context);
  const routes = planRoutes(args, authorization, context);
  const selection = args.routeSelectionExpression ?? "$request.body.action";
  if (!/^\$\{?(request|context)\./.test(selection)) {
    faults.add("routeSelectionExpression", `is ${JSON.stringify(selection)}`, "write it as $request.body.action");
  }
  const accessRetention = planAccessLog(args.accessLog, isolation, controls, faults);
  const execution = planExecutionLog(args.executionLog, isolation, controls, faults);
  const stageName = args.stageName ?? "v1";
  if (!/^[A-Za-z0-9_-]{1,128}$/.test(stageName)) {
    faults.add("stageName", `is ${JSON.stringify(stageName)}`, "use letters, digits, hyphens and underscores");
  }
  checkAlarms(args.alarms ?? {}, faults);
  const secretHeader = planFront("A WebSocket API", args.front, controls, faults);
  const usesHttp = routes.some(({ args: route }) => route?.http !== undefined || route?.vpcLink !== undefined);
  tellOfStage(controls, isolation);
  tellOfSocket(controls, isolation, usesHttp);
  const plan: SocketPlan = {
    faults,
    isolation,
    controls: controls.list(),
    names,
    label: names.of(64),
    description: args.description ?? `${name} (${isolation.environment})`,
    stageName,
    selection,
    throttle,
    accessRetention,
    ...execution,
    protect: args.protect ?? isolation.defaults.protect,
    usesHttp,
    routes,
    authorization,
    authorizer,
    secretHeader,
    functions: context.functions.all(),
    authorizerFunctions: context.authorizerFunctions.all(),
    serviceRoles: routes.flatMap(({ slug, args: route }) => {
      const target = route?.awsService;
      return target !== undefined && target.roleArn === undefined ? [{ slug, target }] : [];
    }),
  };
  faults.throwIfAny();
  return plan;
}

/** Who may connect; what is checked there holds for every message of the connection. */
function planConnect(
  { authorizationType, authorizer, publicAccessReason, apiKeyRequired = false }: WebSocketApiArgs,
  context: Context,
): Pick<SocketPlan, "authorization" | "authorizer"> {
  const { faults, controls } = context;
  const authorization =
    authorizationType ?? (authorizer === undefined ? AuthorizationType.Iam : AuthorizationType.Custom);
  const legal: readonly string[] = ["AWS_IAM", "CUSTOM", "NONE"];
  if (!legal.includes(authorization)) {
    faults.add("authorizationType", `is ${JSON.stringify(authorization)}`, `write one of ${legal.join(", ")}`);
  } else if (authorization === AuthorizationType.Custom && authorizer === undefined) {
    faults.add("authorizationType", "is CUSTOM", "give `authorizer`");
  } else if (authorization !== AuthorizationType.Custom && authorizer !== undefined) {
    faults.add("authorizationType", `is ${authorization} beside \`authorizer\``, "leave it out");
  }
  checkOpenness(
    "",
    connect,
    { apiKeyRequired, ...(publicAccessReason !== undefined && { publicAccessReason }) },
    authorization,
    faults,
    controls,
  );
  return {
    authorization,
    authorizer: authorizer && planLambda("authorizer", "connect-authorizer", authorizer, context).backend,
  };
}

function planRoutes(
  args: WebSocketApiArgs,
  authorization: AuthorizationType,
  context: Context,
): readonly SocketRoute[] {
  const { faults } = context;
  const written = (args.routes as WebSocketApiArgs["routes"] | undefined) ?? {};
  if (Object.keys(written).length === 0) {
    faults.add("routes", "is empty", 'give a route, as `{ "$default": { lambda: … } }`');
  }
  planModels(args.models, faults);
  const keys = [...new Set([connect, ...Object.keys(written)])];
  const names = slugs(keys);
  return keys.map((key) => {
    const route = written[key];
    const field = `routes[${JSON.stringify(key)}]`;
    const slug = names.get(key) ?? key;
    const open = key === connect ? authorization : AuthorizationType.Iam;
    if (route === undefined) {
      const throttle = defaultThrottle(key, open, context);
      return { key, slug, args: undefined, throttle, timeout: 10_000, backend: undefined };
    }
    checkRoute(field, key, route, args, context);
    return {
      key,
      slug,
      args: route,
      throttle: ownThrottle(field, key, route.throttle, open, context),
      timeout: checkTimeout(field, route.timeoutMilliseconds, context),
      backend: context.functions.use(field, slug, route),
    };
  });
}

const allTargets = [...functionTargets, "http", "vpcLink", "awsService"] as const;

function checkRoute(
  field: string,
  key: string,
  route: WebSocketRoute,
  { models = {} }: WebSocketApiArgs,
  context: Context,
): void {
  const { faults, controls } = context;
  if (!/^(\$(connect|disconnect|default)|[^$\s][^\s]{0,127})$/.test(key)) {
    faults.add(field, "is no route key", "write $connect, $disconnect, $default or what selects a message, as send");
  }
  targets(field, route, allTargets, faults);
  const { http, vpcLink, awsService, requestModel: model, twoWay } = route;
  if (http !== undefined) checkUrl(`${field}.http.url`, http.url, context);
  if (awsService !== undefined) checkService(`${field}.awsService`, awsService, "websocket", faults);
  if (vpcLink !== undefined) {
    if (vpcLink.url === undefined) faults.add(`${field}.vpcLink.url`, "is missing", "write the backend's https URL");
    else checkUrl(`${field}.vpcLink.url`, vpcLink.url, context);
    if ((vpcLink.listenerArn ?? vpcLink.serverName ?? vpcLink.loadBalancerArn) !== undefined) {
      faults.add(`${field}.vpcLink`, "has arguments of other APIs", "give `url`, and a link of version 1");
    }
  }
  if (twoWay === true && (awsService !== undefined || key === connect || key === "$disconnect")) {
    faults.add(`${field}.twoWay`, "is for messages that functions and HTTP backends answer", "take it away");
  }
  if (model !== undefined && models[model] === undefined) {
    const wrong = `names ${JSON.stringify(model)}, which is not among \`models\``;
    faults.add(`${field}.requestModel`, wrong, "define it there");
  }
  if (model !== undefined && (key === connect || key === "$disconnect")) {
    faults.add(`${field}.requestModel`, "is for messages", "take it away");
  }
  controls.unless(!unmodelled.has(key) && model === undefined, "route-request-validation", field, {
    met: "Messages of every route but $default fit a model.",
    weaker: "takes any message, since it names no model",
    fix: "give `requestModel`",
  });
}

/** What a WebSocket API cannot do, said for the auditor. */
function tellOfSocket(controls: Controls, isolation: IsolationPlan, usesHttp: boolean): void {
  if (isolation.isProduction) {
    controls.meet("production-deployment-pinned", "The stage changes by deployments of the program alone.");
  }
  controls.meet("api-tls", "The API's own endpoint accepts TLS 1.2 and newer; it cannot be told to ask for more.");
  controls.unavailable("stage-web-acl", "A WebSocket API can carry no web ACL itself.");
  controls.unavailable("stage-tracing", "A WebSocket API is not traced; its backends can be.");
  controls.unavailable("resource-policy-public", "A WebSocket API has no resource policy; $connect authorizes.");
  controls.unavailable(
    "cors-origins",
    "Browsers of any origin may connect; who authorizes by cookies must compare the Origin header.",
  );
  if (usesHttp) controls.meet("backend-client-certificate", "Backends are shown a client certificate.");
}
