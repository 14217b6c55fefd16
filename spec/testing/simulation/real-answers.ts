// The requests of the model in kafkajs' words, and kafkajs' answers in the model's.
import type { TopicPartition } from "../../../lib/runtime/ports.ts";
import type { Answers } from "../../../lib/testing/simulation/answers.ts";
import {
  type Fetched,
  type Isolation,
  type KafkaCode,
  type LogEntry,
  refuse,
} from "../../../lib/testing/simulation/calls.ts";
import type { FetchedBatches, RecordBatch } from "../../../lib/transports/kafka/record-batch.ts";
import { asAdmin } from "../../broker/topics.ts";

/** Sends a request of kafkajs and gives its answer. Throws kafkajs' errors. */
export type Send = <T>(name: string, request: object) => Promise<T>;

/** Kafka's own numbers for it. */
const isolationLevel = (isolation: Isolation): number => (isolation === "committed" ? 1 : 0);
const EARLIEST = -2;
const LATEST = -1;

const topicOf = ({ topic, partition }: TopicPartition, more: object): object => ({
  topic,
  partitions: [{ partition, ...more }],
});

function byTopic<T extends TopicPartition, Made>(places: readonly T[], make: (place: T) => Made): object[] {
  const topics = [...new Set(places.map(({ topic }) => topic))];
  return topics.map((topic) => ({ topic, partitions: places.filter((place) => place.topic === topic).map(make) }));
}

/** An answer for each request of the model, from `send`. */
export function answersOf(send: Send, address: string): Answers {
  const done = async (name: string, request: object): Promise<object> => {
    await send(name, request);
    return {};
  };
  return {
    ...topicAnswers(send, done, address),
    ...recordAnswers(send),
    ...groupAnswers(send, done),
    initProducer: async ({ transactionalId, timeoutMs }) => {
      const { producerId, producerEpoch } = await send<{ producerId: string; producerEpoch: number }>(
        "initProducerId",
        {
          ...(transactionalId === null ? {} : { transactionalId }),
          transactionTimeout: timeoutMs,
        },
      );
      return { producerId: BigInt(producerId), epoch: producerEpoch };
    },
    addPartitions: ({ places, ...stamp }) =>
      done("addPartitionsToTxn", { ...wireStamp(stamp), topics: byTopic(places, ({ partition }) => partition) }),
    addOffsets: ({ group, ...stamp }) => done("addOffsetsToTxn", { ...wireStamp(stamp), groupId: group }),
    commitOffsetsInTransaction: ({ group, offsets, ...stamp }) =>
      done("txnOffsetCommit", { ...wireStamp(stamp), groupId: group, topics: byTopic(offsets, wireOffset) }),
    endTransaction: ({ commit, ...stamp }) => done("endTxn", { ...wireStamp(stamp), transactionResult: commit }),
  };
}

const wireOffset = ({ partition, offset }: TopicPartition & { readonly offset: bigint }): object => ({
  partition,
  offset: String(offset),
});

function wireStamp(stamp: {
  readonly transactionalId: string | null;
  readonly producerId: bigint;
  readonly epoch: number;
}): object {
  return { transactionalId: stamp.transactionalId, producerId: String(stamp.producerId), producerEpoch: stamp.epoch };
}

/** How often it is looked again for what takes a while. */
const TRY_AGAIN_MS = 20;

type Done = (name: string, request: object) => Promise<object>;

