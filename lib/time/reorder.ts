// Events on their way from order of arrival to order of time. A heap, so that adding to a nearly sorted stream costs a
// comparison or two per event. Times stand in a list of their own, so that entries, which lie far apart in memory, are looked at only
// where times are equal.

import type { Instant } from "./instant.ts";

/** What has a place in time. Of equal instants the lower `rank` (which topic), then the lower `offset` comes first; no two entries have both in common. */
export type Ranked = { readonly at: Instant; readonly rank: number; readonly offset: bigint };

/** Holds events until the watermark has passed them. */
export interface ReorderBuffer<T extends Ranked> {
  readonly size: number;
  /** Cost: O(log n), less for entries newer than most. */
  add(entry: T): void;
  /** Takes out the first entry if its time is at or before `watermark`; else `null`. Cost: O(log n). */
  take(watermark: Instant): T | null;
  /** What it holds, in no particular order. */
  entries(): Iterable<T>;
}

/** Whether `a` comes before `b` in (time, rank, offset). */
export function comesBefore(a: Ranked, b: Ranked): boolean {
  if (a.at !== b.at) return a.at < b.at;
  if (a.rank !== b.rank) return a.rank < b.rank;
  return a.offset < b.offset;
}

/** An empty buffer. What it holds is bounded by those who add: see `limits.maxReorderBytes`. */
export function createReorderBuffer<T extends Ranked>(): ReorderBuffer<T> {
  const times: Instant[] = [];
  const heap: T[] = [];

  /** Puts an entry at `start`, where there is none, or above. */
  const put = (entry: T, at: Instant, start: number): void => {
    let hole = start;
    while (hole > 0) {
      const above = (hole - 1) >> 1;
      const time = times[above] as Instant;
      if (at > time || (at === time && comesBefore(heap[above] as T, entry))) break;
      times[hole] = time;
      heap[hole] = heap[above] as T;
      hole = above;
    }
    times[hole] = at;
    heap[hole] = entry;
  };

  const isFirst = (one: number, other: number): boolean => {
    const at = times[one] as Instant;
    const time = times[other] as Instant;
    return at < time || (at === time && comesBefore(heap[one] as T, heap[other] as T));
  };

  return {
    get size() {
      return heap.length;
    },
    add: (entry) => put(entry, entry.at, heap.length),
    take(watermark) {
      const first = heap[0];
      if (first === undefined || (times[0] as Instant) > watermark) return null;
      const last = heap.pop() as T;
      const at = times.pop() as Instant;
      // Of two below a free place the first moves up.
      let hole = 0;
      for (let below = 1; below < heap.length; below = 2 * hole + 1) {
        if (below + 1 < heap.length && isFirst(below + 1, below)) below += 1;
        times[hole] = times[below] as Instant;
        heap[hole] = heap[below] as T;
        hole = below;
      }
      if (heap.length > 0) put(last, at, hole);
      return first;
    },
    entries: () => heap.values(),
  };
}
