// What is given up when a limit is passed.

import type { Forest, Ref } from "./forest.ts";
import { type KeepingOf, rootsOf } from "./group.ts";
import type { MatcherLimits } from "./matcher.ts";
import { runsBelow } from "./paths.ts";
import type { Rows } from "./rows.ts";
import { inOrder, type Tail } from "./run.ts";

/** At most `max` of `tails`, which are in order: those with the latest first events, in the same order. */
export function latestFirst(tails: readonly Tail[], max: number): readonly Tail[] {
  if (tails.length <= max) return tails;
  const byLatest = [...tails].sort((left, right) => right.first.position - left.first.position);
  return inOrder(byLatest.slice(0, max), (tail) => tail);
}

/**
 * Number of the event of the row at hand before which first events go, all runs of each together, so that what is left is within
 * the limits; no more go than must. It was compacted. Cost: its records times the logarithm of their number, however many runs they hold.
 */
export function cutWithin(limits: MatcherLimits, rows: Rows, keepingOf: KeepingOf): number {
  const { forest, states, roots } = rows;
  const below = states.flatMap((state, index) => rootsOf(forest, roots[index] as Ref, keepingOf(state)));
  const taken = takenBelow(forest, below);
  const fits = (cut: number): boolean => {
    let events = 0;
    for (const ref of taken) if (forest.firstOf(ref) >= cut) events += 1;
    if (events > limits.maxNodesPerKey) return false;
    const runs = runsBelow(forest, forest.used, (flat) => forest.firstOf(flat) >= cut);
    return below.reduce((sum, root) => sum + (runs[root] as number), 0) <= limits.maxRunsPerKey;
  };
  const firsts = new Set(taken.filter((ref) => forest.leftOf(ref) === 0).map((ref) => forest.numberOf(ref)));
  const cuts = [0, ...[...firsts].sort((left, right) => left - right).map((number) => number + 1)];
  let [least, most] = [0, cuts.length - 1];
  while (least < most) {
    const middle = (least + most) >> 1;
    if (fits(cuts[middle] as number)) most = middle;
    else least = middle + 1;
  }
  return cuts[least] as number;
}

/** The taken events below some records, each once. */
function takenBelow(forest: Forest, roots: readonly Ref[]): readonly Ref[] {
  const isBelow = new Uint8Array(forest.used + 1);
  for (const root of roots) isBelow[root] = 1;
  const taken: Ref[] = [];
  for (let ref = forest.used; ref > 0; ref -= 1) {
    if (isBelow[ref] === 0) continue;
    isBelow[forest.leftOf(ref)] = 1;
    if (forest.isUnion(ref)) isBelow[forest.rightOf(ref)] = 1;
    else taken.push(ref);
  }
  return taken;
}
