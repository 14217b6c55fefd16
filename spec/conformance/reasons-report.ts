// Reasons that lie in what is reported when, and how often.

import type { GroupNode } from "../../lib/pattern/ast.ts";
import { occurInTurn } from "./asking.ts";
import type { FlinkCase } from "./case.ts";
import { waitsInLoop } from "./reasons-absence.ts";
import {
  beforeTrailingAbsences,
  canGrow,
  edgeSteps,
  isGroup,
  mayTakeNothing,
  repeats,
  sitesOf,
  trailingAbsences,
  whatFollows,
} from "./structure.ts";

// timeout-of-match: a run that was reported but could have grown is reported as timed out, too.

export function growsAfterMatch(asked: FlinkCase): boolean {
  const { withinMs, elements } = asked.pattern;
  return withinMs !== null && canGrow(elements) && mayEnd(asked);
}

// deadline-time: a match released by the clock carries the clock's time.

export function isReleasedByClock(asked: FlinkCase): boolean {
  const { pattern, hasSkip } = asked;
  const hasDeadline = pattern.withinMs !== null || trailingAbsences(pattern).some(({ forMs }) => forMs !== null);
  return hasDeadline && (hasSkip || trailingAbsences(pattern).length > 0) && mayEnd(asked);
}

/** Whether an event can be the last of a match. */
function mayEnd({ pattern, events }: FlinkCase): boolean {
  return occurInTurn(events, [edgeSteps(beforeTrailingAbsences(pattern), "last")]);
}

// duplicate: the same events in the same roles are reported once for each way in which they arise, or wait.

export function isAmbiguous(asked: FlinkCase): boolean {
  return (
    (waitsInLoop(asked) && mayEnd(asked)) ||
    sitesOf(asked.pattern).some((site) => isGroup(site) && isAmbiguousGroup(site.element))
  );
}

function isAmbiguousGroup(group: GroupNode): boolean {
  return repeats(group) || (group.quantifier.optional && group.elements.every(mayTakeNothing));
}

/** Before an optional element and behind it, in a loop and behind it. */
export function waitsInSeveralStates({ pattern, events }: FlinkCase): boolean {
  if (pattern.withinMs === null || !occurInTurn(events, [edgeSteps(pattern.elements, "first")])) return false;
  return sitesOf(pattern).some((site) => {
    const goesOn = whatFollows(site).sites.length > 0 || (site.outer !== null && repeats(site.outer.element));
    return goesOn && (repeats(site.element) || mayTakeNothing(site.element));
  });
}
