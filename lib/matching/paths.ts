// The runs of a group one by one, for those who have to see each: whoever reports, lists or counts them.

import type { Automaton, Step } from "../automaton/automaton.ts";
import type { Holder } from "../automaton/split.ts";
import type { Taken } from "../pattern/expression/evaluate.ts";
import { type Arity, toMatchObject } from "../pattern/shape.ts";
import { popHeap, pushHeap } from "../time/heap.ts";
import type { Forest, Ref } from "./forest.ts";
import { type KeepingOf, rootsOf } from "./group.ts";
import type { Rows } from "./rows.ts";
import { extend, inOrder, type PlacedEvent, type Run, type Tail, tailOf } from "./run.ts";

/** Events that follow a run of one path, first to last. */
type Suffix = { readonly taken: Ref; readonly next: Suffix | null };

/** Visits the runs that live, in no order that means anything: each is `flat`, and then what is behind it. Cost: what they hold. */
function eachRun(forest: Forest, root: Ref, visit: (flat: Ref, suffix: Suffix | null) => void): void {
  const open: { ref: Ref; suffix: Suffix | null }[] = [{ ref: root, suffix: null }];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { ref, suffix } = next;
    if (!forest.isAlive(ref)) continue;
    if (forest.isFlat(ref)) {
      visit(ref, suffix);
    } else if (forest.isUnion(ref)) {
      open.push({ ref: forest.rightOf(ref), suffix }, { ref: forest.leftOf(ref), suffix });
    } else {
      open.push({ ref: forest.leftOf(ref), suffix: { taken: ref, next: suffix } });
    }
  }
}

/**
 * The runs that live, each of one path, in order of their first events. What they shared behind a union is written for each. What is
 * one path is taken as it is.
 */
export function flatten(forest: Forest, root: Ref): Ref[] {
  if (forest.isFlat(root)) return [root];
  const runs: Ref[] = [];
  eachRun(forest, root, (flat, suffix) => {
    let run = flat;
    for (let at = suffix; at !== null; at = at.next) run = forest.extend(run, at.taken);
    runs.push(run);
  });
  return inOrderOfFirst(forest, runs);
}

/** `runs`, each of one path, sorted. */
export function inOrderOfFirst(forest: Forest, runs: Ref[]): Ref[] {
  return runs.sort((left, right) => forest.firstOf(left) - forest.firstOf(right));
}

/** By record up to `last`: how many runs are in it, of those which `counts` is true of, each of one path. Cost: the records, however many runs. */
export function runsBelow(forest: Forest, last: Ref, counts: (flat: Ref) => boolean): Float64Array {
  const runs = new Float64Array(last + 1);
  const of = (ref: Ref): number => runs[ref] as number;
  for (let ref = 1; ref <= last; ref += 1) {
    if (!forest.isTaken(ref)) runs[ref] = forest.isUnion(ref) ? of(forest.leftOf(ref)) + of(forest.rightOf(ref)) : 0;
    else runs[ref] = forest.isFlat(ref) ? Number(counts(ref)) : of(forest.leftOf(ref));
  }
  return runs;
}

/** A record and what follows it, on the way down to runs. */
type Way = { readonly ref: Ref; readonly suffix: Suffix | null; readonly first: number; readonly turn: number };

function isLater(one: Way, other: Way): boolean {
  return one.first > other.first || (one.first === other.first && one.turn > other.turn);
}

/** Runs as tails, as long as no record is moved. What they share is made once; but for the first one, which mostly is alone. */
export class Tails {
  readonly #forest: Forest;
  #flat: Map<Ref, Tail> | null = null;
  #events: Map<Ref, PlacedEvent> | null = null;
  #isFirst = true;

  constructor(forest: Forest) {
    this.#forest = forest;
  }

