// The outermost fields of an object in JSON, read from its bytes without making the object. Of most events of a busy topic no more is
// ever asked than whether they concern anybody, and when they happened.
//
//     {"n":7,"type":"look","shop":{"id":3},"at":9}     type, at  ─▶  { type: "look", at: 9 }
//
// What is said is what `JSON.parse` says. The scanner is made for JSON as programs write it: where saying it takes more than that (JSON
// that is broken, a name or a wanted text with an escape or not in ASCII, a wanted list), it says nothing, and
// `JSON.parse` has to be asked.

import {
  byteAt,
  CLOSE_OBJECT,
  COLON,
  COMMA,
  MINUS,
  NINE,
  NOWHERE,
  numberEnd,
  OPEN_OBJECT,
  plainEnd,
  QUOTE,
  SPACE,
  spacesEnd,
  stands,
  valueEnd,
  wordEnd,
  ZERO,
} from "./json-ends.ts";

/**
 * The fields of the object that the bytes from `at` to `to` are, by default all; `undefined` where there is none. It is the same object
 * every time, filled anew. `null`: ask `JSON.parse`. Cost: one pass over the bytes; nothing is made but wanted texts.
 */
export type Scanner = (bytes: Uint8Array, at?: number, to?: number) => Readonly<Record<string, unknown>> | null;

/** Deeper nesting is left to others. */
const MOST_LEVELS = 64;
/** Whole numbers of so many digits are exact however they are put together. */
const EXACT_DIGITS = 15;
/** Texts that are remembered, by field and by a hash, so that those that come again and again are made once; longer ones are not. */
const REMEMBERED = 64;
const LONGEST_REMEMBERED = 32;
/** Names that are usual in their places; longer ones are not. Another one becomes usual in its place after so many that were not. */
const MOST_NAMES = 64;
const LONGEST_NAME = 64;
const LEARN_EVERY = 16;
const SMALL_N = 0x6e;
const SMALL_T = 0x74;

/** Some fields of an object decide whether it is refused. */
export type Refusal = {
  readonly names: readonly string[];
  /** Asked of the object, or of just these fields of it. What it says of a text that decides alone is remembered with the text. */
  readonly ask: (object: object) => boolean;
};

const NO_REFUSAL: Refusal = { names: [], ask: () => false };

/**
 * `isAskedOnly`: of a text `""` is said. `said`: of the object at hand; `place`: of what is said among the texts that are remembered.
 * `verdicts`: what was said of each of these.
 */
type Field = {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly isAskedOnly: boolean;
  readonly decides: boolean;
  readonly texts: string[];
  readonly verdicts: Uint8Array;
  said: unknown;
  place: number;
};

const UNKNOWN = 0;
const REFUSED = 1;
const TAKEN = 2;

const utf8 = new TextEncoder();
const fromUtf8 = new TextDecoder();

/**
 * Makes a scanner of the fields `names`, and of those in `asked`, of which it says `""` for any text: for whoever asks only whether there is
 * one. Objects and lists in more than `maxDepth` levels are left to `JSON.parse`. So are those that `refusal` refuses: it is asked as soon as
 * its fields, which are among `names`, were met, so that not all of the object is read in vain.
 */
export function createScanner(
  names: readonly string[],
  asked: readonly string[],
  maxDepth: number,
  refusal: Refusal = NO_REFUSAL,
): Scanner {
  const fields = [...new Set([...names, ...asked])].map((name): Field => {
    const texts = new Array<string>(REMEMBERED).fill("");
    const verdicts = new Uint8Array(REMEMBERED);
    const [decides, isAskedOnly] = [refusal.names.includes(name), !names.includes(name)];
    return { name, bytes: utf8.encode(name), isAskedOnly, decides, texts, verdicts, said: undefined, place: NOWHERE };
  });
  const found: Record<string, unknown> = Object.fromEntries(fields.map(({ name }) => [name, undefined]));
  const fill = (): void => {
    for (const field of fields) found[field.name] = field.said;
  };
  const ask = (): boolean => {
    fill();
    return refusal.ask(found);
  };
  const deciding = fields.filter(({ decides }) => decides).length;
  const isRefused = (field: Field | null): boolean => {
    if (field === null || deciding > 1 || field.place === NOWHERE) return ask();
    if (field.verdicts[field.place] === UNKNOWN) field.verdicts[field.place] = ask() ? REFUSED : TAKEN;
    return field.verdicts[field.place] === REFUSED;
  };
  const seen = new Names(fields);
  const levels = Math.min(maxDepth, MOST_LEVELS);
  return (bytes, at = 0, to = bytes.length) => {
    for (const field of fields) field.said = undefined;
    if (!scan(bytes, at, to, seen, levels, deciding, isRefused)) return null;
    fill();
    return found;
  };
}

