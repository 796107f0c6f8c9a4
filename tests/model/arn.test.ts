import assert from "node:assert/strict";
import fc from "fast-check";
import {
  parseArn,
  parseExecuteApiArn,
  parseLambdaArn,
  parseLambdaFromUri,
  parseLogDestination,
  parseStageArn,
  parseUserPoolArn,
} from "../../policypack/model/arn";

describe("parseArn", () => {
  it("keeps colons and slashes of the resource", () => {
    assert.deepEqual(parseArn("arn:aws-cn:logs:cn-north-1:123456789012:log-group:/aws/api:*"), {
      partition: "aws-cn",
      service: "logs",
      region: "cn-north-1",
      account: "123456789012",
      resource: "log-group:/aws/api:*",
    });
  });

  it("does not split placeholders", () => {
    assert.equal(
      parseArn("arn:${AWS::Partition}:lambda:${AWS::Region}:${AWS::AccountId}:function:orders")?.region,
      "${AWS::Region}",
    );
  });

  for (const text of [
    "",
    "arn",
    "arn:aws",
    "arn:aws:lambda:eu-west-1",
    "arn:aws:s3:::",
    "arn::s3:::bucket",
    " arn:aws:s3:::b",
    "https://arn:aws",
  ]) {
    it(`refuses ${JSON.stringify(text)}`, () => {
      assert.equal(parseArn(text), undefined);
    });
  }
});

describe("parseStageArn", () => {
  it("reads a REST stage in any partition", () => {
    assert.deepEqual(parseStageArn("arn:aws-us-gov:apigateway:us-gov-west-1::/restapis/a1b2c3/stages/prod"), {
      kind: "rest",
      apiId: "a1b2c3",
      stage: "prod",
      partition: "aws-us-gov",
      region: "us-gov-west-1",
    });
  });

  it("reads a stage of an HTTP or WebSocket API, `$default` among them", () => {
    const arn = parseStageArn("arn:aws:apigateway:eu-west-1::/apis/a1b2c3/stages/$default");
    assert.equal(arn?.kind, "v2");
    assert.equal(arn.stage, "$default");
  });

  const refused: readonly (readonly [why: string, text: string])[] = [
    ["something after the name", "arn:aws:apigateway:eu-west-1::/restapis/a1/stages/prod/"],
    ["a line break after the name", "arn:aws:apigateway:eu-west-1::/restapis/a1/stages/prod\n"],
    ["a deeper path", "arn:aws:apigateway:eu-west-1::/restapis/a1/stages/prod/methods/GET"],
    ["a wildcard", "arn:aws:apigateway:eu-west-1::/restapis/a1/stages/*"],
    ["an account", "arn:aws:apigateway:eu-west-1:123456789012:/restapis/a1/stages/prod"],
    ["no region", "arn:aws:apigateway:::/restapis/a1/stages/prod"],
    ["an execution ARN", "arn:aws:execute-api:eu-west-1:123456789012:a1/prod"],
    ["an API without a stage", "arn:aws:apigateway:eu-west-1::/restapis/a1"],
    ["no id", "arn:aws:apigateway:eu-west-1::/restapis//stages/prod"],
    ["no name", "arn:aws:apigateway:eu-west-1::/restapis/a1/stages/"],
    ["a REST stage called $default", "arn:aws:apigateway:eu-west-1::/restapis/a1/stages/$default"],
    ["a load balancer", "arn:aws:elasticloadbalancing:eu-west-1:123456789012:loadbalancer/app/web/50dc6c495c0c9188"],
    ["the id of a stage", "ags-a1b2c3-prod"],
  ];
  for (const [why, text] of refused) {
    it(`refuses ${why}`, () => {
      assert.equal(parseStageArn(text), undefined);
    });
  }
});

