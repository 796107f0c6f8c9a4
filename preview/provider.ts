import { createHash } from "node:crypto";
import type { Kind, Sdk, Shape } from "./schema";
import { hasUnknown, isPlainObject, isRecord, isSecret, isUnknown, secret, unknown, unwrapSecrets } from "./values";
import type { Properties } from "./values";

/** How new resources answer: as in a preview, or as if they existed. */
export type Unknowns = "keep" | "resolve";

/** What a preview's outputs hold: all properties, as newer providers give them, or the known ones, as older do. */
export type OutputStyle = "new" | "old";

/** Where resources are made. */
export interface Place {
  readonly region: string;
  readonly account: string;
  readonly partition: string;
  /** Domain of the partition's services. */
  readonly domain: string;
}

/** A resource as its provider meets it. */
export interface Subject {
  readonly type: string;
  readonly name: string;
  readonly urn: string;
  readonly place: Place;
  /** Tags that the provider adds to every resource; unknown where it is configured with what is unknown. */
  readonly defaultTags?: unknown;
  /** Outputs of the resource with an id, to find what a resource hangs from. */
  readonly byId?: (id: string) => Properties | undefined;
}

/** What the pack and the program are told of a resource. */
export interface Made {
  /** Empty where it is not known. */
  readonly id: string;
  readonly outputs: Record<string, unknown>;
}

type Values = Readonly<Record<string, unknown>>;

/** What is known of a resource type beyond the SDK's declarations. Texts are patterns, see {@link fill}. */
interface Type {
  /** The id, where it is not ten letters and digits. */
  readonly id?: string;
  /** The property that the provider names by itself, where it is not `name`; null where it names none. */
  readonly autoname?: string | null;
  /** Defaults of the provider's schema, which its Check writes into the inputs. */
  readonly defaults?: Values;
  /** The same inside nested objects, by property. */
  readonly nested?: Readonly<Record<string, Values>>;
  /** What the resource gives once it exists. */
  readonly outputs?: Values;
}

const gateway = "arn:{partition}:apigateway:{region}::";
const execute = "arn:{partition}:execute-api:{region}:{account}";
const here = "{region}:{account}";
const wafArn = (kind: string): string => `arn:{partition}:wafv2:{region}:{account}:regional/${kind}/{in.name}/{id}`;
const distribution = "E{upper:13}";

