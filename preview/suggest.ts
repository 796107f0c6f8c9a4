import { closest, distance } from "fastest-levenshtein";

/** ` Did you mean "stage-web-acl"?`, or nothing where no name is near to what was written. */
export function suggestion(written: string, known: readonly string[]): string {
  if (known.length === 0) return "";
  const name = closest(written, [...known]);
  return distance(written, name) <= Math.max(2, name.length / 3) ? ` Did you mean "${name}"?` : "";
}
