import type * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";

/** What an API is for; it decides the defaults and what is refused. */
export const Environment = {
  /** Customers depend on it. */
  Production: "production",
  /** Anything else: development, test, staging. */
  NonProduction: "nonproduction",
} as const;
export type Environment = (typeof Environment)[keyof typeof Environment];

/** What a caller must show. */
export const AuthorizationType = {
  /** A request signed with AWS credentials. */
  Iam: "AWS_IAM",
  /** A token of a Cognito user pool; REST APIs only. */
  Cognito: "COGNITO_USER_POOLS",
  /** A token of an OpenID Connect issuer; HTTP APIs only. */
  Jwt: "JWT",
  /** Whatever a Lambda function of yours asks for. */
  Custom: "CUSTOM",
  /** Nothing: give `publicAccessReason`. */
  None: "NONE",
} as const;
export type AuthorizationType = (typeof AuthorizationType)[keyof typeof AuthorizationType];

/** Where a REST API can be reached from. */
export const EndpointType = {
  /** From the internet, in its region. */
  Regional: "REGIONAL",
  /** From the internet, by CloudFront locations that AWS runs. */
  Edge: "EDGE",
  /** From VPC endpoints alone. */
  Private: "PRIVATE",
} as const;
export type EndpointType = (typeof EndpointType)[keyof typeof EndpointType];

/** What goes to the execution log. */
export const LoggingLevel = {
  /** Nothing. */
  Off: "OFF",
  /** Requests that fail. */
  Error: "ERROR",
  /** All requests, without their bodies. */
  Info: "INFO",
} as const;
export type LoggingLevel = (typeof LoggingLevel)[keyof typeof LoggingLevel];

/** Keeps an environment apart from the others. Required of every API. */
export interface Isolation {
  /**
   * Selects the defaults, and what is refused: production takes no `$LATEST`, no web ACL that only counts, no CORS for
   * any origin and no data trace. A stack whose name says otherwise is an error.
   */
  environment: Environment;
  /** AWS accounts this may be deployed to; in any other, nothing is made. @default any account */
  allowedAccountIds?: string[];
  /**
   * Alias or version of every Lambda function behind the API, authorizers as well. In production, without one, a function
   * is called by an alias that the component makes of the version it publishes. @default none
   */
  requiredLambdaQualifier?: string;
}

/** Accepts one control that is weaker than the default. */
export interface ControlException {
  /** The policy of the pack that asks for it, as `stage-tracing`. */
  control: string;
  /** Why, in at least 10 characters. */
  reason: string;
  /** Who accepted it. */
  approvedBy?: string;
  /** ISO date after which it no longer holds, as `2027-03-31`. @default never */
  expires?: string;
}

/** A limit on calls. */
export interface Throttle {
  /** Calls a second, above 0. */
  rateLimit: number;
  /** Calls at once, above 0. */
  burstLimit: number;
}

/** A parameter without which a request is refused. */
export interface Parameter {
  /** Name of the parameter. */
  name: string;
  /** `query` or `header`. Parameters of the path are required as they are. */
  in: string;
}

/** A backend of your own, on the internet. */
export interface HttpTarget {
  /** `https://…`; `{name}` stands for the path parameter of that name. */
  url: pulumi.Input<string>;
  /** Method by which it is called. @default the route's own */
  method?: string;
}

/** A backend in a VPC. */
export interface VpcLinkTarget {
  /** Id of a `VpcLink`, or of one you have. */
  vpcLinkId: pulumi.Input<string>;
  /**
   * `https://…` as the backend's certificate names it; `{name}` stands for the path parameter of that name. An HTTP API
   * takes the ARN of a listener or of a Cloud Map service instead: give `listenerArn`.
   */
  url?: pulumi.Input<string>;
  /** ARN of the load balancer, for a REST API whose link is of version 2. @default none: a link of version 1 */
  loadBalancerArn?: pulumi.Input<string>;
  /** ARN of a TLS listener or of a Cloud Map service; HTTP APIs only. */
  listenerArn?: pulumi.Input<string>;
  /** Name on the backend's certificate; HTTP APIs only, where it turns TLS on. */
  serverName?: string;
  /** Method by which it is called. @default the route's own */
  method?: string;
}

