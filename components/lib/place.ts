import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { IsolationPlan } from "./environment";
import type { Faults } from "./faults";

/** Where a component is deployed to; known at preview, so that ARNs built of it are. */
export interface Place {
  readonly account: string;
  readonly region: string;
  /** `aws`, `aws-cn`, `aws-us-gov` … */
  readonly partition: string;
}

/** Asks the component's provider; fails where the account is none of those allowed. */
export function placeOf(
  component: pulumi.ComponentResource,
  isolation: IsolationPlan,
  faults: Faults,
): pulumi.Output<Place> {
  const options = { parent: component };
  const identity = aws.getCallerIdentityOutput({}, options);
  // eslint-disable-next-line @typescript-eslint/no-deprecated -- version 6 of the provider calls it nothing else
  const region = aws.getRegionOutput({}, options).id;
  return pulumi.all([identity.accountId, identity.arn, region]).apply(([account, arn, here]) => {
    const allowed = isolation.allowedAccountIds;
    if (allowed.length > 0 && !allowed.includes(account)) {
      throw faults.late(
        "isolation.allowedAccountIds",
        `does not hold the account ${account}, to which this would be deployed`,
        "deploy with credentials of an account that it holds",
      );
    }
    return { account, region: here, partition: arn.split(":")[1] ?? "aws" };
  });
}

/**
 * Options of what a component makes: it is the component's own, and nothing of it is made before the account is known to
 * be one that is allowed.
 */
export type Inside = (
  more?: Omit<pulumi.CustomResourceOptions, "parent" | "dependsOn">,
  after?: readonly pulumi.Input<pulumi.Resource>[],
) => pulumi.CustomResourceOptions;

export function insideOf(component: pulumi.ComponentResource, place: pulumi.Output<Place>): Inside {
  const gate = place.apply((): pulumi.Resource[] => []) as unknown as pulumi.Output<pulumi.Resource>;
  return (more = {}, after = []) => ({ ...more, parent: component, dependsOn: [gate, ...after] });
}

/** Makes a resource wait for an output, whatever it says. */
export function waitFor(output: pulumi.Input<unknown>): pulumi.Input<pulumi.Resource> {
  const waited: pulumi.OutputInstance<unknown> = pulumi.output<unknown>(output);
  return waited.apply((): pulumi.Resource[] => []) as unknown as pulumi.Output<pulumi.Resource>;
}
