// Committed data from real brokers: what transactions, compaction and Kafka's own producer leave behind.
import { setTimeout as pause } from "node:timers/promises";
import * as assert from "uvu/assert";
import { loadKafkajs } from "../../../lib/transports/kafka/kafkajs.ts";
import { type JavaCommand, type JavaRecord, javaProduce } from "../../broker/java-produce.ts";
import { requireBroker } from "../../broker/require-broker.ts";
import { createTopic } from "../../broker/topics.ts";
import { allowMs, note } from "../../run/ask.ts";
import { readTopic } from "./read-topic.ts";

allowMs(90_000);

const broker = await requireBroker({ settings: { "log.cleaner.backoff.ms": "100" } });
const it = broker.suite("committed data");
const log = (): void => {};
const patched = loadKafkajs({ patched: true, log });
const stock = loadKafkajs({ patched: false, log });

it("hides what was aborted, however transactions interleave", async () => {
  const { steps, committed } = interleaved(90);
  await createTopic(broker, "interleaved", 1);
  await javaProduce(broker, "interleaved", steps, { transactionalId: "interleaved" });
  for (const maxBytes of [1_048_576, 1]) {
    const { records, isWhole, crash, fetches } = await readTopic(patched, broker, "interleaved", { maxBytes });
    assert.equal([crash, isWhole], [null, true], `${records.length} records in ${fetches} fetches`);
    assert.equal(records.map(text), committed);
  }
  const seen = (await readTopic(stock, broker, "interleaved")).records.map(text);
  const wrong = seen.filter((value) => !committed.includes(value)).length;
  note(`${committed.length} committed of 90; stock kafkajs delivers ${wrong} that were aborted`);
  assert.ok(wrong > 0, "stock kafkajs is right: the patch can go");
});

/** Three producers in turns, each in its own transactions, of which two of three are aborted. Some keys look like an abort marker. */
function interleaved(count: number): { steps: readonly (JavaRecord | JavaCommand)[]; committed: readonly string[] } {
  const steps: (JavaRecord | JavaCommand)[] = [];
  const open = new Map<string, string[]>();
  const kept = new Set<string>();
  const order: string[] = [];
  for (let index = 0; index < count; index++) {
    const by = "abc"[(index * 7 + (index >> 2)) % 3] as string;
    const value = `${by}${index}`;
    order.push(value);
    open.set(by, [...(open.get(by) ?? []), value]);
    steps.push({ by, partition: 0, key: index % 5 === 0 ? Buffer.alloc(4) : null, value }, { end: "flush", by });
    if (index % 4 === 3 || index >= count - 3) end(index % 3 === 0 ? "commit" : "abort", by);
  }
  for (const by of open.keys()) end("commit", by);
  return { steps, committed: order.filter((value) => kept.has(value)) };

  function end(how: "commit" | "abort", by: string): void {
    if (how === "commit") for (const value of open.get(by) ?? []) kept.add(value);
    open.delete(by);
    steps.push({ end: how, by });
  }
}

it("goes on behind a batch that compaction has emptied", async () => {
  await createTopic(broker, "emptied", 1, {
    "cleanup.policy": "compact",
    "segment.ms": "300",
    "min.cleanable.dirty.ratio": "0.01",
    "max.compaction.lag.ms": "300",
  });
  // The cleaner keeps the last batch of a producer, without its record, to know the sequence numbers.
  await javaProduce(broker, "emptied", [{ partition: 0, key: "k", value: "old" }]);
  await pause(400);
  await javaProduce(broker, "emptied", [{ partition: 0, key: "k", value: "new" }]);
  await pause(400);
  await javaProduce(broker, "emptied", [{ partition: 0, key: "end", value: "end" }]);
  let values: readonly string[] = ["old"];
  for (let round = 0; values.includes("old") && round < 60; round++) {
    const { records, isWhole } = await readTopic(patched, broker, "emptied", { maxBytes: 1 });
    assert.ok(isWhole);
    values = records.map(text);
    if (values.includes("old")) await pause(500);
  }
  assert.equal(values, ["new", "end"]);
  const hanging = await readTopic(stock, broker, "emptied", { maxBytes: 1, withinMs: 1000 });
  note(`stock kafkajs asks ${hanging.fetches} times a second for an emptied batch`);
  assert.not(hanging.isWhole, "stock kafkajs moves on: the patch can go");
});

for (const compression of ["none", "gzip", "snappy", "lz4", "zstd"] as const)
  it(`reads what Kafka's own producer wrote with ${compression}`, async () => {
    const topic = `codec-${compression}`;
    const written = Array.from({ length: 3000 }, (_, index) => ({
      partition: 0,
      key: index % 7 === 0 ? null : `key-${index % 50}`,
      value: index % 11 === 0 ? null : JSON.stringify({ index, text: "ä".repeat(index % 90), more: index * index }),
      timestamp: 1_700_000_000_000 + index * 37,
      headers: index % 3 === 0 ? { type: "x", index: String(index) } : {},
    }));
    // Records of 2023: without this, whatever the broker deletes by age it deletes half a minute after its start.
    await createTopic(broker, topic, 1, { "retention.ms": "-1" });
    await javaProduce(broker, topic, written, { compression });
    const { records, isWhole, crash, end } = await readTopic(patched, broker, topic);
    assert.equal([crash, isWhole, end], [null, true, "3000"]);
    assert.equal([records[0]?.offset, records.at(-1)?.offset, records.length], [0n, 2999n, 3000]);
    records.forEach((record, index) => {
      const { key, value, timestamp, headers } = written[index] as (typeof written)[number];
      assert.is(record.offset, BigInt(index));
      assert.equal(
        [
          record.key?.toString() ?? null,
          record.value?.toString() ?? null,
          record.timestamp,
          Object.fromEntries(record.headers),
        ],
        [key, value, timestamp, headers],
      );
    });
  });

function text({ value }: { readonly value: Uint8Array | null }): string {
  return Buffer.from(value ?? []).toString();
}

it.run();
