// Writes alerts, late events and dead letters. A record's partition is decided here, by its key as Kafka's own producers
// do it, and does not change when it is sent again.

import type { Kafka, Producer } from "kafkajs";
import { invariant } from "../../core/errors.ts";
import type { Log, OutputRecord, Sink } from "../../runtime/ports.ts";
import type { PlacedRecord } from "../../runtime/shard-ports.ts";
import type { Clock } from "../../time/clock.ts";
import { partitionOf } from "../partitioner.ts";
import { type BatchLimits, isTooLarge } from "./batch-limits.ts";
import { explainKafkaError, placeIn } from "./kafka-error.ts";
import { decided, messagesOf } from "./messages.ts";
import type { KafkaDefinition } from "./options.ts";
import { createTopics } from "./topics.ts";

export type KafkaSinkOptions = {
  readonly kafka: () => Promise<Kafka>;
  readonly definition: KafkaDefinition;
  /** How much brokers take at once. */
  readonly limits: BatchLimits;
  readonly clock: Clock;
  readonly log: Log;
};

const ALL_REPLICAS = -1;

/** Writes to Kafka. */
export function createKafkaSink(options: KafkaSinkOptions): Sink {
  return new KafkaSink(options);
}

class KafkaSink implements Sink {
  readonly #options: KafkaSinkOptions;
  #counts: ReadonlyMap<string, number> = new Map();
  #producer: Producer | null = null;
  /** Gives records without a key to all partitions in turn. */
  #turn = 0;

  constructor(options: KafkaSinkOptions) {
    this.#options = options;
  }

  async open(topics: readonly string[]): Promise<void> {
    const admin = createTopics(this.#options);
    try {
      const found = await admin.ensure(topics);
      this.#counts = new Map([...this.#counts, ...found]);
    } finally {
      await admin.close();
    }
  }

  async send(records: readonly OutputRecord[]): Promise<void> {
    const { limits } = this.#options;
    let left = records.map((record) => ({ record, partition: this.#partitionOf(record.topic, record.key) }));
    while (left.length > 0) {
      const some = limits.first(left);
      try {
        await this.#sendAtOnce(some);
        left = left.slice(some.length);
      } catch (error) {
        if (!isTooLarge(error) || !limits.refused(some)) throw error;
      }
    }
  }

  async #sendAtOnce(records: readonly PlacedRecord[]): Promise<void> {
    const topicMessages = messagesOf(records, this.#options.clock.now());
    const topics = topicMessages.map(({ topic }) => topic);
    const producer = await this.#connected(topics);
    try {
      await producer.sendBatch({ topicMessages, acks: ALL_REPLICAS });
    } catch (error) {
      // An idempotent producer that failed may be out of step with its broker.
      this.#producer = null;
      producer.disconnect().catch(() => undefined);
      throw this.#explain(error, topics, `writing ${records.length} records`);
    }
  }

  async close(): Promise<void> {
    const producer = this.#producer;
    this.#producer = null;
    await producer?.disconnect();
  }

  async #connected(topics: readonly string[]): Promise<Producer> {
    if (this.#producer !== null) return this.#producer;
    const kafka = await this.#options.kafka();
    const producer = kafka.producer({
      idempotent: true,
      maxInFlightRequests: 1,
      allowAutoTopicCreation: false,
      createPartitioner: () => decided,
    });
    try {
      await producer.connect();
    } catch (error) {
      producer.disconnect().catch(() => undefined);
      throw this.#explain(error, topics, "writing the first records");
    }
    this.#producer = producer;
    return producer;
  }

  #partitionOf(topic: string, key: Uint8Array | null): number {
    const count = this.#counts.get(topic);
    invariant(count !== undefined, `that topic ${topic} was opened`);
    if (key !== null) return partitionOf(key, count);
    this.#turn += 1;
    return this.#turn % count;
  }

  #explain(error: unknown, topics: readonly string[], doing: string): Error {
    const brokers = this.#options.definition.brokers.join(",");
    return explainKafkaError(error, ...placeIn(topics, doing, { brokers }));
  }
}
