// What is given up when a limit is passed.

import { type Complete, inOrder, tailOf } from "./run.ts";

/** At most `max` of `complete`, which is in order: those with the latest first events, in the same order. */
export function latestFirst(complete: readonly Complete[], max: number): readonly Complete[] {
  if (complete.length <= max) return complete;
  const byLatest = [...complete].sort((left, right) => right.tail.first.position - left.tail.first.position);
  return inOrder(byLatest.slice(0, max), tailOf);
}
