import assert from "node:assert/strict";
import * as fc from "fast-check";
import { allowing, judgePolicy, namesOneApi, readPolicy } from "../../policypack/model/policy-document";
import type { Answer, Place, PolicyDocument, Question } from "../../policypack/model/policy-document";

const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

type Json = Readonly<Record<string, unknown>>;

const invoke = "execute-api:Invoke";
const allow = (more: Json = {}): Json => ({
  Effect: "Allow",
  Principal: "*",
  Action: invoke,
  Resource: "execute-api:/*",
  ...more,
});
const deny = (more: Json = {}): Json => ({ ...allow(), Effect: "Deny", ...more });

function policy(...statements: readonly unknown[]): PolicyDocument {
  const document = readPolicy(JSON.stringify({ Version: "2012-10-17", Statement: statements }));
  assert.equal(document.kind, "policy");
  return document;
}

const ask = (document: PolicyDocument, place: Place = "public-api", more: Partial<Question> = {}): Answer =>
  judgePolicy(document, { place, action: invoke, ...more });

type State = Answer["state"];
type Case = readonly [title: string, statements: readonly unknown[]];

function judges(state: State, cases: readonly Case[], place: Place = "public-api", more: Partial<Question> = {}): void {
  for (const [title, statements] of cases) {
    it(title, () => {
      assert.equal(ask(policy(...statements), place, more).state, state);
    });
  }
}

const when = (operator: string, key: string, values: unknown): Json => ({
  Condition: { [operator]: { [key]: values } },
});
const vpce = "vpce-0a1b2c3d4e5f";