/** Scans an object, `deciding` of whose wanted fields decide whether it is refused; `isRefused` is given the last of them that was met. */
function scan(
  bytes: Uint8Array,
  from: number,
  to: number,
  names: Names,
  levels: number,
  deciding: number,
  isRefused: (last: Field | null) => boolean,
): boolean {
  let met = 0;
  let at = spacesEnd(bytes, from, to);
  if (levels === 0 || byteAt(bytes, at, to) !== OPEN_OBJECT) return false;
  at = spacesEnd(bytes, at + 1, to);
  if (byteAt(bytes, at, to) === CLOSE_OBJECT) return spacesEnd(bytes, at + 1, to) === to && !isRefused(null);
  for (let index = 0; ; index += 1) {
    at = names.end(index, bytes, at, to);
    if (at === NOWHERE) return false;
    if (at < to && (bytes[at] as number) <= SPACE) at = spacesEnd(bytes, at, to);
    const { field } = names;
    at = field === null ? valueEnd(bytes, at, to, levels - 1) : scanField(bytes, at, to, field);
    if (at === NOWHERE) return false;
    if (field?.decides) {
      met += 1;
      if (met === deciding && isRefused(field)) return false;
    }
    if (at < to && (bytes[at] as number) <= SPACE) at = spacesEnd(bytes, at, to);
    const next = byteAt(bytes, at, to);
    // Where a field is missing or stands there twice, it was asked too early or not at all.
    if (next === CLOSE_OBJECT)
      return spacesEnd(bytes, at + 1, to) === to && ((met === deciding && met > 0) || !isRefused(null));
    if (next !== COMMA) return false;
    at += 1;
    if (at < to && (bytes[at] as number) <= SPACE) at = spacesEnd(bytes, at, to);
  }
}

/** A name as it stands in an object, from its first quote to behind its colon; and its field, `null`: it is not wanted. */
type Name = { readonly bytes: Uint8Array; readonly field: Field | null };

/** Reads names. Objects of one program have the same ones in the same order, so each is compared with what stands in its place usually. */
class Names {
  /** That of the name which was read last; `null`: it is not wanted. */
  field: Field | null = null;
  readonly #fields: readonly Field[];
  readonly #usual: Name[] = [];
  #unusual = 0;

  constructor(fields: readonly Field[]) {
    this.#fields = fields;
  }

  /** Where the name at `at`, the `index`th of its object, ends with its colon; `NOWHERE`: there is none, or it takes more than a look. */
  end(index: number, bytes: Uint8Array, at: number, to: number): number {
    if (index < this.#usual.length) {
      const usual = this.#usual[index] as Name;
      if (stands(usual.bytes, bytes, at, to)) {
        this.field = usual.field;
        return at + usual.bytes.length;
      }
    }
    return this.#read(index, bytes, at, to);
  }

  #read(index: number, bytes: Uint8Array, at: number, to: number): number {
    if (byteAt(bytes, at, to) !== QUOTE) return NOWHERE;
    const quote = plainEnd(bytes, at + 1, to);
    if (byteAt(bytes, quote, to) !== QUOTE) return NOWHERE;
    const colon = spacesEnd(bytes, quote + 1, to);
    if (byteAt(bytes, colon, to) !== COLON) return NOWHERE;
    this.field = fieldAt(bytes, at + 1, quote, this.#fields);
    this.#learn(index, bytes, at, colon + 1);
    return colon + 1;
  }

  #learn(index: number, bytes: Uint8Array, at: number, end: number): void {
    const known = this.#usual.length;
    this.#unusual += 1;
    if (index < known ? this.#unusual % LEARN_EVERY !== 0 : index > known || known === MOST_NAMES) return;
    if (end - at <= LONGEST_NAME)
      this.#usual[index] = { bytes: new Uint8Array(bytes.subarray(at, end)), field: this.field };
  }
}

/** The field of this name; `null`: it is not wanted. */
function fieldAt(bytes: Uint8Array, at: number, end: number, fields: readonly Field[]): Field | null {
  for (const field of fields) if (field.bytes.length === end - at && stands(field.bytes, bytes, at, end)) return field;
  return null;
}

/** Reads a wanted value; where it ends. */
function scanField(bytes: Uint8Array, at: number, to: number, field: Field): number {
  field.place = NOWHERE;
  const first = byteAt(bytes, at, to);
  if (first === QUOTE) {
    const end = plainEnd(bytes, at + 1, to);
    if (byteAt(bytes, end, to) !== QUOTE) return NOWHERE;
    if (field.isAskedOnly) field.said = "";
    else sayText(bytes, at + 1, end, field);
    return end + 1;
  }
  if (first === MINUS || (first >= ZERO && first <= NINE)) {
    const end = numberEnd(bytes, at, to);
    if (end !== NOWHERE) field.said = numberIn(bytes, at, end);
    return end;
  }
  const end = wordEnd(bytes, at, to);
  if (end !== NOWHERE) field.said = first === SMALL_N ? null : first === SMALL_T;
  return end;
}

function numberIn(bytes: Uint8Array, at: number, end: number): number {
  if (end - at > EXACT_DIGITS) return Number(fromUtf8.decode(bytes.subarray(at, end)));
  let number = 0;
  for (let index = at; index < end; index += 1) {
    const digit = (bytes[index] as number) - ZERO;
    if (digit < 0 || digit > 9) return Number(fromUtf8.decode(bytes.subarray(at, end)));
    number = 10 * number + digit;
  }
  return number;
}

/** Says the text between its quotes, which is ASCII. */
function sayText(bytes: Uint8Array, at: number, end: number, field: Field): void {
  const length = end - at;
  if (length > LONGEST_REMEMBERED) {
    field.said = fromUtf8.decode(bytes.subarray(at, end));
    return;
  }
  let hash = length;
  for (let index = at; index < end; index += 1) hash = (31 * hash + (bytes[index] as number)) | 0;
  const place = (hash ^ (hash >>> 8)) & (REMEMBERED - 1);
  const known = field.texts[place] as string;
  if (known.length !== length || !isText(known, bytes, at)) {
    field.texts[place] = fromUtf8.decode(bytes.subarray(at, end));
    field.verdicts[place] = UNKNOWN;
  }
  field.place = place;
  field.said = field.texts[place];
}

function isText(text: string, bytes: Uint8Array, at: number): boolean {
  for (let index = 0; index < text.length; index += 1) if (text.charCodeAt(index) !== bytes[at + index]) return false;
  return true;
}
