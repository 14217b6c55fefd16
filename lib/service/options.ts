// Reads the options of a service one by one. What is wrong is written down, and reading goes on with the default, so that
// all mistakes are told at once.

import { ConfigError } from "../core/errors.ts";
import { nearest } from "../core/nearest.ts";
import { parseDuration } from "../time/duration.ts";

/** Where mistakes are written down. */
export type Notes = { add(code: string, path: readonly string[], message: string, remedy: string): void };

/** Options that were given, as nobody has looked at them yet. */
export interface Options {
  /** Where they stand, from the outside in. */
  readonly path: readonly string[];
  /** The value as it is, or `undefined`. */
  raw(name: string): unknown;
  /** A length of time, at least `leastMs`. */
  durationMs(name: string, otherwiseMs: number, leastMs: number): number;
  /** A whole number from 1. */
  count(name: string, otherwise: number): number;
  oneOf<T extends string>(name: string, allowed: readonly T[], otherwise: T): T;
  /** `true` or `false`. */
  flag(name: string, otherwise: boolean): boolean;
  /** A text that is not empty. */
  text(name: string, otherwise: string): string;
  /** A function, or `null`. */
  func<F>(name: string): F | null;
  /** Options inside these; none are as good as empty ones. */
  inner(name: string, known: readonly string[]): Options;
}

/** Reads `given`, of which only `known` names are allowed. */
export function readOptions(given: unknown, path: readonly string[], known: readonly string[], notes: Notes): Options {
  const values: object = isRecord(given) ? given : {};
  if (given !== undefined && !isRecord(given)) {
    notes.add(
      "BAD_OPTION",
      path,
      `It is ${show(given)}, not an object with options.`,
      `The options are ${list(known)}.`,
    );
  }
  for (const name of Object.keys(values)) if (!known.includes(name)) unknownOption(name, path, known, notes);
  return optionsOf(values, path, notes);
}

function optionsOf(values: object, path: readonly string[], notes: Notes): Options {
  const raw = (name: string): unknown =>
    Object.hasOwn(values, name) ? (values as Readonly<Record<string, unknown>>)[name] : undefined;
  const bad = (name: string, message: string, remedy: string): void =>
    notes.add("BAD_OPTION", [...path, name], `It is ${message}.`, remedy);
  return {
    path,
    raw,
    durationMs(name, otherwiseMs, leastMs) {
      const value = raw(name);
      if (value === undefined) return otherwiseMs;
      const ms = durationOf(value);
      if (ms !== null && ms >= leastMs) return ms;
      bad(
        name,
        show(value),
        `Write a duration of at least ${leastMs} ms, such as 500 (milliseconds), "30s", "10m" or "1h30m".`,
      );
      return otherwiseMs;
    },
    count(name, otherwise) {
      const value = raw(name);
      if (value === undefined) return otherwise;
      if (Number.isSafeInteger(value) && (value as number) >= 1) return value as number;
      bad(name, show(value), "Write a whole number from 1.");
      return otherwise;
    },
    oneOf(name, allowed, otherwise) {
      const value = raw(name);
      if (value === undefined) return otherwise;
      const found = allowed.find((each) => each === value);
      if (found === undefined) bad(name, show(value), `Write ${list(allowed, "or")}.`);
      return found ?? otherwise;
    },
    flag(name, otherwise) {
      const value = raw(name);
      if (value === undefined || typeof value === "boolean") return value ?? otherwise;
      bad(name, show(value), "Write true or false.");
      return otherwise;
    },
    text(name, otherwise) {
      const value = raw(name);
      if (value === undefined) return otherwise;
      if (typeof value === "string" && value.trim() !== "") return value;
      bad(name, show(value), "Write a text.");
      return otherwise;
    },
    func<F>(name: string): F | null {
      const value = raw(name);
      if (value === undefined) return null;
      if (typeof value === "function") return value as F;
      bad(name, show(value), "Write a function.");
      return null;
    },
    inner: (name, known) => readOptions(raw(name), [...path, name], known, notes),
  };
}

function unknownOption(name: string, path: readonly string[], known: readonly string[], notes: Notes): void {
  const near = nearest(name, known);
  const meant = near === undefined ? "" : `Did you mean "${near}"? `;
  notes.add(
    "UNKNOWN_OPTION",
    [...path, name],
    "There is no such option.",
    `${meant}The options here are ${list(known)}.`,
  );
}

function durationOf(value: unknown): number | null {
  try {
    return parseDuration(value as string, "");
  } catch (error) {
    if (error instanceof ConfigError) return null;
    throw error;
  }
}

function list(words: readonly string[], last: "and" | "or" = "and"): string {
  const quoted = words.map((word) => (last === "or" ? JSON.stringify(word) : word));
  return quoted.length < 2 ? quoted.join("") : `${quoted.slice(0, -1).join(", ")} ${last} ${quoted.at(-1)}`;
}

/** What someone gave instead, short. */
export function show(value: unknown): string {
  if (value === undefined) return "missing";
  if (typeof value === "string") return JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}…` : value);
  if (typeof value === "function") return "a function";
  if (Array.isArray(value)) return "a list";
  return typeof value === "object" && value !== null ? "an object" : String(value);
}

export function isRecord(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
