// How many records go in one request, where a topic takes only so many bytes at once.

import fc from "fast-check";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { bytesOf } from "../../../lib/runtime/outbox.ts";
import type { PlacedRecord } from "../../../lib/runtime/shard-ports.ts";
import { createBatchLimits } from "../../../lib/transports/kafka/batch-limits.ts";

const it = suite("batch limits");

const TOPICS = ["alerts", "late"] as const;

function recordOf([topic, partition, length]: readonly [string, number, number]): PlacedRecord {
  const value = new Uint8Array(length);
  return { record: { topic, key: null, value, headers: new Map(), timestamp: 0 }, partition };
}

const records = fc.array(fc.tuple(fc.constantFrom(...TOPICS), fc.nat(2), fc.nat(300)).map(recordOf), { maxLength: 60 });

/** Batches that a broker would make of a request: one for each partition. */
function batchesOf(request: readonly PlacedRecord[]): readonly { topic: string; bytes: number; count: number }[] {
  const batches = new Map<string, { topic: string; bytes: number; count: number }>();
  for (const { record, partition } of request) {
    const name = `${partition}:${record.topic}`;
    const { bytes = 0, count = 0 } = batches.get(name) ?? {};
    batches.set(name, { topic: record.topic, bytes: bytes + bytesOf(record), count: count + 1 });
  }
  return [...batches.values()];
}

it("whatever a topic takes, records that fit by themselves get there, in order, and soon without being refused", () => {
  fc.assert(
    fc.property(
      fc.array(records, { minLength: 1, maxLength: 5 }),
      fc.integer({ min: 364, max: 5_000 }),
      (all, takes) => {
        const told: unknown[] = [];
        const limits = createBatchLimits((_, __, fields) => told.push(fields));
        let refusals = 0;
        for (const given of all) {
          const taken: PlacedRecord[] = [];
          for (let left = given; left.length > 0; ) {
            const some = limits.first(left);
            assert.ok(some.length > 0);
            const isRefused = batchesOf(some).some(({ topic, bytes }) => topic === "alerts" && bytes > takes);
            if (isRefused) {
              refusals += 1;
              assert.is(limits.refused(some), true);
              continue;
            }
            taken.push(...some);
            left = left.slice(some.length);
          }
          assert.equal(taken, given);
        }
        assert.ok(refusals <= 8, `${refusals} refusals`);
        if (refusals === 0) assert.equal(told, []);
      },
    ),
  );
});

it("a record that is too large alone is nothing that smaller batches help", () => {
  const limits = createBatchLimits(() => undefined);
  const alone = [recordOf(["alerts", 0, 9_000]), recordOf(["alerts", 1, 10]), recordOf(["late", 0, 10])];
  assert.is(limits.refused(alone), false);
  assert.equal(limits.first(alone), alone);
  assert.is(limits.refused([...alone, recordOf(["alerts", 1, 10])]), true);
  assert.equal(limits.first(alone), alone, "each is the only one of its partition");
});

it.run();
