import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

// What the programs beside this file are made of: APIs, fronts and firewalls that pass the whole policy pack, with
// room for one planted fault at a time. Whatever a program gives replaces what stands here.

export const production = { environment: "production", owner: "shop-team" };
export const development = { environment: "development", owner: "shop-team" };
type Tags = typeof production;

const logKey = new aws.kms.Key("logs", { description: "Encrypts the logs of the shop.", enableKeyRotation: true });

export function logGroup(name: string, args: aws.cloudwatch.LogGroupArgs = {}): aws.cloudwatch.LogGroup {
  return new aws.cloudwatch.LogGroup(name, { retentionInDays: 365, kmsKeyId: logKey.arn, ...args });
}

/** A function behind an alias, so that no stage calls `$LATEST`. */
export class Backend {
  readonly handler: aws.lambda.Function;
  readonly current: aws.lambda.Alias;

  constructor(
    readonly name: string,
    args: Partial<aws.lambda.FunctionArgs> = {},
  ) {
    const role = new aws.iam.Role(name, {
      assumeRolePolicy: aws.iam.assumeRolePolicyForPrincipal({ Service: "lambda.amazonaws.com" }),
    });
    this.handler = new aws.lambda.Function(name, {
      role: role.arn,
      runtime: "nodejs22.x",
      handler: "index.handler",
      publish: true,
      code: new pulumi.asset.AssetArchive({
        "index.js": new pulumi.asset.StringAsset("exports.handler = async () => ({ statusCode: 200, body: '[]' });"),
      }),
      ...args,
    });
    this.current = new aws.lambda.Alias(name, {
      name: "current",
      functionName: this.handler.name,
      functionVersion: this.handler.version,
    });
  }

  /** Lets the one API call the alias. */
  allow(name: string, executionArn: pulumi.Input<string>, args: Partial<aws.lambda.PermissionArgs> = {}): void {
    new aws.lambda.Permission(name, {
      action: "lambda:InvokeFunction",
      function: this.handler.name,
      qualifier: this.current.name,
      principal: "apigateway.amazonaws.com",
      sourceArn: pulumi.interpolate`${executionArn}/*/*`,
      ...args,
    });
  }
}

const managed = (name: string, priority: number) => ({
  name,
  priority,
  overrideAction: { none: {} },
  statement: { managedRuleGroupStatement: { vendorName: "AWS", name } },
  visibilityConfig: { cloudwatchMetricsEnabled: true, metricName: name, sampledRequestsEnabled: true },
});

interface FirewallArgs {
  /** The most requests of one address in five minutes. */
  readonly limit?: number;
  readonly groups?: readonly string[];
  readonly redactedFields?: aws.wafv2.WebAclLoggingConfigurationArgs["redactedFields"];
}

export function firewall(name: string, scope: "REGIONAL" | "CLOUDFRONT", args: FirewallArgs = {}): aws.wafv2.WebAcl {
  const region = scope === "CLOUDFRONT" ? { region: "us-east-1" } : {};
  const groups = args.groups ?? [
    "AWSManagedRulesAmazonIpReputationList",
    "AWSManagedRulesCommonRuleSet",
    "AWSManagedRulesKnownBadInputsRuleSet",
    "AWSManagedRulesSQLiRuleSet",
  ];
  const webAcl = new aws.wafv2.WebAcl(name, {
    scope,
    ...region,
    defaultAction: { allow: {} },
    visibilityConfig: { cloudwatchMetricsEnabled: true, metricName: name, sampledRequestsEnabled: true },
    rules: [
      {
        name: "rate",
        priority: 0,
        action: { block: {} },
        statement: { rateBasedStatement: { limit: args.limit ?? 2000, aggregateKeyType: "IP" } },
        visibilityConfig: { cloudwatchMetricsEnabled: true, metricName: "rate", sampledRequestsEnabled: true },
      },
      ...groups.map((group, index) => managed(group, index + 1)),
    ],
  });
  const logs = new aws.cloudwatch.LogGroup(`${name}-firewall`, {
    name: `aws-waf-logs-${name}`,
    ...region,
    retentionInDays: 365,
  });
  new aws.wafv2.WebAclLoggingConfiguration(name, {
    ...region,
    resourceArn: webAcl.arn,
    logDestinationConfigs: [logs.arn],
    redactedFields: args.redactedFields ?? [
      { singleHeader: { name: "authorization" } },
      { singleHeader: { name: "cookie" } },
    ],
  });
  return webAcl;
}

