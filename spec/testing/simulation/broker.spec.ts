// Laws of the model broker under random use: what committed readers see is what was committed, in order, once.
import fc from "fast-check";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { TopicPartition } from "../../../lib/runtime/ports.ts";
import { createModelBroker } from "../../../lib/testing/simulation/broker.ts";
import { type AnswerOf, type Ask, isRefused, type TransactionStamp } from "../../../lib/testing/simulation/calls.ts";
import { committedEntries } from "../../../lib/testing/simulation/committed.ts";
import { createWorld } from "../../../lib/testing/simulation/world.ts";
import { codeOf } from "./ask-kit.ts";

const it = suite("model broker");

const PARTITIONS = 3;
const IDS = ["a", "b"] as const;

/** What one of two producers does next: writes to a partition, ends, or is taken over; markers take their time. */
type Step =
  | { readonly does: "write"; readonly id: 0 | 1; readonly partition: number }
  | { readonly does: "commit" | "abort" | "takeOver"; readonly id: 0 | 1 }
  | { readonly does: "wait"; readonly forMs: number };

const id = fc.constantFrom(0 as const, 1 as const);
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ does: fc.constant("write" as const), id, partition: fc.nat(PARTITIONS - 1) }) },
  { weight: 2, arbitrary: fc.record({ does: fc.constantFrom("commit" as const, "abort" as const), id }) },
  { weight: 1, arbitrary: fc.record({ does: fc.constant("takeOver" as const), id }) },
  { weight: 2, arbitrary: fc.record({ does: fc.constant("wait" as const), forMs: fc.nat(40) }) },
);

type Writer = { stamp: TransactionStamp; written: string[][]; sequences: number[] };

it("shows committed readers what was committed, in order, once, and nothing else", async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer(), fc.array(step, { maxLength: 40 }), async (seed, steps) => {
      const world = createWorld(seed);
      const markers = world.random("markers");
      const { ask } = createModelBroker({ clock: world.clock, markerMs: () => markers.between(0, 30) });
      await world.run(async () => {
        await ask("createTopic", { topic: "out", partitions: PARTITIONS });
        const wait = (forMs: number): Promise<void> => new Promise((resolve) => void world.clock.after(forMs, resolve));
        const committed = await use(ask, steps, wait);
        await wait(1_000); // All markers are written.
        for (let partition = 0; partition < PARTITIONS; partition += 1)
          assert.equal(new Set(await read(ask, partition)), new Set(committed[partition]));
        for (let partition = 0; partition < PARTITIONS; partition += 1)
          assert.is((await read(ask, partition)).length, committed[partition]?.length);
      });
    }),
    { numRuns: 300 },
  );
});

/** Does all steps; gives what was committed in each partition. What is still open at the end is aborted. */
async function use(ask: Ask, steps: readonly Step[], wait: (forMs: number) => Promise<void>): Promise<string[][]> {
  const committed: string[][] = Array.from({ length: PARTITIONS }, () => []);
  const writers = [await takeOver(ask, 0, wait), await takeOver(ask, 1, wait)];
  let count = 0;
  for (const each of steps) {
    if (each.does === "wait") await wait(each.forMs);
    else if (each.does === "takeOver") writers[each.id] = await takeOver(ask, each.id, wait);
    else if (each.does === "write") await write(ask, writers[each.id] as Writer, each.partition, `${count++}`, wait);
    else await end(ask, writers[each.id] as Writer, each.does === "commit", committed);
  }
  for (const index of [0, 1] as const) await takeOver(ask, index, wait);
  return committed;
}

async function takeOver(ask: Ask, index: 0 | 1, wait: (forMs: number) => Promise<void>): Promise<Writer> {
  const transactionalId = IDS[index];
  for (;;) {
    const stamp = await ask("initProducer", { transactionalId, timeoutMs: 60_000 });
    if (!isRefused(stamp)) return { stamp: { ...stamp, transactionalId }, written: [[], [], []], sequences: [0, 0, 0] };
    await wait(5);
  }
}

async function write(
  ask: Ask,
  writer: Writer,
  partition: number,
  value: string,
  wait: (forMs: number) => Promise<void>,
): Promise<void> {
  const place = { topic: "out", partition };
  while (isRefused(await ask("addPartitions", { ...writer.stamp, places: [place] }))) await wait(5);
  const producer = { ...writer.stamp, sequence: writer.sequences[partition] as number };
  const records = [{ key: null, value: Buffer.from(value), timestamp: 0 }];
  const twice = [
    await ask("produce", { ...place, producer, records }),
    await ask("produce", { ...place, producer, records }),
  ];
  assert.equal(twice[1], twice[0]);
  (writer.sequences as number[])[partition] = producer.sequence + 1;
  writer.written[partition]?.push(value);
}

