// How many runs of a group live, for one who asks at event after event. Runs die oldest first event first, so of a root it is enough to
// know how many of its runs begin at each first event or later. That is found out for the roots that there are; what is made
// afterwards is added up from these.
//
//     │ a1 │ b2 │ a3 │ ··· │ b4∪b2 │ b5 │ b5∪.. │ c6 │           how many runs has c6?
//       ─────── known ───────────── ─── new ─────────
//       b4∪b2: 3 from a1 on, 1 from a3 on         added up from those
//
// Cost of a question: what was made since roots were looked into, which is done again when that is too much: for r records about the
// square root of r.

import type { Forest, Ref } from "./forest.ts";
import { runsBelow } from "./paths.ts";
import type { Rows } from "./rows.ts";
import type { Address } from "./slab.ts";

/** By number of a first event among `firsts`: how many runs begin there or later. */
type Profile = Float64Array;

export class Living {
  readonly #rows: Pick<Rows, "at" | "forest">;
  readonly #forest: Forest;
  /** Whose records were looked into, and when, by moves of records. */
  #row: Address = 0;
  #moves = -1;
  /** So many of its records are known. */
  #known = 0;
  /** The first events among them, in order, and how many of these are dead. */
  #firsts: Ref[] = [];
  #dead = 0;
  readonly #profiles = new Map<Ref, Profile>();
  /** By known record: how many ways there are down to it. */
  #ways = new Float64Array(64);
  /** By new record, from 1: how many runs of it live. */
  #sums = new Float64Array(64);

  constructor(rows: Pick<Rows, "at" | "forest">) {
    this.#rows = rows;
    this.#forest = rows.forest;
  }

  /** How many runs of a root live; what is one path is taken as it is. */
  count(root: Ref): number {
    const forest = this.#forest;
    if (forest.isFlat(root) || forest.isAlive(forest.oldestOf(root))) return forest.runsOf(root);
    if (this.#row !== this.#rows.at || this.#moves !== forest.moves) {
      // It may be the only question before records are moved.
      this.#row = this.#rows.at;
      this.#moves = forest.moves;
      this.#known = 0;
      return runsBelow(forest, root, (flat) => forest.isAlive(flat))[root] as number;
    }
    const made = root - this.#known;
    if (this.#known === 0 || made * made > 256 * root) this.#look();
    while (this.#dead < this.#firsts.length && !forest.isAlive(this.#firsts[this.#dead] as Ref)) this.#dead += 1;
    return root <= this.#known ? this.#ofKnown(root) : this.#ofNew(root);
  }

  /** From now on all records are known. */
  #look(): void {
    const forest = this.#forest;
    this.#known = forest.used;
    this.#profiles.clear();
    this.#firsts = [];
    this.#dead = 0;
    for (let ref = 1; ref <= forest.used; ref += 1)
      if (forest.isTaken(ref) && forest.leftOf(ref) === 0) this.#firsts.push(ref);
    if (this.#ways.length <= forest.used) this.#ways = new Float64Array(2 * forest.used);
  }

  #ofKnown(root: Ref): number {
    let profile = this.#profiles.get(root);
    if (profile === undefined) {
      profile = this.#profileOf(root);
      this.#profiles.set(root, profile);
    }
    return profile[this.#dead] as number;
  }

  /** Cost: the records up to `root`. */
  #profileOf(root: Ref): Profile {
    const forest = this.#forest;
    const ways = this.#ways.fill(0, 0, this.#known + 1);
    ways[root] = 1;
    for (let ref = root; ref > 0; ref -= 1) {
      const more = ways[ref] as number;
      if (more === 0) continue;
      const left = forest.leftOf(ref);
      if (left !== 0) ways[left] = (ways[left] as number) + more;
      if (forest.isUnion(ref)) ways[forest.rightOf(ref)] = (ways[forest.rightOf(ref)] as number) + more;
    }
    const profile = new Float64Array(this.#firsts.length + 1);
    for (let index = this.#firsts.length - 1; index >= 0; index -= 1)
      profile[index] = (profile[index + 1] as number) + (ways[this.#firsts[index] as Ref] as number);
    return profile;
  }

  #ofNew(root: Ref): number {
    const forest = this.#forest;
    const known = this.#known;
    const made = root - known;
    if (this.#sums.length <= made) this.#sums = new Float64Array(2 * made);
    const sums = this.#sums;
    const of = (ref: Ref): number => (ref > known ? (sums[ref - known] as number) : this.#ofKnown(ref));
    for (let ref = known + 1; ref <= root; ref += 1) {
      if (forest.isUnion(ref)) sums[ref - known] = of(forest.leftOf(ref)) + of(forest.rightOf(ref));
      else if (!forest.isTaken(ref)) sums[ref - known] = 0;
      else sums[ref - known] = forest.isFlat(ref) ? Number(forest.isAlive(ref)) : of(forest.leftOf(ref));
    }
    return sums[made] as number;
  }
}
