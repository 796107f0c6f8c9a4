import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import type { ChildProcessWithoutNullStreams } from "node:child_process";
import * as path from "node:path";
import { createInterface } from "node:readline";
import { parse } from "yaml";
import type { Registered } from "../../preview/engine";
import { unknown } from "../../preview/values";
import { environmentWith, output, pythonIn } from "../support/python";
import { register } from "../support/stack";
import { callsOf, operationsOf } from "./aws-calls";
import type { Call } from "./aws-calls";
import { domainVariants } from "./domain-variants";
import { named, names } from "./named";
import { smallVariants } from "./small-variants";
import { variants } from "./variants";

// What the components make, made by calls to AWS: each call is checked against AWS's own model of it, with its
// enumerations, patterns and sizes, and sent to moto, a server of AWS's APIs, on loopback. The routes that come out must be
// those that were declared.

type Json = Readonly<Record<string, unknown>>;
const script = path.join(__dirname, "aws_calls.py");

/** A Python that has what the script imports: the one on the PATH, or one of our own with it installed. */
async function python(): Promise<string> {
  try {
    await output("python3", "-c", "import boto3, flask, flask_cors, moto.server, regex");
    return "python3";
  } catch {
    return pythonIn(await environmentWith(path.join(__dirname, "moto.txt")));
  }
}

interface Answer {
  readonly answer?: Json;
  /** What AWS's model refuses. */
  readonly invalid?: readonly string[];
  /** What the server refuses. */
  readonly refused?: string;
}

/** The script, which answers one line with one line. */
class Aws {
  private readonly child: ChildProcessWithoutNullStreams;
  private readonly lines: AsyncIterator<string>;
  private said = "";

  constructor(command: string) {
    this.child = spawn(command, [script], { stdio: "pipe" });
    // Whatever ends it, the next question hears of it.
    this.child.on("error", () => undefined);
    this.child.stdin.on("error", () => undefined);
    this.child.stderr.on("data", (chunk: Buffer) => (this.said += chunk.toString("utf8")));
    this.lines = createInterface({ input: this.child.stdout })[Symbol.asyncIterator]();
  }

  call(service: string, operation: string, parameters: object, send = true): Promise<Answer> {
    return this.ask({ service, operation, parameters, send });
  }

  async reset(): Promise<void> {
    await this.ask({ reset: true });
  }

  close(): void {
    this.child.kill();
  }

  private async ask(question: object): Promise<Answer> {
    this.child.stdin.write(`${JSON.stringify(question)}\n`);
    const line = await this.lines.next();
    if (line.done === true) throw new Error(`${script} ended: ${this.said.trim().split("\n").at(-1)}`);
    return JSON.parse(line.value) as Answer;
  }
}

/** What a value that is not known before the deployment is to AWS's model: a text. */
const withoutUnknowns = (text: string): string => text.replaceAll(unknown, "unknown");

/** What moto's server cannot do; such calls are checked against AWS's model alone. */
const absent = new Set([
  // It has no such operation.
  "apigateway GenerateClientCertificate",
  "apigatewayv2 CreateDeployment",
  // It keeps domains of the older API apart from the newer.
  "apigatewayv2 CreateApiMapping",
  // It wants to call the function.
  "secretsmanager RotateSecret",
  // It is asked over HTTP, which the bucket's policy refuses.
  "s3 PutObject",
  // What these are about is the program's own or AWS's, and not there.
  "iam AttachRolePolicy",
  "ec2 AuthorizeSecurityGroupEgress",
  "lambda AddPermission",
  "lambda CreateAlias",
  "route53 ChangeResourceRecordSets",
]);

/**
 * A document as moto can import it: it fails for mock integrations, which are left out, and takes what all methods of a
 * path have as parameters for another method, so those that have none get them.
 */
function importable(body: string): string {
  const document = JSON.parse(body) as { paths: Record<string, Record<string, Json>> };
  const paths = Object.entries(document.paths).map(([path_, { parameters, ...item }]) => {
    const methods = Object.entries(item).map(([method, operation]) => {
      const { "x-amazon-apigateway-integration": integration, ...rest } = operation;
      const { type } = (integration ?? {}) as Json;
      const own = type === "mock" ? rest : operation;
      return [method, { parameters, ...own }] as const;
    });
    return [path_, Object.fromEntries(methods)] as const;
  });
  return JSON.stringify({ ...document, paths: Object.fromEntries(paths) });
}

const known = (name: string): string => name.replace(/^x-amazon-apigateway-any-method$/, "any").toUpperCase();

