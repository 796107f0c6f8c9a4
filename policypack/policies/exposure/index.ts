import type { AnyPolicy } from "../../core/policy";
import { privateApiPolicy } from "./private-api-policy";
import { resourcePolicyPublic } from "./resource-policy-public";

export const exposure: readonly AnyPolicy[] = [resourcePolicyPublic, privateApiPolicy];
