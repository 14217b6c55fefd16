// What is given up when a limit is passed.

import type { Forest, Ref } from "./forest.ts";
import { type KeepingOf, rootsOf } from "./group.ts";
import type { MatcherLimits } from "./matcher.ts";
import { firstsOf } from "./paths.ts";
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
 * the limits; no more go than must. It was compacted. Cost: what the open runs hold, once, however many go.
 */
export function cutWithin(limits: MatcherLimits, rows: Rows, keepingOf: KeepingOf): number {
  const held = heldByFirst(rows, keepingOf);
  let runs = 0;
  let events = 0;
  for (const each of held.values()) {
    runs += each.runs;
    events += each.events;
  }
  let cut = 0;
  for (const [number, oldest] of [...held].sort(([left], [right]) => left - right)) {
    if (runs <= limits.maxRunsPerKey && events <= limits.maxNodesPerKey) break;
    runs -= oldest.runs;
    events -= oldest.events;
    cut = number + 1;
  }
  return cut;
}

type Held = { readonly runs: number; readonly events: number };

/** By number of first events: the runs that go with each, and the taken events that no run of a later one holds. */
function heldByFirst(rows: Rows, keepingOf: KeepingOf): ReadonlyMap<number, Held> {
  const { forest, states, roots } = rows;
  const all = new Map<number, Held>();
  const add = (number: number, runs: number, events: number): void => {
    const held = all.get(number) ?? { runs: 0, events: 0 };
    all.set(number, { runs: held.runs + runs, events: held.events + events });
  };
  const below = states.flatMap((state, index) => rootsOf(forest, roots[index] as Ref, keepingOf(state)));
  for (const root of below) for (const first of firstsOf(forest, root)) add(first, 1, 0);
  for (const ref of takenBelow(forest, below)) add(forest.firstOf(ref), 0, 1);
  return all;
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
