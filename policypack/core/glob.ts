/**
 * Whether a glob matches a whole text. `*` stands for any run of characters, slashes and colons among them, `?` for
 * one character; nothing else is special. Without `ignoreCase`, case matters.
 *
 * No regular expression is built, and only the last star is ever tried again: no pattern takes more steps than the
 * length of the text times its own.
 */
export function globMatches(pattern: string, text: string, ignoreCase = false): boolean {
  const glob = ignoreCase ? pattern.toLowerCase() : pattern;
  const subject = ignoreCase ? text.toLowerCase() : text;
  let p = 0;
  let t = 0;
  let star = -1;
  let mark = 0;
  while (t < subject.length) {
    if (p < glob.length && glob[p] === "*") {
      star = p++;
      mark = t;
    } else if (p < glob.length && (glob[p] === "?" || glob[p] === subject[t])) {
      p++;
      t++;
    } else if (star >= 0) {
      p = star + 1;
      t = ++mark;
      // Nothing but stars is left: they take the rest.
      if (p === glob.length) return true;
    } else return false;
  }
  while (p < glob.length && glob[p] === "*") p++;
  return p === glob.length;
}
