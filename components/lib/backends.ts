import * as pulumi from "@pulumi/pulumi";
import type { AwsServiceTarget } from "../args";
import type { NamedFunction } from "./functions";
import type { Names } from "./names";
import type { Inside, Place } from "./place";
import { roleName, serviceRole } from "./roles";

/** What an API calls. */
export interface Backends {
  readonly names: Names;
  readonly functions: readonly NamedFunction[];
  readonly authorizerFunctions: readonly NamedFunction[];
  readonly serviceRoles: readonly { readonly slug: string; readonly target: AwsServiceTarget }[];
}

/** Makes aliases of functions, and roles for other services; gives the names of the roles. */
export function makeBackends(
  name: string,
  { names, functions, authorizerFunctions, serviceRoles }: Backends,
  tags: pulumi.Output<Record<string, string>>,
  inside: Inside,
): ReadonlyMap<string, pulumi.Output<string>> {
  for (const { slug, use } of [...functions, ...authorizerFunctions]) use.prepare(`${name}-${slug}`, inside);
  return new Map(
    serviceRoles.map(({ slug, target }) => [
      slug,
      serviceRole(`${name}-${slug}`, roleName(names, slug), target, tags, inside).name,
    ]),
  );
}

/** Lets this API and stage, and no other, call each function. `routes`: what stands after the stage in the ARN. */
export function permitCalls(
  name: string,
  { functions, authorizerFunctions }: Backends,
  executionArn: pulumi.Output<string>,
  stageName: pulumi.Output<string>,
  routes: string,
  place: pulumi.Output<Place>,
  inside: Inside,
): void {
  for (const { slug, use } of functions) {
    use.permit(`${name}-${slug}`, pulumi.interpolate`${executionArn}/${stageName}/${routes}`, place, inside);
  }
  for (const { slug, use } of authorizerFunctions) {
    use.permit(`${name}-${slug}`, pulumi.interpolate`${executionArn}/authorizers/*`, place, inside);
  }
}
