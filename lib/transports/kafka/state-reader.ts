// Reads one partition of the state topic, committed records only, without a group and over connections of its own: a restore
// neither waits for the fetches of the inputs nor holds up their heartbeats.

import type { Broker, Cluster, Kafka } from "kafkajs";
import { TransportError } from "../../core/errors.ts";
import type { InputRecord, TopicPartition } from "../../runtime/ports.ts";
import { damaged } from "../../state/state-error.ts";
import type { Clock } from "../../time/clock.ts";
import { clusterOf } from "./cluster.ts";
import { CommittedBatch } from "./committed-batch.ts";
import { fetchCommitted } from "./fetch-committed.ts";
import { explainKafkaError } from "./kafka-error.ts";
import { recordsOf } from "./kafkajs.ts";
import type { KafkaDefinition } from "./options.ts";
import { type Backoff, mayPass, patiently } from "./retry.ts";

export type StateReaderOptions = {
  readonly kafka: () => Promise<Kafka>;
  readonly definition: KafkaDefinition;
  readonly place: TopicPartition;
  readonly from: bigint;
  readonly clock: Clock;
  /** How long brokers may be away before that is a failure. */
  readonly retryWithinMs: number;
};

/** As `StateBatch`, with when each record was written. */
export type StampedBatch = { readonly records: readonly InputRecord[]; readonly next: bigint };

/** A few blocks at a time: taking them apart must not hold up the rest of the process. */
const FETCH_BYTES = 2_097_152;
/** How long a broker holds a fetch at the end of the log, and so how often the reader says that nothing came. */
const FETCH_WAIT_MS = 250;
const BACKOFF: Backoff = { firstMs: 100, mostMs: 2_000 };

/**
 * As `StateLog.read`. Yields at least four times a second, at the end of the log without records; so the loop can be left in time.
 *
 * @throws {TransportError} `OFFSET_OUT_OF_RANGE` where `from` is not, or no longer, in the log
 * @throws {CheckpointError} `DAMAGED_STATE` where a batch is not what was written
 */
export async function* readState(options: StateReaderOptions): AsyncGenerator<StampedBatch> {
  const { place, clock, definition, retryWithinMs } = options;
  const connection = new Connection(options);
  let next = options.from;
  try {
    for (;;) {
      const batch = await patiently(() => fetchWhole(connection, next, place), {
        clock,
        backoff: BACKOFF,
        id: `${definition.clientId}.${place.partition}`,
        withinMs: retryWithinMs,
        isRetriable: mayPass,
        onRetry: () => undefined,
        isOver: () => false,
      });
      next = batch.next;
      yield batch;
    }
  } finally {
    await connection.close();
  }
}

/** Damage on the way is gone the next time; what is still there then was read from a disk like that. */
const READ_AGAIN = 2;

async function fetchWhole(connection: Connection, from: bigint, place: TopicPartition): Promise<StampedBatch> {
  for (let again = 0; ; again += 1) {
    try {
      return await connection.fetch(from);
    } catch (error) {
      if (!(error instanceof TransportError && error.code === "CORRUPT_BATCH")) throw error;
      const where = `offset ${from} of partition ${place.partition} of "${place.topic}", or behind it,`;
      if (again === READ_AGAIN) throw damaged(where, "a batch is not what was written, and not only on its way");
    }
  }
}

/** To the broker that leads the partition; after an error it is found anew. */
class Connection {
  readonly #options: StateReaderOptions;
  #cluster: Cluster | null = null;

  constructor(options: StateReaderOptions) {
    this.#options = options;
  }

  async fetch(from: bigint): Promise<StampedBatch> {
    const { definition, place } = this.#options;
    const { topic, partition } = place;
    try {
      const wanted = [{ partition, fetchOffset: String(from), maxBytes: FETCH_BYTES }];
      const limits = { maxWaitTime: FETCH_WAIT_MS, maxBytes: FETCH_BYTES };
      const [batch] = await fetchCommitted(await this.#leader(), topic, wanted, limits);
      if (batch instanceof CommittedBatch) batch.requireWhole();
      if (batch === undefined || batch.isEmptyIncludingFiltered()) return { records: [], next: from };
      return { records: recordsOf(batch), next: BigInt(batch.lastOffset()) + 1n };
    } catch (error) {
      await this.close();
      throw explainKafkaError(error, `reading the state in partition ${partition} of "${topic}"`, {
        brokers: definition.brokers.join(","),
        topic,
      });
    }
  }

  async close(): Promise<void> {
    const cluster = this.#cluster;
    this.#cluster = null;
    await cluster?.disconnect().catch(() => undefined);
  }

  async #leader(): Promise<Broker> {
    const { topic, partition } = this.#options.place;
    if (this.#cluster === null) {
      const cluster = clusterOf(await this.#options.kafka());
      this.#cluster = cluster;
      await cluster.connect();
      await cluster.addTargetTopic(topic);
    }
    const [nodeId = ""] = Object.keys(this.#cluster.findLeaderForPartitions(topic, [partition]));
    return this.#cluster.findBroker({ nodeId });
  }
}
