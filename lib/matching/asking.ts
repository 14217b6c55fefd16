// What the tests of a pattern say of the event at hand. Those that look at nothing else are asked once.

import type { Automaton, Test, TestId } from "../automaton/automaton.ts";
import type { Analysis } from "../automaton/decide.ts";
import { callsFunctions, type Split, splitOf } from "../automaton/split.ts";
import { prepareTest } from "../automaton/test.ts";
import type { Ask } from "../automaton/waiting.ts";
import { dependsOnTaken } from "../pattern/expression/looks-at.ts";
import type { Prepared } from "../pattern/expression/prepare.ts";
import { shapeOf } from "../pattern/shape.ts";
import type { Buckets } from "./buckets.ts";
import type { ClassBits } from "./classes.ts";
import type { Forest, Ref } from "./forest.ts";
import { TakenBelow } from "./paths.ts";
import type { Failure } from "./report.ts";

/** Instead of the value of a run that cannot be read: a getter threw. The test throws whenever it is asked for such a run. */
const UNREADABLE = Symbol();

/** As many as there are bits, but for the sign. */
const MOST_PLAIN = 31;

export class Asking implements Analysis {
  /** Of the functions that threw for the event at hand: that of the first test. */
  failure: (Failure & { readonly test: Test }) | null = null;
  /** Of the runs that `askFirst` was asked for last: the keys of those for which the test that looks back holds. */
  chosen: readonly unknown[] = [];
  /** Whether those are all that live. */
  areAll = false;
  readonly #tests: readonly Test[];
  readonly #prepared: readonly Prepared[];
  readonly #looksBack: readonly boolean[];
  /** Numbers of the plain tests. */
  readonly #plain: readonly TestId[];
  readonly #splits: readonly (Split | null)[];
  readonly #taken: TakenBelow;
  readonly #forest: Forest;
  /** What was answered for the event at hand: 1 yes, 0 no, -1 it was not asked. */
  readonly #answers: Int8Array;
  #value: unknown = undefined;
  /** What was thrown last where the value of a run was to be read. */
  #whyUnreadable: unknown = undefined;

  /** Runs that it asks for are those of the key that `forest` shows. */
  constructor(automaton: Automaton, forest: Forest) {
    const { tests, pattern } = automaton;
    this.#tests = tests;
    this.#prepared = tests.map((test) => prepareTest(test, pattern.tag));
    this.#looksBack = tests.map(({ condition }) => condition !== null && dependsOnTaken(condition));
    this.#plain = tests
      .filter((test) => isPlain(test))
      .map(({ id }) => id)
      .slice(0, MOST_PLAIN);
    this.#splits = tests.map((test) => splitOf(test, pattern.tag));
    this.#forest = forest;
    this.#taken = new TakenBelow(automaton, shapeOf(pattern), forest);
    this.#answers = new Int8Array(tests.length);
  }

  looksBack(test: TestId): boolean {
    return this.#looksBack[test] as boolean;
  }

  isPlain(test: TestId): boolean {
    return this.#plain.includes(test);
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

  /** Asks all plain tests of the event at hand, which of them hold as bits; -1: one cannot be asked, or there is none. */
  askPlain(): ClassBits {
    if (this.#plain.length === 0) return -1;
    let bits = 0;
    try {
      for (let index = 0; index < this.#plain.length; index += 1) {
        const id = this.#plain[index] as TestId;
        const answer = (this.#prepared[id] as Prepared)(this.#value);
        this.#answers[id] = answer ? 1 : 0;
        if (answer) bits |= 1 << index;
      }
    } catch {
      // Only tests that have to be asked may say what they throw.
      this.#answers.fill(-1);
      return -1;
    }
    return bits;
  }

  /** Asks tests that do not look back. */
  readonly ask: Ask = (id) => {
    const known = this.#answers[id] as number;
    if (known >= 0) return known === 1;
    const answer = this.#answer(id, 0);
    this.#answers[id] = answer ? 1 : 0;
    return answer;
  };

  /** Asks for a run of one path. */
  askFor(run: Ref): Ask {
    return (id) => (this.#looksBack[id] === true ? this.#answer(id, run) : this.ask(id));
  }

  /** Asks for runs for which it is known what `test` says, the only one that looks back. */
  askIf(test: TestId, holds: boolean): Ask {
    return (id) => (id === test ? holds : this.ask(id));
  }

  /**
   * Asks for runs kept by value: for those for which the test that looks back does not hold, or, if it holds for all that live, for
   * these. So no function is called that no run asks.
   */
  askFirst(split: Split, buckets: Buckets): Ask {
    this.chosen = [];
    this.areAll = false;
    let isKnown = false;
    return (id) => {
      if (id !== split.test) return this.ask(id);
      if (!isKnown) {
        this.chosen = this.#keysFor(split, buckets).filter((key) => this.#forest.isAlive(buckets.get(key)));
        this.areAll = this.chosen.length > 0 && !buckets.livesBeside(this.#forest, new Set(this.chosen));
        isKnown = true;
      }
      return this.areAll;
    };
  }

  /** Of runs kept by value, the keys of those for which the test holds. */
  #keysFor(split: Split, buckets: Buckets): readonly unknown[] {
    try {
      if (!split.rest(this.#value)) return [];
      const keys = buckets.keysFor(split.ofEvent(this.#value));
      if (!buckets.has(UNREADABLE)) return keys;
      const others = keys.filter((key) => key !== UNREADABLE);
      const isAsked = this.#forest.isAlive(buckets.get(UNREADABLE));
      return isAsked && this.#failed(split.test, this.#whyUnreadable) ? [...others, UNREADABLE] : others;
    } catch (error) {
      return this.#failed(split.test, error) ? [...buckets.entries()].map(([key]) => key) : [];
    }
  }

  /** The value by which a run is kept. */
  valueOf(split: Split, run: Ref): unknown {
    try {
      return split.ofRun(undefined, this.#taken.about(run));
    } catch (error) {
      this.#whyUnreadable = error;
      return UNREADABLE;
    }
  }

  #answer(id: TestId, run: Ref): boolean {
    const prepared = this.#prepared[id] as Prepared;
    try {
      return run === 0 ? prepared(this.#value) : prepared(this.#value, this.#taken.about(run));
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

/** Functions that users wrote may count how often they are called. */
function isPlain({ condition }: Test): boolean {
  return condition === null || (!dependsOnTaken(condition) && !callsFunctions(condition));
}
