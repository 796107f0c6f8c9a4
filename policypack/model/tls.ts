/** What a security policy of API Gateway accepts at the least. */
export interface SecurityPolicy {
  readonly minimum: TlsVersion;
  /** Keys are agreed on in a way that a quantum computer does not break. */
  readonly postQuantum: boolean;
}

export type TlsVersion = "1.0" | "1.2" | "1.3";

/**
 * What a policy accepts, by its name; undefined of a name that API Gateway has no policy of. Names of the enhanced
 * policies say it: `SecurityPolicy_TLS13_1_2_PQ_2025_09` is TLS 1.3 down to 1.2, with post-quantum key exchange.
 * New ones come with new dates, and count as their names say
 * (docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-security-policies-list.html).
 */
export function readSecurityPolicy(name: string): SecurityPolicy | undefined {
  const legacy = name.toUpperCase();
  if (legacy === "TLS_1_0") return { minimum: "1.0", postQuantum: false };
  if (legacy === "TLS_1_2") return { minimum: "1.2", postQuantum: false };
  const postQuantum = name.includes("_PQ_");
  if (/^SecurityPolicy_TLS13_(?:1_3_|2025_EDGE$)/.test(name)) return { minimum: "1.3", postQuantum };
  return /^SecurityPolicy_TLS1[23]_/.test(name) ? { minimum: "1.2", postQuantum } : undefined;
}

/** One of those that came in 2025, which no mutual TLS and no HTTP API goes with. */
export function isEnhanced(name: string): boolean {
  return name.startsWith("SecurityPolicy_");
}
