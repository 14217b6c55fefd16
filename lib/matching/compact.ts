// Lets go of what is dead or was left behind in the block of a key: marks from above what the runs lead to, and slides that down.
//
//     │ a1 │ a2 │ a3 │ a2∪a1 │ a3∪.. │ b4 │ list │ cell │         a1 is dead
//       ✗    ▼    ▼      ✗       ▼      ▼    ✗      ✗
//     │ a2 │ a3 │ a3∪a2 │ b4 │ list │ cell │                      lists are written anew

import type { State } from "../automaton/decide.ts";
import { empty } from "../core/empty.ts";
import { unreachable } from "../core/errors.ts";
import type { Buckets } from "./buckets.ts";
import { type Forest, type Ref, SMALL } from "./forest.ts";
import type { KeepingOf } from "./group.ts";
import { listOf, oldestIn, runsIn } from "./listed.ts";
import type { Rows } from "./rows.ts";

const OPEN = 1;
const HELD = 2;

export class Compactor {
  readonly #keepingOf: KeepingOf;
  /** By record: how it is reached, and then where it goes. */
  #marks = new Int32Array(64);
  readonly #groups: Group[] = [];

  constructor(keepingOf: KeepingOf) {
    this.#keepingOf = keepingOf;
  }

  /** Whether it is worth compacting the row at hand: its block is nearly full, and large, or what is in front is dead. Cost: the groups. */
  pays({ forest, states, roots, held }: Rows): boolean {
    if (!forest.isFull) return false;
    if (forest.used > SMALL || held.length > 0) return true;
    for (let index = 0; index < roots.length; index += 1) {
      const keeping = this.#keepingOf(states[index] as State);
      const root = roots[index] as Ref;
      if (keeping === "byValue") return true;
      const oldest = forest.oldestOf(keeping === "listed" ? oldestIn(forest, root) : root);
      if (oldest === 1 && forest.isAlive(1)) return false;
    }
    return roots.length > 0;
  }

  /** Compacts the row at hand, whose groups all live. Returns how many taken events its open runs hold. Cost: its records, three times. */
  compact(rows: Rows): number {
    const { forest, states, roots } = rows;
    if (this.#marks.length <= forest.used) this.#marks = new Int32Array(2 * forest.used);
    for (let ref = 0; ref <= forest.used; ref += 1) this.#marks[ref] = 0;
    for (let index = 0; index < roots.length; index += 1)
      this.#groups.push(this.#markGroup(forest, states[index] as State, roots[index] as Ref));
    for (const run of rows.held) this.#mark(run, HELD);
    const events = this.#markBelow(forest);
    this.#slide(forest);
    for (let index = 0; index < roots.length; index += 1)
      roots[index] = regroup(forest, this.#groups[index] as Group, this.#moved);
    if (rows.held.length > 0) rows.held = rows.held.map(this.#moved);
    empty(this.#groups);
    rows.hasMoved(events);
    forest.fit();
    return events;
  }

  readonly #moved = (ref: Ref): Ref => this.#marks[ref] as Ref;

  #mark(ref: Ref, how: number): void {
    this.#marks[ref] = (this.#marks[ref] as number) | how;
  }

  #markGroup(forest: Forest, state: State, root: Ref): Group {
    const keeping = this.#keepingOf(state);
    switch (keeping) {
      case "together":
        this.#mark(root, OPEN);
        return root;
      case "listed": {
        const runs = runsIn(forest, root);
        for (const run of runs) this.#mark(run, OPEN);
        return runs;
      }
      case "byValue": {
        const buckets = forest.valueOf(root) as Buckets;
        buckets.sweep(forest);
        for (const [, each] of buckets.entries()) this.#mark(each, OPEN);
        return buckets;
      }
      default:
        return unreachable(keeping);
    }
  }

  /** Marks what is below what is marked. Returns how many taken events are below open runs. */
  #markBelow(forest: Forest): number {
    let events = 0;
    for (let ref = forest.used; ref > 0; ref -= 1) {
      const how = this.#marks[ref] as number;
      if (how === 0) continue;
      if (forest.isUnion(ref)) {
        if (forest.isAlive(forest.rightOf(ref))) this.#mark(forest.rightOf(ref), how);
      } else if ((how & OPEN) !== 0) {
        events += 1;
      }
      if (forest.leftOf(ref) !== 0) this.#mark(forest.leftOf(ref), how);
    }
    return events;
  }

  #slide(forest: Forest): void {
    const marks = this.#marks;
    let used = 0;
    for (let ref = 1; ref <= forest.used; ref += 1) {
      if (marks[ref] === 0) continue;
      const left = marks[forest.leftOf(ref)] as Ref;
      if (!forest.isUnion(ref)) {
        used += 1;
        forest.slide(ref, used, left);
        marks[ref] = used;
        continue;
      }
      const right = marks[forest.rightOf(ref)] as Ref;
      // What only held matches lead to may be dead; in a state that somebody changed both sides may come to the same.
      if (right === 0 || right === left || !forest.isAlive(right)) {
        marks[ref] = left;
      } else {
        used += 1;
        forest.slideUnion(used, left, right);
        marks[ref] = used;
      }
    }
    forest.truncate(used);
  }
}

/** What a group is while its records move: its root, the runs it lists, or those it keeps by value. */
type Group = Ref | Ref[] | Buckets;

function regroup(forest: Forest, group: Group, moved: (ref: Ref) => Ref): Ref {
  if (typeof group === "number") return moved(group);
  if (Array.isArray(group)) return listOf(forest, group.map(moved));
  group.move(forest, moved);
  const record = forest.addOther();
  forest.setValue(record, group);
  return record;
}

/** Gives the events of the key at hand the numbers 1, 2, 3 …, in their order. */
export function renumber(forest: Forest): void {
  const numbers = new Set<number>();
  for (let ref = 1; ref <= forest.used; ref += 1) if (forest.isTaken(ref)) numbers.add(forest.numberOf(ref));
  const inOrder = [...numbers].sort((left, right) => left - right);
  const anew = new Map(inOrder.map((number, index) => [number, index + 1]));
  for (let ref = 1; ref <= forest.used; ref += 1)
    if (forest.isTaken(ref)) forest.setNumber(ref, anew.get(forest.numberOf(ref)) as number);
  forest.cut = inOrder.filter((number) => number < forest.cut).length + 1;
  forest.number = inOrder.length;
}
