// The matcher says what the reference says, on 50,000 random pairs of a pattern and a stream; a million and more are a command,
// `npm run reference`.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { allowMs, note } from "../run/ask.ts";
import { differenceIn, randomComparison } from "./compare.ts";

allowMs(300_000);

const PAIRS = 50_000;
const SEED = process.env["CI"] ? 1_000_000 : Date.now() % 1_000_000_000;

const it = suite("matcher and reference");

it("says what the reference says", () => {
  for (let seed = SEED; seed < SEED + PAIRS; seed++) {
    const difference = differenceIn(randomComparison(seed));
    assert.is(difference, null, `seed ${seed}: ${difference}`);
  }
  note(`${PAIRS.toLocaleString("en")} pairs of a pattern and a stream, from seed ${SEED}`);
});

it.run();
