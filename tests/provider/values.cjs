"use strict";

/** What stands on the wire for a value that is not known; the engine and the SDK send the one of strings. */
const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
const sentinels = new Set([
  unknown,
  "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
  "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
  "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
  "030794c1-ac77-496b-92df-f27374a8bd58",
  "e48ece36-62e2-4504-bad9-02848725956a",
  "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
]);
/** The key that tells assets, archives and secrets from plain objects. */
const signature = "4dabf18193072939515e22adb298388d";
const secretSignature = "1b47061264138c4ac30d75fd1eb44270";

const isUnknown = (value) => sentinels.has(value);
const isObject = (value) => typeof value === "object" && value !== null && !Array.isArray(value);
const isPlain = (value) => isObject(value) && !(signature in value);
const hasUnknown = (value) =>
  isUnknown(value) || (typeof value === "object" && value !== null && Object.values(value).some(hasUnknown));
const secret = (value) => ({ [signature]: secretSignature, value });

/** The same value with every plain object inside it rewritten, outermost first. */
function mapObjects(value, rewrite) {
  if (Array.isArray(value)) return value.map((item) => mapObjects(item, rewrite));
  if (!isPlain(value)) return value;
  return Object.fromEntries(Object.entries(rewrite(value)).map(([key, item]) => [key, mapObjects(item, rewrite)]));
}

/** Without the bridge's record of which properties are defaults, which outputs do not have. */
const withoutDefaults = (value) =>
  mapObjects(value, (object) => Object.fromEntries(Object.entries(object).filter(([key]) => key !== "__defaults")));

/** Without anything that is not known, as older providers answer in a preview. */
function knownOnly(value) {
  if (Array.isArray(value)) return value.filter((item) => !isUnknown(item)).map(knownOnly);
  if (!isPlain(value)) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, item]) => (isUnknown(item) ? [] : [[key, knownOnly(item)]])),
  );
}

module.exports = { hasUnknown, isObject, isPlain, isUnknown, knownOnly, secret, unknown, withoutDefaults };
