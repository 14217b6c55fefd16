// Writes alerts, late events and dead letters. A record's partition is decided here, by its key as Kafka's own producers
// do it, and does not change when it is sent again.
//
// Its timestamp is the time of sending, not that of the event: topics delete by timestamps, so alerts on events of last year
// would be gone within minutes. When the event was, stands in the alert, and in the headers of copies.

import type { Kafka, Producer, TopicMessages } from "kafkajs";
import { invariant } from "../../core/errors.ts";
import type { Log, OutputRecord, Sink } from "../../runtime/ports.ts";
import type { Clock } from "../../time/clock.ts";
import { partitionOf } from "../partitioner.ts";
import { explainKafkaError, placeIn } from "./kafka-error.ts";
import type { KafkaDefinition } from "./options.ts";
import { createTopics } from "./topics.ts";

export type KafkaSinkOptions = {
  readonly kafka: () => Promise<Kafka>;
  readonly definition: KafkaDefinition;
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
      this.#counts = await admin.ensure(topics);
    } finally {
      await admin.close();
    }
  }

  async send(records: readonly OutputRecord[]): Promise<void> {
    if (records.length === 0) return;
    const topicMessages = this.#sorted(records);
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

  #sorted(records: readonly OutputRecord[]): TopicMessages[] {
    const timestamp = String(this.#options.clock.now());
    const byTopic = new Map<string, TopicMessages>();
    for (const { topic, key, value, headers } of records) {
      const messages = byTopic.get(topic)?.messages ?? [];
      messages.push({
        key: key === null ? null : Buffer.from(key.buffer, key.byteOffset, key.byteLength),
        value: Buffer.from(value.buffer, value.byteOffset, value.byteLength),
        headers: Object.fromEntries(headers),
        partition: this.#partitionOf(topic, key),
        timestamp,
      });
      byTopic.set(topic, { topic, messages });
    }
    return [...byTopic.values()];
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

/** Every record says its partition. */
function decided({ message: { partition } }: { readonly message: { readonly partition?: number } }): number {
  invariant(partition !== undefined, "that a record has its partition");
  return partition;
}
