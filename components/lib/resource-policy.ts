import type * as pulumi from "@pulumi/pulumi";
import type { ResourcePolicy } from "../rest-api";
import type { Faults } from "./faults";
import type { Tree, TreeMap } from "./values";

/** The resource policy that lets in only what is listed; undefined where nothing is. */
export function resourcePolicy(
  args: ResourcePolicy,
  vpcEndpointIds: readonly pulumi.Input<string>[],
): TreeMap | undefined {
  const { allowedSourceIps: ips = [], allowedAccountIds: accounts = [], allowedOrganizationIds: ids = [] } = args;
  const { allowedVpcIds: vpcs = [] } = args;
  const endpoints = [...vpcEndpointIds, ...(args.allowedVpcEndpointIds ?? [])];
  const denials: TreeMap[] = [];
  const deny = (operator: string, key: string, values: readonly Tree[]): void => {
    if (values.length > 0) denials.push(statement("Deny", "*", { Condition: { [operator]: { [key]: [...values] } } }));
  };
  deny("StringNotEquals", "aws:SourceVpce", endpoints);
  deny("StringNotEquals", "aws:SourceVpc", vpcs);
  deny("NotIpAddress", endpoints.length + vpcs.length > 0 ? "aws:VpcSourceIp" : "aws:SourceIp", ips);
  deny("StringNotEquals", "aws:PrincipalOrgID", ids);
  if (denials.length === 0 && accounts.length === 0) return undefined;
  const principal: Tree = accounts.length === 0 ? "*" : { AWS: [...accounts] };
  return { Version: "2012-10-17", Statement: [statement("Allow", principal), ...denials] };
}

/** The short form of the resource, so that the policy needs no id of the API it stands in. */
function statement(effect: string, principal: Tree, more: TreeMap = {}): TreeMap {
  return { Effect: effect, Principal: principal, Action: "execute-api:Invoke", Resource: "execute-api:/*", ...more };
}

/** Whether the policy can only work where every caller signs requests. */
export function needsIam({ allowedAccountIds = [], allowedOrganizationIds = [] }: ResourcePolicy): boolean {
  return allowedAccountIds.length + allowedOrganizationIds.length > 0;
}

export function checkResourcePolicy(args: ResourcePolicy, isPrivate: boolean, faults: Faults): void {
  for (const ip of args.allowedSourceIps ?? []) {
    const wide = /\/0+$/.test(ip);
    if (wide || !/^[0-9a-fA-F.:]+(\/\d{1,3})?$/.test(ip)) {
      faults.add(
        "resourcePolicy.allowedSourceIps",
        `holds ${JSON.stringify(ip)}`,
        wide ? "name addresses, not all of them" : "write an address or a range, as 198.51.100.0/24",
      );
    }
  }
  for (const account of args.allowedAccountIds ?? []) {
    if (!/^\d{12}$/.test(account)) {
      faults.add("resourcePolicy.allowedAccountIds", `holds ${JSON.stringify(account)}`, "write 12 digits");
    }
  }
  const byVpc = [...(args.allowedVpcEndpointIds ?? []), ...(args.allowedVpcIds ?? [])];
  if (byVpc.length > 0 && !isPrivate) {
    faults.add(
      "resourcePolicy",
      "names VPCs or their endpoints for an API that is not PRIVATE",
      "set `endpointType` to PRIVATE",
    );
  }
}
