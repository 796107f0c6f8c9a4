import type { AnyPolicy } from "../../core/policy";
import { corsHeadersMethods } from "./cors-headers-methods";
import { corsOrigins } from "./cors-origins";

export const cors: readonly AnyPolicy[] = [corsOrigins, corsHeadersMethods];
