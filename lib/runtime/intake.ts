// What the source said and the task has not taken yet, in order. Batches are handed on in pieces, so that a large one does
// not keep others from their turn.

import type { Instant } from "../time/instant.ts";
import type { InputBatch, TopicPartition } from "./ports.ts";
import { sizeOf } from "./record-size.ts";
import type { TaskInput } from "./task.ts";

/** What waits here: as the source said it, a batch with the time it was read. */
export type IntakeItem = Extract<TaskInput, { readonly kind: "assigned" | "batch" | "ended" }>;

export interface Intake {
  readonly isEmpty: boolean;
  /** Bytes of all records that wait. */
  readonly bytes: number;
  push(item: IntakeItem): void;
  /** The next item; of a batch at most `maxRecords` records. `null`: nothing waits. */
  next(maxRecords: number): IntakeItem | null;
  /** Whether records of this partition wait. */
  holds(partition: TopicPartition): boolean;
}

/** What a record costs beside its bytes. An estimate. */
const RECORD_BYTES = 64;

export function createIntake(): Intake {
  let items: IntakeItem[] = [];
  let first = 0;
  /** Records of the first batch that were handed on already. */
  let taken = 0;
  let bytes = 0;

  const advance = (): void => {
    first += 1;
    taken = 0;
    if (2 * first < items.length) return;
    items = items.slice(first);
    first = 0;
  };

  const nextPiece = (batch: InputBatch, readAt: Instant, maxRecords: number): IntakeItem => {
    const records = batch.records.slice(taken, taken + maxRecords);
    taken += records.length;
    bytes -= bytesOf(records);
    const isLast = taken === batch.records.length;
    if (isLast) advance();
    return { kind: "batch", batch: { ...batch, records, caughtUp: batch.caughtUp && isLast }, readAt };
  };

  return {
    get isEmpty() {
      return first === items.length;
    },
    get bytes() {
      return bytes;
    },
    push(item) {
      items.push(item);
      if (item.kind === "batch") bytes += bytesOf(item.batch.records);
    },
    next(maxRecords) {
      const item = items[first];
      if (item === undefined) return null;
      if (item.kind === "batch") return nextPiece(item.batch, item.readAt, maxRecords);
      advance();
      return item;
    },
    holds: ({ topic, partition }) =>
      items
        .slice(first)
        .some((item) => item.kind === "batch" && item.batch.topic === topic && item.batch.partition === partition),
  };
}

function bytesOf(records: InputBatch["records"]): number {
  let sum = 0;
  for (const record of records) sum += RECORD_BYTES + sizeOf(record);
  return sum;
}
