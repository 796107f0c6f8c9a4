// Rotates the API keys of one client. The secret holds two that work: `current`, to be used now, and `next`, which will
// be current after the next rotation, so that API Gateway knows a key for long before anyone is told to use it. The key
// that was current works for one rotation more, as `previous`, for clients that remember it.
import { rotate, secretsManager } from "./secrets.mjs";

/** Connects to API Gateway, with the SDK that Lambda brings. */
export async function apiGateway(settings = {}) {
  const sdk = await import("@aws-sdk/client-api-gateway");
  const client = new sdk.APIGatewayClient(settings);
  const unless = (name) => (error) => {
    if (error.name !== name) throw error;
  };
  return {
    /** Makes a key of this name, or finds the one that an earlier try made. */
    async makeKey(name, description, tags) {
      const found = await client.send(new sdk.GetApiKeysCommand({ nameQuery: name, includeValues: true }));
      const known = found.items?.find((item) => item.name === name);
      return known ?? client.send(new sdk.CreateApiKeyCommand({ name, description, enabled: true, tags }));
    },
    attach: (usagePlanId, keyId) =>
      client
        .send(new sdk.CreateUsagePlanKeyCommand({ usagePlanId, keyId, keyType: "API_KEY" }))
        .catch(unless("ConflictException")),
    /** Whether calls with the key are taken. */
    async works(usagePlanId, keyId) {
      try {
        const { enabled } = await client.send(new sdk.GetApiKeyCommand({ apiKey: keyId }));
        await client.send(new sdk.GetUsagePlanKeyCommand({ usagePlanId, keyId }));
        return enabled === true;
      } catch (error) {
        if (error.name === "NotFoundException") return false;
        throw error;
      }
    },
    disable: (apiKey) =>
      client
        .send(
          new sdk.UpdateApiKeyCommand({
            apiKey,
            patchOperations: [{ op: "replace", path: "/enabled", value: "false" }],
          }),
        )
        .catch(unless("NotFoundException")),
    remove: (apiKey) => client.send(new sdk.DeleteApiKeyCommand({ apiKey })).catch(unless("NotFoundException")),
  };
}

/** The steps for clients of the plan `usagePlanId`; keys that are made are called by `prefix`, client and version. */
export function stepsFor({ usagePlanId, prefix, tags }, gateway, now = () => new Date()) {
  return {
    async create(text, token) {
      const { client, current, next, previous } = JSON.parse(text);
      const made = await gateway.makeKey(`${prefix}-${client}-${token}`, `Made by the rotation for ${client}.`, tags);
      return JSON.stringify({
        client,
        current: next,
        next: { id: made.id, value: made.value, made: true },
        previous: { id: current.id, made: current.made },
        ...(previous !== undefined && { retired: previous }),
        rotatedAt: now().toISOString(),
      });
    },
    set: (text) => gateway.attach(usagePlanId, JSON.parse(text).next.id),
    async test(text) {
      const { current, next } = JSON.parse(text);
      for (const { id } of [current, next]) {
        if (!(await gateway.works(usagePlanId, id))) throw new Error(`The key ${id} does not work.`);
      }
    },
    async retire(text) {
      const { retired } = JSON.parse(text);
      if (retired === undefined) return;
      // A key that the program describes stays, disabled, so that the program finds it; one that was made here goes.
      if (retired.made === true) await gateway.remove(retired.id);
      else await gateway.disable(retired.id);
    },
  };
}

export async function handler(event) {
  const { USAGE_PLAN_ID: usagePlanId, NAME_PREFIX: prefix, RESOURCE_TAGS: tags } = process.env;
  const settings = { usagePlanId, prefix, tags: JSON.parse(tags ?? "{}") };
  await rotate(event, await secretsManager(), stepsFor(settings, await apiGateway()));
}
