// Key and time of an event, written like conditions: `key: (e) => e.card` is called once with a proxy, so it is data
// that can be printed, compared and read from columns. `keyOf` and `timeOf` take plain functions instead.

import { ConfigError, PatternError } from "../core/errors.ts";
import type { Expr, ExprOf } from "../pattern/builder/expression-types.ts";
import { writeValues } from "../pattern/builder/proxy.ts";
import { OBJECTS } from "../pattern/expression/event-reader.ts";
import type { ValueExpr } from "../pattern/expression/expression.ts";
import { prepareValue } from "../pattern/expression/prepare.ts";
import type { Arity } from "../pattern/shape.ts";
import type { Instant } from "../time/instant.ts";
import type { Key, KeyPart } from "./key.ts";

/**
 * Where the key of an event comes from: an expression, or a list of them for a tuple; or a plain function.
 *
 * @example
 * import type { KeyOption } from "sequitur";
 *
 * type Charge = { card: string; shop: { id: number } };
 * const byCard: KeyOption<Charge> = { key: (e) => e.card };
 * const byBoth: KeyOption<Charge> = { key: (e) => [e.card, e.shop.id] };
 * const byPrefix: KeyOption<Charge> = { keyOf: (e) => e.card.slice(0, 6) };
 * Object.keys(byPrefix); // => ["keyOf"]
 */
export type KeyOption<E> =
  | {
      readonly key: (e: ExprOf<E>) => Expr<KeyPart> | KeyPart | readonly (Expr<KeyPart> | KeyPart)[];
      readonly keyOf?: never;
    }
  | { readonly keyOf: (event: E) => Key | null | undefined; readonly key?: never };

/**
 * Where the time of an event comes from: an expression that gives milliseconds since 1970 or an ISO 8601 text with a zone; or a plain function
 * that gives milliseconds.
 *
 * @example
 * import type { TimeOption } from "sequitur";
 *
 * const inSeconds: TimeOption<{ at: number }> = { time: (e) => e.at.times(1_000) };
 * const asText: TimeOption<{ at: string }> = { time: (e) => e.at };
 * const parsed: TimeOption<{ day: string }> = { timeOf: (e) => Date.parse(`${e.day}T00:00:00Z`) };
 * Object.keys(parsed); // => ["timeOf"]
 */
export type TimeOption<E> =
  | { readonly time: (e: ExprOf<E>) => Expr<number | string>; readonly timeOf?: never }
  | { readonly timeOf: (event: E) => Instant | null | undefined; readonly time?: never };

/** Reads something from events. */
export type Extractor = {
  /** What is read, as data; a list for a tuple; `null` for a plain function. */
  readonly expr: ValueExpr | readonly ValueExpr[] | null;
  /** What it is for one event, whatever that may be: `undefined` where it is missing. @throws whatever a plain function throws. */
  readonly read: (event: object) => unknown;
};

/**
 * How to read the key. Whether what is read can be a key is for `isKey` to say.
 *
 * @throws {ConfigError} `KEY_NOT_GIVEN`, or a code of `writeValues` if the expression uses the event as a value.
 */
export function readKey<E>(option: KeyOption<E>): Extractor {
  if (option.keyOf !== undefined) {
    const { expr, read } = plain("keyOf", option.keyOf);
    return { expr, read: (event) => copyOf(read(event)) };
  }
  const expr = written("key", option.key);
  if (!isList(expr)) {
    const read = prepareValue(expr, OBJECTS);
    return { expr, read: (event) => copyOf(read(event)) };
  }
  if (expr.length === 0) throw extractorNotGiven("key");
  const readers = expr.map((each) => prepareValue(each, OBJECTS));
  return { expr, read: (event) => readers.map((read) => read(event)) };
}

/** A list that nobody else has: one that is made once and filled anew for each event would change the keys of those before it. */
function copyOf(key: unknown): unknown {
  return Array.isArray(key) ? [...key] : key;
}

/**
 * How to read the time: a number of milliseconds, or what else there was. A text counts if it is an ISO 8601 date and time with a zone.
 *
 * @throws {ConfigError} `TIME_NOT_GIVEN`, or a code of `writeValues` if the expression uses the event as a value.
 */
export function readTime<E>(option: TimeOption<E>): Extractor {
  if (option.timeOf !== undefined) return plain("timeOf", option.timeOf);
  const expr = written("time", option.time);
  if (isList(expr)) throw extractorNotGiven("time");
  const read = prepareValue(expr, OBJECTS);
  return { expr, read: (event) => instantOf(read(event)) };
}

/** Date and time to the second or finer, and an offset: without one a text means another instant on every machine. */
const ISO = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:\d{2})$/;

function instantOf(value: unknown): unknown {
  if (typeof value !== "string" || !ISO.test(value)) return value;
  const at = Date.parse(value);
  return Number.isNaN(at) || !isDay(value.slice(0, 10)) ? value : at;
}

/** `Date.parse` takes 30 February for 2 March. */
function isDay(date: string): boolean {
  const day = Number(date.slice(8));
  return day <= 28 || new Date(`${date}T00:00Z`).getUTCDate() === day;
}

/** A key and a time are asked of an event alone. */
const NO_STEPS: ReadonlyMap<string, Arity> = new Map();

function written(name: "key" | "time", write: unknown): ValueExpr | readonly ValueExpr[] {
  if (typeof write !== "function") throw extractorNotGiven(name);
  try {
    return writeValues(
      { pattern: name, path: [], method: name, arityOf: NO_STEPS.get.bind(NO_STEPS) },
      write as (e: never) => unknown,
    );
  } catch (error) {
    const [problem] = error instanceof PatternError ? error.problems : [];
    if (problem === undefined) throw error;
    throw new ConfigError(problem.code, `${problem.message} ${problem.remedy}`, { cause: error });
  }
}

function plain(name: string, call: unknown): Extractor {
  if (typeof call !== "function") throw extractorNotGiven(name === "keyOf" ? "key" : "time");
  return { expr: null, read: call as (event: object) => unknown };
}

function isList(expr: ValueExpr | readonly ValueExpr[]): expr is readonly ValueExpr[] {
  return Array.isArray(expr);
}

/** The error for a key or time that is missing or no function. */
export function extractorNotGiven(name: "key" | "time"): ConfigError {
  return new ConfigError(
    `${name.toUpperCase()}_NOT_GIVEN`,
    name === "key"
      ? "The key of events is not given. Write key: (e) => e.card, key: (e) => [e.card, e.shop], or keyOf with a plain function."
      : "The time of events is not given. Write time: (e) => e.at (milliseconds since 1970, or an ISO 8601 text with a zone), or timeOf with a plain function.",
  );
}
