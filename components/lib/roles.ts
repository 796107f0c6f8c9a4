import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { AwsServiceTarget } from "../args";
import { prefixed, rolePolicyName } from "./names";
import type { Names } from "./names";
import type { Inside, Place } from "./place";
import { canonicalJson } from "./values";

/** Name of the role by which one route calls another service. */
export function roleName(names: Names, slug: string): pulumi.Output<string> {
  return names.of(64, slug);
}

export function roleArn(place: pulumi.Output<Place>, name: pulumi.Input<string>): pulumi.Output<string> {
  return pulumi
    .all([place, name])
    .apply(([{ partition, account }, role]) => `arn:${partition}:iam::${account}:role/${role}`);
}

/** A role that API Gateway takes, and that may do what one route does and nothing else. */
export function serviceRole(
  name: string,
  physical: pulumi.Input<string>,
  { service, action, actions = [`${service}:${action}`], resourceArns }: AwsServiceTarget,
  tags: pulumi.Input<Record<string, pulumi.Input<string>>>,
  inside: Inside,
): aws.iam.Role {
  const role = new aws.iam.Role(
    name,
    {
      name: physical,
      description: `Lets API Gateway call ${actions.join(", ")}.`,
      assumeRolePolicy: canonicalJson({
        Version: "2012-10-17",
        Statement: [{ Effect: "Allow", Principal: { Service: "apigateway.amazonaws.com" }, Action: "sts:AssumeRole" }],
      }),
      tags,
    },
    inside(),
  );
  new aws.iam.RolePolicy(
    name,
    {
      ...prefixed("namePrefix", name, rolePolicyName),
      role: role.name,
      policy: pulumi.output(resourceArns).apply((resources) =>
        canonicalJson({
          Version: "2012-10-17",
          Statement: [{ Effect: "Allow", Action: actions, Resource: resources }],
        }),
      ),
    },
    inside(),
  );
  return role;
}
