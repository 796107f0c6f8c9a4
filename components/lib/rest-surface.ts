import type * as pulumi from "@pulumi/pulumi";
import type { AuthorizationType, AwsServiceTarget, Cors, Throttle } from "../args";
import type { RestApiArgs } from "../rest-api";
import type { Place } from "./place";
import { restDocument } from "./rest-document";
import { planAuthorizers, planRoutes } from "./routes";
import type { Context } from "./routes";
import type { Tree, TreeMap } from "./values";

/** What a document gets from the API around its routes. */
export interface Frame {
  readonly title: Tree;
  readonly description: string;
  readonly cors: Cors | undefined;
  /** The resource policy. */
  readonly policy: Tree | undefined;
  /** Endpoints of a private API. */
  readonly vpcEndpointIds: readonly pulumi.Input<string>[];
  /** ARN of the role that was made for the route of this name. */
  readonly roleArn: (slug: string) => Tree;
}

/** A route as the API around it sees it. */
export interface SurfaceRoute {
  /** Part of names. */
  readonly slug: string;
  readonly method: string;
  readonly path: string;
  /** As the user wrote it. */
  readonly field: string;
  readonly authorization: AuthorizationType;
  /** A limit of its own. */
  readonly throttle: Throttle | undefined;
}

/** All that callers can reach, be it written as routes or as a document of the user's. */
export interface Surface {
  readonly routes: readonly SurfaceRoute[];
  /** A backend is called by HTTP. */
  readonly usesHttp: boolean;
  /** The document has a resource policy of its own. */
  readonly ownPolicy: boolean;
  readonly serviceRoles: readonly { readonly slug: string; readonly target: AwsServiceTarget }[];
  /** The OpenAPI document. `declared`: without ties to what the component itself makes. */
  document(frame: Frame, place: pulumi.Output<Place>, declared: boolean): TreeMap;
}

/** An API that is written as routes. */
export function routesSurface(args: RestApiArgs, context: Context): Surface {
  const authorizers = planAuthorizers(args, context);
  const routes = planRoutes(args, authorizers, context);
  return {
    routes,
    usesHttp: routes.some(({ args: route }) => route.http !== undefined || route.vpcLink !== undefined),
    ownPolicy: false,
    serviceRoles: routes.flatMap(({ slug, args: { awsService: target } }) =>
      target !== undefined && target.roleArn === undefined ? [{ slug, target }] : [],
    ),
    document: (frame, place, declared) =>
      restDocument({
        ...frame,
        routes,
        authorizers: [...authorizers.values()],
        models: args.models ?? {},
        place,
        declared,
        roleOf: (route) => route.args.awsService?.roleArn ?? frame.roleArn(route.slug),
      }),
  };
}
