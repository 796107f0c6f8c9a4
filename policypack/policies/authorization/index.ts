import type { AnyPolicy } from "../../core/policy";
import { authorizerCacheTtl } from "./authorizer-cache-ttl";
import { authorizerIdentitySource } from "./authorizer-identity-source";
import { authorizerInUse } from "./authorizer-in-use";
import { cognitoUserPoolStrength } from "./cognito-user-pool-strength";
import { jwtAuthorizerClaims } from "./jwt-authorizer-claims";
import { routeApiKeyOnly } from "./route-api-key-only";
import { routeAuthorization } from "./route-authorization";
import { routeAuthorizationScopes } from "./route-authorization-scopes";
import { routeAuthorizerAttached } from "./route-authorizer-attached";
import { routeCatchAll } from "./route-catch-all";

export const authorization: readonly AnyPolicy[] = [
  routeAuthorization,
  routeApiKeyOnly,
  routeAuthorizerAttached,
  routeAuthorizationScopes,
  routeCatchAll,
  authorizerIdentitySource,
  authorizerCacheTtl,
  jwtAuthorizerClaims,
  authorizerInUse,
  cognitoUserPoolStrength,
];
