import { configurationSecret, credentialFormats } from "./credential-formats";

/** How a text is written, which says what in it is literal. */
export type Form =
  /** A value as it is: a stage variable, a variable of a function's environment. */
  | "value"
  /** A parameter mapping: a literal stands in single quotes, or begins with no `$`. */
  | "mapping"
  /** A mapping template, or other text that references may stand in. */
  | "template";

/**
 * What credential a text holds, as a sentence would name it: `an AWS access key id`, `what looks like a password`.
 * Undefined where it holds none. The text itself is never part of the answer.
 *
 * @param name - What the text is the value of, where that may tell: `DB_PASSWORD`, `integration.request.header.Token`.
 */
export function credentialIn(text: string, form: Form, name?: string): string | undefined {
  return (
    formatIn(text) ??
    passwordInUrl(text) ??
    (name === undefined ? undefined : namedCredential(name, literalPart(text, form), form)) ??
    assignedCredential(text, form)
  );
}

/** A credential that is told by its form alone. @param shown - Also of forms that documents show as examples. */
export function formatIn(text: string, shown = true): string | undefined {
  // By itself it is a value that is not known; here it is a part of one.
  if (text.includes(configurationSecret)) return "a secret of the stack's configuration";
  for (const format of credentialFormats) {
    if (!text.includes(format.hint) || (format.shown === true && !shown)) continue;
    const match = format.pattern.exec(text);
    if (match && !/[xX*]{6}|0{8}|\.{3}/.test(match[0])) return format.title;
  }
  return undefined;
}

/** A token that an expression for the validation of tokens spells out, where it should say how they look. */
export function tokenInExpression(expression: string): string | undefined {
  const literal = expression
    .replace(/^\^/, "")
    .replace(/\$$/, "")
    .replace(/^(?:Bearer|Basic)(?:\s|\\s[+*]?)/i, "");
  return formatIn(literal) ?? (/[\\^$.*+?()[\]{}|]/.test(literal) || !isRandom(literal) ? undefined : token.title);
}

/** Whether a name by itself says that its value is a credential: `DB_PASSWORD` does, `DB_PASSWORD_ARN` does not. */
export function isTellingName(name: string): boolean {
  const told = toldBy(name);
  return told !== undefined && told.strength !== "weak";
}

// Names

interface Told {
  readonly title: string;
  /**
   * `strong`: any literal is the credential. `name`: it may as well be the name of one that is kept elsewhere. `pair`:
   * `user:password`, or what looks random. `weak`: only what looks random is one.
   */
  readonly strength: "strong" | "name" | "pair" | "weak";
  /** Digits alone, or words with spaces between, may be one. */
  readonly password?: boolean;
}

const password: Told = { title: "what looks like a password", strength: "strong", password: true };
const secret: Told = { title: "what looks like a secret", strength: "strong" };
const namedSecret: Told = { title: "what looks like a secret", strength: "name" };
const token: Told = { title: "what looks like a token", strength: "strong" };
const key: Told = { title: "what looks like a key", strength: "strong" };
const weakKey: Told = { title: "what looks like a key", strength: "weak" };
const credentials: Told = { title: "what look like credentials", strength: "pair" };

const set = (words: string): ReadonlySet<string> => new Set(words.split(" "));

/** Words behind the telling one that change nothing: `API_KEY_PROD`, `JWT_SECRET_V2`. */
const trailing = set(
  "a b backup base64 b64 blue current default dev development encoded external fallback green hex internal live " +
    "local main master new next old plain plaintext prev previous primary prod production qa raw replica sandbox " +
    "secondary stage staging string temp test text tmp uat val value",
);
/** Words in front that make a switch, or an act, of it: `USE_API_KEY`, `RESET_PASSWORD`. */
const switches = set(
  "allow can disable disabled enable enabled forgot forgotten hide has is need needs no require required requires " +
    "should show skip use uses validate verify with without",
);
const acts = set("change forgot forgotten reset update");
const otherPasses = set("boarding by first high low single test two");
/** What a secret of a kind is for: then its value is the secret, and not the name of one. */
const secretsOf = set(
  "access admin api app application auth auth0 client consumer cookie csrf encryption github google hash hmac " +
    "integration jwt key login master nextauth oauth okta private rails refresh session shared signature signing slack " +
    "stripe super token twilio user webhook",
);
/** Tokens that are no credentials. */
const otherTokens = set("cancellation change continuation continue next page paging pagination resume start sync task");
const keysOf = set(
  "access anthropic api auth cipher consumer crypto datadog decryption encryption function functions hmac jwt license " +
    "mailgun master newrelic openai priv private secret sendgrid session signing ssh storage stripe token twilio",
);
/** Keys that are no credentials, be they as random as they like. */
const otherKeys = set(
  "attribute bucket cache cmk code composite config correlation data dedup deduplication dictionary event feature " +
    "field file flag foreign group hash idempotency index join json key kms lookup map message metric natural object " +
    "partition primary public publishable range record redis registry routing row s3 sequence site sort source " +
    "state table tag template translation unique",
);

