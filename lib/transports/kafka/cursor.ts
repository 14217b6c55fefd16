// How far one partition is read, delivered, dealt with and committed. kafkajs forgets positions whenever its group shares
// partitions out anew, so they are kept here.
//
//     log      … 4   5   6   7   8 [9]  10  [11] …        [ ]: a marker or a record of an aborted transaction
//                    │           │                │
//                    committed   acknowledged     next     delivered = 11: the record at 10 was the last one handed over
//
// What stands between the last record and `next` is nothing that anybody would have to deal with. So when everything
// delivered is acknowledged, `next` itself is settled, and tools that show lag show none.

import type { TopicPartition } from "../../runtime/ports.ts";

export type Cursor = TopicPartition & {
  /** The next offset to read. */
  next: bigint;
  /** The offset after the last record that was handed over; where reading began, before the first. */
  delivered: bigint;
  /** What stands before it is dealt with. */
  acknowledged: bigint;
  /** The position that the group is known to have; `null`: none, or it may have changed. */
  committed: bigint | null;
  /** The offset after the last record of the partition, as far as is known; `null`: not yet. */
  end: bigint | null;
  /** Whether nothing more stood in the partition when it was last read. */
  caughtUp: boolean;
  /** Whether we asked for no more of it. */
  paused: boolean;
  /** Whether it has to be looked where reading stands, before more is read. */
  astray: boolean;
};

/** What a fetch brought of a partition. */
export type Fetched = {
  /** Where it was asked to begin. */
  readonly from: bigint;
  /** The last offset that it covers. */
  readonly last: bigint;
  /** The offset after the last record of the partition. */
  readonly end: bigint;
};

/** A partition to be read from `position` on. */
export function createCursor({ topic, partition }: TopicPartition, position: bigint): Cursor {
  return {
    topic,
    partition,
    next: position,
    delivered: position,
    acknowledged: position,
    committed: null,
    end: null,
    caughtUp: false,
    paused: false,
    astray: false,
  };
}

/** `fits`: it goes on where reading stands. `old`: all of it was read before. `gap`: it begins behind where reading stands. */
export type Verdict = "fits" | "old" | "gap";

/** Whether what was fetched goes on where reading stands. */
export function judge(cursor: Cursor, { from, last }: Fetched): Verdict {
  if (from > cursor.next) return "gap";
  return last < cursor.next ? "old" : "fits";
}

/** Moves on behind what was fetched. `lastRecord`: the offset of the last record in it, `null` if none was for us. */
export function advance(cursor: Cursor, { last, end }: Fetched, lastRecord: bigint | null): void {
  cursor.next = last + 1n;
  cursor.end = end;
  cursor.caughtUp = cursor.next >= end;
  if (lastRecord !== null) cursor.delivered = lastRecord + 1n;
}

/** The position up to which everything is dealt with. */
export function settled({ acknowledged, delivered, next }: Cursor): bigint {
  return acknowledged >= delivered ? next : acknowledged;
}
