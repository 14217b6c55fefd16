// The matcher against the reference, on a few pairs of a pattern and a stream: those of `npm run reference`, and those that look back.
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { differenceIn, randomComparison } from "../reference/compare.ts";
import { lookingBack } from "../reference/looking-back.ts";

const PAIRS = 300;

const it = suite("matcher and reference, a few pairs");

it("says what the reference says", () => {
  for (let seed = 1; seed <= PAIRS; seed += 1) {
    const comparison = randomComparison(seed);
    for (const each of [comparison, { ...comparison, isTiny: true }, lookingBack(comparison, seed)])
      assert.is(differenceIn(each), null);
  }
});

it.run();