/** What a name tells of its value, by the words that it ends in. */
function toldBy(name: string): Told | undefined {
  const words = wordsOf(name);
  while (words.length > 1 && isTrailing(words[words.length - 1] ?? "")) words.pop();
  const last = words.pop();
  if (last === undefined || switches.has(words[0] ?? "")) return undefined;
  const before = words[words.length - 1] ?? "";
  return passwordNamed(last, before) ?? secretNamed(last, before) ?? tokenNamed(last, before) ?? keyNamed(last, before);
}

function passwordNamed(last: string, before: string): Told | undefined {
  if (acts.has(before)) return undefined;
  if (/(?:password|passwd|passphrase|passcode)$/.test(last) || (last.endsWith("pwd") && last !== "cwd"))
    return password;
  if (last === "pass") return before !== "" && !otherPasses.has(before) ? password : undefined;
  return /^(?:db|smtp|user|admin|root|mail|ftp|sql|mysql|pg)pass$/.test(last) ? password : undefined;
}

function secretNamed(last: string, before: string): Told | undefined {
  if (last === "secret") return secretsOf.has(before) ? secret : namedSecret;
  if (/^(?:access|api|app|auth|client|consumer|jwt|session|shared|signing|webhook)secret$/.test(last)) return secret;
  if (/^(?:credentials?|creds|auth|authorization|basicauth)$/.test(last)) return credentials;
  return last === "base" && before === "key" ? secret : undefined;
}

function tokenNamed(last: string, before: string): Told | undefined {
  if (last === "token") return otherTokens.has(before) ? undefined : token;
  return /^(?:access|api|auth|bearer|bot|github|gitlab|id|npm|refresh|session|slack)token$/.test(last)
    ? token
    : undefined;
}

function keyNamed(last: string, before: string): Told | undefined {
  if (/^(?:access|api|auth|encryption|master|private|secret|signing)keys?$/.test(last)) {
    return key;
  }
  if (last === "apikeys" || (last === "keys" && before === "api")) return key;
  if (last !== "key" || before === "" || otherKeys.has(before)) return undefined;
  return keysOf.has(before) ? key : weakKey;
}

/** `x-api-key`, `dbPassword` and `AWS_SECRET_ACCESS_KEY` as words in lower case, without digits at their end. */
function wordsOf(name: string): string[] {
  return name
    .slice(-maximumName)
    .replace(/([a-z0-9])([A-Z])/g, "$1 $2")
    .replace(/([A-Z])([A-Z][a-z])/g, "$1 $2")
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== "")
    .map((word) => (/^(?!base)[a-z]{3,}\d+$/.test(word) ? word.replace(/\d+$/, "") : word));
}

/** Longer names are looked at from their end. */
const maximumName = 200;

function isTrailing(word: string): boolean {
  return trailing.has(word) || /^v?\d+$/.test(word);
}

// Values

function namedCredential(name: string, value: string | undefined, form: Form): string | undefined {
  const told = toldBy(name);
  if (told === undefined || value === undefined) return undefined;
  const text = value.trim();
  if (text.length < minimumLength || text.length > maximumLength) return undefined;
  if (isPlaceholder(text) || isReference(text, form)) return undefined;
  if (!isWritten(text, told)) return undefined;
  return told.title;
}

/** Shorter texts are nobody's credential. */
const minimumLength = 4;
/** Longer texts are documents; what they hold is looked for in them. */
const maximumLength = 4096;

