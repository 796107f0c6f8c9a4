import assert from "node:assert/strict";
import { nextRotation, scheduleOf } from "../../components/lib/rotation";
import { functionModule, rotateOnce, Secrets } from "../support/secrets";
import type { Rotate, Steps } from "../support/secrets";

/** API Gateway, as far as the rotation of keys uses it. */
class Keys {
  readonly enabled = new Map<string, boolean>([
    ["a", true],
    ["b", true],
  ]);
  readonly attached = new Set(["a", "b"]);
  made = 0;

  makeKey = (name: string): Promise<{ id: string; value: string }> => {
    if (!this.enabled.has(name)) {
      this.made++;
      this.enabled.set(name, true);
    }
    return Promise.resolve({ id: name, value: `value of ${name}` });
  };
  attach = (_: string, id: string): Promise<void> => {
    this.attached.add(id);
    return Promise.resolve();
  };
  works = (_: string, id: string): Promise<boolean> =>
    Promise.resolve(this.attached.has(id) && this.enabled.get(id) === true);
  disable = (id: string): Promise<void> => {
    this.enabled.set(id, false);
    return Promise.resolve();
  };
  remove = (id: string): Promise<void> => {
    this.enabled.delete(id);
    return Promise.resolve();
  };

  get open(): string[] {
    return [...this.enabled].flatMap(([id, on]) => (on ? [id] : []));
  }
}

interface KeySteps {
  stepsFor(settings: object, gateway: Keys, now?: () => Date): Steps;
}
interface Content {
  readonly client: string;
  readonly current: { readonly id: string; readonly value: string };
  readonly next: { readonly id: string; readonly value: string };
  readonly previous?: { readonly id: string };
}

describe("rotation of API keys", () => {
  const settings = { usagePlanId: "plan", prefix: "partners-prod", tags: {} };
  const first = { client: "acme", current: { id: "a", value: "A" }, next: { id: "b", value: "B" } };
  let rotate: Rotate;
  let api: KeySteps;
  let keys: Keys;
  let secrets: Secrets;
  let steps: Steps;
  before(async () => {
    ({ rotate } = await functionModule<{ rotate: Rotate }>("secrets"));
    api = await functionModule<KeySteps>("rotate-api-keys");
  });
  beforeEach(() => {
    keys = new Keys();
    secrets = new Secrets(first);
    steps = api.stepsFor(settings, keys);
  });
  const current = (): Content => secrets.get("AWSCURRENT") as Content;

  it("what was next is current, a new key is next, and the key before works on", async () => {
    await rotateOnce(rotate, secrets, steps, "1");
    assert.equal(current().current.id, "b");
    assert.equal(current().current.value, "B");
    assert.equal(current().next.id, "partners-prod-acme-1");
    assert.equal(current().previous?.id, "a");
    assert.deepEqual(keys.open.sort(), ["a", "b", "partners-prod-acme-1"]);
  });

  it("a client that reads its secret once in a rotation is never refused", async () => {
    let remembered = current().current.id;
    for (let month = 1; month <= 6; month++) {
      await rotateOnce(rotate, secrets, steps, String(month));
      assert.ok(await keys.works("plan", remembered), `month ${String(month)}: ${remembered}`);
      remembered = current().current.id;
    }
  });

  it("keys of the program are switched off, those of the rotation are removed, and three are open at most", async () => {
    for (let month = 1; month <= 5; month++) {
      await rotateOnce(rotate, secrets, steps, String(month));
      assert.equal(keys.open.length, 3);
    }
    assert.equal(keys.enabled.get("a"), false);
    assert.equal(keys.enabled.get("b"), false);
    assert.ok(!keys.enabled.has("partners-prod-acme-1"));
  });

  it("steps that are asked for again do no more", async () => {
    await rotateOnce(rotate, secrets, steps, "1", 3);
    await rotateOnce(rotate, secrets, steps, "2", 3);
    assert.equal(keys.made, 2);
    assert.equal(current().current.id, "partners-prod-acme-1");
  });

  it("a step that stopped before it retired a key retires it when it is asked for again", async () => {
    await rotateOnce(rotate, secrets, steps, "1");
    const broken = { ...steps, retire: () => Promise.reject(new Error("throttled")) };
    await assert.rejects(rotateOnce(rotate, secrets, broken, "2"), /throttled/);
    assert.ok(keys.enabled.get("a"));
    await rotate({ SecretId: "secret", ClientRequestToken: "2", Step: "finishSecret" }, secrets, steps);
    assert.equal(keys.enabled.get("a"), false);
  });

  it("a key that does not work stops the rotation before anyone is told of it", async () => {
    keys.attach = () => Promise.resolve();
    await assert.rejects(rotateOnce(rotate, secrets, steps, "1"), /partners-prod-acme-1 does not work/);
    assert.deepEqual(current(), first);
  });

  it("the test that switching rotation on asks for looks at the keys in use", async () => {
    secrets.begin("1");
    const event = { SecretId: "secret", ClientRequestToken: "1", Step: "testSecret" };
    await rotate(event, secrets, steps);
    keys.enabled.set("b", false);
    await assert.rejects(rotate(event, secrets, steps), /b does not work/);
  });

  it("versions that are not pending and secrets that are not rotated are left alone", async () => {
    const event = { SecretId: "secret", ClientRequestToken: "other", Step: "createSecret" };
    await assert.rejects(rotate(event, secrets, steps), /no such version/);
    secrets.begin("1");
    await assert.rejects(rotate({ ...event, ClientRequestToken: "1", Step: "dance" }, secrets, steps), /empty|no step/);
    secrets.enabled = false;
    await assert.rejects(rotate({ ...event, ClientRequestToken: "1" }, secrets, steps), /not rotated/);
  });
});

describe("schedule of rotations", () => {
  it("a rotation falls on the first day of a month", () => {
    assert.equal(scheduleOf(1), "cron(0 4 1 * ? *)");
    assert.equal(scheduleOf(2), "cron(0 4 1 1,3,5,7,9,11 ? *)");
    assert.equal(scheduleOf(12), "cron(0 4 1 1 ? *)");
  });

  it("the next rotation is the schedule's, and later than today", () => {
    assert.equal(nextRotation(1, new Date("2026-12-31T23:59:59Z")), "2027-01-01");
    assert.equal(nextRotation(1, new Date("2026-02-01T05:00:00Z")), "2026-03-01");
    assert.equal(nextRotation(2, new Date("2026-01-15T00:00:00Z")), "2026-03-01");
    assert.equal(nextRotation(2, new Date("2026-12-15T00:00:00Z")), "2027-01-01");
    assert.equal(nextRotation(3, new Date("2026-05-31T00:00:00Z")), "2026-07-01");
    assert.equal(nextRotation(12, new Date("2026-05-31T00:00:00Z")), "2027-01-01");
  });
});
