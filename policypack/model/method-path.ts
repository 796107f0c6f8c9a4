/** The key of method settings, read as AWS reads it. */
export interface MethodPath {
  /** With a leading slash: `/pets/{id}`; `*` for all methods of the stage. */
  readonly path: string;
  /** Upper case: `GET`; `*` for all, "" where the key names none. */
  readonly method: string;
  /** All methods of the stage. */
  readonly all: boolean;
  /** Why AWS refuses it, if it does: `it does not end in a method`. */
  readonly malformed?: string;
}

/** Method settings of a stage as CloudFormation and aws-native write their key. */
export interface NativeMethodPath {
  /** `/~1some~1api`, `/` for the root, `/*` for all. */
  readonly resourcePath: string;
  /** `*` for all. */
  readonly httpMethod: string;
}

const methods: ReadonlySet<string> = new Set(["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"]);

/**
 * Reads `methodPath` of a `MethodSettings`. A star, a slash and a star are all methods of the stage. Anything else is
 * a path, a slash and a method, where every slash of the path is written `~1`: `~1pets~1{id}/GET`, `~1/GET` for the
 * root, and for one segment also `pets/GET`. A key that AWS refuses is read as it was meant, and says why.
 */
export function normaliseMethodPath(methodPath: string): MethodPath {
  const slash = methodPath.lastIndexOf("/");
  const left = methodPath.slice(0, Math.max(slash, 0));
  const method = methodPath.slice(slash + 1).toUpperCase();
  // Without a slash there is a path or a method, and the other is missing.
  if (slash < 0) {
    return methods.has(method)
      ? { path: "/", method, all: false, malformed: "it names no path before the method" }
      : { path: canonical(methodPath), method: "", all: false, malformed: "it does not end in a method" };
  }
  const all = method === "*" && (left === "*" || left === "/*");
  const path = all ? "*" : canonical(left);
  const malformed = fault(left, method);
  return { path, method, all, ...(malformed !== undefined && { malformed }) };
}

/** The key of inline method settings as `methodPath` writes it: its leading slash stands for nothing. */
export function fromNativeMethodPath({ resourcePath, httpMethod }: NativeMethodPath): string {
  const left = resourcePath.startsWith("/") ? resourcePath.slice(1) : resourcePath;
  return `${left === "" ? "~1" : left}/${httpMethod}`;
}

/** Unescaped, with one leading slash. */
function canonical(left: string): string {
  const plain = left.replace(/~[01]/g, (escape) => (escape === "~1" ? "/" : "~"));
  let start = 0;
  while (plain[start] === "/") start++;
  return `/${plain.slice(start)}`;
}

function fault(left: string, method: string): string | undefined {
  if (method === "") return "it ends in a slash and not in a method";
  if (left === "") return "it names no path before the method; the root is ~1";
  if (left.startsWith("/")) return "it starts with a slash that is not escaped as ~1";
  if (left === "*" && method === "*") return undefined;
  if (left.includes("*") || method === "*") return "a star stands for all paths and methods together or not at all";
  if (left.includes("/")) return "a slash of its path is not escaped as ~1";
  if (left.length > 2 && left.endsWith("~1")) return "its path ends in a slash";
  if (method === "ANY") return "a stage has no settings for ANY, only for each method";
  return methods.has(method) ? undefined : "it does not end in a method";
}
