// What the rotations share: the four steps by which Secrets Manager asks for a new value.

/** Connects to Secrets Manager, with the SDK that Lambda brings. */
export async function secretsManager(settings = {}) {
  const sdk = await import("@aws-sdk/client-secrets-manager");
  const client = new sdk.SecretsManagerClient(settings);
  return {
    /** The versions of a secret and their labels, and whether it is rotated. */
    describe: (SecretId) => client.send(new sdk.DescribeSecretCommand({ SecretId })),
    /** The text of a version; undefined where there is none. */
    async read(SecretId, VersionStage, VersionId) {
      try {
        const answer = await client.send(new sdk.GetSecretValueCommand({ SecretId, VersionStage, VersionId }));
        return answer.SecretString;
      } catch (error) {
        if (error.name === "ResourceNotFoundException") return undefined;
        throw error;
      }
    },
    write: (SecretId, ClientRequestToken, SecretString) =>
      client.send(
        new sdk.PutSecretValueCommand({ SecretId, ClientRequestToken, SecretString, VersionStages: ["AWSPENDING"] }),
      ),
    promote: (SecretId, MoveToVersionId, RemoveFromVersionId) =>
      client.send(
        new sdk.UpdateSecretVersionStageCommand({
          SecretId,
          VersionStage: "AWSCURRENT",
          MoveToVersionId,
          RemoveFromVersionId,
        }),
      ),
    async password(PasswordLength) {
      const answer = await client.send(
        new sdk.GetRandomPasswordCommand({ PasswordLength, ExcludePunctuation: true, IncludeSpace: false }),
      );
      return answer.RandomPassword;
    },
  };
}

/**
 * Runs one step of a rotation. Secrets Manager may ask for a step again; it does no more the second time.
 *
 * `steps.create(current, token)` gives the new text; `steps.set(pending)` puts it to use beside the old;
 * `steps.test(pending)` throws unless it works; `steps.retire(pending)` ends what is older still.
 */
export async function rotate(event, secrets, steps) {
  const { SecretId: id, ClientRequestToken: token, Step: step } = event;
  const described = await secrets.describe(id);
  if (described.RotationEnabled !== true) throw new Error("The secret is not rotated.");
  const versions = described.VersionIdsToStages ?? {};
  const labels = versions[token];
  if (labels === undefined) throw new Error("The secret has no such version.");
  if (labels.includes("AWSCURRENT")) {
    // Promoted by an earlier try, which may have stopped before it retired anything.
    if (step === "finishSecret") await steps.retire(await secrets.read(id, "AWSCURRENT"));
    return;
  }
  if (!labels.includes("AWSPENDING")) throw new Error("The version is not pending.");

  const pending = await secrets.read(id, "AWSPENDING", token);
  if (step === "createSecret") {
    if (pending !== undefined) return;
    await secrets.write(id, token, await steps.create(await secrets.read(id, "AWSCURRENT"), token));
    return;
  }
  if (step === "testSecret") {
    // When rotation is switched on, Secrets Manager asks for this step alone, of a version that holds nothing.
    await steps.test(pending ?? (await secrets.read(id, "AWSCURRENT")));
    return;
  }
  if (pending === undefined) throw new Error("The version is empty.");
  if (step === "setSecret") await steps.set(pending);
  else if (step === "finishSecret") {
    const [old] = Object.entries(versions).find(([, those]) => those.includes("AWSCURRENT")) ?? [];
    await secrets.promote(id, token, old);
    await steps.retire(pending);
  } else throw new Error(`There is no step ${step}.`);
}
