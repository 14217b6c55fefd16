// The intake hands on what was put in, in order and in pieces, and the sum of bytes is right.

import fc from "fast-check";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { createIntake, type IntakeItem } from "../../lib/runtime/intake.ts";
import { batch, NOW, record } from "./kit.ts";

const it = suite("intake");

/** What the records of items are, one by one, with what is said between them. */
function flat(items: readonly IntakeItem[]): readonly string[] {
  return items.flatMap((item) => {
    if (item.kind !== "batch") return [item.kind];
    const { topic, records, caughtUp } = item.batch;
    return [...records.map(({ offset }) => `${topic} ${offset}`), ...(caughtUp ? [`${topic} caught up`] : [])];
  });
}

function takeAll(intake: ReturnType<typeof createIntake>, maxRecords: number): IntakeItem[] {
  const taken: IntakeItem[] = [];
  for (let item = intake.next(maxRecords); item !== null; item = intake.next(maxRecords)) taken.push(item);
  return taken;
}

const items: fc.Arbitrary<readonly IntakeItem[]> = fc
  .array(
    fc.record({ topic: fc.constantFrom("x", "y"), count: fc.nat(7), caughtUp: fc.boolean(), ends: fc.boolean() }),
    { maxLength: 12 },
  )
  .map((list) => {
    let offset = 0;
    return list.flatMap(({ topic, count, caughtUp, ends }): IntakeItem[] => {
      const records = Array.from({ length: count }, () => record(offset++, "{}"));
      const item: IntakeItem = { kind: "batch", batch: batch(topic, records, 0, caughtUp), readAt: NOW };
      return ends ? [item, { kind: "ended", partition: { topic, partition: 0 } }] : [item];
    });
  });

it("gives what was put in, in order, in pieces of at most so many records", () => {
  fc.assert(
    fc.property(items, fc.integer({ min: 1, max: 4 }), (list, maxRecords) => {
      const intake = createIntake();
      for (const item of list) intake.push(item);
      const taken = takeAll(intake, maxRecords);
      assert.equal(flat(taken), flat(list));
      for (const item of taken) assert.ok(item.kind !== "batch" || item.batch.records.length <= maxRecords);
      assert.equal([intake.isEmpty, intake.bytes], [true, 0]);
    }),
    { numRuns: 1_000 },
  );
});

it("knows of which partitions records wait", () => {
  const intake = createIntake();
  intake.push({ kind: "batch", batch: batch("x", [record(0, "{}")], 3), readAt: NOW });
  assert.equal(
    [3, 0].map((partition) => intake.holds({ topic: "x", partition })),
    [true, false],
  );
  assert.ok(intake.bytes > 0);
  intake.next(1);
  assert.not(intake.holds({ topic: "x", partition: 3 }));
  assert.is(intake.next(1), null);
});

it.run();
