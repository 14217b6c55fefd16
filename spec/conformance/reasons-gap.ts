// Reasons that lie in limits on the time between two events. Flink keeps such a limit where a run waits, not where it takes,
// and on some of the states that wait only:
//
//     a single step                     waits in its own state: the limit holds ...
//     after a loop, an option, notNext  ... but not while the run still waits in the state before
//     optional                          ... also for what comes after it, but no longer once an event was passed over
//     times(n, w), oneOrMore(w)         on all states but the last
//     a counted step                    withinPrev is ignored
//     a group                           ignored, but on the state behind a looping group that is not the last of the pattern

import type { GroupNode, StepNode } from "../../lib/pattern/ast.ts";
import { fits } from "./asking.ts";
import type { CaseEvent, FlinkCase } from "./case.ts";
import {
  beforeTrailingAbsences,
  edgeSteps,
  isAbsence,
  isCounted,
  isGroup,
  isStep,
  mayTakeNothing,
  repeats,
  type Site,
  sitesOf,
  trailingAbsences,
  whatPrecedes,
} from "./structure.ts";

type Limited = Site<StepNode | GroupNode> & { readonly gapMs: number };

/** Elements that limit the time between events. */
function limitedSites({ pattern }: FlinkCase): readonly Limited[] {
  return sitesOf(pattern).flatMap((site) => {
    if (!isStep(site) && !isGroup(site)) return [];
    const { maxGapMs } = site.element;
    return maxGapMs === null ? [] : [{ ...site, gapMs: maxGapMs } as Limited];
  });
}

/** gap-on-quantified: the limit holds elsewhere than for every event of the element. */
export function missesGap(asked: FlinkCase): boolean {
  return limitedSites(asked).some(
    (site) => !isExact(site) && pausesOf(asked.events, site).some(({ after }) => after.length > 0),
  );
}

/** Events that may come before one of the element, and those that come after them at the limit or later. */
function pausesOf(
  events: readonly CaseEvent[],
  { gapMs, ...site }: Limited,
): readonly { readonly before: CaseEvent; readonly after: readonly CaseEvent[] }[] {
  const steps = stepsBefore(site);
  return events.flatMap((before, index) => {
    if (!steps.some((step) => fits(step, before))) return [];
    const after = events.slice(index + 1).filter(({ at }) => at - before.at >= gapMs);
    return [{ before, after }];
  });
}

/** Steps whose event may be the last before one of the element; its own among them if it may take several. */
function stepsBefore(site: Site): readonly StepNode[] {
  const before = whatPrecedes(site).flatMap(({ element }) => edgeSteps([element], "last"));
  const around = aroundOf(site).filter(({ element }) => repeats(element));
  return [
    ...before,
    ...around.flatMap(({ element }) => stepsIn(element)),
    ...(repeats(site.element) || site.element.kind === "group" ? stepsIn(site.element) : []),
  ];
}

function stepsIn(element: Site["element"]): readonly StepNode[] {
  if (element.kind === "step") return [element];
  return element.kind === "group" ? element.elements.flatMap(stepsIn) : [];
}

function aroundOf({ outer }: Site): readonly Site<GroupNode>[] {
  return outer === null ? [] : [outer, ...aroundOf(outer)];
}

/** A single step that a run comes to by taking the event before it. */
function isExact(site: Site): boolean {
  return isStep(site) && !isCounted(site.element) && !mayTakeNothing(site.element) && isEnteredByTaking(site);
}

function isEnteredByTaking({ siblings, index, outer }: Site): boolean {
  if (index === 0)
    return outer === null || (!isCounted(outer.element) && !mayTakeNothing(outer.element) && isEnteredByTaking(outer));
  const before = siblings[index - 1];
  if (before === undefined) return false;
  if (before.kind === "absence")
    return before.link === "notFollowedBy" && isEnteredByTaking({ siblings, index: index - 1, outer, element: before });
  return (
    !mayTakeNothing(before) &&
    before.quantifier.min === before.quantifier.max &&
    !(before.kind === "group" && !endsByTaking(before))
  );
}

function endsByTaking({ elements }: GroupNode): boolean {
  const last = elements.at(-1);
  if (last === undefined || last.kind === "absence") return false;
  return (
    !mayTakeNothing(last) &&
    last.quantifier.min === last.quantifier.max &&
    (last.kind !== "group" || endsByTaking(last))
  );
}

/** gap-timeout: a run that a gap ends is reported as timed out. */
export function endsByGap(asked: FlinkCase): boolean {
  return limitedSites(asked).some((site) => pausesOf(asked.events, site).length > 0) || hasGapOnNotNext(asked);
}

/** gap-on-absence: a run that waits for the event after a `notNext` is ended by the limit that stands there. */
export function hasGapOnNotNext({ pattern, events, gapsOnNotNext }: FlinkCase): boolean {
  return sitesOf(pattern).some((site) => {
    if (!isAbsence(site)) return false;
    const gapMs = gapsOnNotNext.get(site.element.name);
    if (gapMs === undefined) return false;
    const steps = whatPrecedes(site).flatMap(({ element }) => edgeSteps([element], "last"));
    return events.some((event, index) => {
      const next = events[index + 1]?.at ?? Number.POSITIVE_INFINITY;
      return steps.some((step) => fits(step, event)) && next - event.at >= gapMs;
    });
  });
}

/** short-absence: a trailing absence with its own time ends at the window already. */
export function endsAtWindow({ pattern, events }: FlinkCase): boolean {
  const { withinMs } = pattern;
  const forMs = trailingAbsences(pattern).find((each) => each.forMs !== null)?.forMs ?? null;
  if (withinMs === null || forMs === null) return false;
  const lasts = edgeSteps(beforeTrailingAbsences(pattern), "last");
  const firsts = edgeSteps(pattern.elements, "first");
  return events.some(
    (last, index) =>
      lasts.some((step) => fits(step, last)) &&
      events
        .slice(0, index + 1)
        .some((first) => firsts.some((step) => fits(step, first)) && first.at + withinMs < last.at + forMs),
  );
}
