// Sends records to the leaders of their partitions: each once, whichever broker fails or moves meanwhile.
//
// kafkajs keeps account of who has answered by broker. Where partitions have several leaders, it sends again after an error to those
// whose answer is still under way, under new sequence numbers, and to those that have answered but lead a partition more since then; and
// that partition it sends to nobody if its new leader has answered already. So records are twice in a transaction that is committed, or
// missing. It also takes back the sequence numbers of what failed, for whatever comes next: where the one that failed had been written
// after all, brokers take the next one for its repetition and drop it.
//
// Here account is kept by partition, and numbers are given once:
//
//     number ─▶ find the leaders ─▶ announce ──────▶ produce ─────────▶ all have answered ─▶ done
//                      ▲            all partitions   to all leaders            │
//                      │            in one request   at once                   ▼
//                      └──────── the same numbers ◀──── what was not acknowledged, if the error may pass
//
// Behind an error that is final nobody knows what was written, so the producer has to go. Of a topic that is given no messages all partitions
// are announced: the transaction ends there, too.

import { groupBy } from "../../core/group-by.ts";
import type {
  Announced,
  Answer,
  CreateSendMessages,
  KafkaJsError,
  KafkaJsErrors,
  Leader,
  PartitionMetadata,
  Portion,
  SendOptions,
  SendRequest,
  TopicPortions,
} from "./kafkajs-parts.ts";

/** What goes to one partition, in one batch. */
type Part = { readonly topic: string; readonly portion: Portion };
type NotLoaded = KafkaJsErrors["KafkaJSMetadataNotLoaded"];

/** In place of kafkajs' own. What one producer sends goes one after the other. */
export function createSendMessages(NotLoaded: NotLoaded): CreateSendMessages {
  return (options) => {
    let last: Promise<unknown> = Promise.resolve();
    return (request) => {
      const sent = last.then(() => new Sending(options, request, NotLoaded).run());
      last = sent.catch(() => undefined);
      return sent;
    };
  };
}

class Sending {
  readonly #options: SendOptions;
  readonly #request: SendRequest;
  readonly #NotLoaded: NotLoaded;
  readonly #answers: Answer[] = [];
  /** What was not acknowledged; `null` until it has its numbers. */
  #left: readonly Part[] | null = null;

  constructor(options: SendOptions, request: SendRequest, NotLoaded: NotLoaded) {
    this.#options = options;
    this.#request = request;
    this.#NotLoaded = NotLoaded;
  }

  async run(): Promise<readonly Answer[]> {
    const { cluster, logger, retrier } = this.#options;
    const topics = this.#request.topicMessages.map(({ topic }) => topic);
    return retrier(async (bail, retryCount, retryTime) => {
      await cluster.addMultipleTargetTopics(topics);
      const failures = await this.#round().catch((failure: KafkaJsError) => [failure]);
      const error = failures.find(({ retriable }) => retriable !== true) ?? failures[0];
      if (error === undefined) return this.#answers;
      logger.error(`Failed to send messages: ${error.message}`, { retryCount, retryTime });
      if (error.retriable !== true) {
        bail(error);
        return [];
      }
      for (const { name, host, port } of failures)
        if (name === "KafkaJSConnectionClosedError") cluster.removeBroker({ host, port });
      if (!cluster.isConnected()) await cluster.connect();
      await cluster.refreshMetadata();
      throw error;
    });
  }

  /** Sends what is left, and says what went wrong. @throws {KafkaJsError} where nothing was sent. */
  async #round(): Promise<readonly KafkaJsError[]> {
    const { cluster, eosManager } = this.#options;
    await cluster.refreshMetadataIfNecessary();
    this.#left ??= this.#numbered();
    const leaders = await this.#leadersOf(this.#left);
    if (eosManager.isTransactional())
      await eosManager.addPartitionsToTransaction([...byTopic(this.#left), ...this.#wholeTopics()]);
    const outcomes = await Promise.allSettled([...leaders].map(([leader, parts]) => this.#produce(leader, parts)));
    return outcomes.flatMap((outcome) => (outcome.status === "rejected" ? [outcome.reason as KafkaJsError] : []));
  }

  #wholeTopics(): readonly Announced[] {
    return this.#request.topicMessages.flatMap(({ topic, messages }) => {
      if (messages.length > 0) return [];
      const partitions = this.#partitionsOf(topic).map(({ partitionId }) => ({ partition: partitionId }));
      return [{ topic, partitions }];
    });
  }

  #partitionsOf(topic: string): readonly PartitionMetadata[] {
    const partitions = this.#options.cluster.findTopicPartitionMetadata(topic);
    if (partitions.length === 0) throw this.#notLoaded(topic);
    return partitions;
  }

  #numbered(): readonly Part[] {
    const { partitioner, eosManager } = this.#options;
    const grouped = this.#request.topicMessages.flatMap(({ topic, messages }) => {
      const partitionMetadata = this.#partitionsOf(topic);
      const portions = groupBy(messages, (message) => partitioner({ topic, partitionMetadata, message }));
      return Array.from(portions, ([partition, some]) => ({ topic, partition, messages: some }));
    });
    return grouped.map(({ topic, partition, messages }) => {
      const firstSequence = eosManager.getSequence(topic, partition);
      eosManager.updateSequence(topic, partition, messages.length);
      return { topic, portion: { partition, messages, firstSequence } };
    });
  }

  async #leadersOf(parts: readonly Part[]): Promise<ReadonlyMap<Leader, readonly Part[]>> {
    const { cluster } = this.#options;
    const byNode = groupBy(parts, ({ topic, portion: { partition } }) => {
      const [nodeId] = Object.keys(cluster.findLeaderForPartitions(topic, [partition]));
      if (nodeId === undefined) throw this.#notLoaded(`partition ${partition} of ${topic}`);
      return nodeId;
    });
    const leaders = new Map<Leader, readonly Part[]>();
    for (const [nodeId, led] of byNode) leaders.set(await cluster.findBroker({ nodeId }), led);
    return leaders;
  }

  async #produce(leader: Leader, parts: readonly Part[]): Promise<void> {
    const { eosManager } = this.#options;
    const { acks, timeout, compression } = this.#request;
    const { topics } = await leader.produce({
      transactionalId: eosManager.isTransactional() ? eosManager.getTransactionalId() : undefined,
      producerId: eosManager.getProducerId(),
      producerEpoch: eosManager.getProducerEpoch(),
      acks,
      timeout,
      compression,
      topicData: byTopic(parts),
    });
    for (const { topicName, partitions } of topics)
      this.#answers.push(...partitions.map((partition) => ({ topicName, ...partition })));
    this.#left = (this.#left ?? []).filter((part) => !parts.includes(part));
  }

  #notLoaded(what: string): Error {
    return new this.#NotLoaded(`There are no metadata of ${what}`);
  }
}

function byTopic(parts: readonly Part[]): readonly TopicPortions[] {
  const topics = groupBy(parts, ({ topic }) => topic);
  return Array.from(topics, ([topic, some]) => ({ topic, partitions: some.map(({ portion }) => portion) }));
}
