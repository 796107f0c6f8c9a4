/** The key of method settings, read as AWS reads it. */
export interface MethodPath {
  /** With a leading slash: `/pets/{id}`; `*` for all. */
  readonly path: string;
  /** Upper case; `*` for all. */
  readonly method: string;
  /** All methods of the stage. */
  readonly all: boolean;
  /** Why AWS refuses it, if it does. */
  readonly malformed?: string;
}

/**
 * Reads `methodPath`: `*` + `/` + `*` is all methods, else a resource path, its inner slashes written `~1`, a slash
 * and the method: `~1pets~1{id}/GET`, or `pets/GET` for one segment, and `~1/GET` for the root.
 */
export function normaliseMethodPath(methodPath: string): MethodPath {
  const slash = methodPath.lastIndexOf("/");
  const left = slash < 0 ? methodPath : methodPath.slice(0, slash);
  const method = (slash < 0 ? "" : methodPath.slice(slash + 1)).toUpperCase();
  const all = (left === "*" || left === "/*" || left === "~1*") && method === "*";
  const plain = left.replace(/~1/g, "/").replace(/~0/g, "~");
  const path = all ? "*" : `/${plain.replace(/^\/+/, "")}`;
  const malformed = fault(left, method, methodPath);
  return malformed === undefined ? { path, method, all } : { path, method, all: false, malformed };
}

function fault(left: string, method: string, methodPath: string): string | undefined {
  if (method === "") return "it does not end in a method";
  if (left.startsWith("/") && methodPath !== "/*/*" && left !== "/") return "it starts with a slash that is not escaped";
  if (left.startsWith("/*")) return "it starts with a slash";
  if (left.includes("/") && left !== "/") return "its inner slashes are not escaped as ~1";
  return undefined;
}
