import { existsSync } from "node:fs";
import * as path from "node:path";
import type { PolicyInfo } from "./analyzer";
import { Failure } from "./failure";
import { writeWhole } from "./files";
import { isProject } from "./program";

export const presets = ["baseline", "strict", "audit"] as const;

/** Levels for all policies at once: those that the pack gives them, all mandatory, or all advisory. */
export type Preset = (typeof presets)[number];

/** What the configuration of a project is called. */
export const configName = "gatehouse.json";

/** The policies that tell of the others: they inform, whatever the others do. */
const informing = "exemptions-in-force";

/** A policy configuration to begin with: `{ "stage-web-acl": "mandatory", … }`, every policy by its name. */
export function startingConfig(preset: Preset, policies: readonly PolicyInfo[]): Record<string, string> {
  const levelOf = ({ name, level }: PolicyInfo): string => {
    if (preset === "baseline" || name === informing) return level;
    return preset === "strict" ? "mandatory" : "advisory";
  };
  return Object.fromEntries(policies.map((policy) => [policy.name, levelOf(policy)]));
}

/** Where the configuration of a project goes. Throws a {@link Failure} where it stands already, or is no project's. */
export function configFileOf(directory: string): string {
  if (!isProject(directory)) {
    throw new Failure(`${directory} holds no Pulumi.yaml: name the directory of a Pulumi project.`, 2);
  }
  const file = path.join(directory, configName);
  if (existsSync(file)) throw new Failure(`${file} exists already: change it, or remove it first.`, 2);
  return file;
}

/** Writes the configuration, and says what to do with it. `pack` is the directory of the policy pack. */
export function init(file: string, preset: Preset, policies: readonly PolicyInfo[], pack: string): string {
  writeWhole(file, `${JSON.stringify(startingConfig(preset, policies), undefined, 2)}\n`);
  const shown = path.relative(process.cwd(), path.dirname(file)) || ".";
  const at = path.relative(process.cwd(), file);
  return [
    `Wrote ${at}: the levels of ${String(policies.length)} policies (${preset}). Each may be advisory, mandatory or disabled,`,
    "or an object of options; `gatehouse explain <policy>` tells which.",
    "",
    "Offline:",
    `  gatehouse preview ${shown} --policy-pack-config ${at}`,
    "With the Pulumi CLI:",
    `  pulumi preview -C ${shown} --policy-pack ${path.resolve(pack)} --policy-pack-config ${path.relative(shown, at)}`,
    "To begin with what is there already, exempted for 90 days:",
    `  gatehouse baseline ${shown} --policy-pack-config ${at} --out ${at}`,
    "",
  ].join("\n");
}
