import type * as pulumi from "@pulumi/pulumi";
import { AuthorizationType } from "../args";
import type { AwsServiceTarget, Cors, HttpTarget, VpcLinkTarget } from "../args";
import { corsMethods, defaultCorsHeaders } from "./cors";
import type { Place } from "./place";
import type { Frame } from "./rest-surface";
import { iamScheme, keyScheme, serviceHeaders } from "./routes";
import type { AuthorizerPlan, RoutePlan } from "./routes";
import type { Tree, TreeMap } from "./values";

/** What a REST API's OpenAPI document is written of. */
export interface RestDocumentArgs extends Frame {
  readonly routes: readonly RoutePlan[];
  readonly authorizers: readonly AuthorizerPlan[];
  readonly models: Readonly<Record<string, string>>;
  readonly place: pulumi.Output<Place>;
  /** ARN of the role by which a route calls another service. */
  readonly roleOf: (route: RoutePlan) => Tree;
  /** Without ties to what the component itself makes. */
  readonly declared: boolean;
}

const extension = (name: string): string => `x-amazon-apigateway-${name}`;

/** Name of the validator that checks bodies and parameters. */
const validator = "all";

export function restDocument(args: RestDocumentArgs): TreeMap {
  return {
    openapi: "3.0.1",
    info: { title: args.title, description: args.description, version: "1.0" },
    ...endpoint(args.vpcEndpointIds),
    paths: paths(args),
    components: {
      securitySchemes: schemes(args),
      ...(Object.keys(args.models).length > 0 && {
        schemas: Object.fromEntries(Object.entries(args.models).map(([name, schema]) => [name, schemaOf(schema)])),
      }),
    },
    ...protections(args.cors),
    ...(args.policy !== undefined && { [extension("policy")]: args.policy }),
  };
}

/** Which JSON schema it is, is said by the version of OpenAPI, and may not be said again. */
function schemaOf(text: string): TreeMap {
  const written = JSON.parse(text) as TreeMap;
  return Object.fromEntries(Object.entries(written).filter(([key]) => key !== "$schema"));
}

/** What every document gets: a validator, and answers to errors that tell nothing of the inside. */
export function protections(cors: Cors | undefined): TreeMap {
  return {
    [extension("request-validators")]: {
      [validator]: { validateRequestBody: true, validateRequestParameters: true },
    },
    [extension("request-validator")]: validator,
    [extension("gateway-responses")]: {
      DEFAULT_4XX: gatewayResponse("The request was not accepted.", cors),
      DEFAULT_5XX: gatewayResponse("The request failed.", cors),
    },
  };
}

export function endpoint(vpcEndpointIds: readonly pulumi.Input<string>[]): TreeMap {
  if (vpcEndpointIds.length === 0) return {};
  return { servers: [{ url: "/", [extension("endpoint-configuration")]: { vpcEndpointIds: [...vpcEndpointIds] } }] };
}

function gatewayResponse(message: string, cors: Cors | undefined): TreeMap {
  const header = (name: string, value: string): [string, string] => [`gatewayresponse.header.${name}`, `'${value}'`];
  return {
    responseParameters: Object.fromEntries([
      header("Strict-Transport-Security", "max-age=63072000; includeSubDomains"),
      header("X-Content-Type-Options", "nosniff"),
      header("Cache-Control", "no-store"),
      ...(cors === undefined ? [] : Object.entries(corsHeaders(cors)).map(([name, value]) => header(name, value))),
    ]),
    responseTemplates: {
      "application/json": `{"message":"${message}","requestId":"$context.requestId"}`,
    },
  };
}

// Paths

function paths(args: RestDocumentArgs): TreeMap {
  const items: Record<string, Record<string, Tree>> = {};
  for (const route of args.routes) {
    const verb = route.method === "ANY" ? extension("any-method") : route.method.toLowerCase();
    (items[route.path] ??= {})[verb] = operation(route, args);
  }
  const { cors } = args;
  if (cors !== undefined) {
    for (const [path, item] of Object.entries(items)) {
      const methods = args.routes.filter((route) => route.path === path).map((route) => route.method);
      item["options"] ??= preflight(path, methods, cors);
    }
  }
  return items;
}

function operation(route: RoutePlan, args: RestDocumentArgs): TreeMap {
  const { requestModel, requiredParameters = [] } = route.args;
  const parameters = [
    ...pathParameters(route.parameters),
    ...requiredParameters.map(({ name, in: place }) => ({
      name,
      in: place,
      required: true,
      schema: { type: "string" },
    })),
  ];
  return {
    ...(parameters.length > 0 && { parameters }),
    ...(requestModel !== undefined && {
      requestBody: {
        required: true,
        content: { "application/json": { schema: { $ref: `#/components/schemas/${requestModel}` } } },
      },
    }),
    security: security(route),
    ...(route.authorization === AuthorizationType.None && { [extension("auth")]: { type: "NONE" } }),
    responses: proxiedResponses,
    ...integration(route, args),
  };
}

