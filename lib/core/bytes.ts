// Numbers as bytes, one after the other, and back.
//
//     count    seven bits in each byte, the lowest first; the eighth is set in all but the last        300 ─▶ ac 02
//     float    a double, eight bytes, little-endian
//     long     a whole number with a sign, eight bytes, little-endian

/** Counts are below. */
const END = 2 ** 31;
const ROOM = 8;

/** Grows as it is written to. What is out of the range that is said is written as something else. */
export class ByteWriter {
  /** Bytes that were written. */
  length = 0;
  #bytes = new Uint8Array(1024);
  #view = new DataView(this.#bytes.buffer);

  /** Writes a whole number from 0 to below 2 ** 31. */
  count(value: number): void {
    this.room();
    let left = value;
    for (; left > 0x7f; left >>>= 7) this.#bytes[this.length++] = left | 0x80;
    this.#bytes[this.length++] = left;
  }

  /** Writes any number. */
  float(value: number): void {
    this.room();
    this.#view.setFloat64(this.length, value, true);
    this.length += 8;
  }

  /** Writes a whole number from -(2 ** 63) to below 2 ** 63. */
  long(value: bigint): void {
    this.room();
    this.#view.setBigInt64(this.length, value, true);
    this.length += 8;
  }

  /** What was written. Shares its memory with what is written next. */
  get written(): Uint8Array {
    return this.#bytes.subarray(0, this.length);
  }

  /** Makes room for so many bytes. They go from `length` on into what it returns; whoever writes them moves `length` behind them. */
  room(bytes: number = ROOM): Uint8Array {
    if (this.length + bytes <= this.#bytes.length) return this.#bytes;
    const longer = new Uint8Array(Math.max(2 * this.#bytes.length, this.length + bytes));
    longer.set(this.#bytes);
    this.#bytes = longer;
    this.#view = new DataView(longer.buffer);
    return longer;
  }
}

/** Makes an error of what should have stood there, and how many bytes were read. */
export type Refuse = (expected: string, at: number) => Error;

/** Reads what was written, whatever it is. @throws what `refuse` makes where it was not written so. */
export class ByteReader {
  /** Bytes that were read. */
  at = 0;
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #refuse: Refuse;

  constructor(bytes: Uint8Array, refuse: Refuse) {
    this.#bytes = bytes;
    this.#refuse = refuse;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  }

  get isAtEnd(): boolean {
    return this.at === this.#bytes.length;
  }

  /** A whole number from 0 to below `end`, which is `what`. */
  count(end: number = END, what: string = "a number"): number {
    let value = 0;
    for (let shift = 0; shift <= 28; shift += 7) {
      const byte = this.#bytes[this.at++] ?? 0xff;
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) {
        // Of the fifth byte there is room for three bits.
        if ((shift < 28 || byte < 8) && value < end) return value;
        break;
      }
    }
    throw this.#refuse(what, this.at);
  }

  float(): number {
    return this.#view.getFloat64(this.pass(), true);
  }

  long(): bigint {
    return this.#view.getBigInt64(this.pass(), true);
  }

  /** Refuses what was read last, unless it `fits`. */
  need(fits: boolean, expected: string): void {
    if (!fits) throw this.#refuse(expected, this.at);
  }

  /** Passes so many bytes; where they begin. */
  pass(bytes: number = ROOM): number {
    this.at += bytes;
    this.need(this.at <= this.#bytes.length, `${bytes} more bytes`);
    return this.at - bytes;
  }
}

const PIECE = 8_192;

/** As text that survives everything: base64. */
export function toText(bytes: Uint8Array): string {
  let characters = "";
  for (let at = 0; at < bytes.length; at += PIECE) characters += String.fromCharCode(...bytes.subarray(at, at + PIECE));
  return btoa(characters);
}

/** What `toText` wrote; `null`: it did not. */
export function fromText(text: string): Uint8Array | null {
  try {
    return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  } catch {
    return null;
  }
}