/** Whether a literal is the credential that its name tells of. */
function isWritten(text: string, told: Told): boolean {
  if (/\s/.test(text)) return told.password === true ? isPassphrase(text) : hasScheme(text);
  if (/^[\d.,:-]+$/.test(text)) return told.password === true;
  switch (told.strength) {
    case "strong":
      return !/^[[{]/.test(text);
    case "name":
      return !/^[[{]/.test(text) && !isNameOfSomething(text);
    case "pair":
      return /^[^\s:/@]{2,100}:[^\s:/@]{4,100}$/.test(text) || isRandom(text);
    case "weak":
      return isRandom(text);
  }
}

/** Words with spaces between them: a pass phrase, and no sentence about one. */
function isPassphrase(text: string): boolean {
  const words = text.split(/\s+/);
  return words.length <= 8 && !words.some((word) => /password|passphrase|please|must|your|enter|invalid/i.test(word));
}

/** A value for an Authorization header: `Bearer …`, `Basic …`. */
function hasScheme(text: string): boolean {
  const match = /^(?:bearer|basic|token|apikey)\s+(\S{8,4000})$/i.exec(text);
  return match !== null && !isPlaceholder(match[1] ?? "") && /[0-9]/.test(match[1] ?? "");
}

const placeholderWords = set(
  "changeme changeit dummy example fake fixme foo mock mocked placeholder redacted removed replace replaceme sample " +
    "tbd todo unset unused xxx xxxx",
);
const nothings = set(
  "true false yes no on off none null nil undefined unknown empty default enabled disabled optional required auto " +
    "test testing secret-manager secretsmanager ssm vault aws kms iam aws_iam cognito lambda custom request token " +
    "bearer basic digest jwt oauth oauth2 oidc saml apikey api-key api_key header query cookie plain plaintext sha1 " +
    "sha256 sha512 md5 hs256 hs384 hs512 rs256 rs384 rs512 es256 rsa aes aes256 opaque access refresh id string text value",
);

/** Text that stands where a credential will be: `<token>`, `changeme`, `xxxxxx`, `your-api-key`. */
function isPlaceholder(text: string): boolean {
  const low = text.toLowerCase();
  if (nothings.has(low)) return true;
  if (/^(?:<.*>|\[.*\]|\{.*\}|%.*%|__.*__|\*+)$/s.test(low) && !/^[[{]\s*"/.test(low)) return true;
  if (/^(.)\1*$/s.test(low) || /x{4}|\*{3}|\.{3}|…|_{4}/.test(low)) return true;
  const words = low.split(/[^a-z0-9]+/).filter((word) => word !== "");
  const [first = "", second = ""] = words;
  if (words.some((word) => placeholderWords.has(word))) return true;
  if (/^(?:change|replace|set|update|override|fill|put|insert|enter)$/.test(first) && words.length > 1) return true;
  if (/^your?s?$/.test(first) && words.length > 1) return true;
  if (first === "to" && second === "be") return true;
  return words[words.length - 1] === "here" || /^(?:not|no)[-_ ](?:a[-_ ])?(?:real|used|set|secret)/.test(low);
}

const referenceSchemes =
  /^(?:arn|ssm|secretsmanager|secrets?|vault|kms|sm|op|env|file|ref|alias|aws|gcp|projects|awssm|ssm-secure):/i;
const fileName = /^[\w./~-]{1,200}\.(?:pem|key|crt|cer|p12|pfx|jks|json|ya?ml|txt|env|ini|conf|toml|properties)$/i;

/** Text that says where something is kept, or where it comes from. */
function isReference(text: string, form: Form): boolean {
  if (/\{\{|\$\{|#\{|\$\(/.test(text) || /^[a-z][a-z0-9+.-]{1,20}:\/\//i.test(text)) return true;
  if (form === "value" ? /^\$[A-Z_][A-Z0-9_]*$/.test(text) : /\$[A-Za-z_!]/.test(text)) return true;
  // `rds!…` is the secret that RDS keeps for a database.
  if (referenceSchemes.test(text) || text.startsWith("rds!") || fileName.test(text)) return true;
  if (/^(?:stageVariables|context|method\.request|integration\.(?:request|response)|request|response)\./.test(text)) {
    return true;
  }
  // The name of another variable, or of a header.
  if (/^[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+$/.test(text) && !/[0-9]{4}/.test(text)) return true;
  if (/^(?:x-[a-z-]+|authorization|proxy-authorization|cookie|set-cookie)$/i.test(text)) return true;
  // What is encrypted is not in plain text: blobs of KMS, and tools that mark what they encrypt.
  if (/^(?:AQICAH|AQECAH|ENC[[(]|\{cipher\}|encrypted:)/.test(text)) return true;
  return isPath(text);
}

/** `/prod/db/password`, `prod/orders/db`: a parameter's or a secret's name. */
function isPath(text: string): boolean {
  if (!text.includes("/") || text.length > 512) return false;
  const segments = text.split("/").filter((segment) => segment !== "");
  if (text.startsWith("/")) return segments.some((segment) => /^[a-z_-]{3,40}$/.test(segment));
  return segments.length > 0 && segments.every((segment) => segment.split(/[-_.{}]/).every(isWordlike));
}

/** Two or more words with hyphens, dots or slashes between them: `orders-db-credentials`. */
function isNameOfSomething(text: string): boolean {
  const words = text.split(/[-_./:@]/);
  return words.length > 1 && words.every(isWordlike);
}

/** One word, or several of them in camel case, with a number behind it at the most. */
function isWordlike(word: string): boolean {
  return /^(?:[a-z]{0,24}|[A-Z]{1,12}|[A-Z]?[a-z]{1,24}(?:[A-Z][a-z]{1,24}){0,5})\d{0,4}$/.test(word);
}

const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Text that a machine has drawn, of letters and digits. */
function isRandom(text: string): boolean {
  if (text.length < 16 || text.length > 512 || !/^[A-Za-z0-9+/=_.~!@#%^&*-]+$/.test(text)) return false;
  if (!/[0-9]/.test(text) || !/[A-Za-z]/.test(text) || uuid.test(text)) return false;
  if (isPath(text) || isNameOfSomething(text) || /^[a-z0-9-]+(?:\.[a-z0-9-]+)+$/.test(text)) return false;
  return entropy(text) >= 3;
}

/** Of Shannon, in bits a character. */
function entropy(text: string): number {
  const counts = new Map<string, number>();
  for (const character of text) counts.set(character, (counts.get(character) ?? 0) + 1);
  let bits = 0;
  for (const count of counts.values()) bits -= (count / text.length) * Math.log2(count / text.length);
  return bits;
}

// Texts with credentials in them

/** What of a mapping is literal: the text in single quotes, or all of one that is no expression. */
function literalPart(text: string, form: Form): string | undefined {
  const trimmed = text.trim();
  if (form !== "mapping") return trimmed;
  const quoted = /^'([^']*)'$/.exec(trimmed);
  return quoted ? quoted[1] : trimmed;
}

/** `postgres://orders:…@db.internal/orders`. */
function passwordInUrl(text: string): string | undefined {
  for (const match of text.matchAll(/:\/\/[^\s/?#:@"'<>{}$]{0,100}:([^\s/?#@"'<>]{3,200})@/g)) {
    const written = match[1] ?? "";
    if (!isPlaceholder(written) && !/[{}$]/.test(written)) return "a password in a URL";
  }
  return undefined;
}

/**
 * `"password": "…"`, `password = '…'` and `password=…;` in JSON, templates, queries and connection strings. A name
 * begins where no other could, and both parts are bounded.
 */
const assignments = [
  /(?<![A-Za-z0-9_.-])([A-Za-z][A-Za-z0-9_.-]{1,63})\\{0,3}["']?\s{0,8}[:=]\s{0,8}\\{0,3}"([^"\\\r\n]{4,512})/g,
  /(?<![A-Za-z0-9_.-])([A-Za-z][A-Za-z0-9_.-]{1,63})["']?\s{0,8}[:=]\s{0,8}'([^'\\\r\n]{4,512})/g,
  /(?<![A-Za-z0-9_.-])([A-Za-z][A-Za-z0-9_.-]{1,63})=([^\s"'&;,<>]{4,512})/g,
];

function assignedCredential(text: string, form: Form): string | undefined {
  if (!/[:=]/.test(text)) return undefined;
  for (const pattern of assignments) {
    for (const [, name = "", value = ""] of text.matchAll(pattern)) {
      const found = namedCredential(name, value, form === "value" ? "value" : "template");
      if (found !== undefined) return found;
    }
  }
  return undefined;
}
