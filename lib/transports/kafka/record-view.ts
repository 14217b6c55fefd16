// One record as positions in the bytes of its batch. What nobody asks for is never cut out.
//
//     record   │ length │ 0 │ time │ offset │ length, key │ length, value │ count, (length, name, length, value) ... │
//              └ varint ┘   └──── deltas ─┘   -1: null       -1: null
//
// Every length is checked when the record is read, those of headers included, so that the getters cannot fail later.

import type { InputRecord } from "../../runtime/ports.ts";
import type { Instant } from "../../time/instant.ts";

/** The least a record takes: seven fields of one byte. */
export const LEAST_RECORD_BYTES = 7;
/** How Kafka writes "no timestamp". */
const NO_TIMESTAMP = -1;
const NO_HEADERS: ReadonlyMap<string, string> = new Map();

/** What the records of a batch have in common. */
export type RecordSource = {
  /** The records, as they were before compression. */
  readonly bytes: Buffer;
  readonly firstOffset: bigint;
  /** What the time of a record is counted from. Beyond 2^53 it is rounded, and far beyond what a date can hold. */
  readonly baseTimestampMs: number;
  /** All records carry `baseTimestampMs`, the time of the broker. */
  readonly isLogAppendTime: boolean;
};

/** A record of a fetch. Keeps the bytes of its batch alive; key and value are views of them, made anew each time. */
export class RecordView implements InputRecord {
  // `declare`: fields without initialisers would be written twice.
  declare private readonly source: RecordSource;
  declare private readonly offsetDelta: number;
  declare private readonly timestampDeltaMs: number;
  declare private readonly keyLength: number;
  declare private readonly keyEnd: number;
  declare private readonly valueLength: number;
  declare private readonly valueEnd: number;
  declare private readonly headersAt: number;

  /** Reads the next record. @throws {Malformed} */
  constructor(source: RecordSource, reader: VarintReader) {
    const end = reader.enter();
    reader.skip(1);
    this.source = source;
    this.timestampDeltaMs = source.isLogAppendTime ? reader.long() * 0 : reader.long();
    this.offsetDelta = reader.int();
    this.keyLength = reader.skipBytes();
    this.keyEnd = reader.at;
    this.valueLength = reader.skipBytes();
    this.valueEnd = reader.at;
    this.headersAt = reader.skipHeaders();
    reader.leave(end);
  }

  /** Position in the partition. A new number each time. */
  get offset(): bigint {
    return this.source.firstOffset + BigInt(this.offsetDelta);
  }

  get timestamp(): Instant | null {
    const at = this.source.baseTimestampMs + this.timestampDeltaMs;
    return at === NO_TIMESTAMP ? null : at;
  }

  get key(): Buffer | null {
    return this.keyLength < 0 ? null : this.source.bytes.subarray(this.keyEnd - this.keyLength, this.keyEnd);
  }

  get value(): Buffer | null {
    return this.valueLength < 0 ? null : this.source.bytes.subarray(this.valueEnd - this.valueLength, this.valueEnd);
  }

  /** By name; the last of a name counts. What is not UTF-8 is replaced, a value of null is an empty text. Made anew each time. */
  get headers(): ReadonlyMap<string, string> {
    return this.headersAt < 0 ? NO_HEADERS : readHeaders(this.source.bytes, this.headersAt);
  }

  /** How far behind the first offset of the batch it stands. */
  static deltaOf(record: RecordView): number {
    return record.offsetDelta;
  }
}

function readHeaders(bytes: Buffer, at: number): ReadonlyMap<string, string> {
  const reader = new VarintReader(bytes, at, bytes.length);
  const headers = new Map<string, string>();
  for (let count = reader.int(); count > 0; count--) headers.set(reader.text(), reader.text());
  return headers;
}

/** What bytes of records cannot say. */
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
