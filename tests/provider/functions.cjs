"use strict";

const first = (list) => (list.length === 1 ? list[0] : list);
const filled = (value) => Array.isArray(value) && value.length > 0;

function principals(list) {
  const byType = {};
  for (const { type, identifiers } of list) byType[type] = [...(byType[type] ?? []), ...identifiers];
  const kinds = Object.keys(byType);
  if (kinds.length === 1 && kinds[0] === "*" && byType["*"].length === 1) return "*";
  return Object.fromEntries(kinds.map((type) => [type, first(byType[type])]));
}

function statement(written) {
  const { sid, effect, actions, notActions, resources, notResources, conditions } = written;
  const result = { ...(sid && { Sid: sid }), Effect: effect ?? "Allow" };
  const lists = { Action: actions, NotAction: notActions, Resource: resources, NotResource: notResources };
  for (const [key, list] of Object.entries(lists)) if (filled(list)) result[key] = first(list);
  if (filled(written.principals)) result.Principal = principals(written.principals);
  if (filled(written.notPrincipals)) result.NotPrincipal = principals(written.notPrincipals);
  for (const { test, variable, values } of filled(conditions) ? conditions : []) {
    result.Condition = { ...result.Condition, [test]: { ...result.Condition?.[test], [variable]: first(values) } };
  }
  return result;
}

/** The text that Terraform's data source `aws_iam_policy_document` renders, source documents first. */
function policyDocument(args) {
  const parsed = (list) => (list ?? []).flatMap((text) => [JSON.parse(text).Statement ?? []].flat());
  const statements = parsed(args.sourcePolicyDocuments);
  const override = (one) => {
    const index = statements.findIndex((other) => other.Sid !== undefined && other.Sid === one.Sid);
    if (index < 0) statements.push(one);
    else statements[index] = one;
  };
  [...(args.statements ?? []).map(statement), ...parsed(args.overridePolicyDocuments)].forEach(override);
  return { Version: args.version ?? "2012-10-17", ...(args.policyId && { Id: args.policyId }), Statement: statements };
}

const functions = {
  getCallerIdentity: (_, { account }) => ({
    accountId: account,
    arn: `arn:aws:iam::${account}:user/tester`,
    id: account,
    userId: "AIDAEXAMPLEEXAMPLE123",
  }),
  getPartition: () => ({ dnsSuffix: "amazonaws.com", id: "aws", partition: "aws", reverseDnsPrefix: "com.amazonaws" }),
  getPolicyDocument: (args) => {
    const document = policyDocument(args);
    const json = JSON.stringify(document, undefined, 2);
    return { id: String(json.length), json, minifiedJson: JSON.stringify(document), version: document.Version };
  },
  getRegion: (args, place) => {
    const region = args.region ?? args.name ?? place.region;
    return { description: region, endpoint: `ec2.${region}.amazonaws.com`, id: region, name: region, region };
  },
  // As a rotation leaves it.
  getSecretVersion: ({ secretId }) => ({
    arn: secretId,
    secretString: JSON.stringify({
      current: "abcdefghijklmnopqrstuvwxyz012345",
      next: "543210zyxwvutsrqponmlkjihgfedcba",
    }),
    versionId: "EXAMPLE1-90ab-cdef-fedc-ba987EXAMPLE",
    versionStages: ["AWSCURRENT"],
  }),
};

/** What a data source answers: the arguments and, for the few that programs cannot do without, the rest. */
function invoke(token, args, place) {
  const given = Object.fromEntries(Object.entries(args).filter(([, value]) => value !== null));
  return { ...functions[token.split(":").at(-1)]?.(given, place), ...given };
}

module.exports = { invoke };
