// Answers to fetches of Kafka, whole and damaged, through the reader of batches and a whole service.

import { createRequire } from "node:module";
import { gzipSync } from "node:zlib";
import * as fc from "fast-check";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { InputRecord, Source } from "../../lib/runtime/ports.ts";
import { createCodecs } from "../../lib/transports/kafka/codecs.ts";
import { decodeBatches, type RecordBatch } from "../../lib/transports/kafka/record-batch.ts";
import { allowMs, note } from "../run/ask.ts";
import { encode, sealed, type Written } from "../transports/kafka/stock.ts";
import { judge } from "./batch-reader.ts";
import { createMeter } from "./heap.ts";
import { hostileKey, hostileTimestamp, hostileValue, READ_AT } from "./hostile.ts";
import { runThrough } from "./run-through.ts";
import { verdictsOn } from "./verdict.ts";

allowMs(180_000);

const it = suite("bad input: batches");
const require = createRequire(import.meta.url);
const snappy = require("snappyjs") as { compress(bytes: Uint8Array): Uint8Array };
const lz4 = require("lz4js") as { compress(bytes: Uint8Array): Uint8Array };
const codecs = createCodecs();

const ITEM_MS = 10_000;
const MEGABYTE = 1_048_576;
const HEADER_BYTES = 61;

const PACKED: readonly ((bytes: Buffer) => Uint8Array)[] = [
  (bytes) => bytes,
  (bytes) => gzipSync(bytes),
  snappy.compress,
  lz4.compress,
];

const record = fc.record({
  gap: fc.oneof({ arbitrary: fc.constant(0), weight: 6 }, fc.nat(300)),
  key: hostileKey,
  value: fc.option(hostileValue, { freq: 12 }),
  timestamp: hostileTimestamp,
  named: fc.boolean(),
});

/** A batch as a producer with the codec of this number writes it. */
const batch = fc
  .record({
    records: fc.array(record, { maxLength: 6 }),
    codec: fc.nat(PACKED.length - 1),
    appended: fc.integer({ min: 0, max: 9 }),
  })
  .map((given) => ({ ...given, appended: given.appended === 0 }));

type GivenBatch = {
  readonly records: readonly (Omit<Written, "offsetDelta" | "timestampDelta" | "headers"> & {
    readonly gap: number;
    readonly timestamp: number;
    readonly named: boolean;
  })[];
  readonly codec: number;
  readonly appended: boolean;
};

async function written(batches: readonly GivenBatch[], start: bigint): Promise<readonly Buffer[]> {
  const parts: Buffer[] = [];
  let firstOffset = start;
  for (const { records, codec, appended } of batches) {
    let next = 0;
    const placed = records.map(({ gap, key, value, timestamp, named }) => {
      const offsetDelta = next + gap;
      next = offsetDelta + 1;
      const timestampDelta = Math.max(Number.MIN_SAFE_INTEGER, timestamp - READ_AT);
      return {
        offsetDelta,
        timestampDelta,
        key,
        value,
        headers: named ? { ["__proto__"]: Buffer.from("p"), a: Buffer.from("b") } : {},
      };
    });
    const lastOffsetDelta = Math.max(0, next - 1);
    const common = { producerId: -1n, transactional: false, control: false, logAppendTime: appended, gzip: false };
    const times = { firstTimestamp: BigInt(READ_AT), maxTimestamp: BigInt(READ_AT) };
    parts.push(packed(await encode({ firstOffset, lastOffsetDelta, ...times, ...common, records: placed }), codec));
    firstOffset += BigInt(lastOffsetDelta) + 1n;
  }
  return parts;
}

/** The batch with its records packed; the encoder of kafkajs knows gzip only. */
function packed(plain: Buffer, codec: number): Buffer {
  const body = (PACKED[codec] as (bytes: Buffer) => Uint8Array)(plain.subarray(HEADER_BYTES));
  const whole = Buffer.concat([plain.subarray(0, HEADER_BYTES), body]);
  whole.writeInt16BE(whole.readInt16BE(21) | codec, 21);
  whole.writeInt32BE(whole.length - 12, 8);
  return sealed(whole);
}

const flips = fc.array(fc.record({ at: fc.oneof(fc.nat(), fc.nat(90)), bits: fc.integer({ min: 1, max: 255 }) }), {
  minLength: 1,
  maxLength: 3,
});

