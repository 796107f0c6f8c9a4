import { createHash } from "node:crypto";
import { hasUnknown, isRecord, secretSignature, signatureOf, unknown, unwrapSecrets } from "./values";
import type { Properties } from "./values";

/** How new resources answer: as in a preview, or as if they existed. */
export type Unknowns = "keep" | "resolve";

export interface Place {
  readonly region: string;
  readonly account: string;
  readonly partition: string;
}

/** Deterministic letters and digits for a text. */
export function letters(text: string, length: number, alphabet = "abcdefghijklmnopqrstuvwxyz0123456789"): string {
  const digest = createHash("sha256").update(text).digest();
  let result = "";
  for (let i = 0; i < length; i++) result += alphabet[(digest[i % digest.length] ?? 0) % alphabet.length] ?? "";
  return result;
}

const hex = (text: string, length: number): string => letters(text, length, "0123456789abcdef");

/**
 * Types whose name the provider makes up: the resource's name, a hyphen and seven hexadecimal digits. It does so for
 * most types that take a `name`; these are known without the program's packages.
 */
const autonamed: Readonly<Record<string, string>> = {
  "aws:apigateway/restApi:RestApi": "name",
  "aws:apigateway/usagePlan:UsagePlan": "name",
  "aws:apigateway/apiKey:ApiKey": "name",
  "aws:apigateway/authorizer:Authorizer": "name",
  "aws:apigateway/requestValidator:RequestValidator": "name",
  "aws:apigateway/model:Model": "name",
  "aws:apigateway/vpcLink:VpcLink": "name",
  "aws:apigatewayv2/api:Api": "name",
  "aws:apigatewayv2/stage:Stage": "name",
  "aws:apigatewayv2/authorizer:Authorizer": "name",
  "aws:apigatewayv2/vpcLink:VpcLink": "name",
  "aws:apigatewayv2/model:Model": "name",
  "aws:cloudwatch/logGroup:LogGroup": "name",
  "aws:wafv2/webAcl:WebAcl": "name",
  "aws:secretsmanager/secret:Secret": "name",
  "aws:cognito/userPool:UserPool": "name",
  "aws:cognito/userPoolClient:UserPoolClient": "name",
  "aws:cognito/resourceServer:ResourceServer": "name",
  "aws:lambda/function:Function": "name",
  "aws:lambda/alias:Alias": "name",
  "aws:lambda/permission:Permission": "statementId",
  "aws:cloudwatch/metricAlarm:MetricAlarm": "name",
  "aws:iam/role:Role": "name",
  "aws:iam/policy:Policy": "name",
  "aws:s3/bucket:Bucket": "bucket",
  "aws:dynamodb/table:Table": "name",
  "aws:sns/topic:Topic": "name",
  "aws:sqs/queue:Queue": "name",
  // aws-native makes up `name`, else the name of the type with `Name`.
  "aws-native:apigateway:ApiKey": "name",
  "aws-native:apigateway:Authorizer": "name",
  "aws-native:apigateway:Model": "name",
  "aws-native:apigateway:RequestValidator": "name",
  "aws-native:apigateway:RestApi": "name",
  "aws-native:apigateway:Stage": "stageName",
  "aws-native:apigateway:UsagePlan": "usagePlanName",
  "aws-native:apigateway:VpcLink": "name",
  "aws-native:apigatewayv2:Api": "name",
  "aws-native:apigatewayv2:Authorizer": "name",
  "aws-native:apigatewayv2:Model": "name",
  "aws-native:apigatewayv2:Stage": "stageName",
  "aws-native:apigatewayv2:VpcLink": "name",
  "aws-native:cloudwatch:Alarm": "alarmName",
  "aws-native:cognito:UserPool": "userPoolName",
  "aws-native:cognito:UserPoolResourceServer": "name",
  "aws-native:dynamodb:Table": "tableName",
  "aws-native:elasticloadbalancingv2:LoadBalancer": "name",
  "aws-native:iam:Role": "roleName",
  "aws-native:kinesisfirehose:DeliveryStream": "deliveryStreamName",
  "aws-native:lambda:Alias": "name",
  "aws-native:lambda:Function": "functionName",
  "aws-native:logs:LogGroup": "logGroupName",
  "aws-native:s3:Bucket": "bucketName",
  "aws-native:secretsmanager:Secret": "name",
  "aws-native:sns:Topic": "topicName",
  "aws-native:sqs:Queue": "queueName",
  "aws-native:wafv2:RuleGroup": "name",
  "aws-native:wafv2:WebAcl": "name",
};

