import assert from "node:assert/strict";
import { generateKeyPairSync, sign } from "node:crypto";
import type { KeyObject } from "node:crypto";
import * as gatehouse from "../../components";
import { refused } from "../support/refused";
import { functionModule, rotateOnce, Secrets } from "../support/secrets";
import type { Rotate, Steps } from "../support/secrets";
import { Pack, register } from "../support/stack";
import { domainVariants } from "./domain-variants";
import { alias, handler, production } from "./variants";

interface Header {
  HeaderName: string;
  HeaderValue: string;
}

/** A distribution that sends one header, as far as the rotation uses it. */
class Front {
  updates = 0;
  header: Header = { HeaderName: "X-Origin-Verify", HeaderValue: "one" };

  read = (): Promise<unknown> =>
    Promise.resolve({
      config: { Origins: { Items: [{ CustomHeaders: { Items: [{ ...this.header }] } }, {}] } },
      tag: String(this.updates),
    });
  update = (_: string, config: never, tag: string): Promise<void> => {
    assert.equal(tag, String(this.updates));
    this.updates++;
    const { Origins } = config as {
      readonly Origins: { readonly Items: readonly { CustomHeaders: { Items: Header[] } }[] };
    };
    this.header = Origins.Items[0]!.CustomHeaders.Items[0]!;
    return Promise.resolve();
  };
}

type StepsFor = (settings: object, front: Front, password: () => Promise<string>) => Steps;

describe("rotation of an origin secret", () => {
  let rotate: Rotate;
  let stepsFor: StepsFor;
  let valuesIn: (text: string) => string[];
  before(async () => {
    ({ rotate } = await functionModule<{ rotate: Rotate }>("secrets"));
    ({ stepsFor } = await functionModule<{ stepsFor: StepsFor }>("rotate-origin-secret"));
    ({ valuesIn } = await functionModule<{ valuesIn: typeof valuesIn }>("origin-values"));
  });

  it("no value is ever sent that an authorizer, be it a minute behind, does not take", async () => {
    const secrets = new Secrets({ current: "one", next: "two" });
    const front = new Front();
    const settings = { distributionId: "E1", header: "x-origin-verify" };
    const plain = stepsFor(settings, front, secrets.password);
    const takes = (): string[] => valuesIn(JSON.stringify(secrets.get("AWSCURRENT")));
    for (let month = 1; month <= 4; month++) {
      const before = { sent: front.header.HeaderValue, taken: takes() };
      const steps: Steps = {
        ...plain,
        test: async (text) => {
          await plain.test(text);
          assert.ok(takes().includes(front.header.HeaderValue), "sent before the secret says so");
        },
      };
      await rotateOnce(rotate, secrets, steps, String(month), 2);
      assert.ok(before.taken.includes(front.header.HeaderValue), "an authorizer that remembers the secret of before");
      assert.ok(takes().includes(before.sent), "an edge that sends the value of before");
      assert.notEqual(front.header.HeaderValue, before.sent);
      assert.equal(front.updates, month);
    }
  });

  it("a distribution that does not send the header stops the rotation", async () => {
    const secrets = new Secrets({ current: "one", next: "two" });
    const steps = stepsFor({ distributionId: "E1", header: "x-other" }, new Front(), secrets.password);
    await assert.rejects(rotateOnce(rotate, secrets, steps, "1"), /does not send x-other/);
    assert.deepEqual(secrets.get("AWSCURRENT"), { current: "one", next: "two" });
  });
});

type Answer = Readonly<Record<string, unknown>> & {
  readonly isAuthorized?: boolean;
  readonly policyDocument?: { readonly Statement: readonly { readonly Effect: string; readonly Resource: string }[] };
};
type Authorizer = (args: {
  readonly header: string;
  readonly values: () => Promise<string[]>;
  readonly verify?: (token: string) => Promise<object>;
}) => (event: object) => Promise<Answer>;

