import { existsSync } from "node:fs";
import * as path from "node:path";
import type { Registered } from "./engine";
import { Failure } from "./failure";
import { end, start } from "./processes";
import { isRecord, unwrapSecrets } from "./values";

/** What a policy says of a part of an API: nothing is wrong, or what is. */
export interface Said {
  readonly policy: string;
  readonly state: "holds" | "fault" | "unverified";
  /** The resource at fault. */
  readonly urn: string;
  /** The sentence of the finding, without fix and link; empty where it holds. */
  readonly says: string;
}

/** An API, a stage or a route, with what the policies say of it. */
export interface Row {
  readonly urn: string;
  /** `stage "prod" of REST API "orders"`. */
  readonly label: string;
  readonly said: readonly Said[];
}

export interface StageRow extends Row {
  readonly name: string;
  readonly environment?: "production" | "nonProduction";
  /** The web ACL on it by its name. */
  readonly webAcl?: string;
}

export interface RouteRow extends Row {
  /** `GET /orders`, `$connect`. */
  readonly key: string;
  /** `iam`, `jwt` …; `unknown` while it is not known; `by $connect` where only that can ask for one. */
  readonly authorization: string;
  readonly authorizer?: string;
  readonly apiKey: boolean;
  /** A CORS preflight, which carries no credentials. */
  readonly preflight: boolean;
  /** What it calls, as a person would name it. */
  readonly backend: string;
}

/** An API from its callers to its backends, as the pack sees it. */
export interface ApiMap extends Row {
  readonly kind: "rest" | "http" | "websocket";
  readonly name: string;
  /** Custom domains and distributions that lead to it; whether a web ACL stands on them. */
  readonly doors: readonly { readonly label: string; readonly guarded?: boolean }[];
  /** Its own endpoint takes calls; undefined while that is not known. */
  readonly ownEndpoint?: boolean;
  readonly endpointType?: string;
  readonly stages: readonly StageRow[];
  readonly routes: readonly RouteRow[];
  /** There may be routes that cannot be seen yet. */
  readonly routesComplete: boolean;
}

/** The pack's own view of the APIs of stacks, told by a process of its own. */
export class Cartographer {
  private readonly child;
  private readonly waiting: { readonly resolve: (map: ApiMap[]) => void; readonly reject: (error: Error) => void }[] =
    [];

  /** `pack` is the directory of a pack. */
  constructor(pack: string) {
    const program = path.join(pack, "bin", "map.js");
    if (!existsSync(program)) throw new Failure(`${pack} draws no map of APIs: it has no bin/map.js.`, 2);
    this.child = start([program], { cwd: pack }, true);
    this.child.on("message", (map: ApiMap[]) => this.waiting.shift()?.resolve(map));
    this.child.once("exit", () => {
      for (const { reject } of this.waiting) reject(new Failure("The map of the APIs could not be drawn.", 3));
    });
  }

  /** The APIs among the resources; `config` is the policy configuration. */
  draw(resources: readonly Registered[], config: Readonly<Record<string, unknown>> = {}): Promise<ApiMap[]> {
    const observed = resources.map((one) => ({
      urn: one.urn,
      type: one.type,
      name: one.name,
      inputs: shown(one.inputs),
      outputs: shown(one.outputs),
      parent: one.parent === "" ? undefined : one.parent,
      dependencies: one.dependencies,
      propertyDependencies: one.propertyDependencies,
      component: one.provider === "" && !one.type.startsWith("pulumi:"),
    }));
    return new Promise((resolve, reject) => {
      this.waiting.push({ resolve, reject });
      this.child.send({ resources: observed, config: optionsIn(config) });
    });
  }

  close(): void {
    end(this.child);
  }
}

/** The options in a configuration, which may give a policy no more than a level. */
function optionsIn(config: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(config).filter(([, value]) => isRecord(value)));
}

/** Properties as the engine hands them to policies. */
function shown(properties: Readonly<Record<string, unknown>>): unknown {
  return unwrapSecrets(Object.fromEntries(Object.entries(properties).filter(([key]) => !key.startsWith("__"))));
}