/** Types with tags, to which a provider adds its own. */
const tagged: ReadonlySet<string> = new Set([
  "aws:acm/certificate:Certificate",
  "aws:apigateway/apiKey:ApiKey",
  "aws:apigateway/clientCertificate:ClientCertificate",
  "aws:apigateway/domainName:DomainName",
  "aws:apigateway/restApi:RestApi",
  "aws:apigateway/stage:Stage",
  "aws:apigateway/usagePlan:UsagePlan",
  "aws:apigateway/vpcLink:VpcLink",
  "aws:apigatewayv2/api:Api",
  "aws:apigatewayv2/domainName:DomainName",
  "aws:apigatewayv2/stage:Stage",
  "aws:apigatewayv2/vpcLink:VpcLink",
  "aws:cloudfront/distribution:Distribution",
  "aws:cloudwatch/logGroup:LogGroup",
  "aws:cloudwatch/metricAlarm:MetricAlarm",
  "aws:cognito/userPool:UserPool",
  "aws:dynamodb/table:Table",
  "aws:ec2/vpcEndpoint:VpcEndpoint",
  "aws:iam/policy:Policy",
  "aws:iam/role:Role",
  "aws:kinesis/firehoseDeliveryStream:FirehoseDeliveryStream",
  "aws:kinesis/stream:Stream",
  "aws:kms/key:Key",
  "aws:lambda/function:Function",
  "aws:lb/listener:Listener",
  "aws:lb/loadBalancer:LoadBalancer",
  "aws:s3/bucket:Bucket",
  "aws:s3/bucketV2:BucketV2",
  "aws:secretsmanager/secret:Secret",
  "aws:sns/topic:Topic",
  "aws:sqs/queue:Queue",
  "aws:ssm/parameter:Parameter",
  "aws:wafv2/ruleGroup:RuleGroup",
  "aws:wafv2/webAcl:WebAcl",
]);

type Defaults = Readonly<Record<string, unknown>>;

/** Defaults of the provider's schema, which its Check writes into the inputs. */
const defaults: Readonly<Record<string, Defaults>> = {
  "aws:apigateway/apiKey:ApiKey": { enabled: true, description: "Managed by Pulumi" },
  "aws:apigateway/authorizer:Authorizer": {
    type: "TOKEN",
    identitySource: "method.request.header.Authorization",
    authorizerResultTtlInSeconds: 300,
  },
  "aws:apigateway/clientCertificate:ClientCertificate": { description: "Managed by Pulumi" },
  "aws:apigateway/integration:Integration": { connectionType: "INTERNET", timeoutMilliseconds: 29000 },
  "aws:apigateway/method:Method": { apiKeyRequired: false },
  "aws:apigateway/requestValidator:RequestValidator": { validateRequestBody: false, validateRequestParameters: false },
  "aws:apigateway/restApi:RestApi": { putRestApiMode: "overwrite" },
  "aws:apigatewayv2/api:Api": {
    apiKeySelectionExpression: "$request.header.x-api-key",
    routeSelectionExpression: "$request.method $request.path",
  },
  "aws:apigatewayv2/integration:Integration": {
    connectionType: "INTERNET",
    payloadFormatVersion: "1.0",
    passthroughBehavior: "WHEN_NO_MATCH",
  },
  "aws:apigatewayv2/route:Route": { authorizationType: "NONE", apiKeyRequired: false },
  "aws:apigatewayv2/stage:Stage": { autoDeploy: false },
  "aws:cloudwatch/logGroup:LogGroup": { skipDestroy: false },
  "aws:cloudwatch/metricAlarm:MetricAlarm": { actionsEnabled: true, treatMissingData: "missing" },
  "aws:cognito/userPool:UserPool": { mfaConfiguration: "OFF" },
  "aws:iam/role:Role": { forceDetachPolicies: false, maxSessionDuration: 3600, path: "/" },
  "aws:kms/key:Key": {
    bypassPolicyLockoutSafetyCheck: false,
    customerMasterKeySpec: "SYMMETRIC_DEFAULT",
    enableKeyRotation: false,
    isEnabled: true,
    keyUsage: "ENCRYPT_DECRYPT",
  },
  "aws:lambda/function:Function": {
    memorySize: 128,
    packageType: "Zip",
    publish: false,
    reservedConcurrentExecutions: -1,
    skipDestroy: false,
    timeout: 3,
  },
  "aws:secretsmanager/secret:Secret": { forceOverwriteReplicaSecret: false, recoveryWindowInDays: 30 },
};

