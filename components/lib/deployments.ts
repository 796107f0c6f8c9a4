import * as pulumi from "@pulumi/pulumi";

/**
 * Whether the deployment before stays when another takes its place. Where a stack sets `pulumi:autonaming`, names may have
 * nothing random, and then the engine deletes whatever it replaces first, whatever the program says; of a deployment that
 * a stage serves, API Gateway refuses that.
 */
export function keepsDeployments(): boolean {
  return new pulumi.Config("pulumi").get("autonaming") !== undefined;
}
