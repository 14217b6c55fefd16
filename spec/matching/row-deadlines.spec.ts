// The soonest deadline comes first, each row's last word counts, and what was taken away does not come.
import * as fc from "fast-check";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { RowDeadlines } from "../../lib/matching/row-deadlines.ts";

const it = suite("deadlines of rows");

const row = fc.integer({ min: 8_192, max: 8_192 + 40 });
const turn = fc.oneof(
  fc.tuple(row, fc.option(fc.integer({ min: 0, max: 30 }))),
  fc.tuple(row, fc.option(fc.integer({ min: 0, max: 30 }))),
  fc.constant("pop" as const),
);

it("says what a map sorted by time says", () => {
  fc.assert(
    fc.property(fc.array(turn, { maxLength: 400 }), (turns) => {
      const deadlines = new RowDeadlines();
      const expected = new Map<number, number>();
      for (const each of turns) {
        const soonest = expected.size === 0 ? null : Math.min(...expected.values());
        assert.is(deadlines.peek(), soonest);
        if (each !== "pop") {
          const [of, at] = each;
          deadlines.set(of, at);
          if (at === null) expected.delete(of);
          else expected.set(of, at);
          assert.is(deadlines.of(of), at);
        } else if (soonest !== null) {
          const due = [...expected].filter(([, at]) => at === soonest).map(([of]) => of);
          assert.equal(deadlines.popAt(soonest).sort(), due.sort());
          for (const of of due) expected.delete(of);
        }
      }
    }),
    { numRuns: 500 },
  );
});

it("holds very many, and drops what is stale", () => {
  const deadlines = new RowDeadlines();
  for (let turn = 1; turn <= 5; turn += 1) for (let of = 1; of <= 1_000; of += 1) deadlines.set(of, 10_000 * turn - of);
  for (let of = 1; of <= 900; of += 1) deadlines.set(of, null);
  for (let of = 1_000; of > 900; of -= 1) {
    assert.is(deadlines.peek(), 50_000 - of);
    assert.equal(deadlines.popAt(50_000 - of), [of]);
  }
  assert.is(deadlines.peek(), null);
});

it.run();