/** An alarm on an API's server errors. */
export function alarm(name: string, metricName: string, dimensions: Record<string, pulumi.Input<string>>): void {
  new aws.cloudwatch.MetricAlarm(`${name}-errors`, {
    namespace: "AWS/ApiGateway",
    metricName,
    dimensions,
    statistic: "Sum",
    period: 300,
    evaluationPeriods: 1,
    threshold: 5,
    comparisonOperator: "GreaterThanThreshold",
  });
}

// What every access log says of a call, whatever the kind of API.
const logged = {
  requestId: "$context.requestId",
  requestTime: "$context.requestTime",
  sourceIp: "$context.identity.sourceIp",
  status: "$context.status",
};

export const restLog = {
  ...logged,
  extendedRequestId: "$context.extendedRequestId",
  httpMethod: "$context.httpMethod",
  resourcePath: "$context.resourcePath",
  caller: "$context.identity.caller",
};

/** A model that says exactly what a body may hold. */
export const strictModel = JSON.stringify({
  $schema: "http://json-schema.org/draft-04/schema#",
  type: "object",
  required: ["action", "text"],
  additionalProperties: false,
  properties: { action: { type: "string", maxLength: 16 }, text: { type: "string", maxLength: 2000 } },
});

interface LogArgs {
  /** The group that takes the log; one of the stage's own if none is given. */
  readonly group?: aws.cloudwatch.LogGroup;
  readonly fields?: Readonly<Record<string, string>>;
}

function accessLog(name: string, fields: LogArgs["fields"], { group, ...log }: LogArgs = {}) {
  const { arn } = group ?? logGroup(`${name}-access`);
  return { destinationArn: arn, format: JSON.stringify(log.fields ?? fields) };
}

interface RestStageArgs {
  readonly tags?: Tags;
  readonly log?: LogArgs;
  readonly stage?: Partial<aws.apigateway.StageArgs>;
  readonly settings?: Partial<aws.types.input.apigateway.MethodSettingsSettings>;
  readonly deployment?: Partial<aws.apigateway.DeploymentArgs>;
  readonly webAcl?: aws.wafv2.WebAcl;
}

/** A REST API of methods: make it, give it methods, deploy it. */
export class Rest {
  readonly api: aws.apigateway.RestApi;
  readonly validator: aws.apigateway.RequestValidator;
  readonly model: aws.apigateway.Model;
  private readonly paths = new Map<string, aws.apigateway.Resource>();
  private readonly deployed: pulumi.Resource[] = [];

  constructor(
    readonly name: string,
    readonly backend: Backend,
    args: Partial<aws.apigateway.RestApiArgs> = {},
  ) {
    this.api = new aws.apigateway.RestApi(name, {
      name,
      description: `The ${name} of the shop.`,
      endpointConfiguration: { types: "REGIONAL" },
      securityPolicy: "SecurityPolicy_TLS13_1_2_2021_06",
      endpointAccessMode: "STRICT",
      tags: production,
      ...args,
    });
    this.validator = new aws.apigateway.RequestValidator(name, {
      restApi: this.api.id,
      validateRequestBody: true,
      validateRequestParameters: true,
    });
    this.model = new aws.apigateway.Model(name, {
      restApi: this.api.id,
      name: "Message",
      contentType: "application/json",
      schema: strictModel,
    });
  }

  /** A method of a top-level path; with the model when a body is due. */
  method(
    name: string,
    httpMethod: string,
    path: string,
    args: Partial<aws.apigateway.MethodArgs> = {},
    integration: Partial<aws.apigateway.IntegrationArgs> = {},
  ): aws.apigateway.Method {
    let resource = this.paths.get(path);
    if (resource === undefined) {
      const parent = { restApi: this.api.id, parentId: this.api.rootResourceId };
      resource = new aws.apigateway.Resource(`${this.name}-${path}`, { ...parent, pathPart: path });
      this.paths.set(path, resource);
    }
    const method = new aws.apigateway.Method(name, {
      restApi: this.api.id,
      resourceId: resource.id,
      httpMethod,
      authorization: "AWS_IAM",
      requestValidatorId: this.validator.id,
      ...(httpMethod === "POST" ? { requestModels: { "application/json": this.model.name } } : {}),
      ...args,
    });
    const called = new aws.apigateway.Integration(name, {
      restApi: this.api.id,
      resourceId: resource.id,
      httpMethod: method.httpMethod,
      type: "AWS_PROXY",
      integrationHttpMethod: "POST",
      uri: this.backend.current.invokeArn,
      ...integration,
    });
    this.deployed.push(method, called);
    return method;
  }

