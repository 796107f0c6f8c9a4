import { isRecord, isUnknownSentinel, toValue, unknownText } from "./bag";
import type { Raw } from "./bag";
import { fromNativeMethodPath } from "./method-path";
import { Node } from "./node";
import type { Kind, Observed } from "./node";
import { Value } from "./value";

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
  "aws:apigateway/restApiPolicy:RestApiPolicy": "restApiPolicy",
  "aws:apigateway/requestValidator:RequestValidator": "requestValidator",
  "aws:apigateway/model:Model": "model",
  "aws:apigateway/methodResponse:MethodResponse": "methodResponse",
  "aws:apigateway/integrationResponse:IntegrationResponse": "integrationResponse",
  "aws:apigateway/response:Response": "gatewayResponse",
  "aws:apigateway/vpcLink:VpcLink": "vpcLink",
  "aws:apigateway/account:Account": "account",
  "aws:apigateway/domainNameAccessAssociation:DomainNameAccessAssociation": "domainAccess",
  "aws:apigatewayv2/model:Model": "httpModel",
  "aws:apigatewayv2/integrationResponse:IntegrationResponse": "httpIntegrationResponse",
  "aws:apigatewayv2/deployment:Deployment": "httpDeployment",
  "aws:apigatewayv2/vpcLink:VpcLink": "httpVpcLink",
  "aws:apigatewayv2/routingRule:RoutingRule": "routingRule",
  "aws:wafv2/ruleGroup:RuleGroup": "ruleGroup",
  "aws:cognito/userPoolClient:UserPoolClient": "userPoolClient",
  "aws:cognito/resourceServer:ResourceServer": "resourceServer",
  "aws:lambda/permission:Permission": "permission",
  "aws:lambda/resourcePolicy:ResourcePolicy": "functionPolicy",
  "aws:lambda/functionUrl:FunctionUrl": "functionUrl",
  "aws:acm/certificate:Certificate": "certificate",
  "aws:acm/certificateValidation:CertificateValidation": "certificateValidation",
  "aws:ec2/vpcEndpoint:VpcEndpoint": "vpcEndpoint",
  "aws:ec2/vpcEndpointPolicy:VpcEndpointPolicy": "vpcEndpointPolicy",
  "aws:lb/loadBalancer:LoadBalancer": "loadBalancer",
  "aws:alb/loadBalancer:LoadBalancer": "loadBalancer",
  "aws:lb/listener:Listener": "listener",
  "aws:alb/listener:Listener": "listener",
  "aws:kinesis/firehoseDeliveryStream:FirehoseDeliveryStream": "deliveryStream",
  "aws:cloudwatch/metricAlarm:MetricAlarm": "metricAlarm",
  "aws:secretsmanager/secret:Secret": "secret",
  "aws:secretsmanager/secretVersion:SecretVersion": "secretVersion",
  "aws:secretsmanager/secretRotation:SecretRotation": "secretRotation",
  "aws:kms/key:Key": "kmsKey",
  "aws:s3/bucketObject:BucketObject": "bucketObject",
  "aws:s3/bucketObjectv2:BucketObjectv2": "bucketObject",
};

/** What the provider fills in where the program sets nothing, and has not filled in while it is not configured. */
const defaults: Readonly<Record<string, Raw>> = {
  "aws:apigateway/authorizer:Authorizer": { identitySource: "method.request.header.Authorization" },
};