describe("a public API's policy is open to anyone", () => {
  judges("open", [
    ["with no condition", [allow()]],
    ["as a lone statement", [allow({ Principal: { AWS: "*" } })]],
    ["by a list of principals", [allow({ Principal: { AWS: ["arn:aws:iam::111122223333:root", "*"] } })]],
    ["by a star for the account", [allow({ Principal: { AWS: "arn:aws:iam::*:root" } })]],
    ["by NotPrincipal", [{ ...allow(), Principal: undefined, NotPrincipal: { AWS: "111122223333" } }]],
    ["by NotAction", [{ ...allow(), Action: undefined, NotAction: "execute-api:ManageConnections" }]],
    ["by NotResource", [{ ...allow(), Resource: undefined, NotResource: "execute-api:/prod/DELETE/*" }]],
    ["by every action", [allow({ Action: "*" })]],
    ["by every action of the service, in any case", [allow({ Action: ["EXECUTE-API:*"] })]],
    ["by a pattern of actions", [allow({ Action: "execute-api:In*" })]],
    ["on a whole ARN", [allow({ Resource: "arn:aws:execute-api:eu-west-1:111122223333:a1b2c3/*" })]],
    [
      "on the ARN of the API, which is meant to be all of it",
      [allow({ Resource: "arn:aws:execute-api:eu-west-1:111122223333:a1b2c3" })],
    ],
    ["on no resource, which is what carries the policy", [allow({ Resource: undefined })]],
    [
      "on no resource, and a Deny is about some paths",
      [allow({ Resource: undefined }), deny({ Resource: "execute-api:/prod/*/admin/*" })],
    ],
    [
      "on the ARN by which the API is managed, which is meant to be all of it",
      [allow({ Resource: "arn:aws:apigateway:eu-west-1::/restapis/a1b2c3" })],
    ],
    [
      "and a Deny is about the ARN by which the API is managed, which no call has",
      [
        allow(),
        deny({
          Resource: "arn:aws:apigateway:eu-west-1::/restapis/a1b2c3",
          ...when("NotIpAddress", "aws:SourceIp", "203.0.113.0/24"),
        }),
      ],
    ],
    ["on placeholders", [allow({ Resource: "arn:aws:execute-api:${AWS::Region}:${AWS::AccountId}:*/*" })]],
    ["on one path of several", [allow({ Resource: ["execute-api:/prod/GET/health"] })]],
    ["beside a statement that is limited", [allow(when("IpAddress", "aws:SourceIp", "203.0.113.0/24")), allow()]],
    ["for every address", [allow(when("IpAddress", "aws:SourceIp", "0.0.0.0/0"))]],
    ["for every address in halves", [allow(when("IpAddress", "aws:SourceIp", ["0.0.0.0/1", "128.0.0.0/1"]))]],
    ["for every IPv6 address", [allow(when("IpAddress", "aws:SourceIp", ["203.0.113.0/24", "::/0"]))]],
    ["for all but some addresses", [allow(when("NotIpAddress", "aws:SourceIp", "203.0.113.0/24"))]],
    ["for callers that bring no endpoint", [allow(when("StringLikeIfExists", "aws:SourceVpce", vpce))]],
    ["for every endpoint but one", [allow(when("StringNotEquals", "aws:SourceVpce", vpce))]],
    ["for any endpoint by a star", [allow(when("StringEquals", "aws:SourceVpce", "*"))]],
    ["for any endpoint by its prefix", [allow(when("StringLike", "aws:SourceVpce", [vpce, "vpce-*"]))]],
    ["for any organisation", [allow(when("StringLike", "aws:PrincipalOrgID", "o-*"))]],
    [
      "for members of an organisation and whoever does not sign",
      [allow(when("StringEqualsIfExists", "aws:PrincipalOrgID", "o-a1b2c3d4e5"))],
    ],
    ["for all values of none", [allow(when("ForAllValues:StringEquals", "aws:PrincipalOrgPaths", "o-a1b2c3d4e5/*"))]],
    ["for whoever is somebody", [allow(when("Null", "aws:PrincipalOrgID", "false"))]],
    ["for whoever is nobody", [allow(when("Null", "aws:PrincipalArn", "true"))]],
    [
      "by what callers say of themselves",
      [
        allow({
          Condition: {
            StringEquals: { "aws:UserAgent": "partner" },
            StringLike: { "aws:Referer": "https://example.com/*" },
          },
        }),
      ],
    ],
    ["over TLS", [allow(when("Bool", "aws:SecureTransport", "true"))]],
    ["for some time", [allow(when("DateLessThan", "aws:CurrentTime", "2030-01-01T00:00:00Z"))]],
    ["for roles of a name in any account", [allow(when("ArnLike", "aws:PrincipalArn", "arn:aws:iam::*:role/admin"))]],
    ["with a tag that anybody may give themselves", [allow(when("StringEquals", "aws:PrincipalTag/team", "orders"))]],
    ["and a Deny lists some addresses", [allow(), deny(when("IpAddress", "aws:SourceIp", ["198.51.100.0/24"]))]],
    ["and a Deny lets every address through", [allow(), deny(when("NotIpAddress", "aws:SourceIp", ["0.0.0.0/0"]))]],
    ["and a Deny asks for TLS", [allow(), deny(when("Bool", "aws:SecureTransport", "false"))]],
    [
      "and a Deny is about other actions",
      [
        allow({ Action: "execute-api:*" }),
        deny({ Action: "execute-api:InvalidateCache", ...when("StringNotEquals", "aws:SourceVpce", vpce) }),
      ],
    ],
    [
      "and a Deny is about some paths",
      [
        allow(),
        deny({ Resource: "execute-api:/prod/*/admin/*", ...when("NotIpAddress", "aws:SourceIp", "203.0.113.0/24") }),
      ],
    ],
    [
      "and a Deny leaves one of the paths",
      [
        allow({ Resource: ["execute-api:/prod/GET/a", "execute-api:/prod/GET/b"] }),
        deny({ Resource: "execute-api:/prod/GET/a" }),
      ],
    ],
    ["and a Deny is about some principals", [allow(), deny({ Principal: { AWS: "arn:aws:iam::111122223333:root" } })]],
    [
      "and a Deny takes either of two limits as enough, one of which is none",
      [
        allow(),
        deny({
          Condition: { NotIpAddress: { "aws:SourceIp": "203.0.113.0/24" }, Bool: { "aws:SecureTransport": "false" } },
        }),
      ],
    ],
    [
      "and a Deny hits nobody who brings no endpoint",
      [allow(), deny(when("ForAnyValue:StringNotEquals", "aws:SourceVpce", vpce))],
    ],
    ["and a Deny lists one endpoint", [allow(), deny(when("StringEquals", "aws:SourceVpce", vpce))]],
    [
      "and a Deny leaves a resource out",
      [allow(), { ...deny(), Resource: undefined, NotResource: "execute-api:/prod/GET/health" }],
    ],
    [
      "and one character more than a Deny counts",
      [allow({ Resource: "execute-api:/v*/GET/a" }), deny({ Resource: "execute-api:/v?/GET/a" })],
    ],
  ]);
});

