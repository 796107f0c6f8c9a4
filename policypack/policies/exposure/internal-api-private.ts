import { definePolicy, fault, option, unverified } from "../../core/policy";
import type { Api } from "../../model/api";
import { hasWord } from "../../model/environment";
import { Value } from "../../model/value";

interface Marks {
  readonly tagKey: string;
  readonly patterns: readonly string[];
}

/** What marks the API as internal; absent where nothing does. A tag that says otherwise counts for more than the name. */
function markOf(api: Api, { tagKey, patterns }: Marks): Value<string> {
  const { node } = api;
  const tags = api.tags ?? Value.absent<ReadonlyMap<string, Value<string>>>();
  if (node === undefined || tags.isUnknown()) return Value.unknown(tags.reason);
  for (const [key, value] of tags.get() ?? []) {
    if (key.toLowerCase() !== tagKey.toLowerCase() || value.isAbsent()) continue;
    return value.flatMap((text) => (hasWord(text, patterns) ? Value.known(`its tag "${key}"`) : Value.absent()));
  }
  if (hasWord(node.displayName(), patterns)) return Value.known("its name");
  const name = node.bag.string("name");
  return name.isUnknown() ? Value.unknown(name.reason) : Value.absent();
}

export const internalApiPrivate = definePolicy({
  name: "internal-api-private",
  topic: "exposure",
  description: "API Gateway APIs that are marked internal are private.",
  why: "An internal API on a public endpoint is one mistake in its authorization away from everyone on the internet.",
  fix: "Set `types` of `endpointConfiguration` to PRIVATE, and limit the VPC endpoints in `policy`.",
  severity: "high",
  level: "mandatory",
  where: "R",
  practice: "mistake 1: public endpoint meant to be internal",
  frameworks: { "OWASP API Security Top 10": ["API8:2023"] },
  peers: ["AC_AWS_0011", "apigateway_restapi_public", "CTL.APIGATEWAY.PUBLIC.001"],
  options: {
    tagKey: option(
      "The tag that says how far an API is exposed; case does not matter.",
      { type: "string" },
      "exposure",
    ),
    patterns: option<readonly string[]>(
      "Whole words, as globs, that mark an API as internal in that tag or in its name.",
      { type: "array", items: { type: "string" } },
      ["internal"],
    ),
  },
  on: "api",
  check: (api, { options }) => {
    if (api.visibility !== "stack") return undefined;
    const type = api.endpointType;
    if (type.is("PRIVATE")) return undefined;
    const mark = markOf(api, options);
    if (mark.isAbsent()) return undefined;
    const marked = mark.get();
    if (marked === undefined) return unverified("is not private, and whether it is marked internal is not known yet");
    if (api.kind !== "rest") {
      return fault(`is marked internal by ${marked}, and no ${api.title} can be private`, {
        fix: "Make it a REST API with PRIVATE as `types` of `endpointConfiguration`.",
      });
    }
    const known = type.get();
    return known === undefined
      ? unverified(`is marked internal by ${marked}, and its endpoint type is not known yet`)
      : fault(`is marked internal by ${marked}, and its endpoint type is ${known}`);
  },
  examples: {
    pass: [
      {
        title: "an internal API is private",
        program: ({ aws }) => {
          new aws.apigateway.RestApi("orders", {
            endpointConfiguration: { types: "PRIVATE" },
            tags: { exposure: "internal" },
          });
        },
      },
      {
        title: "a word that only starts like internal",
        program: ({ aws }) => {
          new aws.apigatewayv2.Api("international-orders", { protocolType: "HTTP" });
        },
      },
      {
        title: "the tag says what the name only seems to",
        program: ({ aws }) => {
          new aws.apigateway.RestApi("internal-audit-reports", { tags: { Exposure: "public" } });
        },
      },
      {
        title: "the import of an OpenAPI body makes an internal API private",
        program: ({ aws }) => {
          new aws.apigateway.RestApi("orders-internal", {
            body: JSON.stringify({ openapi: "3.0.1", info: { title: "orders", version: "1" }, paths: {} }),
            parameters: { endpointConfigurationTypes: "PRIVATE" },
          });
        },
      },
      {
        title: "a WebSocket API that nothing marks",
        program: ({ aws }) => {
          new aws.apigatewayv2.Api("chat", {
            protocolType: "WEBSOCKET",
            routeSelectionExpression: "$request.body.action",
          });
        },
      },
    ],
    fail: [
      {
        title: "the tag of a REST API with no endpoint type, which is then EDGE",
        program: ({ aws }) => {
          new aws.apigateway.RestApi("orders", { tags: { exposure: "internal" } });
        },
      },
      {
        title: "the name of a REST API from an OpenAPI body",
        program: ({ aws }) => {
          new aws.apigateway.RestApi("ordersInternal", {
            body: JSON.stringify({ openapi: "3.0.1", info: { title: "orders", version: "1" }, paths: {} }),
            endpointConfiguration: { types: "REGIONAL" },
          });
        },
      },
      {
        title: "an HTTP API, which cannot be private",
        program: ({ aws }) => {
          new aws.apigatewayv2.Api("orders", { name: "internal-orders", protocolType: "HTTP" });
        },
      },
      {
        title: "a WebSocket API with the tag of an organisation's own",
        config: { tagKey: "reach", patterns: ["intra*"] },
        program: ({ aws }) => {
          new aws.apigatewayv2.Api("chat", {
            protocolType: "WEBSOCKET",
            routeSelectionExpression: "$request.body.action",
            tags: { reach: "intranet" },
          });
        },
      },
      {
        title: "one of two internal APIs is regional",
        program: ({ aws }) => {
          for (const [name, types] of [
            ["orders", "PRIVATE"],
            ["partners", "REGIONAL"],
          ] as const) {
            new aws.apigateway.RestApi(name, { endpointConfiguration: { types }, tags: { exposure: "internal" } });
          }
        },
      },
    ],
  },
});
