// What the tests of a pattern say of the event at hand. Those that look at nothing else are asked once.

import type { Automaton, Test, TestId } from "../automaton/automaton.ts";
import type { Analysis } from "../automaton/decide.ts";
import { type Split, splitOf } from "../automaton/split.ts";
import { prepareTest } from "../automaton/test.ts";
import type { Ask } from "../automaton/waiting.ts";
import { dependsOnTaken } from "../pattern/expression/looks-at.ts";
import type { Prepared } from "../pattern/expression/prepare.ts";
import { shapeOf } from "../pattern/shape.ts";
import type { Buckets } from "./buckets.ts";
import { type Horizon, isAlive } from "./forest.ts";
import type { Failure } from "./report.ts";
import { type Tail, TakenView } from "./run.ts";

/** Instead of the value of a run that cannot be read: a getter threw. The test throws whenever it is asked for such a run. */
const UNREADABLE = Symbol();

export class Asking implements Analysis {
  /** Of the functions that threw for the event at hand: that of the first test. */
  failure: (Failure & { readonly test: Test }) | null = null;
  /** Whether what `askIf` gave last was asked for the test that looks back. */
  asked = false;
  readonly #tests: readonly Test[];
  readonly #prepared: readonly Prepared[];
  readonly #looksBack: readonly boolean[];
  readonly #splits: readonly (Split | null)[];
  readonly #taken: TakenView;
  /** What was answered for the event at hand: 1 yes, 0 no, -1 it was not asked. */
  readonly #answers: Int8Array;
  #value: unknown = undefined;
  /** What was thrown last where the value of a run was to be read. */
  #whyUnreadable: unknown = undefined;

  constructor(automaton: Automaton) {
    const { tests, pattern } = automaton;
    this.#tests = tests;
    this.#prepared = tests.map((test) => prepareTest(test, pattern.tag));
    this.#looksBack = tests.map(({ condition }) => condition !== null && dependsOnTaken(condition));
    this.#splits = tests.map((test) => splitOf(test, pattern.tag));
    this.#taken = new TakenView(automaton, shapeOf(pattern));
    this.#answers = new Int8Array(tests.length);
  }

  looksBack(test: TestId): boolean {
    return this.#looksBack[test] as boolean;
  }

  splitBy(test: TestId): Split | null {
    return this.#splits[test] as Split | null;
  }

  /** Makes `value` the event at hand. */
  about(value: unknown): void {
    this.#value = value;
    this.failure = null;
    this.#answers.fill(-1);
  }

  /** Asks tests that do not look back. */
  readonly ask: Ask = (id) => {
    const known = this.#answers[id] as number;
    if (known >= 0) return known === 1;
    const answer = this.#answer(id, null);
    this.#answers[id] = answer ? 1 : 0;
    return answer;
  };

  /** Asks for a run that has taken `tail`. */
  askFor(tail: Tail): Ask {
    return (id) => (this.#looksBack[id] === true ? this.#answer(id, tail) : this.ask(id));
  }

  /** Asks for runs for which it is known what `test` says, the only one that looks back. */
  askIf(test: TestId, holds: boolean): Ask {
    this.asked = false;
    return (id) => {
      if (id !== test) return this.ask(id);
      this.asked = true;
      return holds;
    };
  }

  /** Of runs kept by value, the keys of those for which the test holds. */
  keysFor(split: Split, buckets: Buckets, horizon: Horizon): readonly unknown[] {
    try {
      if (!split.rest(this.#value)) return [];
      const keys = buckets.keysFor(split.ofEvent(this.#value));
      if (!buckets.has(UNREADABLE)) return keys;
      const others = keys.filter((key) => key !== UNREADABLE);
      const isAsked = isAlive(buckets.get(UNREADABLE), horizon);
      return isAsked && this.#failed(split.test, this.#whyUnreadable) ? [...others, UNREADABLE] : others;
    } catch (error) {
      return this.#failed(split.test, error) ? [...buckets.entries()].map(([key]) => key) : [];
    }
  }

  /** The value by which a run is kept. */
  valueOf(split: Split, run: Tail): unknown {
    try {
      return split.ofRun(undefined, this.#taken.about(run));
    } catch (error) {
      this.#whyUnreadable = error;
      return UNREADABLE;
    }
  }

  #answer(id: TestId, tail: Tail | null): boolean {
    const prepared = this.#prepared[id] as Prepared;
    try {
      return tail === null ? prepared(this.#value) : prepared(this.#value, this.#taken.about(tail));
    } catch (error) {
      return this.#failed(id, error);
    }
  }

  /** A test that throws does not hold for a step, and holds for what must not be. */
  #failed(id: TestId, error: unknown): boolean {
    const test = this.#tests[id] as Test;
    if (this.failure === null || id < this.failure.test.id) this.failure = { test, error };
    return test.kind !== "step";
  }
}
