// Tries the patched kafkajs before anything depends on it: on batches that kafkajs' own encoder makes, with its own decoder as the
// judge of ours. Takes a few milliseconds. A version number does not tell whether somebody has changed the files.

import { isDeepStrictEqual } from "node:util";
import type { Decoder, DecoderClass, PartitionData, StockBatch } from "./kafkajs-parts.ts";
import { type FetchedBatches, type RecordBatch, readFrames, readRecords } from "./record-batch.ts";

/** Gives a module of the patched copy by its path. */
export type Load = (path: string) => unknown;

type Written = {
  readonly offsetDelta: number;
  readonly timestampDelta?: number;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers?: Readonly<Record<string, string>>;
};

type Sample = {
  readonly firstOffset: number;
  readonly producerId: number;
  readonly kind: "data" | "aborts" | "commits";
  readonly lastOffsetDelta?: number;
  readonly records?: readonly Written[];
};

/** What is read of a partition: its batches, and where transactions that were aborted begin, in the order of their ends. */
type Case = {
  readonly name: string;
  readonly batches: readonly Sample[];
  readonly aborted: readonly (readonly [producerId: number, firstOffset: number])[];
  readonly fetchedOffset?: number;
  readonly visible: readonly number[];
  readonly lastOffset: number;
};

const A = 7;
const B = 8;

const CASES: readonly Case[] = [
  {
    name: "hides two aborted transactions that end in the order of their beginnings",
    batches: [
      data(0, A),
      data(1, B),
      data(2, A),
      marker(3, A, "aborts"),
      data(4, B),
      marker(5, B, "aborts"),
      data(6, A),
    ],
    aborted: [
      [A, 0],
      [B, 1],
    ],
    visible: [6],
    lastOffset: 6,
  },
  {
    name: "hides an aborted transaction that ends after one that began later",
    batches: [data(0, A), data(1, B), marker(2, B, "aborts"), data(3, B), data(4, A), marker(5, A, "aborts")],
    aborted: [
      [B, 1],
      [A, 0],
    ],
    visible: [3],
    lastOffset: 5,
  },
  {
    name: "hides aborted transactions that began before what is read",
    batches: [
      data(4, A),
      data(5, B),
      marker(6, B, "aborts"),
      marker(7, A, "aborts"),
      data(8, B),
      marker(9, B, "commits"),
    ],
    aborted: [
      [B, 1],
      [A, 0],
    ],
    fetchedOffset: 5,
    visible: [8],
    lastOffset: 9,
  },
  {
    name: "takes no record for a marker, whatever its key",
    batches: [data(0, A, Buffer.alloc(4)), data(1, A), marker(2, A, "aborts"), data(3, A, Buffer.alloc(4))],
    aborted: [[A, 0]],
    visible: [3],
    lastOffset: 3,
  },
  {
    name: "goes on behind a batch without records",
    batches: [{ firstOffset: 3, producerId: A, kind: "data", lastOffsetDelta: 4, records: [] }],
    aborted: [],
    visible: [],
    lastOffset: 7,
  },
];

const RECORDS: readonly Written[] = [
  { offsetDelta: 0, key: null, value: Buffer.from('{"n":1}') },
  { offsetDelta: 1, timestampDelta: 300, key: Buffer.from("k"), value: null, headers: { type: "x", more: "é" } },
  { offsetDelta: 70_000, timestampDelta: -2, key: Buffer.alloc(0), value: Buffer.alloc(200, 1) },
];

/** What does not do what it should, in words; `null` if all does. @throws what kafkajs throws where a module is missing. */
export function findBrokenPatch(load: Load): string | null {
  const encode = createEncoder(load);
  if (!readsLikeStock(encode({ firstOffset: 2 ** 40, producerId: A, kind: "data", records: RECORDS }), load))
    return "reads records as kafkajs does";
  const broken = CASES.find((sample) => !isRight(sample, encode, load));
  return broken?.name ?? null;
}

function data(firstOffset: number, producerId: number, key: Buffer | null = null): Sample {
  return { firstOffset, producerId, kind: "data", records: [{ offsetDelta: 0, key, value: Buffer.from("v") }] };
}

