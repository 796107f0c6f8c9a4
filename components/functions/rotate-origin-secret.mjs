// Rotates the header by which an API knows that a call came through its distribution. The secret holds the value that is
// sent, the next one and the one before, all of which backends take, so that none is ever sent that they do not know.
import { rotate, secretsManager } from "./secrets.mjs";

/** Connects to CloudFront, with the SDK that Lambda brings. */
async function cloudFront() {
  const sdk = await import("@aws-sdk/client-cloudfront");
  const client = new sdk.CloudFrontClient({});
  return {
    async config(Id) {
      const answer = await client.send(new sdk.GetDistributionConfigCommand({ Id }));
      return { config: answer.DistributionConfig, tag: answer.ETag };
    },
    update: (Id, DistributionConfig, IfMatch) =>
      client.send(new sdk.UpdateDistributionCommand({ Id, DistributionConfig, IfMatch })),
  };
}

const headersOf = (config, header) =>
  config.Origins.Items.flatMap((origin) => origin.CustomHeaders?.Items ?? []).filter(
    ({ HeaderName }) => HeaderName.toLowerCase() === header.toLowerCase(),
  );

/** The steps for a distribution that sends `header`. */
export function stepsFor({ distributionId, header }, front, password) {
  return {
    async create(text) {
      const { current, next } = JSON.parse(text);
      const rotatedAt = new Date().toISOString();
      return JSON.stringify({ current: next, next: await password(), previous: current, rotatedAt });
    },
    async set(text) {
      const { current } = JSON.parse(text);
      const { config, tag } = await front.config(distributionId);
      const headers = headersOf(config, header);
      if (headers.length === 0) throw new Error(`The distribution does not send ${header}.`);
      if (headers.every(({ HeaderValue }) => HeaderValue === current)) return;
      for (const one of headers) one.HeaderValue = current;
      await front.update(distributionId, config, tag);
    },
    async test(text) {
      const { current } = JSON.parse(text);
      const { config } = await front.config(distributionId);
      if (headersOf(config, header).some(({ HeaderValue }) => HeaderValue !== current)) {
        throw new Error("The distribution does not send the new value.");
      }
    },
    retire: async () => undefined,
  };
}

export async function handler(event) {
  const { DISTRIBUTION_ID: distributionId, HEADER_NAME: header } = process.env;
  const secrets = await secretsManager();
  const steps = stepsFor({ distributionId, header }, await cloudFront(), () => secrets.password(48));
  await rotate(event, secrets, steps);
}
