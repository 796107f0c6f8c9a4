import Module, { createRequire } from "node:module";

/**
 * Keeps a module from being loaded until something asks for what it exports. Where it is not to be found, or is loaded
 * already, everything stays as it was.
 */
function delay(name: string, from: string): void {
  let load: NodeJS.Require;
  let file: string;
  try {
    load = createRequire(require.resolve(from));
    file = load.resolve(name);
  } catch {
    return;
  }
  if (load.cache[file] !== undefined) return;
  const delayed = new Module(file);
  delayed.loaded = true;
  delayed.exports = new Proxy(
    {},
    {
      get: (_, key): unknown => {
        // Compiled TypeScript asks this of every module, and copies all that is in it if the answer is no.
        if (key === "__esModule") return true;
        if (load.cache[file] === delayed) Reflect.deleteProperty(load.cache, file);
        return Reflect.get(load(file) as object, key);
      },
    },
  );
  load.cache[file] = delayed;
}

// A quarter of the time that a pack takes to start: `@pulumi/pulumi` loads it for the functions of a program that become
// Lambda functions, and a pack has none. See docs/decisions/0007-light-start.md.
delay("@npmcli/arborist", "@pulumi/pulumi");
