import type { Policy, ReportViolation, ResourceValidationArgs, StackValidationArgs } from "@pulumi/policy";
import { pageOf } from "./policy";
import type { ExemptionNote, Sessions } from "./session";

const name = "exemptions-in-force";
const defaultWarnDays = 30;
const millisecondsADay = 24 * 60 * 60 * 1000;

/**
 * Tells what was exempted, why and until when. A policy sees only its own configuration, so the others tell this
 * one, in the process, what they exempted; it stands last in the pack.
 */
export function exemptionsInForce(sessions: Sessions): Policy {
  return {
    name,
    displayName: "Exemptions in force",
    description: "Exemptions from API Gateway policies are seen by everyone.",
    enforcementLevel: "advisory",
    severity: "low",
    url: pageOf(name),
    remediationSteps: "Fix what is exempted and take the exemption out of the policy configuration.",
    tags: ["api-gateway", "governance"],
    configSchema: {
      properties: {
        warnDaysBeforeExpiry: {
          type: "number",
          minimum: 0,
          default: defaultWarnDays,
          description: "Says of an exemption that it ends soon, from this many days before.",
        },
      },
    },
    validateResource: (args: ResourceValidationArgs, report: ReportViolation): void => {
      for (const note of sessions.of(args.urn).takeNotes(args.urn))
        report(say(note, warnDays(args.getConfig())), note.urn);
    },
    validateStack: (args: StackValidationArgs, report: ReportViolation): void => {
      const session = sessions.of(args.resources[0]?.urn ?? "");
      const root = args.resources.find((resource) => resource.type === "pulumi:pulumi:Stack")?.urn;
      for (const note of session.takeNotes()) report(say(note, warnDays(args.getConfig())), note.urn || root);
      for (const [policy, exemptions] of session.declarations()) {
        for (const exemption of exemptions) {
          if (session.wasTold(policy, exemption)) continue;
          if (exemption.invalid === undefined && session.hasMatched(policy, exemption)) continue;
          const why = exemption.invalid ?? "it matches no finding";
          report(
            `The exemption of "${exemption.resource}" from ${policy} exempts nothing: ${why}. Take it out of the policy configuration. See ${pageOf(name)}`,
            root,
          );
        }
      }
    },
  } as Policy;
}

function warnDays(config: object): number {
  const days = (config as Readonly<Record<string, unknown>>)["warnDaysBeforeExpiry"];
  return typeof days === "number" ? days : defaultWarnDays;
}

function say({ label, policy, exemption, applied }: ExemptionNote, days: number): string {
  const subject = label.charAt(0).toUpperCase() + label.slice(1);
  if (!applied) {
    return `${subject} is not exempted from ${policy}: ${exemption.invalid ?? ""}. Correct the exemption or fix the resource. See ${pageOf(name)}`;
  }
  const { expires } = exemption;
  const soon = expires !== undefined && (Date.parse(expires) - Date.now()) / millisecondsADay <= days;
  const until = expires === undefined ? "" : ` until ${expires}${soon ? ", which is soon" : ""}`;
  return `${subject} is exempted from ${policy}${until}: ${exemption.reason}`;
}
