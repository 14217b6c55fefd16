// When a key is next looked at for the sake of time.

import type { State } from "../automaton/decide.ts";
import type { PatternAst } from "../pattern/ast.ts";
import { BEGINNING, END_OF_TIME, type Instant } from "../time/instant.ts";
import { deadlineOf } from "./deadline.ts";
import type { Row } from "./group.ts";
import type { PlacedEvent, Tail } from "./run.ts";

/** When time next does something to a row that is seen; else, when all of it is over. `END_OF_TIME`: never. */
export function dueAt(pattern: PatternAst, { groups, quietUntil }: Row, now: Instant): Instant {
  const withinMs = pattern.withinMs ?? END_OF_TIME;
  let seen = quietUntil !== null && quietUntil > now ? quietUntil : END_OF_TIME;
  let over = BEGINNING;
  for (const { state, root, buckets, runs } of groups) {
    if (root !== null) over = Math.max(over, root.newest.at + withinMs);
    else if (buckets !== null) over = Math.max(over, (buckets.newest as PlacedEvent).at + withinMs);
    else if (state.timed) seen = Math.min(seen, soonest(pattern, state, runs));
    else seen = Math.min(seen, (runs[0] as Tail).first.at + withinMs);
  }
  return seen < END_OF_TIME || over === BEGINNING ? seen : over;
}

function soonest(pattern: PatternAst, { waiting, reported }: State, runs: readonly Tail[]): Instant {
  return runs.reduce(
    (least, tail) => Math.min(least, deadlineOf(pattern, { tail, waiting, reported }) as Instant),
    END_OF_TIME,
  );
}
