// Every state that a run can come to, for those who want to know how many there are.

import type { Analysis } from "./analysis.ts";
import type { Automaton, TestId } from "./automaton.ts";
import { createStates, type Plan, type State, testsOf } from "./decide.ts";
import type { Ask } from "./waiting.ts";

export type AllStates = {
  /** In the order in which they are found. */
  readonly states: readonly State[];
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
export function statesOf(automaton: Automaton, limits: StateLimits = {}, analysis: Analysis | null = null): AllStates {
  const { maxStates = 1_000, maxTests = 12 } = limits;
  const { begin, decide, startTests } = createStates(automaton, analysis);
  const found = new Set<State>();
  let complete = true;
  follow(startTests, begin);
  for (const state of found) {
    if (found.size > maxStates) break;
    const tests = [...new Set(state.waiting.flatMap(testsOf))];
    follow(tests, (ask) => decide(state, ask));
  }
  return { states: [...found], complete: complete && found.size <= maxStates };

  /** Adds the states that come of all outcomes of some tests. */
  function follow(tests: readonly TestId[], planFor: (ask: Ask) => Plan): void {
    if (tests.length > maxTests) complete = false;
    for (let outcome = 0; outcome < 2 ** tests.length && tests.length <= maxTests; outcome++) {
      const { stay, takes } = planFor((test) => (outcome >> tests.indexOf(test)) % 2 === 1);
      for (const state of [stay, ...takes.map(({ to }) => to)]) if (state !== null) found.add(state);
    }
  }
}
