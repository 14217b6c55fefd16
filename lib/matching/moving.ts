// The groups of a key on their way over one event, or over an instant: what they become is collected apart, and then replaces
// what they were.

import type { Plan, State, Take } from "../automaton/decide.ts";
import type { Split } from "../automaton/split.ts";
import { empty } from "../core/empty.ts";
import { invariant } from "../core/errors.ts";
import { Buckets } from "./buckets.ts";
import type { Forest, Ref } from "./forest.ts";
import type { Keeping, KeepingOf } from "./group.ts";
import { countOf, insert, listOf, runsIn } from "./listed.ts";
import { flatten } from "./paths.ts";
import type { Rows } from "./rows.ts";

/** What a matcher knows of its states. */
export type Keeper = {
  readonly keepingOf: KeepingOf;
  /** The value by which runs are kept: that of the one with the latest first event. */
  readonly valueOf: (split: Split, root: Ref) => unknown;
  /** Whether all of them certainly have that value. */
  readonly isShared: (split: Split, root: Ref) => boolean;
};

/** A value that all runs of a group have: its name (`null`: it may be another one when more is taken), and what it is. */
export type Shared = { readonly value: string | null; readonly key: unknown };

/** By what the runs of a state are kept by value. */
export function splitsOf({ finding }: State): readonly Split[] {
  invariant(finding.kind === "byValue", "that runs are kept by value");
  return finding.splits;
}

export class Moving {
  readonly states: State[] = [];
  readonly roots: Ref[] = [];
  /** What became matches. */
  readonly complete: Ref[] = [];
  /** Runs of one path whose time was over. */
  readonly timedOut: Ref[] = [];
  readonly keeper: Keeper;
  readonly #forest: Forest;
  /** By index of a group that lists its runs: those that are still to be put into the list. */
  readonly #arrivals = new Map<number, Ref[]>();

  constructor(forest: Forest, keeper: Keeper) {
    this.#forest = forest;
    this.keeper = keeper;
  }

  /** Forgets what was collected. */
  start(): void {
    empty(this.states);
    empty(this.roots);
    empty(this.complete);
    empty(this.timedOut);
    if (this.#arrivals.size > 0) this.#arrivals.clear();
  }

  /** Moves runs that are kept together, or a run of one path, over the event at hand. `shared`: what is known of them. */
  move(plan: Plan, root: Ref, shared: Shared | null = null): void {
    this.stay(plan, root, shared);
    this.take(plan, root, shared);
  }

  /** Runs let the event at hand pass. */
  stay({ stay, completes }: Plan, root: Ref, shared: Shared | null = null): void {
    this.put(root, stay, completes, shared);
  }

  /** Runs take the event at hand. */
  take({ takes }: Plan, root: Ref, shared: Shared | null = null): void {
    for (const take of takes) this.takeBy(take, root, shared);
  }

  /** Runs take the event at hand for one step. */
  takeBy({ step, to, completes }: Take, root: Ref, shared: Shared | null): void {
    this.put(this.#forest.take(root, step), to, completes, shared);
  }

  /** A run begins with the event at hand. */
  begin({ step, to, completes }: Take): void {
    this.put(this.#forest.take(0, step), to, completes);
  }

  /** A group that was kept in some way. It may have to be kept in another one: the text of a function decides it. */
  restore(state: State, kept: Keeping, roots: readonly Ref[]): void {
    const isSame = kept === this.keeper.keepingOf(state);
    for (const root of roots) {
      if (isSame && kept === "byValue") this.#putByValue(root, state, null);
      else this.put(root, state, false);
    }
  }

  /** A group goes on as it is. Cost: where some came to it before, those or the group, whichever is less. */
  keep(state: State, root: Ref): void {
    const index = this.states.indexOf(state);
    if (index < 0) {
      this.#add(state, root);
      return;
    }
    const forest = this.#forest;
    const there = this.roots[index] as Ref;
    const keeping = this.keeper.keepingOf(state);
    if (keeping === "together") {
      this.#join(index, root);
    } else if (keeping === "listed") {
      const isLonger = countOf(forest, root) > countOf(forest, there);
      if (isLonger) this.roots[index] = root;
      this.#arrive(index, runsIn(forest, isLonger ? there : root));
    } else {
      const isLarger = this.#bucketsOf(root).size > this.#bucketsOf(there).size;
      if (isLarger) this.roots[index] = root;
      const added = this.#bucketsOf(isLarger ? there : root).entries();
      for (const [key, each] of added) this.#bucketsAt(index).add(forest, key, each);
    }
  }

  /** Puts runs of one path where they go on. */
  putRuns(runs: readonly Ref[], to: State | null, completes: boolean): void {
    if (completes) for (const run of runs) this.complete.push(run);
    if (to === null || runs.length === 0) return;
    const index = this.states.indexOf(to);
    const keeping = this.keeper.keepingOf(to);
    if (keeping === "byValue") for (const run of runs) this.#putByValue(run, to, null);
    else if (keeping === "together") for (const run of runs) this.#putTogether(run, to);
    else if (index < 0) this.#add(to, listOf(this.#forest, runs));
    else this.#arrive(index, runs);
  }

  /** Puts runs, however they share what they took, where they go on. */
  put(root: Ref, to: State | null, completes: boolean, shared: Shared | null = null): void {
    if (completes) this.complete.push(root);
    if (to === null) return;
    const keeping = this.keeper.keepingOf(to);
    if (keeping === "together") this.#putTogether(root, to);
    else if (keeping === "byValue" && this.#isOneValue(root, to, shared)) this.#putByValue(root, to, shared);
    else this.putRuns(flatten(this.#forest, root), to, false);
  }

  /** Whether runs have one value in `to`: they had it before and have it for good, or it is of an event that they share. */
  #isOneValue(root: Ref, to: State, shared: Shared | null): boolean {
    const [split] = splitsOf(to) as readonly [Split];
    return isFixed(split, shared) || this.keeper.isShared(split, root);
  }

  #putTogether(root: Ref, to: State): void {
    const index = this.states.indexOf(to);
    if (index < 0) this.#add(to, root);
    else this.#join(index, root);
  }

  /** Puts runs that all have the same value. */
  #putByValue(root: Ref, state: State, shared: Shared | null): void {
    const forest = this.#forest;
    const [split] = splitsOf(state) as readonly [Split];
    let index = this.states.indexOf(state);
    if (index < 0) {
      const record = forest.addOther();
      forest.setValue(record, new Buckets(split));
      index = this.#add(state, record);
    }
    const key = isFixed(split, shared) ? shared.key : this.keeper.valueOf(split, root);
    this.#bucketsAt(index).add(forest, key, root);
  }

  #arrive(index: number, runs: readonly Ref[]): void {
    const others = this.#arrivals.get(index);
    if (others === undefined) this.#arrivals.set(index, [...runs]);
    else for (const run of runs) others.push(run);
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
    if (this.#arrivals.size > 0)
      for (const [index, runs] of this.#arrivals)
        this.roots[index] = insert(this.#forest, this.roots[index] as Ref, runs);
    empty(states);
    empty(roots);
    for (let index = 0; index < this.roots.length; index += 1) {
      states.push(this.states[index] as State);
      roots.push(this.roots[index] as Ref);
    }
  }
}

function isFixed(split: Split, shared: Shared | null): shared is Shared {
  return shared !== null && shared.value !== null && shared.value === split.value;
}
