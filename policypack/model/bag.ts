import { configurationSecret } from "./credential-formats";
import { Value } from "./value";

/** Property values as they come over the wire: JSON, with sentinels for what is unknown. */
export type Raw = Readonly<Record<string, unknown>>;

/** What stands for a text that is not known; programs use it for values of any type. */
export const unknownText = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

const sentinels = new Set([
  "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
  "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
  unknownText,
  "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
  "030794c1-ac77-496b-92df-f27374a8bd58",
  "e48ece36-62e2-4504-bad9-02848725956a",
  "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
]);

/** What stands in place of a secret that cannot be decrypted: the engine's word in a state, the preview's in a configuration. */
const redacted: ReadonlySet<string> = new Set(["[secret]", configurationSecret]);

const signature = "4dabf18193072939515e22adb298388d";
const secretSignature = "1b47061264138c4ac30d75fd1eb44270";

export function isUnknownSentinel(value: unknown): boolean {
  return typeof value === "string" && value.length === 36 && sentinels.has(value);
}

export function isRecord(value: unknown): value is Raw {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Undefined, null, "" and [] all say that nothing was set (state after an update is full of them). */
function isUnset(value: unknown): boolean {
  return value === undefined || value === null || value === "" || (Array.isArray(value) && value.length === 0);
}

/** One raw value as a {@link Value}; a wrapped secret is unwrapped, one without plain text is unknown. */
export function toValue(value: unknown): Value<unknown> {
  if (isUnset(value)) return Value.absent();
  if (isUnknownSentinel(value)) return Value.unknown();
  if (typeof value === "string") return redacted.has(value) ? Value.unknown("secret") : Value.known(value);
  if (isRecord(value) && value[signature] === secretSignature) {
    return "value" in value ? toValue(value["value"]) : Value.unknown("secret");
  }
  return Value.known(value);
}

const own = (raw: Raw | undefined, key: string): unknown =>
  raw !== undefined && Object.prototype.hasOwnProperty.call(raw, key) ? raw[key] : undefined;

/**
 * The properties of a resource, or of an object nested in it.
 *
 * Inputs decide what the program asks for. Outputs answer for what the inputs leave unknown, and for everything
 * when the inputs were not seen: then a key that is missing from the outputs of a resource that does not exist
 * yet is unknown, since older providers leave out what they cannot know.
 */
export class Bag {
  constructor(
    private readonly inputs: Raw | undefined,
    private readonly outputs: Raw | undefined,
    /** The resource does not exist yet, so its outputs say only what is known of them. */
    private readonly young: boolean,
  ) {}

  static readonly empty = new Bag({}, undefined, false);

  /** What the program set, with outputs for what it left unknown. */
  value(key: string): Value<unknown> {
    if (this.inputs === undefined) return this.output(key);
    const input = toValue(own(this.inputs, key));
    if (!input.isUnknown()) return input;
    const output = toValue(own(this.outputs, key));
    return output.isKnown() ? output : input;
  }

  /** As {@link value}, for properties that the service fills in when the program does not. */
  computed(key: string): Value<unknown> {
    const value = this.value(key);
    if (!value.isAbsent()) return value;
    const output = toValue(own(this.outputs, key));
    return output.isKnown() ? output : value;
  }

  /** What the resource ended up with; unknown where it does not exist yet. */
  output(key: string): Value<unknown> {
    const raw = own(this.outputs, key);
    if (raw === undefined && this.young) return Value.unknown();
    return toValue(raw);
  }

  string(key: string): Value<string> {
    return asString(this.value(key));
  }

  outputString(key: string): Value<string> {
    return asString(this.output(key));
  }

  number(key: string): Value<number> {
    return asNumber(this.value(key));
  }

  bool(key: string): Value<boolean> {
    return asBool(this.value(key));
  }

  object(key: string): Value<Bag> {
    return this.value(key).flatMap((value) => {
      // A single object may come wrapped in a list of one, as Terraform has it.
      const one: unknown = Array.isArray(value) && value.length === 1 ? value[0] : value;
      if (!isRecord(one)) return Value.unknown<Bag>("unreadable");
      const output = own(this.outputs, key);
      return Value.known(new Bag(one, isRecord(output) ? output : undefined, this.young));
    });
  }

  /** A list; its elements keep their own state. A lone value counts as a list of one. */
  list(key: string): Value<readonly Value<unknown>[]> {
    return this.value(key).map((value) => (Array.isArray(value) ? value.map(toValue) : [toValue(value)]));
  }

  bags(key: string): Value<readonly Value<Bag>[]> {
    return this.list(key).map((items) =>
      items.map((item) =>
        item.flatMap((v) =>
          isRecord(v) ? Value.known(new Bag(v, undefined, false)) : Value.unknown<Bag>("unreadable"),
        ),
      ),
    );
  }

  strings(key: string): Value<readonly Value<string>[]> {
    return this.list(key).map((items) => items.map(asString));
  }

  /** The keys of this object, without the bookkeeping ones that start with two underscores. */
  keys(): string[] {
    return Object.keys(this.inputs ?? this.outputs ?? {}).filter((key) => !key.startsWith("__"));
  }
}

export function asString(value: Value<unknown>): Value<string> {
  return value.flatMap((v) => {
    if (typeof v === "string") return Value.known(v);
    if (typeof v === "number" || typeof v === "boolean") return Value.known(String(v));
    return Value.unknown<string>("unreadable");
  });
}

export function asNumber(value: Value<unknown>): Value<number> {
  return value.flatMap((v) => {
    if (typeof v === "number" && !Number.isNaN(v)) return Value.known(v);
    if (typeof v === "string" && v.trim() !== "" && Number.isFinite(Number(v))) return Value.known(Number(v));
    return Value.unknown<number>("unreadable");
  });
}

export function asBool(value: Value<unknown>): Value<boolean> {
  return value.flatMap((v) => {
    if (typeof v === "boolean") return Value.known(v);
    if (v === "true") return Value.known(true);
    if (v === "false") return Value.known(false);
    return Value.unknown<boolean>("unreadable");
  });
}
