// One record as positions in the bytes of its batch. What nobody asks for is never cut out.
//
//     record   │ length │ 0 │ time │ offset │ length, key │ length, value │ count, (length, name, length, value) ... │
//              └ varint ┘   └──── deltas ─┘   -1: null       -1: null
//
// Every length is checked when the record is read, those of headers included, so that the getters cannot fail later.

import type { InputRecord } from "../../runtime/ports.ts";
import type { Instant } from "../../time/instant.ts";
import { VarintReader } from "./varint.ts";

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
  /** Where the value ends in `among`. */
  declare readonly valueEnd: number;
  declare private readonly headersAt: number;

  /** Reads the next record. @throws {Malformed} */
  constructor(source: RecordSource, reader: VarintReader) {
    const end = reader.enter();
    reader.skip(1);
    this.source = source;
    const timestampDeltaMs = reader.long();
    this.timestampDeltaMs = source.isLogAppendTime ? 0 : timestampDeltaMs;
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

  /** The bytes that `value` is cut out of. */
  get among(): Buffer {
    return this.source.bytes;
  }

  get valueAt(): number {
    return this.valueLength < 0 ? this.valueEnd : this.valueEnd - this.valueLength;
  }

  get sizeBytes(): number {
    return Math.max(this.keyLength, 0) + Math.max(this.valueLength, 0);
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
