import type { Api } from "./api";
import { Bag, isRecord } from "./bag";
import { functionsBehind } from "./functions";
import type { Graph } from "./graph";
import type { Node } from "./node";
import { resourceSubject } from "./subject";
import type { Subject } from "./subject";
import { Value } from "./value";

/** A secret of Secrets Manager that an API, or what is behind it, uses. */
export interface UsedSecret {
  readonly subject: Subject;
  /** `Lambda function "orders"`: the first that uses it. */
  readonly user: string;
  /** After how many days it is changed; absent where nothing changes it. */
  readonly days: Value<number>;
}

/** The secrets of the stack that its APIs use. */
export function usedSecrets(graph: Graph): readonly UsedSecret[] {
  const secrets = graph.of("secret");
  if (secrets.length === 0) return [];
  const users = new Users(graph, secrets).read();
  const rotations = new Rotations(graph, secrets);
  return [...users].map(([node, user]) => ({
    subject: resourceSubject(node, `secret "${node.displayName()}"`),
    user,
    days: rotations.of(node),
  }));
}

/** Finds secrets by what texts name them by. */
class Names {
  private readonly known = new Map<string, Node>();

  constructor(secrets: readonly Node[]) {
    for (const node of secrets) {
      for (const name of [node.arn.get(), node.id.get(), node.bag.string("name").get()]) {
        if (name !== undefined) this.known.set(name, node);
      }
    }
  }

  /** A text that is the name or the ARN of a secret, or refers to one. */
  in(text: string): Node | undefined {
    const exact = this.known.get(text);
    if (exact !== undefined) return exact;
    const dynamic = /\{\{resolve:secretsmanager:([^}]{1,512})\}\}/.exec(text)?.[1];
    const arn = /arn:[a-z-]{3,20}:secretsmanager:[a-z0-9-]{1,30}:[0-9]{12}:secret:[\w/+=.@-]{1,512}/.exec(text)?.[0];
    if (arn === undefined) return dynamic === undefined ? undefined : this.known.get(dynamic.split(":")[0] ?? "");
    // Secrets Manager adds six letters to the name; an ARN without them will do as well.
    const name = arn.slice(arn.indexOf(":secret:") + ":secret:".length);
    return this.known.get(arn) ?? this.known.get(name) ?? this.known.get(name.replace(/-[A-Za-z0-9]{6}$/, ""));
  }
}

/** Properties by which a part of an API may name a secret. */
const properties = {
  integration: ["requestParameters", "requestTemplates"],
  httpIntegration: ["requestParameters", "requestTemplates"],
  authorizer: ["identityValidationExpression"],
  httpAuthorizer: ["jwtConfiguration"],
} as const;

class Users {
  private readonly users = new Map<Node, string>();
  private readonly names: Names;

  constructor(
    private readonly graph: Graph,
    secrets: readonly Node[],
  ) {
    this.names = new Names(secrets);
  }

  read(): ReadonlyMap<Node, string> {
    const { graph } = this;
    for (const [node, apis] of functionsBehind(graph)) this.readFunction(node, [...apis][0]);
    for (const stage of graph.stages) {
      if (stage.hearsay) continue;
      this.readMap(stage.node, stage.node.kind === "stage" ? "variables" : "stageVariables", stage.label);
    }
    for (const kind of ["integration", "httpIntegration", "authorizer", "httpAuthorizer"] as const) {
      for (const node of graph.of(kind)) {
        const rest = kind === "integration" || kind === "authorizer";
        const api = graph.apiFor(node, rest ? "restApi" : "apiId", rest ? "rest" : "http");
        for (const property of properties[kind]) this.readMap(node, property, api.label);
      }
    }
    for (const api of graph.apis) {
      for (const { node } of api.bodies) {
        this.addTied(node, "body", api.label);
        this.addNamed(node.bag.string("body"), api.label);
      }
    }
    this.readKeys();
    return this.users;
  }

  private readFunction(node: Node, api: Api | undefined): void {
    const user = `Lambda function "${node.displayName()}"${api === undefined ? "" : ` behind ${api.label}`}`;
    this.addTied(node, "environment", user);
    const variables = node.bag.object("environment").get()?.object("variables").get() ?? Bag.empty;
    for (const key of variables.keys()) this.addNamed(variables.string(key), user);
  }

  private readMap(node: Node, property: string, user: string): void {
    this.addTied(node, property, user);
    const written = node.bag.value(property).get();
    if (typeof written === "string") this.addNamed(Value.known(written), user);
    const map = isRecord(written) ? new Bag(written, undefined, false) : Bag.empty;
    for (const key of map.keys()) this.addNamed(map.string(key), user);
  }

