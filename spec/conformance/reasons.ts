// Why Flink's answer may differ from ours, by name: README.md has the table. A reason is a set of predicates on the case, one
// for each way in which it can make the answers differ. They look at the pattern, some at the events too; at answers never.

import type { AbsenceNode, Element, GroupNode, StepNode } from "../../lib/pattern/ast.ts";
import { fieldOf, holds } from "../../lib/pattern/evaluate.ts";
import type { Condition } from "../../lib/pattern/expression.ts";
import { everyPart } from "../../lib/pattern/walk.ts";
import type { Answer, Aspect } from "./answers.ts";
import type { CaseEvent, FlinkCase } from "./case.ts";
import {
  beforeTrailingAbsences,
  canGrow,
  edgeSteps,
  isAbsence,
  isGroup,
  isStep,
  mayTakeNothing,
  repeats,
  type Site,
  sitesOf,
  trailingAbsences,
  whatFollows,
} from "./structure.ts";

export type ReasonName =
  | "refused"
  | "absence-and-take"
  | "silent-absence"
  | "group-exit"
  | "group-until"
  | "group-head"
  | "group-absence"
  | "lost-absence"
  | "greedy-leak"
  | "greedy-lost"
  | "greedy-last"
  | "timeout-of-match"
  | "deadline-time"
  | "duplicate";

type Predicate = (asked: FlinkCase) => boolean;

export type Reason = {
  readonly name: ReasonName;
  /** In which ways it can make answers differ, and on which cases. */
  readonly causes: Readonly<Partial<Record<Aspect, Predicate>>>;
  /** The codes with which a pattern is refused for it. */
  readonly codes?: readonly string[];
};

/** The narrower first: a difference belongs to the first that can be its cause. */
export const REASONS: readonly Reason[] = [
  { name: "refused", causes: { refused: hasAbsenceAfterNothing }, codes: ["ABSENCE_AFTER_NOTHING"] },
  { name: "absence-and-take", causes: { matchesHere: killsTaker, timeOutsHere: killsTaker } },
  {
    name: "silent-absence",
    causes: { matchesHere: fallsSilent, timeOutsThere: fallsSilent, timeOutsOfMatches: waitsInLoop },
  },
  { name: "group-exit", causes: { matchesThere: hasOpenExit, timeOutsThere: hasOpenExit } },
  { name: "group-until", causes: { matchesHere: endsInsideGroup, timeOutsHere: endsInsideGroup } },
  { name: "group-head", causes: anySet(overwritesHead) },
  { name: "group-absence", causes: { matchesHere: bitesGroup, timeOutsHere: bitesGroup } },
  {
    name: "lost-absence",
    causes: { ...anySet(losesAbsence), reportTimes: losesAbsence, refused: losesAbsence },
    codes: ["ABSENCE_WITHOUT_DEADLINE", "ABSENCE_LAST_IN_GROUP"],
  },
  { name: "greedy-leak", causes: { matchesHere: leaksGuard, timeOutsHere: leaksGuard, timeOutsThere: leaksGuard } },
  { name: "greedy-lost", causes: { matchesThere: losesGuard, timeOutsThere: losesGuard } },
  {
    name: "greedy-last",
    causes: { matchesThere: endsGreedily, matchesHere: endsGreedily, reportTimes: endsGreedily, refused: endsGreedily },
    codes: ["GREEDY_NEVER_CLOSES"],
  },
  { name: "timeout-of-match", causes: { timeOutsOfMatches: growsAfterMatch } },
  { name: "deadline-time", causes: { reportTimes: isReleasedByClock } },
  { name: "duplicate", causes: { repeatedMatches: isAmbiguous, repeatedTimeOuts: waitsInSeveralStates } },
];

function anySet(predicate: Predicate): Reason["causes"] {
  return { matchesThere: predicate, matchesHere: predicate, timeOutsThere: predicate, timeOutsHere: predicate };
}

/** Why Flink's answer and `ours` differ in this way; `null`: nobody knows. */
export function reasonFor(aspect: Aspect, asked: FlinkCase, ours: Answer): ReasonName | null {
  const codes = ours.kind === "refused" ? ours.codes : [];
  // Where Flink fails there is nothing to agree with, so ours must be to refuse.
  if (aspect === "failed") return codes.length > 0 ? "refused" : null;
  const reason = REASONS.find((each) => {
    const isForCode = aspect !== "refused" || codes.some((code) => each.codes?.includes(code));
    return isForCode && each.causes[aspect]?.(asked);
  });
  return reason?.name ?? null;
}