const types: Readonly<Record<string, Type>> = {
  "aws:apigateway/restApi:RestApi": {
    defaults: { putRestApiMode: "overwrite" },
    outputs: {
      arn: `${gateway}/restapis/{id}`,
      executionArn: `${execute}:{id}`,
      rootResourceId: "{letters:10:root}",
      apiKeySource: "HEADER",
      endpointConfiguration: { types: "EDGE", ipAddressType: "ipv4", vpcEndpointIds: [] },
    },
  },
  "aws:apigateway/restApiPolicy:RestApiPolicy": { id: "{in.restApiId}" },
  "aws:apigateway/restApiPut:RestApiPut": { id: "{in.restApiId}" },
  "aws:apigateway/resource:Resource": { id: "{letters:6}" },
  "aws:apigateway/method:Method": { id: "agm-{in.restApi}-{in.resourceId}-{in.httpMethod}", defaults: { apiKeyRequired: false } },
  "aws:apigateway/integration:Integration": {
    id: "agi-{in.restApi}-{in.resourceId}-{in.httpMethod}",
    defaults: { connectionType: "INTERNET", timeoutMilliseconds: 29000 },
    outputs: { passthroughBehavior: "WHEN_NO_MATCH", responseTransferMode: "BUFFERED", cacheNamespace: "{in.resourceId}" },
  },
  "aws:apigateway/methodSettings:MethodSettings": {
    id: "{in.restApi}-{in.stageName}-{in.methodPath}",
    nested: { settings: { throttlingBurstLimit: -1, throttlingRateLimit: -1 } },
  },
  "aws:apigateway/stage:Stage": {
    id: "ags-{in.restApi}-{in.stageName}",
    defaults: { xrayTracingEnabled: false },
    nested: { canarySettings: { percentTraffic: 0, useStageCache: false } },
    outputs: {
      arn: `${gateway}/restapis/{in.restApi}/stages/{in.stageName}`,
      executionArn: `${execute}:{in.restApi}/{in.stageName}`,
      invokeUrl: "https://{in.restApi}.execute-api.{region}.{domain}/{in.stageName}",
      webAclArn: "",
    },
  },
  "aws:apigateway/deployment:Deployment": {
    id: "{letters:6}",
    outputs: { executionArn: `${execute}:{in.restApi}/`, invokeUrl: "https://{in.restApi}.execute-api.{region}.{domain}/" },
  },
  "aws:apigateway/authorizer:Authorizer": {
    id: "{letters:6}",
    defaults: { type: "TOKEN", identitySource: "method.request.header.Authorization", authorizerResultTtlInSeconds: 300 },
    outputs: { arn: `${gateway}/restapis/{in.restApi}/authorizers/{id}` },
  },
  "aws:apigateway/requestValidator:RequestValidator": {
    id: "{letters:6}",
    defaults: { validateRequestBody: false, validateRequestParameters: false },
  },
  "aws:apigateway/model:Model": { id: "{letters:6}" },
  "aws:apigateway/apiKey:ApiKey": {
    defaults: { enabled: true, description: "Managed by Pulumi" },
    outputs: { arn: `${gateway}/apikeys/{id}`, value: "{letters:40:value}" },
  },
  "aws:apigateway/usagePlan:UsagePlan": { id: "{letters:6}", outputs: { arn: `${gateway}/usageplans/{id}` } },
  "aws:apigateway/usagePlanKey:UsagePlanKey": { id: "{in.keyId}", autoname: null },
  "aws:apigateway/clientCertificate:ClientCertificate": { id: "{letters:6}", outputs: { arn: `${gateway}/clientcertificates/{id}` } },
  "aws:apigateway/vpcLink:VpcLink": { id: "{letters:6}", outputs: { arn: `${gateway}/vpclinks/{id}` } },
  "aws:apigateway/account:Account": { id: "api-gateway-account" },
  "aws:apigateway/domainName:DomainName": {
    id: "{in.domainName}",
    outputs: {
      arn: `${gateway}/domainnames/{in.domainName}`,
      domainNameId: "{letters:10}",
      cloudfrontDomainName: "d{letters:13}.cloudfront.net",
      cloudfrontZoneId: "Z2FDTNDATAQYW2",
      regionalDomainName: "d-{letters:10}.execute-api.{region}.{domain}",
      regionalZoneId: "Z1UJRXOUMOOFQ8",
      endpointConfiguration: { types: "EDGE", ipAddressType: "ipv4" },
      securityPolicy: "TLS_1_2",
      routingMode: "BASE_PATH_MAPPING_ONLY",
    },
  },
  "aws:apigateway/basePathMapping:BasePathMapping": { id: "{in.domainName}/{in.basePath}" },
  "aws:apigateway/domainNameAccessAssociation:DomainNameAccessAssociation": {
    id: "{out.arn}",
    outputs: { arn: "arn:{partition}:apigateway:{region}:{account}:/domainnameaccessassociations/{letters:10}" },
  },
  "aws:apigatewayv2/api:Api": {
    defaults: {
      apiKeySelectionExpression: "$request.header.x-api-key",
      routeSelectionExpression: "$request.method $request.path",
    },
    outputs: {
      arn: `${gateway}/apis/{id}`,
      executionArn: `${execute}:{id}`,
      apiEndpoint: "https://{id}.execute-api.{region}.{domain}",
      ipAddressType: "ipv4",
    },
  },
  "aws:apigatewayv2/stage:Stage": {
    id: "{in.name}",
    defaults: { autoDeploy: false },
    nested: {
      defaultRouteSettings: { dataTraceEnabled: false, detailedMetricsEnabled: false },
      routeSettings: { dataTraceEnabled: false, detailedMetricsEnabled: false },
    },
    outputs: {
      arn: `${gateway}/apis/{in.apiId}/stages/{in.name}`,
      executionArn: `${execute}:{in.apiId}/{in.name}`,
      invokeUrl: "https://{in.apiId}.execute-api.{region}.{domain}/{in.name}",
    },
  },
  "aws:apigatewayv2/route:Route": { id: "{letters:7}", defaults: { authorizationType: "NONE", apiKeyRequired: false } },
  "aws:apigatewayv2/integration:Integration": {
    id: "{letters:7}",
    defaults: { connectionType: "INTERNET", payloadFormatVersion: "1.0", passthroughBehavior: "WHEN_NO_MATCH" },
    outputs: { timeoutMilliseconds: 30000, integrationResponseSelectionExpression: "" },
  },
  "aws:apigatewayv2/authorizer:Authorizer": { id: "{letters:6}" },
  "aws:apigatewayv2/deployment:Deployment": { id: "{letters:6}" },
  "aws:apigatewayv2/model:Model": { id: "{letters:6}" },
  "aws:apigatewayv2/apiMapping:ApiMapping": { id: "{letters:6}" },
  "aws:apigatewayv2/vpcLink:VpcLink": { id: "{letters:6}", outputs: { arn: `${gateway}/vpclinks/{id}` } },
  "aws:apigatewayv2/domainName:DomainName": {
    id: "{in.domainName}",
    outputs: {
      arn: `${gateway}/domainnames/{in.domainName}`,
      apiMappingSelectionExpression: "$request.basepath",
      domainNameConfiguration: {
        hostedZoneId: "Z1UJRXOUMOOFQ8",
        targetDomainName: "d-{letters:10}.execute-api.{region}.{domain}",
        ipAddressType: "ipv4",
      },
      routingMode: "API_MAPPING_ONLY",
    },
  },
  "aws:lambda/function:Function": {
    id: "{in.name}",
    defaults: { memorySize: 128, packageType: "Zip", publish: false, reservedConcurrentExecutions: -1, skipDestroy: false, timeout: 3 },
    outputs: {
      arn: `arn:{partition}:lambda:${here}:function:{in.name}`,
      qualifiedArn: "{out.arn}:$LATEST",
      invokeArn: "arn:{partition}:apigateway:{region}:lambda:path/2015-03-31/functions/{out.arn}/invocations",
      qualifiedInvokeArn: "arn:{partition}:apigateway:{region}:lambda:path/2015-03-31/functions/{out.qualifiedArn}/invocations",
      responseStreamingInvokeArn:
        "arn:{partition}:apigateway:{region}:lambda:path/2021-11-15/functions/{out.arn}/response-streaming-invocations",
      version: "$LATEST",
      architectures: ["x86_64"],
      tracingConfig: { mode: "PassThrough" },
    },
  },
  "aws:lambda/alias:Alias": {
    id: "{out.arn}",
    outputs: {
      arn: `arn:{partition}:lambda:${here}:function:{in.functionName}:{in.name}`,
      invokeArn: "arn:{partition}:apigateway:{region}:lambda:path/2015-03-31/functions/{out.arn}/invocations",
    },
  },
  "aws:lambda/callbackFunction:CallbackFunction": {},
  "aws:lambda/permission:Permission": { id: "{in.statementId}", autoname: "statementId" },
  "aws:lambda/functionUrl:FunctionUrl": {
    id: "{in.functionName}",
    outputs: { functionUrl: "https://{letters:32}.lambda-url.{region}.on.aws/", urlId: "{letters:32}" },
  },
  "aws:cloudwatch/logGroup:LogGroup": {
    id: "{in.name}",
    defaults: { skipDestroy: false },
    outputs: { arn: `arn:{partition}:logs:${here}:log-group:{in.name}`, logGroupClass: "STANDARD" },
  },
  "aws:cloudwatch/metricAlarm:MetricAlarm": {
    id: "{in.name}",
    defaults: { actionsEnabled: true, treatMissingData: "missing" },
    outputs: { arn: `arn:{partition}:cloudwatch:${here}:alarm:{in.name}` },
  },
  "aws:iam/role:Role": {
    id: "{in.name}",
    defaults: { forceDetachPolicies: false, maxSessionDuration: 3600, path: "/" },
    outputs: { arn: "arn:{partition}:iam::{account}:role/{in.name}", uniqueId: "AROA{upper:17}" },
  },
  "aws:iam/policy:Policy": {
    id: "{out.arn}",
    defaults: { path: "/" },
    outputs: { arn: "arn:{partition}:iam::{account}:policy/{in.name}", policyId: "ANPA{upper:17}" },
  },
  "aws:iam/user:User": {
    id: "{in.name}",
    defaults: { path: "/" },
    outputs: { arn: "arn:{partition}:iam::{account}:user/{in.name}", uniqueId: "AIDA{upper:17}" },
  },
  "aws:wafv2/webAcl:WebAcl": { id: "{uuid}", outputs: { arn: wafArn("webacl"), capacity: 1000, applicationIntegrationUrl: "" } },
  "aws:wafv2/ipSet:IpSet": { id: "{uuid}", outputs: { arn: wafArn("ipset") } },
  "aws:wafv2/ruleGroup:RuleGroup": { id: "{uuid}", outputs: { arn: wafArn("rulegroup") } },
  "aws:wafv2/regexPatternSet:RegexPatternSet": { id: "{uuid}", outputs: { arn: wafArn("regexpatternset") } },
  "aws:wafv2/webAclAssociation:WebAclAssociation": { id: "{in.webAclArn},{in.resourceArn}" },
  "aws:cognito/userPool:UserPool": {
    id: "{region}_{letters:9}",
    outputs: {
      arn: `arn:{partition}:cognito-idp:${here}:userpool/{id}`,
      endpoint: "cognito-idp.{region}.{domain}/{id}",
    },
  },
  "aws:cognito/userPoolClient:UserPoolClient": { id: "{letters:26}", outputs: { clientSecret: "{letters:51:secret}" } },
  "aws:cognito/resourceServer:ResourceServer": { id: "{in.userPoolId}|{in.identifier}" },
  "aws:acm/certificate:Certificate": {
    id: "{out.arn}",
    outputs: { arn: `arn:{partition}:acm:${here}:certificate/{uuid}`, status: "ISSUED", notAfter: "2099-01-01T00:00:00Z" },
  },
  "aws:acm/certificateValidation:CertificateValidation": { id: "{uuid}", outputs: { certificateArn: "{in.certificateArn}" } },
  "aws:secretsmanager/secret:Secret": {
    id: "{out.arn}",
    defaults: { forceOverwriteReplicaSecret: false, recoveryWindowInDays: 30 },
    outputs: { arn: `arn:{partition}:secretsmanager:${here}:secret:{in.name}-{letters:6}` },
  },
  "aws:secretsmanager/secretVersion:SecretVersion": {
    id: "{in.secretId}|{uuid}",
    outputs: { arn: "{in.secretId}", versionId: "{uuid}" },
  },
  "aws:ssm/parameter:Parameter": { id: "{in.name}", outputs: { arn: `arn:{partition}:ssm:${here}:parameter/{in.name}`, version: 1 } },
  "aws:kms/key:Key": {
    id: "{uuid}",
    defaults: { bypassPolicyLockoutSafetyCheck: false, customerMasterKeySpec: "SYMMETRIC_DEFAULT", isEnabled: true, keyUsage: "ENCRYPT_DECRYPT" },
    outputs: { arn: `arn:{partition}:kms:${here}:key/{id}`, keyId: "{id}" },
  },
  "aws:kms/alias:Alias": { id: "{in.name}", outputs: { arn: `arn:{partition}:kms:${here}:{in.name}` } },
  "aws:s3/bucket:Bucket": {
    id: "{in.bucket}",
    autoname: "bucket",
    defaults: { forceDestroy: false },
    outputs: {
      arn: "arn:{partition}:s3:::{in.bucket}",
      bucketDomainName: "{in.bucket}.s3.{domain}",
      bucketRegionalDomainName: "{in.bucket}.s3.{region}.{domain}",
    },
  },
  "aws:s3/bucketV2:BucketV2": {
    id: "{in.bucket}",
    autoname: "bucket",
    defaults: { forceDestroy: false },
    outputs: {
      arn: "arn:{partition}:s3:::{in.bucket}",
      bucketDomainName: "{in.bucket}.s3.{domain}",
      bucketRegionalDomainName: "{in.bucket}.s3.{region}.{domain}",
    },
  },
  "aws:cloudfront/distribution:Distribution": {
    id: distribution,
    autoname: null,
    outputs: {
      arn: "arn:{partition}:cloudfront::{account}:distribution/{id}",
      domainName: "d{letters:13}.cloudfront.net",
      hostedZoneId: "Z2FDTNDATAQYW2",
    },
  },
  "aws:kinesis/firehoseDeliveryStream:FirehoseDeliveryStream": {
    id: "{out.arn}",
    outputs: { arn: `arn:{partition}:firehose:${here}:deliverystream/{in.name}` },
  },
  "aws:ec2/vpcEndpoint:VpcEndpoint": {
    id: "vpce-{hex:17}",
    defaults: { vpcEndpointType: "Gateway" },
    outputs: { arn: `arn:{partition}:ec2:${here}:vpc-endpoint/{id}` },
  },
  "aws:ec2/vpc:Vpc": { id: "vpc-{hex:17}", autoname: null, outputs: { arn: `arn:{partition}:ec2:${here}:vpc/{id}` } },
  "aws:ec2/subnet:Subnet": {
    id: "subnet-{hex:17}",
    autoname: null,
    outputs: { arn: `arn:{partition}:ec2:${here}:subnet/{id}`, availabilityZone: "{region}a" },
  },
  "aws:ec2/securityGroup:SecurityGroup": {
    id: "sg-{hex:17}",
    defaults: { description: "Managed by Pulumi", revokeRulesOnDelete: false },
    outputs: { arn: `arn:{partition}:ec2:${here}:security-group/{id}` },
  },
  "aws:lb/loadBalancer:LoadBalancer": {
    id: "{out.arn}",
    outputs: {
      arn: `arn:{partition}:elasticloadbalancing:${here}:loadbalancer/app/{in.name}/{hex:16}`,
      dnsName: "{in.name}-{hex:9}.{region}.elb.{domain}",
      zoneId: "Z35SXDOTRQ7X7K",
    },
  },
  "aws:lb/listener:Listener": {
    id: "{out.arn}",
    outputs: { arn: `arn:{partition}:elasticloadbalancing:${here}:listener/app/{hex:16}/{hex:16:b}` },
  },
  "aws:lb/targetGroup:TargetGroup": {
    id: "{out.arn}",
    outputs: { arn: `arn:{partition}:elasticloadbalancing:${here}:targetgroup/{in.name}/{hex:16}` },
  },
  "aws:dynamodb/table:Table": { id: "{in.name}", outputs: { arn: `arn:{partition}:dynamodb:${here}:table/{in.name}` } },
  "aws:sns/topic:Topic": { id: "{out.arn}", outputs: { arn: `arn:{partition}:sns:${here}:{in.name}` } },
  "aws:sqs/queue:Queue": {
    id: "{out.url}",
    outputs: { arn: `arn:{partition}:sqs:${here}:{in.name}`, url: "https://sqs.{region}.{domain}/{account}/{in.name}" },
  },
  "aws:sfn/stateMachine:StateMachine": {
    id: "{out.arn}",
    outputs: { arn: `arn:{partition}:states:${here}:stateMachine:{in.name}` },
  },
  "aws:cloudwatch/eventBus:EventBus": { id: "{in.name}", outputs: { arn: `arn:{partition}:events:${here}:event-bus/{in.name}` } },
  "aws:route53/zone:Zone": {
    id: "Z{upper:20}",
    outputs: { arn: "arn:{partition}:route53:::hostedzone/{id}", zoneId: "{id}", nameServers: ["ns-1.example.com", "ns-2.example.org"] },
  },
  "aws-native:apigateway:RestApi": { outputs: { restApiId: "{id}", rootResourceId: "{letters:10:root}" } },
  "aws-native:apigatewayv2:Api": { outputs: { apiId: "{id}", apiEndpoint: "https://{id}.execute-api.{region}.{domain}" } },
  "aws-native:lambda:Function": { outputs: { arn: `arn:{partition}:lambda:${here}:function:{in.functionName}` } },
  "aws-native:logs:LogGroup": { outputs: { arn: `arn:{partition}:logs:${here}:log-group:{in.logGroupName}:*` } },
};

