import type { AnyPolicy } from "../../core/policy";

export const encryption: readonly AnyPolicy[] = [];