/** The key of a marker: two bytes of version, two of kind. */
function marker(firstOffset: number, producerId: number, kind: "aborts" | "commits"): Sample {
  const key = Buffer.from([0, 0, 0, kind === "aborts" ? 0 : 1]);
  return { firstOffset, producerId, kind, records: [{ offsetDelta: 0, key, value: Buffer.alloc(6) }] };
}

function isRight(
  { batches, aborted, fetchedOffset = 0, visible, lastOffset }: Case,
  encode: Encode,
  load: Load,
): boolean {
  const Batch = load("src/consumer/batch.js") as BatchClass;
  const batch = new Batch("self-test", String(fetchedOffset), {
    partition: 0,
    highWatermark: "100",
    abortedTransactions: aborted.map(([id, first]) => ({ producerId: String(id), firstOffset: String(first) })),
    messages: { batches: read(Buffer.concat(batches.map(encode))), failure: null },
  });
  const offsets = batch.messages.map((message) => Number((message as { readonly offset: bigint }).offset));
  const isPassed = batch.isEmptyDueToFiltering() === (visible.length === 0);
  return isDeepStrictEqual(offsets, visible) && batch.lastOffset() === String(lastOffset) && isPassed;
}

type BatchClass = new (topic: string, fetchedOffset: string, data: PartitionData<FetchedBatches>) => StockBatch;

function read(bytes: Buffer): readonly RecordBatch[] {
  const { frames } = readFrames(bytes);
  return frames.map((frame) => {
    const records = readRecords(frame, frame.body);
    return { ...frame, records: Array.isArray(records) ? records : [] };
  });
}

/** Compares each record with what kafkajs' decoder of single records says. */
function readsLikeStock(bytes: Buffer, load: Load): boolean {
  const decodeRecord = load("src/protocol/recordBatch/record/v0/decoder.js") as DecodeRecord;
  const Stock = load("src/protocol/decoder.js") as DecoderClass;
  const [batch] = read(bytes);
  if (batch === undefined || batch.records.length !== RECORDS.length) return false;
  const decoder = new Stock(batch.body);
  const context = {
    firstOffset: String(batch.firstOffset),
    firstTimestamp: String(batch.baseTimestampMs),
    magicByte: 2,
  };
  return batch.records.every(({ offset, timestamp, key, value, headers }) => {
    const stock = decodeRecord(new Stock(decoder.readVarIntBytes()), context);
    const stockHeaders = Object.entries(stock.headers).map(([name, text]) => [name, text.toString("utf8")]);
    return isDeepStrictEqual(
      [String(offset), String(timestamp), key, value, [...headers]],
      [stock.offset, stock.timestamp, stock.key, stock.value, stockHeaders],
    );
  });
}

type DecodeRecord = (
  decoder: Decoder,
  context: object,
) => {
  readonly offset: string;
  readonly timestamp: string;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers: Readonly<Record<string, Buffer>>;
};

type Encode = (sample: Sample) => Buffer;
type Encoder = {
  readonly buffer: Buffer;
  writeInt8(value: number): Encoder;
  writeInt16(value: number): Encoder;
  writeInt32(value: number): Encoder;
  writeInt64(value: number): Encoder;
  writeBytes(value: Buffer): Encoder;
  writeEncoder(value: Encoder): Encoder;
  writeEncoderArray(values: readonly Encoder[]): Encoder;
};

/** Writes batches with kafkajs' encoder. Its own for whole batches makes promises, and no markers. */
function createEncoder(load: Load): Encode {
  const Encoder = load("src/protocol/encoder.js") as new () => Encoder;
  const encodeRecord = load("src/protocol/recordBatch/record/v0/index.js") as (record: Written) => Encoder;
  return ({ firstOffset, producerId, kind, records = [], lastOffsetDelta = records.at(-1)?.offsetDelta ?? 0 }) => {
    const body = new Encoder()
      .writeInt32(0)
      .writeInt8(2)
      .writeInt32(0)
      .writeInt16(kind === "data" ? 0x10 : 0x30)
      .writeInt32(lastOffsetDelta)
      .writeInt64(1_700_000_000_000)
      .writeInt64(1_700_000_000_000)
      .writeInt64(producerId)
      .writeInt16(0)
      .writeInt32(0)
      .writeInt32(records.length)
      .writeEncoderArray(records.map(encodeRecord));
    return new Encoder().writeInt64(firstOffset).writeBytes(body.buffer).buffer;
  };
}
