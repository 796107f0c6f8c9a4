import type { Cors } from "../args";
import type { Controls } from "./controls";
import type { IsolationPlan } from "./environment";
import type { Faults } from "./faults";

/** The longest that a browser may remember a preflight, in seconds: a day. */
const longest = 86_400;

/** Headers that browsers may send from another origin. */
export const defaultCorsHeaders = [
  "authorization",
  "content-type",
  "x-amz-date",
  "x-amz-security-token",
  "x-api-key",
] as const;

/** Methods that browsers may use from another origin, where the user names none. */
export function corsMethods(methods: readonly string[]): readonly string[] {
  return methods.includes("ANY") ? ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD"] : [...new Set(methods)];
}

/** Checks CORS, and that no route answers the preflight beside it. */
export function planCors(
  cors: Cors | undefined,
  routes: readonly { readonly method: string; readonly field: string }[],
  isolation: IsolationPlan,
  controls: Controls,
  faults: Faults,
): Cors | undefined {
  if (cors === undefined) {
    controls.meet("cors-origins", "No other origin may call.");
    return undefined;
  }
  checkCors(cors, isolation, controls, faults);
  const options = routes.find((route) => route.method === "OPTIONS");
  if (options !== undefined)
    faults.add(options.field, "stands beside `cors`, which answers the preflight", "take one away");
  return cors;
}

function checkCors(cors: Cors, isolation: IsolationPlan, controls: Controls, faults: Faults): void {
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