  /** The runs that live, in no order that means anything. What is one path is taken as it is. */
  below(root: Ref): Tail[] {
    if (this.#forest.isFlat(root)) return [this.of(root)];
    const tails: Tail[] = [];
    eachRun(this.#forest, root, (flat, suffix) => tails.push(this.#along(flat, suffix)));
    return tails;
  }

  /**
   * The `most` runs with the latest first events, and up to so many `alike` that share the earliest of these. Which of those does not
   * depend on what is dead below. Cost: those, each with the unions on the way to it.
   */
  latest(roots: readonly Ref[], most: number, alike: number): Tail[] {
    const forest = this.#forest;
    const open: Way[] = [];
    let turn = 0;
    const add = (ref: Ref, suffix: Suffix | null): void => {
      turn += 1;
      pushHeap(open, { ref, suffix, first: forest.firstOf(ref), turn }, isLater);
    };
    for (const root of roots) add(root, null);
    const tails: Tail[] = [];
    let last = 0;
    for (let next = popHeap(open, isLater); next !== undefined; next = popHeap(open, isLater)) {
      const isFull = tails.length >= most;
      if (isFull && (next.first < last || tails.length >= most + alike)) break;
      last = next.first;
      // What is on the left begins as late as all of it, so nothing else is next.
      let { ref, suffix } = next;
      for (; !forest.isFlat(ref); ref = forest.leftOf(ref)) {
        if (!forest.isUnion(ref)) {
          suffix = { taken: ref, next: suffix };
          continue;
        }
        const right = forest.rightOf(ref);
        if (isFull ? forest.firstOf(right) === last : forest.isAlive(right)) add(right, suffix);
      }
      tails.push(this.#along(ref, suffix));
    }
    return tails;
  }

  #along(flat: Ref, suffix: Suffix | null): Tail {
    let tail = this.of(flat);
    for (let at = suffix; at !== null; at = at.next)
      tail = extend(tail, this.#forest.stepOf(at.taken), this.#eventOf(at.taken));
    return tail;
  }

  /** A run of one path. */
  of(flat: Ref): Tail {
    const forest = this.#forest;
    if (!this.#isFirst) this.#flat ??= new Map();
    this.#isFirst = false;
    const unknown: Ref[] = [];
    let at = flat;
    for (; at !== 0 && this.#flat?.has(at) !== true; at = forest.leftOf(at)) unknown.push(at);
    let tail = this.#flat?.get(at) ?? null;
    for (let index = unknown.length - 1; index >= 0; index -= 1) {
      const ref = unknown[index] as Ref;
      tail = extend(tail, forest.stepOf(ref), eventOf(forest, ref));
      this.#flat?.set(ref, tail);
    }
    return tail as Tail;
  }

  /** An event that several runs took. */
  #eventOf(ref: Ref): PlacedEvent {
    this.#events ??= new Map();
    const event = this.#events.get(ref) ?? eventOf(this.#forest, ref);
    this.#events.set(ref, event);
    return event;
  }
}

function eventOf(forest: Forest, ref: Ref): PlacedEvent {
  return {
    value: forest.valueOf(ref),
    at: forest.timeOf(ref),
    origin: forest.originOf(ref),
    position: forest.numberOf(ref),
  };
}

/** The open runs of the row at hand, without those that are dead, in order of their events. */
export function openRuns({ forest, states, roots }: Rows, keepingOf: KeepingOf): readonly Run[] {
  const tails = new Tails(forest);
  const runs = states.flatMap((state, index) =>
    rootsOf(forest, roots[index] as Ref, keepingOf(state))
      .flatMap((root) => tails.below(root))
      .map((tail) => ({ ...state, tail })),
  );
  return inOrder(runs, tailOf);
}

/** Some runs of one path. */
export function tailsOf(forest: Forest, runs: readonly Ref[]): readonly Tail[] {
  if (runs.length === 0) return [];
  const tails = new Tails(forest);
  return runs.map((run) => tails.of(run));
}

const NOTHING: readonly Ref[] = [];

/** The events of one run after another, as conditions see them. What is asked often makes no list. */
export class TakenBelow implements Taken {
  readonly #steps: readonly Step[];
  readonly #shape: ReadonlyMap<string, Arity>;
  readonly #forest: Forest;
  #run: Ref = 0;
  /** What was taken behind it, last to first. */
  #way: readonly Ref[] = NOTHING;

  constructor({ steps }: Automaton, shape: ReadonlyMap<string, Arity>, forest: Forest) {
    this.#steps = steps;
    this.#shape = shape;
    this.#forest = forest;
  }

  /** Makes it show a run of `root`, the one with the latest first event, and of a `way` to it what was taken behind it, last to first. */
  about(root: Ref, way: readonly Ref[] = NOTHING): this {
    this.#run = root;
    this.#way = way;
    return this;
  }

  of(step: string): readonly unknown[] {
    const events: unknown[] = [];
    for (const at of this.#way) if (this.#isOf(at, step)) events.push(this.#forest.valueOf(at));
    for (let at = this.#run; at !== 0; at = this.#forest.leftOf(at))
      if (this.#isOf(at, step)) events.push(this.#forest.valueOf(at));
    return events.reverse();
  }

  at(step: string, index: number): unknown {
    if (index > 0) return this.of(step)[index];
    let found: unknown;
    let left = index;
    for (const at of this.#way) {
      if (!this.#isOf(at, step)) continue;
      if (index === 0) found = this.#forest.valueOf(at);
      else if (++left === 0) return this.#forest.valueOf(at);
    }
    for (let at = this.#run; at !== 0; at = this.#forest.leftOf(at)) {
      if (!this.#isOf(at, step)) continue;
      if (index === 0) found = this.#forest.valueOf(at);
      else if (++left === 0) return this.#forest.valueOf(at);
    }
    return found;
  }

  /** Whether all runs of `root` have the same event there: it was taken after what tells them apart. */
  isShared(root: Ref, { step, at }: Holder): boolean {
    const forest = this.#forest;
    if (forest.isFlat(root)) return true;
    let isMet = false;
    for (let ref = root; forest.isTaken(ref); ref = forest.leftOf(ref)) {
      if (this.#isOf(ref, step)) isMet = true;
      else if (isMet) return true;
    }
    return isMet && at !== "first";
  }

  get match(): object {
    return toMatchObject(this.#shape, (step) => this.of(step));
  }

  #isOf(ref: Ref, name: string): boolean {
    return this.#forest.isTaken(ref) && (this.#steps[this.#forest.stepOf(ref)] as Step).name === name;
  }
}
