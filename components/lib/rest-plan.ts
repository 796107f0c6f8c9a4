import * as pulumi from "@pulumi/pulumi";
import type { AwsServiceTarget, Control, EndpointType, Throttle } from "../args";
import type { RestApiArgs } from "../rest-api";
import { checkAlarms } from "./alarms";
import { readArguments } from "./arguments";
import { Controls } from "./controls";
import { planCors } from "./cors";
import { keepsDeployments } from "./deployments";
import { IsolationPlan } from "./environment";
import { Faults } from "./faults";
import { Functions } from "./functions";
import type { NamedFunction } from "./functions";
import { Names } from "./names";
import type { Place } from "./place";
import { newerProvider } from "./provider";
import { checkResourcePolicy, needsIam, resourcePolicy } from "./resource-policy";
import { checkOpenApiArgs, documentSurface } from "./open-api";
import { routesSurface } from "./rest-surface";
import type { Surface, SurfaceRoute } from "./rest-surface";
import { routeControls } from "./routes";
import { planAccessLog, planExecutionLog, planThrottle, tellOfStage } from "./stage-plan";
import type { ExecutionLogPlan } from "./stage-plan";
import type { Tree, TreeMap } from "./values";
import { planWebAcl, webAclControls } from "./web-acl-rules";

/** Controls of which a REST API may need an exception. */
const exceptable = [
  ...routeControls,
  ...webAclControls,
  "api-tls",
  "endpoint-type",
  "stage-data-trace",
  "stage-execution-logging",
  "stage-throttling",
  "stage-tracing",
  "stage-web-acl",
] as const;

/** A REST API's arguments, checked, with defaults. */
export interface RestPlan extends ExecutionLogPlan {
  readonly faults: Faults;
  readonly isolation: IsolationPlan;
  readonly controls: Control[];
  readonly names: Names;
  /** Its physical name, and the beginning of others. */
  readonly label: pulumi.Output<string>;
  readonly description: string;
  readonly stageName: string;
  readonly throttle: Throttle;
  readonly endpointType: EndpointType;
  readonly vpcEndpointIds: readonly pulumi.Input<string>[];
  readonly securityPolicy: string;
  /** Undefined with a policy that has none. */
  readonly endpointAccessMode: string | undefined;
  readonly tracing: boolean;
  readonly accessRetention: number;
  readonly protect: boolean;
  readonly retainDeployments: boolean;
  readonly usesHttp: boolean;
  /** Routes with limits of their own. */
  readonly throttled: readonly (SurfaceRoute & { readonly throttle: Throttle })[];
  readonly functions: readonly NamedFunction[];
  readonly authorizerFunctions: readonly NamedFunction[];
  readonly serviceRoles: readonly { readonly slug: string; readonly target: AwsServiceTarget }[];
  /** The OpenAPI document. `declared`: without ties to what the component itself makes. */
  document(place: pulumi.Output<Place>, declared: boolean, roleArn: (slug: string) => Tree): TreeMap;
}

