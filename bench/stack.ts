import type { Registered } from "../preview/engine";

/** Resources of one API of a synthetic stack, with the share of other resources that stacks have. */
const perApi = 20;

/**
 * A stack as an audit sees it, of about `size` resources: REST APIs with methods, settings and a web ACL each, half of
 * their neighbours having nothing to do with APIs.
 */
export function syntheticStack(size: number): Registered[] {
  const stack = resource("pulumi:pulumi:Stack", "bench-prod", {}, {}, "");
  const resources: Registered[] = [stack];
  for (let api = 0; resources.length + perApi <= size; api++) resources.push(...oneApi(String(api), stack.urn));
  return resources;
}

/** REST APIs with bodies of so many operations each, none of them like one of another `mark`. */
export function bodies(operations: readonly number[], mark: number): Registered[] {
  const stack = resource("pulumi:pulumi:Stack", "bench-prod", {}, {}, "");
  const get = {
    security: [{ callers: [] }],
    "x-amazon-apigateway-integration": { type: "http", uri: "https://orders.example.com" },
  };
  const apis = operations.map((count, api) => {
    const paths = Object.fromEntries(Array.from({ length: count }, (_, i) => [`/orders/${String(i)}`, { get }]));
    const body = JSON.stringify({ openapi: "3.0.1", info: { title: `${String(api)}-${String(mark)}` }, paths });
    return resource("aws:apigateway/restApi:RestApi", `api-${String(api)}`, { body }, {}, stack.urn);
  });
  return [stack, ...apis];
}

function resource(
  type: string,
  name: string,
  inputs: Readonly<Record<string, unknown>>,
  dependencies: Readonly<Record<string, readonly string[]>>,
  parent: string,
): Registered {
  const urn = `urn:pulumi:prod::bench::${type}::${name}`;
  const id = `id-${name}`;
  return {
    urn,
    type,
    name,
    custom: parent !== "",
    parent,
    inputs,
    outputs: { ...inputs, id, arn: `arn:aws:apigateway:eu-west-1::/bench/${name}` },
    id,
    dependencies: [],
    propertyDependencies: dependencies,
    provider: parent === "" ? "" : "urn:pulumi:prod::bench::pulumi:providers:aws::default::id",
    protect: false,
  };
}

function oneApi(n: string, parent: string): Registered[] {
  const make = (
    type: string,
    name: string,
    inputs: Readonly<Record<string, unknown>>,
    ties: Readonly<Record<string, Registered>> = {},
  ): Registered =>
    resource(
      type,
      `${name}-${n}`,
      { ...inputs, ...Object.fromEntries(Object.entries(ties).map(([key, tied]) => [key, tied.id])) },
      Object.fromEntries(Object.entries(ties).map(([key, tied]) => [key, [tied.urn]])),
      parent,
    );
  const api = make("aws:apigateway/restApi:RestApi", "api", { name: `api-${n}` });
  const items = make("aws:apigateway/resource:Resource", "items", { pathPart: "items" }, { restApi: api });
  const item = make(
    "aws:apigateway/resource:Resource",
    "item",
    { pathPart: "{id}" },
    { restApi: api, parentId: items },
  );
  const made: Registered[] = [api, items, item];
  for (const [at, verb] of [
    [items, "GET"],
    [items, "POST"],
    [item, "GET"],
  ] as const) {
    const place = { restApi: api, resourceId: at };
    const name = `${verb.toLowerCase()}-${at.name.split("-")[0] ?? ""}`;
    made.push(
      make("aws:apigateway/method:Method", name, { httpMethod: verb, authorization: "AWS_IAM" }, place),
      make(
        "aws:apigateway/integration:Integration",
        name,
        { httpMethod: verb, type: "AWS_PROXY", uri: `arn:aws:lambda:eu-west-1:123456789012:function:${name}:live` },
        place,
      ),
    );
  }
  const deployment = make("aws:apigateway/deployment:Deployment", "deployment", {}, { restApi: api });
  const stage = make("aws:apigateway/stage:Stage", "prod", { stageName: "prod" }, { restApi: api, deployment });
  const settings = { throttlingRateLimit: 100, throttlingBurstLimit: 50, metricsEnabled: true, loggingLevel: "ERROR" };
  made.push(
    deployment,
    stage,
    make(
      "aws:apigateway/methodSettings:MethodSettings",
      "all",
      { methodPath: "*/*", stageName: "prod", settings },
      { restApi: api },
    ),
  );
  for (let other = 0; made.length < perApi; other++) {
    made.push(
      make("aws:s3/bucket:Bucket", `bucket-${String(other)}`, {
        bucket: `bucket-${String(other)}`,
        tags: { team: "a" },
      }),
    );
  }
  return made;
}
