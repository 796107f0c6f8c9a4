// Writes the pages that are made of the policies.
import { mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import * as path from "node:path";
import { policies } from "../../policypack/policies";
import { messagesOf } from "../../tests/support/examples";
import { root } from "../../tests/support/command";
import { Pack } from "../../tests/support/stack";
import { pages } from "./pages";

async function main(): Promise<void> {
  const pack = await Pack.boot();
  try {
    const made = await pages(policies, (policy, example) => messagesOf(pack, policy, example));
    const directory = path.join(root, "docs", "policies");
    mkdirSync(directory, { recursive: true });
    for (const name of readdirSync(directory)) rmSync(path.join(directory, name));
    for (const { file, text } of made) writeFileSync(path.join(root, file), text);
    console.log(`Wrote ${String(made.length)} pages.`);
  } finally {
    pack.close();
  }
}

main()
  .then(() => process.exit(0))
  .catch((error: unknown) => {
    console.error(error);
    process.exit(1);
  });
