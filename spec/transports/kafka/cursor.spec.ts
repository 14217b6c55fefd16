// How far a partition is read: whatever order fetches come in and however they overlap, every record is handed over once and
// in order, and what is committed is never behind what is dealt with nor before it.
import fc from "fast-check";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { advance, createCursor, judge, settled } from "../../../lib/transports/kafka/cursor.ts";

const it = suite("cursor");
const place = { topic: "in", partition: 0 };

it("hands over each record once, in order, whatever fetches bring", () => {
  const log = fc.array(fc.boolean(), { minLength: 1, maxLength: 40 }); // at each offset a record, or a marker
  const fetches = fc.array(fc.tuple(fc.nat(45), fc.nat(10)), { maxLength: 60 });
  fc.assert(
    fc.property(log, fetches, (records, all) => {
      const end = BigInt(records.length);
      const cursor = createCursor(place, 0n);
      const seen: bigint[] = [];
      for (const [from, length] of all) {
        if (from >= records.length) continue;
        const last = Math.min(records.length - 1, from + length);
        const fetched = { from: BigInt(from), last: BigInt(last), end };
        const verdict = judge(cursor, fetched);
        assert.is(verdict, from > cursor.next ? "gap" : last < cursor.next ? "old" : "fits");
        if (verdict !== "fits") continue;
        const brought = records.flatMap((isRecord, offset) =>
          isRecord && offset <= last && BigInt(offset) >= cursor.next ? [BigInt(offset)] : [],
        );
        advance(cursor, fetched, brought.at(-1) ?? null);
        seen.push(...brought);
        assert.is(cursor.next, BigInt(last) + 1n);
        assert.is(cursor.caughtUp, cursor.next === end);
      }
      const expected = records.flatMap((isRecord, offset) =>
        isRecord && BigInt(offset) < cursor.next ? [BigInt(offset)] : [],
      );
      assert.equal(seen, expected);
    }),
  );
});

it("what is settled is what was acknowledged, and with it the markers behind it", () => {
  const cursor = createCursor(place, 5n);
  assert.is(settled(cursor), 5n);
  advance(cursor, { from: 5n, last: 9n, end: 20n }, 7n); // records up to 7, markers at 8 and 9
  assert.is(settled(cursor), 5n);
  cursor.acknowledged = 7n;
  assert.is(settled(cursor), 7n);
  cursor.acknowledged = 8n;
  assert.is(settled(cursor), 10n);
  advance(cursor, { from: 10n, last: 12n, end: 20n }, null); // nothing but markers
  assert.is(settled(cursor), 13n);
});

it.run();
