import { isIP } from "node:net";

/** Addresses from the first to the last, both included. */
export interface IpRange {
  readonly version: 4 | 6;
  readonly first: bigint;
  readonly last: bigint;
}

/** An address, or a range in CIDR notation: `203.0.113.7`, `10.0.0.0/8`, `2001:db8::/32`. */
export function parseIpRange(text: string): IpRange | undefined {
  const [address = "", length, ...more] = text.trim().split("/");
  const version = isIP(address);
  if ((version !== 4 && version !== 6) || more.length > 0) return undefined;
  const bits = version === 4 ? 32 : 128;
  const prefix = length === undefined ? bits : /^\d{1,3}$/.test(length) ? Number(length) : -1;
  if (prefix < 0 || prefix > bits) return undefined;
  const hosts = 1n << BigInt(bits - prefix);
  const value = version === 4 ? valueOfV4(address) : valueOfV6(address);
  const first = value - (value % hosts);
  return { version, first, last: first + hosts - 1n };
}

function valueOfV4(address: string): bigint {
  return address.split(".").reduce((value, part) => value * 256n + BigInt(part), 0n);
}

function valueOfV6(address: string): bigint {
  const [plain = ""] = address.split("%");
  // The last 32 bits may be written as an IPv4 address.
  const dotted = plain.slice(plain.lastIndexOf(":") + 1);
  const tail = dotted.includes(".") ? valueOfV4(dotted) : undefined;
  const hex =
    tail === undefined
      ? plain
      : `${plain.slice(0, -dotted.length)}${(tail >> 16n).toString(16)}:${(tail & 0xffffn).toString(16)}`;
  const [left = "", right] = hex.split("::");
  const groups = (part: string | undefined): string[] => (part === undefined || part === "" ? [] : part.split(":"));
  const before = groups(left);
  const after = groups(right);
  const gap = right === undefined ? 0 : 8 - before.length - after.length;
  const all = [...before, ...Array<string>(Math.max(gap, 0)).fill("0"), ...after];
  return all.reduce((value, group) => value * 65536n + BigInt(`0x${group}`), 0n);
}

function range(text: string): IpRange {
  return parseIpRange(text) ?? { version: 4, first: 0n, last: 0n };
}

/** Every address in use on the IPv6 internet. */
const globalUnicast = range("2000::/3");

/** What anybody may number a network of their own with. */
const privateBlocks = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fd00::/8"].map(range);

/** Blocks that no public address is in: private, shared, link-local, loopback and "this host". */
const internalBlocks = [
  ...privateBlocks,
  ...["100.64.0.0/10", "169.254.0.0/16", "127.0.0.0/8", "0.0.0.0/8", "fc00::/7", "fe80::/10", "::1", "::"].map(range),
];

/** Whether ranges together are no choice at all: half of all addresses, or the whole of the IPv6 internet. */
export function coverEveryone(ranges: readonly IpRange[]): boolean {
  const size = (version: 4 | 6): bigint =>
    merged(ranges, version).reduce((sum, { first, last }) => sum + last - first + 1n, 0n);
  return size(4) >= 1n << 31n || size(6) >= 1n << 127n || covers(ranges, globalUnicast);
}

/** Whether ranges together take in a whole private block, so that every network numbered from it is among them. */
export function coverPrivateBlock(ranges: readonly IpRange[]): boolean {
  return privateBlocks.some((block) => covers(ranges, block));
}

/** Whether an address is one that the internet does not route. */
export function isInternalAddress(text: string): boolean {
  const address = parseIpRange(text);
  return address !== undefined && internalBlocks.some((block) => covers([block], address));
}

function covers(ranges: readonly IpRange[], wanted: IpRange): boolean {
  return merged(ranges, wanted.version).some(({ first, last }) => first <= wanted.first && last >= wanted.last);
}

/** The ranges of one version in order, with those that touch made one. */
function merged(ranges: readonly IpRange[], version: 4 | 6): IpRange[] {
  const sorted = ranges
    .filter((one) => one.version === version)
    .sort((a, b) => (a.first < b.first ? -1 : a.first > b.first ? 1 : 0));
  const result: IpRange[] = [];
  for (const next of sorted) {
    const previous = result[result.length - 1];
    if (previous === undefined || next.first > previous.last + 1n) result.push(next);
    else if (next.last > previous.last) result[result.length - 1] = { ...previous, last: next.last };
  }
  return result;
}