interface NativeReader {
  readonly kind: Kind;
  /** New name by old name; `propertyDependencies` follow. */
  readonly rename?: Readonly<Record<string, string>>;
  readonly shape?: (props: Raw) => Raw;
  /** An object whose properties, with its `propertyDependencies`, are read as the resource's own. */
  readonly lift?: string;
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
  "aws-native:cognito:UserPool": {
    kind: "userPool",
    rename: { userPoolName: "name" },
    shape: (props) => (isRecord(props["policies"]) ? { ...props, ...props["policies"] } : props),
  },
  "aws-native:logs:LogGroup": { kind: "logGroup", rename: { logGroupName: "name" } },
  "aws-native:lambda:Function": { kind: "function", rename: { functionName: "name" } },
  "aws-native:lambda:Alias": { kind: "alias" },
  "aws-native:apigateway:RequestValidator": { kind: "requestValidator", rename: { restApiId: "restApi" } },
  "aws-native:apigateway:Model": {
    kind: "model",
    rename: { restApiId: "restApi" },
    shape: (props) => jsonText(props, "schema"),
  },
  "aws-native:apigateway:GatewayResponse": { kind: "gatewayResponse" },
  "aws-native:apigateway:VpcLink": { kind: "vpcLink", rename: { targetArns: "targetArn" } },
  "aws-native:apigateway:Account": { kind: "account", rename: { cloudWatchRoleArn: "cloudwatchRoleArn" } },
  "aws-native:apigateway:DomainNameV2": { kind: "domain", shape: (props) => jsonText(props, "policy") },
  "aws-native:apigateway:BasePathMappingV2": {
    kind: "basePathMapping",
    rename: { restApiId: "restApi", stage: "stageName", domainNameArn: "domainName" },
  },
  "aws-native:apigateway:DomainNameAccessAssociation": { kind: "domainAccess" },
  "aws-native:apigatewayv2:Model": { kind: "httpModel", shape: (props) => jsonText(props, "schema") },
  "aws-native:apigatewayv2:IntegrationResponse": { kind: "httpIntegrationResponse" },
  "aws-native:apigatewayv2:Deployment": { kind: "httpDeployment" },
  "aws-native:apigatewayv2:VpcLink": { kind: "httpVpcLink" },
  "aws-native:apigatewayv2:RoutingRule": { kind: "routingRule", rename: { domainNameArn: "domainName" } },
  "aws-native:apigatewayv2:ApiGatewayManagedOverrides": { kind: "managedOverrides", lift: "route" },
  "aws-native:wafv2:RuleGroup": { kind: "ruleGroup" },
  "aws-native:cognito:UserPoolClient": { kind: "userPoolClient" },
  "aws-native:cognito:UserPoolResourceServer": { kind: "resourceServer" },
  "aws-native:lambda:Permission": { kind: "permission", rename: { functionName: "function" } },
  "aws-native:lambda:Url": { kind: "functionUrl", rename: { authType: "authorizationType" } },
  "aws-native:certificatemanager:Certificate": { kind: "certificate" },
  "aws-native:ec2:VpcEndpoint": {
    kind: "vpcEndpoint",
    rename: { policyDocument: "policy" },
    shape: (props) => jsonText(props, "policy"),
  },
  "aws-native:elasticloadbalancingv2:LoadBalancer": { kind: "loadBalancer" },
  "aws-native:elasticloadbalancingv2:Listener": { kind: "listener" },
  "aws-native:kinesisfirehose:DeliveryStream": { kind: "deliveryStream", rename: { deliveryStreamName: "name" } },
  "aws-native:cloudwatch:Alarm": { kind: "metricAlarm" },
  "aws-native:secretsmanager:Secret": { kind: "secret" },
  "aws-native:secretsmanager:RotationSchedule": { kind: "secretRotation" },
  "aws-native:kms:Key": { kind: "kmsKey" },
};

/**
 * Types that a program may declare with no input at all: neither is one required, nor is a name filled in. Such a
 * resource looks like one that is only read, so what it is told to be by its outputs counts.
 */
export const bareTypes: ReadonlySet<string> = new Set([
  "aws:apigateway/account:Account",
  "aws-native:apigateway:Account",
]);

/** The type tokens the model reads. */
export const knownTypes: ReadonlySet<string> = new Set([...Object.keys(kinds), ...Object.keys(native)]);

/** What a type is to the model; undefined for a type that it does not read. */
export function kindOf(type: string): Kind | undefined {
  return kinds[type] ?? native[type]?.kind;
}

/** The provider of a type sends limits that nobody set, as numbers; the other leaves them out. */
export function sendsUnsetLimits(type: string): boolean {
  return native[type] === undefined;
}

