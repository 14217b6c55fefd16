// Which records are committed: on random interleavings of transactions, against a slow and obvious reading of the whole log.
import * as fc from "fast-check";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { createCodecs } from "../../../lib/transports/kafka/codecs.ts";
import { CommittedBatch } from "../../../lib/transports/kafka/committed-batch.ts";
import { decodeBatches } from "../../../lib/transports/kafka/record-batch.ts";
import { encode, type WrittenBatch } from "./stock.ts";

const it = suite("committed");
const codecs = createCodecs();

/** One entry of a log: a batch of data or a marker. */
type Entry =
  | {
      readonly kind: "data";
      readonly producer: number;
      readonly offsets: readonly number[];
      readonly inTransaction: boolean;
      readonly end: number;
    }
  | {
      readonly kind: "abort" | "commit";
      readonly producer: number;
      readonly offsets: readonly [number];
      readonly end: number;
    };

const step = fc.record({
  producer: fc.nat(3),
  what: fc.constantFrom("data", "data", "data", "plain", "abort", "commit"),
  sizes: fc.array(fc.boolean(), { minLength: 1, maxLength: 4 }),
});

/** A log that brokers could hold: markers only where a transaction is open. Batches may have lost records to compaction. */
const logs: fc.Arbitrary<readonly Entry[]> = fc.array(step, { maxLength: 40 }).map((steps) => {
  const entries: Entry[] = [];
  const open = new Set<number>();
  let next = 0;
  for (const { producer, what, sizes } of steps) {
    const end = next + sizes.length - 1;
    if (what === "abort" || what === "commit") {
      if (!open.delete(producer)) continue;
      entries.push({ kind: what, producer, offsets: [next], end: next });
      next++;
      continue;
    }
    // A producer in a transaction writes nothing outside of it.
    const inTransaction = what === "data" || open.has(producer);
    if (inTransaction) open.add(producer);
    const offsets = sizes.flatMap((isKept, index) => (isKept ? [next + index] : []));
    entries.push({ kind: "data", producer, offsets, inTransaction, end });
    next = end + 1;
  }
  return entries;
});

/** The obvious reading: a transaction is everything of its producer up to its marker; that decides. */
function obviouslyCommitted(log: readonly Entry[]): readonly number[] {
  return log.flatMap((entry, index) => {
    if (entry.kind !== "data") return [];
    const end = log.slice(index).find(({ kind, producer }) => kind !== "data" && producer === entry.producer);
    return entry.inTransaction && end?.kind === "abort" ? [] : entry.offsets;
  });
}

/** What a broker says beside the records from `from` to `to`: aborted transactions that reach into them, in order of ends. */
function abortedIn(log: readonly Entry[], from: number, to: number): { producerId: string; firstOffset: string }[] {
  return log.flatMap((marker, index) => {
    if (marker.kind !== "abort" || marker.end < from) return [];
    const before = log.slice(0, index);
    const start = before.findLastIndex(({ kind, producer }) => kind !== "data" && producer === marker.producer) + 1;
    const first = before
      .slice(start)
      .find((entry) => entry.kind === "data" && entry.producer === marker.producer && entry.inTransaction);
    const firstOffset = first === undefined ? marker.end : firstOf(first, log);
    return firstOffset <= to ? [{ producerId: String(marker.producer), firstOffset: String(firstOffset) }] : [];
  });
}

function firstOf(entry: Entry, log: readonly Entry[]): number {
  const before = log[log.indexOf(entry) - 1];
  return before === undefined ? 0 : before.end + 1;
}

function written(entry: Entry, log: readonly Entry[]): WrittenBatch {
  const first = firstOf(entry, log);
  // Data with the key of an abort marker, and markers: kafkajs mistakes one for the other.
  const key = Buffer.from([0, 0, 0, entry.kind === "commit" ? 1 : 0]);
  return {
    firstOffset: BigInt(first),
    lastOffsetDelta: entry.end - first,
    firstTimestamp: 5n,
    maxTimestamp: 5n,
    producerId: BigInt(entry.producer),
    transactional: entry.kind !== "data" || entry.inTransaction,
    control: entry.kind !== "data",
    logAppendTime: false,
    gzip: false,
    records: entry.offsets.map((offset) => ({
      offsetDelta: offset - first,
      timestampDelta: 0,
      key,
      value: null,
      headers: {},
    })),
  };
}

