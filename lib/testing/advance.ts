// One event and one run. Each wait is looked at on its own: if it takes the event, the run goes on from the target; if
// the event may pass, it goes on waiting. Both may happen (`followedByAny`), or neither: then the wait is gone.

import type { Automaton, PlaceId, StepId } from "../automaton/automaton.ts";
import { type Ask, enter, passOver, takes, type Waiting } from "../automaton/waiting.ts";
import { groupBy } from "../core/group-by.ts";
import { extend, type PlacedEvent, type Run, type Tail } from "../matching/run.ts";

/** What became of a run, or came of it: how it goes on (`null`: it does not), and whether its events are now a match. */
export type Advanced = { readonly tail: Tail; readonly run: Run | null; readonly complete: boolean };

/** Moves one run over `event`: what is left of it comes first, then what it became by taking the event, one per step. */
export function advance(automaton: Automaton, run: Run, event: PlacedEvent, ask: Ask): readonly Advanced[] {
  const { waiting, complete } = passOver(run.waiting, ask);
  const left = waiting.length > 0 ? { ...run, waiting, reported: run.reported || complete } : null;
  return [{ tail: run.tail, run: left, complete }, ...takeUp(automaton, run.tail, run.waiting, event, ask)];
}

/**
 * The runs that arise when `event` is taken, one for each step that takes it. A `tail` of `null` begins a match.
 * Waits of one step are taken together, so there are never two runs with the same events in the same steps.
 */
export function takeUp(
  automaton: Automaton,
  tail: Tail | null,
  waiting: readonly Waiting[],
  event: PlacedEvent,
  ask: Ask,
): readonly Advanced[] {
  const taking = waiting.filter((each) => takes(each, ask));
  return [...groupBy(taking, ({ wait }) => wait.step as StepId)].map(([step, together]) => {
    const places = together.map(({ wait }) => wait.target as PlaceId);
    const longer = extend(tail, step, event);
    const onward = enter(automaton, places);
    const run = { tail: longer, waiting: onward.waiting, reported: onward.complete };
    return { tail: longer, run: onward.waiting.length > 0 ? run : null, complete: onward.complete };
  });
}
