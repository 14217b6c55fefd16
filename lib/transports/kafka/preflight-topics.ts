// Whether a topic is there, what it is like, whether it may be written, and whether it could be created. Nothing is changed.

import type { Broker } from "kafkajs";
import type { KafkaDefinition } from "./options.ts";
import type { Answer, Asking } from "./preflight-asking.ts";
import { pictureOf } from "./state-topic.ts";
import type { NewTopic } from "./topics.ts";

export type TopicPicture = {
  readonly partitions: number;
  /** Copies of the partition that has the fewest. */
  readonly copies: number;
  /** How many partitions have fewer copies in sync than copies. */
  readonly lagging: number;
  /** `null`: the brokers do not say them. */
  readonly settings: Answer<TopicSettings | null>;
};

export type TopicSettings = {
  /** `delete`, `compact` or both. */
  readonly cleanupPolicy: string;
  /** `max.message.bytes`: the largest batch of records that it takes. */
  readonly maxMessageBytes: number;
};

/** Refused with `MISSING_TOPIC` if there is none. */
export function describeTopic(asking: Asking, topic: string): Promise<Answer<TopicPicture>> {
  return asking.ask(`describing topic "${topic}"`, { topic }, async () => ({
    ...(await pictureOf(asking.admin, topic)),
    settings: await settingsOf(asking, topic),
  }));
}

/** How kafkajs numbers topics among what has settings. */
const TOPIC_RESOURCE = 2;

async function settingsOf({ admin, ask }: Asking, topic: string): Promise<Answer<TopicSettings | null>> {
  const names = ["cleanup.policy", "max.message.bytes"];
  const asked = await ask(`checking the settings of topic "${topic}"`, { topic }, () =>
    admin.describeConfigs({
      resources: [{ type: TOPIC_RESOURCE, name: topic, configNames: names }],
      includeSynonyms: false,
    }),
  );
  if (asked.kind === "refused") return asked;
  const entries = new Map(
    asked.value.resources.flatMap(({ configEntries }) =>
      configEntries.map((each) => [each.configName, each.configValue]),
    ),
  );
  const [cleanupPolicy, maxMessageBytes] = names.map((name) => entries.get(name));
  const isSaid = cleanupPolicy !== undefined && maxMessageBytes !== undefined;
  return { kind: "known", value: isSaid ? { cleanupPolicy, maxMessageBytes: Number(maxMessageBytes) } : null };
}

/** Asks the brokers whether they would create it; they do not. */
export function tryToCreate(
  { admin, ask }: Asking,
  topic: string,
  { partitions, replicationFactor, settings }: NonNullable<KafkaDefinition["createTopics"]> & Partial<NewTopic>,
): Promise<Answer<null>> {
  return ask(`creating topic "${topic}"`, { topic }, async () => {
    const asked = {
      topic,
      numPartitions: partitions ?? CLUSTER_DEFAULT,
      replicationFactor: replicationFactor ?? CLUSTER_DEFAULT,
      configEntries: [...(settings ?? [])].map(([name, value]) => ({ name, value })),
    };
    await admin.createTopics({ validateOnly: true, waitForLeaders: false, topics: [asked] });
    return null;
  });
}

const CLUSTER_DEFAULT = -1;

/** A partition that no topic has. */
export const NO_PARTITION = 2_147_483_647;
const TIMEOUT_MS = 5_000;

/**
 * Kafka has no rehearsal for writing. But brokers look at the permission first: who may write is told that this partition does
 * not exist, who may not, that he may not. There is no record in the request, and no place where one could go.
 */
export function tryToWrite(asking: Asking, topic: string): Promise<Answer<null>> {
  const nothing = { topic, partitions: [{ partition: NO_PARTITION, messages: [] }] };
  return askTo(asking, "writing", topic, (broker) =>
    broker.produce({ acks: -1, timeout: TIMEOUT_MS, topicData: [nothing] }),
  );
}

/** Whether a leader of a topic lets something be done to a partition that is not there. */
export function askTo(
  { cluster, ask }: Asking,
  doing: string,
  topic: string,
  act: (broker: Broker) => Promise<unknown>,
): Promise<Answer<null>> {
  return ask(`${doing} topic "${topic}"`, { topic }, async () => {
    await cluster.addTargetTopic(topic);
    const [partition] = cluster.findTopicPartitionMetadata(topic);
    const broker = await cluster.findBroker({ nodeId: String(partition?.leader) });
    try {
      await act(broker);
    } catch (error) {
      if (!isNoPartition(error)) throw error;
    }
    return null;
  });
}

function isNoPartition(error: unknown): boolean {
  const { type, partitions } = error as {
    readonly type?: unknown;
    readonly partitions?: readonly { readonly error: unknown }[];
  };
  const [only] = partitions ?? [];
  return only === undefined ? type === "UNKNOWN_TOPIC_OR_PARTITION" : isNoPartition(only.error);
}
