// Reasons that lie in limits on the time between two events. Flink keeps such a limit where a run waits, not where it takes,
// and there on some states only:
//
//     a single step                       in its own state: the limit holds ...
//     after a loop, an option, notNext    ... but not while the run still waits in the state before
//     an optional step                    ... also for what comes after it, but no longer once an event was passed over
//     times(n, w), oneOrMore(w)           in all states but the last
//     a counted step with withinPrev      nowhere
//     a group                             nowhere; or, between two iterations, for whatever comes next

import type { Element, GroupNode, StepNode } from "../../lib/pattern/ast.ts";
import { endsOf, pairsOfRuns } from "./asking.ts";
import type { FlinkCase, Gap } from "./case.ts";
import { definitionOf, type Reading } from "./definition.ts";
import {
  beforeTrailingAbsences,
  isAbsence,
  isCounted,
  isStep,
  mayTakeNothing,
  type Site,
  sitesOf,
  stepsBefore,
  stepsIn,
  trailingAbsences,
} from "./structure.ts";

/** The pattern without the limits that Flink keeps elsewhere. */
export const withoutMisplacedGaps: Reading = (asked) =>
  withoutGaps(sitesOf(asked.pattern.elements).filter((site) => hasGap(site, asked) && !isKeptInPlace(site)));

/** The pattern without any limit. */
export const withoutAnyGaps: Reading = (asked) =>
  withoutGaps(sitesOf(asked.pattern.elements).filter((site) => hasGap(site, asked)));

function hasGap({ element }: Site, { gaps }: FlinkCase): boolean {
  return gaps.some(({ on }) => on === element);
}

function withoutGaps(sites: readonly Site[]): ReturnType<Reading> {
  const lift = (element: Element): Element => (element.kind === "absence" ? element : { ...element, maxGapMs: null });
  return new Map(sites.map(({ element }) => [element, lift]));
}

/** Whether a run may go on, past an element that may be left out or left, later than a limit that Flink keeps there. */
export function overstaysGap(asked: FlinkCase): boolean {
  return keptGaps(asked).some(({ site, ms }) => {
    if (isAbsence(site) || isKeptInPlace(site)) return false;
    const own = stepsIn(site.element).map(({ name }) => name);
    const before = [...own, ...stepsBefore(site).map(({ name }) => name)];
    return pairsOfRuns(asked).some(
      ({ before: event, from, to, until }) =>
        before.includes(from) && (to === null || !own.includes(to)) && until - event.at >= ms,
    );
  });
}

/** The limits that Flink keeps at all, in some state. */
export function keptGaps({ pattern, gaps }: FlinkCase): readonly { readonly site: Site; readonly ms: number }[] {
  const sites = sitesOf(pattern.elements);
  return gaps.flatMap(({ on, ms, call }) => {
    const site = sites.find(({ element }) => element === on);
    return site === undefined || isIgnored(on, call) ? [] : [{ site, ms }];
  });
}

function isIgnored(on: Element, call: Gap["call"]): boolean {
  if (on.kind === "absence") return false;
  if (on.kind === "step") return call === "within" && on.quantifier.counted;
  return call === "within" || on.quantifier.max !== null;
}

/** A single step that a run comes to by taking the event before it. */
function isKeptInPlace(site: Site): boolean {
  return isStep(site) && !isCounted(site.element) && !mayTakeNothing(site.element) && isEnteredByTaking(site);
}

function isEnteredByTaking({ siblings, index, outer }: Site): boolean {
  const before = siblings[index - 1];
  if (before === undefined) return outer === null || (isPlain(outer.element) && isEnteredByTaking(outer));
  if (before.kind !== "absence") return endsByTaking(before);
  return before.link === "notFollowedBy" && isEnteredByTaking({ siblings, index: index - 1, outer, element: before });
}

/** Taken once, whatever comes. */
function isPlain({ quantifier }: StepNode | GroupNode): boolean {
  return quantifier.max === 1 && !quantifier.optional;
}

/** Whether a run has left it once it has taken its last event. */
function endsByTaking(element: Element): boolean {
  if (element.kind === "absence" || mayTakeNothing(element)) return false;
  const { min, max } = element.quantifier;
  if (min !== max) return false;
  const last = element.kind === "group" ? element.elements.at(-1) : undefined;
  return last === undefined || endsByTaking(last);
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
