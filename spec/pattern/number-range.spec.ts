// A comparison with a number is a closed range: the same numbers are in it.
import * as fc from "fast-check";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { rangeOf } from "../../lib/pattern/expression/number-range.ts";
import { compare } from "../../lib/pattern/expression/operators.ts";

const it = suite("comparisons as ranges");

const OPS = ["lt", "lte", "gt", "gte"] as const;
const EDGES = [0, -0, 1, -1, 5e-324, -5e-324, 2 ** 53, -(2 ** 53), 2.2250738585072014e-308, 0.1];
const EXTREMES = [Number.MAX_VALUE, -Number.MAX_VALUE, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NaN];

/** A number and its neighbours, as near as they come. */
const around = (number: number): readonly number[] => {
  const bits = new BigInt64Array(new Float64Array([number]).buffer);
  const at = (step: bigint): number => new Float64Array(new BigInt64Array([(bits[0] ?? 0n) + step]).buffer)[0] ?? 0;
  return [number, -number, at(1n), at(-1n), number + 1, number - 1];
};

it("a number is in the range of a comparison if, and only if, that holds of it", () => {
  const anyNumber = fc.oneof(fc.double(), fc.integer(), fc.constantFrom(...EDGES, ...EXTREMES));
  const check = (limit: number, number: number): void => {
    for (const op of OPS) {
      const { low, high } = rangeOf(op, limit);
      assert.is(
        number >= low && number <= high,
        compare(op, number, limit),
        `${number} ${op} ${limit}: ${low} to ${high}`,
      );
    }
  };
  for (const limit of [...EDGES, ...EXTREMES]) {
    for (const number of [...EDGES, ...EXTREMES, ...around(limit)]) check(limit, number);
  }
  fc.assert(
    fc.property(anyNumber, anyNumber, (limit, other) => {
      for (const number of [other, ...around(limit)]) check(limit, number);
    }),
    { numRuns: 2_000 },
  );
});

it.run();
