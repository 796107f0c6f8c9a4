// A Lambda authorizer: lets in calls that came through the distribution, which alone knows the secret header, and, where
// an issuer is named, only those that show a token of it.
import { createHash, timingSafeEqual } from "node:crypto";
import { readValues } from "./origin-values.mjs";
import { tokens } from "./tokens.mjs";

const digest = (text) => createHash("sha256").update(text).digest();

/** Whether `given` is one of `values`, in a time that tells nothing of how much of it is right. */
function isOneOf(given, values) {
  const own = digest(given);
  let found = false;
  for (const value of values) if (timingSafeEqual(own, digest(value))) found = true;
  return found;
}

/** A header, whatever the case of its name: HTTP APIs write names in lower case, others as the caller did. */
function headerOf(event, name) {
  const entry = Object.entries(event.headers ?? {}).find(([key]) => key.toLowerCase() === name.toLowerCase());
  return typeof entry?.[1] === "string" ? entry[1] : undefined;
}

/** In the form that the event's own asks for: a simple answer, or a policy. */
function answer(event, allowed, principalId, context) {
  if (event.version === "2.0") return { isAuthorized: allowed, context };
  return {
    principalId,
    policyDocument: {
      Version: "2012-10-17",
      Statement: [
        {
          Effect: allowed ? "Allow" : "Deny",
          Action: "execute-api:Invoke",
          Resource: event.methodArn ?? event.routeArn,
        },
      ],
    },
    context,
  };
}

/**
 * Decides on calls. `values()` gives the values of the header that are taken; `verify(token)` gives the claims of a good
 * token and throws of any other; undefined where no token is asked for.
 */
export function authorizer({ header, values, verify }) {
  return async (event) => {
    const given = headerOf(event, header);
    if (given === undefined || !isOneOf(given, await values())) return answer(event, false, "unknown", {});
    if (verify === undefined) return answer(event, true, "distribution", {});
    const [, token] = /^Bearer ([\w-]+\.[\w-]+\.[\w-]+)$/i.exec(headerOf(event, "authorization") ?? "") ?? [];
    if (token === undefined) return answer(event, false, "unknown", {});
    let claims;
    try {
      claims = await verify(token);
    } catch (error) {
      // Why, without the token.
      console.warn(JSON.stringify({ refused: error.message }));
      return answer(event, false, "unknown", {});
    }
    const subject = String(claims.sub ?? "token");
    return answer(event, true, subject, { sub: subject, scope: String(claims.scope ?? "") });
  };
}

let decide;

export async function handler(event) {
  const { SECRET_ARN: secret, HEADER_NAME: header, TOKEN_ISSUER: issuer, TOKEN_AUDIENCES, TOKEN_SCOPES } = process.env;
  decide ??= authorizer({
    header,
    values: await readValues(secret),
    verify:
      issuer === undefined
        ? undefined
        : tokens({ issuer, audiences: JSON.parse(TOKEN_AUDIENCES), scopes: JSON.parse(TOKEN_SCOPES ?? "[]") }),
  });
  return decide(event);
}
