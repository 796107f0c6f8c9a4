/** `arn:<partition>:<service>:<region>:<account>:<resource>`. */
export interface Arn {
  /** `aws`, `aws-cn`, `aws-us-gov` … */
  readonly partition: string;
  readonly service: string;
  /** "" where the service has none. */
  readonly region: string;
  /** "" where the service has none. */
  readonly account: string;
  /** All the rest, colons and slashes included. */
  readonly resource: string;
}

/** An ARN in any partition; its parts may be wildcards or placeholders such as `${AWS::Region}`. */
export function parseArn(text: string): Arn | undefined {
  if (!text.startsWith("arn:")) return undefined;
  const [, partition, service, region, account, resource] = splitColons(text, 6);
  if (partition === undefined || partition === "" || service === undefined || service === "") return undefined;
  if (region === undefined || account === undefined || resource === undefined || resource === "") return undefined;
  return { partition, service, region, account, resource };
}

export interface StageArn {
  /** `v2` is an HTTP or WebSocket API. */
  readonly kind: "rest" | "v2";
  readonly apiId: string;
  readonly stage: string;
  readonly partition: string;
  readonly region: string;
}

const identifier = /^[A-Za-z0-9_-]+$/;
const regionName = /^[a-z0-9-]+$/;

/** The ARN of a stage, which has no account: `…::/restapis/<id>/stages/<name>`, or `…::/apis/<id>/stages/<name>`. */
export function parseStageArn(text: string): StageArn | undefined {
  const arn = parseArn(text);
  if (arn?.service !== "apigateway" || arn.account !== "" || !regionName.test(arn.region)) return undefined;
  const [before, owner, apiId, stages, stage, ...after] = arn.resource.split("/", 6);
  if (before !== "" || stages !== "stages" || after.length > 0) return undefined;
  if (apiId === undefined || !identifier.test(apiId) || stage === undefined) return undefined;
  const kind = owner === "restapis" ? "rest" : owner === "apis" ? "v2" : undefined;
  if (kind === undefined || !(identifier.test(stage) || (kind === "v2" && stage === "$default"))) return undefined;
  return { kind, apiId, stage, partition: arn.partition, region: arn.region };
}

/** The id in the ARN of an HTTP or WebSocket API itself: `…::/apis/<id>`. */
export function parseApiArn(text: string): string | undefined {
  const arn = parseArn(text);
  if (arn?.service !== "apigateway" || arn.account !== "") return undefined;
  const [before, owner, id, ...after] = arn.resource.split("/", 4);
  return before === "" && owner === "apis" && after.length === 0 && id !== undefined && identifier.test(id)
    ? id
    : undefined;
}

/** What may be invoked: an API, or a part of it, as permissions and resource policies name it. */
export interface ExecuteApiArn {
  readonly partition: string;
  /** May be `*`. */
  readonly region: string;
  /** May be `*`. */
  readonly account: string;
  /** May be `*`. */
  readonly apiId: string;
  /** Undefined where the ARN ends before it; may be `*`, or `authorizers` (then see `authorizerId`). */
  readonly stage: string | undefined;
  /** The verb, or the route key of a WebSocket API; may be `*`. */
  readonly method: string | undefined;
  /** With a leading slash; undefined where the ARN ends before it. */
  readonly path: string | undefined;
  /** Of `<apiId>/authorizers/<id>`: the ARN as which an authorizer calls its function. */
  readonly authorizerId: string | undefined;
}

/** `arn:<partition>:execute-api:<region>:<account>:<apiId>[/<stage>[/<method>[/<path>]]]`; of a domain name, nothing. */
export function parseExecuteApiArn(text: string): ExecuteApiArn | undefined {
  const arn = parseArn(text);
  if (arn?.service !== "execute-api") return undefined;
  const { partition, region, account, resource } = arn;
  const [apiId, stage, method] = resource.split("/", 3);
  if (apiId === undefined || apiId === "") return undefined;
  const head = [apiId, stage, method].join("/");
  const path = method !== undefined && resource.length > head.length ? resource.slice(head.length) : undefined;
  const authorizerId = stage === "authorizers" && method !== undefined && path === undefined ? method : undefined;
  return { partition, region, account, apiId, stage, method, path, authorizerId };
}

export interface LambdaTarget {
  /** May be text such as `${stageVariables.function}`. */
  readonly functionName: string;
  /** An alias, a version, or text such as `${stageVariables.alias}`. */
  readonly qualifier: string | undefined;
  readonly partition: string | undefined;
  readonly region: string | undefined;
  readonly account: string | undefined;
}

