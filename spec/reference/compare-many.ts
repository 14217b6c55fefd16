// Many comparisons, of which none may differ. In CI they are the same every time, elsewhere new ones.

import * as assert from "uvu/assert";
import { note } from "../run/ask.ts";
import { type Comparison, differenceIn, randomComparison } from "./compare.ts";

export function compareMany(
  pairs: number,
  seedInCi: number,
  change: (comparison: Comparison, seed: number) => Comparison,
): void {
  const first = process.env["CI"] ? seedInCi : Date.now() % 1_000_000_000;
  for (let seed = first; seed < first + pairs; seed++) {
    const difference = differenceIn(change(randomComparison(seed), seed));
    assert.is(difference, null, `seed ${seed}: ${difference}`);
  }
  note(`${pairs.toLocaleString("en")} pairs of a pattern and a stream, from seed ${first}`);
}
