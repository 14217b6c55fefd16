// The settled position is that of the oldest record that was read and is not finished, whatever the order of finishing.

import fc from "fast-check";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { createPositions } from "../../lib/runtime/positions.ts";

const it = suite("positions");

it("agrees with a plain list", () => {
  const step = fc.record({ gap: fc.nat(2), opens: fc.boolean(), close: fc.nat(9) });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
      const positions = createPositions();
      const open: { readonly offset: bigint; readonly ticket: number }[] = [];
      let offset = 0n;
      for (const { gap, opens, close } of steps) {
        offset += BigInt(gap + 1);
        if (opens) open.push({ offset, ticket: positions.opened(offset, Number(offset)) });
        else positions.passed(offset);
        const [finished] = close < open.length ? open.splice(close, 1) : [];
        if (finished !== undefined) positions.closed(finished.ticket);
        assert.is(positions.next, offset + 1n);
        assert.is(positions.settled, open[0]?.offset ?? offset + 1n);
        assert.is(positions.newestBefore, open.length > 0 ? Number(open[0]?.offset) : null);
        assert.is(positions.waiting, open.length);
      }
    }),
    { numRuns: 1_000 },
  );
});

it("knows nothing before the first record", () => {
  const positions = createPositions();
  assert.equal([positions.next, positions.settled, positions.waiting], [null, null, 0]);
});

it("keeps up with a hundred thousand records that wait, finished backwards", () => {
  const positions = createPositions();
  const tickets = Array.from({ length: 100_000 }, (_, offset) => positions.opened(BigInt(offset), 0));
  for (const ticket of tickets.splice(1).reverse()) positions.closed(ticket);
  assert.is(positions.settled, 0n);
  for (const ticket of tickets) positions.closed(ticket);
  assert.equal([positions.settled, positions.waiting], [100_000n, 0]);
});

it("keeps up when records are finished in order while others come", () => {
  const positions = createPositions();
  const waiting: number[] = [];
  for (let offset = 0n; offset < 200_000n; offset += 1n) {
    waiting.push(positions.opened(offset, 0));
    if (offset >= 5_000n) positions.closed(waiting.shift() as number);
  }
  assert.equal([positions.settled, positions.waiting], [195_000n, 5_000]);
});

it.run();
