// What the matcher remembers of one partial match, as immutable data. Runs that began alike share the events they
// began with: a tail points at the event taken before.
//
//     a1 ◀── b2 ◀── c4        the run a1 b2 c4
//             ▲
//             └──── c7        the run a1 b2 c7

import type { StepId } from "../automaton/automaton.ts";
import type { Waiting } from "../automaton/waiting.ts";
import type { Timed } from "./deadline.ts";
import type { TimedEvent } from "./matcher.ts";

/** An event with its number in the order in which the matcher was given events, from 1, over all keys. */
export type PlacedEvent = TimedEvent & { readonly position: number };

/** The events taken, newest first. */
export type Tail = {
  readonly step: StepId;
  readonly event: PlacedEvent;
  readonly previous: Tail | null;
  readonly first: PlacedEvent;
  readonly length: number;
};

/**
 * A partial match: the events taken, and all the ways in which it may go on. There is never a second run with the same
 * events in the same steps, so each match arises once even if the pattern is ambiguous.
 */
export type Run = {
  readonly tail: Tail;
  readonly waiting: readonly Waiting[];
  /** It was reported as a match, and may yet grow into a longer one. */
  readonly reported: boolean;
};

/** A complete match on its way to being reported, or held back. */
export type Complete = { readonly tail: Tail };

export function tailOf({ tail }: { readonly tail: Tail }): Tail {
  return tail;
}

export function extend(previous: Tail | null, step: StepId, event: PlacedEvent): Tail {
  return { step, event, previous, first: previous?.first ?? event, length: (previous?.length ?? 0) + 1 };
}

/** What time has to do with a run. */
export function timedOf({ tail, waiting, reported }: Run): Timed {
  return { firstAt: tail.first.at, lastAt: tail.event.at, waiting, reported };
}

/** The events of a tail in the order they were taken. Cost: its length. */
export function toList(tail: Tail): readonly Tail[] {
  const list: Tail[] = [];
  for (let at: Tail | null = tail; at !== null; at = at.previous) list.push(at);
  return list.reverse();
}

/**
 * In the order of matches that are reported at the same time: positions left to right, a prefix before what it begins, then steps.
 * Cost: a sort, with each comparison back to where both share what they took. Tails are not written out: thousands of thousands
 * of events that share nearly all would fill the memory.
 */
export function inOrder<Item>(items: readonly Item[], tailOf: (item: Item) => Tail): readonly Item[] {
  if (items.length < 2) return items;
  return [...items].sort((left, right) => compareTails(tailOf(left), tailOf(right)));
}

function compareTails(left: Tail, right: Tail): number {
  const atFirst = left.first.position - right.first.position;
  if (atFirst !== 0) return atFirst;
  let one = left;
  let other = right;
  while (one.length > right.length) one = one.previous as Tail;
  while (other.length > left.length) other = other.previous as Tail;
  let position = 0;
  let step = 0;
  while (one !== other) {
    position = one.event.position - other.event.position || position;
    step = one.step - other.step || step;
    // Both are equally long: in front of their first events both have nothing, which is the same.
    one = one.previous as Tail;
    other = other.previous as Tail;
  }
  return position || left.length - right.length || step;
}

/** Of each first event the tail with the most events; among equals the first in order. `tails` are in order. */
export function longestOfEach(tails: readonly Tail[]): readonly Tail[] {
  const longest = new Map<number, Tail>();
  for (const tail of tails) {
    const known = longest.get(tail.first.position);
    if (known === undefined || tail.length > known.length) longest.set(tail.first.position, tail);
  }
  return [...longest.values()];
}