/** Defaults inside nested objects, by type and path. */
const nestedDefaults: Readonly<Record<string, Readonly<Record<string, Defaults>>>> = {
  "aws:apigateway/methodSettings:MethodSettings": {
    settings: { throttlingBurstLimit: -1, throttlingRateLimit: -1 },
  },
  "aws:apigateway/stage:Stage": { canarySettings: { percentTraffic: 0 } },
  "aws:apigateway/usagePlan:UsagePlan": {
    "apiStages.throttles": { burstLimit: 0, rateLimit: 0 },
    quotaSettings: { offset: 0 },
    throttleSettings: { burstLimit: 0, rateLimit: 0 },
  },
  "aws:apigatewayv2/stage:Stage": {
    defaultRouteSettings: { dataTraceEnabled: false, detailedMetricsEnabled: false },
    routeSettings: { dataTraceEnabled: false, detailedMetricsEnabled: false },
  },
};

function isUnset(value: unknown): boolean {
  return value === undefined || value === null;
}

function asRecord(value: unknown): Record<string, unknown> {
  return isRecord(value) ? value : {};
}

/**
 * Inputs as the provider's Check returns them: with autonames and defaults, the nested ones listed in `__defaults`, and
 * with the provider's own tags, where it has any. `takesName` says of a type that its provider names it by `name`.
 */
export function check(
  type: string,
  name: string,
  urn: string,
  inputs: Properties,
  defaultTags?: unknown,
  takesName = false,
): Record<string, unknown> {
  const checked = Object.fromEntries(Object.entries(inputs).filter(([, value]) => !isUnset(value)));
  const property = autonamed[type] ?? (takesName ? "name" : undefined);
  if (property !== undefined && isUnset(checked[property]) && isUnset(checked[`${property}Prefix`])) {
    checked[property] = `${name}-${hex(urn, 7)}`;
  }
  for (const [key, value] of Object.entries(checked)) {
    checked[key] = isPolicyDocument(type, key, value)
      ? hasUnknown(value)
        ? unknown
        : JSON.stringify(unwrapSecrets(value))
      : withDefaults(value, key, nestedDefaults[type] ?? {});
  }
  for (const [key, value] of Object.entries(defaults[type] ?? {})) if (isUnset(checked[key])) checked[key] = value;
  if (defaultTags !== undefined && tagged.has(type) && isUnset(checked["tagsAll"])) {
    const all = hasUnknown([defaultTags, checked["tags"]])
      ? unknown
      : { ...asRecord(defaultTags), ...asRecord(unwrapSecrets(checked["tags"])) };
    checked["tagsAll"] = all;
  }
  return checked;
}

/** IAM policies may be written as objects; the aws provider hands them on as text, and aws-native as they are. */
function isPolicyDocument(type: string, key: string, value: unknown): boolean {
  return type.startsWith("aws:") && /policy/i.test(key) && isRecord(value) && "Statement" in value;
}

/** Outputs have no record of what is a default. */
function withoutDefaults(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutDefaults);
  if (!isRecord(value)) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, item]) => (key === "__defaults" ? [] : [[key, withoutDefaults(item)]])),
  );
}

/** Every nested object says which of its properties are defaults, be there any or not. */
function withDefaults(value: unknown, path: string, nested: Readonly<Record<string, Defaults>>): unknown {
  if (Array.isArray(value)) return value.map((item: unknown) => withDefaults(item, path, nested));
  if (!isRecord(value)) return value;
  const signature = signatureOf(value);
  if (signature === secretSignature) return { ...value, value: withDefaults(value["value"], path, nested) };
  if (signature !== undefined) return value;
  const result: Record<string, unknown> = {};
  for (const [key, item] of Object.entries(value)) {
    if (!isUnset(item)) result[key] = withDefaults(item, `${path}.${key}`, nested);
  }
  const missing = Object.entries(nested[path] ?? {}).filter(([key]) => !(key in result));
  return { ...result, ...Object.fromEntries(missing), __defaults: missing.map(([key]) => key) };
}

