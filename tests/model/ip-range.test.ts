import assert from "node:assert/strict";
import * as fc from "fast-check";
import { coverEveryone, coverPrivateBlock, isInternalAddress, parseIpRange } from "../../policypack/model/ip-range";
import type { IpRange } from "../../policypack/model/ip-range";

const ranges = (...texts: string[]): IpRange[] =>
  texts.map((text) => {
    const range = parseIpRange(text);
    assert.ok(range, text);
    return range;
  });

describe("parseIpRange", () => {
  it("reads addresses and ranges of both versions", () => {
    const cases: readonly (readonly [string, 4 | 6, bigint, bigint])[] = [
      ["0.0.0.0/0", 4, 0n, 4294967295n],
      ["203.0.113.7", 4, 3405803783n, 3405803783n],
      ["203.0.113.7/24", 4, 3405803776n, 3405804031n],
      [" 10.0.0.0/8 ", 4, 167772160n, 184549375n],
      ["::/0", 6, 0n, (1n << 128n) - 1n],
      ["::1", 6, 1n, 1n],
      ["2001:db8::/32", 6, 0x20010db8n << 96n, (0x20010db9n << 96n) - 1n],
      ["::ffff:192.0.2.1", 6, 0xffffc0000201n, 0xffffc0000201n],
      ["1:2:3:4:5:6:7:8", 6, 0x00010002000300040005000600070008n, 0x00010002000300040005000600070008n],
    ];
    for (const [text, version, first, last] of cases)
      assert.deepEqual(parseIpRange(text), { version, first, last }, text);
  });

  it("refuses what is no range", () => {
    for (const text of [
      "",
      "office",
      "10.0.0.0/33",
      "::/129",
      "10.0.0/8",
      "10.0.0.0/",
      "10.0.0.0/8/8",
      "10.0.0.0/-1",
      "*",
    ]) {
      assert.equal(parseIpRange(text), undefined, text);
    }
  });

  it("takes any text", () => {
    const pieces = fc.constantFrom("1", "255", ".", ":", "::", "/", "ffff", "0", "%");
    fc.assert(fc.property(fc.oneof(fc.string(), fc.string({ unit: pieces })), (text) => void parseIpRange(text)));
  });

  it("reads every IPv6 address", () => {
    fc.assert(
      fc.property(fc.ipV6(), (text) => {
        assert.equal(parseIpRange(text)?.version, 6);
      }),
    );
  });
});

describe("ranges together", () => {
  it("cover everyone, whole or in halves", () => {
    for (const texts of [
      ["0.0.0.0/0"],
      ["0.0.0.0/1", "128.0.0.0/1"],
      ["0.0.0.0/1"],
      ["0.0.0.0/2", "64.0.0.0/2", "192.0.0.0/2"],
      ["::/0"],
      ["2000::/3"],
      ["2000::/4", "3000::/4"],
      ["203.0.113.0/24", "::/0"],
    ]) {
      assert.ok(coverEveryone(ranges(...texts)), texts.join());
    }
  });

  it("leave most out otherwise", () => {
    for (const texts of [[], ["203.0.113.0/24"], ["10.0.0.0/8", "172.16.0.0/12"], ["2001:db8::/32"], ["0.0.0.0/2"]]) {
      assert.ok(!coverEveryone(ranges(...texts)), texts.join());
    }
  });

  it("may take in a whole private block", () => {
    assert.ok(coverPrivateBlock(ranges("10.0.0.0/9", "10.128.0.0/9")));
    assert.ok(coverPrivateBlock(ranges("192.168.0.0/16")));
    assert.ok(!coverPrivateBlock(ranges("10.20.0.0/16", "203.0.113.0/24")));
  });
});

describe("isInternalAddress", () => {
  it("tells what the internet does not route", () => {
    for (const text of [
      "10.1.2.3",
      "172.31.0.1",
      "192.168.1.1",
      "127.0.0.1",
      "169.254.169.254",
      "100.64.0.1",
      "fd12::1",
      "::1",
    ]) {
      assert.ok(isInternalAddress(text), text);
    }
    for (const text of ["203.0.113.7", "172.32.0.1", "2001:db8::1", "example.com"])
      assert.ok(!isInternalAddress(text), text);
  });
});
