/** Services as HTTP APIs name them, with the actions that these call without a function in between. */
const services: Readonly<Record<string, readonly [name: string, ...actions: string[]]>> = {
  appconfig: ["AppConfig", "GetConfiguration"],
  events: ["EventBridge", "PutEvents"],
  kinesis: ["Kinesis", "PutRecord"],
  sqs: ["SQS", "SendMessage", "ReceiveMessage", "DeleteMessage", "PurgeQueue"],
  states: ["StepFunctions", "StartExecution", "StartSyncExecution", "StopExecution"],
};

/** All that there are, as `sqs SendMessage`. */
export const httpSubtypes: readonly string[] = Object.entries(services).flatMap(([service, [, ...actions]]) =>
  actions.map((action) => `${service} ${action}`),
);

/** `SQS-SendMessage` of `sqs` and `SendMessage`; undefined where there is none. */
export function httpSubtype(service: string, action: string): string | undefined {
  const [name, ...actions] = Object.entries(services).find(([known]) => known === service)?.[1] ?? [];
  return name !== undefined && actions.includes(action) ? `${name}-${action}` : undefined;
}
