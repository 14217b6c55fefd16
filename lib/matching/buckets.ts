// Runs that wait for an event whose value compares with a value of their own, kept by that value.
//
//     e.order = m.placed.order       7 ─▶ runs placed with order 7       an event with order 7 finds them
//                                    9 ─▶ runs placed with order 9
//     e.price > m.start.price        10 ≤ 12 ≤ 15 ≤ …                    an event with price 13 finds all before it

import type { Split } from "../automaton/split.ts";
import { compare } from "../pattern/expression/operators.ts";
import { type Horizon, isAlive, join, type Node } from "./forest.ts";
import type { PlacedEvent } from "./run.ts";
import { SortedNumbers } from "./sorted-numbers.ts";

export class Buckets {
  /** Runs, and perhaps some that are dead. */
  count = 0;
  /** No first event is later; `null`: there was never a run. */
  newest: PlacedEvent | null = null;
  readonly #op: Split["op"];
  readonly #negated: boolean;
  readonly #nodes = new Map<unknown, Node>();
  /** The keys that are numbers, in order, where order is asked for. */
  readonly #sorted = new SortedNumbers();
  /** The other keys there. */
  readonly #odd = new Set<unknown>();

  constructor({ op, negated }: Split) {
    this.#op = op;
    this.#negated = negated;
  }

  /** Adds runs whose value is `key`. Cost: a look into a table, and for order a search. */
  add(key: unknown, node: Node): void {
    const there = this.#nodes.get(key);
    this.#nodes.set(key, there === undefined ? node : join(node, there));
    this.count += node.count;
    if (this.newest === null || this.newest.position < node.newest.position) this.newest = node.newest;
    if (there !== undefined || this.#op === "eq") return;
    if (isNumber(key)) this.#sorted.add(key);
    else this.#odd.add(key);
  }

  delete(key: unknown): void {
    const node = this.#nodes.get(key);
    if (node === undefined) return;
    this.count -= node.count;
    this.#nodes.delete(key);
    if (this.#op === "eq") return;
    if (isNumber(key)) this.#sorted.delete(key);
    else this.#odd.delete(key);
  }

  /** The keys of the runs for which the comparison with `value` says yes. Cost: those, and a search. */
  keysFor(value: unknown): readonly unknown[] {
    if (this.#op === "eq") return compare("eq", value, value) && this.#nodes.has(value) ? [value] : [];
    const isYes = (key: unknown): boolean => compare(this.#op, value, key) !== this.#negated;
    if (!isNumber(value)) return [...this.#nodes.keys()].filter(isYes);
    const found = this.#numbersFor(value);
    return this.#odd.size === 0 ? found : [...found, ...[...this.#odd].filter(isYes)];
  }

  has(key: unknown): boolean {
    return this.#nodes.has(key);
  }

  get(key: unknown): Node {
    return this.#nodes.get(key) as Node;
  }

  entries(): Iterable<[key: unknown, node: Node]> {
    return this.#nodes;
  }

  /** Drops what is dead. Cost: the keys. */
  sweep(horizon: Horizon): void {
    for (const [key, node] of [...this.#nodes]) if (!isAlive(node, horizon)) this.delete(key);
  }

  /** Sets the count right, once those of the nodes are. */
  recount(): void {
    this.count = 0;
    for (const node of this.#nodes.values()) this.count += node.count;
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
