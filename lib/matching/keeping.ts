// How the runs of a state are kept:
//
//     together    as one group: an event does the same to all, or it is looked for who takes it
//     byValue     by a value of theirs that events are compared with
//     listed      each by itself, the oldest first: somebody sees when it ends, or an event has to be asked about each

import type { State } from "../automaton/decide.ts";
import type { PatternAst } from "../pattern/ast.ts";
import type { Keeping } from "./group.ts";
import type { TimedOutReport } from "./matcher.ts";

/** How runs are kept in `state`, if so much of their time-outs is told. */
export function keepingIn(state: State, pattern: PatternAst, timedOut: TimedOutReport): Keeping {
  if (whyListed(state, pattern, timedOut) !== null) return "listed";
  return state.finding.kind === "byValue" ? "byValue" : "together";
}

/** Why each run is kept by itself; `null`: it is not. */
export type WhyListed = "ownTime" | "endSeen" | "asked";

export function whyListed(state: State, pattern: PatternAst, timedOut: TimedOutReport): WhyListed | null {
  if (state.sinceLastMs !== null) return "ownTime";
  if (pattern.withinMs !== null) {
    const isTold = timedOut !== "none" && !state.reported;
    if (state.endsByTime || isTold || pattern.emit === "ordered") return "endSeen";
  }
  return state.finding.kind === "asked" ? "asked" : null;
}
