// Events on their way from order of arrival to order of time. A heap, so that adding to a nearly sorted stream costs a
// comparison or two per event.

import { popHeap, pushHeap } from "./heap.ts";
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
  const heap: T[] = [];
  return {
    get size() {
      return heap.length;
    },
    add: (entry) => pushHeap(heap, entry, comesBefore),
    take(watermark) {
      const first = heap[0];
      if (first === undefined || first.at > watermark) return null;
      popHeap(heap, comesBefore);
      return first;
    },
    entries: () => heap.values(),
  };
}
