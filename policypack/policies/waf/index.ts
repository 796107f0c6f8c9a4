import type { AnyPolicy } from "../../core/policy";
import { httpApiWebAcl } from "./http-api-web-acl";
import { stageWebAcl } from "./stage-web-acl";
import { webAclLogging } from "./web-acl-logging";
import { webAclRateLimit } from "./web-acl-rate-limit";
import { webAclRules } from "./web-acl-rules";

export const waf: readonly AnyPolicy[] = [stageWebAcl, httpApiWebAcl, webAclRules, webAclRateLimit, webAclLogging];
