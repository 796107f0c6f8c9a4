import type * as pulumi from "@pulumi/pulumi";
import type { Control, Cors, Throttle } from "../args";
import type { HttpApiArgs } from "../http-api";
import { checkAlarms } from "./alarms";
import { readArguments } from "./arguments";
import type { Backends } from "./backends";
import { Controls } from "./controls";
import { planCors } from "./cors";
import { IsolationPlan } from "./environment";
import { Faults } from "./faults";
import { planFront } from "./front";
import { Functions } from "./functions";
import { httpDocument } from "./http-document";
import { Names } from "./names";
import type { Place } from "./place";
import { planAuthorizers, planRoutes, routeControls } from "./routes";
import type { RoutePlan } from "./routes";
import { planAccessLog, planThrottle, tellOfStage } from "./stage-plan";
import type { Tree, TreeMap } from "./values";

/** Controls of which an HTTP API may need an exception. */
const exceptable = [
  ...routeControls.filter((control) => control !== "route-request-model"),
  "log-group-retention",
  "stage-throttling",
] as const;

/** An HTTP API's arguments, checked, with defaults. */
export interface HttpPlan extends Backends {
  readonly faults: Faults;
  readonly isolation: IsolationPlan;
  readonly controls: Control[];
  /** Its physical name, and the beginning of others. */
  readonly label: pulumi.Output<string>;
  readonly description: string;
  readonly stageName: string;
  readonly throttle: Throttle;
  readonly cors: Cors | undefined;
  /** In days. */
  readonly accessRetention: number;
  readonly protect: boolean;
  readonly routes: readonly RoutePlan[];
  /** The OpenAPI document. `declared`: without ties to what the component itself makes. */
  document(place: pulumi.Output<Place>, declared: boolean, roleArn: (slug: string) => Tree): TreeMap;
}

/** Version of an API, which `info` of its document says as well. */
export const apiVersion = "1.0";

/** Checks everything and throws one error with all faults. */
export function planHttpApi(
  name: string,
  given: HttpApiArgs,
  opts: pulumi.ComponentResourceOptions | undefined,
): HttpPlan {
  const faults = new Faults("HttpApi", name);
  const args = readArguments("HttpApi", given, faults);
  const isolation = IsolationPlan.read(args.isolation, faults);
  const controls = new Controls(args.exceptions, exceptable, faults);
  const names = Names.of("HttpApi", name, isolation, opts);
  const label = names.of(64);
  const description = args.description ?? `${name} (${isolation.environment})`;
  const throttle = planThrottle(args.throttle, isolation, controls, faults);
  const functions = new Functions(isolation, faults, names);
  const authorizerFunctions = new Functions(isolation, faults, names);
  const context = {
    kind: "http" as const,
    isolation,
    controls,
    faults,
    functions,
    authorizerFunctions,
    stageThrottle: throttle,
  };
  const authorizers = planAuthorizers(args, context);
  const routes = planRoutes(args, authorizers, context);
  const cors = planCors(args.cors, routes, isolation, controls, faults);
  const accessRetention = planAccessLog(args.accessLog, isolation, controls, faults);
  const stageName = args.stageName ?? "$default";
  if (stageName !== "$default" && !/^[A-Za-z0-9_-]{1,128}$/.test(stageName)) {
    faults.add("stageName", `is ${JSON.stringify(stageName)}`, "use letters, digits, hyphens and underscores");
  }
  checkAlarms(args.alarms ?? {}, faults);
  const secretHeader = planFront("An HTTP API", args.front, controls, faults);
  tellOfStage(controls, isolation);
  tellOfHttp(controls, isolation, routes);
  const plan: HttpPlan = {
    faults,
    isolation,
    controls: controls.list(),
    names,
    label,
    description,
    stageName,
    throttle,
    cors,
    accessRetention,
    protect: args.protect ?? isolation.defaults.protect,
    routes,
    functions: functions.all(),
    authorizerFunctions: authorizerFunctions.all(),
    serviceRoles: routes.flatMap(({ slug, args: { awsService: target } }) =>
      target !== undefined && target.roleArn === undefined ? [{ slug, target }] : [],
    ),
    document: (place, declared, roleArn) =>
      httpDocument({
        title: label,
        description,
        version: apiVersion,
        disableExecuteApiEndpoint: args.disableExecuteApiEndpoint ?? false,
        stageName,
        routes,
        authorizers: [...authorizers.values()],
        secretHeader,
        place,
        declared,
        roleOf: (route) => route.args.awsService?.roleArn ?? roleArn(route.slug),
      }),
  };
  faults.throwIfAny();
  return plan;
}

/** What an HTTP API cannot do, said for the auditor. */
function tellOfHttp(controls: Controls, isolation: IsolationPlan, routes: readonly RoutePlan[]): void {
  if (isolation.isProduction) {
    controls.meet("production-deployment-pinned", "The stage changes by deployments of the program alone.");
  }
  controls.meet("api-tls", "The API's own endpoint accepts TLS 1.2 and newer; it cannot be told to ask for more.");
  controls.unavailable("stage-execution-logging", "An HTTP API has no execution log; its access log holds the errors.");
  controls.unavailable("stage-tracing", "An HTTP API is not traced; its backends can be.");
  controls.unavailable("route-request-validation", "An HTTP API checks no bodies and parameters; backends must.");
  controls.unavailable("resource-policy-public", "An HTTP API has no resource policy; its routes authorize.");
  controls.unavailable("usage-plan-limits", "An HTTP API has no API keys and usage plans; its stage and routes limit.");
  if (routes.some(({ args: { http, vpcLink } }) => http !== undefined || vpcLink !== undefined)) {
    controls.unavailable("backend-client-certificate", "An HTTP API shows its backends no client certificate.");
  }
}