/** An action of another AWS service, called with a role made for this route alone. */
export interface AwsServiceTarget {
  /** As in an ARN: `dynamodb`, `sqs`, `states`. */
  service: string;
  /** The action that is called, as `PutItem`. */
  action: string;
  /** Resources that the role may act on. No `*`. */
  resourceArns: pulumi.Input<string>[];
  /** What the role may do. @default the action that is called, as `dynamodb:PutItem` */
  actions?: string[];
  /** Role to call it with. @default one is made that may do `actions` on `resourceArns` */
  roleArn?: pulumi.Input<string>;
  /** Mapping template by which the request is made, in VTL; one for sqs names a QueueUrl. Required of REST and WebSocket APIs. */
  requestTemplate?: pulumi.Input<string>;
  /** Headers of the request that the template makes; not for HTTP APIs. @default the Content-Type that sqs and sns take */
  headers?: { [name: string]: string };
  /** Mapping template of a good answer, in VTL; REST APIs only. @default an empty object */
  responseTemplate?: string;
  /** Parameters of the action, as `{ QueueUrl: …, MessageBody: "$request.body" }`. HTTP APIs alone, and required there. */
  parameters?: { [name: string]: pulumi.Input<string> };
}

/** An answer that API Gateway gives by itself. */
export interface MockTarget {
  /** Status of the answer. @default 200 */
  statusCode?: number;
  /** Body of the answer. @default an empty object */
  body?: string;
}

/** A route: exactly one target, and how callers are authorized. */
export interface Route {
  /** Function that answers, by proxy. */
  lambda?: pulumi.Input<aws.lambda.Function>;
  /** Alias of the function that answers. */
  lambdaAlias?: pulumi.Input<aws.lambda.Alias>;
  /** `invokeArn` of a function of another stack; its permission is that stack's to give. */
  lambdaInvokeArn?: pulumi.Input<string>;
  http?: HttpTarget;
  vpcLink?: VpcLinkTarget;
  awsService?: AwsServiceTarget;
  mock?: MockTarget;
  /** @default that of `authorizer`, else the API's default */
  authorizationType?: AuthorizationType;
  /** Name among `authorizers`. @default the API's default */
  authorizer?: string;
  /** Scopes of which a token must have one. Required of Cognito and JWT. */
  authorizationScopes?: string[];
  /** Asks for an API key as well, so that a usage plan can meter the caller. Never the only guard. @default false */
  apiKeyRequired?: boolean;
  /** Why anyone may call the route, in at least 10 characters. Required with `authorizationType` NONE. */
  publicAccessReason?: string;
  /** Name among `models` that a body must fit. Required of POST, PUT and PATCH. */
  requestModel?: string;
  /** Parameters without which a request is refused. @default none but those of the path */
  requiredParameters?: Parameter[];
  /** A limit tighter than the stage's. @default a tenth of it, where anyone may call or credentials or money are handled */
  throttle?: Throttle;
  /** Time the backend has, 50 to 29000 milliseconds, and to 30000 in an HTTP API. @default 10000 */
  timeoutMilliseconds?: number;
}

/** An authorizer by Cognito user pools; REST APIs only. */
export interface CognitoAuthorizer {
  /** User pools whose tokens are taken. One tagged for another environment is an error. */
  userPools?: pulumi.Input<aws.cognito.UserPool>[];
  /** ARNs of user pools of other stacks. */
  userPoolArns?: pulumi.Input<string>[];
}

/** An authorizer by tokens of an OpenID Connect issuer; HTTP APIs only. */
export interface JwtAuthorizer {
  /** `https://…` */
  issuer: pulumi.Input<string>;
  /** Clients whose tokens are taken. */
  audiences: pulumi.Input<string>[];
}