type Template = (context: {
  readonly id: string;
  readonly name: string;
  readonly urn: string;
  readonly inputs: Properties;
  readonly place: Place;
}) => Properties;

const text = (value: unknown): string => {
  const raw = unwrapSecrets(value);
  return typeof raw === "string" ? raw : "unknown";
};
const gateway = ({ partition, region }: Place): string => `arn:${partition}:apigateway:${region}:`;
const execute = ({ partition, region, account }: Place): string => `arn:${partition}:execute-api:${region}:${account}`;
/** WebSocket APIs have an endpoint of their own scheme. */
const schemeOf = (inputs: Properties): string => (inputs["protocolType"] === "WEBSOCKET" ? "wss" : "https");

/** What a resource gives once it exists, for types whose outputs stand in other resources' properties. */
const awsTemplates: Readonly<Record<string, Template>> = {
  "aws:apigateway/restApi:RestApi": ({ id, urn, place }) => ({
    arn: `${gateway(place)}:/restapis/${id}`,
    executionArn: `${execute(place)}:${id}`,
    rootResourceId: letters(`${urn} root`, 10),
    createdDate: "2024-01-01T00:00:00Z",
  }),
  "aws:apigateway/resource:Resource": ({ inputs }) => ({ path: `/${text(inputs["pathPart"])}` }),
  "aws:apigateway/stage:Stage": ({ inputs, place }) => {
    const api = text(inputs["restApi"]);
    const stage = text(inputs["stageName"]);
    return {
      id: `ags-${api}-${stage}`,
      arn: `${gateway(place)}:/restapis/${api}/stages/${stage}`,
      executionArn: `${execute(place)}:${api}/${stage}`,
      invokeUrl: `https://${api}.execute-api.${place.region}.amazonaws.com/${stage}`,
      webAclArn: "",
    };
  },
  "aws:apigateway/authorizer:Authorizer": ({ id, inputs, place }) => ({
    arn: `${gateway(place)}:/restapis/${text(inputs["restApi"])}/authorizers/${id}`,
  }),
  "aws:apigateway/domainName:DomainName": ({ inputs, id, place }) => ({
    id: text(inputs["domainName"]),
    arn: `${gateway(place)}:/domainnames/${text(inputs["domainName"])}`,
    domainNameId: id,
    cloudfrontDomainName: `d${id}.cloudfront.net`,
    cloudfrontZoneId: "Z2FDTNDATAQYW2",
    regionalDomainName: `d-${id}.execute-api.${place.region}.amazonaws.com`,
    regionalZoneId: "Z1U9ULNL0V5AJ3",
  }),
  "aws:apigatewayv2/api:Api": ({ inputs, id, place }) => ({
    arn: `${gateway(place)}:/apis/${id}`,
    executionArn: `${execute(place)}:${id}`,
    apiEndpoint: `${schemeOf(inputs)}://${id}.execute-api.${place.region}.amazonaws.com`,
  }),
  "aws:apigatewayv2/stage:Stage": ({ inputs, place }) => {
    const api = text(inputs["apiId"]);
    const stage = text(inputs["name"]);
    return {
      id: stage,
      arn: `${gateway(place)}:/apis/${api}/stages/${stage}`,
      executionArn: `${execute(place)}:${api}/${stage}`,
      invokeUrl: `https://${api}.execute-api.${place.region}.amazonaws.com/${stage}`,
    };
  },
  "aws:apigatewayv2/domainName:DomainName": ({ inputs, place, id }) => {
    const written = inputs["domainNameConfiguration"];
    const configuration = isRecord(written) ? written : { certificateArn: unknown, securityPolicy: unknown };
    return {
      id: text(inputs["domainName"]),
      arn: `${gateway(place)}:/domainnames/${text(inputs["domainName"])}`,
      domainNameConfiguration: {
        ...configuration,
        hostedZoneId: "Z1U9ULNL0V5AJ3",
        targetDomainName: `d-${id}.execute-api.${place.region}.amazonaws.com`,
      },
    };
  },
  "aws:lambda/function:Function": ({ inputs, place }) => {
    const arn = `arn:${place.partition}:lambda:${place.region}:${place.account}:function:${text(inputs["name"])}`;
    const version = inputs["publish"] === true ? "1" : "$LATEST";
    return {
      id: text(inputs["name"]),
      arn,
      invokeArn: invokeArn(place, arn),
      qualifiedArn: `${arn}:${version}`,
      qualifiedInvokeArn: invokeArn(place, `${arn}:${version}`),
      responseStreamingInvokeArn: `${gateway(place)}lambda:path/2021-11-15/functions/${arn}/response-streaming-invocations`,
      version,
    };
  },
  "aws:lambda/alias:Alias": ({ inputs, place }) => {
    const name = text(inputs["functionName"]);
    const base = name.startsWith("arn:")
      ? name
      : `arn:${place.partition}:lambda:${place.region}:${place.account}:function:${name}`;
    const arn = `${base}:${text(inputs["name"])}`;
    return { arn, invokeArn: invokeArn(place, arn) };
  },
  "aws:cloudwatch/logGroup:LogGroup": ({ inputs, place }) => ({
    id: text(inputs["name"]),
    arn: `arn:${place.partition}:logs:${place.region}:${place.account}:log-group:${text(inputs["name"])}`,
  }),
  "aws:iam/role:Role": ({ inputs, place }) => ({
    id: text(inputs["name"]),
    arn: `arn:${place.partition}:iam::${place.account}:role/${text(inputs["name"])}`,
    uniqueId: "AROAEXAMPLEEXAMPLE12",
  }),
  "aws:wafv2/webAcl:WebAcl": ({ id, inputs, place }) => ({
    arn: `arn:${place.partition}:wafv2:${place.region}:${place.account}:${inputs["scope"] === "CLOUDFRONT" ? "global" : "regional"}/webacl/${text(inputs["name"])}/${id}`,
    capacity: 1000,
  }),
  "aws:cognito/userPool:UserPool": ({ id, place }) => ({
    id: `${place.region}_${id.slice(0, 9)}`,
    arn: `arn:${place.partition}:cognito-idp:${place.region}:${place.account}:userpool/${place.region}_${id.slice(0, 9)}`,
    endpoint: `cognito-idp.${place.region}.amazonaws.com/${place.region}_${id.slice(0, 9)}`,
  }),
  "aws:cloudfront/distribution:Distribution": ({ id, place }) => ({
    arn: `arn:${place.partition}:cloudfront::${place.account}:distribution/E${id.toUpperCase()}`,
    domainName: `d${id}.cloudfront.net`,
    hostedZoneId: "Z2FDTNDATAQYW2",
  }),
  "aws:kms/key:Key": ({ urn, place }) => ({
    arn: `arn:${place.partition}:kms:${place.region}:${place.account}:key/${hex(urn, 8)}-0000-4000-8000-${hex(`${urn} k`, 12)}`,
    keyId: `${hex(urn, 8)}-0000-4000-8000-${hex(`${urn} k`, 12)}`,
  }),
  "aws:s3/bucket:Bucket": ({ inputs, place }) => ({
    id: text(inputs["bucket"]),
    arn: `arn:${place.partition}:s3:::${text(inputs["bucket"])}`,
    bucketRegionalDomainName: `${text(inputs["bucket"])}.s3.${place.region}.amazonaws.com`,
  }),
  "aws:sqs/queue:Queue": ({ inputs, place }) => {
    const name = text(inputs["name"]);
    const url = `https://sqs.${place.region}.amazonaws.com/${place.account}/${name}`;
    return { id: url, url, arn: `arn:${place.partition}:sqs:${place.region}:${place.account}:${name}` };
  },
  "aws:secretsmanager/secret:Secret": ({ urn, inputs, place }) => {
    const name = text(inputs["name"]);
    const arn = `arn:${place.partition}:secretsmanager:${place.region}:${place.account}:secret:${name}-${letters(urn, 6)}`;
    return { id: arn, arn };
  },
  "aws:acm/certificateValidation:CertificateValidation": ({ inputs }) => ({ certificateArn: inputs["certificateArn"] }),
  "aws:acm/certificate:Certificate": ({ urn, inputs, place }) => ({
    arn: `arn:${place.partition}:acm:${place.region}:${place.account}:certificate/${hex(urn, 8)}-0000-4000-8000-${hex(`${urn} c`, 12)}`,
    status: "ISSUED",
    notAfter: "2099-01-01T00:00:00Z",
    domainValidationOptions: [
      {
        domainName: text(inputs["domainName"]),
        resourceRecordName: `_x.${text(inputs["domainName"])}.`,
        resourceRecordType: "CNAME",
        resourceRecordValue: "_y.acm-validations.aws.",
      },
    ],
  }),
};