/** Deterministic characters for a text. */
export function letters(text: string, length: number, alphabet = "abcdefghijklmnopqrstuvwxyz0123456789"): string {
  let result = "";
  for (let block = 0; result.length < length; block++) {
    for (const byte of createHash("sha256").update(`${String(block)} ${text}`).digest()) {
      result += alphabet.charAt(byte % alphabet.length);
    }
  }
  return result.slice(0, length);
}

const hexadecimal = "0123456789abcdef";

/** Where a region's resources are, in an account of our own making. */
export function placeOf(region: unknown): Place {
  const where = typeof region === "string" && region !== "" && !isUnknown(region) ? region : "us-east-1";
  const partition = where.startsWith("cn-") ? "aws-cn" : where.startsWith("us-gov-") ? "aws-us-gov" : "aws";
  return { region: where, account: "123456789012", partition, domain: partition === "aws-cn" ? "amazonaws.com.cn" : "amazonaws.com" };
}

/**
 * Inputs as the provider's Check returns them: with autonames and schema defaults, those of nested objects listed in
 * `__defaults` as the Terraform bridge lists them.
 */
export function check(subject: Subject, inputs: Properties, sdk: Sdk): Record<string, unknown> {
  const { type, name, urn } = subject;
  const known = types[type] ?? {};
  const shape = sdk.shapeOf(type);
  if (!type.startsWith("aws:")) return { ...inputs };
  const checked: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(inputs)) if (value !== null) checked[key] = value;
  const named = autonamed(known, shape);
  const fifo = checked["fifoQueue"] === true || checked["fifoTopic"] === true ? ".fifo" : "";
  if (named !== undefined && !(named in checked) && !(`${named}Prefix` in checked)) {
    const made = `${name}-${letters(urn, 7, hexadecimal)}${fifo}`;
    checked[named] = named === "bucket" ? made.toLowerCase() : made;
  }
  for (const [key, value] of Object.entries(known.defaults ?? {})) {
    if (!(key in checked) && (shape === undefined || shape.has(key))) checked[key] = value;
  }
  for (const [key, value] of Object.entries(checked)) checked[key] = withDefaults(value, known.nested?.[key] ?? {});
  if (shape?.has("tagsAll") === true && subject.defaultTags !== undefined && !("tagsAll" in checked)) {
    const own = unwrapSecrets(checked["tags"] ?? {});
    const theirs = unwrapSecrets(subject.defaultTags);
    const all = isRecord(theirs) && isRecord(own) ? { ...theirs, ...own } : unknown;
    checked["tagsAll"] = hasUnknown(all) ? unknown : all;
  }
  return checked;
}

