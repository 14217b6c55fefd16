// Events of which the plain tests of a pattern say the same are of one class, and what a class does to a state is worked out once.
// An event whose class does nothing to any state costs no more than to find its class.
//
//     event ── tests: a no, b no, c yes ──▶ class 100 ──▶ begin: nothing    state { b }: nothing    state { c }: take c

import type { TestId } from "../automaton/automaton.ts";
import type { Plan, State, States } from "../automaton/decide.ts";
import type { Ask } from "../automaton/waiting.ts";

/** Which plain tests hold, as bits. */
export type ClassBits = number;

/** What events of one class do. */
export type EventClass = {
  /** `null`: not only plain tests decide which runs begin. */
  readonly begin: Plan | null;
  /** By number of the state, as they are asked for. */
  readonly plans: (Plan | undefined)[];
  /** So many states were looked at, and nothing happens to those. */
  quiet: number;
  /** Something happens to some state, or to one that not only plain tests decide. */
  isHeard: boolean;
};

/** With more, those that come anew are worth less than the memory they take. */
const MOST_CLASSES = 1_000;
/** With more states it is not worth looking at each. */
const MOST_STATES = 64;

export class Classes {
  readonly #states: States;
  readonly #ask: Ask;
  readonly #isStartPlain: boolean;
  readonly #known = new Map<ClassBits, EventClass>();

  /** `ask` answers for the event at hand, whose class is asked for. */
  constructor(states: States, ask: Ask, isPlain: (test: TestId) => boolean) {
    this.#states = states;
    this.#ask = ask;
    this.#isStartPlain = states.startTests.every(isPlain);
  }

  of(bits: ClassBits): EventClass {
    return this.#known.get(bits) ?? this.#add(bits);
  }

  #add(bits: ClassBits): EventClass {
    if (this.#known.size >= MOST_CLASSES) this.#known.clear();
    const begin = this.#isStartPlain ? this.#states.begin(this.#ask) : null;
    const added = { begin, plans: [], quiet: 0, isHeard: begin?.isIdle !== true };
    this.#known.set(bits, added);
    return added;
  }

  /** What the event at hand, which is of this class, does to a state that plain tests decide. */
  planOf({ plans }: EventClass, state: State): Plan {
    const known = plans[state.id];
    if (known !== undefined) return known;
    const plan = this.#states.decide(state, this.#ask);
    plans[state.id] = plan;
    return plan;
  }

  /** Whether nothing happens, whatever is open. */
  isQuiet(kind: EventClass): boolean {
    while (!kind.isHeard && kind.quiet < this.#states.size()) {
      const state = this.#states.at(kind.quiet);
      if (kind.quiet >= MOST_STATES || !state.isPlain || !this.planOf(kind, state).isIdle) kind.isHeard = true;
      else kind.quiet += 1;
    }
    return !kind.isHeard;
  }

  /** States have other numbers now. */
  forget(): void {
    this.#known.clear();
  }
}
