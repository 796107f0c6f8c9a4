import type { Api } from "./api";
import { Bag } from "./bag";
import type { Graph } from "./graph";
import type { Node } from "./node";
import { resourceSubject } from "./subject";
import type { Subject } from "./subject";
import { Value } from "./value";

/** A snapshot of a REST API, which its stages serve. */
export interface Deployment {
  readonly subject: Subject;
  readonly api: Api;
  /** The stage that it makes by itself, as older providers and aws-native let it. */
  readonly stageName: Value<string>;
  /** Something replaces it when the API changes. */
  readonly redeploys: Value<boolean>;
  /** Its provider has `triggers`. */
  readonly takesTriggers: boolean;
}

export function deploymentsOf(graph: Graph): readonly Deployment[] {
  return graph.of("deployment").map((node) => {
    const api = graph.apiFor(node, "restApi", "rest");
    const subject = resourceSubject(node, `deployment "${node.name}"${api.of}`, api);
    return {
      subject: { ...subject, tags: api.tags },
      api,
      stageName: node.bag.string("stageName"),
      redeploys: redeploys(node),
      takesTriggers: !node.type.startsWith("aws-native:"),
    };
  });
}

/**
 * Triggers are what is meant for it. Any other property that cannot be updated in place does as well while it holds a
 * hash of the API, and so does the resource's own name.
 */
function redeploys(node: Node): Value<boolean> {
  const { bag } = node;
  const triggers = bag.object("triggers");
  if (triggers.isUnknown() || isSet(triggers)) return Value.known(true);
  if (isRevision(lastPart(node.name), 7)) return Value.known(true);
  if (isRevision(bag.string("stageDescription").get() ?? "", 7)) return Value.known(true);
  const variables = bag.object("variables");
  if (variables.isUnknown()) return Value.unknown(variables.reason);
  const known = variables.get() ?? Bag.empty;
  return Value.known(
    known.keys().some((key) => {
      const value = known.string(key);
      const tells = wordsOf(key).some((word) => revisionWords.has(word));
      return value.isUnknown() ? tells : isRevision(value.get() ?? "", tells ? 7 : 16);
    }),
  );
}

function isSet(triggers: Value<Bag>): boolean {
  const bag = triggers.get();
  return bag?.keys().some((key) => bag.value(key).isPresent()) === true;
}

/** Words in names of what changes with every revision: `bodyHash`, `deployed_at`, `deploymentTimestamp`. */
const revisionWords: ReadonlySet<string> = new Set([
  "version",
  "hash",
  "bodyhash",
  "sha",
  "sha1",
  "sha256",
  "digest",
  "checksum",
  "md5",
  "revision",
  "commit",
  "build",
  "redeploy",
  "redeployment",
  "deployed",
  "deployedat",
  "timestamp",
  "trigger",
  "triggers",
]);

function wordsOf(key: string): string[] {
  return key
    .replace(/([a-z0-9])([A-Z])/g, "$1 $2")
    .toLowerCase()
    .split(/[^a-z0-9]+/);
}

/** A hash, a time stamp or a long number of a build: `3f2a9c1b`, `1716239022`. */
function isRevision(text: string, length: number): boolean {
  return text.length >= length && text.length <= 128 && /^[0-9a-f]+$/i.test(text) && /[0-9]/.test(text);
}

function lastPart(name: string): string {
  return name.slice(Math.max(name.lastIndexOf("-"), name.lastIndexOf("_"), name.lastIndexOf(".")) + 1);
}
