// What an event does to the groups of its key: which plan is whose, and who has to be asked one by one.

import type { TestId } from "../automaton/automaton.ts";
import type { Plan, State, States } from "../automaton/decide.ts";
import type { Split } from "../automaton/split.ts";
import type { Asking } from "./asking.ts";
import type { Buckets } from "./buckets.ts";
import { Classes, type EventClass } from "./classes.ts";
import type { Forest, Ref } from "./forest.ts";
import { runsIn } from "./listed.ts";
import type { Keeper, Moving } from "./moving.ts";
import type { Rows } from "./rows.ts";

const NONE: ReadonlySet<unknown> = new Set();

export class Passing {
  readonly #states: States;
  readonly #asking: Asking;
  readonly #rows: Rows;
  readonly #forest: Forest;
  readonly #keeper: Keeper;
  readonly #moving: Moving;
  readonly #classes: Classes;
  /** The class of the event at hand; `null`: its plain tests cannot be asked. */
  #kind: EventClass | null = null;

  constructor(states: States, asking: Asking, rows: Rows, keeper: Keeper, moving: Moving) {
    this.#states = states;
    this.#asking = asking;
    this.#rows = rows;
    this.#forest = rows.forest;
    this.#keeper = keeper;
    this.#moving = moving;
    this.#classes = new Classes(states, asking.ask, (test: TestId) => asking.isPlain(test));
  }

  /** Makes an event the one at hand. Returns whether it may do anything to anybody. */
  about(value: unknown): boolean {
    this.#asking.about(value);
    const bits = this.#asking.askPlain();
    this.#kind = bits < 0 ? null : this.#classes.of(bits);
    return this.#kind === null || !this.#classes.isQuiet(this.#kind);
  }

  /** Which runs begin with the event at hand. */
  begin(): Plan {
    return this.#kind?.begin ?? this.#states.begin(this.#asking.ask);
  }

  /** Whether the event at hand changes nothing of the groups at hand. */
  isIdle(): boolean {
    for (const state of this.#rows.states) if (state.looksBack || !this.#planOf(state).isIdle) return false;
    return true;
  }

  /** Moves the groups at hand over the event at hand. */
  pass(begin: Plan): void {
    const { states, roots } = this.#rows;
    this.#moving.start();
    for (let index = 0; index < states.length; index += 1) {
      const state = states[index] as State;
      const root = roots[index] as Ref;
      const keeping = this.#keeper.keepingOf(state);
      if (keeping === "byValue") this.#passByValue(state, root);
      else if (keeping === "listed") this.#passEach(state, root);
      else if (this.#planOf(state).isIdle) this.#moving.keep(state, root);
      else this.#moving.move(this.#planOf(state), root);
    }
    for (const take of begin.takes) this.#moving.begin(take);
  }

  /** States have other numbers now. */
  forget(): void {
    this.#classes.forget();
  }

  /** What the event at hand does to a state in which runs are alike. */
  #planOf(state: State): Plan {
    if (this.#kind === null || !state.isPlain) return this.#states.decide(state, this.#asking.ask);
    return this.#classes.planOf(this.#kind, state);
  }

  #passEach(state: State, list: Ref): void {
    const plan = state.looksBack ? null : this.#planOf(state);
    if (plan?.isIdle === true) {
      this.#moving.keep(state, list);
      return;
    }
    const runs = runsIn(this.#forest, list);
    const staying: Ref[] = [];
    for (const run of runs) {
      const each = plan ?? this.#states.decide(state, this.#asking.askFor(run));
      if (each.stay === state && !each.completes) staying.push(run);
      else this.#moving.stay(each, run);
      this.#moving.take(each, run);
    }
    if (staying.length === runs.length) this.#moving.keep(state, list);
    else this.#moving.putRuns(staying, state, false);
  }

  /** Runs that are kept by value: those for which the one test that looks back holds, and the others. */
  #passByValue(state: State, record: Ref): void {
    const forest = this.#forest;
    const split = state.split as Split;
    const buckets = forest.valueOf(record) as Buckets;
    const asking = this.#asking;
    if (!buckets.livesBeside(forest, NONE)) return;
    const others = this.#states.decide(state, asking.askFirst(split, buckets));
    const { chosen: keys, areAll } = asking;
    const isOne = keys.length === 0 || areAll;
    const plan = isOne ? others : this.#states.decide(state, asking.askIf(split.test, true));
    const areOthersIdle = areAll || others.isIdle;
    const chosen = plan.isIdle && areOthersIdle ? [] : keys;
    const roots = chosen.map((key) => buckets.get(key));
    const isStaying = plan.stay === state && areOthersIdle;
    if (!isStaying) for (const key of chosen) buckets.delete(forest, key);
    if (!areOthersIdle) {
      for (const [, root] of buckets.entries()) if (forest.isAlive(root)) this.#moving.move(others, root);
    } else if (buckets.count > 0) {
      this.#moving.keep(state, record);
    }
    for (const root of roots) {
      if (!isStaying) this.#moving.stay(plan, root);
      this.#moving.take(plan, root);
    }
  }
}
