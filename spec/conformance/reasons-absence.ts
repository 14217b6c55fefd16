// Reasons that lie in absences.

import type { AbsenceNode } from "../../lib/pattern/ast.ts";
import { fits } from "./asking.ts";
import type { FlinkCase } from "./case.ts";
import {
  beforeTrailingAbsences,
  edgeSteps,
  endsLoosely,
  isAbsence,
  isGroup,
  mayTakeNothing,
  repeats,
  type Site,
  sitesOf,
  trailingAbsences,
  whatFollows,
} from "./structure.ts";

// refused: Flink crashes, loops for ever, or silently ignores part of the pattern.

export function hasAbsenceAfterNothing({ pattern }: FlinkCase): boolean {
  return sitesOf(pattern).some((site) => isAbsence(site) && isFirst(site));
}

/** Whether nothing need be taken before it. */
function isFirst({ siblings, index, outer }: Site): boolean {
  return siblings.slice(0, index).every(mayTakeNothing) && (outer === null || isFirst(outer));
}

// absence-and-take: an event that satisfies both the absence and what follows it kills the run, unless it completes the match.

export function killsTaker({ pattern, events }: FlinkCase): boolean {
  return sitesOf(pattern).some((site) => {
    if (!isAbsence(site) || site.element.link !== "notFollowedBy") return false;
    return whatFollows(site).sites.some((next) => {
      const goesOn = repeats(next.element) || isGroup(next) || whatFollows(next).sites.length > 0;
      const takers = edgeSteps([next.element], "first");
      return goesOn && events.some((event) => fits(site.element, event) && takers.some((step) => fits(step, event)));
    });
  });
}

// silent-absence: a trailing absence is only waited for after one more event, if it is `notNext`, or if what is before it
// loops or may be skipped. After that event, what waits in the loop times out beside the match.

export function fallsSilent(asked: FlinkCase): boolean {
  const isLate = trailingAbsences(asked.pattern).some(({ link }) => link === "notNext") || waitsInLoop(asked);
  return isLate && hasSilence(asked);
}

export function waitsInLoop({ pattern }: FlinkCase): boolean {
  const isTrailing =
    pattern.withinMs !== null && trailingAbsences(pattern).some(({ link }) => link === "notFollowedBy");
  return isTrailing && endsLoosely(beforeTrailingAbsences(pattern));
}

/** An event that can end a match, and none after it before the deadline of an event that can have begun it. */
function hasSilence({ pattern, events }: FlinkCase): boolean {
  const { withinMs } = pattern;
  if (withinMs === null) return false;
  const lastSteps = edgeSteps(beforeTrailingAbsences(pattern), "last");
  const firstSteps = edgeSteps(pattern.elements, "first");
  return events.some((last, index) => {
    if (!lastSteps.some((step) => fits(step, last))) return false;
    const nextAt = events[index + 1]?.at ?? Number.POSITIVE_INFINITY;
    const firsts = events.slice(0, index + 1).filter((event) => firstSteps.some((step) => fits(step, event)));
    return firsts.some((first) => last.at < first.at + withinMs && first.at + withinMs <= nextAt);
  });
}

// lost-absence: an absence is dropped, or decided at the wrong event.

export function losesAbsence({ pattern, windowOnLast }: FlinkCase): boolean {
  const trailing = trailingAbsences(pattern);
  if (trailing.length > 1 || (trailing.length === 1 && pattern.withinMs !== null && !windowOnLast)) return true;
  const isLost = [endsGroup, isMixed, isBeforeNothing, isBeforeSkippedHead, isSecondAfterLoop];
  return sitesOf(pattern).some((site) => isAbsence(site) && isLost.some((predicate) => predicate(site)));
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

/** An optional group follows that begins with something optional. */
function isBeforeSkippedHead({ siblings, index }: Site<AbsenceNode>): boolean {
  const next = siblings[index + 1];
  const head = next?.kind === "group" && next.quantifier.optional ? next.elements[0] : undefined;
  return head !== undefined && mayTakeNothing(head);
}

/** Another absence is between it and a loop. */
function isSecondAfterLoop({ siblings, index }: Site<AbsenceNode>): boolean {
  const before = siblings.slice(0, index).findLast(({ kind }) => kind !== "absence");
  return siblings[index - 1]?.kind === "absence" && before !== undefined && repeats(before);
}