/** Checks everything and throws one error with all faults. */
export function planRestApi(
  name: string,
  given: RestApiArgs,
  opts: pulumi.ComponentResourceOptions | undefined,
): RestPlan {
  const faults = new Faults("RestApi", name);
  const args = readArguments("RestApi", given, faults);
  const isolation = IsolationPlan.read(args.isolation, faults);
  const controls = new Controls(args.exceptions, exceptable, faults);
  const names = Names.of("RestApi", name, isolation, opts);
  const label = names.of(64);
  const description = args.description ?? `${name} (${isolation.environment})`;
  const throttle = planThrottle(args.throttle, isolation, controls, faults);
  const functions = new Functions(isolation, faults, names);
  const authorizerFunctions = new Functions(isolation, faults, names);
  const context = {
    kind: "rest" as const,
    isolation,
    controls,
    faults,
    functions,
    authorizerFunctions,
    stageThrottle: throttle,
  };
  checkOpenApiArgs(args, faults);
  const surface = args.openApi === undefined ? routesSurface(args, context) : documentSurface(args, context);
  const { routes, usesHttp } = surface;
  const cors = planCors(args.cors, routes, isolation, controls, faults);
  const endpoint = planEndpoint(args, surface, controls, faults);
  const accessRetention = planAccessLog(args.accessLog, isolation, controls, faults);
  const execution = planExecutionLog(args.executionLog, isolation, controls, faults);
  const tracing = args.xrayTracingEnabled ?? true;
  controls.unless(!tracing, "stage-tracing", "xrayTracingEnabled", {
    met: "Calls are traced with X-Ray.",
    weaker: "is false",
    fix: "take it away",
  });
  planFirewall(args, isolation, controls, faults);
  planStage(args, faults);
  checkAlarms(args.alarms ?? {}, faults);
  tellWhatHolds(controls, isolation, usesHttp);
  const plan: RestPlan = {
    faults,
    isolation,
    controls: controls.list(),
    names,
    label,
    description,
    stageName: args.stageName ?? "v1",
    throttle,
    ...endpoint,
    accessRetention,
    ...execution,
    tracing,
    protect: args.protect ?? isolation.defaults.protect,
    retainDeployments: args.retainDeployments ?? (args.canary !== undefined || keepsDeployments()),
    usesHttp,
    throttled: routes.flatMap((route) => limitsOf(route, routes)),
    functions: functions.all(),
    authorizerFunctions: authorizerFunctions.all(),
    serviceRoles: surface.serviceRoles,
    document: (place, declared, roleArn) =>
      surface.document(
        {
          title: label,
          description,
          cors,
          policy: endpoint.policy,
          vpcEndpointIds: endpoint.vpcEndpointIds,
          roleArn,
        },
        place,
        declared,
      ),
  };
  faults.throwIfAny();
  return plan;
}

const verbs = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"];

/** Limits of a route by method: a stage takes none for ANY, which are those of each method that is no route of its own. */
function limitsOf(route: SurfaceRoute, routes: readonly SurfaceRoute[]): RestPlan["throttled"] {
  const { method, path, slug, throttle } = route;
  if (throttle === undefined) return [];
  if (method !== "ANY") return [{ ...route, throttle }];
  const others = new Set(routes.filter((other) => other.path === path).map((other) => other.method));
  return verbs
    .filter((verb) => !others.has(verb))
    .map((verb) => ({ ...route, method: verb, slug: `${slug}-${verb.toLowerCase()}`, throttle }));
}

const legacyPolicies = new Set(["TLS_1_0", "TLS_1_2"]);

