import type * as pulumi from "@pulumi/pulumi";
import type { ApiDistributionArgs, DistributionWaf } from "../api-distribution";
import type { Control, ControlException } from "../args";
import { readArguments } from "./arguments";
import { checkMonths } from "./clients-plan";
import { Controls } from "./controls";
import { checkDomainName } from "./domain-plan";
import { IsolationPlan } from "./environment";
import { Faults } from "./faults";
import { Names } from "./names";
import { checkHeader, defaultHeader } from "./origin";
import { newerProvider } from "./provider";
import { planRetention, planWebAcl, webAclControls } from "./web-acl-rules";

/** Controls of which a distribution may need an exception. */
const exceptable = [...webAclControls, "secret-rotation"] as const;

/** Arguments of `ApiDistribution`, checked, with defaults. */
export interface DistributionPlan {
  readonly faults: Faults;
  readonly isolation: IsolationPlan;
  readonly controls: Control[];
  readonly label: pulumi.Output<string>;
  readonly functionName: pulumi.Output<string>;
  readonly headerName: string;
  readonly months: number;
  readonly retentionInDays: number;
  readonly protect: boolean;
  /** Those that its web ACL needs. */
  readonly webAclExceptions: ControlException[];
}

/** Checks everything and throws one error with all faults. */
export function planApiDistribution(
  name: string,
  given: ApiDistributionArgs,
  opts: pulumi.ComponentResourceOptions | undefined,
): DistributionPlan {
  const faults = new Faults("ApiDistribution", name);
  const args = readArguments("ApiDistribution", given, faults);
  const isolation = IsolationPlan.read(args.isolation, faults);
  const { defaults } = isolation;
  const controls = new Controls(args.exceptions, exceptable, faults);
  const { waf = {}, retentionInDays = defaults.retentionInDays, originSecret } = args;
  const { headerName = defaultHeader } = originSecret;
  checkDomainName(args, faults);
  checkHeader(headerName, "originSecret.headerName", faults);
  if (typeof args.apiEndpoint === "string" && !/^(https|wss):\/\/[^/]+\/?$/.test(args.apiEndpoint)) {
    faults.add("apiEndpoint", `is ${JSON.stringify(args.apiEndpoint)}`, "give the output `apiEndpoint` of the API");
  }
  planFirewall(waf, retentionInDays, isolation, controls, faults);
  const months = checkMonths(
    args.rotationMonths ?? defaults.rotationMonths,
    defaults.rotationMonths,
    "secret-rotation",
    controls,
    faults,
  );
  controls.meet("http-api-web-acl", "A distribution with a web ACL stands in front of the API.");
  controls.elsewhere("default-endpoint-disabled", "Every route of the API asks for the origin's secret.");
  const list = controls.list();
  faults.throwIfAny();
  const names = Names.of("ApiDistribution", name, isolation, opts);
  const needed = new Set<string>(webAclControls);
  return {
    faults,
    isolation,
    controls: list,
    label: names.of(64),
    functionName: names.of(64, "rotation"),
    headerName,
    months,
    retentionInDays,
    protect: args.protect ?? defaults.protect,
    webAclExceptions: (args.exceptions ?? []).filter(({ control }) => needed.has(control)),
  };
}

function planFirewall(
  { webAclArn, ...rules }: DistributionWaf,
  retentionInDays: number,
  isolation: IsolationPlan,
  controls: Controls,
  faults: Faults,
): void {
  if (webAclArn === undefined) {
    newerProvider("waf", faults);
    planWebAcl({ ...rules, retentionInDays }, isolation, controls, faults, "waf.");
    return;
  }
  planRetention(retentionInDays, isolation, controls, faults, "retentionInDays");
  controls.elsewhere("web-acl-rules", "The web ACL is one of yours.");
  const [first] = Object.keys(rules);
  if (first !== undefined) faults.add(`waf.${first}`, "stands beside `webAclArn`", "set it on that web ACL");
}
