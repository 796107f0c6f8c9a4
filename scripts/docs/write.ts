// Writes the pages that are made of the policies and of the components.
import { mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import * as path from "node:path";
import { policies } from "../../policypack/policies";
import { messagesOf } from "../../tests/support/examples";
import { root } from "../../tests/support/command";
import { Pack } from "../../tests/support/stack";
import { simplest } from "../../tests/components/simplest";
import { componentPages } from "./components";
import { pages } from "./pages";

async function main(): Promise<void> {
  const pack = await Pack.boot();
  try {
    const made = [
      ...(await pages(policies, (policy, example) => messagesOf(pack, policy, example))),
      ...(await componentPages(simplest)),
    ];
    for (const name of ["policies", "components"]) {
      const directory = path.join(root, "docs", name);
      mkdirSync(directory, { recursive: true });
      for (const page of readdirSync(directory)) rmSync(path.join(directory, page));
    }
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