/** Routes that the program asked an API for, as moto names them. */
function declared({ type, inputs }: Registered): string[] {
  const { routes = {}, openApi, cors } = inputs as { routes?: Json; openApi?: string; cors?: unknown };
  if (type === "gatehouse:index:WebSocketApi") return [...new Set(["$connect", ...Object.keys(routes)])];
  const document = openApi === undefined ? {} : (parse(openApi) as Json);
  const keys = [
    ...Object.keys(routes),
    ...[...operationsOf(document)].map(([path_, method]) => `${known(method)} ${path_}`),
  ];
  // Preflight requests of a REST API are routes; an HTTP API answers them by itself.
  const preflights = type === "gatehouse:index:RestApi" && cors !== undefined;
  return [...new Set([...keys, ...(preflights ? keys.map((key) => key.replace(/^\S+/, "OPTIONS")) : [])])];
}

describe("components as moto's server takes them", function () {
  this.timeout(600_000);
  let aws: Aws | undefined;

  before(async function () {
    try {
      aws = new Aws(await python());
      await aws.reset();
    } catch (error) {
      console.warn(`\n*** NOT TESTED against moto's server: ${String(error).split("\n")[0]} ***\n`);
      this.skip();
    }
  });
  after(() => aws?.close());

  /** Makes what the components registered. Returns the ids that the server gave, by those of the preview. */
  async function make(server: Aws, resources: readonly Registered[]): Promise<ReadonlyMap<string, string>> {
    const ids = new Map<string, string>();
    const translated = (parameters: Json): Json => {
      let text = withoutUnknowns(JSON.stringify(parameters));
      for (const [id, real] of ids) text = text.replaceAll(id, real);
      return JSON.parse(text) as Json;
    };
    const faults: string[] = [];
    const made = async (call: Call, of: Registered): Promise<void> => {
      const { service, operation, parameters, gives = {}, imported = false } = call;
      const { body } = parameters;
      const asked = operation === "PutRestApi" ? { ...parameters, body: importable(body as string) } : parameters;
      const { answer, invalid, refused } = await server.call(
        service,
        operation,
        translated(asked),
        !imported && !absent.has(`${service} ${operation}`),
      );
      for (const fault of invalid ?? (refused === undefined ? [] : [refused])) {
        faults.push(`${of.type} ${of.name}, ${operation}: ${fault}`);
      }
      for (const [at, id] of Object.entries(gives)) {
        const real = at.split(".").reduce<unknown>((value, key) => (value as Json | undefined)?.[key], answer);
        if (typeof real === "string" && id !== "") ids.set(id, real);
      }
    };
    for (const resource of resources) {
      if (!resource.parent.includes("gatehouse:index:") || !resource.custom) continue;
      // A policy that is known at deployment only is no text to judge.
      if (resource.inputs["policy"] === unknown) continue;
      for (const call of callsOf(resource)) await made(call, resource);
    }
    assert.deepEqual(faults, []);
    return ids;
  }

  /** What an API of the server answers to. */
  async function routesOf(server: Aws, { type }: Registered, id: string): Promise<string[]> {
    if (type === "aws:apigateway/restApi:RestApi") {
      const { answer } = await server.call("apigateway", "GetResources", { restApiId: id });
      const items = answer?.["items"] as { readonly path: string; readonly resourceMethods?: Json }[];
      return items.flatMap(({ path: at, resourceMethods = {} }) =>
        Object.keys(resourceMethods).map((method) => `${known(method.toLowerCase())} ${at}`),
      );
    }
    const { answer } = await server.call("apigatewayv2", "GetRoutes", { ApiId: id });
    return (answer?.["Items"] as { readonly RouteKey: string }[]).map(({ RouteKey }) => RouteKey);
  }

  for (const [kind, name] of Object.entries(names)) {
    it(`names that are ${kind}`, async function () {
      if (!aws) return this.skip();
      await aws.reset();
      await make(aws, await register(named(name), "resolve", "prod"));
    });
  }

  for (const { title, stack, program } of [...variants, ...domainVariants, ...smallVariants]) {
    it(title, async function () {
      if (!aws) return this.skip();
      await aws.reset();
      const resources = await register(program, "resolve", stack);
      const ids = await make(aws, resources);
      const apis = resources.filter(({ type }) => /^gatehouse:index:(RestApi|HttpApi|WebSocketApi)$/.test(type));
      for (const component of apis) {
        const api = resources.find(
          ({ type, parent }) => parent === component.urn && /^aws:apigateway(v2)?\/(restApi|api):/.test(type),
        )!;
        const came = await routesOf(aws, api, ids.get(api.id)!);
        assert.deepEqual(came.sort(), declared(component).sort(), component.name);
      }
    });
  }
});
