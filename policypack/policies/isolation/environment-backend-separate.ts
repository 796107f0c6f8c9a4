import {
  Company,
  clashOf,
  compareText,
  comparedEnvironment,
  describeMember,
  evidenceOf,
  environmentOptions,
  functionBehind,
  functionOf,
  memberOf,
  namesVariable,
  canaryVariablesOf,
  variablesOf,
  withVariables,
} from "../../core/environments";
import type { Behind, Member } from "../../core/environments";
import { definePolicy, fault, unverified } from "../../core/policy";
import type { Outcome } from "../../core/policy";
import type { Api } from "../../model/api";
import { parseArn } from "../../model/arn";
import { Bag } from "../../model/bag";
import { readEnvironment } from "../../model/environment";
import type { EnvironmentPatterns } from "../../model/environment";
import type { Graph } from "../../model/graph";
import { put } from "../../model/multi-map";
import { perGraph } from "../../model/per-graph";
import type { Backend, Route } from "../../model/route";
import type { Stage } from "../../model/stage";
import type { Subject } from "../../model/subject";
import type { Value } from "../../model/value";

type Kind = "production" | "nonProduction";

const titles: Readonly<Record<Kind, string>> = {
  production: "production",
  nonProduction: "a non-production environment",
};

/** What a stage reaches, and through which resource. */
interface Reach extends Member {
  readonly at: Subject;
  readonly behind: Behind;
  readonly viaVariable: boolean;
}

/** An environment that a name tells, and the words of it that do. */
interface Named {
  readonly kind: Kind;
  readonly words: string;
}

/** `production ("prod-eu")`. */
const described = ({ kind, words }: Named): string => `${titles[kind]} (${JSON.stringify(words.slice(0, 60))})`;

/** What a name tells, unless it tells two. */
function kindNamed(text: string, patterns: EnvironmentPatterns): Named | undefined {
  const reading = readEnvironment(text, patterns);
  if (reading === undefined) return undefined;
  const other = readEnvironment(text, { ...patterns, [reading.kind]: [] });
  return other === undefined || /^(pre|non)/.test(reading.name) ? reading : undefined;
}

/** The names in a URI, ARN, host or alias that may be an environment's; paths and top-level domains tell nothing. */
function namesIn(text: string): string[] {
  if (/\s/.test(text) || text.length > 500) return [];
  const arn = parseArn(text);
  if (arn) {
    const embedded = text.indexOf("/functions/");
    return embedded < 0
      ? [arn.resource]
      : namesIn(text.slice(embedded + "/functions/".length).replace(/\/invocations$/, ""));
  }
  const [host, ...path] = text.replace(/^[a-z][a-z0-9+.-]*:\/\//i, "").split("/");
  if (host === undefined) return [];
  const name = host.replace(/^.*@/, "").replace(/:\d+$/, "");
  if (!name.includes(".")) return [name];
  const labels = name.split(".").slice(0, -1).join(".");
  // The path of another API's own endpoint starts with its stage.
  const [stage] = path;
  return name.includes(".execute-api.") && stage !== undefined ? [labels, stage] : [labels];
}

function kindIn(names: readonly string[], patterns: EnvironmentPatterns): Named | undefined {
  const [first, ...more] = names.flatMap((name) => kindNamed(name, patterns) ?? []);
  return more.every(({ kind }) => kind === first?.kind) ? first : undefined;
}

const withoutPlaceholders = (text: string): string => text.replace(/\$\{[^}]*\}/g, "");

/** Variables of a stage, and who else sets some of them: its canary, or its deployment where it does not. */
function variableSets(graph: Graph, stage: Stage): readonly { readonly of: string; readonly bag: Bag }[] {
  const own = variablesOf(stage).get() ?? Bag.empty;
  const deployment = graph.ties.follow(stage.node, "deployment", ["deployment"]);
  const deployed = deployment.state === "node" ? deployment.node.bag.object("variables").get() : undefined;
  const rest = deployed?.keys().filter((key) => own.value(key).isAbsent()) ?? [];
  return [
    { of: "its stage variable", bag: own },
    { of: "its canary's stage variable", bag: canaryVariablesOf(stage).get() ?? Bag.empty },
    {
      of: "its deployment's stage variable",
      bag: new Bag(Object.fromEntries(rest.map((key) => [key, deployed?.string(key).get()])), undefined, false),
    },
  ];
}