describe("authorizer of an origin", () => {
  let authorizer: Authorizer;
  before(async () => {
    ({ authorizer } = await functionModule<{ authorizer: Authorizer }>("authorize-origin"));
  });
  const event = (headers: object) => ({ version: "2.0", routeArn: "arn:route", headers });
  const values = (): Promise<string[]> => Promise.resolve(["one", "two"]);

  it("takes any value of the secret, and nothing else", async () => {
    const decide = authorizer({ header: "x-origin-verify", values });
    for (const value of ["one", "two"]) {
      assert.equal((await decide(event({ "x-origin-verify": value }))).isAuthorized, true);
    }
    for (const headers of [{}, { "x-origin-verify": "" }, { "x-origin-verify": "on" }, { "x-other": "one" }]) {
      assert.equal((await decide(event(headers))).isAuthorized, false, JSON.stringify(headers));
    }
    assert.equal((await decide({ version: "2.0" })).isAuthorized, false);
  });

  it("answers other APIs with a policy for what was called", async () => {
    const decide = authorizer({ header: "x-origin-verify", values });
    const call = (value: string) => ({
      type: "REQUEST",
      methodArn: "arn:connect",
      headers: { "X-Origin-Verify": value },
    });
    const allowed = await decide(call("one"));
    assert.deepEqual(allowed.policyDocument?.Statement, [
      { Effect: "Allow", Action: "execute-api:Invoke", Resource: "arn:connect" },
    ]);
    assert.equal((await decide(call("three"))).policyDocument?.Statement[0]?.Effect, "Deny");
  });

  it("asks for a token besides, and tells the backend whose it is", async () => {
    const verify = (token: string): Promise<object> =>
      token === "good.token.x" ? Promise.resolve({ sub: "ada", scope: "a b" }) : Promise.reject(new Error("no"));
    const decide = authorizer({ header: "x-origin-verify", values, verify });
    const call = (authorization: string, value = "one") => event({ "x-origin-verify": value, authorization });
    const answer = await decide(call("Bearer good.token.x"));
    assert.deepEqual(answer, { isAuthorized: true, context: { sub: "ada", scope: "a b" } });
    for (const one of [call("Bearer bad.token.x"), call("good.token.x"), call(""), call("Bearer good.token.x", "no")]) {
      assert.equal((await decide(one)).isAuthorized, false);
    }
  });

  it("what was read last is taken for a while when the secret cannot be read", async () => {
    type Remembering = (read: () => Promise<string>, now: () => number) => () => Promise<string[]>;
    const { remembering } = await functionModule<{ remembering: Remembering }>("origin-values");
    let time = 0;
    let reads = 0;
    let broken = false;
    const read = (): Promise<string> => {
      reads++;
      return broken ? Promise.reject(new Error("down")) : Promise.resolve('{"current":"one","next":"two"}');
    };
    const remembered = remembering(read, () => time);
    assert.deepEqual(await remembered(), ["one", "two"]);
    time = 59_000;
    await remembered();
    assert.equal(reads, 1);
    broken = true;
    time = 120_000;
    assert.deepEqual(await remembered(), ["one", "two"]);
    time = 700_000;
    await assert.rejects(remembered(), /down/);
  });
});

type Verify = (token: string) => Promise<{ readonly sub?: string }>;
type Tokens = (settings: object, readKeys: () => Promise<object[]>, now: () => number) => Verify;

