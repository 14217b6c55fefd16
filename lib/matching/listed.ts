// Runs in a list, where each has to be seen by itself: oldest first event first, so that what time ends is in front.
//
//     list ──▶ cell ──▶ cell ──▶ cell ◀── list          a cell is a run, and which cell is next
//
// The list and its cells are records of their key's block, like the runs. One run alone is its own list.

import type { Forest, Ref } from "./forest.ts";

const HEAD = 0;
const LAST = 1;
const COUNT = 3;

const RUN = 0;
const NEXT = 1;

/** A list of runs of one path, one at least, in order of their first events. */
export function listOf(forest: Forest, runs: readonly Ref[]): Ref {
  let list = runs[0] as Ref;
  for (let index = 1; index < runs.length; index += 1) list = append(forest, list, runs[index] as Ref);
  return list;
}

/** The list with a run more at its end. Whether the order is kept is up to the caller. */
export function append(forest: Forest, list: Ref, run: Ref): Ref {
  const cell = cellOf(forest, run);
  if (!forest.isTaken(list)) {
    forest.setWord(forest.wordOf(list, LAST), NEXT, cell);
    forest.setWord(list, LAST, cell);
    forest.setWord(list, COUNT, countOf(forest, list) + 1);
    return list;
  }
  const head = cellOf(forest, list);
  const longer = forest.addOther();
  forest.setWord(head, NEXT, cell);
  forest.setWord(longer, HEAD, head);
  forest.setWord(longer, LAST, cell);
  forest.setWord(longer, COUNT, 2);
  return longer;
}

function cellOf(forest: Forest, run: Ref): Ref {
  const cell = forest.addOther();
  forest.setWord(cell, RUN, run);
  forest.setWord(cell, NEXT, 0);
  return cell;
}

export function runsIn(forest: Forest, list: Ref): Ref[] {
  if (forest.isTaken(list)) return [list];
  const runs: Ref[] = [];
  for (let cell = forest.wordOf(list, HEAD); cell !== 0; cell = forest.wordOf(cell, NEXT))
    runs.push(forest.wordOf(cell, RUN));
  return runs;
}

export function countOf(forest: Forest, list: Ref): number {
  return forest.isTaken(list) ? 1 : forest.wordOf(list, COUNT);
}

/** The run with the oldest first event. */
export function oldestIn(forest: Forest, list: Ref): Ref {
  return forest.isTaken(list) ? list : forest.wordOf(forest.wordOf(list, HEAD), RUN);
}

/** The one that was added last. */
export function latestIn(forest: Forest, list: Ref): Ref {
  return forest.isTaken(list) ? list : forest.wordOf(forest.wordOf(list, LAST), RUN);
}

/** The list without the oldest; 0: nothing is left. */
export function withoutOldest(forest: Forest, list: Ref): Ref {
  if (forest.isTaken(list) || countOf(forest, list) === 1) return 0;
  forest.setWord(list, HEAD, forest.wordOf(forest.wordOf(list, HEAD), NEXT));
  forest.setWord(list, COUNT, countOf(forest, list) - 1);
  return list;
}