  /** Secrets that keep an API key of the stack, or that one is made of. */
  private readKeys(): void {
    for (const version of this.graph.of("secretVersion")) {
      const [key] = this.graph.ties.sources(version, "secretString", ["apiKey"]);
      if (key !== undefined) this.add(secretOf(this.graph, version), `API key "${key.displayName()}"`);
    }
    for (const key of this.graph.of("apiKey")) this.addTied(key, "value", `API key "${key.displayName()}"`);
  }

  private addTied(node: Node, property: string, user: string): void {
    for (const source of this.graph.ties.sources(node, property, ["secret", "secretVersion"])) {
      this.add(source.kind === "secret" ? source : secretOf(this.graph, source), user);
    }
  }

  private addNamed(text: Value<string>, user: string): void {
    const known = text.get();
    if (known !== undefined) this.add(this.names.in(known), user);
  }

  private add(node: Node | undefined, user: string): void {
    if (node !== undefined && !this.users.has(node)) this.users.set(node, user);
  }
}

/** The secret that a version or a rotation is of. */
function secretOf(graph: Graph, node: Node): Node | undefined {
  const tie = graph.ties.follow(node, "secretId", ["secret"]);
  if (tie.state === "node") return tie.node;
  const [version] = graph.ties.sources(node, "secretId", ["secretVersion"]);
  return version === undefined || version === node ? undefined : secretOf(graph, version);
}

/** What changes which secret. */
class Rotations {
  private readonly rules = new Map<Node, Value<Bag>>();
  /** A rotation whose secret is not known yet. */
  private readonly open: boolean = false;

  constructor(graph: Graph, secrets: readonly Node[]) {
    const names = new Names(secrets);
    for (const rotation of graph.of("secretRotation")) {
      const id = rotation.bag.string("secretId");
      const node = secretOf(graph, rotation) ?? names.in(id.get() ?? "");
      if (node !== undefined) this.rules.set(node, rotation.bag.object("rotationRules"));
      else if (!id.isKnown()) this.open = true;
    }
    // Older providers have the rules on the secret.
    for (const node of secrets) {
      const own = node.bag.object("rotationRules");
      if (own.isPresent() && !this.rules.has(node)) this.rules.set(node, own);
    }
  }

  of(secret: Node): Value<number> {
    const rules = this.rules.get(secret);
    if (rules === undefined) return this.open ? Value.unknown() : Value.absent();
    return rules.flatMap((bag) =>
      bag.number("automaticallyAfterDays").or(bag.string("scheduleExpression").flatMap(daysOfSchedule)),
    );
  }
}

const unitDays: Readonly<Record<string, number>> = { minute: 1 / 1440, hour: 1 / 24, day: 1 };

/** The longest time between two dates of a schedule, with 30 days to a month; unknown of what cannot be read. */
export function daysOfSchedule(expression: string): Value<number> {
  const rate = /^rate\(\s*(\d{1,6})\s+(minute|hour|day)s?\s*\)$/.exec(expression.trim());
  if (rate) return Value.known(Number(rate[1]) * (unitDays[rate[2] ?? ""] ?? 1));
  const fields = /^cron\(([^()]{1,200})\)$/.exec(expression.trim())?.[1]?.trim().split(/\s+/);
  const [, , dayOfMonth = "", month = "", dayOfWeek = "", year = "*"] = fields ?? [];
  const gap = monthsBetween(month);
  if (fields === undefined || fields.length < 5 || gap === undefined || year !== "*")
    return Value.unknown("unreadable");
  const every = (field: string): boolean => field === "*" || field === "?";
  if (gap > 1 || !every(dayOfMonth) || /[#L]/.test(dayOfWeek)) return Value.known(gap * 30);
  return Value.known(every(dayOfWeek) ? 1 : 7);
}

const monthNames = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];

/** The longest way from one month of a cron field to the next; undefined of what cannot be read. */
function monthsBetween(field: string): number | undefined {
  const months = new Set<number>();
  for (const part of field.toUpperCase().split(",")) {
    const match = /^(\*|\w{1,3})(?:-(\w{1,3}))?(?:\/(\d{1,2}))?$/.exec(part);
    if (!match) return undefined;
    const [, first = "", last, step] = match;
    const from = first === "*" ? 1 : monthNumber(first);
    const to = last === undefined ? (first === "*" || step !== undefined ? 12 : from) : monthNumber(last);
    const by = Number(step ?? 1);
    if (from === undefined || to === undefined || by < 1) return undefined;
    for (let month = from; month <= to; month += by) months.add(month);
  }
  const sorted = [...months].sort((a, b) => a - b);
  const [earliest] = sorted;
  if (earliest === undefined) return undefined;
  return Math.max(...sorted.map((month, index) => (sorted[index + 1] ?? earliest + 12) - month));
}

function monthNumber(text: string): number | undefined {
  const named = monthNames.indexOf(text) + 1;
  const number = named > 0 ? named : Number(text);
  return Number.isInteger(number) && number >= 1 && number <= 12 ? number : undefined;
}
