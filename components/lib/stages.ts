import type * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { environmentOf } from "./environment";
import type { IsolationPlan } from "./environment";
import type { Faults } from "./faults";

/** A stage, by the names that other resources call it. */
export interface StageNames {
  readonly apiId: pulumi.Input<string>;
  readonly stageName: pulumi.Input<string>;
}

/** The names of a stage; one that is tagged for another environment fails as soon as its tags are told. */
export function namesOf(
  field: string,
  stage: {
    readonly apiId: pulumi.Output<string>;
    readonly stageName: pulumi.Output<string>;
    readonly tags: pulumi.Output<Record<string, string> | undefined>;
  },
  isolation: IsolationPlan,
  faults: Faults,
): StageNames {
  const checked = (name: pulumi.Output<string>): pulumi.Output<string> =>
    pulumi.all([name, stage.tags]).apply(([told, tags]) => {
      const tag = Object.entries(tags ?? {}).find(([key]) => ["environment", "env"].includes(key.toLowerCase()));
      const environment = tag === undefined ? undefined : environmentOf(tag[1]);
      if (environment === undefined || environment === isolation.environment) return told;
      throw faults.late(
        field,
        `is a stage tagged "${tag?.[1] ?? ""}", and this is ${isolation.environment}`,
        "give each environment one of its own",
      );
    });
  return { apiId: checked(stage.apiId), stageName: checked(stage.stageName) };
}

/** What is asked of a stage of a REST API. */
export function restStage(given: pulumi.Input<aws.apigateway.Stage>): Parameters<typeof namesOf>[1] {
  const stage = pulumi.output(given);
  return {
    apiId: stage.apply((one) => one.restApi),
    stageName: stage.apply((one) => one.stageName),
    tags: stage.apply((one) => one.tags),
  };
}

/** What is asked of a stage of an HTTP or WebSocket API. */
export function secondStage(given: pulumi.Input<aws.apigatewayv2.Stage>): Parameters<typeof namesOf>[1] {
  const stage = pulumi.output(given);
  return {
    apiId: stage.apply((one) => one.apiId),
    stageName: stage.apply((one) => one.name),
    tags: stage.apply((one) => one.tags),
  };
}

/** A stage of another stack, whose name alone tells its environment. */
export function checkStageName(
  field: string,
  stageName: pulumi.Input<string> | undefined,
  isolation: IsolationPlan,
  faults: Faults,
): void {
  const told = typeof stageName === "string" ? environmentOf(stageName) : undefined;
  if (told === undefined || told === isolation.environment) return;
  faults.add(
    field,
    `is ${JSON.stringify(stageName)}, and this is ${isolation.environment}`,
    "give each environment one of its own",
  );
}
