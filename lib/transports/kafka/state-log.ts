// The state of a service in Kafka, as the port `StateLog` has it: a topic with a partition for each shard, read committed, written in
// transactions together with all that leaves the service.

import type { Kafka } from "kafkajs";
import { ConfigError, invariant } from "../../core/errors.ts";
import type { Log, OutputRecord } from "../../runtime/ports.ts";
import { createSeldomLog, type SeldomLog } from "../../runtime/seldom.ts";
import type { LogBounds, ShardWriter, StateBatch, StateLog } from "../../runtime/shard-ports.ts";
import { stateTopicOf, writerIdOf } from "../../state/names.ts";
import type { Clock } from "../../time/clock.ts";
import { partitionOf } from "../partitioner.ts";
import { type Asker, createAsker } from "./asker.ts";
import type { BatchLimits } from "./batch-limits.ts";
import { requireOneCluster } from "./one-cluster.ts";
import type { KafkaDefinition } from "./options.ts";
import { takeOver } from "./shard-writer.ts";
import { readState } from "./state-reader.ts";
import { ensureStateTopic } from "./state-topic.ts";
import { createTopics, type Topics } from "./topics.ts";

export type KafkaStateLogOptions = {
  /** Begins the names of the topic and of the writers: two services must never have the same. */
  readonly app: string;
  readonly kafka: () => Promise<Kafka>;
  /** Makes a client that asks one address only, once. */
  readonly knock: (address: string) => Kafka;
  readonly definition: KafkaDefinition;
  /** Shared with all who write from this process. */
  readonly limits: BatchLimits;
  readonly clock: Clock;
  readonly log: Log;
  /** How long an outage may last before it is a failure. */
  readonly retryWithinMs: number;
};

/** The state of `app`. Nothing is connected before it is needed. */
export function createKafkaStateLog(options: KafkaStateLogOptions): StateLog {
  return new KafkaStateLog(options);
}

class KafkaStateLog implements StateLog {
  readonly #options: KafkaStateLogOptions;
  readonly #topic: string;
  readonly #asker: Asker;
  readonly #topics: Topics;
  readonly #seldom: SeldomLog;
  #counts: ReadonlyMap<string, number> = new Map();

  constructor(options: KafkaStateLogOptions) {
    this.#options = options;
    this.#topic = stateTopicOf(options.app);
    this.#asker = createAsker(options);
    this.#topics = createTopics(options, this.#asker);
    this.#seldom = createSeldomLog(options.log, options.clock);
  }

  async open(shards: number, outputs: readonly string[]): Promise<void> {
    const { definition, knock } = this.#options;
    if (definition.guarantee === "exactly-once" && !definition.patches) throw patchesNeeded();
    await requireOneCluster(definition.brokers, knock);
    const parts = { ...this.#options, asker: this.#asker, topics: this.#topics };
    await ensureStateTopic({ topic: this.#topic, shards }, parts);
    await this.openOutputs(outputs);
  }

  async openOutputs(outputs: readonly string[]): Promise<void> {
    const found = await this.#topics.ensure(outputs);
    this.#counts = new Map([...this.#counts, ...found]);
  }

  partitionOf({ topic, key, value }: OutputRecord): number {
    const count = this.#counts.get(topic);
    invariant(count !== undefined, `that topic ${topic} was opened`);
    return partitionOf(key ?? value, count);
  }

  takeOver(shard: number): Promise<ShardWriter> {
    const { app, ...rest } = this.#options;
    return takeOver({
      ...rest,
      seldom: this.#seldom,
      transactionalId: writerIdOf(app, shard),
      state: { topic: this.#topic, partition: shard },
      outputs: rest.definition.guarantee === "exactly-once" ? [...this.#counts.keys()] : [],
    });
  }

  async bounds(shard: number): Promise<LogBounds> {
    const bounds = (await this.#topics.bounds(this.#topic)).get(shard);
    invariant(bounds !== undefined, `that the topic of the state has a partition ${shard}`);
    return { start: bounds.first, end: bounds.end };
  }

  read(shard: number, from: bigint): AsyncIterable<StateBatch> {
    return readState({ ...this.#options, place: { topic: this.#topic, partition: shard }, from });
  }

  async trim(shard: number, before: bigint): Promise<void> {
    const partitions = [{ partition: shard, offset: String(before) }];
    await this.#asker.ask(
      `deleting old state in partition ${shard} of "${this.#topic}"`,
      this.#topic,
      async (admin) => {
        await admin.fetchTopicMetadata({ topics: [this.#topic] }); // kafkajs has to know who leads the partition
        await admin.deleteTopicRecords({ topic: this.#topic, partitions });
      },
    );
  }

  close(): Promise<void> {
    return this.#asker.close();
  }
}

function patchesNeeded(): ConfigError {
  return new ConfigError(
    "PATCHES_NEEDED",
    "Exactly once needs the repairs of kafkajs, without which records of aborted transactions are delivered: leave out patches: false.",
  );
}
