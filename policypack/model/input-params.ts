/** All parameters of a request, in a mapping template. */
const everything = "input.params()";

/** What is taken of a map whose keys are not written there: all of it, one after the other. */
const iterated = /^\.(?:keySet|entrySet|values)\b|^\.get\(\s*\$/;

/**
 * Whether a mapping template hands on every header of a request, the caller's credentials among them, as the template
 * does that API Gateway's console offers for passing a request through.
 */
export function passesEveryHeader(template: string): boolean {
  const parameters = withAssigned(template, [everything]);
  const headers = withAssigned(
    template,
    parameters.map((name) => `${name}.header`),
  );
  return [...parameters, ...headers].some((name) =>
    usesOf(template, name).some((use) => iterated.test(use) || isPrinted(use)),
  );
}

/** These, and the variables that a template sets to one of them. */
function withAssigned(template: string, names: readonly string[]): string[] {
  const sets = template.matchAll(/#set\(\s*\$!?\{?(\w+)\}?\s*=\s*\$!?\{?([\w.()]{1,100})\}?\s*\)/g);
  return [...names, ...[...sets].flatMap(([, variable = "", value = ""]) => (names.includes(value) ? [variable] : []))];
}

/** What follows a name wherever a template uses it, but where a variable is set to it. */
function usesOf(template: string, name: string): string[] {
  const uses: string[] = [];
  for (const opening of ["$", "$!", "${", "$!{"]) {
    const written = opening + name;
    for (let at = template.indexOf(written); at >= 0; at = template.indexOf(written, at + 1)) {
      const before = template.slice(Math.max(at - 40, 0), at);
      if (!/=\s*$|#set\(\s*$/.test(before)) uses.push(template.slice(at + written.length, at + written.length + 40));
    }
  }
  return uses;
}

/** A map that stands alone is written out whole. */
const isPrinted = (use: string): boolean => !/^[\w.[(-]/.test(use);
