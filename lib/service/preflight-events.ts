// What the newest records of an input become: the same reading as in the running service, without matching.

import type { BadRecordCode } from "../event/bad-record.ts";
import { type EncodedKey, encodeKey, type Key } from "../event/key.ts";
import type { LaneInput } from "../runtime/partition.ts";
import type { InputRecord } from "../runtime/ports.ts";
import type { Instant } from "../time/instant.ts";
import { createWatermark } from "../time/watermark.ts";
import type { PlacedKey } from "../transports/kafka/partitioners.ts";

/** The newest records of one partition, in order of offset. */
export type Sample = { readonly partition: number; readonly records: readonly InputRecord[] };

/** Records that cannot become events for the same reason, with the first of them. */
export type BadSample = {
  readonly code: BadRecordCode;
  count: number;
  readonly partition: number;
  readonly offset: string;
  readonly message: string;
};

export type EventSample = {
  records: number;
  events: number;
  /** The oldest and newest time of an event; `null` without events. */
  oldest: Instant | null;
  newest: Instant | null;
  /** Events that came later than `outOfOrderness` allows. */
  late: number;
  /** How far an event came behind a newer one of its partition, at most. */
  disorderMs: number;
  /** The newest timestamp of a record; `null` where they have none. */
  stamped: Instant | null;
  readonly bad: Map<BadRecordCode, BadSample>;
  /** Partitions by key, in the order of meeting. */
  readonly keys: Map<EncodedKey, { readonly key: Key; readonly partitions: Set<number> }>;
  readonly recordKeys: PlacedKey[];
};

/** Reads the samples of one input as if at the time `readAt`. @throws {ConfigError} `ASYNC_SCHEMA` */
export function examine(input: LaneInput, samples: readonly Sample[], readAt: Instant): EventSample {
  const found: EventSample = {
    records: 0,
    events: 0,
    oldest: null,
    newest: null,
    late: 0,
    disorderMs: 0,
    stamped: null,
    bad: new Map(),
    keys: new Map(),
    recordKeys: [],
  };
  for (const { partition, records } of samples) {
    const time = createWatermark(input.outOfOrdernessMs);
    for (const record of records) {
      found.records += 1;
      found.stamped = greater(found.stamped, record.timestamp);
      if (record.key !== null) found.recordKeys.push({ key: record.key, partition });
      const event = input.read(record, readAt);
      if (event.kind === "bad") {
        noteBad(found, { ...event, count: 1, partition, offset: String(record.offset) });
        continue;
      }
      const at = input.arrival ? Math.max(time.newest, event.at) : event.at;
      found.events += 1;
      found.disorderMs = Math.max(found.disorderMs, time.newest - at);
      if (time.observe(at)) found.late += 1;
      found.newest = greater(found.newest, at);
      found.oldest = found.oldest === null ? at : Math.min(found.oldest, at);
      noteKey(found, event.key, partition);
    }
  }
  return found;
}

function greater(one: Instant | null, other: Instant | null): Instant | null {
  return one === null || other === null ? (one ?? other) : Math.max(one, other);
}

function noteBad({ bad }: EventSample, { code, count, partition, offset, message }: BadSample): void {
  const before = bad.get(code);
  if (before === undefined) bad.set(code, { code, count, partition, offset, message });
  else before.count += count;
}

function noteKey({ keys }: EventSample, key: Key, partition: number): void {
  const encoded = encodeKey(key);
  const before = keys.get(encoded);
  if (before === undefined) keys.set(encoded, { key, partitions: new Set([partition]) });
  else before.partitions.add(partition);
}
