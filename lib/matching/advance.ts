// One event and one run. Each wait is looked at on its own: if it takes the event, the run goes on from the target; if
// the event may pass, it goes on waiting. Both may happen (`followedByAny`), or neither: then the wait is gone.

import type { Automaton, PlaceId, StepId, TestId } from "../automaton/automaton.ts";
import { enter, extend, isComplete, type PlacedEvent, type Run, type Tail, type Waiting } from "./run.ts";

/** Whether a test holds for the event, given what the run has taken. */
export type Ask = (test: TestId) => boolean;

/** What became of a run, or came of it: how it goes on (`null`: it does not), and whether its events are now a match. */
export type Advanced = { readonly tail: Tail; readonly run: Run | null; readonly complete: boolean };

/** Moves one run over `event`: what is left of it comes first, then what it became by taking the event, one per step. */
export function advance(automaton: Automaton, run: Run, event: PlacedEvent, ask: Ask): readonly Advanced[] {
  const rest = passOver(run.waiting, ask);
  const complete = rest.some(isComplete);
  const waiting = complete ? rest.filter(({ wait }) => wait.step !== null) : rest;
  const left = waiting.length > 0 ? { ...run, waiting, reported: run.reported || complete } : null;
  return [{ tail: run.tail, run: left, complete }, ...takeUp(automaton, run.tail, run.waiting, event, ask)];
}

/** The runs that begin with `event`. */
export function begin(
  automaton: Automaton,
  start: readonly Waiting[],
  event: PlacedEvent,
  ask: Ask,
): readonly Advanced[] {
  return takeUp(automaton, null, start, event, ask);
}

/** The runs that arise when `event` is taken, one for each step that takes it. */
function takeUp(
  automaton: Automaton,
  tail: Tail | null,
  waiting: readonly Waiting[],
  event: PlacedEvent,
  ask: Ask,
): readonly Advanced[] {
  const targets = new Map<StepId, PlaceId[]>();
  for (const each of waiting) {
    const { step, target } = each.wait;
    if (step === null || target === null || !takes(each, ask)) continue;
    const places = targets.get(step);
    if (places) places.push(target);
    else targets.set(step, [target]);
  }
  return [...targets].map(([step, places]) => {
    const longer = extend(tail, step, event);
    const { waiting: onward, complete } = enter(automaton, places);
    return {
      tail: longer,
      run: onward.length > 0 ? { tail: longer, waiting: onward, reported: complete } : null,
      complete,
    };
  });
}

function takes(waiting: Waiting, ask: Ask): boolean {
  const { take, takeUnless } = waiting.wait;
  return take !== null && !isBlocked(waiting, ask) && ask(take) && !takeUnless.some(ask);
}

function passOver(waiting: readonly Waiting[], ask: Ask): readonly Waiting[] {
  return waiting.flatMap((each) => {
    const { stayUnless } = each.wait;
    if (stayUnless === null || isBlocked(each, ask) || stayUnless.some(ask)) return [];
    const open = each.open.filter((guard) => !guard.consecutive && !guard.until.some(ask));
    return [{ wait: each.wait, fresh: false, open }];
  });
}

/** A greedy loop could have taken the event, or it is the very next one and must not be. */
function isBlocked({ wait, fresh, open }: Waiting, ask: Ask): boolean {
  return open.some((guard) => ask(guard.take) && !guard.until.some(ask)) || (fresh && wait.first.some(ask));
}
