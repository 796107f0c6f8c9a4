// Registers what makes objects of references to functions.
import "@pulumi/aws/lambda";
import * as pulumi from "@pulumi/pulumi";

// From another language a function comes as a reference for each route that it answers, and Pulumi makes an object of each.
// Components know functions by their objects: in one program, what is referred to again is to be the object made first.

/** By what the program registers with, and by URN. */
const known = new WeakMap<object, Map<string, pulumi.Resource>>();

for (const kind of ["alias", "function"]) {
  const module = pulumi.runtime.getResourceModule("aws", `lambda/${kind}`, undefined);
  if (module === undefined) continue;
  const construct = module.construct.bind(module);
  module.construct = (name, type, urn) => {
    const monitor = pulumi.runtime.getMonitor();
    if (monitor === undefined || !type.startsWith(`aws:lambda/${kind}:`)) return construct(name, type, urn);
    const made = known.get(monitor) ?? new Map<string, pulumi.Resource>();
    known.set(monitor, made);
    const resource = made.get(urn) ?? construct(name, type, urn);
    made.set(urn, resource);
    return resource;
  };
}