/** A stage of one environment with a variable that names another's alias or host. */
function judgeVariables(graph: Graph, stage: Stage, patterns: EnvironmentPatterns): Outcome[] {
  const own = comparedEnvironment(stage, patterns).get();
  if (own === undefined) return [];
  return variableSets(graph, stage).flatMap(({ of, bag }) =>
    bag.keys().flatMap((key) => {
      const value = bag.string(key).get();
      const named = value === undefined ? undefined : kindIn(namesIn(value), patterns);
      if (named === undefined || named.kind === own.kind) return [];
      const says = `is ${own.kind === "production" ? "production" : "not production"}${evidenceOf(own)} and names ${described(named)} in ${of} "${key}"`;
      return [fault(says, { at: stage, fix: "Set the variable to the alias or host of the stage's own environment." })];
    }),
  );
}

function subjectOf(route: Route, backend: Backend): Subject {
  return {
    urn: backend.node.urn,
    label: `the integration of ${route.label}`,
    names: [backend.node.name, ...route.api.names],
    part: route.part,
    tags: route.tags,
  };
}

/** Tells private backends apart that are reached under one name through different links. */
function link({ node }: Backend): string {
  return ["connectionId", "integrationTarget"]
    .map((property) => node.bag.string(property).get() ?? node.sources(property).join(" "))
    .join(" ")
    .trim();
}

function behindOf(graph: Graph, stage: Stage, backend: Backend, overrides?: Value<Bag>): Behind | undefined {
  if (backend.type.is("MOCK") || backend.uri.isAbsent()) return undefined;
  const unknown: Behind = { key: undefined, bases: [], title: "a backend that is not known yet", names: [] };
  const written = backend.uri.get();
  if (written === undefined) return functionBehind(graph, backend.node, backend.property);
  const text = withVariables(written, stage, overrides).get();
  if (text === undefined) return unknown;
  // An action names a service, not a thing in it.
  if (text.includes(":action/")) return undefined;
  const behind = functionOf(graph, text);
  if (behind) return behind;
  const url = URL.canParse(text) && /^https?:/i.test(text) ? new URL(text) : undefined;
  const bases = backend.node.sources(backend.property);
  if (url === undefined) return { key: `uri ${text}`, bases, title: "backend", names: [] };
  const path = url.pathname.replace(/\/+$/, "");
  return {
    key: `url ${url.host}${path} ${link(backend)}`,
    bases,
    title: `backend at ${url.host}`,
    names: [url.hostname],
  };
}

/** An integration of an API of one environment that names another's function, alias or host. */
function judgeNames(graph: Graph, api: Api, patterns: EnvironmentPatterns, named: Set<string>): Outcome[] {
  const members = api.stages.map((stage) => memberOf(stage, patterns));
  const served = members.find(({ environment }) => environment.isKnown());
  const own = served?.environment.get();
  if (!served || !own || api.visibility === "unknown" || clashOf(members, "kind") !== undefined) return [];
  const sources = api.stages.map((stage) => stage.environment(patterns).get()?.toldBy?.source);
  const byStack = sources.every((source) => source === undefined || source === "stack name" || source === "stack tag");
  const outcomes: Outcome[] = [];
  for (const route of api.routes) {
    const { backend } = route;
    if (backend === undefined || backend.type.is("MOCK")) continue;
    const uri = backend.uri.get();
    const names =
      uri === undefined
        ? backend.uri.isUnknown()
          ? functionBehind(graph, backend.node, backend.property).names
          : []
        : namesIn(withoutPlaceholders(uri));
    const found = kindIn(names, patterns);
    if (found === undefined || found.kind === own.kind) continue;
    // Of whatever name, what the stack makes is of the environment that the stack tells.
    if (byStack && (uri === undefined || backend.function.state === "node")) continue;
    const at = subjectOf(route, backend);
    const place = `${at.urn} ${names.join(" ")}`;
    if (!named.has(place)) {
      const stages = describeMember({ ...served, label: `stage "${served.stage.title}"` });
      outcomes.push(fault(`names ${described(found)} in what it calls, and serves ${stages}`, { at }));
    }
    named.add(place);
    named.add(at.urn);
  }
  return outcomes;
}

