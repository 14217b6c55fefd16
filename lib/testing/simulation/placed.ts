// Records whose partition was chosen, on their way to the model.

import type { TopicPartition } from "../../runtime/ports.ts";
import type { PlacedRecord } from "../../runtime/shard-ports.ts";
import type { Instant } from "../../time/instant.ts";
import { placeKey, type WrittenRecord } from "./calls.ts";

/**
 * In the order in which their places first come, each with its records in order. Kafka deletes by timestamps: `now`, the time of sending,
 * is what they are given.
 */
export function byPlace(
  records: readonly PlacedRecord[],
  now: Instant,
): Iterable<readonly [TopicPartition, readonly WrittenRecord[]]> {
  const places = new Map<string, readonly [TopicPartition, WrittenRecord[]]>();
  for (const { record, partition } of records) {
    const { key, value, headers } = record;
    const place = { topic: record.topic, partition };
    const known = places.get(placeKey(place)) ?? [place, []];
    known[1].push({ key, value, headers, timestamp: now });
    places.set(placeKey(place), known);
  }
  return places.values();
}