describe("parseExecuteApiArn", () => {
  const base = "arn:aws:execute-api:eu-west-1:123456789012:";

  it("reads an exact method and path", () => {
    const arn = parseExecuteApiArn(`${base}a1b2c3/prod/GET/pets/*`);
    assert.deepEqual([arn?.apiId, arn?.stage, arn?.method, arn?.path], ["a1b2c3", "prod", "GET", "/pets/*"]);
  });

  it("reads the root path", () => {
    assert.equal(parseExecuteApiArn(`${base}a1b2c3/prod/GET/`)?.path, "/");
  });

  it("reads any width", () => {
    const all = parseExecuteApiArn(`${base}*`);
    assert.deepEqual([all?.apiId, all?.stage, all?.method, all?.path], ["*", undefined, undefined, undefined]);
    const api = parseExecuteApiArn(`${base}a1b2c3/*/*`);
    assert.deepEqual([api?.apiId, api?.stage, api?.method, api?.path], ["a1b2c3", "*", "*", undefined]);
  });

  it("reads a route key of a WebSocket API", () => {
    assert.equal(parseExecuteApiArn(`${base}a1b2c3/*/$connect`)?.method, "$connect");
  });

  it("tells an authorizer's call", () => {
    assert.equal(parseExecuteApiArn(`${base}a1b2c3/authorizers/xyz789`)?.authorizerId, "xyz789");
    assert.equal(parseExecuteApiArn(`${base}a1b2c3/prod/GET`)?.authorizerId, undefined);
  });

  it("refuses what is no API", () => {
    assert.equal(parseExecuteApiArn(`${base}/domainnames/api.example.com+d1`), undefined);
    assert.equal(parseExecuteApiArn("execute-api:/*"), undefined);
    assert.equal(parseExecuteApiArn("arn:aws:lambda:eu-west-1:123456789012:function:orders"), undefined);
  });
});

describe("parseLambdaArn", () => {
  it("reads the name and the alias", () => {
    assert.deepEqual(parseLambdaArn("arn:aws:lambda:eu-west-1:123456789012:function:orders:live"), {
      functionName: "orders",
      qualifier: "live",
      partition: "aws",
      region: "eu-west-1",
      account: "123456789012",
    });
  });

  it("reads a name with no alias", () => {
    assert.equal(parseLambdaArn("arn:aws:lambda:eu-west-1:123456789012:function:orders")?.qualifier, undefined);
    assert.equal(parseLambdaArn("arn:aws:lambda:eu-west-1:123456789012:function:orders:")?.qualifier, undefined);
  });

  for (const text of [
    "arn:aws:lambda:eu-west-1:123456789012:layer:orders:3",
    "arn:aws:lambda:eu-west-1:123456789012:function:",
    "arn:aws:lambda:eu-west-1:123456789012:function:orders:live:more",
    "orders",
  ]) {
    it(`refuses ${text}`, () => {
      assert.equal(parseLambdaArn(text), undefined);
    });
  }
});

