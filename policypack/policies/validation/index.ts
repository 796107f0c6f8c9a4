import type { AnyPolicy } from "../../core/policy";

export const validation: readonly AnyPolicy[] = [];
