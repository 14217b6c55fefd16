// Looking at JSON data piece by piece, and remembering what was wrong with it and where.
//
//     JsonReading   one reading: its problems, and the limits
//     Fields        one object of it: each field is asked for by name and expected kind; what nobody asked for is unknown
//
// What is wrong is reported and replaced by something harmless, so that reading goes on and finds the other problems;
// the result is thrown away if there were any.

import { PatternError, type Problem } from "../../core/errors.ts";
import { nearest } from "../../core/nearest.ts";
import { checkSize, DEFAULT_JSON_LIMITS, type JsonLimits } from "./limits.ts";

/** What is wrong with JSON that was to be a pattern. */
export type JsonCode = "JSON_VERSION" | "JSON_SHAPE" | "JSON_UNKNOWN_FIELD" | "JSON_TOO_LARGE";

/** Nobody reads more problems than this; the others show when these are mended. */
const MAX_PROBLEMS = 100;

export class JsonReading {
  readonly problems: Problem<JsonCode>[] = [];
  /** What the pattern is called in the error. */
  name = "";

  /** @throws {PatternError} `JSON_TOO_LARGE` */
  constructor(value: unknown, limits: Partial<JsonLimits>) {
    const excess = checkSize(value, { ...DEFAULT_JSON_LIMITS, ...limits });
    if (excess === null) return;
    this.report("JSON_TOO_LARGE", excess.message, excess.remedy);
    throw this.refusal();
  }

  report(code: JsonCode, message: string, remedy: string): void {
    this.problems.push({ code, severity: "error", path: [], message, remedy });
    if (this.problems.length === MAX_PROBLEMS) throw this.refusal();
  }

  /** Reports that something else than `expected` stands at `place`. */
  unexpected(place: string, expected: string, found: unknown, remedy?: string): void {
    const message = `${place}: expected ${expected}, found ${show(found)}.`;
    this.report("JSON_SHAPE", message, remedy ?? "Write it as toJSON() of a pattern does.");
  }

  refusal(): PatternError {
    return new PatternError(this.name === "" ? "(from JSON)" : this.name, this.problems);
  }

  object(value: unknown, place: string, expected: string): Fields {
    const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
    if (!isObject) this.unexpected(place, expected, value, isText(value) ? PARSE_FIRST : undefined);
    return new Fields(this, isObject ? (value as Readonly<Record<string, unknown>>) : null, place);
  }

  text(value: unknown, place: string): string {
    if (isText(value)) return value;
    this.unexpected(place, "a text", value);
    return "";
  }

  word<Word extends string>(value: unknown, place: string, words: readonly Word[]): Word | undefined {
    const found = words.find((each) => each === value);
    if (found !== undefined) return found;
    const meant = isText(value) ? nearest(value, words) : undefined;
    const choice = words.map((each) => `"${each}"`).join(", ");
    this.unexpected(place, `one of ${choice}`, value, meant && `Did you mean "${meant}"?`);
    return undefined;
  }
}

const PARSE_FIRST = "Give the data, not the text: JSON.parse(text).";

/** One object of the JSON. Of something else that stands where an object should, every field is silently harmless. */
export class Fields {
  readonly place: string;
  readonly #reading: JsonReading;
  readonly #record: Readonly<Record<string, unknown>> | null;
  readonly #known: Set<string> = new Set();

  constructor(reading: JsonReading, record: Readonly<Record<string, unknown>> | null, place: string) {
    this.#reading = reading;
    this.#record = record;
    this.place = place;
  }

  /** Whether something else stands where an object should, which has been reported. */
  get isBroken(): boolean {
    return this.#record === null;
  }

  /** The value of an own field, or `undefined`. */
  take(name: string): unknown {
    this.#known.add(name);
    return this.#record !== null && Object.hasOwn(this.#record, name) ? this.#record[name] : undefined;
  }

  has(name: string): boolean {
    return this.take(name) !== undefined;
  }

  placeOf(name: string): string {
    return `${this.place}.${name}`;
  }

