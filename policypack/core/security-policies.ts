import { readSecurityPolicy } from "../model/tls";
import { option } from "./policy";

/** Options of every policy that asks which TLS an endpoint accepts. */
export const tlsOptions = {
  minimum: option<"TLS_1_2" | "TLS_1_3">(
    "The lowest TLS version that may be accepted.",
    { type: "string", enum: ["TLS_1_2", "TLS_1_3"] },
    "TLS_1_2",
  ),
  postQuantum: option("Demand a security policy with post-quantum key exchange.", { type: "boolean" }, false),
};

/** What is wrong with a security policy of API Gateway, if anything: `accepts TLS 1.0 (`TLS_1_0`)`. */
export function faultOfPolicy(
  name: string,
  { minimum, postQuantum }: { readonly minimum: string; readonly postQuantum: boolean },
): string | undefined {
  const policy = readSecurityPolicy(name);
  const shown = `\`${name.slice(0, 60)}\``;
  if (policy === undefined) return `has the security policy ${shown}, which API Gateway does not have`;
  const tooOld = policy.minimum === "1.0" || (policy.minimum === "1.2" && minimum === "TLS_1_3");
  if (tooOld) return `accepts TLS ${policy.minimum} (${shown})`;
  if (postQuantum && !policy.postQuantum) return `has no post-quantum key exchange (${shown})`;
  return undefined;
}
