/**
 * Whether a glob matches a whole text. `*` stands for any run of characters, `?` for one. Linear in the text for
 * each star, with no regular expression, so that no pattern can make it slow.
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
    } else return false;
  }
  while (p < glob.length && glob[p] === "*") p++;
  return p === glob.length;
}
