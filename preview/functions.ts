import type { Place } from "./provider";
import { letters, placeOf } from "./provider";
import { isRecord, isUnknown, unknown } from "./values";
import type { Properties } from "./values";

type Answer = (args: Properties, place: Place) => Record<string, unknown>;

const text = (value: unknown): string => (typeof value === "string" ? value : "");
const someId = (args: Properties): string => letters(JSON.stringify(args), 17, "0123456789abcdef");

const answers: Readonly<Record<string, Answer>> = {
  getCallerIdentity: (_, { account, partition }) => ({
    accountId: account,
    arn: `arn:${partition}:iam::${account}:user/preview`,
    userId: "AIDAEXAMPLEEXAMPLE123",
    id: account,
  }),
  getRegion: (args, { region, domain }) => {
    const name = text(args["region"]) || text(args["name"]) || text(args["id"]) || region;
    return { name, region: name, id: name, description: name, endpoint: `ec2.${name}.${domain}` };
  },
  getPartition: (_, { partition, domain }) => ({
    partition,
    id: partition,
    dnsSuffix: domain,
    reverseDnsPrefix: domain.split(".").reverse().join("."),
  }),
  getAvailabilityZones: (_, { region }) => ({
    names: ["a", "b", "c"].map((zone) => `${region}${zone}`),
    zoneIds: ["1", "2", "3"].map((zone) => `${region}-az${zone}`),
    groupNames: [region],
    id: region,
    region,
  }),
  "iam/getPolicyDocument": (args) => {
    const document = policyDocument(args);
    return {
      json: JSON.stringify(document, undefined, 2),
      minifiedJson: JSON.stringify(document),
      id: letters(JSON.stringify(document), 10, "0123456789"),
      version: document["Version"],
    };
  },
  "route53/getZone": (args, { partition }) => {
    const zoneId = text(args["zoneId"]) || `Z${letters(JSON.stringify(args), 20, "ABCDEFGHIJKLMNOPQRSTUVWXYZ")}`;
    const nameServers = ["ns-1.example.com", "ns-2.example.org"];
    return {
      zoneId,
      id: zoneId,
      name: "example.com",
      nameServers,
      primaryNameServer: nameServers[0],
      arn: `arn:${partition}:route53:::hostedzone/${zoneId}`,
      comment: "",
      callerReference: zoneId,
      resourceRecordSetCount: 2,
      tags: {},
    };
  },
  "acm/getCertificate": (args, { partition, region, account }) => {
    const arn = `arn:${partition}:acm:${region}:${account}:certificate/${letters(JSON.stringify(args), 8)}-0000-4000-8000-000000000000`;
    return { arn, id: arn, domain: "example.com", status: "ISSUED", certificate: "", certificateChain: "", region, tags: {} };
  },
  "ec2/getVpc": (args, { partition, region, account }) => {
    const id = text(args["id"]) || `vpc-${someId(args)}`;
    return {
      id,
      arn: `arn:${partition}:ec2:${region}:${account}:vpc/${id}`,
      cidrBlock: "10.0.0.0/16",
      default: false,
      enableDnsHostnames: true,
      enableDnsSupport: true,
      ownerId: account,
      mainRouteTableId: `rtb-${someId(args)}`,
      state: "available",
      instanceTenancy: "default",
      cidrBlockAssociations: [],
      region,
      tags: {},
    };
  },
  "ec2/getSubnets": (args, { region }) => ({
    ids: ["a", "b"].map((zone) => `subnet-${letters(`${zone} ${JSON.stringify(args)}`, 17, "0123456789abcdef")}`),
    id: region,
    region,
    tags: {},
  }),
  "ec2/getSubnet": (args, { partition, region, account }) => {
    const id = text(args["id"]) || `subnet-${someId(args)}`;
    return {
      id,
      arn: `arn:${partition}:ec2:${region}:${account}:subnet/${id}`,
      availabilityZone: `${region}a`,
      cidrBlock: "10.0.0.0/24",
      vpcId: `vpc-${someId(args)}`,
      state: "available",
      region,
      tags: {},
    };
  },
  "ec2/getSecurityGroup": (args, { partition, region, account }) => {
    const id = text(args["id"]) || `sg-${someId(args)}`;
    return { id, name: "default", arn: `arn:${partition}:ec2:${region}:${account}:security-group/${id}`, vpcId: `vpc-${someId(args)}`, region, tags: {} };
  },
  "ec2/getAmi": (args, { partition, region, account }) => {
    const id = `ami-${someId(args)}`;
    return {
      id,
      imageId: id,
      arn: `arn:${partition}:ec2:${region}::image/${id}`,
      name: "image",
      architecture: "x86_64",
      ownerId: account,
      rootDeviceName: "/dev/xvda",
      rootDeviceType: "ebs",
      virtualizationType: "hvm",
      state: "available",
      blockDeviceMappings: [],
      region,
      tags: {},
    };
  },
  "ssm/getParameter": (args, { partition, region, account }) => {
    const name = text(args["name"]);
    const value = `value-of-${name.replace(/^\//, "")}`;
    return {
      id: name,
      name,
      value,
      insecureValue: value,
      type: "String",
      version: 1,
      arn: `arn:${partition}:ssm:${region}:${account}:parameter/${name.replace(/^\//, "")}`,
      region,
    };
  },
  "secretsmanager/getSecret": (args, { partition, region, account }) => {
    const name = text(args["name"]) || (text(args["arn"]).split(":secret:")[1]?.replace(/-\w{6}$/, "") ?? "secret");
    const arn = text(args["arn"]) || `arn:${partition}:secretsmanager:${region}:${account}:secret:${name}-${letters(name, 6)}`;
    return { id: arn, arn, name, description: "", kmsKeyId: "", policy: "", region, tags: {} };
  },
  "secretsmanager/getSecretVersion": (args, { region }) => {
    const secretId = text(args["secretId"]);
    const versionId = letters(secretId, 32, "0123456789abcdef");
    return {
      id: `${secretId}|AWSCURRENT`,
      arn: secretId,
      secretArn: secretId,
      secretString: "{}",
      secretBinary: "",
      versionId,
      versionStages: ["AWSCURRENT"],
      region,
    };
  },
  "cloudwatch/getLogGroup": (args, { partition, region, account }) => {
    const name = text(args["name"]);
    return { id: name, name, arn: `arn:${partition}:logs:${region}:${account}:log-group:${name}`, kmsKeyId: "", retentionInDays: 0, region, tags: {} };
  },
  "iam/getRole": (args, { partition, account }) => {
    const name = text(args["name"]);
    return { id: name, name, arn: `arn:${partition}:iam::${account}:role/${name}`, path: "/", uniqueId: "AROAEXAMPLEEXAMPLE123", assumeRolePolicy: "{}", tags: {} };
  },
  "iam/getPolicy": (args, { partition, account }) => {
    const arn = text(args["arn"]) || `arn:${partition}:iam::${account}:policy/${text(args["name"])}`;
    return { id: arn, arn, name: arn.split("/").at(-1) ?? "", path: "/", policy: "{}", policyId: "ANPAEXAMPLEEXAMPLE123", tags: {} };
  },
  "kms/getAlias": (args, { partition, region, account }) => {
    const name = text(args["name"]);
    const target = `${letters(name, 8, "0123456789abcdef")}-0000-4000-8000-000000000000`;
    const key = `arn:${partition}:kms:${region}:${account}`;
    return { id: `${key}:${name}`, name, arn: `${key}:${name}`, targetKeyId: target, targetKeyArn: `${key}:key/${target}`, region };
  },
};

