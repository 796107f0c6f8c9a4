import { isRecord } from "./bag";
import type { Raw } from "./bag";
import { Node } from "./node";
import type { Kind, Observed } from "./node";

const kinds: Readonly<Record<string, Kind>> = {
  "aws:apigateway/restApi:RestApi": "restApi",
  "aws:apigateway/restApiPut:RestApiPut": "restApiPut",
  "aws:apigateway/resource:Resource": "resource",
  "aws:apigateway/method:Method": "method",
  "aws:apigateway/integration:Integration": "integration",
  "aws:apigateway/stage:Stage": "stage",
  "aws:apigateway/methodSettings:MethodSettings": "methodSettings",
  "aws:apigateway/deployment:Deployment": "deployment",
  "aws:apigateway/authorizer:Authorizer": "authorizer",
  "aws:apigateway/usagePlan:UsagePlan": "usagePlan",
  "aws:apigateway/usagePlanKey:UsagePlanKey": "usagePlanKey",
  "aws:apigateway/apiKey:ApiKey": "apiKey",
  "aws:apigateway/clientCertificate:ClientCertificate": "clientCertificate",
  "aws:apigateway/basePathMapping:BasePathMapping": "basePathMapping",
  "aws:apigateway/domainName:DomainName": "domain",
  "aws:apigatewayv2/api:Api": "httpApi",
  "aws:apigatewayv2/stage:Stage": "httpStage",
  "aws:apigatewayv2/route:Route": "httpRoute",
  "aws:apigatewayv2/integration:Integration": "httpIntegration",
  "aws:apigatewayv2/authorizer:Authorizer": "httpAuthorizer",
  "aws:apigatewayv2/apiMapping:ApiMapping": "apiMapping",
  "aws:apigatewayv2/domainName:DomainName": "httpDomain",
  "aws:wafv2/webAcl:WebAcl": "webAcl",
  "aws:wafv2/webAclRule:WebAclRule": "webAclRule",
  "aws:wafv2/webAclRuleGroupAssociation:WebAclRuleGroupAssociation": "webAclRule",
  "aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration": "webAclLogging",
  "aws:wafv2/webAclAssociation:WebAclAssociation": "webAclAssociation",
  "aws:wafregional/webAclAssociation:WebAclAssociation": "webAclAssociation",
  "aws:cloudfront/distribution:Distribution": "distribution",
  "aws:cognito/userPool:UserPool": "userPool",
  "aws:cloudwatch/logGroup:LogGroup": "logGroup",
  "aws:lambda/function:Function": "function",
  "aws:lambda/alias:Alias": "alias",
};

interface NativeReader {
  readonly kind: Kind;
  /** New name by old name; `propertyDependencies` follow. */
  readonly rename?: Readonly<Record<string, string>>;
  readonly shape?: (props: Raw) => Raw;
}

