// One partition of an input in saved form, and back. Records that wait for their turn in time are not saved: they are read
// again from `from` on, and what had become of the others below `next` is found again.
//
//     saved         from              next
//     read again ──▶ │ late, bad, sealed, or at or before `released`: dealt with, passed over
//                    │ any other: waits as before              │ new
//
// That a record is late or bad is found again, since it depends on its own partition alone; what a clock decided is in `sealed`.

import type { SavedInput } from "../state/checkpoint.ts";
import { type Instant, restoreInstant, saveInstant } from "../time/instant.ts";
import { createWatermark } from "../time/watermark.ts";
import type { PartitionState } from "./partition.ts";

/** What is known of records that are read again. */
export type Again = {
  /** The first new one. */
  readonly next: bigint;
  /** Up to this time all were dealt with. */
  readonly released: Instant;
  /** The bound by which they were judged. */
  readonly outOfOrdernessMs: number;
};

/** As it stands between two pieces of work: all that may be matched is. */
export function saveInput({ place, input, positions, time, again, sealed, counts }: PartitionState): SavedInput {
  const from = positions.settled;
  const next = again?.next ?? positions.next;
  return {
    topic: place.topic,
    next: next === null ? null : `${next}`,
    from: from === null ? null : `${from}`,
    newest: saveInstant(positions.newestBefore ?? time.newest),
    outOfOrdernessMs: again?.outOfOrdernessMs ?? input.outOfOrdernessMs,
    sealed: from === null ? [] : sealed.save(from),
    counts: { ...counts },
  };
}

/** Puts a fresh partition where `saved` says. `released`: that of its lane. */
export function restoreInput(partition: PartitionState, saved: SavedInput, released: Instant): void {
  Object.assign(partition.counts, saved.counts);
  if (saved.from === null || saved.next === null) return;
  const { outOfOrdernessMs } = saved;
  partition.positions.begin(BigInt(saved.from));
  partition.sealed.restore(saved.sealed);
  partition.time = createWatermark(outOfOrdernessMs, restoreInstant(saved.newest));
  partition.again = { next: BigInt(saved.next), released, outOfOrdernessMs };
  if (saved.from === saved.next) endAgain(partition);
}

/** From here on all records are new, and judged by today's bound. */
export function endAgain(partition: PartitionState): void {
  partition.again = null;
  partition.time = createWatermark(partition.input.outOfOrdernessMs, partition.time.newest);
}
