// How far a partition is dealt with. Records are read in order of offset but finish in order of time, so the position
// that may be acknowledged is that of the oldest record not yet finished.
//
//     offsets read     4   5   6   7   8          next = 9
//     still waiting        ·       ·              settled = 5

import type { Instant } from "../time/instant.ts";

/** Names a record that waits: the first has 0, the next 1 … */
export type Ticket = number;

/** The positions of one partition. */
export interface Positions {
  /** The next offset to read; `null` before the first record. Made anew each time. */
  readonly next: bigint | null;
  /** The offset before it: what is at or below it was read. */
  readonly last: bigint | null;
  /** What stands before this is finished; `null` before the first record. */
  readonly settled: bigint | null;
  /** Records read and not yet finished. */
  readonly waiting: number;
  /** What was given with the oldest record not yet finished; `null`: none waits. */
  readonly newestBefore: Instant | null;
  /** Reading begins here. Before the first record only. */
  begin(next: bigint): void;
  /** A record was read and is finished at once. */
  passed(offset: bigint): void;
  /** A record was read and waits; `newest`: the newest time before it. What it returns names the record for `closed`. Cost: O(1) amortised, as for that. */
  opened(offset: bigint, newest: Instant): Ticket;
  /** A record that waited is finished. Once for each. */
  closed(ticket: Ticket): void;
}

/** Fewer finished offsets than this at the front of the list are left there. */
const COMPACT_FROM = 1024;

/** The positions of a partition of which nothing was read yet. */
export function createPositions(): Positions {
  let last: bigint | null = null;
  /** `null`: it is finished, but one before it is not. */
  let open: (bigint | null)[] = [];
  let newestBefore: Instant[] = [];
  let first = 0;
  /** The ticket of what stands first in the list. */
  let base: Ticket = 0;
  let waiting = 0;

  const dropClosed = (): void => {
    while (open[first] === null) first += 1;
    if (first < open.length && (first < COMPACT_FROM || 2 * first < open.length)) return;
    open = open.slice(first);
    newestBefore = newestBefore.slice(first);
    base += first;
    first = 0;
  };

  return {
    get next() {
      return last === null ? null : last + 1n;
    },
    get last() {
      return last;
    },
    get settled() {
      return open[first] ?? this.next;
    },
    get waiting() {
      return waiting;
    },
    get newestBefore() {
      return newestBefore[first] ?? null;
    },
    begin(next) {
      last = next - 1n;
    },
    passed(offset) {
      last = offset;
    },
    opened(offset, newest) {
      last = offset;
      waiting += 1;
      newestBefore.push(newest);
      return base + open.push(offset) - 1;
    },
    closed(ticket) {
      open[ticket - base] = null;
      waiting -= 1;
      dropClosed();
    },
  };
}
