// How Flink reads limits on the time between two events. It keeps such a limit where a run waits, not where it takes,
// and there on some states only:
//
//     a single step                       in its own state: the limit holds ...
//     after a loop, an option, notNext    ... but not while the run still waits in the state before
//     an optional step                    ... also for what comes after it, but no longer once an event was passed over
//     times(n, w), oneOrMore(w)           in all states but the last
//     a counted step with withinPrev      nowhere
//     a group                             nowhere; or, between two iterations, for whatever comes next

import type { Element, GroupNode, StepNode } from "../../lib/pattern/ast.ts";
import type { FlinkCase, Gap } from "./case.ts";
import type { Reading } from "./readings.ts";
import { isCounted, isStep, mayTakeNothing, repeats, type Site, sitesOf } from "./structure.ts";

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

/** A limit, and where it stands. */
export type KeptGap = { readonly site: Site; readonly ms: number };

/** The limits that Flink keeps at all, in some state. */
export function keptGaps({ pattern, gaps }: FlinkCase): readonly KeptGap[] {
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

/** Whether a run comes to it by taking the event before it. */
export function isEnteredByTaking({ siblings, index, outer }: Site): boolean {
  const before = siblings[index - 1];
  if (before === undefined) return outer === null || (isPlain(outer.element) && isEnteredByTaking(outer));
  if (before.kind !== "absence") return endsByTaking(before);
  return before.link === "notFollowedBy" && isEnteredByTaking({ siblings, index: index - 1, outer, element: before });
}

/** Steps of which the last event brings a run straight to `site`, if not by way of something that may be left out. */
export function stepsThatEnter({ siblings, index, outer }: Site): readonly StepNode[] {
  const before = siblings[index - 1];
  if (before?.kind === "absence") {
    return before.link === "notNext" ? [] : stepsThatEnter({ siblings, index: index - 1, outer, element: before });
  }
  if (before !== undefined) return stepsThatLeave(before);
  if (outer === null) return [];
  return [...stepsThatEnter(outer), ...(repeats(outer.element) ? stepsThatLeave(outer.element.elements.at(-1)) : [])];
}

/** Steps of which the last event, if it is the last that the element can take, ends it. */
function stepsThatLeave(element: Element | undefined): readonly StepNode[] {
  if (element === undefined || element.kind === "absence" || element.quantifier.max === null) return [];
  return element.kind === "step" ? [element] : stepsThatLeave(element.elements.at(-1));
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
