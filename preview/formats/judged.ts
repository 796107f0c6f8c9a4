import type { ApiMap } from "../map";
import type { Report } from "../report";

/** A report, and the file that what it judges is described in. */
export interface Judged {
  readonly report: Report;
  /** `Pulumi.yaml` of a program, or a file of state, as seen from the working directory. */
  readonly source: string;
  /** Its APIs, where a report draws them and they can be seen. */
  readonly apis?: readonly ApiMap[];
}

const link = / See (https:\/\/\S+)$/;

/** A message without the link at its end, which formats with links of their own need not spell out. */
export function withoutLink(message: string): string {
  return message.replace(link, "");
}

/** What is wrong, without the fix after it. */
export function firstSentence(message: string): string {
  return /^.*?\.(?= [A-Z]|$)/s.exec(withoutLink(message))?.[0] ?? message;
}
