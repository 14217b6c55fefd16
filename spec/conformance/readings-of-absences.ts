// How Flink reads absences: some not at all.

import type { AbsenceNode } from "../../lib/pattern/ast.ts";
import type { FlinkCase } from "./case.ts";
import type { Reading } from "./readings.ts";
import {
  hasSkippedHead,
  isAbsence,
  mayTakeNothing,
  repeats,
  type Site,
  sitesOf,
  trailingAbsences,
  whatFollows,
} from "./structure.ts";

/** The pattern without what is lost. */
export const withoutLostAbsences: Reading = (asked) =>
  new Map(lostAbsences(asked).map((absence) => [absence, () => null]));

/** Absences that are dropped, or decided at the wrong event. */
export function lostAbsences(asked: FlinkCase): readonly AbsenceNode[] {
  const { pattern } = asked;
  const trailing = trailingAbsences(pattern.elements);
  const isLost = [
    endsGroup,
    isMixed,
    isBeforeNothing,
    isBeforeLooseGroup,
    isSecondAfterLoop,
    isAfterRange,
    isAfterOptionalHead,
    isAfterGreed,
  ];
  const lost = sitesOf(pattern.elements).flatMap((site) =>
    isAbsence(site) && isLost.some((predicate) => predicate(site)) ? site.element : [],
  );
  return [...(isForgotten(asked) ? trailing : trailing.slice(0, -1)), ...lost];
}

/** Whether the absence that ends the pattern is lost in the loop before it only, and counts while a run waits for its deadline. */
export function losesLastInLoop(asked: FlinkCase): boolean {
  const last = trailingAbsences(asked.pattern.elements).at(-1);
  return last !== undefined && !isForgotten(asked) && lostAbsences(asked).includes(last);
}

/** The window stands on an earlier element than the absence that needs it. */
function isForgotten({ pattern, windowOnLast }: FlinkCase): boolean {
  return pattern.withinMs !== null && !windowOnLast;
}

/** Nothing need be taken after it in the body of its group: a run that waits outside does not know of it. */
function endsGroup({ siblings, index, outer }: Site<AbsenceNode>): boolean {
  return outer !== null && siblings.slice(index + 1).every(mayTakeNothing);
}

/** One of the other kind follows: a `notFollowedBy` right behind it, or a `notNext` at any place in the row. */
function isMixed({ element, siblings, index }: Site<AbsenceNode>): boolean {
  const after = siblings.slice(index + 1);
  const end = after.findIndex(({ kind }) => kind !== "absence");
  const row = after.slice(0, end < 0 ? undefined : end);
  return element.link === "notNext" ? row[0]?.link === "notFollowedBy" : row.some(({ link }) => link === "notNext");
}

/** All that follows is optional. */
export function isBeforeNothing(site: Site<AbsenceNode>): boolean {
  const { sites, mayEnd } = whatFollows(site);
  return mayEnd && sites.some(({ element }) => element.kind !== "absence");
}

/** A group can follow that is optional, or may begin with another step than its first. */
function isBeforeLooseGroup(site: Site<AbsenceNode>): boolean {
  return whatFollows(site).sites.some(
    ({ element }) => element.kind === "group" && (element.quantifier.optional || hasSkippedHead(element)),
  );
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

/** It comes after a counted step that heads an optional group: between its events, once one was passed over there, it is not looked at. */
function isAfterOptionalHead({ siblings, index, outer }: Site<AbsenceNode>): boolean {
  const at = siblings.slice(0, index).findLastIndex(({ kind }) => kind !== "absence");
  const head = siblings[at];
  if (at !== 0 || head?.kind !== "step" || outer === null) return false;
  return head.quantifier.min > 1 && outer.element.quantifier.optional;
}

/** It comes after a greedy loop, so that what the loop can take does not count. */
function isAfterGreed({ siblings, index }: Site<AbsenceNode>): boolean {
  const before = siblings.slice(0, index).findLast(({ kind }) => kind !== "absence");
  return before?.kind === "step" && before.quantifier.greedy;
}
