// The values of the origin's header, remembered for a minute.

const remembered = 60_000;

/** Values that a secret's text holds: the one that is sent, the next one and the one before. */
export function valuesIn(text) {
  const { current, next, previous } = JSON.parse(text);
  return [current, next, previous].filter((value) => typeof value === "string" && value !== "");
}

/** Reads again after a minute; what was read last is taken while the service does not answer, for ten at most. */
export function remembering(read, now = Date.now) {
  let values = [];
  let at = -Infinity;
  return async () => {
    if (now() - at < remembered) return values;
    try {
      values = valuesIn(await read());
      at = now();
    } catch (error) {
      if (now() - at > 10 * remembered) throw error;
      console.warn(JSON.stringify({ stale: error.name }));
    }
    return values;
  };
}

/** Connects to Secrets Manager, with the SDK that Lambda brings. */
export async function readValues(SecretId) {
  const sdk = await import("@aws-sdk/client-secrets-manager");
  const client = new sdk.SecretsManagerClient({});
  return remembering(async () => (await client.send(new sdk.GetSecretValueCommand({ SecretId }))).SecretString);
}