function autonamed(known: Type, shape: Shape | undefined): string | undefined {
  if (known.autoname !== undefined) return known.autoname ?? undefined;
  const property = shape?.get("name");
  if (shape === undefined) return "name";
  return property !== undefined && !property.optional && !property.output && property.kind === "string" ? "name" : undefined;
}

function withDefaults(value: unknown, defaults: Values): unknown {
  if (Array.isArray(value)) return value.map((item) => withDefaults(item, defaults));
  if (!isPlainObject(value)) return value;
  const missing = Object.keys(defaults).filter((key) => value[key] === undefined || value[key] === null);
  const result: Record<string, unknown> = { __defaults: missing };
  for (const key of missing) result[key] = defaults[key];
  for (const [key, item] of Object.entries(value)) if (!missing.includes(key)) result[key] = withDefaults(item, {});
  return result;
}

function withoutDefaults(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutDefaults);
  if (!isRecord(value)) return value;
  return Object.fromEntries(Object.entries(value).flatMap(([key, item]) => (key === "__defaults" ? [] : [[key, withoutDefaults(item)]])));
}

/** What a preview says of a new resource. */
export function previewed(subject: Subject, checked: Properties, program: Properties, sdk: Sdk, style: OutputStyle): Made {
  if (style === "old") {
    const named = Object.entries(checked).filter(([key]) => key in program || !(key in (types[subject.type]?.defaults ?? {})));
    return { id: "", outputs: { ...(knownOnly(withoutDefaults(Object.fromEntries(named))) as Record<string, unknown>), id: "" } };
  }
  const outputs = withoutDefaults(checked) as Record<string, unknown>;
  for (const [key, property] of sdk.shapeOf(subject.type) ?? []) {
    if (!(key in outputs)) outputs[key] = property.optional && !property.output ? null : unknown;
  }
  for (const [key, value] of Object.entries(types[subject.type]?.outputs ?? {})) {
    const given = outputs[key];
    if (!(key in outputs)) outputs[key] = unknown;
    else if (isPlainObject(given) && isRecord(value)) {
      outputs[key] = { ...Object.fromEntries(Object.keys(value).map((inner) => [inner, unknown])), ...given };
    }
  }
  return { id: "", outputs: { ...outputs, id: unknown } };
}

