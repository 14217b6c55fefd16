// Where values of JSON end in its bytes, and whether they are values at all, by the grammar of `JSON.parse`. Nothing is made of them.
//
//     {"n":[1,2],"type":"x"}
//          ▲    ▲           ▲
//          at   valueEnd    to
//
// Functions of a place that give a place, or `NOWHERE`: whatever has to be remembered beside costs as much as the bytes. None of them
// looks at bytes from `to` on: others stand there.

/** There is no such value. */
export const NOWHERE = -1;

export const QUOTE = 0x22;
export const COMMA = 0x2c;
export const MINUS = 0x2d;
export const ZERO = 0x30;
export const NINE = 0x39;
export const COLON = 0x3a;
export const OPEN_OBJECT = 0x7b;
export const CLOSE_OBJECT = 0x7d;
export const SPACE = 0x20;
const PLUS = 0x2b;
const DOT = 0x2e;
const OPEN_LIST = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_LIST = 0x5d;
const SMALL_E = 0x65;
const SMALL_U = 0x75;
/** Makes a small letter of a capital. */
const TO_SMALL = 0x20;

const utf8 = new TextEncoder();
/** By byte: 1 where a text just goes on. */
const GOES_ON = tableOf((byte) => byte >= SPACE && byte < 0x80 && byte !== QUOTE && byte !== BACKSLASH);
/** By byte: 1 where a backslash before it makes an escape. */
const ESCAPED = tableOf((byte) => '"\\/bfnrt'.includes(String.fromCharCode(byte)));
const HEX = tableOf((byte) => /[\da-f]/i.test(String.fromCharCode(byte)));
const WORDS = ["true", "false", "null"].map((word) => utf8.encode(word));

/** Behind spaces. */
export function spacesEnd(bytes: Uint8Array, at: number, to: number): number {
  let end = at;
  for (; end < to; end += 1) {
    const byte = bytes[end] as number;
    if (byte > SPACE || (byte !== SPACE && byte !== 0x0a && byte !== 0x0d && byte !== 0x09)) return end;
  }
  return end;
}

/** Of the value at `at`, in which objects and lists are at most `levels` deep. */
export function valueEnd(bytes: Uint8Array, at: number, to: number, levels: number): number {
  if (at >= to) return NOWHERE;
  const byte = bytes[at] as number;
  if (byte === QUOTE) return textEnd(bytes, at, to);
  if (byte === MINUS || (byte >= ZERO && byte <= NINE)) return numberEnd(bytes, at, to);
  if (byte !== OPEN_OBJECT && byte !== OPEN_LIST) return wordEnd(bytes, at, to);
  if (levels === 0) return NOWHERE;
  return byte === OPEN_LIST ? listEnd(bytes, at, to, levels - 1) : objectEnd(bytes, at, to, levels - 1);
}

/** Of the text whose first quote is at `at`. */
export function textEnd(bytes: Uint8Array, at: number, to: number): number {
  let end = plainEnd(bytes, at + 1, to);
  while (end < to) {
    const byte = bytes[end] as number;
    if (byte === QUOTE) return end + 1;
    const length = byte === BACKSLASH ? escapeLength(bytes, end, to) : utf8Length(bytes, end, to);
    if (length === 0) return NOWHERE;
    end = plainEnd(bytes, end + length, to);
  }
  return NOWHERE;
}

/** Behind what of a text is neither its last quote nor an escape, and ASCII. */
export function plainEnd(bytes: Uint8Array, at: number, to: number): number {
  let end = at;
  while (end < to && GOES_ON[bytes[end] as number] === 1) end += 1;
  return end;
}

/** Of the number whose sign or first digit is at `at`. */
export function numberEnd(bytes: Uint8Array, at: number, to: number): number {
  const first = bytes[at] === MINUS ? at + 1 : at;
  let end = digitsEnd(bytes, first, to);
  if (end === first || (bytes[first] === ZERO && end > first + 1)) return NOWHERE;
  if (end < to && bytes[end] === DOT) {
    const fraction = end + 1;
    end = digitsEnd(bytes, fraction, to);
    if (end === fraction) return NOWHERE;
  }
  if (end < to && ((bytes[end] as number) | TO_SMALL) === SMALL_E) {
    const sign = end + 1 < to && (bytes[end + 1] === PLUS || bytes[end + 1] === MINUS) ? 1 : 0;
    const exponent = end + 1 + sign;
    end = digitsEnd(bytes, exponent, to);
    if (end === exponent) return NOWHERE;
  }
  return end;
}

