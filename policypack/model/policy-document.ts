import { globMatches } from "../core/glob";
import { parseArn } from "./arn";
import { asString, isRecord, toValue } from "./bag";
import type { Raw } from "./bag";
import { coverEveryone, coverPrivateBlock, parseIpRange } from "./ip-range";
import { Value } from "./value";

/** A text or an object that is no policy. */
export interface PolicyProblem {
  readonly kind: "unreadable";
  /** `it is not JSON`; never text of the policy. */
  readonly reason: string;
}

/** A resource policy or an endpoint policy; its parts may be unknown. */
export interface PolicyDocument {
  readonly kind: "policy";
  readonly statements: readonly Statement[];
}

export interface Statement {
  /** Unknown where the statement is none that IAM would take. */
  readonly effect: Value<"allow" | "deny">;
  readonly principals: Principals;
  readonly actions: Patterns;
  readonly resources: Patterns;
  /** Unknown where `Condition` is nothing that IAM would take. */
  readonly conditions: Value<readonly Condition[]>;
}

/** `Action` or `NotAction`, `Resource` or `NotResource`: names with wildcards, or all but these. */
interface Patterns {
  readonly patterns: readonly Value<string>[];
  readonly except: boolean;
}

/** `Principal` or `NotPrincipal`. */
interface Principals {
  /** `AWS`, `Service` …; `*` of a principal that is a lone star. */
  readonly entries: readonly { readonly type: string; readonly name: Value<string> }[];
  readonly except: boolean;
}

export interface Condition {
  /** As written; IAM compares it without case. */
  readonly key: string;
  readonly operator: Operator;
  readonly values: readonly Value<string>[];
}

interface Operator {
  readonly test: "text" | "address" | "arn" | "flag" | "null" | "other" | "unknown";
  readonly negated: boolean;
  /** What it says of a request that does not carry the key. */
  readonly whenMissing: boolean;
}

/** Larger than any policy that API Gateway, Lambda or an endpoint takes; the largest of them allows 20 KB. */
const maximumLength = 64 * 1024;

/** Reads a policy: JSON text, or an object. Never throws. */
export function readPolicy(written: unknown): PolicyDocument | PolicyProblem {
  const unreadable = (reason: string): PolicyProblem => ({ kind: "unreadable", reason });
  let parsed: unknown;
  try {
    const text = typeof written === "string" ? written : JSON.stringify(written);
    if (text.length > maximumLength) return unreadable("it is larger than any that AWS takes");
    // An object may hold bookkeeping of the provider's, as `__defaults`.
    parsed = JSON.parse(text, (key, value: unknown) => (key.startsWith("__") ? undefined : value));
  } catch {
    return unreadable("it is not JSON");
  }
  if (!isRecord(parsed)) return unreadable("it is not a policy");
  const statements = listOf(own(parsed, "Statement"));
  if (statements.length === 0) return unreadable("it has no `Statement`");
  return { kind: "policy", statements: statements.map(readStatement) };
}

/** A policy where one is written, unknown where it embeds what is unknown; or why it cannot be read. */
export interface ReadPolicy {
  readonly document: Value<PolicyDocument>;
  readonly problem?: string;
}

/** Reads the policy that a property holds. */
export function readPolicyOf(written: Value<unknown>): ReadPolicy {
  if (written.isAbsent()) return { document: Value.absent() };
  const known = written.get();
  if (known === undefined) return { document: Value.unknown(written.reason) };
  const policy = readPolicy(known);
  return policy.kind === "policy"
    ? { document: Value.known(policy) }
    : { document: Value.unknown("unreadable"), problem: policy.reason };
}

function readStatement(written: Value<unknown>): Statement {
  const raw = written.get();
  const statement = isRecord(raw) ? raw : {};
  const principals = readPrincipals(statement);
  const actions = readPatterns(statement, "Action", "NotAction");
  // A statement that names no resource is about what carries it.
  const resources = hasNeither(statement, "Resource", "NotResource")
    ? { patterns: [], except: false }
    : readPatterns(statement, "Resource", "NotResource");
  const effect = asString(toValue(own(statement, "Effect"))).get();
  const whole = principals !== undefined && actions !== undefined && resources !== undefined;
  return {
    effect:
      whole && (effect === "Allow" || effect === "Deny")
        ? Value.known(effect === "Allow" ? "allow" : "deny")
        : Value.unknown("unreadable"),
    principals: principals ?? { entries: [], except: false },
    actions: actions ?? { patterns: [], except: false },
    resources: resources ?? { patterns: [], except: false },
    conditions: readConditions(own(statement, "Condition")),
  };
}

