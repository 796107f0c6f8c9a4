import type { Registered } from "../../preview/engine";
import { unwrapSecrets } from "../../preview/values";

type Json = Readonly<Record<string, unknown>>;

/** A call to AWS, in the names of AWS's own models. */
export interface Call {
  readonly service: string;
  readonly operation: string;
  readonly parameters: Json;
  /** Where the answer has what others refer to, and what stands for it in the program. */
  readonly gives?: Readonly<Record<string, string>>;
  /** It is part of what an import makes, and not to be made again. @default false */
  readonly imported?: boolean;
}

/** What there is no call for. */
const nothing = new Set([
  "aws:acm/certificateValidation:CertificateValidation",
  // Its inputs and those of AWS have little in common: lists there are objects with a count.
  "aws:cloudfront/distribution:Distribution",
]);

const isObject = (value: unknown): value is Json =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Without what the provider notes of its own defaults. */
function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, item]) => (key === "__defaults" ? [] : [[key, plain(item)]])),
  );
}

/** Without what is not set. */
const set = (parameters: Json): Json =>
  Object.fromEntries(Object.entries(parameters).filter(([, value]) => value !== undefined));

/** Without the region, which a call is sent to and does not name. */
const elsewhere = (inputs: Json): Json => set({ ...inputs, region: undefined });

/** What the provider calls a resource: as the program does, or by a prefix, and with something of its own. */
const generated = (name: string, prefix: unknown): string =>
  prefix === undefined ? `${name}-1a2b3c4` : `${text(prefix)}20270102030405678900000001`;

const upper = (name: string): string => name.charAt(0).toUpperCase() + name.slice(1);

/** Names in it, at every depth, as newer APIs write them; names that are data are not touched. */
function pascal(value: unknown, renamed: Readonly<Record<string, string>> = {}): unknown {
  if (Array.isArray(value)) return value.map((item) => pascal(item, renamed));
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [
      renamed[key] ?? upper(key),
      isData.test(key) ? item : pascal(item, renamed),
    ]),
  );
}
const isData = /^(tags|variables|requestParameters|requestTemplates|requestModels|responseParameters)$/;

const tagList = (tags: unknown, key = "Key", value = "Value"): unknown =>
  Object.entries((tags ?? {}) as Json).map(([name, text]) => ({ [key]: name, [value]: text }));

/** Changes as REST APIs take them, for each of the values that are set. */
const replacing = (values: Json): unknown =>
  Object.entries(set(values)).map(([path, value]) => ({ op: "replace", path, value: String(value) }));

/** Operations of an OpenAPI document, with the path and the method. */
export function* operationsOf(document: Json): Generator<[path: string, method: string, operation: Json]> {
  for (const [path, item] of Object.entries((document["paths"] ?? {}) as Json)) {
    for (const [method, operation] of Object.entries(item as Json)) {
      if (method !== "parameters") yield [path, method, operation as Json];
    }
  }
}

const authorizersIn = (document: Json): [name: string, authorizer: Json][] =>
  Object.entries(((document["components"] ?? {}) as Json)["securitySchemes"] ?? {}).flatMap(([name, scheme]) => {
    const { "x-amazon-apigateway-authorizer": authorizer } = scheme as Json;
    return authorizer === undefined ? [] : [[name, scheme as Json]];
  });

const text = (value: unknown): string => (typeof value === "string" ? value : "");

/** What the import of a REST API's document makes, one by one: the server's own import leaves out most of it. */
function partsOfRest(restApiId: string, document: Json): Call[] {
  const service = "apigateway";
  const calls: Call[] = [];
  for (const [name, scheme] of authorizersIn(document)) {
    const { type, ...authorizer } = scheme["x-amazon-apigateway-authorizer"] as Json;
    const { providerARNs, authorizerCredentials, authorizerUri, identitySource } = authorizer;
    calls.push({
      service,
      operation: "CreateAuthorizer",
      parameters: set({
        restApiId,
        name,
        type: text(type).toUpperCase(),
        authType: scheme["x-amazon-apigateway-authtype"],
        ...{ providerARNs, authorizerCredentials, authorizerUri, identitySource },
        authorizerResultTtlInSeconds: authorizer["authorizerResultTtlInSeconds"],
        identityValidationExpression: authorizer["identityValidationExpression"],
      }),
    });
  }
  for (const [name, validator] of Object.entries((document["x-amazon-apigateway-request-validators"] ?? {}) as Json)) {
    calls.push({
      service,
      operation: "CreateRequestValidator",
      parameters: { restApiId, name, ...(validator as Json) },
    });
  }
  for (const [responseType, response] of Object.entries(
    (document["x-amazon-apigateway-gateway-responses"] ?? {}) as Json,
  )) {
    calls.push({
      service,
      operation: "PutGatewayResponse",
      parameters: { restApiId, responseType, ...(response as Json) },
    });
  }
  for (const [name, schema] of Object.entries(((document["components"] ?? {}) as Json)["schemas"] ?? {})) {
    calls.push({
      service,
      operation: "CreateModel",
      parameters: { restApiId, name, contentType: "application/json", schema: JSON.stringify(schema) },
    });
  }
  return calls;
}

