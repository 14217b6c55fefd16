// Runs that wait for an event whose value compares with a value of their own, kept by that value.
//
//     e.order = m.placed.order       7 ─▶ runs placed with order 7       an event with order 7 finds them
//                                    9 ─▶ runs placed with order 9
//     e.price > m.start.price        10 ≤ 12 ≤ 15 ≤ …                    an event with price 13 finds all before it

import type { Split } from "../automaton/split.ts";
import { compare } from "../pattern/expression/operators.ts";
import type { Forest, Ref } from "./forest.ts";
import { SortedNumbers } from "./sorted-numbers.ts";

/** For one key. Runs are records of its forest, which has to show it. */
export class Buckets {
  /** Runs, and perhaps some that are dead. */
  count = 0;
  /** No first event is later; 0: there was never a run. */
  newest: Ref = 0;
  readonly #op: Split["op"];
  readonly #negated: boolean;
  readonly #roots = new Map<unknown, Ref>();
  /** The keys that are numbers, in order, where order is asked for. */
  readonly #sorted = new SortedNumbers();
  /** The other keys there. */
  readonly #odd = new Set<unknown>();
  /** The key that was added to last, or one of runs that were found to live: a search for such walks over what was taken out. */
  #living: unknown = undefined;

  constructor({ op, negated }: Split) {
    this.#op = op;
    this.#negated = negated;
  }

  /** Adds runs whose value is `key`. Cost: a look into a table, and for order a search. */
  add(forest: Forest, key: unknown, root: Ref): void {
    const there = this.#roots.get(key);
    this.#living = key;
    this.#roots.set(key, there === undefined ? root : forest.join(root, there));
    this.count += forest.runsOf(root);
    const newest = forest.newestOf(root);
    if (this.newest === 0 || forest.numberOf(this.newest) < forest.numberOf(newest)) this.newest = newest;
    if (there !== undefined || this.#op === "eq") return;
    if (isNumber(key)) this.#sorted.add(key);
    else this.#odd.add(key);
  }

  delete(forest: Forest, key: unknown): void {
    const root = this.#roots.get(key);
    if (root === undefined) return;
    this.count -= forest.runsOf(root);
    this.#roots.delete(key);
    if (this.#op === "eq") return;
    if (isNumber(key)) this.#sorted.delete(key);
    else this.#odd.delete(key);
  }

  /** The keys of the runs for which the comparison with `value` says yes. Cost: those, and a search. */
  keysFor(value: unknown): readonly unknown[] {
    if (this.#op === "eq") return compare("eq", value, value) && this.#roots.has(value) ? [value] : [];
    const isYes = (key: unknown): boolean => compare(this.#op, value, key) !== this.#negated;
    if (!isNumber(value)) return [...this.#roots.keys()].filter(isYes);
    const found = this.#numbersFor(value);
    return this.#odd.size === 0 ? found : [...found, ...[...this.#odd].filter(isYes)];
  }

  /** How many keys there are. */
  get size(): number {
    return this.#roots.size;
  }

  has(key: unknown): boolean {
    return this.#roots.has(key);
  }

  get(key: unknown): Ref {
    return this.#roots.get(key) as Ref;
  }

  entries(): Iterable<[key: unknown, root: Ref]> {
    return this.#roots;
  }

  /** Whether anything lives; it may say so too long. */
  isAlive(forest: Forest): boolean {
    return this.count > 0 && forest.isAlive(this.newest);
  }

  /** Whether anything lives that has none of `keys`. Cost: as many as those; what is dead is dropped on the way to what lives. */
  livesBeside(forest: Forest, keys: ReadonlySet<unknown>): boolean {
    const known = this.#roots.get(this.#living);
    if (known !== undefined && forest.isAlive(known) && !keys.has(this.#living)) return true;
    for (const [key, root] of this.#roots) {
      if (keys.has(key)) continue;
      if (forest.isAlive(root)) {
        this.#living = key;
        return true;
      }
      this.delete(forest, key);
    }
    return false;
  }

  /** Drops what is dead. Cost: the keys. */
  sweep(forest: Forest): void {
    for (const [key, root] of this.#roots) if (!forest.isAlive(root)) this.delete(forest, key);
  }

  /** Follows records that have moved. */
  move(forest: Forest, to: (root: Ref) => Ref): void {
    this.count = 0;
    this.newest = 0;
    for (const [key, root] of this.#roots) {
      const moved = to(root);
      this.#roots.set(key, moved);
      this.count += forest.runsOf(moved);
      const newest = forest.newestOf(moved);
      if (this.newest === 0 || forest.numberOf(this.newest) < forest.numberOf(newest)) this.newest = newest;
    }
  }

  /** Of the keys that are numbers, those for which the comparison says yes. */
  #numbersFor(value: number): readonly number[] {
    switch (this.#op) {
      case "gt":
        return this.#negated ? this.#sorted.above(value, true) : this.#sorted.below(value, false);
      case "gte":
        return this.#negated ? this.#sorted.above(value, false) : this.#sorted.below(value, true);
      case "lt":
        return this.#negated ? this.#sorted.below(value, true) : this.#sorted.above(value, false);
      default:
        return this.#negated ? this.#sorted.below(value, false) : this.#sorted.above(value, true);
    }
  }
}

function isNumber(key: unknown): key is number {
  return typeof key === "number" && !Number.isNaN(key);
}
