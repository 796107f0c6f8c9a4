/** What goes to an access log of each kind of API: never the value of a key or a token, nor whole claims. */
const common = {
  requestId: "requestId",
  extendedRequestId: "extendedRequestId",
  requestTime: "requestTime",
  requestTimeEpoch: "requestTimeEpoch",
  accountId: "accountId",
  apiId: "apiId",
  stage: "stage",
  domainName: "domainName",
  status: "status",
  sourceIp: "identity.sourceIp",
  userAgent: "identity.userAgent",
  caller: "identity.caller",
  userArn: "identity.userArn",
  principalId: "authorizer.principalId",
  errorMessage: "error.message",
  errorResponseType: "error.responseType",
  integrationStatus: "integration.status",
  integrationLatency: "integration.latency",
  integrationError: "integration.error",
  authorizerError: "authorizer.error",
} as const;

const request = {
  httpMethod: "httpMethod",
  path: "path",
  protocol: "protocol",
  responseLength: "responseLength",
  responseLatency: "responseLatency",
  basePathMatched: "customDomain.basePathMatched",
  clientCertSubject: "identity.clientCert.subjectDN",
  clientCertSerialNumber: "identity.clientCert.serialNumber",
} as const;

const fields = {
  rest: {
    ...common,
    ...request,
    resourcePath: "resourcePath",
    principalOrgId: "identity.principalOrgId",
    apiKeyId: "identity.apiKeyId",
    tlsVersion: "tlsVersion",
    cipherSuite: "cipherSuite",
    xrayTraceId: "xrayTraceId",
    validationError: "error.validationErrorString",
    webAclArn: "webaclArn",
    wafStatus: "waf.status",
    wafError: "waf.error",
    wafLatency: "waf.latency",
    wafResponseCode: "wafResponseCode",
    authenticateStatus: "authenticate.status",
    authenticateError: "authenticate.error",
    authenticateLatency: "authenticate.latency",
    authorizeStatus: "authorize.status",
    authorizeError: "authorize.error",
    authorizeLatency: "authorize.latency",
    authorizerStatus: "authorizer.status",
    authorizerLatency: "authorizer.latency",
    authorizerRequestId: "authorizer.requestId",
    integrationErrorMessage: "integrationErrorMessage",
  },
  http: {
    ...common,
    ...request,
    routeKey: "routeKey",
    subject: "authorizer.claims.sub",
    integrationErrorMessage: "integrationErrorMessage",
  },
  websocket: {
    ...common,
    routeKey: "routeKey",
    eventType: "eventType",
    connectionId: "connectionId",
    connectedAt: "connectedAt",
    messageId: "messageId",
    apiKeyId: "identity.apiKeyId",
    authenticateStatus: "authenticate.status",
    authorizeStatus: "authorize.status",
    authorizerStatus: "authorizer.status",
  },
} as const;

/** The format of an access log: one line of JSON, in which every variable is quoted. */
export function accessLogFormat(kind: keyof typeof fields): string {
  return JSON.stringify(
    Object.fromEntries(Object.entries(fields[kind]).map(([name, variable]) => [name, `$context.${variable}`])),
  );
}
