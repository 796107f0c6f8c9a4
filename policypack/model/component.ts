import { isRecord, toValue, unknownText as unknown } from "./bag";
import type { Raw } from "./bag";
import { Node } from "./node";
import type { Observed } from "./node";

/**
 * The resources that a component will make, read from its own inputs.
 *
 * A component that makes its resources inside `apply` shows none of them while anything it was given is unknown, so
 * its inputs are all there is to judge. The nodes stand at the component's URN.
 */
export function foretell(component: Observed): Node[] {
  return component.type === "aws-apigateway:index:RestAPI" ? restApi(component) : [];
}

/** `aws-apigateway:index:RestAPI`: an API whose body is made of `routes`, and one stage, which has the API's tags. */
function restApi(component: Observed): Node[] {
  const inputs = component.inputs ?? {};
  const from = component.propertyDependencies;
  const node = (kind: "restApi" | "stage", own: Raw, ties: Observed["propertyDependencies"]): Node =>
    new Node(
      kind,
      { ...component, inputs: own, outputs: undefined, parent: component.urn, propertyDependencies: ties },
      kind,
    );
  const { apiKeySource, description, disableExecuteApiEndpoint, tags } = inputs;
  return [
    node(
      "restApi",
      { name: component.name, body: bodyOf(inputs), apiKeySource, description, disableExecuteApiEndpoint, tags },
      { body: [...(from["routes"] ?? []), ...(from["swaggerString"] ?? [])] },
    ),
    node(
      "stage",
      { stageName: inputs["stageName"] ?? "stage", tags, restApi: unknown, deployment: unknown },
      { restApi: [component.urn], deployment: [component.urn] },
    ),
  ];
}

/** The document the component will write; unknown where a part of it that decides is. */
function bodyOf(inputs: Raw): unknown {
  const text = inputs["swaggerString"];
  if (toValue(text).isPresent()) return text;
  const routes = toValue(inputs["routes"]).get();
  if (!Array.isArray(routes)) return unknown;
  const document = new Document();
  for (const route of routes as readonly unknown[]) if (!document.add(route)) return unknown;
  const validator = inputs["requestValidator"];
  return JSON.stringify({
    swagger: "2.0",
    info: { title: "", version: "1.0" },
    paths: document.paths,
    securityDefinitions: document.schemes,
    "x-amazon-apigateway-request-validators": validators,
    ...(typeof validator === "string" && { "x-amazon-apigateway-request-validator": validator }),
    ...(isRecord(inputs["gatewayResponses"]) && {
      "x-amazon-apigateway-gateway-responses": known(inputs["gatewayResponses"]),
    }),
  });
}

const validators = {
  ALL: { validateRequestBody: true, validateRequestParameters: true },
  BODY_ONLY: { validateRequestBody: true, validateRequestParameters: false },
  PARAMS_ONLY: { validateRequestBody: false, validateRequestParameters: true },
};

const anyMethod = "x-amazon-apigateway-any-method";

class Document {
  readonly paths: Record<string, Record<string, unknown>> = {};
  readonly schemes: Record<string, unknown> = {};

  /** Writes one route; false where what decides about it is unknown. */
  add(written: unknown): boolean {
    const route = toValue(written).get();
    if (!isRecord(route)) return false;
    const value = (key: string): unknown => toValue(route[key]).get();
    const deciding = ["path", "method", "authorizers", "iamAuthEnabled", "apiKeyRequired", "target", "data"];
    if (deciding.some((key) => toValue(route[key]).isUnknown())) return false;
    const path = value("path");
    if (typeof path !== "string") return false;
    const from = path.startsWith("/") ? path : `/${path}`;
    const data = value("data");
    if (isRecord(data)) return this.put(from, value("method"), known(data) as Raw);
    const operation = this.operation(value);
    if (operation === undefined) return false;
    const below = from.endsWith("/") ? from : `${from}/`;
    if (value("target") !== undefined) {
      return this.put(below, "ANY", operation) && this.put(`${below}{proxy+}`, "ANY", operation);
    }
    const local = value("localPath");
    if (local === undefined) return this.put(from, value("method"), operation);
    if (typeof local !== "string" || /\.[A-Za-z0-9]{1,8}$/.test(local)) return this.put(from, "GET", operation);
    // Of a directory, everything below it is served.
    return this.put(below, "GET", operation) && this.put(`${below}{proxy+}`, "ANY", operation);
  }

