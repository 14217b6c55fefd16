// Runs kept by value are found as if each had been asked.
import * as fc from "fast-check";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { Split } from "../../lib/automaton/split.ts";
import { Buckets } from "../../lib/matching/buckets.ts";
import { Forest } from "../../lib/matching/forest.ts";
import { Slab } from "../../lib/matching/slab.ts";
import { compare } from "../../lib/pattern/expression/operators.ts";

const it = suite("runs kept by value");

const how = fc
  .tuple(fc.constantFrom("eq" as const, "lt" as const, "lte" as const, "gt" as const, "gte" as const), fc.boolean())
  .map(([op, negated]): Split => {
    return { ...DEFAULT, op, negated: negated && op !== "eq" };
  });
const value = fc.oneof(
  fc.integer({ min: 0, max: 6 }),
  fc.constantFrom("", "b", null, undefined, Number.NaN, 2n, -0, true, Number.NEGATIVE_INFINITY),
);

/** A forest, and how to begin a run in it. */
function emptyForest() {
  const forest = new Forest(new Slab());
  const begin = (at: number) => {
    forest.about({ value: {}, at, origin: { topic: "t", partition: 0, offset: 0n } });
    return forest.take(0, 0);
  };
  return { forest, begin };
}

it("finds the runs for which the comparison says yes, and no others", () => {
  fc.assert(
    fc.property(
      how,
      fc.array(value, { maxLength: 20 }),
      fc.array(value, { maxLength: 5 }),
      value,
      (split, keys, gone, asked) => {
        const { forest, begin } = emptyForest();
        const buckets = new Buckets(split);
        for (const [index, key] of keys.entries()) buckets.add(forest, key, begin(index + 1));
        for (const key of gone) buckets.delete(forest, key);
        const left = keys.filter((key) => !new Set(gone).has(key));
        assert.is(buckets.count, left.length);
        const found = new Set(buckets.keysFor(asked));
        const wanted = new Set(left.filter((key) => compare(split.op, asked, key) !== split.negated));
        assert.equal([...found].map(show).sort(), [...wanted].map(show).sort());
      },
    ),
    { numRuns: 5_000 },
  );
});

it("lets go of runs that are dead", () => {
  const { forest, begin } = emptyForest();
  const buckets = new Buckets({ ...DEFAULT, op: "gt" });
  for (const at of [1, 2, 3]) buckets.add(forest, at, begin(at));
  forest.cut = 3;
  buckets.sweep(forest);
  assert.equal([buckets.count, buckets.keysFor(10)], [1, [3]]);
});

it("knows whether anything lives beside some keys, and lets go of what is dead on the way", () => {
  const { forest, begin } = emptyForest();
  const buckets = new Buckets(DEFAULT);
  for (const at of [1, 2, 3, 4]) buckets.add(forest, at, begin(at));
  const isBeside = (...keys: number[]) => buckets.livesBeside(forest, new Set(keys));
  assert.equal([isBeside(), isBeside(1, 2, 3), isBeside(1, 2, 3, 4)], [true, true, false]);
  forest.cut = 3;
  assert.equal([isBeside(1, 3), isBeside(3, 4), buckets.count], [true, false, 2]);
  forest.cut = 5;
  assert.equal([isBeside(), buckets.count], [false, 0]);
});

const DEFAULT: Split = {
  test: 0,
  op: "eq",
  negated: false,
  ofEvent: () => 0,
  ofRun: () => 0,
  rest: () => true,
  value: null,
  holder: null,
};

function show(key: unknown): string {
  return `${typeof key} ${String(key)}`;
}

it.run();
