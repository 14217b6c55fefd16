// What the run-by-run matcher gives up when a limit is passed.

import type { LimitReached, MatcherLimits } from "../matching/matcher.ts";
import type { Run, Tail } from "../matching/run.ts";

export type Kept = {
  readonly runs: readonly Run[];
  readonly limit: LimitReached["limit"] | null;
  readonly dropped: number;
};

/** The runs of one key that may stay: all, unless there are too many or they hold too much. */
export function keepWithin(limits: MatcherLimits, runs: readonly Run[]): Kept {
  const tooMany = runs.length > limits.maxRunsPerKey;
  if (!tooMany && !holdsMoreThan(limits.maxNodesPerKey, runs)) return { runs, limit: null, dropped: 0 };
  const left = limits.onLimit === "dropOldest" ? dropOldest(limits, runs) : [];
  return { runs: left, limit: tooMany ? "maxRunsPerKey" : "maxNodesPerKey", dropped: runs.length - left.length };
}

/** How many taken events some tails hold, shared ones counted once. */
export function countNodes(tails: readonly Tail[]): number {
  const seen = new Set<Tail>();
  for (const tail of tails) {
    for (let at: Tail | null = tail; at !== null && !seen.has(at); at = at.previous) seen.add(at);
  }
  return seen.size;
}

function holdsMoreThan(maxNodes: number, runs: readonly Run[]): boolean {
  const atMost = runs.reduce((sum, { tail }) => sum + tail.length, 0);
  return atMost > maxNodes && countNodes(runs.map(({ tail }) => tail)) > maxNodes;
}

/** Runs with the earliest first events go first, all that share a first event together. */
function dropOldest(limits: MatcherLimits, runs: readonly Run[]): readonly Run[] {
  let left = runs;
  while (left.length > limits.maxRunsPerKey || holdsMoreThan(limits.maxNodesPerKey, left)) {
    const oldest = left.reduce((least, { tail }) => Math.min(least, tail.first.position), Number.POSITIVE_INFINITY);
    left = left.filter(({ tail }) => tail.first.position !== oldest);
  }
  return left;
}
