// What leaves as it came: late and broken records, with their own bytes, key and headers, and headers that say where they
// came from and why. So they can be read again by whatever reads the input. Of a record that is longer than a topic may take the
// value is left out, and if that is not enough its headers and its key: its place says where they still are.

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

const utf8 = new TextEncoder();
const NOTHING = new Uint8Array(0);

function copyOf(
  topic: string,
  from: TopicPartition,
  record: InputRecord,
  why: readonly (readonly [string, string])[],
  otherwiseAt: Instant,
  maxBytes: number,
): OutputRecord {
  const { headers: given, key, timestamp, value } = record;
  const [keyBytes, valueBytes] = [key?.length ?? 0, value?.length ?? 0];
  const headerBytes = bytesOf(given);
  const isTooLarge = keyBytes + valueBytes + headerBytes > maxBytes;
  const hasLongHeaders = keyBytes + headerBytes > maxBytes;
  const hasLongKey = keyBytes > maxBytes;
  const headers = new Map<string, string>(hasLongHeaders ? [] : given);
  for (const [name, value] of why) headers.set(name, value);
  headers.set("sequitur-topic", from.topic);
  headers.set("sequitur-partition", String(from.partition));
  headers.set("sequitur-offset", String(record.offset));
  if (timestamp !== null) headers.set("sequitur-timestamp", String(timestamp));
  if (value === null) headers.set("sequitur-value", "null");
  else if (isTooLarge) headers.set("sequitur-value", `left out: ${valueBytes} bytes`);
  if (hasLongHeaders && headerBytes > 0) headers.set("sequitur-headers", `left out: ${headerBytes} bytes`);
  if (hasLongKey) headers.set("sequitur-key", `left out: ${keyBytes} bytes`);
  return {
    topic,
    key: hasLongKey ? null : key,
    value: isTooLarge ? NOTHING : (value ?? NOTHING),
    headers,
    timestamp: timestamp ?? otherwiseAt,
  };
}

function bytesOf(headers: InputRecord["headers"]): number {
  let sum = 0;
  for (const [name, value] of headers) sum += utf8.encode(name).length + utf8.encode(value).length;
  return sum;
}
