import { parseLogDestination } from "./arn";
import type { LogDestination } from "./arn";
import type { Graph } from "./graph";
import { put } from "./multi-map";
import type { Node } from "./node";
import { perGraph } from "./per-graph";
import type { Stage } from "./stage";
import { resourceSubject } from "./subject";
import type { Subject } from "./subject";

/** A log group of the stack that receives logs of API Gateway. */
export interface ApiLogGroup {
  readonly node: Node;
  readonly subject: Subject;
  /** `the access logs of stage "prod" of REST API "orders"`. */
  readonly holds: string;
}

interface LogGroups {
  readonly groups: readonly ApiLogGroup[];
  /** Stages whose access logs go to a place that cannot be told, while the stack has log groups it may be. */
  readonly untold: readonly Stage[];
}

/** The log groups of the stack that receive access logs of a stage, or execution logs where they are declared. */
export const apiLogGroups = perGraph((graph): LogGroups => new Reader(graph).read());

/** How API Gateway names the log group of a REST stage's execution logs; a WebSocket stage's stands below. */
const executionLogs = /^(?:API-Gateway-Execution-Logs_|\/aws\/apigateway\/)([A-Za-z0-9]+)\/[^/]+$/;

class Reader {
  private readonly byArn = new Map<string, Node>();
  private readonly byName = new Map<string, Node[]>();
  private readonly holds = new Map<Node, Set<string>>();
  private readonly untold: Stage[] = [];
  private readonly nodes: readonly Node[];

  constructor(private readonly graph: Graph) {
    this.nodes = graph.of("logGroup");
    for (const node of this.nodes) {
      // aws-native ends a log group's ARN with a wildcard for its streams.
      const arn = node.arn.get()?.replace(/:\*$/, "");
      if (arn !== undefined) this.byArn.set(arn, node);
      const name = nameOf(node);
      if (name !== undefined) put(this.byName, name, node);
    }
  }

  read(): LogGroups {
    for (const stage of this.graph.stages) if (!stage.hearsay) this.readStage(stage);
    this.readExecutionLogs();
    const groups = [...this.holds].map(([node, logs]) => {
      const [first = ""] = logs;
      const more = logs.size - 1;
      return {
        node,
        subject: resourceSubject(node, `log group "${node.displayName()}"`),
        holds: more === 0 ? first : `${first} and ${String(more)} more`,
      };
    });
    return { groups, untold: this.untold };
  }

  private readStage(stage: Stage): void {
    const log = stage.accessLog;
    if (log.isAbsent()) return;
    const written = log.get()?.destination.get();
    const destination = written === undefined ? undefined : parseLogDestination(written);
    if (destination !== undefined) {
      for (const node of destination.kind === "log-group" ? this.named(destination) : []) {
        this.add(node, `the access logs of ${stage.label}`);
      }
      return;
    }
    const tied = this.graph.ties.sources(stage.node, "accessLogSettings", ["logGroup", "deliveryStream"]);
    for (const node of tied) if (node.kind === "logGroup") this.add(node, `the access logs of ${stage.label}`);
    if (tied.length === 0 && written === undefined && this.nodes.length > 0) this.untold.push(stage);
  }

  private named(destination: LogDestination): readonly Node[] {
    const { partition, region, account, name } = destination;
    const exact = this.byArn.get(`arn:${partition}:logs:${region}:${account}:log-group:${name}`);
    if (exact !== undefined) return [exact];
    return (this.byName.get(name) ?? []).filter(
      (node) => !node.arn.isKnown() && (node.bag.string("region").get() ?? region) === region,
    );
  }

  private readExecutionLogs(): void {
    const { graph } = this;
    const byId = new Map(graph.apis.map((api) => [api.id, api]));
    for (const node of this.nodes) {
      const name = nameOf(node);
      if (name === undefined) {
        // A name that is made of an API's id is known only once the API exists.
        const [api] = graph.ties.sources(node, "name", ["restApi", "httpApi"]);
        if (api !== undefined && !this.holds.has(node)) {
          this.add(node, `the execution logs of ${graph.apiAt(api).label}`);
        }
        continue;
      }
      const id = executionLogs.exec(name)?.[1];
      if (id === undefined) continue;
      const api = byId.get(id);
      if (name.startsWith("/") && api?.kind !== "websocket") continue;
      this.add(node, `the execution logs of ${api?.label ?? "an API"}`);
    }
  }

  private add(node: Node, what: string): void {
    const before = this.holds.get(node);
    if (before) before.add(what);
    else this.holds.set(node, new Set([what]));
  }
}

function nameOf(node: Node): string | undefined {
  return node.bag.string("name").get() ?? node.id.get();
}
