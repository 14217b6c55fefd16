// What the tests of a pattern say of the event at hand. Those that look at nothing else are asked once.

import type { Analysis } from "../automaton/analysis.ts";
import type { Automaton, Test, TestId } from "../automaton/automaton.ts";
import type { Split } from "../automaton/split.ts";
import { prepareTest } from "../automaton/test.ts";
import type { Ask } from "../automaton/waiting.ts";
import type { Prepared } from "../pattern/expression/prepare.ts";
import { shapeOf } from "../pattern/shape.ts";
import { Choosing } from "./choosing.ts";
import type { ClassBits } from "./classes.ts";
import type { Forest, Ref } from "./forest.ts";
import { flatten, TakenBelow } from "./paths.ts";
import type { Failure } from "./report.ts";

/** Instead of the value of a run that cannot be read: a getter threw. The test throws whenever it is asked for such a run. */
export const UNREADABLE: unique symbol = Symbol();

export class Asking {
  /** Of the functions that threw for the event at hand: that of the first test. */
  failure: (Failure & { readonly test: Test }) | null = null;
  /** The event at hand. */
  value: unknown = undefined;
  /** What was thrown last where the value of a run was to be read. */
  whyUnreadable: unknown = undefined;
  readonly analysis: Analysis;
  readonly #tests: readonly Test[];
  readonly #prepared: readonly Prepared[];
  readonly #taken: TakenBelow;
  readonly #forest: Forest;
  readonly #choosing: Choosing;
  /** What was answered for the event at hand: 1 yes, 0 no, -1 it was not asked. */
  readonly #answers: Int8Array;
  /** Of tests that look back, as far as the event alone tells: 1 it may hold, 0 it does not, 2 that throws, -1 it was not asked. */
  readonly #mayHold: Int8Array;
  /** Tests that are not plain: what they say is not known of each event. */
  readonly #others: readonly TestId[];

  /** Runs that it asks for are those of the key that `forest` shows. */
  constructor(automaton: Automaton, analysis: Analysis, forest: Forest) {
    const { tests, pattern } = automaton;
    this.analysis = analysis;
    this.#tests = tests;
    this.#prepared = tests.map((test) => prepareTest(test, pattern.tag));
    this.#forest = forest;
    this.#taken = new TakenBelow(automaton, shapeOf(pattern), forest);
    this.#choosing = new Choosing(forest, this.#taken);
    this.#answers = new Int8Array(tests.length);
    this.#mayHold = new Int8Array(tests.length);
    this.#others = tests.map(({ id }) => id).filter((id) => !analysis.isPlain(id));
  }

  /** Makes `value` the event at hand, and asks all plain tests of it: which of them hold, as bits; -1: one cannot be asked, or there is none. */
  about(value: unknown): ClassBits {
    this.value = value;
    this.failure = null;
    for (let index = 0; index < this.#others.length; index += 1) {
      const id = this.#others[index] as TestId;
      this.#answers[id] = -1;
      this.#mayHold[id] = -1;
    }
    const { plain } = this.analysis;
    if (plain.length === 0) return -1;
    let bits = 0;
    try {
      for (let index = 0; index < plain.length; index += 1) {
        const id = plain[index] as TestId;
        const answer = (this.#prepared[id] as Prepared)(this.value);
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

  /** Asks for runs for which no test holds that looks back. */
  readonly askWithout: Ask = (id) => !this.analysis.looksBack(id) && this.ask(id);

  /** Asks whether a test may hold for some run. */
  readonly askWhether: Ask = (id) => (this.analysis.looksBack(id) ? this.mayHold(id) : this.ask(id));

  /** Asks for a run of one path. */
  askFor(run: Ref): Ask {
    return (id) => (this.analysis.looksBack(id) ? this.#answer(id, run) : this.ask(id));
  }

  /** Whether a test that looks back may hold for some run, as far as the event alone tells. */
  mayHold(id: TestId): boolean {
    if (this.#mayHold[id] === -1) this.#mayHold[id] = this.#tell(id);
    return this.#mayHold[id] !== 0;
  }

  #tell(id: TestId): 0 | 1 | 2 {
    try {
      return this.analysis.fits(id)(this.value) ? 1 : 0;
    } catch {
      return 2;
    }
  }

  /** Those of the runs of `root` for which a test holds that `mayHold`, and by which runs are chosen; 0: none. */
  choose(id: TestId, root: Ref): Ref {
    if (this.#mayHold[id] === 2) return this.#chooseEach(id, root);
    try {
      return this.#choosing.choose(root, this.analysis.partsOf(id), this.value);
    } catch {
      return this.#chooseEach(id, root);
    }
  }

  /** What throws for some runs has to be asked run by run, so that it is told as if nobody had shared anything. */
  #chooseEach(id: TestId, root: Ref): Ref {
    const runs = flatten(this.#forest, root).filter((run) => this.#answer(id, run));
    return runs.reduce((older, newer) => (older === 0 ? newer : this.#forest.join(newer, older)), 0);
  }

  /** The value by which runs of `root` are kept: that of the one with the latest first event. */
  valueOf({ ofRun }: Split, root: Ref): unknown {
    try {
      return ofRun(undefined, this.#taken.about(root));
    } catch (error) {
      this.whyUnreadable = error;
      return UNREADABLE;
    }
  }

  /** Whether all runs of `root` certainly have the same value. */
  isShared({ holder }: Split, root: Ref): boolean {
    return holder === null ? this.#forest.isFlat(root) : this.#taken.isShared(root, holder);
  }

  #answer(id: TestId, run: Ref): boolean {
    const prepared = this.#prepared[id] as Prepared;
    try {
      return run === 0 ? prepared(this.value) : prepared(this.value, this.#taken.about(run));
    } catch (error) {
      return this.failed(id, error);
    }
  }

  /** A test that throws does not hold for a step, and holds for what must not be. */
  failed(id: TestId, error: unknown): boolean {
    const test = this.#tests[id] as Test;
    if (this.failure === null || id < this.failure.test.id) this.failure = { test, error };
    return test.kind !== "step";
  }
}
