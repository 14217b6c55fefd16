// When a key is next looked at for the sake of time. In a list each of two clocks is over first for the run in front: the
// window for the one that began first, a time of its own for the one whose last event is oldest (listed.ts).

import type { State } from "../automaton/decide.ts";
import { END_OF_TIME, type Instant } from "../time/instant.ts";
import type { Forest, Ref } from "./forest.ts";
import type { KeepingOf } from "./group.ts";
import { BY_FIRST, BY_LAST, frontOf, type Order } from "./listed.ts";
import type { Rows } from "./rows.ts";

/** When time next does something to the row at hand that is seen. `END_OF_TIME`: never. Cost: the groups, however many runs. */
export function dueAt({ forest, states, roots, quietUntil }: Rows, now: Instant, keepingOf: KeepingOf): Instant {
  let due = quietUntil !== null && quietUntil > now ? quietUntil : END_OF_TIME;
  for (let index = 0; index < states.length; index += 1) {
    const state = states[index] as State;
    if (keepingOf(state) !== "listed") continue;
    const list = roots[index] as Ref;
    due = Math.min(due, frontDue(forest, state, list, BY_FIRST), frontDue(forest, state, list, BY_LAST));
  }
  return due;
}

/** When the clock that starts with the events of an order is over for the run in front; `END_OF_TIME`: never. */
export function frontDue(forest: Forest, { sinceFirstMs, sinceLastMs }: State, list: Ref, order: Order): Instant {
  const ms = order === BY_FIRST ? sinceFirstMs : sinceLastMs;
  return ms === null ? END_OF_TIME : forest.timeOf(order.eventOf(forest, frontOf(forest, list, order))) + ms;
}