/** Functions whose answers a provider marks as secret. */
const secretResults: ReadonlyMap<string, readonly string[]> = new Map([
  ["ssm/getParameter", ["value"]],
  ["secretsmanager/getSecretVersion", ["secretString", "secretBinary"]],
]);

/** The short name of an `aws` function: `iam/getPolicyDocument` for `aws:iam/getPolicyDocument:getPolicyDocument`. */
function shortName(token: string): string | undefined {
  const [provider, middle = "", member = ""] = token.split(":");
  if (provider !== "aws") return undefined;
  const folder = middle.split("/")[0] ?? "";
  return folder === "index" || folder === member ? member : `${folder}/${member}`;
}

/** What a function answers, with the names of the secrets in it; undefined for one that is not known here. */
export function answer(token: string, args: Properties, place: Place): { result: Record<string, unknown>; secrets: readonly string[] } | undefined {
  const name = shortName(token);
  const found = name === undefined ? undefined : answers[name];
  if (name === undefined || found === undefined) return undefined;
  const region = args["region"];
  const where = typeof region === "string" && !isUnknown(region) ? placeOf(region) : place;
  const given = Object.fromEntries(Object.entries(args).filter(([, value]) => value !== undefined && value !== null));
  return { result: { ...found(args, where), ...given }, secrets: secretResults.get(name) ?? [] };
}