describe("a public API's policy is closed", () => {
  judges("closed", [
    [
      "to all but named accounts",
      [allow({ Principal: { AWS: ["111122223333", "arn:aws:iam::444455556666:role/orders"] } })],
    ],
    ["to all but a service", [allow({ Principal: { Service: "events.amazonaws.com" } })]],
    ["when it allows something else", [allow({ Action: "execute-api:InvalidateCache" })]],
    ["when it allows all but calling", [{ ...allow(), Action: undefined, NotAction: ["execute-api:Inv*"] }]],
    ["when it allows nothing", [deny()]],
    ["to all but named addresses", [allow(when("IpAddress", "aws:SourceIp", ["203.0.113.0/24", "2001:db8::/32"]))]],
    ["to all but an endpoint", [allow(when("StringEquals", "aws:SourceVpce", vpce))]],
    ["to all but a VPC, in any case", [allow(when("stringequals", "AWS:sourcevpc", "vpc-0a1b2c3d"))]],
    ["to all but an organisation", [allow(when("StringEquals", "aws:PrincipalOrgID", "o-a1b2c3d4e5"))]],
    [
      "to all but a part of an organisation",
      [allow(when("ForAnyValue:StringLike", "aws:PrincipalOrgPaths", "o-a1b2c3d4e5/r-ab12/ou-*/*"))],
    ],
    ["to all but an account's roles", [allow(when("ArnLike", "aws:PrincipalArn", "arn:aws:iam::111122223333:role/*"))]],
    [
      "when one of two conditions limits",
      [allow({ Condition: { Bool: { "aws:SecureTransport": "true" }, IpAddress: { "aws:SourceIp": "203.0.113.7" } } })],
    ],
    [
      "when a key that is always there may be missing",
      [allow(when("IpAddressIfExists", "aws:SourceIp", "203.0.113.0/24"))],
    ],
    ["by the Deny of AWS's own example: an endpoint", [allow(), deny(when("StringNotEquals", "aws:SourceVpce", vpce))]],
    [
      "by the Deny of AWS's own example: a VPC",
      [allow(), deny(when("StringNotEquals", "aws:SourceVpc", "vpc-0a1b2c3d"))],
    ],
    [
      "by the Deny of AWS's own example: addresses",
      [allow(), deny(when("NotIpAddress", "aws:SourceIp", ["203.0.113.0/24"]))],
    ],
    [
      "by the Deny of AWS's own example: addresses in a VPC",
      [allow(), deny(when("NotIpAddress", "aws:VpcSourceIp", ["10.1.0.0/16"]))],
    ],
    [
      "by a Deny of addresses, neither of which names a resource",
      [
        allow({ Resource: undefined }),
        deny({ Resource: undefined, ...when("NotIpAddress", "aws:SourceIp", "203.0.113.0/24") }),
      ],
    ],
    [
      "by a Deny on all of it, of what is meant to be all of it",
      [
        allow({ Resource: "arn:aws:apigateway:eu-west-1::/restapis/a1b2c3" }),
        deny(when("NotIpAddress", "aws:SourceIp", "203.0.113.0/24")),
      ],
    ],
    ["by a Deny with StringNotLike", [allow(), deny(when("StringNotLike", "aws:SourceVpce", [vpce]))]],
    [
      "by a Deny with StringNotEqualsIfExists",
      [allow(), deny(when("StringNotEqualsIfExists", "aws:SourceVpce", vpce))],
    ],
    [
      "by a Deny with ForAllValues",
      [allow(), deny(when("ForAllValues:StringNotEquals", "aws:PrincipalOrgPaths", "o-a1b2c3d4e5/r-ab12/"))],
    ],
    [
      "by a Deny with ArnNotLike",
      [allow(), deny(when("ArnNotLike", "aws:PrincipalArn", "arn:aws:iam::111122223333:role/*"))],
    ],
    ["by a Deny of whoever comes through no endpoint", [allow(), deny(when("Null", "aws:SourceVpce", "true"))]],
    ["by a Deny of everything", [allow(), deny()]],
    [
      "by a Deny of everyone but some",
      [allow(), { ...deny(), Principal: undefined, NotPrincipal: { AWS: "111122223333" } }],
    ],
    [
      "by a Deny of all but other actions",
      [allow(), { ...deny(), Action: undefined, NotAction: "execute-api:ManageConnections" }],
    ],
    [
      "by a Deny with either of two limits",
      [
        allow(),
        deny({
          Condition: {
            NotIpAddress: { "aws:SourceIp": "203.0.113.0/24" },
            StringNotEquals: { "aws:SourceVpce": vpce },
          },
        }),
      ],
    ],
    [
      "by a Deny that spares services",
      [
        allow(),
        deny({
          Condition: { NotIpAddress: { "aws:SourceIp": "203.0.113.0/24" }, Bool: { "aws:ViaAWSService": "false" } },
        }),
      ],
    ],
    [
      "by a Deny of a wider resource, written otherwise",
      [
        allow({ Resource: "arn:aws:execute-api:eu-west-1:111122223333:a1b2c3/prod/GET/*" }),
        deny({ Resource: "execute-api:/prod/*", ...when("StringNotEquals", "aws:SourceVpce", vpce) }),
      ],
    ],
    [
      "by a Deny for each path",
      [
        allow({ Resource: ["execute-api:/a/GET/*", "execute-api:/b/GET/*"] }),
        deny({ Resource: "execute-api:/a/*" }),
        deny({ Resource: "execute-api:/b/*" }),
      ],
    ],
    [
      "by a Deny of all but another path",
      [
        allow({ Resource: "execute-api:/prod/*" }),
        { ...deny(), Resource: undefined, NotResource: "execute-api:/dev/*" },
      ],
    ],
    [
      "by a Deny on the ARN that the Allow has too",
      [
        allow({ Resource: "arn:aws:execute-api:eu-west-1:1:a1" }),
        deny({ Resource: "arn:aws:execute-api:eu-west-1:1:a1", ...when("StringNotEquals", "aws:SourceVpce", vpce) }),
      ],
    ],
    ["when its ids are not known yet", [allow(when("StringEquals", "aws:SourceVpce", [unknown]))]],
  ]);

  it("when it is about another API", () => {
    const document = policy(allow({ Resource: "arn:aws:execute-api:eu-west-1:111122223333:zzz/*" }));
    assert.equal(ask(document, "public-api", { apiId: "a1b2c3" }).state, "closed");
    assert.equal(ask(document, "public-api", { apiId: "zzz" }).state, "open");
  });

  it("and a Deny about another API does not close it", () => {
    const document = policy(allow(), deny({ Resource: "arn:aws:execute-api:eu-west-1:111122223333:zzz/*" }));
    assert.equal(ask(document, "public-api", { apiId: "a1b2c3" }).state, "open");
  });
});

