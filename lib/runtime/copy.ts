// What leaves as it came: late and broken records, with their own bytes, key and headers, and headers that say where they
// came from and why. So they can be read again by whatever reads the input. A value that is longer than a topic may take
// is left out: its place says where it still is.

import type { BadRecord } from "../event/bad-record.ts";
import type { Instant } from "../time/instant.ts";
import type { Emission } from "./alert.ts";
import type { InputRecord, OutputRecord, TopicPartition } from "./ports.ts";

/** A copy of a record that came too late. */
export function lateCopy(
  topic: string,
  from: TopicPartition,
  record: InputRecord,
  at: Instant,
  watermark: Instant,
  maxBytes: number,
): Emission {
  const why = [
    ["sequitur-kind", "late"],
    ["sequitur-time", new Date(at).toISOString()],
    ["sequitur-watermark", Number.isFinite(watermark) ? new Date(watermark).toISOString() : "end"],
  ] as const;
  return { kind: "late", record: copyOf(topic, from, record, why, at, maxBytes) };
}

/** A copy of a record that is no event. */
export function deadLetterCopy(
  topic: string,
  from: TopicPartition,
  record: InputRecord,
  bad: BadRecord,
  readAt: Instant,
  maxBytes: number,
): Emission {
  const why = [
    ["sequitur-kind", "badRecord"],
    ["sequitur-code", bad.code],
    ["sequitur-message", bad.message],
  ] as const;
  return { kind: "deadLetter", record: copyOf(topic, from, record, why, readAt, maxBytes) };
}

const NOTHING = new Uint8Array(0);

function copyOf(
  topic: string,
  from: TopicPartition,
  record: InputRecord,
  why: readonly (readonly [string, string])[],
  otherwiseAt: Instant,
  maxBytes: number,
): OutputRecord {
  const headers = new Map<string, string>(record.headers);
  for (const [name, value] of why) headers.set(name, value);
  headers.set("sequitur-topic", from.topic);
  headers.set("sequitur-partition", String(from.partition));
  headers.set("sequitur-offset", String(record.offset));
  const isTooLarge = (record.value?.length ?? 0) > maxBytes;
  if (record.timestamp !== null) headers.set("sequitur-timestamp", String(record.timestamp));
  if (record.value === null) headers.set("sequitur-value", "null");
  if (isTooLarge) headers.set("sequitur-value", `left out: ${record.value?.length} bytes`);
  return {
    topic,
    key: record.key,
    value: isTooLarge ? NOTHING : (record.value ?? NOTHING),
    headers,
    timestamp: record.timestamp ?? otherwiseAt,
  };
}
