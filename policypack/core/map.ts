import type { Api } from "../model/api";
import { withDeclaredBody } from "../model/declared";
import { frontsOf } from "../model/distribution";
import { domainsBefore } from "../model/domain";
import { defaultEnvironmentPatterns } from "../model/environment";
import { Graph } from "../model/graph";
import type { Observed } from "../model/node";
import type { Backend, Route } from "../model/route";
import type { Stage } from "../model/stage";
import type { Subject } from "../model/subject";
import { functionBehind, functionOf } from "./environments";
import { isRead } from "./observe";
import { optionsOf, sentence } from "./policy";
import type { AnyPolicy, Outcome } from "./policy";

/** What a policy says of a row: nothing is wrong, or what is. */
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
  /** `production`, `nonProduction`, or nothing that tells. */
  readonly environment: string | undefined;
  /** The web ACL on it by its name; undefined: none. */
  readonly webAcl: string | undefined;
}

export interface RouteRow extends Row {
  /** `GET /orders`, `$connect`. */
  readonly key: string;
  /** `iam`, `jwt` …; `unknown` while it is not known; `by $connect` where only that can ask for one. */
  readonly authorization: string;
  readonly authorizer: string | undefined;
  readonly apiKey: boolean;
  /** A CORS preflight, which carries no credentials. */
  readonly preflight: boolean;
  /** What it calls, as a person would name it. */
  readonly backend: string;
}

/** Something that stands between callers and an API. */
export interface Door {
  readonly label: string;
  /** A web ACL stands on it; undefined where it can carry none, or it is not known. */
  readonly guarded: boolean | undefined;
}

/** An API from its callers to its backends. */
export interface ApiMap extends Row {
  readonly kind: Api["kind"];
  readonly name: string;
  /** Custom domains and distributions that lead to it. */
  readonly doors: readonly Door[];
  /** Its own endpoint takes calls; undefined while that is not known. */
  readonly ownEndpoint: boolean | undefined;
  readonly endpointType: string | undefined;
  readonly stages: readonly StageRow[];
  readonly routes: readonly RouteRow[];
  /** There may be routes that cannot be seen yet. */
  readonly routesComplete: boolean;
}

/** What a report draws of a stack, and the configuration by policy it was judged with. */
export interface Asked {
  readonly resources: readonly Observed[];
  readonly stackTags?: Readonly<Record<string, string>>;
  readonly config?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

/** Draws the APIs of a stack with what each policy says of each of their parts. */
export function mapOf(asked: Asked, policies: readonly AnyPolicy[], today: string): ApiMap[] {
  const graph = graphOf(asked);
  const rows = new Rows(graph);
  for (const policy of policies) {
    const options = optionsOf(policy, asked.config?.[policy.name] ?? {});
    policy.judge(graph, options, today, (subject, ask) => {
      rows.hold(policy, subject);
      let outcomes: readonly Outcome[];
      try {
        const verdict = ask();
        outcomes = verdict === undefined ? [] : "kind" in verdict ? [verdict] : verdict;
      } catch {
        // The analysis itself reports a policy that fails.
        return;
      }
      for (const outcome of outcomes) {
        const at = outcome.at ?? subject;
        if (at !== undefined) rows.say(policy, outcome, at, subject);
      }
    });
  }
  return graph.apis
    .filter(
      (api) =>
        api.visibility !== "unknown" && api.routes.length + api.stages.length + Number(api.node !== undefined) > 0,
    )
    .map((api) => describe(graph, api, rows));
}

function graphOf({ resources, stackTags = {} }: Asked): Graph {
  const inputs = new Map(resources.map((resource) => [resource.urn, resource.inputs]));
  const observed = resources
    .filter((resource) => !isRead(resource.type, resource.inputs, resource.outputs ?? {}))
    .map((resource) => withDeclaredBody(resource, (urn) => inputs.get(urn)));
  return Graph.ofStack(observed, new Map(Object.entries(stackTags)));
}

type Part = Api | Stage | Route;

/** What is said, by the part of an API that it is about. */
class Rows {
  private readonly said = new Map<Part, Map<string, Said[]>>();
  private readonly parts = new Map<string, Part>();
  private readonly byUrn = new Map<string, Part>();
  private readonly byName = new Map<string, Api>();

  constructor(private readonly graph: Graph) {
    for (const api of graph.apis) {
      this.index(api.urn, undefined, api);
      for (const name of api.names) if (!this.byName.has(name)) this.byName.set(name, api);
    }
    for (const stage of graph.stages) {
      this.index(stage.urn, undefined, stage);
      for (const settings of [stage.settings.get(), ...stage.overrides]) {
        if (settings) this.index(settings.node.urn, settings.node.part || undefined, stage);
      }
      for (const { association } of stage.webAcls) this.index(association.urn, undefined, stage);
    }
    for (const route of graph.routes) {
      this.index(route.urn, route.part, route);
      if (route.backend) this.index(route.backend.node.urn, route.part, route);
    }
  }