const own =
  (property: string): Template =>
  ({ id }) => ({ [property]: id });

const arnOf = (service: string, { region, account, partition }: Place, resource: string): string =>
  `arn:${partition}:${service}:${region}:${account}:${resource}`;

const nativeDomain: Template = ({ inputs, id, place }) => ({
  domainNameId: id,
  domainNameArn: `${gateway(place)}:/domainnames/${text(inputs["domainName"])}`,
  regionalDomainName: `d-${id}.execute-api.${place.region}.amazonaws.com`,
});

/** The same of aws-native, where every type has an id under a name of its own. */
const nativeTemplates: Readonly<Record<string, Template>> = {
  "aws-native:apigateway:RestApi": ({ id, urn }) => ({ restApiId: id, rootResourceId: letters(`${urn} root`, 10) }),
  "aws-native:apigateway:Resource": own("resourceId"),
  "aws-native:apigateway:Authorizer": own("authorizerId"),
  "aws-native:apigateway:Deployment": own("deploymentId"),
  "aws-native:apigateway:UsagePlan": own("awsId"),
  "aws-native:apigateway:UsagePlanKey": own("awsId"),
  "aws-native:apigateway:ApiKey": own("apiKeyId"),
  "aws-native:apigateway:RequestValidator": own("requestValidatorId"),
  "aws-native:apigateway:ClientCertificate": own("clientCertificateId"),
  "aws-native:apigateway:VpcLink": own("vpcLinkId"),
  "aws-native:apigateway:DomainName": nativeDomain,
  "aws-native:apigateway:DomainNameV2": nativeDomain,
  "aws-native:apigatewayv2:Api": ({ inputs, id, place }) => ({
    apiId: id,
    apiEndpoint: `${schemeOf(inputs)}://${id}.execute-api.${place.region}.amazonaws.com`,
    executeApiArn: `${execute(place)}:${id}`,
  }),
  "aws-native:apigatewayv2:Authorizer": own("authorizerId"),
  "aws-native:apigatewayv2:Integration": own("integrationId"),
  "aws-native:apigatewayv2:Route": own("routeId"),
  "aws-native:apigatewayv2:Deployment": own("deploymentId"),
  "aws-native:apigatewayv2:VpcLink": own("vpcLinkId"),
  "aws-native:lambda:Function": ({ inputs, place }) => ({
    arn: arnOf("lambda", place, `function:${text(inputs["functionName"])}`),
  }),
  "aws-native:lambda:Alias": ({ inputs, place }) => ({
    aliasArn: arnOf("lambda", place, `function:${text(inputs["functionName"])}:${text(inputs["name"])}`),
  }),
  "aws-native:lambda:Version": () => ({ version: "1" }),
  "aws-native:logs:LogGroup": ({ inputs, place }) => ({
    arn: arnOf("logs", place, `log-group:${text(inputs["logGroupName"])}:*`),
  }),
  "aws-native:cognito:UserPool": ({ id, place }) => {
    const pool = `${place.region}_${id.slice(0, 9)}`;
    const providerName = `cognito-idp.${place.region}.amazonaws.com/${pool}`;
    return {
      userPoolId: pool,
      arn: arnOf("cognito-idp", place, `userpool/${pool}`),
      providerName,
      providerUrl: `https://${providerName}`,
    };
  },
  "aws-native:cognito:UserPoolClient": own("clientId"),
  "aws-native:certificatemanager:Certificate": ({ urn, place }) => ({
    certificateArn: arnOf("acm", place, `certificate/${hex(urn, 8)}-0000-4000-8000-${hex(`${urn} c`, 12)}`),
  }),
  "aws-native:cloudfront:Distribution": ({ id }) => ({ awsId: id, domainName: `d${id}.cloudfront.net` }),
  "aws-native:ec2:VpcEndpoint": ({ urn }) => ({ awsId: `vpce-${hex(urn, 17)}` }),
  "aws-native:elasticloadbalancingv2:LoadBalancer": ({ id, name, place }) => ({
    loadBalancerArn: arnOf("elasticloadbalancing", place, `loadbalancer/app/${name}/${id}`),
    dnsName: `${name}-${id}.elb.${place.region}.amazonaws.com`,
  }),
  "aws-native:elasticloadbalancingv2:Listener": ({ id, name, place }) => ({
    listenerArn: arnOf("elasticloadbalancing", place, `listener/app/${name}/${id}/${id}`),
  }),
  "aws-native:secretsmanager:Secret": ({ inputs, urn, place }) => ({
    awsId: arnOf("secretsmanager", place, `secret:${text(inputs["name"])}-${letters(urn, 6)}`),
  }),
};

