// The options of a matcher in process, as they were really given: types are gone by then, and a misspelt `key` would mix all keys.

import { ConfigError } from "../core/errors.ts";
import { nearest } from "../core/nearest.ts";
import type { MatcherLimits } from "./matcher.ts";

const OPTIONS = [
  "app",
  "compile",
  "limits",
  "timedOut",
  "onNotice",
  "key",
  "keyOf",
  "time",
  "timeOf",
  "outOfOrderness",
] as const;

const COUNTS = ["maxRunsPerKey", "maxNodesPerKey", "maxMatchesPerEvent", "maxKeys", "maxStateBytes"] as const;

type Values = ReadonlyMap<string, unknown>;

/** @throws {ConfigError} `UNKNOWN_OPTION`, `BAD_OPTION` */
export function checkOptions(given: unknown): void {
  const options = valuesOf(given, "the options of a matcher", OPTIONS);
  const demand = (name: string, fits: (value: unknown) => boolean, expected: string): void => {
    const value = options.get(name);
    if (value !== undefined && !fits(value)) throw bad(name, value, expected);
  };
  demand("app", (value) => typeof value === "string", "a text");
  demand("compile", isObject, "an object with options");
  demand("timedOut", isOneOf(["none", "count", "longest", "all"]), '"none", "count", "longest" or "all"');
  demand("onNotice", (value) => typeof value === "function", "a function");
  for (const [one, other] of [["key", "keyOf"] as const, ["time", "timeOf"] as const]) {
    if (options.get(one) === undefined || options.get(other) === undefined) continue;
    throw new ConfigError("BAD_OPTION", `${one} and ${other} were both given: give one of them.`);
  }
}

/** The limits that were given; what is `undefined` was not. @throws {ConfigError} `UNKNOWN_OPTION`, `BAD_OPTION` */
export function checkLimits(given: unknown): Partial<MatcherLimits> {
  if (given === undefined) return {};
  const limits = valuesOf(given, "limits", [...COUNTS, "onLimit"]);
  for (const name of COUNTS) {
    const value = limits.get(name);
    if (value === undefined || (Number.isSafeInteger(value) && (value as number) >= 1)) continue;
    throw bad(`limits.${name}`, value, "a whole number from 1");
  }
  const policy = limits.get("onLimit");
  if (policy !== undefined && !isOneOf(["quarantine", "fail", "dropOldest"])(policy))
    throw bad("limits.onLimit", policy, '"quarantine", "fail" or "dropOldest"');
  return Object.fromEntries([...limits].filter(([, value]) => value !== undefined));
}

function valuesOf(given: unknown, what: string, known: readonly string[]): Values {
  if (!isObject(given)) throw bad(what, given, "an object");
  const values = new Map(Object.entries(given));
  for (const name of values.keys()) {
    if (known.includes(name)) continue;
    const near = nearest(name, known);
    const remedy = near === undefined ? `There are ${known.join(", ")}.` : `Did you mean "${near}"?`;
    throw new ConfigError("UNKNOWN_OPTION", `${what} has no "${name}". ${remedy}`);
  }
  return values;
}

function bad(name: string, value: unknown, expected: string): ConfigError {
  return new ConfigError("BAD_OPTION", `${name} is ${show(value)}: give ${expected}, or leave it out.`);
}

function isOneOf(words: readonly string[]): (value: unknown) => boolean {
  return (value) => words.some((word) => word === value);
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function show(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value);
  if (typeof value === "function") return "a function";
  if (Array.isArray(value)) return "a list";
  return typeof value === "object" && value !== null ? "an object" : String(value);
}
