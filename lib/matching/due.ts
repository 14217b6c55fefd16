// When a key is next looked at for the sake of time.

import type { State } from "../automaton/decide.ts";
import type { PatternAst } from "../pattern/ast.ts";
import { END_OF_TIME, type Instant } from "../time/instant.ts";
import { deadlineOf } from "./deadline.ts";
import type { Forest, Ref } from "./forest.ts";
import { type KeepingOf, spanBelow } from "./group.ts";
import { oldestIn, runsIn } from "./listed.ts";
import type { Rows } from "./rows.ts";

/** When time next does something to the row at hand that is seen. `END_OF_TIME`: never. */
export function dueAt(pattern: PatternAst, rows: Rows, now: Instant, keepingOf: KeepingOf): Instant {
  const { forest, states, roots, quietUntil } = rows;
  const withinMs = pattern.withinMs ?? END_OF_TIME;
  let due = quietUntil !== null && quietUntil > now ? quietUntil : END_OF_TIME;
  for (let index = 0; index < states.length; index += 1) {
    const state = states[index] as State;
    const root = roots[index] as Ref;
    if (keepingOf(state) !== "listed") continue;
    const first = forest.newestOf(oldestIn(forest, root));
    due = Math.min(due, state.timed ? soonest(pattern, state, forest, root) : forest.timeOf(first) + withinMs);
  }
  return due;
}

function soonest(pattern: PatternAst, { waiting, reported }: State, forest: Forest, list: Ref): Instant {
  let least = END_OF_TIME;
  for (const run of runsIn(forest, list)) {
    const deadline = deadlineOf(pattern, { waiting, reported, ...spanBelow(forest, run) }) as Instant;
    least = Math.min(least, deadline);
  }
  return least;
}
