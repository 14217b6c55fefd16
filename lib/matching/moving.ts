// The groups of a key on their way over one event, or over an instant: what they become is collected apart, and then replaces
// what they were.

import type { Plan, State, Take } from "../automaton/decide.ts";
import type { Split } from "../automaton/split.ts";
import { empty } from "../core/empty.ts";
import { Buckets } from "./buckets.ts";
import type { Forest, Ref } from "./forest.ts";
import type { Keeping, KeepingOf } from "./group.ts";
import { append, latestIn, listOf, runsIn } from "./listed.ts";
import { flatten, inOrderOfFirst } from "./paths.ts";
import type { Rows } from "./rows.ts";

/** What a matcher knows of its states. */
export type Keeper = {
  readonly keepingOf: KeepingOf;
  /** The value by which a run is kept. */
  readonly valueOf: (split: Split, run: Ref) => unknown;
};

export class Moving {
  readonly states: State[] = [];
  readonly roots: Ref[] = [];
  /** What became matches. */
  readonly complete: Ref[] = [];
  /** Runs of one path whose time was over. */
  readonly timedOut: Ref[] = [];
  readonly #forest: Forest;
  readonly #keeper: Keeper;
  /** Indices of groups that list their runs, not yet in order. */
  readonly #unordered = new Set<number>();

  constructor(forest: Forest, keeper: Keeper) {
    this.#forest = forest;
    this.#keeper = keeper;
  }

  /** Forgets what was collected. */
  start(): void {
    empty(this.states);
    empty(this.roots);
    empty(this.complete);
    empty(this.timedOut);
  }

  /** Moves runs that are kept together, or a run of one path, over the event at hand. */
  move(plan: Plan, root: Ref): void {
    this.stay(plan, root);
    this.take(plan, root);
  }

  /** Runs let the event at hand pass. */
  stay({ stay, completes }: Plan, root: Ref): void {
    this.put(root, stay, completes);
  }

  /** Runs take the event at hand. */
  take({ takes }: Plan, root: Ref): void {
    for (const { step, to, completes } of takes) this.put(this.#forest.take(root, step), to, completes);
  }

  /** A run begins with the event at hand. */
  begin({ step, to, completes }: Take): void {
    this.put(this.#forest.take(0, step), to, completes);
  }

  /** A group that was kept in some way. It may have to be kept in another one: the text of a function decides it. */
  restore(state: State, kept: Keeping, roots: readonly Ref[]): void {
    const isSame = kept === this.#keeper.keepingOf(state);
    for (const root of roots) {
      if (isSame && kept === "byValue") this.#putByValue(root, state);
      else this.put(root, state, false);
    }
  }

  /** A group goes on as it is. */
  keep(state: State, root: Ref): void {
    const index = this.states.indexOf(state);
    if (index < 0) this.#add(state, root);
    else if (this.#keeper.keepingOf(state) === "together") this.#join(index, root);
    else if (this.#keeper.keepingOf(state) === "listed") this.#appendRuns(index, runsIn(this.#forest, root));
    else for (const [key, each] of this.#bucketsOf(root).entries()) this.#bucketsAt(index).add(this.#forest, key, each);
  }

  /** Puts runs of one path, in order of their first events, where they go on. */
  putRuns(runs: readonly Ref[], to: State | null, completes: boolean): void {
    if (completes) for (const run of runs) this.complete.push(run);
    if (to === null || runs.length === 0) return;
    const index = this.states.indexOf(to);
    const keeping = this.#keeper.keepingOf(to);
    if (keeping === "byValue") for (const run of runs) this.#putByValue(run, to);
    else if (keeping === "together") for (const run of runs) this.#putTogether(run, to);
    else if (index < 0) this.#add(to, listOf(this.#forest, runs));
    else this.#appendRuns(index, runs);
  }

  /** Puts runs, however they share what they took, where they go on. */
  put(root: Ref, to: State | null, completes: boolean): void {
    if (completes) this.complete.push(root);
    if (to === null) return;
    if (this.#keeper.keepingOf(to) === "together") this.#putTogether(root, to);
    else this.putRuns(flatten(this.#forest, root), to, false);
  }

  #putTogether(root: Ref, to: State): void {
    const index = this.states.indexOf(to);
    if (index < 0) this.#add(to, root);
    else this.#join(index, root);
  }

  /** Puts runs that all have the same value. */
  #putByValue(root: Ref, state: State): void {
    const forest = this.#forest;
    const split = state.split as Split;
    let index = this.states.indexOf(state);
    if (index < 0) {
      const record = forest.addOther();
      forest.setValue(record, new Buckets(split));
      index = this.#add(state, record);
    }
    let run = root;
    while (!forest.isFlat(run)) run = forest.leftOf(run);
    this.#bucketsAt(index).add(forest, this.#keeper.valueOf(split, run), root);
  }

  #appendRuns(index: number, runs: readonly Ref[]): void {
    const forest = this.#forest;
    const list = this.roots[index] as Ref;
    if (forest.firstOf(latestIn(forest, list)) > forest.firstOf(runs[0] as Ref)) this.#unordered.add(index);
    this.roots[index] = runs.reduce((longer, run) => append(forest, longer, run), list);
  }

  #add(state: State, root: Ref): number {
    this.states.push(state);
    return this.roots.push(root) - 1;
  }

  #join(index: number, root: Ref): void {
    this.roots[index] = this.#forest.join(root, this.roots[index] as Ref);
  }

  #bucketsAt(index: number): Buckets {
    return this.#bucketsOf(this.roots[index] as Ref);
  }

  #bucketsOf(record: Ref): Buckets {
    return this.#forest.valueOf(record) as Buckets;
  }

  /** Makes the groups at hand what they have become. */
  settle({ states, roots }: Rows): void {
    if (this.#unordered.size > 0) this.#order();
    empty(states);
    empty(roots);
    for (let index = 0; index < this.roots.length; index += 1) {
      states.push(this.states[index] as State);
      roots.push(this.roots[index] as Ref);
    }
  }

  #order(): void {
    for (const index of this.#unordered) {
      const runs = inOrderOfFirst(this.#forest, runsIn(this.#forest, this.roots[index] as Ref));
      this.roots[index] = listOf(this.#forest, runs);
    }
    this.#unordered.clear();
  }
}
