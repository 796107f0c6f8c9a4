/** `arn:<partition>:<service>:<region>:<account>:<resource>`. */
export interface Arn {
  readonly partition: string;
  readonly service: string;
  readonly region: string;
  readonly account: string;
  readonly resource: string;
}

export function parseArn(text: string): Arn | undefined {
  const parts = text.split(":");
  const [prefix, partition, service, region, account] = parts;
  if (prefix !== "arn" || partition === undefined || service === undefined || region === undefined) return undefined;
  if (account === undefined || parts.length < 6) return undefined;
  return { partition, service, region, account, resource: parts.slice(5).join(":") };
}

export interface StageArn {
  readonly kind: "rest" | "v2";
  readonly apiId: string;
  readonly stage: string;
  readonly partition: string;
  readonly region: string;
}

/** The ARN of a stage: `…::/restapis/<id>/stages/<name>`, or `…::/apis/<id>/stages/<name>`. */
export function parseStageArn(text: string): StageArn | undefined {
  const arn = parseArn(text);
  if (arn?.service !== "apigateway") return undefined;
  const parts = arn.resource.split("/");
  const [empty, owner, apiId, stages, stage] = parts;
  if (empty !== "" || parts.length !== 5 || stages !== "stages") return undefined;
  if (apiId === undefined || apiId === "" || stage === undefined || stage === "") return undefined;
  if (owner !== "restapis" && owner !== "apis") return undefined;
  return { kind: owner === "restapis" ? "rest" : "v2", apiId, stage, partition: arn.partition, region: arn.region };
}

export interface LambdaTarget {
  readonly functionName: string;
  /** An alias, a version, or text such as `${stageVariables.alias}`. */
  readonly qualifier: string | undefined;
}

/** A function's ARN, with the alias or version at its end. */
export function parseLambdaArn(text: string): LambdaTarget | undefined {
  const arn = parseArn(text);
  if (arn?.service !== "lambda") return undefined;
  const [kind, name, qualifier] = arn.resource.split(":");
  if (kind !== "function" || name === undefined || name === "") return undefined;
  return { functionName: name, qualifier: qualifier === undefined || qualifier === "" ? undefined : qualifier };
}

/** The function an integration calls: its ARN, or the invoke URI that embeds it. */
export function parseLambdaFromUri(uri: string): LambdaTarget | undefined {
  const marker = "/functions/";
  const start = uri.indexOf(marker);
  if (start < 0) return parseLambdaArn(uri);
  const rest = uri.slice(start + marker.length);
  const end = rest.lastIndexOf("/");
  return parseLambdaArn(end < 0 ? rest : rest.slice(0, end));
}
