import type { AnyPolicy, Example } from "../../policypack/core/policy";
import type { Unknowns } from "../../preview/provider";
import type { Report } from "../../preview/report";
import { register } from "./stack";
import type { Pack } from "./stack";

const judged = new Map<Example, Map<Unknowns, Promise<Report>>>();

/** What the whole pack says of an example; judged once, however many tests ask. */
export function judgeExample(pack: Pack, policy: AnyPolicy, example: Example, unknowns: Unknowns): Promise<Report> {
  const known = judged.get(example) ?? new Map<Unknowns, Promise<Report>>();
  judged.set(example, known);
  let report = known.get(unknowns);
  if (report === undefined) {
    report = judge(pack, policy, example, unknowns);
    known.set(unknowns, report);
  }
  return report;
}

async function judge(pack: Pack, { name }: AnyPolicy, example: Example, unknowns: Unknowns): Promise<Report> {
  const resources = await register(example.program, unknowns, example.stack);
  return pack.judge(resources, example.config === undefined ? {} : { [name]: example.config }, example.stackTags);
}

/** The messages of the policy for an example, each once, as a preview prints them. */
export async function messagesOf(pack: Pack, policy: AnyPolicy, example: Example): Promise<string[]> {
  const { violations } = await judgeExample(pack, policy, example, "keep");
  const messages = violations.filter((violation) => violation.policy === policy.name).map(({ message }) => message);
  return [...new Set(messages)].sort();
}