function planEndpoint(
  args: RestApiArgs,
  { routes, ownPolicy }: Surface,
  controls: Controls,
  faults: Faults,
): Pick<RestPlan, "endpointType" | "vpcEndpointIds" | "securityPolicy" | "endpointAccessMode"> & {
  readonly policy: Tree | undefined;
} {
  const { endpointType = "REGIONAL", vpcEndpointIds = [], resourcePolicy: policyArgs = {} } = args;
  const isPrivate = endpointType === "PRIVATE";
  const edge = endpointType === "EDGE";
  if (!["REGIONAL", "EDGE", "PRIVATE"].includes(endpointType)) {
    faults.add("endpointType", `is ${JSON.stringify(endpointType)}`, "write REGIONAL, EDGE or PRIVATE");
  }
  controls.unless(edge, "endpoint-type", "endpointType", {
    met: `The endpoint is ${endpointType}.`,
    weaker: "is EDGE, behind a distribution that is not yours to configure",
    fix: "write REGIONAL",
  });
  if (isPrivate && vpcEndpointIds.length === 0) {
    faults.add("vpcEndpointIds", "is empty, so that nobody could reach the API", "name VPC endpoints for execute-api");
  }
  if (!isPrivate && vpcEndpointIds.length > 0) {
    faults.add("vpcEndpointIds", "is for APIs that are PRIVATE", "set `endpointType` to PRIVATE, or take it away");
  }
  checkResourcePolicy(policyArgs, isPrivate, faults);
  if (args.policy !== undefined && args.resourcePolicy !== undefined) {
    faults.add("policy", "stands beside `resourcePolicy`", "give one of them");
  }
  const unsigned = routes.find((route) => route.authorization !== "AWS_IAM");
  if (needsIam(policyArgs) && unsigned !== undefined) {
    faults.add(
      "resourcePolicy",
      `names accounts or organisations, and ${unsigned.field} is not AWS_IAM`,
      "authorize every route by AWS_IAM",
    );
  }
  if (ownPolicy && (args.policy !== undefined || args.resourcePolicy !== undefined || isPrivate)) {
    faults.add(
      "openApi",
      "has a resource policy of its own",
      "leave it to `resourcePolicy`, `policy` or `vpcEndpointIds`",
    );
  }
  const own =
    args.policy === undefined ? undefined : pulumi.output(args.policy).apply((text) => JSON.parse(text) as TreeMap);
  const policy = own ?? resourcePolicy(policyArgs, vpcEndpointIds);
  if (isPrivate) controls.meet("private-api-policy", "Only the VPC endpoints that are named are let in.");
  else if (ownPolicy) controls.elsewhere("resource-policy-public", "The document has a resource policy of its own.");
  else if (policy === undefined)
    controls.meet("resource-policy-public", "No resource policy lets anyone in; routes authorize.");
  else if (args.policy === undefined)
    controls.meet("resource-policy-public", "Only what the resource policy lists is let in.");
  else controls.elsewhere("resource-policy-public", "The resource policy is your own.");

  newerProvider("securityPolicy", faults);
  const best = edge ? "SecurityPolicy_TLS13_2025_EDGE" : "SecurityPolicy_TLS13_1_2_PFS_PQ_2025_09";
  const { securityPolicy = best, endpointAccessMode: mode = "STRICT" } = args;
  const legacy = legacyPolicies.has(securityPolicy);
  if (!legacy && !securityPolicy.startsWith("SecurityPolicy_TLS1")) {
    faults.add("securityPolicy", `is ${JSON.stringify(securityPolicy)}`, `name one of API Gateway, as ${best}`);
  }
  if (mode !== "STRICT" && mode !== "BASIC") {
    faults.add("endpointAccessMode", `is ${JSON.stringify(mode)}`, "write STRICT or BASIC");
  }
  controls.unless(legacy, "api-tls", "securityPolicy", {
    met: `The API's own endpoint accepts ${securityPolicy}.`,
    weaker: `is ${securityPolicy}`,
    fix: `write ${best}`,
  });
  return {
    endpointType,
    vpcEndpointIds,
    policy,
    securityPolicy,
    endpointAccessMode: legacy ? undefined : mode,
  };
}

function planFirewall({ waf = {} }: RestApiArgs, isolation: IsolationPlan, controls: Controls, faults: Faults): void {
  const { enabled = true, webAclArn, ...rules } = waf;
  controls.unless(!enabled, "stage-web-acl", "waf.enabled", {
    met: "A web ACL stands in front of the stage.",
    weaker: "is false, so that no web ACL stands in front of the stage",
    fix: "take it away",
  });
  if (!enabled) return;
  if (webAclArn === undefined) {
    planWebAcl(rules, isolation, controls, faults, "waf.");
    return;
  }
  controls.elsewhere("web-acl-rules", "The web ACL is one of yours.");
  const [first] = Object.keys(rules);
  if (first !== undefined) faults.add(`waf.${first}`, "stands beside `webAclArn`", "set it on that web ACL");
}

function planStage({ stageName, canary, retainDeployments }: RestApiArgs, faults: Faults): void {
  if (stageName !== undefined && !/^[A-Za-z0-9_]{1,128}$/.test(stageName)) {
    faults.add("stageName", `is ${JSON.stringify(stageName)}`, "use letters, digits and underscores");
  }
  if (canary === undefined) return;
  if (!(canary.percentTraffic >= 0 && canary.percentTraffic <= 100)) {
    faults.add("canary.percentTraffic", `is ${String(canary.percentTraffic)}`, "write 0 to 100");
  }
  if (retainDeployments === false) {
    faults.add("retainDeployments", "is false, and `canary` needs the deployment before", "take it away");
  }
}

function tellWhatHolds(controls: Controls, isolation: IsolationPlan, usesHttp: boolean): void {
  tellOfStage(controls, isolation);
  controls.meet("deployment-redeploys", "Every change of the API reaches the stage.");
  controls.meet("gateway-responses", "Answers to errors tell nothing of the inside.");
  if (usesHttp) controls.meet("backend-client-certificate", "Backends are shown a client certificate.");
}
