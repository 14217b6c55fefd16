// Offsets whose verdict cannot be found again by reading, since a clock had a say in it. As ranges, for they come in swarms.

import type { SavedRange } from "../state/checkpoint.ts";

export interface Sealed {
  /** Offsets are added in order. */
  add(offset: bigint): void;
  /** Cost: the number of ranges. */
  has(offset: bigint): boolean;
  /** The ranges from `from` on; what is before it is forgotten. */
  save(from: bigint): readonly SavedRange[];
  /** Replaces everything. */
  restore(saved: readonly SavedRange[]): void;
}

type Range = { readonly first: bigint; end: bigint };

export function createSealed(): Sealed {
  let ranges: Range[] = [];
  return {
    add(offset) {
      const last = ranges.at(-1);
      if (last?.end === offset) last.end = offset + 1n;
      else ranges.push({ first: offset, end: offset + 1n });
    },
    has: (offset) => ranges.some(({ first, end }) => first <= offset && offset < end),
    save(from) {
      ranges = ranges.filter(({ end }) => end > from);
      return ranges.map(({ first, end }): SavedRange => [`${first}`, Number(end - first)]);
    },
    restore(saved) {
      ranges = saved.map(([first, count]) => ({ first: BigInt(first), end: BigInt(first) + BigInt(count) }));
    },
  };
}