function knownOnly(value: unknown): unknown {
  if (Array.isArray(value)) return value.filter((item) => !isUnknown(item)).map(knownOnly);
  if (!isPlainObject(value)) return isSecret(value) ? secret(knownOnly(value["value"])) : value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, item]) =>
      isUnknown(item) || (isSecret(item) && isUnknown(item["value"])) ? [] : [[key, knownOnly(item)]],
    ),
  );
}

/** What a resource says of itself once it exists, made up where only AWS could tell. */
export function existing(subject: Subject, checked: Properties, sdk: Sdk, id?: string): Made {
  const { type, urn } = subject;
  const known = types[type];
  const outputs = withoutDefaults(checked) as Record<string, unknown>;
  const words = new Words(subject, unwrapSecrets(outputs) as Record<string, unknown>);
  const pattern = known?.id ?? "{letters:10}";
  // Some ids are made of outputs and some outputs of ids.
  if (id !== undefined) words.id = id;
  else if (!pattern.includes("{out.")) words.id = words.fill(pattern);
  for (const [key, value] of Object.entries({ ...known?.outputs, ...special[type]?.(words) })) {
    const given = outputs[key];
    const made = words.deep(value);
    words.out[key] = given ?? made;
    if (given === undefined || given === null) outputs[key] = made;
    else if (isPlainObject(given) && isRecord(made)) outputs[key] = { ...made, ...given };
  }
  if (id === undefined && pattern.includes("{out.")) words.id = words.fill(pattern);
  for (const [key, property] of sdk.shapeOf(type) ?? []) {
    if (key in outputs && outputs[key] !== null) continue;
    const prefix = outputs[`${key}Prefix`];
    if (key === "tagsAll") outputs[key] = outputs["tags"] ?? {};
    else if (key === "region") outputs[key] = subject.place.region;
    else if (typeof prefix === "string" && !property.output) outputs[key] = isUnknown(prefix) ? unknown : `${prefix}${letters(urn, 26, "0123456789")}`;
    else if (property.output) outputs[key] = plausible(subject, key, property.kind);
    else if (property.optional) outputs[key] = null;
    // A value made up for what a known type left unset would be taken for the author's.
    else outputs[key] = known === undefined ? plausible(subject, key, property.kind) : zero(property.kind);
  }
  return { id: isUnknown(words.id) ? "" : words.id, outputs: { ...outputs, id: words.id } };
}

