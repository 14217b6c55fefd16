// Which key's deadline comes next. A binary heap over (instant, key); what was changed or removed stays in the heap
// until it comes to the top or most of the heap is stale.

import { invariant } from "../core/errors.ts";
import type { Instant } from "./instant.ts";

/** Keys with one deadline each, soonest first; of equal instants the key that sorts first by UTF-16 code unit. */
export interface DeadlineQueue {
  /** How many keys have a deadline. */
  readonly size: number;
  /** Gives `key` the deadline `at` instead of the one it had; `null` takes it away. Cost: O(log n). */
  set(key: string, at: Instant | null): void;
  /** The soonest deadline; `null`: there is none. */
  peek(): Instant | null;
  /** Removes the soonest deadline if it is at or before `until`, and returns its key; else `null`. Cost: O(log n). */
  popDue(until: Instant): string | null;
}

type Entry = { readonly at: Instant; readonly key: string };

/** Below this many entries a heap is not worth sweeping. */
const SWEEP_FROM = 64;

/**
 * An empty queue.
 *
 * Space: at most twice the number of keys that have a deadline, and a few dozen.
 */
export function createDeadlineQueue(): DeadlineQueue {
  const deadlines = new Map<string, Instant>();
  let heap: Entry[] = [];

  const dropStale = (): Entry | undefined => {
    let top = heap[0];
    while (top !== undefined && deadlines.get(top.key) !== top.at) {
      removeTop(heap);
      top = heap[0];
    }
    return top;
  };

  const sweep = (): void => {
    heap = [...deadlines].map(([key, at]) => ({ at, key })).sort((a, b) => (isBefore(a, b) ? -1 : 1));
  };

  return {
    get size() {
      return deadlines.size;
    },
    set(key, at) {
      if (at === null) {
        deadlines.delete(key);
      } else {
        invariant(!Number.isNaN(at), `that the deadline of ${key} is an instant`);
        if (deadlines.get(key) === at) return;
        deadlines.set(key, at);
        insert(heap, { at, key });
      }
      if (heap.length > SWEEP_FROM && heap.length > 2 * deadlines.size) sweep();
    },
    peek: () => dropStale()?.at ?? null,
    popDue(until) {
      const top = dropStale();
      if (top === undefined || top.at > until) return null;
      deadlines.delete(top.key);
      removeTop(heap);
      return top.key;
    },
  };
}

function isBefore(a: Entry, b: Entry): boolean {
  return a.at < b.at || (a.at === b.at && a.key < b.key);
}

function insert(heap: Entry[], entry: Entry): void {
  let hole = heap.length;
  while (hole > 0) {
    const above = (hole - 1) >> 1;
    const parent = heap[above] as Entry;
    if (!isBefore(entry, parent)) break;
    heap[hole] = parent;
    hole = above;
  }
  heap[hole] = entry;
}

function removeTop(heap: Entry[]): void {
  const last = heap.pop();
  if (last === undefined || heap.length === 0) return;
  let hole = 0;
  for (;;) {
    const left = 2 * hole + 1;
    if (left >= heap.length) break;
    const right = left + 1;
    const below = right < heap.length && isBefore(heap[right] as Entry, heap[left] as Entry) ? right : left;
    if (!isBefore(heap[below] as Entry, last)) break;
    heap[hole] = heap[below] as Entry;
    hole = below;
  }
  heap[hole] = last;
}
