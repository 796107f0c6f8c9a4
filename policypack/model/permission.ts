import { globMatches } from "../core/glob";
import type { Api } from "./api";
import { parseExecuteApiArn, parseLambdaArn, parseLambdaFromUri } from "./arn";
import type { Graph } from "./graph";
import type { Node } from "./node";
import { allowing, judgePolicy, namesOneApi, readPolicy } from "./policy-document";
import type { Question, Statement } from "./policy-document";
import { resourceSubject } from "./subject";
import type { Subject } from "./subject";
import { Value } from "./value";

/** Who may invoke a function by a grant that lets in API Gateway. */
export type Width =
  | "anyone"
  /** API Gateway for any API of any account. */
  | "any-api"
  /** API Gateway for any API of one account. */
  | "account"
  /** As these, though a source ARN is there: it names no API. */
  | "any-source"
  /** API Gateway for APIs it names. */
  | "named";

/** A permission, or the whole policy of a function, that lets API Gateway invoke it. */
export interface Grant {
  readonly subject: Subject;
  readonly width: Value<Width>;
  /** An API that it names and that does not call the function, while others do; absent where there is none. */
  readonly stray: Value<{ readonly named: string; readonly caller: Api }>;
}

const action = "lambda:InvokeFunction";
const service = "apigateway.amazonaws.com";

/** Every grant of the graph that lets API Gateway, or anyone at all, invoke a function. */
export function grantsOf(graph: Graph): readonly Grant[] {
  const functions = new Functions(graph);
  const read = [
    ...graph.of("permission").flatMap((node) => readPermission(graph, node, functions) ?? []),
    ...graph.of("functionPolicy").flatMap((node) => readFunctionPolicy(graph, node, functions) ?? []),
  ];
  if (!graph.whole) return read.map(({ subject, width }) => ({ subject, width, stray: Value.unknown("partial") }));
  const callers = new Callers(graph, functions);
  const served = new Set<string>();
  for (const { called, width, names } of read) {
    if (called === undefined) continue;
    if (!width.is("named") || names.some((name) => callers.calls(name, called))) served.add(called);
  }
  return read.map((grant) => ({
    subject: grant.subject,
    width: grant.width,
    stray: strayOf(grant, callers, served),
  }));
}

interface Read {
  readonly subject: Subject;
  readonly width: Value<Width>;
  /** The function, as {@link Functions} keys it. */
  readonly called: string | undefined;
  /** The APIs it names, those of other stacks by their ids. */
  readonly names: readonly (Api | string)[];
}

// Permissions

function readPermission(graph: Graph, node: Node, functions: Functions): Read | undefined {
  const { bag } = node;
  const permitted = bag.string("action").map((text) => globMatches(text, action, true));
  if (permitted.is(false) || permitted.isAbsent()) return undefined;
  // A function's own URL is another door.
  if (bag.value("functionUrlAuthType").isPresent() || bag.bool("invokedViaFunctionUrl").is(true)) return undefined;
  const principal = bag.string("principal").map((text) => text.toLowerCase());
  const wildcard = principal.is("*");
  if (principal.isAbsent() || (principal.isKnown() && !wildcard && !isApiGateway(principal.get() ?? "")))
    return undefined;
  // An organisation's principals are not anyone.
  if (wildcard && bag.value("principalOrgId").isPresent()) return undefined;
  // Services alone say for which resource and account they call: to ask for one keeps everybody else out.
  const anyone = wildcard && bag.value("sourceArn").isAbsent() && bag.value("sourceAccount").isAbsent();
  const called = functions.at(node, "function");
  const source = bag.string("sourceArn");
  return {
    subject: resourceSubject(node, `permission "${node.name}"${functions.of(called)}`),
    width: principal.flatMap(() => (anyone ? Value.known<Width>("anyone") : widthOf(graph, node, source))),
    called,
    names: namesIn(graph, node, "sourceArn", [source]),
  };
}

function isApiGateway(principal: string): boolean {
  return principal === service || principal === `${service}.cn`;
}

function widthOf(graph: Graph, node: Node, source: Value<string>): Value<Width> {
  if (source.isAbsent()) return Value.known(node.bag.value("sourceAccount").isPresent() ? "account" : "any-api");
  const known = source.get();
  if (known !== undefined) return Value.known(namesOneApi(known) ? "named" : "any-source");
  // Its text comes of an API of the stack, so it names that.
  const apis = graph.ties.sources(node, "sourceArn", ["restApi", "httpApi", "component"]);
  return apis.length > 0 ? Value.known("named") : Value.unknown(source.reason);
}

