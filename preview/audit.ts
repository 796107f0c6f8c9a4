import { readdirSync, statSync } from "node:fs";
import * as path from "node:path";
import type { Registered } from "./engine";
import { Failure } from "./failure";
import { readJson } from "./files";
import { isRecord, plain, secretSignature, signatureOf } from "./values";

/** A stack's state as `pulumi stack export` writes it. */
export interface State {
  readonly file: string;
  readonly project: string;
  readonly stack: string;
  readonly resources: readonly Registered[];
}

const supportedVersions = [3, 4];

/** The state files behind the arguments: files as they are, directories searched for `*.json`. */
export function stateFiles(paths: readonly string[]): string[] {
  const found: string[] = [];
  const visit = (entry: string, named: boolean): void => {
    let stat;
    try {
      stat = statSync(entry);
    } catch {
      throw new Failure(
        `${entry} does not exist: name a file written by \`pulumi stack export\`, or a directory of them.`,
        3,
      );
    }
    if (stat.isDirectory()) {
      // A link may lead back up.
      const children = readdirSync(entry, { withFileTypes: true }).filter((child) => !child.isSymbolicLink());
      for (const { name } of children.sort((a, b) => (a.name < b.name ? -1 : 1))) visit(path.join(entry, name), false);
    } else if (named || entry.endsWith(".json")) found.push(entry);
  };
  for (const entry of paths) visit(entry, true);
  if (found.length === 0) throw new Failure(`${paths.join(", ")}: no state file (*.json) found.`, 3);
  return found;
}

/** Reads a state file, or throws a {@link Failure} that names it. */
export function readState(file: string): State {
  const fix = "write it again with `pulumi stack export --file`";
  let content: unknown;
  try {
    content = readJson(file);
  } catch (error) {
    if (error instanceof SyntaxError) throw new Failure(`${file} is not JSON, or cut short: ${fix}.`, 3);
    throw new Failure(`${file} cannot be read: ${error instanceof Error ? error.message : String(error)}.`, 3);
  }
  if (!isRecord(content) || !isRecord(content["deployment"])) {
    throw new Failure(`${file} is no exported state, it has no "deployment": ${fix}.`, 3);
  }
  const { version } = content;
  if (typeof version !== "number" || !supportedVersions.includes(version)) {
    throw new Failure(
      `${file} has deployment version ${JSON.stringify(version ?? null)}, and versions ${supportedVersions.join(" and ")} can be read: ${fix}, with a current Pulumi CLI.`,
      3,
    );
  }
  const written = content["deployment"]["resources"];
  // An empty stack has no resources, and no list of them either.
  const list: unknown = written ?? [];
  if (!Array.isArray(list)) throw new Failure(`${file} is no exported state, its "resources" are no list: ${fix}.`, 3);
  const resources = list
    .filter(isRecord)
    .flatMap((resource: Readonly<Record<string, unknown>>) => read(resource, file));
  const [, stack = "", project = ""] = /^urn:pulumi:([^:]*)::([^:]*)::/.exec(resources[0]?.urn ?? "") ?? [];
  return { file, project, stack, resources };
}

function read(resource: Readonly<Record<string, unknown>>, file: string): Registered[] {
  if (resource["delete"] === true) return [];
  const text = (key: string): string => (typeof resource[key] === "string" ? resource[key] : "");
  const urn = text("urn");
  if (!urn.startsWith("urn:pulumi:") || urn.split("::").length < 4) {
    throw new Failure(
      `${file} holds a resource with the invalid URN ${JSON.stringify(urn.slice(0, 80))}: write it again with \`pulumi stack export --file\`.`,
      3,
    );
  }
  const custom = resource["custom"] === true;
  const strings = (value: unknown): string[] =>
    Array.isArray(value) ? value.filter((item) => typeof item === "string") : [];
  const ties = isRecord(resource["propertyDependencies"]) ? resource["propertyDependencies"] : {};
  const provider = text("provider");
  return [
    {
      urn,
      type: text("type"),
      name: urn.split("::").slice(3).join("::"),
      custom,
      parent: text("parent"),
      inputs: properties(resource["inputs"]),
      outputs: properties(resource["outputs"]),
      id: text("id"),
      dependencies: strings(resource["dependencies"]),
      propertyDependencies: Object.fromEntries(Object.entries(ties).map(([key, urns]) => [key, strings(urns)])),
      provider: provider.slice(0, provider.lastIndexOf("::")),
      protect: resource["protect"] === true,
    },
  ];
}

function properties(value: unknown): Record<string, unknown> {
  const result = plain(redact(value));
  return isRecord(result) ? result : {};
}

/** Secrets without plain text become the word that the Pulumi CLI puts there. */
function redact(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(redact);
  if (!isRecord(value)) return value;
  if (signatureOf(value) === secretSignature) {
    if (typeof value["plaintext"] !== "string") return "[secret]";
    try {
      return redact(JSON.parse(value["plaintext"]));
    } catch {
      return "[secret]";
    }
  }
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, redact(item)]));
}
