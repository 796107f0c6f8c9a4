import type { AnyPolicy } from "../../core/policy";
import { defaultEndpointDisabled } from "./default-endpoint-disabled";
import { endpointType } from "./endpoint-type";
import { gatewayResponses } from "./gateway-responses";
import { integrationCredentials } from "./integration-credentials";
import { integrationEncrypted } from "./integration-encrypted";
import { integrationPrivate } from "./integration-private";
import { internalApiPrivate } from "./internal-api-private";
import { lambdaPermissionScope } from "./lambda-permission-scope";
import { privateApiPolicy } from "./private-api-policy";
import { resourcePolicyPublic } from "./resource-policy-public";
import { vpcEndpointPolicy } from "./vpc-endpoint-policy";

export const exposure: readonly AnyPolicy[] = [
  resourcePolicyPublic,
  privateApiPolicy,
  internalApiPrivate,
  endpointType,
  defaultEndpointDisabled,
  integrationEncrypted,
  integrationPrivate,
  integrationCredentials,
  lambdaPermissionScope,
  vpcEndpointPolicy,
  gatewayResponses,
];
