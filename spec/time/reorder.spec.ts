// The buffer gives what sorting gives, and never more than the watermark allows.

import fc from "fast-check";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { comesBefore, createReorderBuffer, type Ranked } from "../../lib/time/reorder.ts";
import { createWatermark } from "../../lib/time/watermark.ts";

const it = suite("reorder buffer");

const entries: fc.Arbitrary<readonly Ranked[]> = fc
  .array(fc.record({ at: fc.integer({ min: 0, max: 30 }), rank: fc.nat(2) }), { maxLength: 60 })
  .map((list) => list.map((entry, index) => ({ ...entry, offset: BigInt(index) })));

const inOrder = (list: readonly Ranked[]): readonly Ranked[] => [...list].sort((a, b) => (comesBefore(a, b) ? -1 : 1));

function takeAll(buffer: ReturnType<typeof createReorderBuffer>, watermark: number): Ranked[] {
  const taken: Ranked[] = [];
  for (let next = buffer.take(watermark); next !== null; next = buffer.take(watermark)) taken.push(next);
  return taken;
}

it("gives everything at or before the watermark, sorted, and keeps the rest", () => {
  fc.assert(
    fc.property(entries, fc.integer({ min: -1, max: 31 }), (list, watermark) => {
      const buffer = createReorderBuffer();
      for (const entry of list) buffer.add(entry);
      assert.equal(takeAll(buffer, watermark), inOrder(list.filter((entry) => entry.at <= watermark)));
      const rest = inOrder(list.filter((entry) => entry.at > watermark));
      assert.equal(inOrder([...buffer.entries()]), rest);
      assert.is(buffer.size, rest.length);
      assert.equal(takeAll(buffer, Number.POSITIVE_INFINITY), rest);
    }),
    { numRuns: 1000 },
  );
});

it("gives the events that are not late in one order, however often it is emptied", () => {
  fc.assert(
    fc.property(entries, fc.nat(10), fc.infiniteStream(fc.boolean()), (list, bound, choices) => {
      const watermark = createWatermark(bound);
      const buffer = createReorderBuffer();
      const onTime: Ranked[] = [];
      const given: Ranked[] = [];
      for (const entry of list) {
        if (!watermark.observe(entry.at)) {
          onTime.push(entry);
          buffer.add(entry);
        }
        if (choices.next().value) given.push(...takeAll(buffer, watermark.at));
      }
      given.push(...takeAll(buffer, Number.POSITIVE_INFINITY));
      assert.equal(given, inOrder(onTime));
    }),
    { numRuns: 1000 },
  );
});

it("orders equal instants by rank, then by offset as a number", () => {
  const buffer = createReorderBuffer();
  for (const [rank, offset] of [
    [1, 2n],
    [0, 10n],
    [0, 9n],
  ] as const) {
    buffer.add({ at: 7, rank, offset });
  }
  assert.equal(
    takeAll(buffer, 7).map((each) => each.offset),
    [9n, 10n, 2n],
  );
});

it.run();
