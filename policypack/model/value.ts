/**
 * What the model knows of one thing: it is known, it is absent (nobody set it), or it cannot be known now.
 *
 * Questions are positive: `is(x)` and `isNot(x)` are both false of a value that is unknown, so a rule that asks
 * them condemns nothing it does not know.
 */
export type UnknownReason =
  /** An output of a resource that does not exist yet. */
  | "preview"
  /** A secret whose plain text is not there, as in exported state. */
  | "secret"
  /** A value of a type or a form that cannot be read. */
  | "unreadable"
  /** It is told by other resources, and only one is being looked at. */
  | "partial";

type State<T> =
  | { readonly state: "known"; readonly value: T }
  | { readonly state: "absent" }
  | { readonly state: "unknown"; readonly reason: UnknownReason };

/** A three-state value; immutable. */
export class Value<T> {
  private static readonly nothing = new Value<never>({ state: "absent" });

  private constructor(private readonly content: State<T>) {}

  static known<T>(value: T): Value<T> {
    return new Value<T>({ state: "known", value });
  }

  static absent<T>(): Value<T> {
    return Value.nothing;
  }

  static unknown<T>(reason: UnknownReason = "preview"): Value<T> {
    return new Value<T>({ state: "unknown", reason });
  }

  get state(): "known" | "absent" | "unknown" {
    return this.content.state;
  }

  /** Why it is unknown, or undefined when it is not. */
  get reason(): UnknownReason | undefined {
    return this.content.state === "unknown" ? this.content.reason : undefined;
  }

  /** The known value, or undefined. */
  get(): T | undefined {
    return this.content.state === "known" ? this.content.value : undefined;
  }

  isKnown(): boolean {
    return this.content.state === "known";
  }

  isAbsent(): boolean {
    return this.content.state === "absent";
  }

  isUnknown(): boolean {
    return this.content.state === "unknown";
  }

  /** Known, or there and not known yet. */
  isPresent(): boolean {
    return this.content.state !== "absent";
  }

  is(value: T): boolean {
    return this.content.state === "known" && this.content.value === value;
  }

  /** Known to be something else, or absent. */
  isNot(value: T): boolean {
    return this.content.state === "absent" || (this.content.state === "known" && this.content.value !== value);
  }

  map<U>(f: (value: T) => U): Value<U> {
    return this.content.state === "known" ? Value.known(f(this.content.value)) : (this as unknown as Value<U>);
  }

  flatMap<U>(f: (value: T) => Value<U>): Value<U> {
    return this.content.state === "known" ? f(this.content.value) : (this as unknown as Value<U>);
  }

  /** This, unless it is absent. */
  or(other: Value<T>): Value<T> {
    return this.content.state === "absent" ? other : this;
  }
}