/** OpenAPI asks for responses; those of a proxy are its backend's. */
export const proxiedResponses: TreeMap = { "200": { description: "Answered by the backend" } };

export function pathParameters(names: readonly string[]): TreeMap[] {
  return names.map((name) => ({ name, in: "path", required: true, schema: { type: "string" } }));
}

// Authorization

export function security(route: RoutePlan): Tree[] {
  const key = route.args.apiKeyRequired === true ? { [keyScheme]: [] } : {};
  switch (route.authorization) {
    case AuthorizationType.None:
      return [];
    case AuthorizationType.Iam:
      return [{ [iamScheme]: [], ...key }];
    default:
      return [{ [route.authorizer ?? ""]: route.args.authorizationScopes ?? [], ...key }];
  }
}

function schemes({ routes, authorizers, place, declared }: RestDocumentArgs): TreeMap {
  const written: Record<string, Tree> = {};
  if (routes.some((route) => route.authorization === AuthorizationType.Iam)) written[iamScheme] = iamSchemeOf;
  if (routes.some((route) => route.args.apiKeyRequired === true)) {
    written[keyScheme] = { type: "apiKey", name: "x-api-key", in: "header" };
  }
  for (const authorizer of authorizers) written[authorizer.name] = scheme(authorizer, place, declared);
  return written;
}

/** A request signed with AWS credentials. */
export const iamSchemeOf: TreeMap = {
  type: "apiKey",
  name: "Authorization",
  in: "header",
  [extension("authtype")]: "awsSigv4",
};

function scheme(
  { args, backend, poolArns, ttl, field }: AuthorizerPlan,
  place: pulumi.Output<Place>,
  declared: boolean,
): TreeMap {
  if (args.cognito !== undefined) {
    return {
      type: "apiKey",
      name: "Authorization",
      in: "header",
      [extension("authtype")]: "cognito_user_pools",
      [extension("authorizer")]: {
        type: "cognito_user_pools",
        providerARNs: [...poolArns],
      },
    };
  }
  if (backend === undefined) throw new TypeError(`${field} has no function`);
  const sources = args.lambda?.identitySources ?? ["method.request.header.Authorization"];
  // What is cached for one route must not let a caller into another.
  const places = ttl > 0 ? ["context.httpMethod", "context.resourcePath"] : [];
  return {
    type: "apiKey",
    name: "Unused",
    in: "header",
    [extension("authtype")]: "custom",
    [extension("authorizer")]: {
      type: "request",
      authorizerUri: backend.uri(place, declared),
      authorizerResultTtlInSeconds: ttl,
      ...(sources.length > 0 && { identitySource: [...new Set([...sources, ...places])].join(", ") }),
    },
  };
}

// Backends

function integration(route: RoutePlan, args: RestDocumentArgs): TreeMap {
  const { http, vpcLink, awsService, mock } = route.args;
  const common = { timeoutInMillis: route.timeout };
  if (route.backend !== undefined) {
    return withIntegration({
      type: "aws_proxy",
      httpMethod: "POST",
      uri: route.backend.uri(args.place, args.declared),
      passthroughBehavior: "when_no_match",
      ...common,
    });
  }
  if (http !== undefined) return withIntegration({ ...proxied(route, http), ...common });
  if (vpcLink !== undefined) return withIntegration({ ...linked(route, vpcLink), ...common });
  if (awsService !== undefined) {
    return {
      ...withIntegration({ ...serviced(awsService, args.place), credentials: args.roleOf(route), ...common }),
      responses: { "200": answer("Done"), "400": answer("Refused"), "500": answer("Failed") },
    };
  }
  const statusCode = mock?.statusCode ?? 200;
  return {
    ...withIntegration({
      type: "mock",
      requestTemplates: { "application/json": JSON.stringify({ statusCode }) },
      passthroughBehavior: "when_no_match",
      responses: {
        default: {
          statusCode: String(statusCode),
          responseTemplates: { "application/json": mock?.body ?? "{}" },
        },
      },
    }),
    responses: { [String(statusCode)]: answer("Answered by API Gateway") },
  };
}

const withIntegration = (definition: TreeMap): TreeMap => ({ [extension("integration")]: definition });
const answer = (description: string): TreeMap => ({ description });