/** An answer of which nothing is known. */
export function unknownAnswer(names: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(["id", ...names].map((name) => [name, unknown]));
}

/** The JSON that `getPolicyDocument` renders, with the documents it starts from and those that override it. */
function policyDocument(args: Properties): Record<string, unknown> {
  const document: Record<string, unknown> = { Version: text(args["version"]) || "2012-10-17" };
  if (text(args["policyId"]) !== "") document["Id"] = args["policyId"];
  const statements: Record<string, unknown>[] = [];
  const add = (statement: Record<string, unknown>, override: boolean): void => {
    const index = statements.findIndex((other) => other["Sid"] !== undefined && other["Sid"] === statement["Sid"]);
    if (override && index >= 0) statements[index] = statement;
    else statements.push(statement);
  };
  for (const source of texts(args["sourceJson"], args["sourcePolicyDocuments"])) for (const one of parsed(source)) add(one, false);
  const own: readonly unknown[] = Array.isArray(args["statements"]) ? args["statements"] : [];
  for (const one of own.filter(isRecord)) add(rendered(one), true);
  for (const source of texts(args["overrideJson"], args["overridePolicyDocuments"])) for (const one of parsed(source)) add(one, true);
  return { ...document, Statement: statements };
}

function texts(one: unknown, many: unknown): string[] {
  const all: readonly unknown[] = [one, ...(Array.isArray(many) ? (many as readonly unknown[]) : [])];
  return all.filter((item): item is string => typeof item === "string" && item !== "");
}

function parsed(source: string): Record<string, unknown>[] {
  try {
    const content: unknown = JSON.parse(source);
    const statement: unknown = isRecord(content) ? content["Statement"] : undefined;
    return (Array.isArray(statement) ? statement : [statement]).filter(isRecord);
  } catch {
    return [];
  }
}

function rendered(statement: Properties): Record<string, unknown> {
  const result: Record<string, unknown> = {};
  if (text(statement["sid"]) !== "") result["Sid"] = statement["sid"];
  result["Effect"] = statement["effect"] ?? "Allow";
  const lists = { actions: "Action", notActions: "NotAction", resources: "Resource", notResources: "NotResource" };
  for (const [from, to] of Object.entries(lists)) if (isFilled(statement[from])) result[to] = single(statement[from]);
  for (const [from, to] of [
    ["principals", "Principal"],
    ["notPrincipals", "NotPrincipal"],
  ] as const) {
    if (isFilled(statement[from])) result[to] = principals(statement[from]);
  }
  if (isFilled(statement["conditions"])) result["Condition"] = conditions(statement["conditions"]);
  return result;
}

function isFilled(value: unknown): value is readonly unknown[] {
  return Array.isArray(value) && value.length > 0;
}

function single(value: unknown): unknown {
  if (!Array.isArray(value)) return value;
  const interpolated: unknown[] = value.map((item: unknown) => (typeof item === "string" ? item.replace(/&\{/g, "${") : item));
  return interpolated.length === 1 ? interpolated[0] : interpolated;
}

function principals(list: readonly unknown[]): unknown {
  const map = new Map<string, unknown[]>();
  for (const principal of list.filter(isRecord)) {
    const type = text(principal["type"]);
    const identifiers: readonly unknown[] = Array.isArray(principal["identifiers"]) ? principal["identifiers"] : [];
    map.set(type, [...(map.get(type) ?? []), ...identifiers]);
  }
  if (map.size === 1 && map.get("*")?.includes("*") === true) return "*";
  return Object.fromEntries([...map].map(([type, identifiers]) => [type, single(identifiers)]));
}

function conditions(list: readonly unknown[]): Record<string, Record<string, unknown>> {
  const result: Record<string, Record<string, unknown>> = {};
  for (const condition of list.filter(isRecord)) {
    const test = text(condition["test"]);
    result[test] = { ...result[test], [text(condition["variable"])]: single(condition["values"]) };
  }
  return result;
}
