import type {
  Policy,
  PolicyConfigSchema,
  ReportViolation,
  ResourceRemediation,
  ResourceValidationArgs,
  StackValidationArgs,
} from "@pulumi/policy";
import type { PolicyConfigJSONSchema } from "@pulumi/policy/schema";
import type { Raw } from "../model/bag";
import { withDeclaredBody } from "../model/declared";
import { Graph } from "../model/graph";
import type { Observed } from "../model/node";
import { knownTypes } from "../model/readers";
import type { Remedy } from "../model/remedy";
import type { Subject } from "../model/subject";
import { covers, readExemptions, tagExemption } from "./exemptions";
import type { Exemption } from "./exemptions";
import { frameworkOf, frameworkTags } from "./frameworks";
import { isBlank, isRead } from "./observe";
import { optionsOf, pageOf, sentence } from "./policy";
import type { AnyPolicy, Level, Outcome, Verdict } from "./policy";
import type { Session, Sessions } from "./session";
import { applied, unwrapped } from "./remediation";
import { unverifiedError } from "./unverified";

/** The property under which the SDK's proxies hand out the values behind them, sentinels and all. */
const proxyTarget = "__getSpecialProxyTarget";

/** What turns a policy's judgement into what Pulumi reports. */
export function bridge(policy: AnyPolicy, sessions: Sessions, level: Level): Policy {
  return {
    name: policy.name,
    displayName: title(policy.name),
    description: policy.description,
    enforcementLevel: level,
    severity: policy.severity,
    url: pageOf(policy.name),
    remediationSteps: policy.fix,
    tags: ["api-gateway", policy.topic, ...frameworkTags(policy)],
    ...frameworkOf(policy),
    configSchema: configSchema(policy),
    validateResource: (args: ResourceValidationArgs, report: ReportViolation): void => {
      const inputs = target(args.props);
      const session = sessions.of(args.urn);
      session.see(policy.name, args.urn, inputs);
      if (policy.where === "S" || !knownTypes.has(args.type)) return;
      if (isBlank(inputs)) {
        // Made bare, read from elsewhere, or of a provider that nothing is known of: only the stack's outputs tell which.
        session.defer(policy.name, args.urn);
        return;
      }
      const resource = { ...alone(args, inputs), parent: args.opts.parent };
      const observed = withDeclaredBody(resource, (urn) => session.inputsOf(urn));
      const run = new Run(policy, session, args.getConfig(), "resource", report);
      run.judge(() => session.graphOf(policy.name, observed, args.stackTags), observed.urn);
      run.finish();
    },
    ...(policy.remedy && { remediateResource: remediation(policy, policy.remedy) }),
    validateStack: (args: StackValidationArgs, report: ReportViolation): void => {
      const urns = args.resources.map((resource) => resource.urn);
      const session = sessions.of(urns[0] ?? "");
      const run = new Run(policy, session, args.getConfig(), "stack", report);
      run.judge(() => session.graph(policy.name, urns, () => observeStack(args, session), args.stackTags), "");
      run.finish();
    },
  } as Policy;
}

/** A resource as the hooks of one resource see it: nothing of its neighbours. */
function alone({ urn, type, name }: { urn: string; type: string; name: string }, inputs: Raw): Observed {
  return { urn, type, name, inputs, dependencies: [], propertyDependencies: {}, component: false };
}

/**
 * Mends a resource of which the policy finds fault. A policy that needs the whole stack to find one, or has nothing to
 * ask of this resource alone, is asked nothing: its remedy says by itself what is to be mended. What an exemption
 * covers, or may cover, is left as it is.
 */
function remediation(policy: AnyPolicy, remedy: Remedy): ResourceRemediation {
  return (args) => {
    if (!knownTypes.has(args.type)) return undefined;
    try {
      const raw = target(args.props);
      const inputs = unwrapped(raw);
      const changes = remedy({ type: args.type, inputs });
      if (changes.length === 0) return undefined;
      const config = args.getConfig<Readonly<Record<string, unknown>>>();
      if (!isFaulty(policy, alone(args, inputs), config, args.stackTags)) return undefined;
      return applied(raw, changes);
    } catch {
      // What cannot be mended is judged all the same, and that says why.
      return undefined;
    }
  };
}

