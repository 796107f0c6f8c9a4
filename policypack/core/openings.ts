import type { Answer } from "../model/policy-document";

/** That a policy lets anyone in. */
export type Opening = Extract<Answer, { readonly state: "open" }>;

/** Longer than any ARN of an API and any condition key. */
const maximumLength = 120;

/** What an open policy opens, where that is a part: `"execute-api:/prod/GET/health"`. */
export function openPart({ resource }: Opening, whole: string): string {
  return resource === undefined ? whole : JSON.stringify(resource.slice(0, maximumLength));
}

/** Why what is there does not close it: `, since its condition on aws:Referer limits nobody`; or nothing. */
export function whyOpen({ conditions, denied }: Opening): string {
  const keys = [...new Set(conditions.map((key) => key.slice(0, maximumLength)))];
  if (keys.length > 0) {
    const which = keys.length === 1 ? "condition" : "conditions";
    return `, since its ${which} on ${keys.join(" and ")} ${keys.length === 1 ? "limits" : "limit"} nobody`;
  }
  return denied ? ", since its Deny does not keep everyone else out" : "";
}
