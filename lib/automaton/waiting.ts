// What one event does to one wait, and what a run waits for at a place. Only tests are asked; what they look at is not
// known here.

import type { Automaton, Guard, Place, PlaceId, TestId, Wait, WaitId } from "./automaton.ts";

/** One way in which a run may go on. */
export type Waiting = {
  readonly wait: Wait;
  /** The very next event is still to come, and there is something that it must not be. */
  readonly fresh: boolean;
  /** The guards that still bite. */
  readonly open: readonly Guard[];
};

/** Whether a test holds for the event at hand. */
export type Ask = (test: TestId) => boolean;

/** A wait as it stands before any event has passed. */
export function toWaiting(wait: Wait): Waiting {
  return { wait, fresh: wait.first.length > 0, open: wait.guards };
}

/** The waits of a run that has taken nothing yet. */
export function startOf(automaton: Automaton): readonly Waiting[] {
  return automaton.start.map((id) => toWaiting(automaton.waits[id] as Wait));
}

/** The ways to go on from some places, each once, and whether the run is complete as it stands. A complete run does not wait for its end again. */
export function enter(
  automaton: Automaton,
  places: readonly PlaceId[],
): { readonly waiting: readonly Waiting[]; readonly complete: boolean } {
  const ids = new Set<WaitId>(places.flatMap((id) => (automaton.places[id] as Place).follow));
  return withoutEnd([...ids].map((id) => toWaiting(automaton.waits[id] as Wait)));
}

/** Whether the wait takes the event. */
export function takes(waiting: Waiting, ask: Ask): boolean {
  const { take, takeUnless } = waiting.wait;
  return take !== null && !isBlocked(waiting, ask) && ask(take) && !takeUnless.some(ask);
}

/** The waits that let the event pass, and whether the run is complete by that. */
export function passOver(
  waiting: readonly Waiting[],
  ask: Ask,
): { readonly waiting: readonly Waiting[]; readonly complete: boolean } {
  const left = waiting.flatMap((each) => {
    const { stayUnless } = each.wait;
    if (stayUnless === null || isBlocked(each, ask) || stayUnless.some(ask)) return [];
    const open = each.open.filter((guard) => !guard.consecutive && !guard.until.some(ask));
    return [{ wait: each.wait, fresh: false, open }];
  });
  return withoutEnd(left);
}

/** Whether a run with these waits is complete, and what it then still waits for. */
export function withoutEnd(waiting: readonly Waiting[]): {
  readonly waiting: readonly Waiting[];
  readonly complete: boolean;
} {
  const complete = waiting.some(isComplete);
  return { waiting: complete ? waiting.filter(({ wait }) => wait.step !== null) : waiting, complete };
}

/** At the end of the pattern, owing nothing: no absence, no verdict of the very next event, no greedy loop that may grow. */
function isComplete({ wait, fresh, open }: Waiting): boolean {
  return wait.step === null && !wait.owesAbsence && !fresh && open.length === 0;
}

/** A greedy loop could have taken the event, or it is the very next one and must not be. */
function isBlocked({ wait, fresh, open }: Waiting, ask: Ask): boolean {
  return open.some((guard) => ask(guard.take) && !guard.takeUnless.some(ask)) || (fresh && wait.first.some(ask));
}
