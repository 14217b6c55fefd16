// How far a partition is dealt with. Records are read in order of offset but finish in order of time, so the position
// that may be acknowledged is that of the oldest record not yet finished.
//
//     offsets read     4   5   6   7   8          next = 9
//     still waiting        ·       ·              settled = 5

import type { Instant } from "../time/instant.ts";

/** The positions of one partition. */
export interface Positions {
  /** The next offset to read; `null` before the first record. */
  readonly next: bigint | null;
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
  /** A record was read and waits; `newest`: the newest time before it. Cost: O(1) amortised, as for `closed`. */
  opened(offset: bigint, newest: Instant): void;
  /** A record that waited is finished. */
  closed(offset: bigint): void;
}

/** Fewer finished offsets than this at the front of the list are left there. */
const COMPACT_FROM = 1024;

/** The positions of a partition of which nothing was read yet. */
export function createPositions(): Positions {
  let next: bigint | null = null;
  let open: bigint[] = [];
  let newestBefore: Instant[] = [];
  let first = 0;
  const closedAhead = new Set<bigint>();

  const dropClosed = (): void => {
    let oldest = open[first];
    while (oldest !== undefined && closedAhead.delete(oldest)) {
      first += 1;
      oldest = open[first];
    }
    if (first < open.length && (first < COMPACT_FROM || 2 * first < open.length)) return;
    open = open.slice(first);
    newestBefore = newestBefore.slice(first);
    first = 0;
  };

  return {
    get next() {
      return next;
    },
    get settled() {
      return open[first] ?? next;
    },
    get waiting() {
      return open.length - first - closedAhead.size;
    },
    get newestBefore() {
      return newestBefore[first] ?? null;
    },
    begin(offset) {
      next = offset;
    },
    passed(offset) {
      next = offset + 1n;
    },
    opened(offset, newest) {
      next = offset + 1n;
      open.push(offset);
      newestBefore.push(newest);
    },
    closed(offset) {
      closedAhead.add(offset);
      if (offset === open[first]) dropClosed();
    },
  };
}
