// kafkajs' own encoder and decoder, the oracle of ours, and random batches to give to both.
import { createRequire } from "node:module";
import * as fc from "fast-check";

const require = createRequire(import.meta.url);

/** A record to write. Deltas are counted from the batch's first offset and first timestamp. */
export type Written = {
  readonly offsetDelta: number;
  readonly timestampDelta: number;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers: Readonly<Record<string, Buffer | null | readonly Buffer[]>>;
};

/** A batch to write. */
export type WrittenBatch = {
  readonly firstOffset: bigint;
  readonly lastOffsetDelta: number;
  readonly firstTimestamp: bigint;
  readonly maxTimestamp: bigint;
  readonly producerId: bigint;
  readonly transactional: boolean;
  readonly control: boolean;
  readonly logAppendTime: boolean;
  readonly gzip: boolean;
  readonly records: readonly Written[];
};

type Encoder = { readonly buffer: Buffer };
type StockRecord = {
  readonly offset: string;
  readonly timestamp: string;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers: Readonly<Record<string, Buffer | null | readonly (Buffer | null)[]>>;
};
type StockDecoder = { readonly buffer: Buffer; offset: number };

const { RecordBatch } = require("kafkajs/src/protocol/recordBatch/v0/index.js") as {
  RecordBatch: (batch: object) => Promise<Encoder>;
};
const encodeRecord = require("kafkajs/src/protocol/recordBatch/record/v0/index.js") as (record: object) => Encoder;
const Long = require("kafkajs/src/utils/long.js") as { fromValue(value: bigint | number): object };
const crc32C = require("kafkajs/src/protocol/recordBatch/crc32C/index.js") as (bytes: Buffer) => number;
export const Decoder = require("kafkajs/src/protocol/decoder.js") as new (bytes: Buffer) => StockDecoder;
const decodeStock = require("kafkajs/src/protocol/requests/fetch/v4/decodeMessages.js") as (
  decoder: StockDecoder,
) => Promise<readonly StockRecord[]>;

/** The batch as kafkajs' encoder writes it; its encoder knows neither control batches nor the broker's time, so these bits are set here. */
export async function encode(batch: WrittenBatch): Promise<Buffer> {
  const { buffer } = await RecordBatch({
    compression: batch.gzip ? 1 : 0,
    firstOffset: Long.fromValue(batch.firstOffset),
    firstTimestamp: batch.firstTimestamp,
    maxTimestamp: batch.maxTimestamp,
    lastOffsetDelta: batch.lastOffsetDelta,
    transactional: batch.transactional,
    producerId: Long.fromValue(batch.producerId),
    records: batch.records.map((record) =>
      encodeRecord({ ...record, timestampDelta: Long.fromValue(BigInt(record.timestampDelta)) }),
    ),
  });
  const bytes = Buffer.from(buffer);
  bytes.writeInt16BE(bytes.readInt16BE(21) | (batch.logAppendTime ? 8 : 0) | (batch.control ? 32 : 0), 21);
  return sealed(bytes);
}

/** Gives a batch the checksum of what it holds now. */
export function sealed(batch: Buffer): Buffer {
  batch.writeUInt32BE(crc32C(batch.subarray(21)) >>> 0, 17);
  return batch;
}

/** What the stock decoder makes of the bytes of a partition. */
export function decodeWithStock(bytes: Buffer): Promise<readonly StockRecord[]> {
  const size = Buffer.alloc(4);
  size.writeInt32BE(bytes.length);
  return decodeStock(new Decoder(Buffer.concat([size, bytes])));
}

const bytes = (maxLength: number): fc.Arbitrary<Buffer> =>
  fc.uint8Array({ maxLength }).map((array) => Buffer.from(array));
const nullable = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | null> =>
  fc.option(arbitrary, { nil: null, freq: 5 });

const headers: fc.Arbitrary<Written["headers"]> = fc.oneof(
  { weight: 3, arbitrary: fc.constant({}) },
  {
    weight: 1,
    arbitrary: fc
      .array(
        fc.tuple(
          fc.string({ maxLength: 6, unit: "grapheme" }),
          fc.oneof(bytes(5), fc.array(bytes(3), { minLength: 2, maxLength: 3 })),
        ),
        { maxLength: 4 },
      )
      .map((entries) => Object.fromEntries(entries)),
  },
);

const record = fc.record({
  gap: fc.oneof({ weight: 5, arbitrary: fc.constant(0) }, fc.nat(70_000)),
  timestampDelta: fc.oneof(fc.integer({ min: -10, max: 200 }), fc.maxSafeInteger()),
  key: nullable(bytes(12)),
  value: nullable(
    fc.oneof(
      bytes(40),
      fc.integer({ min: 60, max: 400 }).map((length) => Buffer.alloc(length, 97)),
    ),
  ),
  headers,
});

/** A batch as producers, brokers and the cleaner leave them: gaps between offsets, none left, none at the end. */
export function batchFrom(firstOffset: fc.Arbitrary<bigint>): fc.Arbitrary<WrittenBatch> {
  return fc
    .record({
      firstOffset,
      trailing: fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, fc.nat(50)),
      firstTimestamp: fc.oneof(fc.constantFrom(-1n, 0n, 1_700_000_000_000n), fc.bigInt({ min: 0n, max: 2n ** 45n })),
      maxTimestamp: fc.constantFrom(1_700_000_123_456n, 2n ** 52n),
      producerId: fc.constantFrom(-1n, 7n, 2n ** 60n),
      transactional: fc.boolean(),
      control: fc.constant(false),
      logAppendTime: fc.boolean(),
      gzip: fc.boolean(),
      gaps: fc.array(record, { maxLength: 12 }),
    })
    .map(({ gaps, trailing, ...batch }) => {
      let next = 0;
      const records = gaps.map(({ gap, ...rest }) => {
        const offsetDelta = next + gap;
        next = offsetDelta + 1;
        return { ...rest, offsetDelta };
      });
      return { ...batch, records, lastOffsetDelta: Math.max(next - 1, 0) + trailing };
    });
}

/** Batches one behind the other, from a small offset or from beyond 2^53 on. */
export const someBatches: fc.Arbitrary<readonly WrittenBatch[]> = fc
  .tuple(
    fc.constantFrom(0n, 41n, 2n ** 31n, 2n ** 53n + 1n, 2n ** 62n),
    fc.array(fc.tuple(fc.nat(3), batchFrom(fc.constant(0n))), { minLength: 1, maxLength: 5 }),
  )
  .map(([start, parts]) => {
    let next = start;
    return parts.map(([gap, batch]) => {
      const firstOffset = next + BigInt(gap);
      next = firstOffset + BigInt(batch.lastOffsetDelta) + 1n;
      return { ...batch, firstOffset };
    });
  });