describe("tokens of an issuer", () => {
  const now = 1_800_000_000;
  const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const other = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const ec = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const jwk = (key: KeyObject, kid: string): object => ({ ...key.export({ format: "jwk" }), kid, use: "sig" });
  const claims = { iss: "https://issuer.example.com", aud: "shop", sub: "ada", exp: now + 600, scope: "orders/read" };
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url");
  const token = (body: object, header: object = { alg: "RS256", kid: "r" }, key = rsa.privateKey): string => {
    const signed = `${part(header)}.${part(body)}`;
    const how = key.asymmetricKeyType === "ec" ? ({ key, dsaEncoding: "ieee-p1363" } as const) : key;
    return `${signed}.${sign("sha256", Buffer.from(signed), how).toString("base64url")}`;
  };
  let tokens: Tokens;
  let reads = 0;
  let time = now * 1000;
  let verify: Verify;
  before(async () => {
    ({ tokens } = await functionModule<{ tokens: Tokens }>("tokens"));
  });
  beforeEach(() => {
    reads = 0;
    time = now * 1000;
    const keys = [jwk(rsa.publicKey, "r"), jwk(ec.publicKey, "e")];
    const settings = { issuer: claims.iss, audiences: ["shop"], scopes: ["orders/read"] };
    verify = tokens(
      settings,
      () => {
        reads++;
        return Promise.resolve(keys);
      },
      () => time,
    );
  });

  it("a good token is taken, by RSA and by elliptic curves", async () => {
    assert.equal((await verify(token(claims))).sub, "ada");
    assert.equal((await verify(token(claims, { alg: "ES256", kid: "e" }, ec.privateKey))).sub, "ada");
    assert.equal((await verify(token({ ...claims, aud: ["other", "shop"] }))).sub, "ada");
    assert.equal((await verify(token({ ...claims, aud: undefined, client_id: "shop" }))).sub, "ada");
    assert.equal(reads, 1);
  });

  const bad: readonly (readonly [title: string, make: () => string, says: RegExp])[] = [
    ["expired", () => token({ ...claims, exp: now - 60 }), /expired/],
    ["without an end", () => token({ ...claims, exp: undefined }), /expired/],
    ["not good yet", () => token({ ...claims, nbf: now + 600 }), /not good yet/],
    ["of another issuer", () => token({ ...claims, iss: "https://evil.example.com" }), /another issuer/],
    ["for somebody else", () => token({ ...claims, aud: "admin" }), /somebody else/],
    ["for nobody", () => token({ ...claims, aud: undefined }), /somebody else/],
    ["without a scope", () => token({ ...claims, scope: "orders/write" }), /none of the scopes/],
    ["signed by another key", () => token(claims, undefined, other.privateKey), /signature/],
    ["of no signature", () => `${part({ alg: "none" })}.${part(claims)}.`, /way that is not taken/],
    ["signed with the public key", () => token(claims, { alg: "HS256", kid: "r" }), /way that is not taken/],
    ["of a name that every object has", () => token(claims, { alg: "constructor", kid: "r" }), /way that is not taken/],
    ["of an algorithm that the key is not for", () => token(claims, { alg: "ES256", kid: "r" }), /does not have/],
    ["with critical extensions", () => token(claims, { alg: "RS256", kid: "r", crit: ["b64"] }), /not known here/],
    ["of an unknown key", () => token(claims, { alg: "RS256", kid: "x" }), /does not have/],
  ];
  for (const [title, make, says] of bad) {
    it(`a token ${title} is refused`, async () => {
      await assert.rejects(verify(make()), says);
    });
  }

  it("unknown keys do not make it ask the issuer for each call", async () => {
    for (let call = 0; call < 20; call++) {
      await assert.rejects(verify(token(claims, { alg: "RS256", kid: "x" })), /does not have/);
    }
    assert.equal(reads, 1);
    time += 61_000;
    await assert.rejects(verify(token(claims, { alg: "RS256", kid: "x" })), /does not have/);
    assert.equal(reads, 2);
  });

  it("keys are those that the issuer's own discovery document names", async () => {
    type KeysOf = (issuer: string, get: (url: string) => Promise<object>) => Promise<object[]>;
    const { keysOf } = await functionModule<{ keysOf: KeysOf }>("tokens");
    const documents: Readonly<Record<string, object>> = {
      "https://issuer.example.com/.well-known/openid-configuration": { issuer: claims.iss, jwks_uri: "https://k" },
      "https://other.example.com/.well-known/openid-configuration": { issuer: claims.iss, jwks_uri: "https://k" },
      "https://k": { keys: [{ kid: "r" }] },
    };
    const get = (url: string): Promise<object> => Promise.resolve(documents[url]!);
    assert.deepEqual(await keysOf(claims.iss, get), [{ kid: "r" }]);
    await assert.rejects(keysOf("https://other.example.com", get), /another issuer/);
    await assert.rejects(keysOf("http://issuer.example.com", undefined as never), /not behind https/);
  });
});

