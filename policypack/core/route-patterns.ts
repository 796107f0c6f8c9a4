import type { Route } from "../model/route";
import { globMatches } from "./glob";

/** Whether an option names a route by a glob such as `GET /health`; "undecided" where its path is not known here. */
export function isListed(route: Route, patterns: readonly string[]): boolean | "undecided" {
  if (patterns.length === 0) return false;
  const key = route.key.get();
  if (key === undefined) return "undecided";
  return patterns.some((pattern) => typeof pattern === "string" && globMatches(pattern, key));
}