  private index(urn: string, part: string | undefined, row: Part): void {
    if (urn === "") return;
    const key = `${urn} ${part ?? ""}`;
    if (!this.parts.has(key)) this.parts.set(key, row);
    if (part === undefined && !this.byUrn.has(urn)) this.byUrn.set(urn, row);
  }

  /** A policy looks at a part; one that looks at the whole stack looks at every API. */
  hold(policy: AnyPolicy, subject: Subject | undefined): void {
    const parts: readonly Part[] = subject === undefined ? this.graph.apis : [subject as Part];
    for (const part of parts) this.of(part, policy.name);
  }

  /** A policy says something of a subject that is a part, or belongs to one. */
  say(policy: AnyPolicy, { kind, says }: Outcome, at: Subject, asked: Subject | undefined): void {
    const part =
      this.parts.get(`${at.urn} ${at.part ?? ""}`) ??
      (at === asked ? undefined : (asked as Part | undefined)) ??
      this.byUrn.get(at.urn) ??
      at.names.map((name) => this.byName.get(name)).find((api) => api !== undefined);
    if (part === undefined) return;
    this.of(part, policy.name).push({ policy: policy.name, state: kind, urn: at.urn, says: sentence(at, says) });
  }

  private of(part: Part, policy: string): Said[] {
    const said = this.said.get(part) ?? new Map<string, Said[]>();
    this.said.set(part, said);
    const found = said.get(policy) ?? [];
    said.set(policy, found);
    return found;
  }

  row(part: Part): Row {
    const said = [...(this.said.get(part) ?? [])].flatMap(([policy, found]): readonly Said[] =>
      found.length > 0 ? found : [{ policy, state: "holds", urn: part.urn, says: "" }],
    );
    return { urn: part.urn, label: part.label, said };
  }
}

function describe(graph: Graph, api: Api, rows: Rows): ApiMap {
  const doors: readonly Door[] = [
    ...domainsBefore(graph, api).map(({ label }) => ({ label, guarded: undefined })),
    ...frontsOf(graph, api)
      .filter(({ leads }) => leads.is(true))
      .map(({ label, guarded }) => ({ label, guarded: guarded.get() })),
  ];
  const closed = api.defaultEndpointDisabled.get();
  return {
    ...rows.row(api),
    kind: api.kind,
    name: api.name ?? api.label,
    doors,
    ownEndpoint: closed === undefined ? undefined : !closed,
    endpointType: api.endpointType.get(),
    stages: api.stages.map((stage) => ({ ...rows.row(stage), ...describeStage(stage) })),
    routes: api.routes.map((route) => ({ ...rows.row(route), ...describeRoute(graph, route) })),
    routesComplete: api.routesComplete,
  };
}

function describeStage(stage: Stage): Omit<StageRow, keyof Row> {
  const kind = stage.environment(defaultEnvironmentPatterns).get()?.kind;
  const [tie] = stage.webAcls;
  return {
    name: stage.name.get() ?? stage.node.name,
    environment: kind === "none" ? undefined : kind,
    webAcl:
      tie === undefined
        ? stage.webAclUnknown
          ? "not known yet"
          : undefined
        : tie.webAcl.state === "node"
          ? tie.webAcl.node.displayName()
          : tie.association.name,
  };
}

function describeRoute(graph: Graph, route: Route): Omit<RouteRow, keyof Row> {
  const { key, authorization, authorizer, apiKeyRequired, preflight, backend } = route;
  return {
    key: key.get() ?? route.label,
    authorization: route.guards ? (authorization.get() ?? "unknown") : "by $connect",
    authorizer: authorizer && authorization.isNot("iam") ? authorizer.displayName() : undefined,
    apiKey: apiKeyRequired.is(true),
    preflight: preflight.is(true),
    backend: backend === undefined ? "no backend" : titleOf(graph, backend),
  };
}

/** What a backend is, without anything of its address that could be a secret. */
function titleOf(graph: Graph, { type, uri, function: tie, node, property }: Backend): string {
  const kind = type.get();
  if (kind === "MOCK") return "mock";
  const text = uri.get();
  if (text === undefined) {
    if (tie.state === "node") return functionBehind(graph, node, property).title;
    return kind === undefined ? "not known yet" : `${kind} ${node.name}`;
  }
  const called = functionOf(graph, text);
  if (called) return called.title;
  const host = /^https?:\/\/(?:[^/@]*@)?([^/:?#]+)/i.exec(text)?.[1];
  if (host !== undefined) return host;
  const service = /^arn:[^:]*:apigateway:[^:]*:([^:]+):/.exec(text)?.[1] ?? /^arn:[^:]*:([^:]+):/.exec(text)?.[1];
  return service === undefined ? (kind ?? "not known yet") : `AWS service ${service}`;
}