function isFaulty(
  policy: AnyPolicy,
  observed: Observed,
  config: Readonly<Record<string, unknown>>,
  stackTags: ReadonlyMap<string, string>,
): boolean {
  const today = new Date().toISOString().slice(0, 10);
  const exemptions = readExemptions(config["exemptions"], today).filter((one) => one.invalid === undefined);
  const graph = Graph.ofResource(observed, stackTags);
  const named = graph.apis.every((api) => api.visibility === "stack");
  // A stage has tags of its own; what belongs to an API or a stage goes by tags that cannot be seen here.
  const tagsCount = config["allowTagExemptions"] === true;
  const stage = graph.stages.find(({ urn, hearsay }) => urn === observed.urn && !hearsay);
  if (tagsCount && !named && stage === undefined) return false;
  const tagged = (at: Subject): boolean => {
    const tag = tagsCount ? tagExemption(at, policy.name, today) : undefined;
    return tag !== undefined && tag.invalid === undefined;
  };
  if (stage !== undefined && tagged(stage)) return false;
  const self: Subject = { urn: observed.urn, label: "", names: [observed.name] };
  if (exemptions.some((one) => !named || covers(one, self))) return false;
  if (policy.where === "S") return true;
  const found: boolean[] = [];
  policy.judge(graph, optionsOf(policy, config), today, (subject, ask) => {
    const verdict = ask();
    found.push(false);
    if (verdict === undefined) return;
    const outcomes: readonly Outcome[] = "kind" in verdict ? [verdict] : verdict;
    for (const outcome of outcomes) {
      const at = outcome.at ?? subject;
      const exempt = at !== undefined && (tagged(at) || exemptions.some((one) => covers(one, at)));
      if (outcome.kind === "fault" && !exempt) found.push(true);
    }
  });
  return found.length === 0 ? exemptions.length === 0 && !tagsCount : found.includes(true);
}

/** One policy in one hook: asks, exempts, words, reports. */
class Run {
  private readonly unverified: string[] = [];
  private readonly exemptions: readonly Exemption[];
  private readonly today = new Date().toISOString().slice(0, 10);
  private graph: Graph | undefined;

  constructor(
    private readonly policy: AnyPolicy,
    private readonly session: Session,
    private readonly config: Readonly<Record<string, unknown>>,
    private readonly hook: "resource" | "stack",
    private readonly report: ReportViolation,
  ) {
    this.exemptions = readExemptions(config["exemptions"], this.today);
    session.declare(policy.name, this.exemptions);
  }

  /** Judges everything in the graph; whatever is thrown on the way becomes a finding of this policy. */
  judge(build: () => Graph, urn: string): void {
    try {
      const graph = build();
      this.graph = graph;
      this.policy.judge(graph, optionsOf(this.policy, this.config), this.today, (subject, ask) => {
        this.ask(subject, ask, graph, urn);
      });
      if (this.hook === "stack") {
        this.hidden(graph);
        this.unreadBodies(graph);
      }
    } catch (error) {
      this.crashed(error, urn);
    }
  }

  /** To be called last: the error that says what is unverified ends the policy. */
  finish(): void {
    if (this.unverified.length > 0) throw unverifiedError(this.unverified.join("\n"));
  }

  private ask(subject: Subject | undefined, ask: () => Verdict, graph: Graph, urn: string): void {
    let verdict: Verdict;
    try {
      verdict = ask();
    } catch (error) {
      this.crashed(error, subject?.urn ?? urn, subject);
      return;
    }
    if (verdict === undefined) return;
    const outcomes: readonly Outcome[] = "kind" in verdict ? [verdict] : verdict;
    for (const outcome of outcomes) {
      const at = outcome.at ?? subject ?? { urn: graph.root, label: "this stack", names: [] };
      const resourceHook = this.policy.where === "R" && !graph.foretold.has(at.urn);
      if (this.hook === "stack" && resourceHook && !this.session.isDeferred(this.policy.name, at.urn)) this.match(at);
      else this.take(outcome, at);
    }
  }

  private take(outcome: Outcome, at: Subject): void {
    const { policy, session } = this;
    this.match(at);
    if (outcome.kind === "unverified" && this.config["unknowns"] !== "violation") {
      if (this.hook === "stack" || policy.where === "R") {
        this.unverified.push(`${sentence(at, outcome.says)}${at.urn === "" ? "" : ` [${at.urn}]`}`);
      }
      return;
    }
    if (outcome.kind === "unverified" && this.hook === "resource" && policy.where !== "R") return;
    if (this.undecidedExemption(at)) {
      session.defer(policy.name, at.urn);
      return;
    }
    if (!session.first(policy.name, at.urn, `${at.part ?? ""} ${outcome.says}`)) return;
    if (this.isExempt(at)) return;
    const fix = outcome.kind === "unverified" ? "" : ` ${outcome.fix ?? policy.fix}`;
    this.report(`${sentence(at, outcome.says)}${fix} See ${pageOf(policy.name)}`, at.urn === "" ? undefined : at.urn);
  }

  /** What covers something unverified, or what another exemption covers as well, is not there for nothing. */
  private match(at: Subject): void {
    for (const one of this.exemptions) if (covers(one, at)) this.session.match(this.policy.name, one);
  }

  /** At this hook the API's name and tags are not known, and an exemption may go by them. */
  private undecidedExemption(at: Subject): boolean {
    const none = this.exemptions.length === 0 && this.config["allowTagExemptions"] !== true;
    if (this.hook !== "resource" || none || this.exemptions.some((one) => covers(one, at))) return false;
    return this.graph?.apis.some((api) => api.visibility === "unknown" || api.visibility === "external") === true;
  }

