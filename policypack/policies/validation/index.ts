import type { AnyPolicy } from "../../core/policy";
import { modelStrictness } from "./model-strictness";
import { openapiSecuritySchemes } from "./openapi-security-schemes";
import { routeRequestModel } from "./route-request-model";
import { routeRequestValidation } from "./route-request-validation";

export const validation: readonly AnyPolicy[] = [
  routeRequestValidation,
  routeRequestModel,
  modelStrictness,
  openapiSecuritySchemes,
];
