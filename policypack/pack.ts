import type { PolicyPackArgs } from "@pulumi/policy";
import { bridge } from "./core/bridge";
import { exemptionsInForce } from "./core/exemptions-in-force";
import { pageOf } from "./core/policy";
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
    readme: readme(chosen),
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

/** What Pulumi Cloud shows of the pack: what it is, and its policies by topic. */
function readme(chosen: readonly AnyPolicy[]): string {
  const topics = [...new Set(chosen.map(({ topic }) => topic))];
  return [
    "# Gatehouse",
    "",
    "Policies for Amazon API Gateway: REST, HTTP and WebSocket APIs, written as resources, as OpenAPI bodies or by",
    "components. What cannot be known before an update is reported as unverified, never passed over.",
    "",
    "Every policy takes `exemptions` (a resource, a reason and a day on which it expires) and `unknowns` beside its own",
    "options.",
    ...topics.flatMap((topic) => [
      "",
      `## ${topic.charAt(0).toUpperCase()}${topic.slice(1)}`,
      "",
      ...chosen
        .filter((policy) => policy.topic === topic)
        .map(({ name, description }) => `- [${name}](${pageOf(name)}): ${description}`),
    ]),
    "",
  ].join("\n");
}
