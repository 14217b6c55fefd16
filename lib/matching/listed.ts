// Runs in a list, where each has to be seen by itself. They stand in two orders at once, so that what time ends is in front of one:
//
//     by first event     a1 c7 ⇄ a3 c4 ⇄ a5 c9       the window of those in front is over first
//     by last event      a3 c4 ⇄ a1 c7 ⇄ a5 c9       a time of its own, from the last event, is over first for those in front
//
// A list is a ring of cells in each order, and itself the cell between back and front. List and cells are records of their key's
// block, like the runs. One run alone is its own list. Who knows runs of a list by a value (value-index.ts) stands beside it as its value.

import type { Forest, Ref } from "./forest.ts";

/** An order of runs: that of an event of theirs. */
export type Order = {
  readonly eventOf: (forest: Forest, run: Ref) => Ref;
  /** Words of a cell: the one behind it, and the one in front of it. */
  readonly behind: number;
  readonly before: number;
};

export const BY_FIRST: Order = { eventOf: (forest, run) => forest.newestOf(run), behind: 1, before: 3 };
export const BY_LAST: Order = { eventOf: (_, run) => run, behind: 4, before: 5 };
const ORDERS = [BY_FIRST, BY_LAST] as const;

/** What knows the runs of a list: it is told of the cells that come, of so many. Returns whether it goes on to. */
export type Index = { arrive(cells: readonly Ref[], count: number): boolean };

/** Of a cell; 0: it has left the list. */
const RUN = 0;
/** Of a list. */
const COUNT = 0;

/** A list of runs of one path, one at least. */
export function listOf(forest: Forest, runs: readonly Ref[]): Ref {
  const [first, ...others] = runs;
  return others.length === 0 ? (first as Ref) : insert(forest, first as Ref, others);
}

/** The list with some runs more; of those that began alike, they stand behind. Cost: those, and the ones there that are later in an order. */
export function insert(forest: Forest, list: Ref, runs: readonly Ref[]): Ref {
  if (forest.isTaken(list)) return insert(forest, emptyList(forest), [list, ...runs]);
  const cells = runs.map((run) => cellOf(forest, run));
  for (const order of ORDERS) link(forest, list, cells, order);
  const count = countOf(forest, list) + runs.length;
  forest.setWord(list, COUNT, count);
  const index = forest.valueOf(list) as Index | undefined;
  if (index !== undefined && !index.arrive(cells, count)) forest.setValue(list, undefined);
  return list;
}

function emptyList(forest: Forest): Ref {
  const list = forest.addOther();
  forest.setWord(list, COUNT, 0);
  for (const { behind, before } of ORDERS) {
    forest.setWord(list, behind, list);
    forest.setWord(list, before, list);
  }
  return list;
}

function cellOf(forest: Forest, run: Ref): Ref {
  const cell = forest.addOther();
  forest.setWord(cell, RUN, run);
  return cell;
}

/** Puts cells where they belong, from the back on, where they mostly do. */
function link(forest: Forest, list: Ref, cells: Ref[], { eventOf, behind, before }: Order): void {
  const numberOf = (cell: Ref): number => forest.numberOf(eventOf(forest, forest.wordOf(cell, RUN)));
  const isInOrder = cells.every((cell, index) => index === 0 || numberOf(cells[index - 1] as Ref) <= numberOf(cell));
  if (!isInOrder) cells.sort((one, other) => numberOf(one) - numberOf(other));
  let next = list;
  for (let index = cells.length - 1; index >= 0; index -= 1) {
    const cell = cells[index] as Ref;
    const number = numberOf(cell);
    let previous = forest.wordOf(next, before);
    while (previous !== list && numberOf(previous) > number) {
      next = previous;
      previous = forest.wordOf(next, before);
    }
    forest.setWord(previous, behind, cell);
    forest.setWord(cell, before, previous);
    forest.setWord(cell, behind, next);
    forest.setWord(next, before, cell);
    next = cell;
  }
}

/** All of them, by their first events. */
export function runsIn(forest: Forest, list: Ref): Ref[] {
  return forest.isTaken(list) ? [list] : cellsIn(forest, list).map((cell) => runOf(forest, cell));
}

/** The same as cells, of a list that is more than a run. */
export function cellsIn(forest: Forest, list: Ref): Ref[] {
  const cells: Ref[] = [];
  for (let cell = nextOf(forest, list); cell !== list; cell = nextOf(forest, cell)) cells.push(cell);
  return cells;
}

/** 0: the cell has left its list. */
export function runOf(forest: Forest, cell: Ref): Ref {
  return forest.wordOf(cell, RUN);
}

export function countOf(forest: Forest, list: Ref): number {
  return forest.isTaken(list) ? 1 : forest.wordOf(list, COUNT);
}

/** The run that is in front. */
export function frontOf(forest: Forest, list: Ref, { behind }: Order): Ref {
  return forest.isTaken(list) ? list : forest.wordOf(forest.wordOf(list, behind), RUN);
}

/** The run with the oldest first event. */
export function oldestIn(forest: Forest, list: Ref): Ref {
  return frontOf(forest, list, BY_FIRST);
}

/** The same of those whose first event has the number `from` or a later one; 0: there is none. Cost: the others. */
export function oldestSince(forest: Forest, list: Ref, from: number): Ref {
  if (forest.isTaken(list)) return forest.firstOf(list) >= from ? list : 0;
  for (let cell = nextOf(forest, list); cell !== list; cell = nextOf(forest, cell)) {
    const run = forest.wordOf(cell, RUN);
    if (forest.firstOf(run) >= from) return run;
  }
  return 0;
}

/** The list without the run that is in front; 0: nothing is left. */
export function withoutFront(forest: Forest, list: Ref, { behind }: Order): Ref {
  return forest.isTaken(list) ? 0 : without(forest, list, forest.wordOf(list, behind));
}

/** The list without those of its runs that `stays` is not true of; 0: nothing is left. It is asked of runs in `cells` only; `null`: of each. */
export function onlyThose(forest: Forest, list: Ref, cells: readonly Ref[] | null, stays: (run: Ref) => boolean): Ref {
  if (forest.isTaken(list)) return stays(list) ? list : 0;
  let left = list;
  for (const cell of cells ?? cellsIn(forest, list))
    if (!stays(runOf(forest, cell))) left = without(forest, list, cell);
  return left;
}

/** Of a list that is left with nothing the last cell stays, for a row in which it still stands. */
function without(forest: Forest, list: Ref, cell: Ref): Ref {
  const count = countOf(forest, list);
  if (count === 1) return 0;
  for (const { behind, before } of ORDERS) {
    const previous = forest.wordOf(cell, before);
    const next = forest.wordOf(cell, behind);
    forest.setWord(previous, behind, next);
    forest.setWord(next, before, previous);
  }
  forest.setWord(cell, RUN, 0);
  forest.setWord(list, COUNT, count - 1);
  return list;
}

function nextOf(forest: Forest, cell: Ref): Ref {
  return forest.wordOf(cell, BY_FIRST.behind);
}