function hasNeither(statement: Raw, plain: string, except: string): boolean {
  return own(statement, plain) === undefined && own(statement, except) === undefined;
}

/** One of the two must be there, and not the other. */
function either(statement: Raw, plain: string, except: string): { value: unknown; except: boolean } | undefined {
  const given = own(statement, plain);
  const excepted = own(statement, except);
  if ((given === undefined) === (excepted === undefined)) return undefined;
  return given === undefined ? { value: excepted, except: true } : { value: given, except: false };
}

function readPatterns(statement: Raw, plain: string, except: string): Patterns | undefined {
  const found = either(statement, plain, except);
  return found && { patterns: textsOf(found.value), except: found.except };
}

function readPrincipals(statement: Raw): Principals | undefined {
  const found = either(statement, "Principal", "NotPrincipal");
  if (found === undefined) return undefined;
  const { value, except } = found;
  const named = toValue(value).get();
  if (!isRecord(named)) {
    return { entries: textsOf(value).map((name) => ({ type: name.get() ?? "", name })), except };
  }
  const entries = Object.entries(named).flatMap(([type, names]) => textsOf(names).map((name) => ({ type, name })));
  return { entries, except };
}

function readConditions(written: unknown): Value<readonly Condition[]> {
  const value = toValue(written);
  if (value.isAbsent()) return Value.known([]);
  return value.flatMap((operators) => {
    if (!isRecord(operators)) return Value.unknown<readonly Condition[]>("unreadable");
    const conditions: Condition[] = [];
    for (const [name, keys] of Object.entries(operators)) {
      const read = toValue(keys).get();
      if (!isRecord(read)) return Value.unknown<readonly Condition[]>("unreadable");
      const operator = readOperator(name);
      for (const [key, values] of Object.entries(read)) conditions.push({ key, operator, values: textsOf(values) });
    }
    return Value.known<readonly Condition[]>(conditions);
  });
}

/** `ForAnyValue:StringNotLikeIfExists`, whose parts IAM takes in any case. */
function readOperator(name: string): Operator {
  const lower = name.toLowerCase();
  const every = lower.startsWith("forallvalues:");
  const any = lower.startsWith("foranyvalue:");
  const bare = every || any ? lower.slice(lower.indexOf(":") + 1) : lower;
  const ifExists = bare.endsWith("ifexists");
  const plain = ifExists ? bare.slice(0, -"ifexists".length) : bare;
  const negated = /^(string|arn|numeric|date)?not/.test(plain);
  const kind = plain.replace("not", "");
  // No value at all is matched by every one of them and by none of them.
  const whenMissing = ifExists || every || (negated && !any);
  const test = /^string(equals|equalsignorecase|like)$/.test(kind)
    ? "text"
    : /^arn(equals|like)$/.test(kind)
      ? "arn"
      : kind === "ipaddress"
        ? "address"
        : kind === "bool"
          ? "flag"
          : kind === "null"
            ? "null"
            : /^(numeric|date)(equals|(less|greater)than(equals)?)$|^binaryequals$/.test(kind)
              ? "other"
              : "unknown";
  return { test, negated, whenMissing };
}

function own(raw: Raw, key: string): unknown {
  return Object.hasOwn(raw, key) ? raw[key] : undefined;
}

/** A list of values; a lone one counts as a list of one. */
function listOf(written: unknown): readonly Value<unknown>[] {
  const value = toValue(written);
  if (value.isAbsent()) return [];
  const known = value.get();
  return Array.isArray(known) ? known.map((one: unknown) => toValue(one)) : [value];
}

function textsOf(written: unknown): readonly Value<string>[] {
  return listOf(written).map((one) => asString(one));
}

// Judging

/** Yes, no, or not to be told. */
type Maybe = boolean | undefined;

function some<T>(items: readonly T[], holds: (item: T) => Maybe): Maybe {
  let result: Maybe = false;
  for (const item of items) {
    const one = holds(item);
    if (one === true) return true;
    if (one === undefined) result = undefined;
  }
  return result;
}

function every<T>(items: readonly T[], holds: (item: T) => Maybe): Maybe {
  return not(some(items, (item) => not(holds(item))));
}

const not = (one: Maybe): Maybe => (one === undefined ? undefined : !one);
const both = (a: Maybe, b: Maybe): Maybe => (a === false || b === false ? false : a === undefined ? a : b);

