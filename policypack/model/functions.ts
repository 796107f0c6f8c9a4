import type { Api, ApiKind } from "./api";
import { parseExecuteApiArn, parseLambdaFromUri } from "./arn";
import type { Bag } from "./bag";
import type { Graph } from "./graph";
import type { Node } from "./node";
import { perGraph } from "./per-graph";

/** The Lambda functions of the stack that an API calls, each with the APIs known to call it. */
export type FunctionsBehind = ReadonlyMap<Node, ReadonlySet<Api>>;

/**
 * Functions behind integrations, authorizers, operations of bodies and quick create, by tie, ARN or name; behind
 * components that hide what they make; and those that a permission lets API Gateway call.
 */
export const functionsBehind = perGraph((graph): FunctionsBehind => new Reader(graph).read());

const gatewayPrincipal = /^apigateway\.amazonaws\.com(?:\.cn)?$/;

class Reader {
  private readonly found = new Map<Node, Set<Api>>();
  private readonly byName = new Map<string, Node>();
  private readonly apiById = new Map<string, Api>();

  constructor(private readonly graph: Graph) {
    for (const node of graph.of("function")) {
      const name = node.bag.string("name").get() ?? node.id.get();
      if (name !== undefined) this.byName.set(name, node);
    }
    for (const api of graph.apis) {
      const id = api.id ?? api.node?.id.get();
      if (id !== undefined) this.apiById.set(id, api);
    }
  }

  read(): FunctionsBehind {
    const { graph } = this;
    if (!graph.whole || this.byName.size + graph.of("function").length === 0) return this.found;
    this.readAll("integration", "uri", "restApi", "rest");
    this.readAll("authorizer", "authorizerUri", "restApi", "rest");
    this.readAll("httpIntegration", "integrationUri", "apiId", "http");
    this.readAll("httpAuthorizer", "authorizerUri", "apiId", "http");
    for (const api of graph.apis) this.readApi(api);
    for (const component of graph.hidden) this.addSources(component.allSources(), undefined);
    for (const permission of graph.of("permission")) this.readPermission(permission);
    return this.found;
  }

  private readAll(
    kind: "integration" | "authorizer" | "httpIntegration" | "httpAuthorizer",
    property: string,
    owner: string,
    apiKind: ApiKind,
  ): void {
    for (const node of this.graph.of(kind)) {
      const api = this.graph.apiFor(node, owner, apiKind);
      this.addTied(node, property, api);
      this.addUri(node.bag.string(property).get(), api);
    }
  }

  private readApi(api: Api): void {
    for (const { node, document } of api.bodies) {
      this.addTied(node, "body", api);
      for (const { integration } of document.get()?.operations ?? []) this.addUri(integration?.uri, api);
      for (const { uri } of document.get()?.authorizers ?? []) this.addUri(uri, api);
    }
    if (api.node?.kind === "httpApi") {
      this.addTied(api.node, "target", api);
      this.addUri(api.node.bag.string("target").get(), api);
    }
    if (api.visibility === "component" && api.node) this.addSources(api.node.allSources(), api);
  }

  /** A permission says so where a URI does not: one with a stage variable in it, or another program's. */
  private readPermission(permission: Node): void {
    if (!gatewayPrincipal.test(permission.bag.string("principal").get() ?? "")) return;
    const source = permission.bag.string("sourceArn").get();
    const [tied] = this.graph.ties.sources(permission, "sourceArn", ["restApi", "httpApi"]);
    const id = source === undefined ? undefined : parseExecuteApiArn(source)?.apiId;
    const api = tied ? this.graph.apiAt(tied) : this.apiById.get(id ?? "");
    this.addTied(permission, "function", api);
    const name = permission.bag.string("function").get();
    const target = name === undefined ? undefined : (parseLambdaFromUri(name)?.functionName ?? name);
    if (target !== undefined) this.add(this.byName.get(target), api);
  }

  private addTied(node: Node, property: string, api: Api | undefined): void {
    for (const source of this.graph.ties.sources(node, property, ["function", "alias"])) this.addNode(source, api);
  }

  private addSources(urns: readonly string[], api: Api | undefined): void {
    for (const urn of urns) {
      const node = this.graph.ties.at(urn);
      if (node?.kind === "function" || node?.kind === "alias") this.addNode(node, api);
    }
  }

  private addNode(node: Node, api: Api | undefined): void {
    if (node.kind === "function") {
      this.add(node, api);
      return;
    }
    const tie = this.graph.ties.follow(node, "functionName", ["function"]);
    if (tie.state === "node") this.add(tie.node, api);
    else if (tie.state === "external") this.add(this.named(tie.id), api);
  }

  private addUri(uri: string | undefined, api: Api): void {
    if (uri === undefined) return;
    const variable = /\$\{stageVariables\.(\w+)\}/.exec(uri)?.[1];
    if (variable === undefined) this.add(this.named(uri), api);
    else for (const stage of api.stages) this.add(this.named(variablesOf(stage.node)?.string(variable).get()), api);
  }

  /** The function of an ARN, an invoke URI or a name. */
  private named(text: string | undefined): Node | undefined {
    if (text === undefined) return undefined;
    const target = parseLambdaFromUri(text);
    const exact = this.graph.ties.withArn(text);
    if (exact?.kind === "function") return exact;
    const node = this.byName.get(target?.functionName ?? text.split(":")[0] ?? "");
    if (node === undefined || target?.account === undefined || !node.arn.isKnown()) return node;
    const own = parseLambdaFromUri(node.arn.get() ?? "");
    if (own === undefined) return node;
    return own.account === target.account && own.region === target.region ? node : undefined;
  }

  private add(node: Node | undefined, api: Api | undefined): void {
    if (node === undefined) return;
    const apis = this.found.get(node) ?? new Set();
    if (api !== undefined) apis.add(api);
    this.found.set(node, apis);
  }
}

/** The variables of a stage, whichever kind it is. */
function variablesOf(stage: Node): Bag | undefined {
  return stage.bag.object(stage.kind === "stage" ? "variables" : "stageVariables").get();
}
