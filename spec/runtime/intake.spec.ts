// The intake hands on what was put in, in order and in pieces; what is taken away is gone, and the sum of bytes is right.

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

function takeAll(
  intake: ReturnType<typeof createIntake>,
  maxRecords: number,
  limit = Number.POSITIVE_INFINITY,
): IntakeItem[] {
  const taken: IntakeItem[] = [];
  for (let item = intake.next(maxRecords); item !== null; item = taken.length < limit ? intake.next(maxRecords) : null)
    taken.push(item);
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

it("forgets what is taken away, wherever it stands, and says so first", () => {
  fc.assert(
    fc.property(items, fc.nat(10), (list, before) => {
      const intake = createIntake();
      for (const item of list) intake.push(item);
      const taken = before === 0 ? [] : takeAll(intake, 2, before);
      const left = flat(list).slice(flat(taken).length);
      intake.revoke([{ topic: "x", partition: 0 }]);
      assert.not(intake.holds({ topic: "x", partition: 0 }));
      const rest = takeAll(intake, 3);
      const isOfX = (said: string, index: number, all: readonly string[]): boolean =>
        said.startsWith("x ") || (said === "ended" && ownerOf(list, all, index) === "x");
      assert.equal(flat(rest), ["revoked", ...left.filter((said, index) => !isOfX(said, index, left))]);
      assert.is(intake.bytes, 0);
    }),
    { numRuns: 1_000 },
  );
});

/** Whose end the `index`-th of what is left was. */
function ownerOf(list: readonly IntakeItem[], left: readonly string[], index: number): string {
  const endsLeft = left.slice(index).filter((said) => said === "ended").length;
  const ends = list.flatMap((item) => (item.kind === "ended" ? [item.partition.topic] : []));
  return ends[ends.length - endsLeft] ?? "";
}

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
