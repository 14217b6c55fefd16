// The groups of a key on their way over one event, or over an instant: what they become is collected apart, and then replaces
// what they were.

import type { Plan, State, Take } from "../automaton/decide.ts";
import type { Split } from "../automaton/split.ts";
import { invariant } from "../core/errors.ts";
import { Buckets } from "./buckets.ts";
import { type Horizon, join, leaf, type Node, output, runsOf } from "./forest.ts";
import { type Group, nodeOf } from "./group.ts";
import { type Complete, extend, type PlacedEvent, type Tail } from "./run.ts";

/** How the runs of a state are kept: together, by a value of theirs, or each by itself. */
export type Keeping = "together" | "byValue" | "listed";

/** What a matcher knows of its states. */
export type Keeper = {
  readonly keepingOf: (state: State) => Keeping;
  /** The value by which a run is kept. */
  readonly valueOf: (split: Split, run: Tail) => unknown;
};

export class Moving {
  readonly groups: Group[] = [];
  readonly complete: Complete[] = [];
  readonly timedOut: Tail[] = [];
  /** Taken events that were added. */
  events = 0;
  readonly horizon: Horizon;
  readonly #keeper: Keeper;
  /** Groups that list their runs, not yet in order. */
  readonly #unordered: Group[] = [];

  constructor(horizon: Horizon, keeper: Keeper) {
    this.horizon = horizon;
    this.#keeper = keeper;
  }

  /** Moves the runs of a group, of which all live, over `event`. */
  move(plan: Plan, group: Group, event: PlacedEvent): void {
    if (plan.isIdle) this.keep(group);
    else if (group.root === null) this.moveRuns(plan, group.runs, event);
    else this.moveNode(plan, group.root, event);
  }

  moveRuns({ stay, completes, takes }: Plan, runs: readonly Tail[], event: PlacedEvent): void {
    this.putRuns(runs, stay, completes);
    for (const { step, to, completes: isComplete } of takes) {
      this.events += runs.length;
      this.putRuns(
        runs.map((run) => extend(run, step, event)),
        to,
        isComplete,
      );
    }
  }

  moveNode({ stay, completes, takes }: Plan, root: Node, event: PlacedEvent): void {
    this.#putNode(root, stay, completes);
    for (const { step, to, completes: isComplete } of takes) {
      this.events += 1;
      this.#putNode(output(root, step, event), to, isComplete);
    }
  }

  /** A run begins. */
  begin({ step, to, completes }: Take, event: PlacedEvent): void {
    this.events += 1;
    this.putRuns([extend(null, step, event)], to, completes);
  }

  /** The group goes on as it is. */
  keep(group: Group): void {
    const { state, root, buckets, runs } = group;
    const there = this.#find(state);
    if (there === undefined) this.groups.push(group);
    else if (root !== null) there.root = join(root, there.root as Node);
    else if (buckets !== null) for (const [key, node] of buckets.entries()) there.buckets?.add(key, node);
    else this.#addRuns(runs, state);
  }

  /** Puts runs, in order of their first events, where they go on. */
  putRuns(runs: readonly Tail[], to: State | null, completes: boolean): void {
    if (completes) for (const tail of runs) this.complete.push({ tail });
    if (to === null || runs.length === 0) return;
    const keeping = this.#keeper.keepingOf(to);
    if (keeping === "listed") this.#addRuns(runs, to);
    else if (keeping === "together") this.#addNode(nodeOf(runs), to);
    else this.#addByValue(runs, to);
  }

  #putNode(node: Node, to: State | null, completes: boolean): void {
    if (completes || (to !== null && this.#keeper.keepingOf(to) !== "together")) {
      const runs = runsOf(node, this.horizon).sort(byFirst);
      this.putRuns(runs, to !== null && this.#keeper.keepingOf(to) === "together" ? null : to, completes);
    }
    if (to !== null && this.#keeper.keepingOf(to) === "together") this.#addNode(node, to);
  }

  #addNode(node: Node, state: State): void {
    const there = this.#find(state);
    if (there === undefined) this.groups.push({ state, root: node, buckets: null, runs: [] });
    else there.root = join(node, there.root as Node);
  }

  #addByValue(runs: readonly Tail[], state: State): void {
    const split = state.split as Split;
    let there = this.#find(state);
    if (there === undefined) {
      there = { state, root: null, buckets: new Buckets(split), runs: [] };
      this.groups.push(there);
    }
    for (const run of runs) there.buckets?.add(this.#keeper.valueOf(split, run), leaf(run));
  }

  #addRuns(runs: readonly Tail[], state: State): void {
    const there = this.#find(state);
    if (there === undefined) {
      this.groups.push({ state, root: null, buckets: null, runs: [...runs] });
      return;
    }
    const last = there.runs.at(-1);
    invariant(last !== undefined, "that a group that lists its runs has one");
    if (byFirst(last, runs[0] as Tail) > 0) this.#unordered.push(there);
    for (const run of runs) there.runs.push(run);
  }

  /** What the groups have become. */
  settled(): Group[] {
    for (const group of this.#unordered) group.runs.sort(byFirst);
    return this.groups;
  }

  #find(state: State): Group | undefined {
    for (const group of this.groups) if (group.state === state) return group;
    return undefined;
  }
}

function byFirst(left: Tail, right: Tail): number {
  return left.first.position - right.first.position;
}
