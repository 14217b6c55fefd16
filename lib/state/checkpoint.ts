// What a checkpoint says: how far every partition is dealt with, how far time has come, and which deltas and pages belong to
// it. Plain data that survives JSON; offsets are text, since JSON has no whole numbers of that size.

import { indexFrom, listOf, orNull, record, type Shape, shapeOf, text, tuple } from "../core/shape.ts";
import { type SavedInstant, savedInstant } from "../time/instant.ts";
import { digits } from "./check.ts";

/** A pattern whose state is saved. Pages and deltas name it by its place in the list. */
export type SavedPattern = {
  readonly name: string;
  readonly version: number;
  readonly fingerprint: string;
  /** What of it is a function, and so in no saved form: such as `filter of "paid"`. Left out: nothing. */
  readonly functions?: readonly string[];
  /** The service has no such pattern any more: it only finishes its runs. */
  readonly drains?: true;
};

/** What became of the records of a partition so far. */
export type SavedCounts = {
  readonly records: number;
  readonly onTime: number;
  readonly late: number;
  readonly deadLettered: number;
  readonly skipped: number;
};

/** Offsets that follow each other: the first, and how many. */
export type SavedRange = readonly [first: string, count: number];

/**
 * One partition of an input topic. Records from `from` to before `next` were read; those among them that waited for their turn
 * in time are not saved but read again.
 *
 *     offsets    4   5   6   7   8   9
 *     waiting        ·       ·           from = 5, next = 9
 *     dealt with ·       ·       ·       late, bad, matched: told again by reading, but for what a clock decided (`sealed`)
 */
export type SavedInput = {
  readonly topic: string;
  /** The next offset to read; `null`: nobody has said yet where reading begins. */
  readonly next: string | null;
  readonly from: string | null;
  /** The newest time before the record at `from`. */
  readonly newest: SavedInstant;
  /** The bound that decided what was late. */
  readonly outOfOrdernessMs: number;
  /** Records from `from` on that a clock found bad; in order. */
  readonly sealed: readonly SavedRange[];
  readonly counts: SavedCounts;
};

/** One lane. */
export type SavedLane = {
  readonly partition: number;
  /** Every record at or before this is dealt with, and every deadline has fired. */
  readonly released: SavedInstant;
  readonly inputs: readonly SavedInput[];
  /** Alerts written, by pattern. */
  readonly alerts: readonly number[];
  /** Events that did not concern it and of which its state does not know, by pattern. Without it: none. */
  readonly missed?: readonly number[];
  /** The patterns that may have open runs, by their places. Without it: all. */
  readonly open?: readonly number[];
};

/** Seals what stands before it in its transaction. */
export type Checkpoint = {
  readonly kind: "checkpoint";
  readonly app: string;
  readonly instance: string;
  /** 1, 2, 3 … for the life of the state. */
  readonly seq: number;
  readonly release: number;
  readonly shards: number;
  readonly partitions: number;
  readonly patterns: readonly SavedPattern[];
  readonly lanes: readonly SavedLane[];
  /** No record below this offset is needed; what stands before it may be gone. */
  readonly lowWater: string;
  /** How many blocks of deltas and pages belong to it, and the checksum of their checksums. */
  readonly blocks: { readonly count: number; readonly crc: number };
};

const count = indexFrom(0);
const PATTERN = record({
  name: text,
  version: count,
  fingerprint: text,
  functions: orNone(listOf(text)),
  drains: orNone(shapeOf((value) => value === true, "true")),
});
const COUNTS = record({ records: count, onTime: count, late: count, deadLettered: count, skipped: count });
const INPUT = record({
  topic: text,
  next: orNull(digits),
  from: orNull(digits),
  newest: savedInstant,
  outOfOrdernessMs: count,
  sealed: listOf(tuple(digits, indexFrom(1))),
  counts: COUNTS,
});
const LANE = record({
  partition: count,
  released: savedInstant,
  inputs: listOf(INPUT),
  alerts: listOf(count),
  missed: orNone(listOf(count)),
  open: orNone(listOf(count)),
});

/** What may be left out. */
function orNone(of: Shape): Shape {
  return (value) => (value === undefined ? null : of(value));
}

/** A checkpoint, but for its `kind`. */
export const CHECKPOINT: Shape = record({
  app: text,
  instance: text,
  seq: indexFrom(1),
  release: count,
  shards: indexFrom(1),
  partitions: indexFrom(1),
  patterns: listOf(PATTERN),
  lanes: listOf(LANE),
  lowWater: digits,
  blocks: record({ count, crc: count }),
});
