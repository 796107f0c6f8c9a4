import type { AnyPolicy } from "../core/policy"; export const policies: readonly AnyPolicy[] = [];
