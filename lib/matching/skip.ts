// Which complete matches are reported now, and what each of them drops. A skip strategy is a filter over the matches in
// order: after one is reported, runs and unreported matches that began before its cut are gone.

import type { PatternAst, Skip } from "../pattern/ast.ts";
import { type Tail, toList } from "./run.ts";

export type Released<Match> = {
  readonly reported: readonly Match[];
  readonly held: readonly Match[];
  /** Runs whose first event is before this position are gone; 0: none are. */
  readonly cut: number;
};

/** What is to be known of complete matches, whatever they are. Positions are those of events. */
export type Known<Match> = {
  readonly firstOf: (match: Match) => number;
  /** First events before this position are dead once it is reported. */
  readonly cutAfter: (match: Match) => number;
  /**
   * Where matches are ordered: position of the earliest first event of the open runs that is at `cut` or behind it; `Infinity` if
   * there is none.
   */
  readonly oldestFrom: ((cut: number) => number) | null;
};

/**
 * Reports what may be reported of `held` (complete before) and `complete` (complete now), each in order. Eager: all of them, less
 * what they drop of each other. Ordered: those before whose first event no run began.
 *
 * Cost: the matches, and for each that `oldestFrom` is asked for, its cost.
 */
export function release<Match>(
  pattern: PatternAst,
  { firstOf, cutAfter, oldestFrom }: Known<Match>,
  held: readonly Match[],
  complete: readonly Match[],
): Released<Match> {
  if (oldestFrom === null && pattern.skip.to === "none") return { reported: complete, held, cut: 0 };
  // Stable: among matches with the same first event, those complete earlier come first.
  const candidates = [...held, ...complete].sort((left, right) => firstOf(left) - firstOf(right));
  const reported: Match[] = [];
  const stillHeld: Match[] = [];
  let cut = 0;
  const isHeldBack = (position: number): boolean =>
    oldestFrom !== null && (stillHeld.length > 0 || oldestFrom(cut) < position);
  for (const candidate of candidates) {
    const position = firstOf(candidate);
    if (position < cut) continue;
    if (isHeldBack(position)) {
      stillHeld.push(candidate);
    } else {
      reported.push(candidate);
      cut = Math.max(cut, cutAfter(candidate));
    }
  }
  return { reported, held: stillHeld, cut };
}

/** First events before this position are dead once `tail` is reported. */
export function cutOf(skip: Skip, tail: Tail, stepOf: (tail: Tail) => string): number {
  switch (skip.to) {
    case "none":
      return 0;
    case "next":
      return tail.first.position + 1;
    case "pastLast":
      return tail.event.position + 1;
    default: {
      const events = toList(tail).filter((each) => stepOf(each) === skip.step);
      const target = skip.to === "first" ? events[0] : events.at(-1);
      if (target) return target.event.position;
      return skip.orElse === "next" ? tail.first.position + 1 : 0;
    }
  }
}
