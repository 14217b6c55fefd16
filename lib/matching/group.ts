// All that is known of one key: its open runs, those that wait for the same together.

import type { State } from "../automaton/decide.ts";
import { type EncodedKey, encodeKey, type Key } from "../event/key.ts";
import { BEGINNING, END_OF_TIME, type Instant } from "../time/instant.ts";
import type { Buckets } from "./buckets.ts";
import { type Horizon, isAlive, isLater, join, leaf, letGo, type Node, runsOf } from "./forest.ts";
import { type Complete, inOrder, type PlacedEvent, type Tail } from "./run.ts";

/** The runs in one state: all together below `root`; by a value of theirs, in `buckets`; or each by itself, in `runs`. Some may be dead. */
export type Group = {
  readonly state: State;
  root: Node | null;
  readonly buckets: Buckets | null;
  /** In order of their first events. */
  runs: Tail[];
};

/** All that is known of one key. */
export type Row = {
  readonly key: Key;
  readonly id: EncodedKey;
  /** Whether it is in the table of keys. */
  isKept: boolean;
  groups: Group[];
  /** Complete matches that wait for runs which began before them. */
  held: readonly Complete[];
  /** Until when `oncePer` suppresses; `null`: it does not. */
  quietUntil: Instant | null;
  /** Runs whose first event is before this position are dead. */
  cut: number;
  /** When it is looked at for the sake of time; `null`: never. */
  dueAt: Instant | null;
  /** Taken events that it may hold: at least those that it does. */
  events: number;
  /** Above so many, what is dead is let go of. */
  trimAbove: number;
};

/** @throws {ConfigError} `BAD_KEY` if `key` is none. */
export function emptyRow(key: Key, trimAbove: number): Row {
  return {
    key,
    id: encodeKey(key),
    isKept: false,
    groups: [],
    held: [],
    quietUntil: null,
    cut: 0,
    dueAt: null,
    events: 0,
    trimAbove,
  };
}

/** Whether anything in it lives. Of runs that are kept by value it may say so too long; of those in a list, until the dead were dropped. */
export function livesIn({ root, buckets, runs }: Group, horizon: Horizon): boolean {
  if (buckets !== null) return buckets.count > 0 && isLater(buckets.newest as PlacedEvent, horizon);
  return root !== null ? isAlive(root, horizon) : runs.length > 0;
}

/** The runs of a group that live, in order. Cost: what they hold. */
export function tailsOf(group: Group, horizon: Horizon): readonly Tail[] {
  const runs = nodesOf(group).flatMap((node) => runsOf(node, horizon));
  return inOrder(runs.concat(group.runs), (tail) => tail);
}

/** The nodes that have all its runs, but for those in a list. */
export function nodesOf({ root, buckets }: Group): readonly Node[] {
  if (root !== null) return [root];
  return buckets === null ? [] : [...buckets.entries()].map(([, node]) => node);
}

/**
 * Takes away the runs whose first events are before the horizon, from a group that lists them; those that end by a time of their own may
 * outlive the window. Cost: those, and a move of the others.
 */
export function dropDead(group: Group, { position, after }: Horizon): void {
  const { state, runs } = group;
  const window = state.timed ? BEGINNING : after;
  let dead = 0;
  while (dead < runs.length && !isLater((runs[dead] as Tail).first, { position, after: window })) dead++;
  if (dead > 0) group.runs = runs.slice(dead);
}

/** Lets go of what is dead, so that runs are counted right. Cost: the groups, what is dead, and the values of runs kept by value. */
export function letGoOf(row: Row, horizon: Horizon): void {
  for (const group of row.groups) {
    dropDead(group, horizon);
    group.buckets?.sweep(horizon);
  }
  row.groups = row.groups.filter((group) => livesIn(group, horizon));
  for (const group of row.groups) {
    for (const node of nodesOf(group)) letGo(node, horizon);
    group.buckets?.recount();
  }
}

/** The runs, none of them twice, below one node. */
export function nodeOf(runs: readonly Tail[]): Node {
  const [first, ...others] = runs.map(leaf);
  return others.reduce(join, first as Node);
}

/** Position of the earliest first event at or behind `cut`, of groups that list their runs. */
export function oldestFrom(groups: readonly Group[], cut: number): number {
  let oldest = Number.POSITIVE_INFINITY;
  for (const { runs } of groups) {
    const run = runs.find(({ first }) => first.position >= cut);
    if (run !== undefined) oldest = Math.min(oldest, run.first.position);
  }
  return oldest;
}

/** Time of the earliest first event, once the dead are let go of; `END_OF_TIME`: there is no run. Cost: the groups, and the values of runs kept by value. */
export function oldestAtIn(groups: readonly Group[]): Instant {
  let oldest = END_OF_TIME;
  for (const group of groups) {
    for (const node of nodesOf(group)) oldest = Math.min(oldest, node.oldest.at);
    oldest = Math.min(oldest, group.runs[0]?.first.at ?? END_OF_TIME);
  }
  return oldest;
}

/** Open runs, and perhaps some that are dead. */
export function runsIn(groups: readonly Group[]): number {
  return groups.reduce((sum, { root, buckets, runs }) => sum + (root ?? buckets ?? { count: runs.length }).count, 0);
}
