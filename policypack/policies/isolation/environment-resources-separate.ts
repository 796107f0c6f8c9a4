import {
  Company,
  clashOf,
  compareText,
  describeMember,
  environmentNamed,
  environmentOptions,
  functionBehind,
  functionOf,
  memberOf,
} from "../../core/environments";
import type { Member } from "../../core/environments";
import { definePolicy, fault, unverified } from "../../core/policy";
import type { Outcome } from "../../core/policy";
import type { Api } from "../../model/api";
import { asString, isRecord, toValue } from "../../model/bag";
import type { EnvironmentPatterns } from "../../model/environment";
import type { Graph, UsagePlan } from "../../model/graph";
import { put } from "../../model/multi-map";
import type { Kind, Node } from "../../model/node";
import type { Stage } from "../../model/stage";
import { resourceSubject } from "../../model/subject";
import type { Subject } from "../../model/subject";
import { Value } from "../../model/value";

/** A thing that stages use, and the stages that use it through one resource. */
interface Use {
  /** Equal for one thing; undefined while it is not known. */
  readonly key: string | undefined;
  readonly at: Subject;
  readonly fix: string;
  readonly members: readonly Member[];
  /** Stages of one API share it without choosing to. */
  readonly acrossApis?: boolean;
}

const fixes = {
  plan: "Give each environment a usage plan of its own.",
  key: "Make an `ApiKey` for each environment.",
  authorizer: "Give each environment an authorizer function of its own, or an alias of it.",
  pool: "Give each environment a user pool of its own.",
  certificate: "Set `clientCertificateId` to a client certificate of the stage's own environment.",
  logs: "Set `accessLogSettings.destinationArn` to a log group of the stage's own environment.",
} as const;

function plannedBy(graph: Graph, plan: UsagePlan, patterns: EnvironmentPatterns): Member[] {
  return (plan.stages.get() ?? []).flatMap((entry): Member[] => {
    if (entry.stages.length > 0) return entry.stages.map((stage) => memberOf(stage, patterns));
    const name = entry.name.get();
    if (name === undefined) return [{ label: "a stage", environment: Value.unknown(entry.name.reason) }];
    const { api } = entry;
    const owner =
      api.state === "external" ? ` of API "${api.id}"` : api.state === "node" ? graph.apiAt(api.node).of : "";
    return [{ label: `stage "${name}"${owner}`, environment: environmentNamed(name, patterns) }];
  });
}

function judgePlans(graph: Graph, patterns: EnvironmentPatterns): Outcome[] {
  return graph.usagePlans.flatMap((plan) => {
    const at = resourceSubject(plan.node, `usage plan "${plan.node.displayName()}"`);
    if (plan.stages.isUnknown()) return [unverified("names stages that are not known yet", { at })];
    return judge([{ key: plan.node.urn, at, fix: fixes.plan, members: plannedBy(graph, plan, patterns) }]);
  });
}

/** Keys by the plans they are in; a plan of several environments is reported itself. */
function keyUses(graph: Graph, patterns: EnvironmentPatterns): Use[] {
  return graph.of("usagePlanKey").flatMap((node): Use[] => {
    const key = graph.ties.follow(node, "keyId", ["apiKey"]);
    const plan = graph.ties.follow(node, "usagePlanId", ["usagePlan"]);
    if (plan.state !== "node") return [];
    const members = graph.usagePlans
      .filter((one) => one.node === plan.node)
      .flatMap((one) => plannedBy(graph, one, patterns));
    if (clashOf(members, "key")?.state === "clash") return [];
    const at =
      key.state === "node"
        ? resourceSubject(key.node, `API key "${key.node.displayName()}"`)
        : resourceSubject(node, `the API key of usage plan key "${node.name}"`);
    const known = key.state === "node" ? key.node.urn : key.state === "external" ? `external ${key.id}` : undefined;
    return [{ key: known && `key ${known}`, at, fix: fixes.key, members }];
  });
}