describe("a private API's policy", () => {
  judges(
    "open",
    [
      ["limits no endpoint without a condition", [allow()]],
      ["limits none by being private", [allow(when("Null", "aws:SourceVpce", "false"))]],
      ["limits none by a wildcard", [allow(when("StringLike", "aws:SourceVpc", "vpc-*"))]],
      ["limits none by private addresses", [allow(when("IpAddress", "aws:SourceIp", ["10.0.0.0/8"]))]],
      [
        "limits none by a Deny of all but private addresses",
        [allow(), deny(when("NotIpAddress", "aws:SourceIp", ["10.1.0.0/16"]))],
      ],
      ["limits none by a whole private block", [allow(when("IpAddress", "aws:VpcSourceIp", ["10.0.0.0/8"]))]],
      ["limits none by a Deny of no endpoint", [allow(), deny(when("Null", "aws:SourceVpce", "true"))]],
      ["limits none by a Deny of one endpoint", [allow(), deny(when("StringEquals", "aws:SourceVpce", vpce))]],
    ],
    "private-api",
  );
  judges(
    "closed",
    [
      ["limits endpoints", [allow(when("StringEquals", "aws:SourceVpce", [vpce]))]],
      ["limits endpoints, which every request has", [allow(when("StringEqualsIfExists", "aws:SourceVpce", vpce))]],
      ["limits endpoints by a Deny", [allow(), deny(when("StringNotEquals", "aws:SourceVpce", vpce))]],
      [
        "limits endpoints by a Deny of any value",
        [allow(), deny(when("ForAnyValue:StringNotEquals", "aws:SourceVpce", vpce))],
      ],
      ["limits VPCs", [allow(when("StringEquals", "aws:SourceVpc", "vpc-0a1b2c3d"))]],
      ["limits the organisation of the endpoint", [allow(when("StringEquals", "aws:VpceOrgID", "o-a1b2c3d4e5"))]],
      ["limits accounts", [allow({ Principal: { AWS: "111122223333" } })]],
      ["limits the organisation", [allow(when("StringEquals", "aws:PrincipalOrgID", "o-a1b2c3d4e5"))]],
      ["limits addresses in the VPC", [allow(when("IpAddress", "aws:VpcSourceIp", ["10.1.0.0/16"]))]],
      [
        "limits addresses in the VPC by a Deny",
        [allow(), deny(when("NotIpAddress", "aws:VpcSourceIp", ["10.1.0.0/16", "10.2.0.0/16"]))],
      ],
    ],
    "private-api",
  );
});