function topicAnswers(
  send: Send,
  done: Done,
  address: string,
): Pick<Answers, "createTopic" | "deleteTopic" | "growTopic" | "describeTopic"> {
  /** Metadata follow a change of topics only after a while. */
  const seen = async (topic: string, isThere: (partitions: number) => boolean): Promise<void> => {
    for (let left = 500; left > 0; left -= 1) {
      if (isThere(await countPartitions(send, topic))) return;
      await new Promise((resolve) => setTimeout(resolve, TRY_AGAIN_MS));
    }
    throw new Error(`the metadata never showed what became of topic "${topic}"`);
  };
  return {
    createTopic: async ({ topic, partitions, config = {} }) => {
      const configEntries = Object.entries(config).map(([name, value]) => ({ name, value }));
      await done("createTopics", {
        topics: [{ topic, numPartitions: partitions, replicationFactor: 1, configEntries }],
      });
      await seen(topic, (count) => count === partitions);
      return {};
    },
    deleteTopic: async ({ topic }) => {
      await done("deleteTopics", { topics: [topic] });
      await seen(topic, (count) => count === 0);
      return {};
    },
    growTopic: async ({ topic, partitions }) => {
      await done("createPartitions", { topicPartitions: [{ topic, count: partitions }] });
      await seen(topic, (count) => count === partitions);
      return {};
    },
    describeTopic: async ({ topic }) => {
      const partitions = await countPartitions(send, topic);
      if (partitions === 0) return refuse("UNKNOWN_TOPIC_OR_PARTITION");
      const { resources } = await asAdmin({ address }, (admin) =>
        admin.describeConfigs({ resources: [{ type: 2, name: topic }], includeSynonyms: false }),
      );
      const entries = resources[0]?.configEntries ?? [];
      return { partitions, config: Object.fromEntries(entries.map((each) => [each.configName, each.configValue])) };
    },
  };
}

/** 0: there is no such topic. */
async function countPartitions(send: Send, topic: string): Promise<number> {
  type Metadata = { topicMetadata: { partitionMetadata: { leader: number }[] }[] };
  try {
    const { topicMetadata } = await send<Metadata>("metadata", [topic]);
    return topicMetadata[0]?.partitionMetadata.filter(({ leader }) => leader >= 0).length ?? 0;
  } catch (error) {
    if (codeOf(error) === "UNKNOWN_TOPIC_OR_PARTITION") return 0;
    throw error;
  }
}

function recordAnswers(send: Send): Pick<Answers, "produce" | "fetch" | "listOffsets" | "deleteRecords"> {
  type PerTopic<T> = { readonly partitions: readonly T[] }[];
  return {
    produce: async ({ producer, records, ...place }) => {
      const messages = records.map(({ key, value, headers, timestamp }) => ({
        ...{ key, value, timestamp: String(timestamp) },
        headers: Object.fromEntries(headers ?? []),
      }));
      const topicData = [topicOf(place, { firstSequence: producer?.sequence ?? -1, messages })];
      const stamp = producer === null ? {} : wireStamp(producer);
      const { topics } = await send<{ topics: PerTopic<{ baseOffset: string }> }>("produce", { topicData, ...stamp });
      return { offset: BigInt(topics[0]?.partitions[0]?.baseOffset ?? -1) };
    },
    fetch: async ({ offset, isolation, maxBytes, waitMs, ...place }) => {
      const { responses } = await send<{ responses: PerTopic<WirePartition> }>("fetch", {
        ...{ isolationLevel: isolationLevel(isolation), maxWaitTime: waitMs, minBytes: 1, maxBytes },
        topics: [topicOf(place, { fetchOffset: String(offset), maxBytes, currentLeaderEpoch: -1 })],
      });
      return fetchedOf(responses[0]?.partitions[0] as WirePartition, offset);
    },
    listOffsets: async ({ at, isolation, ...place }) => {
      const { responses } = await send<{ responses: PerTopic<{ offset: string }> }>("listOffsets", {
        replicaId: -1,
        isolationLevel: isolationLevel(isolation),
        topics: [topicOf(place, { timestamp: at === "earliest" ? EARLIEST : LATEST })],
      });
      return { offset: BigInt(responses[0]?.partitions[0]?.offset ?? -1) };
    },
    deleteRecords: async ({ before, ...place }) => {
      const { topics } = await send<{ topics: PerTopic<{ lowWatermark: bigint }> }>("deleteRecords", {
        topics: [topicOf(place, { offset: before === "end" ? "-1" : String(before) })],
      });
      return { start: BigInt(String(topics[0]?.partitions[0]?.lowWatermark)) };
    },
  };
}

type WirePartition = {
  readonly highWatermark: string;
  readonly lastStableOffset: string;
  readonly lastStartOffset: string;
  readonly abortedTransactions: readonly { readonly producerId: string; readonly firstOffset: string }[] | null;
  readonly messages: FetchedBatches;
};

