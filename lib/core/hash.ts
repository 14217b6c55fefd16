// SHA-256 (FIPS 180-4) without imports: identities of patterns and matches must be the same in Node, in a browser and
// in any other language, and must be there at once, which neither node:crypto nor crypto.subtle offers everywhere.

/**
 * Identifies a list of texts: 32 hex digits, the first half of the SHA-256 of the fields.
 *
 * Each field is fed as its length in bytes, a colon, and its bytes in UTF-8 (`"ab", "c"` as `2:ab1:c`), so that
 * different lists never meet: `"ab", "c"` differs from `"a", "bc"` and from `"abc"`. Surrogates that stand alone, for
 * which UTF-8 has no bytes, count as three bytes each instead of all looking alike.
 *
 * Cost: linear in the length of the fields; ten microseconds or so for a hundred bytes.
 */
export function hashText(...fields: readonly string[]): string {
  const words = digest(encodeFields(fields));
  let digits = "";
  for (let index = 0; index < 4; index += 1) digits += (word(words, index) >>> 0).toString(16).padStart(8, "0");
  return digits;
}

/** The SHA-256 of `bytes`, 32 bytes. Cost: linear in the length. */
export function sha256(bytes: Uint8Array): Uint8Array {
  const view = new DataView(new ArrayBuffer(32));
  digest(bytes).forEach((each, index) => {
    view.setInt32(index * 4, each);
  });
  return new Uint8Array(view.buffer);
}

function digest(bytes: Uint8Array): Int32Array {
  const state = Int32Array.from(INITIAL);
  const padded = pad(bytes);
  for (let at = 0; at < padded.byteLength; at += BLOCK_BYTES) compress(state, SCHEDULE, padded, at);
  return state;
}

const BLOCK_BYTES = 64;

const PRIMES = firstPrimes(64);

/** The first 32 bits of the fractional parts of the square roots of the first 8 primes. */
const INITIAL: readonly number[] = PRIMES.slice(0, 8).map((prime) => fractionBits(Math.sqrt(prime)));

/** The same of the cube roots of the first 64 primes. */
const ROUND = Int32Array.from(PRIMES, (prime) => fractionBits(Math.cbrt(prime)));

/** Of the block at hand. */
const SCHEDULE = new Int32Array(64);

function firstPrimes(count: number): readonly number[] {
  const primes: number[] = [];
  for (let candidate = 2; primes.length < count; candidate += 1) {
    if (primes.every((prime) => candidate % prime !== 0)) primes.push(candidate);
  }
  return primes;
}

/** 53 bits of a double leave 49 for the fraction of a root below 16, of which 32 are needed. */
function fractionBits(root: number): number {
  return Math.floor((root % 1) * 2 ** 32);
}

/** The message, a 1 bit, zeros, and the length in bits as 64 bits: a whole number of blocks. */
function pad(bytes: Uint8Array): DataView {
  const blocks = Math.ceil((bytes.length + 9) / BLOCK_BYTES);
  const padded = new Uint8Array(blocks * BLOCK_BYTES);
  padded.set(bytes);
  padded[bytes.length] = 0x80;
  const view = new DataView(padded.buffer);
  view.setUint32(padded.length - 8, Math.floor(bytes.length / 2 ** 29));
  view.setUint32(padded.length - 4, bytes.length << 3);
  return view;
}

/** One block. Names as in FIPS 180-4, section 6.2.2. */
function compress(state: Int32Array, w: Int32Array, block: DataView, from: number): void {
  for (let t = 0; t < 16; t += 1) w[t] = block.getInt32(from + t * 4);
  for (let t = 16; t < 64; t += 1) {
    const near = word(w, t - 2);
    const far = word(w, t - 15);
    const sigma1 = rotate(near, 17) ^ rotate(near, 19) ^ (near >>> 10);
    const sigma0 = rotate(far, 7) ^ rotate(far, 18) ^ (far >>> 3);
    w[t] = sigma1 + word(w, t - 7) + sigma0 + word(w, t - 16);
  }
  let a = word(state, 0);
  let b = word(state, 1);
  let c = word(state, 2);
  let d = word(state, 3);
  let e = word(state, 4);
  let f = word(state, 5);
  let g = word(state, 6);
  let h = word(state, 7);
  for (let t = 0; t < 64; t += 1) {
    const choice = (e & f) ^ (~e & g);
    const majority = (a & b) ^ (a & c) ^ (b & c);
    const t1 = (h + (rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25)) + choice + word(ROUND, t) + word(w, t)) | 0;
    const t2 = (rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)) + majority;
    h = g;
    g = f;
    f = e;
    e = (d + t1) | 0;
    d = c;
    c = b;
    b = a;
    a = (t1 + t2) | 0;
  }
  state[0] = word(state, 0) + a;
  state[1] = word(state, 1) + b;
  state[2] = word(state, 2) + c;
  state[3] = word(state, 3) + d;
  state[4] = word(state, 4) + e;
  state[5] = word(state, 5) + f;
  state[6] = word(state, 6) + g;
  state[7] = word(state, 7) + h;
}

function word(words: Int32Array, index: number): number {
  return words[index] as number;
}

function rotate(value: number, bits: number): number {
  return (value >>> bits) | (value << (32 - bits));
}

function encodeFields(fields: readonly string[]): Uint8Array {
  // A UTF-16 unit takes at most three bytes; 17 more hold any length and the colon.
  let capacity = 0;
  for (const field of fields) capacity += field.length * 3 + 17;
  const bytes = new Uint8Array(capacity);
  let end = 0;
  for (const field of fields) {
    end = writeText(bytes, end, `${byteLength(field)}:`);
    end = writeText(bytes, end, field);
  }
  return bytes.subarray(0, end);
}

function byteLength(text: string): number {
  let length = 0;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.codePointAt(at) as number;
    length += utf8Length(code);
    if (code >= 0x10000) at += 1;
  }
  return length;
}

function utf8Length(code: number): number {
  if (code < 0x80) return 1;
  if (code < 0x800) return 2;
  return code < 0x10000 ? 3 : 4;
}

/** Writes `text` at `at`, and returns where it ends. */
function writeText(bytes: Uint8Array, at: number, text: string): number {
  let end = at;
  for (let from = 0; from < text.length; from += 1) {
    const code = text.codePointAt(from) as number;
    if (code >= 0x10000) from += 1;
    const length = utf8Length(code);
    let rest = code;
    for (let index = length - 1; index > 0; index -= 1) {
      bytes[end + index] = 0x80 | (rest & 0x3f);
      rest >>>= 6;
    }
    bytes[end] = leadBits(length) | rest;
    end += length;
  }
  return end;
}

/** What the first byte of a character tells of its length. */
function leadBits(length: number): number {
  return length === 1 ? 0 : (0xf00 >> length) & 0xff;
}
