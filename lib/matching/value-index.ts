// Runs in a list, by a value of theirs: an event finds those that it equals, and the others are not asked.
//
//     e.order = m.placed.order       7 ─▶ cell ─▶ cell       runs placed with order 7
//                                    9 ─▶ cell
//
// It belongs to a list as its value. It is made when it is first asked, and is gone when the records of the key are moved: so it knows no
// more cells than were made since, and those that have left the list may stay in it.

import type { Split } from "../automaton/split.ts";
import { compare } from "../pattern/expression/operators.ts";
import { type Asking, UNREADABLE } from "./asking.ts";
import type { Forest, Ref } from "./forest.ts";
import { cellsIn, runOf } from "./listed.ts";

/** Word of a cell: the one with the same value that came before it. */
const SAME = 6;

export class ValueIndex {
  /** Cells that are not in the table yet. */
  readonly #arrived: Ref[];
  readonly #cells = new Map<unknown, Ref>();

  constructor(cells: readonly Ref[]) {
    this.#arrived = [...cells];
  }

  /** Cells that came to the list. Returns whether the index is worth keeping: not if nobody asks. */
  arrive(cells: readonly Ref[], count: number): boolean {
    for (const cell of cells) this.#arrived.push(cell);
    return this.#arrived.length <= 2 * count;
  }

  /** The cells of runs that have the value, and have not left; in order of their runs. Cost: those, and what came or left since it was asked. */
  find(forest: Forest, values: Iterable<unknown>, read: (run: Ref) => unknown): Ref[] {
    for (const cell of this.#arrived) if (runOf(forest, cell) !== 0) this.#add(forest, read(runOf(forest, cell)), cell);
    this.#arrived.length = 0;
    const found: Ref[] = [];
    for (const value of values) this.#collect(forest, value, found);
    return found.sort((one, other) => runOf(forest, one) - runOf(forest, other));
  }

  #add(forest: Forest, value: unknown, cell: Ref): void {
    forest.setWord(cell, SAME, this.#cells.get(value) ?? 0);
    this.#cells.set(value, cell);
  }

  /** Those that have left are taken out. */
  #collect(forest: Forest, value: unknown, found: Ref[]): void {
    const from = found.length;
    for (let cell = this.#cells.get(value) ?? 0; cell !== 0; cell = forest.wordOf(cell, SAME))
      if (runOf(forest, cell) !== 0) found.push(cell);
    this.#cells.delete(value);
    for (let index = found.length - 1; index >= from; index -= 1) this.#add(forest, value, found[index] as Ref);
  }
}

/**
 * The cells of those runs of a list of which a test may hold that says that the event at hand equals a value of theirs; all
 * `splits` are such, and about the same value. `null`: the event cannot be read, so each has to be asked.
 */
export function equalIn(forest: Forest, asking: Asking, splits: readonly Split[], list: Ref): readonly Ref[] | null {
  const values = new Set<unknown>([UNREADABLE]);
  try {
    for (const { rest, ofEvent } of splits) if (rest(asking.value)) values.add(ofEvent(asking.value));
  } catch {
    return null;
  }
  for (const value of values) if (value !== UNREADABLE && !compare("eq", value, value)) values.delete(value);
  let index = forest.valueOf(list) as ValueIndex | undefined;
  if (index === undefined) {
    index = new ValueIndex(cellsIn(forest, list));
    forest.setValue(list, index);
  }
  return index.find(forest, values, (run) => asking.valueOf(splits[0] as Split, run));
}
