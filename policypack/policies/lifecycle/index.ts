import type { AnyPolicy } from "../../core/policy";

export const lifecycle: readonly AnyPolicy[] = [];
