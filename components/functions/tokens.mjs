/* global fetch, AbortSignal */
// Verifies tokens of an OpenID Connect issuer (RFC 7519, RFC 8725), with what Node.js itself has.
import { Buffer } from "node:buffer";
import { createPublicKey, verify as verifySignature } from "node:crypto";

/** The algorithms that are taken: none by a shared secret, and not `none`. */
const algorithms = {
  RS256: { hash: "sha256", isKey: (jwk) => jwk.kty === "RSA" },
  RS384: { hash: "sha384", isKey: (jwk) => jwk.kty === "RSA" },
  RS512: { hash: "sha512", isKey: (jwk) => jwk.kty === "RSA" },
  ES256: { hash: "sha256", isKey: (jwk) => jwk.kty === "EC" && jwk.crv === "P-256", ieee: true },
  ES384: { hash: "sha384", isKey: (jwk) => jwk.kty === "EC" && jwk.crv === "P-384", ieee: true },
};

/** Clocks may differ by this many seconds. */
const leeway = 30;
/** Keys are read again after an hour; for a key that is not known, after a minute. */
const keysAge = 3_600_000;
const retryAge = 60_000;

async function getJson(url) {
  if (!url.startsWith("https://")) throw new Error("The issuer's keys are not behind https.");
  const response = await fetch(url, { signal: AbortSignal.timeout(3000), redirect: "error" });
  if (!response.ok) throw new Error(`The issuer answered ${response.status}.`);
  return response.json();
}

/** The keys of an issuer, as its discovery document tells. */
export async function keysOf(issuer, get = getJson) {
  const found = await get(`${issuer.replace(/\/$/, "")}/.well-known/openid-configuration`);
  if (found.issuer !== issuer) throw new Error("The discovery document is another issuer's.");
  return (await get(found.jwks_uri)).keys ?? [];
}

const parsed = (part) => JSON.parse(Buffer.from(part, "base64url").toString("utf8"));

/** A function that gives the claims of a good token, and throws of any other. */
export function tokens({ issuer, audiences, scopes = [] }, readKeys = () => keysOf(issuer), now = Date.now) {
  let keys = [];
  let at = -Infinity;
  const keyFor = async ({ kid, alg }) => {
    const fits = (jwk) => jwk.kid === kid && (jwk.use ?? "sig") === "sig" && algorithms[alg].isKey(jwk);
    const age = now() - at;
    if (age > keysAge || (age > retryAge && !keys.some(fits))) {
      keys = await readKeys();
      at = now();
    }
    const found = keys.find(fits);
    if (found === undefined) throw new Error("The token is signed with a key that the issuer does not have.");
    return createPublicKey({ key: found, format: "jwk" });
  };
  return async (token) => {
    const [head, body, signature] = token.split(".");
    const header = parsed(head);
    if (!Object.hasOwn(algorithms, header.alg)) throw new Error("The token is signed in a way that is not taken.");
    if (header.crit !== undefined) throw new Error("The token asks for what is not known here.");
    const { hash, ieee } = algorithms[header.alg];
    const key = await keyFor(header);
    const settings = ieee ? { key, dsaEncoding: "ieee-p1363" } : key;
    const signed = Buffer.from(`${head}.${body}`);
    if (!verifySignature(hash, signed, settings, Buffer.from(signature, "base64url"))) {
      throw new Error("The signature of the token is wrong.");
    }
    const claims = parsed(body);
    const seconds = now() / 1000;
    if (claims.iss !== issuer) throw new Error("The token is another issuer's.");
    if (typeof claims.exp !== "number" || claims.exp < seconds - leeway) throw new Error("The token has expired.");
    if (claims.nbf !== undefined && !(claims.nbf <= seconds + leeway)) throw new Error("The token is not good yet.");
    // An access token of Cognito names its client elsewhere.
    const meant = claims.aud === undefined ? [claims.client_id] : [claims.aud].flat();
    if (!meant.some((one) => audiences.includes(one))) throw new Error("The token is for somebody else.");
    const granted = typeof claims.scope === "string" ? claims.scope.split(" ") : [];
    if (scopes.length > 0 && !scopes.some((scope) => granted.includes(scope))) {
      throw new Error("The token has none of the scopes.");
    }
    return claims;
  };
}