/** Only what identifies an existing resource: the rest of it nobody knows offline. */
export function readBack(subject: Subject, state: Properties, sdk: Sdk, id: string): Record<string, unknown> {
  const shape = sdk.shapeOf(subject.type);
  const { outputs } = existing(subject, { ...fromId(subject.type, id), ...state }, sdk, id);
  return Object.fromEntries(
    Object.entries(outputs).filter(
      ([key, value]) => key === "id" || key in state || (value !== null && (shape?.get(key)?.output === true || key in fromId(subject.type, id))),
    ),
  );
}

/** Types whose id is one of their inputs tell it back. */
function fromId(type: string, id: string): Record<string, string> {
  const property = /^\{in\.(\w+)\}$/.exec(types[type]?.id ?? "")?.[1];
  return property === undefined ? {} : { [property]: id };
}

/** Fills the patterns of the table for one resource. */
class Words {
  id = "";
  readonly out: Record<string, unknown> = {};

  constructor(
    readonly subject: Subject,
    readonly inputs: Properties,
  ) {}

  /**
   * A pattern's text. `{in.x}` is an input and `{out.x}` an output made before; `{region}`, `{account}`,
   * `{partition}` and `{domain}` are of the place; `{letters:n}`, `{upper:n}`, `{hex:n}` and `{uuid}` are made up of
   * the URN, others for another word after a second colon. What is not known makes the whole text unknown.
   */
  fill(pattern: string): string {
    let lost = false;
    const text = pattern.replace(/\{([^{}]+)\}/g, (_, slot: string) => {
      const value = this.slot(slot);
      if (isUnknown(value) || value === undefined) lost = true;
      return value ?? "";
    });
    return lost ? unknown : text;
  }

