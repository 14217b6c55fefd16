// Reasons that lie in absences.

import type { AbsenceNode } from "../../lib/pattern/ast.ts";
import { endsOf, fits, matchesByTime, type Pair, pairsOfMatches, pairsOfRuns } from "./asking.ts";
import type { FlinkCase } from "./case.ts";
import { isBeforeNothing, lostAbsences } from "./readings-of-absences.ts";
import {
  beforeTrailingAbsences,
  endsLoosely,
  isAbsence,
  mayTakeNothing,
  repeats,
  type Site,
  sitesOf,
  stepsAfter,
  stepsBefore,
  trailingAbsences,
  whatFollows,
} from "./structure.ts";

// refused: Flink crashes, loops for ever, or silently ignores part of the pattern.

export function hasAbsenceAfterNothing({ pattern }: FlinkCase): boolean {
  return sitesOf(pattern.elements).some((site) => isAbsence(site) && isFirst(site));
}

/** Whether nothing need be taken before it. */
function isFirst({ siblings, index, outer }: Site): boolean {
  return siblings.slice(0, index).every(mayTakeNothing) && (outer === null || isFirst(outer));
}

// absence-and-take: an event that satisfies both the absence and what follows it kills the run, unless it completes the match.

export function killsTaker(asked: FlinkCase): boolean {
  return sitesOf(asked.pattern.elements).some((site) => {
    if (!isAbsence(site) || site.element.link !== "notFollowedBy") return false;
    return pairsAround(asked, site).some(({ after }) => after !== null && fits(site.element, after));
  });
}

/** Pairs of which the first event is taken before an absence and the second after it, or not at all. */
function pairsAround(asked: FlinkCase, site: Site<AbsenceNode>): readonly Pair[] {
  const before = stepsBefore(site).map(({ name }) => name);
  const after = stepsAfter(site).map(({ name }) => name);
  return pairsOfRuns(asked).filter(({ from, to }) => before.includes(from) && (to === null || after.includes(to)));
}

// late-absence: an absence before `times(m, n)` still bites between its events, once there are m and one was passed over.

export function bitesInRange(asked: FlinkCase): boolean {
  return sitesOf(asked.pattern.elements).some((site) => {
    if (!isAbsence(site) || site.element.link !== "notFollowedBy") return false;
    const ranges = whatFollows(site).sites.flatMap(({ element }) =>
      element.kind === "step" && element.quantifier.max !== null && repeats(element) ? element.name : [],
    );
    return pairsOfRuns(asked).some(
      ({ from, passed }) => ranges.includes(from) && passed.slice(1).some((event) => fits(site.element, event)),
    );
  });
}

// silent-absence: a trailing absence is only waited for after one more event, if it is `notNext`, or if what is before it
// loops or may be skipped. After that event, what waits in the loop times out beside the match.

export function fallsSilent(asked: FlinkCase): boolean {
  const isLate = trailingAbsences(asked.pattern.elements).some(({ link }) => link === "notNext") || endsInLoop(asked);
  return (
    isLate &&
    matchesByTime(asked).some((match) => {
      const { last } = endsOf(asked, match);
      const next = asked.events[asked.events.indexOf(last) + 1];
      return next === undefined || next.at >= match.at;
    })
  );
}

/** Whether a `notFollowedBy` at the end comes after a loop or something optional. */
export function endsInLoop({ pattern }: FlinkCase): boolean {
  const isTrailing = trailingAbsences(pattern.elements).some(({ link }) => link === "notFollowedBy");
  return isTrailing && endsLoosely(beforeTrailingAbsences(pattern.elements));
}

// lost-absence: an absence is dropped, or decided at the wrong event.

export function losesAbsence(asked: FlinkCase): boolean {
  return lostAbsences(asked).length > 0;
}

/** A match ends before a `notNext` after which nothing need be taken, and so is not decided by the event that decides that. */
export function endsBeforeNotNext(asked: FlinkCase): boolean {
  return sitesOf(asked.pattern.elements).some((site) => {
    if (!isAbsence(site) || site.element.link !== "notNext" || !isBeforeNothing(site)) return false;
    const before = stepsBefore(site).map(({ name }) => name);
    return pairsOfMatches(asked).some(({ from, to }) => to === null && before.includes(from));
  });
}