/** Integrations of a REST API's document, as they would be made one by one. */
function integrationsOfRest(restApiId: string, document: Json): Call[] {
  return [...operationsOf(document)].flatMap(([, method, operation]): Call[] => {
    const written = operation["x-amazon-apigateway-integration"];
    if (!isObject(written)) return [];
    const { type, httpMethod, passthroughBehavior, contentHandling, responses, ...integration } = written;
    const where = { restApiId, resourceId: "resource", httpMethod: method.toUpperCase() };
    const made: Call = {
      service: "apigateway",
      operation: "PutIntegration",
      imported: true,
      parameters: set({
        ...where,
        ...integration,
        type: text(type).toUpperCase(),
        integrationHttpMethod: httpMethod,
        passthroughBehavior: passthroughBehavior === undefined ? undefined : text(passthroughBehavior).toUpperCase(),
        contentHandling,
      }),
    };
    const answers = Object.entries((responses ?? {}) as Json).map(([selectionPattern, response]): Call => ({
      service: "apigateway",
      operation: "PutIntegrationResponse",
      imported: true,
      parameters: { ...where, selectionPattern, ...(response as Json) },
    }));
    return [made, ...answers];
  });
}

/** The same of an HTTP API's document. */
function partsOfHttp(apiId: string, document: Json): Call[] {
  return authorizersIn(document).map(([name, scheme]) => {
    const { type, identitySource, ...authorizer } = scheme["x-amazon-apigateway-authorizer"] as Json;
    return {
      service: "apigatewayv2",
      operation: "CreateAuthorizer",
      parameters: {
        ApiId: apiId,
        Name: name,
        AuthorizerType: text(type).toUpperCase(),
        IdentitySource: text(identitySource).split(/,\s*/),
        ...(pascal(authorizer) as Json),
      },
    };
  });
}

function integrationsOfHttp(apiId: string, document: Json): Call[] {
  return [...operationsOf(document)].flatMap(([, , operation]): Call[] => {
    const written = operation["x-amazon-apigateway-integration"];
    if (!isObject(written)) return [];
    const { type, httpMethod, uri, subtype, credentials, ...integration } = written;
    return [
      {
        service: "apigatewayv2",
        operation: "CreateIntegration",
        imported: true,
        parameters: set({
          ApiId: apiId,
          IntegrationType: text(type).toUpperCase(),
          IntegrationMethod: httpMethod,
          IntegrationUri: uri,
          IntegrationSubtype: subtype,
          CredentialsArn: credentials,
          ...(pascal(integration) as Json),
        }),
      },
    ];
  });
}

/** The provider takes one type, AWS a list. */
const endpoint = (configuration: unknown): Json => {
  const { types, ...rest } = configuration as Json;
  return { ...rest, types: [types] };
};

/** Settings of methods, by the paths of AWS's patches. */
const methodSettings: Readonly<Record<string, string>> = {
  cachingEnabled: "caching/enabled",
  cacheDataEncrypted: "caching/dataEncrypted",
  cacheTtlInSeconds: "caching/ttlInSeconds",
  dataTraceEnabled: "logging/dataTrace",
  loggingLevel: "logging/loglevel",
  metricsEnabled: "metrics/enabled",
  requireAuthorizationForCacheControl: "caching/requireAuthorizationForCacheControl",
  throttlingBurstLimit: "throttling/burstLimit",
  throttlingRateLimit: "throttling/rateLimit",
  unauthorizedCacheControlHeaderStrategy: "caching/unauthorizedCacheControlHeaderStrategy",
};

