import type { Api } from "./api";
import { Bag } from "./bag";
import type { Graph } from "./graph";
import type { Kind, Node } from "./node";
import { perGraph } from "./per-graph";
import { Value } from "./value";

const namespace = "AWS/ApiGateway";

/** The dimension by which CloudWatch tells APIs apart: a REST API by its name, others by their id. */
export function apiDimension(api: Api): "ApiName" | "ApiId" {
  return api.kind === "rest" ? "ApiName" : "ApiId";
}

/** Whether an alarm of the stack watches one of these metrics of the API; unknown while one may. */
export function hasAlarm(graph: Graph, api: Api, metrics: readonly string[]): Value<boolean> {
  return alarmsOf(graph).watch(api, metrics);
}

const alarmsOf = perGraph((graph) => new Alarms(graph));

/** Stands for a metric whose name is not known. */
const anyMetric = "*";

/** What the alarms of a stack watch, by API. */
class Alarms {
  private readonly ofNode = new Map<Node, Set<string>>();
  private readonly ofDimension = new Map<string, Set<string>>();
  private readonly ofEveryApi = new Set<string>();
  /** Metrics of an API that cannot be told. */
  private readonly ofSomeApi = new Set<string>();

  constructor(private readonly graph: Graph) {
    for (const alarm of graph.of("metricAlarm")) {
      // Nobody hears one whose actions are off.
      if (alarm.bag.bool("actionsEnabled").is(false)) continue;
      this.readMetric(alarm, "dimensions", alarm.bag);
      // aws-native has them as `metrics`, each with a `metricStat`.
      for (const property of ["metricQueries", "metrics"]) this.readQueries(alarm, property);
    }
  }

  watch(api: Api, metrics: readonly string[]): Value<boolean> {
    const { node } = api;
    if (node === undefined) return Value.unknown("partial");
    const key = api.kind === "rest" ? node.bag.string("name") : node.id;
    const watched = [
      this.ofNode.get(node),
      this.ofDimension.get(`${apiDimension(api)} ${key.get() ?? ""}`),
      this.ofEveryApi,
    ];
    const has = (set: ReadonlySet<string> | undefined, metric: string): boolean => set?.has(metric) === true;
    if (metrics.some((metric) => watched.some((set) => has(set, metric)))) return Value.known(true);
    const open = [...watched, this.ofSomeApi].some((set) => has(set, anyMetric));
    return open || metrics.some((metric) => this.ofSomeApi.has(metric)) ? Value.unknown() : Value.known(false);
  }

  private readQueries(alarm: Node, property: string): void {
    const queries = alarm.bag.bags(property);
    if (queries.isUnknown()) this.addTied(alarm, property, anyMetric);
    for (const query of queries.get() ?? []) {
      const bag = query.get();
      if (bag === undefined) {
        this.addTied(alarm, property, anyMetric);
        continue;
      }
      const metric = bag.object("metric").or(bag.object("metricStat").flatMap((stat) => stat.object("metric")));
      if (metric.isUnknown()) this.addTied(alarm, property, anyMetric);
      const known = metric.get();
      if (known !== undefined) this.readMetric(alarm, property, known);
      this.readExpression(alarm, property, bag.string("expression"));
    }
  }

  private readMetric(alarm: Node, property: string, metric: Bag): void {
    if (metric.string("namespace").isNot(namespace)) return;
    const name = metric.string("metricName");
    if (name.isAbsent()) return;
    this.readDimensions(alarm, property, metric, name.get() ?? anyMetric);
  }

  private readDimensions(alarm: Node, property: string, metric: Bag, name: string): void {
    const dimensions = dimensionsOf(metric);
    if (dimensions.isUnknown()) {
      this.addTied(alarm, property, name);
      return;
    }
    for (const dimension of ["ApiName", "ApiId"] as const) {
      const value = dimensions.get()?.get(dimension);
      const known = value?.get();
      if (known !== undefined) add(this.ofDimension, `${dimension} ${known}`, name);
      else if (value?.isUnknown()) this.addTied(alarm, property, name, dimension);
    }
  }

  /** A query of Metrics Insights: `SELECT SUM("5XXError") FROM SCHEMA("AWS/ApiGateway", ApiName) GROUP BY ApiName`. */
  private readExpression(alarm: Node, property: string, expression: Value<string>): void {
    if (expression.isUnknown()) this.addTied(alarm, property, anyMetric);
    const text = expression.get();
    if (text === undefined || !text.includes(namespace)) return;
    const metric = /^\s*SELECT\s+[A-Z]+\s*\(\s*"?([A-Za-z0-9]+)"?\s*\)/i.exec(text)?.[1];
    if (metric === undefined) return;
    const wanted = [...text.matchAll(/\b(ApiName|ApiId)"?\s*=\s*'([^']*)'/g)];
    if (wanted.length === 0) this.ofEveryApi.add(metric);
    for (const [, dimension = "", value = ""] of wanted) add(this.ofDimension, `${dimension} ${value}`, metric);
  }

  /** A metric of the APIs that the property's value comes from. */
  private addTied(alarm: Node, property: string, metric: string, dimension?: "ApiName" | "ApiId"): void {
    const all: readonly Kind[] = ["restApi", "httpApi"];
    const owners = this.graph.ties.sources(alarm, property, all);
    if (owners.length === 0) this.ofSomeApi.add(metric);
    for (const owner of owners) {
      const own = owner.kind === "restApi" ? "ApiName" : "ApiId";
      if (dimension === undefined || dimension === own) add(this.ofNode, owner, metric);
    }
  }
}

/** A map by name; aws-native has a list of names with values. */
function dimensionsOf(metric: Bag): Value<ReadonlyMap<string, Value<string>>> {
  if (!Array.isArray(metric.value("dimensions").get())) {
    return metric.object("dimensions").map((bag) => new Map(bag.keys().map((name) => [name, bag.string(name)])));
  }
  return metric.bags("dimensions").map((entries) => {
    const map = new Map<string, Value<string>>();
    for (const entry of entries) {
      const name = entry.flatMap((bag) => bag.string("name")).get();
      if (name !== undefined) map.set(name, (entry.get() ?? Bag.empty).string("value"));
    }
    return map;
  });
}

function add<K>(map: Map<K, Set<string>>, key: K, metric: string): void {
  const metrics = map.get(key);
  if (metrics) metrics.add(metric);
  else map.set(key, new Set([metric]));
}