/** Whether a reason could make the answers to a case differ in some way. */
export function covers({ causes }: Reason, asked: FlinkCase): boolean {
  return Object.values(causes).some((predicate) => predicate(asked));
}

// refused: Flink crashes, loops for ever, or silently ignores part of the pattern.

function hasAbsenceAfterNothing({ pattern }: FlinkCase): boolean {
  return sitesOf(pattern).some((site) => isAbsence(site) && isFirst(site));
}

/** Whether nothing need be taken before it. */
function isFirst({ siblings, index, outer }: Site): boolean {
  return siblings.slice(0, index).every(mayTakeNothing) && (outer === null || isFirst(outer));
}

// absence-and-take: an event that satisfies both the absence and what follows it kills the run, unless it completes the match.

function killsTaker({ pattern, events }: FlinkCase): boolean {
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

function fallsSilent(asked: FlinkCase): boolean {
  const isLate = trailingAbsences(asked.pattern).some(({ link }) => link === "notNext") || waitsInLoop(asked);
  return isLate && hasSilence(asked);
}

function waitsInLoop({ pattern }: FlinkCase): boolean {
  const isTrailing =
    pattern.withinMs !== null && trailingAbsences(pattern).some(({ link }) => link === "notFollowedBy");
  return isTrailing && endsLoosely(beforeTrailingAbsences(pattern));
}

/** Whether the last element loops or may be skipped. */
function endsLoosely(elements: readonly Element[]): boolean {
  const last = elements.at(-1);
  if (last === undefined) return false;
  return repeats(last) || mayTakeNothing(last) || (last.kind === "group" && endsLoosely(last.elements));
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

// group-exit: after a looping group the link is not enforced, because the head that waits for another iteration may still
// leave the group at any later event.

function hasOpenExit({ pattern, events }: FlinkCase): boolean {
  return sitesOf(pattern).some((site) => {
    if (!isGroup(site) || !repeats(site.element)) return false;
    const bound = whatFollows(site).sites.filter(
      ({ element }) => element.link === "next" || element.link === "followedBy",
    );
    const takers = bound.flatMap(({ element }) => edgeSteps([element], "first"));
    return occurInTurn(events, [edgeSteps([site.element], "last"), takers]);
  });
}

// group-until: the event that ends a group's loop also ends runs that need nothing more of the group, where they wait inside it.

function endsInsideGroup({ pattern, events }: FlinkCase): boolean {
  return sitesOf(pattern).some((site) => {
    if (!isGroup(site) || !endsLoosely(site.element.elements)) return false;
    const { until } = site.element.quantifier;
    return until !== null && occurInTurn(events, [edgeSteps([site.element], "last"), [{ on: null, condition: until }]]);
  });
}

// group-head: the inner contiguity of what heads a group is overwritten by the group's; of a group there, the link, too.

function overwritesHead({ pattern, events }: FlinkCase): boolean {
  return sitesOf(pattern).some((site) => isGroup(site) && isHeadOverwritten(site.element, events));
}

function isHeadOverwritten({ elements, link, quantifier }: GroupNode, events: readonly CaseEvent[]): boolean {
  const [head] = elements;
  if (head === undefined || head.kind === "absence") return false;
  const isOther = head.quantifier.inner !== quantifier.inner;
  if (head.kind === "step") return repeats(head) && isOther && occurInTurn(events, [[head]]);
  return isOther || (link !== null && link !== "next") || isHeadOverwritten({ ...head, quantifier }, events);
}

// group-absence: an absence after a group bites while the group may still go on.

function bitesGroup({ pattern, events }: FlinkCase): boolean {
  return sitesOf(pattern).some((site) => {
    if (!isAbsence(site)) return false;
    const open = groupsBefore(site).filter((group) => repeats(group) || endsLoosely(group.elements));
    return occurInTurn(events, [edgeSteps(open, "last"), [site.element]]);
  });
}

/** Groups in the same row that can have taken the last event before `site`. */
function groupsBefore({ siblings, index }: Site): readonly GroupNode[] {
  const groups: GroupNode[] = [];
  for (const element of siblings.slice(0, index).reverse()) {
    if (element.kind === "group") groups.push(element);
    if (!mayTakeNothing(element)) break;
  }
  return groups;
}

// lost-absence: an absence is dropped, or decided at the wrong event.

function losesAbsence({ pattern, windowOnLast }: FlinkCase): boolean {
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

// greedy-leak: what a greedy loop could take is kept from what follows for ever, whether the loop is still open or not.
// greedy-lost: it is kept only from the state behind the loop, so not once something there was skipped or left.

function leaksGuard({ pattern, events }: FlinkCase): boolean {
  return sitesOf(pattern).some((site) => {
    const { sites } = whatFollows(site);
    return isGreedy(site) && sites.length > 0 && occurInTurn(events, [[site.element]]);
  });
}

function losesGuard({ pattern, events }: FlinkCase): boolean {
  return sitesOf(pattern).some((site) => {
    if (!isGreedy(site) || !occurInTurn(events, [[site.element], [site.element]])) return false;
    const isPassed = whatFollows(site).sites.some(({ element }) => mayTakeNothing(element) || hasSkippedHead(element));
    return isPassed || endsLoopingGroup(site);
  });
}

function hasSkippedHead(element: Element): boolean {
  const head = element.kind === "group" ? element.elements[0] : undefined;
  return head !== undefined && (mayTakeNothing(head) || hasSkippedHead(head));
}

function endsLoopingGroup({ siblings, index, outer }: Site): boolean {
  if (outer === null || !siblings.slice(index + 1).every(mayTakeNothing)) return false;
  return repeats(outer.element) || endsLoopingGroup(outer);
}

// greedy-last: a greedy loop after which nothing must be taken reports every prefix.

function endsGreedily({ pattern }: FlinkCase): boolean {
  return sitesOf(pattern).some((site) => isGreedy(site) && whatFollows(site).mayEnd);
}

function isGreedy(site: Site): site is Site<StepNode> {
  return isStep(site) && site.element.quantifier.greedy;
}

// timeout-of-match: a run that was reported but could have grown is reported as timed out, too.

function growsAfterMatch(asked: FlinkCase): boolean {
  const { withinMs, elements } = asked.pattern;
  return withinMs !== null && canGrow(elements) && mayEnd(asked);
}

// deadline-time: a match released by the clock carries the clock's time.

function isReleasedByClock(asked: FlinkCase): boolean {
  return asked.pattern.withinMs !== null && trailingAbsences(asked.pattern).length > 0 && mayEnd(asked);
}

/** Whether an event can be the last of a match. */
function mayEnd({ pattern, events }: FlinkCase): boolean {
  return occurInTurn(events, [edgeSteps(beforeTrailingAbsences(pattern), "last")]);
}

// duplicate: the same events in the same roles are reported once for each way in which they arise, or wait.

function isAmbiguous(asked: FlinkCase): boolean {
  return (
    (waitsInLoop(asked) && mayEnd(asked)) ||
    sitesOf(asked.pattern).some((site) => isGroup(site) && isAmbiguousGroup(site.element))
  );
}

function isAmbiguousGroup(group: GroupNode): boolean {
  return repeats(group) || (group.quantifier.optional && group.elements.every(mayTakeNothing));
}

/** Before an optional element and behind it, in a loop and behind it. */
function waitsInSeveralStates({ pattern, events }: FlinkCase): boolean {
  if (pattern.withinMs === null || !occurInTurn(events, [edgeSteps(pattern.elements, "first")])) return false;
  return sitesOf(pattern).some((site) => {
    const goesOn = whatFollows(site).sites.length > 0 || (site.outer !== null && repeats(site.outer.element));
    return goesOn && (repeats(site.element) || mayTakeNothing(site.element));
  });
}

/** What is asked of an event. */
type Asking = { readonly on: readonly string[] | null; readonly condition: Condition | null };

/** Whether there are events, one after the other, of which each satisfies one of these. */
function occurInTurn(events: readonly CaseEvent[], turns: readonly (readonly Asking[])[]): boolean {
  let from = 0;
  return turns.every((askings) => {
    const index = events.findIndex((event, at) => at >= from && askings.some((asking) => fits(asking, event)));
    from = index + 1;
    return index >= 0;
  });
}

/** Whether an event satisfies what is asked of it. A condition that looks at earlier events may hold of any. */
function fits({ on, condition }: Asking, { value }: CaseEvent): boolean {
  if (on !== null && !on.includes(fieldOf(value, ["type"]) as string)) return false;
  if (condition === null || looksBack(condition)) return true;
  return holds(condition, value, { of: () => [], match: {} });
}

function looksBack(condition: Condition): boolean {
  return [...everyPart(condition)].some(({ part }) => {
    if (part.kind === "count" || part.kind === "aggregate") return true;
    return part.kind === "field" && part.of.kind === "taken";
  });
}
