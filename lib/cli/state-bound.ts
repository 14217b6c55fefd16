// What keeps the state of a pattern from growing: time, counts, limits.

import type { Automaton, Wait } from "../automaton/automaton.ts";
import { splitOf } from "../automaton/split.ts";
import { statesOf } from "../automaton/states.ts";
import type { MatcherLimits } from "../matching/matcher.ts";
import type { Element } from "../pattern/ast.ts";
import { dependsOnTaken } from "../pattern/expression/looks-at.ts";
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
  /** How runs are found that wait for a condition on earlier events; all others move together. */
  readonly lookingBack: readonly LookingBack[];
  readonly limits: Pick<MatcherLimits, "maxRunsPerKey" | "maxNodesPerKey" | "onLimit">;
};

/** `of`: the step, or the absence. `found`: by the value that is compared, or by asking each run. */
export type LookingBack = { readonly of: string; readonly found: "byValue" | "oneByOne" };

/** Works out the bound. Cost: that of exploring the states, at most 1,000 of them. */
export function stateBoundOf(automaton: Automaton, limits: StateBound["limits"]): StateBound {
  const { states, complete } = statesOf(automaton);
  const { withinMs } = automaton.pattern;
  return {
    withinMs,
    endlessAfter: withinMs === null ? endlessAfter(automaton) : [],
    maxEventsPerRun: mostEvents(automaton.pattern.elements),
    states: complete ? states.length : null,
    lookingBack: lookingBack(automaton),
    limits,
  };
}

/** The bound in words, one sentence a line. */
export function describeBound({
  withinMs,
  endlessAfter: endless,
  maxEventsPerRun,
  states,
  lookingBack: back,
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
    ...describeCost(back),
    `A key has at most ${count(limits.maxRunsPerKey)} runs with ${count(limits.maxNodesPerKey)} events; beyond that, ${action}.`,
  ];
}

function lookingBack({ tests, pattern }: Automaton): readonly LookingBack[] {
  return tests
    .filter(({ condition }) => condition !== null && dependsOnTaken(condition))
    .map((test) => ({ of: test.of, found: splitOf(test, pattern.tag) === null ? "oneByOne" : "byValue" }));
}

/** What an event costs, one sentence for each way in which runs are found. */
function describeCost(back: readonly LookingBack[]): readonly string[] {
  const named = (found: LookingBack["found"]): string =>
    [...new Set(back.filter((each) => each.found === found).map(({ of }) => `"${of}"`))].join(", ");
  const [byValue, oneByOne] = [named("byValue"), named("oneByOne")];
  return [
    `Runs that wait for the same move together, so an event costs the same however many are open${back.length > 0 ? ", but:" : "."}`,
    ...(byValue === "" ? [] : [`Those that wait for ${byValue} are found by the value that is compared.`]),
    ...(oneByOne === ""
      ? []
      : [
          `Those that wait for ${oneByOne} are each asked: the condition looks at earlier events, and is not one comparison (=, <, ≤, >, ≥) of a value of the event with a value of theirs.`,
        ]),
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
