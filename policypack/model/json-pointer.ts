import { isRecord } from "./bag";

/** What a JSON pointer such as `#/definitions/Order` leads to in a document. */
export function atPointer(document: unknown, reference: string): unknown {
  if (reference === "#") return document;
  if (!reference.startsWith("#/")) return undefined;
  let target: unknown = document;
  for (const part of reference.slice(2).split("/")) {
    const key = unescaped(part);
    if (isRecord(target)) target = Object.hasOwn(target, key) ? target[key] : undefined;
    else if (Array.isArray(target)) target = (target as readonly unknown[])[Number(key)];
    else return undefined;
  }
  return target;
}

/** The name behind one step of a reference. */
export function unescaped(part: string): string {
  let plain = part;
  try {
    plain = decodeURIComponent(part);
  } catch {
    // A per cent sign of its own.
  }
  return plain.replace(/~[01]/g, (escape) => (escape === "~1" ? "/" : "~"));
}
