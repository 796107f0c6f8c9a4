import * as proxy from "@pulumi/policy/proxy";

/** What the SDK exports of its proxies and leaves out of its types. */
const sdk = proxy as unknown as {
  readonly UnknownValueError: new (sentinel: string, path: readonly string[]) => Error;
  readonly unknownStringValue: string;
};

/** The SDK's unknown-value error with our words: the only error that it turns into an advisory line. */
export function unverifiedError(message: string): Error {
  const error = new sdk.UnknownValueError(sdk.unknownStringValue, []);
  error.message = message;
  return error;
}