  private isExempt(at: Subject): boolean {
    const { policy, session } = this;
    const candidates = this.exemptions.filter((exemption) => covers(exemption, at));
    const tag = this.config["allowTagExemptions"] === true ? tagExemption(at, policy.name, this.today) : undefined;
    if (tag) candidates.push(tag);
    const exemption = candidates.find((one) => one.invalid === undefined);
    for (const one of exemption ? [exemption] : candidates) {
      session.note({
        policy: policy.name,
        urn: at.urn,
        label: at.label,
        exemption: one,
        applied: one.invalid === undefined,
      });
    }
    return exemption !== undefined;
  }

  /** What is behind a component that shows nothing would have had to be judged. */
  private hidden(graph: Graph): void {
    for (const component of graph.hidden) {
      const judgedAnyway = graph.apis.some(
        (api) => api.node === component && api.routes.length + api.stages.length > 0,
      );
      if (judgedAnyway && this.policy.on !== "api") continue;
      this.take(
        { kind: "unverified", says: "shows none of its resources yet, so they cannot be judged" },
        { urn: component.urn, label: `component "${component.name}" (${component.type})`, names: [component.name] },
      );
    }
  }

  /** Routes that a body defines cannot be judged while the body itself is not known, or cannot be read. */
  private unreadBodies(graph: Graph): void {
    if (this.policy.on !== "route") return;
    for (const api of graph.apis) {
      if (this.policy.bodiesOf?.includes(api.kind) === false) continue;
      for (const { node, document, problem } of api.bodies) {
        if (!document.isUnknown()) continue;
        const why = problem === undefined ? "is not known yet" : `cannot be read: ${problem}`;
        this.take(
          { kind: "unverified", says: `has an OpenAPI body that ${why}, so its routes cannot be judged` },
          { urn: node.urn, label: api.label, names: [node.name, ...api.names], tags: api.tags },
        );
      }
    }
  }

  private crashed(error: unknown, urn: string, subject?: Subject): void {
    const what = error instanceof Error ? error.name : typeof error;
    const at: Subject = subject ?? { urn, label: "this resource", names: [] };
    if (!this.session.first(this.policy.name, at.urn, "crash")) return;
    this.report(
      `${sentence(at, `cannot be judged, because the policy itself failed (${what})`)} Report it with the resource's properties, or exempt the resource. See ${pageOf(this.policy.name)}`,
      at.urn === "" ? undefined : at.urn,
    );
  }
}

function observeStack(args: StackValidationArgs, session: Session): Observed[] {
  return args.resources.flatMap((resource): Observed[] => {
    const inputs = session.inputsOf(resource.urn);
    const outputs = target(resource.props);
    if (isRead(resource.type, inputs, outputs)) return [];
    const dependencies: Record<string, readonly string[]> = {};
    for (const [property, sources] of Object.entries(resource.propertyDependencies)) {
      dependencies[property] = sources.map((source) => source.urn);
    }
    const observed: Observed = {
      urn: resource.urn,
      type: resource.type,
      name: resource.name,
      inputs,
      outputs,
      parent: resource.parent?.urn,
      dependencies: resource.dependencies.map((source) => source.urn),
      propertyDependencies: dependencies,
      component: resource.provider === undefined && !resource.type.startsWith("pulumi:"),
    };
    return [withDeclaredBody(observed, (urn) => session.inputsOf(urn))];
  });
}

/** The values behind the SDK's proxies, which stand one in another where a resource may be mended. */
function target(props: Record<string, unknown>): Raw {
  let raw: Raw = props;
  for (;;) {
    const behind = raw[proxyTarget];
    if (typeof behind !== "object" || behind === null) return raw;
    raw = behind as Raw;
  }
}

function configSchema(policy: AnyPolicy): PolicyConfigSchema {
  const own: Record<string, PolicyConfigJSONSchema> = {};
  for (const [name, { schema, default: value }] of Object.entries(policy.options ?? {})) {
    own[name] = value === undefined ? schema : { ...schema, default: value };
  }
  return {
    properties: {
      exemptions: {
        type: "array",
        description: "What this policy leaves alone, and why.",
        items: {
          type: "object",
          required: ["resource", "reason"],
          additionalProperties: false,
          properties: {
            resource: { type: "string", description: "A glob on the URN, the resource's name or the API's name." },
            reason: { type: "string", minLength: 10 },
            expires: { type: "string", format: "date" },
          },
        },
      },
      unknowns: {
        type: "string",
        enum: ["advisory", "violation"],
        default: "advisory",
        description: "What to do with what cannot be known at preview.",
      },
      allowTagExemptions: {
        type: "boolean",
        default: false,
        description: `Honour the tag gatehouse-exempt/${policy.name} on an API or a stage.`,
      },
      ...own,
    },
  };
}

function title(name: string): string {
  const words = name.replace(/-/g, " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}