/** What happens to the bytes of an answer; `sealed`: somebody made the checksums right again. */
const accident = fc.oneof(
  { arbitrary: fc.record({ kind: fc.constant("none" as const) }), weight: 2 },
  { arbitrary: fc.record({ kind: fc.constant("cut" as const), at: fc.nat() }), weight: 2 },
  { arbitrary: fc.record({ kind: fc.constant("flip" as const), flips }), weight: 3 },
  { arbitrary: fc.record({ kind: fc.constant("sealed" as const), flips }), weight: 4 },
  { arbitrary: fc.record({ kind: fc.constant("swapped" as const) }), weight: 1 },
  {
    arbitrary: fc.record({ kind: fc.constant("noise" as const), bytes: fc.uint8Array({ maxLength: 200 }) }),
    weight: 1,
  },
);

type Accident = typeof accident extends fc.Arbitrary<infer A> ? A : never;

function after(parts: readonly Buffer[], how: Accident): Buffer {
  const whole = Buffer.concat(parts);
  switch (how.kind) {
    case "none":
      return whole;
    case "noise":
      return Buffer.from(how.bytes);
    case "swapped":
      return Buffer.concat([...parts].reverse());
    case "cut":
      return whole.subarray(0, how.at % (whole.length + 1));
    default:
      for (const { at, bits } of how.flips) whole[at % whole.length] = (whole[at % whole.length] as number) ^ bits;
  }
  if (how.kind === "flip") return whole;
  let at = 0;
  for (const { length } of parts) {
    sealed(whole.subarray(at, at + length));
    at += length;
  }
  return whole;
}

/** What holds of batches whatever the bytes were. */
function holdTogether(batches: readonly RecordBatch[]): void {
  let last = -1n;
  for (const { firstOffset, lastOffset, records } of batches) {
    assert.ok(firstOffset > last && lastOffset >= firstOffset);
    for (const { offset, key, value, headers, timestamp } of records) {
      assert.ok(offset > last && offset >= firstOffset && offset <= lastOffset);
      last = offset;
      assert.ok((key?.length ?? 0) + (value?.length ?? 0) + headers.size <= MEGABYTE);
      assert.ok(timestamp === null || Number.isFinite(timestamp));
    }
    last = lastOffset;
  }
}

/** A topic of one partition that has these records, and ends. */
function sourceOf(records: readonly InputRecord[]): Source {
  const place = { topic: "in", partition: 0 };
  return {
    partitionCount: async () => 1,
    start: async (_, handler) => {
      handler.onAssigned([place]);
      handler.onBatch({ ...place, records, caughtUp: true });
      handler.onEnd(place);
    },
    pause: () => {},
    resume: () => {},
    acknowledge: async () => {},
    stop: async () => {},
  };
}

const ends = new Map<string, number>();
let recordsThrough = 0;
const meter = createMeter();

it("an answer to a fetch: what stands before the damage goes its way, and the batch that is damaged is named", () =>
  fc.assert(
    fc.asyncProperty(
      fc.array(batch, { minLength: 1, maxLength: 4 }),
      fc.constantFrom(0n, 41n, 2n ** 40n, 2n ** 62n),
      accident,
      async (batches, start, how) => {
        meter.count();
        const bytes = after(await written(batches, start), how);
        const expected = judge(bytes, how.kind === "sealed");
        const { batches: read, failure } = await decodeBatches(bytes, codecs, MEGABYTE);
        const found = read.flatMap(({ records }) => records);
        ends.set(expected.end, (ends.get(expected.end) ?? 0) + 1);
        if (expected.end === "unknown") {
          holdTogether(read);
          assert.ok(failure === null || failure.reason.length > 0);
          return;
        }
        assert.is(failure !== null, expected.end === "refused", failure?.reason);
        if (failure !== null) assert.equal([failure.kind, failure.offset], ["corrupt", expected.refusedAt]);
        const through = await runThrough(sourceOf(found), "record");
        assert.is(through.failure, null);
        assert.equal(through.verdicts, verdictsOn(expected.records, "record"));
        recordsThrough += found.length;
      },
    ),
    { numRuns: 4_000, timeout: ITEM_MS, includeErrorInReport: true },
  ));

it("every end came up, and nothing is held of what went through", () => {
  const kib = Math.round(meter.growthBytes() / 1024);
  const told = [...ends].sort().map(([end, times]) => `${times} ${end}`);
  note(`${meter.items()} answers to fetches: ${told.join(", ")}; ${recordsThrough} records; ${kib} KiB more held`);
  for (const end of ["whole", "cut", "refused"])
    assert.ok((ends.get(end) ?? 0) >= 50, `${end}: ${ends.get(end) ?? 0} times`);
});

it.run();
