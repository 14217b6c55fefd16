// Reasons that lie in absences.

import type { AbsenceNode } from "../../lib/pattern/ast.ts";
import { endsOf, fits, matchesByTime, type Pair, pairsOfMatches, pairsOfRuns } from "./asking.ts";
import type { FlinkCase } from "./case.ts";
import type { Reading } from "./definition.ts";
import {
  beforeTrailingAbsences,
  endsLoosely,
  hasSkippedHead,
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

/** The pattern without what is lost. */
export const withoutLostAbsences: Reading = (asked) =>
  new Map(lostAbsences(asked).map((absence) => [absence, () => null]));

function lostAbsences({ pattern, windowOnLast }: FlinkCase): readonly AbsenceNode[] {
  const trailing = trailingAbsences(pattern.elements);
  const isForgotten = pattern.withinMs !== null && !windowOnLast;
  const isLost = [
    endsGroup,
    isMixed,
    isBeforeNothing,
    isBeforeSkippedHead,
    isSecondAfterLoop,
    isAfterRange,
    isAfterGreed,
  ];
  const lost = sitesOf(pattern.elements).flatMap((site) =>
    isAbsence(site) && isLost.some((predicate) => predicate(site)) ? site.element : [],
  );
  return [...(isForgotten ? trailing : trailing.slice(0, -1)), ...lost];
}

/** It stands at the end of a group's body. */
function endsGroup({ siblings, index, outer }: Site<AbsenceNode>): boolean {
  return outer !== null && index === siblings.length - 1;
}

/** An absence of the other kind follows. */
function isMixed({ element, siblings, index }: Site<AbsenceNode>): boolean {
  const next = siblings[index + 1];
  return next?.kind === "absence" && next.link !== element.link;
}

/** All that follows is optional. */
function isBeforeNothing(site: Site<AbsenceNode>): boolean {
  const { sites, mayEnd } = whatFollows(site);
  return mayEnd && sites.some(({ element }) => element.kind !== "absence");
}

/** A group follows that may begin with another step than its first. */
function isBeforeSkippedHead({ siblings, index }: Site<AbsenceNode>): boolean {
  const next = siblings[index + 1];
  return next !== undefined && hasSkippedHead(next);
}

/** Another absence is between it and a loop. */
function isSecondAfterLoop({ siblings, index }: Site<AbsenceNode>): boolean {
  const before = siblings.slice(0, index).findLast(({ kind }) => kind !== "absence");
  return siblings[index - 1]?.kind === "absence" && before !== undefined && repeats(before);
}

/** It comes after `times(m, n)`: after an event that was passed over there, it is not looked at. */
function isAfterRange({ siblings, index }: Site<AbsenceNode>): boolean {
  const before = siblings.slice(0, index).findLast(({ kind }) => kind !== "absence");
  if (before?.kind !== "step") return false;
  const { min, max } = before.quantifier;
  return max !== null && min < max;
}

/** It comes after a greedy loop, so that what the loop can take does not count. */
function isAfterGreed({ siblings, index }: Site<AbsenceNode>): boolean {
  const before = siblings.slice(0, index).findLast(({ kind }) => kind !== "absence");
  return before?.kind === "step" && before.quantifier.greedy;
}

/** A match ends before a `notNext` after which nothing need be taken, and so is not decided by the event that decides that. */
export function endsBeforeNotNext(asked: FlinkCase): boolean {
  return sitesOf(asked.pattern.elements).some((site) => {
    if (!isAbsence(site) || site.element.link !== "notNext" || !isBeforeNothing(site)) return false;
    const before = stepsBefore(site).map(({ name }) => name);
    return pairsOfMatches(asked).some(({ from, to }) => to === null && before.includes(from));
  });
}
