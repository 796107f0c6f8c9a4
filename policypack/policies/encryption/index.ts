import type { AnyPolicy } from "../../core/policy";
import { cacheEncryption } from "./cache-encryption";

export const encryption: readonly AnyPolicy[] = [cacheEncryption];
