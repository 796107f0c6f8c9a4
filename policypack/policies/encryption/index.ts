import type { AnyPolicy } from "../../core/policy";
import { apiTls } from "./api-tls";
import { backendClientCertificate } from "./backend-client-certificate";
import { cacheEncryption } from "./cache-encryption";
import { cacheIsolation } from "./cache-isolation";
import { domainCertificate } from "./domain-certificate";
import { domainMutualTls } from "./domain-mutual-tls";
import { domainTls } from "./domain-tls";

export const encryption: readonly AnyPolicy[] = [
  domainTls,
  apiTls,
  domainMutualTls,
  domainCertificate,
  backendClientCertificate,
  cacheEncryption,
  cacheIsolation,
];