/** What carries the policy, which tells what its conditions are worth. */
export type Place =
  /** A REST API that is not private: nobody comes to it through a VPC endpoint. */
  | "public-api"
  /** A private API: everybody does, with addresses of their own choice. */
  | "private-api"
  /** A VPC endpoint: what comes from it is the place's own, and what it leads to counts too. */
  | "vpc-endpoint"
  /** A Lambda function, called by API Gateway for some API. */
  | "function";

export interface Question {
  readonly place: Place;
  readonly action: string;
  /** `apigateway.amazonaws.com`; left out, anyone at all is asked about. */
  readonly service?: string;
  /** The API that carries the policy, where it is known: a statement about another's ARN says nothing. */
  readonly apiId?: string | undefined;
}

export type Answer =
  | { readonly state: "closed" }
  /** Something in it cannot be known, or is nothing that IAM would take. */
  | { readonly state: "unknown" }
  | {
      readonly state: "open";
      /** Keys of the conditions that let it pass all the same. */
      readonly conditions: readonly string[];
      /** A Deny is there, and does not keep everyone out. */
      readonly denied: boolean;
      /** What is open, as the policy writes it, where that is not everything. */
      readonly resource: string | undefined;
    };

/**
 * Whether a policy lets in whoever is asked about: an Allow covers them, none of its conditions limits who they are,
 * and no Deny covers the same action and resources and leaves only limited callers.
 */
export function judgePolicy(policy: PolicyDocument, question: Question): Answer {
  const denies = policy.statements.filter((statement) => statement.effect.is("deny"));
  let unknown = false;
  let open: Answer | undefined;
  for (const statement of policy.statements) {
    if (statement.effect.is("deny")) continue;
    const answer = judgeAllow(statement, denies, question);
    if (answer.state === "unknown") unknown = true;
    // What is open for everything is told before what is open for a part.
    else if (answer.state === "open" && (open?.state !== "open" || open.resource !== undefined)) open = answer;
  }
  return open ?? { state: unknown ? "unknown" : "closed" };
}

/** The statements that may let a caller do something, whatever their conditions and whatever is denied. */
export function allowing(policy: PolicyDocument, question: Question): readonly Statement[] {
  return policy.statements.filter(
    (statement) =>
      statement.effect.is("allow") &&
      both(namesCaller(statement, question), matchesAction(statement, question)) !== false,
  );
}

function judgeAllow(allow: Statement, denies: readonly Statement[], question: Question): Answer {
  const applies = allow.effect.isUnknown()
    ? undefined
    : both(namesCaller(allow, question), matchesAction(allow, question));
  const conditions = allow.conditions.get();
  const limited = conditions && some(conditions, (condition) => limits(condition, "allow", question.place));
  const admits = both(applies, conditions === undefined ? undefined : not(limited));
  if (admits === false) return { state: "closed" };
  const scopes = scopesOf(allow, question);
  const left = scopes.filter((scope) => some(denies, (deny) => closes(deny, scope, question)) === false);
  const [first] = left;
  if (admits === true && first !== undefined) {
    const whole = left.find((scope) => isEverything(scope, question)) ?? first;
    return {
      state: "open",
      conditions: (conditions ?? []).map(({ key }) => key),
      denied: denies.some((deny) => namesCaller(deny, question) !== false && matchesAction(deny, question) !== false),
      resource: isEverything(whole, question) ? undefined : whole.written,
    };
  }
  const unsure = scopes.some((scope) => some(denies, (deny) => closes(deny, scope, question)) !== true);
  return { state: unsure ? "unknown" : "closed" };
}

// Who and what

function namesCaller({ principals }: Statement, { service }: Question): Maybe {
  const { entries, except } = principals;
  const listed = some(entries, ({ type, name }) => {
    const known = name.get();
    if (known === undefined) return undefined;
    if (service !== undefined && type === "Service" && known === service) return true;
    return isAnyone(known);
  });
  return except ? not(listed) : listed;
}

/** IAM refuses `arn:aws:iam::*:root`, which is meant for everyone as well. */
function isAnyone(principal: string): boolean {
  return /^\*+$/.test(principal) || parseArn(principal)?.account.includes("*") === true;
}

function matchesAction({ actions }: Statement, { action }: Question): Maybe {
  const matched = some(actions.patterns, (pattern) => pattern.map((glob) => globMatches(glob, action, true)).get());
  return actions.except ? not(matched) : matched;
}

/** A part of what a statement is about. */
interface Scope {
  readonly written: string;
  /** To be compared with scopes of other statements of the policy; undefined while it is not known. */
  readonly pattern: string | undefined;
}