/** The API of an authorizer, among those that have stages here. */
function apiOf(graph: Graph, node: Node): Api | undefined {
  const tie = graph.ties.follow(node, node.kind === "authorizer" ? "restApi" : "apiId", ["restApi", "httpApi"]);
  return graph.apis.find((api) =>
    tie.state === "node" || tie.state === "component"
      ? api.node === tie.node
      : tie.state === "external" && api.visibility === "external" && api.id === tie.id,
  );
}

const cognito = /cognito-idp\.[^/]+\/([^/]+)\/?$/;

/** A user pool by its ARN or by the issuer of its tokens; undefined where it is another identity provider's. */
function poolKey(graph: Graph, text: string): { key: string; node: Node | undefined; title: string } | undefined {
  const id =
    cognito.exec(text)?.[1] ?? (text.includes(":userpool/") ? text.slice(text.lastIndexOf("/") + 1) : undefined);
  if (id === undefined || id === "") return undefined;
  const node = graph.ties.withArn(text) ?? graph.ties.withId("userPool", id);
  return { key: `pool ${node?.urn ?? id}`, node, title: `user pool "${node?.displayName() ?? id}"` };
}

interface Guard {
  /** The resource that says it: the authorizer, or the API with the body. */
  readonly node: Node;
  readonly label: string;
  readonly api: Api;
  readonly members: readonly Member[];
}

function lambdaUse(graph: Graph, guard: Guard, uri: Value<string>, property: string): Use[] {
  const text = uri.get();
  if (uri.isAbsent()) return [];
  const behind = text === undefined ? functionBehind(graph, guard.node, property) : functionOf(graph, text);
  if (behind === undefined) return [];
  const base = behind.bases[0];
  const node = behind.key === undefined || base === undefined ? undefined : graph.ties.at(base);
  const at =
    node?.kind === "function"
      ? resourceSubject(node, `authorizer function "${node.displayName()}"`)
      : resourceSubject(
          guard.node,
          behind.key === undefined ? guard.label : `${behind.title} behind ${guard.label}`,
          guard.api,
        );
  return [{ key: behind.key, at, fix: fixes.authorizer, members: guard.members, acrossApis: true }];
}

function poolUse(graph: Graph, guard: Guard, text: Value<string>, property: string): Use[] {
  const common = { members: guard.members, fix: fixes.pool, acrossApis: true };
  const known = text.get();
  if (known !== undefined) {
    const pool = poolKey(graph, known);
    if (pool === undefined) return [];
    const at = pool.node
      ? resourceSubject(pool.node, pool.title)
      : resourceSubject(guard.node, `${pool.title} behind ${guard.label}`, guard.api);
    return [{ ...common, key: pool.key, at }];
  }
  if (text.isAbsent()) return [];
  const pools = graph.ties.sources(guard.node, property, ["userPool"]);
  if (pools.length === 0)
    return [{ ...common, key: undefined, at: resourceSubject(guard.node, guard.label, guard.api) }];
  return pools.map((node) => ({
    ...common,
    key: `pool ${node.urn}`,
    at: resourceSubject(node, `user pool "${node.displayName()}"`),
  }));
}

