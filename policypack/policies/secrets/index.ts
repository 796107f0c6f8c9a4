import type { AnyPolicy } from "../../core/policy";

export const secrets: readonly AnyPolicy[] = [];
