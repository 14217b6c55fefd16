// The groups of the row at hand, by how their runs are kept:
//
//     together    the root of a forest
//     byValue     a record whose value is their buckets, each the root of a forest
//     listed      a list of runs of one path

import type { State } from "../automaton/decide.ts";
import type { Buckets } from "./buckets.ts";
import type { Forest, Ref } from "./forest.ts";
import { BY_FIRST, countOf, oldestIn, oldestSince, runsIn, withoutFront } from "./listed.ts";
import type { Rows } from "./rows.ts";

/** How the runs of a state are kept: together, by a value of theirs, or each by itself. */
export type Keeping = "together" | "byValue" | "listed";

export type KeepingOf = (state: State) => Keeping;

/** Roots of forests that have all runs of a group, and perhaps some that are dead. */
export function rootsOf(forest: Forest, root: Ref, keeping: Keeping): readonly Ref[] {
  if (keeping === "together") return [root];
  if (keeping === "listed") return runsIn(forest, root);
  return [...(forest.valueOf(root) as Buckets).entries()].map(([, each]) => each);
}

/** Open runs of the row at hand, and perhaps some that are dead. */
export function countRuns({ forest, states, roots }: Rows, keepingOf: KeepingOf): number {
  let runs = 0;
  for (let index = 0; index < roots.length; index += 1) {
    const root = roots[index] as Ref;
    const keeping = keepingOf(states[index] as State);
    if (keeping === "together") runs += forest.runsOf(root);
    else runs += keeping === "listed" ? countOf(forest, root) : (forest.valueOf(root) as Buckets).count;
  }
  return runs;
}

/** Takes groups of which nothing lives from the row at hand, and from lists the runs that are dead. Cost: the groups, and those. */
export function dropDead({ forest, states, roots }: Rows, keepingOf: KeepingOf): void {
  let left = 0;
  for (let index = 0; index < roots.length; index += 1) {
    const state = states[index] as State;
    const root = alive(forest, roots[index] as Ref, state, keepingOf(state));
    if (root === 0) continue;
    states[left] = state;
    roots[left] = root;
    left += 1;
  }
  while (roots.length > left) {
    states.pop();
    roots.pop();
  }
}

/** A group without runs that are dead, as far as it knows them; 0: nothing lives. */
function alive(forest: Forest, root: Ref, state: State, keeping: Keeping): Ref {
  if (keeping === "together") return forest.isAlive(root) ? root : 0;
  if (keeping === "byValue") return (forest.valueOf(root) as Buckets).isAlive(forest) ? root : 0;
  let list = root;
  while (list !== 0 && isOver(forest, oldestIn(forest, list), state)) list = withoutFront(forest, list, BY_FIRST);
  return list;
}

/** Runs that end by a time of their own may outlive the window. */
function isOver(forest: Forest, run: Ref, { sinceLastMs }: State): boolean {
  return sinceLastMs === null ? !forest.isAlive(run) : forest.firstOf(run) < forest.cut;
}

/** Whether runs are dead that still count, in the row at hand. Those in lists are not. Cost: the groups, and values by which runs are kept. */
export function holdsDead({ forest, states, roots }: Rows, keepingOf: KeepingOf): boolean {
  const isDead = (root: Ref): boolean => !forest.isAlive(forest.oldestOf(root));
  for (let index = 0; index < roots.length; index += 1) {
    const root = roots[index] as Ref;
    const keeping = keepingOf(states[index] as State);
    if (keeping === "together" && isDead(root)) return true;
    if (keeping !== "byValue") continue;
    for (const [, each] of (forest.valueOf(root) as Buckets).entries()) if (isDead(each)) return true;
  }
  return false;
}

/** Number of the earliest first event at or behind `cut`; all groups are lists. Cost: the runs in front of it. */
export function oldestFrom({ forest, roots }: Rows, cut: number): number {
  let oldest = Number.POSITIVE_INFINITY;
  for (const list of roots) {
    const run = oldestSince(forest, list, cut);
    if (run !== 0) oldest = Math.min(oldest, forest.firstOf(run));
  }
  return oldest;
}
