import type { Api } from "./api";
import { Bag } from "./bag";
import type { Graph } from "./graph";
import { put } from "./multi-map";
import type { Node } from "./node";
import { perGraph } from "./per-graph";
import { resourceSubject } from "./subject";
import type { Subject } from "./subject";
import { Value } from "./value";

/** What a REST API answers by itself, be it a resource or a part of an OpenAPI body. */
export interface GatewayResponse {
  readonly subject: Subject;
  /** `DEFAULT_4XX`, `ACCESS_DENIED` …, upper case. */
  readonly type: Value<string>;
  /** Headers by name in lower case, with the mapping as written. */
  readonly headers: ReadonlyMap<string, Value<string>>;
  /** Templates of the answer's body. */
  readonly templates: readonly Value<string>[];
  /** It has a body of its own; without one, API Gateway answers with its own, whatever headers and status there are. */
  readonly ownBody: Value<boolean>;
}

const prefix = "gatewayresponse.header.";

/** The gateway responses that the stack gives an API; those in a body that is not known are not among them. */
export function gatewayResponsesOf(graph: Graph, api: Api): readonly GatewayResponse[] {
  return responsesByApi(graph).get(api) ?? [];
}

const responsesByApi = perGraph((graph): ReadonlyMap<Api, readonly GatewayResponse[]> => {
  const found = new Map<Api, GatewayResponse[]>();
  for (const node of graph.of("gatewayResponse")) {
    const api = graph.apiFor(node, "restApiId", "rest");
    put(found, api, ofResource(node, api));
  }
  for (const api of graph.apis) {
    if (api.kind === "rest") for (const response of ofBodies(api)) put(found, api, response);
  }
  return found;
});

function ofResource(node: Node, api: Api): GatewayResponse {
  const { bag } = node;
  const type = bag.string("responseType").map((text) => text.toUpperCase());
  const parameters = bag.object("responseParameters").get();
  const templates = bag.object("responseTemplates").get();
  return {
    subject: resourceSubject(node, `gateway response ${type.get() ?? `"${node.name}"`}${api.of}`, api),
    type,
    headers: new Map(
      (parameters?.keys() ?? [])
        .filter((key) => key.toLowerCase().startsWith(prefix))
        .map((key) => [key.slice(prefix.length).toLowerCase(), parameters?.string(key) ?? Value.absent()]),
    ),
    templates: templates?.keys().map((key) => templates.string(key)) ?? [],
    ownBody: hasTemplate(bag),
  };
}

function hasTemplate(response: Bag): Value<boolean> {
  return response
    .object("responseTemplates")
    .map((templates) => templates.keys().some((key) => templates.value(key).isPresent()))
    .or(Value.known(false));
}

function ofBodies(api: Api): GatewayResponse[] {
  return api.imports.flatMap(({ node, document }) =>
    (document.get()?.gatewayResponses ?? []).map((response) => ({
      subject: {
        urn: node.urn,
        label: `gateway response ${response.type}${api.of}`,
        names: [node.name, ...api.names],
        part: `gateway-responses/${response.type}`,
        tags: api.tags,
      },
      type: Value.known(response.type),
      headers: new Map([...response.headers].map(([name, mapping]) => [name, Value.known(mapping)])),
      templates: [...response.templates.values()].map((template) => Value.known(template)),
      ownBody: hasTemplate(new Bag(response.definition, undefined, false)),
    })),
  );
}
