import type { AnyPolicy } from "../../core/policy";
import { routeApiKeyOnly } from "./route-api-key-only";
import { routeAuthorization } from "./route-authorization";
import { routeAuthorizerAttached } from "./route-authorizer-attached";

export const authorization: readonly AnyPolicy[] = [routeAuthorization, routeApiKeyOnly, routeAuthorizerAttached];
