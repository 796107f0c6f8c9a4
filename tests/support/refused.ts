import assert from "node:assert/strict";
import { register } from "./stack";

/** The error that a component's constructor throws, and what was made before it. */
export async function refused(make: () => unknown, stack = "prod"): Promise<string> {
  let message = "";
  const resources = await register(
    () => {
      try {
        make();
      } catch (error) {
        message = error instanceof Error ? error.message : String(error);
      }
    },
    "keep",
    stack,
  );
  assert.deepEqual(
    resources.map(({ type }) => type),
    ["pulumi:pulumi:Stack"],
    "nothing is made",
  );
  return message;
}
