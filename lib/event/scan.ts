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
  spacesEnd,
  stands,
  valueEnd,
  wordEnd,
  ZERO,
} from "./json-ends.ts";

/**
 * The fields of the object that `bytes` are; `undefined` where there is none. It is the same object every time, filled anew. `null`: ask
 * `JSON.parse`. Cost: one pass over the bytes; nothing is made but wanted texts.
 */
export type Scanner = (bytes: Uint8Array) => Readonly<Record<string, unknown>> | null;

/** Deeper nesting is left to others. */
const MOST_LEVELS = 64;
/** Whole numbers of so many digits are exact however they are put together. */
const EXACT_DIGITS = 15;
/** Texts that are remembered, by field and by a hash, so that those that come again and again are made once; longer ones are not. */
const REMEMBERED = 64;
const LONGEST_REMEMBERED = 32;
const SMALL_N = 0x6e;
const SMALL_T = 0x74;

/** Some fields of an object decide whether it is refused. */
export type Refusal = {
  readonly names: readonly string[];
  /** Asked of the object, or of just these fields of it. */
  readonly ask: (object: object) => boolean;
};

const NO_REFUSAL: Refusal = { names: [], ask: () => false };

/** `isAskedOnly`: of a text `""` is said. `said`: of the object at hand. */
type Field = {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly isAskedOnly: boolean;
  readonly decides: boolean;
  readonly texts: string[];
  said: unknown;
};

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
    const decides = refusal.names.includes(name);
    return { name, bytes: utf8.encode(name), isAskedOnly: !names.includes(name), decides, texts, said: undefined };
  });
  const found: Record<string, unknown> = Object.fromEntries(fields.map(({ name }) => [name, undefined]));
  const isRefused = (): boolean => {
    for (const field of fields) found[field.name] = field.said;
    return refusal.ask(found);
  };
  const deciding = fields.filter(({ decides }) => decides).length;
  const levels = Math.min(maxDepth, MOST_LEVELS);
  return (bytes) => {
    for (const field of fields) field.said = undefined;
    if (!scan(bytes, fields, levels, deciding, isRefused)) return null;
    for (const field of fields) found[field.name] = field.said;
    return found;
  };
}

/** Scans an object, `deciding` of whose wanted fields decide whether it is refused. */
function scan(
  bytes: Uint8Array,
  fields: readonly Field[],
  levels: number,
  deciding: number,
  isRefused: () => boolean,
): boolean {
  let met = 0;
  let at = spacesEnd(bytes, 0);
  if (levels === 0 || byteAt(bytes, at) !== OPEN_OBJECT) return false;
  at = spacesEnd(bytes, at + 1);
  if (byteAt(bytes, at) === CLOSE_OBJECT) return spacesEnd(bytes, at + 1) === bytes.length && !isRefused();
  for (;;) {
    if (byteAt(bytes, at) !== QUOTE) return false;
    const nameAt = at + 1;
    const nameEnd = plainEnd(bytes, nameAt);
    if (byteAt(bytes, nameEnd) !== QUOTE) return false;
    at = spacesEnd(bytes, nameEnd + 1);
    if (byteAt(bytes, at) !== COLON) return false;
    at = spacesEnd(bytes, at + 1);
    const field = fieldAt(bytes, nameAt, nameEnd, fields);
    const end = field === null ? valueEnd(bytes, at, levels - 1) : scanField(bytes, at, field);
    if (end === NOWHERE) return false;
    if (field?.decides === true) {
      met += 1;
      if (met === deciding && isRefused()) return false;
    }
    at = spacesEnd(bytes, end);
    const next = byteAt(bytes, at);
    // Where a field is missing or stands there twice, it was asked too early or not at all.
    if (next === CLOSE_OBJECT)
      return spacesEnd(bytes, at + 1) === bytes.length && ((met === deciding && met > 0) || !isRefused());
    if (next !== COMMA) return false;
    at = spacesEnd(bytes, at + 1);
  }
}

/** The field of this name; `null`: it is not wanted. */
function fieldAt(bytes: Uint8Array, at: number, end: number, fields: readonly Field[]): Field | null {
  for (const field of fields) if (field.bytes.length === end - at && stands(field.bytes, bytes, at)) return field;
  return null;
}

/** Reads a wanted value; where it ends. */
function scanField(bytes: Uint8Array, at: number, field: Field): number {
  const first = byteAt(bytes, at);
  if (first === QUOTE) {
    const end = plainEnd(bytes, at + 1);
    if (byteAt(bytes, end) !== QUOTE) return NOWHERE;
    field.said = field.isAskedOnly ? "" : textIn(bytes, at + 1, end, field.texts);
    return end + 1;
  }
  if (first === MINUS || (first >= ZERO && first <= NINE)) {
    const end = numberEnd(bytes, at);
    if (end !== NOWHERE) field.said = numberIn(bytes, at, end);
    return end;
  }
  const end = wordEnd(bytes, at);
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

/** The text between its quotes, which is ASCII. */
function textIn(bytes: Uint8Array, at: number, end: number, texts: string[]): string {
  const length = end - at;
  if (length > LONGEST_REMEMBERED) return fromUtf8.decode(bytes.subarray(at, end));
  let hash = length;
  for (let index = at; index < end; index += 1) hash = (31 * hash + (bytes[index] as number)) | 0;
  const place = (hash ^ (hash >>> 8)) & (REMEMBERED - 1);
  const known = texts[place] as string;
  if (known.length === length && isText(known, bytes, at)) return known;
  const text = fromUtf8.decode(bytes.subarray(at, end));
  texts[place] = text;
  return text;
}

function isText(text: string, bytes: Uint8Array, at: number): boolean {
  for (let index = 0; index < text.length; index += 1) if (text.charCodeAt(index) !== bytes[at + index]) return false;
  return true;
}