/** An authorizer by a Lambda function. */
export interface LambdaAuthorizer {
  /** The function that decides. */
  lambda?: pulumi.Input<aws.lambda.Function>;
  /** Alias of the function that decides. */
  lambdaAlias?: pulumi.Input<aws.lambda.Alias>;
  /** `invokeArn` of a function of another stack; its permission is that stack's to give. */
  lambdaInvokeArn?: pulumi.Input<string>;
  /** What tells callers apart, as API Gateway writes it. @default the Authorization header */
  identitySources?: string[];
  /**
   * For how long an answer is cached, 0 to 3600 seconds. What is cached is kept for each identity source and route.
   * A WebSocket API asks once for each connection and caches nothing.
   * @default 60
   */
  resultTtlInSeconds?: number;
  /** The function of an HTTP API answers `{ isAuthorized }`; false: with a policy, as those of other APIs do. @default true */
  enableSimpleResponses?: boolean;
}

/** An authorizer: exactly one kind. */
export interface Authorizer {
  cognito?: CognitoAuthorizer;
  jwt?: JwtAuthorizer;
  lambda?: LambdaAuthorizer;
}

/** The access log. */
export interface AccessLog {
  /** A log group or delivery stream of yours. @default a log group is made */
  destinationArn?: pulumi.Input<string>;
  /** How long the log group that is made keeps its entries. @default 365 days in production, else 90 */
  retentionInDays?: number;
}

/** The execution log. */
export interface ExecutionLog {
  /** @default ERROR in production, else INFO */
  loggingLevel?: LoggingLevel;
  /** Writes requests and responses whole. Refused in production. @default false */
  dataTraceEnabled?: boolean;
  /** How long entries are kept. @default 365 days in production, else 90 */
  retentionInDays?: number;
}

/** Alarms. */
export interface Alarm {
  /** Who is told, as the ARN of an SNS topic. @default nobody: the alarms are only shown */
  actionArns?: pulumi.Input<string>[];
  /** Server errors within five minutes that raise the alarm. @default 5 */
  serverErrors?: number;
  /** Client errors within five minutes that raise the alarm: credentials being tried. @default 100 */
  clientErrors?: number;
}

/** CORS for named origins. API Gateway answers the preflight; backends must send the headers of other answers. */
export interface Cors {
  /** As `https://shop.example.com`. `*` is refused in production, and with credentials. */
  allowOrigins: string[];
  /** Methods that a page may use. @default the methods of the path's routes */
  allowMethods?: string[];
  /** Headers that a page may send. @default authorization, content-type, x-amz-date, x-amz-security-token, x-api-key */
  allowHeaders?: string[];
  /** Headers of an answer that a page may read. @default none */
  exposeHeaders?: string[];
  /** A page may send cookies and credentials. @default false */
  allowCredentials?: boolean;
  /** How long a browser may remember the preflight, in seconds. @default 600 */
  maxAge?: number;
}

/** A CloudFront distribution with a web ACL, as an `ApiDistribution`, in front of an API that can carry none itself. */
export interface Front {
  /**
   * Header in which the distribution sends its secret. A Lambda authorizer is not even asked about a call without it, and
   * is asked anew when the secret changes; it, or else the backend, must compare the value. @default x-origin-verify
   */
  secretHeader?: string;
}

/** What holds of one control. */
export const ControlStatus = {
  /** It holds. */
  Met: "met",
  /** It does not, and an exception says why. */
  Excepted: "excepted",
  /** This kind of API cannot meet it. */
  Unavailable: "unavailable",
  /** It depends on what this component cannot see. */
  Elsewhere: "elsewhere",
} as const;
export type ControlStatus = (typeof ControlStatus)[keyof typeof ControlStatus];

/** One control of a component, for an auditor to read. */
export interface Control {
  /** The policy of the pack that asks for it. */
  control: string;
  status: ControlStatus;
  /** What holds, or what does not. */
  detail: string;
  /** Controls of frameworks that it meets, as `AWS FSBP APIGateway.4`. */
  frameworks: string[];
  /** Of an exception. */
  reason?: string;
  /** Of an exception. */
  approvedBy?: string;
  /** Of an exception. */
  expires?: string;
}
