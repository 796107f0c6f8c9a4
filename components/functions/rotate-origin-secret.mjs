// Rotates the header by which an API knows that a call came through its distribution. The secret holds the value that is
// sent, the next one and the one before. Authorizers take all three, so that none is ever sent that they do not know,
// however long a change of the distribution takes to reach the last edge.
import { rotate, secretsManager } from "./secrets.mjs";

/** Connects to CloudFront, with the SDK that Lambda brings. */
export async function cloudFront(settings = { region: "us-east-1" }) {
  const sdk = await import("@aws-sdk/client-cloudfront");
  const client = new sdk.CloudFrontClient(settings);
  return {
    async read(Id) {
      const answer = await client.send(new sdk.GetDistributionConfigCommand({ Id }));
      return { config: answer.DistributionConfig, tag: answer.ETag };
    },
    update: (Id, DistributionConfig, IfMatch) =>
      client.send(new sdk.UpdateDistributionCommand({ Id, DistributionConfig, IfMatch })),
  };
}

const headersOf = (config, header) =>
  (config.Origins?.Items ?? [])
    .flatMap((origin) => origin.CustomHeaders?.Items ?? [])
    .filter(({ HeaderName }) => HeaderName.toLowerCase() === header.toLowerCase());

/** The steps for a distribution that sends `header`. */
export function stepsFor({ distributionId, header }, front, password, now = () => new Date()) {
  return {
    async create(text) {
      const { current, next } = JSON.parse(text);
      return JSON.stringify({
        current: next,
        next: await password(),
        previous: current,
        rotatedAt: now().toISOString(),
      });
    },
    async set(text) {
      const { current } = JSON.parse(text);
      const { config, tag } = await front.read(distributionId);
      const headers = headersOf(config, header);
      if (headers.length === 0) throw new Error(`The distribution does not send ${header}.`);
      if (headers.every(({ HeaderValue }) => HeaderValue === current)) return;
      for (const one of headers) one.HeaderValue = current;
      await front.update(distributionId, config, tag);
    },
    async test(text) {
      const { current } = JSON.parse(text);
      const { config } = await front.read(distributionId);
      const headers = headersOf(config, header);
      if (headers.length === 0 || headers.some(({ HeaderValue }) => HeaderValue !== current)) {
        throw new Error("The distribution does not send the value that the secret holds.");
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