describe("a VPC endpoint's policy", () => {
  judges(
    "open",
    [
      ["is open by default", [allow({ Action: "*", Resource: "*" })]],
      ["is open for every API", [allow({ Resource: "arn:aws:execute-api:*:*:*" })]],
      ["is open for every API of a region", [allow({ Resource: "arn:aws:execute-api:eu-west-1:*:*/*" })]],
      ["is not limited by what it is", [allow({ Resource: "*", ...when("StringEquals", "aws:SourceVpce", vpce) })]],
    ],
    "vpc-endpoint",
  );
  judges(
    "closed",
    [
      ["limits who calls", [allow({ Principal: { AWS: "111122223333" }, Resource: "*" })]],
      [
        "limits the organisation",
        [allow({ Resource: "*", ...when("StringEquals", "aws:PrincipalOrgID", "o-a1b2c3d4e5") })],
      ],
      [
        "limits whose API is called",
        [allow({ Resource: "*", ...when("StringEquals", "aws:ResourceAccount", "111122223333") })],
      ],
      [
        "limits whose API is called by a Deny",
        [
          allow({ Resource: "*" }),
          deny({ Resource: "*", ...when("StringNotEquals", "aws:ResourceOrgID", "o-a1b2c3d4e5") }),
        ],
      ],
      ["allows another service only", [allow({ Action: "s3:*", Resource: "*" })]],
    ],
    "vpc-endpoint",
  );

  it("tells a limited resource", () => {
    const answer = ask(
      policy(allow({ Resource: "arn:aws:execute-api:eu-west-1:111122223333:a1b2c3/*" })),
      "vpc-endpoint",
    );
    assert.equal(answer.state === "open" && answer.resource, "arn:aws:execute-api:eu-west-1:111122223333:a1b2c3/*");
  });
});