/** Of `true`, `false` or `null`. */
export function wordEnd(bytes: Uint8Array, at: number, to: number): number {
  for (const word of WORDS) if (stands(word, bytes, at, to)) return at + word.length;
  return NOWHERE;
}

/** Whether `wanted` stands at `at`. */
export function stands(wanted: Uint8Array, bytes: Uint8Array, at: number, to: number): boolean {
  if (wanted.length > to - at) return false;
  for (let index = 0; index < wanted.length; index += 1) if (bytes[at + index] !== wanted[index]) return false;
  return true;
}

function objectEnd(bytes: Uint8Array, at: number, to: number, levels: number): number {
  let end = spacesEnd(bytes, at + 1, to);
  if (byteAt(bytes, end, to) === CLOSE_OBJECT) return end + 1;
  for (;;) {
    if (byteAt(bytes, end, to) !== QUOTE) return NOWHERE;
    const nameEnd = textEnd(bytes, end, to);
    if (nameEnd === NOWHERE) return NOWHERE;
    end = spacesEnd(bytes, nameEnd, to);
    if (byteAt(bytes, end, to) !== COLON) return NOWHERE;
    const valueAt = spacesEnd(bytes, end + 1, to);
    const behind = valueEnd(bytes, valueAt, to, levels);
    if (behind === NOWHERE) return NOWHERE;
    end = spacesEnd(bytes, behind, to);
    const next = byteAt(bytes, end, to);
    if (next === CLOSE_OBJECT) return end + 1;
    if (next !== COMMA) return NOWHERE;
    end = spacesEnd(bytes, end + 1, to);
  }
}

function listEnd(bytes: Uint8Array, at: number, to: number, levels: number): number {
  let end = spacesEnd(bytes, at + 1, to);
  if (byteAt(bytes, end, to) === CLOSE_LIST) return end + 1;
  for (;;) {
    const behind = valueEnd(bytes, end, to, levels);
    if (behind === NOWHERE) return NOWHERE;
    end = spacesEnd(bytes, behind, to);
    const next = byteAt(bytes, end, to);
    if (next === CLOSE_LIST) return end + 1;
    if (next !== COMMA) return NOWHERE;
    end = spacesEnd(bytes, end + 1, to);
  }
}

/** The byte there; 0, which stands nowhere in JSON, behind the end. */
export function byteAt(bytes: Uint8Array, at: number, to: number): number {
  return at < to ? (bytes[at] as number) : 0;
}

function digitsEnd(bytes: Uint8Array, at: number, to: number): number {
  let end = at;
  while (end < to && (bytes[end] as number) >= ZERO && (bytes[end] as number) <= NINE) end += 1;
  return end;
}

/** Of the escape whose backslash is at `at`; 0: it is none. */
function escapeLength(bytes: Uint8Array, at: number, to: number): number {
  const byte = byteAt(bytes, at + 1, to);
  if (ESCAPED[byte] === 1) return 2;
  if (byte !== SMALL_U) return 0;
  for (let digit = at + 2; digit < at + 6; digit += 1) if (HEX[byteAt(bytes, digit, to)] !== 1) return 0;
  return 6;
}

/** Of the character at `at`, which is not ASCII, in UTF-8; 0: it is none. */
function utf8Length(bytes: Uint8Array, at: number, to: number): number {
  const first = bytes[at] as number;
  const second = byteAt(bytes, at + 1, to);
  if (first < 0xc2 || first > 0xf4 || !goesOn(second)) return 0;
  if (first < 0xe0) return 2;
  if (!goesOn(byteAt(bytes, at + 2, to))) return 0;
  // Neither in more bytes than it takes, nor half of a pair, nor beyond the last character.
  if (first < 0xf0) return (first === 0xe0 && second < 0xa0) || (first === 0xed && second >= 0xa0) ? 0 : 3;
  if ((first === 0xf0 && second < 0x90) || (first === 0xf4 && second >= 0x90)) return 0;
  return goesOn(byteAt(bytes, at + 3, to)) ? 4 : 0;
}

function goesOn(byte: number): boolean {
  return (byte & 0xc0) === 0x80;
}

function tableOf(isIn: (byte: number) => boolean): Uint8Array {
  return Uint8Array.from({ length: 256 }, (_, byte) => (isIn(byte) ? 1 : 0));
}