  private put(path: string, method: unknown, operation: Raw): boolean {
    const verb = typeof method === "string" ? method.toLowerCase() : "any";
    (this.paths[path] ??= {})[verb === "any" ? anyMethod : verb] = operation;
    return true;
  }

  private operation(value: (key: string) => unknown): Raw | undefined {
    const target = value("target");
    let integration: unknown = { type: value("localPath") === undefined ? "aws_proxy" : "aws", httpMethod: "POST" };
    if (isRecord(target)) {
      if (toValue(target["type"]).isUnknown()) return undefined;
      const http = String(target["type"]).toLowerCase().startsWith("http");
      if (http && toValue(target["uri"]).isUnknown()) return undefined;
      integration = known(target);
    }
    const security = this.security(value);
    if (security === undefined) return undefined;
    const validator = value("requestValidator");
    const parameters = value("requiredParameters");
    return {
      ...(security.length > 0 && { security }),
      ...(value("iamAuthEnabled") === true && { "x-amazon-apigateway-auth": { type: "AWS_IAM" } }),
      ...(typeof validator === "string" && { "x-amazon-apigateway-request-validator": validator }),
      ...(Array.isArray(parameters) && {
        parameters: (parameters as readonly unknown[]).filter(isRecord).map((one) => ({ ...one, required: true })),
      }),
      "x-amazon-apigateway-integration": integration,
    };
  }

  private security(value: (key: string) => unknown): Record<string, unknown>[] | undefined {
    const written = value("authorizers");
    const authorizers: readonly unknown[] = Array.isArray(written) ? written : written === undefined ? [] : [written];
    const security: Record<string, unknown>[] = [];
    for (const entry of authorizers) {
      const authorizer = toValue(entry).get();
      if (!isRecord(authorizer)) return undefined;
      const given = authorizer["authorizerName"];
      const name = typeof given === "string" ? given : `authorizer-${String(Object.keys(this.schemes).length)}`;
      this.schemes[name] ??= schemeOf(authorizer);
      const scopes = toValue(authorizer["methodsToAuthorize"]).get();
      security.push({ [name]: Array.isArray(scopes) ? known(scopes) : [] });
    }
    if (value("apiKeyRequired") === true) {
      this.schemes["api_key"] = { type: "apiKey", name: "x-api-key", in: "header" };
      security.push({ api_key: [] });
    }
    return security;
  }
}

function schemeOf(authorizer: Raw): Raw {
  const cognito = authorizer["providerARNs"] !== undefined;
  const sources = toValue(authorizer["identitySource"]).get();
  return {
    type: "apiKey",
    name: known(authorizer["parameterName"]) ?? "Authorization",
    in: cognito ? "header" : (known(authorizer["parameterLocation"]) ?? "header"),
    "x-amazon-apigateway-authtype": cognito ? "cognito_user_pools" : known(authorizer["authType"]),
    "x-amazon-apigateway-authorizer": {
      type: cognito ? "cognito_user_pools" : (known(authorizer["type"]) ?? "token"),
      authorizerResultTtlInSeconds: known(authorizer["authorizerResultTtlInSeconds"]),
      identityValidationExpression: known(authorizer["identityValidationExpression"]),
      ...(Array.isArray(sources) && { identitySource: (known(sources) as readonly unknown[]).join(", ") }),
      ...(cognito && { providerARNs: poolsOf(authorizer["providerARNs"]) }),
    },
  };
}

/** The ARNs of user pools; a pool may stand for its ARN, and what is not known yet is told by what it comes from. */
function poolsOf(written: unknown): readonly string[] {
  const pools = toValue(written).get();
  const listed: readonly unknown[] = Array.isArray(pools) ? pools : [pools];
  return listed.map((pool) => {
    const arn = toValue(pool).get();
    return typeof arn === "string" ? arn : unknown;
  });
}

/** A value without what is unknown in it. */
function known(value: unknown): unknown {
  const one = toValue(value).get();
  if (Array.isArray(one)) return one.map(known).filter((item) => item !== undefined);
  if (!isRecord(one)) return one;
  return Object.fromEntries(Object.entries(one).map(([key, item]) => [key, known(item)]));
}
