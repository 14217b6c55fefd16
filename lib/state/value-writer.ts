// Events and keys as bytes that give them back as they were. A schema or a decoder may make what JSON has no form for; what has no plain
// form at all is refused when it is saved, not found out after a crash.
//
//     value     kind, and what follows it:
//     whole       count                                  float, date     eight bytes
//     narrow      length │ a byte of each character      wide            length │ two bytes of each, the lower one first
//     bigint      a text in decimal digits               bytes           length │ bytes
//     list, set   length │ values                        map             length │ key, value …
//     object + n  the values of its fields, in order; n is what is known of names, from 0: the first n that is not known yet is
//                 followed by length │ names, each a text
//
// Kinds, lengths and n are counts (core/bytes.ts). Objects of one service look alike, so their names are written once for hundreds.

import { ByteWriter } from "../core/bytes.ts";
import { ConfigError } from "../core/errors.ts";

// Kinds of values. Never change.
export const UNDEFINED = 0;
export const NULL = 1;
export const FALSE = 2;
export const TRUE = 3;
export const WHOLE = 4;
export const FLOAT = 5;
export const NARROW = 6;
export const WIDE = 7;
export const LIST = 8;
export const BIGINT = 9;
export const DATE = 10;
export const BYTES = 11;
export const MAP = 12;
export const SET = 13;
/** And the number of its names. */
export const OBJECT = 14;

/** Values may hold each other so deep. What holds itself is deeper. */
const MAX_DEPTH = 500;

/** Some names in their order, and which names they are with one more behind them. */
class Names {
  readonly all: readonly string[];
  /** -1: not known to the reader yet. */
  number = -1;
  /** The one that was asked for last. */
  #last = "";
  #withLast: Names | null = null;
  #withOthers: Map<string, Names> | null = null;

  constructor(all: readonly string[]) {
    this.all = all;
  }

  and(name: string): Names {
    if (this.#withLast !== null && name === this.#last) return this.#withLast;
    this.#withOthers ??= new Map();
    let more = this.#withOthers.get(name);
    if (more === undefined) {
      more = new Names([...this.all, name]);
      this.#withOthers.set(name, more);
    }
    this.#last = name;
    this.#withLast = more;
    return more;
  }
}

type Fields = Readonly<Record<string, unknown>>;

/**
 * Writes plain data, with bigints, dates, maps, sets, bytes and all numbers in it; -0 is 0. A field that is `undefined` is left out.
 * Cost: what they hold.
 *
 * @throws {ConfigError} `UNSAVABLE_EVENT` for functions, symbols, instances of classes, and what holds itself.
 */
export function valuesToBytes(values: readonly unknown[]): Uint8Array {
  const writer = new ValueWriter();
  for (const value of values) writer.write(value, "", 0);
  return writer.written;
}

class ValueWriter {
  readonly #out = new ByteWriter();
  readonly #noNames = new Names([]);
  #known = 0;

  get written(): Uint8Array {
    return this.#out.written;
  }

  /** `name`: of the field that holds it, `depth`: how many hold each other around it. */
  write(value: unknown, name: string, depth: number): void {
    const out = this.#out;
    switch (typeof value) {
      case "string":
        this.#writeText(value);
        break;
      case "number":
        this.#writeNumber(value);
        break;
      case "object":
        if (value === null) out.count(NULL);
        else this.#writeObject(value, name, depth);
        break;
      case "boolean":
        out.count(value ? TRUE : FALSE);
        break;
      case "undefined":
        out.count(UNDEFINED);
        break;
      case "bigint":
        out.count(BIGINT);
        this.#writeText(`${value}`);
        break;
      default:
        throw unsavable(`a ${typeof value}`, name);
    }
  }

  #writeNumber(value: number): void {
    const isWhole = value >= 0 && value <= 0x7fff_ffff && (value | 0) === value;
    this.#out.count(isWhole ? WHOLE : FLOAT);
    if (isWhole) this.#out.count(value);
    else this.#out.float(value);
  }

  #writeText(text: string): void {
    const out = this.#out;
    const start = out.length;
    out.count(NARROW);
    out.count(text.length);
    const bytes = out.room(text.length);
    let at = out.length;
    for (let index = 0; index < text.length; index += 1) {
      const character = text.charCodeAt(index);
      if (character > 0xff) {
        out.length = start;
        this.#writeWide(text);
        return;
      }
      bytes[at++] = character;
    }
    out.length = at;
  }

  #writeWide(text: string): void {
    const out = this.#out;
    out.count(WIDE);
    out.count(text.length);
    const bytes = out.room(2 * text.length);
    for (let index = 0; index < text.length; index += 1) {
      bytes[out.length++] = text.charCodeAt(index);
      bytes[out.length++] = text.charCodeAt(index) >> 8;
    }
  }

  #writeObject(value: object, name: string, depth: number): void {
    if (depth === MAX_DEPTH) throw unsavable(`what holds itself, or more than ${MAX_DEPTH} things in each other`, name);
    if (Array.isArray(value)) this.#writeAll(LIST, value.length, value, name, depth);
    else if (isPlain(value)) this.#writeFields(value as Fields, depth);
    else if (value instanceof Date) {
      this.#out.count(DATE);
      this.#out.float(value.getTime());
    } else if (value instanceof Map) this.#writeAll(MAP, value.size, flat(value), name, depth);
    else if (value instanceof Set) this.#writeAll(SET, value.size, value, name, depth);
    else if (value instanceof Uint8Array) this.#writeBytes(value);
    else throw unsavable(`an instance of ${value.constructor?.name || "a class"}`, name);
  }

  #writeBytes(bytes: Uint8Array): void {
    const out = this.#out;
    out.count(BYTES);
    out.count(bytes.length);
    out.room(bytes.length).set(bytes, out.length);
    out.length += bytes.length;
  }

  #writeAll(kind: number, length: number, all: Iterable<unknown>, name: string, depth: number): void {
    this.#out.count(kind);
    this.#out.count(length);
    for (const each of all) this.write(each, name, depth + 1);
  }

  #writeFields(value: Fields, depth: number): void {
    let names = this.#noNames;
    for (const name in value) if (value[name] !== undefined) names = names.and(name);
    if (names.number >= 0) this.#out.count(OBJECT + names.number);
    else this.#writeNames(names);
    for (const name in value) {
      const field = value[name];
      if (field !== undefined) this.write(field, name, depth + 1);
    }
  }

  #writeNames(names: Names): void {
    names.number = this.#known;
    this.#known += 1;
    this.#out.count(OBJECT + names.number);
    this.#out.count(names.all.length);
    for (const name of names.all) this.#writeText(name);
  }
}

/** Whether its fields are all it is. */
function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null || Object.getPrototypeOf(prototype) === null;
}

function* flat(map: ReadonlyMap<unknown, unknown>): Generator<unknown> {
  for (const entry of map) yield* entry;
}

function unsavable(what: string, name: string): ConfigError {
  const where = name === "" ? "An event" : `The field "${name}" of an event`;
  return new ConfigError(
    "UNSAVABLE_EVENT",
    `${where} holds ${what}, which cannot be saved and restored. Let decode and schema make plain data: texts, numbers, bigints, ` +
      "booleans, dates, bytes, lists, maps, sets and objects of these.",
  );
}
