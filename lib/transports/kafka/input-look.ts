// How far inputs can be read, and what keeps the rest from being read. Over connections of its own, so that reading goes on.

import type { Broker, Cluster, Kafka } from "kafkajs";
import { invariant } from "../../core/errors.ts";
import type { TopicPartition } from "../../runtime/ports.ts";
import type { LogEnd, OpenTransaction } from "../../runtime/shard-ports.ts";
import { clusterOf } from "./cluster.ts";
import { explainKafkaError } from "./kafka-error.ts";
import type { OffsetBroker } from "./kafkajs-parts.ts";
import { openTransactions } from "./open-transactions.ts";
import type { KafkaDefinition } from "./options.ts";

export interface InputLook {
  /** In the order of `places`. Costs two requests to each broker that leads one, for each topic. @throws {SequiturError} */
  ends(places: readonly TopicPartition[]): Promise<readonly LogEnd[]>;
  /** As `ShardSource.openTransactions`. */
  openTransactions(place: TopicPartition): Promise<readonly OpenTransaction[]>;
  close(): Promise<void>;
}

export type InputLookOptions = { readonly kafka: () => Promise<Kafka>; readonly definition: KafkaDefinition };

/** Nothing is connected before it is needed. */
export function createInputLook(options: InputLookOptions): InputLook {
  return new InputLookAtWork(options);
}

const UNCOMMITTED = 0;
const COMMITTED = 1;
const LATEST = -1;
const NO_REPLICA = -1;

class InputLookAtWork implements InputLook {
  readonly #options: InputLookOptions;
  #cluster: Promise<Cluster> | null = null;
  #isClosed = false;

  constructor(options: InputLookOptions) {
    this.#options = options;
  }

  async ends(places: readonly TopicPartition[]): Promise<readonly LogEnd[]> {
    const found = new Map<string, ReadonlyMap<number, LogEnd>>();
    for (const topic of new Set(places.map((place) => place.topic))) {
      const partitions = places.filter((place) => place.topic === topic).map(({ partition }) => partition);
      found.set(topic, await this.#asking(topic, (cluster) => endsOf(cluster, topic, partitions)));
    }
    return places.map(({ topic, partition }) => {
      const end = found.get(topic)?.get(partition);
      invariant(end !== undefined, `that somebody leads partition ${partition} of ${topic}`);
      return end;
    });
  }

  async openTransactions({ topic, partition }: TopicPartition): Promise<readonly OpenTransaction[]> {
    const ask = async (cluster: Cluster): Promise<readonly OpenTransaction[]> => {
      const [leader] = await leadersOf(cluster, topic, [partition]);
      return leader === undefined ? [] : openTransactions(cluster, leader.broker, { topic, partition });
    };
    return this.#asking(topic, ask).catch(() => []);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#disconnect();
  }

  /** After an error connections are made anew: who leads may have changed. */
  async #asking<T>(topic: string, ask: (cluster: Cluster) => Promise<T>): Promise<T> {
    try {
      this.#cluster ??= this.#connect();
      const cluster = await this.#cluster;
      await cluster.addTargetTopic(topic);
      return await ask(cluster);
    } catch (error) {
      await this.#disconnect();
      const brokers = this.#options.definition.brokers.join(",");
      throw explainKafkaError(error, `looking how far topic "${topic}" can be read`, { brokers, topic });
    } finally {
      if (this.#isClosed) await this.#disconnect();
    }
  }

  async #connect(): Promise<Cluster> {
    const cluster = clusterOf(await this.#options.kafka());
    await cluster.connect();
    return cluster;
  }

  async #disconnect(): Promise<void> {
    const cluster = this.#cluster;
    this.#cluster = null;
    await (await cluster?.catch(() => null))?.disconnect().catch(() => undefined);
  }
}

type Led = { readonly broker: Broker; readonly partitions: readonly number[] };

async function leadersOf(cluster: Cluster, topic: string, partitions: readonly number[]): Promise<readonly Led[]> {
  const led = Object.entries(cluster.findLeaderForPartitions(topic, [...partitions]));
  return Promise.all(
    led.map(async ([nodeId, theirs]) => ({ broker: await cluster.findBroker({ nodeId }), partitions: theirs })),
  );
}

async function endsOf(
  cluster: Cluster,
  topic: string,
  partitions: readonly number[],
): Promise<ReadonlyMap<number, LogEnd>> {
  const ends = new Map<number, LogEnd>();
  for (const { broker, partitions: led } of await leadersOf(cluster, topic, partitions)) {
    // In this order what is written in between is not taken for held back.
    const all = await latestOf(broker, topic, led, UNCOMMITTED);
    const stable = await latestOf(broker, topic, led, COMMITTED);
    for (const partition of led)
      ends.set(partition, { stable: stable.get(partition) ?? 0n, end: all.get(partition) ?? 0n });
  }
  return ends;
}

async function latestOf(
  broker: Broker,
  topic: string,
  partitions: readonly number[],
  isolationLevel: number,
): Promise<ReadonlyMap<number, bigint>> {
  const asked = partitions.map((partition) => ({ partition, timestamp: LATEST }));
  const { responses } = await (broker as unknown as OffsetBroker).listOffsets({
    replicaId: NO_REPLICA,
    isolationLevel,
    topics: [{ topic, partitions: asked }],
  });
  return new Map(
    responses.flatMap((each) => each.partitions).map(({ partition, offset }) => [partition, BigInt(offset)]),
  );
}
