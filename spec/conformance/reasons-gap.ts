// Reasons that lie in limits on the time between two events; where Flink keeps these is told in readings-of-gaps.ts.

import type { Element } from "../../lib/pattern/ast.ts";
import type { Finding } from "./answers.ts";
import { endsOf, type Pair, pairsOf, pairsOfRuns } from "./asking.ts";
import type { FlinkCase } from "./case.ts";
import { changedBy, definitionOf } from "./definition.ts";
import { isEnteredByTaking, type KeptGap, keptGaps, stepsThatEnter, withoutMisplacedGaps } from "./readings-of-gaps.ts";
import { mayGoOn } from "./readings-of-groups.ts";
import {
  beforeTrailingAbsences,
  hasOpenAbsence,
  isAbsence,
  mayTakeNothing,
  type Site,
  stepsBefore,
  stepsIn,
  trailingAbsences,
  whatPrecedes,
} from "./structure.ts";

/** Whether something that a limit forbids is let pass. */
export function letsMatchesPass(asked: FlinkCase): boolean {
  return changedBy(withoutMisplacedGaps, asked).moreMatches.some((each) => isLetPass(asked, each));
}

export function letsRunsPass(asked: FlinkCase): boolean {
  const { moreMatches, moreTimeOuts } = changedBy(withoutMisplacedGaps, asked);
  return [...moreMatches, ...moreTimeOuts].some((each) => isLetPass(asked, each));
}

function isLetPass(asked: FlinkCase, finding: Finding): boolean {
  const kept = keptGaps(asked);
  return pairsOf(asked, finding).every((pair) => kept.every((gap) => isShort(pair, gap) || isMissed(pair, gap)));
}

function isShort({ before, after, to }: Pair, { site, ms }: KeptGap): boolean {
  const isOwn = stepsIn(site.element).some(({ name }) => name === to);
  return !isOwn || after === null || after.at - before.at < ms;
}

/** Whether a run that takes an event after the limit was nowhere where Flink keeps it. */
function isMissed({ before, from, to, passed }: Pair, { site, ms }: KeptGap): boolean {
  const { element } = site;
  // Between the events of a counted step not all states have the limit; of a single one, none has.
  if (element.kind !== "step" || from === to || (element.quantifier.counted && element.quantifier.max === 1))
    return true;
  const isNext = passed.length === 1;
  if (isEnteredByTaking(site)) {
    const [first] = passed;
    return mayTakeNothing(element) && !isNext && first !== undefined && first.at - before.at < ms;
  }
  return isNext || mayTakeNothing(element) || headsOption(site) || isEnteredByCopy(site) || isEnteredFromHead(site);
}

/** Whether Flink waits for it in a copy of its state, without the limit, once an event was passed over: in a group that may be left out. */
function headsOption({ index, outer }: Site): boolean {
  return (
    index === 0 && outer !== null && (mayTakeNothing(outer.element) || mayGoOn(outer.element) || headsOption(outer))
  );
}

/** Whether a run may come to it at any event from the head of a group before it, where it waits for another iteration. */
function isEnteredFromHead(site: Site): boolean {
  return whatPrecedes(site).some(({ element }) => endsInOpenGroup(element));
}

function endsInOpenGroup(element: Element | undefined): boolean {
  return element?.kind === "group" && (mayGoOn(element) || endsInOpenGroup(element.elements.at(-1)));
}

/** Whether Flink copies its state, without the limit: behind an option before which an absence counts, or a greedy loop with `until`. */
function isEnteredByCopy({ siblings, index }: Site): boolean {
  const before = siblings.slice(0, index);
  const last = before.at(-1);
  if (last === undefined || last.kind === "absence") return false;
  const { greedy, until } = last.quantifier;
  return (greedy && until !== null) || (mayTakeNothing(last) && hasOpenAbsence(before.slice(0, -1)));
}

/** Whether a run may go on, past an element that may be left out or left, where Flink ends it: it waits there for one event. */
export function overstaysGap(asked: FlinkCase): boolean {
  return keptGaps(asked).some(({ site, ms }) => {
    if (!mayBeLeft(site)) return false;
    const own = stepsIn(site.element).map(({ name }) => name);
    const before = [...own, ...stepsThatEnter(site).map(({ name }) => name)];
    return pairsOfRuns(asked).some(
      ({ before: event, from, to, passed, until }) =>
        before.includes(from) && (to === null || !own.includes(to)) && (passed[0]?.at ?? until) - event.at >= ms,
    );
  });
}

/** Whether a run may go on without it, or without another event of it; also with the group that it heads. */
function mayBeLeft({ element, index, outer }: Site): boolean {
  if (element.kind === "absence") return false;
  const { min, max } = element.quantifier;
  return mayTakeNothing(element) || min !== max || (index === 0 && outer !== null && mayBeLeft(outer));
}

// gap-on-absence: a run that waits for the event after a `notNext` is ended by the limit that stands there.

export function hasGapOnNotNext(asked: FlinkCase): boolean {
  return keptGaps(asked).some(({ site, ms }) => {
    if (!isAbsence(site)) return false;
    const before = stepsBefore(site).map(({ name }) => name);
    return pairsOfRuns(asked).some(({ before: event, from, until }) => {
      const next = asked.events[asked.events.indexOf(event) + 1]?.at ?? until;
      return before.includes(from) && next - event.at >= ms;
    });
  });
}

// short-absence: a trailing absence with its own time ends with the window already.

export function endsAtWindow(asked: FlinkCase): boolean {
  const { withinMs, elements } = asked.pattern;
  const forMs = trailingAbsences(elements).find((each) => each.forMs !== null)?.forMs ?? null;
  if (withinMs === null || forMs === null) return false;
  return definitionOf(asked, beforeTrailingAbsences(elements)).matches.some((each) => {
    const { first, last } = endsOf(asked, each);
    return first.at + withinMs < last.at + forMs;
  });
}
