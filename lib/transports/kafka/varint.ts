// Numbers of variable length, and what is counted by them: the small print of record batches.

/** The least a record takes: seven fields of one byte. */
export const LEAST_RECORD_BYTES = 7;

/** What bytes cannot say. The message goes on from "the batch cannot be read:". */
export class Malformed extends Error {}

/** Reads numbers of variable length, up to `end` and no further. */
export class VarintReader {
  readonly bytes: Buffer;
  at: number;
  private end: number;

  constructor(bytes: Buffer, start: number, end: number) {
    this.bytes = bytes;
    this.at = start;
    this.end = end;
  }

  isAtEnd(): boolean {
    return this.at === this.end;
  }

  /** A signed number of 32 bits, in 5 bytes at most. @throws {Malformed} */
  int(): number {
    const byte = this.byte();
    return byte < 128 ? (byte >>> 1) ^ -(byte & 1) : this.longerInt(byte);
  }

  /** A signed number of 64 bits, in 10 bytes at most; beyond 2^53 it is rounded. @throws {Malformed} */
  long(): number {
    const byte = this.byte();
    return byte < 128 ? (byte >>> 1) ^ -(byte & 1) : this.longerLong(byte);
  }

  /** Passes over `length` bytes. @throws {Malformed} */
  skip(length: number): void {
    if (length > this.end - this.at) throw new Malformed("something in it is longer than the rest of it");
    this.at += length;
  }

  /** Passes over bytes with their length before them, and says how many; -1 for null. @throws {Malformed} */
  skipBytes(): number {
    const length = this.int();
    if (length < -1) throw new Malformed(`something in it has a length of ${length}`);
    if (length > 0) this.skip(length);
    return length;
  }

  /** Passes over headers, and says where they are; -1 for none. @throws {Malformed} */
  skipHeaders(): number {
    const start = this.at;
    const count = this.int();
    if (count === 0) return -1;
    if (count < 0) throw new Malformed(`a record in it says it has ${count} headers`);
    for (let index = 0; index < count; index++) {
      if (this.skipBytes() < 0) throw new Malformed("a header in it has no name");
      this.skipBytes();
    }
    return start;
  }

  /** Bytes with their length before them, as text; null is empty. */
  text(): string {
    const length = Math.max(this.skipBytes(), 0);
    return this.bytes.toString("utf8", this.at - length, this.at);
  }

  /** Reads the length of a record and keeps inside it until `leave`, which gets what this returns. @throws {Malformed} */
  enter(): number {
    const length = this.int();
    const outer = this.end;
    if (length < LEAST_RECORD_BYTES - 1 || length > outer - this.at)
      throw new Malformed(`a record in it says it has ${length} bytes`);
    this.end = this.at + length;
    return outer;
  }

  /** @throws {Malformed} where the record is longer than what is in it. */
  leave(outer: number): void {
    if (this.at !== this.end) throw new Malformed("a record in it is longer than what is in the record");
    this.end = outer;
  }

  private byte(): number {
    if (this.at >= this.end) throw new Malformed("a record in it is shorter than what is in the record");
    return this.bytes[this.at++] as number;
  }

  private longerInt(first: number): number {
    let raw = first & 127;
    for (let shift = 7; shift <= 28; shift += 7) {
      const byte = this.byte();
      raw |= (byte & 127) << shift;
      if (byte < 128) return (raw >>> 1) ^ -(raw & 1);
    }
    throw new Malformed("a number in it is longer than 5 bytes");
  }

  // Seven bytes are exact as a number; what needs more goes on as a big one.
  private longerLong(first: number): number {
    let raw = first & 127;
    let unit = 128;
    for (let count = 1; count < 7; count++) {
      const byte = this.byte();
      raw += (byte & 127) * unit;
      if (byte < 128) return raw % 2 === 0 ? raw / 2 : -(raw + 1) / 2;
      unit *= 128;
    }
    return this.longestLong(BigInt(raw));
  }

  private longestLong(start: bigint): number {
    let raw = start;
    for (let shift = 49n; shift <= 63n; shift += 7n) {
      const byte = this.byte();
      raw |= BigInt(byte & 127) << shift;
      if (byte < 128) {
        const bits = BigInt.asUintN(64, raw);
        return Number(bits & 1n ? -((bits + 1n) >> 1n) : bits >> 1n);
      }
    }
    throw new Malformed("a number in it is longer than 10 bytes");
  }
}