/** Names of AWS WAF that are not those of the provider with a capital letter. */
const waf = {
  arn: "ARN",
  awsManagedRulesBotControlRuleSet: "AWSManagedRulesBotControlRuleSet",
  cloudwatchMetricsEnabled: "CloudWatchMetricsEnabled",
  ipSetReferenceStatement: "IPSetReferenceStatement",
};

/** Limits of bodies by what the web ACL stands before: `apiGateways` there, `API_GATEWAY` here. */
function bodyLimits(associationConfig: unknown): unknown {
  const { requestBodies } = associationConfig as { readonly requestBodies: readonly Record<string, Json[]>[] };
  return Object.fromEntries(
    Object.entries(requestBodies[0] ?? {}).map(([kind, [limit]]) => [
      kind
        .replace(/([A-Z])/g, "_$1")
        .replace(/s$/, "")
        .toUpperCase(),
      pascal(limit),
    ]),
  );
}

type Translate = (inputs: Json, resource: Registered) => Call | readonly Call[];

const translations: Readonly<Record<string, Translate>> = {
  "aws:acm/certificate:Certificate": ({ domainName, validationMethod, tags }, { outputs }) => ({
    service: "acm",
    operation: "RequestCertificate",
    parameters: { DomainName: domainName, ValidationMethod: validationMethod, Tags: tagList(tags) },
    gives: { CertificateArn: text(outputs["arn"]) },
  }),
  "aws:apigateway/account:Account": ({ cloudwatchRoleArn }) => ({
    service: "apigateway",
    operation: "UpdateAccount",
    parameters: { patchOperations: replacing({ "/cloudwatchRoleArn": cloudwatchRoleArn }) },
  }),
  "aws:apigateway/apiKey:ApiKey": (inputs, { id }) => ({
    service: "apigateway",
    operation: "CreateApiKey",
    parameters: inputs,
    gives: { id },
  }),
  "aws:apigateway/basePathMapping:BasePathMapping": ({ restApi, stageName, ...inputs }) => ({
    service: "apigateway",
    operation: "CreateBasePathMapping",
    parameters: { ...inputs, restApiId: restApi, stage: stageName },
  }),
  "aws:apigateway/clientCertificate:ClientCertificate": (inputs, { id }) => ({
    service: "apigateway",
    operation: "GenerateClientCertificate",
    parameters: inputs,
    gives: { clientCertificateId: id },
  }),
  "aws:apigateway/deployment:Deployment": ({ restApi, description }, { id }) => ({
    service: "apigateway",
    operation: "CreateDeployment",
    parameters: { restApiId: restApi, description },
    gives: { id },
  }),
  "aws:apigateway/domainName:DomainName": ({ endpointConfiguration, ...inputs }) => ({
    service: "apigateway",
    operation: "CreateDomainName",
    parameters: { ...inputs, endpointConfiguration: endpoint(endpointConfiguration) },
  }),
  "aws:apigateway/methodSettings:MethodSettings": ({ methodPath, restApi, settings, stageName }) => ({
    service: "apigateway",
    operation: "UpdateStage",
    parameters: {
      restApiId: restApi,
      stageName,
      patchOperations: replacing(
        Object.fromEntries(
          Object.entries(settings as Json).map(([key, value]) => [
            `/${text(methodPath)}/${methodSettings[key] ?? `no such setting: ${key}`}`,
            value,
          ]),
        ),
      ),
    },
  }),
  "aws:apigateway/restApi:RestApi": (
    { body, putRestApiMode, failOnWarnings, endpointConfiguration, ...inputs },
    { id },
  ) => {
    const document = JSON.parse(text(body)) as Json;
    return [
      {
        service: "apigateway",
        operation: "CreateRestApi",
        parameters: { ...inputs, endpointConfiguration: endpoint(endpointConfiguration) },
        gives: { id },
      },
      {
        service: "apigateway",
        operation: "PutRestApi",
        parameters: { restApiId: id, mode: putRestApiMode, failOnWarnings, body },
      },
      ...partsOfRest(id, document),
      ...integrationsOfRest(id, document),
    ];
  },
  "aws:apigateway/stage:Stage": (inputs) => {
    const { restApi, deployment, xrayTracingEnabled, accessLogSettings, clientCertificateId, ...rest } = inputs;
    const { destinationArn, format } = accessLogSettings as Json;
    const at = { restApiId: restApi, stageName: inputs["stageName"] };
    return [
      {
        service: "apigateway",
        operation: "CreateStage",
        parameters: set({ ...rest, ...at, deploymentId: deployment, tracingEnabled: xrayTracingEnabled }),
      },
      {
        service: "apigateway",
        operation: "UpdateStage",
        parameters: {
          ...at,
          patchOperations: replacing({
            "/accessLogSettings/destinationArn": destinationArn,
            "/accessLogSettings/format": format,
            "/clientCertificateId": clientCertificateId,
          }),
        },
      },
    ];
  },
  "aws:apigateway/usagePlan:UsagePlan": ({ quotaSettings, throttleSettings, ...inputs }, { id }) => ({
    service: "apigateway",
    operation: "CreateUsagePlan",
    parameters: set({ ...inputs, quota: quotaSettings, throttle: throttleSettings }),
    gives: { id },
  }),
  "aws:apigateway/usagePlanKey:UsagePlanKey": (inputs) => ({
    service: "apigateway",
    operation: "CreateUsagePlanKey",
    parameters: inputs,
  }),
  "aws:apigatewayv2/api:Api": ({ body, failOnWarnings, ...inputs }, { id }) => {
    const document = body === undefined ? {} : (JSON.parse(text(body)) as Json);
    const imported: Call = {
      service: "apigatewayv2",
      operation: "ReimportApi",
      parameters: set({ ApiId: id, Body: body, FailOnWarnings: failOnWarnings }),
    };
    return [
      {
        service: "apigatewayv2",
        operation: "CreateApi",
        parameters: pascal(inputs) as Json,
        gives: { ApiId: id },
      },
      ...(body === undefined ? [] : [imported]),
      ...partsOfHttp(id, document),
      ...integrationsOfHttp(id, document),
    ];
  },
  "aws:apigatewayv2/apiMapping:ApiMapping": (inputs) => ({
    service: "apigatewayv2",
    operation: "CreateApiMapping",
    parameters: pascal(inputs) as Json,
  }),
  "aws:apigatewayv2/authorizer:Authorizer": (inputs, { id }) => ({
    service: "apigatewayv2",
    operation: "CreateAuthorizer",
    parameters: pascal(inputs, { identitySources: "IdentitySource" }) as Json,
    gives: { AuthorizerId: id },
  }),
  "aws:apigatewayv2/deployment:Deployment": ({ apiId, description }, { id }) => ({
    service: "apigatewayv2",
    operation: "CreateDeployment",
    parameters: { ApiId: apiId, Description: description },
    gives: { DeploymentId: id },
  }),
  "aws:apigatewayv2/integration:Integration": (inputs, { id }) => ({
    service: "apigatewayv2",
    operation: "CreateIntegration",
    parameters: pascal(inputs, { timeoutMilliseconds: "TimeoutInMillis" }) as Json,
    gives: { IntegrationId: id },
  }),
  "aws:apigatewayv2/model:Model": (inputs) => ({
    service: "apigatewayv2",
    operation: "CreateModel",
    parameters: pascal(inputs) as Json,
  }),
  "aws:apigatewayv2/route:Route": (inputs, { id }) => ({
    service: "apigatewayv2",
    operation: "CreateRoute",
    parameters: pascal(inputs) as Json,
    gives: { RouteId: id },
  }),
  "aws:apigatewayv2/routeResponse:RouteResponse": (inputs) => ({
    service: "apigatewayv2",
    operation: "CreateRouteResponse",
    parameters: pascal(inputs) as Json,
  }),
  "aws:apigatewayv2/stage:Stage": ({ routeSettings, ...inputs }) => ({
    service: "apigatewayv2",
    operation: "CreateStage",
    parameters: set({
      ...(pascal(inputs, { name: "StageName" }) as Json),
      RouteSettings:
        routeSettings &&
        Object.fromEntries(
          (routeSettings as Json[]).map(({ routeKey, ...settings }) => [text(routeKey), pascal(settings)]),
        ),
    }),
  }),
  "aws:apigatewayv2/vpcLink:VpcLink": (inputs, { id }) => ({
    service: "apigatewayv2",
    operation: "CreateVpcLink",
    parameters: pascal(inputs) as Json,
    gives: { VpcLinkId: id },
  }),
  "aws:cloudwatch/logGroup:LogGroup": ({ name, kmsKeyId, retentionInDays, tags }) => [
    {
      service: "logs",
      operation: "CreateLogGroup",
      parameters: set({ logGroupName: name, kmsKeyId, tags }),
    },
    { service: "logs", operation: "PutRetentionPolicy", parameters: { logGroupName: name, retentionInDays } },
  ],
  "aws:cloudwatch/logResourcePolicy:LogResourcePolicy": (inputs) => ({
    service: "logs",
    operation: "PutResourcePolicy",
    parameters: inputs,
  }),
  "aws:cloudwatch/metricAlarm:MetricAlarm": ({ dimensions, name, tags, ...inputs }) => ({
    service: "cloudwatch",
    operation: "PutMetricAlarm",
    parameters: {
      ...(pascal(inputs, { okActions: "OKActions" }) as Json),
      AlarmName: name,
      Dimensions: tagList(dimensions, "Name"),
      Tags: tagList(tags),
    },
  }),
  "aws:ec2/securityGroup:SecurityGroup": ({ name, description, vpcId }, { id }) => ({
    service: "ec2",
    operation: "CreateSecurityGroup",
    parameters: { GroupName: name, Description: description, VpcId: vpcId },
    gives: { GroupId: id },
  }),
  "aws:iam/role:Role": ({ assumeRolePolicy, description, maxSessionDuration, path, tags }, { outputs }) => ({
    service: "iam",
    operation: "CreateRole",
    parameters: set({
      RoleName: outputs["name"],
      AssumeRolePolicyDocument: assumeRolePolicy,
      Description: description,
      MaxSessionDuration: maxSessionDuration,
      Path: path,
      Tags: tagList(tags),
    }),
  }),
  "aws:iam/rolePolicy:RolePolicy": ({ namePrefix, policy, role }, { name }) => ({
    service: "iam",
    operation: "PutRolePolicy",
    parameters: { RoleName: role, PolicyName: generated(name, namePrefix), PolicyDocument: policy },
  }),
  "aws:iam/rolePolicyAttachment:RolePolicyAttachment": ({ policyArn, role }) => ({
    service: "iam",
    operation: "AttachRolePolicy",
    parameters: { RoleName: role, PolicyArn: policyArn },
  }),
  "aws:kms/key:Key": ({ customerMasterKeySpec, description, keyUsage, policy, tags }, { id, outputs }) => [
    {
      service: "kms",
      operation: "CreateKey",
      parameters: {
        Description: description,
        KeySpec: customerMasterKeySpec,
        KeyUsage: keyUsage,
        Policy: policy,
        Tags: tagList(tags, "TagKey", "TagValue"),
      },
      gives: { "KeyMetadata.Arn": text(outputs["arn"]), "KeyMetadata.KeyId": id },
    },
    { service: "kms", operation: "EnableKeyRotation", parameters: { KeyId: id } },
  ],
  "aws:lambda/alias:Alias": (inputs) => ({
    service: "lambda",
    operation: "CreateAlias",
    parameters: pascal(inputs) as Json,
  }),
  "aws:lambda/function:Function": (inputs) => {
    const {
      architectures,
      description,
      environment,
      handler,
      memorySize,
      name,
      publish,
      role,
      runtime,
      tags,
      timeout,
    } = inputs;
    return {
      service: "lambda",
      operation: "CreateFunction",
      parameters: {
        ...(pascal({ architectures, description, environment, handler, memorySize, publish, role, runtime }) as Json),
        ...{ FunctionName: name, Code: { ZipFile: "" }, Tags: tags, Timeout: timeout },
      },
    };
  },
  "aws:lambda/permission:Permission": ({ function: name, ...inputs }, { outputs }) => ({
    service: "lambda",
    operation: "AddPermission",
    parameters: {
      FunctionName: name,
      ...(pascal(set({ ...inputs, statementIdPrefix: undefined })) as Json),
      StatementId: outputs["statementId"],
    },
  }),
  "aws:route53/record:Record": ({ name, type, ttl, records, aliases, zoneId }) => ({
    service: "route53",
    operation: "ChangeResourceRecordSets",
    parameters: {
      HostedZoneId: zoneId,
      ChangeBatch: {
        Changes: [
          {
            Action: "UPSERT",
            ResourceRecordSet: set({
              Name: name,
              Type: type,
              TTL: ttl,
              ResourceRecords: records && (records as string[]).map((Value) => ({ Value })),
              AliasTarget: aliases && pascal((aliases as Json[])[0], { zoneId: "HostedZoneId", name: "DNSName" }),
            }),
          },
        ],
      },
    },
  }),
  "aws:s3/bucket:Bucket": (_, { outputs: { bucket } }) => ({
    service: "s3",
    operation: "CreateBucket",
    parameters: { Bucket: bucket },
  }),
  "aws:s3/bucketObjectv2:BucketObjectv2": ({ bucket, content, contentType, key }) => ({
    service: "s3",
    operation: "PutObject",
    parameters: { Bucket: bucket, Body: content, ContentType: contentType, Key: key },
  }),
  "aws:s3/bucketPolicy:BucketPolicy": (inputs) => ({
    service: "s3",
    operation: "PutBucketPolicy",
    parameters: pascal(inputs) as Json,
  }),
  "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": ({ bucket, ...inputs }) => ({
    service: "s3",
    operation: "PutPublicAccessBlock",
    parameters: { Bucket: bucket, PublicAccessBlockConfiguration: pascal(inputs) },
  }),
  "aws:s3/bucketVersioning:BucketVersioning": (inputs) => ({
    service: "s3",
    operation: "PutBucketVersioning",
    parameters: pascal(inputs) as Json,
  }),
  "aws:secretsmanager/secret:Secret": ({ namePrefix, description, kmsKeyId, tags }, { id }) => ({
    service: "secretsmanager",
    operation: "CreateSecret",
    parameters: set({
      Name: generated("", namePrefix),
      Description: description,
      KmsKeyId: kmsKeyId,
      Tags: tagList(tags),
    }),
    gives: { ARN: id },
  }),
  "aws:secretsmanager/secretRotation:SecretRotation": (inputs) => ({
    service: "secretsmanager",
    operation: "RotateSecret",
    parameters: pascal(inputs, { rotationLambdaArn: "RotationLambdaARN" }) as Json,
  }),
  "aws:secretsmanager/secretVersion:SecretVersion": (inputs) => ({
    service: "secretsmanager",
    operation: "PutSecretValue",
    parameters: pascal(inputs) as Json,
  }),
  "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": (inputs) => ({
    service: "ec2",
    operation: "AuthorizeSecurityGroupEgress",
    parameters: {
      GroupId: inputs["securityGroupId"],
      IpPermissions: [
        set({
          IpProtocol: inputs["ipProtocol"],
          FromPort: inputs["fromPort"],
          ToPort: inputs["toPort"],
          IpRanges: inputs["cidrIpv4"] && [{ CidrIp: inputs["cidrIpv4"], Description: inputs["description"] }],
          UserIdGroupPairs: inputs["referencedSecurityGroupId"] && [
            { GroupId: inputs["referencedSecurityGroupId"], Description: inputs["description"] },
          ],
        }),
      ],
    },
  }),
  "aws:wafv2/webAcl:WebAcl": ({ tags, associationConfig, ...inputs }, { outputs }) => ({
    service: "wafv2",
    operation: "CreateWebACL",
    parameters: set({
      ...(pascal(elsewhere(inputs), waf) as Json),
      AssociationConfig: associationConfig && { RequestBody: bodyLimits(associationConfig) },
      Tags: tagList(tags),
    }),
    gives: { "Summary.ARN": text(outputs["arn"]) },
  }),
  "aws:wafv2/webAclAssociation:WebAclAssociation": ({ resourceArn, webAclArn }) => ({
    service: "wafv2",
    operation: "AssociateWebACL",
    parameters: { ResourceArn: resourceArn, WebACLArn: webAclArn },
  }),
  "aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration": (inputs) => ({
    service: "wafv2",
    operation: "PutLoggingConfiguration",
    parameters: { LoggingConfiguration: pascal(elsewhere(inputs)) },
  }),
};

/** The calls by which AWS makes a resource, or none. Fails for a type that is not known here. */
export function callsOf(resource: Registered): readonly Call[] {
  if (nothing.has(resource.type)) return [];
  const translate = translations[resource.type];
  if (!translate) throw new Error(`there are no calls for ${resource.type}: say here which, or that there are none`);
  const calls = translate(plain(unwrapSecrets(resource.inputs)) as Json, resource);
  return [calls].flat();
}
