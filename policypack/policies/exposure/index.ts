import type { AnyPolicy } from "../../core/policy";

export const exposure: readonly AnyPolicy[] = [];