function reachesOf(graph: Graph, patterns: EnvironmentPatterns): Reach[] {
  // Without a variable, all stages of an API reach the same: one speaks for all of its environment.
  const spoken = new Map<Api, Set<string>>();
  return graph.stages.flatMap((stage): Reach[] => {
    const { api } = stage;
    if (stage.hearsay || api.visibility === "unknown") return [];
    const member = memberOf(stage, patterns);
    const environments = spoken.get(api) ?? new Set();
    spoken.set(api, environments);
    const environment = `${member.environment.state} ${member.environment.get()?.key ?? ""}`;
    const speaks = !environments.has(environment);
    environments.add(environment);
    const canary = canaryVariablesOf(stage);
    const routes = speaks ? api.routes : (variableRoutes(graph).get(api) ?? []);
    const reaches = routes.flatMap((route): Reach[] => {
      const { backend } = route;
      if (backend === undefined) return [];
      const viaVariable = namesVariable(backend);
      const through = viaVariable && canary.isPresent() ? [undefined, canary] : [undefined];
      return through.flatMap((overrides) => {
        const behind = behindOf(graph, stage, backend, overrides);
        return behind ? [{ ...member, at: subjectOf(route, backend), behind, viaVariable }] : [];
      });
    });
    for (const { node, document } of api.bodies) {
      if (!document.isUnknown()) continue;
      const bases = node.sources("body").filter((urn) => graph.ties.at(urn)?.kind !== "userPool");
      const at = { urn: node.urn, label: `the body${api.of}`, names: api.names, tags: api.tags };
      reaches.push({ ...member, at, behind: { key: undefined, bases, title: "", names: [] }, viaVariable: false });
    }
    return reaches;
  });
}

/** By API, the routes whose backend a stage's variable names. */
const variableRoutes = perGraph((graph): ReadonlyMap<Api, readonly Route[]> => {
  return new Map(
    graph.apis.map((api) => [api, api.routes.filter(({ backend }) => backend !== undefined && namesVariable(backend))]),
  );
});

function judgeShared(reaches: readonly Reach[]): Outcome[] {
  const stages = new Map(reaches.map((reach): [Stage | undefined, Member] => [reach.stage, reach]));
  if (clashOf([...stages.values()], "key", true) === undefined) return [];
  const outcomes: Outcome[] = [];
  const groups = new Map<string, Reach[]>();
  for (const reach of reaches) {
    if (reach.behind.key !== undefined) put(groups, reach.behind.key, reach);
  }
  const said = new Set<string>();
  for (const group of groups.values()) {
    const clash = clashOf(group, "key", true);
    if (clash === undefined) continue;
    if (clash.state === "unknown") {
      outcomes.push(
        unverified("reaches a backend that another stage reaches, and one's environment is not known yet", {
          at: clash.of.at,
        }),
      );
      continue;
    }
    const { first, second } = clash;
    for (const { at } of group) said.add(at.urn);
    outcomes.push(
      fault(`reaches the ${second.behind.title} for ${describeMember(second)}, as ${describeMember(first)} does`, {
        at: second.at,
      }),
    );
  }
  const open = new Set<string>();
  const places = new Map<string, Reach[]>();
  const all = new Company("key", true);
  const anywhere = new Company("key", true);
  const byBase = new Map<string, Company>();
  const companies = (reach: Reach): readonly Company[] => {
    const { bases } = reach.behind;
    return [all, ...(bases.length === 0 ? [anywhere] : bases.flatMap((base) => byBase.get(base) ?? []))];
  };
  for (const reach of reaches) {
    const { at, behind } = reach;
    for (const base of behind.bases) if (!byBase.has(base)) byBase.set(base, new Company("key", true));
    for (const company of companies(reach)) company.add(reach);
    put(places, at.urn, reach);
  }
  for (const reach of reaches) {
    const { urn } = reach.at;
    if (reach.behind.key !== undefined || said.has(urn) || open.has(urn)) continue;
    // What comes from something else cannot be shared, and what comes from anywhere may be.
    const [, ...own] = companies(reach);
    const candidates = reach.behind.bases.length === 0 ? [all] : [anywhere, ...own];
    for (const company of companies(reach)) company.remove(reach);
    const maybe = candidates.some((company) => company.mayDifferFrom(reach));
    for (const company of companies(reach)) company.add(reach);
    if (!maybe) continue;
    open.add(urn);
    // Who shares it with this one is not told so again.
    for (const same of places.get(urn) ?? []) for (const company of companies(same)) company.remove(same);
    outcomes.push(
      unverified("reaches a backend that is not known yet, and may share it with another environment", {
        at: reach.at,
      }),
    );
  }
  return outcomes;
}