describe("parseLambdaFromUri", () => {
  const uri = (target: string, ending = "/invocations"): string =>
    `arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/${target}${ending}`;
  const arn = "arn:aws:lambda:eu-west-1:123456789012:function:";

  const cases: readonly (readonly [title: string, uri: string, name: string, qualifier: string | undefined])[] = [
    ["an invoke URI", uri(`${arn}orders`), "orders", undefined],
    ["an alias", uri(`${arn}orders:live`), "orders", "live"],
    ["$LATEST", uri(`${arn}orders:$LATEST`), "orders", "$LATEST"],
    [
      "a stage variable for the function",
      uri(`${arn}\${stageVariables.function}`),
      "${stageVariables.function}",
      undefined,
    ],
    [
      "a stage variable for the alias",
      uri(`${arn}orders:\${stageVariables.alias}`),
      "orders",
      "${stageVariables.alias}",
    ],
    ["a stage variable alone", uri("${stageVariables.function}"), "${stageVariables.function}", undefined],
    [
      "a streaming URI",
      uri(`${arn}chat`, "/response-streaming-invocations").replace("2015-03-31", "2021-11-15"),
      "chat",
      undefined,
    ],
    ["a URI with no ending", uri(`${arn}orders:live`, ""), "orders", "live"],
    ["a plain ARN, as HTTP APIs take it", `${arn}orders:7`, "orders", "7"],
    ["a partial ARN", uri("123456789012:function:orders:live"), "orders", "live"],
    ["a name", uri("orders"), "orders", undefined],
    [
      "placeholders of a template",
      "arn:${AWS::Partition}:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/arn:${AWS::Partition}:lambda:${AWS::Region}:${AWS::AccountId}:function:orders:live/invocations",
      "orders",
      "live",
    ],
  ];
  for (const [title, text, name, qualifier] of cases) {
    it(`reads ${title}`, () => {
      const target = parseLambdaFromUri(text);
      assert.deepEqual([target?.functionName, target?.qualifier], [name, qualifier]);
    });
  }

  for (const text of [
    "",
    "https://example.com/functions/orders/invocations",
    "arn:aws:apigateway:eu-west-1:sqs:path/123456789012/orders",
    "arn:aws:apigateway:eu-west-1:dynamodb:action/PutItem",
    "arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions//invocations",
    "orders",
  ]) {
    it(`tells no function of ${JSON.stringify(text)}`, () => {
      assert.equal(parseLambdaFromUri(text), undefined);
    });
  }
});

describe("parseLogDestination", () => {
  it("reads a log group, with and without its star", () => {
    for (const ending of ["", ":*"]) {
      const destination = parseLogDestination(
        `arn:aws:logs:eu-west-1:123456789012:log-group:/aws/apigateway/orders${ending}`,
      );
      assert.deepEqual([destination?.kind, destination?.name], ["log-group", "/aws/apigateway/orders"]);
    }
  });

  it("reads a delivery stream", () => {
    const destination = parseLogDestination(
      "arn:aws:firehose:eu-west-1:123456789012:deliverystream/amazon-apigateway-orders",
    );
    assert.deepEqual([destination?.kind, destination?.name], ["firehose", "amazon-apigateway-orders"]);
  });

  for (const text of [
    "arn:aws:logs:eu-west-1:123456789012:log-group:",
    "arn:aws:logs:eu-west-1:123456789012:log-group::*",
    "arn:aws:logs:eu-west-1:123456789012:log-group:a:log-stream:b",
    "arn:aws:s3:::logs",
    "arn:aws:firehose:eu-west-1:123456789012:deliverystream/",
  ]) {
    it(`refuses ${text}`, () => {
      assert.equal(parseLogDestination(text), undefined);
    });
  }
});

describe("parseUserPoolArn", () => {
  it("reads the pool's id", () => {
    assert.equal(
      parseUserPoolArn("arn:aws:cognito-idp:eu-west-1:123456789012:userpool/eu-west-1_aBcDeFgHi")?.userPoolId,
      "eu-west-1_aBcDeFgHi",
    );
  });

  it("refuses an identity pool", () => {
    assert.equal(
      parseUserPoolArn("arn:aws:cognito-identity:eu-west-1:123456789012:identitypool/eu-west-1:abc"),
      undefined,
    );
  });
});

describe("all of them", () => {
  const readers = [
    parseArn,
    parseStageArn,
    parseExecuteApiArn,
    parseLambdaArn,
    parseLambdaFromUri,
    parseLogDestination,
    parseUserPoolArn,
  ];
  const pieces = fc.constantFrom(
    "arn",
    ":",
    "/",
    "aws",
    "lambda",
    "${",
    "}",
    "apigateway",
    "path/",
    "/functions/",
    "/invocations",
    "*",
    "$",
    "\n",
  );

  it("take any text", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.string({ unit: pieces, maxLength: 40 })), (text) => {
        for (const read of readers) read(text);
      }),
    );
  });

  it("take long texts", () => {
    for (const read of readers) {
      for (const piece of [":", "/", "${", "arn:", "a"])
        read(`arn:aws:apigateway:r:lambda:path/functions/${piece.repeat(500_000)}`);
    }
  });
});
