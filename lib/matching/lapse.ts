// What time does to the groups of a key at its deadline.

import type { State, States } from "../automaton/decide.ts";
import type { PatternAst } from "../pattern/ast.ts";
import type { Instant } from "../time/instant.ts";
import { expire } from "./deadline.ts";
import { frontDue } from "./due.ts";
import type { Forest, Ref } from "./forest.ts";
import { BY_FIRST, BY_LAST, frontOf, withoutFront } from "./listed.ts";
import type { Moving } from "./moving.ts";

/** Moves runs in a list over `at`: those that are due then, which stand in front. Cost: these. */
export function lapse(
  pattern: PatternAst,
  states: States,
  forest: Forest,
  [state, list]: readonly [State, Ref],
  at: Instant,
  moving: Moving,
): void {
  let left = list;
  for (const order of [BY_FIRST, BY_LAST]) {
    while (left !== 0 && frontDue(forest, state, left, order) <= at) {
      const run = frontOf(forest, left, order);
      left = withoutFront(forest, left, order);
      lapseRun(pattern, states, forest, [state, run], at, moving);
    }
  }
  if (left !== 0) moving.keep(state, left);
}

function lapseRun(
  pattern: PatternAst,
  states: States,
  forest: Forest,
  [state, run]: readonly [State, Ref],
  at: Instant,
  moving: Moving,
): void {
  if (state.sinceLastMs === null) {
    // Its window is over, and nothing else can be.
    if (state.endsByTime) moving.complete.push(run);
    else if (!state.reported) moving.timedOut.push(run);
    return;
  }
  const [firstAt, lastAt] = [forest.timeOf(forest.newestOf(run)), forest.timeOf(run)];
  const { waiting, reported, complete, timedOut } = expire(pattern, { ...state, firstAt, lastAt }, at);
  if (timedOut) moving.timedOut.push(run);
  moving.putRuns([run], waiting.length === 0 ? null : states.stateOf(waiting, reported), complete);
}
