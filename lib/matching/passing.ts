// What an event does to the groups of its key: which plan is whose, and who has to be asked one by one.

import { equalitiesOf } from "../automaton/analysis.ts";
import type { Automaton, Step } from "../automaton/automaton.ts";
import type { Plan, State, States } from "../automaton/decide.ts";
import type { Split } from "../automaton/split.ts";
import type { Asking } from "./asking.ts";
import type { Buckets } from "./buckets.ts";
import { sortByValue } from "./by-value.ts";
import { Classes, type EventClass } from "./classes.ts";
import type { Forest, Ref } from "./forest.ts";
import { countOf, onlyThose } from "./listed.ts";
import { type Moving, type Shared, splitsOf } from "./moving.ts";
import type { Rows } from "./rows.ts";
import { equalIn } from "./value-index.ts";

export class Passing {
  readonly #states: States;
  readonly #asking: Asking;
  readonly #rows: Rows;
  readonly #forest: Forest;
  readonly #steps: readonly Step[];
  readonly #moving: Moving;
  readonly #classes: Classes;
  /** The class of the event at hand; `null`: its plain tests cannot be asked. */
  #kind: EventClass | null = null;
  /** What the event at hand does to the groups at hand; `null`: not the same to all runs of one. */
  readonly #plans: (Plan | null)[] = [];

  constructor({ steps }: Automaton, states: States, asking: Asking, rows: Rows, moving: Moving) {
    this.#steps = steps;
    this.#states = states;
    this.#asking = asking;
    this.#rows = rows;
    this.#forest = rows.forest;
    this.#moving = moving;
    this.#classes = new Classes(states, asking.ask, asking.analysis.isPlain);
  }

  /** Makes an event the one at hand. Returns whether it may do anything to anybody. */
  about(value: unknown): boolean {
    const bits = this.#asking.about(value);
    this.#kind = bits < 0 ? null : this.#classes.of(bits);
    return this.#kind === null || !this.#classes.isQuiet(this.#kind);
  }

  /** Which runs begin with the event at hand. */
  begin(): Plan {
    return this.#kind?.begin ?? this.#states.begin(this.#asking.ask);
  }

  /** Finds out what the event at hand does to the groups at hand. Returns whether it changes something. */
  plan(): boolean {
    const { states } = this.#rows;
    let changes = false;
    for (let index = 0; index < states.length; index += 1) {
      const state = states[index] as State;
      const plan = state.back.length > 0 ? this.#planWithout(state) : this.#planOf(state);
      this.#plans[index] = plan;
      if (plan?.isIdle !== true) changes = true;
    }
    return changes;
  }

  /** Moves the groups at hand over the event at hand, as was planned. */
  pass(begin: Plan): void {
    const { states, roots } = this.#rows;
    this.#moving.start();
    for (let index = 0; index < states.length; index += 1) {
      const state = states[index] as State;
      const root = roots[index] as Ref;
      const keeping = this.#moving.keeper.keepingOf(state);
      const plan = this.#plans[index] as Plan | null;
      if (plan?.isIdle === true) this.#moving.keep(state, root);
      else if (keeping === "byValue") this.#passByValue(state, root);
      else if (keeping === "listed") this.#passEach(state, root, plan);
      else if (plan === null) this.#passChosen(state, root);
      else this.#moving.move(plan, root);
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

  /**
   * What it does to runs for which no test holds that looks back, if the event alone tells that this is so for all; `null`: it does
   * not, or somebody would see that tests are asked which perhaps no run asks.
   */
  #planWithout(state: State): Plan | null {
    if (!state.isTame) return null;
    for (const test of state.back) if (this.#asking.mayHold(test)) return null;
    return this.#states.decide(state, this.#asking.askWithout);
  }

  /** Runs in a list, each by itself; where the event does nothing to runs of other values, only those that have its own. */
  #passEach(state: State, list: Ref, plan: Plan | null): void {
    const cells = plan === null ? this.#equalIn(state, list) : null;
    const left = onlyThose(this.#forest, list, cells, (run) => {
      const each = plan ?? this.#states.decide(state, this.#asking.askFor(run));
      const stays = each.stay === state && !each.completes;
      if (!stays) this.#moving.stay(each, run);
      this.#moving.take(each, run);
      return stays;
    });
    if (left !== 0) this.#moving.keep(state, left);
  }

  /** Cells of those runs in a list that the event at hand may do something to; `null`: that is not known. */
  #equalIn(state: State, list: Ref): readonly Ref[] | null {
    const splits = equalitiesOf(state.finding);
    if (splits === null || this.#forest.isTaken(list)) return null;
    const cells = equalIn(this.#forest, this.#asking, splits, list);
    if (cells === null || cells.length === countOf(this.#forest, list)) return null;
    return this.#states.decide(state, this.#asking.askWithout).isIdle ? cells : null;
  }

  /** Runs that let the event pass all alike, while it depends on what each has taken who takes it. */
  #passChosen(state: State, root: Ref): void {
    const plan = this.#states.decide(state, this.#asking.askWhether);
    this.#moving.stay(plan, root);
    for (const take of plan.takes) {
      const { test } = this.#steps[take.step] as Step;
      const taking = this.#asking.analysis.looksBack(test) ? this.#asking.choose(test, root) : root;
      if (taking !== 0) this.#moving.takeBy(take, taking, null);
    }
  }

  /** Runs that are kept by value: those for which tests hold that look back, and the others. */
  #passByValue(state: State, record: Ref): void {
    const forest = this.#forest;
    const moving = this.#moving;
    const splits = splitsOf(state);
    const { value } = splits[0] as Split;
    const buckets = forest.valueOf(record) as Buckets;
    const { found, others } = sortByValue(forest, this.#asking, splits, buckets);
    const rest = others === null ? null : this.#states.decide(state, others);
    const isRestIdle = rest === null || rest.isIdle;
    const moved: { readonly plan: Plan; readonly root: Ref; readonly shared: Shared }[] = [];
    for (const { keys, ask } of found) {
      const plan = this.#states.decide(state, ask);
      if (plan.isIdle && isRestIdle) continue;
      for (const key of keys) {
        const shared = { value, key };
        moved.push({ plan, root: buckets.get(key), shared });
        if (plan.stay !== state || !isRestIdle) buckets.delete(forest, key);
      }
    }
    if (!isRestIdle) {
      for (const [key, root] of buckets.entries()) if (forest.isAlive(root)) moving.move(rest, root, { value, key });
    } else if (buckets.count > 0) {
      moving.keep(state, record);
    }
    for (const { plan, root, shared } of moved) {
      if (plan.stay !== state || !isRestIdle) moving.stay(plan, root, shared);
      moving.take(plan, root, shared);
    }
  }
}