export const environmentBackendSeparate = definePolicy({
  name: "environment-backend-separate",
  topic: "isolation",
  description: "API Gateway stages of different environments reach different backends.",
  why: "A development stage that reaches production's backend is a second door to production's data, with weaker locks.",
  fix: "Point the integration at the function, alias or host of its own environment.",
  severity: "high",
  level: "mandatory",
  where: "S",
  practice: "practice 10: production isolated from development",
  peers: ["CTL.APIGATEWAY.STAGE.CROSSENV.001"],
  options: environmentOptions,
  on: "stack",
  check: (graph, { options }) => {
    const outcomes: Outcome[] = [];
    const misled = new Set<Stage>();
    for (const stage of graph.stages) {
      const found = stage.hearsay ? [] : judgeVariables(graph, stage, options);
      if (found.length > 0) misled.add(stage);
      outcomes.push(...found);
    }
    const named = new Set<string>();
    for (const api of graph.apis) outcomes.push(...judgeNames(graph, api, options, named));
    // What a variable or a name already said is not said again.
    const reaches = reachesOf(graph, options)
      .filter(
        ({ at, viaVariable, stage }) =>
          !named.has(at.urn) && !(viaVariable && stage !== undefined && misled.has(stage)),
      )
      .sort((a, b) => compareText(a.at.urn, b.at.urn) || compareText(a.at.part ?? "", b.at.part ?? ""));
    return [...outcomes, ...judgeShared(reaches)];
  },
  examples: {
    pass: [
      {
        title: "a function for each environment",
        program: ({ aws, pulumi }) => {
          for (const environment of ["prod", "dev"]) {
            const handler = new aws.lambda.Function(`orders-${environment}`, {
              role: `arn:aws:iam::111122223333:role/orders-${environment}`,
              runtime: "nodejs22.x",
              handler: "index.handler",
              code: new pulumi.asset.AssetArchive({}),
            });
            const api = new aws.apigatewayv2.Api(`orders-${environment}`, { protocolType: "HTTP" });
            const integration = new aws.apigatewayv2.Integration(`orders-${environment}`, {
              apiId: api.id,
              integrationType: "AWS_PROXY",
              integrationUri: handler.invokeArn,
              payloadFormatVersion: "2.0",
            });
            new aws.apigatewayv2.Route(`orders-${environment}`, {
              apiId: api.id,
              routeKey: "GET /orders",
              target: pulumi.interpolate`integrations/${integration.id}`,
              authorizationType: "AWS_IAM",
            });
            new aws.apigatewayv2.Stage(`orders-${environment}`, { apiId: api.id, name: environment });
          }
        },
      },
      {
        title: "one function, with an alias for each environment",
        program: ({ aws, pulumi }) => {
          const handler = new aws.lambda.Function("orders", {
            role: "arn:aws:iam::111122223333:role/orders",
            runtime: "nodejs22.x",
            handler: "index.handler",
            code: new pulumi.asset.AssetArchive({}),
            publish: true,
          });
          for (const environment of ["prod", "dev"]) {
            const alias = new aws.lambda.Alias(`orders-${environment}`, {
              name: environment,
              functionName: handler.name,
              functionVersion: handler.version,
            });
            const api = new aws.apigateway.RestApi(`orders-${environment}`);
            const method = new aws.apigateway.Method(`orders-${environment}`, {
              restApi: api.id,
              resourceId: api.rootResourceId,
              httpMethod: "GET",
              authorization: "AWS_IAM",
            });
            new aws.apigateway.Integration(`orders-${environment}`, {
              restApi: api.id,
              resourceId: api.rootResourceId,
              httpMethod: method.httpMethod,
              type: "AWS_PROXY",
              integrationHttpMethod: "POST",
              uri: alias.invokeArn,
            });
            const deployment = new aws.apigateway.Deployment(`orders-${environment}`, { restApi: api.id });
            new aws.apigateway.Stage(`orders-${environment}`, {
              restApi: api.id,
              deployment: deployment.id,
              stageName: environment,
            });
          }
        },
      },
      {
        title: "a host for the WebSocket API of each environment",
        program: ({ aws, pulumi }) => {
          for (const environment of ["prod", "dev"]) {
            const api = new aws.apigatewayv2.Api(`chat-${environment}`, {
              protocolType: "WEBSOCKET",
              routeSelectionExpression: "$request.body.action",
            });
            const integration = new aws.apigatewayv2.Integration(`chat-${environment}`, {
              apiId: api.id,
              integrationType: "HTTP_PROXY",
              integrationMethod: "POST",
              integrationUri: `https://${environment}.chat.example.com/connect`,
            });
            new aws.apigatewayv2.Route(`chat-${environment}`, {
              apiId: api.id,
              routeKey: "$connect",
              target: pulumi.interpolate`integrations/${integration.id}`,
              authorizationType: "AWS_IAM",
            });
            new aws.apigatewayv2.Stage(`chat-${environment}`, { apiId: api.id, name: environment });
          }
        },
      },
    ],
    fail: [
      {
        title: "one URL behind the APIs of two environments",
        program: ({ aws, pulumi }) => {
          for (const environment of ["prod", "dev"]) {
            const api = new aws.apigatewayv2.Api(`orders-${environment}`, { protocolType: "HTTP" });
            const integration = new aws.apigatewayv2.Integration(`orders-${environment}`, {
              apiId: api.id,
              integrationType: "HTTP_PROXY",
              integrationMethod: "GET",
              integrationUri: "https://orders.example.com/orders",
            });
            new aws.apigatewayv2.Route(`orders-${environment}`, {
              apiId: api.id,
              routeKey: "GET /orders",
              target: pulumi.interpolate`integrations/${integration.id}`,
              authorizationType: "AWS_IAM",
            });
            new aws.apigatewayv2.Stage(`orders-${environment}`, { apiId: api.id, name: environment });
          }
        },
      },
      {
        title: "one function, without aliases, behind the APIs of two environments",
        program: ({ aws, pulumi }) => {
          const handler = new aws.lambda.Function("orders", {
            role: "arn:aws:iam::111122223333:role/orders",
            runtime: "nodejs22.x",
            handler: "index.handler",
            code: new pulumi.asset.AssetArchive({}),
          });
          for (const environment of ["prod", "dev"]) {
            const api = new aws.apigatewayv2.Api(`orders-${environment}`, { protocolType: "HTTP" });
            const integration = new aws.apigatewayv2.Integration(`orders-${environment}`, {
              apiId: api.id,
              integrationType: "AWS_PROXY",
              integrationUri: handler.invokeArn,
              payloadFormatVersion: "2.0",
            });
            new aws.apigatewayv2.Route(`orders-${environment}`, {
              apiId: api.id,
              routeKey: "GET /orders",
              target: pulumi.interpolate`integrations/${integration.id}`,
              authorizationType: "AWS_IAM",
            });
            new aws.apigatewayv2.Stage(`orders-${environment}`, { apiId: api.id, name: environment });
          }
        },
      },
      {
        title: "a stage variable of development that names production's host",
        program: ({ aws }) => {
          const api = new aws.apigateway.RestApi("orders");
          const deployment = new aws.apigateway.Deployment("orders", { restApi: api.id });
          new aws.apigateway.Stage("dev", {
            restApi: api.id,
            deployment: deployment.id,
            stageName: "dev",
            variables: { backend: "orders.prod.example.com" },
          });
        },
      },
      {
        title: "an integration of development that calls production's alias",
        program: ({ aws, pulumi }) => {
          const api = new aws.apigatewayv2.Api("orders", { protocolType: "HTTP" });
          const integration = new aws.apigatewayv2.Integration("orders", {
            apiId: api.id,
            integrationType: "AWS_PROXY",
            integrationUri: "arn:aws:lambda:us-east-1:111122223333:function:orders:prod",
            payloadFormatVersion: "2.0",
          });
          new aws.apigatewayv2.Route("orders", {
            apiId: api.id,
            routeKey: "GET /orders",
            target: pulumi.interpolate`integrations/${integration.id}`,
            authorizationType: "AWS_IAM",
          });
          new aws.apigatewayv2.Stage("dev", { apiId: api.id, name: "dev", autoDeploy: true });
        },
      },
      {
        title: "one URL behind the WebSocket APIs of two environments",
        program: ({ aws, pulumi }) => {
          for (const environment of ["prod", "dev"]) {
            const api = new aws.apigatewayv2.Api(`chat-${environment}`, {
              protocolType: "WEBSOCKET",
              routeSelectionExpression: "$request.body.action",
            });
            const integration = new aws.apigatewayv2.Integration(`chat-${environment}`, {
              apiId: api.id,
              integrationType: "HTTP_PROXY",
              integrationMethod: "POST",
              integrationUri: "https://chat.example.com/connect",
            });
            new aws.apigatewayv2.Route(`chat-${environment}`, {
              apiId: api.id,
              routeKey: "$connect",
              target: pulumi.interpolate`integrations/${integration.id}`,
              authorizationType: "AWS_IAM",
            });
            new aws.apigatewayv2.Stage(`chat-${environment}`, { apiId: api.id, name: environment });
          }
        },
      },
    ],
  },
});