const everything: Scope = { written: "*", pattern: "*" };

/** The parts of a statement's resources that lie within what carries the policy. */
function scopesOf({ resources }: Statement, question: Question): readonly Scope[] {
  if (resources.except || resources.patterns.length === 0) return [everything];
  const scopes = new Map<string, Scope>();
  for (const pattern of resources.patterns) {
    const written = pattern.get();
    if (written === undefined) scopes.set("", { written: "", pattern: undefined });
    else {
      const within = patternWithin(written, question);
      if (within !== undefined) scopes.set(within, { written, pattern: within });
    }
  }
  return [...scopes.values()];
}

/**
 * A resource as a pattern that can be compared with others of the same policy. Of an API only what follows its id
 * counts, so that `execute-api:/prod/*` and `arn:aws:execute-api:…:a1b2c3/prod/*` are one; undefined where it is
 * another API's.
 */
function patternWithin(written: string, { place, apiId }: Question): string | undefined {
  if (place === "vpc-endpoint" || place === "function") return written;
  const short = "execute-api:/";
  if (written.startsWith(short)) return written.slice(short.length - 1);
  const arn = parseArn(written);
  if (arn === undefined) return written.endsWith("*") ? "*" : written;
  // The ARN by which the API is managed is meant to be the API.
  const managed = arn.service === "apigateway" ? /^\/restapis\/([^/]+)/.exec(arn.resource)?.[1] : undefined;
  if (managed !== undefined) return apiId === undefined || globMatches(managed, apiId) ? "" : undefined;
  if (!globMatches(arn.service, "execute-api")) return undefined;
  const domain = /^\/domainnames\/[^/]+/.exec(arn.resource)?.[0];
  if (domain !== undefined) return arn.resource.slice(domain.length);
  const slash = arn.resource.indexOf("/");
  const id = slash < 0 ? arn.resource : arn.resource.slice(0, slash);
  if (apiId !== undefined && !globMatches(id, apiId)) return undefined;
  if (slash >= 0) return arn.resource.slice(slash);
  return id.includes("*") ? "*" : "";
}

