import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { WebSocketApiArgs } from "../web-socket-api";
import { makeBackends } from "./backends";
import type { FunctionUse } from "./functions";
import { sha256, slugs } from "./names";
import type { Inside, Place } from "./place";
import { roleArn } from "./roles";
import { defaultIdentitySource, serviceHeaders } from "./routes";
import { connect } from "./socket-plan";
import type { SocketPlan, SocketRoute } from "./socket-plan";
import { canonicalJson } from "./values";

interface Made {
  /** What a deployment waits for. */
  readonly made: readonly pulumi.Resource[];
  /** A digest of all that a deployment holds. */
  readonly configuration: pulumi.Output<string>;
}

type IntegrationArgs = Omit<aws.apigatewayv2.IntegrationArgs, "apiId">;

/** Makes models, the authorizer, and each route with its integration. */
export function makeRoutes(
  name: string,
  args: WebSocketApiArgs,
  plan: SocketPlan,
  api: aws.apigatewayv2.Api,
  place: pulumi.Output<Place>,
  tags: pulumi.Output<Record<string, string>>,
  inside: Inside,
): Made {
  const apiId = api.id;
  const made: pulumi.Resource[] = [];
  const written: unknown[] = [plan.selection];
  const keep = <R extends pulumi.Resource>(resource: R, inputs: unknown): R => {
    made.push(resource);
    written.push(inputs);
    return resource;
  };
  const roles = makeBackends(name, plan, tags, inside);

  const modelSlugs = slugs(Object.keys(args.models ?? {}));
  const models = new Map(
    Object.entries(args.models ?? {}).map(([model, schema]) => {
      const inputs = { name: model, contentType: "application/json", schema };
      const resource = new aws.apigatewayv2.Model(
        `${name}-${modelSlugs.get(model) ?? model}`,
        { apiId, ...inputs },
        inside(),
      );
      return [model, keep(resource, inputs)];
    }),
  );
  const authorizer = makeAuthorizer(name, args, plan, apiId, place, inside);
  if (authorizer !== undefined) keep(authorizer.resource, authorizer.inputs);

  for (const route of plan.routes) {
    const integrationArgs = integrationOf(route, place, roles);
    const integration = keep(
      new aws.apigatewayv2.Integration(`${name}-${route.slug}`, { apiId, ...integrationArgs }, inside()),
      integrationArgs,
    );
    const model = route.args?.requestModel;
    const modelName = model === undefined ? undefined : models.get(model)?.name;
    const routeArgs = {
      routeKey: route.key,
      ...(route.key === connect && {
        authorizationType: plan.authorization,
        apiKeyRequired: args.apiKeyRequired ?? false,
      }),
      // What selects the route selects its one model.
      ...(modelName !== undefined && {
        modelSelectionExpression: plan.selection,
        requestModels: { [route.key]: modelName },
      }),
      ...(route.args?.twoWay === true && { routeResponseSelectionExpression: "$default" }),
    };
    const resource = new aws.apigatewayv2.Route(
      `${name}-${route.slug}`,
      {
        apiId,
        target: pulumi.interpolate`integrations/${integration.id}`,
        ...routeArgs,
        ...(route.key === connect && authorizer !== undefined && { authorizerId: authorizer.resource.id }),
      },
      inside(),
    );
    keep(resource, routeArgs);
    if (route.args?.twoWay === true) {
      keep(
        new aws.apigatewayv2.RouteResponse(
          `${name}-${route.slug}`,
          { apiId, routeId: resource.id, routeResponseKey: "$default" },
          inside(),
        ),
        {},
      );
    }
  }
  const told = pulumi.output<unknown>(written) as pulumi.OutputInstance<unknown>;
  return { made, configuration: told.apply((all) => sha256(canonicalJson(all))) };
}

