/** The mistakes planted in insecure-orders, by their numbers there. */
export const planted: readonly (readonly [policy: string, resource: string])[] = [
  ["route-authorization", "list-orders"],
  ["route-api-key-only", "create-order"],
  ["route-authorizer-attached", "read-order"],
  ["stage-access-logging", "prod"],
  ["stage-web-acl", "prod"],
  ["usage-plan-attached", "prod"],
  ["stage-throttling", "prod"],
  ["stage-execution-logging", "prod"],
  ["stage-metrics", "prod"],
  ["stage-data-trace", "prod"],
  ["usage-plan-limits", "partners"],
  ["usage-plan-attached", "partners"],
  ["stage-environment", "prod"],
  ["route-request-validation", "create-order"],
  ["cors-origins", "default_4xx"],
  ["api-tls", "orders"],
  ["api-alarms", "orders"],
  ["hardcoded-secrets", "orders"],
];

export const sorted = (pairs: readonly (readonly string[])[]): string[] => pairs.map((pair) => pair.join(" ")).sort();
