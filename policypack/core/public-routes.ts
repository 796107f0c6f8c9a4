import type { Route } from "../model/route";
import { globMatches } from "./glob";
import { option } from "./policy";

interface PublicRoute {
  readonly route: string;
  readonly reason: string;
}

const minimumReason = 10;

export const publicRoutesOption = option<readonly PublicRoute[]>(
  "Routes that are open on purpose, as globs such as `GET /health`, each with a reason of at least 10 characters.",
  {
    type: "array",
    items: {
      type: "object",
      required: ["route", "reason"],
      additionalProperties: false,
      properties: { route: { type: "string" }, reason: { type: "string", minLength: minimumReason } },
    },
  },
  [],
);

/** Whether a route is open on purpose; "undecided" where its path is not known here. */
export function isPublic(route: Route, publicRoutes: readonly PublicRoute[]): boolean | "undecided" {
  const given = publicRoutes.filter(
    (entry) =>
      typeof entry.route === "string" &&
      typeof entry.reason === "string" &&
      entry.reason.trim().length >= minimumReason,
  );
  if (given.length === 0) return false;
  const key = route.key.get();
  if (key === undefined) return "undecided";
  return given.some((entry) => globMatches(entry.route, key));
}