function authorizerUses(graph: Graph, patterns: EnvironmentPatterns): Use[] {
  const uses: Use[] = [];
  for (const node of graph.of("authorizer", "httpAuthorizer")) {
    const api = apiOf(graph, node);
    if (api === undefined) continue;
    const members = api.stages.map((stage) => memberOf(stage, patterns));
    const guard: Guard = { node, label: `authorizer "${node.displayName()}"${api.of}`, api, members };
    uses.push(...lambdaUse(graph, guard, node.bag.string("authorizerUri"), "authorizerUri"));
    const arns = node.bag.strings("providerArns");
    const pools = arns.isUnknown() ? [Value.unknown<string>(arns.reason)] : (arns.get() ?? []);
    uses.push(...pools.flatMap((arn) => poolUse(graph, guard, arn, "providerArns")));
    const issuer = node.bag.object("jwtConfiguration").flatMap((jwt) => jwt.string("issuer"));
    uses.push(...poolUse(graph, guard, issuer, "jwtConfiguration"));
  }
  for (const api of graph.apis) {
    const members = api.stages.map((stage) => memberOf(stage, patterns));
    for (const { node, document } of api.bodies) {
      for (const { scheme, definition } of document.get()?.authorizers ?? []) {
        const guard: Guard = { node, label: `security scheme "${scheme}"${api.of}`, api, members };
        const arns = definition["providerARNs"];
        const jwt = definition["jwtConfiguration"];
        uses.push(
          ...lambdaUse(graph, guard, asString(toValue(definition["authorizerUri"])), "body"),
          ...(Array.isArray(arns) ? arns : []).flatMap((arn) => poolUse(graph, guard, asString(toValue(arn)), "body")),
          ...poolUse(graph, guard, isRecord(jwt) ? asString(toValue(jwt["issuer"])) : Value.absent(), "body"),
        );
      }
    }
  }
  return uses;
}

function stageUses(graph: Graph, stage: Stage, patterns: EnvironmentPatterns): Use[] {
  const members = [memberOf(stage, patterns)];
  const uses: Use[] = [];
  const add = (found: Node | undefined, id: string | undefined, title: string, fix: string): void => {
    const name = found?.displayName() ?? id;
    uses.push({
      key: name === undefined ? undefined : `${title} ${found?.urn ?? name}`,
      at: found
        ? resourceSubject(found, `${title} "${found.displayName()}"`)
        : name === undefined
          ? { urn: stage.urn, label: `the ${title} of ${stage.label}`, names: stage.names, tags: stage.tags }
          : { urn: stage.urn, label: `${title} "${name}"`, names: stage.names, tags: stage.tags },
      fix,
      members,
    });
  };

  const certificate = graph.ties.follow(stage.node, "clientCertificateId", ["clientCertificate"]);
  if (certificate.state === "node") add(certificate.node, undefined, "client certificate", fixes.certificate);
  else if (certificate.state === "external") add(undefined, certificate.id, "client certificate", fixes.certificate);
  else if (certificate.state !== "absent") add(undefined, undefined, "client certificate", fixes.certificate);

  const log = stage.accessLog;
  if (log.isAbsent()) return uses;
  const destination = log.get()?.destination.get();
  if (destination !== undefined) {
    const arn = destination.replace(/:\*$/, "");
    const name = /:log-group:(.+)$/.exec(arn)?.[1];
    const node = graph.ties.withArn(arn) ?? graph.ties.withArn(`${arn}:*`) ?? tied(graph, stage, "logGroup");
    if (name !== undefined) add(node, name, "log group", fixes.logs);
    return uses;
  }
  const node = tied(graph, stage, "logGroup");
  if (node) add(node, undefined, "log group", fixes.logs);
  else if (stage.node.sources("accessLogSettings").length === 0) add(undefined, undefined, "log group", fixes.logs);
  return uses;
}

function tied(graph: Graph, stage: Stage, kind: Kind): Node | undefined {
  const [only, ...more] = graph.ties.sources(stage.node, "accessLogSettings", [kind]);
  return more.length === 0 ? only : undefined;
}

