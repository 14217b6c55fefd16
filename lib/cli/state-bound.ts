// What keeps the state of a pattern from growing: time, counts, limits.

import type { Automaton, Wait } from "../automaton/automaton.ts";
import { statesOf } from "../automaton/states.ts";
import type { MatcherLimits } from "../matching/matcher.ts";
import type { Element } from "../pattern/ast.ts";
import { formatDuration } from "../time/duration.ts";
import { count, counted } from "./figures.ts";

/** What bounds the state of one pattern. */
export type StateBound = {
  /** How long after its first event a run ends at the latest; `null`: no window. */
  readonly withinMs: number | null;
  /** Steps after which a run may wait for ever. */
  readonly endlessAfter: readonly string[];
  /** Most events that one run holds; `null`: a loop has no upper bound. */
  readonly maxEventsPerRun: number | null;
  /** In how many states a run can be; `null`: too many to list. */
  readonly states: number | null;
  readonly limits: Pick<MatcherLimits, "maxRunsPerKey" | "maxNodesPerKey" | "onLimit">;
};

/** Works out the bound. Cost: that of exploring the states, at most 1,000 of them. */
export function stateBoundOf(automaton: Automaton, limits: StateBound["limits"]): StateBound {
  const { states, complete } = statesOf(automaton);
  const { withinMs } = automaton.pattern;
  return {
    withinMs,
    endlessAfter: withinMs === null ? endlessAfter(automaton) : [],
    maxEventsPerRun: mostEvents(automaton.pattern.elements),
    states: complete ? states.length : null,
    limits,
  };
}

/** The bound in words, one sentence a line. */
export function describeBound({
  withinMs,
  endlessAfter: endless,
  maxEventsPerRun,
  states,
  limits,
}: StateBound): readonly string[] {
  const names = endless.map((step) => `"${step}"`).join(", ");
  const inTime =
    withinMs !== null
      ? `A run ends ${formatDuration(withinMs)} after its first event at the latest (within).`
      : endless.length > 0
        ? `Nothing ends a run that waits after ${names}: it is kept for as long as its key is silent. within("10m") would bound it.`
        : "Every wait of a run is bounded in time (maxGap, for).";
  const action = {
    quarantine: "its runs are dropped and a report is sent",
    fail: "the service fails",
    dropOldest: "the oldest are dropped",
  }[limits.onLimit];
  return [
    inTime,
    maxEventsPerRun === null
      ? "A run may hold any number of events: a loop has no upper bound."
      : `A run holds at most ${counted(maxEventsPerRun, "event")}.`,
    states === null
      ? "It can be in more than 1,000 states."
      : `It is in ${states === 1 ? "the only" : `one of ${count(states)}`} state${states === 1 ? "" : "s"}.`,
    `A key has at most ${count(limits.maxRunsPerKey)} runs with ${count(limits.maxNodesPerKey)} events; beyond that, ${action}.`,
  ];
}

function endlessAfter(automaton: Automaton): readonly string[] {
  const endless = automaton.places.filter(({ follow }) => follow.some((id) => isEndless(automaton.waits[id])));
  return [...new Set(endless.map(({ step }) => automaton.steps[step]?.name ?? ""))];
}

function isEndless(wait: Wait | undefined): boolean {
  if (!wait) return false;
  return wait.step === null ? (wait.owesAbsence || wait.guards.length > 0) && wait.forMs === null : wait.gapMs === null;
}

/** Most events that elements take together; `null`: there is no bound. */
function mostEvents(elements: readonly Element[]): number | null {
  let sum = 0;
  for (const element of elements) {
    if (element.kind === "absence") continue;
    const once = element.kind === "group" ? mostEvents(element.elements) : 1;
    if (once === null || element.quantifier.max === null) return null;
    sum += once * element.quantifier.max;
  }
  return sum;
}
