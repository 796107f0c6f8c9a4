import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import * as path from "node:path";

const pack = path.join(__dirname, "..", "policypack");

/** What a program prints that runs as a module of the pack does, after its entry has prepared the start. */
function run(program: string): unknown {
  const before = `
    require(${JSON.stringify(path.join(pack, "bin", "light-start.js"))});
    const file = require.resolve("@npmcli/arborist", { paths: [require.resolve("@pulumi/pulumi")] });
    const loaded = () => Object.keys(require.cache).some((name) => name.endsWith("build-ideal-tree.js"));`;
  const output = execFileSync(process.execPath, ["--eval", before + program], { cwd: pack, encoding: "utf8" });
  return JSON.parse(output);
}

describe("the start of the pack", () => {
  it("loads the resolver of npm only when it is asked for", () => {
    const found = run(`
      require("@pulumi/policy");
      const before = loaded();
      const { Arborist } = require(file);
      console.log(JSON.stringify([before, loaded(), typeof Arborist, require(file).Arborist === Arborist]));`);
    assert.deepEqual(found, [false, true, "function", true]);
  });

  it("leaves Pulumi able to find the packages of a function", () => {
    const found = run(`
      const pulumi = require("@pulumi/pulumi");
      pulumi.runtime.computeCodePaths().then((paths) => {
        console.log(JSON.stringify([loaded(), [...paths.keys()].some((name) => name.includes("yaml"))]));
      });`);
    assert.deepEqual(found, [true, true]);
  });

  it("leaves what is loaded already as it is", () => {
    const found = run(`
      const { Arborist } = require(file);
      delete require.cache[require.resolve("./bin/light-start.js")];
      require("./bin/light-start.js");
      console.log(JSON.stringify(require(file).Arborist === Arborist));`);
    assert.equal(found, true);
  });
});