function judge(uses: readonly Use[]): Outcome[] {
  const outcomes: Outcome[] = [];
  const groups = new Map<string, Use[]>();
  const within = new Company("key", false);
  const across = new Company("key", true);
  for (const member of new Set(uses.flatMap((use) => use.members))) {
    within.add(member);
    across.add(member);
  }
  for (const use of [...uses].sort((a, b) => compareText(a.at.urn, b.at.urn))) {
    if (use.key === undefined) {
      // It may be any of the others'.
      if ((use.acrossApis === true ? across : within).mayDifferAmong(use.members))
        outcomes.push(unverified("is not known yet, and may be shared with another environment", { at: use.at }));
      continue;
    }
    put(groups, use.key, use);
  }
  for (const group of groups.values()) {
    const [use] = group;
    if (use === undefined) continue;
    const clash = clashOf(
      group.flatMap((one) => one.members),
      "key",
      use.acrossApis,
    );
    if (clash === undefined) continue;
    outcomes.push(
      clash.state === "unknown"
        ? unverified(`is shared by ${clash.of.label}, whose environment is not known yet`, { at: use.at })
        : fault(`is shared by ${describeMember(clash.first)} and ${describeMember(clash.second)}`, {
            at: use.at,
            fix: use.fix,
          }),
    );
  }
  return outcomes;
}