describe("a function's policy", () => {
  const service = "apigateway.amazonaws.com";
  const grant = (more: Json = {}): Json => ({
    Effect: "Allow",
    Principal: { Service: service },
    Action: "lambda:InvokeFunction",
    Resource: "arn:aws:lambda:eu-west-1:111122223333:function:orders",
    ...more,
  });
  const question: Question = { place: "function", action: "lambda:InvokeFunction", service };
  const open: readonly Case[] = [
    ["no source", [grant()]],
    ["an account", [grant(when("StringEquals", "AWS:SourceAccount", "111122223333"))]],
    ["any API", [grant(when("ArnLike", "AWS:SourceArn", "arn:aws:execute-api:eu-west-1:111122223333:*"))]],
    ["any service's principal", [grant({ Principal: "*" })]],
  ];
  for (const [title, statements] of open) {
    it(`is open with ${title}`, () => {
      assert.equal(judgePolicy(policy(...statements), question).state, "open");
    });
  }
  it("is closed with an API", () => {
    const document = policy(
      grant(when("ArnLike", "AWS:SourceArn", "arn:aws:execute-api:eu-west-1:111122223333:a1b2c3/*")),
    );
    assert.equal(judgePolicy(document, question).state, "closed");
    assert.equal(allowing(document, question).length, 1);
  });
  it("is closed to API Gateway when it is another service's", () => {
    assert.equal(judgePolicy(policy(grant({ Principal: { Service: "sns.amazonaws.com" } })), question).state, "closed");
  });

  it("tells ARNs that name one API", () => {
    for (const text of [
      "arn:aws:execute-api:eu-west-1:1:a1b2c3/*/*",
      "arn:aws-cn:execute-api:*:*:a1/*",
      "arn:aws:sns:eu-west-1:1:topic",
    ]) {
      assert.ok(namesOneApi(text), text);
    }
    for (const text of [
      "*",
      "arn:*",
      "arn:aws:execute-api:eu-west-1:1:*",
      "arn:aws:execute-api:eu-west-1:1:*/*/GET/orders",
      "arn:aws:execute-api:*",
      "arn:aws:*:*:*:*",
    ]) {
      assert.ok(!namesOneApi(text), text);
    }
  });
});

describe("what an answer tells", () => {
  it("names the conditions that limit nobody", () => {
    const answer = ask(policy(allow(when("StringEquals", "aws:UserAgent", "partner"))));
    assert.deepEqual(answer, { state: "open", conditions: ["aws:UserAgent"], denied: false, resource: undefined });
  });
  it("tells of a Deny that does not suffice", () => {
    const answer = ask(policy(allow(), deny(when("IpAddress", "aws:SourceIp", "198.51.100.0/24"))));
    assert.equal(answer.state === "open" && answer.denied, true);
  });
  it("names the part that is open, unless everything is", () => {
    const part = allow({ Resource: ["execute-api:/prod/GET/health"] });
    const answer = ask(policy(part));
    assert.equal(answer.state === "open" && answer.resource, "execute-api:/prod/GET/health");
    const whole = ask(policy(part, allow()));
    assert.equal(whole.state === "open" ? whole.resource : "closed", undefined);
  });
});

describe("what cannot be known", () => {
  judges("unknown", [
    ["a key that nobody knows", [allow(when("StringEquals", "aws:SomethingNew", "x"))]],
    ["an operator that nobody knows", [allow(when("StringResembles", "aws:SourceVpce", vpce))]],
    ["a principal", [allow({ Principal: { AWS: [unknown] } })]],
    ["an action", [allow({ Action: unknown })]],
    ["a condition", [allow({ Condition: unknown })]],
    ["a condition that is none", [allow({ Condition: "aws:SourceIp" })]],
    ["addresses", [allow(when("IpAddress", "aws:SourceIp", [unknown]))]],
    ["addresses that are none", [allow(when("IpAddress", "aws:SourceIp", ["office"]))]],
    ["a policy variable", [allow(when("StringEquals", "aws:PrincipalAccount", "${aws:ResourceAccount}"))]],
    ["a Deny with a condition that is not known", [allow(), deny({ Condition: unknown })]],
    ["a Deny on something that is not known", [allow(), deny({ Resource: [unknown] })]],
    ["a statement that is none", [null, "Allow"]],
    ["a statement without a principal", [{ Effect: "Allow", Action: invoke, Resource: "*" }]],
    ["a statement with an effect that is none", [allow({ Effect: "allow" })]],
    ["a statement with two kinds of action", [allow({ NotAction: "s3:*" })]],
  ]);

  it("does not hide what is open", () => {
    assert.equal(ask(policy(null, allow(), allow({ Condition: unknown }))).state, "open");
  });
  it("does not matter where everything is denied", () => {
    assert.equal(ask(policy(allow({ Condition: unknown }), deny())).state, "closed");
  });
});