const templates: Readonly<Record<string, Template>> = { ...awsTemplates, ...nativeTemplates };

function invokeArn(place: Place, arn: string): string {
  return `${gateway(place)}lambda:path/2015-03-31/functions/${arn}/invocations`;
}

/** Outputs of the type that only exist once the resource does. */
function computedNames(type: string): readonly string[] {
  const place: Place = { region: "us-east-1", account: "123456789012", partition: "aws" };
  return Object.keys(templates[type]?.({ id: "", name: "", urn: "", inputs: {}, place }) ?? {});
}

/** Outputs of a new resource: with sentinels as in a preview, or with plausible values. */
export function outputsOf(
  type: string,
  name: string,
  urn: string,
  inputs: Properties,
  unknowns: Unknowns,
  place: Place,
): { id: string; outputs: Record<string, unknown> } {
  const given = withoutDefaults(inputs) as Record<string, unknown>;
  const named = autonamed[type];
  const prefix = named === undefined ? undefined : given[`${named}Prefix`];
  if (named !== undefined && !isUnset(prefix) && isUnset(given[named])) {
    // The time, and a counter.
    given[named] = unknowns === "keep" ? unknown : `${text(prefix)}2024010100000000${hex(urn, 10)}`;
  }
  if (unknowns === "keep") {
    const computed = computedNames(type).filter((key) => !(key in given));
    return { id: "", outputs: { ...Object.fromEntries(computed.map((key) => [key, unknown])), ...given, id: unknown } };
  }
  const id = letters(urn, 10);
  const made = templates[type]?.({ id, name, urn, inputs: given, place }) ?? {
    arn: `arn:${place.partition}:${type.split(/[:/]/)[1] ?? "service"}:${place.region}:${place.account}:${name}-${id}`,
  };
  return { id: typeof made["id"] === "string" ? made["id"] : id, outputs: { id, ...given, ...made } };
}

