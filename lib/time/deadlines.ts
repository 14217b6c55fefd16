// A fixed number of deadlines, each changed often: a tournament. Above each pair stands the one that comes sooner.
//
//             2
//         ┌───┴───┐
//         0       2         soonest: number 2
//       ┌─┴─┐   ┌─┴─┐
//       0   1   2   3

import { END_OF_TIME, type Instant } from "./instant.ts";

/** Deadlines with numbers from 0, at first at the end of time. */
export class Deadlines {
  readonly #at: Float64Array;
  /** From index 1 on, top down; those at the bottom are their own. */
  readonly #winners: Int32Array;
  readonly #size: number;

  constructor(count: number) {
    this.#size = 2 ** Math.ceil(Math.log2(Math.max(count, 2)));
    this.#at = new Float64Array(this.#size).fill(END_OF_TIME);
    this.#winners = Int32Array.from({ length: 2 * this.#size }, (_, index) => leftmost(index, this.#size));
  }

  /** The soonest of them. */
  get soonest(): Instant {
    return this.#at[this.first] as Instant;
  }

  /** Its number; the lowest, if several are as soon. */
  get first(): number {
    return this.#winners[1] as number;
  }

  /** Cost: O(log n). */
  set(number: number, at: Instant): void {
    const all = this.#at;
    if (all[number] === at) return;
    all[number] = at;
    const winners = this.#winners;
    for (let pair = (number + this.#size) >> 1; pair > 0; pair >>= 1) {
      const [left, right] = [winners[2 * pair] as number, winners[2 * pair + 1] as number];
      winners[pair] = (all[right] as Instant) < (all[left] as Instant) ? right : left;
    }
  }
}

/** The number at the left end below an index. */
function leftmost(index: number, size: number): number {
  let at = Math.max(index, 1);
  while (at < size) at *= 2;
  return at - size;
}