/** Parameters of the path go to where the backend's URL names them. */
function parametersFor(route: RoutePlan): TreeMap {
  if (route.parameters.length === 0) return {};
  return {
    requestParameters: Object.fromEntries(
      route.parameters.map((name) => [`integration.request.path.${name}`, `method.request.path.${name}`]),
    ),
  };
}

function proxied(route: RoutePlan, { url, method }: HttpTarget): TreeMap {
  return {
    type: "http_proxy",
    httpMethod: method ?? route.method,
    uri: url,
    passthroughBehavior: "when_no_match",
    ...parametersFor(route),
  };
}

function linked(route: RoutePlan, { vpcLinkId, url, loadBalancerArn, method }: VpcLinkTarget): TreeMap {
  return {
    ...proxied(route, { url: url ?? "", ...(method !== undefined && { method }) }),
    connectionType: "VPC_LINK",
    connectionId: vpcLinkId,
    ...(loadBalancerArn !== undefined && { integrationTarget: loadBalancerArn }),
  };
}

function serviced(target: AwsServiceTarget, place: pulumi.Output<Place>): TreeMap {
  const { service, action, requestTemplate, responseTemplate = "{}" } = target;
  const headers = serviceHeaders(target);
  const template = (text: pulumi.Input<string>): TreeMap => ({ responseTemplates: { "application/json": text } });
  return {
    type: "aws",
    httpMethod: "POST",
    uri: place.apply(({ partition, region }) => `arn:${partition}:apigateway:${region}:${service}:action/${action}`),
    passthroughBehavior: "never",
    ...(Object.keys(headers).length > 0 && { requestParameters: headers }),
    requestTemplates: { "application/json": requestTemplate },
    responses: {
      default: { statusCode: "200", ...template(responseTemplate) },
      "4\\d{2}": { statusCode: "400", ...template('{"message":"The request was not accepted."}') },
      "5\\d{2}": { statusCode: "500", ...template('{"message":"The request failed."}') },
    },
  };
}

// CORS

/** Headers of every answer to another origin; several origins are told apart in the preflight. */
function corsHeaders({ allowOrigins, allowCredentials, exposeHeaders = [] }: Cors): Record<string, string> {
  return {
    "Access-Control-Allow-Origin": allowOrigins[0] ?? "",
    Vary: "Origin",
    ...(allowCredentials === true && { "Access-Control-Allow-Credentials": "true" }),
    ...(exposeHeaders.length > 0 && { "Access-Control-Expose-Headers": exposeHeaders.join(",") }),
  };
}

/** `OPTIONS` of a path, answered without asking who calls: a browser shows no credentials there. */
export function preflight(path: string, methods: readonly string[], cors: Cors): TreeMap {
  const { allowOrigins, allowMethods, allowHeaders = defaultCorsHeaders, maxAge = 600 } = cors;
  const headers: Record<string, string> = {
    ...corsHeaders(cors),
    "Access-Control-Allow-Methods": [...(allowMethods ?? corsMethods(methods))].join(","),
    "Access-Control-Allow-Headers": allowHeaders.join(","),
    "Access-Control-Max-Age": String(maxAge),
  };
  const names = Object.keys(headers);
  const parameters = [...path.matchAll(/\{([^}+]+)\+?\}/g)].map(([, name]) => name ?? "");
  return {
    ...(parameters.length > 0 && { parameters: pathParameters(parameters) }),
    security: [],
    [extension("auth")]: { type: "NONE" },
    responses: {
      "204": {
        description: "Preflight",
        headers: Object.fromEntries(names.map((name) => [name, { schema: { type: "string" } }])),
      },
    },
    ...withIntegration({
      type: "mock",
      requestTemplates: { "application/json": '{"statusCode":204}' },
      passthroughBehavior: "when_no_match",
      responses: {
        default: {
          statusCode: "204",
          responseParameters: Object.fromEntries(
            Object.entries(headers).map(([name, value]) => [`method.response.header.${name}`, `'${value}'`]),
          ),
          ...(allowOrigins.length > 1 && {
            responseTemplates: { "application/json": chooseOrigin(allowOrigins) },
          }),
        },
      },
    }),
  };
}

/** Answers with the caller's origin where it is one of several that are listed. */
function chooseOrigin(origins: readonly string[]): string {
  const listed = origins.map((origin) => `$origin == "${origin}"`).join(" || ");
  return [
    '#set($origin = $input.params().header.get("Origin"))',
    '#if(!$origin || $origin == "")#set($origin = $input.params().header.get("origin"))#end',
    `#if(${listed})#set($context.responseOverride.header.Access-Control-Allow-Origin = $origin)#end`,
  ].join("\n");
}
