import type { AnyPolicy } from "../core/policy";
import { authorization } from "./authorization";
import { cors } from "./cors";
import { encryption } from "./encryption";
import { exposure } from "./exposure";
import { isolation } from "./isolation";
import { lifecycle } from "./lifecycle";
import { logging } from "./logging";
import { secrets } from "./secrets";
import { throttling } from "./throttling";
import { validation } from "./validation";
import { waf } from "./waf";

/** Every policy but `exemptions-in-force`, which the pack adds last. */
export const policies: readonly AnyPolicy[] = [
  ...authorization,
  ...throttling,
  ...logging,
  ...waf,
  ...isolation,
  ...validation,
  ...exposure,
  ...encryption,
  ...cors,
  ...secrets,
  ...lifecycle,
];
