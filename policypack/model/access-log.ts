import type { Api } from "./api";

/** A format of access logs, as API Gateway fills it in for every request. */
export interface AccessLogFormat {
  /**
   * The `$context` variables in it, each once, without `$context.`: `requestId`, `authorizer.claims.sub`. Their case
   * matters: API Gateway writes "-" for a variable that it does not know.
   */
  readonly variables: ReadonlySet<string>;
  /** Other expressions, without `$`, which API Gateway does not fill in: `request.header.Authorization`. */
  readonly others: ReadonlySet<string>;
  readonly shape: AccessLogShape;
}

/** `broken JSON` begins as JSON does, and cannot be parsed once the variables are filled in. */
export type AccessLogShape = "JSON" | "broken JSON" | "XML" | "CSV" | "CLF" | "text";

/**
 * An expression: `$context.identity.sourceIp`, `$context.authorizer.claims['cognito:username']`,
 * `$input.params('id')`. What may follow the name begins with a character of its own, so a match takes linear time.
 */
const expression =
  /\$([A-Za-z][A-Za-z0-9_]*(?:\.[A-Za-z0-9_]+(?:-[A-Za-z0-9_]+)*|\[(?:'[^'\]]*'|"[^"\]]*")\]|\((?:'[^'()]*'|"[^"()]*")?\))*)/y;

/** Reads a format. Never throws. */
export function parseAccessLogFormat(format: string): AccessLogFormat {
  const variables = new Set<string>();
  const others = new Set<string>();
  const filled = fillIn(format, (name) => {
    if (name.startsWith("context.")) variables.add(name.slice("context.".length));
    else others.add(name);
  });
  return { variables, others, shape: shapeOf(format, filled) };
}

/** The format with samples in place of its variables, so that it reads as a log line does. */
function fillIn(format: string, found: (name: string) => void): string {
  let line = "";
  let quoted = false;
  let at = 0;
  while (at < format.length) {
    const character = format.charAt(at);
    if (character === "$") {
      expression.lastIndex = at;
      const match = expression.exec(format);
      if (match) {
        const name = plainName(match[1] ?? "");
        found(name);
        line += quoted ? "x" : unquotedSample(name);
        at += match[0].length;
        continue;
      }
    }
    if (quoted && character === "\\") {
      line += format.slice(at, at + 2);
      at += 2;
      continue;
    }
    if (character === '"') quoted = !quoted;
    line += character;
    at++;
  }
  return line;
}

/** `authorizer.claims['sub']` and `input.params('id')` with dots alone. */
function plainName(written: string): string {
  return written.replace(/\(\)/g, "").replace(/[[(]['"]([^'"]*)['"][\])]/g, ".$1");
}

const numbers =
  /(?:^|\.)(?:status|latency|[A-Za-z]*Latency|integrationStatus|accountId|responseLength|requestTimeEpoch|connectedAt|dataProcessed)$/;

/** What a variable that stands outside of quotes is filled in with: a number, or text that no JSON has there. */
function unquotedSample(name: string): string {
  const variable = name.startsWith("context.") ? name.slice("context.".length) : "";
  // The only variable that brings its own quotes.
  if (variable === "error.messageString") return '"x"';
  if (variable === "isCanaryRequest") return "true";
  const custom = variable.startsWith("authorizer.") && !/^authorizer\.(?:error|principalId|requestId)$/.test(variable);
  return custom || numbers.test(variable) ? "0" : "x";
}

function shapeOf(format: string, filled: string): AccessLogShape {
  const text = format.trim();
  if (text.startsWith("{") || text.startsWith("[")) return isJsonObject(filled) ? "JSON" : "broken JSON";
  if (text.startsWith("<")) return "XML";
  if (text.includes("[$context.requestTime]")) return "CLF";
  const values = text.split(",");
  return values.length > 2 && values.every((value) => value.includes("$context.")) ? "CSV" : "text";
}

function isJsonObject(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
}

/** What an access log should tell of a request. */
export interface AccessLogField {
  /** As a sentence would name it. */
  readonly title: string;
  /** The variable to add where it is missing. */
  readonly variable: string;
  readonly tells: (variable: string) => boolean;
}

const oneOf =
  (...names: readonly string[]): AccessLogField["tells"] =>
  (variable) =>
    names.includes(variable);

const fields: ReadonlyMap<string, AccessLogField> = new Map([
  ["requestId", { title: "the request id", variable: "requestId", tells: oneOf("requestId", "extendedRequestId") }],
  ["time", { title: "the time", variable: "requestTime", tells: oneOf("requestTime", "requestTimeEpoch") }],
  ["sourceIp", { title: "the source IP", variable: "identity.sourceIp", tells: oneOf("identity.sourceIp") }],
  ["method", { title: "the method", variable: "httpMethod", tells: oneOf("httpMethod") }],
  ["path", { title: "the path or route", variable: "path", tells: oneOf("path", "resourcePath", "routeKey") }],
  ["status", { title: "the status", variable: "status", tells: oneOf("status") }],
  ["caller", { title: "the caller", variable: "identity.caller", tells: isPrincipal }],
  [
    "latency",
    {
      title: "the latency",
      variable: "responseLatency",
      tells: oneOf("responseLatency", "integrationLatency", "integration.latency"),
    },
  ],
  ["userAgent", { title: "the user agent", variable: "identity.userAgent", tells: oneOf("identity.userAgent") }],
]);

/** Names of {@link fieldNamed} that a log should have unless the user says otherwise. */
export const defaultFields: readonly string[] = ["requestId", "time", "sourceIp", "method", "path", "status", "caller"];

/** A field by its name; another name is that of a `$context` variable, with `$context.` or without. */
export function fieldNamed(name: string, api: Api["kind"]): AccessLogField {
  const variable = name.replace(/^\$?context\./, "");
  const field = fields.get(name) ?? { title: `\`$context.${variable}\``, variable, tells: oneOf(variable) };
  return name === "path" && api !== "rest" ? { ...field, variable: "routeKey" } : field;
}

/** Whether one of the format's variables tells it. */
export function tellsField(format: AccessLogFormat, field: AccessLogField): boolean {
  for (const variable of format.variables) if (field.tells(variable)) return true;
  return false;
}

const principals: ReadonlySet<string> = new Set([
  "identity.caller",
  "identity.user",
  "identity.userArn",
  "identity.cognitoIdentityId",
  "identity.apiKeyId",
  "identity.clientCert.subjectDN",
  "identity.clientCert.serialNumber",
]);

/** What an authorizer says of itself and not of the caller. */
const authorizerOwn: ReadonlySet<string> = new Set([
  "claims",
  "error",
  "integrationLatency",
  "integrationStatus",
  "jwt",
  "latency",
  "requestId",
  "status",
]);

/** Claims that name the token or its issuer, not the caller. */
const tokenClaims: ReadonlySet<string> = new Set(["aud", "auth_time", "exp", "iat", "iss", "nbf", "token_use"]);

/** A principal: of IAM, of a key or certificate, of an authorizer, or one named claim. */
function isPrincipal(variable: string): boolean {
  if (principals.has(variable)) return true;
  const [owner, ...path] = variable.split(".");
  if (owner !== "authorizer") return false;
  const [first, ...below] = path[0] === "jwt" || path[0] === "lambda" ? path.slice(1) : path;
  if (first === "claims") return below[0] !== undefined && below[0] !== "" && !tokenClaims.has(below[0]);
  return first !== undefined && !authorizerOwn.has(first);
}
