import type { AnyPolicy } from "../../core/policy";
import { apiKeyRotation } from "./api-key-rotation";
import { apiKeyValue } from "./api-key-value";
import { hardcodedSecrets } from "./hardcoded-secrets";
import { secretRotation } from "./secret-rotation";

export const secrets: readonly AnyPolicy[] = [hardcodedSecrets, apiKeyValue, apiKeyRotation, secretRotation];
