// What time does to the runs of a key at its deadline.

import type { States } from "../automaton/decide.ts";
import type { PatternAst } from "../pattern/ast.ts";
import type { Instant } from "../time/instant.ts";
import { expire } from "./deadline.ts";
import { dropDead, type Group, livesIn } from "./group.ts";
import type { Moving } from "./moving.ts";

/** Moves a group over `at`, the instant that the horizon of `moving` belongs to. */
export function lapse(pattern: PatternAst, states: States, group: Group, at: Instant, moving: Moving): void {
  const { state, runs } = group;
  if (state.timed) {
    // Runs with the same wait, each with a deadline of its own.
    for (const tail of runs) {
      const { run, complete, timedOut } = expire(pattern, { tail, ...state }, at);
      if (timedOut) moving.timedOut.push(tail);
      moving.putRuns([tail], run === null ? null : states.stateOf(run.waiting, run.reported), complete);
    }
    return;
  }
  // The window of the oldest is over.
  for (const tail of runs) {
    if (tail.first.at > moving.horizon.after) break;
    if (state.endsByTime) moving.complete.push({ tail });
    else if (!state.reported) moving.timedOut.push(tail);
  }
  dropDead(group, moving.horizon);
  if (livesIn(group, moving.horizon)) moving.keep(group);
}
