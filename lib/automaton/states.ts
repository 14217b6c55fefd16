// States by role. Where a pattern is ambiguous, a place has several waits of one step. The waits of one step that a run
// may hold together form one state: taking an event leads to the union of what follows, split by step again. So each
// distinct match arises exactly once. Waits of different steps are never joined: that determinisation would explode.

import { groupBy } from "../core/group-by.ts";
import type { Automaton, PlaceId, StepId, TestId, Wait } from "./automaton.ts";
import { type Ask, enter, passOver, startOf, takes, type Waiting } from "./waiting.ts";

/** Index into the list of states. */
export type StateId = number;

/** What a run waits for, for one step (`null`: the end). */
export type State = {
  readonly id: StateId;
  readonly step: StepId | null;
  readonly waiting: readonly Waiting[];
  /** What may follow, by taking an event or by letting one pass; each once. */
  readonly next: readonly StateId[];
};

export type States = {
  readonly states: readonly State[];
  /** Those that a first event may lead to. */
  readonly start: readonly StateId[];
  /** Whether these are all: `false` if a bound was passed. */
  readonly complete: boolean;
};

export type StateLimits = {
  /** Default 1,000. */
  readonly maxStates?: number;
  /** A state that asks more tests than this is not followed: it has two outcomes for each. Default 12. */
  readonly maxTests?: number;
};

/**
 * Explores every state that a run can come to, taking tests as independent of each other, so it may list a state that no
 * stream reaches. Cost: states times two to the number of tests of each.
 */
export function statesOf(automaton: Automaton, limits: StateLimits = {}): States {
  const { maxStates = 1_000, maxTests = 12 } = limits;
  const ids = new Map<string, StateId>();
  const states: State[] = [];
  let complete = true;
  const start = follow(startOf(automaton), () => ({ waiting: [] }));
  for (let id = 0; id < states.length && states.length <= maxStates; id++) {
    const state = states[id] as State;
    states[id] = { ...state, next: follow(state.waiting, passOver) };
  }
  return { states, start, complete: complete && states.length <= maxStates };

  /** The states that come of some waits, over all outcomes of their tests. */
  function follow(
    waiting: readonly Waiting[],
    pass: (waiting: readonly Waiting[], ask: Ask) => Pick<State, "waiting">,
  ): readonly StateId[] {
    const tests = [...new Set(waiting.flatMap(testsOf))];
    if (tests.length > maxTests) complete = false;
    const next = new Set<StateId>();
    for (let outcome = 0; outcome < 2 ** tests.length && tests.length <= maxTests; outcome++) {
      const ask: Ask = (test) => (outcome >> tests.indexOf(test)) % 2 === 1;
      const taken = groupBy(
        waiting.filter((each) => takes(each, ask)),
        ({ wait }) => wait.step,
      );
      for (const together of taken.values()) {
        const targets = together.map(({ wait }) => wait.target as PlaceId);
        for (const id of split(enter(automaton, targets).waiting)) next.add(id);
      }
      for (const id of split(pass(waiting, ask).waiting)) next.add(id);
    }
    return [...next];
  }

  function split(waiting: readonly Waiting[]): readonly StateId[] {
    return [...groupBy(waiting, ({ wait }) => wait.step)].map(([step, together]) => stateOf(step, together));
  }

  function stateOf(step: StepId | null, waiting: readonly Waiting[]): StateId {
    const key = waiting.map(keyOf).sort().join(" ");
    const id = ids.get(key) ?? states.push({ id: states.length, step, waiting, next: [] }) - 1;
    ids.set(key, id);
    return id;
  }
}

function keyOf({ wait, fresh, open }: Waiting): string {
  return `${wait.id}${fresh ? "!" : ""}${open.map((guard) => wait.guards.indexOf(guard))}`;
}

function testsOf({ wait, open }: Waiting): readonly TestId[] {
  const own: Wait = wait;
  return [
    ...(own.take === null ? [] : [own.take]),
    ...own.takeUnless,
    ...(own.stayUnless ?? []),
    ...own.first,
    ...open.flatMap((guard) => [guard.take, ...guard.takeUnless]),
  ];
}