async function batchOf(log: readonly Entry[], range: readonly Entry[], fetchedOffset: number): Promise<CommittedBatch> {
  const bytes = Buffer.concat(await Promise.all(range.map((entry) => encode(written(entry, log)))));
  const end = range.at(-1)?.end ?? 0;
  return new CommittedBatch("t", String(fetchedOffset), {
    partition: 0,
    highWatermark: "1000",
    abortedTransactions: abortedIn(log, fetchedOffset, end),
    messages: await decodeBatches(bytes, codecs, 1e6),
  });
}

it("shows what is committed and nothing else, wherever a fetch begins and ends", () =>
  fc.assert(
    fc.asyncProperty(logs, fc.nat(), fc.nat(), async (log, from, length) => {
      if (log.length === 0) return;
      const start = from % log.length;
      const range = log.slice(start, start + 1 + (length % log.length));
      const [first, last] = [range[0] as Entry, range.at(-1) as Entry];
      const fetchedOffset = firstOf(first, log) + (length % (first.end - firstOf(first, log) + 1));
      const batch = await batchOf(log, range, fetchedOffset);
      const expected = obviouslyCommitted(log).filter((offset) => offset >= fetchedOffset && offset <= last.end);
      assert.equal(
        batch.messages.map(({ offset }) => Number(offset)),
        expected,
      );
      assert.is(batch.lastOffset(), String(last.end));
      assert.is(batch.isEmpty(), expected.length === 0);
      assert.is(batch.isEmptyDueToFiltering(), expected.length === 0);
      assert.is(batch.offsetLag(), String(999 - last.end));
      const firstFetched =
        range.flatMap(({ offsets }) => offsets).find((offset) => offset >= fetchedOffset) ?? last.end;
      assert.is(batch.firstOffset(), String(firstFetched));
      assert.is(batch.offsetLagLow(), String(999 - firstFetched));
      assert.is(batch.isEmptyControlRecord(), expected.length === 0 && range.some(({ kind }) => kind !== "data"));
    }),
    { numRuns: 1000 },
  ));

it("is whole only if nothing was left out before its end", () =>
  fc.assert(
    fc.asyncProperty(logs, fc.nat(), async (log, at) => {
      if (log.length === 0) return;
      (await batchOf(log, log, 0)).requireWhole();
      const gone = at % log.length;
      const rest = await batchOf(log, log.toSpliced(gone, 1), 0);
      if (gone === log.length - 1) rest.requireWhole();
      else assert.throws(() => rest.requireWhole(), /the one before it is missing/);
    }),
  ));

it("answers like kafkajs where nothing was fetched", async () => {
  const batch = new CommittedBatch("t", "5", {
    partition: 2,
    highWatermark: "5",
    messages: { batches: [], failure: null },
  });
  const answers = [
    batch.isEmpty(),
    batch.isEmptyIncludingFiltered(),
    batch.isEmptyDueToFiltering(),
    batch.isEmptyDueToLogCompactedMessages(),
  ];
  assert.equal(answers, [true, true, false, false]);
  assert.equal(
    [batch.firstOffset(), batch.lastOffset(), batch.offsetLag(), batch.offsetLagLow()],
    [null, "4", "0", "0"],
  );
});

it("names topic, partition and offset of a batch that cannot be read", () => {
  const failing = (kind: "corrupt" | "codecMissing" | "tooLarge", offset: bigint | null): unknown => {
    try {
      const failure = { kind, offset, reason: "so it is" };
      return new CommittedBatch("cards", "41", {
        partition: 3,
        highWatermark: "50",
        messages: { batches: [], failure },
      });
    } catch (error) {
      const { code, message, retriable } = error as { code: string; message: string; retriable: boolean };
      return [code, retriable, message.slice(0, message.indexOf(": "))];
    }
  };
  assert.equal(failing("corrupt", null), [
    "CORRUPT_BATCH",
    true,
    'The batch in partition 3 of topic "cards" at offset 41 cannot be read',
  ]);
  assert.equal(failing("codecMissing", 42n), [
    "CODEC_MISSING",
    false,
    'The batch in partition 3 of topic "cards" at offset 42 cannot be read',
  ]);
  assert.equal(failing("tooLarge", 43n), [
    "BATCH_TOO_LARGE",
    false,
    'The batch in partition 3 of topic "cards" at offset 43 cannot be read',
  ]);
});

it.run();
