import type { CorsArgs } from "../args";
import type { Controls } from "./controls";
import type { Isolation } from "./environment";
import type { Faults } from "./faults";

/** The longest that a browser may remember a preflight, in seconds: a day. */
const longest = 86_400;

export function checkCors(cors: CorsArgs, isolation: Isolation, controls: Controls, faults: Faults): void {
  const { allowMethods = [], allowHeaders = [], exposeHeaders = [], allowCredentials, maxAge } = cors;
  const allowOrigins = (cors.allowOrigins as string[] | undefined) ?? [];
  if (allowOrigins.length === 0) faults.add("cors.allowOrigins", "is empty", "name origins, or take `cors` away");
  for (const origin of allowOrigins) {
    if (origin === "*") continue;
    if (!/^https?:\/\/[A-Za-z0-9.-]+(:\d+)?$/.test(origin)) {
      faults.add("cors.allowOrigins", `holds ${JSON.stringify(origin)}`, "write it as https://shop.example.com");
    } else if (isolation.isProduction && origin.startsWith("http://")) {
      faults.add("cors.allowOrigins", `holds ${JSON.stringify(origin)} in production`, "write an https origin");
    }
  }
  if (allowOrigins.includes("*")) {
    if (isolation.isProduction) {
      faults.add("cors.allowOrigins", "lets any origin call in production", "name origins");
    } else if (allowCredentials === true) {
      faults.add("cors.allowOrigins", "lets any origin call with credentials", "name origins");
    } else controls.open("cors-origins", "Any origin may call, without credentials.", "not asked of this environment");
  } else controls.meet("cors-origins", `Only ${allowOrigins.join(", ")} may call.`);
  for (const [field, values] of Object.entries({ allowMethods, allowHeaders, exposeHeaders })) {
    for (const value of values) {
      if (!/^[A-Za-z0-9-]+$/.test(value)) {
        faults.add(`cors.${field}`, `holds ${JSON.stringify(value)}`, "name them, without wildcards");
      }
    }
  }
  if (maxAge !== undefined && !(maxAge >= 0 && maxAge <= longest)) {
    faults.add("cors.maxAge", `is ${String(maxAge)}`, `write 0 to ${String(longest)} seconds`);
  }
}