/** The APIs that ARNs of a property name. */
function namesIn(graph: Graph, node: Node, property: string, arns: readonly Value<string>[]): (Api | string)[] {
  const names = arns.flatMap((arn): (Api | string)[] => {
    const id = arn.map((text) => parseExecuteApiArn(text)?.apiId ?? "").get();
    if (id === undefined || id === "" || /[*?]/.test(id)) return [];
    const own = graph.ties.withId("restApi", id) ?? graph.ties.withId("httpApi", id);
    return [own === undefined ? id : graph.apiAt(own)];
  });
  if (names.length > 0 || arns.every((arn) => !arn.isUnknown())) return names;
  return graph.ties.sources(node, property, ["restApi", "httpApi"]).map((api) => graph.apiAt(api));
}

// Policies of functions

function readFunctionPolicy(graph: Graph, node: Node, functions: Functions): Read | undefined {
  const called = functions.at(node, "resourceArn");
  const subject = resourceSubject(node, `resource policy "${node.name}"${functions.of(called)}`);
  const written = node.bag.value("policy");
  const text = written.get();
  if (text === undefined) {
    return written.isAbsent() ? undefined : { subject, width: Value.unknown(written.reason), called, names: [] };
  }
  const policy = readPolicy(text);
  if (policy.kind === "unreadable") return { subject, width: Value.unknown("unreadable"), called, names: [] };
  const anyone: Question = { place: "function", action };
  const gateway: Question = { ...anyone, service };
  const statements = allowing(policy, gateway);
  if (statements.length === 0) return undefined;
  const sources = statements.flatMap(sourceArnsOf);
  const forAnyone = judgePolicy(policy, anyone);
  const forGateway = judgePolicy(policy, gateway);
  let width: Value<Width>;
  if (forAnyone.state === "open") width = Value.known("anyone");
  else if (forGateway.state === "open") width = Value.known(widthOfOpen(forGateway.conditions));
  else width = forGateway.state === "closed" ? Value.known("named") : Value.unknown("unreadable");
  return { subject, width, called, names: namesIn(graph, node, "policy", sources) };
}

function widthOfOpen(conditions: readonly string[]): Width {
  const keys = new Set(conditions.map((key) => key.toLowerCase()));
  if (keys.has("aws:sourcearn")) return "any-source";
  return keys.has("aws:sourceaccount") ? "account" : "any-api";
}

function sourceArnsOf({ conditions }: Statement): readonly Value<string>[] {
  return (conditions.get() ?? []).flatMap(({ key, operator, values }) =>
    key.toLowerCase() === "aws:sourcearn" && !operator.negated && operator.test !== "null" ? values : [],
  );
}

// Who calls whom

/** The functions of a graph, by whatever names them. A function is keyed by its URN, another stack's by its name. */
class Functions {
  private readonly byName = new Map<string, Node>();

  constructor(private readonly graph: Graph) {
    for (const node of graph.of("function")) {
      const name = node.bag.string("name").get() ?? node.id.get();
      if (name !== undefined) this.byName.set(name, node);
    }
  }

  /** The function that a property names by name, ARN or invoke URI; undefined where it cannot be told. */
  at(node: Node, property: string): string | undefined {
    const text = node.bag.string(property).get();
    if (text !== undefined) return this.named(text);
    const [only, ...more] = this.behind(node, property);
    return more.length === 0 ? only : undefined;
  }

  /** The functions that a property's value may name. */
  behind(node: Node, property: string): string[] {
    const { ties } = this.graph;
    return ties.sources(node, property, ["function", "alias"]).flatMap((source) => {
      if (source.kind === "function") return [source.urn];
      const tie = ties.follow(source, "functionName", ["function"]);
      if (tie.state === "node") return [tie.node.urn];
      const key = tie.state === "external" ? this.named(tie.id) : undefined;
      return key === undefined ? [] : [key];
    });
  }

  named(text: string): string | undefined {
    const target = text.startsWith("arn:") ? (parseLambdaArn(text) ?? parseLambdaFromUri(text)) : undefined;
    // A name, a partial ARN (`123456789012:function:orders`), either with an alias.
    const plain = text.startsWith("arn:") ? undefined : text.replace(/^\d+:function:/, "").split(":", 1)[0];
    const name = target?.functionName ?? plain;
    if (name === undefined || name === "" || name.includes("${") || name.includes("/")) return undefined;
    return this.byName.get(name)?.urn ?? `function ${name}`;
  }

