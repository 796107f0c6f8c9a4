export { createPack } from "./pack";
export type { PackOptions, Preset } from "./pack";
export { policies } from "./policies";
export { definePolicy, fault, option, unverified } from "./core/policy";
export type { AnyPolicy, Context, Example, Outcome, PolicyDefinition, Verdict } from "./core/policy";
