export * from "./args";
export { ApiAccount } from "./api-account";
export type { ApiAccountArgs } from "./api-account";
export { RestApi } from "./rest-api";
export type { CanaryArgs, ResourcePolicyArgs, RestApiArgs, WafArgs } from "./rest-api";
export { WebAcl } from "./web-acl";
export type { WebAclArgs, WebAclRulesArgs } from "./web-acl";