function fetchedOf(answer: WirePartition, from: bigint): Fetched {
  return {
    start: BigInt(answer.lastStartOffset),
    stable: BigInt(answer.lastStableOffset),
    end: BigInt(answer.highWatermark),
    aborted: (answer.abortedTransactions ?? []).map(({ producerId, firstOffset }) => ({
      producerId: BigInt(producerId),
      firstOffset: BigInt(firstOffset),
    })),
    entries: answer.messages.batches.flatMap(entriesOf).filter(({ offset }) => offset >= from),
  };
}

/** A marker's key: version, then 0 for an abort, 1 for a commit; 16 bits each. */
const OUTCOMES = ["abort", "commit"] as const;

function entriesOf({ isControl, isTransactional, producerId, records }: RecordBatch): readonly LogEntry[] {
  return records.map(({ offset, key, value, headers, timestamp }) => ({
    ...{ offset, isTransactional, headers },
    kind: isControl ? (OUTCOMES[key?.readInt16BE(2) as 0 | 1] ?? "abort") : "data",
    producerId: producerId < 0n ? null : producerId,
    key: isControl ? null : key,
    value: isControl ? null : value,
    timestamp: timestamp ?? -1,
  }));
}

function groupAnswers(
  send: Send,
  done: Done,
): Pick<Answers, "join" | "sync" | "heartbeat" | "leave" | "commitOffsets" | "fetchOffsets"> {
  const wireMembership = ({
    group,
    member,
    generation,
  }: {
    readonly group: string;
    readonly member: string;
    readonly generation: number;
  }): object => ({
    groupId: group,
    memberId: member,
    groupGenerationId: generation,
    generationId: generation,
  });
  return {
    join: async ({ group, member, sessionTimeoutMs, rebalanceTimeoutMs, protocols }) => {
      type Joined = {
        readonly memberId: string;
        readonly generationId: number;
        readonly leaderId: string;
        readonly groupProtocol: string;
        readonly members: readonly { readonly memberId: string; readonly memberMetadata: Buffer }[];
      };
      const joined = await send<Joined>("joinGroup", {
        groupId: group,
        memberId: member,
        sessionTimeout: sessionTimeoutMs,
        rebalanceTimeout: rebalanceTimeoutMs,
        groupProtocols: protocols,
      });
      return {
        member: joined.memberId,
        generation: joined.generationId,
        leader: joined.leaderId,
        protocol: joined.groupProtocol,
        members: joined.members.map((each) => ({ member: each.memberId, metadata: each.memberMetadata })),
      };
    },
    sync: async ({ assignments, ...membership }) => {
      const { memberAssignment } = await send<{ memberAssignment: Buffer }>("syncGroup", {
        ...wireMembership(membership),
        groupAssignment: assignments.map(({ member, assignment }) => ({
          memberId: member,
          memberAssignment: assignment,
        })),
      });
      return { assignment: memberAssignment };
    },
    heartbeat: (membership) => done("heartbeat", wireMembership(membership)),
    leave: ({ group, member }) => done("leaveGroup", { groupId: group, memberId: member }),
    commitOffsets: ({ offsets, ...membership }) =>
      done("offsetCommit", { ...wireMembership(membership), topics: byTopic(offsets, wireOffset) }),
    fetchOffsets: async ({ group, places }) => {
      type Found = {
        readonly responses: {
          readonly topic: string;
          readonly partitions: { readonly partition: number; readonly offset: string }[];
        }[];
      };
      const topics = byTopic(places, ({ partition }) => ({ partition }));
      const { responses } = await send<Found>("offsetFetch", { groupId: group, topics });
      const offsetAt = (place: TopicPartition): string =>
        responses
          .find(({ topic }) => topic === place.topic)
          ?.partitions.find(({ partition }) => partition === place.partition)?.offset ?? "-1";
      return { offsets: places.map((place) => BigInt(offsetAt(place))) };
    },
  };
}

/** The code in an error of kafkajs, which has several shapes; `null`: it is no refusal. */
export function codeOf(error: unknown): KafkaCode | null {
  type Shape = {
    readonly type?: string;
    readonly errors?: readonly Shape[];
    readonly partitions?: readonly { readonly error: Shape }[];
  };
  const { type, errors, partitions } = error as Shape;
  return (type ?? errors?.[0]?.type ?? partitions?.[0]?.error.type ?? null) as KafkaCode | null;
}
