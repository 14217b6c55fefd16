// Laws on random cases: a claim says two things that must be equal for every case. fast-check draws the cases and names
// the seed; a case that breaks the claim is made as small as can be (oracle/shrink.ts) and shown in one line.
//
// SEQUITUR_SEED=<number> draws other cases, SEQUITUR_RUNS=<number> so many of them.

import fc from "fast-check";
import * as assert from "uvu/assert";
import { type Case, formatCase, isAccepted, randomCase } from "../oracle/random.ts";
import { shrink } from "../oracle/shrink.ts";

const SEED = Number(process.env["SEQUITUR_SEED"] ?? 20_260_101);
const RUNS = process.env["SEQUITUR_RUNS"];

/** Checks `claim` on `runs` random cases of those that `concerns` it; the two answers must be equal as JSON. */
export function holdsFor(
  runs: number,
  claim: (each: Case) => readonly [left: unknown, right: unknown],
  concerns: (each: Case) => boolean = () => true,
): void {
  const breaks = (each: Case): boolean => {
    const [left, right] = claim(each);
    return JSON.stringify(left) !== JSON.stringify(right);
  };
  const arbitrary = fc
    .nat()
    .map((seed) => ({ seed, found: randomCase(seed) }))
    .filter(({ found }) => concerns(found));
  const property = fc.property(arbitrary, ({ seed, found }) => {
    if (!breaks(found)) return;
    const smallest = shrink(found, (smaller) => isAccepted(smaller.pattern) && concerns(smaller) && breaks(smaller));
    assert.equal(...claim(smallest), `case ${seed}: ${formatCase(smallest)}`);
  });
  fc.assert(property, { numRuns: RUNS === undefined ? runs : Number(RUNS), seed: SEED, endOnFailure: true });
}