/** A function's ARN, with the alias or version at its end. */
export function parseLambdaArn(text: string): LambdaTarget | undefined {
  const arn = parseArn(text);
  if (arn?.service !== "lambda") return undefined;
  const [kind, ...name] = splitColons(arn.resource, 4);
  if (kind !== "function") return undefined;
  return lambda(name, { partition: arn.partition, region: arn.region, account: arn.account });
}

const invocations = ["/invocations", "/response-streaming-invocations"] as const;

/**
 * The function an integration or an authorizer calls: its ARN, or the invoke URI that embeds its ARN, its partial ARN
 * or its name. Stage variables and other placeholders stay as they are written.
 */
export function parseLambdaFromUri(uri: string): LambdaTarget | undefined {
  const outer = parseArn(uri);
  if (outer === undefined) return undefined;
  if (outer.service === "lambda") return parseLambdaArn(uri);
  const marker = "/functions/";
  const start = outer.resource.indexOf(marker);
  if (outer.service !== "apigateway" || outer.account !== "lambda") return undefined;
  if (!outer.resource.startsWith("path/") || start < 0) return undefined;
  let target = outer.resource.slice(start + marker.length);
  const ending = invocations.find((suffix) => target.endsWith(suffix));
  if (ending !== undefined) target = target.slice(0, -ending.length);
  if (target.startsWith("arn:")) return parseLambdaArn(target);
  const where = { partition: outer.partition, region: outer.region, account: undefined };
  const parts = splitColons(target, 5);
  return parts[1] === "function" ? lambda(parts.slice(2), { ...where, account: parts[0] }) : lambda(parts, where);
}

function lambda(
  [functionName, qualifier, ...more]: readonly string[],
  where: Pick<LambdaTarget, "partition" | "region" | "account">,
): LambdaTarget | undefined {
  if (functionName === undefined || functionName === "" || more.length > 0) return undefined;
  if (functionName.includes("/")) return undefined;
  return { functionName, qualifier: qualifier === "" ? undefined : qualifier, ...where };
}

/** Where an API's access logs go. */
export interface LogDestination {
  readonly kind: "log-group" | "firehose";
  /** Of the log group or the delivery stream, without a trailing `:*`. */
  readonly name: string;
  readonly partition: string;
  readonly region: string;
  readonly account: string;
}

/** The log group, or the Firehose delivery stream, that an ARN names. */
export function parseLogDestination(text: string): LogDestination | undefined {
  const arn = parseArn(text);
  if (arn === undefined) return undefined;
  const { partition, service, region, account, resource } = arn;
  if (service === "firehose") {
    const name = after(resource, "deliverystream/");
    return name === undefined || name.includes("/")
      ? undefined
      : { kind: "firehose", name, partition, region, account };
  }
  const group = service === "logs" ? after(resource, "log-group:") : undefined;
  const name = group?.endsWith(":*") === true ? group.slice(0, -2) : group;
  if (name === undefined || name === "" || splitColons(name, 2).length > 1) return undefined;
  return { kind: "log-group", name, partition, region, account };
}

export interface UserPoolArn {
  /** `eu-west-1_aBcDeFgHi`. */
  readonly userPoolId: string;
  readonly partition: string;
  readonly region: string;
  readonly account: string;
}

/** The ARN of a Cognito user pool. */
export function parseUserPoolArn(text: string): UserPoolArn | undefined {
  const arn = parseArn(text);
  if (arn?.service !== "cognito-idp") return undefined;
  const userPoolId = after(arn.resource, "userpool/");
  if (userPoolId === undefined || userPoolId.includes("/")) return undefined;
  return { userPoolId, partition: arn.partition, region: arn.region, account: arn.account };
}

/** What comes after a prefix, if anything does. */
function after(text: string, prefix: string): string | undefined {
  return text.startsWith(prefix) && text.length > prefix.length ? text.slice(prefix.length) : undefined;
}

/** Splits at colons, of which those inside `${…}` are none; the last of `limit` parts keeps the rest. */
function splitColons(text: string, limit: number): string[] {
  const parts: string[] = [];
  let start = 0;
  let at = 0;
  while (at < text.length && parts.length < limit - 1) {
    if (text[at] === "$" && text[at + 1] === "{") {
      const end = text.indexOf("}", at);
      if (end < 0) break;
      at = end;
    } else if (text[at] === ":") {
      parts.push(text.slice(start, at));
      start = at + 1;
    }
    at++;
  }
  parts.push(text.slice(start));
  return parts;
}
