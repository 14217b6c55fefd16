// Comparisons with a number as closed ranges, so that one test does for all of them: x > 5 is 5.000000000000001 ≤ x ≤ ∞,
// since between two neighbours among the numbers there is nothing.

import { unreachable } from "../../core/errors.ts";
import type { CompareOp } from "./expression.ts";

/** Both ends are in. No number is in a range with an end that is NaN. */
export type NumberRange = { readonly low: number; readonly high: number };

/** The numbers of which a comparison with `number` holds. */
export function rangeOf(op: Exclude<CompareOp, "eq" | "ne">, number: number): NumberRange {
  const [lowest, highest] = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
  switch (op) {
    case "lt":
      return { low: lowest, high: -above(-number) };
    case "lte":
      return { low: lowest, high: number };
    case "gt":
      return { low: above(number), high: highest };
    case "gte":
      return { low: number, high: highest };
    default:
      return unreachable(op);
  }
}

/** The least number above; NaN if there is none. */
function above(number: number): number {
  if (number === Number.POSITIVE_INFINITY) return Number.NaN;
  if (number === 0) return Number.MIN_VALUE;
  const bits = new DataView(new ArrayBuffer(8));
  bits.setFloat64(0, number);
  // Away from zero the bits count up, whatever the sign.
  bits.setBigInt64(0, bits.getBigInt64(0) + (number > 0 ? 1n : -1n));
  return bits.getFloat64(0);
}
