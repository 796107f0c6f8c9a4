import assert from "node:assert/strict";
import { judge, judgeCases, never, Stack } from "../support/cases";
import type { Case, Made } from "../support/cases";

const throttling = "stage-throttling";
const attached = "usage-plan-attached";

const limits = { throttlingRateLimit: 100, throttlingBurstLimit: 50 };

function rest(stack: Stack, name = "orders"): { readonly api: Made; readonly stage: Made } {
  const api = stack.add("apigateway.RestApi", name);
  const deployment = stack.add("apigateway.Deployment", name, { restApi: api.id });
  const stage = stack.add("apigateway.Stage", name, { restApi: api.id, deployment: deployment.id, stageName: "prod" });
  return { api, stage };
}

function settings(
  stack: Stack,
  of: { api: Made; stage: Made },
  methodPath: unknown,
  values: object,
  name = "all",
): void {
  stack.add("apigateway.MethodSettings", name, {
    restApi: of.api.id,
    stageName: of.stage.out("stageName"),
    methodPath,
    settings: values,
  });
}

function http(stack: Stack, stage: object, ...routeKeys: readonly string[]): void {
  const api = stack.add("apigatewayv2.Api", "orders", { protocolType: "HTTP" });
  for (const routeKey of routeKeys) stack.add("apigatewayv2.Route", routeKey, { apiId: api.id, routeKey });
  stack.add("apigatewayv2.Stage", "prod", { apiId: api.id, name: "prod", ...stage });
}

const native = (stack: Stack, methodSettings: unknown): void => {
  const api = stack.add("aws-native:apigateway:RestApi", "orders");
  const place = { restApiId: api.id, deploymentId: "d1", stageName: "prod" };
  stack.add("aws-native:apigateway:Stage", "prod", { ...place, methodSettings });
};

const stages: Case[] = [
  ...[100, 0, never()].map((burst): Case => {
    const verdict = burst === 100 ? "passes" : burst === 0 ? "fails" : "unverified";
    return {
      title: `settings of one method of another stack's stage, with a burst limit that ${verdict}`,
      policy: throttling,
      verdict,
      build: (stack) => {
        const place = { restApi: "a1b2c3d4e5", stageName: "prod", methodPath: "orders/GET" };
        const values = { throttlingRateLimit: 100, throttlingBurstLimit: burst };
        stack.add("apigateway.MethodSettings", "orders", { ...place, settings: values });
      },
    };
  }),
  {
    title: "every route of an HTTP stage has limits of its own",
    policy: throttling,
    verdict: "passes",
    build: (stack) => {
      http(stack, { routeSettings: [{ routeKey: "GET /a", ...limits }] }, "GET /a");
    },
  },
  {
    title: "one of two routes of an HTTP stage has limits of its own",
    policy: throttling,
    verdict: "fails",
    build: (stack) => {
      http(stack, { routeSettings: [{ routeKey: "GET /a", ...limits }] }, "GET /a", "GET /b");
    },
  },
  {
    title: "limits of a route that is not known yet",
    policy: throttling,
    verdict: "unverified",
    build: (stack) => {
      http(stack, { defaultRouteSettings: limits, routeSettings: [never()] }, "GET /a");
    },
  },
  {
    title: "route settings that are not known yet may limit every route",
    policy: throttling,
    verdict: "unverified",
    build: (stack) => {
      http(stack, { routeSettings: [{ routeKey: never(), ...limits }] }, "GET /a");
    },
  },
  {
    title: "method settings whose path is not known yet may be those for all methods",
    policy: throttling,
    verdict: "unverified",
    build: (stack) => {
      settings(stack, rest(stack), never(), limits);
    },
  },
  {
    title: "aws-native method settings that are not known yet",
    policy: throttling,
    verdict: "unverified",
    build: (stack) => {
      native(stack, never());
    },
  },
  {
    title: "one aws-native method setting is not known yet",
    policy: throttling,
    verdict: "unverified",
    build: (stack) => {
      native(stack, [never()]);
    },
  },
  {
    title: "-1 for both limits, which switches them off",
    policy: throttling,
    verdict: "fails",
    build: (stack) => {
      settings(stack, rest(stack), "*/*", { throttlingRateLimit: -1, throttlingBurstLimit: -1 });
    },
  },
  {
    title: "method settings of a stage of the same name, of another API",
    policy: throttling,
    verdict: "fails",
    build: (stack) => {
      rest(stack, "billing");
      settings(stack, rest(stack), "*/*", limits);
    },
  },
];

/** A stage with limits for these methods of a route that takes any. */
function any(stack: Stack, methods: readonly string[]): void {
  const orders = rest(stack);
  const place = { restApi: orders.api.id, resourceId: orders.api.out("rootResourceId") };
  stack.add("apigateway.Method", "any", { ...place, httpMethod: "ANY", authorization: "AWS_IAM" });
  for (const method of methods) settings(stack, orders, `~1/${method}`, limits, method);
}

