import type { Api } from "./api";
import { environmentOf } from "./environment";
import type { Environment, EnvironmentPatterns } from "./environment";
import type { Node } from "./node";
import { settingScopes } from "./route";
import type { Route } from "./route";
import type { Subject } from "./subject";
import type { Tie } from "./ties";
import { Value } from "./value";

export interface Limits {
  /** Requests a second. */
  readonly rate: Value<number>;
  /** Requests at once. */
  readonly burst: Value<number>;
}

/** Settings of a stage for all its methods, or for one. */
export interface Settings extends Limits {
  /** The resource that says so: a `MethodSettings`, or the stage. */
  readonly node: Node;
  /** The property to set, as a person would write it. */
  readonly property: string;
  /** `*` for all; else `GET /pets`, `$default`, or unknown. */
  readonly scope: Value<string>;
  readonly loggingLevel: Value<string>;
  readonly dataTrace: Value<boolean>;
  readonly metrics: Value<boolean>;
  /** Limits of a route that nobody set are sent as 0, by which it refuses every call. */
  readonly zeroWhereUnset?: boolean;
  /** AWS refuses the key of these settings. */
  readonly malformed?: string | undefined;
}

/** Names of the stack, of which an environment may be told. */
export interface StackContext {
  readonly name: string | undefined;
  readonly tags: ReadonlyMap<string, string>;
}

/** A stage with what is in force on it. */
export class Stage implements Subject {
  /** For all methods: a `*` `/` `*` setting, or the default route settings. */
  settings: Value<Settings> = Value.absent();
  readonly overrides: Settings[] = [];
  /** Settings whose key AWS refuses, so that they are not in force. */
  readonly refused: Settings[] = [];
  /** Associations aimed at this stage; of a WebSocket or HTTP stage, ones AWS refuses. */
  readonly webAcls: WebAclTie[] = [];
  /** Something may still be associated that cannot be seen: a target is unknown. */
  webAclUnknown = false;

  /** Most policies ask by the same patterns. */
  private readonly environments: { readonly by: EnvironmentPatterns; readonly environment: Value<Environment> }[] = [];

  constructor(
    readonly api: Api,
    /** The stage's resource; or, looked at alone, the settings that name it. */
    readonly node: Node,
    readonly name: Value<string>,
    private readonly stack: StackContext,
    /** Only a settings resource was seen, not the stage. */
    readonly hearsay = false,
  ) {}

  get urn(): string {
    return this.node.urn;
  }

  /** Its name, or that of its resource while it is not known. */
  get title(): string {
    return this.name.get() ?? this.node.name;
  }

  get label(): string {
    return `stage "${this.title}"${this.api.of}`;
  }

  get names(): readonly string[] {
    return [this.node.name, ...this.api.names];
  }

  get tags(): Subject["tags"] {
    return this.hearsay ? Value.unknown("partial") : this.node.tags;
  }

  /** These settings as a subject: the resource that says them, named with the stage. */
  subjectOf(settings: Settings): Subject {
    if (settings.node === this.node && !this.hearsay) return this;
    const scope = settings.scope.get();
    const path = scope === undefined ? `"${settings.node.name}"` : scope === "*" ? "for all methods" : `for "${scope}"`;
    return {
      urn: settings.node.urn,
      label: `method settings ${path} of ${this.label}`,
      names: [settings.node.name, ...this.names],
      tags: this.tags,
      ...(settings.node.part !== "" && { part: settings.node.part }),
    };
  }

  /** Settings for all methods may be in force that this stack makes, and that cannot be seen yet. */
  get settingsOpen(): boolean {
    return this.settings.isUnknown() && !this.hearsay;
  }

  /** Every route of the API has settings of its own of which this holds; unknown while there may be other routes. */
  everyRouteHas(holds: (settings: Settings) => boolean): Value<boolean> {
    const { routes, routesComplete, visibility } = this.api;
    const kept = this.overrides.filter(holds);
    if (kept.length === 0 || visibility === "external") return Value.known(false);
    const keys = new Set(kept.map((one) => one.scope.get()));
    if (keys.has(undefined)) return Value.unknown();
    const lacks = (route: Route): boolean => settingScopes(route).some((scope) => !keys.has(scope));
    if (routes.some(lacks)) return Value.known(false);
    if (!routesComplete) return Value.unknown(this.api.whole ? "preview" : "partial");
    return routes.some((route) => route.key.isUnknown()) ? Value.unknown() : Value.known(routes.length > 0);
  }

  get description(): Value<string> {
    return this.hearsay ? Value.unknown("partial") : this.node.bag.string("description");
  }

  get accessLog(): Value<{ destination: Value<string>; format: Value<string> }> {
    if (this.hearsay) return Value.unknown("partial");
    return this.node.bag.object("accessLogSettings").flatMap((log) => {
      const destination = log.string("destinationArn");
      if (destination.isAbsent()) return Value.absent();
      return Value.known({ destination, format: log.string("format") });
    });
  }

  /** X-Ray tracing, which only a stage of a REST API has. */
  get tracing(): Value<boolean> {
    if (this.hearsay) return Value.unknown("partial");
    return this.node.bag.bool("xrayTracingEnabled").or(Value.known(false));
  }

  /** The environment, or unknown while a tag that would tell it is unknown. */
  environment(patterns: EnvironmentPatterns): Value<Environment> {
    const { production, nonProduction, tagKeys } = patterns;
    const known = this.environments.find(
      ({ by }) => by.production === production && by.nonProduction === nonProduction && by.tagKeys === tagKeys,
    );
    if (known) return known.environment;
    const environment = this.readEnvironment(patterns);
    this.environments.push({ by: { production, nonProduction, tagKeys }, environment });
    return environment;
  }

  private readEnvironment(patterns: EnvironmentPatterns): Value<Environment> {
    const tags = this.tags ?? Value.absent<ReadonlyMap<string, Value<string>>>();
    if (tags.isUnknown()) return Value.unknown(tags.reason);
    if (this.name.isUnknown() && !this.hearsay) return Value.unknown(this.name.reason);
    let tag: { key: string; value: string } | undefined;
    for (const wanted of patterns.tagKeys) {
      for (const [key, value] of tags.get() ?? []) {
        if (tag !== undefined || key.toLowerCase() !== wanted.toLowerCase()) continue;
        if (value.isUnknown()) return Value.unknown(value.reason);
        const known = value.get();
        if (known !== undefined) tag = { key, value: known };
      }
    }
    if (tag === undefined && !this.hearsay && this.node.inputsSeen && this.node.tagsOpen) return Value.unknown();
    const stageName = this.name.get();
    return Value.known(
      environmentOf(
        {
          ...(tag && { tag }),
          ...(stageName !== undefined && { stageName }),
          stackTags: this.stack.tags,
          ...(this.stack.name !== undefined && { stackName: this.stack.name }),
        },
        patterns,
      ),
    );
  }
}

export interface WebAclTie {
  readonly association: Node;
  readonly webAcl: Tie;
}