const native: Readonly<Record<string, NativeReader>> = {
  "aws-native:apigateway:RestApi": {
    kind: "restApi",
    rename: { mode: "putRestApiMode", apiKeySourceType: "apiKeySource" },
    shape: (props) => jsonText(jsonText(props, "body"), "policy"),
  },
  "aws-native:apigateway:Resource": { kind: "resource", rename: { restApiId: "restApi" } },
  "aws-native:apigateway:Method": {
    kind: "method",
    rename: { restApiId: "restApi", authorizationType: "authorization" },
  },
  "aws-native:apigateway:Stage": {
    kind: "stage",
    rename: {
      restApiId: "restApi",
      deploymentId: "deployment",
      accessLogSetting: "accessLogSettings",
      canarySetting: "canarySettings",
      tracingEnabled: "xrayTracingEnabled",
    },
  },
  "aws-native:apigateway:Deployment": { kind: "deployment", rename: { restApiId: "restApi" } },
  "aws-native:apigateway:Authorizer": { kind: "authorizer", rename: { restApiId: "restApi" } },
  "aws-native:apigateway:UsagePlan": {
    kind: "usagePlan",
    rename: { throttle: "throttleSettings", quota: "quotaSettings", usagePlanName: "name" },
  },
  "aws-native:apigateway:UsagePlanKey": { kind: "usagePlanKey" },
  "aws-native:apigateway:ApiKey": { kind: "apiKey" },
  "aws-native:apigateway:ClientCertificate": { kind: "clientCertificate" },
  "aws-native:apigateway:BasePathMapping": {
    kind: "basePathMapping",
    rename: { restApiId: "restApi", stage: "stageName" },
  },
  "aws-native:apigateway:DomainName": { kind: "domain" },
  "aws-native:apigatewayv2:Api": { kind: "httpApi", shape: (props) => jsonText(props, "body") },
  "aws-native:apigatewayv2:Stage": {
    kind: "httpStage",
    rename: { stageName: "name" },
    shape: (props) => {
      const settings = props["routeSettings"];
      if (!isRecord(settings)) return props;
      const list = Object.entries(settings)
        .filter(([key]) => !key.startsWith("__"))
        .map(([routeKey, value]) => ({ routeKey, ...(isRecord(value) ? value : {}) }));
      return { ...props, routeSettings: list };
    },
  },
  "aws-native:apigatewayv2:Route": { kind: "httpRoute" },
  "aws-native:apigatewayv2:Integration": {
    kind: "httpIntegration",
    rename: { timeoutInMillis: "timeoutMilliseconds" },
  },
  "aws-native:apigatewayv2:Authorizer": {
    kind: "httpAuthorizer",
    rename: { identitySource: "identitySources" },
    shape: (props) => {
      const jwt = props["jwtConfiguration"];
      return isRecord(jwt) && "audience" in jwt
        ? { ...props, jwtConfiguration: { ...jwt, audiences: jwt["audience"] } }
        : props;
    },
  },
  "aws-native:apigatewayv2:ApiMapping": { kind: "apiMapping" },
  "aws-native:apigatewayv2:DomainName": { kind: "httpDomain" },
  "aws-native:wafv2:WebAcl": {
    kind: "webAcl",
    shape: (props) =>
      isRecord(props["visibilityConfig"]) && "cloudWatchMetricsEnabled" in props["visibilityConfig"]
        ? {
            ...props,
            visibilityConfig: {
              ...props["visibilityConfig"],
              cloudwatchMetricsEnabled: props["visibilityConfig"]["cloudWatchMetricsEnabled"],
            },
          }
        : props,
  },
  "aws-native:wafv2:WebAclAssociation": { kind: "webAclAssociation" },
  "aws-native:wafv2:LoggingConfiguration": { kind: "webAclLogging" },
  "aws-native:cloudfront:Distribution": {
    kind: "distribution",
    shape: (props) => (isRecord(props["distributionConfig"]) ? { ...props, ...props["distributionConfig"] } : props),
  },
  "aws-native:cognito:UserPool": { kind: "userPool" },
  "aws-native:logs:LogGroup": { kind: "logGroup", rename: { logGroupName: "name" } },
  "aws-native:lambda:Function": { kind: "function", rename: { functionName: "name" } },
  "aws-native:lambda:Alias": { kind: "alias" },
};

/** The type tokens the model reads. */
export const knownTypes: ReadonlySet<string> = new Set([...Object.keys(kinds), ...Object.keys(native)]);

/** A resource as nodes of the model: one, or more where a dialect writes several things in one resource. */
export function readResource(observed: Observed): Node[] {
  const kind = kinds[observed.type];
  if (kind !== undefined) return [new Node(kind, observed)];
  const reader = native[observed.type];
  if (reader === undefined) return [new Node(observed.component ? "component" : "other", observed)];
  const translated = translate(observed, reader);
  const nodes = [new Node(reader.kind, translated)];
  if (observed.type === "aws-native:apigateway:Method") nodes.push(...inlineIntegration(translated));
  if (observed.type === "aws-native:apigateway:Stage") nodes.push(...inlineMethodSettings(translated));
  return nodes;
}

