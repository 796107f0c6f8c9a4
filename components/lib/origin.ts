import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Faults } from "./faults";
import { isRecord } from "./values";

/** The header by which an API knows its distribution. */
export const defaultHeader = "x-origin-verify";

export function checkHeader(headerName: string, field: string, faults: Faults): void {
  if (!/^x-[a-z0-9-]+$/.test(headerName) || headerName.startsWith("x-amz-") || headerName.startsWith("x-edge-")) {
    faults.add(field, `is ${JSON.stringify(headerName)}`, `write a name of your own, as ${defaultHeader}`);
  }
}

/** The value that the secret says is sent now. */
export function originHeader(
  secretId: pulumi.Input<string>,
  parent: pulumi.Resource,
  faults: Faults,
): pulumi.Output<string> {
  const { secretString } = aws.secretsmanager.getSecretVersionOutput({ secretId }, { parent });
  return pulumi.secret(
    secretString.apply((text) => {
      const current = currentOf(text);
      if (current !== undefined) return current;
      throw faults.late("originSecret.secretArn", "holds no value that is current", "give that of an `OriginSecret`");
    }),
  );
}

/** The value of which a secret's text says that it is current; a text that is no JSON says it of none. */
function currentOf(text: string): string | undefined {
  try {
    const content: unknown = JSON.parse(text);
    const current = isRecord(content) ? content["current"] : undefined;
    return typeof current === "string" && current !== "" ? current : undefined;
  } catch {
    return undefined;
  }
}