export const environmentResourcesSeparate = definePolicy({
  name: "environment-resources-separate",
  topic: "isolation",
  description:
    "Environments of API Gateway share no usage plan, API key, authorizer, user pool, client certificate or log group.",
  why: "A key or a token handed out for development opens production where both accept it, and shared logs and quotas let one environment hide or starve the other.",
  fix: "Give each environment its own.",
  severity: "high",
  level: "mandatory",
  where: "S",
  practice: "practice 10: production isolated from development",
  options: environmentOptions,
  on: "stack",
  check: (graph, { options }) => [
    ...judgePlans(graph, options),
    ...judge(keyUses(graph, options)),
    ...judge(authorizerUses(graph, options).filter((use) => use.fix === fixes.authorizer)),
    ...judge(authorizerUses(graph, options).filter((use) => use.fix === fixes.pool)),
    ...[fixes.certificate, fixes.logs].flatMap((fix) =>
      judge(graph.stages.flatMap((stage) => stageUses(graph, stage, options)).filter((use) => use.fix === fix)),
    ),
  ],
  examples: {
    pass: [
      {
        title: "a usage plan and a key for each environment",
        program: ({ aws }) => {
          for (const environment of ["prod", "dev"]) {
            const api = new aws.apigateway.RestApi(`orders-${environment}`);
            const deployment = new aws.apigateway.Deployment(`orders-${environment}`, { restApi: api.id });
            const stage = new aws.apigateway.Stage(`orders-${environment}`, {
              restApi: api.id,
              deployment: deployment.id,
              stageName: environment,
            });
            const plan = new aws.apigateway.UsagePlan(`partners-${environment}`, {
              apiStages: [{ apiId: api.id, stage: stage.stageName }],
            });
            const key = new aws.apigateway.ApiKey(`partner-a-${environment}`);
            new aws.apigateway.UsagePlanKey(`partner-a-${environment}`, {
              keyId: key.id,
              keyType: "API_KEY",
              usagePlanId: plan.id,
            });
          }
        },
      },
      {
        title: "a user pool and a log group that serve two production APIs",
        stack: "prod",
        program: ({ aws }) => {
          const pool = new aws.cognito.UserPool("customers");
          const logs = new aws.cloudwatch.LogGroup("access", { retentionInDays: 365 });
          for (const name of ["orders", "users"]) {
            const api = new aws.apigateway.RestApi(name);
            new aws.apigateway.Authorizer(name, {
              restApi: api.id,
              type: "COGNITO_USER_POOLS",
              providerArns: [pool.arn],
            });
            const deployment = new aws.apigateway.Deployment(name, { restApi: api.id });
            new aws.apigateway.Stage(name, {
              restApi: api.id,
              deployment: deployment.id,
              stageName: "prod",
              accessLogSettings: { destinationArn: logs.arn, format: '{"requestId":"$context.requestId"}' },
            });
          }
        },
      },
      {
        title: "HTTP APIs with an authorizer's alias and a log group for each environment",
        program: ({ aws, pulumi }) => {
          const check = new aws.lambda.Function("check", {
            role: "arn:aws:iam::111122223333:role/check",
            runtime: "nodejs22.x",
            handler: "index.handler",
            code: new pulumi.asset.AssetArchive({}),
            publish: true,
          });
          for (const environment of ["prod", "dev"]) {
            const alias = new aws.lambda.Alias(`check-${environment}`, {
              name: environment,
              functionName: check.name,
              functionVersion: check.version,
            });
            const logs = new aws.cloudwatch.LogGroup(`orders-${environment}`, { retentionInDays: 365 });
            const api = new aws.apigatewayv2.Api(`orders-${environment}`, { protocolType: "HTTP" });
            new aws.apigatewayv2.Authorizer(`orders-${environment}`, {
              apiId: api.id,
              authorizerType: "REQUEST",
              authorizerUri: alias.invokeArn,
              authorizerPayloadFormatVersion: "2.0",
              identitySources: ["$request.header.Authorization"],
            });
            new aws.apigatewayv2.Stage(`orders-${environment}`, {
              apiId: api.id,
              name: environment,
              accessLogSettings: { destinationArn: logs.arn, format: '{"requestId":"$context.requestId"}' },
            });
          }
        },
      },
    ],
    fail: [
      {
        title: "a usage plan that names stages of production and of development",
        program: ({ aws }) => {
          const entries = ["prod", "dev"].map((environment) => {
            const api = new aws.apigateway.RestApi(`orders-${environment}`);
            const deployment = new aws.apigateway.Deployment(`orders-${environment}`, { restApi: api.id });
            const stage = new aws.apigateway.Stage(`orders-${environment}`, {
              restApi: api.id,
              deployment: deployment.id,
              stageName: environment,
            });
            return { apiId: api.id, stage: stage.stageName };
          });
          new aws.apigateway.UsagePlan("partners", { apiStages: entries });
        },
      },
      {
        title: "a key in the plans of two environments",
        program: ({ aws }) => {
          const key = new aws.apigateway.ApiKey("partner-a");
          for (const environment of ["prod", "dev"]) {
            const api = new aws.apigateway.RestApi(`orders-${environment}`);
            const deployment = new aws.apigateway.Deployment(`orders-${environment}`, { restApi: api.id });
            const stage = new aws.apigateway.Stage(`orders-${environment}`, {
              restApi: api.id,
              deployment: deployment.id,
              stageName: environment,
            });
            const plan = new aws.apigateway.UsagePlan(`partners-${environment}`, {
              apiStages: [{ apiId: api.id, stage: stage.stageName }],
            });
            new aws.apigateway.UsagePlanKey(`partner-a-${environment}`, {
              keyId: key.id,
              keyType: "API_KEY",
              usagePlanId: plan.id,
            });
          }
        },
      },
      {
        title: "a user pool behind the authorizers of two environments",
        program: ({ aws, pulumi }) => {
          const pool = new aws.cognito.UserPool("customers");
          for (const environment of ["prod", "dev"]) {
            const api = new aws.apigatewayv2.Api(`orders-${environment}`, { protocolType: "HTTP" });
            new aws.apigatewayv2.Authorizer(`orders-${environment}`, {
              apiId: api.id,
              authorizerType: "JWT",
              identitySources: ["$request.header.Authorization"],
              jwtConfiguration: { audiences: ["orders"], issuer: pulumi.interpolate`https://${pool.endpoint}` },
            });
            new aws.apigatewayv2.Stage(`orders-${environment}`, { apiId: api.id, name: environment });
          }
        },
      },
      {
        title: "a log group that receives the logs of two environments",
        program: ({ aws }) => {
          const logs = new aws.cloudwatch.LogGroup("access", { retentionInDays: 365 });
          for (const environment of ["prod", "dev"]) {
            const api = new aws.apigatewayv2.Api(`orders-${environment}`, { protocolType: "HTTP" });
            new aws.apigatewayv2.Stage(`orders-${environment}`, {
              apiId: api.id,
              name: environment,
              accessLogSettings: { destinationArn: logs.arn, format: '{"requestId":"$context.requestId"}' },
            });
          }
        },
      },
    ],
  },
});
