// Which key's deadline comes next. A heap over (instant, key); what was changed or removed stays in the heap
// until it comes to the top or most of the heap is stale.

import { invariant } from "../core/errors.ts";
import { popHeap, pushHeap } from "./heap.ts";
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
      popHeap(heap, isBefore);
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
        invariant(!Number.isNaN(at), `a deadline is an instant (key ${key})`);
        if (deadlines.get(key) === at) return;
        deadlines.set(key, at);
        pushHeap(heap, { at, key }, isBefore);
      }
      if (heap.length > SWEEP_FROM && heap.length > 2 * deadlines.size) sweep();
    },
    peek: () => dropStale()?.at ?? null,
    popDue(until) {
      const top = dropStale();
      if (top === undefined || top.at > until) return null;
      deadlines.delete(top.key);
      popHeap(heap, isBefore);
      return top.key;
    },
  };
}

function isBefore(a: Entry, b: Entry): boolean {
  return a.at < b.at || (a.at === b.at && a.key < b.key);
}