async function end(ask: Ask, writer: Writer, commit: boolean, committed: string[][]): Promise<void> {
  const answer = await ask("endTransaction", { ...writer.stamp, commit });
  if (isRefused(answer)) return;
  if (commit) for (const [partition, values] of writer.written.entries()) committed[partition]?.push(...values);
  writer.written = [[], [], []];
}

async function read(ask: Ask, partition: number): Promise<readonly string[]> {
  const all = { offset: 0n, isolation: "committed", maxBytes: 1_000_000, waitMs: 0 } as const;
  const fetched = (await ask("fetch", { topic: "out", partition, ...all })) as AnswerOf<"fetch">;
  return committedEntries(fetched).map(({ value }) => Buffer.from(value ?? []).toString());
}

it("tells what becomes of a transaction when that is settled, and which are open", async () => {
  const world = createWorld(1);
  const decided: string[] = [];
  const broker = createModelBroker({
    clock: world.clock,
    markerMs: () => 10,
    onDecided: (transactionalId, { epoch }, outcome) => decided.push(`${transactionalId} ${epoch} ${outcome}`),
  });
  await world.run(async () => {
    await broker.ask("createTopic", { topic: "out", partitions: 1 });
    const stamp = (await broker.ask("initProducer", { transactionalId: "t", timeoutMs: 1_000 })) as TransactionStamp;
    const place = { topic: "out", partition: 0 };
    await broker.ask("addPartitions", { ...stamp, transactionalId: "t", places: [place] });
    assert.equal([broker.openTransactions(), decided], [["t"], []]);
    await broker.ask("endTransaction", { ...stamp, transactionalId: "t", commit: true });
    assert.equal([broker.openTransactions(), decided], [["t"], ["t 0 commit"]]);
    await new Promise<void>((resolve) => void world.clock.after(20, resolve));
    assert.equal(broker.openTransactions(), []);
  });
});

it("has those wait who write while markers are still to come", async () => {
  const world = createWorld(1);
  const { ask } = createModelBroker({ clock: world.clock, markerMs: () => 10 });
  await world.run(async () => {
    await ask("createTopic", { topic: "out", partitions: 2 });
    const stamp = (await ask("initProducer", { transactionalId: "t", timeoutMs: 1_000 })) as TransactionStamp;
    const mine = { ...stamp, transactionalId: "t" };
    const [used, unused] = [0, 1].map((partition) => ({ topic: "out", partition })) as [TopicPartition, TopicPartition];
    await ask("addPartitions", { ...mine, places: [used] });
    await ask("endTransaction", { ...mine, commit: true });
    const producer = { ...mine, sequence: 0 };
    assert.is(await codeOf(ask("produce", { ...unused, producer, records: [] })), "NOT_ENOUGH_REPLICAS");
    assert.is(await codeOf(ask("addPartitions", { ...mine, places: [unused] })), "CONCURRENT_TRANSACTIONS");
    assert.is(await codeOf(ask("endTransaction", { ...mine, commit: true })), "CONCURRENT_TRANSACTIONS");
    assert.is(await codeOf(ask("endTransaction", { ...mine, commit: false })), "INVALID_TXN_STATE");
    assert.is(await codeOf(ask("initProducer", { transactionalId: "t", timeoutMs: 1_000 })), "CONCURRENT_TRANSACTIONS");
  });
});

it("leaves out the markers of a topic that was deleted", async () => {
  const world = createWorld(1);
  const { ask } = createModelBroker({ clock: world.clock });
  await world.run(async () => {
    await ask("createTopic", { topic: "out", partitions: 1 });
    const stamp = (await ask("initProducer", { transactionalId: "t", timeoutMs: 1_000 })) as TransactionStamp;
    const mine = { ...stamp, transactionalId: "t" };
    await ask("addPartitions", { ...mine, places: [{ topic: "out", partition: 0 }] });
    await ask("deleteTopic", { topic: "out" });
    assert.is(await codeOf(ask("endTransaction", { ...mine, commit: true })), "done");
    await new Promise<void>((resolve) => void world.clock.after(5, resolve));
    assert.is(await codeOf(ask("endTransaction", { ...mine, commit: true })), "done");
  });
});

it.run();