/** The name that a type has for a property of the model's. */
export function nameOf(type: string, property: string): string {
  const names = Object.entries(native[type]?.rename ?? {});
  return names.find(([, ours]) => ours === property)?.[0] ?? property;
}

/** A resource as nodes of the model: one, or more where a dialect writes several things in one resource. */
export function readResource(observed: Observed): Node[] {
  const kind = kinds[observed.type];
  if (kind !== undefined) return [new Node(kind, withDefaults(observed))];
  const reader = native[observed.type];
  if (reader === undefined) return [new Node(observed.component ? "component" : "other", observed)];
  const translated = translate(observed, reader);
  const nodes = [new Node(reader.kind, translated)];
  if (observed.type === "aws-native:apigateway:Method") nodes.push(...inlineIntegration(translated));
  if (observed.type === "aws-native:apigateway:Stage") nodes.push(...inlineMethodSettings(translated));
  return nodes;
}

/** A property that is empty on purpose keeps what it says. */
function withDefaults(observed: Observed): Observed {
  const { inputs } = observed;
  const missing = Object.entries(defaults[observed.type] ?? {}).filter(([key]) => (inputs?.[key] ?? null) === null);
  if (inputs === undefined || missing.length === 0) return observed;
  return { ...observed, inputs: { ...inputs, ...Object.fromEntries(missing) } };
}

function translate(observed: Observed, reader: NativeReader): Observed {
  const rename = reader.rename ?? {};
  const props = (raw: Raw | undefined): Raw | undefined => {
    if (raw === undefined) return undefined;
    const renamed: Record<string, unknown> = {};
    for (const [key, value] of Object.entries(raw)) renamed[rename[key] ?? key] = value;
    if (Array.isArray(renamed["tags"])) renamed["tags"] = tagMap(renamed["tags"]);
    const lifted = renamed[reader.lift ?? ""];
    const all = isRecord(lifted) ? { ...renamed, ...lifted } : renamed;
    return reader.shape ? reader.shape(all) : all;
  };
  const dependencies: Record<string, readonly string[]> = {};
  for (const [key, urns] of Object.entries(observed.propertyDependencies)) {
    dependencies[rename[key] ?? key] = urns;
    const inside = key === reader.lift ? (observed.inputs ?? observed.outputs)?.[key] : undefined;
    if (isRecord(inside)) for (const name of Object.keys(inside)) dependencies[name] = urns;
  }
  const outputs = props(observed.outputs);
  return {
    ...observed,
    inputs: props(observed.inputs),
    outputs: outputs && withIdentity(observed.type, outputs),
    propertyDependencies: dependencies,
  };
}

/** aws-native gives no `id`, and few types an `arn`, but outputs of other names carry them. */
function withIdentity(type: string, outputs: Raw): Raw {
  const arn = outputs["arn"] ?? outputs[nativeArns[type] ?? "arn"];
  const id = outputs["id"] ?? outputs[nativeIds[type] ?? "arn"];
  return { ...outputs, ...(arn !== undefined && { arn }), ...(id !== undefined && { id }) };
}

const nativeArns: Readonly<Record<string, string>> = {
  "aws-native:apigateway:DomainName": "domainNameArn",
  "aws-native:apigateway:DomainNameV2": "domainNameArn",
  "aws-native:certificatemanager:Certificate": "certificateArn",
  "aws-native:elasticloadbalancingv2:Listener": "listenerArn",
  "aws-native:elasticloadbalancingv2:LoadBalancer": "loadBalancerArn",
  "aws-native:lambda:Alias": "aliasArn",
  "aws-native:secretsmanager:Secret": "awsId",
};