  deep(value: unknown): unknown {
    if (typeof value === "string") return this.fill(value);
    if (Array.isArray(value)) return value.map((item) => this.deep(item));
    return isRecord(value) ? Object.fromEntries(Object.entries(value).map(([key, item]) => [key, this.deep(item)])) : value;
  }

  private slot(slot: string): string | undefined {
    const { place, urn } = this.subject;
    if (slot.startsWith("in.")) return textOf(this.inputs[slot.slice(3)]);
    if (slot.startsWith("out.")) return textOf(this.out[slot.slice(4)]);
    const [kind = "", length = "0", salt = ""] = slot.split(":");
    const made = (alphabet?: string): string => letters(`${urn} ${salt}`, Number(length), alphabet);
    switch (kind) {
      case "id":
        return this.id;
      case "letters":
        return made();
      case "upper":
        return made("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567");
      case "hex":
        return made(hexadecimal);
      case "uuid":
        return uuid(urn);
      case "region":
      case "account":
      case "partition":
      case "domain":
        return place[kind];
      default:
        return undefined;
    }
  }
}

function uuid(text: string): string {
  const digits = letters(text, 32, hexadecimal);
  return [digits.slice(0, 8), digits.slice(8, 12), `4${digits.slice(13, 16)}`, `8${digits.slice(17, 20)}`, digits.slice(20)].join("-");
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : typeof value === "number" || typeof value === "boolean" ? String(value) : "";
}