export function placeOf(region: string | undefined): Place {
  const where = region ?? "us-east-1";
  const partition = where.startsWith("cn-") ? "aws-cn" : where.startsWith("us-gov-") ? "aws-us-gov" : "aws";
  return { region: where, account: "123456789012", partition };
}

/** The answer of a data source, or undefined for one that is not known here. */
export function invoke(token: string, args: Properties, place: Place): Record<string, unknown> | undefined {
  switch (token) {
    case "aws:index/getCallerIdentity:getCallerIdentity":
      return {
        accountId: place.account,
        arn: `arn:${place.partition}:iam::${place.account}:user/preview`,
        userId: "AIDAEXAMPLE",
        id: place.account,
      };
    case "aws:index/getRegion:getRegion":
      return {
        name: place.region,
        region: place.region,
        id: place.region,
        description: place.region,
        endpoint: `ec2.${place.region}.amazonaws.com`,
      };
    case "aws:index/getPartition:getPartition":
      return {
        partition: place.partition,
        id: place.partition,
        dnsSuffix: "amazonaws.com",
        reverseDnsPrefix: "com.amazonaws",
      };
    case "aws:index/getAvailabilityZones:getAvailabilityZones":
      return {
        names: ["a", "b", "c"].map((zone) => `${place.region}${zone}`),
        zoneIds: ["1", "2", "3"].map((zone) => `use1-az${zone}`),
        id: place.region,
      };
    case "aws:iam/getPolicyDocument:getPolicyDocument":
      return {
        ...args,
        json: JSON.stringify(policyDocument(args), undefined, 2),
        minifiedJson: JSON.stringify(policyDocument(args)),
        id: letters(JSON.stringify(args), 10, "0123456789"),
      };
    case "aws:route53/getZone:getZone":
      return {
        ...args,
        zoneId: "Z0EXAMPLE0ZONE",
        id: "Z0EXAMPLE0ZONE",
        nameServers: ["ns-1.example.com"],
        arn: `arn:${place.partition}:route53:::hostedzone/Z0EXAMPLE0ZONE`,
      };
    case "aws:acm/getCertificate:getCertificate": {
      const arn = `arn:${place.partition}:acm:${place.region}:${place.account}:certificate/00000000-0000-4000-8000-000000000000`;
      return { ...args, arn, id: arn, status: "ISSUED" };
    }
    case "aws:ec2/getVpc:getVpc":
      return {
        ...args,
        id: "vpc-0123456789abcdef0",
        cidrBlock: "10.0.0.0/16",
        arn: `arn:${place.partition}:ec2:${place.region}:${place.account}:vpc/vpc-0123456789abcdef0`,
      };
    case "aws:ec2/getSubnets:getSubnets":
      return { ...args, ids: ["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"], id: place.region };
    case "aws:ssm/getParameter:getParameter":
      return {
        ...args,
        value: "value-of-the-parameter",
        id: text(args["name"]),
        arn: `arn:${place.partition}:ssm:${place.region}:${place.account}:parameter/${text(args["name"])}`,
      };
    default:
      return existing(token, args, place);
  }
}

