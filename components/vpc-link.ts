import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Isolation } from "./args";
import { readArguments } from "./lib/arguments";
import { IsolationPlan } from "./lib/environment";
import { Faults } from "./lib/faults";
import { Names, plain, slugs } from "./lib/names";
import { insideOf, placeOf } from "./lib/place";

/** What a link may reach: exactly one of a security group and a range of addresses. */
export interface VpcLinkBackend {
  /** Security group of the load balancer or of the service. It must let the link in: see the output `securityGroupId`. */
  securityGroupId?: pulumi.Input<string>;
  /** Range of addresses, as `10.0.16.0/24`. */
  cidrBlock?: string;
  /** Port of the backend. @default 443 */
  port?: number;
}

/** Arguments of {@link VpcLink}. */
export interface VpcLinkArgs {
  isolation: Isolation;
  /** The VPC. */
  vpcId: pulumi.Input<string>;
  /** Subnets in which the link has its network interfaces; two or more, in zones of their own. */
  subnetIds: pulumi.Input<string>[];
  /** What the link may reach, by a name of yours. Nothing else is let out. */
  backends: { [name: string]: VpcLinkBackend };
  /** Tags of everything made that can have them, beside one that names the environment. */
  tags?: pulumi.Input<{ [key: string]: pulumi.Input<string> }>;
}

/**
 * A link (of version 2) by which HTTP and REST APIs reach load balancers in a VPC, with a security group of its own that
 * lets nothing in, and out only to the backends that are named.
 *
 * @example
 * ```ts
 * const link = new gatehouse.VpcLink("orders", {
 *   isolation,
 *   vpcId: vpc.id,
 *   subnetIds: [first.id, second.id],
 *   backends: { orders: { securityGroupId: balancerGroup.id } },
 * });
 * new gatehouse.HttpApi("orders", {
 *   isolation,
 *   routes: {
 *     "GET /orders": {
 *       vpcLink: { vpcLinkId: link.vpcLinkId, listenerArn: listener.arn, serverName: "orders.example.com" },
 *     },
 *   },
 * });
 * ```
 */
export class VpcLink extends pulumi.ComponentResource {
  /** The link. */
  public readonly vpcLink: aws.apigatewayv2.VpcLink;
  /** Id of the link. */
  public readonly vpcLinkId: pulumi.Output<string>;
  /** The link's own: let it in at the load balancer. */
  public readonly securityGroupId: pulumi.Output<string>;

  constructor(name: string, args: VpcLinkArgs, opts?: pulumi.ComponentResourceOptions) {
    const faults = new Faults("VpcLink", name);
    args = readArguments("VpcLink", args, faults);
    const isolation = IsolationPlan.read(args.isolation, faults);
    checkVpcLink(args, faults);
    faults.throwIfAny();
    super("gatehouse:index:VpcLink", name, args, opts);

    const place = placeOf(this, isolation, faults);
    const inside = insideOf(this, place);
    const tags = isolation.tags(args.tags);
    const label = Names.of("VpcLink", name, isolation, opts).of(64);

    // The provider takes away the rule by which AWS lets a new group out everywhere.
    const group = new aws.ec2.SecurityGroup(
      name,
      {
        name: label,
        description: pulumi.interpolate`API Gateway to the backends of ${label}.`,
        vpcId: args.vpcId,
        tags,
      },
      inside(),
    );
    const names = slugs(Object.keys(args.backends));
    const rules = Object.entries(args.backends).map(
      ([key, { securityGroupId, cidrBlock, port = 443 }]) =>
        new aws.vpc.SecurityGroupEgressRule(
          `${name}-${names.get(key) ?? key}`,
          {
            securityGroupId: group.id,
            description: `To ${plain(key, 64)}.`,
            ipProtocol: "tcp",
            fromPort: port,
            toPort: port,
            ...(securityGroupId !== undefined && { referencedSecurityGroupId: securityGroupId }),
            ...(cidrBlock !== undefined && { cidrIpv4: cidrBlock }),
            tags,
          },
          inside(),
        ),
    );
    const link = new aws.apigatewayv2.VpcLink(
      name,
      { name: label, subnetIds: args.subnetIds, securityGroupIds: [group.id], tags },
      inside({}, rules),
    );

    this.vpcLink = link;
    this.vpcLinkId = link.id;
    this.securityGroupId = group.id;
    this.registerOutputs({ vpcLinkId: this.vpcLinkId, securityGroupId: this.securityGroupId });
  }
}

function checkVpcLink(args: VpcLinkArgs, faults: Faults): void {
  const given: Partial<VpcLinkArgs> = args;
  const { vpcId, subnetIds = [], backends = {} } = given;
  if (vpcId === undefined || vpcId === "") faults.add("vpcId", "is not given", "give the id of the VPC");
  if (subnetIds.length < 2) {
    faults.add("subnetIds", `holds ${String(subnetIds.length)}`, "give two or more, in zones of their own");
  }
  const entries = Object.entries(backends);
  if (entries.length === 0) {
    faults.add("backends", "is empty, so that the link reaches nothing", "name what it may reach");
  }
  for (const [key, { securityGroupId, cidrBlock, port = 443 }] of entries) {
    const field = `backends[${JSON.stringify(key)}]`;
    if ((securityGroupId === undefined) === (cidrBlock === undefined)) {
      const wrong = securityGroupId === undefined ? "names no destination" : "names two destinations";
      faults.add(field, wrong, "give one of `securityGroupId`, `cidrBlock`");
    }
    if (cidrBlock !== undefined) checkRange(`${field}.cidrBlock`, cidrBlock, faults);
    if (!Number.isInteger(port) || port < 1 || port > 65_535) {
      faults.add(`${field}.port`, `is ${String(port)}`, "write 1 to 65535");
    }
  }
}

/** A range of the VPC, and not the internet. */
function checkRange(field: string, range: string, faults: Faults): void {
  const [, octets = "", bits = ""] = /^((?:\d{1,3}\.){3}\d{1,3})\/(\d{1,2})$/.exec(range) ?? [];
  const good = octets !== "" && octets.split(".").every((octet) => Number(octet) <= 255) && Number(bits) <= 32;
  if (!good) faults.add(field, `is ${JSON.stringify(range)}`, "write a range of IPv4 addresses, as 10.0.16.0/24");
  else if (Number(bits) < 16) faults.add(field, `is ${range}, wider than a VPC can be`, "name the backend's subnets");
}