describe("readPolicy", () => {
  it("takes one statement for a list of one", () => {
    const document = readPolicy({ Statement: allow() });
    assert.equal(document.kind === "policy" && ask(document).state, "open");
  });

  it("skips the bookkeeping of providers", () => {
    const condition = { StringEquals: { "aws:SourceVpce": vpce, __defaults: [] }, __defaults: [] };
    const document = readPolicy({
      Statement: [allow({ Principal: { AWS: "*", __defaults: [] }, Condition: condition, __defaults: ["Sid"] })],
      __defaults: [],
    });
    assert.equal(document.kind === "policy" && ask(document).state, "closed");
  });

  it("says what is no policy", () => {
    const cases: readonly (readonly [unknown, string])[] = [
      ["", "it is not JSON"],
      ["{", "it is not JSON"],
      [undefined, "it is not JSON"],
      ["null", "it is not a policy"],
      ["[]", "it is not a policy"],
      ['"text"', "it is not a policy"],
      ["{}", "it has no `Statement`"],
      [{ Statement: [] }, "it has no `Statement`"],
      [{ statement: [allow()] }, "it has no `Statement`"],
      [" ".repeat(100_000), "it is larger than any that AWS takes"],
    ];
    for (const [written, reason] of cases) {
      assert.deepEqual(readPolicy(written), { kind: "unreadable", reason }, String(written).slice(0, 40));
    }
    const cyclic: Record<string, unknown> = {};
    cyclic["Statement"] = cyclic;
    assert.equal(readPolicy(cyclic).kind, "unreadable");
  });

  const word = fc.constantFrom(
    "*",
    "Allow",
    "Deny",
    "AWS",
    invoke,
    "execute-api:/*",
    "arn:aws:execute-api:r:1:a/*",
    "aws:SourceVpce",
    vpce,
    unknown,
    "StringNotEquals",
    "IpAddress",
    "0.0.0.0/0",
    "true",
    "",
    "${x}",
  );
  const leaf = fc.oneof(word, fc.string(), fc.integer(), fc.boolean(), fc.constant(null));
  const { junk } = fc.letrec((tie) => ({
    junk: fc.oneof(
      { depthSize: "small" },
      leaf,
      fc.array(tie("junk")),
      fc.dictionary(fc.oneof(word, fc.string()), tie("junk")),
    ),
  }));
  const statement = fc.record(
    {
      Effect: fc.oneof(fc.constantFrom("Allow", "Deny"), junk),
      Principal: fc.oneof(word, junk),
      NotPrincipal: junk,
      Action: fc.oneof(word, junk),
      NotAction: junk,
      Resource: fc.oneof(word, junk),
      NotResource: junk,
      Condition: fc.oneof(fc.dictionary(word, fc.dictionary(word, junk)), junk),
    },
    { requiredKeys: [] },
  );

  it("and judgePolicy take anything", () => {
    const places: readonly Place[] = ["public-api", "private-api", "vpc-endpoint", "function"];
    fc.assert(
      fc.property(fc.oneof(junk, fc.record({ Statement: fc.oneof(fc.array(statement), junk) })), (written) => {
        for (const document of [readPolicy(written), readPolicy(JSON.stringify(written))]) {
          if (document.kind === "unreadable") continue;
          for (const place of places) {
            assert.ok(["open", "closed", "unknown"].includes(ask(document, place).state));
            allowing(document, { place, action: invoke, service: "apigateway.amazonaws.com" });
          }
        }
      }),
    );
  });

  it("are asked of the largest policies, with resources made to be slow", () => {
    const many = Array.from({ length: 250 }, (_, index) =>
      allow({ Resource: `execute-api:/${"*a".repeat(10)}${String(index)}` }),
    );
    const denies = Array.from({ length: 150 }, (_, index) =>
      deny({ Resource: `execute-api:/${"a*".repeat(10)}${String(index)}` }),
    );
    ask(policy(...many, ...denies));
    const text = JSON.stringify({
      Statement: allow({ Resource: Array.from({ length: 5000 }, (_, index) => `/${String(index)}`) }),
    });
    const document = readPolicy(text);
    assert.equal(document.kind === "policy" && ask(document).state, "open");
  });
});
