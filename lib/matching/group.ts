// All that is known of one key: its open runs, those that wait for the same together.

import type { State } from "../automaton/decide.ts";
import { type EncodedKey, encodeKey, type Key } from "../event/key.ts";
import type { Instant } from "../time/instant.ts";
import { type Horizon, isAlive, join, leaf, type Node, runsOf } from "./forest.ts";
import { type Complete, compareTails, type Tail } from "./run.ts";

/**
 * The runs in one state: either all together below `root`, or, where each has to be seen by itself, in `runs`, in order of their
 * first events. Of both, some may be dead.
 */
export type Group = { readonly state: State; root: Node | null; runs: Tail[] };

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

/** Whether anything in it lives; of a group that lists its runs, as far as the dead were dropped. */
export function livesIn({ root, runs }: Group, horizon: Horizon): boolean {
  return root !== null ? isAlive(root, horizon) : runs.length > 0;
}

/** The runs of a group that live. Cost: what they hold. */
export function tailsOf({ root, runs }: Group, horizon: Horizon): readonly Tail[] {
  return root !== null ? runsOf(root, horizon).sort(compareTails) : runs;
}

/** Takes away the runs whose first events are before the horizon, from a group that lists them. Cost: those, and a move of the others. */
export function dropDead(group: Group, { position, after }: Horizon): void {
  const { runs } = group;
  let dead = 0;
  while (dead < runs.length && isBefore(runs[dead] as Tail, position, after)) dead++;
  if (dead > 0) group.runs = runs.slice(dead);
}

function isBefore({ first }: Tail, position: number, after: Instant): boolean {
  return first.position < position || first.at <= after;
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

/** Open runs, and perhaps some that are dead. */
export function runsIn(groups: readonly Group[]): number {
  return groups.reduce((sum, { root, runs }) => sum + (root?.count ?? runs.length), 0);
}
