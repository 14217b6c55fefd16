// What the source said and the task has not taken yet, in order. Batches are handed on in pieces, so that a large one does
// not keep others from their turn.

import type { Instant } from "../time/instant.ts";
import type { InputBatch, TopicPartition } from "./ports.ts";
import { sizeOf } from "./record-size.ts";
import type { TaskInput } from "./task.ts";

/** What waits here: as the source said it, a batch with the time it was read. */
export type IntakeItem = Extract<TaskInput, { readonly kind: "assigned" | "batch" | "ended" | "revoked" }>;

export interface Intake {
  readonly isEmpty: boolean;
  /** Bytes of all records that wait. */
  readonly bytes: number;
  push(item: IntakeItem): void;
  /** The next item; of a batch at most `maxRecords` records. `null`: nothing waits. */
  next(maxRecords: number): IntakeItem | null;
  /** Forgets what waits of these partitions, and puts the news before all else. */
  revoke(partitions: readonly TopicPartition[]): void;
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

  const waiting = (): readonly IntakeItem[] => items.slice(first);

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
    revoke(partitions) {
      const kept = waiting().filter((item) => !isAbout(item, partitions));
      const wasCut = taken > 0 && kept[0] === items[first];
      items = [{ kind: "revoked", partitions }, ...(wasCut ? restOf(kept, taken) : kept)];
      first = 0;
      taken = 0;
      bytes = items.reduce((sum, item) => sum + (item.kind === "batch" ? bytesOf(item.batch.records) : 0), 0);
    },
    holds: (partition) => waiting().some((item) => item.kind === "batch" && isAbout(item, [partition])),
  };
}

function bytesOf(records: InputBatch["records"]): number {
  let sum = 0;
  for (const record of records) sum += RECORD_BYTES + sizeOf(record);
  return sum;
}

function isAbout(item: IntakeItem, partitions: readonly TopicPartition[]): boolean {
  const place = item.kind === "batch" ? item.batch : item.kind === "ended" ? item.partition : undefined;
  if (place === undefined) return false;
  return partitions.some(({ topic, partition }) => topic === place.topic && partition === place.partition);
}

/** The same items, the first batch without the records that were handed on already. */
function restOf(items: readonly IntakeItem[], taken: number): readonly IntakeItem[] {
  const [head, ...rest] = items;
  if (head?.kind !== "batch") return items;
  return [{ ...head, batch: { ...head.batch, records: head.batch.records.slice(taken) } }, ...rest];
}