  /** ` of Lambda function "orders"`, or nothing. */
  of(key: string | undefined): string {
    if (key === undefined) return "";
    const node = this.graph.ties.at(key);
    return ` of Lambda function "${node?.displayName() ?? key.slice("function ".length)}"`;
  }
}

/** The APIs that call functions, in their integrations and authorizers. */
class Callers {
  /** Of every function, the APIs that call it, and whether one does that by a permission and not by a role. */
  private readonly of = new Map<string, Map<Api, boolean>>();
  /** Ids of APIs of other stacks that call a function, with the function. */
  private readonly ids = new Set<string>();
  /** APIs that may call a function that cannot be told. */
  readonly open = new Set<Api>();

  constructor(
    graph: Graph,
    private readonly functions: Functions,
  ) {
    for (const node of graph.of("integration"))
      this.read(graph.apiFor(node, "restApi", "rest"), node, "uri", "credentials");
    for (const node of graph.of("authorizer")) {
      this.read(graph.apiFor(node, "restApi", "rest"), node, "authorizerUri", "authorizerCredentials");
    }
    for (const node of graph.of("httpIntegration")) {
      this.read(graph.apiFor(node, "apiId", "http"), node, "integrationUri", "credentialsArn");
    }
    for (const node of graph.of("httpAuthorizer")) {
      this.read(graph.apiFor(node, "apiId", "http"), node, "authorizerUri", "authorizerCredentialsArn");
    }
    for (const node of graph.of("httpApi")) this.read(graph.apiAt(node), node, "target", "credentialsArn");
    for (const api of graph.apis) this.readBodies(api);
  }

  calls(name: Api | string, called: string): boolean {
    return typeof name === "string" ? this.ids.has(`${name} ${called}`) : this.of.get(called)?.has(name) === true;
  }

  /** An API that needs a permission to call a function. */
  needing(called: string): Api | undefined {
    return [...(this.of.get(called) ?? [])].find(([, byPermission]) => byPermission)?.[0];
  }

  private read(api: Api, node: Node, property: string, credentials: string): void {
    const uri = node.bag.string(property);
    const byPermission = node.bag.value(credentials).isAbsent();
    if (!uri.isUnknown()) {
      this.readText(api, uri.get(), byPermission);
      return;
    }
    const keys = this.functions.behind(node, property);
    for (const key of keys) this.add(api, key, byPermission);
    if (keys.length === 0) this.open.add(api);
  }

  private readText(api: Api, text: string | undefined, byPermission: boolean): void {
    if (text?.startsWith("arn:") !== true) return;
    const key = this.functions.named(text);
    if (key !== undefined) this.add(api, key, byPermission);
    else if (text.includes("${")) this.open.add(api);
  }

  private readBodies(api: Api): void {
    for (const { node, document } of api.bodies) {
      const known = document.get();
      if (known === undefined) {
        // The functions that its text comes of may be called; what else it calls cannot be told.
        for (const key of this.functions.behind(node, "body")) this.add(api, key, true);
        this.open.add(api);
      }
      for (const { integration } of known?.operations ?? []) {
        if (integration?.uri === undefined && integration?.type?.startsWith("AWS") === true) this.open.add(api);
        this.readText(api, integration?.uri, integration?.credentials === undefined);
      }
      for (const { uri, credentials } of known?.authorizers ?? []) this.readText(api, uri, credentials === undefined);
    }
  }

  private add(api: Api, key: string, byPermission: boolean): void {
    const apis = this.of.get(key) ?? new Map<Api, boolean>();
    apis.set(api, byPermission || apis.get(api) === true);
    this.of.set(key, apis);
    if (api.visibility === "external" && api.id !== undefined) this.ids.add(`${api.id} ${key}`);
  }
}

/** Whether a grant names an API that does not call the function, while another does. */
function strayOf({ called, names }: Read, callers: Callers, served: ReadonlySet<string>): Grant["stray"] {
  if (called === undefined) return Value.unknown();
  const caller = callers.needing(called);
  if (caller === undefined) return Value.absent();
  for (const name of names) {
    if (callers.calls(name, called)) continue;
    if (typeof name !== "string") {
      if (name.visibility === "stack" && !callers.open.has(name)) return Value.known({ named: name.label, caller });
    } else if (!served.has(called)) {
      // Where the callers of this stack have permissions of their own, another stack's may share the function.
      return Value.known({ named: `an API of another stack ("${name.slice(0, 60)}")`, caller });
    }
  }
  return Value.absent();
}