  /** The default error responses of API Gateway, in words of our own. */
  answerErrors(): this {
    for (const responseType of ["DEFAULT_4XX", "DEFAULT_5XX"]) {
      const response = new aws.apigateway.Response(`${this.name}-${responseType.toLowerCase()}`, {
        restApiId: this.api.id,
        responseType,
        responseTemplates: { "application/json": '{"message":"The request failed."}' },
      });
      this.deployed.push(response);
    }
    return this;
  }

  allow(): this {
    this.backend.allow(this.name, this.api.executionArn);
    return this;
  }

  deployment(name: string, args: Partial<aws.apigateway.DeploymentArgs> = {}): aws.apigateway.Deployment {
    return new aws.apigateway.Deployment(
      name,
      {
        restApi: this.api.id,
        triggers: { methods: pulumi.jsonStringify(this.deployed.map((one) => one.urn)) },
        ...args,
      },
      { dependsOn: this.deployed },
    );
  }

  stage(name: string, args: RestStageArgs = {}): aws.apigateway.Stage {
    const stage = new aws.apigateway.Stage(name, {
      restApi: this.api.id,
      deployment: this.deployment(name, args.deployment).id,
      stageName: "v1",
      description: "Version 1.",
      xrayTracingEnabled: true,
      accessLogSettings: accessLog(name, restLog, args.log),
      tags: args.tags ?? production,
      ...args.stage,
    });
    this.settings(name, stage, "*/*", args.settings);
    if (args.webAcl) {
      new aws.wafv2.WebAclAssociation(name, { resourceArn: stage.arn, webAclArn: args.webAcl.arn });
    }
    return stage;
  }

  settings(
    name: string,
    stage: aws.apigateway.Stage,
    methodPath: string,
    args: Partial<aws.types.input.apigateway.MethodSettingsSettings> = {},
  ): void {
    new aws.apigateway.MethodSettings(name, {
      restApi: this.api.id,
      stageName: stage.stageName,
      methodPath,
      settings: {
        loggingLevel: "ERROR",
        dataTraceEnabled: false,
        metricsEnabled: true,
        throttlingRateLimit: 100,
        throttlingBurstLimit: 50,
        ...args,
      },
    });
  }

  alarm(): this {
    alarm(this.name, "5XXError", { ApiName: this.api.name });
    return this;
  }
}

export const httpLog = {
  ...logged,
  httpMethod: "$context.httpMethod",
  routeKey: "$context.routeKey",
  caller: "$context.identity.caller",
};

interface StageArgs {
  readonly tags?: Tags;
  readonly log?: LogArgs;
  readonly settings?: Partial<aws.types.input.apigatewayv2.StageDefaultRouteSettings>;
  readonly stage?: Partial<aws.apigatewayv2.StageArgs>;
}

/** What HTTP and WebSocket APIs share. */
abstract class Routed {
  readonly api: aws.apigatewayv2.Api;
  readonly integration: aws.apigatewayv2.Integration;
  protected readonly routes: aws.apigatewayv2.Route[] = [];

  constructor(
    readonly name: string,
    backend: Backend,
    args: aws.apigatewayv2.ApiArgs,
  ) {
    this.api = new aws.apigatewayv2.Api(name, {
      name,
      description: `The ${name} of the shop.`,
      version: "1",
      disableExecuteApiEndpoint: true,
      tags: production,
      ...args,
    });
    this.integration = new aws.apigatewayv2.Integration(name, {
      apiId: this.api.id,
      integrationType: "AWS_PROXY",
      integrationUri: backend.current.invokeArn,
      ...(args.protocolType === "HTTP" ? { payloadFormatVersion: "2.0" } : {}),
    });
    backend.allow(name, this.api.executionArn);
  }

  route(name: string, routeKey: string, args: Partial<aws.apigatewayv2.RouteArgs> = {}): aws.apigatewayv2.Route {
    const target = pulumi.interpolate`integrations/${this.integration.id}`;
    const route = new aws.apigatewayv2.Route(name, { apiId: this.api.id, routeKey, target, ...args });
    this.routes.push(route);
    return route;
  }

  protected deploy(
    name: string,
    log: Record<string, string>,
    settings: aws.types.input.apigatewayv2.StageDefaultRouteSettings,
    args: StageArgs,
  ): aws.apigatewayv2.Stage {
    const routes = pulumi.jsonStringify(this.routes.map((route) => route.routeKey));
    const deployment = new aws.apigatewayv2.Deployment(
      name,
      { apiId: this.api.id, triggers: { routes } },
      { dependsOn: this.routes },
    );
    return new aws.apigatewayv2.Stage(name, {
      apiId: this.api.id,
      name: "v1",
      description: "Version 1.",
      deploymentId: deployment.id,
      defaultRouteSettings: {
        throttlingRateLimit: 100,
        throttlingBurstLimit: 50,
        detailedMetricsEnabled: true,
        ...settings,
        ...args.settings,
      },
      accessLogSettings: accessLog(name, log, args.log),
      tags: args.tags ?? production,
      ...args.stage,
    });
  }
}