/** Nothing is left out: every API's, or all of this API. The bare ARN of an API is meant to be that. */
function isEverything({ pattern }: Pick<Scope, "pattern">, { place }: Question): boolean {
  if (pattern === undefined) return false;
  if (place === "vpc-endpoint") return leadsAnywhere(pattern);
  return /^[/*]*$/.test(pattern);
}

/** Whether a resource in an endpoint's policy takes in other accounts' APIs. */
function leadsAnywhere(resource: string): boolean {
  if (/^\**$/.test(resource)) return true;
  const arn = parseArn(resource);
  // `arn:aws:execute-api:*` ends before it names an account.
  if (arn === undefined) return resource.startsWith("arn:") && resource.endsWith("*");
  if (!globMatches(arn.service, "execute-api")) return false;
  const id = arn.resource.split("/", 1)[0] ?? "";
  return arn.account.includes("*") && /^\*+$/.test(id);
}

/** Whether a Deny keeps out of this scope whoever is asked about, but for limited callers. */
function closes(deny: Statement, scope: Scope, question: Question): Maybe {
  const about = both(
    namesCaller(deny, question),
    both(matchesAction(deny, question), coversScope(deny, scope, question)),
  );
  if (about === false) return false;
  const conditions = deny.conditions.get();
  const remainder = conditions && every(conditions, (condition) => limits(condition, "deny", question.place));
  return both(about, remainder);
}

function coversScope({ resources }: Statement, scope: Scope, question: Question): Maybe {
  const wanted = scope.pattern;
  if (wanted === undefined) return undefined;
  if (resources.except) {
    return every(resources.patterns, (pattern) => {
      const within = pattern.map((written) => patternWithin(written, question));
      return within.isKnown() ? within.get() === undefined || areApart(within.get() ?? "", wanted) : undefined;
    });
  }
  if (resources.patterns.length === 0) return true;
  // A star of the scope is more than any one character of the pattern.
  const text = wanted.replaceAll("*", "\u0000\u0000");
  return some(resources.patterns, (pattern) => {
    const within = pattern.map((written) => patternWithin(written, question));
    if (within.isUnknown()) return undefined;
    const glob = within.get();
    if (glob === undefined) return false;
    return glob === wanted || globMatches(glob, text) || (wanted === "" && isEverything({ pattern: glob }, question));
  });
}

/** Nothing that one pattern matches is matched by the other: they differ before the first wildcard of either. */
function areApart(a: string, b: string): boolean {
  const fixed = (pattern: string): string => pattern.split(/[*?]/, 1)[0] ?? "";
  const [first, second] = [fixed(a), fixed(b)];
  if (a === first && b === second) return a !== b;
  return !first.startsWith(second) && !second.startsWith(first);
}

// Conditions

/** What a condition key tells of a request. */
type Trait =
  /** The VPC endpoint or VPC it came through. */
  | "network"
  | "address"
  /** The address it had in its VPC. */
  | "vpc-address"
  /** Ids of who signed it: organisation, account, user. */
  | "identity"
  | "identity-arn"
  /** For whom a service calls. */
  | "source"
  | "source-arn"
  /** Whose the called resource is. */
  | "owner"
  /** An AWS service made it on somebody's behalf. */
  | "by-service"
  /** It came through the URL of a function, and so by no API. */
  | "function-url"
  /** What callers choose, or what all of them have. */
  | "anything";

const traits: ReadonlyMap<string, Trait> = new Map<string, Trait>([
  ["aws:sourcevpce", "network"],
  ["aws:sourcevpc", "network"],
  ["aws:sourcevpcarn", "network"],
  ["aws:vpceaccount", "network"],
  ["aws:vpceorgid", "network"],
  ["aws:vpceorgpaths", "network"],
  ["aws:sourceip", "address"],
  ["aws:vpcsourceip", "vpc-address"],
  ["aws:principalorgid", "identity"],
  ["aws:principalorgpaths", "identity"],
  ["aws:principalaccount", "identity"],
  ["aws:userid", "identity"],
  ["aws:ec2instancesourcevpc", "identity"],
  ["aws:principalservicename", "identity"],
  ["aws:principalservicenameslist", "identity"],
  ["aws:principalarn", "identity-arn"],
  ["aws:sourceaccount", "source"],
  ["aws:sourceowner", "source"],
  ["aws:sourceorgid", "source"],
  ["aws:sourceorgpaths", "source"],
  ["aws:sourcearn", "source-arn"],
  ["aws:resourceaccount", "owner"],
  ["aws:resourceorgid", "owner"],
  ["aws:resourceorgpaths", "owner"],
  ["aws:viaawsservice", "by-service"],
  ["aws:principalisawsservice", "by-service"],
  ["lambda:functionurlauthtype", "function-url"],
  ["lambda:invokedviafunctionurl", "function-url"],
  ["aws:useragent", "anything"],
  ["aws:referer", "anything"],
  ["aws:securetransport", "anything"],
  ["aws:currenttime", "anything"],
  ["aws:epochtime", "anything"],
  ["aws:tokenissuetime", "anything"],
  ["aws:multifactorauthpresent", "anything"],
  ["aws:multifactorauthage", "anything"],
  ["aws:principaltype", "anything"],
  ["aws:username", "anything"],
  ["aws:sourceidentity", "anything"],
  ["aws:federatedprovider", "anything"],
  ["aws:requestedregion", "anything"],
  ["aws:calledvia", "anything"],
  ["aws:calledviafirst", "anything"],
  ["aws:calledvialast", "anything"],
  ["aws:tagkeys", "anything"],
]);

function traitOf(key: string): Trait | undefined {
  const lower = key.toLowerCase();
  if (/^aws:(principal|request|resource)tag\//.test(lower)) return "anything";
  return traits.get(lower);
}

/** The requests that a condition lets pass: of an Allow those it holds of, of a Deny the others. */
interface Passing {
  readonly values: "listed" | "others" | "any" | "none";
  /** Requests that do not carry the key pass too. */
  readonly missing: boolean;
}

function passing({ operator, values }: Condition, effect: "allow" | "deny"): Passing | undefined {
  const allow = effect === "allow";
  if (operator.test === "unknown") return undefined;
  if (operator.test === "null") {
    const known = values.map((value) => value.get()?.toLowerCase());
    if (known.some((word) => word !== "true" && word !== "false") || known.length === 0) return undefined;
    const missing = known.includes("true") && (allow || !known.includes("false"));
    const present = known.includes("false") && (allow || !known.includes("true"));
    return allow
      ? { values: present ? "any" : "none", missing }
      : { values: missing ? "any" : "none", missing: present };
  }
  return {
    values: operator.negated === allow ? "others" : "listed",
    missing: operator.whenMissing === allow,
  };
}

/** Whether everyone whom a condition lets pass is among a limited group of callers. */
function limits(condition: Condition, effect: "allow" | "deny", place: Place): Maybe {
  const trait = traitOf(condition.key);
  const pass = passing(condition, effect);
  if (trait === undefined || pass === undefined) return undefined;
  if (trait === "anything") return false;
  if (trait === "function-url") return effect === "allow" && place === "function";
  if (trait === "by-service") return limitsToServices(condition, effect);
  if (condition.operator.test === "flag" || condition.operator.test === "other") return false;
  return both(!pass.missing || isNeverMissing(trait, place), limitsValues(condition, trait, pass, place));
}

function limitsValues(condition: Condition, trait: Trait, pass: Passing, place: Place): Maybe {
  switch (pass.values) {
    case "none":
      return true;
    case "any":
    case "others":
      // To come through a VPC endpoint at all is more than callers of a public API can do.
      return place === "public-api" && (trait === "network" || trait === "vpc-address");
    case "listed": {
      const each = every(condition.values, (value) => isLimited(value, condition, trait, place));
      return condition.operator.test === "address" ? both(each, areLimitedAddresses(condition, place)) : each;
    }
  }
}

/** Every request to such a place carries what the key tells. */
function isNeverMissing(trait: Trait, place: Place): boolean {
  if (trait === "address" || trait === "owner") return true;
  return (trait === "network" || trait === "vpc-address") && (place === "private-api" || place === "vpc-endpoint");
}

function limitsToServices({ operator, values }: Condition, effect: "allow" | "deny"): Maybe {
  if (operator.test !== "flag" && operator.test !== "text") return undefined;
  const known = values.map((value) => value.get()?.toLowerCase());
  if (known.some((word) => word !== "true" && word !== "false")) return undefined;
  const holdsOfOthers = known.includes("false") !== operator.negated;
  return (effect === "allow") !== holdsOfOthers;
}

/** Whether one value of a key stands for a limited group of callers. */
function isLimited(value: Value<string>, condition: Condition, trait: Trait, place: Place): Maybe {
  const text = value.get();
  // What comes of another resource is the id or the ARN of one thing; a range of addresses may be any.
  if (text === undefined) return value.reason === "preview" && condition.operator.test !== "address" ? true : undefined;
  // Of a policy variable, or of a placeholder that nobody filled in, nothing can be told.
  if (text.includes("${")) return undefined;
  switch (trait) {
    case "network":
      if (place === "vpc-endpoint") return false;
      return text.startsWith("arn:") ? isOneArn(text) : isOneId(text);
    case "address":
      // An endpoint puts its own address in the caller's place.
      return place === "public-api" && isOneId(text);
    case "vpc-address":
      return isOneId(text);
    case "identity":
      return isOneId(text);
    case "identity-arn":
      return isOneArn(text);
    case "source":
      return place !== "function" && isOneId(text);
    case "source-arn":
      return place === "function" ? namesOneApi(text) : isOneArn(text);
    case "owner":
      return place === "vpc-endpoint" && isOneId(text);
    default:
      return false;
  }
}

function areLimitedAddresses({ values }: Condition, place: Place): Maybe {
  const ranges = values.map((value) => parseIpRange(value.get() ?? ""));
  const known = ranges.filter((one) => one !== undefined);
  if (coverEveryone(known)) return false;
  if (place !== "public-api" && coverPrivateBlock(known)) return false;
  return known.length === ranges.length ? true : undefined;
}

/** Something is fixed in one part of an id at least: `vpce-0a1b2c3d`, `o-abc/*`, and not `vpce-*`. */
function isOneId(text: string): boolean {
  return text.split("/").some((part) => part.replace(/^(vpce|vpc|ou|o|r)-/, "").replace(/[*?]/g, "") !== "");
}

/** An ARN whose account is fixed, or that has none and names its resource. */
function isOneArn(text: string): boolean {
  const arn = parseArn(text);
  const account = arn?.account ?? text.split(":")[4] ?? "*";
  if (account !== "") return account.replace(/[*?]/g, "") !== "";
  return arn !== undefined && arn.resource.replace(/[*?:/]/g, "") !== "";
}

/** Whether an ARN says which API calls; its stage, method and path may be anything. */
export function namesOneApi(text: string): boolean {
  const arn = parseArn(text);
  // Without a wildcard it is like nothing that API Gateway sends.
  if (arn === undefined) return !text.includes("*");
  if (!globMatches(arn.service, "execute-api")) return true;
  return !/^[*?]+$/.test(arn.resource.split("/", 1)[0] ?? "");
}
