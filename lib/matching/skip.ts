// Which complete matches are reported now, and what each of them drops. A skip strategy is a filter over the matches in
// order: after one is reported, runs and unreported matches that began before its cut are gone.

import type { PatternAst, Skip } from "../pattern/ast.ts";
import { type Complete, inOrder, type Tail, tailOf, toList } from "./run.ts";

export type Released = {
  readonly reported: readonly Complete[];
  readonly held: readonly Complete[];
  /** Runs whose first event is before this position are gone; 0: none are. */
  readonly cut: number;
};

/**
 * Reports what may be reported of `held` (complete before, in order) and `complete` (complete now). Eager: all of them, less
 * what they drop of each other. Ordered: those before whose first event no run began. `oldestFrom(cut)`: position of the earliest
 * first event of the open runs that is at `cut` or behind it; `Infinity` if there is none. It is asked only where matches are ordered.
 *
 * Cost: the matches, and for each that `oldestFrom` is asked for, its cost.
 */
export function release(
  pattern: PatternAst,
  oldestFrom: (cut: number) => number,
  held: readonly Complete[],
  complete: readonly Complete[],
  stepOf: (tail: Tail) => string,
): Released {
  const ordered = inOrder(complete, tailOf);
  if (pattern.emit === "eager" && pattern.skip.to === "none") return { reported: ordered, held, cut: 0 };
  // Stable: among matches with the same first event, those complete earlier come first.
  const candidates = [...held, ...ordered].sort(byFirst);
  const reported: Complete[] = [];
  const stillHeld: Complete[] = [];
  let cut = 0;
  const isHeldBack = (position: number): boolean => stillHeld.length > 0 || oldestFrom(cut) < position;
  for (const candidate of candidates) {
    const { position } = candidate.tail.first;
    if (position < cut) continue;
    if (pattern.emit === "ordered" && isHeldBack(position)) {
      stillHeld.push(candidate);
    } else {
      reported.push(candidate);
      cut = Math.max(cut, cutAfter(pattern.skip, candidate.tail, stepOf));
    }
  }
  return { reported, held: stillHeld, cut };
}

function byFirst(left: Complete, right: Complete): number {
  return left.tail.first.position - right.tail.first.position;
}

/** First events before this position are dead once `tail` is reported. */
function cutAfter(skip: Skip, tail: Tail, stepOf: (tail: Tail) => string): number {
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
