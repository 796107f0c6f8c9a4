import assert from "node:assert/strict";
import { credentialFormats } from "../../policypack/model/credential-formats";
import { credentialIn, formatIn, isTellingName } from "../../policypack/model/secrets";
import type { Form } from "../../policypack/model/secrets";
import { madeUpCredentials, toldByName } from "../corpus/credentials";
import { ordinarySettings } from "../corpus/ordinary-settings";

/** What kind of setting a name of the corpus is that of. */
function formOf(name: string): Form {
  if (/^(?:integration\.|append:|overwrite:)/.test(name)) return "mapping";
  return name.startsWith("application/") ? "template" : "value";
}

describe("credentials in text", () => {
  it("are told in at most one of a hundred ordinary settings", () => {
    assert.ok(ordinarySettings.length >= 300);
    const alarms = ordinarySettings.filter(([name, value]) => credentialIn(value, formOf(name), name) !== undefined);
    assert.ok(alarms.length / ordinarySettings.length <= 0.01, JSON.stringify(alarms));
  });

  it("are told by their form, every one, whatever the setting is called", () => {
    const missed = madeUpCredentials().filter(({ title, text }) => credentialIn(text, "value", "SETTING") !== title);
    assert.deepEqual(missed, []);
  });

  it("are told by their form inside of other text", () => {
    for (const { title, text } of madeUpCredentials(1)) {
      assert.equal(formatIn(`{"note": "before ${text} after"}`), title);
    }
  });

  it("of every form are in the corpus", () => {
    const made = new Set(madeUpCredentials(1).map(({ title }) => title));
    // A Teams webhook and a Slack configuration token differ from their neighbours in length alone.
    const untried = credentialFormats.map(({ title }) => title).filter((title) => !made.has(title));
    assert.deepEqual(untried, ["a Slack configuration token", "a Microsoft Teams webhook"]);
  });

  it("are told by their name", () => {
    const missed = toldByName.filter(([name, value]) => credentialIn(value, "value", name) === undefined);
    assert.deepEqual(missed, []);
  });

  it("are no part of what is said of them", () => {
    for (const { text } of madeUpCredentials(1)) assert.ok(!credentialIn(text, "value", "KEY")?.includes(text));
    for (const [name, value] of toldByName) assert.ok(!credentialIn(value, "value", name)?.includes(value));
  });

  it("are not told of what only stands in their place", () => {
    for (const text of ["AKIA" + "X".repeat(16), "ghp_" + "x".repeat(36), "sk_live_" + "*".repeat(24)]) {
      assert.equal(credentialIn(text, "value", "SETTING"), undefined);
    }
    for (const text of ["value", "string", "text"]) assert.equal(credentialIn(text, "value", "API_TOKEN"), undefined);
  });

  it("are told by a name that ends in the telling word, and by no other", () => {
    for (const name of ["DB_PASSWORD", "dbPassword", "DB_PASSWORD_PROD", "password2", "x-api-key", "JWT_SECRET_V2"]) {
      assert.ok(isTellingName(name), name);
    }
    const endings = ["ARN", "NAME", "ID", "URL", "HEADER", "PARAMETER", "PATH", "TTL", "LENGTH"];
    for (const name of ["DB_PASSWORD", "API_KEY", "JWT_SECRET", "AUTH_TOKEN"]) {
      for (const ending of endings) assert.ok(!isTellingName(`${name}_${ending}`), `${name}_${ending}`);
    }
  });

  it("in a mapping stand in quotes, or are no expression", () => {
    const name = "integration.request.header.x-api-key";
    assert.equal(credentialIn("'abcd1234efgh5678'", "mapping", name), "what looks like a key");
    assert.equal(credentialIn("stageVariables.apiKey", "mapping", name), undefined);
    assert.equal(credentialIn("method.request.header.x-api-key", "mapping", name), undefined);
    assert.equal(credentialIn("abcd1234efgh5678", "mapping", "append:header.x-api-key"), "what looks like a key");
    assert.equal(credentialIn("$context.authorizer.key", "mapping", "append:header.x-api-key"), undefined);
  });

  it("in a template are what is assigned, not what is filled in", () => {
    assert.equal(credentialIn('#set($password = "hunter22")', "template"), "what looks like a password");
    assert.equal(credentialIn('{"apiKey": "abcd1234efgh5678"}', "template"), "what looks like a key");
    assert.equal(credentialIn('{"apiKey": "$stageVariables.apiKey"}', "template"), undefined);
  });

  it("are looked for in long texts made to be slow, to the end", () => {
    const long = 300_000;
    const texts = [
      "eyJ".repeat(long / 3),
      `eyJ${"a".repeat(long)}.eyJ${"a".repeat(long)}`,
      "a:".repeat(long / 2),
      "password=".repeat(long / 9),
      '"'.repeat(long),
      "://a:".repeat(long / 5),
      "xapp-1-A-1-".repeat(long / 11),
      "-----BEGIN A A A ".repeat(long / 17),
      "AKIA".repeat(long / 4),
      " ".repeat(long),
      "/".repeat(long),
      "x".repeat(long),
    ];
    for (const text of texts) {
      credentialIn(text, "template", "DB_PASSWORD");
      credentialIn(text, "value", "DB_PASSWORD");
      for (const known of madeUpCredentials(1).slice(0, 5))
        assert.ok(formatIn(`${text} ${known.text}`) !== undefined, known.title);
    }
  });
});
