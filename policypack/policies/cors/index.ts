import type { AnyPolicy } from "../../core/policy";

export const cors: readonly AnyPolicy[] = [];
