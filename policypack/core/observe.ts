import { isUnknownSentinel } from "../model/bag";
import type { Raw } from "../model/bag";
import { bareTypes, knownTypes } from "../model/readers";

/**
 * A program that only reads a resource (`RestApi.get`) gives it no inputs. Previews show such a resource to nobody; an
 * analysis of state does, and without this it would be condemned for everything that its owner set elsewhere.
 */
export function isRead(type: string, inputs: Raw | undefined, outputs: Raw): boolean {
  const { id } = outputs;
  if (inputs === undefined || !isBlank(inputs) || !knownTypes.has(type) || bareTypes.has(type)) return false;
  return typeof id === "string" && id !== "" && !isUnknownSentinel(id);
}

/** Nothing was written. */
export function isBlank(properties: Raw): boolean {
  return Object.keys(properties).every((key) => key.startsWith("__"));
}
