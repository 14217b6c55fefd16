// Our reader of record batches against kafkajs' own encoder and decoder. (Damaged ones are in spec/bad-input.)
import * as fc from "fast-check";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { createCodecs } from "../../../lib/transports/kafka/codecs.ts";
import { decodeBatches, type FetchedBatches } from "../../../lib/transports/kafka/record-batch.ts";
import { decodeWithStock, encode, sealed, someBatches, type WrittenBatch } from "./stock.ts";

const it = suite("record batch");
const codecs = createCodecs();
const MEGABYTE = 1024 * 1024;

it("reads what kafkajs' encoder writes as kafkajs' decoder does, and knows where batches end", () =>
  fc.assert(
    fc.asyncProperty(someBatches, async (written) => {
      const bytes = Buffer.concat(await Promise.all(written.map(encode)));
      const { batches, failure } = await decodeBatches(bytes, codecs, MEGABYTE);
      assert.is(failure, null);
      assert.equal(recordsIn(batches), (await decodeWithStock(bytes)).map(stockRecord));
      assert.equal(
        batches.map(({ firstOffset, lastOffset, isTransactional, producerId }) => [
          firstOffset,
          lastOffset,
          isTransactional,
          producerId,
        ]),
        written.map(({ firstOffset, lastOffsetDelta, transactional, producerId }) => [
          firstOffset,
          firstOffset + BigInt(lastOffsetDelta),
          transactional,
          producerId,
        ]),
      );
    }),
    { numRuns: 500 },
  ));

it("stops at a cut, and gives what stands before it", () =>
  fc.assert(
    fc.asyncProperty(someBatches, fc.nat(), async (written, cut) => {
      const parts = await Promise.all(written.map(encode));
      const bytes = Buffer.concat(parts);
      const end = cut % (bytes.length + 1);
      const { batches, failure } = await decodeBatches(bytes.subarray(0, end), codecs, MEGABYTE);
      let whole = 0;
      for (let at = 0; whole < parts.length && at + (parts[whole] as Buffer).length <= end; whole++)
        at += (parts[whole] as Buffer).length;
      assert.is(batches.length, whole);
      assert.is(failure === null, whole > 0 || end === 0);
    }),
    { numRuns: 300 },
  ));

const BATCH: WrittenBatch = {
  firstOffset: 5n,
  lastOffsetDelta: 1,
  firstTimestamp: 0n,
  maxTimestamp: 0n,
  producerId: -1n,
  transactional: false,
  control: false,
  logAppendTime: false,
  gzip: false,
  records: [0, 1].map((offsetDelta) => ({
    offsetDelta,
    timestampDelta: 0,
    key: null,
    value: Buffer.from("v"),
    headers: { a: Buffer.from("b") },
  })),
};
// Where the first record begins, in a batch: length 1, attributes 1, time 1, offset 1, key 1, value 2, headers 5.
const RECORD = 61;

it("says what is wrong with a batch", async () => {
  const cases: readonly (readonly [reason: string, change: (bytes: Buffer) => unknown])[] = [
    ["it says it has 48 bytes", (bytes) => bytes.writeInt32BE(48, 8)],
    ["it says it has -1 bytes", (bytes) => bytes.writeInt32BE(-1, 8)],
    ["it is longer than what was fetched", (bytes) => bytes.writeInt32BE(2 ** 31 - 1, 8)],
    ["it is of a format nobody knows", (bytes) => bytes.writeInt8(3, 16)],
    ["it begins at an offset below 0", (bytes) => bytes.writeBigInt64BE(-1n, 0)],
    ["it says it ends at offset 4", (bytes) => bytes.writeInt32BE(-1, 23)],
    ["it says it has -1 records", (bytes) => bytes.writeInt32BE(-1, 57)],
    ["it says it has 2000000000 records in 24 bytes", (bytes) => bytes.writeInt32BE(2_000_000_000, 57)],
    ["it is longer than its records", (bytes) => bytes.writeInt32BE(1, 57)],
    ["a record in it says it has -2 bytes", (bytes) => bytes.writeUInt8(3, RECORD)],
    ["a record in it is longer than what is in the record", (bytes) => bytes.writeUInt8(26, RECORD)],
    ["record 0 of it is out of order", (bytes) => bytes.writeUInt8(1, RECORD + 3)],
    ["record 1 of it is out of order", (bytes) => bytes.writeUInt8(2, RECORD + 3)],
    ["something in it has a length of -2", (bytes) => bytes.writeUInt8(3, RECORD + 4)],
    ["something in it is longer than the rest of it", (bytes) => bytes.writeUInt8(62, RECORD + 5)],
    ["a record in it says it has -1 headers", (bytes) => bytes.writeUInt8(1, RECORD + 7)],
    ["a record in it is shorter than what is in the record", (bytes) => bytes.writeUInt8(4, RECORD + 7)],
    ["a header in it has no name", (bytes) => bytes.writeUInt8(1, RECORD + 8)],
    ["a number in it is longer than 5 bytes", (bytes) => bytes.fill(255, RECORD, RECORD + 5)],
    ["a number in it is longer than 10 bytes", (bytes) => bytes.fill(255, RECORD + 2, RECORD + 13)],
  ];
  const whole = await encode(BATCH);
  for (const [reason, change] of cases) {
    const bytes = Buffer.from(whole);
    change(bytes);
    const { failure } = await decodeBatches(bytes, codecs, MEGABYTE);
    assert.is(failure?.kind, "corrupt", reason);
    assert.is(failure?.reason.replace(/; its checksum .*$/, ""), reason);
    const resealed =
      (await decodeBatches(bytes.length > 21 ? sealed(bytes) : bytes, codecs, MEGABYTE)).failure?.reason ?? "";
    if (failure?.reason.includes("; ")) {
      assert.match(failure.reason, /; its checksum is wrong, so it was damaged after it was written$/);
      assert.match(resealed, /; its checksum is right, so it was written like that$/);
    }
  }
});