const nativeIds: Readonly<Record<string, string>> = {
  "aws-native:apigateway:RestApi": "restApiId",
  "aws-native:apigateway:Resource": "resourceId",
  "aws-native:apigateway:Authorizer": "authorizerId",
  "aws-native:apigateway:Deployment": "deploymentId",
  "aws-native:apigateway:UsagePlan": "awsId",
  "aws-native:apigateway:ApiKey": "apiKeyId",
  "aws-native:apigatewayv2:Api": "apiId",
  "aws-native:apigatewayv2:Authorizer": "authorizerId",
  "aws-native:apigatewayv2:Integration": "integrationId",
  "aws-native:apigateway:RequestValidator": "requestValidatorId",
  "aws-native:apigateway:ClientCertificate": "clientCertificateId",
  "aws-native:apigateway:Stage": "stageName",
  "aws-native:apigatewayv2:Stage": "name",
  "aws-native:cognito:UserPool": "userPoolId",
  "aws-native:cognito:UserPoolClient": "clientId",
  "aws-native:secretsmanager:Secret": "awsId",
  "aws-native:apigateway:VpcLink": "vpcLinkId",
  "aws-native:apigatewayv2:Deployment": "deploymentId",
  "aws-native:apigatewayv2:Route": "routeId",
  "aws-native:apigatewayv2:VpcLink": "vpcLinkId",
  "aws-native:cloudfront:Distribution": "awsId",
  "aws-native:ec2:VpcEndpoint": "awsId",
};

/** Tags as a map; unknown as a whole while one of them is, which may be any. */
function tagMap(tags: readonly unknown[]): Raw | string {
  const map: Record<string, unknown> = {};
  for (const tag of tags) {
    if (isUnknownSentinel(tag) || (isRecord(tag) && isUnknownSentinel(tag["key"]))) return unknownText;
    if (isRecord(tag) && typeof tag["key"] === "string") map[tag["key"]] = tag["value"];
  }
  return map;
}

/** An object as JSON text, with the secrets in it in plain text. */
function jsonText(props: Raw, key: string): Raw {
  const value = toValue(props[key]);
  if (!isRecord(value.get())) return props;
  try {
    return { ...props, [key]: JSON.stringify(value.get(), (_, item: unknown) => plain(item)) };
  } catch {
    // Only nesting too deep for the stack comes here; an object where text belongs cannot be read.
    return props;
  }
}

function plain(item: unknown): unknown {
  const value = isRecord(item) ? toValue(item) : Value.known(item);
  return value.isUnknown() ? unknownText : value.get();
}

function inlineIntegration(method: Observed): Node[] {
  const read = (raw: Raw | undefined): Raw | undefined => {
    const integration = raw?.["integration"];
    if (raw === undefined) return undefined;
    const place = { restApi: raw["restApi"], resourceId: raw["resourceId"], httpMethod: raw["httpMethod"] };
    // Of an integration that is not known as a whole, nothing is.
    if (isUnknownSentinel(integration)) return { ...place, type: integration, uri: integration };
    if (!isRecord(integration)) return undefined;
    return {
      ...integration,
      timeoutMilliseconds: integration["timeoutInMillis"],
      ...place,
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
  const written = source?.["methodSettings"];
  const settings = isUnknownSentinel(written) ? (stage.outputs?.["methodSettings"] ?? written) : written;
  const entries: readonly unknown[] = Array.isArray(settings) ? settings : [settings];
  return entries.flatMap((entry, index) => {
    if (!isRecord(entry) && !isUnknownSentinel(entry)) return [];
    const inputs = {
      restApi: source?.["restApi"],
      stageName: source?.["stageName"],
      methodPath: isRecord(entry) ? methodPathOf(entry) : unknownText,
      settings: entry,
    };
    return new Node("methodSettings", { ...stage, inputs, outputs: undefined }, `methodSettings/${String(index)}`);
  });
}

function methodPathOf(entry: Raw): string {
  const { resourcePath, httpMethod } = entry;
  if (isUnknownSentinel(resourcePath) || isUnknownSentinel(httpMethod)) return unknownText;
  return fromNativeMethodPath({
    resourcePath: typeof resourcePath === "string" ? resourcePath : "/*",
    httpMethod: typeof httpMethod === "string" ? httpMethod : "*",
  });
}