describe("arguments of OriginSecret and ApiDistribution", () => {
  it("the authorizer has the alias by which every function of an API must be called", async () => {
    const isolation = { ...production, requiredLambdaQualifier: "live" };
    const resources = await register(
      (packages) => {
        const origin = new gatehouse.OriginSecret("edge", { isolation });
        new gatehouse.HttpApi("orders", {
          isolation,
          authorizers: { origin: { lambda: { lambdaAlias: origin.authorizerAlias } } },
          defaultAuthorizer: "origin",
          routes: { "GET /orders": { lambdaAlias: alias(packages, handler(packages), "live") } },
        });
      },
      "resolve",
      "prod",
    );
    const made = resources.find(({ type, name }) => type === "aws:lambda/alias:Alias" && name === "edge-authorizer");
    assert.equal(made?.inputs["name"], "live");
    const permission = resources.find(
      ({ type, name }) => type === "aws:lambda/permission:Permission" && name === "orders-authorizer-origin",
    );
    assert.equal(permission?.inputs["qualifier"], "live");
    assert.ok(permission.propertyDependencies["qualifier"]?.includes(made.urn), "made after the alias");
    const version = { ...production, requiredLambdaQualifier: "3" };
    assert.match(
      await refused(() => new gatehouse.OriginSecret("edge", { isolation: version })),
      /`isolation.requiredLambdaQualifier` is the version 3; name an alias, which can be made/,
    );
  });

  it("all faults come in one error", async () => {
    const secret = await refused(
      () =>
        new gatehouse.OriginSecret("edge", {
          isolation: production,
          headerName: "Authorization",
          token: { issuer: "http://issuer.example.com", audiences: [] },
          retentionInDays: 30,
        }),
    );
    const distribution = await refused(
      () =>
        new gatehouse.ApiDistribution("edge", {
          isolation: production,
          apiEndpoint: "a1b2c3d4e5.execute-api.us-east-1.amazonaws.com",
          originSecret: { secretArn: "arn:secret", kmsKeyArn: "arn:key", headerName: "x-amz-verify" },
          domainName: "api",
          waf: { webAclArn: "arn:acl", countOnly: true },
          rotationMonths: 12,
        }),
    );
    for (const part of [
      '`headerName` is "Authorization"; write a name of your own, as x-origin-verify',
      "`token.issuer` is not https",
      "`token.audiences` is empty",
      'exceptions: [{ control: "log-group-retention"',
    ]) {
      assert.ok(secret.includes(part), `${part}\nin\n${secret}`);
    }
    for (const part of [
      "give the output `apiEndpoint` of the API",
      '`originSecret.headerName` is "x-amz-verify"',
      '`domainName` is "api"',
      "`certificateArn` is not given",
      "`waf.countOnly` stands beside `webAclArn`",
      'exceptions: [{ control: "secret-rotation"',
    ]) {
      assert.ok(distribution.includes(part), `${part}\nin\n${distribution}`);
    }
  });
});

describe("a state with a distribution, whose secret is encrypted", () => {
  let pack: Pack;
  before(async () => {
    pack = await Pack.boot();
  });
  after(() => {
    pack.close();
  });

  for (const { title, program, stack } of domainVariants.filter((one) => one.title.startsWith("ApiDistribution"))) {
    it(`${title}: nothing is found, and nothing left unverified`, async () => {
      const all = await register(program, "resolve", stack);
      // The engine marks a whole list as secret where one value in it is.
      const origins = "[secret]";
      const state = all.map((one) =>
        one.type === "aws:cloudfront/distribution:Distribution"
          ? { ...one, inputs: { ...one.inputs, origins }, outputs: { ...one.outputs, origins } }
          : one,
      );
      const { violations, unverified } = await pack.judge(state);
      assert.deepEqual([...violations, ...unverified], []);
    });
  }
});