function makeAuthorizer(
  name: string,
  { authorizer: args }: WebSocketApiArgs,
  { authorizer, secretHeader, label }: SocketPlan,
  apiId: pulumi.Output<string>,
  place: pulumi.Output<Place>,
  inside: Inside,
): { readonly resource: aws.apigatewayv2.Authorizer; readonly inputs: unknown } | undefined {
  if (authorizer === undefined) return undefined;
  const inputs = {
    name: label,
    authorizerType: "REQUEST",
    authorizerUri: authorizer.uri(place),
    identitySources: [
      ...(args?.identitySources ?? [defaultIdentitySource("websocket")]),
      // A call that did not come through the distribution has none, and is refused before anything is asked.
      ...(secretHeader === undefined ? [] : [`route.request.header.${secretHeader}`]),
    ],
  };
  return { resource: new aws.apigatewayv2.Authorizer(name, { apiId, ...inputs }, inside()), inputs };
}

function integrationOf(
  { args, backend, timeout, slug: slugOf }: SocketRoute,
  place: pulumi.Output<Place>,
  roles: ReadonlyMap<string, pulumi.Output<string>>,
): IntegrationArgs {
  const common = { timeoutMilliseconds: timeout };
  if (backend !== undefined) {
    return {
      ...common,
      integrationType: "AWS_PROXY",
      integrationMethod: "POST",
      integrationUri: backend.uri(place),
      contentHandlingStrategy: "CONVERT_TO_TEXT",
      passthroughBehavior: "WHEN_NO_MATCH",
    };
  }
  const { http, vpcLink, awsService } = args ?? {};
  if (http !== undefined || vpcLink !== undefined) {
    const { url, method = "POST" } = http ?? vpcLink ?? {};
    return {
      ...common,
      integrationType: "HTTP_PROXY",
      integrationMethod: method,
      ...(url !== undefined && { integrationUri: url }),
      ...(vpcLink !== undefined && { connectionType: "VPC_LINK", connectionId: vpcLink.vpcLinkId }),
    };
  }
  if (awsService !== undefined) {
    const { service, action, requestTemplate = "", roleArn: given } = awsService;
    return {
      ...common,
      integrationType: "AWS",
      integrationMethod: "POST",
      integrationUri: place.apply(
        ({ partition, region }) => `arn:${partition}:apigateway:${region}:${service}:action/${action}`,
      ),
      credentialsArn: given ?? roleArn(place, roles.get(slugOf) ?? ""),
      passthroughBehavior: "NEVER",
      requestParameters: serviceHeaders(awsService),
      requestTemplates: { $default: requestTemplate },
      templateSelectionExpression: "\\$default",
    };
  }
  // A `$connect` that nobody answers: who is authorized is let in.
  return {
    ...common,
    integrationType: "MOCK",
    requestTemplates: { "200": '{"statusCode":200}' },
    templateSelectionExpression: "200",
    passthroughBehavior: "WHEN_NO_MATCH",
  };
}

/** Routes that one function serves and that are still permitted one by one: a function's policy has 20 KB. */
const most = 20;

/**
 * Lets this API and stage, and no other, call each function, for each route by itself: a route that is taken away can then
 * call nothing, even while a deployment still has it.
 */
export function permitRoutes(
  name: string,
  { functions, authorizerFunctions, routes }: SocketPlan,
  executionArn: pulumi.Output<string>,
  stageName: pulumi.Output<string>,
  place: pulumi.Output<Place>,
  inside: Inside,
): void {
  const permit = (use: FunctionUse, part: string, ...path: readonly pulumi.Input<string>[]): void => {
    const sourceArn = pulumi.all([executionArn, ...path]).apply((parts) => parts.join("/"));
    use.permit(`${name}-${part}`, sourceArn, place, inside);
  };
  for (const { slug: part, use } of functions) {
    const served = routes.filter((route) => route.backend === use);
    if (served.length > most) permit(use, part, stageName, "*");
    else for (const route of served) permit(use, route.slug, stageName, route.key);
  }
  for (const { slug: part, use } of authorizerFunctions) permit(use, part, "authorizers/*");
}
