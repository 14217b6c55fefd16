// What time does to the groups of a key at its deadline.

import type { State, States } from "../automaton/decide.ts";
import type { PatternAst } from "../pattern/ast.ts";
import type { Instant } from "../time/instant.ts";
import { expire } from "./deadline.ts";
import type { Forest, Ref } from "./forest.ts";
import { spanBelow } from "./group.ts";
import { oldestIn, runsIn, withoutOldest } from "./listed.ts";
import type { Moving } from "./moving.ts";

/** Moves runs with the same wait, each with a deadline of its own, over `at`. */
export function lapseEach(
  pattern: PatternAst,
  states: States,
  forest: Forest,
  [state, list]: readonly [State, Ref],
  at: Instant,
  moving: Moving,
): void {
  const runs = runsIn(forest, list);
  const staying: Ref[] = [];
  for (const run of runs) {
    const { waiting, reported, complete, timedOut } = expire(pattern, { ...state, ...spanBelow(forest, run) }, at);
    const to = waiting.length === 0 ? null : states.stateOf(waiting, reported);
    if (timedOut) moving.timedOut.push(run);
    if (to === state && !complete) staying.push(run);
    else moving.putRuns([run], to, complete);
  }
  if (staying.length === runs.length) moving.keep(state, list);
  else moving.putRuns(staying, state, false);
}

/** The window of the oldest runs in a list is over. */
export function lapseOldest(forest: Forest, state: State, list: Ref, moving: Moving): void {
  let left = list;
  while (left !== 0 && !forest.isAlive(oldestIn(forest, left))) {
    const run = oldestIn(forest, left);
    if (state.endsByTime) moving.complete.push(run);
    else if (!state.reported) moving.timedOut.push(run);
    left = withoutOldest(forest, left);
  }
  if (left !== 0) moving.keep(state, left);
}
