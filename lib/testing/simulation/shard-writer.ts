// The producer of one shard on the model, as `transports/kafka/shard-writer.ts` is on Kafka: the newest that took the shard over is
// the only one that can write.

import { ConfigError, invariant, TransportError } from "../../core/errors.ts";
import type { TopicPartition } from "../../runtime/ports.ts";
import type { ShardWriter, Transaction } from "../../runtime/shard-ports.ts";
import type { Clock } from "../../time/clock.ts";
import { placeKey, type TransactionStamp, type WrittenRecord } from "./calls.ts";
import type { Client } from "./client.ts";
import { byPlace } from "./placed.ts";

export type ShardWriterOptions = {
  readonly client: Client;
  readonly clock: Clock;
  readonly transactionalId: string;
  readonly state: TopicPartition;
  readonly timeoutMs: number;
};

/** Fences whoever held the id before, and waits until what that left open is decided. @throws {TransportError} */
export async function takeOver(options: ShardWriterOptions): Promise<ShardWriter> {
  const { client, transactionalId, timeoutMs } = options;
  const stamp = await client.insist("initProducer", { transactionalId, timeoutMs });
  return createWriter(options, { ...stamp, transactionalId });
}

function createWriter(options: ShardWriterOptions, stamp: TransactionStamp): ShardWriter {
  const { client, clock, state } = options;
  const sequences = new Map<string, number>();
  /** Between `begin` and a commit that went well; for good after an error. */
  let isBusy = false;

  const append = async (
    added: Set<string>,
    place: TopicPartition,
    records: readonly WrittenRecord[],
  ): Promise<bigint> => {
    const key = placeKey(place);
    if (!added.has(key)) await client.insist("addPartitions", { ...stamp, places: [place] });
    added.add(key);
    const sequence = sequences.get(key) ?? 0;
    const { offset } = await client.insist("produce", { ...place, producer: { ...stamp, sequence }, records });
    sequences.set(key, sequence + records.length);
    return offset;
  };
  const begin = (): Transaction => {
    const added = new Set<string>();
    return {
      send: async ({ outputs, blocks }) => {
        const timestamp = clock.now();
        for (const [place, together] of byPlace(outputs, timestamp)) await append(added, place, together);
        if (blocks.length === 0) return null;
        return append(
          added,
          state,
          blocks.map((value) => ({ key: null, value, timestamp })),
        );
      },
      commit: async () => {
        if (added.size > 0) await commit(client, stamp, state.partition);
        isBusy = false;
      },
    };
  };
  return {
    begin: async () => {
      invariant(!isBusy, "that transactions of a shard come one after the other, and none after an error");
      isBusy = true;
      return begin();
    },
    close: async () => {
      isBusy = true;
    },
  };
}

async function commit(client: Client, stamp: TransactionStamp, shard: number): Promise<void> {
  try {
    await client.once("endTransaction", { ...stamp, commit: true });
  } catch (error) {
    if (error instanceof ConfigError || (error as TransportError).code === "PRODUCER_FENCED") throw error;
    const message = `Whether a transaction of shard ${shard} was committed is not known: ${(error as Error).message}`;
    throw new TransportError("COMMIT_UNKNOWN", message, { cause: error, retriable: true });
  }
}