const verbs = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD"];

stages.push(
  {
    title: "two settings for all methods, of which one has the limits and the other lifts them",
    policy: throttling,
    verdict: "fails",
    build: (stack) => {
      const orders = rest(stack);
      settings(stack, orders, "*/*", { loggingLevel: "INFO" }, "logs");
      settings(stack, orders, "*/*", limits, "limits");
    },
  },
  {
    title: "the same in the other order",
    policy: throttling,
    verdict: "fails",
    build: (stack) => {
      const orders = rest(stack);
      settings(stack, orders, "*/*", limits, "limits");
      settings(stack, orders, "*/*", { loggingLevel: "INFO" }, "logs");
    },
  },
  {
    title: "the other of two settings for all methods switches the log off",
    policy: "stage-execution-logging",
    verdict: "fails",
    build: (stack) => {
      const orders = rest(stack);
      settings(stack, orders, "*/*", { ...limits, loggingLevel: "INFO" }, "logs");
      settings(stack, orders, "*/*", { ...limits, loggingLevel: "OFF" }, "none");
    },
  },
  {
    title: "a limit that is no number",
    policy: throttling,
    verdict: "unverified",
    build: (stack) => {
      settings(stack, rest(stack), "*/*", { throttlingRateLimit: NaN, throttlingBurstLimit: 50 });
    },
  },
  {
    title: "method settings of ANY, which AWS refuses",
    policy: throttling,
    verdict: "fails",
    build: (stack) => {
      any(stack, ["ANY"]);
    },
  },
  {
    title: "limits of every method that ANY stands for",
    policy: throttling,
    verdict: "passes",
    build: (stack) => {
      any(stack, [...verbs, "OPTIONS"]);
    },
  },
  {
    title: "limits of all methods but one that ANY stands for",
    policy: throttling,
    verdict: "fails",
    build: (stack) => {
      any(stack, verbs);
    },
  },
);

const keyed = (stack: Stack, api: Made): Made =>
  stack.add("apigateway.Method", "create", {
    restApi: api.id,
    resourceId: api.out("rootResourceId"),
    httpMethod: "POST",
    authorization: "AWS_IAM",
    apiKeyRequired: true,
  });

const plan = (stack: Stack, apiId: unknown, stage: unknown): Made =>
  stack.add("apigateway.UsagePlan", "partners", { apiStages: [{ apiId, stage }] });

const plans: readonly Case[] = [
  {
    title: "a plan names another stage of the API",
    policy: attached,
    verdict: "fails",
    build: (stack) => {
      const { api } = rest(stack);
      keyed(stack, api);
      plan(stack, api.id, "dev");
    },
  },
  {
    title: "a plan names a stage of the same name, of another API",
    policy: attached,
    verdict: "fails",
    build: (stack) => {
      const { api } = rest(stack);
      keyed(stack, api);
      plan(stack, stack.add("apigateway.RestApi", "billing").id, "prod");
    },
  },
  {
    title: "a plan names the API, and a stage that is not known yet",
    policy: attached,
    verdict: "unverified",
    build: (stack) => {
      const { api } = rest(stack);
      keyed(stack, api);
      plan(stack, api.id, never());
    },
  },
  {
    title: "a plan names the stage by its literal name",
    policy: attached,
    verdict: "passes",
    build: (stack) => {
      const { api } = rest(stack);
      keyed(stack, api);
      plan(stack, api.id, "prod");
    },
  },
];

describe("cases of throttling", () => {
  judgeCases([...stages, ...plans]);
});

describe("route settings with no limits", () => {
  const saidOf = (token: string, settings: object): string => {
    const stack = new Stack("keep", "dev");
    const names = token.startsWith("aws-native") ? { stageName: "prod" } : { name: "prod" };
    stack.add(token, "prod", { apiId: "a1b2c3d4e5", ...names, defaultRouteSettings: settings });
    return judge(throttling, stack.made).faults.join("\n");
  };

  it("are sent as 0 by the bridged provider, and refuse every call", () => {
    assert.match(saidOf("apigatewayv2.Stage", { detailedMetricsEnabled: true }), /refuses calls/);
  });

  it("are left out by aws-native, and limit nothing", () => {
    const said = saidOf("aws-native:apigatewayv2:Stage", { detailedMetricsEnabled: true });
    assert.match(said, /has `defaultRouteSettings` that set no rate or burst limit, so the stage is not throttled/);
  });

  it("refuse every call by a 0 that aws-native was given", () => {
    const said = saidOf("aws-native:apigatewayv2:Stage", { throttlingRateLimit: 0, throttlingBurstLimit: 50 });
    assert.match(said, /refuses calls/);
  });
});
