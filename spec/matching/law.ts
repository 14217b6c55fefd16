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
  let broken: { readonly seed: number; readonly smallest: Case } | null = null;
  const property = fc.property(arbitrary, ({ seed, found }) => {
    if (!breaks(found)) return true;
    const smallest = shrink(found, (smaller) => isAccepted(smaller.pattern) && concerns(smaller) && breaks(smaller));
    broken = { seed, smallest };
    return false;
  });
  const numRuns = RUNS === undefined ? runs : Number(RUNS);
  const { failed, errorInstance } = fc.check(property, { numRuns, seed: SEED, endOnFailure: true });
  if (broken !== null) report(claim, broken);
  assert.not(failed, `the law could not be checked: ${String(errorInstance)}`);
}

function report(
  claim: (each: Case) => readonly [unknown, unknown],
  broken: { readonly seed: number; readonly smallest: Case },
): void {
  const [left, right] = claim(broken.smallest);
  assert.equal(left, right, `case ${broken.seed}: ${formatCase(broken.smallest)}`);
}
