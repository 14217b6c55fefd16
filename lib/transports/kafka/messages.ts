// Records on their way out, as kafkajs wants them.
//
// Their timestamp is the time of sending, not that of the event: topics delete by timestamps, so alerts on events of last year
// would be gone within minutes. When the event was, stands in the alert, and in the headers of copies.

import type { TopicMessages } from "kafkajs";
import { invariant } from "../../core/errors.ts";
import { groupBy } from "../../core/group-by.ts";
import type { TopicPartition } from "../../runtime/ports.ts";
import type { PlacedRecord } from "../../runtime/shard-ports.ts";
import type { Instant } from "../../time/instant.ts";

/** By topic, in their order. Bytes are not copied. */
export function messagesOf(placed: readonly PlacedRecord[], now: Instant): TopicMessages[] {
  const timestamp = String(now);
  return Array.from(
    groupBy(placed, ({ record }) => record.topic),
    ([topic, some]) => ({
      topic,
      messages: some.map(({ record: { key, value, headers }, partition }) => ({
        key: key === null ? null : bufferOf(key),
        value: bufferOf(value),
        headers: Object.fromEntries(headers),
        partition,
        timestamp,
      })),
    }),
  );
}

/** Blocks of a state partition, in their order. Bytes are not copied. */
export function stateMessages(
  blocks: readonly Uint8Array[],
  { topic, partition }: TopicPartition,
  now: Instant,
): TopicMessages {
  const timestamp = String(now);
  return { topic, messages: blocks.map((block) => ({ key: null, value: bufferOf(block), partition, timestamp })) };
}

/** A view of the same bytes. */
function bufferOf({ buffer, byteOffset, byteLength }: Uint8Array): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength);
}

/** A partitioner for kafkajs: every record says its partition. */
export function decided({ message: { partition } }: { readonly message: { readonly partition?: number } }): number {
  invariant(partition !== undefined, "that a record has its partition");
  return partition;
}
