import type { AnyPolicy } from "../../core/policy";
import { hardcodedSecrets } from "./hardcoded-secrets";

export const secrets: readonly AnyPolicy[] = [hardcodedSecrets];
