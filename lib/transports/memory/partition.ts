import { ConfigError } from "../../core/errors.ts";
import type { InputRecord } from "../../runtime/ports.ts";

/** A topic of an embedded log. */
export type MemoryTopic = {
  readonly name: string;
  readonly partitions: readonly Partition[];
  ended: boolean;
  /** Counts the records without a key: they take turns. */
  turn: number;
};

/** The records of one partition. Offsets count from 0 and are never used twice. Numbers are offsets below 2^53. */
export interface Partition {
  append(record: Omit<InputRecord, "offset">): bigint;
  /** The oldest offset kept. */
  start(): number;
  /** The offset that the next record will have. */
  end(): number;
  /** Up to `limit` records from offset `from` on. */
  slice(from: number, limit: number): readonly InputRecord[];
  all(): readonly InputRecord[];
  /** Forgets what stands before `offset`. Costs amortised one step per record. */
  dropBefore(offset: number): void;
}

/** Makes an empty partition. */
export function createPartition(): Partition {
  let records: InputRecord[] = [];
  let base = 0; // offset of records[0]
  let start = 0; // oldest offset kept; what lies between is cut off in bulk
  return {
    append: (record) => {
      const offset = BigInt(base + records.length);
      records.push({ offset, ...record });
      return offset;
    },
    start: () => start,
    end: () => base + records.length,
    slice: (from, limit) => records.slice(Math.max(from, start) - base, Math.max(from, start) - base + limit),
    all: () => records.slice(start - base),
    dropBefore: (offset) => {
      start = Math.max(start, Math.min(offset, base + records.length));
      if (start - base < 1_024 || start - base < records.length / 2) return;
      records = records.slice(start - base);
      base = start;
    },
  };
}

/** @throws {ConfigError} `MISSING_PARTITION` */
export function partitionAt(topic: MemoryTopic, partition: number): Partition {
  const found = topic.partitions[partition];
  if (found) return found;
  const count = topic.partitions.length;
  throw new ConfigError(
    "MISSING_PARTITION",
    `topic "${topic.name}" has no partition ${partition}: it has ${count}, numbered from 0.`,
  );
}