/** What a data source answers that looks up a resource of a type known here: `aws:lambda/getFunction:getFunction`. */
function existing(token: string, args: Properties, place: Place): Record<string, unknown> | undefined {
  const [, module = "", first = "", rest = ""] = /^aws:(\w+)\/get(\w)(\w*):\w+$/.exec(token) ?? [];
  const template = templates[`aws:${module}/${first.toLowerCase()}${rest}:${first}${rest}`];
  if (!template) return undefined;
  const given = [args["apiId"], args["userPoolId"], args["keyId"]].find((one) => typeof one === "string");
  const id = typeof given === "string" ? given : letters(JSON.stringify([token, args]), 10);
  const name = text(args["name"] ?? args["functionName"]);
  return { id, name, ...template({ id, name, urn: token, inputs: { name, ...args }, place }), ...args };
}

/** What `getPolicyDocument` writes: the documents it starts from, its statements, and those that replace others. */
function policyDocument(args: Properties): Record<string, unknown> {
  const { statements, sourcePolicyDocuments, overridePolicyDocuments, policyId, version } = unwrapSecrets(
    args,
  ) as Record<string, unknown>;
  const all = documents(sourcePolicyDocuments);
  const written = (Array.isArray(statements) ? statements : []).filter(isRecord).map(policyStatement);
  for (const statement of [...written, ...documents(overridePolicyDocuments)]) {
    const sid = statement["Sid"];
    const index = sid === undefined ? -1 : all.findIndex((other) => other["Sid"] === sid);
    if (index < 0) all.push(statement);
    else all[index] = statement;
  }
  return { Version: version ?? "2012-10-17", ...(policyId !== undefined && { Id: policyId }), Statement: all };
}

/** The statements of policies written as JSON text. */
function documents(texts: unknown): Record<string, unknown>[] {
  return (Array.isArray(texts) ? texts : []).flatMap((text: unknown) => {
    if (typeof text !== "string") return [];
    try {
      const { Statement: statements } = JSON.parse(text) as { readonly Statement?: unknown };
      return [statements].flat().filter(isRecord);
    } catch {
      return [];
    }
  });
}

function policyStatement(written: Properties): Record<string, unknown> {
  const list = (value: unknown): unknown =>
    Array.isArray(value) && value.length === 1 ? (value[0] as unknown) : value;
  const result: Record<string, unknown> = {};
  if (written["sid"] !== undefined) result["Sid"] = written["sid"];
  result["Effect"] = written["effect"] ?? "Allow";
  const names = { actions: "Action", notActions: "NotAction", resources: "Resource", notResources: "NotResource" };
  for (const [from, to] of Object.entries(names)) if (written[from] !== undefined) result[to] = list(written[from]);
  for (const [from, to] of [
    ["principals", "Principal"],
    ["notPrincipals", "NotPrincipal"],
  ] as const) {
    const principals = written[from];
    if (!Array.isArray(principals)) continue;
    const map: Record<string, unknown> = {};
    for (const principal of principals.filter(isRecord))
      map[String(principal["type"])] = list(principal["identifiers"]);
    result[to] = map["*"] === "*" ? "*" : map;
  }
  const conditions = written["conditions"];
  if (Array.isArray(conditions)) {
    const map: Record<string, Record<string, unknown>> = {};
    for (const condition of conditions.filter(isRecord)) {
      const test = String(condition["test"]);
      map[test] = { ...map[test], [String(condition["variable"])]: list(condition["values"]) };
    }
    result["Condition"] = map;
  }
  return result;
}
