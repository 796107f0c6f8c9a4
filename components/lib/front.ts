import type { Front } from "../args";
import type { Controls } from "./controls";
import type { Faults } from "./faults";

/** What stands in front of an API that can carry no web ACL; gives the header by which it shows who it is. */
export function planFront(
  what: string,
  front: Front | undefined,
  controls: Controls,
  faults: Faults,
): string | undefined {
  if (front === undefined) {
    controls.unavailable(
      "http-api-web-acl",
      `${what} can carry no web ACL; put CloudFront with one in front of it, and say so with \`front\`.`,
    );
    return undefined;
  }
  const header = front.secretHeader ?? "x-origin-verify";
  if (!/^[A-Za-z0-9-]{1,64}$/.test(header)) {
    faults.add("front.secretHeader", `is ${JSON.stringify(header)}`, "write the name of a header, as x-origin-verify");
  }
  controls.elsewhere(
    "http-api-web-acl",
    `A web ACL stands on the distribution in front, which sends ${header}; authorizers or backends compare its value.`,
  );
  return header;
}
