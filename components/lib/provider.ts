import { readFileSync } from "node:fs";
import type { Faults } from "./faults";

/** The major version of `@pulumi/aws` that the program uses. */
export function providerMajor(): number {
  const manifest = JSON.parse(readFileSync(require.resolve("@pulumi/aws/package.json"), "utf8")) as {
    readonly version: string;
  };
  return Number(manifest.version.replace(/^v/, "").split(".")[0]);
}

/** What `field` asks for came with version 7 of the provider; older ones would leave it out silently. */
export function newerProvider(field: string, faults: Faults): void {
  const major = providerMajor();
  if (major >= 7) return;
  faults.add(field, `needs @pulumi/aws 7, and this program uses ${String(major)}`, "install @pulumi/aws 7");
}