const parentPath = "the parent's path";

/** What patterns cannot say. */
const special: Readonly<Record<string, (words: Words) => Values>> = {
  "aws:apigateway/resource:Resource": ({ inputs, out, subject }) => {
    const parent = inputs["parentId"];
    // Handed over as a value: a path has braces of its own.
    out[parentPath] = isUnknown(parent) ? unknown : (subject.byId?.(textOf(parent))?.["path"] ?? "");
    return { path: `{out.${parentPath}}/{in.pathPart}` };
  },
  "aws:apigatewayv2/api:Api": ({ inputs }) =>
    inputs["protocolType"] === "WEBSOCKET" ? { apiEndpoint: "wss://{id}.execute-api.{region}.{domain}" } : {},
  "aws:apigatewayv2/stage:Stage": ({ inputs }) =>
    inputs["name"] === "$default" ? { invokeUrl: "https://{in.apiId}.execute-api.{region}.{domain}/" } : {},
  "aws:lambda/function:Function": ({ inputs }) => (inputs["publish"] === true ? { version: "1", qualifiedArn: "{out.arn}:1" } : {}),
  "aws:lambda/alias:Alias": ({ inputs }) =>
    textOf(inputs["functionName"]).startsWith("arn:") ? { arn: "{in.functionName}:{in.name}" } : {},
  "aws:wafv2/webAcl:WebAcl": ({ inputs }) =>
    inputs["scope"] === "CLOUDFRONT" ? { arn: "arn:{partition}:wafv2:us-east-1:{account}:global/webacl/{in.name}/{id}" } : {},
  "aws:lb/loadBalancer:LoadBalancer": ({ inputs }) =>
    inputs["loadBalancerType"] === "network"
      ? { arn: `arn:{partition}:elasticloadbalancing:${here}:loadbalancer/net/{in.name}/{hex:16}` }
      : {},
  "aws:cognito/resourceServer:ResourceServer": ({ inputs }) => ({
    scopeIdentifiers: (Array.isArray(inputs["scopes"]) ? inputs["scopes"] : [])
      .filter(isRecord)
      .map((scope) => `{in.identifier}/${textOf(scope["scopeName"])}`),
  }),
  "aws:acm/certificate:Certificate": ({ inputs }) => {
    const others: readonly unknown[] = Array.isArray(inputs["subjectAlternativeNames"]) ? inputs["subjectAlternativeNames"] : [];
    return {
      domainValidationOptions: [...new Set([inputs["domainName"], ...others])].map(textOf).map((domainName) => ({
        domainName,
        resourceRecordName: `_{hex:32}.${domainName.replace(/^\*\./, "")}.`,
        resourceRecordType: "CNAME",
        resourceRecordValue: "_{hex:32:value}.acm-validations.aws.",
      })),
    };
  },
};

function zero(kind: Kind): unknown {
  switch (kind) {
    case "string":
      return "";
    case "number":
      return 0;
    case "boolean":
      return false;
    case "strings":
    case "objects":
      return [];
    case "map":
      return {};
    case "object":
      return unknown;
  }
}

/** A value that looks like what AWS would give. Objects stay unknown: a program would look for properties in them. */
function plausible(subject: Subject, key: string, kind: Kind): unknown {
  if (kind === "strings") return [plausible(subject, key, "string")];
  if (kind === "number") return 1;
  if (kind === "objects" || kind === "object") return unknown;
  if (kind !== "string") return zero(kind);
  const { type, name, urn, place } = subject;
  const [, middle = ""] = type.split(":");
  const [service = "", what = "resource"] = middle.split("/");
  const made = letters(`${urn} ${key}`, 10);
  if (/arns?$/i.test(key)) return `arn:${place.partition}:${service}:${place.region}:${place.account}:${what}/${name}-${made}`;
  if (/(date|at|time|timestamp)$/i.test(key)) return "2024-01-01T00:00:00Z";
  if (/ur[il]s?$/i.test(key)) return `https://${made}.${service}.${place.region}.${place.domain}`;
  if (/(endpoint|domain|domainName|dnsName|address)$/i.test(key)) return `${made}.${service}.${place.region}.${place.domain}`;
  if (/^(owner|account|registry)Id$/i.test(key)) return place.account;
  return /ids?$/i.test(key) ? made : `${name}-${made}`;
}
