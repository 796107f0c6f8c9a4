import { Value } from "./value";

/** An assignment of the header in a mapping template, and what it is given. */
const assignment =
  /#set\(\s*\$!?\{?context\.responseOverride\.header(?:\.|\[\s*["']|\.get\(\s*["'])access-control-allow-origin(?:["']\s*[\])])?\}?\s*=\s*([^)\n]{1,300}?)\s*\)/gi;

/** What stands right before an assignment that is made on a condition. */
const guard = /#if\(((?:[^()#]|\([^()#]*\))*)\)\s*$/i;

const equals = /^\$!?\{?([A-Za-z][\w-]*)\}?\s*==\s*(?:"([^"$]*)"|'([^']*)')$/;
const contains = /^\$!?\{?([A-Za-z][\w-]*)\.contains\(\s*"?\$!?\{?([A-Za-z][\w-]*)\}?"?\s*\)\}?$/;

/**
 * The origins that a mapping template lets call, comma-separated as in a header; absent where it does not set
 * `Access-Control-Allow-Origin`. Known where it names an origin, or echoes the caller's on the condition that it is one of
 * those that stand in the template; whatever else a template does cannot be told from its text.
 */
export function originsOfTemplate(template: string): Value<string> {
  if (!/responseOverride\.header\b.{0,8}access-control-allow-origin/i.test(template)) return Value.absent();
  const origins: string[] = [];
  let end = 0;
  let matched = false;
  for (const { 0: whole, 1: given = "", index } of template.matchAll(assignment)) {
    const fixed = /^(?:"([^"$]*)"|'([^']*)')$/.exec(given);
    const echoed = /^"?\$!?\{?([A-Za-z][\w-]*)\}?"?$/.exec(given)?.[1];
    const condition = guard.exec(template.slice(end, index))?.[1];
    const named = fixed ? [fixed[1] ?? fixed[2] ?? ""] : listed(template, echoed, condition);
    if (named === undefined) return Value.unknown("unreadable");
    origins.push(...named);
    matched = true;
    end = index + whole.length;
  }
  return matched ? Value.known([...new Set(origins)].join(",")) : Value.unknown("unreadable");
}

/** The origins that a condition compares a variable with; undefined where it does anything else. */
function listed(template: string, variable: string | undefined, condition: string | undefined): string[] | undefined {
  if (variable === undefined || condition === undefined) return undefined;
  const origins: string[] = [];
  for (const part of condition.split("||").map((text) => text.trim())) {
    const compared = equals.exec(part);
    if (compared?.[1] === variable) {
      origins.push(compared[2] ?? compared[3] ?? "");
      continue;
    }
    const [, list, sought] = contains.exec(part) ?? [];
    const members = list === undefined || sought !== variable ? undefined : membersOf(template, list);
    if (members === undefined) return undefined;
    origins.push(...members);
  }
  return origins;
}

/** The texts of a list that a template sets once: `#set($allowed = ["https://a.example", "https://b.example"])`. */
function membersOf(template: string, name: string): string[] | undefined {
  const sets = [...template.matchAll(/#set\(\s*\$!?\{?([A-Za-z][\w-]*)\}?\s*=\s*([^)\n]{0,4000})\)/g)];
  const [only, ...more] = sets.filter(([, variable]) => variable === name);
  const inside = /^\[(.*)\]\s*$/.exec(only?.[2] ?? "")?.[1];
  if (inside === undefined || more.length > 0) return undefined;
  const members = inside.split(",").map((text) => /^\s*(?:"([^"$]*)"|'([^']*)')\s*$/.exec(text));
  return members.every((member) => member !== null) ? members.map((member) => member[1] ?? member[2] ?? "") : undefined;
}
