// Which of many ranges a number is in: a segment tree. The ends cut the numbers into pieces, each end one of its own; a range
// lies at the few nodes that together make up its pieces, and a number finds it on the way up from its own piece.
//
//     ends      -∞    3      7            pieces      -∞  (…)  3  (…)  7  (…)
//     3 … 7     │     ├──────┤                                 └──────┘
//
// Space: O(log n) for each range. Cost of a look-up: O(log n), and what is found.

export type Range<T> = { readonly low: number; readonly high: number; readonly of: T };

export class RangeTable<T> {
  readonly #ends: Float64Array;
  readonly #pieces: number;
  /** By node, from 1 on; pieces are at the bottom. */
  readonly #nodes: (T[] | undefined)[];

  /** Ranges with both ends in, none of them empty. */
  constructor(ranges: readonly Range<T>[]) {
    this.#ends = Float64Array.from(new Set(ranges.flatMap(({ low, high }) => [low, high]))).sort();
    this.#pieces = 2 * this.#ends.length + 1;
    this.#nodes = new Array<T[] | undefined>(2 * this.#pieces).fill(undefined);
    for (const range of ranges) this.#put(range);
  }

  /** Calls `each` for every range that `number` is in, in no particular order. NaN is in none. */
  find(number: number, each: (of: T) => void): void {
    if (Number.isNaN(number)) return;
    const nodes = this.#nodes;
    for (let node = this.#pieceOf(number) + this.#pieces; node > 0; node >>= 1) {
      const found = nodes[node];
      if (found !== undefined) for (let index = 0; index < found.length; index++) each(found[index] as T);
    }
  }

  #put({ low, high, of }: Range<T>): void {
    let left = this.#pieceOf(low) + this.#pieces;
    let right = this.#pieceOf(high) + this.#pieces + 1;
    for (; left < right; left >>= 1, right >>= 1) {
      if (left % 2 === 1) this.#add(left++, of);
      if (right % 2 === 1) this.#add(--right, of);
    }
  }

  #add(node: number, of: T): void {
    const there = this.#nodes[node];
    if (there === undefined) this.#nodes[node] = [of];
    else there.push(of);
  }

  /** Odd: the number is an end. */
  #pieceOf(number: number): number {
    const ends = this.#ends;
    let [low, high] = [0, ends.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((ends[middle] as number) < number) low = middle + 1;
      else high = middle;
    }
    return ends[low] === number ? 2 * low + 1 : 2 * low;
  }
}
