import type { Registered } from "../../preview/engine";
import { register } from "../support/stack";
import { domainVariants } from "./domain-variants";
import { smallVariants } from "./small-variants";
import { variants } from "./variants";

/** What the first variant of a component registers, which is its simplest. */
export function simplest(component: string): Promise<readonly Registered[]> {
  const variant = [...variants, ...domainVariants, ...smallVariants].find(({ title }) =>
    title.startsWith(`${component}: `),
  );
  if (variant === undefined) throw new Error(`No variant shows ${component}.`);
  return register(variant.program, "resolve", variant.stack);
}
