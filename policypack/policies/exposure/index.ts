import type { AnyPolicy } from "../../core/policy";
import { endpointType } from "./endpoint-type";
import { integrationCredentials } from "./integration-credentials";
import { integrationEncrypted } from "./integration-encrypted";
import { integrationPrivate } from "./integration-private";
import { internalApiPrivate } from "./internal-api-private";
import { lambdaPermissionScope } from "./lambda-permission-scope";
import { privateApiPolicy } from "./private-api-policy";
import { resourcePolicyPublic } from "./resource-policy-public";

export const exposure: readonly AnyPolicy[] = [
  resourcePolicyPublic,
  privateApiPolicy,
  internalApiPrivate,
  endpointType,
  integrationEncrypted,
  integrationPrivate,
  integrationCredentials,
  lambdaPermissionScope,
];