it("verifies the checksum of what is compressed", async () => {
  const bytes = await encode({ ...BATCH, gzip: true });
  bytes.writeUInt8((bytes[bytes.length - 1] as number) ^ 1, bytes.length - 1);
  const { failure } = await decodeBatches(bytes, codecs, MEGABYTE);
  assert.equal(failure, {
    kind: "corrupt",
    offset: 5n,
    reason: "its checksum is wrong, so it was damaged after it was written",
  });
});

it("gives what stands before a batch that it cannot read, then says why", async () => {
  const [first, second] = [await encode(BATCH), await encode({ ...BATCH, firstOffset: 7n })];
  second.writeUInt8(63, RECORD);
  const both = await decodeBatches(Buffer.concat([first, second]), codecs, MEGABYTE);
  assert.is(recordsIn(both.batches).length, 2);
  assert.is(both.failure?.offset, 7n);
  const again = await decodeBatches(Buffer.concat([first, first]), codecs, MEGABYTE);
  assert.is(again.failure?.reason, "it begins at an offset below 7");
});

it("decompresses no more than a limit in one go, and goes on there", async () => {
  const value = Buffer.alloc(100_000);
  const record = { offsetDelta: 0, timestampDelta: 0, key: null, value, headers: {} };
  const large = (firstOffset: bigint): Promise<Buffer> =>
    encode({ ...BATCH, firstOffset, lastOffsetDelta: 0, gzip: true, records: [record] });
  const bytes = Buffer.concat([await large(0n), await large(1n), await large(2n)]);
  assert.ok(bytes.length < 1000);
  assert.equal(summary(await decodeBatches(bytes, codecs, 150_000)), [[0n, 1n], null]);
  assert.equal(summary(await decodeBatches(bytes, codecs, 400_000)), [[0n, 1n, 2n], null]);
  assert.equal(summary(await decodeBatches(bytes, codecs, 90_000)), [[], "tooLarge"]);
});

it("reads times beyond 2^53 about right, and leaves out headers that are not there", async () => {
  const extreme = { offsetDelta: 0, timestampDelta: 0, key: null, value: null, headers: {} };
  const bytes = await encode({ ...BATCH, lastOffsetDelta: 0, firstTimestamp: 2n ** 62n, records: [extreme] });
  const { batches } = await decodeBatches(bytes, codecs, MEGABYTE);
  assert.is(batches[0]?.records[0]?.timestamp, 2 ** 62);
  assert.is(batches[0]?.records[0]?.headers.size, 0);
});

function summary({ batches, failure }: FetchedBatches): unknown {
  return [batches.map(({ firstOffset }) => firstOffset), failure?.kind ?? null];
}

function recordsIn(batches: FetchedBatches["batches"]): readonly unknown[] {
  return batches.flatMap(({ records }) =>
    records.map(({ offset, timestamp, key, value, headers, among, valueAt, valueEnd }) => {
      assert.equal(among.subarray(valueAt, valueEnd), value ?? Buffer.alloc(0));
      return { offset, timestamp, key, value, headers: [...headers] };
    }),
  );
}

/** A message of kafkajs, as we give it. */
function stockRecord({
  offset,
  timestamp,
  key,
  value,
  headers,
}: Awaited<ReturnType<typeof decodeWithStock>>[number]): unknown {
  return {
    offset: BigInt(offset),
    timestamp: timestamp === "-1" ? null : Number(timestamp),
    key,
    value,
    headers: Object.entries(headers).map(([name, given]) => {
      const last = Array.isArray(given) ? given.at(-1) : given;
      return [name, Buffer.isBuffer(last) ? last.toString("utf8") : ""];
    }),
  };
}

it.run();