function translate(observed: Observed, reader: NativeReader): Observed {
  const rename = reader.rename ?? {};
  const props = (raw: Raw | undefined): Raw | undefined => {
    if (raw === undefined) return undefined;
    const renamed: Record<string, unknown> = {};
    for (const [key, value] of Object.entries(raw)) renamed[rename[key] ?? key] = value;
    if (Array.isArray(renamed["tags"])) renamed["tags"] = tagMap(renamed["tags"]);
    return reader.shape ? reader.shape(renamed) : renamed;
  };
  const dependencies: Record<string, readonly string[]> = {};
  for (const [key, urns] of Object.entries(observed.propertyDependencies)) dependencies[rename[key] ?? key] = urns;
  const outputs = props(observed.outputs);
  return {
    ...observed,
    inputs: props(observed.inputs),
    outputs: outputs && withId(observed.type, outputs),
    propertyDependencies: dependencies,
  };
}

/** aws-native gives no `id`, but its own outputs carry it. */
function withId(type: string, outputs: Raw): Raw {
  if ("id" in outputs) return outputs;
  const property: Readonly<Record<string, string>> = {
    "aws-native:apigateway:RestApi": "restApiId",
    "aws-native:apigateway:Resource": "resourceId",
    "aws-native:apigateway:Authorizer": "authorizerId",
    "aws-native:apigateway:Deployment": "deploymentId",
    "aws-native:apigateway:UsagePlan": "id",
    "aws-native:apigateway:ApiKey": "apiKeyId",
    "aws-native:apigatewayv2:Api": "apiId",
    "aws-native:apigatewayv2:Authorizer": "authorizerId",
    "aws-native:apigatewayv2:Integration": "integrationId",
    "aws-native:apigateway:Stage": "stageName",
    "aws-native:apigatewayv2:Stage": "name",
  };
  const id = outputs[property[type] ?? "arn"];
  return id === undefined ? outputs : { ...outputs, id };
}

function tagMap(tags: readonly unknown[]): Raw {
  const map: Record<string, unknown> = {};
  for (const tag of tags) {
    if (isRecord(tag) && typeof tag["key"] === "string") map[tag["key"]] = tag["value"];
  }
  return map;
}

function jsonText(props: Raw, key: string): Raw {
  return isRecord(props[key]) ? { ...props, [key]: JSON.stringify(props[key]) } : props;
}

function inlineIntegration(method: Observed): Node[] {
  const read = (raw: Raw | undefined): Raw | undefined => {
    const integration = raw?.["integration"];
    if (raw === undefined || !isRecord(integration)) return undefined;
    return {
      ...integration,
      timeoutMilliseconds: integration["timeoutInMillis"],
      restApi: raw["restApi"],
      resourceId: raw["resourceId"],
      httpMethod: raw["httpMethod"],
      integrationHttpMethod: integration["integrationHttpMethod"],
    };
  };
  const inputs = read(method.inputs);
  const outputs = read(method.outputs);
  if (inputs === undefined && outputs === undefined) return [];
  const from = method.propertyDependencies;
  return [
    new Node(
      "integration",
      {
        ...method,
        inputs,
        outputs,
        propertyDependencies: { ...from, uri: from["integration"] ?? [], connectionId: from["integration"] ?? [] },
      },
      "integration",
    ),
  ];
}

function inlineMethodSettings(stage: Observed): Node[] {
  const source = stage.inputs ?? stage.outputs;
  const settings = source?.["methodSettings"];
  if (!Array.isArray(settings)) return [];
  return settings.filter(isRecord).map((entry, index) => {
    const path = typeof entry["resourcePath"] === "string" ? entry["resourcePath"] : "/*";
    const method = typeof entry["httpMethod"] === "string" ? entry["httpMethod"] : "*";
    const methodPath =
      (path === "/*" || path === "*") && method === "*" ? "*/*" : `${path.replace(/^\/(?=~1)/, "")}/${method}`;
    const inputs = {
      restApi: source?.["restApi"],
      stageName: source?.["stageName"],
      methodPath: path === "/" ? `~1/${method}` : methodPath,
      settings: entry,
    };
    return new Node("methodSettings", { ...stage, inputs, outputs: undefined }, `methodSettings/${String(index)}`);
  });
}
