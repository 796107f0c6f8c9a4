import type * as pulumi from "@pulumi/pulumi";
import { AuthorizationType } from "../args";
import type { AwsServiceTarget } from "../args";
import { httpSubtype } from "./http-subtypes";
import type { Place } from "./place";
import { iamSchemeOf, pathParameters, security } from "./rest-document";
import { defaultIdentitySource, iamScheme } from "./routes";
import type { AuthorizerPlan, RoutePlan } from "./routes";
import type { Tree, TreeMap } from "./values";

/** What an HTTP API's OpenAPI document is written of. */
export interface HttpDocumentArgs {
  readonly title: Tree;
  readonly description: string;
  readonly version: string;
  readonly disableExecuteApiEndpoint: boolean;
  readonly stageName: string;
  readonly routes: readonly RoutePlan[];
  readonly authorizers: readonly AuthorizerPlan[];
  /** Header by which the distribution in front shows who it is. */
  readonly secretHeader: string | undefined;
  readonly place: pulumi.Output<Place>;
  /** ARN of the role by which a route calls another service. */
  readonly roleOf: (route: RoutePlan) => Tree;
  /** Without ties to what the component itself makes. */
  readonly declared: boolean;
}

const extension = (name: string): string => `x-amazon-apigateway-${name}`;

export function httpDocument(args: HttpDocumentArgs): TreeMap {
  const { routes, authorizers } = args;
  const paths: Record<string, Record<string, Tree>> = {};
  for (const route of routes) {
    const verb = route.method === "ANY" ? extension("any-method") : route.method.toLowerCase();
    (paths[route.path] ??= {})[verb] = operation(route, args);
  }
  const signed = routes.some((route) => route.authorization === AuthorizationType.Iam);
  return {
    openapi: "3.0.1",
    info: { title: args.title, description: args.description, version: args.version },
    // Importing a document sets what the argument of the same name sets.
    ...(args.disableExecuteApiEndpoint && {
      servers: [{ url: "/", [extension("endpoint-configuration")]: { disableExecuteApiEndpoint: true } }],
    }),
    paths,
    components: {
      securitySchemes: {
        ...(signed && { [iamScheme]: iamSchemeOf }),
        ...Object.fromEntries(authorizers.map((authorizer) => [authorizer.name, scheme(authorizer, args)])),
      },
    },
  };
}

function operation(route: RoutePlan, args: HttpDocumentArgs): TreeMap {
  return {
    ...(route.parameters.length > 0 && { parameters: pathParameters(route.parameters) }),
    security: security(route),
    responses: { default: { description: `Answer of ${route.key}` } },
    [extension("integration")]: { ...integration(route, args), timeoutInMillis: route.timeout },
  };
}

function integration(route: RoutePlan, args: HttpDocumentArgs): TreeMap {
  const { http, vpcLink, awsService } = route.args;
  if (route.backend !== undefined) {
    return {
      type: "aws_proxy",
      httpMethod: "POST",
      uri: route.backend.uri(args.place, args.declared),
      connectionType: "INTERNET",
      payloadFormatVersion: "2.0",
    };
  }
  if (awsService !== undefined) return serviced(awsService, args.roleOf(route));
  const common = {
    type: "http_proxy",
    httpMethod: http?.method ?? vpcLink?.method ?? route.method,
    payloadFormatVersion: "1.0",
  };
  if (vpcLink === undefined) return { ...common, uri: http?.url, connectionType: "INTERNET" };
  return {
    ...common,
    uri: vpcLink.listenerArn,
    connectionType: "VPC_LINK",
    connectionId: vpcLink.vpcLinkId,
    tlsConfig: { serverNameToVerify: vpcLink.serverName },
    // A load balancer would be shown the stage as well.
    ...(args.stageName !== "$default" && { requestParameters: { "overwrite:path": "$request.path" } }),
  };
}

function serviced({ service, action, parameters = {} }: AwsServiceTarget, credentials: Tree): TreeMap {
  return {
    type: "aws_proxy",
    integrationSubtype: httpSubtype(service, action),
    credentials,
    requestParameters: parameters,
    connectionType: "INTERNET",
    payloadFormatVersion: "1.0",
  };
}

function scheme(
  { args: { jwt, lambda }, backend, ttl, field }: AuthorizerPlan,
  { place, declared, secretHeader }: HttpDocumentArgs,
): TreeMap {
  if (jwt !== undefined) {
    return {
      type: "oauth2",
      [extension("authorizer")]: {
        type: "jwt",
        identitySource: "$request.header.Authorization",
        jwtConfiguration: { issuer: jwt.issuer, audience: jwt.audiences },
      },
    };
  }
  if (backend === undefined) throw new TypeError(`${field} has no function`);
  const sources = [
    ...(lambda?.identitySources ?? [defaultIdentitySource("http")]),
    // A call that did not come through the distribution has none, and is refused before anything is asked.
    ...(secretHeader === undefined ? [] : [`$request.header.${secretHeader}`]),
    // What is cached for one route must not let a caller into another.
    ...(ttl > 0 ? ["$context.routeKey"] : []),
  ];
  return {
    type: "apiKey",
    name: "Authorization",
    in: "header",
    [extension("authorizer")]: {
      type: "request",
      authorizerUri: backend.uri(place, declared),
      authorizerPayloadFormatVersion: "2.0",
      authorizerResultTtlInSeconds: ttl,
      enableSimpleResponses: lambda?.enableSimpleResponses ?? true,
      ...(sources.length > 0 && { identitySource: [...new Set(sources)].join(", ") }),
    },
  };
}
