import assert from "node:assert/strict";
import type { Registered } from "../../preview/engine";
import { unknown, unwrapSecrets } from "../../preview/values";
import { register } from "../support/stack";
import { domainVariants } from "./domain-variants";
import { named, names, reserved } from "./named";
import { smallVariants } from "./small-variants";
import { variants } from "./variants";

// What AWS measures: names, descriptions, policies and log formats of everything that the components make, in every
// variant, with long names and with odd ones. Beyond a limit a deployment fails, which no preview tells.

type Json = Readonly<Record<string, unknown>>;
interface Limit {
  readonly type: string;
  /** The inputs that it is about; a policy of a document is `body.x-amazon-apigateway-policy`. */
  readonly property: string;
  /** Characters; of policies those that are not white space. */
  readonly maximum: number;
  readonly pattern?: RegExp;
  /** It is a policy, and has the grammar of one. */
  readonly policy?: "identity" | "resource";
  readonly source: string;
}

const aws = "https://docs.aws.amazon.com";
const gatewayQuotas = `${aws}/apigateway/latest/developerguide/limits.html`;
const logsQuotas = `${aws}/AmazonCloudWatch/latest/logs/cloudwatch_limits_cwl.html`;
const iamQuotas = `${aws}/IAM/latest/UserGuide/reference_iam-quotas.html`;
const iamDescription = /^[\t\n\r -~¡-ÿ]*$/;
const groupText = /^[\w ._\-:/()#,@[\]+=&;{}!$*]*$/;
const groupName = /^(?!sg-)[\w ._\-:/()#,@[\]+=&;{}!$*]*$/;

const limits: readonly Limit[] = [
  {
    type: "aws:apigateway/restApi:RestApi",
    property: "body.x-amazon-apigateway-policy",
    maximum: 8192,
    policy: "resource",
    source: gatewayQuotas,
  },
  // In bytes; API Gateway takes no larger definition.
  { type: "aws:apigateway/restApi:RestApi", property: "body", maximum: 6 * 1024 * 1024, source: gatewayQuotas },
  {
    type: "aws:apigateway/stage:Stage",
    property: "accessLogSettings.format",
    maximum: 3 * 1024,
    source: gatewayQuotas,
  },
  {
    type: "aws:apigateway/stage:Stage",
    property: "stageName",
    maximum: 128,
    pattern: /^[\w-]+$/,
    source: `${aws}/apigateway/latest/developerguide/set-up-stages.html`,
  },
  {
    type: "aws:apigatewayv2/api:Api",
    property: "name",
    maximum: 128,
    source: `${aws}/apigatewayv2/latest/api-reference/apis.html`,
  },
  {
    type: "aws:apigatewayv2/authorizer:Authorizer",
    property: "name",
    maximum: 128,
    source: `${aws}/apigatewayv2/latest/api-reference/apis-apiid-authorizers.html`,
  },
  {
    type: "aws:apigatewayv2/stage:Stage",
    property: "accessLogSettings.format",
    maximum: 3 * 1024,
    source: gatewayQuotas,
  },
  {
    type: "aws:apigatewayv2/vpcLink:VpcLink",
    property: "name",
    maximum: 128,
    source: `${aws}/apigatewayv2/latest/api-reference/vpclinks.html`,
  },
  {
    type: "aws:cloudfront/distribution:Distribution",
    property: "comment",
    maximum: 128,
    source: `${aws}/cloudfront/latest/APIReference/API_DistributionConfig.html`,
  },
  {
    type: "aws:cloudwatch/logGroup:LogGroup",
    property: "name",
    maximum: 512,
    pattern: /^(?!aws\/)[.\-_/#A-Za-z0-9]+$/,
    source: `${aws}/AmazonCloudWatchLogs/latest/APIReference/API_CreateLogGroup.html`,
  },
  {
    type: "aws:cloudwatch/logResourcePolicy:LogResourcePolicy",
    property: "policyDocument",
    maximum: 5120,
    policy: "resource",
    source: logsQuotas,
  },
  {
    type: "aws:cloudwatch/metricAlarm:MetricAlarm",
    property: "name",
    maximum: 255,
    source: `${aws}/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html`,
  },
  {
    type: "aws:ec2/securityGroup:SecurityGroup",
    property: "name",
    maximum: 255,
    pattern: groupName,
    source: `${aws}/AWSEC2/latest/APIReference/API_CreateSecurityGroup.html`,
  },
  {
    type: "aws:ec2/securityGroup:SecurityGroup",
    property: "description",
    maximum: 255,
    pattern: groupText,
    source: `${aws}/AWSEC2/latest/APIReference/API_CreateSecurityGroup.html`,
  },
  {
    type: "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule",
    property: "description",
    maximum: 255,
    pattern: groupText,
    source: `${aws}/AWSEC2/latest/APIReference/API_IpRange.html`,
  },
  {
    type: "aws:iam/role:Role",
    property: "name",
    maximum: 64,
    pattern: /^[\w+=,.@-]+$/,
    source: `${aws}/IAM/latest/APIReference/API_CreateRole.html`,
  },
  {
    type: "aws:iam/role:Role",
    property: "description",
    maximum: 1000,
    pattern: iamDescription,
    source: `${aws}/IAM/latest/APIReference/API_CreateRole.html`,
  },
  { type: "aws:iam/role:Role", property: "assumeRolePolicy", maximum: 2048, policy: "resource", source: iamQuotas },
  { type: "aws:iam/rolePolicy:RolePolicy", property: "policy", maximum: 10_240, policy: "identity", source: iamQuotas },
  {
    type: "aws:kms/key:Key",
    property: "policy",
    maximum: 32_768,
    policy: "resource",
    source: `${aws}/kms/latest/developerguide/resource-limits.html`,
  },
  {
    type: "aws:lambda/alias:Alias",
    property: "name",
    maximum: 128,
    pattern: /^(?!^[0-9]+$)[\w-]+$/,
    source: `${aws}/lambda/latest/api/API_CreateAlias.html`,
  },
  {
    type: "aws:lambda/function:Function",
    property: "name",
    maximum: 64,
    pattern: /^[\w-]+$/,
    source: `${aws}/lambda/latest/api/API_CreateFunction.html`,
  },
  {
    type: "aws:lambda/function:Function",
    property: "description",
    maximum: 256,
    source: `${aws}/lambda/latest/api/API_CreateFunction.html`,
  },
  {
    type: "aws:lambda/permission:Permission",
    property: "statementId",
    maximum: 100,
    pattern: /^[\w-]+$/,
    source: `${aws}/lambda/latest/api/API_AddPermission.html`,
  },
  {
    type: "aws:s3/bucket:Bucket",
    property: "bucket",
    maximum: 63,
    pattern: /^(?!xn--|sthree-|amzn-s3-demo-)[a-z0-9][a-z0-9.-]+(?<!-s3alias|--ol-s3|\.mrap|--x-s3|--table-s3)$/,
    source: `${aws}/AmazonS3/latest/userguide/bucketnamingrules.html`,
  },
  {
    type: "aws:s3/bucketPolicy:BucketPolicy",
    property: "policy",
    maximum: 20 * 1024,
    policy: "resource",
    source: `${aws}/AmazonS3/latest/userguide/access-policy-language-overview.html`,
  },
  {
    type: "aws:wafv2/webAcl:WebAcl",
    property: "name",
    maximum: 128,
    pattern: /^(?!AWS|Shield|PreFM|PostFM)[\w-]+$/,
    source: `${aws}/waf/latest/APIReference/API_CreateWebACL.html`,
  },
  {
    type: "aws:wafv2/webAcl:WebAcl",
    property: "description",
    maximum: 256,
    pattern: /^[\w+=:#@/\-,.][\w+=:#@/\-,.\s]+[\w+=:#@/\-,.]$/,
    source: `${aws}/waf/latest/APIReference/API_CreateWebACL.html`,
  },
];

const isObject = (value: unknown): value is Json =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** The text of a property, and nothing where it is not there or not known. */
function textAt(properties: Json, path: string): string | undefined {
  const [first = "", ...rest] = path.split(".");
  const value = properties[first];
  if (value === undefined || value === unknown) return undefined;
  if (rest.length === 0) return typeof value === "string" ? value : JSON.stringify(value);
  const inside: unknown = typeof value === "string" ? JSON.parse(value) : value;
  return isObject(inside) ? textAt(inside, rest.join(".")) : undefined;
}

const keys = new Set([
  ...["Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Resource", "NotResource", "Condition"],
]);
const isList = (value: unknown): boolean =>
  typeof value === "string" ||
  (Array.isArray(value) && value.length > 0 && value.every((one) => typeof one === "string"));

/** What is not in the grammar: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html */
function grammarFaults(text: string, kind: "identity" | "resource"): string[] {
  const { Version, Statement, ...others } = JSON.parse(text) as Json;
  const faults: string[] = Object.keys(others).flatMap((key) => (key === "Id" ? [] : [`has ${key}`]));
  if (Version !== "2012-10-17") faults.push(`is of version ${String(Version)}`);
  const statements: unknown[] = Array.isArray(Statement) ? Statement : [Statement];
  if (statements.length === 0) faults.push("has no statement");
  for (const statement of statements) {
    const one = isObject(statement) ? statement : {};
    const told = JSON.stringify(statement);
    faults.push(...Object.keys(one).flatMap((key) => (keys.has(key) ? [] : [`a statement has ${key}: ${told}`])));
    if (one["Effect"] !== "Allow" && one["Effect"] !== "Deny") faults.push(`no effect: ${told}`);
    if (!isList(one["Action"] ?? one["NotAction"])) faults.push(`no action: ${told}`);
    const principal = one["Principal"] ?? one["NotPrincipal"];
    if ((principal !== undefined) !== (kind === "resource")) faults.push(`principal: ${told}`);
    if (isObject(principal) && !Object.values(principal).every(isList)) faults.push(`principal: ${told}`);
    const { Sid = "" } = one;
    if (typeof Sid !== "string" || !/^[A-Za-z0-9 ]*$/.test(Sid)) faults.push(`Sid: ${told}`);
    const conditions = Object.values((one["Condition"] ?? {}) as Json);
    if (!conditions.every((tests) => isObject(tests) && Object.values(tests).every(isList))) {
      faults.push(`condition: ${told}`);
    }
  }
  return faults;
}

/** What AWS would refuse of a resource. */
function faultsOf({ type, name, inputs, outputs }: Pick<Registered, "type" | "name" | "inputs" | "outputs">): string[] {
  const properties = unwrapSecrets({ ...outputs, ...inputs }) as Json;
  return limits
    .filter((limit) => limit.type === type)
    .flatMap(({ property, maximum, pattern, policy, source }) => {
      const text = textAt(properties, property);
      if (text === undefined) return [];
      const measured = Buffer.byteLength(policy === undefined ? text : text.replaceAll(/\s/g, ""));
      return [
        ...(measured > maximum ? [`has ${measured} characters of ${maximum}`] : []),
        ...(pattern?.test(text) === false ? [`is ${JSON.stringify(text)}`] : []),
        ...(policy === undefined ? [] : grammarFaults(text, policy)),
      ].map((fault) => `${type} ${name}: ${property} ${fault}; see ${source}`);
    });
}

/** Tags of which IAM would take one alone. */
function tagFaults({ name, inputs }: Registered): string[] {
  const keys = Object.keys((inputs["tags"] ?? {}) as Json).map((key) => key.toLowerCase());
  return keys.length === new Set(keys).size ? [] : [`${name} has tags that differ in case alone`];
}

/** Permissions of one function or alias, which together are its resource policy. */
function permissionFaults(resources: readonly Registered[]): string[] {
  const sizes = new Map<string, number>();
  for (const { type, inputs, outputs } of resources) {
    if (type !== "aws:lambda/permission:Permission") continue;
    const { action, function: of, principal, qualifier = "", sourceAccount, sourceArn = "" } = inputs;
    const statement = {
      Sid: outputs["statementId"],
      Effect: "Allow",
      Principal: { Service: principal },
      Action: action,
      Resource: `arn:aws:lambda:us-east-1:123456789012:function:${String(of)}:${String(qualifier)}`,
      Condition: { StringEquals: { "AWS:SourceAccount": sourceAccount }, ArnLike: { "AWS:SourceArn": sourceArn } },
    };
    const key = `${String(of)} ${String(qualifier)}`;
    sizes.set(key, (sizes.get(key) ?? 100) + JSON.stringify(statement).length);
  }
  // https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
  return [...sizes].flatMap(([key, size]) => (size > 20 * 1024 ? [`the policy of ${key} has ${size} bytes`] : []));
}

describe("limits of AWS", () => {
  const seen = new Set<string>();
  const programs = [
    ...[...variants, ...domainVariants, ...smallVariants],
    ...Object.entries(names).map(([kind, name]) => ({
      title: `names that are ${kind}`,
      stack: "prod",
      program: named(name),
    })),
    ...reserved.map((name) => ({ title: `the name ${name}`, stack: "prod", program: named(name) })),
  ];
  for (const { title, stack, program } of programs) {
    it(title, async () => {
      const resources = (await register(program, "resolve", stack)).filter(
        ({ custom, parent }) => custom && parent.includes("gatehouse:index:"),
      );
      for (const { type } of resources) seen.add(type);
      assert.deepEqual(
        [...resources.flatMap(faultsOf), ...resources.flatMap(tagFaults), ...permissionFaults(resources)],
        [],
      );
    });
  }

  it("there is no limit for what is never made", () => {
    assert.deepEqual(
      [...new Set(limits.map(({ type }) => type))].filter((type) => !seen.has(type)),
      [],
    );
  });

  it("what is beyond a limit is found", () => {
    const role = { type: "aws:iam/role:Role", name: "r", outputs: {} };
    const policy = { Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: "sts:AssumeRole" }] };
    const inputs = { name: "a b".repeat(30), assumeRolePolicy: JSON.stringify(policy) };
    assert.equal(faultsOf({ ...role, inputs }).length, 3);
  });
});