/** An HTTP API: make it, give it routes, deploy it. */
export class Http extends Routed {
  constructor(name: string, backend: Backend, args: Partial<aws.apigatewayv2.ApiArgs> = {}) {
    super(name, backend, { protocolType: "HTTP", ...args });
  }

  override route(name: string, routeKey: string, args: Partial<aws.apigatewayv2.RouteArgs> = {}) {
    return super.route(name, routeKey, { authorizationType: "AWS_IAM", ...args });
  }

  stage(name: string, args: StageArgs = {}): aws.apigatewayv2.Stage {
    return this.deploy(name, httpLog, {}, args);
  }

  alarm(): this {
    alarm(this.name, "5xx", { ApiId: this.api.id });
    return this;
  }
}

/** A WebSocket API with its three routes and `send`, which takes a message of the model. */
export class WebSocket extends Routed {
  constructor(name: string, backend: Backend, args: Partial<aws.apigatewayv2.ApiArgs> = {}) {
    super(name, backend, { protocolType: "WEBSOCKET", routeSelectionExpression: "$request.body.action", ...args });
    const message = new aws.apigatewayv2.Model(name, {
      apiId: this.api.id,
      name: "Message",
      contentType: "application/json",
      schema: strictModel,
    });
    this.route(`${name}-connect`, "$connect", { authorizationType: "AWS_IAM" });
    this.route(`${name}-disconnect`, "$disconnect");
    this.route(`${name}-send`, "send", {
      modelSelectionExpression: "$request.body.action",
      requestModels: { send: message.name },
    });
    alarm(name, "ExecutionError", { ApiId: this.api.id });
  }

  stage(name: string, args: StageArgs = {}): aws.apigatewayv2.Stage {
    const log = { ...logged, routeKey: "$context.routeKey", caller: "$context.identity.caller" };
    return this.deploy(name, log, { loggingLevel: "ERROR", dataTraceEnabled: false }, args);
  }
}

/** CloudFront with a web ACL in front of a domain: what an HTTP or WebSocket API has for WAF. */
export class Front {
  readonly domain: aws.apigatewayv2.DomainName;

  constructor(
    readonly name: string,
    webAcl: aws.wafv2.WebAcl,
    tags: Tags = production,
  ) {
    const domainName = `${name}.example.com`;
    const certificate = new aws.acm.Certificate(name, { domainName, validationMethod: "DNS", region: "us-east-1" });
    this.domain = new aws.apigatewayv2.DomainName(name, {
      domainName,
      domainNameConfiguration: {
        certificateArn: certificate.arn,
        endpointType: "REGIONAL",
        securityPolicy: "TLS_1_2",
      },
      tags,
    });
    new aws.cloudfront.Distribution(name, {
      enabled: true,
      comment: `In front of ${domainName}.`,
      webAclId: webAcl.arn,
      origins: [
        {
          originId: "api",
          domainName: this.domain.domainName,
          customOriginConfig: {
            httpPort: 80,
            httpsPort: 443,
            originProtocolPolicy: "https-only",
            originSslProtocols: ["TLSv1.2"],
          },
        },
      ],
      defaultCacheBehavior: {
        targetOriginId: "api",
        viewerProtocolPolicy: "https-only",
        allowedMethods: ["GET", "HEAD", "OPTIONS", "PUT", "POST", "PATCH", "DELETE"],
        cachedMethods: ["GET", "HEAD"],
        // Managed policies of CloudFront: no caching, and everything but the host passed on.
        cachePolicyId: "4135ea2d-6df8-44a3-9df3-4b5a84be39ad",
        originRequestPolicyId: "b689b0a8-53d0-40ab-baf2-68738e2966ac",
      },
      restrictions: { geoRestriction: { restrictionType: "none" } },
      viewerCertificate: { cloudfrontDefaultCertificate: true },
      tags,
    });
  }

  /** Maps a stage under the API's own name. */
  publish(name: string, api: aws.apigatewayv2.Api, stage: pulumi.Input<string>): void {
    new aws.apigatewayv2.ApiMapping(name, {
      apiId: api.id,
      apiMappingKey: name,
      domainName: this.domain.domainName,
      stage,
    });
  }
}
