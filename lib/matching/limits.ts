// What is given up when a limit is passed.

import { belowFirst, type Horizon, runsOf } from "./forest.ts";
import { type Group, nodesOf, type Row, runsIn } from "./group.ts";
import type { MatcherLimits } from "./matcher.ts";
import { type Complete, inOrder, type PlacedEvent, type Tail, tailOf } from "./run.ts";

/** At most `max` of `complete`, which is in order: those with the latest first events, in the same order. */
export function latestFirst(complete: readonly Complete[], max: number): readonly Complete[] {
  if (complete.length <= max) return complete;
  const byLatest = [...complete].sort((left, right) => right.tail.first.position - left.tail.first.position);
  return inOrder(byLatest.slice(0, max), tailOf);
}

/**
 * Position before which first events go, all runs of each together, so that what is left is within the limits; no more go than
 * must. What is dead has been let go of. Cost: what the open runs hold, once, however many go.
 */
export function cutWithin(limits: MatcherLimits, { groups, events: all }: Row, horizon: Horizon): number {
  let runs = runsIn(groups);
  let events = all;
  let cut = 0;
  for (const [position, oldest] of [...heldByFirst(groups, horizon)].sort(([left], [right]) => left - right)) {
    if (runs <= limits.maxRunsPerKey && events <= limits.maxNodesPerKey) break;
    runs -= oldest.runs;
    events -= oldest.events;
    cut = position + 1;
  }
  return cut;
}

type Held = { readonly runs: number; readonly events: number };

/** By position of first events: the runs that go with each, and the taken events that no run of a later one holds. */
function heldByFirst(groups: readonly Group[], horizon: Horizon): ReadonlyMap<number, Held> {
  const all = new Map<number, Held>();
  const add = ({ position }: PlacedEvent, runs: number, events: number): void => {
    const held = all.get(position) ?? { runs: 0, events: 0 };
    all.set(position, { runs: held.runs + runs, events: held.events + events });
  };
  const listed = groups.flatMap((group) => group.runs);
  const roots = groups.flatMap(nodesOf);
  for (const { first } of roots.flatMap((root) => runsOf(root, horizon)).concat(listed)) add(first, 1, 0);
  const tails = new Set<Tail>();
  for (const { event, newest, tail } of belowFirst(roots)) {
    if (event !== null) add(newest, 0, 1);
    if (tail !== null) listed.push(tail);
  }
  for (const run of listed)
    for (let at: Tail | null = run; at !== null && !tails.has(at); at = at.previous) {
      tails.add(at);
      add(at.first, 0, 1);
    }
  return all;
}