  text(name: string, otherwise?: string): string {
    return this.#read(name, "a text", isText, otherwise) ?? "";
  }

  number(name: string, otherwise?: number): number {
    return this.#read(name, "a number", isNumber, otherwise) ?? 0;
  }

  flag(name: string, otherwise: boolean): boolean {
    return this.#read(name, "true or false", isFlag, otherwise);
  }

  /** `null` may be spelt out or, unless `required`, left out. */
  numberOrNull(name: string, required = false): number | null {
    const otherwise = required ? undefined : null;
    return (
      this.#read<number | null>(name, "a number or null", (value) => value === null || isNumber(value), otherwise) ??
      null
    );
  }

  texts(name: string): readonly string[] {
    return this.list(name, "texts").map(({ value, place }) => this.#reading.text(value, place));
  }

  textsOrNull(name: string): readonly string[] | null {
    return (this.take(name) ?? null) === null ? null : this.texts(name);
  }

  /** One of `words`; `undefined` after reporting that it is none. */
  word<Word extends string>(name: string, words: readonly Word[]): Word | undefined {
    return this.#record === null ? undefined : this.#reading.word(this.take(name), this.placeOf(name), words);
  }

  /** One of `words`, or `otherwise`, which may be spelt out or left out. */
  wordOr<Word extends string, Other>(name: string, words: readonly Word[], otherwise: Other): Word | Other {
    const value = this.take(name);
    if (value === undefined || value === otherwise) return otherwise;
    return this.#reading.word(value, this.placeOf(name), words) ?? otherwise;
  }

  object(name: string, expected: string, otherwise: object): Fields {
    return this.#reading.object(this.take(name) ?? otherwise, this.placeOf(name), expected);
  }

  list(name: string, what: string): readonly { readonly value: unknown; readonly place: string }[] {
    const values = this.#read<readonly unknown[]>(name, `an array of ${what}`, isList) ?? [];
    // `Array.from` sees the holes of a sparse array, which `map` would pass over.
    return Array.from(values, (value, index) => ({ value, place: `${this.placeOf(name)}[${index}]` }));
  }

  /** Reports every field that nobody asked for. Called when all of the object has been read. */
  end(): void {
    for (const name of Object.keys(this.#record ?? {})) {
      if (this.#known.has(name)) continue;
      const meant = nearest(name, this.#known);
      const known = [...this.#known].map((each) => `"${each}"`).join(", ");
      this.#reading.report(
        "JSON_UNKNOWN_FIELD",
        `${this.place}: the field ${show(name)} is not known here.`,
        meant === undefined ? `Leave it out; the fields known here are ${known}.` : `Did you mean "${meant}"?`,
      );
    }
  }

  #read<T>(name: string, expected: string, fits: (value: unknown) => boolean, otherwise: T): T;
  #read<T>(name: string, expected: string, fits: (value: unknown) => boolean, otherwise?: T): T | undefined;
  #read<T>(name: string, expected: string, fits: (value: unknown) => boolean, otherwise?: T): T | undefined {
    const value = this.take(name);
    if (fits(value)) return value as T;
    const mayBeLeftOut = otherwise !== undefined || this.#record === null;
    if (value !== undefined || !mayBeLeftOut) this.#reading.unexpected(this.placeOf(name), expected, value);
    return otherwise;
  }
}

/** A value in a few words. */
export function show(value: unknown): string {
  switch (typeof value) {
    case "string":
      return JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}…` : value);
    case "number":
    case "boolean":
    case "bigint":
      return String(value);
    case "undefined":
      return "nothing";
    case "object":
      if (value === null) return "null";
      return Array.isArray(value) ? "an array" : "an object";
    default:
      return `a ${typeof value}`;
  }
}

function isText(value: unknown): value is string {
  return typeof value === "string";
}

function isNumber(value: unknown): value is number {
  return typeof value === "number" && Number.isFinite(value);
}

function isFlag(value: unknown): value is boolean {
  return typeof value === "boolean";
}

function isList(value: unknown): value is readonly unknown[] {
  return Array.isArray(value);
}
