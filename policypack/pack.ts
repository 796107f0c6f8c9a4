import type { PolicyPackArgs } from "@pulumi/policy";
import { bridge } from "./core/bridge";
import { exemptionsInForce } from "./core/exemptions-in-force";
import type { AnyPolicy, Level } from "./core/policy";
import { Sessions } from "./core/session";
import { policies } from "./policies";

/** Levels for all policies at once: those of the catalogue, all mandatory, or all advisory. */
export type Preset = "baseline" | "strict" | "audit";

export interface PackOptions {
  /** @default "baseline" */
  readonly preset?: Preset;
  /** The policies to serve. @default all of them */
  readonly policies?: readonly AnyPolicy[];
}

/** The arguments of a `PolicyPack`, for teams that compose their own. */
export function createPack(options: PackOptions = {}): PolicyPackArgs {
  const sessions = new Sessions();
  const levelOf = (level: Level): Level =>
    options.preset === "strict" ? "mandatory" : options.preset === "audit" ? "advisory" : level;
  const chosen = options.policies ?? policies;
  return {
    displayName: "Gatehouse",
    description: "API Gateway security policies.",
    provider: "aws",
    tags: ["aws", "api-gateway", "security"],
    repository: "https://github.com/pulumi-gatehouse/gatehouse",
    policies: [
      ...chosen.map((policy) => bridge(policy, sessions, levelOf(policy.level))),
      // Stands last: it tells what the others exempted.
      exemptionsInForce(sessions),
    ],
  };
}
